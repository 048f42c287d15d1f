"""Names and passwords: what is accepted, and how a password is kept."""

import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from field_app.problems import WEAK_PASSWORD

PASSWORD_MIN, PASSWORD_MAX = 10, 128
NAME_MAX, DISPLAY_MAX = 40, 40
_hasher = PasswordHasher()  # argon2id by the library's current advice (RFC 9106, low memory)
# Verified when the account does not exist, so that a stranger cannot tell by the time it takes.
NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_HASHING = BoundedSemaphore(3)  # each hash takes 64 MiB, and strangers may ask for it


def plain(given: str) -> str:
    """Without control characters: PostgreSQL refuses NUL, and no name contains the others."""
    return "".join(c for c in given if unicodedata.category(c) not in ("Cc", "Cs"))


def clean_name(name: str) -> str:
    """Account names compare after NFKC, without blanks around, in lower case."""
    return plain(unicodedata.normalize("NFKC", name)).strip().lower()


def check_password(password: str, name: str) -> None:
    """NIST SP 800-63B: length counts, composition rules do not; the name itself is refused."""
    if len(password) < PASSWORD_MIN:
        raise WEAK_PASSWORD(why=f"至少 {PASSWORD_MIN} 个字符")
    if len(password) > PASSWORD_MAX:
        raise WEAK_PASSWORD(why=f"最多 {PASSWORD_MAX} 个字符")
    if clean_name(password) == clean_name(name) or len(set(password)) < 4:
        raise WEAK_PASSWORD(why="太容易猜到，请换一个")


def matches(password_hash: str, password: str) -> bool:
    """Whether this is the password; waits while others are being hashed."""
    try:
        with _HASHING:
            return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def hashed(password: str) -> str:
    """The password as it is kept; takes its time on purpose."""
    with _HASHING:
        return _hasher.hash(password)


def outdated(password_hash: str) -> bool:
    """Whether it was made by weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)

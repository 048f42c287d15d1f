"""县办签名密钥: the Ed25519 key that seals packages. Its public half is published by the office.

Where `OFFICE_KEY` says nothing, the key is `office-key.pem` in the data folder. A package names its
key, so that those sealed with a former key are checked with that one.
"""

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from field_app.problems import BAD_INPUT, NO_OFFICE_KEY, OFFICE_KEY_UNUSABLE
from field_app.settings import settings

FILE_NAME = "office-key.pem"
SIGNATURE_BYTES = 64
_RAW_BYTES = 32
_MOST_BYTES = 20_000
_BEGIN, _END = b"-----BEGIN PUBLIC KEY-----", b"-----END PUBLIC KEY-----"
_BAD = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half that is published."""

    key: Ed25519PublicKey

    @property
    def pem(self) -> bytes:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def id(self) -> str:
        """The sha256 of its SubjectPublicKeyInfo, lower hex."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether the signature over the text is of this key. Whatever is malformed is not."""
        try:
            self.key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class OfficeKey:
    """Both halves; the private one leaves this process nowhere."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.private.public_key())

    def sign(self, text: bytes) -> bytes:
        return self.private.sign(text)


def fingerprint(key_id: str) -> str:
    """A hash for the eye, to be compared with what the office published.

    >>> fingerprint("0123456789abcdef")
    '0123 4567 89ab cdef'
    """
    return " ".join(key_id[n : n + 4] for n in range(0, len(key_id), 4))


def read_public(given: bytes) -> PublicKey:
    """A public key from PEM, or from base64 of its DER or of its 32 bytes. Raises ValueError."""
    if len(given) > _MOST_BYTES:
        raise ValueError("too long for a public key")
    text = given.strip()
    if text.startswith(_BEGIN) and text.endswith(_END) and text.count(b"-----BEGIN") == 1:
        found = _loaded(text, load_pem_public_key)
    else:
        try:
            raw = base64.b64decode(b"".join(given.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("neither PEM nor base64") from error
        if len(raw) == _RAW_BYTES:
            return PublicKey(Ed25519PublicKey.from_public_bytes(raw))
        found = _loaded(raw, load_der_public_key)
    if not isinstance(found, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return PublicKey(found)


def _loaded(given: bytes, load: object) -> object:
    try:
        return load(given)  # type: ignore[operator]
    except _BAD as error:
        raise ValueError("not a public key") from error


def place() -> Path:
    """Where the key stands that nobody has put elsewhere."""
    return settings().data_dir / FILE_NAME


def office_key() -> OfficeKey:
    """The key that seals. NO_OFFICE_KEY where there is none, OFFICE_KEY_UNUSABLE for one that is
    no Ed25519 key."""
    given = settings().office_key.get_secret_value().strip()
    if not given and not place().exists():
        raise NO_OFFICE_KEY()
    return _private(_pem(given))


def _pem(given: str) -> bytes:
    """The PEM that the setting is the path or the base64 of."""
    path = place() if not given else Path(given)
    try:
        if not given or path.is_file():
            return path.read_bytes()
        return base64.b64decode("".join(given.split()), validate=True)
    except (OSError, ValueError) as error:
        # What was given is not repeated: it may be the key itself.
        raise OFFICE_KEY_UNUSABLE(
            why="OFFICE_KEY 既不是能读的文件，也不是 PEM 的 base64"
        ) from error


def _private(pem: bytes) -> OfficeKey:
    try:
        found = load_pem_private_key(pem, password=None)
    except _BAD as error:
        raise OFFICE_KEY_UNUSABLE(why="不是没有口令的 PEM 私钥") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise OFFICE_KEY_UNUSABLE(why="不是 Ed25519 私钥")
    return OfficeKey(found)


def make(path: Path) -> OfficeKey:
    """A new key in a new file that only its owner reads. BAD_INPUT where the file is there: a key
    that seals is never written over."""
    made = OfficeKey(Ed25519PrivateKey.generate())
    pem = made.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BAD_INPUT(
            what=f"{path} 已经在了，没有动它。要换新密钥，请用 --out 写到另一个文件，再把 OFFICE_KEY 设为它。"
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return made

"""Whether a record was signed with a key: ECDSA P-256 over SHA-256, as browsers sign. Pure.

A browser gives the signature as r‖s (W3C Web Cryptography API, 64 bytes), libraries take it as DER.
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

SIGNATURE_BYTES = 64
KEY_BYTES = 91  # a P-256 point in SubjectPublicKeyInfo, uncompressed
_HALF = SIGNATURE_BYTES // 2


def from_base64url(text: str) -> bytes:
    """The bytes of base64url, with or without its padding. Raises ValueError.

    >>> from_base64url("AP-_"), from_base64url("AA")
    (b'\\x00\\xff\\xbf', b'\\x00')
    """
    try:
        raw = text.rstrip("=").encode("ascii")
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error


def key_id_of(public_key: bytes) -> str:
    """How a key is called: the sha256 of its SubjectPublicKeyInfo, lower hex."""
    return hashlib.sha256(public_key).hexdigest()


def accepted_key(public_key: bytes) -> bytes:
    """The key as it is kept. Raises ValueError where it is no P-256 key in the one form that
    browsers write: another form of the same key would be called otherwise."""
    if len(public_key) != KEY_BYTES:
        raise ValueError("not the length of a P-256 key")
    key = _loaded(public_key)
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != public_key:
        raise ValueError("not the usual form of the key")
    return public_key


def _loaded(public_key: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("not a public key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return key


def is_signed(text: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether `signature` (r‖s, 64 bytes) over `text` was made with the key. Whatever is malformed
    was not."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:_HALF], signature[_HALF:]))
    try:
        _loaded(public_key).verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True

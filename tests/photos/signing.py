"""Files signed with a manifest of provenance by a key of our own, as a camera or an editor would."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SIGNER = "测试相机厂"
_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_UNTIL = _FROM + timedelta(days=36_500)
_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False},
    "builder": {"thumbnail": {"enabled": False}},
}


def signed(
    data: bytes, media_type: str, *, source: str = "digitalCapture", action: str = "c2pa.created"
) -> bytes:
    """`data` with a manifest that names the IPTC digital source type `source`."""
    told = {"action": action, "digitalSourceType": IPTC + source}
    manifest = {
        "claim_generator_info": [{"name": "CameraApp", "version": "4.2"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [told]}}],
    }
    chain, key = _identity()
    signer = c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
    )
    out = io.BytesIO()
    with c2pa.Context.from_dict(_SETTINGS) as context:
        c2pa.Builder(json.dumps(manifest), context=context).sign(
            signer, media_type, io.BytesIO(data), out
        )
    return out.getvalue()


@cache
def _identity() -> tuple[bytes, bytes]:
    """A certificate chain and the key of its leaf, in PEM."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("root", root_key, "root", root_key, authority=True)
    leaf = _certificate("camera", key, "root", root_key, authority=False)
    pem = [c.public_bytes(serialization.Encoding.PEM) for c in (leaf, root)]
    return b"".join(pem), key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate(name: str, key: Any, issuer: str, issuer_key: Any, *, authority: bool) -> Any:
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=authority, crl_sign=authority, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        made = made.add_extension(purpose, critical=False).add_extension(above, critical=False)
    return made.sign(issuer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, SIGNER),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )

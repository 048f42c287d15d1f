"""The office's key: made once, kept to its owner, read in each form in which keys are handed on."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from field_app.packages import keys
from field_app.problems import Problem
from tests.databases import environment
from tests.packages.making import OFFICE


def test_a_new_key_is_for_its_owner_alone_and_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new" / "office-key.pem"
    made = keys.make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(Problem) as told:
        keys.make(path)
    assert told.value.id == "bad-input"
    assert path.read_bytes() == before
    with environment(DATA_DIR=str(tmp_path), OFFICE_KEY=str(path)):
        assert keys.office_key().public.id == made.public.id
    with environment(DATA_DIR=str(tmp_path), OFFICE_KEY=base64.b64encode(before).decode()):
        assert keys.office_key().public.id == made.public.id
    with environment(DATA_DIR=str(path.parent)):  # the usual place
        assert keys.office_key().public.id == made.public.id


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path)), pytest.raises(Problem) as told:
        keys.office_key()
    assert told.value.id == "no-office-key"
    assert "office-key" in told.value.message


def test_a_key_of_another_kind_is_refused_without_repeating_it(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    for given in (base64.b64encode(other).decode(), "geheim", "/no/such/file.pem"):
        with environment(DATA_DIR=str(tmp_path), OFFICE_KEY=given):
            with pytest.raises(Problem) as told:
                keys.office_key()
            assert told.value.id == "office-key-unusable"
            assert given not in told.value.message


def test_a_public_key_is_read_from_pem_and_from_base64() -> None:
    public = OFFICE.public
    der = public.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raw = public.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    for given in (public.pem, b"\n" + public.pem, base64.b64encode(der), base64.b64encode(raw)):
        assert keys.read_public(given).id == public.id
    p256 = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = p256.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for given in (b"", b"x", pem, b"AAAA", b"-----BEGIN PUBLIC KEY-----", b"A" * 30_000):
        with pytest.raises(ValueError):  # noqa: PT011 — each says it its own way
            keys.read_public(given)

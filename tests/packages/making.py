"""Small packages for tests, honest ones and ones that somebody had in hand."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from field_app.packages import checking, manifest, sealing
from field_app.packages.checking import Checked
from field_app.packages.keys import OfficeKey, PublicKey
from field_app.packages.manifest import Manifest

OFFICE = OfficeKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = OfficeKey(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
MADE_AT = datetime(2026, 4, 15, 4, 0, 3, tzinfo=UTC)
PHOTO = "photos/" + "ab" * 32 + ".jpg"
SMALL = {
    manifest.ENTRY: b'{"number": "411321-2-2026-0001"}\n',
    manifest.DOSSIER: b"%PDF-1.7 not really",
    manifest.PAGE: b"<!doctype html>",
}
PHOTOS = {PHOTO: b"\xff\xd8 a field, seen from its western edge \xff\xd9"}


def a_manifest() -> Manifest:
    """What is known before anything is sealed."""
    return Manifest(
        entry="411321-2-2026-0001",
        title="将林地谎报为耕地",
        office="南召县专项整治办",
        purpose="移送",
        made_at=MADE_AT,
        made_by="钱主任",
        program="0.1.0",
        engine="abcd",
        rules=None,
        key_id="",
        members=(),
    )


def a_package(
    key: OfficeKey = OFFICE,
    small: Mapping[str, bytes] = SMALL,
    photos: Mapping[str, bytes] = PHOTOS,
) -> bytes:
    """A sealed package."""
    listed = [sealing.sealed_member(name, data) for name, data in photos.items()]
    made = sealing.seal(a_manifest(), small, listed, key)
    every = {**small, **photos, manifest.KEY: key.public.pem}

    def bytes_of(name: str) -> Iterator[bytes]:
        yield every[name]

    data = b"".join(made.stream(bytes_of))
    assert len(data) == made.size
    return data


def checked(data: bytes, *published: PublicKey) -> Checked:
    return checking.check(io.BytesIO(data), published or (OFFICE.public,))


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed_anew(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same or other members in a zip of another hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()

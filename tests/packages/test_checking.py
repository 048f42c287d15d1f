"""A package is whole or it is told what is not: every byte, every member, every trick with zips."""

import hashlib
import io
import json
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.packages import archive, checking, manifest
from field_app.packages.checking import Verdict
from tests.packages.making import (
    MADE_AT,
    OFFICE,
    PHOTO,
    PHOTOS,
    SMALL,
    STRANGER,
    a_package,
    checked,
    members_of,
    packed_anew,
)

HONEST = a_package()
_NAMES = st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8})?", fullmatch=True)


def kinds(data: bytes) -> set[tuple[str, str]]:
    return {(f.kind, f.member) for f in checked(data).faults}


def test_an_honest_package_is_whole_and_any_unpacker_opens_it() -> None:
    said = checked(HONEST)
    assert (said.verdict, said.faults, said.members) == (Verdict.WHOLE, (), 5)
    assert said.key_id == OFFICE.public.id
    with zipfile.ZipFile(io.BytesIO(HONEST)) as package:
        assert package.testzip() is None
        assert package.namelist()[:2] == [manifest.MANIFEST, manifest.SIGNATURE]
    assert members_of(HONEST)[PHOTO] == PHOTOS[PHOTO]


def test_the_same_content_at_the_same_moment_makes_the_same_bytes() -> None:
    assert a_package() == HONEST


def test_without_a_published_key_nobody_says_who_sealed_it() -> None:
    assert checking.check(io.BytesIO(HONEST)).verdict == Verdict.UNKNOWN_KEY
    assert checking.check(io.BytesIO(a_package(STRANGER))).verdict == Verdict.UNKNOWN_KEY


def test_one_of_several_published_keys_may_have_sealed_it() -> None:
    assert checked(HONEST, STRANGER.public, OFFICE.public).verdict == Verdict.WHOLE


def test_a_flip_of_any_byte_is_found_and_told() -> None:
    spans = _spans()
    for at in range(len(HONEST)):
        flipped = bytearray(HONEST)
        flipped[at] ^= 1 << (at % 8)
        said = checked(bytes(flipped))
        assert said.verdict in (Verdict.ALTERED, Verdict.NO_PACKAGE), at
        assert said.faults, at
        name = next((n for n, span in spans.items() if at in span), "")
        if name:
            assert name in {f.member for f in said.faults}, (at, name, said.faults)


def test_in_a_package_with_large_photos_any_of_many_places_is_found() -> None:
    photos = {f"photos/{n:064x}.jpg": bytes([n]) * 1_500_000 for n in range(2)}
    data = bytearray(a_package(photos=photos))
    assert checked(bytes(data)).verdict == Verdict.WHOLE
    for at in (*range(0, len(data), len(data) // 40), *range(len(data) - 900, len(data), 60)):
        data[at] ^= 1
        assert checked(bytes(data)).faults, at
        data[at] ^= 1


@given(st.integers(0, len(HONEST) - 1), st.integers(1, 255))
def test_whatever_a_byte_is_turned_into_is_found(at: int, change: int) -> None:
    flipped = bytearray(HONEST)
    flipped[at] ^= change
    assert checked(bytes(flipped)).faults


@given(st.integers(0, len(HONEST)), st.binary(min_size=1, max_size=40))
def test_bytes_put_in_anywhere_are_found(at: int, more: bytes) -> None:
    assert checked(HONEST[:at] + more + HONEST[at:]).faults


@given(st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), max_size=30))
def test_no_mixture_of_bytes_breaks_the_verifier(changes: list[tuple[int, int]]) -> None:
    mixed = bytearray(HONEST)
    for at, value in changes:
        mixed[at] = value
    assert bool(checked(bytes(mixed)).faults) == (bytes(mixed) != HONEST)


@given(st.integers(0, len(HONEST) - 1))
def test_a_package_that_was_cut_off_is_never_whole(at: int) -> None:
    assert checked(HONEST[:at]).faults
    assert checked(HONEST[at + 1 :]).faults


@given(st.binary(max_size=300))
def test_whatever_is_no_package_is_said_to_be_none(data: bytes) -> None:
    assert checked(data).verdict == Verdict.NO_PACKAGE


@given(st.dictionaries(_NAMES, st.binary(max_size=60), min_size=1, max_size=8))
def test_every_package_is_the_zip_that_follows_from_its_members(files: dict[str, bytes]) -> None:
    data = a_package(small=files, photos={})
    assert checked(data).verdict == Verdict.WHOLE
    parts = [
        archive.Member(i.filename, i.file_size, i.CRC)
        for i in zipfile.ZipFile(io.BytesIO(data)).infolist()
    ]
    again = bytearray(len(data))
    for piece in archive.pieces(parts, MADE_AT):
        again[piece.offset : piece.offset + len(piece.data)] = piece.data
        assert data[piece.offset : piece.offset + len(piece.data)] == piece.data
    assert archive.size_of(parts) == len(data)


def _spans() -> dict[str, range]:
    """Where the bytes of each member stand."""
    with zipfile.ZipFile(io.BytesIO(HONEST)) as package:
        starts = {
            i.filename: (i.header_offset + 30 + len(i.filename), i.file_size)
            for i in package.infolist()
        }
    return {name: range(at, at + size) for name, (at, size) in starts.items()}


# --- what somebody does who has the file in hand -------------------------------------------------


def test_a_package_packed_anew_with_all_that_was_in_it_is_told_by_its_form() -> None:
    said = checked(packed_anew(members_of(HONEST)))
    assert said.verdict == Verdict.ALTERED
    assert {f.kind for f in said.faults} == {"container", "header"}
    assert said.members == 5


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_altered_taken_out_put_in_and_renamed_are_named(method: int) -> None:
    had = members_of(HONEST)
    altered = packed_anew(had | {manifest.ENTRY: b'{"number": "411321-2-2026-0002"}\n'}, method)
    assert ("altered", manifest.ENTRY) in kinds(altered)
    without = packed_anew({n: d for n, d in had.items() if n != PHOTO}, method)
    assert ("missing", PHOTO) in kinds(without)
    assert ("added", "photos/zz.jpg") in kinds(packed_anew(had | {"photos/zz.jpg": b"x"}, method))
    renamed = packed_anew({("photos/new.jpg" if n == PHOTO else n): d for n, d in had.items()})
    assert kinds(renamed) == {("renamed", PHOTO)}


def test_a_member_that_is_there_twice_is_named() -> None:
    out = io.BytesIO(HONEST)
    with zipfile.ZipFile(out, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(PHOTO, b"another field")
    assert ("duplicate", PHOTO) in kinds(out.getvalue())


def test_bytes_before_behind_and_between_are_told() -> None:
    for data in (b"MZ" + HONEST, HONEST + b"\n", HONEST + HONEST):
        said = checked(data)
        assert said.verdict == Verdict.ALTERED
        assert {f.kind for f in said.faults} >= {"container"}


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\x", "photos\\..\\x", "a\x00b", "x/../../y"]
)
def test_names_that_lead_out_of_the_package_are_named(name: str) -> None:
    out = io.BytesIO(packed_anew(members_of(HONEST)))
    with zipfile.ZipFile(out, "a") as package:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        package.writestr(info, b"x")
    told = kinds(out.getvalue())
    # zipfile writes some of these as plain names; then they are strangers like any other
    assert any(kind in ("unsafe-name", "added") for kind, _ in told), told
    if name.startswith(("..", "/")):
        assert any(kind == "unsafe-name" for kind, _ in told), told


def test_an_encrypted_member_is_named_and_not_read() -> None:
    data = bytearray(HONEST)
    with zipfile.ZipFile(io.BytesIO(HONEST)) as package:
        at = package.getinfo(PHOTO).header_offset
    directory = data.rindex(PHOTO.encode()) - archive.CENTRAL.size
    data[at + 6] |= 1
    data[directory + 8] |= 1
    assert {("encrypted", PHOTO), ("altered", PHOTO)} <= kinds(bytes(data))


def test_headers_that_say_two_things_are_named() -> None:
    data = bytearray(HONEST)
    with zipfile.ZipFile(io.BytesIO(HONEST)) as package:
        at = package.getinfo(PHOTO).header_offset
    struct.pack_into("<I", data, at + 14, 0xDEADBEEF)  # the CRC in the local header alone
    assert ("header", PHOTO) in kinds(bytes(data))
    data = bytearray(HONEST)
    data[at + 30 : at + 31] = b"q"  # another name in the local header
    assert ("header", PHOTO) in kinds(bytes(data))


def test_a_bomb_is_not_unpacked() -> None:
    had = members_of(HONEST)
    bomb = packed_anew(had | {PHOTO: bytes(90_000_000), "photos/bomb.jpg": bytes(60_000_000)})
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    told = kinds(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {("altered", PHOTO), ("added", "photos/bomb.jpg")} <= told
    assert peak < 30_000_000
    lying = packed_anew(had | {manifest.MANIFEST: bytes(50_000_000)})
    assert checked(lying).verdict == Verdict.NO_PACKAGE


def test_members_that_lie_over_each_other_are_told() -> None:
    data = bytearray(HONEST)
    first = data.rindex(manifest.ENTRY.encode()) - archive.CENTRAL.size
    second = data.rindex(manifest.DOSSIER.encode()) - archive.CENTRAL.size
    offset = struct.unpack_from("<I", data, first + 42)
    struct.pack_into("<I", data, second + 42, *offset)
    told = kinds(bytes(data))
    assert ("container", manifest.DOSSIER) in told or ("header", manifest.DOSSIER) in told


# --- keys ----------------------------------------------------------------------------------------


def test_who_alters_and_seals_anew_with_another_key_is_found_by_the_published_one() -> None:
    forged = a_package(STRANGER, SMALL | {manifest.ENTRY: b"{}"})
    said = checked(forged)
    assert said.verdict == Verdict.ALTERED
    assert [(f.kind, f.member) for f in said.faults] == [("key", manifest.SIGNATURE)]
    assert "另一把" in said.faults[0].says
    assert checked(forged, STRANGER.public).verdict == Verdict.WHOLE


def test_a_key_that_was_exchanged_inside_the_package_is_named() -> None:
    had = members_of(HONEST) | {manifest.KEY: STRANGER.public.pem}
    told = kinds(packed_anew(had, zipfile.ZIP_STORED))
    assert {("key", manifest.KEY), ("altered", manifest.KEY)} <= told
    assert not any(kind == "signature" for kind, _ in told)


def test_a_manifest_that_was_altered_together_with_its_member_is_found_by_the_signature() -> None:
    had = members_of(HONEST)
    body = json.loads(had[manifest.MANIFEST])
    new = b"another field"
    for member in body["members"]:
        if member["name"] == PHOTO:
            member |= {
                "size": len(new),
                "crc32": zlib.crc32(new),
                "sha256": hashlib.sha256(new).hexdigest(),
            }
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
    told = kinds(packed_anew(had | {PHOTO: new, manifest.MANIFEST: text}))
    assert ("signature", manifest.SIGNATURE) in told


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other/1"},
        {"members": []},
        {"members": [{"name": "../x", "size": 1, "crc32": 1, "sha256": "0" * 64}]},
        {"members": [{"name": "manifest.sig", "size": 1, "crc32": 1, "sha256": "0" * 64}]},
        {"members": [{"name": "x", "size": True, "crc32": 1, "sha256": "0" * 64}]},
        {"members": [{"name": "x", "size": 1, "crc32": 1, "sha256": "zz"}]},
        {"made_at": "2026-04-15T12:00:00"},
        {"made_at": "yesterday"},
        {"key_id": None},
        {"entry": 5},
        {"rules": "1"},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    body = json.loads(members_of(HONEST)[manifest.MANIFEST]) | change
    with pytest.raises(manifest.Malformed):
        manifest.read(json.dumps(body).encode())
    for broken in (b"", b"\xff", b"[" * 100_000, b'{"format": NaN}', b'{"a": 1, "a": 2}'):
        with pytest.raises(manifest.Malformed):
            manifest.read(broken)

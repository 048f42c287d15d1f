"""What was read once comes back as it was, and what another version kept does not."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import Position
from photos import keeping
from photos.evidence import (
    C2pa,
    CameraTime,
    Evidence,
    ExifLayout,
    GpsState,
    Heading,
    HeadingRef,
    ReadError,
    Reading,
    Source,
    Structure,
)
from photos.keeping import NotKept, from_bytes, kept_as, taken_back, to_bytes
from photos.reading import read_evidence
from tests.build import a_parcel, a_photo, a_png
from tests.soak import examples

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "photos"

numbers = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False)
pairs = st.tuples(st.integers(0, 2**32), st.integers(0, 2**32))
values = st.one_of(
    st.text(st.characters(exclude_categories=())),  # lone surrogates stand in real files
    numbers,
    st.lists(st.integers(), max_size=5).map(tuple),
    st.lists(pairs, max_size=4).map(tuple),
)
readings = st.builds(Reading, st.text(), values, st.text(), st.sampled_from(Source))
moments = st.datetimes(timezones=st.just(UTC))
layouts = st.builds(
    ExifLayout,
    st.booleans(),
    st.lists(st.text(), max_size=3).map(tuple),
    st.dictionaries(st.text(), st.lists(st.integers(0, 65535), max_size=4).map(tuple)),
    st.booleans(),
    st.booleans(),
)
offsets = st.integers(-900, 900).map(lambda minutes: timedelta(minutes=minutes))
some_evidence = st.builds(
    Evidence,
    sha256=st.just("a" * 64),
    size=st.integers(0, 2**40),
    media_type=st.none() | st.text(),
    readings=st.lists(readings, max_size=6).map(tuple),
    gps=st.sampled_from(GpsState),
    position=st.none()
    | st.builds(Position, st.floats(-180, 180), st.floats(-90, 90), st.none() | st.floats(0, 9)),
    heading=st.none() | st.builds(Heading, st.floats(0, 359), st.sampled_from(HeadingRef)),
    camera_time=st.none()
    | st.builds(CameraTime, st.datetimes(), st.none() | offsets, st.text(max_size=9)),
    gps_time=st.none() | moments,
    error=st.none() | st.builds(ReadError, st.text(), st.text()),
    structure=st.none()
    | st.builds(
        Structure,
        st.text(),
        standard_huffman=st.none() | st.booleans(),
        exif=st.none() | layouts,
    ),
    c2pa=st.none() | st.builds(C2pa, st.text(), signed_at=st.none() | moments),
)


@settings(max_examples=examples(100), deadline=None)
@given(some_evidence)
def test_whatever_a_file_said_comes_back_as_it_was_read(evidence: Evidence):
    assert from_bytes(to_bytes(evidence)) == evidence


def test_what_is_no_number_stays_no_number():
    odd = Reading("FNumber", float("nan"), "Exif", Source.EXIF)
    back = from_bytes(to_bytes(replace(read_evidence(b""), readings=(odd,))))
    assert math.isnan(float(back.readings[0].value))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "photo", [a_photo(a_parcel(), away_m=20.0), a_photo(form="heic"), a_png(), b"", b"not a photo"]
)
def test_made_photos_come_back_without_their_pictures(photo: bytes):
    evidence = read_evidence(photo)
    back = from_bytes(to_bytes(evidence))
    assert back == evidence
    assert (back.grey, back.thumbnail) == (None, None)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_real_photos_come_back_and_take_little_room():
    files = sorted(p for p in SAMPLES.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".heic"))
    sizes = []
    for path in files[::6]:
        evidence = read_evidence(path.read_bytes())
        packed = to_bytes(evidence)
        assert from_bytes(packed) == evidence, path.name
        sizes.append(len(packed))
    assert max(sizes) < 60_000


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=200))
def test_other_bytes_are_refused_and_never_believed(junk: bytes):
    whole = to_bytes(read_evidence(b""))
    for data in (junk, whole[:12] + junk, whole[: len(junk) % len(whole)]):
        with pytest.raises(NotKept):
            from_bytes(data)


def test_a_flipped_byte_is_found():
    whole = to_bytes(read_evidence(a_photo()))
    for at in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[at] ^= 0xFF
        with pytest.raises(NotKept):
            from_bytes(bytes(flipped))


def test_what_unpacks_to_more_than_any_photo_says_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    whole = to_bytes(read_evidence(a_photo()))
    monkeypatch.setattr(keeping, "_MOST_BYTES", 100)
    with pytest.raises(NotKept, match="too large"):
        from_bytes(whole)


def test_another_declaration_is_another_version():
    @dataclass(frozen=True)
    class Before:
        name: str

    @dataclass(frozen=True)
    class After:
        name: str
        age: int = 0

    After.__name__ = "Before"
    with pytest.raises(NotKept, match="another version"):
        taken_back(After, kept_as(Before, Before("x")))
    with pytest.raises(TypeError, match="no way"):
        kept_as(complex, 1j)

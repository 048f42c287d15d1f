"""The small parsers, on what files really hold and on what only an attacker writes."""

import logging
import struct
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.demo.camera import ExifFacts, exif_block
from photos import second_reading
from photos.evidence import Reading, Source, alike
from photos.formats.heic import walk_heic
from photos.formats.jpeg import walk_jpeg
from photos.formats.tiff import MAX_ENTRIES, TAGS, read_tiff
from photos.formats.xmp import MAX_READINGS, read_xmp
from photos.second_reading import read_again
from photos.times import judge_camera_time
from tests.build import HERE, TAKEN_AT, a_photo
from tests.photos.mangle import mangled, real_files
from tests.soak import examples

BLOCK = exif_block(ExifFacts(HERE, taken_at=TAKEN_AT, heading_deg=90.0), (320, 240))[6:]


def tiff(*entries: tuple[int, int, int, bytes], order: str = "<", tail: bytes = b"") -> bytes:
    """A block with one IFD of (tag, type, count, four bytes)."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IH", 8, len(entries))
    body = b"".join(struct.pack(order + "HHI", t, k, n) + v for t, k, n, v in entries)
    return head + body + b"\0\0\0\0" + tail


def names(block: bytes) -> dict[str, object]:
    return {r.name: r.value for r in read_tiff(block).readings}


# --- TIFF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order: str):
    block = tiff((0x0112, 3, 1, struct.pack(order + "HH", 6, 0)), order=order)
    assert names(block) == {"Orientation": 6}


def test_fractions_stay_as_they_were_written():
    gps = struct.pack("<I", 8 + 2 + 12 + 4 + 4)
    inner = struct.pack("<HHHI", 1, 2, 5, 3) + struct.pack("<I", 50) + b"\0\0\0\0"
    block = tiff((0x8825, 4, 1, gps), tail=b"pad!" + inner)
    block = block.ljust(50, b"\0") + struct.pack("<6I", 100, 100, 0, 1, 0, 0)
    assert names(block) == {"GPSLatitude": ((100, 100), (0, 1), (0, 0))}


def test_a_block_that_points_back_at_itself_ends():
    eight = struct.pack("<I", 8)
    pointers = [(0x8769, 4, 1, eight), (0x8825, 4, 1, eight), (0x8825, 4, 1, eight)]
    found = read_tiff(tiff(*pointers))
    assert found.readings == ()
    assert found.faults == ("GPS is pointed at twice",)


def test_a_block_that_claims_65535_entries_is_read_within_bounds():
    entries = [(0x0112, 3, 1, b"\1\0\0\0")] * 3_000
    block = bytearray(tiff(*entries))
    block[8:10] = b"\xff\xff"
    found = read_tiff(bytes(block))
    assert len(found.readings) == MAX_ENTRIES
    assert "65535" in found.faults[0]


@pytest.mark.parametrize(
    "entry",
    [
        (0x010F, 2, 0xFFFFFFFF, b"\0\0\0\0"),  # a text of 4 GB
        (0x010F, 2, 100, b"\xff\xff\xff\x7f"),  # a text outside the block
        (0x0112, 99, 1, b"\0\0\0\0"),  # a type that does not exist
        (0x0112, 5, 1_000_000, b"\0\0\0\0"),
    ],
)
def test_a_value_that_is_not_there_is_a_fault_and_no_reading(entry):
    found = read_tiff(tiff(entry))
    assert found.readings == ()
    assert len(found.faults) == 1


def test_what_has_no_tiff_header_has_no_readings():
    for block in (b"", b"II", b"XX*\0" + bytes(20), b"II*\0\xff\xff\xff\xff"):
        assert read_tiff(block).readings == ()
        assert read_again(block) == ()


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_mutated_blocks_never_raise_in_either_reader_and_end_soon(data: st.DataObject):
    block = bytearray(BLOCK)
    for _ in range(data.draw(st.integers(1, 12))):
        block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    began = time.process_time()
    read_tiff(bytes(block))
    read_again(bytes(block))
    assert time.process_time() - began < 1.0


# --- the second reader ----------------------------------------------------------------------------


def test_the_second_reader_agrees_on_an_honest_block():
    ours = {r.name: r.value for r in read_tiff(BLOCK).readings}
    theirs = {r.name: r.value for r in read_again(BLOCK)}
    assert ours.keys() == theirs.keys()
    assert all(alike(ours[name], theirs[name]) for name in ours)
    assert {r.source for r in read_again(BLOCK)} == {Source.EXIFREAD}


def test_in_a_plain_block_the_second_reader_reads_what_the_first_one_did():
    blocks = [BLOCK]
    for data in real_files().values():
        block = (walk_jpeg if data[:2] == b"\xff\xd8" else walk_heic)(data).exif
        blocks += [] if block is None else [block]
    assert all(read_tiff(block).plain for block in blocks)  # cameras write nothing else
    dice, plain = Random(20260101), 0
    for _ in range(examples(1_500)):
        block = mangled(dice, dice.choice(blocks), dice.choice(blocks))
        first = read_tiff(block)
        if not first.plain:
            continue
        plain += 1
        # exifread never reads the comment, which has a way of its own to say its alphabet.
        ours = {(r.tag, r.name): r.value for r in first.readings if r.name != "UserComment"}
        theirs = {(r.tag, r.name): r.value for r in read_again(block)}
        assert ours.keys() == theirs.keys()
        assert all(alike(value, theirs[place]) for place, value in ours.items())
    assert plain > examples(1_500) / 10


def six(kind: int = 3, count: int = 1) -> tuple[int, int, int, bytes]:
    return 0x0112, kind, count, struct.pack("<HH", 6, 0)


@pytest.mark.parametrize(
    "block",
    [
        tiff(six(), six()),  # a tag twice: which one counts?
        tiff(
            (0x8825, 3, 1, struct.pack("<HH", 26, 0)), tail=bytes(20)
        ),  # a pointer that is no LONG
        tiff((0x8825, 4, 2, struct.pack("<I", 26)), tail=bytes(20)),  # or is two of them
        tiff((0x010F, 2, 4, "é".encode() + b"\0\0")),  # in which alphabet?
        tiff((0x010F, 2, 9, struct.pack("<I", 26)), tail=b"ASCII\0\0\0x"),
        tiff(six(kind=11)),  # floating point, where the standard has whole numbers
        tiff(six(count=0)),
        tiff((0x0112, 5, 1, struct.pack("<I", 600))),  # a fraction behind the end
        tiff(six())[:-6],  # cut off
    ],
)
def test_a_block_that_leaves_room_for_two_readings_is_not_plain(block: bytes):
    assert read_tiff(tiff(six())).plain
    assert not read_tiff(block).plain


def test_a_block_made_to_stall_the_second_reader_is_stopped():
    # 999 values in each of 5,000 entries: some ten million numbers, half a minute unbounded.
    entry = struct.pack("<HHII", 0xC000, 1, 999, 8)
    block = b"II*\0" + struct.pack("<IH", 8, 5_000) + entry * 5_000 + bytes(4)
    began = time.process_time()
    assert read_again(block) == ()
    assert time.process_time() - began < 0.5


def test_a_chain_of_ten_thousand_ifds_is_stopped():
    ifds = b"".join(struct.pack("<HI", 0, 8 + 6 * (n + 1)) for n in range(10_000))
    began = time.process_time()
    assert read_again(b"II*\0" + struct.pack("<I", 8) + ifds) == ()
    assert time.process_time() - began < 0.5


def test_a_block_too_large_is_not_given_to_the_second_reader():
    assert read_again(BLOCK + bytes(second_reading.MAX_BLOCK_BYTES)) == ()


def test_the_second_reader_is_silent(caplog: pytest.LogCaptureFixture, capfd):
    with caplog.at_level(logging.DEBUG):
        read_again(tiff((0x010F, 2, 100, b"\xff\xff\xff\x7f"), (0x0112, 99, 1, b"\0\0\0\0")))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# --- time -----------------------------------------------------------------------------------------


def test_the_tag_that_spoke_is_named_and_a_change_of_the_file_is_no_exposure():
    made = judge_camera_time(
        {"DateTimeDigitized": "2026:03:02 08:11:09", "DateTime": "2027:01:01 00:00:00"}
    )
    assert made is not None
    assert made.tag == "DateTimeDigitized"
    assert judge_camera_time({"DateTime": "2026:03:02 08:11:09"}) is None


@given(st.text(max_size=25))
def test_no_text_whatever_breaks_the_camera_clock(text: str):
    made = judge_camera_time(
        {"DateTimeOriginal": text, "OffsetTimeOriginal": text, "SubSecTimeOriginal": text}
    )
    assert made is None or made.at.tzinfo is not None


# --- XMP ------------------------------------------------------------------------------------------


def test_entities_are_plain_text_and_nothing_is_expanded():
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><xmp:CreatorTool>A &amp; B &a;</xmp:CreatorTool>'
    )
    assert read_xmp(bomb) == (Reading("CreatorTool", "A & B &a;", "xmp:CreatorTool", Source.XMP),)


def test_a_packet_of_a_million_properties_gives_a_bounded_number():
    assert len(read_xmp(b'xmp:CreatorTool="x" ' * 1_000_000)) == MAX_READINGS


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_packet_whatever_breaks_the_search(noise: bytes):
    read_xmp(b"<xmp:CreatorTool>" + noise + b'" xmp:CreatorTool = "' + noise)


def test_a_packet_made_to_stall_a_pattern_does_not():
    began = time.process_time()
    read_xmp(b"xmp:CreatorTool" + b" " * 200_000 + b'="' + b"<xmp:CreatorTool>" * 10_000)
    assert time.process_time() - began < 1.0


# --- files ----------------------------------------------------------------------------------------


def test_the_picture_is_handed_on_without_its_metadata():
    photo = a_photo(xmp=b"<x:xmpmeta/>", size=(320, 240))
    jpeg = walk_jpeg(photo)
    bare = jpeg.pixels(photo)
    assert b"Exif\0\0" not in bare
    assert b"xmpmeta" not in bare
    assert walk_jpeg(bare).exif is None
    assert (walk_jpeg(bare).width, walk_jpeg(bare).height) == (320, 240)


def test_a_jpeg_of_a_million_segments_is_walked_within_bounds():
    began = time.process_time()
    jpeg = walk_jpeg(b"\xff\xd8" + b"\xff\xe1\0\2" * 1_000_000)
    assert jpeg.scan_at is None
    assert time.process_time() - began < 0.2


def test_a_heic_whose_boxes_lie_about_their_size_gives_what_it_can():
    photo = a_photo(form="heic")
    at = photo.index(b"iloc")
    broken = walk_heic(photo[: at - 4] + b"\xff\xff\xff\xff" + photo[at:])
    assert broken.exif is None
    assert walk_heic(photo).exif is not None


def test_a_heic_whose_items_claim_millions_of_empty_extents_is_left_soon():
    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(body), kind) + body

    items = struct.pack(">HHH", 1, 0, 4_096) * 4_096  # offset and length of no bytes at all
    iloc = box(b"iloc", bytes(4) + struct.pack(">HH", 0, 4_096) + items)
    head = box(b"ftyp", b"heicmif1")
    began = time.process_time()
    walk_heic(head + box(b"meta", bytes(4) + iloc))  # of 24 kB
    walk_heic(head + box(b"meta", bytes(4) + iloc[:22] * 1_000))
    # Boxes in boxes: of a box in the third rank each, as many as the file has room for.
    ranks = box(b"iprp", box(b"ipco", box(b"free", b"") * 4_000)) * 50
    walk_heic(head + box(b"meta", bytes(4) + ranks))
    assert time.process_time() - began < 0.5


def test_a_heic_item_that_claims_gigabytes_is_not_followed():
    photo = a_photo(form="heic")
    at = photo.index(b"iloc") + 4
    lying = bytearray(photo)
    lying[at + 8 :] = bytes(b | 0x80 if n % 4 == 0 else b for n, b in enumerate(lying[at + 8 :]))
    began = time.process_time()
    walk_heic(bytes(lying))
    assert time.process_time() - began < 0.5


@settings(max_examples=examples(150), deadline=None)
@given(st.binary(max_size=200))
def test_no_boxes_whatever_break_the_walk(noise: bytes):
    walk_heic(
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
        + struct.pack(">I4sI", len(noise) + 12, b"meta", 0)
        + noise
    )
    walk_jpeg(b"\xff\xd8" + noise)


def test_the_tags_that_are_read_are_those_of_three_blocks():
    assert {ifd for ifd, _ in TAGS} == {"IFD0", "ExifIFD", "GPS"}
    assert len(set(TAGS.values())) == len(TAGS)

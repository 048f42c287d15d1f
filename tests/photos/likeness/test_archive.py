"""The search: whatever brute force finds, it finds."""

import numpy as np
import pytest

from photos.likeness.archive import OTHER_BITS, WHOLE_BITS, Archive
from photos.likeness.fingerprints import (
    BYTES,
    WINDOWS,
    Fingerprint,
    How,
    Turn,
    fingerprint,
    oriented,
)
from tests.photos.likeness.changes import CHANGES, grey_of
from tests.photos.likeness.test_fingerprints import scene
from tests.soak import examples

DICE = np.random.default_rng(7)


def random_codes(count: int) -> np.ndarray:
    codes = DICE.integers(0, 256, (count, BYTES), dtype=np.uint8)
    codes[:, 0] &= 0x7F  # the first sign is that of the mean: always 0
    return codes


def changed(code: np.ndarray, bits: int) -> bytes:
    flat = np.unpackbits(code)
    flat[1 + DICE.permutation(255)[:bits]] ^= 1
    return np.packbits(flat).tobytes()


def plain(code: bytes) -> Fingerprint:
    return Fingerprint(code, b"", DICE.bytes(BYTES * WINDOWS))


def test_every_picture_within_the_radius_is_found_as_brute_force_finds_it():
    codes = random_codes(5000)
    archive = Archive(recent=0)
    archive.add_wholes(np.arange(5000), codes)
    for _ in range(examples(60)):
        at, bits = int(DICE.integers(5000)), int(DICE.integers(0, WHOLE_BITS + 1))
        sought = changed(codes[at], bits)
        apart = np.bitwise_count(codes ^ np.frombuffer(sought, np.uint8)).sum(axis=1)
        expected = {int(k): int(apart[k]) for k in np.flatnonzero(apart <= WHOLE_BITS)}
        found = {h.key: h.bits for h in archive.search(plain(sought)) if h.how is How.WHOLE}
        assert found == expected
        assert found[at] == bits


def test_mirrored_and_turned_copies_are_found_as_brute_force_finds_them():
    codes = random_codes(3000)
    archive = Archive(recent=0)
    archive.add_wholes(np.arange(3000), codes)
    sought, found = 0, 0
    for turn in [turn for turn in Turn if turn is not Turn.AS_IS] * examples(12):
        at, bits = int(DICE.integers(3000)), int(DICE.integers(0, 45))
        turned = oriented(changed(codes[at], bits))[turn].tobytes()
        hits = archive.search(plain(turned))
        sought += 1
        found += [(h.key, h.bits, h.mirrored) for h in hits] == [(at, bits, turn.reversed)]
    assert found == sought


def test_a_picture_farther_away_than_the_radius_is_not_named():
    codes = random_codes(100)
    archive = Archive()
    archive.add(1, plain(codes[0].tobytes()))
    assert [h.bits for h in archive.search(plain(changed(codes[0], 73)))] == [73]
    assert archive.search(plain(changed(codes[0], 74))) == []
    mirrored = oriented(changed(codes[0], OTHER_BITS + 1))[Turn.MIRRORED].tobytes()
    assert archive.search(plain(mirrored)) == []


@pytest.mark.parametrize("change", CHANGES)
def test_what_people_do_to_a_picture_does_not_hide_it(change: str):
    archive = Archive()
    kinds = ("crop", "forest", "pond", "bare", "building", "weeds")
    for key, kind in enumerate(kinds):
        made = fingerprint(grey_of(scene(kind, 3)))
        assert made is not None
        archive.add(key, made)
    found = 0
    for key, kind in enumerate(kinds):
        copy = fingerprint(grey_of(CHANGES[change](scene(kind, 3))))
        assert copy is not None
        hits = archive.search(copy)
        assert [h.key for h in hits] in ([key], [])
        assert all(h.mirrored == ("mirrored" in change) for h in hits)
        found += len(hits)
    assert found >= (5 if change == "20 % cropped at a corner" else 6)


def test_a_hit_says_what_was_done():
    archive = Archive()
    made = fingerprint(grey_of(scene("weeds", 3)))
    assert made is not None
    archive.add(5, made)
    said = {}
    for change in CHANGES:
        copy = fingerprint(grey_of(CHANGES[change](scene("weeds", 3))))
        assert copy is not None
        said[change] = archive.search(copy)[0].how
    assert said["sent by messenger"] is How.WHOLE
    assert said["mirrored"] is How.MIRRORED
    assert said["mirrored and turned"] is How.MIRRORED
    assert said["quarter turn"] is How.TURNED
    assert said["screenshot with bars"] is How.TRIMMED
    assert said["20 % cropped at a corner"] is How.WINDOW


def test_the_whole_is_found_from_a_crop_that_came_first_by_a_thorough_search_only():
    archive = Archive()
    crop = fingerprint(grey_of(CHANGES["20 % cropped at a corner"](scene("weeds", 3))))
    whole = fingerprint(grey_of(scene("weeds", 3)))
    assert crop is not None
    assert whole is not None
    archive.add(1, crop)
    assert archive.search(whole) == []
    assert [(h.key, h.how) for h in archive.search(whole, thorough=True)] == [(1, How.WINDOW)]


def test_only_the_newest_pictures_keep_their_windows_and_memory_stays_bounded():
    archive = Archive(recent=40)
    codes = random_codes(500)
    many = [(key, plain(code.tobytes())) for key, code in enumerate(codes)]
    for one in many:
        archive.add(*one)
    assert len(archive) == 500
    assert archive.nbytes <= 500 * 48 + (40 + 10) * (WINDOWS * BYTES + 8)
    for key in (460, 499):
        crop = plain(many[key][1].windows[:BYTES])
        assert [(h.key, h.how) for h in archive.search(crop)] == [(key, How.WINDOW)]
    assert archive.search(plain(many[0][1].windows[:BYTES])) == []
    assert [h.key for h in archive.search(many[0][1])] == [0]


def test_many_at_once_are_the_same_as_one_by_one():
    codes = random_codes(90)
    many = [(key, plain(code.tobytes())) for key, code in enumerate(codes)]
    one_by_one, at_once = Archive(recent=20), Archive(recent=20)
    for one in many:
        one_by_one.add(*one)
    at_once.extend(many)
    for key in (0, 45, 89):
        assert at_once.search(many[key][1]) == one_by_one.search(many[key][1])


def test_old_pictures_may_come_without_windows_before_any_with_them():
    archive = Archive(recent=10)
    codes = random_codes(3)
    archive.extend((key, Fingerprint(code.tobytes(), b"", b"")) for key, code in enumerate(codes))
    assert [hit.key for hit in archive.search(plain(codes[1].tobytes()))] == [1]


def test_an_empty_archive_has_nothing_to_say():
    assert Archive().search(plain(random_codes(1)[0].tobytes())) == []

"""Alike pictures within one pile of files."""

import random

import numpy as np
from PIL import Image

from photos.likeness.fingerprints import BYTES, WINDOWS, Fingerprint, How, fingerprint
from photos.likeness.joining import Pair, likes_within, near_duplicates
from tests.photos.likeness.changes import CHANGES, grey_of
from tests.photos.likeness.test_fingerprints import scene

ORIGINALS = ("crop", "forest", "pond", "bare", "building", "weeds")
COPIES = {
    "sent": ("crop", "sent by messenger"),
    "turned over": ("pond", "mirrored"),
    "on its side": ("building", "quarter turn"),
    "off a screen": ("weeds", "screenshot with bars"),
    "a part": ("forest", "20 % cropped"),
}


def pile() -> dict[str, Image.Image]:
    pictures = {kind: scene(kind, 3) for kind in ORIGINALS}
    for name, (kind, change) in COPIES.items():
        pictures[name] = CHANGES[change](scene(kind, 3))
    return pictures


def printed(pictures: dict[str, Image.Image]) -> list[tuple[str, Fingerprint]]:
    made = [(name, fingerprint(grey_of(picture))) for name, picture in pictures.items()]
    return [(name, one) for name, one in made if one is not None]


def plain(pairs: list[Pair[str]]) -> set[tuple[frozenset[str], How, bool]]:
    return {(frozenset((pair.one, pair.other)), pair.how, pair.mirrored) for pair in pairs}


def test_every_copy_in_a_pile_is_paired_with_its_original_and_nothing_else():
    pairs = list(near_duplicates(printed(pile())))
    assert plain(pairs) == {
        (frozenset(("sent", "crop")), How.WHOLE, False),
        (frozenset(("turned over", "pond")), How.MIRRORED, True),
        (frozenset(("on its side", "building")), How.TURNED, False),
        (frozenset(("off a screen", "weeds")), How.TRIMMED, False),
        (frozenset(("a part", "forest")), How.WINDOW, False),
    }
    assert len(pairs) == len(COPIES)


def test_the_order_of_the_pile_does_not_matter():
    printed_pile = printed(pile())
    expected = plain(list(near_duplicates(printed_pile)))
    for seed in range(4):
        mixed = printed_pile.copy()
        random.Random(seed).shuffle(mixed)
        assert plain(list(near_duplicates(mixed))) == expected


def test_without_windows_crops_are_left_out():
    found = {pair.how for pair in near_duplicates(printed(pile()), windows=False)}
    assert How.WINDOW not in found
    assert How.WHOLE in found


def test_a_thousand_copies_of_one_picture_are_not_half_a_million_pairs():
    one = printed({"crop": scene("crop", 3)})[0][1]
    pairs = list(near_duplicates(((n, one) for n in range(1000)), windows=False, most=5))
    assert len(pairs) <= 5 * 1000
    assert {pair.other for pair in pairs} == set(range(1, 1000))


def test_pairs_of_a_large_pile_are_those_of_brute_force():
    dice = np.random.default_rng(3)
    codes = dice.integers(0, 256, (1500, BYTES), dtype=np.uint8)
    codes[:, 0] &= 0x7F
    for copy in range(0, 200, 2):
        flat = np.unpackbits(codes[copy])
        flat[1 + dice.permutation(255)[: int(dice.integers(0, 74))]] ^= 1
        codes[copy + 1000] = np.packbits(flat)
    made = [Fingerprint(code.tobytes(), b"", bytes(BYTES * WINDOWS)) for code in codes]
    pairs = near_duplicates(enumerate(made), windows=False)
    found = {(pair.one, pair.other, pair.bits) for pair in pairs if pair.how is How.WHOLE}
    apart = np.bitwise_count(codes[:, None] ^ codes[None]).sum(axis=-1, dtype=np.int32)
    expected = {(int(a), int(b), int(apart[a, b])) for a, b in np.argwhere(apart <= 73) if a < b}
    assert found == expected
    assert len(found) == 100


def test_within_a_run_both_of_a_pair_are_named_and_laid_over_each_other():
    pictures = pile()
    likes = likes_within(printed(pictures), pictures.get)
    assert {name: [like.key for like in found] for name, found in likes.items()} == {
        **{name: [kind] for name, (kind, _) in COPIES.items()},
        **{kind: [name] for name, (kind, _) in COPIES.items()},
    }
    assert all(
        like.scene is not None and like.scene.same for each in likes.values() for like in each
    )


def test_a_picture_that_cannot_be_had_again_leaves_the_second_stage_open():
    likes = likes_within(printed(pile()), lambda _name: None)
    assert all(like.scene is None for each in likes.values() for like in each)
    assert set(likes) >= set(COPIES)


def test_nothing_given_is_nothing_found():
    assert list(near_duplicates([])) == []

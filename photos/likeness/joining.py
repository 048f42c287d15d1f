"""The same picture within one pile of photos: every pair that looks alike, each once.

For an archive of files there is no earlier and later: each picture is compared with all others.
The passes grow with the square of the pile; pictures that go through a worker's hands anyway cost
more up to about a million of them.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from PIL import Image

from photos.likeness.archive import OTHER_BITS, WHOLE_BITS
from photos.likeness.fingerprints import BYTES, WINDOWS, Fingerprint, How, Turn, oriented
from photos.likeness.rows import Rows
from photos.likeness.scenes import SceneMatch, same_scene

K = TypeVar("K", bound=Hashable)

MOST_PAIRS = 50
"""Pairs of one picture, the nearest first: a thousand copies of one are not half a million pairs."""

_BATCH = 256
_SPARE = 8  # times the pairs that are kept, before the farthest are dropped
_PICTURES = 64  # in memory at a time, at 0.75 MB each


@dataclass(frozen=True, slots=True)
class Pair(Generic[K]):
    """Two pictures of a pile that look alike. `bits` differ of 256."""

    one: K
    other: K
    bits: int
    how: How
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Alike(Generic[K]):
    """A picture that looks like another one, and what came of laying them over each other; None
    where one of the two could not be had."""

    key: K
    bits: int
    how: How
    mirrored: bool
    scene: SceneMatch | None


def near_duplicates(
    fingerprints: Iterable[tuple[K, Fingerprint]],
    *,
    windows: bool = True,
    whole_bits: int = WHOLE_BITS,
    other_bits: int = OTHER_BITS,
    most: int = MOST_PAIRS,
) -> Iterator[Pair[K]]:
    """Every pair that looks alike, once, in the order of the later of the two.

    Keys are the caller's and differ; the same bytes given twice are a pair too, so give each
    content once. `windows` also looks for crops, which takes 22 times the passes. Of each picture
    at most `most` pairs with those before it are named. Takes 750 bytes of memory a picture.
    """
    keys: list[K] = []
    prints: list[Fingerprint] = []
    for key, made in fingerprints:
        keys.append(key)
        prints.append(made)
    pile = _Pile(prints, windows=windows)
    for later, found in pile.pairs(whole_bits, other_bits, most):
        for earlier, (_, bits, how, mirrored) in _nearest(found, most).items():
            yield Pair(keys[earlier], keys[later], bits, how, mirrored)


def likes_within(
    fingerprints: Iterable[tuple[K, Fingerprint]],
    picture_of: Callable[[K], Image.Image | None],
    *,
    windows: bool = True,
    most: int = MOST_PAIRS,
) -> dict[K, list[Alike[K]]]:
    """Of each picture of a run the others that look like it, both stages done, the nearest first;
    pictures without any are not named.

    `picture_of` gives a picture for `same_scene` (`scene_picture` of its bytes), or None where it
    cannot be had. Every pair is laid over each other, at 50 to 150 ms.
    """
    likes: dict[K, list[Alike[K]]] = {}
    pictures = _Pictures(picture_of)
    for pair in near_duplicates(fingerprints, windows=windows, most=most):
        one, other = pictures(pair.one), pictures(pair.other)
        scene = None
        if one is not None and other is not None:
            scene = same_scene(one, other, mirrored=pair.mirrored)
        for key, like in ((pair.one, pair.other), (pair.other, pair.one)):
            alike = Alike(like, pair.bits, pair.how, pair.mirrored, scene)
            likes.setdefault(key, []).append(alike)
    for found in likes.values():
        found.sort(key=lambda like: (like.how is How.WINDOW, like.bits))
    return likes


class _Pictures(Generic[K]):
    """The last pictures that were asked for."""

    def __init__(self, picture_of: Callable[[K], Image.Image | None]) -> None:
        self._of, self._held = picture_of, OrderedDict[K, Image.Image | None]()

    def __call__(self, key: K) -> Image.Image | None:
        if key not in self._held:
            self._held[key] = self._of(key)
            if len(self._held) > _PICTURES:
                self._held.popitem(last=False)
        self._held.move_to_end(key)
        return self._held[key]


_Found = tuple[bool, int, How, bool]  # only a part is alike, bits, how, mirrored


def _nearest(found: dict[int, _Found], most: int) -> dict[int, _Found]:
    ordered = sorted(found.items(), key=lambda item: (*item[1][:2], item[0]))
    return dict(ordered[:most])


class _Pile:
    def __init__(self, prints: Sequence[Fingerprint], *, windows: bool) -> None:
        self._prints = prints
        self._wholes, self._trimmed = Rows(1, turning=True), Rows(1)
        self._windows = Rows(WINDOWS)
        every = range(len(prints))
        bordered = [at for at in every if prints[at].trimmed]
        self._wholes.add(every, b"".join(one.whole for one in prints))
        self._trimmed.add(bordered, b"".join(prints[at].trimmed for at in bordered))
        if windows:
            self._windows.add(every, b"".join(one.windows for one in prints))

    def pairs(
        self, whole_bits: int, other_bits: int, most: int
    ) -> Iterator[tuple[int, dict[int, _Found]]]:
        """(number of a picture, what of those before it is like it).

        A crop is found by its own search, whichever came first: what it finds among later
        pictures waits until their turn.
        """
        waiting: dict[int, dict[int, _Found]] = {}

        def note(one: int, other: int, found: _Found) -> None:
            if one == other:
                return
            of = waiting.setdefault(max(one, other), {})
            known = of.get(min(one, other))
            if known is None or found[:2] < known[:2]:
                of[min(one, other)] = found
                if len(of) > _SPARE * most:
                    waiting[max(one, other)] = _nearest(of, most)

        for begins in range(0, len(self._prints), _BATCH):
            batch = self._prints[begins : begins + _BATCH]
            codes = np.frombuffer(b"".join(one.whole for one in batch), np.uint8)
            codes = codes.reshape(-1, BYTES)
            for key, bits, at in self._wholes.near(codes, whole_bits):
                if key < begins + at:
                    note(key, begins + at, (False, bits, How.WHOLE, False))
            for key, bits, at in self._windows.near(codes, other_bits):
                note(key, begins + at, (True, bits, How.WINDOW, False))
            for number, one in enumerate(batch, begins):
                for key, bits, turn in self._wholes.near_turned(oriented(one.whole), other_bits):
                    if key < number:
                        how = How.MIRRORED if turn.reversed else How.TURNED
                        note(key, number, (False, bits, how, turn.reversed))
                if one.trimmed:
                    inner = oriented(one.trimmed)[: Turn.MIRRORED + 1]
                    for rows in (self._wholes, self._trimmed):
                        for key, bits, at in rows.near(inner, other_bits):
                            note(key, number, (False, bits, How.TRIMMED, bool(at)))
        for number in sorted(waiting):
            yield number, waiting[number]

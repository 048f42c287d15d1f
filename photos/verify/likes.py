"""Which photos of a run look alike: all fingerprints joined, the pairs that matter looked at again.

A second look costs as much as reading three photos, so it is given to pairs that a verdict may
rest on (photos of different parcels), to a few of each photo, and once: what came of it is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from photos.likeness.fingerprints import Fingerprint, How
from photos.likeness.joining import Pair, near_duplicates
from photos.likeness.scenes import SceneMatch
from photos.verify.laying import Two, lay
from photos.verify.places import Place
from photos.verify.reading import Engine
from photos.verify.state import Readings

MOST_LAID = 5
"""Second looks for one photo, at its nearest: a thousand copies are not half a million looks."""
WINDOWS_UP_TO = 50_000
"""Photos among which crops are looked for as well, which takes 22 times as long."""


@dataclass(frozen=True, slots=True)
class Like:
    """Another content of the run that looks like one."""

    sha256: str
    bits: int
    how: How
    mirrored: bool
    match: SceneMatch | None  # of the second look; None where it was not taken


def likes_among(
    prints: Mapping[str, bytes],
    place_of: Callable[[str], Place],
    matters: Callable[[str, str], bool],
    engine: Engine,
    readings: Readings,
    progress: Callable[[int, int], None],
) -> dict[str, list[Like]]:
    """Of each content those that look like it, the nearest first; those without any are not named.

    `prints` are fingerprints by sha256, `matters` says of two whether a verdict may rest on them.
    """
    made = [(sha256, Fingerprint.from_bytes(data)) for sha256, data in sorted(prints.items())]
    pairs = sorted(
        near_duplicates(made, windows=len(made) <= WINDOWS_UP_TO),
        key=lambda pair: (pair.how is How.WINDOW, pair.bits, pair.one, pair.other),
    )
    matches = _looked_at_again(_worth_it(pairs, matters), place_of, engine, readings, progress)
    likes: defaultdict[str, list[Like]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            match = matches.get(number)
            likes[one].append(Like(other, pair.bits, pair.how, pair.mirrored, match))
    return dict(likes)


def _worth_it(
    pairs: Iterable[Pair[str]], matters: Callable[[str, str], bool]
) -> dict[int, Pair[str]]:
    looks: Counter[str] = Counter()
    chosen = {}
    for number, pair in enumerate(pairs):
        if min(looks[pair.one], looks[pair.other]) < MOST_LAID and matters(pair.one, pair.other):
            looks.update((pair.one, pair.other))
            chosen[number] = pair
    return chosen


def _looked_at_again(
    pairs: Mapping[int, Pair[str]],
    place_of: Callable[[str], Place],
    engine: Engine,
    readings: Readings,
    progress: Callable[[int, int], None],
) -> dict[int, SceneMatch | None]:
    matches: dict[int, SceneMatch | None] = {}

    def unknown() -> Iterable[tuple[int, Two]]:
        for number, pair in pairs.items():
            known = readings.laid(pair.one, pair.other, mirrored=pair.mirrored)
            if known is None:
                yield number, Two(place_of(pair.one), place_of(pair.other), pair.mirrored)
            else:
                matches[number] = known
                progress(len(matches), len(pairs))

    for number, laid in engine.each(lay, unknown()):
        match = None if laid is None else laid.match
        matches[number] = match
        if match is not None:
            pair = pairs[number]
            readings.keep_laid(pair.one, pair.other, match, mirrored=pair.mirrored)
        progress(len(matches), len(pairs))
    readings.settle()
    return matches

"""One run: read everything, then judge everything. Every photo given is exactly one line."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from photos.evidence import Evidence, ReadError
from photos.keeping import NotKept
from photos.verify.given import PhotoFile
from photos.verify.judging import Judge
from photos.verify.lines import Line, blank_line
from photos.verify.places import Stamp, stamp_of
from photos.verify.reading import Engine, Numbered, ReadPhoto, evidence_of
from photos.verify.state import Readings

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""(photos read, photos in all)"""


def run(
    photos: Sequence[PhotoFile],
    judge: Judge,
    engine: Engine,
    readings: Readings,
    progress: Progress | None = None,
) -> Iterator[Line]:
    """The lines in the order of the input; the first comes when the last photo has been read."""
    read = _read_all(photos, judge, engine, readings, progress or (lambda _done, _all: None))
    for number, photo in enumerate(photos):
        outcome = read[number]
        if isinstance(outcome, ReadError):
            yield blank_line(photo, None, outcome)
        else:
            yield judge.line(number, photo, evidence_of(readings.kept(outcome)))


def _read_all(
    photos: Sequence[PhotoFile],
    judge: Judge,
    engine: Engine,
    readings: Readings,
    progress: Progress,
) -> dict[int, str | ReadError]:
    """Of each photo its digest, under which `readings` has it, or why there is none."""
    outcomes: dict[int, str | ReadError] = {}
    stamps: dict[int, Stamp | None] = {}

    def done(number: int, outcome: str | ReadError) -> None:
        outcomes[number] = outcome
        progress(len(outcomes), len(photos))

    def unread() -> Iterable[Numbered]:
        for number, photo in enumerate(photos):
            if photo.problem is not None:
                done(number, photo.problem)
                continue
            # Before the reading: a file that changes meanwhile must not pass as the newer one.
            stamp = stamp_of(photo.data)
            sha256 = readings.known(stamp)
            evidence = None if sha256 is None else _kept_evidence(readings, sha256)
            if evidence is None:
                stamps[number] = stamp
                yield number, photo.data
            else:
                judge.meet(number, photo, evidence)
                done(number, evidence.sha256)

    for number, read in engine.read(unread()):
        if isinstance(read, ReadPhoto):
            readings.keep(stamps.pop(number), read)
            judge.meet(number, photos[number], evidence_of(read.kept))
            done(number, read.sha256)
        else:
            done(number, read)
    readings.settle()
    return outcomes


def _kept_evidence(readings: Readings, sha256: str) -> Evidence | None:
    try:
        evidence = evidence_of(readings.kept(sha256))
    except NotKept:
        log.warning("a kept reading was damaged; the photo is read again")
        return None
    return evidence if evidence.sha256 == sha256 else None

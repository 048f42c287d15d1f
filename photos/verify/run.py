"""One run: read everything, then judge everything. Every photo given is exactly one line."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from photos.evidence import Evidence, ReadError
from photos.keeping import NotKept
from photos.verify.given import PhotoFile
from photos.verify.judging import Judge
from photos.verify.lines import Line, blank_line
from photos.verify.places import Stamp, stamp_of
from photos.verify.reading import Engine, Numbered, ReadPhoto, evidence_of, read_all
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
    given = list(photos)
    read = _read_all(given, judge, engine, readings, progress or (lambda _done, _all: None))
    for number, photo in enumerate(given):
        outcome = read[number]
        if isinstance(outcome, ReadError):
            yield blank_line(photo, None, outcome)
        else:
            yield judge.line(number, photo, evidence_of(readings.kept(outcome)))


def _read_all(
    photos: list[PhotoFile],
    judge: Judge,
    engine: Engine,
    readings: Readings,
    progress: Progress,
) -> dict[int, str | ReadError]:
    """Of each photo its digest, under which `readings` has it, or why there is none.

    Puts into `photos` what the reading says of a recorded digest.
    """
    outcomes: dict[int, str | ReadError] = {}
    stamps: dict[int, Stamp | None] = {}

    def failed(number: int, error: ReadError) -> None:
        outcomes[number] = error
        progress(len(outcomes), len(photos))

    def met(number: int, evidence: Evidence, md5: str) -> None:
        photos[number] = _witnessed(photos[number], md5)
        judge.meet(number, photos[number], evidence)
        outcomes[number] = evidence.sha256
        progress(len(outcomes), len(photos))

    def unread() -> Iterable[Numbered]:
        for number, photo in enumerate(photos):
            if photo.problem is not None:
                failed(number, photo.problem)
                continue
            # Before the reading: a file that changes meanwhile must not pass as the newer one.
            stamp = stamp_of(photo.data)
            known = readings.known(stamp)
            evidence = None if known is None else _kept_evidence(readings, known[0])
            if known is not None and evidence is not None:
                met(number, evidence, known[1])
            else:
                stamps[number] = stamp
                yield number, photo.data

    for number, read in read_all(engine, unread()):
        if isinstance(read, ReadPhoto):
            readings.keep(stamps.pop(number), read)
            met(number, evidence_of(read.kept), read.md5)
        else:
            failed(number, read)
    readings.settle()
    return outcomes


def _witnessed(photo: PhotoFile, md5: str) -> PhotoFile:
    said = photo.recorded
    if said is None or not md5:
        return photo
    return replace(photo, recorded=replace(said, digest_holds=said.digest == md5))


def _kept_evidence(readings: Readings, sha256: str) -> Evidence | None:
    try:
        evidence = evidence_of(readings.kept(sha256))
    except NotKept:
        log.warning("a kept reading was damaged; the photo is read again")
        return None
    return evidence if evidence.sha256 == sha256 else None

"""One run: read everything, then judge everything. Every photo given is exactly one line."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from photos.evidence import ReadError
from photos.keeping import NotKept
from photos.verify.given import PhotoFile
from photos.verify.judging import Judge
from photos.verify.likes import likes_among
from photos.verify.lines import Line, blank_line
from photos.verify.places import Place, Stamp, stamp_of
from photos.verify.reading import Engine, Kept, Numbered, ReadPhoto, kept_of, read_all
from photos.verify.state import Readings

log = logging.getLogger(__name__)


class Stage(StrEnum):
    """What a run does before its lines come."""

    READ = "读取照片"
    LAY = "叠合相似照片"


Progress = Callable[[Stage, int, int], None]
"""(what is done, how many are done, of how many)"""


def run(
    photos: Sequence[PhotoFile],
    judge: Judge,
    engine: Engine,
    readings: Readings,
    progress: Progress | None = None,
) -> Iterator[Line]:
    """The lines in the order of the input; the first comes when the last photo has been read."""
    one = _Run(photos, judge, engine, readings, progress or (lambda _stage, _done, _all: None))
    one.read()
    one.compare()
    return one.lines()


class _Run:
    def __init__(
        self,
        photos: Sequence[PhotoFile],
        judge: Judge,
        engine: Engine,
        readings: Readings,
        progress: Progress,
    ) -> None:
        self._photos = list(photos)
        self._judge, self._engine, self._readings = judge, engine, readings
        self._progress = progress
        self._outcomes: dict[int, str | ReadError] = {}  # the digest, or why there is none
        self._places: dict[str, Place] = {}  # of each content one place where it can be had
        self._prints: dict[str, bytes] = {}

    def read(self) -> None:
        """Reads all that `readings` does not have, and shows the judge every photo."""
        stamps: dict[int, Stamp | None] = {}

        def unread() -> Iterable[Numbered]:
            for number, photo in enumerate(self._photos):
                if photo.problem is not None:
                    self._note(number, photo.problem)
                    continue
                # Before the reading: a file that changes meanwhile must not pass as the newer one.
                stamp = stamp_of(photo.data)
                known = self._readings.known(stamp)
                kept = None if known is None else self._kept(known[0])
                if known is not None and kept is not None:
                    self._meet(number, kept, known[1])
                else:
                    stamps[number] = stamp
                    yield number, photo.data

        for number, read in read_all(self._engine, unread()):
            if isinstance(read, ReadPhoto):
                self._readings.keep(stamps.pop(number), read)
                self._meet(number, kept_of(read.kept), read.md5)
            else:
                self._note(number, read)
        self._readings.settle()

    def compare(self) -> None:
        """Finds the photos that look alike, and tells the judge."""

        def progress(done: int, total: int) -> None:
            self._progress(Stage.LAY, done, total)

        likes = likes_among(
            self._prints,
            self._places.__getitem__,
            self._judge.matters,
            self._engine,
            self._readings,
            progress,
        )
        self._judge.compared(likes, len(self._prints))

    def lines(self) -> Iterator[Line]:
        for number, photo in enumerate(self._photos):
            outcome = self._outcomes[number]
            if isinstance(outcome, ReadError):
                yield blank_line(photo, None, outcome)
            else:
                kept = kept_of(self._readings.kept(outcome))
                yield self._judge.line(number, photo, kept)

    def _note(self, number: int, outcome: str | ReadError) -> None:
        self._outcomes[number] = outcome
        self._progress(Stage.READ, len(self._outcomes), len(self._photos))

    def _meet(self, number: int, kept: Kept, md5: str) -> None:
        photo = self._photos[number] = _witnessed(self._photos[number], md5)
        sha256 = kept.evidence.sha256
        self._judge.meet(number, photo, kept)
        self._places.setdefault(sha256, photo.data)
        if kept.fingerprint:
            self._prints[sha256] = kept.fingerprint
        self._note(number, sha256)

    def _kept(self, sha256: str) -> Kept | None:
        try:
            kept = kept_of(self._readings.kept(sha256))
        except NotKept:
            log.warning("a kept reading was damaged; the photo is read again")
            return None
        return kept if kept.evidence.sha256 == sha256 else None


def _witnessed(photo: PhotoFile, md5: str) -> PhotoFile:
    """The photo with what its reading says of the digest that a table gave."""
    said = photo.recorded
    if said is None or not md5:
        return photo
    return replace(photo, recorded=replace(said, digest_holds=said.digest == md5))

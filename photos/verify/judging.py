"""Phase two of a run: each photo against its parcel, the thresholds, and all others of the run.

Judging begins when everything has been read, so the order in which photos were given, or became
ready, changes no line.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.vocabulary import PhotoKind
from photos.case import Case, Claim, PriorUse
from photos.evidence import Evidence, ReadError
from photos.examine import Thresholds, examine, require_declared
from photos.verify.given import PhotoFile
from photos.verify.lines import Line, blank_line, full_line
from photos.verify.parcels import ParcelIndex

Window = tuple[datetime, datetime]

UNPLACED = ReadError(
    "photo-without-parcel",
    "照片没有位置，也没有指定地块，无法比对；请用 --parcel 指定地块，或在清单里写明。",
)


class Judge(Protocol):
    """Who knows what a photo is judged against."""

    def meet(self, number: int, photo: PhotoFile, evidence: Evidence) -> None:
        """Is shown every photo that was read, before the first is judged, in any order."""

    def line(self, number: int, photo: PhotoFile, evidence: Evidence) -> Line:
        """The line of one of them."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of some bytes in this run."""

    number: int
    file: str
    parcel: str | None
    person: str


class ArchiveJudge:
    """Judges photos that stand in no database: what is known of others is what the run read."""

    def __init__(
        self,
        index: ParcelIndex,
        *,
        kind: PhotoKind,
        window: Window | None,
        received_at: datetime,
        thresholds: Thresholds | None,
    ) -> None:
        require_declared(thresholds or {})
        self._index, self._kind, self._window = index, kind, window
        self._received_at, self._thresholds = received_at, thresholds
        self._uses: dict[str, list[_Use]] = defaultdict(list)

    def meet(self, number: int, photo: PhotoFile, evidence: Evidence) -> None:
        parcel = self._parcel_of(photo, evidence)
        self._uses[evidence.sha256].append(_Use(number, photo.name, parcel, photo.person))

    def line(self, number: int, photo: PhotoFile, evidence: Evidence) -> Line:
        others = sorted(
            (use for use in self._uses[evidence.sha256] if use.number != number),
            key=lambda use: (use.file, use.parcel or "", use.person),
        )
        same_as = {"same_as": [use.file for use in others]}
        parcel = self._parcel_of(photo, evidence)
        if parcel is None:
            return blank_line(photo, evidence, evidence.error or UNPLACED) | same_as
        boundary = self._index.by_number.get(parcel)
        if boundary is None:
            return blank_line(photo, evidence, _no_such(parcel)) | same_as
        case = Case(
            evidence,
            boundary,
            Claim(photo.kind or self._kind),
            self._received_at,
            self._window,
            tuple(_prior(use, parcel, photo.person) for use in others if use.parcel),
            recorded=photo.recorded,
            parcel=parcel,
            named=photo.file_name,
        )
        return full_line(photo, parcel, evidence, examine(case, self._thresholds)) | same_as

    def _parcel_of(self, photo: PhotoFile, evidence: Evidence) -> str | None:
        if photo.parcel is not None:
            return photo.parcel
        at = evidence.position
        if at is None and photo.recorded is not None:
            at = photo.recorded.position
        return None if at is None else self._index.nearest(at)


def _prior(use: _Use, parcel: str, person: str) -> PriorUse:
    # One run is one inspection of whoever started it, unless the list names two people. Which of
    # two files was used first nobody knows, so each is held against the other.
    assert use.parcel is not None
    same = use.parcel == parcel
    return PriorUse(use.parcel, same, same, use.person == person, None)


def _no_such(parcel: str) -> ReadError:
    return ReadError(
        "photo-parcel-unknown", f"地块文件里没有编号“{parcel[:60]}”，无法比对；请改正编号。"
    )

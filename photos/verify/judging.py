"""Phase two of a run: each photo against its parcel, the thresholds, and all others of the run.

Judging begins when everything has been read, so the order in which photos were given, or became
ready, changes no line.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from models.geo import Position
from models.vocabulary import PhotoKind
from photos.case import Case, Claim, LikePicture, PriorUse, Shot
from photos.evidence import Evidence, ReadError
from photos.examine import Thresholds, examine, require_declared
from photos.shots import RunPhoto, RunShots
from photos.verify.given import PhotoFile
from photos.verify.habits import Habits
from photos.verify.likes import Like
from photos.verify.lines import Line, alike_of, blank_line, full_line
from photos.verify.parcels import ParcelIndex
from photos.verify.reading import Kept

Window = tuple[datetime, datetime]

UNPLACED = ReadError(
    "photo-without-parcel",
    "照片没有位置，也没有指定地块，无法比对；请用 --parcel 指定地块，或在清单里写明。",
)
_MOST_COPIES = 200
"""Uses of the same bytes that one photo is held against: each parcel's first before any second."""
_MOST_USES = 20  # of one content that looks alike: the parcels are told, not every copy


class Judge(Protocol):
    """Who knows what a photo is judged against."""

    def meet(self, number: int, photo: PhotoFile, kept: Kept) -> None:
        """Is shown every photo that was read, before the first is judged, in any order."""

    def matters(self, one: str, other: str) -> bool:
        """Whether a verdict may rest on two contents (sha256) being the same picture."""

    def compared(self, likes: Mapping[str, list[Like]], count: int) -> None:
        """Is told what looks alike among `count` pictures, before the first line."""

    def line(self, number: int, photo: PhotoFile, kept: Kept) -> Line:
        """The line of one of them."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of some content in this run, as small as it can be."""

    number: int
    file: str
    parcel: str | None
    person: str
    shot: Shot | None  # None without a parcel or a time


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
        self._met: dict[int, tuple[str, _Use]] = {}
        self._likes: Mapping[str, list[Like]] = {}
        self._pictures = 0
        self._shots: RunShots | None = None
        self._place_among_shots: dict[int, int] = {}
        self._habits = Habits()

    def meet(self, number: int, photo: PhotoFile, kept: Kept) -> None:
        sha256 = kept.evidence.sha256
        parcel = self._parcel_of(photo, kept.evidence)
        case = self._case(photo, kept.evidence, parcel)
        shot = None if case is None else case.shot
        use = _Use(number, photo.name, parcel, photo.person, shot)
        self._uses[sha256].append(use)
        self._met[number] = (sha256, use)
        self._habits.learn(kept.evidence)

    def matters(self, one: str, other: str) -> bool:
        parcels = {use.parcel for sha256 in (one, other) for use in self._uses[sha256]}
        return len(parcels - {None}) > 1

    def compared(self, likes: Mapping[str, list[Like]], count: int) -> None:
        self._likes, self._pictures = likes, count
        for sha256, uses in self._uses.items():
            self._uses[sha256] = _by_parcels(uses)
        # By what they are, not by when they came: nothing may hang on the order of the input.
        numbers = sorted(self._met, key=self._rank)
        self._place_among_shots = {number: at for at, number in enumerate(numbers)}
        self._shots = RunShots([self._run_photo(number) for number in numbers])

    def _rank(self, number: int) -> tuple[str, str, str, str]:
        sha256, use = self._met[number]
        return sha256, use.file, use.parcel or "", use.person

    def _run_photo(self, number: int) -> RunPhoto:
        sha256, use = self._met[number]
        return RunPhoto(sha256, use.shot, use.person)

    def line(self, number: int, photo: PhotoFile, kept: Kept) -> Line:
        evidence = kept.evidence
        copies = self._uses[evidence.sha256][: _MOST_COPIES + 1]
        others = [use for use in copies if use.number != number]
        same_as = {"same_as": [use.file for use in others]}
        parcel = self._met[number][1].parcel
        case = self._case(photo, evidence, parcel)
        if parcel is None:
            return blank_line(photo, evidence, evidence.error or UNPLACED) | same_as
        if case is None:
            return blank_line(photo, evidence, _no_such(parcel)) | same_as
        assert self._shots is not None
        likes = tuple(self._pictures_like(evidence.sha256, parcel, photo.person))
        whole = replace(
            case,
            neighbours=tuple(_prior(use, parcel, photo.person) for use in others if use.parcel),
            profile=self._habits.of_others(evidence),
            shots=self._shots.of(self._place_among_shots[number]),
            likes=likes,
            compared=self._pictures - 1 if kept.fingerprint else None,
        )
        line = full_line(photo, parcel, evidence, examine(whole, self._thresholds))
        return line | same_as | {"alike": alike_of(likes)}

    def _case(self, photo: PhotoFile, evidence: Evidence, parcel: str | None) -> Case | None:
        """The photo by itself, without the others of the run; None where no boundary is known."""
        boundary = self._index.by_number.get(parcel) if parcel is not None else None
        if boundary is None or parcel is None:
            return None
        return Case(
            evidence,
            boundary,
            Claim(photo.kind or self._kind),
            self._received_at,
            self._window,
            recorded=photo.recorded,
            parcel=parcel,
            named=photo.file_name,
        )

    def _pictures_like(self, sha256: str, parcel: str, person: str) -> Iterator[LikePicture]:
        for like in self._likes.get(sha256, ()):
            for use in self._uses[like.sha256][:_MOST_USES]:
                if use.parcel is not None:
                    yield _picture(like, use, parcel, person)

    def _parcel_of(self, photo: PhotoFile, evidence: Evidence) -> str | None:
        if photo.parcel is not None:
            return photo.parcel
        at: Position | None = evidence.position
        if at is None and photo.recorded is not None:
            at = photo.recorded.position
        return None if at is None else self._index.nearest(at)


def _by_parcels(uses: list[_Use]) -> list[_Use]:
    """In an order that the input's has no part in, the first use for each parcel before any second
    one."""
    seen: Counter[str | None] = Counter()
    ranked = []
    for use in sorted(uses, key=lambda use: (use.file, use.parcel or "", use.person)):
        ranked.append((seen[use.parcel], use))
        seen[use.parcel] += 1
    ranked.sort(key=lambda one: one[0])
    return [use for _, use in ranked]


def _prior(use: _Use, parcel: str, person: str) -> PriorUse:
    # One run is one inspection of whoever started it, unless the list names two people. Which of
    # two files was used first nobody knows, so each is held against the other.
    assert use.parcel is not None
    same = use.parcel == parcel
    return PriorUse(use.parcel, same, same, use.person == person, None)


def _picture(like: Like, use: _Use, parcel: str, person: str) -> LikePicture:
    assert use.parcel is not None
    same = use.parcel == parcel
    return LikePicture(
        name=use.file,
        parcel=use.parcel,
        same_parcel=same,
        same_task=same,
        same_inspection=same,
        same_person=use.person == person,
        bits=like.bits,
        how=like.how,
        mirrored=like.mirrored,
        inliers=None if like.match is None else like.match.inliers,
        correlation=None if like.match is None else round(like.match.correlation, 3),
        taken_at=None if use.shot is None else use.shot.taken_at,
        position=None if use.shot is None else use.shot.position,
    )


def _no_such(parcel: str) -> ReadError:
    return ReadError(
        "photo-parcel-unknown", f"地块文件里没有编号“{parcel[:60]}”，无法比对；请改正编号。"
    )

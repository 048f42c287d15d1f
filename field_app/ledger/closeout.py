"""Whether an entry may be closed by what there is. Pure: pictures in, reasons out.

完成一项销号一项 asks for proof that it was carried out. A picture counts when it is newer than the
finding, comes from our own page (grade A or B) and passed, or a supervisor gave a written reason for
it (采信). One of them must show what the picture from before shows: the same standpoint, within the
county's tolerance. Who may close is said by the table of `workflow`, not here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from field_app import words
from models.geo import Position, angle_between_deg, bearing_between_deg, distance_between_m
from models.vocabulary import Grade, Verdict


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as far as a close-out looks at it. `trusted` is a supervisor's word with a reason:
    True 采信, False 不采信, None nothing said. Heading in degrees from true north."""

    id: int
    sha256: str
    grade: Grade
    verdict: Verdict
    trusted: bool | None
    at: Position | None
    heading_deg: float | None
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rules:
    """`photos` that are required (0 where the problem is none that a field visit sees); within how
    many metres and degrees two standpoints are the same."""

    photos: int
    same_place_m: float
    same_heading_deg: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is. `newer_than` is the moment of the finding, or of the reopening."""

    before: tuple[Picture, ...]
    after: tuple[Picture, ...]
    newer_than: datetime
    has_parcel: bool


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where an after-picture was taken, seen from the nearest picture from before: metres and true
    bearing from there, and by how many degrees the camera was turned; None where one of the two
    tells no direction."""

    before_id: int
    distance_m: float
    bearing_deg: float
    turned_deg: float | None
    same: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """An after-picture with what speaks against it; nothing does where it counts."""

    id: int
    against: tuple[str, ...]
    standpoint: Standpoint | None

    @property
    def counts(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True)
class Closing:
    """What a close-out would rest on. `reasons` refuse it; `to_say` is what the one who closes has
    to answer for in writing, because no picture can."""

    photos: tuple[Judged, ...]
    required: int
    reasons: tuple[str, ...]
    to_say: tuple[str, ...]

    def refusals(self, why: str) -> tuple[str, ...]:
        """Why it may not be closed with the written reason `why`; empty where it may."""
        return self.reasons if why.strip() else (*self.reasons, *self.to_say)


def judge(evidence: Evidence, rules: Rules) -> Closing:
    """Every after-picture looked at, and what keeps the entry from being closed."""
    photos = tuple(_judged(p, evidence, rules) for p in evidence.after)
    if rules.photos == 0:
        say = "这类问题不要求现场照片，请写明依据哪些材料销号"
        return Closing(photos, 0, (), (say,))
    if not evidence.has_parcel:
        why = "这条问题没有地块，照片无从核验，请县办先补登地块编号"
        return Closing(photos, rules.photos, (why,), ())
    usable = [p for p in photos if p.counts]
    reasons = []
    if len(usable) < rules.photos:
        reasons.append(f"要求 {rules.photos} 张可用的整改后照片，现有 {len(usable)} 张")
        reasons += [f"照片 {p.id}：{'；'.join(p.against)}" for p in photos if p.against]
    to_say = []
    if not any(b.at for b in evidence.before):
        to_say.append("整改前没有带位置的照片，比不了站位，请写明怎样确认拍的是同一处")
    elif usable and not any(p.standpoint and p.standpoint.same for p in usable):
        nearest = min(
            (p.standpoint for p in usable if p.standpoint),
            key=lambda s: (s.distance_m, s.turned_deg or 0.0),
            default=None,
        )
        reasons.append(
            f"没有一张与整改前同一站位（相距 {rules.same_place_m:g} m、朝向相差 "
            f"{rules.same_heading_deg:g}° 以内）" + (f"，最近的{said(nearest)}" if nearest else "")
        )
    return Closing(photos, rules.photos, tuple(reasons), tuple(to_say))


def said(s: Standpoint) -> str:
    """`相距 12 m，朝向相差 20°`.

    >>> said(Standpoint(1, 12.3, 90.0, None, True))
    '相距 12 m（在整改前站位的东面），镜头朝向未知，只比了位置'
    """
    wind = ["北", "东北", "东", "东南", "南", "西南", "西", "西北"][round(s.bearing_deg / 45.0) % 8]
    where = f"（在整改前站位的{wind}面）" if s.distance_m >= 1.0 else ""
    turned = "镜头朝向未知，只比了位置" if s.turned_deg is None else f"朝向相差 {s.turned_deg:.0f}°"
    return f"相距 {words.metres(s.distance_m)}{where}，{turned}"


def _judged(photo: Picture, evidence: Evidence, rules: Rules) -> Judged:
    against = []
    if photo.trusted is False:
        against.append("督导不采信")
    if photo.trusted is None and photo.grade not in (Grade.A, Grade.B):
        against.append(f"证据来源为 {photo.grade} 级，须 A、B 级，或由督导写明理由采信")
    if photo.trusted is None and photo.verdict != Verdict.PASSED:
        against.append(f"核验结论是“{photo.verdict}”，须由督导写明理由采信")
    if photo.taken_at is None:
        against.append("不知道拍摄时间，证明不了是整改以后拍的")
    elif photo.taken_at <= evidence.newer_than:
        against.append(
            f"拍摄于 {words.moment(photo.taken_at)}，不晚于发现问题的时间 "
            f"{words.moment(evidence.newer_than)}"
        )
    if photo.sha256 in {b.sha256 for b in evidence.before}:
        against.append("与整改前的照片是同一个文件")
    return Judged(photo.id, tuple(against), standpoint(photo, evidence.before, rules))


def standpoint(photo: Picture, before: Sequence[Picture], rules: Rules) -> Standpoint | None:
    """The picture from before that `photo` stands nearest to, one of the same standpoint first;
    None where either side has no position."""
    if photo.at is None:
        return None
    pairs = [_pair(photo, photo.at, b, b.at, rules) for b in before if b.at is not None]
    return min(pairs, key=lambda s: (not s.same, s.distance_m, s.turned_deg or 0.0), default=None)


def _pair(
    photo: Picture, at: Position, before: Picture, there: Position, rules: Rules
) -> Standpoint:
    distance = distance_between_m(there, at)
    turned = (
        None
        if photo.heading_deg is None or before.heading_deg is None
        else angle_between_deg(photo.heading_deg, before.heading_deg)
    )
    return Standpoint(
        before.id,
        distance,
        bearing_between_deg(there, at) % 360.0,
        turned,
        distance <= rules.same_place_m and (turned is None or turned <= rules.same_heading_deg),
    )

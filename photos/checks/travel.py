from models.geo import Position, distance_between_m, unshifted_between_m
from models.vocabulary import Outcome
from photos.case import Case, Result, Shot, china_text, span_text
from photos.checks.declare import check, doubt, fail, passed, unknown
from photos.shots import clashing, seconds_apart, seconds_between_fixes

_SAME_ZONE_DEG = 7.5  # a camera that states no zone keeps it within half an hour of sun


@check(
    "travel",
    catches="两张照片相隔太远、时间太近，同一个人赶不到：定位是假的，或不是一个人拍的",
    trap="手机先给旧定位或基站定位再给卫星定位，会跳几百米；坐高铁往返两地的人会被存疑；"
    "一张位置错的照片只算它自己的，不连累前后的照片",
    if_broken=Outcome.FAIL,
    proves="通过表示同一人（或同一台相机）前后一天内的照片之间都走得到；"
    "慢慢走着造的假定位、只拍一张的照片，这里看不出来",
)
def travel(
    case: Case,
    *,
    doubt_kmh: float = 120.0,
    fail_kmh: float = 400.0,
    floor_m: float = 20.0,
    unstated_m: float = 500.0,
    unusable_m: float = 100.0,
    old_fix_minutes: float = 5.0,
    least_s: float = 30.0,
) -> Result | None:
    """Nobody had to be faster than `doubt_kmh` between this photo and one of the same hand.

    Of the distance both accuracies are taken off, each at least `floor_m`, and `unstated_m` where
    the phone states none (a fix by cell tower). The time is that between the two fixes; where a
    photo does not say when its position was fixed, between the exposures, and the fix may be
    `old_fix_minutes` old. Clocks tick in seconds and fixes lag: a time under `least_s`, zero
    included, counts as `least_s`. Only times of one clock are compared. A pair that a datum shift
    explains is no travel. Beyond `fail_kmh` contradicts, unless a position is worse than
    `unusable_m`, or only the camera is the same: makers have given serial numbers twice.
    """
    threshold = {"doubt_kmh": doubt_kmh, "fail_kmh": fail_kmh}
    if not case.shots:
        return None
    mine = case.shot
    if mine is None or mine.position is None:
        return unknown(
            "没有拍摄位置，或没有可比的拍摄时间，无法与前后的照片比对路程；请允许定位、自动校时后重拍。",
            {},
            threshold,
        )

    def allowance_m(shot: Shot, at: Position) -> float:
        return unstated_m if at.accuracy_m is None else max(at.accuracy_m, floor_m)

    def kmh(a: Shot, b: Shot) -> float | None:
        if a.position is None or b.position is None:
            return None
        seconds = _seconds(a, b, old_fix_minutes * 60.0)
        if seconds is None:
            return None
        near = allowance_m(a, a.position) + allowance_m(b, b.position)
        beyond = max(distance_between_m(a.position, b.position) - near, 0.0)
        speed = beyond / max(seconds, least_s) * 3.6
        if speed > doubt_kmh:
            beyond = max(unshifted_between_m(a.position, b.position) - near, 0.0)
            unshifted = beyond / max(seconds, least_s) * 3.6
            return unshifted if unshifted <= doubt_kmh else speed
        return speed

    speeds = [(v, s) for s in case.shots if (v := kmh(mine, s)) is not None]
    if not speeds:
        return None
    clashes = clashing(mine, case.shots, lambda a, b: (kmh(a, b) or 0.0) > doubt_kmh)
    fastest = max(v for v, _ in speeds)
    if not clashes:
        odd = "" if fastest <= doubt_kmh else "；位置不合的是另一张照片"
        return passed(
            f"与前后 {len(speeds)} 张照片之间都走得到{odd}。",
            {"fastest_kmh": round(fastest, 1), "compared": len(speeds)},
            threshold,
        )
    sure = [
        s for s in clashes if s.same_person and _usable(mine, unusable_m) and _usable(s, unusable_m)
    ]
    speed, other = max(
        ((kmh(mine, s) or 0.0, s) for s in (sure or clashes)), key=lambda x: (x[0], x[1].name)
    )
    assert other.position is not None
    away_m = distance_between_m(mine.position, other.position)
    apart_s = abs((other.taken_at - mine.taken_at).total_seconds())
    measured = {
        "fastest_kmh": round(speed, 1),
        "distance_m": round(away_m, 1),
        "apart_s": round(apart_s, 1),
        "compared": len(speeds),
        "clashes": len(clashes),
        "other": other.name,
    }
    whose = "本人" if other.same_person else "同一台相机由他人"
    said = (
        f"与{whose} {china_text(other.taken_at)} 在地块 {other.parcel} 拍的照片相距 {away_m / 1000:.1f} km、"
        f"相隔 {span_text(apart_s)}，折合每小时 {speed:.0f} km，超出 {doubt_kmh:.0f} km；"
        "请核对两张照片的定位和手机时间，说明行程，必要时到地块重拍。"
    )
    return (fail if sure and speed > fail_kmh else doubt)(said, measured, threshold)


def _seconds(a: Shot, b: Shot, old_fix_s: float) -> float | None:
    """How long the way between two positions took at most; None where no clock tells."""
    between = seconds_between_fixes(a, b)
    if between is not None:
        return abs(between)
    apart = seconds_apart(a, b)
    if apart is None or a.position is None or b.position is None:
        return None
    if a.zone_assumed and abs(a.position.lon - b.position.lon) > _SAME_ZONE_DEG:
        return None
    return abs(apart) + old_fix_s * sum(shot.fixed_at is None for shot in (a, b))


def _usable(shot: Shot, unusable_m: float) -> bool:
    at = shot.position
    return at is not None and (at.accuracy_m is None or at.accuracy_m <= unusable_m)

from models.geo import Position
from models.vocabulary import Outcome
from photos.case import Case, Result, Shot
from photos.checks.declare import check, doubt, note, passed
from photos.shots import seconds_apart

_COARSE_PER_DEG = (36_000.0, 60_000.0, 100_000.0)
"""Steps of 0.1″, 0.001′ and 0.00001°: one to three metres. Who writes positions that roughly
repeats them honestly."""


@check(
    "frozen_position",
    catches="模拟定位：走动、换地块、过了很久，坐标还是一位不差",
    trap="原地连拍、信号差时沿用上一次定位、静止时芯片锁住坐标的手机都会重复；站在地角拍相邻地块的人也会；"
    "所以几分钟内不算，沿用同一次定位只作提示",
    if_broken=Outcome.DOUBT,
    proves="通过表示坐标随时间在变，或重复只在几分钟之内；会抖动的模拟定位看不出来",
)
def frozen_position(
    case: Case, *, note_minutes: float = 5.0, doubt_minutes: float = 30.0, fixes_count: float = 3.0
) -> Result | None:
    """The position is not the same to the last digit in shots that lie apart in time.

    Shots of the same hand within `note_minutes` may share one. Longer is a note, and a doubt where
    coordinates, accuracy and altitude all stay while the parcels differ, or where `fixes_count`
    fixes, each said to be a new one, agree to the last digit over `doubt_minutes`. One old fix that
    says its age, and positions written in steps of metres, are never more than a note.
    """
    threshold = {
        "note_minutes": note_minutes,
        "doubt_minutes": doubt_minutes,
        "fixes_count": fixes_count,
    }
    mine = case.shot
    if mine is None or mine.position is None:
        return None
    beside = [s for s in case.shots if _comparable(mine, s)]
    if not beside:
        return None
    alike = [mine, *(s for s in beside if _place(s) == _place(mine))]
    minutes = _spread_minutes(alike)
    fixes = {s.fixed_at for s in alike if s.fixed_at is not None}
    one_old_fix = len(fixes) == 1 and all(s.fixed_at is not None for s in alike)
    others = {s.parcel for s in alike if not s.same_parcel}
    measured = {
        "alike": len(alike),
        "compared": len(beside),
        "spread_minutes": round(minutes, 1),
        "fixes": len(fixes),
        "parcels": 1 + len(others),
        "constant": _constant(alike),
    }
    if minutes <= note_minutes:
        said = "没有与它坐标完全相同的照片" if len(alike) == 1 else "坐标相同的照片都拍于几分钟之内"
        return passed(f"前后一天内{said}（比对 {len(beside)} 张）。", measured, threshold)
    said = f"有 {len(alike)} 张照片坐标一位不差，前后跨 {minutes:.0f} 分钟（应不超过 {note_minutes:.0f} 分钟）"
    if one_old_fix or _coarse(mine.position):
        why = "沿用了同一次旧定位" if one_old_fix else "定位只写到米级"
        return note(f"{said}，{why}；请到开阔处等定位刷新后再拍。", measured, threshold)
    if others and _constant(alike):
        return doubt(
            f"{said}，精度和高度也不变，却分属 {1 + len(others)} 个地块；请关闭模拟定位类软件，在各地块重新定位拍摄。",
            measured,
            threshold,
        )
    if len(fixes) >= fixes_count and minutes > doubt_minutes:
        return doubt(
            f"{said}，且自称是 {len(fixes)} 次新定位；请关闭模拟定位类软件，重新定位拍摄，或说明情况。",
            measured,
            threshold,
        )
    return note(f"{said}；请等定位刷新后再拍，核对时一并看前后照片。", measured, threshold)


def _comparable(mine: Shot, shot: Shot) -> bool:
    if shot.position is None or shot.position_source != mine.position_source:
        return False
    return seconds_apart(mine, shot) is not None


def _place(shot: Shot) -> tuple[float, float] | None:
    return None if shot.position is None else (shot.position.lon, shot.position.lat)


def _spread_minutes(shots: list[Shot]) -> float:
    times = [s.taken_at for s in shots]
    return (max(times) - min(times)).total_seconds() / 60.0


def _constant(shots: list[Shot]) -> bool:
    """Accuracy and altitude are told and stay; our page takes no altitude."""
    accuracies = {s.position.accuracy_m for s in shots if s.position is not None}
    heights = {s.altitude_m for s in shots}
    told = None not in accuracies and (None not in heights or shots[0].position_source == "page")
    return told and len(accuracies) == len(heights) == 1


def _coarse(at: Position) -> bool:
    return any(
        all(abs(v * steps - round(v * steps)) < 1e-4 for v in (at.lon, at.lat))
        for steps in _COARSE_PER_DEG
    )

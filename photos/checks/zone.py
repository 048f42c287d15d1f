from models.geo import Position
from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown


def in_beijing_time(at: Position) -> bool:
    """Whether Beijing time may be the time of a place, by its longitude: China has one zone."""
    return 73.0 <= at.lon <= 136.0


@check(
    "zone",
    catches="相机时区与拍摄地点不符：时钟被改，或照片来自别处",
    trap="新疆等地用北京时间而经度偏西，出差归来的手机时区未改，都会偏；所以只存疑",
    proves="通过说明相机时区与经度相配；北京时间在全国都算相配，不能证明时间没有改过",
    if_broken=Outcome.DOUBT,
)
def zone(case: Case, *, tolerance_hours: float = 2.5) -> Result:
    """The camera's zone suits the longitude of the photo.

    The zone is the one stated, else the one that camera clock and satellite clock imply; it may
    differ from longitude / 15 by `tolerance_hours` hours, or be Beijing time in China.
    """
    threshold = {"tolerance_hours": tolerance_hours}
    camera, gps = case.evidence.camera_time, case.evidence.gps_time
    if case.position is None or camera is None:
        return unknown("缺少拍摄位置或相机时间，时区无从核对；请开启定位后重拍。", {}, threshold)
    if camera.offset is not None:
        hours, how = camera.offset.total_seconds() / 3600.0, "照片注明"
    elif gps is not None:
        wall_as_utc = (camera.at - gps).total_seconds() / 3600.0 + 8.0
        hours, how = round(wall_as_utc * 4.0) / 4.0, "由卫星时间推得"
    else:
        return unknown(
            "照片没有注明时区，按北京时间计；用“拍照”按钮拍摄，可由页面另记时间。", {}, threshold
        )
    by_sun = case.position.at.lon / 15.0
    off = abs(hours - by_sun)
    measured = {
        "zone_hours": hours,
        "longitude_hours": round(by_sun, 2),
        "off_hours": round(off, 2),
    }
    said = f"相机时区为 UTC{hours:+.2f} 小时（{how}），与经度 {case.position.at.lon:.1f}° 相差 {off:.1f} 小时"
    in_china = hours == 8.0 and in_beijing_time(case.position.at)
    if off <= tolerance_hours or in_china:
        return passed(f"{said}，相符。", measured, threshold)
    return doubt(
        f"{said}，超出 {tolerance_hours:.1f} 小时；请把手机时区设为北京时间、自动校时后重拍。",
        measured,
        threshold,
    )

from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, fail, passed, unknown

_QUARTER_S = 900.0
# Zones run from −12 to +14 h; where +08:00 had to be assumed, that is how far off an honest file
# can be.
_WEST_S, _EAST_S = -20 * 3600.0 - _QUARTER_S, 6 * 3600.0 + _QUARTER_S
_ROLLOVER_S = 1024 * 7 * 86_400.0
"""Old receivers count weeks modulo 1024 and then give a date 19.6 years too early."""


@check(
    "camera_gps_clock",
    catches="改了手机时间，或把别处的 GPS 信息移进照片",
    trap="诚实手机用旧定位时卫星时间会落后几分钟（实测最多 4 分钟）；老接收机的卫星日期会错 1024 周",
    proves="通过只说明相机与卫星两个时钟相符；两个时间都可以被一起改写，不能证明是那一刻拍的",
    if_broken=Outcome.FAIL,
)
def camera_gps_clock(case: Case, *, doubt_minutes: float = 5.0, fail_hours: float = 24.0) -> Result:
    """Camera clock and satellite clock of one file agree.

    Where the camera states no zone, a whole number of quarter hours is taken off first (`zone`
    judges that). Beyond `doubt_minutes` is a doubt, beyond `fail_hours` a contradiction.
    """
    threshold = {"doubt_minutes": doubt_minutes, "fail_hours": fail_hours}
    camera, gps = case.evidence.camera_time, case.evidence.gps_time
    if camera is None or gps is None:
        which = "卫星时间" if gps is None else "相机时间"
        after = (
            "用本系统的“拍照”按钮拍摄，由页面另记时间"
            if case.told.captured_at is None
            else "页面已另记拍摄时间，不影响结论"
        )
        return unknown(f"照片没有{which}，两个时钟无法比对；{after}。", {}, threshold)
    apart = (camera.at - gps).total_seconds()
    off = apart
    if camera.zone_assumed and _WEST_S <= apart <= _EAST_S:
        off = apart - round(apart / _QUARTER_S) * _QUARTER_S
    measured = {
        "apart_s": round(apart, 1),
        "off_s": round(off, 1),
        "zone_assumed": camera.zone_assumed,
    }
    said = f"相机时间与卫星时间相差 {span_text(off)}"
    if abs(off) <= doubt_minutes * 60.0:
        return passed(f"{said}，未超出 {doubt_minutes:.0f} 分钟。", measured, threshold)
    if abs(abs(apart) - _ROLLOVER_S) <= fail_hours * 3600.0:
        return doubt(
            f"{said}，恰为 1024 周，疑似接收机日期翻转；请用本系统的“拍照”按钮重拍，由页面另记时间。",
            measured,
            threshold,
        )
    if abs(off) > fail_hours * 3600.0:
        return fail(
            f"{said}，超出 {fail_hours:.0f} 小时；请把手机设为自动校时后重拍，并说明原因。",
            measured,
            threshold,
        )
    return doubt(
        f"{said}，超出 {doubt_minutes:.0f} 分钟；请把手机设为自动校时，等定位稳定后重拍。",
        measured,
        threshold,
    )

import math
from datetime import datetime, timedelta

from astral import Observer
from astral.sun import elevation

from models.geo import Position
from models.vocabulary import Outcome
from photos.case import Case, Result, TakenAt, china_text
from photos.checks.declare import check, doubt, fail, note, passed, unknown
from photos.checks.zone import in_beijing_time
from photos.evidence import Evidence


@check(
    "sun",
    catches="照片写的时间和地点是夜里，画面却按白天曝光：时间或位置被改",
    trap="天黑后补拍、开闪光灯、相机没写时区时会误报；没写时区的只存疑，闪光灯打亮的只存疑",
    if_broken=Outcome.FAIL,
    proves="通过表示所报时间地点太阳在地平线上；白天改成白天的另一时刻看不出来",
)
def sun(case: Case, *, night_deg: float = -6.0, bright_ev: float = 9.0) -> Result:
    """The sun stood above the horizon when and where the photo says it was taken.

    Below `night_deg` (the end of civil twilight) a photo is a doubt; exposed for more light than
    `bright_ev` (EV100 by aperture, time and ISO) it contradicts, unless a flash fired, the zone of
    its time was assumed, the phone's clock was wrong when it sent the photo, or another clock in the file says day. Twilight is a note.
    """
    threshold = {"night_deg": night_deg, "bright_ev": bright_ev}
    if case.position is None or case.taken is None:
        return unknown("缺少拍摄位置或时间，无法推算太阳高度；请开启定位后重拍。", {}, threshold)
    at, taken, gps = case.position.at, case.taken, case.evidence.gps_time
    moment, sure = _moment(case, taken, at)
    height = elevation_deg(at, moment)
    ev = exposure_ev(case.evidence)
    flash = flash_fired(case.evidence)
    measured = {
        "elevation_deg": round(height, 1),
        "ev100": None if ev is None else round(ev, 1),
        "flash": flash,
        "zone_assumed": taken.zone_assumed,
    }
    said = f"按 {china_text(moment)} 和拍摄位置推算，太阳高度 {height:.0f}°"
    if height >= 0.0:
        return passed(f"{said}，在地平线以上。", measured, threshold)
    if height >= night_deg:
        return note(f"{said}，正值晨昏，画面可能看不清；请天亮后补拍。", measured, threshold)
    bright = ev is not None and ev > bright_ev
    if not bright:
        if not sure and ev is None:
            return note(
                f"{said}，是夜里，但照片的时间不确定；请把手机设为自动校时，天亮后重拍。",
                measured,
                threshold,
            )
        return doubt(f"{said}，低于 {night_deg:.0f}°，是夜里；请天亮后重拍。", measured, threshold)
    said += f"，是夜里，画面却按白天曝光（EV {ev:.1f}，应不超过 {bright_ev:.0f}）"
    day_by_gps = gps is not None and elevation_deg(at, gps) >= 0.0
    if not sure or flash or day_by_gps:
        why = (
            "手机时钟不准"
            if case.clock_off
            else "时区未注明"
            if not sure
            else "开了闪光灯"
            if flash
            else "卫星时间却是白天"
        )
        return doubt(
            f"{said}，但{why}，不足以判定；请把手机设为自动校时后重拍。", measured, threshold
        )
    return fail(f"{said}；请核对手机时间和定位，白天到地块重新拍摄。", measured, threshold)


def _moment(case: Case, taken: TakenAt, at: Position) -> tuple[datetime, bool]:
    """The moment to judge, and whether its zone is sure.

    Where the camera leaves the zone open, the satellites know the hour. Without them Beijing time
    is assumed in China; elsewhere the zone that suits the place best: a wrong zone is no fake.
    """
    if not taken.zone_assumed:
        return taken.at, not case.clock_off
    assert case.position is not None
    if case.fixed_at is not None and case.position.source == "exif":
        return case.fixed_at, True
    if in_beijing_time(at):
        return taken.at, False
    by_sun = timedelta(hours=8.0 - at.lon / 15.0)
    moments = [taken.at + by_sun + timedelta(hours=h) for h in (-2.5, 0.0, 2.5)]
    return max(moments, key=lambda moment: elevation_deg(at, moment)), False


def elevation_deg(at: Position, moment: datetime) -> float:
    """Height of the sun above the horizon, refraction included. Source: astral, 0.014° off."""
    return float(elevation(Observer(at.lat, at.lon, 0.0), moment))


def exposure_ev(evidence: Evidence) -> float | None:
    """EV100 of an exposure: log2(N² / t) − log2(ISO / 100); None where a part is missing."""
    aperture, seconds = evidence.number("FNumber"), evidence.number("ExposureTime")
    iso = evidence.number("PhotographicSensitivity")
    if aperture is None or seconds is None or iso is None:
        return None
    if not (0.5 <= aperture <= 64.0 and 1e-6 <= seconds <= 3600.0 and 1.0 <= iso <= 1e7):
        return None
    return math.log2(aperture * aperture / seconds) - math.log2(iso / 100.0)


def flash_fired(evidence: Evidence) -> bool:
    """Bit 0 of the Flash tag (EXIF 2.32, 4.6.5)."""
    flash = evidence.number("Flash")
    return flash is not None and int(flash) & 1 == 1

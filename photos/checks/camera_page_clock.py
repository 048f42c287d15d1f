from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, fail, passed


@check(
    "camera_page_clock",
    catches="页面里选了一张早先拍的照片，冒充此刻拍摄",
    trap="相机未注明时区又不在北京时间时会差整小时；有的手机把拍照和取图隔开几分钟",
    proves="通过说明文件与页面记的是同一时刻；文件没有相机时间就无从比对，也不能证明画面是现场",
    if_broken=Outcome.FAIL,
)
def camera_page_clock(
    case: Case, *, doubt_minutes: float = 5.0, fail_hours: float = 24.0
) -> Result | None:
    """The file's camera clock and our page's clock name the same moment.

    Beyond `doubt_minutes` a doubt, beyond `fail_hours` a contradiction. Only where both exist.
    """
    camera, page = case.evidence.camera_time, case.told.captured_at
    if camera is None or page is None:
        return None
    apart = (page - camera.at).total_seconds()
    measured = {"apart_s": round(apart, 1), "zone_assumed": camera.zone_assumed}
    threshold = {"doubt_minutes": doubt_minutes, "fail_hours": fail_hours}
    said = f"相机时间与页面拍摄时刻相差 {span_text(apart)}"
    if abs(apart) <= doubt_minutes * 60.0:
        return passed(f"{said}，未超出 {doubt_minutes:.0f} 分钟。", measured, threshold)
    if abs(apart) > fail_hours * 3600.0:
        return fail(
            f"{said}，超出 {fail_hours:.0f} 小时；请当场重新拍摄，不要选用旧照片。",
            measured,
            threshold,
        )
    return doubt(
        f"{said}，超出 {doubt_minutes:.0f} 分钟；请把手机设为自动校时，当场重新拍摄。",
        measured,
        threshold,
    )

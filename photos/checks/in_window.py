from models.vocabulary import Outcome
from photos.case import Case, Result, china_text, span_text
from photos.checks.declare import check, doubt, fail, passed, unknown


@check(
    "in_window",
    catches="旧照片、跨季节照片，或任务开始前、结束后拍的照片",
    trap="相机时钟复位（如 2002 年）或停在别的时区时，时间会错而人没有错",
    proves="通过说明所记时间在任务时段内；时间可以改写，须与卫星时间、服务器时间一起看",
    if_broken=Outcome.FAIL,
    needed=True,
)
def in_window(case: Case, *, doubt_minutes: float = 5.0, fail_hours: float = 24.0) -> Result | None:
    """The photo was taken inside the task's window, both ends included.

    Outside by up to `doubt_minutes` minutes is a clock's error, up to `fail_hours` hours a doubt
    (a wrong zone reaches that far), beyond it a contradiction.
    """
    if case.window is None:
        return None
    start, end = case.window
    threshold = {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "doubt_minutes": doubt_minutes,
        "fail_hours": fail_hours,
    }
    limits = f"{china_text(start)} 至 {china_text(end)}"
    if case.taken is None:
        return unknown(
            f"照片没有拍摄时间，无法判断是否在任务时段（{limits}）内；请用“拍照”按钮重拍。",
            {},
            threshold,
        )
    at = case.taken.at
    outside = max((start - at).total_seconds(), (at - end).total_seconds(), 0.0)
    measured = {
        "taken_at": at.isoformat(),
        "source": case.taken.source,
        "zone_assumed": case.taken.zone_assumed,
        "outside_s": round(outside, 1),
    }
    assumed = "（相机未注明时区，按北京时间）" if case.taken.zone_assumed else ""
    said = f"拍摄时间 {china_text(at)}{assumed}"
    if outside <= doubt_minutes * 60.0:
        return passed(f"{said}，在任务时段（{limits}）内。", measured, threshold)
    side = "早于" if at < start else "晚于"
    said += (
        f"，{side}任务时段（{limits}）{span_text(outside)}；请核对手机日期，在任务时段内重新拍摄。"
    )
    far = outside > fail_hours * 3600.0
    return fail(said, measured, threshold) if far else doubt(said, measured, threshold)

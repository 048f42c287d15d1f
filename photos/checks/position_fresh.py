from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, passed


@check(
    "position_fresh",
    catches="拍照时用的是走到别处之前的旧定位",
    trap="室内或信号差时手机会给出几分钟前的定位；静止等待的人不受影响",
    proves="通过说明定位与拍照几乎同时；不能证明定位没有被模拟",
    if_broken=Outcome.DOUBT,
)
def position_fresh(case: Case, *, max_age_s: float = 120.0) -> Result | None:
    """The page's fix was taken within `max_age_s` seconds of the shot."""
    fix, shot = case.told.fix_at, case.told.captured_at
    if case.told.position is None or fix is None or shot is None:
        return None
    age = abs((shot - fix).total_seconds())
    measured, threshold = {"age_s": round(age, 1)}, {"max_age_s": max_age_s}
    if age <= max_age_s:
        return passed(
            f"定位与拍照相隔 {span_text(age)}，未超出 {span_text(max_age_s)}。", measured, threshold
        )
    return doubt(
        f"定位与拍照相隔 {span_text(age)}，超出 {span_text(max_age_s)}；请刷新定位后重拍。",
        measured,
        threshold,
    )

from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, passed


@check(
    "delivered_in_time",
    catches="采集后久放不交，留出了改动的时间",
    trap="山区没有信号，照片会在手机里存几天；这不是拍摄者的过错",
    proves="通过说明拍摄到送达没有久放；几小时也够改一张照片，不能证明没有改过",
    if_broken=Outcome.DOUBT,
)
def delivered_in_time(case: Case, *, offline_days: float = 7.0) -> Result | None:
    """A photo of our page reached the server within `offline_days` days of the shot.

    Whether the phone was without signal in between cannot be known here, so the longer of the two
    limits (24 h with signal, 7 days without) is applied. A file has no such duty.
    """
    if case.told.captured_at is None:
        return None
    late = (case.received_at - case.told.captured_at).total_seconds()
    measured, threshold = {"late_s": round(late, 1)}, {"offline_days": offline_days}
    if late <= offline_days * 86_400.0:
        return passed(
            f"拍摄后 {span_text(max(late, 0.0))}送达，未超出 {offline_days:.0f} 天。",
            measured,
            threshold,
        )
    return doubt(
        f"拍摄后 {span_text(late)}才送达，超出 {offline_days:.0f} 天；请说明原因，必要时到现场重拍。",
        measured,
        threshold,
    )

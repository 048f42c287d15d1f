from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, passed


@check(
    "page_server_clock",
    catches="手机时钟被调过",
    trap="关了自动校时的旧手机会慢慢走偏；传送很慢时也会多出几十秒",
    proves="通过说明送达时手机时钟是准的；不能证明拍摄那一刻也是准的",
    if_broken=Outcome.DOUBT,
)
def page_server_clock(case: Case, *, tolerance_minutes: float = 2.0) -> Result | None:
    """The phone's clock at sending and the server's at receiving agree.

    Up to `tolerance_minutes` minutes apart. It holds for photos kept offline too, because both
    moments are those of the delivery. Only where the page told when it sent.
    """
    if case.told.sent_at is None:
        return None
    apart = (case.told.sent_at - case.received_at).total_seconds()
    measured = {"apart_s": round(apart, 1)}
    threshold = {"tolerance_minutes": tolerance_minutes}
    said = f"手机时钟与服务器时钟相差 {span_text(apart)}"
    if abs(apart) <= tolerance_minutes * 60.0:
        return passed(f"{said}，未超出 {tolerance_minutes:.0f} 分钟。", measured, threshold)
    return doubt(
        f"{said}，超出 {tolerance_minutes:.0f} 分钟；请把手机设为自动校时后重拍。",
        measured,
        threshold,
    )

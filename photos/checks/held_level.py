from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed
from photos.checks.on_parcel import CLOSE_KINDS


@check(
    "held_level",
    catches="镜头朝天或朝脚下，看不出地块全貌",
    trap="坡地上下拍摄时俯仰会超限；近景、利用特征、剖面本来就要朝下，不查",
    proves="通过说明拍摄时手机大致端平；不能证明画面里看得见地块全貌",
    if_broken=Outcome.DOUBT,
)
def held_level(
    case: Case, *, lowest_deg: float = -35.0, highest_deg: float = 15.0
) -> Result | None:
    """A wide photo was held between `lowest_deg` and `highest_deg` above the horizon."""
    pitch, kind = case.claim.pitch_deg, case.claim.kind
    if pitch is None or kind in CLOSE_KINDS or kind is PhotoKind.AFTER:
        return None
    measured = {"pitch_deg": round(pitch, 1)}
    threshold = {"lowest_deg": lowest_deg, "highest_deg": highest_deg}
    limits = f"{lowest_deg:.0f}° 至 {highest_deg:.0f}°"
    if lowest_deg <= pitch <= highest_deg:
        return passed(f"镜头俯仰 {pitch:.0f}°，在 {limits} 之间。", measured, threshold)
    return doubt(
        f"镜头俯仰 {pitch:.0f}°，不在 {limits} 之间；请端平手机重拍。", measured, threshold
    )

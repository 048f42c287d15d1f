import math

from models.geo import angle_between_deg, angles_spanned_deg
from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown
from photos.evidence import Evidence, HeadingRef

_REF = {
    HeadingRef.TRUE: "真北",
    HeadingRef.MAGNETIC: "磁北，已改正",
    HeadingRef.UNSTATED: "未注明基准",
}


def half_view_deg(evidence: Evidence) -> float | None:
    """Half the horizontal field of view from the 35 mm focal length; None where it is not given.

    A picture held upright shows the short side of the 36 × 24 mm frame across.
    """
    focal = evidence.number("FocalLengthIn35mmFilm")
    if focal is None or not 5.0 <= focal <= 2000.0:
        return None
    across = 36.0
    turned = evidence.number("Orientation") in (5.0, 6.0, 7.0, 8.0)
    if evidence.width and evidence.height and (evidence.width < evidence.height) != turned:
        across = 24.0
    return math.degrees(math.atan(across / 2.0 / focal))


@check(
    "looks_at_parcel",
    catches="人在地块旁，镜头朝外",
    trap="手机罗盘近金属、电线时会偏几十度；离地块比定位误差还近时方向无从判断",
    proves="通过说明罗盘读数朝着地块；罗盘可偏几十度，也不能证明拍到的是地块里的真实状况",
    if_broken=Outcome.DOUBT,
)
def looks_at_parcel(
    case: Case, *, tolerance_deg: float = 45.0, compass_deg: float = 25.0, floor_m: float = 20.0
) -> Result:
    """The camera looked at the parcel; from inside it, every direction does.

    The heading (turned from magnetic to true north where it is magnetic) may lie outside the angle
    that the parcel fills by half the field of view and `compass_deg`; where the field of view is
    not known, by `tolerance_deg`. Nearer than the position's accuracy, at least `floor_m` metres,
    nobody can tell. A compass never contradicts: this is a doubt at most.
    """
    threshold = {"tolerance_deg": tolerance_deg, "compass_deg": compass_deg}
    if case.position is None or case.distance_m is None:
        return unknown("没有拍摄位置，无法判断镜头朝向；请开启定位后重拍。", {}, threshold)
    heading, true_deg = case.heading, case.true_heading_deg
    if heading is None or true_deg is None:
        return unknown(
            "照片没有记录镜头方向，无法判断是否朝向地块；请拍进地块边界或标志物，便于人工辨认。",
            {},
            threshold,
        )
    measured: dict[str, object] = {"heading_deg": round(true_deg, 1), "ref": heading.ref.value}
    if case.bearing_deg is None:
        return passed(f"在地块内拍摄，镜头方位 {true_deg:.0f}°，朝向地块。", measured, threshold)
    if case.distance_m <= max(case.position.at.accuracy_m or 0.0, floor_m):
        return unknown(
            f"距地块 {case.distance_m:.0f} m，在定位误差以内，镜头方位 {true_deg:.0f}° 是否朝向地块无法判断；"
            "请拍进地块边界或标志物，便于人工辨认。",
            measured,
            threshold,
        )
    at = case.position.at
    span = angles_spanned_deg(case.boundary, at, bearing_deg=case.bearing_deg)
    assert span is not None
    middle, half = span
    off = max(0.0, angle_between_deg(true_deg, middle) - half)
    half_view = half_view_deg(case.evidence)
    allowed = tolerance_deg if half_view is None else half_view + compass_deg
    measured |= {"bearing_deg": round(middle, 1), "off_deg": round(off, 1)}
    threshold = threshold | {"allowed_deg": round(allowed, 1)}
    said = f"镜头方位 {true_deg:.0f}°（{_REF[heading.ref]}），与地块方向 {middle:.0f}° 的边缘相差 {off:.0f}°"
    if off <= allowed:
        return passed(f"{said}，未超出 {allowed:.0f}°。", measured, threshold)
    return doubt(f"{said}，超出 {allowed:.0f}°；请转向地块重新拍摄。", measured, threshold)

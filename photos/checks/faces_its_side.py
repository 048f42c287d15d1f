from models.geo import angle_between_deg
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown

_SIDES = {
    PhotoKind.NORTH: 0.0,
    PhotoKind.EAST: 90.0,
    PhotoKind.SOUTH: 180.0,
    PhotoKind.WEST: 270.0,
}


@check(
    "faces_its_side",
    catches="四向照片朝向不对，或一个方向拍了多张充数",
    trap="手机罗盘近金属、电线时会偏几十度；方向不正的地块，人会顺着地边拍",
    proves="通过说明罗盘读数朝着所报方向；罗盘可偏几十度，也不能证明画面里就是本地块",
    if_broken=Outcome.DOUBT,
)
def faces_its_side(case: Case, *, tolerance_deg: float = 60.0) -> Result | None:
    """A 东, 南, 西 or 北向 photo looks that way, within `tolerance_deg` of true bearing."""
    side = _SIDES.get(case.claim.kind)
    if side is None:
        return None
    heading = case.true_heading_deg
    if heading is None:
        return unknown(
            f"照片没有记录镜头方向，无法判断是否为{case.claim.kind}；请允许方向传感器，用页面相机面朝该方向重拍。",
            {},
            {"tolerance_deg": tolerance_deg},
        )
    off = angle_between_deg(heading, side)
    measured = {"heading_deg": round(heading, 1), "off_deg": round(off, 1)}
    threshold = {"tolerance_deg": tolerance_deg}
    said = f"镜头方位 {heading:.0f}°，与{case.claim.kind}（{side:.0f}°）相差 {off:.0f}°"
    if off <= tolerance_deg:
        return passed(f"{said}，未超出 {tolerance_deg:.0f}°。", measured, threshold)
    return doubt(
        f"{said}，超出 {tolerance_deg:.0f}°；请转到该方向重拍，或改选照片种类。",
        measured,
        threshold,
    )

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown
from photos.checks.on_parcel import shift_onto_parcel


@check(
    "datum_shift",
    catches="坐标写成火星坐标（GCJ-02）或百度坐标（BD-09），整体偏移约 600 m",
    trap="恰好站在偏移方向约 600 m 处的人会被误认；所以只存疑，请人看图",
    proves="通过只说明偏差不是已知坐标系的整体偏移；不能证明坐标本身是真的",
    if_broken=Outcome.DOUBT,
)
def datum_shift(case: Case, *, near_m: float = 70.0) -> Result:
    """The photo does not miss the parcel by just the shift of a Chinese web map.

    `near_m` metres: how near to the parcel the position must come once the shift is undone.
    """
    if case.position is None or case.distance_m is None:
        return unknown(
            "没有拍摄位置，无法查看是否有坐标系偏移；请开启定位后重拍。", {}, {"near_m": near_m}
        )
    measured = {"distance_m": round(case.distance_m, 1)}
    near = max(near_m, case.position.at.accuracy_m or 0.0)
    shift = shift_onto_parcel(case, near_m=near)
    if shift is None:
        return passed(
            f"拍摄点距地块 {case.distance_m:.0f} m，没有坐标系偏移（GCJ-02、BD-09）的迹象。",
            measured,
            {"near_m": near},
        )
    system, shifted, after = shift
    whose = "照片位置" if shifted == "photo" else "地块坐标"
    return doubt(
        f"拍摄点距地块 {case.distance_m:.0f} m，按 {system} 还原后为 {after:.0f} m，疑似坐标系偏移（{whose}）；"
        "请用“拍照”按钮重新定位拍摄，或请县办核对该坐标的来源。",
        measured | {"after_shift_m": round(after, 1), "system": system, "shifted": shifted},
        {"near_m": near},
    )

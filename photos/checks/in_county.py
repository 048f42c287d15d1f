from models.geo import box_around
from models.vocabulary import Outcome
from photos.case import Case, Result, place_text
from photos.checks.declare import check, fail, passed, unknown


@check(
    "in_county",
    catches="照片在别的县拍摄",
    trap="县界旁的地块和整体偏移约 600 m 的坐标会越出县域外框，所以外扩后再判",
    proves="通过只说明位置落在县域外框以内；外框比县界大，不能证明就在本县、本地块",
    if_broken=Outcome.FAIL,
)
def in_county(case: Case, *, margin_m: float = 2000.0) -> Result | None:
    """The camera stood within the county's bounding box, widened by `margin_m` metres."""
    if case.county_box is None:
        return None
    if case.position is None:
        return unknown(
            "没有拍摄位置，无法判断是否在本县；请开启定位后重拍。", {}, {"margin_m": margin_m}
        )
    at = case.position.at
    county = case.county_box
    around = box_around(at, max(margin_m, at.accuracy_m or 0.0))
    inside = (
        around.max_lon >= county.min_lon
        and around.min_lon <= county.max_lon
        and around.max_lat >= county.min_lat
        and around.min_lat <= county.max_lat
    )
    measured, threshold = {"lon": at.lon, "lat": at.lat}, {"margin_m": margin_m}
    where = f"拍摄点（{place_text(at)}）"
    if inside:
        return passed(f"{where}在本县范围内。", measured, threshold)
    return fail(f"{where}不在本县范围内；请核对照片，到地块旁重新拍摄。", measured, threshold)

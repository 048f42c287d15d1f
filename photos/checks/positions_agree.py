from models.geo import distance_between_m, from_gcj02
from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed


@check(
    "positions_agree",
    catches="页面定位与照片 EXIF 位置不在一处：换了照片，或其中一个位置是假的",
    trap="手机相机常写上几分钟前的旧定位；边走边拍时两处会差几十米",
    proves="通过说明页面与文件两个来源说的是同一处；同一部手机模拟定位时两处会一起假",
    if_broken=Outcome.DOUBT,
)
def positions_agree(case: Case, *, tolerance_m: float = 100.0) -> Result | None:
    """Page and file, where both give a position, give the same one.

    They may differ by both accuracies (20 m where none is stated) and `tolerance_m` metres.
    """
    page, exif = case.told.position, case.evidence.position
    if page is None or exif is None:
        return None
    apart = distance_between_m(page, exif)
    allowed = tolerance_m + (page.accuracy_m or 20.0) + (exif.accuracy_m or 20.0)
    measured = {"apart_m": round(apart, 1)}
    threshold = {"tolerance_m": tolerance_m, "allowed_m": round(allowed, 1)}
    if apart <= allowed:
        return passed(
            f"页面定位与照片 EXIF 位置相距 {apart:.0f} m，未超出 {allowed:.0f} m。",
            measured,
            threshold,
        )
    unshifted = min(
        distance_between_m(page, from_gcj02(exif)), distance_between_m(from_gcj02(page), exif)
    )
    why = "，与 GCJ-02 坐标偏移相符，疑似坐标系偏移" if unshifted <= allowed else ""
    return doubt(
        f"页面定位与照片 EXIF 位置相距 {apart:.0f} m，超出 {allowed:.0f} m{why}；"
        "请确认照片是此刻拍摄，等定位稳定后重拍。",
        measured,
        threshold,
    )

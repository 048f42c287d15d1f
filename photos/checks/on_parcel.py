from shapely import Point
from shapely.geometry.base import BaseGeometry

from models.geo import LocalPlane, Position, distance_to_m, from_bd09, from_gcj02, to_gcj02
from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Result
from photos.checks.declare import check, doubt, fail, passed, unknown

CLOSE_KINDS = frozenset({PhotoKind.CLOSE, PhotoKind.FEATURE, PhotoKind.PROFILE})
"""Kinds that show the ground itself, so the camera stands in the parcel or at its edge."""

_WIDEST_SHIFT_M = 3_000.0  # BD-09 reaches about 1.5 km in the west of the country
_SHIFTS = (
    ("GCJ-02", "photo", from_gcj02),
    ("BD-09", "photo", from_bd09),
    ("GCJ-02", "boundary", to_gcj02),
)


_STANDS = {"inside": "在地块内", "possible": "可能在地块内", "outside": "在地块外"}


def stands_how(boundary: BaseGeometry, at: Position, distance_m: float, radius_m: float) -> str:
    """How a circle of `radius_m` around a position lies to the parcel: "inside", "possible" or
    "outside". `distance_m` is from the position to the parcel, 0 inside."""
    if distance_m > radius_m:
        return "outside"
    if distance_m > 0.0:
        return "possible"
    outline = LocalPlane(at).to_metres(boundary).boundary
    return "inside" if outline.distance(Point(0.0, 0.0)) >= radius_m else "possible"


def shift_onto_parcel(case: Case, *, near_m: float) -> tuple[str, str, float] | None:
    """The known datum shift that would bring the photo within `near_m` of the parcel.

    Returns (system, which of the two is shifted: "photo" or "boundary", distance after it in
    metres), or None where the photo is near without any shift or far with every one.
    """
    if case.position is None or case.distance_m is None:
        return None
    if not near_m < case.distance_m <= _WIDEST_SHIFT_M + near_m:
        return None
    for system, shifted, undo in _SHIFTS:
        distance = distance_to_m(case.boundary, undo(case.position.at))
        if distance <= near_m:
            return system, shifted, distance
    return None


@check(
    "on_parcel",
    catches="照片不在所报地块拍摄",
    trap="手机定位在林下、楼旁可漂移 30 m；底图是火星坐标时会整体偏约 600 m（另见 datum_shift）",
    proves="通过说明所记位置在地块限差以内；不能证明定位没有被模拟、坐标没有被改写、画面没有摆拍",
    if_broken=Outcome.FAIL,
    needed=True,
)
def on_parcel(
    case: Case,
    *,
    tolerance_m: float = 50.0,
    close_tolerance_m: float = 10.0,
    floor_m: float = 20.0,
    fail_m: float = 200.0,
    unusable_m: float = 100.0,
) -> Result:
    """The camera stood on or near the parcel, give or take the position's own accuracy.

    The distance outside the boundary is first lessened by the position's accuracy, at least by
    `floor_m` metres, because phones overstate theirs. What is left passes up to the limit of the
    photo's kind (`tolerance_m`; `close_tolerance_m` for 近景, 利用特征 and 剖面), is a doubt beyond
    it, and contradicts beyond `fail_m`. A position worse than `unusable_m` proves nothing near and
    is never more than a doubt far away. A photo that a known datum shift brings onto the parcel is
    a doubt as well, never 异地拍摄. All in metres.

    `standing` says how the circle of that radius lies: "inside" the parcel, "possible" (it crosses the
    outline, or holds the whole parcel), or "outside". It explains the outcome and does not decide.
    """
    if case.position is None or case.distance_m is None:
        return unknown(
            "没有拍摄位置，无法与地块比对；请允许定位，站到地块旁用“拍照”按钮重拍。",
            {},
            {"tolerance_m": tolerance_m},
        )
    limit = close_tolerance_m if case.claim.kind in CLOSE_KINDS else tolerance_m
    accuracy, distance = case.position.at.accuracy_m, round(case.distance_m, 1)
    allowance = max(accuracy or 0.0, floor_m)
    beyond = distance - allowance
    standing = stands_how(case.boundary, case.position.at, case.distance_m, allowance)
    measured = {"distance_m": distance, "accuracy_m": accuracy, "standing": standing}
    threshold = {"tolerance_m": limit, "floor_m": floor_m, "fail_m": fail_m}
    away = f"拍摄点距地块 {distance:.0f} m"
    said = "拍摄点在地块内" if standing == "inside" else f"{away}，{_STANDS[standing]}"
    coarse = accuracy is not None and accuracy > unusable_m
    if beyond <= limit:
        if coarse:
            return unknown(
                f"定位精度只有 {accuracy:.0f} m（应不超过 {unusable_m:.0f} m），不能证明在地块拍摄；"
                "请到开阔处等定位稳定后重拍。",
                measured,
                threshold | {"unusable_m": unusable_m},
            )
        return passed(
            f"{said}，未超出 {limit:.0f} m（{case.claim.kind}限差，另计定位误差 {allowance:.0f} m）。",
            measured,
            threshold,
        )
    said = (
        f"{away}，超出 {limit:.0f} m（{case.claim.kind}限差，另计定位误差 {allowance:.0f} m），"
        f"{_STANDS[standing]}"
    )
    shift = shift_onto_parcel(case, near_m=limit + allowance)
    if shift is not None:
        return doubt(
            f"{said}，但偏差与 {shift[0]} 坐标偏移相符，疑似坐标系偏移而非异地拍摄；"
            "请用“拍照”按钮重新定位拍摄，或请县办核对坐标系。",
            measured | {"after_shift_m": round(shift[2], 1)},
            threshold,
        )
    if coarse:
        return doubt(
            f"{said}，但定位精度只有 {accuracy:.0f} m，不足以判定；请到开阔处等定位稳定后重拍。",
            measured,
            threshold | {"unusable_m": unusable_m},
        )
    said += "；请核对地块编号，走到地块旁重新拍摄。"
    return fail(said, measured, threshold) if beyond > fail_m else doubt(said, measured, threshold)

"""The checks of a set that ask what was seen of the ground, and from where.

They rest on view cones: what hills, maize and walls hide is not known.
"""

from models.vocabulary import Outcome
from photos.case import Result, direction_text
from photos.checks.declare import note, passed, unknown
from photos.sets.case import SetCase
from photos.sets.declare import seen_text, set_check, share_text


@set_check(
    "set_sides",
    catches="大地块没有朝四个方向拍，只拍好的一面",
    trap="手机罗盘会偏；一面是悬崖、房屋的地块确实没有东西可拍",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="在地块旁或地块内朝东、南、西、北都拍过；看不见的地方仍看不见",
)
def set_sides(case: SetCase) -> Result | None:
    """A parcel that needs four directions was shot in each, by headings or by kinds."""
    if not case.wanted_sides:
        return None
    looked = [side for side in case.wanted_sides if side in case.coverage.sides]
    left = [side for side in case.wanted_sides if side not in case.coverage.sides]
    measured = {"looked": looked}
    threshold = {"wanted": list(case.wanted_sides)}
    if not left:
        return passed("东、南、西、北四个方向都拍到了。", measured, threshold)
    said = "、".join(side.removesuffix("向") for side in left)
    return unknown(f"没有朝{said}的照片；请站到地块中部，面朝{said}各拍一张。", measured, threshold)


@set_check(
    "set_parts",
    catches="分成几处的地块只拍了其中一处",
    trap="隔着沟、路的几处离得近时，一张全景就看得到；方向不明的照片按四周都看得到计",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="每一处都有照片的视锥覆盖到；不说明看得清",
)
def set_parts(
    case: SetCase, *, least_ratio: float = 0.05, least_part_m2: float = 100.0
) -> Result | None:
    """Every part of a parcel of several parts may have been seen by some photo."""
    parts = [p for p in case.coverage.parts if p.area_m2 >= least_part_m2]
    if len(parts) < 2:
        return None
    unseen = [n for n, p in enumerate(parts, 1) if p.at_most_ratio < least_ratio]
    measured = {"parts": len(parts), "unseen": unseen}
    threshold = {"least_ratio": least_ratio, "least_part_m2": least_part_m2}
    if not unseen:
        return passed(f"地块分 {len(parts)} 处，每一处都有照片。", measured, threshold)
    said = "、".join(str(n) for n in unseen)
    return unknown(
        f"地块分 {len(parts)} 处，第 {said} 处没有照片；请走到那里各拍一张全景。",
        measured,
        threshold,
    )


@set_check(
    "set_coverage",
    catches="照片只看到地块的一小部分",
    trap="山坡、玉米、围墙挡不挡得住，几何上算不出来；方向不明的照片按四周都看得到计",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="视锥按位置和朝向覆盖到地块的这么多；遮挡没有计入，看到不等于看清",
)
def set_coverage(
    case: SetCase, *, least_outline_ratio: float = 0.3, least_area_ratio: float = 0.3
) -> Result | None:
    """The view cones reach enough of the parcel's outline and of its area.

    Too little only where even the most that they could reach is too little: each camera anywhere
    within its accuracy, and turned all round where its heading is not known.
    """
    seen = case.coverage
    if not seen.placed_wide:
        return None
    measured = {
        "outline_ratio": round(seen.outline_ratio, 3),
        "area_ratio": round(seen.area_ratio, 3),
        "outline_at_most_ratio": round(seen.outline_at_most_ratio, 3),
        "area_at_most_ratio": round(seen.area_at_most_ratio, 3),
    }
    threshold = {"least_outline_ratio": least_outline_ratio, "least_area_ratio": least_area_ratio}
    wanted = f"应分别不少于 {least_outline_ratio:.0%} 和 {least_area_ratio:.0%}"
    if seen.outline_ratio >= least_outline_ratio and seen.area_ratio >= least_area_ratio:
        return passed(f"{seen_text(seen)}（按镜头视锥推算，遮挡未计）。", measured, threshold)
    if (
        seen.outline_at_most_ratio < least_outline_ratio
        or seen.area_at_most_ratio < least_area_ratio
    ):
        return unknown(
            f"照片至多看到地块轮廓{share_text(seen.outline_at_most_ratio)}、面积"
            f"{share_text(seen.area_at_most_ratio)}（{wanted}）；请换位置补拍全景。",
            measured,
            threshold,
        )
    return None


@set_check(
    "set_coverage_unsure",
    catches="照片的朝向或位置不够确定，算不出拍没拍全",
    trap="很多手机不给网页罗盘读数；这不是核查员的错",
    if_broken=Outcome.UNKNOWN,
    proves="朝向和位置足以推算看到了多少",
)
def set_coverage_unsure(
    case: SetCase, *, least_outline_ratio: float = 0.3, least_area_ratio: float = 0.3
) -> Result | None:
    """Headings and positions are good enough to say how much was seen."""
    seen = case.coverage
    sure = seen.outline_ratio >= least_outline_ratio and seen.area_ratio >= least_area_ratio
    if not seen.placed_wide or sure:
        return None
    threshold = {"least_outline_ratio": least_outline_ratio, "least_area_ratio": least_area_ratio}
    possible = (
        seen.outline_at_most_ratio >= least_outline_ratio
        and seen.area_at_most_ratio >= least_area_ratio
    )
    if not possible:
        return None
    measured = {"unturned": seen.unturned, "outline_ratio": round(seen.outline_ratio, 3)}
    why = f"{seen.unturned} 张照片没有镜头方向" if seen.unturned else "照片离边界近，定位误差又不小"
    return unknown(
        f"{why}，拍没拍全无法推算；请用页面相机（会记方向）补一张全景，或由人看照片判断。",
        measured,
        threshold,
    )


@set_check(
    "set_one_corner",
    catches="大地块的照片都挤在好的一角",
    trap="只有一条路进得去的地块，只能在一边拍；站在地块中部朝四周拍的不算",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="拍摄点不都挤在地块的一角，或者从那里已看到大部分轮廓",
)
def set_one_corner(
    case: SetCase,
    *,
    large_mu: float = 10.0,
    together_ratio: float = 0.25,
    off_middle_ratio: float = 0.25,
    enough_outline_ratio: float = 0.6,
    least_count: float = 3.0,
) -> Result | None:
    """The photos of a large parcel were not all taken in one corner of it.

    Of at least `least_count` photos at a parcel above `large_mu`: all within `together_ratio` of
    its length, their middle farther than `off_middle_ratio` of it from the parcel's, and less than
    `enough_outline_ratio` of the outline within reach.
    """
    seen = case.coverage
    if case.area_mu <= large_mu or seen.placed < least_count:
        return None
    off_m = seen.off_middle_m
    together = seen.apart_m <= together_ratio * seen.across_m
    measured = {
        "apart_m": round(seen.apart_m, 1),
        "across_m": round(seen.across_m, 1),
        "off_middle_m": round(off_m, 1),
        "outline_at_most_ratio": round(seen.outline_at_most_ratio, 3),
    }
    threshold = {
        "large_mu": large_mu,
        "together_ratio": together_ratio,
        "off_middle_ratio": off_middle_ratio,
        "enough_outline_ratio": enough_outline_ratio,
        "least_count": least_count,
    }
    cornered = together and off_m > off_middle_ratio * seen.across_m
    if cornered and seen.outline_at_most_ratio < enough_outline_ratio:
        side = direction_text(seen.off_middle_deg)
        return unknown(
            f"照片都在地块{side}面 {max(seen.apart_m, 1.0):.0f} m 以内拍摄，地块长 {seen.across_m:.0f} m；"
            "请走到另一面补拍。",
            measured,
            threshold,
        )
    return passed(f"拍摄点最远相距 {seen.apart_m:.0f} m，没有只拍一角。", measured, threshold)


@set_check(
    "set_one_place",
    catches="所有照片站在同一个点拍（定点摆拍）",
    trap="小地块站在田埂上转身就能拍全；站在地块中部拍四个方向本来就在一个点",
    if_broken=Outcome.UNKNOWN,
    proves="照片在不止一个点拍摄；定点拍摄本身不说明造假",
)
def set_one_place(
    case: SetCase,
    *,
    same_place_m: float = 5.0,
    least_count: float = 4.0,
    least_across_m: float = 40.0,
) -> Result | None:
    """The photos were taken from more than one place."""
    seen = case.coverage
    if seen.placed < least_count or seen.across_m < least_across_m:
        return None
    measured = {"photos": seen.placed, "apart_m": round(seen.apart_m, 1)}
    threshold = {
        "same_place_m": same_place_m, "least_count": least_count, "least_across_m": least_across_m
    }  # fmt: skip
    if seen.apart_m > same_place_m:
        return passed(f"拍摄点最远相距 {seen.apart_m:.0f} m。", measured, threshold)
    return note(
        f"{seen.placed} 张照片的拍摄点都在 {same_place_m:.0f} m 以内；请换个位置补拍，让人看到地块的别处。",
        measured,
        threshold,
    )

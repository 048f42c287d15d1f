"""The checks of a set: all photos of one visit to one parcel. Declared like the checks of a photo.

What is missing is 待补证, never more: only what a photo of the set was itself found to contradict
makes the set 不符. `python -m photos.parcel_set` writes the page of them.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from models.vocabulary import Outcome, Verdict
from photos.case import Result, direction_text, span_text
from photos.checks.declare import Declaration, check, doubt, fail, note, passed, unknown
from photos.coverage import Coverage
from photos.set_case import SetCase, SetPhoto


class SetCheck(Protocol):
    """A declared check of a set. None means that it has nothing to ask of such a set."""

    declared: Declaration

    def __call__(self, case: SetCase, **thresholds: float) -> Result | None: ...


def set_check(
    id: str, *, catches: str, trap: str, if_broken: Outcome, proves: str, needed: bool = False
) -> Callable[[Callable[..., Result | None]], SetCheck]:
    """Like `photos.checks.check`, for a function of a `SetCase`."""
    return check(id, catches=catches, trap=trap, if_broken=if_broken, needed=needed, proves=proves)  # type: ignore[return-value]


def numbers_text(photos: Sequence[SetPhoto]) -> str:
    """第 2、5 张."""
    return f"第 {'、'.join(str(p.number) for p in photos)} 张"


def share_text(ratio: float) -> str:
    """A share as people say it, to the nearest 5 %: a view cone is no finer.

    >>> share_text(0.0), share_text(0.004), share_text(0.61), share_text(0.99), share_text(1.0)
    (' 0 %', '不到 5 %', '约 60 %', '约 95 %', ' 100 %')
    """
    if ratio <= 0.0 or ratio >= 0.9995:
        return " 100 %" if ratio > 0.0 else " 0 %"
    return "不到 5 %" if ratio < 0.025 else f"约 {min(max(round(ratio * 20), 1) * 5, 95)} %"


def seen_text(seen: Coverage) -> str:
    """已看到地块轮廓约 60 %、面积约 75 %."""
    return f"已看到地块轮廓{share_text(seen.outline_ratio)}、面积{share_text(seen.area_ratio)}"


@set_check(
    "set_photos",
    catches="成套照片里有不符、存疑或证据不足的照片",
    trap="单张照片的误判会带到整套；督导采信后即不再计入，核查员也可移除后重拍",
    if_broken=Outcome.FAIL,
    needed=True,
    proves="每张照片自身的检查都已通过，或已由督导采信；不说明整套是否拍全",
)
def set_photos(case: SetCase) -> Result:
    """No photo of the set is worse than the set may be; a person's word counts before ours."""
    if not case.photos:
        return unknown("还没有照片；请按要求拍摄。", {}, {})
    again = [p for p in case.photos if p.reshoot_why]
    open_ones = [p for p in case.photos if p.trusted is None and not p.reshoot_why]
    bad = {v: [p for p in open_ones if p.verdict == v] for v in Verdict}
    measured = {str(v): [p.number for p in found] for v, found in bad.items() if found}
    if again:
        measured["要求重拍"] = [p.number for p in again]
    if found := bad[Verdict.CONTRADICTED]:
        return fail(
            f"{numbers_text(found)}照片不符；请移除后重拍，确有原因的在备注写明，由督导判断。",
            measured,
            {},
        )
    if found := bad[Verdict.DOUBTFUL]:
        return doubt(
            f"{numbers_text(found)}照片存疑；能重拍就重拍，不能的在备注写明原因，由督导判断。",
            measured,
            {},
        )
    if again:
        return unknown(f"督导要求重拍{numbers_text(again)}；请按写明的原因重拍。", measured, {})
    if found := bad[Verdict.INCOMPLETE]:
        return unknown(f"{numbers_text(found)}照片待补证；请按照片的说明补拍。", measured, {})
    if not case.counting:
        return unknown("照片都未被采信；请重拍。", {"photos": len(case.photos)}, {})
    return passed(
        f"{len(case.counting)} 张照片核验通过或已采信。", {"photos": len(case.counting)}, {}
    )


@set_check(
    "set_kinds",
    catches="要求的照片种类没有拍齐",
    trap="进不去、路断了的地块确实拍不了；写明原因后由督导判断",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="要求的种类和张数都有可用的照片；种类由核查员所选，内容是否相符要由人看",
)
def set_kinds(case: SetCase) -> Result | None:
    """Every kind of photo that the parcel needs is there, as often as it is wanted."""
    if not case.wanted:
        return None
    threshold = {"wanted": dict(case.wanted)}
    if not case.short:
        said = "、".join(f"{kind} {n} 张" for kind, n in case.wanted.items())
        return passed(f"要求的照片都有：{said}。", {"short": {}}, threshold)
    measured = {"short": dict(case.short)}
    if case.cannot:
        return unknown(
            f"照片没有拍齐，核查员写明的原因：{case.cannot.rstrip('。')}；由督导判断。",
            measured,
            threshold,
        )
    said = "、".join(f"{kind} {n} 张" for kind, n in case.short.items())
    return unknown(f"还差{said}；请补拍。", measured, threshold)


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


@set_check(
    "set_time_span",
    catches="一次核查的照片前后相隔太久，可能混进旧照片",
    trap="退回补拍、分两天才走完的地块，相隔几天属正常",
    if_broken=Outcome.UNKNOWN,
    proves="照片的拍摄时间相隔不久；时间本身是否真实另查",
)
def set_time_span(case: SetCase, *, most_hours: float = 24.0) -> Result | None:
    """The photos of one visit were taken within a day of each other."""
    times = sorted(p.taken_at for p in case.counting if p.taken_at is not None)
    if len(times) < 2:
        return None
    span_s = (times[-1] - times[0]).total_seconds()
    measured = {"span_hours": round(span_s / 3600.0, 2)}
    threshold = {"most_hours": most_hours}
    said = f"照片前后相隔 {span_text(span_s)}"
    if span_s <= most_hours * 3600.0:
        return passed(f"{said}。", measured, threshold)
    return note(f"{said}；不是退回补拍的，请在备注写明原因。", measured, threshold)


SET_CHECKS: tuple[SetCheck, ...] = (
    set_photos,
    set_kinds,
    set_sides,
    set_parts,
    set_coverage,
    set_coverage_unsure,
    set_one_corner,
    set_one_place,
    set_time_span,
)

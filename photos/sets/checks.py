"""The checks of a set: all photos of one visit to one parcel. Declared like the checks of a photo.

What is missing is 待补证, never more: only what a photo of the set was itself found to contradict
makes the set 不符. `python -m photos.sets.examine` writes the page of them.
"""

from models.vocabulary import Outcome, Verdict
from photos.case import Result, span_text
from photos.checks.declare import doubt, fail, note, passed, unknown
from photos.sets.case import SetCase
from photos.sets.declare import SetCheck, numbers_text, set_check
from photos.sets.ground import (
    set_coverage,
    set_coverage_unsure,
    set_one_corner,
    set_one_place,
    set_parts,
    set_sides,
)


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

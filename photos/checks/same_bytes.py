from collections.abc import Iterable
from datetime import UTC, datetime

from models.vocabulary import Outcome
from photos.case import Case, PriorUse, Result, china_text
from photos.checks.declare import check, doubt, fail, passed, unknown


@check(
    "same_bytes",
    catches="同一张照片用于几个地块，或旧照片用于新的核查",
    trap="相邻地块共用一张全景的人会被判不符；同一次核查里重复传送不算",
    proves="通过只说明没有一字不差的重复；另存、裁剪、加水印后的同一张要由同图比对去找",
    if_broken=Outcome.FAIL,
)
def same_bytes(case: Case) -> Result:
    """The very same bytes were not used before: elsewhere contradicts, here earlier is a doubt."""
    if not case.evidence.readable:
        return unknown("照片不可读，不作重复比对；请重新传送原文件。", {}, {})
    uses = case.neighbours
    elsewhere = [use for use in uses if not use.same_parcel]
    earlier = [use for use in uses if use.same_parcel and not use.same_inspection]
    repeats = [use for use in uses if use.same_parcel and use.same_inspection]
    measured = {
        "elsewhere": sorted({use.parcel for use in elsewhere}),
        "earlier_here": len(earlier),
        "same_inspection": len(repeats),
    }
    if elsewhere:
        first = _first(elsewhere)
        who = "同一人" if first.same_person else "他人"
        return fail(
            f"同一张照片{_when(first)}由{who}用于地块 {first.parcel}；请到本地块重新拍摄。",
            measured,
            {},
        )
    if earlier:
        return doubt(
            f"同一张照片{_when(_first(earlier))}用于本地块的另一次核查；请拍摄此刻的现状。",
            measured,
            {},
        )
    if repeats:
        return passed(
            "同一张照片在本次核查里已经提交过，只计一张；需要更多照片请另拍。", measured, {}
        )
    return passed("没有发现同一张照片（逐字节相同）用于别处。", measured, {})


def _first(uses: Iterable[PriorUse]) -> PriorUse:
    """The earliest use; among those without a time the first by its parcel."""
    never = datetime.max.replace(tzinfo=UTC)
    return min(uses, key=lambda use: (use.at or never, use.parcel))


def _when(use: PriorUse) -> str:
    return "也" if use.at is None else f"已于 {china_text(use.at)} "

from datetime import UTC, datetime

from models.geo import distance_between_m
from models.vocabulary import Outcome
from photos.case import Case, LikePicture, Result, china_text
from photos.checks.declare import check, doubt, fail, passed, unknown
from photos.likeness.fingerprints import BITS, How

_ONE_SHUTTER_S = 1.0
"""Camera clocks tell whole seconds: two moments nearer than this are one pressing of the shutter,
as in a copy that kept its time."""

_HOW = {
    How.WHOLE: "",
    How.MIRRORED: "左右翻转后",
    How.TURNED: "旋转后",
    How.TRIMMED: "去掉边框后",
    How.WINDOW: "裁剪后",
}


@check(
    "same_picture",
    catches="同一画面经裁剪、压缩、翻转、截屏后用于几个地块，或旧画面用于新的核查",
    trap="站在同一处先后拍两张也会相似：同一任务、同一地块的不算；相邻地块几分钟内在一处各拍一张的，只存疑",
    if_broken=Outcome.FAIL,
    proves="通过只说明在已收照片里没有找到同一画面；没收过的照片、翻拍屏幕、大幅裁剪后的画面可能找不到。"
    "相似也只说明是同一景物、几乎同一站位，是否重复使用由人判断",
)
def same_picture(
    case: Case,
    *,
    whole_bits: float = 73.0,
    other_bits: float = 66.0,
    sure_bits: float = 48.0,
    least_inliers_count: float = 20.0,
    least_correlation_ratio: float = 0.85,
    standpoint_m: float = 30.0,
    standpoint_minutes: float = 10.0,
) -> Result:
    """The picture was not used before, in other bytes: cropped, turned, recompressed, as a screenshot.

    Two pictures are the same where at most `whole_bits` of their fingerprints differ
    (`other_bits` where one was turned, trimmed or is a part of the other) and, laid over each
    other, `least_inliers_count` corners agree and blocks correlate by `least_correlation_ratio`.
    Where they could not be laid over each other, only fingerprints within `sure_bits` count, and
    no more than as a doubt. For another parcel it contradicts; a part only is a doubt, and so is
    a second pressing of the shutter within `standpoint_minutes` and `standpoint_m` of the first.
    For the same parcel, another task is a doubt; the same task is none.
    """
    if case.compared is None:
        return unknown(
            "画面没有与已收照片比对（不可读、几乎没有内容，或比对未能完成）；镜头被遮住的请重拍。",
            {},
            {},
        )
    threshold = {
        "bits": whole_bits,
        "inliers": least_inliers_count,
        "correlation": least_correlation_ratio,
    }
    alike = []
    for like in case.likes:
        if like.inliers is None or like.correlation is None:
            same = like.bits <= sure_bits
        else:
            near = like.bits <= (whole_bits if like.how is How.WHOLE else other_bits)
            agree = like.inliers >= least_inliers_count
            same = near and agree and like.correlation >= least_correlation_ratio
        if same:
            alike.append(like)
    measured = {
        "compared": case.compared,
        "elsewhere": sorted({like.parcel for like in alike if not like.same_parcel}),
        "earlier_here": sum(like.same_parcel and not like.same_task for like in alike),
        "same_task": sum(like.same_parcel and like.same_task for like in alike),
    }

    def apart(like: LikePicture) -> bool:
        return _side_by_side(case, like, metres=standpoint_m, minutes=standpoint_minutes)

    elsewhere = [like for like in alike if not like.same_parcel]
    copies = [
        like
        for like in elsewhere
        if like.inliers is not None and like.how is not How.WINDOW and not apart(like)
    ]
    if copies:
        like = _first(copies)
        return fail(
            f"{_said(like)}用于地块 {like.parcel}，{_figures(like)}；请到本地块重新拍摄。",
            measured | _of(like),
            threshold,
        )
    if elsewhere:
        like = _first(elsewhere)
        why = (
            "；两张在同一处先后拍摄，请走到本地块再拍一张"
            if apart(like)
            else "；请到本地块重新拍摄"
        )
        return doubt(
            f"{_said(like)}用于地块 {like.parcel}，{_figures(like)}{why}。",
            measured | _of(like),
            threshold,
        )
    earlier = [like for like in alike if not like.same_task]
    if earlier:
        like = _first(earlier)
        return doubt(
            f"{_said(like)}用于本地块的另一次任务，{_figures(like)}；请拍摄此刻的现状。",
            measured | _of(like),
            threshold,
        )
    if any(like.same_inspection for like in alike):
        return passed(
            "与本次核查的另一张照片画面相同，只计一张；需要更多照片请换个站位另拍。",
            measured | _of(_first(alike)),
            threshold,
        )
    if alike:
        return passed(
            "与本任务先前的一张照片画面相同，同一地块同一任务不算重复使用。",
            measured | _of(_first(alike)),
            threshold,
        )
    return passed(f"与 {case.compared} 张照片比对，没有发现同一画面。", measured, threshold)


def _side_by_side(case: Case, like: LikePicture, *, metres: float, minutes: float) -> bool:
    """Whether these may be two pressings of the shutter from one place, soon after each other.

    A mirrored picture is none: that is no way of holding a phone. Where one of the positions is
    missing, the times alone decide, in the sender's favour.
    """
    if like.mirrored or like.taken_at is None or case.taken is None:
        return False
    between_s = abs((like.taken_at - case.taken.at).total_seconds())
    if not _ONE_SHUTTER_S <= between_s <= minutes * 60.0:
        return False
    if like.position is None or case.position is None:
        return True
    return distance_between_m(like.position, case.position.at) <= metres


def _first(likes: list[LikePicture]) -> LikePicture:
    """The nearest picture: the earliest may be a look-alike of it."""
    never = datetime.max.replace(tzinfo=UTC)
    return min(likes, key=lambda like: (like.bits, like.at or never, like.name))


def _said(like: LikePicture) -> str:
    who = "同一人" if like.same_person else "他人"
    when = "也" if like.at is None else f"已于 {china_text(like.at)} "
    return f"{_HOW[like.how]}同一画面的照片（{like.name}）{when}由{who}"


def _figures(like: LikePicture) -> str:
    if like.correlation is None or like.inliers is None:
        return f"指纹 {BITS} 位中仅 {like.bits} 位不同，原图暂时无法叠合复核"
    return f"两图叠合有 {like.inliers} 处角点一致、相关 {like.correlation:.2f}"


def _of(like: LikePicture) -> dict[str, object]:
    return {
        "bits": like.bits,
        "how": like.how.value,
        "name": like.name,
        "inliers": like.inliers,
        "correlation": like.correlation,
    }

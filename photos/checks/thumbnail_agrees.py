from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, fail, passed, unknown
from photos.previews import preview_fit

_HOW = {
    "part": "画面只是缩略图的一部分，疑似裁剪过",
    "mirrored": "画面与缩略图左右相反，疑似镜像过",
}


@check(
    "thumbnail_agrees",
    catches="图像换过、拼接或裁剪过，EXIF 里的缩略图还是原来的",
    trap="水印相机先存缩略图后盖大块水印的、相册里裁边镜像的诚实照片也会存疑；缩略图的黑边、转向、压扁与取景略有出入都已试过",
    if_broken=Outcome.FAIL,
    proves="通过说明文件里的缩略图与画面是同一景；不说明未改过：改图软件会连缩略图一起重写，"
    "画面很小的改动缩略图也看不出",
)
def thumbnail_agrees(
    case: Case, *, agree_ratio: float = 0.95, other_ratio: float = 0.70
) -> Result | None:
    """The preview in the Exif block shows the same picture, turned or framed as cameras do.

    By correlation: below `agree_ratio`, or where the picture is only a part of the preview or its
    mirror image, a doubt; below `other_ratio` in every way tried, another picture.
    """
    found = preview_fit(case.evidence)
    if found is None:
        return None
    threshold = {"agree_ratio": agree_ratio, "other_ratio": other_ratio}
    if found.correlation is None:
        return unknown(
            "照片或缩略图太小、太暗或没有内容，无法相互比对；请尽量提交相机原图。", {}, threshold
        )
    measured = {"correlation": round(found.correlation, 3), "how": found.how}
    said = f"缩略图与画面的相关系数为 {found.correlation:.2f}"
    if found.correlation < other_ratio:
        return fail(
            f"{said}，低于 {other_ratio:.2f}，不是同一画面；请提交未经处理的原图，或当场重拍。",
            measured,
            threshold,
        )
    if found.correlation < agree_ratio:
        return doubt(
            f"{said}，低于 {agree_ratio:.2f}，画面可能改动过；请提交未经处理的原图，或当场重拍。",
            measured,
            threshold,
        )
    if found.how in _HOW:
        return doubt(f"{_HOW[found.how]}；请提交未经处理的原图，或当场重拍。", measured, threshold)
    return passed(f"{said}，不低于 {agree_ratio:.2f}，是同一画面。", measured, threshold)

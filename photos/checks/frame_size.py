from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown


@check(
    "frame_size",
    catches="照片裁剪或缩小过，EXIF 却还是原来的尺寸",
    trap="系统“分享”时缩小、相册里裁边的诚实照片同样会中；个别无人机也写原始尺寸",
    proves="通过说明画面与文件自述的尺寸一致；裁剪后改写尺寸、换掉画面而尺寸不变的，看不出来",
    if_broken=Outcome.DOUBT,
)
def frame_size(case: Case) -> Result:
    """The size that EXIF states is that of the picture, either way round."""
    evidence = case.evidence
    stated = (evidence.number("PixelXDimension"), evidence.number("PixelYDimension"))
    if None in stated or 0.0 in stated or evidence.width is None or evidence.height is None:
        return unknown("照片没有注明原始尺寸，无法判断是否裁剪过；请尽量提交相机原图。", {}, {})
    wide, high = (int(number or 0) for number in stated)
    measured = {"exif": [wide, high], "picture": [evidence.width, evidence.height]}
    said = f"EXIF 尺寸 {wide}×{high}，实际 {evidence.width}×{evidence.height}"
    if {(wide, high), (high, wide)} & {(evidence.width, evidence.height)}:
        return passed(f"{said}，相符。", measured, {})
    return doubt(f"{said}，不符，疑似裁剪或缩小过；请提交相机原图。", measured, {})

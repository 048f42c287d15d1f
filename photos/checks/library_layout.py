from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, note, passed
from photos.devices import software_of
from photos.evidence import ExifLayout
from photos.makers import names_a_phone

_EXPOSURE = {0x829A, 0x829D, 0x8827, 0x920A, 0x9201, 0x9202}
"""Exposure time, F-number, sensitivity, focal length, shutter speed, aperture."""
OUR_PAGE = "shidi capture page"
"""The Software that `field_app/static/js/exif.js` writes. Anybody can write it: it clears nobody."""


@check(
    "library_layout",
    catches="EXIF 由小程序库写成，不是手机相机写的：改过坐标、时间，或整块移植自别的照片",
    trap="有的网页压缩工具、老扫描仪也这样写（实测约千分之七）；水印相机只写几个字段，只作提示；"
    "本系统外业页拍的照片，离开系统、没有采集记录时也这样，结果里写明到哪里核对",
    if_broken=Outcome.DOUBT,
    proves="通过只说明 EXIF 的排列不是这类程序库的排列；exiftool 等在原处修改，排列不变",
)
def library_layout(case: Case) -> Result | None:
    """The Exif block is not laid out as small EXIF libraries write it.

    A list of tags ends with the offset of the next list, or four zero bytes. piexif, and what
    descends from it, leaves them out of all but two lists, which no phone does. A phone's block
    without any exposure is a note. Not asked where our own page stands for the photo; a file that
    only says that it does is doubted like another, and told where its record is.
    """
    structure, claim = case.evidence.structure, case.claim
    layout = structure.exif if structure is not None else None
    if layout is None or claim.live_capture or claim.position is not None:
        return None
    measured = {
        "unterminated": list(layout.unterminated),
        "ifds": list(layout.ifds),
        "maker_note": layout.maker_note,
        "exposure": _tells_exposure(layout),
    }
    if layout.unterminated and software_of(case.evidence) == OUR_PAGE:
        return doubt(
            "照片自称由本系统外业页拍摄，却没有采集记录，真假不能只凭文件判断；请用外业页送达"
            "原来的照片，或在系统、证据包里核对它的采集记录。",
            measured | {"software": OUR_PAGE},
            {},
        )
    if layout.unterminated:
        return doubt(
            "照片的 EXIF 是改元数据的程序库写的，不是相机写的；请提交未经处理的原图，或当场重拍。",
            measured,
            {},
        )
    if names_a_phone(case.evidence) and not (_tells_exposure(layout) or layout.maker_note):
        return note(
            "照片写着手机型号，却没有任何曝光参数，像是由程序写入的；请尽量提交相机原图。",
            measured,
            {},
        )
    return passed("照片 EXIF 的排列不是改元数据的程序库的排列。", measured, {})


def _tells_exposure(layout: ExifLayout) -> bool:
    return not _EXPOSURE.isdisjoint(layout.tags.get("ExifIFD", ()))

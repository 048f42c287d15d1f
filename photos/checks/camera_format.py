from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, passed, unknown

_CAMERA_FORMATS = {"jpeg": "JPEG", "heic": "HEIC"}
_NAMES = {"png": "PNG", "webp": "WebP", "tiff": "TIFF"}


@check(
    "camera_format",
    catches="截图、转存图、缩略图或长图，不是手机相机原图的格式和尺寸",
    trap="聊天软件压缩过的真照片、从相册缩小后分享的真照片同样会中；补交原图即可",
    if_broken=Outcome.UNKNOWN,
    needed=True,
    proves="格式与尺寸是手机相机会写的；截图或转存图另存为 JPEG 并放大后也能通过，所以只是一道门槛。",
)
def camera_format(
    case: Case, *, smallest_px: float = 900_000.0, longest_ratio: float = 5.0
) -> Result | None:
    """The file is of a kind and size that phone cameras write.

    The smallest that an honest setting gives is 1280 × 720, and panoramas go to about 1 : 4.5
    (our judgement); what a gallery or messenger shows as a thumbnail has 0.3 MP or less. Of a file
    that cannot be seen, `readable` speaks.
    """
    evidence = case.evidence
    wide, high = evidence.width, evidence.height
    if evidence.error is not None or evidence.structure is None or not wide or not high:
        return None
    container = evidence.structure.container
    megapixels, ratio = wide * high / 1e6, max(wide, high) / min(wide, high)
    measured = {
        "container": container,
        "width": wide,
        "height": high,
        "megapixels": round(megapixels, 3),
        "ratio": round(ratio, 2),
    }
    limits = {"smallest_px": smallest_px, "longest_ratio": longest_ratio}
    if container not in _CAMERA_FORMATS:
        name = _NAMES.get(container, container.upper())
        return unknown(
            f"照片是 {name} 图片，不是手机相机原图的格式（多为截图或转存），单凭它不能作证；"
            "请提交相机拍摄的 JPEG 或 HEIC 原图。",
            measured,
            limits,
        )
    if wide * high < smallest_px:
        return unknown(
            f"照片只有 {wide}×{high} 像素（{megapixels:.2f} 百万），不足 {smallest_px / 1e6:g} 百万，"
            "多为缩略图或转发时压缩过的图；请从相册提交原图。",
            measured,
            limits,
        )
    if ratio > longest_ratio:
        return unknown(
            f"照片 {wide}×{high} 像素，长边是短边的 {ratio:.1f} 倍，超过 {longest_ratio:g} 倍，"
            "多为长截图或拼图；请提交相机拍摄的原图。",
            measured,
            limits,
        )
    return passed(
        f"照片为 {_CAMERA_FORMATS[container]}，{megapixels:.1f} 百万像素，是手机相机的格式和尺寸。",
        measured,
        limits,
    )

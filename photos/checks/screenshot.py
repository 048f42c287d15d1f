import re

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, note, passed
from photos.evidence import Evidence

_CAMERA_FIELDS = (
    "Make", "Model", "ExposureTime", "FNumber", "PhotographicSensitivity", "FocalLength", "LensModel",
)  # fmt: skip
_SCREEN_WIDTHS = frozenset(
    {640, 720, 750, 828, 1080, 1084, 1125, 1170, 1176, 1179, 1200, 1206, 1212, 1216, 1220, 1224, 1228,
     1240, 1242, 1256, 1260, 1264, 1268, 1272, 1284, 1290, 1312, 1320, 1344, 1440}
)  # fmt: skip
"""Shorter sides of phone screens in pixels, of phones sold since 2014. Ours; to be added to."""
_LEAST_ASPECT, _MOST_ASPECT = 1.75, 2.4
_CALLED_SO = re.compile(r"screen.?shot|截屏|截图|屏幕快照", re.IGNORECASE)


@check(
    "screenshot",
    catches="手机截图（改过时间地点的水印画面再截一张），不是照片",
    trap="聊天软件转发的 16:9 原图也可能恰好是屏幕尺寸、没有相机参数，所以只作提示",
    if_broken=Outcome.UNKNOWN,
    proves="通过说明文件带有相机参数；参数可以补写，水印上的时间地点始终不作为依据",
)
def screenshot(case: Case) -> Result | None:
    """The picture is no shot of a phone's screen, by its size and what it says of a camera.

    A file that tells nothing of a camera and has another shape is left to other checks.
    """
    evidence = case.evidence
    if not evidence.width or not evidence.height:
        return None
    fields = [name for name in _CAMERA_FIELDS if evidence.value(name) is not None]
    called = _CALLED_SO.search(f"{evidence.text('UserComment') or ''} {case.named or ''}")
    measured = {
        "width": evidence.width,
        "height": evidence.height,
        "media_type": evidence.media_type or "",
        "camera_fields": fields,
        "called": called.group(0) if called else "",
    }
    if called or (not fields and _like_a_screen(evidence)):
        why = "自称截图" if called else "与手机屏幕一样大，又没有相机参数"
        return note(
            f"疑似截图：{evidence.width}×{evidence.height}，{why}；水印不作为依据，请提交相机原图。",
            measured,
            {},
        )
    if fields:
        return passed("照片带有相机参数，不像截图。", measured, {})
    return None


def _like_a_screen(evidence: Evidence) -> bool:
    short, long = sorted((evidence.width or 0, evidence.height or 0))
    return short in _SCREEN_WIDTHS and _LEAST_ASPECT <= long / short <= _MOST_ASPECT

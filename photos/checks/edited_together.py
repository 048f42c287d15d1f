from collections.abc import Mapping

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import doubt, fail, rule

_KINDS = {
    "reencoded": "重新压缩",
    "changed_spot": "画面局部改动",
    "library_layout": "EXIF 像程序写的",
    "odd_fractions": "坐标写法异常",
    "dates_within": "文件内时间不一",
    "name_date": "文件名日期不符",
    "off_profile": "与本机以往照片不同",
}
_BY_ONE_APP = {"reencoded", "library_layout"}
_WRITTEN_BY_PROGRAM = ("library_layout", "odd_fractions")


@rule(
    "edited_together",
    catches="单看说明不了什么的几处痕迹同时出现：照片多半被程序改写过",
    trap="在相册里编辑后另存的诚实照片会存疑；水印相机一步就留下压缩和程序写入两处痕迹，不算两处",
    if_broken=Outcome.FAIL,
    proves="没有“通过”：痕迹不足两处不说明没有改过",
)
def edited_together(case: Case, found: Mapping[str, Result]) -> Result | None:
    """Weak signs of a change that came from more than one step are a doubt together.

    Signs: the notes and doubts of `reencoded`, `changed_spot`, `library_layout`, `odd_fractions`,
    `dates_within`, `name_date` and `off_profile`, at least one of them no more than a note. One program leaves
    "reencoded" and a thin block in one step (watermark cameras do, honestly), so those two count
    as one. A missing MakerNote (40 % of honest phones) counts for nothing.

    A layout that a small library writes *and* coordinates that no phone writes, both doubts by
    themselves and met together on no honest file, contradict that the phone wrote the position.
    """
    signs = [id for id in _KINDS if id in found and _speaks(found[id])]
    measured = {"signs": signs}
    both = [id for id in _WRITTEN_BY_PROGRAM if _is(found, id, Outcome.DOUBT)]
    if len(both) == len(_WRITTEN_BY_PROGRAM):
        return fail(
            "EXIF 由程序库写成，GPS 坐标也不是手机的写法：照片里的位置是后来写入的；请到现场重新拍摄。",
            measured,
            {},
        )
    steps = len(set(signs) - _BY_ONE_APP) + (1 if _BY_ONE_APP & set(signs) else 0)
    if steps < 2 or not any(found[id].noted for id in signs):
        return None
    said = "、".join(_KINDS[id] for id in signs)
    return doubt(
        f"照片同时有{said}等痕迹，多半被程序改写过；请提交未经处理的原图，或当场重拍。",
        measured,
        {},
    )


def _speaks(result: Result) -> bool:
    return result.noted or result.outcome is Outcome.DOUBT


def _is(found: Mapping[str, Result], id: str, outcome: Outcome) -> bool:
    return id in found and found[id].outcome is outcome

import re

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, fail

_MARKS = re.compile(r"trainedAlgorithmicMedia|compositeWithTrainedAlgorithmicMedia", re.IGNORECASE)
# GB 45438-2025 writes a JSON block with a label: 1 is generated, 2 likely, 3 suspected.
_AIGC = re.compile(r'"?Label"?\s{0,4}:\s{0,4}"?(?P<label>[123])"?', re.IGNORECASE)


@check(
    "declared_ai",
    catches="照片自己标明由人工智能生成或合成",
    trap="手机的“AI 增强”有时也打上标识；没有标识不说明不是生成的",
    proves="没有“通过”：没有标识不说明不是生成的；有标识则文件自己承认不是现场拍摄",
    if_broken=Outcome.FAIL,
)
def declared_ai(case: Case) -> Result | None:
    """The file does not declare itself machine-made (IPTC, C2PA, GB 45438-2025).

    The absence of such a mark proves nothing, so there is no pass here.
    """
    for reading in case.evidence.readings:
        text = reading.value if isinstance(reading.value, str) else ""
        marked = reading.name == "DigitalSourceType" and _MARKS.search(text)
        if not marked and (
            reading.name == "AIGC" or (reading.name == "UserComment" and "AIGC" in text)
        ):
            marked = _AIGC.search(text)
        if marked:
            return fail(
                f"照片标明由人工智能生成或合成（{reading.tag}），不能作为现场证据；请到现场重新拍摄。",
                {"tag": reading.tag, "mark": marked.group(0)},
                {},
            )
    return None

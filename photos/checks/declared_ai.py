import re

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, fail
from photos.evidence import Reading

# Terms of the IPTC's digital source types that no camera's photo carries. HDR and panoramas are
# computationalCapture and compositeCapture: those are photos.
_MADE = {
    "trainedalgorithmicmedia",
    "compositewithtrainedalgorithmicmedia",
    "algorithmicmedia",
    "compositesynthetic",
    "virtualrecording",
}
# GB 45438-2025 writes a JSON block with a label: 1 is generated, 2 likely, 3 suspected.
_AIGC = re.compile(r'"?Label"?\s{0,4}:\s{0,4}"?(?P<label>[123])"?', re.IGNORECASE)
# What generators write of how they made the picture: Stable Diffusion's interfaces, ComfyUI,
# InvokeAI and NovelAI (JSON), Midjourney.
_RECIPE = re.compile(
    r"Steps: \d{1,4}, (?:Sampler|Schedule type|CFG scale|Seed|Size)"
    r"|Negative prompt: "
    r'|"class_type"\s{0,4}:'
    r'|"(?:sampler|sampler_name|cfg_scale|uncond_scale)"\s{0,4}:'
    r"|Job ID: [0-9a-f]{8}-[0-9a-f]{4}-"
)
_TOLD_IN = {
    "UserComment",
    "ImageDescription",
    "Comment",
    "GeneratorParameters",
    "GeneratorPrompt",
    "GeneratorWorkflow",
}
_TELLING = _TOLD_IN | {"DigitalSourceType", "AIGC"}


@check(
    "declared_ai",
    catches="照片自己标明由人工智能生成或合成",
    trap="手机的“AI 消除”“AI 扩图”也会打上合成标识，画面确已不是现场原样；没有标识不说明不是生成的",
    if_broken=Outcome.FAIL,
    proves="没有通过一说：标识可以去掉，没有标识什么也不说明。",
)
def declared_ai(case: Case) -> Result | None:
    """The file does not declare itself machine-made (IPTC, C2PA, GB 45438-2025, generators).

    The absence of such a mark proves nothing, so there is no pass here.
    """
    for reading in case.evidence.readings:
        mark = _mark(reading) if reading.name in _TELLING else None
        if mark:
            return fail(
                f"照片标明由人工智能生成或合成（{reading.tag}），不能作为现场证据；请到现场重新拍摄。",
                {"tag": reading.tag, "mark": mark, "source": reading.source.value},
                {},
            )
    return None


def _mark(reading: Reading) -> str | None:
    """What in a reading declares the picture machine-made."""
    text = reading.value if isinstance(reading.value, str) else ""
    if reading.name == "DigitalSourceType":
        term = text.strip().rpartition("/")[2]
        return term if term.lower() in _MADE else None
    if reading.name == "AIGC" or (reading.name == "UserComment" and "AIGC" in text):
        label = _AIGC.search(text)
        if label:
            return label[0]
    recipe = _RECIPE.search(text) if reading.name in _TOLD_IN else None
    return recipe[0].strip() if recipe else None

import re
from functools import lru_cache

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed, unknown

_TAGS = (
    "Software", "ProcessingSoftware", "CreatorTool", "HistorySoftwareAgent", "XMPToolkit",
    "HostComputer", "ImageEditingSoftware", "MetadataEditingSoftware",
)  # fmt: skip

EDITORS = (
    "Photoshop", "Lightroom", "Adobe Camera Raw", "GIMP", "Snapseed", "PicsArt", "Pixelmator", "Affinity",
    "Paint.NET", "Microsoft Paint", "ACDSee", "FastStone", "IrfanView", "XnView", "PhotoScape", "Polarr",
    "VSCO", "Facetune", "FaceApp", "Canva", "Capture One", "Darktable", "RawTherapee", "Luminar",
    "CorelDRAW", "PaintShop", "Meitu", "美图", "XingTu", "醒图", "B612", "Faceu", "天天P图",
    "光影魔术手", "可牛", "泼辣", "稿定", "黄油相机", "轻颜", "剪映", "CapCut", "exiftool", "Exiv2", "ImageMagick",
    "GraphicsMagick", "Stable Diffusion", "Midjourney", "DALL-E", "DALL·E", "ComfyUI", "Firefly",
)  # fmt: skip
"""Programs that change the picture or its metadata. Cameras, transfer tools and watermark cameras
are not in it: those are named by nobody as proof of a change. Nor is Picasa: Google's phones and
its photo service put that name into files which nobody edited."""

# "LuminarAI" and "meitu10" are named, "Canvas" and "Hexiv2000" are not.
_NAMED = re.compile(rf"(?<![A-Za-z])(?i:{'|'.join(re.escape(n) for n in EDITORS)})(?![a-z])")


@check(
    "editing_software",
    catches="照片经修图或改元数据的软件保存过",
    trap="有人只用修图软件裁边、转存；没有留下软件名也不说明没有改过",
    proves="通过只说明留下的软件名不在修图软件名单内；软件名可以抹去，不能证明没有改过",
    if_broken=Outcome.DOUBT,
)
def editing_software(case: Case) -> Result:
    """No program that edits pictures or metadata has put its name into the file."""
    named = [
        (reading.tag, reading.value)
        for name in _TAGS
        for reading in case.evidence.all(name)
        if isinstance(reading.value, str) and reading.value
    ]
    if not named:
        return unknown(
            "照片没有记录生成软件，无法判断是否经修图软件保存；请尽量提交相机原图。", {}, {}
        )
    edited = {str(value)[:80]: tag for tag, value in named if _names_an_editor(str(value))}
    if edited:
        software = next(iter(edited))
        return doubt(
            f"照片标明经“{software}”处理过（{edited[software]}），不是相机原图；请提交未经编辑的原图，或当场重拍。",
            {"software": list(edited), "tags": list(edited.values())},
            {},
        )
    software = str(named[0][1])[:80]
    return passed(
        f"照片记录的软件为“{software}”，不在修图软件名单内。", {"software": [software]}, {}
    )


@lru_cache(maxsize=256)  # phones of one make write the same name into all their photos
def _names_an_editor(text: str) -> bool:
    return _NAMED.search(text) is not None

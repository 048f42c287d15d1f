"""A problem category or type that is named outright: 子类2-4, 问题类型是3-6, 大类填3, or in full."""

import re

from field_app.chat.numerals import digits
from field_app.chat.said import Fill, Said
from field_app.drafts import empty
from models import taxonomy

_CODE = re.compile(
    r"(?<![\d.\-/])([1-6一二三四五六])\s?[-杠—–]\s?([1-9一二三四五六九])(?![\d\-/.亩年月日号]|天|分)"
)
_CATEGORY = re.compile(
    r"(?:问题)?大类(?:就|应该)?(?:是|填|选|为|写|改成|算|:)*第?([1-6一二三四五六])(?![\d-])"
)


def said_outright(text: str, said: Said) -> list[Fill]:
    """The type with its category, or the category alone."""
    types = taxonomy.problem_types()
    if m := _CODE.search(text):
        code = f"{digits(m[1])}-{digits(m[2])}"
        if code in types:
            return _typed(code, m[0], said)
    whole = re.sub(r"[\s,，、“”\"]", "", text)
    for code, kind in types.items():
        if code.endswith("-9"):
            continue  # 其他…: said of many things without meaning the type
        name = re.sub(r"[\s,，、“”\"：:]", "", kind.name)
        if name in re.sub(r"[：:]", "", whole):
            return _typed(code, kind.name, said)
    if m := _CATEGORY.search(text):
        return [Fill("category", digits(m[1]), m[0])]
    return []


def _typed(code: str, words: str, said: Said) -> list[Fill]:
    """A type brings its category, unless the draft has it."""
    fills = [Fill("problem_type", code, words)]
    category = str(taxonomy.problem_types()[code].category)
    if empty(said.answers.get("category")) or said.answers.get("category") != category:
        fills.insert(0, Fill("category", category, words))
    return fills

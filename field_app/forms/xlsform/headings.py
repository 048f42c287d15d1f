"""The columns of a sheet: which are known, by which names, in which language, and which are not
taken."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from field_app.forms.xlsform import texts
from field_app.forms.xlsform.findings import Findings

SURVEY = (
    "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message",
    "choice_filter", "default", "say",
)  # fmt: skip
CHOICES = ("list_name", "name", "label", "say")
SETTINGS = ("form_title", "form_id", "version")
KNOWN = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
NEEDED = {
    "survey": ("type", "name", "label"),
    "choices": ("list_name", "name", "label"),
    "settings": ("version",),
}
_ALIASES = {
    "survey": {
        "caption": "label", "relevance": "relevant", "constraining_message": "constraint_message",
        "jr:constraintmsg": "constraint_message", "command": "type", "tag": "name",
        "value": "name", "calculate": "calculation", "readonly": "read_only",
        "jr:count": "repeat_count", "count": "repeat_count",
    },
    "choices": {"caption": "label", "value": "name", "list": "list_name"},
    "settings": {
        "set_form_title": "form_title", "title": "form_title", "set_form_id": "form_id",
        "id_string": "form_id",
    },
}  # fmt: skip
# Columns whose meaning would be lost: a cell that is not empty refuses the file.
REFUSED = {
    "calculation": "不支持计算（calculation）；请删去，需要的数由核查员直接填",
    "repeat_count": "不支持重复组（repeat_count）；请删去",
    "read_only": "不支持只读（read_only）；只是给人看的话请用题型 note",
    "trigger": "不支持触发（trigger）；请删去",
    "parameters": "不支持题目参数（parameters）；请删去",
    "save_to": "不支持实体（save_to）；请删去",
}
_MEDIA = {"media", "image", "big_image", "audio", "video"}
# Columns that only change how other programs show a question.
_IGNORED = {
    "survey": _MEDIA | {
        "appearance", "guidance_hint", "required_message", "jr:requiredmsg", "autoplay", "rows",
        "body", "instance", "control", "jr:noapperrorstring", "no_app_error_string", "note",
        "notes", "comment", "comments", "disabled", "bind", "compact_tag", "style",
    },
    "choices": _MEDIA | {"note", "notes", "comment", "comments"},
    "settings": {
        "default_language", "style", "instance_name", "public_key", "submission_url", "prefix",
        "auto_send", "auto_delete", "allow_choice_duplicates", "namespaces", "client_editable",
        "name", "delimiter", "instance_xmlns", "sms_keyword", "sms_separator",
    },
}  # fmt: skip
_TRANSLATED = {"label", "hint", "constraint_message", "guidance_hint", "required_message"} | _MEDIA
_CHINESE = re.compile(r"中文|汉语|普通话|chinese|mandarin|(?<![a-z])(zh|cmn|zho|chi)(?![a-z])")
_EXTRA = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_MOST_EXTRA = 20
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Heading:
    """A cell of the first row, understood."""

    cell: str
    letter: str
    title: str
    name: str
    language: str

    @property
    def chinese(self) -> bool:
        return bool(_CHINESE.search(self.language.lower()))


def nearest(name: str, among: Iterable[str]) -> str:
    """“，是不是 label？” where something of nearly this name is known, else nothing.

    >>> nearest("lable", SURVEY), nearest("xyz", SURVEY)
    ('，是不是 label？', '')
    """
    found = process.extractOne(name, list(among), scorer=fuzz.ratio, score_cutoff=65)
    return f"，是不是 {found[0]}？" if found else ""


def heading(sheet: str, letter: str, cell: str) -> Heading:
    """Splits `label::中文 (zh)`, resolves aliases such as `caption` and `bind::relevant`."""
    title = texts.word(cell)[:_LONGEST]
    parts = [p.strip() for p in re.split("::|(?<!jr):" if "::" not in title else "::", title)]
    if len(parts) > 1 and parts[0].lower() in ("bind", "control", "media"):
        parts = parts[1:]
    plain = re.sub(r"[\s-]+", "_", parts[0].lower())
    name = _ALIASES[sheet].get(plain, plain)
    if sheet == "choices" and name not in (*CHOICES, *_IGNORED["choices"]):
        name = title  # a column of the office's own: filters call it just as it is written
    language = parts[1] if len(parts) > 1 and name in _TRANSLATED else ""
    return Heading(f"{letter}1", letter, title, name, language)


def columns(sheet: str, headings: list[Heading], findings: Findings) -> dict[str, str]:
    """The letter of each column that is taken, by its name; tells what is wrong with the rest."""
    taken: dict[str, Heading] = {}
    for name in dict.fromkeys(h.name for h in headings):
        same = [h for h in headings if h.name == name]
        taken[name] = chosen = _preferred(same)
        for other in same:
            if other is chosen:
                continue
            if name in _TRANSLATED and other.language != chosen.language:
                findings.warn(sheet, other.cell, f"只采用“{chosen.title}”，没有采用“{other.title}”")
            else:
                what = f"“{name}”有两列（{chosen.cell} 和 {other.cell}），请删去一列"
                findings.refuse(sheet, other.cell, what)
    for name in NEEDED[sheet]:
        if name not in taken:
            near = nearest(name, (n for n in taken if n not in KNOWN[sheet]))
            hint = near.replace("是不是", "是不是写成了")
            findings.refuse(sheet, "", f"第 1 行里没有“{name}”列{hint or '，请补上'}")
    return {h.name: h.letter for h in taken.values() if _wanted(sheet, h, findings, len(headings))}


def _preferred(same: list[Heading]) -> Heading:
    """Chinese first, then the one of no language, then the first."""
    return min(same, key=lambda h: (not h.chinese, bool(h.language)))


def _wanted(sheet: str, h: Heading, findings: Findings, count: int) -> bool:
    if h.name in KNOWN[sheet] or (sheet == "survey" and h.name in REFUSED):
        return True
    if h.name in _IGNORED[sheet]:
        findings.warn(sheet, h.cell, f"“{h.title}”列在这里用不上，没有采用")
        return False
    near = nearest(h.name.lower(), KNOWN[sheet])
    if sheet == "choices" and _EXTRA.fullmatch(h.name) and count <= len(CHOICES) + _MOST_EXTRA:
        if near:
            findings.warn(sheet, h.cell, f"“{h.title}”当作筛选用的列{near}")
        return True
    findings.warn(sheet, h.cell, f"认不得“{h.title}”列，没有采用{near}")
    return False

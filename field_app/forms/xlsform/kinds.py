"""The `type` cell: which questions are asked here, and why the others are not."""

import re
from dataclasses import dataclass

from field_app.forms.definition import CHOOSING, Kind
from field_app.forms.xlsform.headings import nearest

_SELECT = re.compile(
    r"(?P<command>select[ _]one(?:[ _]from)?|select1|add select one prompt using"
    r"|select[ _]multiple(?:[ _]from)?|select[ _]all[ _]that[ _]apply(?:[ _]from)?"
    r"|add select multiple prompt using)"
    r"(?: (?P<list>\S+))?(?: (?P<other>or[ _](?:specify[ _])?other))?",
    re.IGNORECASE,
)
_GROUP = re.compile(r"(begin|end)[ _]?group", re.IGNORECASE)
_REPEAT = re.compile(r"(begin|end)[ _]?(?:repeat|loop|lgroup|looped group)\b.*", re.IGNORECASE)
_PLAIN = {
    "text": Kind.TEXT, "string": Kind.TEXT, "integer": Kind.INTEGER, "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL, "date": Kind.DATE, "note": Kind.NOTE, "hidden": Kind.HIDDEN,
}  # fmt: skip
_PLACE = "位置由照片和地块给出，不用题目来问；请删去这一行"
_PHOTO = "照片在拍照部分拍，不作为题目；请删去这一行"
_SHORT = "请改用 select_one、text 或 decimal"
_UNSUPPORTED = {
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "location", "gps", "start-geopoint",
                     "background-geopoint"), _PLACE),
    **dict.fromkeys(("image", "photo"), _PHOTO),
    **dict.fromkeys(("audio", "video", "file", "background-audio"),
                    "这里不收录音、录像和文件；请删去这一行"),
    "calculate": "不支持计算题；请删去这一行，需要的数由核查员直接填",
    "acknowledge": "不支持确认题；请改用 select_one，选项只放一个“已知晓”",
    "trigger": "不支持确认题；请改用 select_one，选项只放一个“已知晓”",
    "rank": "不支持排序题；请改用 select_multiple",
    "range": f"不支持滑块；{_SHORT}，范围写在 constraint",
    "percentage": f"不支持百分比；{_SHORT}，范围写在 constraint",
    "time": "不支持时刻；请改用 text，或用 date 只问日期",
    "datetime": "不支持日期加时刻；请改用 date，时刻由系统记录",
    "barcode": "不支持扫码；请改用 text",
    "osm": "不支持地图要素（osm）；请删去这一行",
    "entity": "不支持实体；请删去这一行",
    "xml-external": "不支持外部数据文件；请把选项写在 choices 表里",
    "csv-external": "不支持外部数据文件；请把选项写在 choices 表里",
}  # fmt: skip
_RECORDED = {
    "start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "imei",
    "simserial", "subscriberid",
}  # fmt: skip
_SUGGESTED = (*_PLAIN, "select_one", "select_multiple", "begin_group", "end_group")


@dataclass(frozen=True, slots=True)
class Asks:
    """A `type` cell, understood: a question, the border of a group, or a refusal."""

    kind: Kind | None = None
    list_name: str = ""
    group: str = ""  # "begin", "end"
    repeat: str = ""  # the same, of a repeat: refused, but it has to be stepped over
    refused: str = ""
    ignored: str = ""

    @property
    def canonical(self) -> str:
        """As XLSForm's reference spells it."""
        if self.group:
            return f"{self.group}_group"
        return f"{self.kind} {self.list_name}" if self.list_name else str(self.kind)


def asks(cell: str) -> Asks:
    """Reads a `type` cell.

    >>> asks("select one crops").canonical, asks("Begin Group").group, asks("int").kind.value
    ('select_one crops', 'begin', 'integer')
    >>> asks("txet").refused
    '认不得题型“txet”，是不是 text？'
    """
    plain = cell.lower()
    if group := _GROUP.fullmatch(cell):
        return Asks(group=group[1].lower())
    if repeat := _REPEAT.fullmatch(cell):
        what = "不支持重复组；请把要填几遍的内容写成几道题，或改用 select_multiple"
        border = repeat[1].lower()
        return Asks(repeat=border, refused=what if border == "begin" else "")
    if re.match(r"select[ _](one|multiple)[ _](from[ _]file|external)", plain):
        return Asks(refused="不支持外部选项文件；请把选项写在 choices 表里")
    if select := _SELECT.fullmatch(cell):
        return _choosing(select)
    if plain in _PLAIN:
        return Asks(_PLAIN[plain])
    if plain in _RECORDED:
        return Asks(ignored=f"“{cell}”由系统自动记录，没有采用这一行")
    for known, why in _UNSUPPORTED.items():
        if plain.split(" ")[0] == known:
            return Asks(refused=f"题型 {cell}：{why}")
    near = nearest(plain.split(" ")[0], _SUGGESTED) or "；能用的题型见“说明”表"
    return Asks(refused=f"认不得题型“{cell}”{near}")


def _choosing(select: re.Match[str]) -> Asks:
    one = re.search(r"one|1", select["command"], re.IGNORECASE)
    kind = Kind.SELECT_ONE if one else Kind.SELECT_MULTIPLE
    assert kind in CHOOSING
    if not select["list"]:
        return Asks(refused=f"{kind} 后面要写选项列表的名字，例如 {kind} yes_no")
    if select["other"]:
        what = "不支持 or_other；请在选项里加“其他”，再加一道 relevant 指向它的 text 题"
        return Asks(refused=what)
    return Asks(kind, select["list"])

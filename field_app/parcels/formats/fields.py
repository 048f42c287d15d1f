"""Which column of a file holds what: names in Chinese, in pinyin and as the land survey has them.

Source of the survey's names: the field lists of the DLTB layer (三调) and the header rows of the
报备坐标 TXT. Where several columns could serve, the first in the tuple is preferred.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from field_app.parcels.formats.reading import Fields

NAMES: dict[str, tuple[str, ...]] = {
    "number": (
        "DKBH", "地块编号", "地块号", "地块编码", "DKBM", "图斑编号", "TBBH", "图斑号", "TBYBH",
        "图斑预编号", "BSM", "标识码", "PARCEL", "PARCELID", "PARCELNO", "PARCELNUMBER", "NUMBER",
        "编号", "BH", "CODE", "ID", "NAME",
    ),
    "name": ("DKMC", "地块名称", "图斑名称", "TBMC", "名称", "MC", "NAME"),
    "land_class": (
        "DLBM", "地类编码", "地类代码", "现状地类编码", "DLDM", "LANDCLASS", "地类", "DLMC",
        "地类名称", "现状地类",
    ),
    "use": ("DKYT", "地块用途", "用途", "YT"),
    "sheet": ("TFH", "图幅号", "图幅编号"),
    "township": ("ZLDWDM", "坐落单位代码", "QSDWDM", "权属单位代码", "XZQDM", "行政区代码"),
    "village": (
        "ZLDWMC", "坐落单位名称", "QSDWMC", "权属单位名称", "行政村", "村名", "村", "VILLAGE",
    ),
    "slope_grade": ("GDPDJB", "PDJB", "PDJ", "耕地坡度级别", "坡度级别"),
    "quality_grade": (
        "ZLDJ", "GDZLDJ", "GDDB", "耕地质量等级", "改造后质量等别", "改造后质量等级", "耕地等别",
        "质量等级", "质量等别",
    ),
    "year": (
        "SSNF", "补充耕地实施年份", "实施年份", "SJNF", "数据年份", "NF", "年份", "年度", "YEAR",
    ),
    "planting": ("ZZSXDM", "种植属性代码", "种植属性"),
    "project_code": (
        "XMBH", "项目编号", "项目备案编号", "备案编号", "XMBABH", "BABH", "XMDM", "项目代码",
        "PROJECT", "PROJECTCODE",
    ),
    "area": (
        "DKMJ", "地块面积", "图斑面积", "TBMJ", "申报面积", "报备面积", "面积", "MJ", "AREA",
    ),
}  # fmt: skip

VILLAGE_NUMBERS = ("TBBH", "TBYBH", "图斑编号", "图斑预编号", "图斑号")
"""Numbers that are unique only within a village."""
SURVEY_IDS = ("BSM", "标识码")
"""Numbers that are unique in a county's layer."""

UNITS = {"平方米": 1.0, "公顷": 10_000.0, "亩": 2000.0 / 3.0}
"""Square metres of the units that areas are declared in."""
_UNIT_WORDS = {
    "平方米": "平方米", "M2": "平方米", "㎡": "平方米", "SQM": "平方米", "公顷": "公顷",
    "HA": "公顷", "GQ": "公顷", "亩": "亩", "MU": "亩",
}  # fmt: skip
_TOWNSHIP = re.compile(r"\d{9}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one layer that were recognised: position by what they hold."""

    at: dict[str, int]
    area_unit: str  # empty where the name does not tell

    def fields(self, row: Sequence[str]) -> Fields:
        """The recognised values of one row, as text."""
        got = {what: row[n].strip() for what, n in self.at.items()}
        got.pop("area", None)
        code = _TOWNSHIP.match(got.pop("township", ""))
        return Fields(**got, township_code=code.group() if code else "")

    def area(self, row: Sequence[str]) -> str:
        n = self.at.get("area")
        return "" if n is None else row[n].strip()

    def numbered_by(self, n: int) -> "Columns":
        """The same, with the parcel's number taken from column `n`."""
        return replace(self, at=self.at | {"number": n})


def recognise(names: Sequence[str], *, cut: bool = False) -> Columns:
    """Which of the named columns hold what. `cut`: names may lack their end, as in a DBF, which
    keeps ten bytes: five Chinese characters in GBK, three in UTF-8.

    >>> recognise(["OBJECTID", "TBBH", "DLBM", "面积（亩）"])
    Columns(at={'number': 1, 'land_class': 2, 'area': 3}, area_unit='亩')
    """
    plain = [_plain(name) for name in names]
    at: dict[str, int] = {}
    unit = ""
    for what, known in NAMES.items():
        for name in known:
            found = next((n for n, (base, _) in enumerate(plain) if _same(base, name, cut)), None)
            if found is not None:
                at[what] = found
                unit = plain[found][1] if what == "area" else unit
                break
    return Columns(at, unit)


def number_candidates(names: Sequence[str], *, cut: bool = False) -> list[int]:
    """The columns that could hold the parcel's number, the likeliest first."""
    plain = [_plain(name)[0] for name in names]
    order = [n for known in NAMES["number"] for n, p in enumerate(plain) if _same(p, known, cut)]
    return list(dict.fromkeys(order))


def _same(base: str, known: str, cut: bool) -> bool:
    if base == known:
        return True
    return cut and len(base) >= 3 and not base.isascii() and known.startswith(base)


def _plain(name: str) -> tuple[str, str]:
    """A column's name without case, blanks and punctuation, and the unit that stood with it."""
    text = re.sub(r"[\s_\-:：*]", "", name).upper()
    bracket = re.search(r"[(（\[](.*?)[)）\]]", text)
    if bracket:
        text = text.replace(bracket.group(), "")
        return text, _UNIT_WORDS.get(bracket.group(1), "")
    for word, unit in _UNIT_WORDS.items():
        base = text.removesuffix(word)
        if base != text and base in NAMES["area"]:
            return base, unit
    return text, ""

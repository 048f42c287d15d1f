"""The lines of a 报备坐标 TXT file: which is a heading, a parcel's header row, a point.

    [属性描述]                                  key=value lines
    [地块坐标]
    【…,@】                                      names of the columns, in some templates
    点数,面积,编号,名称,面,图幅,用途,地类,@     a parcel's header row
    J1,1,3708008.614,37632899.954               number, ring, north, east

The header row has four known shapes, told apart by where 面 (or 线, 点) stands.
"""

from array import array
from dataclasses import dataclass, field

import numpy as np

A = ("界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
B_MORE = ("图斑类型", "地类", "改造前质量等别", "改造后质量等别", "备注")
C = (
    "坐标点个数", "图斑面积", "图斑编号", "地块名称", "补充耕地实施年份", "耕地坡度级别", "图形属性",
    "图幅号", "地块用途", "备注", "地类", "耕地质量等级",
)  # fmt: skip
D_MORE = ("描述",)
FIGURES = ("面", "线", "点")
NAME, FIGURE, FIGURE_C = 3, 4, 6  # columns, counted from 0

_WIDE = str.maketrans("［］【】，＝＠．－　", "[][],=@.- ")
_MOST_ERRORS = 3  # of one parcel; a thousand bad lines say no more than three


@dataclass(slots=True)
class Block:
    """One parcel: its header row and the span of its points."""

    line: int
    columns: tuple[str, ...]
    values: tuple[str, ...]
    figure: str  # 面, 线, 点; empty where the row does not say
    declared_points: int | None
    start: int
    end: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Lines:
    """A file, cut up. The points of all parcels stand in one row of columns."""

    properties: dict[str, str]  # [属性描述]
    others: dict[str, str]  # the sections before it, such as [项目信息]
    blocks: list[Block]
    ring: np.ndarray
    third: np.ndarray  # the third column, by the book north
    fourth: np.ndarray  # by the book east, with or without 带号
    line: np.ndarray  # 1-based line of each point


class _Cutter:
    """Keeps what is known while the lines go by."""

    def __init__(self) -> None:
        self.properties: dict[str, str] = {}
        self.others: dict[str, str] = {}
        self.blocks: list[Block] = []
        self.section = ""
        self.names: tuple[str, ...] = ()
        self.ring, self.line = array("q"), array("q")
        self.third, self.fourth = array("d"), array("d")

    def take(self, number: int, text: str) -> None:
        """A line that is not plainly a point."""
        plain = text.translate(_WIDE).strip()
        if plain.rstrip("]").rstrip().endswith("@"):
            self._header(number, text, plain)
        elif plain.startswith("[") and plain.endswith("]"):
            self.section = plain.strip("[] ")
        elif "=" in plain and not self.blocks:
            key, _, value = plain.partition("=")
            into = self.properties if self.section == "属性描述" else self.others
            into[key.strip()] = value.strip()
        elif self._point(number, plain.split(",")) or self._header_without_end(number, plain):
            return
        elif self.blocks:
            self._not_understood(number, plain)
        # What stands before the first header row and is none of these explains the template.

    def _point(self, number: int, columns: list[str]) -> bool:
        try:
            ring, third, fourth = int(columns[1]), float(columns[2]), float(columns[3])
        except (ValueError, IndexError, OverflowError):
            return False
        if not -(2**63) <= ring < 2**63:
            return False
        if not self.blocks:
            orphan = ("这些界址点前面没有地块标题行（以 @ 结尾的行）",)
            self.blocks.append(Block(number, (), (), "面", None, 0, errors=list(orphan)))
        self.ring.append(ring)
        self.third.append(third)
        self.fourth.append(fourth)
        self.line.append(number)
        return True

    def _header(self, number: int, text: str, plain: str) -> None:
        body = plain.strip("[]").strip().removesuffix("@").removesuffix(",")
        columns = body.split(",")
        told = columns[0].strip().isdecimal() or any(c.strip() in FIGURES for c in columns)
        # Between parcels only brackets make a row of names: a spoilt header row must not hand
        # its points to the parcel before.
        if not told and (plain.startswith("[") or not self.blocks):
            self.names = tuple(c.strip() for c in columns)
            return
        # A full-width comma may be part of a name, or be the separator of the whole row.
        raw = text.strip().removesuffix("@").removesuffix(",").split(",")
        if len(raw) > FIGURE and any(c.strip() in FIGURES for c in raw):
            columns = raw
        self._open(number, [c.strip() for c in columns])

    def _header_without_end(self, number: int, plain: str) -> bool:
        columns = [c.strip() for c in plain.split(",")]
        looks = len(columns) >= len(A) and columns[0].isdecimal()
        if not looks or not {columns[FIGURE], columns[FIGURE_C]} & set(FIGURES):
            return False
        self._open(number, columns)
        self.blocks[-1].notes.append("标题行末尾缺少 @")
        return True

    def _open(self, number: int, columns: list[str]) -> None:
        self.close()
        if len(columns) != len(self.names):
            columns = _join_name(columns)
        names, figure = self._names_of(columns)
        block = Block(number, names, tuple(columns), figure, None, len(self.ring))
        if columns[0].isdecimal() and len(columns[0]) < 10:
            block.declared_points = int(columns[0])
        else:
            block.errors.append(f"标题行第 1 列“{columns[0]}”不是点数")
        if not figure:
            block.errors.append("标题行里没有图形属性（面、线或点）")
        self.blocks.append(block)

    def _names_of(self, columns: list[str]) -> tuple[tuple[str, ...], str]:
        """The names of a header row's columns, and its 面, 线 or 点."""
        at = next((n for n in (FIGURE, FIGURE_C) if n < len(columns) and columns[n] in FIGURES), -1)
        if len(self.names) == len(columns) and "图形属性" in self.names:
            at = self.names.index("图形属性")
            return self.names, columns[at] if columns[at] in FIGURES else ""
        if at < 0:
            return _padded(A, len(columns)), ""
        if at == FIGURE_C:
            names: tuple[str, ...] = C
        else:
            names = A + (B_MORE if len(columns) > len(A) + len(D_MORE) else D_MORE)
        return _padded(names, len(columns)), columns[at]

    def _not_understood(self, number: int, plain: str) -> None:
        block = self.blocks[-1]
        if block.declared_points is not None and len(self.ring) - block.start >= (
            block.declared_points - 1
        ):
            return  # all the points have been read: a remark under the last parcel
        if len(block.errors) < _MOST_ERRORS:
            block.errors.append(f"第 {number} 行“{plain[:40]}”不是“点号,圈号,X,Y”")

    def close(self) -> None:
        if self.blocks:
            self.blocks[-1].end = len(self.ring)


def cut(text: str) -> Lines:
    """The lines of a file, sorted into headings, header rows and points."""
    cutter = _Cutter()
    ring, third, fourth, at = cutter.ring, cutter.third, cutter.fourth, cutter.line
    for number, line in enumerate(text.splitlines(), 1):
        columns = line.split(",")
        if cutter.blocks and len(columns) >= 4:  # nearly every line is a point: the short way
            try:
                values = int(columns[1]), float(columns[2]), float(columns[3])
                ring.append(values[0])
            except (ValueError, OverflowError):
                cutter.take(number, line)
                continue
            if columns[-1].rstrip().endswith("@"):  # a header row made of digits alone
                ring.pop()
                cutter.take(number, line)
                continue
            third.append(values[1])
            fourth.append(values[2])
            at.append(number)
        elif line.strip():
            cutter.take(number, line)
    cutter.close()
    return Lines(
        cutter.properties,
        cutter.others,
        cutter.blocks,
        np.frombuffer(ring, dtype=np.int64) if ring else np.zeros(0, np.int64),
        np.frombuffer(third, dtype=np.float64) if third else np.zeros(0),
        np.frombuffer(fourth, dtype=np.float64) if fourth else np.zeros(0),
        np.frombuffer(at, dtype=np.int64) if at else np.zeros(0, np.int64),
    )


def _join_name(columns: list[str]) -> list[str]:
    """Puts a parcel's name together again that has commas in it."""
    at = next((n for n, c in enumerate(columns) if n > NAME and c in FIGURES), -1)
    if at <= FIGURE or (at == FIGURE_C and _year_and_slope(columns)):
        return columns
    extra = at - FIGURE
    if at > FIGURE_C and _year_and_slope(columns[extra - 2 :]):
        extra = at - FIGURE_C
    return [
        *columns[:NAME],
        ",".join(columns[NAME : NAME + 1 + extra]),
        *columns[NAME + 1 + extra :],
    ]


def _year_and_slope(columns: list[str]) -> bool:
    year, slope = columns[NAME + 1], columns[NAME + 2]
    return (not year or (year.isdecimal() and len(year) == 4)) and len(slope) <= 3


def _padded(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    return names[:count] + tuple(f"附加列{n}" for n in range(len(names) + 1, count + 1))

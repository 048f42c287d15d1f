"""报备坐标 TXT: from the cut lines to shapes in the file's own system."""

import math
import re

import numpy as np
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from field_app.parcels.formats import fields, repair, rings, txt_lines, txt_system
from field_app.parcels.formats.reading import Advance, Batch, Fields, Found
from field_app.parcels.formats.txt_lines import Block, Lines
from field_app.problems import NO_PARCELS

FORMAT = "报备坐标 TXT"
MOST_RINGS = 500  # of one parcel; far more than a field has holes
_HEAD = 65_536
_HEADER_ROW = re.compile(r"^\s*\d+\s*[,，][^@]{0,300}[,，]\s*[面线点]\s*[,，].{0,300}[@＠]")
_PROJECT_KEYS = ("项目备案编号", "项目编号", "备案编号", "项目代码", "项目备案号")
_PROJECT_NAME = re.compile(r"\d{6}20\d{6}")  # county, year, serial: the provinces' file names


def looks_like(text: str) -> bool:
    """Whether this is such a file: by its headings, or by a header row, near its beginning."""
    start = text[:_HEAD]
    if re.search(r"[\[【［] *(属性描述|地块坐标) *[\]】］]", start):
        return True
    return any(_HEADER_ROW.search(line) for line in start.splitlines())


def read(text: str, file: str, given: CRS | None, advance: Advance = lambda _: None) -> Batch:
    """The parcels of a TXT file. `advance` hears the share done, 0 to 1."""
    lines = txt_lines.cut(text)
    if not lines.blocks:
        raise NO_PARCELS(file=file, hint="[地块坐标] 下没有以 @ 结尾的地块标题行。")
    advance(0.5)
    said = txt_system.said_by(lines.properties, file)
    shapes = _Shapes(lines)
    project = _project_of(lines, file)
    systems: dict[txt_system.Layout, tuple[str, str]] = {}
    known: dict[tuple[str, ...], fields.Columns] = {}
    found: list[Found] = []
    for n, block in enumerate(lines.blocks):
        if block.columns not in known:
            known[block.columns] = fields.recognise(block.columns)
        one = _described(block, known[block.columns], project)
        found.append(one)
        if one.refusal:
            continue
        layout = shapes.layouts[n]
        if layout is None:
            one.refusal = shapes.why_no_layout(n)
            continue
        if layout not in systems:
            systems[layout] = txt_system.system_of(layout, said, given, file)
        one.crs, one.refusal = systems[layout]
        if layout.swapped:
            one.repairs.append("X、Y 坐标写反，已对调")
        if not one.refusal:
            one.refusal = shapes.build(n, one)
    advance(0.9)
    shapes.build_simple(found)
    advance(1.0)
    return Batch(FORMAT, found, messages=_remarks(lines, said))


class _Shapes:
    """Builds the shapes of all parcels; those of one plain ring all at once."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.starts = np.array([b.start for b in lines.blocks])
        self.ends = np.array([b.end for b in lines.blocks])
        self.layouts = self._layouts()
        self.simple: list[int] = []  # blocks of one ring, closed at most at its end
        first = np.repeat(self.starts, self.ends - self.starts)
        self._back = (  # the point stands where its parcel's first one stands
            (lines.third == lines.third[first]) & (lines.fourth == lines.fourth[first])
        )
        self._same_ring = lines.ring == lines.ring[first]

    def _layouts(self) -> list[txt_system.Layout | None]:
        """By the least and greatest number of each column of each parcel."""
        filled = np.flatnonzero(self.ends > self.starts)
        layouts: list[txt_system.Layout | None] = [None] * len(self.starts)
        if not len(filled):
            return layouts
        at = self.starts[filled]
        least, most = np.minimum.reduceat, np.maximum.reduceat
        columns = (self.lines.third, self.lines.fourth)
        spans = [f(column, at).tolist() for column in columns for f in (least, most)]
        for n, low3, high3, low4, high4 in zip(filled, *spans, strict=True):
            layouts[n] = txt_system.layout_of((low3, high3), (low4, high4))
        return layouts

    def why_no_layout(self, n: int) -> str:
        """Which point spoils a parcel whose numbers do not go together."""
        start, end = int(self.starts[n]), int(self.ends[n])
        if start == end:
            return "标题行下面没有界址点"
        third, fourth, line = self.lines.third, self.lines.fourth, self.lines.line
        usual: txt_system.Layout | None = None
        for k in range(start, end):
            one = txt_system.layout_of((third[k],) * 2, (fourth[k],) * 2)
            if one is None:
                return f"第 {line[k]} 行的坐标 {third[k]:.12g},{fourth[k]:.12g} 不是中国境内的坐标"
            usual = usual or one
            if one != usual:
                return f"第 {line[k]} 行的坐标与本地块前面的点带号不同或 X、Y 次序不同"
        return "坐标不一致"

    def build(self, n: int, one: Found) -> str:
        """The shape of block `n`, or why there is none. A plain one is only noted down."""
        start, end = int(self.starts[n]), int(self.ends[n])
        block = self.lines.blocks[n]
        back = np.flatnonzero(self._back[start:end])
        count = end - start
        if self._same_ring[start:end].all() and (
            len(back) == 1 or (len(back) == 2 and back[1] == count - 1)
        ):
            closed = len(back) - 1
            if count - closed < 3:
                return f"界址点不足 3 个（第 {block.line} 行起）"
            self.simple.append(n)
            return _count_against(block, count, closed, one)
        turns = np.count_nonzero(np.diff(self.lines.ring[start:end])) + 1
        if turns > MOST_RINGS:
            return f"一个地块有 {turns} 圈界址点，超过 {MOST_RINGS} 圈"
        xy = self._xy(slice(start, end), self._swapped(n))
        closed_rings = list(rings.loops(self.lines.ring[start:end], xy))
        if len(closed_rings) > MOST_RINGS:
            return f"一个地块有 {len(closed_rings)} 圈界址点，超过 {MOST_RINGS} 圈"
        for k, loop in enumerate(closed_rings, 1):
            if len(np.unique(loop, axis=0)) < 3:
                return f"第 {k} 圈不足 3 个不同的界址点"
        why, one.shape, notes = self._assembled(closed_rings)
        if why:
            return why
        one.repairs += notes
        return _count_against(block, count, count - sum(len(r) - 1 for r in closed_rings), one)

    @staticmethod
    def _assembled(
        closed_rings: list[np.ndarray],
    ) -> tuple[str, BaseGeometry | None, list[str]]:
        """(why not, the shape, what was mended)."""
        faces = MultiPolygon([Polygon(loop) for loop in closed_rings])
        if repair.crossings_up_to(faces, repair.MOST_CROSSINGS) > repair.MOST_CROSSINGS:
            return f"边界自相交超过 {repair.MOST_CROSSINGS} 处，请改正界址点次序", None, []
        return "", *rings.assemble(closed_rings)

    def build_simple(self, found: list[Found]) -> None:
        """The shapes of one ring, made in one go."""
        blocks = np.array([n for n in self.simple if not found[n].refusal], dtype=np.int64)
        if not len(blocks):
            return
        counts = self.ends[blocks] - self.starts[blocks]
        of_block = np.repeat(np.arange(len(blocks)), counts)
        within = np.arange(len(of_block)) - np.repeat(np.cumsum(counts) - counts, counts)
        points = self.starts[blocks][of_block] + within
        swapped = np.array([self._swapped(n) for n in blocks])[of_block]
        third, fourth = self.lines.third[points], self.lines.fourth[points]
        xy = np.column_stack([np.where(swapped, third, fourth), np.where(swapped, fourth, third)])
        polygons = shapely.polygons(shapely.linearrings(xy, indices=of_block))
        for n, polygon in zip(blocks, polygons, strict=True):
            found[n].shape = polygon

    def _swapped(self, n: int) -> bool:
        layout = self.layouts[n]
        return layout is not None and layout.swapped

    def _xy(self, span: slice, swapped: bool) -> np.ndarray:
        third, fourth = self.lines.third[span], self.lines.fourth[span]
        return np.column_stack([third, fourth] if swapped else [fourth, third])


def _described(block: Block, columns: fields.Columns, project: str) -> Found:
    """What the header row says, and what already speaks against the parcel."""
    found = Found(
        f"第 {block.line} 行",
        columns.fields(block.values) if block.columns else Fields(),
        dict(zip(block.columns, block.values, strict=True)),
        messages=list(block.notes),
    )
    found.fields.project_code = found.fields.project_code or project
    if block.figure in ("线", "点"):
        block.errors.append(f"图形属性是“{block.figure}”，只能导入面")
    area = columns.area(block.values) if block.columns else ""
    try:
        declared = float(area) if area else None
    except ValueError:
        declared = math.nan
    if declared is None or math.isfinite(declared):
        found.declared = declared
    else:
        found.messages.append(f"地块面积“{area[:20]}”不是数字")
    found.refusal = "；".join(block.errors)
    return found


def _count_against(block: Block, rows: int, closings: int, one: Found) -> str:
    """Compares the number of points with what the header row says.

    Exporters count the closing point or leave it out, and leave the point itself out or not;
    anything else means that lines are missing.
    """
    said = block.declared_points
    if said is None or said == rows:
        return ""
    if said in (rows - 1, rows + 1, rows - closings):
        one.messages.append(f"标题行写 {said} 个界址点，实有 {rows} 行")
        return ""
    return f"标题行写 {said} 个界址点，实有 {rows} 行，文件可能不完整"


def _project_of(lines: Lines, file: str) -> str:
    """The project's code, where a section or the file's name gives it."""
    for key in _PROJECT_KEYS:
        code = lines.others.get(key) or lines.properties.get(key)
        if code:
            return code
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return stem if _PROJECT_NAME.fullmatch(stem) else ""


def _remarks(lines: Lines, said: txt_system.Said) -> list[str]:
    remarks = []
    shift = lines.properties.get("转换参数", "")
    if re.search("[1-9]", shift):
        remarks.append("[属性描述] 里的转换参数没有使用：坐标按所写坐标系直接读取")
    return remarks

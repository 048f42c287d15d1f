"""The project list (附件3 补充耕地项目清单) from Excel, and its template.

A column that `project_columns` does not know is kept in `extra`.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Literal

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from field_app.parcels import cells
from field_app.parcels.cells import BadCell
from field_app.parcels.project_columns import (
    REQUIRED,
    SERIAL,
    Spec,
    choices_of,
    plain,
    spec_of,
)
from field_app.parcels.projects_template import template
from field_app.problems import HEADING_NOT_FOUND, NOT_A_WORKBOOK
from field_app.workbooks import BadWorkbook, Limits, cell_name, check_package

__all__ = ["ProjectReading", "ReadProject", "read_projects", "template"]

MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_UNPACKED = 200 * 2**20
_LIMITS = Limits(MOST_ROWS, MOST_COLUMNS, MOST_UNPACKED, cells=MOST_ROWS * MOST_COLUMNS)
_HEADING_WITHIN = 30  # rows from the top
_SUMS = ("合计", "总计", "小计", "累计")


@dataclass(slots=True)
class ReadProject:
    """One row of the list. Areas in hectares; None and "" where the cell is empty."""

    row: int = 0  # 1-based, as Excel shows it
    status: Literal["taken", "refused"] = "taken"
    messages: list[str] = field(default_factory=list)
    code: str = ""
    name: str = ""
    kind: str = ""
    place: str = ""
    stage: str = ""
    approval: str = ""
    acceptance: str = ""
    registered_on: date | None = None
    scale_ha: float | None = None
    new_farmland_ha: float | None = None
    paddy_ha: float | None = None
    quality: str = ""
    capacity_kg: float | None = None
    used_ha: float | None = None
    left_ha: float | None = None
    parcels_declared: int | None = None
    coordinate_file: str = ""
    builder: str = ""
    funding: str = ""
    named_by_audit: bool | None = None
    frozen_2021: bool | None = None
    screening: str = ""
    remark: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ProjectReading:
    """A workbook, read: every row that is not empty."""

    file: str
    sheet: str
    projects: list[ReadProject]
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet at hand."""

    at: int  # 0-based
    title: str
    spec: Spec | None
    unit: str  # of an area, as the heading has it
    choices: tuple[str, ...]

    def cell_name(self, row: int) -> str:
        """`C7`. `row` is 1-based."""
        return cell_name(row - 1, self.at)


def read_projects(data: bytes, file_name: str = "项目清单.xlsx") -> ProjectReading:
    """Reads the first sheet that has the list's heading.

    Each row is taken or refused, with messages that name the cell. Raises a Problem where the
    file is no workbook or holds no such heading.
    """
    for sheet, rows in _sheets(data, file_name):
        heading = _heading(rows)
        if heading is None:
            continue
        first, columns = heading
        projects: list[ReadProject] = []
        skipped: list[str] = []
        for n, row in enumerate(rows[first:], first + 1):
            if _is_blank(row, columns):
                continue
            if any(str(cell).strip().startswith(_SUMS) for cell in row[:3]):
                skipped.append(f"第 {n} 行是合计，没有读取")
                continue
            projects.append(_project(row, n, columns))
        _refuse_repeated(projects)
        return ProjectReading(file_name, sheet, projects, skipped)
    raise HEADING_NOT_FOUND(file=file_name)


def _sheets(data: bytes, file: str) -> list[tuple[str, list[list[Any]]]]:
    """(name, rows from A1 on) of each visible sheet."""
    try:
        check_package(data, _LIMITS)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [
                (meta.name, book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False))
                for meta in book.sheets_metadata
                if meta.visible == SheetVisibleEnum.Visible
            ]
    except BadWorkbook as bad:
        raise NOT_A_WORKBOOK(file=file, what=str(bad)) from bad
    except (CalamineError, OSError, ValueError) as error:
        raise NOT_A_WORKBOOK(file=file, what="Excel 文件损坏，或加了密码") from error


def _heading(rows: Sequence[Sequence[Any]]) -> tuple[int, list[Column]] | None:
    """(the first row under the heading, the columns); None where the sheet has no such heading.

    Titles may stand above it. A heading of two rows has its code and name merged over both.
    """
    best: tuple[int, int] | None = None
    for n, row in enumerate(rows[:_HEADING_WITHIN]):
        known = [spec.field for cell in row if (spec := spec_of(str(cell)))]
        if set(REQUIRED) <= set(known) and (best is None or len(known) > best[1]):
            best = n, len(known)
    if best is None:
        return None
    upper = [str(cell) for cell in rows[best[0]]]
    lower = [str(cell) for cell in rows[best[0] + 1]] if best[0] + 1 < len(rows) else []
    keys = [n for n, title in enumerate(upper) if (s := spec_of(title)) and s.field in REQUIRED]
    two_rows = any(map(spec_of, lower)) and not any(lower[n].strip() for n in keys)
    if two_rows:
        upper = [low if spec_of(low) else up for up, low in zip(upper, lower, strict=True)]
    columns: list[Column] = []
    taken: set[str] = set()
    for at, title in enumerate(upper):
        spec = spec_of(title)
        if spec is not None and spec.field in taken:
            spec = None  # the first of two columns of one name counts, the other is kept aside
        if spec is not None:
            taken.add(spec.field)
        if plain(title) and plain(title) != SERIAL:
            unit = re.search("平方米|公顷|亩", title)
            flat = re.sub(r"\s+", "", title)
            columns.append(
                Column(at, flat, spec, unit.group() if unit else "公顷", choices_of(flat))
            )
    return best[0] + (2 if two_rows else 1), columns


def _is_blank(row: Sequence[Any], columns: Sequence[Column]) -> bool:
    return all(cells.is_empty(row[c.at]) for c in columns)


def _project(row: Sequence[Any], n: int, columns: Sequence[Column]) -> ReadProject:
    project = ReadProject(row=n)
    errors: list[str] = []
    for column in columns:
        cell = row[column.at]
        where = f"{column.cell_name(n)}（{plain(column.title)}）"
        try:
            if column.spec is None:
                if not cells.is_empty(cell):
                    project.extra[column.title] = cells.text(cell)
                continue
            value = _reader(column)(cell)
            if isinstance(value, str) and len(value) > column.spec.longest:
                raise BadCell(f"超过 {column.spec.longest} 个字")
        except BadCell as bad:
            errors.append(f"{where}：{bad}")
            continue
        setattr(project, column.spec.field, value)
        if column.spec.kind == "text" and value and column.choices and value not in column.choices:
            project.messages.append(f"{where}：“{value}”不在 {'、'.join(column.choices)} 之中")
    for column in columns:
        if column.spec and column.spec.field in REQUIRED and cells.is_empty(row[column.at]):
            errors.append(f"{column.cell_name(n)}：没有填{plain(column.title)}")
    project.messages = [*errors, *project.messages, *_doubts(project)]
    project.status = "refused" if errors else "taken"
    return project


def _reader(column: Column) -> Callable[[cells.Cell], Any]:
    assert column.spec is not None
    readers: dict[str, Callable[[cells.Cell], Any]] = {
        "text": cells.text,
        "hectares": partial(cells.hectares, unit=column.unit),
        "number": cells.number,
        "whole": cells.whole,
        "day": cells.day,
        "yes_no": cells.yes_no,
    }
    return readers[column.spec.kind]


def _doubts(project: ReadProject) -> list[str]:
    """What does not go together in a row; told, not refused."""
    doubts = []
    new, paddy, scale = project.new_farmland_ha, project.paddy_ha, project.scale_ha
    if new is not None and paddy is not None and paddy > new:
        doubts.append(f"第 {project.row} 行：水田 {paddy:g} 公顷大于新增耕地 {new:g} 公顷")
    if new is not None and scale is not None and new > scale:
        doubts.append(f"第 {project.row} 行：新增耕地 {new:g} 公顷大于建设规模 {scale:g} 公顷")
    return doubts


def _refuse_repeated(projects: Sequence[ReadProject]) -> None:
    first: dict[str, int] = {}
    for project in projects:
        if project.code and first.setdefault(project.code, project.row) != project.row:
            project.status = "refused"
            project.messages.insert(
                0,
                f"第 {project.row} 行：项目备案编号 {project.code} 与第 {first[project.code]} 行重复",
            )

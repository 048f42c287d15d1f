"""What reading a workbook finds wrong or leaves out, each with its cell."""

from dataclasses import dataclass, field

SHEETS = ("survey", "choices", "settings")
_MOST = 200  # that are told; whoever repairs a file does not read more at a time


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing, and what to do about it. `cell` is such as `C7`; empty where it is the whole
    sheet, as `sheet` is where it is the whole file."""

    sheet: str
    cell: str
    what: str


@dataclass(slots=True)
class Findings:
    """`problems` keep the file from being taken; `warnings` tell what is not taken from it."""

    problems: list[CellProblem] = field(default_factory=list)
    warnings: list[CellProblem] = field(default_factory=list)

    def refuse(self, sheet: str, cell: str, what: str) -> None:
        self.problems.append(CellProblem(sheet, cell, what))

    def warn(self, sheet: str, cell: str, what: str) -> None:
        self.warnings.append(CellProblem(sheet, cell, what))


def _place(found: CellProblem) -> tuple[int, int, str, int, str]:
    letters = found.cell.rstrip("0123456789")
    sheet = SHEETS.index(found.sheet) if found.sheet in SHEETS else -1
    return sheet, int(found.cell[len(letters) :] or 0), found.sheet, len(letters), letters


def told(found: list[CellProblem]) -> tuple[CellProblem, ...]:
    """The findings as they are shown: each once, as one meets them going down the sheets, no
    more than can be worked through."""
    unique = sorted(dict.fromkeys(found), key=_place)
    if len(unique) <= _MOST:
        return tuple(unique)
    more = CellProblem("", "", f"还有 {len(unique) - _MOST} 处没有列出，请先改好上面的再上传")
    return (*unique[:_MOST], more)

"""The rows of a sheet by the names of its columns, their cells made even."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from field_app.forms.xlsform import texts
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.headings import columns, heading
from field_app.forms.xlsform.workbook import Sheet, letters

_READ: dict[str, Callable[[str], str]] = {
    "type": texts.word,
    "list_name": texts.word,
    "required": texts.required,
    "relevant": texts.expression,
    "constraint": texts.expression,
    "choice_filter": texts.expression,
    "form_id": texts.word,
    "version": texts.word,
}
# How long a cell may be; what stands here is shown on a phone.
_LONGEST = {
    "label": 200, "hint": 500, "constraint_message": 200, "default": 2000, "say": 1000,
    "form_title": 60, "version": 30, "form_id": 64, "name": 64, "list_name": 64, "type": 200,
    "required": 1000, "relevant": 1000, "constraint": 1000, "choice_filter": 1000,
}  # fmt: skip
_LONGEST_OTHER = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not blank. `number` is Excel's."""

    sheet: str
    number: int
    values: Mapping[str, str]
    letters: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def cell(self, column: str) -> str:
        """`C7`; the first column where the sheet does not have this one."""
        return f"{self.letters.get(column, 'A')}{self.number}"

    def refuse(self, findings: Findings, column: str, what: str) -> None:
        findings.refuse(self.sheet, self.cell(column), what)

    def warn(self, findings: Findings, column: str, what: str) -> None:
        findings.warn(self.sheet, self.cell(column), what)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its columns' letters by name, and its rows. Iterates over the rows."""

    sheet: str
    letters: Mapping[str, str]
    rows: Sequence[Row] = field(default_factory=tuple)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def extra(self) -> list[str]:
        """The columns of the choices that a filter may look at."""
        return [c for c in self.letters if c not in ("list_name", "name", "label", "say")]


def table(name: str, sheet: Sheet, findings: Findings) -> Table:
    """A sheet whose first row names the columns."""
    first = sheet.rows.get(1, {})
    headings = [heading(name, letters(at), cell) for at, cell in sorted(first.items())]
    taken = columns(name, [h for h in headings if h.name], findings)
    at = {title: {letters(n): n for n in first}[letter] for title, letter in taken.items()}
    cells = {
        number: {title: row.get(n, "") for title, n in at.items()}
        for number, row in sorted(sheet.rows.items())
        if number > 1
    }
    wanted = set(taken.values())
    for cell in sheet.errors:
        if cell.rstrip("0123456789") in wanted:
            findings.refuse(name, cell, "单元格是错误值（如 #REF!），请改成文字")
    for cell in sheet.formulas:
        if cell.rstrip("0123456789") in wanted:
            findings.warn(name, cell, "单元格是公式，按上次算出的值采用；最好改成文字")
    return Table(name, taken, _rows(name, cells, taken, findings))


def table_of(name: str, rows: Sequence[Mapping[str, str]], findings: Findings) -> Table:
    """The same from rows by column, such as a CSV file gives."""
    taken = {title: letters(n) for n, title in enumerate(dict.fromkeys(c for r in rows for c in r))}
    cells = {n: {k: v or "" for k, v in row.items()} for n, row in enumerate(rows, 2)}
    return Table(name, taken, _rows(name, cells, taken, findings))


def _rows(
    name: str,
    cells: Mapping[int, Mapping[str, str]],
    taken: Mapping[str, str],
    findings: Findings,
) -> list[Row]:
    found = []
    for number, row in cells.items():
        values = {}
        for column, cell in row.items():
            if value := _READ.get(column, texts.text)(cell):
                values[column] = value
        if not values:
            continue
        one = Row(name, number, values, taken)
        for column, value in values.items():
            longest = _LONGEST.get(column, _LONGEST_OTHER)
            if len(value) > longest:
                one.refuse(findings, column, f"超过 {longest} 个字，请写短些")
                values[column] = value[:longest]
        found.append(one)
    return found

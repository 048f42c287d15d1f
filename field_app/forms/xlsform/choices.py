"""The `choices` sheet: rows to lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from field_app.forms.definition import Choice
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.rows import Row, Table
from field_app.forms.xlsform.survey import NAME, NAME_RULE, say

MOST_CHOICES = 2_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A choice with its row."""

    choice: Choice
    row: Row


@dataclass(slots=True)
class Lists:
    """All lists by name, and the columns that a filter may look at."""

    by_name: dict[str, list[Listed]] = field(default_factory=dict)
    extra: tuple[str, ...] = ()

    def choices(self) -> Mapping[str, tuple[Choice, ...]]:
        return MappingProxyType(
            {name: tuple(one.choice for one in rows) for name, rows in self.by_name.items()}
        )


def read_choices(table: Table, findings: Findings) -> Lists:
    lists = Lists(extra=tuple(table.extra))
    values: dict[tuple[str, str], Row] = {}
    labels: dict[tuple[str, str], Row] = {}
    for n, row in enumerate(table):
        if n == MOST_CHOICES:
            row.refuse(findings, "list_name", f"选项超过 {MOST_CHOICES} 个，请删去一些")
            break
        name = row["list_name"]
        if not NAME.fullmatch(name):
            what = f"“{name}”不能作列表名：{NAME_RULE}" if name else "没有写 list_name（列表名）"
            row.refuse(findings, "list_name", what)
            continue
        choice = _choice(row, lists.extra, findings)
        if not choice.value:
            continue
        same = values.setdefault((name, choice.value), row)
        if same is not row:
            what = f"“{choice.value}”与 {same.cell('name')} 的值相同，请换一个"
            row.refuse(findings, "name", what)
            continue
        like = labels.setdefault((name, choice.label), row)
        if like is not row and choice.label:
            what = f"“{choice.label}”与 {like.cell('label')} 的文字相同，选的人分不清"
            row.warn(findings, "label", what)
        lists.by_name.setdefault(name, []).append(Listed(choice, row))
    return lists


def _choice(row: Row, extra: tuple[str, ...], findings: Findings) -> Choice:
    if not row["label"]:
        row.refuse(findings, "label", "没有写 label（选项的文字）")
    elif "${" in row["label"]:
        row.refuse(findings, "label", "选项的文字里不能用 ${题目名}")
    if not row["name"]:
        row.refuse(findings, "name", "没有写 name（选项的值）")
    elif "\n" in row["name"] or "${" in row["name"]:
        row.refuse(findings, "name", "选项的值里不能换行，也不能用 ${题目名}")
    words = say(row, findings) if row["say"] else ()
    columns = {c: row[c] for c in extra if row[c]}
    return Choice(row["name"], row["label"], words, MappingProxyType(columns))

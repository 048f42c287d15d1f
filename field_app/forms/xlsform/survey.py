"""The `survey` sheet: rows to questions, groups to sections."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from field_app.forms.definition import Kind, Question
from field_app.forms.xlsform import texts
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.headings import REFUSED
from field_app.forms.xlsform.kinds import Asks, asks
from field_app.forms.xlsform.rows import Row, Table

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
NAME_RULE = "只能用英文字母、数字、_ 和 -，以字母或 _ 开头，不超过 64 个字符"
_RESERVED = {"data", "meta", "instanceid", "instancename"}
_MOST_ROWS = 300
_MOST_SAID = 50
_LONGEST_SAID = 30
# What says nothing on a row that nobody answers.
_ON_ANSWERS = ("required", "constraint", "constraint_message", "choice_filter", "default", "say")
_OF_GROUPS = {"type", "name", "label", "relevant", "hint", *REFUSED}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the rows that it comes from."""

    question: Question
    row: Row
    group: Row | None  # the group whose relevance is its too
    relevant: str  # its own, without the group's

    def refuse(self, findings: Findings, column: str, what: str) -> None:
        self.row.refuse(findings, column, what)


@dataclass(slots=True)
class Survey:
    """The sheet, understood. `plain` holds the rows that are taken, by Excel's number."""

    asked: list[Asked] = field(default_factory=list)
    plain: dict[int, Mapping[str, str]] = field(default_factory=dict)


def read_survey(table: Table, findings: Findings) -> Survey:
    return _Walk(findings).through(table)


class _Walk:
    """Goes down the rows and knows the group it is in."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.survey = Survey()
        self.group: Row | None = None
        self.inside: list[Row] = []  # groups and repeats that are open, refused ones too
        self.names: dict[str, Row] = {}

    def through(self, table: Table) -> Survey:
        for n, row in enumerate(table):
            if n == _MOST_ROWS:
                what = f"survey 超过 {_MOST_ROWS} 行，下面的没有看；请删去一些"
                row.refuse(self.findings, "type", what)
                break
            if not row["type"]:
                what = "没有写题型；如果是合并的单元格，请先拆开；不要的行请整行删去"
                row.refuse(self.findings, "type", what)
                continue
            found = asks(row["type"])
            if found.refused:
                row.refuse(self.findings, "type", found.refused)
            if found.ignored:
                row.warn(self.findings, "type", found.ignored)
            elif found.group or found.repeat:
                self._border(row, found)
            elif found.kind:
                self._question(row, found)
        for row in self.inside:
            row.refuse(self.findings, "type", "这个组没有结束，请在它最后一题下面加一行 end_group")
        return self.survey

    def _border(self, row: Row, found: Asks) -> None:
        if (found.group or found.repeat) == "end":
            if not self.inside:
                row.refuse(self.findings, "type", "上面没有对应的 begin_group，请删去这一行")
                return
            closed = self.inside.pop()
            if closed is self.group:
                self.group = None
                self.survey.plain[row.number] = {"type": "end_group"}
            return
        self.inside.append(row)
        if found.repeat:
            return
        if len(self.inside) > 1:
            row.refuse(self.findings, "type", "组里不能再套组，请先用 end_group 结束上一个组")
            return
        self.group = row
        self._no_refused_columns(row)
        name = self._name(row)
        if "${" in row["label"]:
            row.refuse(self.findings, "label", "组的标题里不能用 ${题目名}")
        left_out = [c for c in row.values if c not in _OF_GROUPS]
        for column in left_out:
            row.warn(self.findings, column, f"组没有 {column}，没有采用")
        kept = {c: v for c, v in row.values.items() if c not in left_out}
        self.survey.plain[row.number] = kept | {"type": found.canonical, "name": name}

    def _no_refused_columns(self, row: Row) -> None:
        for column, why in REFUSED.items():
            if row[column]:
                row.refuse(self.findings, column, why)

    def _name(self, row: Row) -> str:
        name = texts.word(row["name"])
        if not name:
            row.refuse(self.findings, "name", f"没有写 name；{NAME_RULE}")
        elif not NAME.fullmatch(name):
            row.refuse(self.findings, "name", f"“{name}”不能作名字：{NAME_RULE}")
        elif name.lower() in _RESERVED:
            row.refuse(self.findings, "name", f"“{name}”是保留的名字，请换一个")
        elif first := self.names.get(name.lower()):
            what = f"“{name}”与 {first.cell('name')} 重名（不分大小写），请换一个"
            row.refuse(self.findings, "name", what)
        else:
            self.names[name.lower()] = row
        return name

    def _question(self, row: Row, found: Asks) -> None:
        self._no_refused_columns(row)
        name = self._name(row)
        kind = found.kind
        assert kind is not None
        if not row["label"] and kind is not Kind.HIDDEN:
            row.refuse(self.findings, "label", "没有写 label（题目）")
        values = dict(row.values)
        idle: tuple[str, ...] = _ON_ANSWERS if kind in (Kind.NOTE, Kind.HIDDEN) else ()
        idle += ("relevant", "hint") if kind is Kind.HIDDEN else ()
        idle += () if found.list_name or "choice_filter" in idle else ("choice_filter",)
        for column in idle:
            if values.pop(column, ""):
                row.warn(self.findings, column, f"{kind} 用不上 {column}，没有采用")
        own = values.get("relevant", "")
        group = self.group if kind is not Kind.HIDDEN else None
        question = Question(
            name,
            kind,
            values.get("label", ""),
            section=self.group["label"] if self.group else "",
            hint=values.get("hint", ""),
            required=values.get("required", ""),
            relevant=_both(group["relevant"] if group else "", own),
            constraint=values.get("constraint", ""),
            constraint_message=values.get("constraint_message", ""),
            list_name=found.list_name,
            choice_filter=values.get("choice_filter", ""),
            default=values.get("default", ""),
            say=say(row, self.findings) if values.get("say") else (),
        )
        self.survey.asked.append(Asked(question, row, group, own))
        told = {c: v for c, v in values.items() if c not in REFUSED and c != "say"}
        self.survey.plain[row.number] = told | {"type": found.canonical, "name": name}


def _both(group: str, own: str) -> str:
    return f"({group}) and ({own})" if group and own else group or own


def say(row: Row, findings: Findings) -> tuple[str, ...]:
    """The everyday words of a row, bounded."""
    said = texts.said(row["say"])
    if len(said) > _MOST_SAID:
        row.refuse(findings, "say", f"说法超过 {_MOST_SAID} 个，请删去少用的")
    if long := next((w for w in said if len(w) > _LONGEST_SAID), ""):
        what = f"“{long[:10]}…”超过 {_LONGEST_SAID} 个字；说法之间用 | 隔开"
        row.refuse(findings, "say", what)
    return said

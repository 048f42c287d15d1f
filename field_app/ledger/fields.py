"""Which columns of an entry a person may change, and what each one takes.

Missing on purpose: the number and the category (the number holds it), where the entry came from,
its state, its nature, what its unit reports, and everything about close-out, 挂账, 移送 and 回头看:
each of these has a step of its own.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from field_app.problems import BAD_INPUT
from models.tables import Entry
from models.taxonomy import OwnColumn, own_columns, problem_types, townships

YES_NO = ("是", "否")
FIRST_YEAR, LAST_YEAR = 1990, 2100
NUMBER_MAX = 1e12
OWN_TEXT_MAX = 400
MAX_TEXT = 4000
"""Characters of a long text; an Excel cell holds 32,767."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the entry: its name on the page, and the check that cleans a new value."""

    label: str
    clean: Callable[[str, Any, Entry], Any]


def _text(limit: int) -> Callable[[str, Any, Entry], str]:
    def clean(label: str, value: Any, _entry: Entry) -> str:
        text = str(value or "").strip()
        if len(text) > limit:
            raise BAD_INPUT(what=f"“{label}”最多 {limit} 个字，现在有 {len(text)} 个。")
        return text

    return clean


def _due(label: str, value: Any, entry: Entry) -> date | None:
    if value is None:
        return None
    if not isinstance(value, date):
        raise BAD_INPUT(what=f"“{label}”须是日期。")
    if value < entry.found_on:
        raise BAD_INPUT(what=f"“{label}”不能早于发现日期 {entry.found_on}。")
    return value


def _mu(label: str, value: Any, _entry: Entry) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BAD_INPUT(what=f"“{label}”须是数字（亩）。")
    if not math.isfinite(value) or value < 0:
        raise BAD_INPUT(what=f"“{label}”不能小于 0。")
    return round(float(value), 4)


def _type(label: str, value: Any, entry: Entry) -> str:
    check_type(entry.category, value, label)
    return str(value)


def _township(label: str, value: Any, _entry: Entry) -> str | None:
    if value and value not in townships():
        raise BAD_INPUT(what=f"“{label}”须从列表中选择。")
    return value or None


FIELDS: dict[str, Field] = {
    "problem_type": Field("问题子类", _type),
    "description": Field("问题描述", _text(MAX_TEXT)),
    "township_code": Field("乡镇", _township),
    "village": Field("村", _text(60)),
    "area_mu": Field("涉及面积（亩）", _mu),
    "cultivated_mu": Field("其中耕地（亩）", _mu),
    "responsible_person": Field("责任人", _text(40)),
    "measure": Field("整改措施", _text(MAX_TEXT)),
    "due_on": Field("整改期限", _due),
    "remark": Field("备注", _text(MAX_TEXT)),
}
UNITS = "units"
EXTRA = "extra"
PARCEL = "parcel"
LABELS = {name: field.label for name, field in FIELDS.items()} | {
    UNITS: "责任主体",
    "nature": "问题性质",
    "arose_during": "边整治边发生",
    "progress": "整改进展",
    "rectified_on": "整改完成日期",
    "closed_on": "销号日期",
    "carried": "挂账原因",
    "carried_until": "挂账期限",
    "carried_approver": "挂账批准",
    "handed_to": "移送机关及文号",
    "feedback": "移送反馈",
    "second_look": "回头看结果",
    "undone": "撤销了",
    "state": "状态",
    "number": "问题编号",
    "category": "问题大类",
    "found_on": "发现日期",
}
"""What each name of an event's `old` and `new` is called on a page."""


def check_type(category: int, code: Any, label: str = "问题子类") -> None:
    """Refuses a problem type of another category."""
    known = problem_types().get(str(code))
    if known is None or known.category != category:
        raise BAD_INPUT(what=f"“{label}”{code} 不属于问题大类 {category}，请重新选择。")


def changed(entry: Entry, wishes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What would change of the entry's own columns: (old, new), both by field name; the columns
    of `extra` by their own name, as `extra` writes them. Units are not looked at here."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name, value in wishes.items():
        if name in (UNITS, EXTRA, PARCEL):
            continue
        if name not in FIELDS:
            raise BAD_INPUT(what=f"“{name}”不能在这里修改。")
        field = FIELDS[name]
        cleaned, before = field.clean(field.label, value, entry), getattr(entry, name)
        if cleaned != before:
            old[name], new[name] = before, cleaned
    whole = new.get("area_mu", entry.area_mu)
    part = new.get("cultivated_mu", entry.cultivated_mu)
    if whole is not None and part is not None and part > whole:
        raise BAD_INPUT(what=f"其中耕地 {part:g} 亩不能大于涉及面积 {whole:g} 亩。")
    return old, new


def changed_extra(entry: Entry, wishes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What would change of the ledger's own columns: (old, new) by column name, the empty text
    where there is nothing."""
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    allowed = own_columns(entry.category)
    for column, value in wishes.items():
        if column not in allowed:
            raise BAD_INPUT(what=f"台账{entry.category}没有“{column}”这一列。")
        cleaned = own_value(allowed[column], value)
        before = entry.extra.get(column, "")
        if cleaned != before:
            old[column], new[column] = before, cleaned
    return old, new


def own_value(column: OwnColumn, value: Any) -> Any:
    """A value as `Entry.extra` keeps it: numbers and years as numbers, days by their ISO text,
    yes and no as 是 and 否; the empty text for nothing. BAD_INPUT where it does not fit."""
    label = column.name
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if column.type == "text":
        text = str(value).strip()
        if len(text) > OWN_TEXT_MAX:
            raise BAD_INPUT(what=f"“{label}”最多 {OWN_TEXT_MAX} 个字，现在有 {len(text)} 个。")
        return text
    if column.type in ("number", "year"):
        return _own_number(column, value)
    if column.type == "date":
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise BAD_INPUT(what=f"“{label}”须是日期，例如 2026-04-15。") from error
        return day.isoformat()
    if column.type == "yes_no" and isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    choices = YES_NO if column.type == "yes_no" else column.choices
    if str(value).strip() not in choices:
        raise BAD_INPUT(what=f"“{label}”须是{'、'.join(choices)}中的一个。")
    return str(value).strip()


def _own_number(column: OwnColumn, value: Any) -> float | int:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        unit = f"（{column.unit}）" if column.unit else ""
        raise BAD_INPUT(what=f"“{column.name}”须是数字{unit}。") from error
    if isinstance(value, bool) or not math.isfinite(number) or number < 0:
        raise BAD_INPUT(what=f"“{column.name}”须是不小于 0 的数字。")
    if column.type == "year":
        if number != int(number) or not FIRST_YEAR <= number <= LAST_YEAR:
            raise BAD_INPUT(what=f"“{column.name}”须是年份，例如 2026。")
        return int(number)
    if number > NUMBER_MAX:
        raise BAD_INPUT(what=f"“{column.name}”太大，请核对。")
    return round(number, 4)


def own_said(column: OwnColumn, value: Any) -> str:
    """A kept value as a page shows it, with its unit.

    >>> own_said(OwnColumn(1, "已补面积", "number", "亩", ()), 12.5)
    '12.5 亩'
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value or "")
    return f"{value:g} {column.unit}".strip() if column.type == "number" else str(value)

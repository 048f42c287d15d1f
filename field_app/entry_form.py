"""Changing an entry: its columns, its units, and the ledger's own columns by what each takes."""

from datetime import date
from typing import Any

import streamlit as st

from field_app import shell, words
from field_app.ledger import entries, fields
from field_app.ledger.listing import EntryShown, problem_label
from field_app.roles import Who
from field_app.settings import settings
from models.taxonomy import OwnColumn, own_columns, problem_types, township_name, townships

_LONG = ("description", "measure", "remark")


def _went(said: str) -> None:
    shell.toast_later(said)
    st.rerun()


def amend(shown: EntryShown, edition: int, who: Who) -> None:
    """The columns of an entry, to be changed with a reason."""
    # A field is named by the value it began with: after somebody else's change it shows the new
    # value, while everything else that was typed stays.
    with st.form(f"amend_{shown.id}", border=False, enter_to_submit=False):
        wishes = _fields(shown)
        kinds = own_columns(shown.row.category)
        own = {name: _own(shown, kinds[name], value) for name, value in shown.own_columns}
        why = st.text_input("修改理由（必填）", max_chars=1000, key=f"amend_why_{shown.id}")
        if not st.form_submit_button("保存修改", type="primary", width="stretch"):
            return
        changed = {n: v for n, v in wishes.items() if v != _before(shown, n)}
        before = dict(shown.own_columns)
        extra = {c: v for c, v in own.items() if _kept(v) != before[c]}
        if extra:
            changed[fields.EXTRA] = extra
        with shell.guarded():
            entries.change(shown.id, edition, changed, why=why, who=who, now=shell.now())
            _went("已保存")


def _before(shown: EntryShown, name: str) -> Any:
    if name == fields.PARCEL:
        return ""
    return shown.unit_ids if name == fields.UNITS else shown.values[name]


def _own(shown: EntryShown, column: OwnColumn, value: Any) -> Any:
    """One of the ledger's own columns, by what it takes."""
    key = words.plain(f"own_{shown.id}_{column.name}_{value}")
    label = f"{column.name}（{column.unit}）" if column.unit else column.name
    if column.type == "number":
        return st.number_input(
            label, min_value=0.0, value=_number(value), format="%.4g", key=key, placeholder="未填"
        )
    if column.type == "year":
        year = None if _number(value) is None else int(value)
        return st.number_input(
            label, fields.FIRST_YEAR, fields.LAST_YEAR, value=year, step=1, key=key
        )
    if column.type == "date":
        day = date.fromisoformat(value) if _is_day(value) else None
        return st.date_input(label, day, format="YYYY-MM-DD", key=key)
    if column.type in ("choice", "yes_no"):
        choices = ["", *(fields.YES_NO if column.type == "yes_no" else column.choices)]
        if value not in choices:
            choices.append(value)
        return st.selectbox(
            label, choices, index=choices.index(value), format_func=lambda c: c or "未填", key=key
        )
    return st.text_input(label, str(value), max_chars=fields.OWN_TEXT_MAX, key=key)


def _number(value: Any) -> float | None:
    """The number that is kept; None for nothing, or for a text from before numbers were asked."""
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if known else None


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _kept(value: Any) -> Any:
    """An input's answer as the entry keeps it, to see whether it is another."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value


def _fields(shown: EntryShown) -> dict[str, Any]:
    """The inputs; each answers in the type that `fields.FIELDS` takes."""
    now = shown.values
    types = [t.code for t in problem_types().values() if t.category == shown.row.category]
    if now["problem_type"] not in types:
        types.insert(0, now["problem_type"])
    county = [t.code for t in townships().values() if t.county_code == settings().county_code]
    places = [None, *county]
    if now["township_code"] not in places:
        places.append(now["township_code"])
    names = {unit.id: unit.name for unit in shown.choices}
    got: dict[str, Any] = {}
    if not shown.row.parcel:
        got[fields.PARCEL] = st.text_input(
            "地块编号", key=f"parcel_{shown.id}", placeholder="补登后按它核验照片，不能再改"
        )
    got |= {
        "problem_type": _choice(shown, "problem_type", types, problem_label),
        fields.UNITS: tuple(
            st.multiselect(
                "责任单位（第一个牵头）",
                list(names),
                default=list(shown.unit_ids),
                format_func=lambda unit_id: names[unit_id],
                placeholder="未定",
                key=f"units_{shown.id}_{shown.unit_ids}",
            )
        ),
        "responsible_person": st.text_input(
            _label("responsible_person"),
            now["responsible_person"],
            max_chars=40,
            key=_key(shown, "responsible_person"),
        ),
        "due_on": st.date_input(
            _label("due_on"), now["due_on"], format="YYYY-MM-DD", key=_key(shown, "due_on")
        ),
    }
    for name in _LONG:
        got[name] = st.text_area(
            _label(name),
            now[name],
            max_chars=fields.MAX_TEXT,
            height="content",
            key=_key(shown, name),
        )
    got["township_code"] = _choice(shown, "township_code", places, township_name)
    got["village"] = st.text_input(
        _label("village"), now["village"], max_chars=60, key=_key(shown, "village")
    )
    for name in ("area_mu", "cultivated_mu"):
        got[name] = st.number_input(
            _label(name), min_value=0.0, value=now[name], format="%.2f", key=_key(shown, name)
        )
    return got


def _choice(shown: EntryShown, name: str, options: list[Any], said: Any) -> Any:
    return st.selectbox(
        _label(name),
        options,
        index=options.index(shown.values[name]),
        format_func=said,
        key=_key(shown, name),
    )


def _label(name: str) -> str:
    return fields.LABELS[name]


def _key(shown: EntryShown, name: str) -> str:
    return words.plain(f"amend_{shown.id}_{name}_{shown.values[name]}")

"""Changing an entry: its columns, its units, the ledger's own columns, and starting the work."""

from typing import Any

import streamlit as st

from field_app import seen, shell, words
from field_app.ledger import entries, fields, rectifying
from field_app.ledger.listing import EntryShown, problem_label
from field_app.ledger.workflow import Step
from field_app.roles import Who
from field_app.settings import settings
from models.taxonomy import problem_types, township_name, townships

_LONG = ("description", "measure", "remark")


def draw(shown: EntryShown, who: Who) -> None:
    """What `who` may do with the entry; nothing where the table offers nothing."""
    edition = seen.edition("entry", shown.id, shown.edition)
    if Step.BEGIN in shown.steps and st.button(
        "开始整改", icon=":material/play_arrow:", width="stretch", key="begin"
    ):
        with shell.guarded():
            rectifying.begin(shown.id, edition, who=who, now=shell.now())
            _went("已开始整改")
    if Step.AMEND in shown.steps:
        with st.expander("修改条目", icon=":material/edit:"):
            _amend(shown, edition, who)


def _went(said: str) -> None:
    shell.toast_later(said)
    st.rerun()


def _amend(shown: EntryShown, edition: int, who: Who) -> None:
    # A field is named by the value it began with: after somebody else's change it shows the new
    # value, while everything else that was typed stays.
    with st.form(f"amend_{shown.id}", border=False, enter_to_submit=False):
        wishes = _fields(shown)
        own = {
            column: st.text_input(column, value, key=f"own_{shown.id}_{column}_{value}")
            for column, value in shown.own_columns
        }
        why = st.text_input("修改理由（必填）", max_chars=1000, key=f"amend_why_{shown.id}")
        if not st.form_submit_button("保存修改", type="primary", width="stretch"):
            return
        changed = {n: v for n, v in wishes.items() if v != _before(shown, n)}
        extra = {c: v for c, v in own.items() if v != dict(shown.own_columns)[c]}
        if extra:
            changed[fields.EXTRA] = extra
        with shell.guarded():
            entries.change(shown.id, edition, changed, why=why, who=who, now=shell.now())
            _went("已保存")


def _before(shown: EntryShown, name: str) -> Any:
    return shown.unit_ids if name == fields.UNITS else shown.values[name]


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
    got: dict[str, Any] = {
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

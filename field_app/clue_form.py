"""Registering a clue that came to the office by another way than a visit."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from field_app import clock, list_filters, review, shell
from field_app.ledger import entries, fields
from field_app.ledger.entries import Registered
from field_app.roles import Who
from models.taxonomy import categories, problem_types
from models.vocabulary import Source


def draw(who: Who, went: Callable[[int], None]) -> None:
    """The form; `went` is called with the new entry."""
    st.caption("审计、督察、举报等来的线索先登记，由另一名督导核实后再整改。")
    ledgers = {c.no: f"{c.no} {c.name}" for c in categories().values()}
    category = st.selectbox(
        "问题大类（台账）", list(ledgers), format_func=lambda no: ledgers[no], key="clue_category"
    )
    kinds = {t.code: t.name for t in problem_types().values() if t.category == category}
    county = list_filters.county_townships()
    times = st.session_state.get("clues", 0)
    today = clock.local(shell.now()).date()
    with st.form(f"clue_{times}_{category}", border=False, enter_to_submit=False):
        code = st.selectbox("问题子类", list(kinds), format_func=lambda c: f"{c} {kinds[c]}")
        source = st.selectbox("问题来源", [s for s in Source if s != Source.FIELD])
        found_on = st.date_input("发现日期", today, max_value=today, format="YYYY-MM-DD")
        parcel = st.text_input("地块编号（没有可不填，核实前补）")
        township = st.selectbox(
            "乡镇",
            [None, *county],
            format_func=lambda c: county.get(c, "按地块") if c else "按地块",
        )
        village = st.text_input("村", max_chars=60)
        text = st.text_area("问题描述", max_chars=fields.MAX_TEXT, height="content")
        units = {u.id: u.name for u in review.units(who)}
        chosen = st.multiselect(
            "责任单位（第一个牵头）",
            list(units),
            format_func=lambda unit_id: units[unit_id],
            placeholder="未定",
        )
        if not st.form_submit_button("登记线索", type="primary", width="stretch"):
            return
        with shell.guarded():
            clue = Registered(
                category, code, Source(source), _day(found_on), text or "", township,
                village or "", parcel or "", unit_ids=tuple(chosen),
            )  # fmt: skip
            made = entries.register(clue, who=who, now=shell.now())
            st.session_state["clues"] = times + 1
            shell.toast_later("已登记，等待核实")
            went(made)
            st.rerun()


def _day(value: object) -> date:
    assert isinstance(value, date)  # one day was asked for, and it cannot be emptied
    return value

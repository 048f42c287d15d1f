"""督办: who owes what, by unit, the worst first."""

import streamlit as st

from field_app import shell, words
from field_app.ledger import pressing
from field_app.ledger.deadlines import SOON_DAYS
from field_app.ledger.filters import Due
from field_app.ledger.pressing import Debt, Pressing, UnitDebt
from field_app.roles import Action, may, require

who = shell.who()
st.title("督办")
with shell.guarded():
    require(who, Action.SEE_OWING)
if not may(who, Action.SEE_OWING):
    st.stop()


def numbers(debt: Debt) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        colour = "red" if debt.late else "gray"
        st.badge(f"已逾期 {debt.late}", icon=":material/alarm:", color=colour)
        if debt.soon:
            st.badge(f"即将到期 {debt.soon}", icon=":material/event:", color="orange")
        if debt.unset:
            st.badge(f"未定期限 {debt.unset}", icon=":material/help:", color="orange")
        st.badge(f"未办结 {debt.open}", icon=":material/list:", color="gray")


def unit_card(unit: UnitDebt) -> None:
    with st.container(border=True, gap="xsmall", key=f"unit_{unit.unit_id or 0}"):
        st.markdown(f"**{words.plain(unit.name)}**")
        numbers(unit.debt)
        if unit.debt.oldest:
            st.caption(f"最早的期限 {unit.debt.oldest}，逾期 {unit.debt.longest} 天")
        if unit.unit_id is not None:
            urgent = unit.debt.late or unit.debt.soon
            due = {"due": (Due.LATE if unit.debt.late else Due.SOON).name} if urgent else {}
            shell.link(
                "ledger",
                "看逾期的条目" if unit.debt.late else "看条目",
                icon=":material/arrow_forward:",
                main=bool(unit.debt.late),
                place="owing",
                unit=str(unit.unit_id),
                **due,
            )


def whole(found: Pressing) -> None:
    st.caption(
        f"责任单位欠办的问题，逾期最多的在前。即将到期指 {SOON_DAYS} 个工作日内到期。一条问题有几个责任单位的，"
        "每个单位各算一次，合计只算一次。"
    )
    if found.caution:
        st.caption(f":material/calendar_month: {found.caution}")
    st.markdown("**合计**")
    numbers(found.all_units)
    if not found.units:
        st.success("没有等责任单位办理的问题。", icon=":material/task_alt:")
    with st.grid(min_column_width=300):
        for unit in found.units:
            unit_card(unit)
    st.subheader("督导的核实和审批")
    with st.container(horizontal=True, gap="xsmall"):
        late = found.deciding.late
        st.badge(f"超时 {late}", icon=":material/alarm:", color="red" if late else "gray")
        st.badge(f"等着办 {found.deciding.open}", icon=":material/list:", color="gray")
    if found.deciding.late:
        shell.link(
            "ledger",
            "看超时的条目",
            icon=":material/arrow_forward:",
            main=False,
            place="deciding",
            due=Due.DECIDE_LATE.name,
        )


with shell.guarded():
    whole(pressing.pressing(who, now=shell.now()))

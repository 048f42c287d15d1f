"""待办: what waits for me, by when, and one button to it."""

import streamlit as st

from field_app import entry_looks, list_filters, milestone_looks, shell, words
from field_app.ledger import todo
from field_app.ledger.filters import NO_TEAM
from field_app.ledger.todo import Todo, Waiting
from field_app.milestones import owed
from field_app.roles import Action, may, require
from models.vocabulary import EntryState, Role

_PER_PAGE = 20
_NOTHING = {
    Role.UNIT: "没有等您办理的问题。",
    Role.SUPERVISOR: "没有等着核实或审批销号的问题。",
    Role.OFFICE: "没有责任单位、措施或期限未定的问题。",
}
_DO = {
    EntryState.TO_VERIFY: "去核实",
    EntryState.TO_RECTIFY: "开始整改",
    EntryState.RECTIFYING: "填报整改",
    EntryState.TO_CLOSE: "审批销号",
    EntryState.RETURNED: "看退回理由，继续整改",
}

who = shell.who()
st.title("待办")
with shell.guarded():
    require(who, Action.SEE_TODO)
if not may(who, Action.SEE_TODO):
    st.stop()


def counts(found: Todo) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(f"等我办理 {found.total}", icon=":material/inbox:", color="blue")
        if found.late:
            st.badge(f"已逾期 {found.late}", icon=":material/alarm:", color="red")
        if found.soon:
            st.badge(f"即将到期 {found.soon}", icon=":material/event:", color="orange")
        if found.without_team:
            st.badge(f"{NO_TEAM} {found.without_team}", icon=":material/group_off:", color="orange")
        if found.elsewhere:
            st.badge(f"在别人手里 {found.elsewhere}", icon=":material/group:", color="gray")


def reminders() -> None:
    """What the milestones call for, beside the entries."""
    calling = {s: n for s, n in owed.calls(who, now=shell.now()).items() if n}
    if calling:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown("**节点**")
            for stand, count in calling.items():
                milestone_looks.stand_badge(stand, count)


def card(each: Waiting) -> None:
    row = each.row
    with st.container(border=True, gap="xsmall", key=f"todo_{row.id}"):
        st.markdown(f"**{words.plain(row.number)}**　{words.plain(row.problem)}")
        place = f"{row.township} {row.village} · {row.parcel or '未定地块'}"
        st.caption(words.plain(place))
        with st.container(horizontal=True, gap="xsmall"):
            entry_looks.state_badge(row.state)
            if each.by is None:
                st.badge("未定期限", icon=":material/event:", color="gray")
            else:
                entry_looks.day_badge(
                    f"{each.by}，{entry_looks.left_words(each.left)}", each.standing
                )
            if row.no_team:
                st.badge(NO_TEAM, icon=":material/group_off:", color="orange")
            if not row.units:
                st.badge("责任单位未定", icon=":material/help:", color="orange")
        if each.why:
            st.caption(words.plain(f"退回的理由：{each.why}"))
        label = "补全责任、措施和期限" if who.role == Role.OFFICE else _DO[row.state]
        shell.link(
            "ledger", label, icon=":material/arrow_forward:", place="todo", entry=str(row.id)
        )
        if row.state == EntryState.RECTIFYING and row.parcel:
            shell.proof_link(row.id)


with shell.guarded():
    offset = _PER_PAGE * list_filters.page_of("todo", str(who.id))
    found = todo.waiting(who, now=shell.now(), limit=_PER_PAGE, offset=offset)
    counts(found)
    reminders()
    with st.container(horizontal=True):
        shell.link("milestones", "节点报送", icon=":material/flag:", main=False)
        if may(who, Action.SEE_OWING):
            shell.link("owing", "督办", icon=":material/alarm:", main=False)
        if may(who, Action.SEE_FIGURES):
            shell.link("dashboard", "看板和报告", icon=":material/monitoring:", main=False)
    if found.caution:
        st.caption(f":material/calendar_month: {found.caution}")
    if not found.rows:
        st.success(_NOTHING[who.role], icon=":material/task_alt:")
    with st.grid(min_column_width=320):
        for each in found.rows:
            card(each)
    list_filters.pager("todo", offset=offset, per_page=_PER_PAGE, total=found.total)

"""台账: the entries by filter, one entry with its course, and the six ledgers as Excel."""

import streamlit as st

from field_app import (
    accounts,
    clue_form,
    entry_looks,
    list_filters,
    return_looks,
    shell,
    units,
    words,
)
from field_app.ledger import exports
from field_app.ledger import listing as ledger
from field_app.ledger.filters import NO_TEAM, NO_TOWNSHIP, Due, LedgerFilter
from field_app.ledger.listing import LedgerPage, LedgerRow
from field_app.problems import SIGN_IN_NEEDED
from field_app.roles import Action, may, require
from field_app.settings import settings
from models.taxonomy import categories
from models.vocabulary import EntryState

_PER_PAGE = 20
_DUE = {
    Due.LATE: "已逾期",
    Due.SOON: "即将到期",
    Due.NONE: "未定期限",
    Due.DECIDE_LATE: "审批超时",
}
_LATE = (Due.LATE, Due.DECIDE_LATE)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

who = shell.who()
st.title("台账")
with shell.guarded():
    require(who, Action.SEE_LEDGER)
if not may(who, Action.SEE_LEDGER):
    st.stop()


def open_entry(entry_id: int | None) -> None:
    """The entry stands in the address, so that it can be sent on and survives a reload."""
    st.query_params.from_dict({} if entry_id is None else {"entry": str(entry_id)})


def brought_along() -> None:
    """Another page's link brings a filter along: it is taken once, then holds what is chosen here."""
    due = st.query_params.pop("due", "")
    state = st.query_params.pop("state", "")
    township = st.query_params.pop("township", "")
    unit = shell.record_id(st.query_params.pop("unit", ""))
    category = shell.record_id(st.query_params.pop("category", ""))
    if due in Due.__members__:
        st.session_state["ledger_due"] = Due[due]
    if state in EntryState.__members__:
        st.session_state["ledger_state"] = EntryState[state]
    if township in (NO_TOWNSHIP, *list_filters.county_townships()):
        st.session_state["ledger_township"] = township
    if category in categories():
        st.session_state["ledger_category"] = category
    if unit in answering:
        st.session_state["ledger_unit"] = unit


def ask_due(due: Due) -> None:
    """Puts the deadline into the filter, or takes it out again."""
    same = st.session_state.get("ledger_due") == due
    st.session_state["ledger_due"] = None if same else due


def asked_filter() -> LedgerFilter:
    kinds = {None: "全部台账"} | {c.no: f"{c.no} {c.name}" for c in categories().values()}
    typed = st.text_input(
        "查找",
        key="ledger_words",
        placeholder="编号、地块、项目、村名或问题描述",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    with (
        st.expander("筛选", icon=":material/filter_list:"),
        st.grid(min_column_width=160, vertical_alignment="bottom"),
    ):
        category = st.selectbox(
            "台账", list(kinds), format_func=lambda no: kinds[no], key="ledger_category"
        )
        township = list_filters.asked_township("ledger_township", none=NO_TOWNSHIP)
        state = st.selectbox(
            "状态",
            [None, *EntryState],
            format_func=lambda s: str(s or "全部状态"),
            key="ledger_state",
        )
        due = st.selectbox(
            "期限", [None, *Due], format_func=lambda d: str(d or "全部期限"), key="ledger_due"
        )
        unit = None
        if answering:
            unit = st.selectbox(
                "责任单位",
                [None, *answering],
                format_func=lambda u: answering.get(u, "全部单位"),
                key="ledger_unit",
            )
        no_team = st.toggle(f"只看{NO_TEAM}", key="ledger_no_team")
    wanted = LedgerFilter(
        category=category,
        township_code=township,
        state=EntryState(state) if state else None,
        due=Due(due) if due else None,
        unit_id=unit,
        unit_name=answering.get(unit, ""),
        no_team=no_team,
        words=typed or "",
        limit=_PER_PAGE,
    )
    return wanted.at(_PER_PAGE * list_filters.page_of("ledger", wanted.in_words()))


def counts(page: LedgerPage, wanted: LedgerFilter) -> None:
    if wanted.narrows:
        st.caption(words.plain(wanted.in_words()))
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(f"共 {page.total} 条", icon=":material/list:", color="gray")
        if page.without_team:
            st.badge(f"{NO_TEAM} {page.without_team}", icon=":material/group_off:", color="orange")
    with st.container(horizontal=True, gap="xsmall", key="by_due"):
        for due, label in _DUE.items():
            if page.due[due] or wanted.due == due:
                st.button(
                    f"{label} {page.due[due]}",
                    key=f"due_{due.name}",
                    icon=":material/alarm:" if due in _LATE else ":material/event:",
                    type="primary" if wanted.due == due else "secondary",
                    help="再点一次看全部" if wanted.due == due else None,
                    on_click=ask_due,
                    args=(due,),
                )
    if page.caution:
        st.caption(f":material/calendar_month: {page.caution}")


def export_part(wanted: LedgerFilter) -> None:
    if not may(who, Action.EXPORT_LEDGER):
        return

    def made() -> bytes:
        # Asked for long after the page was drawn, maybe: is it still this person, in this role?
        person = accounts.who_by_sign_in(who.sign_in_id or 0, now=shell.now())
        if person is None:
            raise SIGN_IN_NEEDED()
        return exports.ledgers_xlsx(person, wanted, now=shell.now())

    st.download_button(
        "导出 Excel（六张台账，按当前筛选）",
        made,
        file_name=f"{settings().county_name}问题整改台账_{words.day(shell.now())}.xlsx",
        mime=_XLSX,
        icon=":material/download:",
        on_click="ignore",
        key="export",
    )


def card(row: LedgerRow, *, chosen: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"entry_{row.id}"):
        st.markdown(f"**{words.plain(row.number)}**　{words.plain(row.problem)}")
        place = f"{row.township} {row.village} · {row.parcel or '未定地块'} · {row.project}"
        st.caption(words.plain(place.rstrip(" ·")))
        entry_looks.badges(row, no_team=NO_TEAM)
        st.button(
            "正在查看" if chosen else "查看",
            key=f"open_{row.id}",
            type="primary" if chosen else "secondary",
            width="stretch",
            on_click=open_entry,
            args=(row.id,),
        )


def beside() -> None:
    """What is done with the ledger as a whole."""
    if may(who, Action.BRING_LEDGER):
        with shell.guarded():
            return_looks.draw(who)
    if may(who, Action.REGISTER_CLUE):
        with st.expander("登记问题线索", icon=":material/add:"):
            clue_form.draw(who, open_entry)
    places = (
        (Action.SEE_FIGURES, "dashboard", "看板和报告", ":material/monitoring:"),
        (Action.SEE_OWING, "owing", "督办", ":material/alarm:"),
        (Action.SEE_DRAWS, "second_look", "抽查与回头看", ":material/casino:"),
        (Action.EDIT_PRESETS, "presets", "分类预设", ":material/tune:"),
    )
    with st.grid(min_column_width=160, gap="small"):
        for action, path, label, icon in places:
            if may(who, action):
                shell.link(path, label, icon=icon, main=False)


def list_part(page: LedgerPage, wanted: LedgerFilter, chosen: int | None) -> None:
    if not page.rows:
        st.info(
            "没有符合条件的台账条目。换个词，或去掉筛选再试。"
            if wanted.narrows
            else "台账里还没有条目。审核时确认的问题、登记的线索，会列在这里。"
        )
    for row in page.rows:
        card(row, chosen=row.id == chosen)
    list_filters.pager("ledger", offset=wanted.offset, per_page=_PER_PAGE, total=page.total)


answering = units.names() if may(who, Action.SEE_OWING) else {}
brought_along()
asked = st.query_params.get("entry", "")
chosen = shell.record_id(asked)
if chosen is not None:
    # On a phone the list would push the entry off the screen; at a desk both stand side by side.
    st.html(
        "<style>@media (max-width: 640px) { .st-key-ledger_list { display: none; } }"
        "@media (min-width: 641px) { .st-key-back_to_list { display: none; } }</style>"
    )
left, right = st.columns([1, 1.2], gap="medium")
with left, st.container(key="ledger_list"):
    wanted = asked_filter()
    with shell.guarded():
        page = ledger.listing(who, wanted, now=shell.now())
        counts(page, wanted)
        export_part(wanted)
        beside()
        list_part(page, wanted, chosen)
with right:
    if chosen is None:
        with st.container(key="choose_beside"):  # on a phone nothing stands beside the list
            st.info("选一条台账，查看措施、期限、经过和现场照片。", icon=":material/arrow_back:")
    else:
        st.button(
            "返回列表",
            key="back_to_list",
            icon=":material/arrow_back:",
            on_click=open_entry,
            args=(None,),
        )
        with shell.guarded():
            entry_looks.draw(ledger.detail(chosen, who, now=shell.now()), who, no_team=NO_TEAM)

"""One entry as its page draws it: what it waits for, the step to take, pictures before and after,
what the unit reported, hand-overs, and all that happened."""

import streamlit as st

from field_app import (
    case_looks,
    entry_form,
    entry_pictures,
    entry_steps,
    package_looks,
    seen,
    shell,
    sync_looks,
    words,
)
from field_app.entry_steps import At
from field_app.ledger import fields
from field_app.ledger.deadlines import Standing
from field_app.ledger.listing import EntryShown, LedgerRow
from field_app.ledger.workflow import Step
from field_app.roles import Action, Who, may
from models.taxonomy import own_columns
from models.vocabulary import EntryState, Role

STATES = {
    EntryState.TO_VERIFY: ("violet", ":material/search:"),
    EntryState.TO_RECTIFY: ("orange", ":material/pending_actions:"),
    EntryState.RECTIFYING: ("blue", ":material/construction:"),
    EntryState.TO_CLOSE: ("violet", ":material/hourglass_top:"),
    EntryState.CLOSED: ("green", ":material/task_alt:"),
    EntryState.RETURNED: ("red", ":material/undo:"),
}
_WAITS = {
    EntryState.TO_VERIFY: "等督导核实",
    EntryState.TO_RECTIFY: "等责任单位开始整改",
    EntryState.RECTIFYING: "责任单位正在整改，完成后申请销号",
    EntryState.TO_CLOSE: "责任单位已申请销号，等督导审批",
}
_DECIDE = {EntryState.TO_VERIFY: "核实", EntryState.TO_CLOSE: "审批"}
_MAIN = "main_step"


def state_badge(state: EntryState) -> None:
    """The state by colour and sign."""
    colour, icon = STATES[state]
    st.badge(state, icon=icon, color=colour)  # type: ignore[arg-type]


def left_words(left: int | None) -> str:
    """`逾期 3 天`, `今天到期`, `还有 5 天`; nothing where no day is set.

    >>> left_words(-3), left_words(0), left_words(5), left_words(None)
    ('逾期 3 天', '今天到期', '还有 5 天', '')
    """
    if left is None:
        return ""
    return f"逾期 {-left} 天" if left < 0 else f"还有 {left} 天" if left else "今天到期"


def badges(row: LedgerRow, *, no_team: str) -> None:
    """State, deadline and what is unsettled of a row of the ledger."""
    with st.container(horizontal=True, gap="xsmall"):
        state_badge(row.state)
        day_badge(_due_words(row), row.standing)
        if row.no_team:
            st.badge(no_team, icon=":material/group_off:", color="orange")
        if not row.units:
            st.badge("责任单位未定", icon=":material/help:", color="orange")


def day_badge(said: str, standing: Standing) -> None:
    """A day with its urgency by colour and sign."""
    colours = {Standing.LATE: "red", Standing.SOON: "orange"}
    st.badge(
        said,
        icon=":material/alarm:" if standing == Standing.LATE else ":material/event:",
        color=colours.get(standing, "gray"),  # type: ignore[arg-type]
    )


def _due_words(row: LedgerRow) -> str:
    left = left_words(row.days_left)
    if row.state in _DECIDE:
        return f"应在 {row.owed_on} 前{_DECIDE[row.state]}，{left}"
    if row.due_on is None:
        return "未定期限"
    moved = "" if row.owed_on in (None, row.due_on) else f"（休息日，顺延至 {row.owed_on}）"
    return f"期限 {row.due_on}{moved}" + (f"，{left}" if left else "")


def draw(shown: EntryShown, who: Who, *, no_team: str) -> None:
    """The whole entry."""
    st.subheader(words.plain(shown.row.number))
    badges(shown.row, no_team=no_team)
    _marks(shown)
    st.markdown(f"**{words.plain(shown.row.problem)}**  \n{words.plain(shown.row.description)}")
    at = At(shown, seen.edition("entry", shown.id, shown.edition), who)
    with st.container(border=True, key=_MAIN):
        _next(at)
    sync_looks.theirs(shown.row.number)
    entry_pictures.draw(shown, who)
    _said(shown, who)
    with st.expander("条目内容", icon=":material/article:"):
        _facts(shown)
    _others(at)
    if Step.AMEND in shown.steps:
        with st.expander("修改条目", icon=":material/edit:"):
            entry_form.amend(shown, at.edition, who)
    if shown.course.undo is not None:
        with st.expander("撤销上一步", icon=":material/undo:"):
            entry_steps.undo(at)
    package_looks.draw(shown, who)
    _scene(shown, who)
    with st.expander("经过", icon=":material/list:", expanded=True):
        case_looks.history(shown.history)


def _marks(shown: EntryShown) -> None:
    """What stands beside the state."""
    now = shown.values
    told = [
        (now["carried"], f"挂账至 {now['carried_until']}", ":material/bookmark:", "orange"),
        (now["handed_to"], "已移送", ":material/forward:", "red"),
        (now["arose_during"], "边整治边发生", ":material/warning:", "red"),
        (
            now["second_look"],
            f"回头看 {now['second_look'].partition('：')[0]}",
            ":material/replay:",
            "blue",
        ),
    ]
    if any(there for there, *_ in told):
        with st.container(horizontal=True, gap="xsmall"):
            for there, label, icon, colour in told:
                if there:
                    st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type]


def _next(at: At) -> None:
    """What the entry waits for, and the one thing to do now, if it is this person's."""
    shown, course = at.shown, at.shown.course
    waits = _WAITS.get(shown.row.state, "")
    if shown.row.state == EntryState.RETURNED:
        waits = "已退回，等责任单位继续整改" if course.owed else "核实不属实，已退回"
    if shown.row.state == EntryState.CLOSED:
        waits = f"已于 {shown.values['closed_on']} 销号"
    by = f"，应在 {course.owed_by} 前办理" if course.owed_by else ""
    st.markdown(f":material/flag: **{waits}**{by}")
    if shown.values["returned_why"]:
        st.warning(
            words.plain(f"退回的理由：{shown.values['returned_why']}"), icon=":material/undo:"
        )
    if shown.row.state == EntryState.TO_CLOSE:
        st.markdown(
            words.plain(f"完成于 {shown.values['rectified_on']}：{shown.values['application']}")
        )
    step = course.next_step
    if step is not None:
        if step == Step.SEND_BACK:
            entry_steps.draw(Step.CLOSE, at)
        entry_steps.draw(step, at)
    elif shown.row.state == EntryState.RECTIFYING and at.who.role == Role.UNIT:
        st.caption("整改后照片和进展都齐了就可以申请销号。")
    if Step.SHOOT in shown.steps and shown.row.parcel:
        shell.proof_link(shown.id)


def _others(at: At) -> None:
    """All that may be done besides, one at a time."""
    main = at.shown.course.next_step
    also = [s for s in at.shown.steps if s != main and entry_steps.has_form(s)]
    if main == Step.SEND_BACK and Step.CLOSE in also:
        also.remove(Step.CLOSE)
    if not also:
        return
    with st.expander("其他办理", icon=":material/more_horiz:"):
        chosen = st.pills(
            "办理什么", also, key=f"other_step_{at.shown.id}", label_visibility="collapsed"
        )
        if chosen is not None:
            entry_steps.draw(Step(chosen), at)


# --- words ---------------------------------------------------------------------------------------


def _said(shown: EntryShown, who: Who) -> None:
    """What the unit reported, and where the clue was handed."""
    for report in shown.course.reports:
        by = f"{report.unit} {report.by}".strip()
        text = words.plain(report.text)
        st.markdown(
            f":material/edit_note: **{words.plain(by)}**　"
            f":gray[{words.plain(words.moment(report.at))}]  \n"
            + (f"~~{text}~~（已撤销）" if report.withdrawn else text)
        )
    for handed in shown.course.handed:
        answer = (
            f"反馈（{handed.feedback_on}）：{handed.feedback}" if handed.feedback else "还没有反馈"
        )
        st.markdown(
            f":material/forward: **移送{words.plain(handed.organ)}**　"
            f"{words.plain(handed.document_no)}，{handed.handed_on}，{handed.nature}  \n"
            f"{words.plain(handed.clue)}  \n{words.plain(answer)}"
        )
        package_looks.transfer_form(handed, who)


def _facts(shown: EntryShown) -> None:
    row, now = shown.row, shown.values
    area = [
        f"{label} {words.mu(now[name])}"
        for name, label in (("area_mu", "涉及"), ("cultivated_mu", "其中耕地"))
        if now[name] is not None
    ]
    own = own_columns(row.category)
    told = {
        "台账": f"{row.category} {row.category_name}",
        "问题": row.problem,
        "位置": f"{row.township} {row.village}",
        "地块": row.parcel,
        "项目": row.project,
        "来源": f"{shown.source}，{row.found_on} 发现",
        "面积": "，".join(area),
        "描述": row.description,
        "责任主体": "、".join(row.units) or "未定",
        "责任人": now["responsible_person"],
        "问题性质": now["nature"] or "未定（由人认定）",
        "整改措施": now["measure"],
        "整改进展": now["progress"],
        "挂账": f"{now['carried']}（{now['carried_approver']}批准）" if now["carried"] else "",
        "移送": now["handed_to"],
        "销号依据": now["closed_why"],
        "回头看": now["second_look"],
        "备注": now["remark"],
    } | {name: fields.own_said(own[name], v) for name, v in shown.own_columns if v != ""}
    st.markdown(
        "  \n".join(
            f"**{words.plain(name)}**　{words.plain(value)}"
            for name, value in told.items()
            if value
        )
    )


def _scene(shown: EntryShown, who: Who) -> None:
    """The map and the photos that the entry rests on, read only when they are asked for."""
    inspection_id = shown.inspection_id
    if inspection_id is None:
        return
    if st.toggle("看现场照片和地图", key=f"scene_{inspection_id}"):
        with shell.guarded():
            case_looks.scene(inspection_id, who)
    if may(who, Action.REVIEW):
        st.page_link(
            shell.page("review"),
            label="看核查记录",
            icon=":material/fact_check:",
            query_params={"visit": str(inspection_id)},
        )

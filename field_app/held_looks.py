"""未能提交的现场记录: what phones sent that could not go into a visit or be submitted, and what the
supervisor makes of each."""

import streamlit as st

from field_app import case_looks, shell, words
from field_app.captures import held
from field_app.captures.held import HeldRow
from field_app.captures.states import Decision
from field_app.roles import Who

_PER_PAGE = 20


def part(who: Who) -> None:
    """The list, folded away; nothing where nothing waits and nothing was kept aside."""
    waiting = held.waiting_count(who)
    aside = held.listing(who, decided=True, limit=_PER_PAGE)
    if not waiting and not aside:
        return
    label = f"未能提交的现场记录（{waiting} 条待处理）" if waiting else "未能提交的现场记录"
    with st.expander(label, icon=":material/inbox:", expanded=False, key="held_captures"):
        st.caption(
            "手机上没有信号时拍的照片和填的内容都已收存。下面这些没能并入核查或没能提交，"
            "请逐条决定；理由会留在记录里。"
        )
        for row in held.listing(who, limit=_PER_PAGE):
            _card(row, who)
        if waiting > _PER_PAGE:
            st.caption(f"先列最早的 {_PER_PAGE} 条，处理后会接着显示。")
        for row in aside:
            _card(row, who)


def _card(row: HeldRow, who: Who) -> None:
    with st.container(border=True, gap="xsmall", key=f"held_{row.id}"):
        what = {"photo": f"照片 {row.kind}", "visit": "填写的核查内容"}.get(
            row.type, "读不懂的记录"
        )
        st.markdown(
            f"**{words.plain(row.number or '地块不明')}**　{words.plain(what)}　"
            f"{words.plain(row.person)}"
        )
        made = f"手机记为 {words.moment(row.made_at)}，" if row.made_at else ""
        st.caption(
            words.plain(
                f"{row.place} {row.purpose}　{made}{words.moment(row.received_at)} 收到".strip()
            )
        )
        st.markdown(f":orange[:material/pan_tool: {words.plain(row.why)}]")
        if row.sha256 is not None:
            case_looks.picture(f"/evidence/captures/{row.id}?size=small", what)
        if row.answers:
            with st.popover("看填写的内容"):
                st.markdown(
                    "  \n".join(
                        f"{words.plain(question)}　{words.plain(said)}"
                        for question, said in row.answers
                    )
                )
        if row.decision:
            st.markdown(f"**{row.decision}**　{words.plain(row.decided_why)}")
        _decide(row, who)


def _decide(row: HeldRow, who: Who) -> None:
    choices = [Decision.ADMITTED, Decision.KEPT_ASIDE] if row.admissible else [Decision.KEPT_ASIDE]
    choices = [choice for choice in choices if choice != row.decision]
    if not choices:
        return
    with st.popover("处理"), st.form(f"held_form_{row.id}", enter_to_submit=False):
        st.caption(
            "准予提交：任务交还本人并重新打开，照片并入、内容提交审核。留存备查：原样留存，不并入。"
        )
        decision = st.radio("决定", choices, key=f"held_choice_{row.id}")
        why = st.text_area("理由", max_chars=400, key=f"held_why_{row.id}")
        if st.form_submit_button("确定", width="stretch", type="primary"):
            with shell.guarded():
                if decision == Decision.ADMITTED:
                    left = held.admit(row.id, why=why, who=who, now=shell.now())
                    said = f"已准予，但还不能提交：{left}" if left else "已准予提交。"
                else:
                    held.keep_aside(row.id, why=why, who=who, now=shell.now())
                    said = "已留存备查。"
                shell.toast_later(said)
                st.rerun()

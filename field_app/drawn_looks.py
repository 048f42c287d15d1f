"""Those that were drawn, as cards: who goes, what was found, and what a person decides on it."""

from datetime import date

import streamlit as st

from field_app import list_filters, seen, shell, words
from field_app.ledger import closing
from field_app.ledger.steps import WHY_MAX
from field_app.roles import Action, Who, may
from field_app.second_look import assigning
from field_app.second_look.looked import Looked
from field_app.second_look.outcomes import DECIDED, Outcome
from field_app.second_look.results import DrawRow, DrawShown
from models.vocabulary import EntryState, Purpose

_OUTCOMES = {
    Outcome.UNPLANNED: ("gray", ":material/person_off:"),
    Outcome.OPEN: ("blue", ":material/pending_actions:"),
    Outcome.UNDER_WAY: ("violet", ":material/edit:"),
    Outcome.SUBMITTED: ("violet", ":material/hourglass_top:"),
    Outcome.AS_BEFORE: ("green", ":material/check_circle:"),
    Outcome.OTHERWISE: ("red", ":material/warning:"),
}
_ONLY, _UNDECIDED = "drawn_outcome", "等决定"
_CUT = 800  # of what was found, in a reason that says more than that


def asked() -> tuple[Outcome | None, bool]:
    """Which of them are looked at, as `part` last asked: one outcome, or those that wait for a
    decision on their entry."""
    chosen = st.session_state.get(_ONLY)
    return Outcome(chosen) if chosen in set(Outcome) else None, chosen == _UNDECIDED


def part(shown: DrawShown, who: Who, offset: int, per_page: int) -> None:
    """Which ones to look at, and a page of their cards."""
    told = {
        None: f"全部抽中的（{shown.row.n}）",
        _UNDECIDED: f"{_UNDECIDED}（{shown.row.undecided}）",
    }
    told |= {str(o): f"{o}（{shown.counts[o]}）" for o in Outcome}
    if shown.row.purpose != Purpose.SECOND_LOOK:
        del told[_UNDECIDED]
    st.selectbox("看哪些", list(told), format_func=lambda o: told[o], key=_ONLY)
    if not shown.looked:
        st.info("没有这样的。")
    choices = assigning.choices(who) if may(who, Action.DRAW) else {}
    with st.grid(min_column_width=320):
        for each in shown.looked:
            _card(each, shown.row, who, choices)
    list_filters.pager("drawn", offset=offset, per_page=per_page, total=shown.total)


def _card(each: Looked, row: DrawRow, who: Who, choices: dict[str, str]) -> None:
    with st.container(border=True, gap="small", key=f"drawn_{each.id}"):
        colour, icon = _OUTCOMES[each.outcome]
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{words.plain(each.key)}**")
            st.badge(each.outcome, icon=icon, color=colour)  # type: ignore[arg-type]
        st.caption(words.plain(f"{each.where} · {each.parcel} · {each.stratum} 第 {each.place} 签"))
        before = "、".join(each.first_hands) or "无"
        st.markdown(
            f"去看的：**{words.plain(each.assigned or '没有人可派')}**  \n"
            f":gray[先前参与：{words.plain(before)}]"
        )
        _links(each, who)
        if each.may_change and choices:
            _reassign(each, who, choices)
        if each.outcome in DECIDED:
            _found(each, row, who)


def _links(each: Looked, who: Who) -> None:
    with st.container(horizontal=True, gap="small"):
        if each.entry_id is not None:
            entry = str(each.entry_id)
            shell.link(
                "ledger", "看条目", icon=":material/table_view:", main=False, place="drawn",
                entry=entry,
            )  # fmt: skip
        else:
            parcel = str(each.parcel_id)
            shell.link(
                "parcel", "看地块", icon=":material/map:", main=False, place="drawn", parcel=parcel
            )
        waits = each.outcome == Outcome.SUBMITTED
        if each.visit_id is not None and may(who, Action.REVIEW):
            shell.link(
                "review",
                "去审核" if waits else "看核查",
                icon=":material/fact_check:",
                main=waits,
                place=f"drawn{each.id}",
                visit=str(each.visit_id),
            )


def _reassign(each: Looked, who: Who, choices: dict[str, str]) -> None:
    with st.popover("改派", icon=":material/swap_horiz:", width="stretch"):
        chosen = st.selectbox(
            "派给哪个组或哪个人",
            list(choices),
            index=None,
            format_func=lambda code: choices[code],
            placeholder="请选择",
            key=f"to_{each.id}",
        )
        if st.button("改派", key=f"reassign_{each.id}", type="primary", width="stretch") and chosen:
            with shell.guarded():
                assigning.reassign(each.id, chosen, who=who, now=shell.now())
                shell.toast_later(f"已改派给{choices[chosen]}")
                st.rerun()


def _found(each: Looked, row: DrawRow, who: Who) -> None:
    """What the visit found, and for an entry the decision, which is always a person's."""
    if each.facts:
        st.markdown(words.plain(each.facts))
    if each.new_entry is not None:
        entry, number = each.new_entry
        shell.link(
            "ledger", f"登记的新条目 {number}", icon=":material/table_view:", main=False,
            place="made", entry=str(entry),
        )  # fmt: skip
    if each.settled:
        st.markdown(f":material/gavel: **回头看 {words.plain(each.settled)}**")
    elif row.purpose == Purpose.SECOND_LOOK and each.entry_id is not None:
        if each.entry_state != EntryState.CLOSED:
            st.caption(f"条目现在是“{each.entry_state}”。")
        elif may(who, Action.LOOK_AGAIN):
            _decide(each, each.entry_id, row, who)
        else:
            st.caption("等督导决定通过，还是重新打开。")


def _decide(each: Looked, entry_id: int, row: DrawRow, who: Who) -> None:
    edition = seen.edition(f"drawn_{each.id}", entry_id, each.entry_edition)
    otherwise = each.outcome == Outcome.OTHERWISE
    label = "决定：重新打开，还是通过" if otherwise else "决定：通过，还是重新打开"
    with (
        st.expander(label, icon=":material/gavel:", expanded=otherwise),
        st.form(f"decide_{each.id}", border=False, enter_to_submit=False),
    ):
        st.caption("系统只给出核查结果，条目怎样处理由人决定。理由已按结果填好，可以改。")
        why = st.text_area(
            "理由（必填）",
            each.reason(row.number)[:_CUT],
            max_chars=WHY_MAX,
            height="content",
            key=f"why_{each.id}",
        )
        due = st.date_input(
            "新的整改期限（重新打开时必填）", None, format="YYYY-MM-DD", key=f"due_{each.id}"
        )
        again = _button("重新打开", main=otherwise)
        passed = False
        if each.closed_by_me:
            st.caption("这条是您审批销号的，“回头看通过”要由另一名督导来记。")
        else:
            passed = _button("回头看通过", main=not otherwise)
    day = due if isinstance(due, date) else None
    with shell.guarded():
        if again:
            closing.reopen(entry_id, edition, day, why=why or "", who=who, now=shell.now())
            shell.toast_later("已重新打开")
            st.rerun()
        if passed:
            closing.looked_again(entry_id, edition, why=why or "", who=who, now=shell.now())
            shell.toast_later("已记下回头看通过")
            st.rerun()


def _button(label: str, *, main: bool) -> bool:
    return st.form_submit_button(label, type="primary" if main else "secondary", width="stretch")

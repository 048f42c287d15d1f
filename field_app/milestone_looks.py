"""How milestones are drawn: what was sent, how it stands, and the form to send something."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from field_app import shell, words
from field_app.milestones import files, sending
from field_app.milestones.owed import Owed
from field_app.milestones.rhythm import said
from field_app.milestones.sending import Given
from field_app.milestones.showing import MilestoneShown, SentShown
from field_app.milestones.standing import OPEN, Stand
from models.vocabulary import Rhythm, Sent

STANDS = {
    Stand.LATE: ("red", ":material/alarm:"),
    Stand.RETURNED: ("red", ":material/undo:"),
    Stand.SOON: ("orange", ":material/event:"),
    Stand.LATER: ("gray", ":material/schedule:"),
    Stand.WAITING: ("blue", ":material/hourglass_top:"),
    Stand.TAKEN: ("green", ":material/task_alt:"),
}
WEEKDAYS = "一二三四五六日"


def stand_badge(stand: Stand, count: int | None = None) -> None:
    """How something stands, by colour and sign, with how many."""
    colour, icon = STANDS[stand]
    st.badge(f"{stand} {count}" if count is not None else stand, icon=icon, color=colour)  # type: ignore[arg-type]


def when(shown: MilestoneShown) -> str:
    """`2023-08-25`, `每周五`, `每月 25 日`, `随时`."""
    milestone = shown.milestone
    match Rhythm(milestone.rhythm):
        case Rhythm.WEEKLY:
            return f"每周{WEEKDAYS[(milestone.day or 1) - 1]}"
        case Rhythm.MONTHLY:
            return f"每月 {milestone.day} 日"
        case Rhythm.AT_NEED:
            return "随时"
        case _:
            moved = "" if shown.due_on == milestone.due_on else f"（休息日，顺延至 {shown.due_on}）"
            return f"{milestone.due_on}{moved}"


def sent_lines(sent: SentShown) -> None:
    """One thing that was sent, with its attachment."""
    head = f"{words.moment(sent.at)}　{sent.by}　{sent.state}"
    st.caption(words.plain(head + ("　（迟报）" if sent.late else "")))
    parts = [sent.note]
    if sent.document_no or sent.document_on:
        on = f" {sent.document_on}" if sent.document_on else ""
        parts.insert(0, f"文号：{sent.document_no or '（未填）'}{on}")
    text = "  \n".join(words.plain(part) for part in parts if part)
    if text:
        st.markdown(text)
    if sent.file_type:
        size = (
            f"{sent.file_size / 1024 / 1024:.1f} MB" if sent.file_size > 104857 else "不到 0.1 MB"
        )
        st.markdown(f":material/attach_file: [附件（{sent.file_type}，{size}）]({sent.url})")
    if sent.decided_why:
        done = "退回的理由" if sent.state == Sent.RETURNED else "接收时说"
        st.markdown(words.plain(f"{done}：{sent.decided_why}"))


def owed_card(owed: Owed, today: date, *, first: bool = False) -> None:
    """What a unit owes, with what it sent before and the form to send it; open for the `first`."""
    key = f"{owed.milestone_id}_{owed.period or 'need'}"
    with st.container(border=True, gap="xsmall", key=f"owed_{key}"):
        period = f"（{said(owed.period)}）" if said(owed.period) else ""
        st.markdown(f"**{words.plain(owed.task)}**{period}")
        with st.container(horizontal=True, gap="xsmall"):
            if owed.due_on is None:
                st.badge("随时", icon=":material/schedule:", color="gray")
            else:
                stand_badge(owed.stand)
                st.badge(f"{owed.due_on} 前", icon=":material/event:", color="gray")
        for sent in owed.sent:
            sent_lines(sent)
        if owed.stand in OPEN:
            with st.expander("报送", icon=":material/send:", expanded=first):
                send_form(owed.milestone_id, owed.period, key, today)


def send_form(milestone_id: int, period: str, key: str, today: date) -> None:
    """The form of a submission; what was typed stays after a refusal."""
    times = st.session_state.get(f"sent_times_{key}", 0)
    with st.form(f"send_{key}_{times}", border=False, enter_to_submit=False):
        number = st.text_input(
            "文号（有就填）", max_chars=sending.DOCUMENT_MAX, key=f"no_{key}_{times}"
        )
        on = st.date_input(
            "行文日期", None, max_value=today, format="YYYY-MM-DD", key=f"on_{key}_{times}"
        )
        note = st.text_area(
            "说明", max_chars=sending.NOTE_MAX, height="content", key=f"note_{key}_{times}"
        )
        file = st.file_uploader(
            f"附件（签字加章的扫描件或原件，PDF、Word、Excel、JPG，不超过 {files.MAX_MB} MB）",
            type=list(files.TYPES),
            max_upload_size=files.MAX_MB,
            key=f"file_{key}_{times}",
        )
        if st.form_submit_button("报送", type="primary", width="stretch"):
            with shell.guarded():
                given = Given(note or "", number or "", _day(on), file.getvalue() if file else None)
                sending.send(milestone_id, period, given, who=shell.actor(), now=shell.now())
                st.session_state[f"sent_times_{key}"] = times + 1
                shell.toast_later("已报送")
                st.rerun()


def decide_buttons(sent: SentShown, decide: Callable[[int, bool, str], None]) -> None:
    """Take or return, for the office; `decide` gets the id, whether to take it, and the key of the
    reason."""
    why_key = f"return_why_{sent.id}"
    with st.container(horizontal=True, gap="small"):
        if sent.state == Sent.SENT:
            st.button(
                "接收",
                key=f"take_{sent.id}",
                icon=":material/check:",
                type="primary",
                on_click=decide,
                args=(sent.id, True, why_key),
            )
        with st.popover("退回"):
            st.text_input("退回的理由（报送单位会看到）", max_chars=sending.WHY_MAX, key=why_key)
            st.button(
                "退回这次报送",
                key=f"return_{sent.id}",
                on_click=decide,
                args=(sent.id, False, why_key),
            )


def _day(given: object) -> date | None:
    return given if isinstance(given, date) else None

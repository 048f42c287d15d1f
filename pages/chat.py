"""对话: the draft of a visit by talking, with photos. The form shows the same draft."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from field_app import draft_form, drafts, inspections, shell, visit_head, widgets, words
from field_app.chat import answering, turns
from field_app.chat.talk import CONFIRM, PHOTO, Ask, Button
from field_app.chat.turns import Turn
from field_app.inspections import InspectionView
from field_app.settings import settings
from models import taxonomy
from models.geo import Position
from models.vocabulary import FilledBy, InspectionState

_SHOWN = 12  # turns; the earlier ones are folded away
_FILES = ["jpg", "jpeg", "heic", "heif", "png", "webp", "tif", "tiff", "dng"]
_CHAT, _ME = ":material/forum:", ":material/person:"

who = shell.who()
new = st.query_params.get("new") == "1"
number = None if new else visit_head.asked_visit(who)
at: Position | None = None


def go_to(visit: int | None) -> None:
    """The address names the visit that is talked about, so that a reload comes back to it."""
    if visit is not None:
        st.query_params.from_dict({"visit": str(visit)})


def pressed(visit: int | None, button: Button) -> None:
    with shell.told_later():
        where = st.session_state.get("chat_at")
        go_to(
            answering.press(
                visit, button.label, button.do, shell.actor(), at=where, now=shell.now()
            )
        )


def heard(visit: int | None) -> int | None:
    """Hears what was just sent; returns the visit that it is about."""
    with st.bottom, st.container(key="say_it"):
        sent = st.chat_input(
            "说或打字，也可添加照片",
            key="say",
            accept_file="multiple",
            file_type=_FILES,
            max_chars=answering.MOST_SAID,
            max_upload_size=int(settings().photo_max_mb),
        )
    if sent is None:
        return visit
    with shell.guarded(), st.spinner("正在记…"):
        photos = [file.getvalue() for file in sent.files]
        opened = answering.say(visit, sent.text, who, photos=photos, at=at, now=shell.now())
        if opened != visit:
            go_to(opened)
        return opened
    return visit


def bubble(turn: Turn, asked_before: str) -> None:
    if not turn.mine:
        if turn.text:
            with st.chat_message("assistant", avatar=_CHAT):
                st.markdown(turn.text)
                if note := turn.payload.get("note"):
                    st.caption(words.plain(note))
        return
    with st.container(key=f"said_{turn.id}", gap="xxsmall"):
        asked = str(turn.payload.get("asked", ""))
        if asked and asked != asked_before:
            st.caption(words.plain(asked))
        with st.chat_message("user", avatar=_ME):
            count = len(turn.payload.get("photos", ()))
            photos = f":material/photo_library: {count} 张照片　" if count else ""
            st.markdown(photos + words.plain(turn.text))


def bubbles(thread: list[Turn]) -> None:
    asked = ""
    for turn in thread:
        bubble(turn, asked)
        asked = str(turn.payload.get("asked", asked))


def thread_part(thread: list[Turn]) -> None:
    if len(thread) > _SHOWN:
        with st.expander(f"前面的 {len(thread) - _SHOWN} 句", icon=":material/history:"):
            bubbles(thread[:-_SHOWN])
    bubbles(thread[-_SHOWN:])


def card(view: InspectionView, ask: Ask) -> None:
    """The draft so far; what the chat filled is marked until it was confirmed."""
    done, wanted = view.answered
    with st.container(border=True, gap="xsmall", key="draft_card"):
        st.markdown(
            f"**草稿**　必填 {done}/{wanted}　照片 {len(view.photos)} 张"
            + (f"　:orange[待核对 {len(view.unconfirmed)}]" if view.unconfirmed else "")
        )
        lines = []
        for q in drafts.applicable(view.form, view.answers, view.about):
            value = view.answers.get(q.name)
            if drafts.empty(value):
                continue
            said = words.plain(drafts.said(view.form, q, value))
            line = f":gray[{words.plain(q.label)}]　{said}"
            if q.name in view.wrongs:
                line += "　:red[:material/error: 要改]"
            elif q.name in view.unconfirmed:
                line += f"　:orange[:material/edit_note: {_whose(view.marks[q.name])}]"
            lines.append(line)
        if lines:
            st.markdown("  \n".join(lines))
        if view.unconfirmed and ask.asked != CONFIRM:
            st.button(
                "都对，确认",
                icon=":material/done_all:",
                key="confirm_all",
                width="stretch",
                on_click=draft_form.confirm,
                args=(view.id, {n: view.answers[n] for n in view.unconfirmed}),
            )


def _whose(mark: Mapping[str, Any]) -> str:
    """Who filled a value; of a model also what it rests on, since nobody may have meant it."""
    words_said = mark.get("words", "")
    if mark["by"] != FilledBy.MODEL or not words_said:
        return str(mark["by"])
    return words.plain(f"{mark['by']}，据“{words_said}”")


def ask_part(ask: Ask, visit: int | None) -> None:
    with st.container(key="ask"), st.chat_message("assistant", avatar=_CHAT):
        st.markdown(f"**{words.plain(ask.text)}**")
        if visit is not None and ask.asked == PHOTO:
            camera(visit, ask.photo)
        with st.container(horizontal=True, gap="small", key="ask_buttons"):
            for i, button in enumerate(ask.buttons):
                st.button(
                    words.plain(button.label),
                    key=f"ask_{visit}_{ask.asked}_{i}",
                    type="primary" if button.main else "secondary",
                    on_click=pressed,
                    args=(visit, button),
                )


def camera(visit: int, kind: str) -> None:
    """The camera button of the form page: photos with the position of the moment."""
    widgets.photo_taker(
        visit,
        kind,
        key=f"taker_{visit}",
        hint=taxonomy.photo_kinds()[kind].hint,
        max_mb=settings().photo_max_mb,
    )


def any_photo(visit: int) -> None:
    """A photo at any moment, also before it is asked for."""
    with st.expander("拍照（带定位）", icon=":material/photo_camera:"):
        kinds = list(taxonomy.photo_kinds())
        kind = st.pills(
            "要拍哪一种",
            kinds,
            default=kinds[0],
            required=True,
            key=f"chat_kind_{visit}",
            wrap=True,
        )
        camera(visit, kind)


def unanswered_part(turn: Turn, visit: int | None) -> None:
    st.warning("上一句还没有答复。", icon=":material/hourglass:")
    st.button("再试一次", key="answer_again", on_click=again, args=(turn, visit))


def again(turn: Turn, visit: int | None) -> None:
    with shell.told_later():
        where = st.session_state.get("chat_at")
        go_to(answering.answer(turn, visit, shell.actor(), at=where, now=shell.now()))


def talk_part(view: InspectionView | None) -> None:
    visit = view.id if view else None
    talk = answering.talk(view, who)
    thread_part(talk.thread)
    if talk.unanswered is not None:
        unanswered_part(talk.unanswered, visit)
    if view is not None:
        card(view, talk.ask)
    ask_part(talk.ask, visit)
    if view is not None and talk.ask.asked != PHOTO:
        any_photo(view.id)


def handed_in(view: InspectionView) -> None:
    thread_part(turns.of(who.id, view.id))
    draft_form.draw(view, who)
    if view.state == InspectionState.SUBMITTED:
        st.success("这次核查已提交，等待督导审核。", icon=":material/task_alt:")
    shell.link("chat", "说下一个地块", icon=":material/forum:", new="1")


def start() -> None:
    """Before a parcel is chosen."""
    global at
    # A link from this page to itself leaves the browser's address as it was: the next rerun would
    # come back to the visit of before.
    st.query_params.from_dict({"new": "1"})
    st.title("对话")
    st.caption("说您在哪个地块、看到了什么；我帮您记，您核对。")
    at = widgets.my_position(key="chat_position")
    st.session_state["chat_at"] = at


shell.tell()
if number is None:
    start()
number = heard(number)
view: InspectionView | None = None
if number is not None:
    with shell.guarded():
        view = inspections.view(number, who)
    if view is None:
        st.stop()
    visit_head.draw(view)
    if view.editable:
        visit_head.switch(view, here="chat")
if view is not None and not view.editable:
    handed_in(view)
else:
    talk_part(view)

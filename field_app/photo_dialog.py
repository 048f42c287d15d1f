"""One photo at full size: its readings, an earlier picture beside it, and a person's word."""

import streamlit as st

from field_app import case_looks, looks, parcel_sets, review, set_looks, shell, words
from field_app.review import CaseShown, Decision, PhotoShown

_SHOWN = "shown_photo"


def look_at(photo_id: int) -> None:
    """Chooses the photo that the dialog shows."""
    st.session_state[_SHOWN] = photo_id


def _step(photo_ids: list[int], step: int) -> None:
    at = photo_ids.index(st.session_state[_SHOWN])
    look_at(photo_ids[(at + step) % len(photo_ids)])


@st.dialog("照片", width="large")
def show(inspection_id: int) -> None:
    """The photo that was chosen with `look_at`. The dialog runs by itself while it is open, so it
    asks again who this is and what the case is."""
    person = shell.who()
    with shell.guarded():
        case = review.detail(inspection_id, person)
        shown = parcel_sets.of_visit(inspection_id, person)
        photos = {p.id: p for p in case.photos}
        photo = photos.get(st.session_state.get(_SHOWN, 0))
        if photo is None:
            st.info("这张照片已被移除。")
            return
        _steps(list(photos))
        _pictures(case, photo)
        said, drawn = st.columns([1.2, 1], gap="medium")
        with said:
            number = shown.numbers.get(photo.id)
            st.markdown(words.plain(case_looks.caption(photo, number)))
            case_looks.badges(photo)
            looks.reasons(photo.results)
            case_looks.words_of_people(photo)
        with drawn:
            set_looks.photo_sketch(shown, photo.id)
        if review.may_speak(case, photo, person):
            _decide(photo)
        with st.expander("读数", icon=":material/data_object:"):
            case_looks.readings(photo)
            st.link_button("下载原件", f"{photo.url}?original=1", icon=":material/download:")


def _steps(photo_ids: list[int]) -> None:
    with st.container(horizontal=True):
        for label, step in (("上一张", -1), ("下一张", 1)):
            st.button(
                label,
                key=f"photo_step_{step}",
                on_click=_step,
                args=(photo_ids, step),
                disabled=len(photo_ids) < 2,
                width="stretch",
            )


def _pictures(case: CaseShown, photo: PhotoShown) -> None:
    """The photo, and beside it, when asked, an earlier one: of the same kind where there is one."""
    said = case_looks.caption(photo)
    before = [e for e in case.earlier if e.kind == photo.kind] or list(case.earlier)
    if not before or not st.toggle("与以前的照片对照", key="compare"):
        case_looks.picture(photo.url, said, whole=True)
        return
    old = st.selectbox(
        "左边是以前的照片",
        before,
        format_func=lambda e: f"{e.kind} {words.day(e.visited_at)} {e.purpose}",
    )
    left, right = st.columns(2, wrap=False)
    with left:
        case_looks.picture(old.url, f"以前的{old.kind}照片", whole=True)
    with right:
        case_looks.picture(photo.url, said, whole=True)


def _decide(photo: PhotoShown) -> None:
    key = f"verdict_seen_{photo.id}"
    seen = st.session_state.get(key, photo.verdict)  # when the form was drawn
    st.session_state[key] = photo.verdict
    with st.form(f"decide_{photo.id}", enter_to_submit=False):
        decision = st.segmented_control(
            "人工意见（机器结论保留，意见记在旁边）",
            list(Decision),
            default=photo.standing,
            width="stretch",
        )
        why = st.text_area("理由", max_chars=1000, height="content")
        if not st.form_submit_button("记下意见", width="stretch"):
            return
        if decision is None:
            st.error("请选择“采信”或“不采信”。", icon=":material/error:")
            return
        with shell.guarded():
            word = Decision(decision)
            by, now = shell.who(), shell.now()
            review.decide_photo(photo.id, word, why=why, who=by, now=now, seen=seen)
            st.rerun()

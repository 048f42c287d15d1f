"""The pictures of an entry: before and after under one slider, and what each proves."""

import streamlit as st

from field_app import case_looks, entry_steps, looks, photo_dialog, shell, words
from field_app.ledger import closeout
from field_app.ledger.listing import EntryShown
from field_app.ledger.showing import Picture
from field_app.roles import Action, Who, may
from field_app.widgets.compare import compare
from models.vocabulary import EntryState


def draw(shown: EntryShown, who: Who) -> None:
    """The pictures from before and after, how many are wanted, and each one from after with what
    speaks against it."""
    course = shown.course
    if course.after:
        _side_by_side(shown)
    if course.required or course.after:
        good = sum(p.counts for p in course.closing.photos)
        st.caption(f"销号要求 {course.required} 张可用的整改后照片，现有 {good} 张。")
    if course.after:
        with st.grid(min_column_width=150):
            for photo in course.after:
                with st.container(gap="xsmall", key=f"after_{photo.id}"):
                    _tile(photo, shown, who)


def _side_by_side(shown: EntryShown) -> None:
    """One picture from after over the one from before that it stands nearest to."""
    course = shown.course
    before = {p.id: p for p in course.before}
    after = sorted(course.after, key=_likest)
    if not before:
        return
    chosen = after[0]
    if len(after) > 1:
        numbers = {p.id: p for p in after}
        chosen = numbers[
            st.selectbox(
                "对照哪一张整改后照片",
                list(numbers),
                format_func=lambda n: f"照片 {n}" + ("（同一站位）" if _same(numbers[n]) else ""),
                key=f"compare_{shown.id}",
            )
        ]
    stood = chosen.judged.standpoint if chosen.judged else None
    other = before[stood.before_id] if stood else next(iter(before.values()))
    compare(
        (other.url, f"照片 {other.id} {other.kind}，{words.moment(other.taken_at)}"),
        (chosen.url, f"照片 {chosen.id} {chosen.kind}，{words.moment(chosen.taken_at)}"),
        key=f"slider_{shown.id}",
    )
    if stood is None:
        st.caption("有一张照片没有位置，比不了站位。")
    else:
        sign = (
            ":green[:material/check: 同一站位]"
            if stood.same
            else ":orange[:material/close: 不是同一站位]"
        )
        st.markdown(f"{sign}　{words.plain(closeout.said(stood))}")


def _same(photo: Picture) -> bool:
    return bool(photo.judged and photo.judged.standpoint and photo.judged.standpoint.same)


def _likest(photo: Picture) -> tuple[bool, bool, float]:
    stood = photo.judged.standpoint if photo.judged else None
    counts = photo.judged is not None and photo.judged.counts
    return (not _same(photo), not counts, stood.distance_m if stood else float("inf"))


def _tile(photo: Picture, shown: EntryShown, who: Who) -> None:
    said = f"照片 {photo.id} {photo.kind}，{photo.by}，{words.moment(photo.taken_at)}"
    case_looks.picture(photo.small_url, said)
    st.caption(words.plain(said))
    with st.container(horizontal=True, gap="xsmall"):
        looks.verdict_badge(photo.verdict)
        st.badge(f"{photo.grade} 级", color="gray")
        if photo.standing:
            colour, icon = case_looks.DECISIONS[photo.standing]
            st.badge(photo.standing, icon=icon, color=colour)  # type: ignore[arg-type]
    if photo.judged and photo.judged.against:
        st.markdown(
            "  \n".join(f":orange[:material/close:] {words.plain(a)}" for a in photo.judged.against)
        )
    elif photo.judged:
        st.markdown(":green[:material/check: 可用于销号]")
    if may(who, Action.REVIEW) and shown.row.state in (EntryState.TO_CLOSE, EntryState.CLOSED):
        if st.button("放大、判定", key=f"look_{photo.id}", width="stretch"):
            photo_dialog.look_at(photo.id)
            photo_dialog.show(photo.inspection_id)
    else:
        st.link_button("看大图", photo.url, icon=":material/zoom_in:", width="stretch")
    if photo.inspection_id == shown.course.proof:
        st.button(
            "移除", key=f"remove_{photo.id}", width="stretch", on_click=_remove, args=(photo.id,)
        )


def _remove(photo_id: int) -> None:
    with shell.told_later():
        entry_steps.remove_photo(photo_id)

"""核查: photos by kind, the form, what is missing, submit. Each step is kept at once."""

import streamlit as st

from field_app import (
    draft_form,
    inspections,
    looks,
    parcel_sets,
    set_looks,
    shell,
    visit_head,
    widgets,
    words,
)
from field_app.inspections import InspectionView, PhotoView
from field_app.problems import INCOMPLETE, Problem
from field_app.settings import settings
from models import taxonomy
from models.vocabulary import Verdict

who = shell.who()


number = visit_head.asked_visit(who)
if number is None:
    st.title("核查")
    st.info("没有进行中的核查。到任务里选一个地块开始。")
    shell.link("tasks", "去任务列表", icon=":material/checklist:")
    st.stop()

view: InspectionView | None = None
with shell.guarded():
    view = inspections.view(number, who)
if view is None:
    st.stop()
evidence = parcel_sets.of_visit(view.id, who)


def photo_tile(photo: PhotoView, *, editable: bool) -> None:
    with st.container(gap="xxsmall", key=f"photo_{photo.id}"):
        looks.tile(photo, evidence.numbers.get(photo.id))
        if photo.why:
            st.caption(words.plain(photo.why))
        if photo.reshoot_why:
            st.markdown(f":red[:material/undo: 重拍：{words.plain(photo.reshoot_why)}]")
        with st.popover("说明", width="stretch"):
            if photo.told.first:
                looks.result_lines(photo.told.first)
            set_looks.photo_sketch(evidence, photo.id)
            # What sixty photos have passed is sent when somebody asks for it.
            checks = st.expander(
                f"其余 {len(photo.told.further) + len(photo.told.fine)} 项检查",
                icon=":material/rule:",
                key=f"checks_of_{photo.id}",
                on_change="rerun",
            )
            if checks.open:
                with checks:
                    looks.result_lines([*photo.told.further, *photo.told.fine])
            if editable:
                kinds = list(taxonomy.photo_kinds())
                st.selectbox(
                    "照片种类",
                    kinds,
                    index=kinds.index(photo.kind),
                    key=f"kind_of_{photo.id}",
                    on_change=changed_kind,
                    args=(photo.id,),
                )
                st.button(
                    "移除这张",
                    icon=":material/delete:",
                    key=f"remove_{photo.id}",
                    on_click=removed,
                    args=(photo.id,),
                    width="stretch",
                )


def changed_kind(photo_id: int) -> None:
    with shell.told_later():
        kind = st.session_state[f"kind_of_{photo_id}"]
        inspections.change_kind(photo_id, kind, shell.actor(), now=shell.now())


def removed(photo_id: int) -> None:
    with shell.told_later():
        inspections.remove_photo(photo_id, shell.actor(), now=shell.now())


def photo_part(view: InspectionView) -> None:
    st.subheader("照片")
    if view.editable:
        left_over = {w.kind: w.short for w in view.wishes}
        again = [p.kind for p in view.photos if p.reshoot_why]
        kinds = list(taxonomy.photo_kinds())
        if again:  # sent back: just what was sent back, in front
            kinds.sort(key=lambda k: k not in again)
        first = next((k for k in kinds if left_over.get(k)), kinds[0])

        def label(kind: str) -> str:
            wish = next((w for w in view.wishes if w.kind == kind), None)
            if wish is None:
                return kind
            return f"{kind} ✓" if wish.short == 0 else f"{kind} 差{wish.short}"

        chosen = st.pills(
            "要拍哪一种",
            kinds,
            label_visibility="collapsed",
            wrap=True,
            default=first,
            required=True,
            format_func=label,
            key=f"kind_{view.id}",
        )
        widgets.photo_taker(
            view.id,
            chosen,
            key=f"taker_{view.id}",
            hint=taxonomy.photo_kinds()[chosen].hint,
            max_mb=settings().photo_max_mb,
            parcel=view.parcel.number,
            form=view.form.sha256,
        )
    if view.photos:
        set_looks.card(evidence, open_sketch=False)
    else:
        st.caption("还没有照片。")
    with st.grid(min_column_width=150):
        for photo in view.photos:
            photo_tile(photo, editable=view.editable)


def send(view: InspectionView) -> None:
    """Submits. Where the evidence still lacks something, that is shown first; it hinders nobody."""
    examined = evidence.examined
    if not view.missing and examined.missing and examined.verdict != Verdict.PASSED:
        st.session_state["look_first"] = view.id
        st.rerun()
    hand_over(view)


def hand_over(view: InspectionView) -> None:
    """Submits; what is missing is said in a dialog, and from now on at each field."""
    try:
        inspections.submit(view.id, view.edition, who, now=shell.now())
    except Problem as problem:
        st.session_state[f"tried_{view.id}"] = True
        if problem.kind is not INCOMPLETE:
            shell.tell_later(problem.message)
            st.rerun()
        st.session_state["say_missing"] = view.id
        st.rerun()
    shell.toast_later("已提交，等待督导审核")
    st.switch_page(shell.page("records"))


def missing_list(view: InspectionView) -> None:
    st.markdown("\n".join(f"- {words.plain(m)}" for m in view.missing))


@st.dialog("还不能提交")
def say_missing(view: InspectionView) -> None:
    shell.who()
    missing_list(view)
    if st.button("去补齐", type="primary", width="stretch", key="understood"):
        st.rerun()


def looked(visit: int) -> None:
    """The inspector has seen what the evidence lacks, and hands it over."""
    st.session_state["handed_over"] = visit


@st.dialog("提交前看一眼")
def look_first(view: InspectionView) -> None:
    shell.who()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**本地块证据**")
        looks.verdict_badge(evidence.examined.verdict)
    st.caption("人还在地里，补一张最省事；补不了也可以提交，由督导判断。")
    set_looks.todo(evidence)
    set_looks.why(evidence)
    if st.button("去补拍", type="primary", width="stretch", key="shoot_more"):
        st.rerun()
    anyway = st.button(
        "就这样提交", width="stretch", key="submit_anyway", on_click=looked, args=(view.id,)
    )
    if anyway:
        st.rerun()


def progress_part(view: InspectionView) -> None:
    done, wanted = view.answered
    st.progress(done / max(wanted, 1), text=f"必填 {done}/{wanted}　照片 {len(view.photos)} 张")


def in_reach(view: InspectionView) -> None:
    """What is left to do, and the way to hand the visit over, wherever the page stands."""
    count = len(view.missing)
    with st.bottom, st.container(horizontal=True, gap="small", key="in_reach"):
        if count:
            with st.popover(f"还差 {count} 项", icon=":material/pending:", width="stretch"):
                missing_list(view)
        asked = st.button(
            "提交审核",
            type="secondary" if count else "primary",
            width="stretch",
            icon=":material/send:",
            key="submit",
        )
    if asked:
        send(view)


shell.tell()
visit_head.draw(view)
visit_head.switch(view, here="inspect")
left, right = st.columns([1, 1], gap="large")
with left:
    photo_part(view)
with right:
    st.subheader("现场情况")
    draft_form.draw(view, who)
    if view.editable:
        progress_part(view)
if view.editable:
    in_reach(view)
    if st.session_state.pop("handed_over", None) == view.id:
        hand_over(view)
    if st.session_state.pop("look_first", None) == view.id:
        look_first(view)
    if st.session_state.pop("say_missing", None) == view.id:
        say_missing(view)

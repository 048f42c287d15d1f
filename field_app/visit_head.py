"""What the form page and the chat page of a visit have in common: which visit, its head, the way
from one page to the other."""

import streamlit as st

from field_app import inspections, looks, maps, shell, widgets, words
from field_app.inspections import InspectionView
from field_app.maps import PhotoMark
from field_app.roles import Who
from models.vocabulary import InspectionState


def asked_visit(who: Who) -> int | None:
    """The visit of the address; a task opens one; else the draft that was worked on last."""
    visit, task = st.query_params.get("visit", ""), st.query_params.get("task", "")
    if shell.record_id(visit) is not None:
        return int(visit)
    with shell.guarded():
        opened = (
            inspections.open_visit(int(task), who, now=shell.now())
            if shell.record_id(task) is not None
            else inspections.newest_draft(who)
        )
        if opened is not None:
            st.query_params.from_dict({"visit": str(opened)})
        return opened
    return None


def draw(view: InspectionView) -> None:
    """Number, state, place, what was sent back, the way there, and the map."""
    st.title(view.parcel.number)
    place = (
        f"{view.parcel.township} {view.parcel.village}　"
        f"{words.mu(view.parcel.area_mu)}　{view.purpose}"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        looks.state_badge(view.state)
        st.caption(words.plain(place))
    if view.state == InspectionState.RETURNED:
        again = [p for p in view.photos if p.reshoot_why]
        st.error(
            f"**督导退回**　{words.plain(view.returned_why)}"
            + "".join(f"  \n重拍 **{p.kind}**：{words.plain(p.reshoot_why)}" for p in again),
            icon=":material/undo:",
        )
    widgets.way_to(view.parcel.boundary, key=f"way_{view.id}")
    with st.expander("地块信息和地图", icon=":material/map:"):
        looks.parcel_facts(view.parcel)
        maps.show(
            maps.parcel_map(
                view.parcel.boundary,
                number=view.parcel.number,
                me=None,
                photos=[
                    PhotoMark(
                        p.lon, p.lat, p.accuracy_m, p.heading_deg, p.view_deg, p.verdict, p.kind
                    )
                    for p in view.photos
                    if p.lon is not None and p.lat is not None
                ],
                neighbours=view.parcel.neighbours,
            ),
            height=320,
            key=f"visit_map_{view.id}",
        )


def switch(view: InspectionView, *, here: str) -> None:
    """From the form to the chat and back, at any moment: both show the same draft."""
    with st.container(horizontal=True, gap="small", key="form_or_chat"):
        for path, label, icon in (
            ("inspect", "表单", ":material/list_alt:"),
            ("chat", "对话", ":material/forum:"),
        ):
            with st.container(key=f"way_here_{path}" if path == here else f"way_other_{path}"):
                st.page_link(
                    shell.page(path),
                    label=label,
                    icon=icon,
                    query_params={"visit": str(view.id)},
                    width="stretch",
                )

"""地块: where it is from here, its facts, its map, its earlier photos."""

import streamlit as st

from field_app import inspections, looks, maps, shell, widgets, words
from field_app.maps import PhotoMark

who = shell.who()
asked = st.query_params.get("parcel", "")
if shell.record_id(asked) is None:
    st.info("请从任务列表里选择一个地块。")
    shell.link("tasks", "去任务列表", icon=":material/checklist:")
    st.stop()

parcel = None
with shell.guarded():
    parcel = inspections.parcel_view(int(asked), who)
if parcel is None:
    st.stop()

st.title(words.plain(parcel.number))
if parcel.name:
    st.caption(words.plain(parcel.name))
widgets.way_to(parcel.boundary, key=f"way_{parcel.id}")
for task_id in parcel.task_ids[:1]:
    shell.link("inspect", "在这里开始核查", icon=":material/photo_camera:", task=str(task_id))
left, right = st.columns([1, 1], gap="medium")
with left:
    me = widgets.my_position(key=f"parcel_position_{parcel.id}")
    maps.show(
        maps.parcel_map(
            parcel.boundary,
            number=parcel.number,
            me=me,
            photos=[
                PhotoMark(p.lon, p.lat, p.accuracy_m, p.heading_deg, p.view_deg, p.verdict, p.kind)
                for p in parcel.photos
                if p.lon is not None and p.lat is not None
            ],
            neighbours=parcel.neighbours,
        ),
        height=380,
        key=f"parcel_map_{parcel.id}",
    )
with right:
    st.subheader("地块信息")
    looks.parcel_facts(parcel)
st.subheader("以前的照片")
if not parcel.photos:
    st.caption("还没有可看的照片。")
with st.grid(min_column_width=150):
    for photo in parcel.photos:
        with st.container(gap="xxsmall", key=f"photo_{photo.id}"):
            looks.tile(photo)

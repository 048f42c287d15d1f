"""记录: my visits, those that want something of me first."""

import streamlit as st

from field_app import inspections, looks, shell, words
from models.taxonomy import problem_types
from models.vocabulary import InspectionState

who = shell.who()
st.title("我的记录")
rows = []
with shell.guarded():
    rows = inspections.mine(who, limit=200)
if not rows:
    st.info("还没有核查记录。到任务里选一个地块开始。")
    shell.link("tasks", "去任务列表", icon=":material/checklist:")
for row in rows:
    with st.container(border=True, gap="xsmall", key=f"record_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.plain(row.number)}**")
            looks.state_badge(row.state)
        said = problem_types()[row.problem].name if row.problem in problem_types() else "未发现问题"
        if row.state == InspectionState.DRAFT:
            said = "尚未提交"
        place = f"{row.township} {row.village}".strip()
        st.markdown(f"{words.plain(place)}　{row.photos} 张照片")
        st.caption(f"{words.plain(words.moment(row.changed_at))}　{words.plain(said)}")
        if row.why and row.state in (InspectionState.RETURNED, InspectionState.REJECTED):
            st.error(words.plain(row.why), icon=":material/undo:")
        label = {
            InspectionState.DRAFT: "继续核查",
            InspectionState.RETURNED: "去重拍",
        }.get(InspectionState(row.state), "查看")
        shell.link(
            "inspect",
            label,
            icon=":material/arrow_forward:",
            main=label != "查看",
            visit=str(row.id),
        )

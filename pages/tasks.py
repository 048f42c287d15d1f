"""任务: mine, near me, search; a list beside a map."""

import streamlit as st

from field_app import maps, shell, tasks, widgets, words
from field_app.maps import ParcelMark
from field_app.settings import settings
from field_app.tasks import Progress, TaskRow, Wanted
from models.taxonomy import townships

_PER_PAGE = 20
_COLOURS = {
    Progress.OPEN: "blue",
    Progress.DRAFT: "violet",
    Progress.RETURNED: "red",
    Progress.SUBMITTED: "gray",
    Progress.DONE: "green",
}

who = shell.who()
st.title("核查任务")
scope = st.segmented_control(
    "范围",
    ["我的任务", "附近任务"],
    default="我的任务",
    required=True,
    width="stretch",
    key="scope",
    label_visibility="collapsed",
    persist_state="session",
)
words_typed = st.text_input(
    "查找",
    key="words",
    placeholder="地块编号、村名或项目名",
    label_visibility="collapsed",
    icon=":material/search:",
    persist_state="session",
)
with st.expander("筛选"):
    names = {
        t.code: t.name for t in townships().values() if t.county_code == settings().county_code
    }
    township = st.selectbox(
        "乡镇", ["", *names], format_func=lambda c: names.get(c, "全部乡镇"), key="township"
    )
    finished = st.toggle("包括已完成的", key="finished")

me = None
if scope == "附近任务":
    me = widgets.my_position(key="tasks_position")
    if me is None:
        st.info("正在等待定位。也可以直接按编号、村名查找。", icon=":material/my_location:")

page_no = st.session_state.get("tasks_page", 0)
rows: list[TaskRow] = []
total = 0
with shell.guarded():
    rows, total = tasks.listing(
        who,
        Wanted(
            words=words_typed or "",
            township_code=township or "",
            near=me,
            radius_m=settings().near_m,
            finished=finished,
            limit=_PER_PAGE * (page_no + 1),
        ),
    )


def card(row: TaskRow) -> None:
    with st.container(border=True, gap="xsmall", key=f"task_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{words.plain(row.number)}**")
            st.badge(row.progress, color=_COLOURS[row.progress])  # type: ignore[arg-type]
            for flag in row.flags:
                st.badge(flag, color="orange", icon=":material/flag:")
        where = f"{row.township} {row.village}".strip()
        distance = ""
        if row.distance_m is not None:
            distance = f"　距我 **{words.metres(row.distance_m)}**"
            if row.bearing_deg is not None:
                distance += f" {words.direction(row.bearing_deg)}方"
        st.markdown(
            f"{words.plain(where)}　{words.plain(words.mu(row.area_mu))}{distance}  \n"
            f":gray[{words.plain(row.project)}　{row.purpose}　截止 {words.plain(words.day(row.closes_at))}]"
        )
        with st.container(horizontal=True):
            st.page_link(
                shell.page("parcel"),
                label="看地块",
                icon=":material/map:",
                query_params={"parcel": str(row.parcel_id)},
                width="stretch",
            )
            if shell.may_inspect(who) and row.progress not in (Progress.SUBMITTED, Progress.DONE):
                st.page_link(
                    shell.page("inspect"),
                    label="去核查",
                    icon=":material/photo_camera:",
                    query_params={"task": str(row.id)},
                    width="stretch",
                )


left, right = st.columns([1, 1], gap="medium")
with left:
    maps.show(
        maps.tasks_map([ParcelMark(r.at.lon, r.at.lat, r.number, r.progress) for r in rows], me=me),
        height=300,
        key="tasks_map",
    )
with right:
    if total:
        st.caption(f"共 {total} 个任务" + ("，由近到远" if me else "，退回的在前"))
    elif words_typed or township or me:
        st.info("没有符合条件的任务。换个词，或去掉筛选再试。")
    else:
        st.info("目前没有分给您的核查任务。县办安排后会出现在这里。")
    for each in rows:
        card(each)
    if total > len(rows) and st.button(f"再显示 {_PER_PAGE} 个", width="stretch"):
        st.session_state["tasks_page"] = page_no + 1
        st.rerun()

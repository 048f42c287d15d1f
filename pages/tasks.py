"""任务: mine, near me, search; a list beside a map, one of the two at a time on a phone."""

import streamlit as st

from field_app import list_filters, maps, shell, tasks, widgets, words
from field_app.maps import ParcelMark
from field_app.roles import Action, may
from field_app.settings import settings
from field_app.tasks import Progress, TaskRow, Wanted
from photos.case import direction_text

_PER_PAGE = 20
_ON_MAP = 60  # more signs than this hide one another, and cost every rerun
_COLOURS = {
    Progress.OPEN: "blue",
    Progress.DRAFT: "violet",
    Progress.RETURNED: "red",
    Progress.SUBMITTED: "gray",
    Progress.DONE: "green",
}
_GO = {Progress.DRAFT: "继续核查", Progress.RETURNED: "去重拍"}

who = shell.who()
st.title("核查任务")
with st.container(horizontal=True, gap="small", key="tasks_top"):
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
    with st.container(key="tasks_switch"):
        as_map = st.segmented_control(
            "显示为",
            ["列表", "地图"],
            default="列表",
            required=True,
            key="tasks_view",
            label_visibility="collapsed",
            persist_state="session",
        )
with st.container(horizontal=True, key="tasks_search"):
    words_typed = st.text_input(
        "查找",
        key="words",
        placeholder="地块编号、村名或项目名",
        label_visibility="collapsed",
        icon=":material/search:",
        persist_state="session",
    )
    with st.popover("筛选", icon=":material/tune:"):
        names = list_filters.county_townships()
        township = st.selectbox(
            "乡镇", ["", *names], format_func=lambda c: names.get(c, "全部乡镇"), key="township"
        )
        finished = st.toggle("包括已完成的", key="finished")
if township or finished:
    chosen = [names[township]] if township else []
    st.caption("筛选：" + "、".join(chosen + (["包括已完成的"] if finished else [])))

if may(who, Action.SEE_DRAWS):
    shell.link("second_look", "抽查与回头看", icon=":material/casino:", main=False)
near = scope == "附近任务"
me = widgets.my_position(key="tasks_position") if near else None
waiting = near and me is None
page_no = st.session_state.get("tasks_page", 0)
shown = _PER_PAGE * (page_no + 1)
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
            limit=max(shown, _ON_MAP),
        ),
    )


def card(row: TaskRow, place: str) -> None:
    with st.container(border=True, gap="xsmall", key=f"task_{place}_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{words.plain(row.number)}**")
            st.badge(row.progress, color=_COLOURS[row.progress])  # type: ignore[arg-type]
            for flag in row.flags:
                st.badge(flag, color="orange", icon=":material/flag:")
        where = f"{row.township} {row.village}".strip()
        distance = ""
        if row.distance_m is not None:
            distance = f"　距我 **{words.metres(row.distance_m)}**"
            if row.bearing_deg is not None:
                distance += f" {direction_text(row.bearing_deg)}方"
        st.markdown(f"{words.plain(where)}　{words.plain(words.mu(row.area_mu))}{distance}")
        st.caption(
            f"{words.plain(row.project)}　{row.purpose}　截止 {words.plain(words.day(row.closes_at))}"
        )
        to_do = shell.may_inspect(who) and row.progress not in (Progress.SUBMITTED, Progress.DONE)
        with st.container(horizontal=True, gap="small", key=f"ways_{place}_{row.id}"):
            parcel, task = str(row.parcel_id), str(row.id)
            shell.link(
                "parcel", "看地块", icon=":material/map:", main=False, parcel=parcel, place=place
            )
            if to_do:
                label = _GO.get(row.progress, "去核查")
                icon = ":material/photo_camera:"
                shell.link("inspect", label, icon=icon, task=task, place=place)
                st.html(
                    f'<a class="field-link" href="/capture/#/task/{row.id}">外业（无信号可用）</a>'
                )


def map_part() -> None:
    told = maps.show(
        maps.tasks_map(
            [ParcelMark(r.at.lon, r.at.lat, r.number, r.progress, key=str(r.id)) for r in rows],
            me=me,
        ),
        height=420,
        key="tasks_map",
        taps=True,
    )
    tapped = next((r for r in rows if str(r.id) == told["tapped"]), None)
    if tapped is not None:
        card(tapped, "map")
    elif rows:
        more = f"图上是前 {len(rows)} 个。" if total > len(rows) else ""
        st.caption(f"{more}点图上的标记，看是哪个地块。")


def nothing_planned() -> None:
    """What has to happen first, for whoever may do it."""
    if not may(who, Action.PLAN_TASKS):
        st.info("目前没有分给您的核查任务。县办安排后会出现在这里。")
        return
    st.info("还没有核查任务。先导入地块，再安排任务。")
    shell.link("office", "去导入和安排", icon=":material/upload_file:")


def list_part() -> None:
    if waiting:
        st.info("定位后由近到远排列。下面先按截止时间排列。", icon=":material/my_location:")
    if total:
        st.caption(f"共 {total} 个任务，" + ("由近到远" if me else "退回的在前，再按截止时间"))
    elif me:
        st.info(
            f"{words.metres(settings().near_m)} 以内没有您的任务。切换到“我的任务”看全部。",
            icon=":material/explore:",
        )
    elif words_typed or township:
        st.info("没有符合条件的任务。换个词，或去掉筛选再试。")
    else:
        nothing_planned()
    for each in rows[:shown]:
        card(each, "list")
    if total > shown and st.button(f"再显示 {_PER_PAGE} 个", width="stretch"):
        st.session_state["tasks_page"] = page_no + 1
        st.rerun()


with st.container(key="tasks_as_map" if as_map == "地图" else "tasks_as_list"):
    left, right = st.columns([1, 1], gap="medium")
    with left, st.container(key="tasks_map_part"):
        map_part()
    with right, st.container(key="tasks_list_part"):
        list_part()

"""导入: parcels and the project list from files, and tasks for what was imported."""

from datetime import datetime, time, timedelta

import streamlit as st

from field_app import shell, tasks, units, words
from field_app.clock import CHINA, local
from field_app.parcels import batches, projects
from field_app.parcels.intake import Choice, Intake, import_parcels
from field_app.problems import CRS_NEEDED, Problem
from field_app.settings import settings
from models.geo import MU_M2

_CRS = {
    "EPSG:4525": "CGCS2000 3 度带 37 带（东坐标 8 位，37 开头）",
    "EPSG:4526": "CGCS2000 3 度带 38 带（东坐标 8 位，38 开头）",
    "EPSG:4546": "CGCS2000 3 度带 中央经线 111°（东坐标 6 位）",
    "EPSG:4547": "CGCS2000 3 度带 中央经线 114°（东坐标 6 位）",
    "EPSG:4497": "CGCS2000 6 度带 19 带（东坐标 8 位，19 开头）",
    "EPSG:4490": "CGCS2000 经纬度",
}
_SHOWN = 500

who = shell.who()
st.title("导入地块和项目")


def report(result: Intake) -> None:
    """What became of each parcel: the refused first, then what was repaired."""
    with st.container(horizontal=True):
        st.badge(f"可导入 {result.count('taken')}", color="green")
        st.badge(f"已修复 {result.count('repaired')}", color="orange")
        st.badge(f"不能导入 {result.count('refused')}", color="red")
        if result.unchanged:
            st.badge(f"已有相同 {result.unchanged}", color="gray")
    for message in result.messages:
        st.info(words.plain(message))
    status = {"taken": "可导入", "repaired": "已修复", "refused": "不能导入"}
    lines = sorted(
        result.lines, key=lambda line: ("refused", "repaired", "taken").index(line.status)
    )
    st.dataframe(
        [
            {
                "结果": "已有相同" if line.unchanged else status[line.status],
                "编号": line.number,
                "说明": "；".join(line.messages),
                "面积": "" if line.area_m2 is None else words.mu(line.area_m2 / MU_M2),
                "文件中的位置": line.where,
                "坐标系": _CRS.get(line.crs, line.crs),
            }
            for line in lines[:_SHOWN]
        ],
        hide_index=True,
        width="stretch",
        column_config={"说明": st.column_config.TextColumn(width="large")},
    )
    if len(lines) > _SHOWN:
        st.caption(f"只显示前 {_SHOWN} 条，共 {len(lines)} 条。")


def said_of(result: Intake, *, go: bool, good: bool) -> None:
    """What became of the file as a whole."""
    if result.imported:
        st.success(f"已导入 {result.imported} 个地块。")
    elif go and result.count("refused") and not good:
        st.error("有不能导入的地块，整个文件没有导入。改正后重来，或勾选“只导入其余的”。")
    elif go and result.count("refused"):
        st.error("没有导入任何地块：其余的都不能导入，原因见下表。")
    if result.unchanged:
        st.info(f"系统中已有相同地块 {result.unchanged} 个，没有重复导入。")


def take(files: list, choice: Choice) -> list[Intake]:
    """Takes the files one after another, telling how far it is; a refusal stands beside its file."""
    results = []
    for file in files:
        bar = st.progress(0.0, text=words.plain(file.name))
        try:
            result = import_parcels(
                file.getvalue(),
                file.name,
                choice,
                who=who,
                now=shell.now(),
                report=lambda share, what, bar=bar, name=file.name: bar.progress(
                    min(share, 1.0), text=words.plain(f"{name}：{what}")
                ),
            )
        except Problem as problem:
            st.error(words.plain(problem.message), icon=":material/error:")
            if problem.kind is CRS_NEEDED:
                st.session_state["crs_needed"] = True
            continue
        finally:
            bar.empty()
        results.append(result)
    return results


parcels_tab, projects_tab, plan_tab = st.tabs(["地块", "项目清单", "安排任务"])
with parcels_tab:
    files = st.file_uploader(
        "地块文件：报备坐标 TXT、Shapefile（zip）、GeoPackage、GeoJSON、KML",
        accept_multiple_files=True,
        max_upload_size=int(settings().import_max_mb),
        key="parcel_files",
    )
    known: list[projects.ProjectRow] = []
    with shell.guarded():
        known = projects.listing(who)
    names = {p.code: f"{p.name}（{p.code}）" for p in known}
    code = st.selectbox(
        "归入项目", ["", *names], format_func=lambda c: names.get(c, "不归入项目"), key="project"
    )
    crs = ""
    if st.session_state.get("crs_needed"):
        crs = st.selectbox(
            "文件未注明坐标系，请查明后选择（不要按所在县猜）",
            list(_CRS),
            index=None,
            format_func=lambda c: f"{c} {_CRS[c]}",
            placeholder="请选择坐标系",
            key="crs",
        )
    update = st.checkbox("更新已有地块的边界（旧边界留存）", key="update_existing")
    good = st.checkbox("有不能导入的地块时，只导入其余的", key="take_good")
    choice = Choice(code, crs or "", take_good=good, update_existing=update)
    with st.container(horizontal=True):
        look = st.button("先检查，不导入", disabled=not files, width="stretch")
        go = st.button("导入", type="primary", disabled=not files, width="stretch")
    if files and (look or go):
        with shell.guarded():
            asked = Choice(code, crs or "", good, update, dry_run=not go)
            for result in take(files, asked):
                st.markdown(
                    f"**{words.plain(result.file)}**　{result.format}　{words.plain(result.crs)}"
                )
                said_of(result, go=go, good=good)
                report(result)
    st.subheader("最近的导入")
    with shell.guarded():
        recent = batches.recent(who)
        if not recent:
            st.caption("还没有导入过。")
        for row in recent:
            with st.container(gap="xxsmall", key=f"import_{row.id}"):
                st.markdown(
                    f"**{words.plain(row.file_name)}**　导入 {row.taken + row.repaired}"
                    + (f"　其中修复 {row.repaired}" if row.repaired else "")
                    + (f"　:red[拒绝 {row.refused}]" if row.refused else "")
                )
                st.caption(f"{words.plain(words.moment(row.at))}　{words.plain(row.by)}")

with projects_tab:
    st.download_button(
        "下载项目清单模板（附件3）",
        data=projects.template,
        file_name="补充耕地项目清单模板.xlsx",
        icon=":material/download:",
        on_click="ignore",
    )
    sheet = st.file_uploader("填好的项目清单（.xlsx）", type=["xlsx"], key="project_file")
    if sheet and st.button("导入项目清单", type="primary", width="stretch"):
        with shell.guarded():
            said = projects.import_projects(sheet.getvalue(), sheet.name, who=who, now=shell.now())
            if said.imported:
                st.success(f"已导入 {said.imported} 个项目。")
            else:
                st.error("没有导入。请按下面的说明改正后重来。")
            st.dataframe(
                [
                    {
                        "行": line.where,
                        "项目备案编号": line.code,
                        "结果": line.status,
                        "说明": "；".join(line.messages),
                    }
                    for line in said.lines
                ],
                hide_index=True,
                width="stretch",
            )

with plan_tab:
    st.caption("给一次导入的地块安排核查任务；已有同类未完成任务的地块不会重复安排。")
    with shell.guarded():
        imports = {
            b.id: b for b in batches.recent(who) if b.kind == "地块" and b.taken + b.repaired
        }
        teams = units.teams()
        chosen = st.selectbox(
            "哪一次导入",
            list(imports),
            index=None,
            placeholder="请选择",
            format_func=lambda i: f"{words.moment(imports[i].at)} {imports[i].file_name}",
        )
        team = st.selectbox(
            "交给哪个组", list(teams), index=None, placeholder="请选择", format_func=teams.get
        )
        purpose = st.selectbox("目的", tasks.PLANNED)
        today = local(shell.now()).date()
        window = st.date_input("核查时间", (today, today + timedelta(days=30)), format="YYYY-MM-DD")
        ready = (
            chosen is not None
            and team is not None
            and isinstance(window, tuple)
            and len(window) == 2
        )
        if st.button("安排任务", type="primary", disabled=not ready, width="stretch") and ready:
            made = tasks.plan(
                batches.parcel_ids(chosen),
                team_id=team,
                purpose=purpose,
                opens_at=datetime.combine(window[0], time.min, CHINA),
                closes_at=datetime.combine(window[1], time.max, CHINA),
                who=who,
                now=shell.now(),
            )
            st.success(f"已安排 {made} 个任务。")

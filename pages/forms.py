"""表单: the county's questions, by Excel (XLSForm): take one out, change it, bring it back."""

import streamlit as st

from field_app import shell, words
from field_app.clock import local
from field_app.forms import Form, office
from field_app.forms.office import VersionRow

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

who = shell.who()
st.title("核查表单")
st.caption(
    "表单和对话都按这里的题目提问。下载为 Excel（XLSForm 标准），改好再上传；"
    "新的版本只用于之后新开的核查，已开的核查仍用原来的版本。"
)


def questions(form: Form, before: Form | None = None) -> None:
    """The questions of a form; against another one, what is new and what is changed."""
    known = before.by_name if before else {}

    def differs(name: str) -> str:
        if before is None:
            return ""
        if name not in known:
            return "新增"
        return "有改动" if known[name] != form.question(name) else ""

    st.dataframe(
        [
            {
                "": differs(q.name),
                "分组": q.section,
                "题目": q.label,
                "名称": q.name,
                "类型": str(q.kind),
                "必填": "是" if q.required else "",
                "选项": "、".join(c.label for c in form.lists.get(q.list_name, ())[:12]),
            }
            for q in form.questions
            if q.answered
        ],
        hide_index=True,
        width="stretch",
    )
    gone = [q.label for q in known.values() if q.name not in form.by_name]
    if gone:
        st.warning(f"去掉的题目：{words.plain('、'.join(gone))}")


def bring(current: VersionRow | None) -> None:
    st.subheader("上传改好的表单")
    file = st.file_uploader("表单文件（.xlsx）", type=["xlsx"], key="form_file")
    if file is None:
        return
    data = file.getvalue()
    with shell.guarded():
        read = office.looked_at(data, who)
        for title, found in (("要改正", read.problems), ("请留意", read.warnings)):
            if found:
                st.markdown(f"**{title}**（{len(found)}）")
                st.dataframe(
                    [{"工作表": p.sheet, "单元格": p.cell, "说明": p.what} for p in found],
                    hide_index=True,
                    width="stretch",
                    column_config={"说明": st.column_config.TextColumn(width="large")},
                )
        if read.form is None or read.problems:
            st.error("这份表单还不能启用，请按上面列出的单元格改好后再上传。")
            return
        st.markdown(f"**{words.plain(read.form.title)}**　版本 {words.plain(read.form.version)}")
        questions(read.form, office.definition(current.sha256 if current else "", who))
        st.button("启用这份表单", type="primary", key="use_form", on_click=use, args=(data,))


def use(data: bytes) -> None:
    with shell.told_later():
        form = office.take_into_use(data, shell.actor(), now=shell.now())
        shell.toast_later(f"已启用版本 {form.version}，之后新开的核查按它提问")
        st.session_state.pop("form_file", None)


def use_again(sha256: str, version: str) -> None:
    with shell.told_later():
        office.use_again(sha256, shell.actor(), now=shell.now())
        shell.toast_later(f"已启用版本 {version}")


def version(row: VersionRow) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        where = "县里的" if row.own else "随产品提供"
        st.markdown(
            f"**{words.plain(row.version)}**　{words.plain(row.title)}  \n"
            f":gray[{where}　{words.plain(row.by)}　启用于 {local(row.used_from):%Y-%m-%d %H:%M}"
            f"　用于 {row.visits} 次核查]"
        )
        if row.current:
            st.badge("使用中", color="green")
        st.download_button(
            "下载 Excel",
            lambda: office.as_xlsform(row.sha256, who),
            file_name=f"核查表单_{row.version}.xlsx",
            mime=_XLSX,
            key=f"take_{row.sha256}",
            on_click="ignore",
        )
        if not row.current:
            st.button(
                "重新启用",
                key=f"again_{row.sha256}",
                on_click=use_again,
                args=(row.sha256, row.version),
            )


shell.tell()
rows: list[VersionRow] = []
with shell.guarded():
    rows = office.listing(who, now=shell.now())
    current = next((r for r in rows if r.current), None)
    if current is not None:
        with st.expander("现在用的题目", icon=":material/list_alt:"):
            questions(office.definition(current.sha256, who))
    bring(current)
    st.subheader("全部版本")
    for each in rows:
        version(each)

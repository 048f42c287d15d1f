"""表单: the county's questions, by Excel (XLSForm): take one out, change it, bring it back."""

from collections.abc import Sequence

import streamlit as st

from field_app import shell, words
from field_app.forms import Form, office, told
from field_app.forms.office import VersionRow
from field_app.forms.told import Differences
from field_app.forms.xlsform import CellProblem
from field_app.forms.xlsform.workbook import MOST_BYTES
from field_app.problems import FORM_VERSION_TAKEN

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 10  # versions; the earlier ones are folded away
_CELLS = 8  # that are named where one sentence is true of many

who = shell.who()
st.title("核查表单")
st.caption(
    "表单和对话都按这里的题目提问。下载 Excel，改好再上传；新的表单只用于之后新开的核查，"
    "已经开始的和已经提交的仍按原来的题目。"
)


def question_list(form: Form, marks: dict[str, str]) -> None:
    """The questions by section; `marks` stand behind those that they name."""
    section, lines = "", []
    for q in told.seen(form):
        if q.section != section:
            section = q.section
            lines.append(f"\n**{words.plain(section or '不分组的')}**\n")
        lines.append(
            f"- {words.plain(q.label)}　{marks.get(q.name, '')}"
            f":gray[{words.plain(told.about(form, q))}]"
        )
    st.markdown("\n".join(lines))


def cells(found: Sequence[CellProblem]) -> None:
    """What is said of the cells; what is true of several of a sheet is said once."""
    by_words: dict[tuple[str, str], list[str]] = {}
    for p in found:
        by_words.setdefault((p.sheet, p.what), []).append(p.cell)
    lines = []
    for (sheet, what), where in by_words.items():
        more = f" 等 {len(where)} 处" if len(where) > _CELLS else ""
        place = f"{sheet} {'、'.join(where[:_CELLS])}{more}".strip()
        lines.append(f"- **{words.plain(place or '整个文件')}**　{words.plain(what)}")
    st.markdown("\n".join(lines))


def what_changes(form: Form, found: Differences) -> None:
    """The new, the changed and the dropped questions; all of them are folded away."""
    if not found:
        st.info("题目和使用中的一样。", icon=":material/info:")
    lines = [f"- :green-badge[新增] {_line(form, q)}" for q in found.new]
    lines += [
        f"- :orange-badge[改动] {words.plain(q.label)}　:gray[{words.plain(what)}]"
        for q, what in found.changed
    ]
    lines += [f"- :red-badge[去掉] {words.plain(q.label)}" for q in found.gone]
    if found.moved:
        lines.append("- :orange-badge[改动] 题目的顺序")
    if lines:
        st.markdown("\n".join(lines))
    marks = {q.name: ":green-badge[新增] " for q in found.new}
    marks |= {q.name: ":orange-badge[改动] " for q, _ in found.changed}
    with st.expander("启用后的全部题目", icon=":material/list_alt:"):
        question_list(form, marks)


def _line(form: Form, q: told.Question) -> str:
    return f"{words.plain(q.label)}　:gray[{words.plain(told.about(form, q))}]"


def bring(current: VersionRow, now_asked: Form) -> None:
    """A changed file: what is wrong with it, or what it changes and the button to use it."""
    st.subheader("上传改好的表单")
    # A new key empties the field after a file was taken into use.
    key = f"form_file_{st.session_state.get('form_files', 0)}"
    file = st.file_uploader(
        "改好的 Excel 文件（.xlsx）", type=["xlsx"], max_upload_size=MOST_BYTES // 2**20, key=key
    )
    if file is None:
        st.caption(
            "怎么改，见 Excel 里的“说明”表；每改一次，在 settings 表里换一个新的 version。"
            "上传后先检查，没有问题才能启用。"
        )
        return
    data = file.getvalue()
    read = office.looked_at(data, who)
    form = read.form
    if read.problems:
        st.error(
            f"有 {len(read.problems)} 处要改正，还不能启用。请在 Excel 里改好，再上传一次；"
            "使用中的表单没有变。",
            icon=":material/error:",
        )
        cells(read.problems)
    if read.warnings:
        with st.expander(f"没有采用的内容（{len(read.warnings)}）", icon=":material/info:"):
            cells(read.warnings)
    if form is None or read.problems:
        return
    if form.sha256 == current.sha256:
        st.info("这份文件就是使用中的表单，没有改动。", icon=":material/info:")
        return
    st.success(
        f"检查过了，没有问题。版本 {words.plain(form.version)} 与使用中的表单相比：",
        icon=":material/check:",
    )
    what_changes(form, told.differences(now_asked, form))
    if office.name_taken(form, who):
        st.error(
            words.plain(FORM_VERSION_TAKEN(version=form.version).message), icon=":material/error:"
        )
        return
    st.button(
        "启用这份表单",
        type="primary",
        key="use_form",
        width="stretch",
        on_click=use,
        args=(data,),
    )


def use(data: bytes) -> None:
    with shell.told_later():
        form = office.take_into_use(data, shell.actor(), now=shell.now())
        shell.toast_later(f"已启用版本 {form.version}，之后新开的核查按它提问")
        st.session_state["form_files"] = st.session_state.get("form_files", 0) + 1


def use_again(sha256: str, version: str) -> None:
    with shell.told_later():
        office.use_again(sha256, shell.actor(), now=shell.now())
        shell.toast_later(f"已启用版本 {version}，之后新开的核查按它提问")


def in_use(row: VersionRow, form: Form) -> None:
    st.subheader("使用中的表单")
    facts(row)
    download(row, place="now")
    count = sum(q.answered for q in form.questions)
    with st.expander(f"全部题目（{count}）", icon=":material/list_alt:"):
        question_list(form, {})


def facts(row: VersionRow) -> None:
    where = f"{row.by or '县办'}上传" if row.own and row.by else "随产品提供"
    st.markdown(
        f"**{words.plain(row.title)}**　版本 {words.plain(row.version)}  \n"
        f":gray[{words.plain(where)}　启用于 {words.plain(words.moment(row.used_from))}"
        f"　用于 {row.visits} 次核查]"
    )


def download(row: VersionRow, *, place: str) -> None:
    st.download_button(
        "下载 Excel",
        lambda: office.as_xlsform(row.sha256, who),
        file_name=f"核查表单_{row.version}.xlsx",
        mime=_XLSX,
        icon=":material/download:",
        key=f"take_{place}_{row.sha256}",
        on_click="ignore",
    )


def version(row: VersionRow) -> None:
    with st.container(border=True, key=f"version_{row.sha256[:12]}"):
        facts(row)
        with st.container(horizontal=True, vertical_alignment="center"):
            if row.current:
                st.badge("使用中", icon=":material/check:", color="green")
                return
            download(row, place="version")
            st.button(
                "重新启用",
                icon=":material/undo:",
                key=f"again_{row.sha256}",
                on_click=use_again,
                args=(row.sha256, row.version),
            )


def all_versions(rows: list[VersionRow]) -> None:
    st.subheader("全部版本")
    for each in rows[:_SHOWN]:
        version(each)
    if len(rows) > _SHOWN:
        with st.expander(f"更早的 {len(rows) - _SHOWN} 个版本", icon=":material/history:"):
            for each in rows[_SHOWN:]:
                version(each)


shell.tell()
with shell.guarded():
    versions = office.listing(who, now=shell.now())
    current = versions[0]
    asked = office.definition(current.sha256, who)
    in_use(current, asked)
    bring(current, asked)
    all_versions(versions)

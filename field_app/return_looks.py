"""A ledger that comes back from Excel, as the ledger's page draws it: the file, what it would change,
what became of it."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from field_app import list_filters, shell, words
from field_app.ledger.reading_back import applying, keeping, workbook
from field_app.ledger.reading_back.comparing import Outcome
from field_app.ledger.reading_back.judging import CellShown, RowShown
from field_app.ledger.reading_back.keeping import Preview
from field_app.roles import Who

_PER_PAGE = 10
_SHOWN_CHARS = 160
_ONE_LINE_CHARS = (
    60  # of what was and what is to be, on one line; longer ones stand below each other
)
_COLOURS = {
    Outcome.CONFLICT: ("orange", ":material/warning:"),
    Outcome.CHANGED: ("blue", ":material/edit:"),
    Outcome.REFUSED: ("red", ":material/block:"),
    Outcome.SAME: ("gray", ":material/check:"),
}


def draw(who: Who) -> None:
    """The way back into the ledger. What was uploaded stays here until it is applied or dropped."""
    upload = keeping.newest_open(who)
    with st.expander(
        "导入修改过的 Excel", icon=":material/upload_file:", expanded=upload is not None
    ):
        if upload is None:
            _ask(who)
            return
        preview = keeping.preview(upload, who=who)
        st.markdown(f"**{words.plain(preview.file_name)}**")
        st.caption(f"{words.moment(preview.at)} 上传")
        if preview.applied_at is None:
            _before(preview, who)
        else:
            _after(preview, who)


def _ask(who: Who) -> None:
    st.caption(
        "导出的台账，改好浅黄色的格、存为 .xlsx 后在这里上传。先看到改了什么，点“应用”之前不会改动任何条目。"
    )
    times = st.session_state.get("returns", 0)
    file = st.file_uploader(
        "改好的台账（.xlsx）",
        type=["xlsx"],
        max_upload_size=workbook.MOST_MB,
        key=f"return_file_{times}",
    )
    if st.button("看改了什么", disabled=file is None, width="stretch", key="return_read") and file:
        with st.spinner("正在读取和比较"):
            keeping.take(file.getvalue(), file.name, who=who, now=shell.now())
        st.session_state["returns"] = times + 1
        st.rerun()


def _before(preview: Preview, who: Who) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        for outcome in (Outcome.CHANGED, Outcome.CONFLICT, Outcome.REFUSED):
            if number := preview.count(outcome):
                _badge(outcome, f"{outcome} {number} 条")
        _badge(Outcome.SAME, f"未变 {preview.same} 条")
    for note in preview.notes:
        st.caption(words.plain(note))
    if preview.missing:
        st.caption(f"文件里没有的 {preview.missing} 条，不作改动。")
    changes = preview.cells[Outcome.CHANGED]
    if not preview.rows:
        st.info("文件和系统里的一样，没有要改的。")
    if preview.count(Outcome.CONFLICT):
        st.warning(
            "冲突的格，导出以后这里已改成别的内容，不会盖掉；要改，请打开那一条在页面上改。",
            icon=":material/warning:",
        )
    for row in _page(preview.rows, f"return_{preview.id}"):
        _row(row)
    _pager(preview.rows, f"return_{preview.id}")
    why = ""
    if preview.needs_why:
        why = st.text_input(
            "修改的理由（必填，会记在每一条的经过里）",
            max_chars=applying.WHY_MAX,
            key=f"return_why_{preview.id}",
        )
    with st.container(horizontal=True):
        go = st.button(
            f"应用 {changes} 处改动", type="primary", disabled=not changes, width="stretch",
            key="return_apply",
        )  # fmt: skip
        drop = st.button("放弃", width="stretch", key="return_drop")
    if drop:
        keeping.drop(preview.id, who=who, now=shell.now())
        st.rerun()
    if go:
        _apply(preview, why or "", who)
        st.rerun()


def _apply(preview: Preview, why: str, who: Who) -> None:
    bar = st.progress(0.0, text="正在应用")

    def far(share: float) -> None:
        bar.progress(share, text="正在应用")

    try:
        applying.apply(preview.id, why=why, who=who, now=shell.now(), report=far)
    finally:
        bar.empty()


def _after(preview: Preview, who: Who) -> None:
    done = [r for r in preview.results if r["done"]]
    failed = [r for r in preview.results if r["failed"]]
    if done:
        st.success(f"已应用：{len(done)} 条，{sum(len(r['done']) for r in done)} 处。")
    if failed:
        st.warning(
            f"{len(failed)} 条有没有采用的内容，原因如下；其余的已经应用。"
            if done
            else f"{len(failed)} 条都没有采用，原因如下。",
            icon=":material/warning:",
        )
    if not preview.results:
        st.info("没有要改的，没有改动任何条目。")
    results = [*failed, *(r for r in done if not r["failed"])]
    for result in _page(results, f"returned_{preview.id}"):
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{words.plain(result['number'] or '没有编号的行')}**")
            if result["done"]:
                st.markdown(f":material/check: 已改 {words.plain('、'.join(result['done']))}")
            for heading, why in result["failed"]:
                st.markdown(f":material/block: {words.plain(heading)}：{words.plain(why)}")
    _pager(results, f"returned_{preview.id}")
    if st.button("知道了", type="primary", width="stretch", key="return_done"):
        keeping.drop(preview.id, who=who, now=shell.now())
        st.rerun()


def _page(items: Sequence[Any], name: str) -> Sequence[Any]:
    start = _PER_PAGE * list_filters.page_of(name, str(len(items)))
    return items[start : start + _PER_PAGE]


def _pager(items: Sequence[Any], name: str) -> None:
    offset = _PER_PAGE * list_filters.page_of(name, str(len(items)))
    list_filters.pager(name, offset=offset, per_page=_PER_PAGE, total=len(items))


def _row(row: RowShown) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{words.plain(row.number or '没有编号的行')}**")
            _badge(row.outcome, str(row.outcome))
            refused = sum(cell.outcome == Outcome.REFUSED for cell in row.cells)
            if refused and row.outcome != Outcome.REFUSED:
                _badge(Outcome.REFUSED, f"{refused} 格不采用")
        if row.where:
            st.caption(words.plain(row.where))
        if row.why:
            st.markdown(words.plain(row.why))
        for cell in row.cells:
            _cell(cell)


def _cell(cell: CellShown) -> None:
    name = f"**{words.plain(cell.heading)}**"
    place = words.plain(cell.at.rpartition(" ")[2])
    if cell.outcome == Outcome.CHANGED:
        was, now = _said(cell.base), _said(cell.file)
        if len(was) + len(now) <= _ONE_LINE_CHARS:
            st.markdown(f"{name}　{was} → {now}")
        else:
            st.markdown(f"{name}  \n原来：{was}  \n改为：{now}")
    elif cell.outcome == Outcome.CONFLICT:
        st.markdown(
            f":material/warning: {name}（{place}）冲突  \n导出时：{_said(cell.base)}  \n"
            f"现在：{_said(cell.here)}  \n文件里：{_said(cell.file)}"
        )
    elif cell.outcome == Outcome.REFUSED:
        st.markdown(
            f":material/block: {name}（{place}）{words.plain(cell.why)}  \n"
            f"文件里：{_said(cell.file)}"
        )


def _said(value: Any) -> str:
    text = " ".join(str("" if value is None else value).split())
    if not text:
        return ":gray[空]"
    return words.plain(text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}……")


def _badge(outcome: Outcome, label: str) -> None:
    colour, icon = _COLOURS[outcome]
    st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type]

"""看板: how the campaign stands, by township, ledger, unit and week; and the papers made of it."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from field_app import accounts, figure_looks, shell, units, words
from field_app.ledger.filters import NO_TOWNSHIP
from field_app.problems import SIGN_IN_NEEDED
from field_app.reports import documents, overview, periods
from field_app.reports.kept import kept_overview
from field_app.reports.overview import Overview
from field_app.reports.periods import Kind, Period
from field_app.roles import Action, Scope, may, require, scope

_SPAN = {Kind.WEEKLY: "近七天", Kind.MONTHLY: "本月", Kind.STAGE: "全过程"}
_BEFORE = {
    Kind.WEEKLY: "；箭头是与前七天比",
    Kind.MONTHLY: "；箭头是与上月同期比",
    Kind.STAGE: "",
}
_STANDING = (
    "registered", "open", "closed", "closed_rate", "late", "soon", "carried", "handed", "arose",
    "looked_rate",
)  # fmt: skip
_PERIOD = (
    "found", "rectified_in", "closed_in", "sent_back_in", "late_in", "carried_in", "handed_in",
    "looked_in", "reopened_in",
)  # fmt: skip

who = shell.who()
st.title("看板")
with shell.guarded():
    require(who, Action.SEE_FIGURES)
if not may(who, Action.SEE_FIGURES):
    st.stop()
now = shell.now()
sees_all = scope(who, Action.SEE_FIGURES) == Scope.ALL
ids = {name: number for number, name in units.names().items()} if sees_all else {}


def asked() -> tuple[Kind, date, str]:
    with st.grid(min_column_width=170, vertical_alignment="bottom"):
        kind = st.selectbox("统计期", list(Kind), format_func=lambda k: _SPAN[k], key="span")
        last = st.date_input(
            "截至",
            overview.today(now),
            max_value=overview.today(now),
            format="YYYY-MM-DD",
            key="last",
        )
        unit = ""
        if sees_all:
            unit = st.selectbox(
                "范围", ["", *ids], format_func=lambda name: name or "全县", key="whose"
            )
    return Kind(kind), last if isinstance(last, date) else overview.today(now), unit


def paper(kind: Kind, last: date, unit: str) -> Callable[[], bytes]:
    def made() -> bytes:
        # Asked for long after the page was drawn, maybe: is it still this person, in this role?
        person = accounts.who_by_sign_in(who.sign_in_id or 0, now=shell.now())
        if person is None:
            raise SIGN_IN_NEEDED()
        return documents.report(person, kind, last, unit=unit, now=shell.now()).data

    return made


def papers(last: date, found: Overview) -> None:
    if not may(who, Action.MAKE_REPORTS):
        return
    with st.container(border=True, key="papers"):
        st.markdown("**下载报告（Word）**")
        st.caption(words.plain(f"截至 {last}，{found.unit or '全县'}"))
        with st.container(horizontal=True):
            for kind in Kind:
                st.download_button(
                    kind,
                    paper(kind, last, found.unit),
                    file_name=f"{documents.title(kind, found.unit)}_{last}.docx",
                    mime=documents.DOCX,
                    icon=":material/download:",
                    on_click="ignore",
                    key=f"paper_{kind.name}",
                )
        st.caption(
            "周报为截止日期和之前六天，月调度为当月一日到截止日期，阶段性报告为第一条问题登记以来。"
        )


def parts(found: Overview) -> None:
    unit = str(ids.get(found.unit, "")) if sees_all else ""
    own = {"unit": unit} if unit else {}
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("近十二周")
        figure_looks.weeks(found)
    with right:
        st.subheader("六类问题")
        figure_looks.categories(found)
    st.caption("点图中的条或表中的名称，看台账里的条目。")
    figure_looks.table(
        found.by_category,
        "问题大类",
        ("registered", "registered_area", "closed", "closed_rate", "open", "late"),
        lambda line: {"category": line.key, **own},
        total=found,
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("乡镇排名", help=overview.RANKING)
        figure_looks.townships(found)
    with right:
        st.subheader("责任单位逾期")
        figure_looks.late_units(found, ids)
    figure_looks.table(
        found.by_township,
        "乡镇",
        (
            "registered",
            "registered_area",
            "closed",
            "closed_rate",
            "open",
            "late",
            "found",
            "closed_in",
        ),
        lambda line: {"township": line.key or NO_TOWNSHIP, **own},
        total=found,
        ranked=True,
    )
    with st.expander("各责任单位", icon=":material/group:"):
        st.caption("一条问题有几个责任单位的，各单位分别计。")
        figure_looks.table(
            found.by_unit,
            "责任单位",
            ("open", "open_area", "late", "soon", "undated", "closed", "closed_rate"),
            lambda line: {"unit": str(ids[line.name])} if line.name in ids else None,
        )


def whole(kind: Kind, period: Period, unit: str) -> None:
    found = kept_overview(who, period, unit)
    st.caption(words.plain(overview.about(found) + _BEFORE[kind]))
    if found.empty:
        st.info(
            "到这一天台账里还没有条目，没有可统计的数。确认了问题、登记了线索，这里就有数。",
            icon=":material/info:",
        )
    else:
        figure_looks.cards(found, _STANDING)
        if period.last == overview.today(now):
            figure_looks.ways(found, str(ids.get(unit, "")))
        st.subheader(f"{_SPAN[kind]}办理情况")
        figure_looks.cards(found, _PERIOD)
    papers(period.last, found)
    if not found.empty:
        parts(found)
    with st.expander("统计口径：每个数怎么算", icon=":material/help:"):
        figure_looks.definitions()


with shell.guarded():
    kind, last, unit = asked()
    first = overview.first_day(last) if kind == Kind.STAGE else None
    whole(kind, periods.of_kind(kind, last, now, first), unit)

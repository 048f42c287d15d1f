"""The dashboard's pieces: figures with what they mean, charts, tables that lead to the ledger."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import altair as alt
import streamlit as st

from field_app import shell, words
from field_app.ledger.filters import NO_TOWNSHIP, Due
from field_app.reports.figures import BY_ID, FIGURES, About, Unit, said
from field_app.reports.overview import RANKING, Line, Overview
from models.vocabulary import EntryState

COLOURS = {"已销号": "#2f6b4f", "未销号": "#d98e04", "逾期": "#b3261e", "新发现": "#44546a",
           "整改完成": "#d98e04", "销号": "#2f6b4f"}  # fmt: skip
"""As in the papers."""
LEDGER: Mapping[str, dict[str, str]] = {
    "registered": {},
    "to_verify": {"state": EntryState.TO_VERIFY.name},
    "to_rectify": {"state": EntryState.TO_RECTIFY.name},
    "rectifying": {"state": EntryState.RECTIFYING.name},
    "to_close": {"state": EntryState.TO_CLOSE.name},
    "closed": {"state": EntryState.CLOSED.name},
    "late": {"due": Due.LATE.name},
    "soon": {"due": Due.SOON.name},
    "undated": {"due": Due.NONE.name},
}
"""The figures whose entries the ledger can show, and by which filter."""
_NAMES = alt.Axis(
    labelOverlap=False,
    labelLimit=0,
    labelExpr="length(datum.label) > 9 ? [slice(datum.label, 0, 9), slice(datum.label, 9)] : datum.label",
)
"""Names down the side, long ones on two lines: on a phone the bars need the width."""
_AROUND_PX, _BAR_PX = 160, 28
"""What legend, axis and its title take of a chart's height, and what a bar needs."""
_LESS_IS_GOOD = {
    "open",
    "late",
    "soon",
    "undated",
    "sent_back_in",
    "late_in",
    "reopened_in",
    "arose",
}
_NEUTRAL = {
    "registered",
    "true",
    "carried",
    "handed",
    "found",
    "to_verify",
    "to_close",
    "carried_in",
    "handed_in",
}


def cards(found: Overview, names: Sequence[str]) -> None:
    """Figures side by side, each with what it means behind its ?, and by how much it differs from
    the period before."""
    key = f"figure_cards_{names[0]}"
    with st.container(key=key), st.grid(min_column_width=150, gap="small"):
        for name in names:
            _card(found, name)


def _card(found: Overview, name: str) -> None:
    figure, value, was = BY_ID[name], found.total[name], found.earlier[name]
    delta = None if value is None or was is None or value == was else round(value - was, 2)
    if not found.earlier["registered"]:
        delta = None  # there was nothing yet to compare with
    colour = "off" if name in _NEUTRAL else "inverse" if name in _LESS_IS_GOOD else "normal"
    unit = "" if figure.unit == Unit.SHARE or value is None else f" {figure.unit}"
    st.metric(
        figure.name,
        said(name, value) + unit,
        None if delta is None else f"{delta:+.2f}".rstrip("0").rstrip("."),
        delta_color=colour,  # type: ignore[arg-type]  # one of its colours
        help=figure.says,
        border=True,
        height="stretch",
    )


def ways(found: Overview, unit: str) -> None:
    """Links to the entries behind the figures, as they are in the ledger now."""
    there = [name for name in LEDGER if name != "registered" and found.total[name]]
    if not there:
        return
    with st.grid(min_column_width=150, gap="small"):
        for name in there:
            shell.link(
                "ledger",
                f"{BY_ID[name].name} {said(name, found.total[name])} 条",
                icon=":material/arrow_forward:",
                main=name == "late",
                place=f"figure_{name}",
                **LEDGER[name],
                **({"unit": unit} if unit else {}),
            )


# --- charts --------------------------------------------------------------------------------------


def _bars(
    rows: Sequence[dict[str, object]],
    label: str,
    kinds: Sequence[str],
    *,
    stacked: bool,
    height: int,
) -> alt.Chart:
    """Bars that lie, in the order of the rows; a tap on one chooses its label."""
    order = list(dict.fromkeys(str(row[label]) for row in rows))
    x = alt.X("条数:Q", title="条数", axis=alt.Axis(format="d", tickMinStep=1))
    chart = (
        alt.Chart(alt.Data(values=list(rows)))
        .mark_bar(cursor="pointer")
        .encode(
            x=x if stacked else x.stack(None),
            y=alt.Y(
                f"{label}:N",
                sort=order,
                title=None,
                axis=_NAMES,
            ),
            color=alt.Color(
                "类别:N",
                sort=list(kinds),
                scale=alt.Scale(domain=list(kinds), range=[COLOURS[k] for k in kinds]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            order=alt.Order("次序:Q"),
            tooltip=[alt.Tooltip(f"{label}:N"), alt.Tooltip("类别:N"), alt.Tooltip("条数:Q")],
        )
        .properties(height=height)
        .configure(aria=False)  # its words would be English; the table says the same
    )
    if not stacked:
        chart = chart.encode(yOffset=alt.YOffset("类别:N", sort=list(kinds)))
    return chart.add_params(alt.selection_point(name="chosen", fields=[label]))


def _rows(lines: Sequence[Line], label: str, kinds: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {label: line.name, "类别": kind, "条数": int(line.values[figure] or 0), "次序": n}
        for line in lines
        for n, (kind, figure) in enumerate(kinds.items())
    ]


def _tapped(
    chart: alt.Chart, key: str, label: str, alt_text: str, go: Callable[[str], None]
) -> None:
    event = st.altair_chart(
        chart, key=key, on_select="rerun", selection_mode="chosen", alt=alt_text, width="stretch"
    )
    chosen = event["selection"].get("chosen", [])
    if chosen:
        go(str(chosen[0][label]))


def townships(found: Overview) -> None:
    """Closed and open entries of the townships in order of rank; a tap leads to the ledger."""
    lines = [x for x in found.by_township if x.values["true"]]
    if not lines:
        return
    kinds = {"已销号": "closed", "未销号": "open"}
    chart = _bars(
        _rows(lines, "乡镇", kinds),
        "乡镇",
        list(kinds),
        stacked=True,
        height=_AROUND_PX + _BAR_PX * len(lines),
    )
    keys = {x.name: x.key or NO_TOWNSHIP for x in lines}
    _tapped(
        chart,
        "chart_townships",
        "乡镇",
        "各乡镇已销号和未销号条数，下表有同样的数",
        lambda name: st.switch_page(shell.page("ledger"), query_params={"township": keys[name]}),
    )


def categories(found: Overview) -> None:
    """Closed, open and late entries of the six ledgers; a tap leads to the ledger."""
    kinds = {"已销号": "closed", "未销号": "open", "逾期": "late"}
    rows = _rows(found.by_category, "大类", kinds)
    chart = _bars(
        rows,
        "大类",
        list(kinds),
        stacked=False,
        height=_AROUND_PX + 2 * _BAR_PX * len(found.by_category),
    )
    keys = {x.name: x.key for x in found.by_category}
    _tapped(
        chart,
        "chart_categories",
        "大类",
        "六类问题已销号、未销号和逾期条数，下表有同样的数",
        lambda name: st.switch_page(shell.page("ledger"), query_params={"category": keys[name]}),
    )


def late_units(found: Overview, ids: Mapping[str, int]) -> None:
    """The units with most late entries; a tap leads to them in the ledger."""
    lines = [x for x in found.by_unit if x.values["late"]][:12]
    if not lines:
        st.success("没有逾期问题。", icon=":material/task_alt:")
        return
    chart = _bars(
        _rows(lines, "责任单位", {"逾期": "late"}),
        "责任单位",
        ["逾期"],
        stacked=True,
        height=_AROUND_PX + _BAR_PX * len(lines),
    )

    def go(name: str) -> None:
        unit = {"unit": str(ids[name])} if name in ids else {}
        st.switch_page(shell.page("ledger"), query_params={"due": Due.LATE.name, **unit})

    _tapped(chart, "chart_units", "责任单位", "各责任单位逾期条数，下表有同样的数", go)


def weeks(found: Overview) -> None:
    """What came and went by week, each called by its last day."""
    kinds = {"新发现": "found", "整改完成": "rectified", "销号": "closed"}
    rows = [
        {"周": f"{week.last:%m-%d}", "类别": kind, "条数": getattr(week, name)}
        for week in found.weeks
        for kind, name in kinds.items()
    ]
    order = [f"{week.last:%m-%d}" for week in found.weeks]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=alt.OverlayMarkDef(size=50), strokeWidth=2.5)
        .encode(
            x=alt.X("周:O", sort=order, title=None, axis=alt.Axis(labelAngle=-45)),
            y=alt.Y(
                "条数:Q",
                title="条数",
                scale=alt.Scale(domainMin=0),
                axis=alt.Axis(format="d", tickMinStep=1),
            ),
            color=alt.Color(
                "类别:N",
                scale=alt.Scale(domain=list(kinds), range=[COLOURS[k] for k in kinds]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            shape=alt.Shape("类别:N", scale=alt.Scale(domain=list(kinds))),
            tooltip=[alt.Tooltip("周:O"), alt.Tooltip("类别:N"), alt.Tooltip("条数:Q")],
        )
        .properties(height=300)
        .configure(aria=False)
    )
    said_of = "；".join(
        f"{w.last:%m-%d} 新发现 {w.found}，整改完成 {w.rectified}，销号 {w.closed}"
        for w in found.weeks
    )
    st.altair_chart(chart, key="chart_weeks", alt=f"近十二周：{said_of}", width="stretch")


# --- tables --------------------------------------------------------------------------------------


def table(
    lines: Sequence[Line],
    head: str,
    figures: Sequence[str],
    link: Callable[[Line], dict[str, str] | None],
    *,
    total: Overview | None = None,
    ranked: bool = False,
) -> None:
    """Lines with their figures; a name leads to the ledger under the filter that `link` gives."""
    names = [BY_ID[f].name for f in figures]
    rows = [_row(line, figures, link(line), ranked=ranked) for line in lines]
    if total is not None:
        summed = Line("", "合计", total.total)
        rows.append(_row(summed, figures, None, ranked=ranked).replace("<tr>", '<tr class="sum">'))
    st.html(
        '<div class="figures"><table><thead><tr>'
        + ('<th scope="col" class="rank">名次</th>' if ranked else "")
        + f'<th scope="col" class="name">{escape(head)}</th>'
        + "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
        + f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(line: Line, figures: Sequence[str], link: dict[str, str] | None, *, ranked: bool) -> str:
    name = escape(line.name)
    if link is not None:
        name = f'<a href="/ledger?{escape(urlencode(link))}" target="_self">{name}</a>'
    if line.mark:
        name += f' <span class="mark">{escape(line.mark)}</span>'
    rank = "—" if line.rank is None else str(line.rank)
    first = f'<td class="rank">{"" if line.name == "合计" else rank}</td>' if ranked else ""
    cells = "".join(
        f'<td class="late">{said(f, line.values[f])}</td>'
        if f == "late" and line.values[f]
        else f"<td>{said(f, line.values[f])}</td>"
        for f in figures
    )
    return f'<tr>{first}<th scope="row" class="name">{name}</th>{cells}</tr>'


def definitions() -> None:
    """What every figure means, and how townships are ranked."""
    for about in About:
        st.markdown(f"**{about}**")
        st.markdown(
            "\n".join(
                f"- **{words.plain(f.name)}**（{words.plain(f.unit)}）：{words.plain(f.says)}"
                for f in FIGURES
                if f.about == about
            )
        )
    st.markdown(f"**乡镇排名**  \n{RANKING}")

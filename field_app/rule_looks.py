"""Pieces of the page of rules: thresholds, what a run would change, photos to look at, history."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from field_app import looks, shell, words
from field_app.reexamining.difference import CheckShift, Difference, PhotoChanged, Shift
from field_app.reexamining.runs import RunShown
from field_app.reexamining.states import RunState
from field_app.reexamining.trials import NOTED
from field_app.rulebook import Change, Limit, Version
from models.vocabulary import Outcome, Verdict

_REASONS = 3  # more than that nobody reads at a glance
_CHECKS = 8
_RUNS = {
    RunState.IN_FORCE: ("green", ":material/check:"),
    RunState.DROPPED: ("gray", ":material/block:"),
    RunState.CANCELLED: ("gray", ":material/close:"),
    RunState.FAILED: ("red", ":material/error:"),
}


def number(value: float) -> str:
    """A threshold as people write it.

    >>> number(50.0), number(0.001), number(900000.0), number(2.5)
    ('50', '0.001', '900000', '2.5')
    """
    return str(int(value)) if value == int(value) else f"{value:g}"


def with_unit(value: float, unit: str) -> str:
    """The unit of a mere proportion is not said."""
    return number(value) if unit in ("", "比例") else f"{number(value)} {unit}"


def asked(limit: Limit) -> float:
    """A field for one threshold: it holds what is in force and says what would be without us."""
    lowest, _ = limit.bounds
    usual = with_unit(limit.base, limit.unit)
    typed = st.number_input(
        words.plain(f"{limit.label}（默认 {usual}）"),
        value=limit.current,
        min_value=None if lowest < 0 else 0.0,
        step=_step(limit.declared),
        format="%g",
        key=f"limit_{limit.check}_{limit.name}",
    )
    return limit.current if typed is None else float(typed)


def _step(value: float) -> float:
    size = abs(value)
    return 0.01 if size <= 1 else 0.5 if size < 5 else 1.0 if size < 50 else 10.0


def all_limits(limits: Sequence[Limit]) -> None:
    """Every threshold in words, by check; what the county changed is marked."""
    lines: list[str] = []
    check = ""
    for limit in limits:
        if limit.check != check:
            check = limit.check
            lines.append(f"\n**{words.plain(limit.catches)}**\n")
        mark = ""
        if limit.current != limit.base:
            mark = f" :orange-badge[默认 {words.plain(with_unit(limit.base, limit.unit))}]"
        value = words.plain(with_unit(limit.current, limit.unit))
        lines.append(f"- {words.plain(limit.label)}：**{value}**{mark}")
    st.markdown("\n".join(lines))


def changes(found: Sequence[Change], *, none: str) -> None:
    """What differs between two sets of rules, one line a threshold."""
    if not found:
        st.markdown(none)
        return
    st.markdown("\n".join(f"- {line}" for line in _change_lines(found)))


def _change_lines(found: Sequence[Change]) -> list[str]:
    by_check: dict[str, list[str]] = {}
    for c in found:
        by_check.setdefault(c.limit.catches, []).append(
            f":gray[{words.plain(c.limit.label)}] {words.plain(with_unit(c.old, c.limit.unit))} → "
            f"**{words.plain(with_unit(c.new, c.limit.unit))}**"
        )
    return [
        f"{words.plain(catches)}\n" + "\n".join(f"    - {line}" for line in lines)
        for catches, lines in by_check.items()
    ]


def totals(found: Difference) -> None:
    """One sentence that says what it comes to."""
    if not found.total:
        st.info("还没有照片，启用后从第一张照片起按新规则核验。", icon=":material/photo_library:")
    elif not found.changed:
        st.success(f"{found.total} 张照片的结论都不变。", icon=":material/check_circle:")
    else:
        worse = sum(s.count for s in found.shifts if _worse(s))
        parts = {"变差": worse, "变好": found.changed - worse}
        said = "，".join(f"{count} 张{how}" for how, count in parts.items() if count)
        st.markdown(f"试算了 **{found.total}** 张照片，**{found.changed}** 张的结论会变：{said}。")


def _worse(shift: Shift) -> bool:
    order = list(Verdict)
    return order.index(shift.new) > order.index(shift.old)


def shifts_in_words(shifts: Sequence[Shift]) -> str:
    return "，".join(f"{s.old} → {s.new} {s.count} 张" for s in shifts)


def matrix(shifts: Sequence[Shift]) -> None:
    """From which verdict to which: rows are what holds now, columns what would hold."""
    counted = {(s.old, s.new): s.count for s in shifts}
    head = "".join(f'<th scope="col">{escape(v)}</th>' for v in Verdict)
    rows = "".join(
        f'<tr><th scope="row">{escape(old)}</th>'
        + "".join(_cell(old, new, counted.get((old, new), 0)) for new in Verdict)
        + "</tr>"
        for old in Verdict
    )
    st.html(
        '<table class="verdict-matrix"><caption>现在的结论（行）会变成什么（列），单位：张</caption>'
        f'<thead><tr><th scope="col">现在 ＼ 启用后</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _cell(old: Verdict, new: Verdict, count: int) -> str:
    kind = "same" if old == new else "worse" if _worse(Shift(old, new, 0)) else "better"
    sign = {"same": "", "worse": "▼ ", "better": "▲ "}[kind] if count else ""
    return f'<td class="{kind if count else "none"}">{sign}{count or "·"}</td>'


def check_shifts(found: Sequence[CheckShift]) -> None:
    """By check: which results appear, vanish or turn into another."""
    if not found:
        return
    with st.expander(f"哪些检查的结果会变（{len(found)} 种变化）", icon=":material/rule:"):
        st.markdown(
            "\n".join(
                f"- {words.plain(c.catches)}　{_outcome(c.old)} → {_outcome(c.new)}　**{c.count}** 张"
                for c in found
            )
        )


def _outcome(outcome: str) -> str:
    if not outcome:
        return ":gray[没有此项]"
    if outcome == NOTED:
        return ":gray[提示]"
    colour, icon, word = looks.OUTCOMES[Outcome(outcome)]
    return f":{colour}[{icon} {word}]"


def unread(found: Difference) -> None:
    """Photos that could not be examined: they keep what they have."""
    if not found.unread_count:
        return
    with st.expander(
        f"读不出的照片（{found.unread_count}），保持原结论", icon=":material/broken_image:"
    ):
        for each in found.unread:
            st.markdown(
                f"照片 {each.photo_id}（{each.kind}）　地块 {words.plain(each.number)}　"
                f":gray[{words.plain(each.why)}]"
            )
        if found.unread_count > len(found.unread):
            st.caption(f"只列出前 {len(found.unread)} 张。")
        st.caption("请管理员从备份恢复原文件后，再重新核验一次。")


def sample(photos: Sequence[PhotoChanged], *, may_review: bool) -> None:
    """Photos with their small picture, and why before and after."""
    with st.grid(min_column_width=280):
        for photo in photos:
            with st.container(border=True, gap="xsmall", key=f"changed_{photo.photo_id}"):
                _one(photo, may_review=may_review)


def _one(photo: PhotoChanged, *, may_review: bool) -> None:
    said = f"照片 {photo.photo_id} {photo.kind}，地块 {photo.number}"
    left, right = st.columns([2, 3], wrap=False, gap="small")
    with left:
        st.html(
            f'<a class="photo-link" href="/evidence/{photo.photo_id}?size=full" target="_blank">'
            f'<img class="photo-small" src="/evidence/{photo.photo_id}?size=small" '
            f'alt="{escape(said)}" loading="lazy"></a>'
        )
    with right, st.container(gap="xxsmall"):
        st.markdown(f"**照片 {photo.photo_id}**　{photo.kind}")
        st.caption(words.plain(photo.number))
        with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
            looks.verdict_badge(photo.old)
            st.markdown("→")
            looks.verdict_badge(photo.new)
        if photo.decided:
            st.badge("已审定", icon=":material/task_alt:", color="violet")
    _reasons("现在", photo.old_results)
    _reasons("启用后", photo.new_results)
    if may_review:
        shell.link(
            "review",
            "看这条核查",
            icon=":material/fact_check:",
            main=False,
            place=f"changed{photo.photo_id}",
            visit=str(photo.inspection_id),
        )
    elif photo.entry_id is not None:
        shell.link(
            "ledger",
            f"台账 {photo.entry_number}",
            icon=":material/table_view:",
            main=False,
            place=f"changed{photo.photo_id}",
            entry=str(photo.entry_id),
        )
    else:
        shell.link(
            "parcel",
            "看这个地块",
            icon=":material/map:",
            main=False,
            place=f"changed{photo.photo_id}",
            parcel=str(photo.parcel_id),
        )


def _reasons(when: str, results: Sequence[dict[str, object]]) -> None:
    st.caption(when)
    if not results:
        st.markdown(":green[:material/check: 各项相符]")
        return
    looks.result_lines(results[:_REASONS])
    if len(results) > _REASONS:
        with st.expander(f"其余 {len(results) - _REASONS} 条"):
            looks.result_lines(results[_REASONS:])


def history(versions: Sequence[Version], closed: Sequence[RunShown]) -> None:
    """Earlier versions and what became of earlier runs."""
    if versions:
        st.subheader("历次规则")
        for version in versions:
            with st.container(border=True, gap="xxsmall", key=f"version_{version.number}"):
                st.markdown(f"**第 {version.number} 版**　{words.plain(version.why)}")
                st.caption(words.plain(f"{version.by or '系统'} · {words.moment(version.at)}"))
                changes(version.changes, none=":gray[阈值与前一版相同]")
    if closed:
        st.subheader("历次试算")
        for run in closed:
            with st.container(border=True, gap="xxsmall", key=f"run_{run.id}"):
                _closed(run)


def _closed(run: RunShown) -> None:
    colour, icon = _RUNS[run.state]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(run.state, icon=icon, color=colour)  # type: ignore[arg-type]
        st.markdown(words.plain(run.why))
    when = words.moment(run.decided_at or run.started_at)
    st.caption(words.plain(f"{run.decided_by or run.by} · {when}"))
    if run.summary:
        said = f"{run.summary['total']} 张照片，{run.summary['changed']} 张结论改变"
        if run.state in (RunState.DROPPED, RunState.CANCELLED):
            said = f"试算了 {run.summary['total']} 张照片，{run.summary['changed']} 张结论会变，没有启用"
        if run.summary["unread"]:
            said += f"，{run.summary['unread']} 张读不出"
        moved = [
            f"{old} → {new} {count} 张" for old, new, count in run.summary["shifts"] if old != new
        ]
        st.markdown(words.plain(said + ("：" + "，".join(moved) if moved else "") + "。"))
    if run.note:
        st.markdown(words.plain(run.note))

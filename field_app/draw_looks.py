"""One draw as its page shows it: how it was made, how to repeat it, and what it says so far."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

import streamlit as st

from field_app import accounts, case_looks, drawn_looks, shell, words
from field_app.clock import CHINA, local
from field_app.problems import SIGN_IN_NEEDED
from field_app.roles import Action, Who, may
from field_app.second_look import assigning, draws, published, sheets
from field_app.second_look.draws import SEED_BYTES, SEED_MAX
from field_app.second_look.estimates import Share
from field_app.second_look.outcomes import DECIDED, Outcome
from field_app.second_look.published import Published
from field_app.second_look.results import DrawRow, DrawShown, StratumTold
from models.vocabulary import Purpose

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ICONS = {Purpose.SECOND_LOOK: ":material/replay:", Purpose.SPOT_CHECK: ":material/search_check:"}


def badges(row: DrawRow) -> None:
    """What a draw is of, and how far it is."""
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(row.purpose, icon=_ICONS[Purpose(row.purpose)], color="blue")
        st.badge(f"{row.size} 个里抽 {row.n}", icon=":material/casino:", color="gray")
        if row.drawn_at is None:
            st.badge("已封存，未抽取", icon=":material/lock_clock:", color="orange")
            return
        st.badge(f"有结果 {row.decided}", icon=":material/task_alt:", color="green")
        if row.otherwise:
            st.badge(f"不一致 {row.otherwise}", icon=":material/warning:", color="red")
        if row.undecided:
            st.badge(f"等决定 {row.undecided}", icon=":material/gavel:", color="orange")


def percent(value: float) -> str:
    """`6.7%`; `0%` and `100%` only where it is so.

    >>> percent(0.0667), percent(0.0), percent(1.0), percent(0.00004)
    ('6.7%', '0%', '100%', '<0.1%')
    """
    if value in (0.0, 1.0):
        return f"{value:.0%}"
    return "<0.1%" if value < 0.0005 else f"{value:.1%}"


def draw(shown: DrawShown, who: Who, offset: int, per_page: int) -> None:
    """The whole draw."""
    row = shown.row
    st.subheader(words.plain(row.number))
    badges(row)
    st.markdown(f"**{words.plain(row.why)}**  \n{words.plain(row.about)}")
    made = f"{words.moment(row.frozen_at)} {row.frozen_by} 封存名单"
    if row.drawn_at is not None:
        made += f"；{words.moment(row.drawn_at)} {row.drawn_by} 抽取"
    st.caption(words.plain(made))
    if row.left_out:
        st.caption(f"封存时另有 {row.left_out} 条已销号的条目没有地块，不在名单里。")
    if row.drawn_at is None:
        _publish(row, who)  # first: what was published before the draw is what counts
        _to_draw(row, who)
    else:
        _result(shown)
        _publish(row, who)
        _plan(shown, who)
        drawn_looks.part(shown, who, offset, per_page)
    with st.expander("经过", icon=":material/list:"):
        case_looks.history(shown.history)


def _to_draw(row: DrawRow, who: Who) -> None:
    if not may(who, Action.DRAW):
        st.info("名单已封存，等县办抽取。", icon=":material/lock_clock:")
        return
    with st.container(border=True, key="to_draw"), st.form("make_draw", border=False):
        st.markdown(
            "**名单已经封存，不能再改。** 请先把上面的名单和校验码公布出去，再抽取。抽取只有一次。"
        )
        seed = ""
        if row.seed_random:
            st.caption("种子由本系统随机产生。")
        else:
            seed = st.text_input(
                "种子", max_chars=SEED_MAX, placeholder=row.seed_source, key="seed"
            )
            st.caption(
                words.plain(f"说好的种子：{row.seed_source}。照公布的原样填写，一个字也不要加。")
            )
        if st.form_submit_button("抽取", type="primary", width="stretch"):
            with shell.guarded():
                dice = secrets.token_bytes(SEED_BYTES)
                draws.make(row.id, seed or "", randomness=dice, who=who, now=shell.now())
                shell.toast_later("已抽取")
                st.rerun()


def _result(shown: DrawShown) -> None:
    row = shown.row
    with st.container(border=True, key="draw_result"):
        st.progress(row.decided / row.n, text=f"抽中 {row.n} 个，已有结果 {row.decided} 个")
        left = [(o, shown.counts[o]) for o in Outcome if o not in DECIDED and shown.counts[o]]
        if left:
            st.caption("　".join(f"{outcome} {n}" for outcome, n in left))
        st.markdown(_said(shown.share))
    if len(shown.strata) > 1:
        with st.expander(f"各层的结果（{len(shown.strata)} 层）", icon=":material/layers:"):
            st.markdown("\n".join(_lines(shown.strata)))


def _lines(strata: Iterable[StratumTold]) -> Iterator[str]:
    """A table that a phone shows whole."""
    yield "| 层 | 抽中／名单 | 不一致／有结果 | 不一致率 |"
    yield "| :-- | --: | --: | --: |"
    for one in strata:
        rate = "—" if one.share.rate is None else percent(one.share.rate)
        yield (
            f"| {words.plain(one.name)} | {one.drawn}／{one.size} | "
            f"{one.share.found}／{one.share.looked} | {rate} |"
        )


def _said(share: Share) -> str:
    if share.rate is None or share.low is None or share.high is None:
        return "还没有经督导确认的结果。"
    return (
        f"不一致 **{share.found}** 个，占 **{percent(share.rate)}**。推算整个名单，不一致的在 "
        f"**{percent(share.low)} 到 {percent(share.high)}** 之间（95% 置信区间，Wilson 法）。"
    )


def _publish(row: DrawRow, who: Who) -> None:
    """The files, and how anybody repeats the draw."""

    def file(write: Callable[[Published], bytes]) -> Callable[[], bytes]:
        def made() -> bytes:
            # Asked for long after the page was drawn, maybe: is it still this person?
            person = accounts.who_by_sign_in(who.sign_in_id or 0, now=shell.now())
            if person is None:
                raise SIGN_IN_NEEDED()
            return write(draws.published(row.id, person))

        return made

    drawn = row.drawn_at is not None
    with st.expander("公布名单，重做一遍", icon=":material/campaign:", expanded=not drawn):
        st.markdown(f"名单校验码（SHA-256）：  \n`{row.digest}`")
        if drawn:
            st.markdown(
                f"种子：**{words.plain(row.seed)}**（{words.plain(row.seed_source)}）  \n"
                f"分层：{words.plain('、'.join(row.strata) or '不分层')}"
            )
        name = f"{row.number}_{'抽取结果' if drawn else '封存名单'}"
        with st.container(horizontal=True):
            for label, write, kind, mime in (
                ("Excel", sheets.to_xlsx, "xlsx", _XLSX),
                ("CSV", sheets.to_csv, "csv", "text/csv"),
            ):
                st.download_button(
                    f"下载 {label}",
                    file(write),
                    file_name=f"{name}.{kind}",
                    mime=mime,
                    icon=":material/download:",
                    on_click="ignore",
                    width="stretch",
                    key=f"published_{kind}",
                )
        if st.toggle("怎样重做一遍", key=f"how_to_{row.id}"):
            for line in published.how_to(draws.published(row.id, who)):
                st.markdown(words.plain(line))


def _plan(shown: DrawShown, who: Who) -> None:
    unplanned = shown.counts[Outcome.UNPLANNED]
    if not unplanned or not may(who, Action.DRAW):
        return
    with st.container(border=True, key="draw_plan"), st.form("plan_draw", border=False):
        st.markdown(
            f"**还有 {unplanned} 个没有安排任务。** 去看的人已按“没有参与过”建议好，要换人的，先在下面改派。"
        )
        today = local(shell.now()).date()
        window = st.date_input("核查时间", (today, today + timedelta(days=20)), format="YYYY-MM-DD")
        if st.form_submit_button("安排任务", type="primary", width="stretch"):
            if not isinstance(window, tuple) or len(window) != 2:
                st.error("请选开始和截止两个日期。", icon=":material/error:")
                return
            days = (
                datetime.combine(window[0], time.min, CHINA),
                datetime.combine(window[1], time.max, CHINA),
            )
            with shell.guarded():
                told = assigning.plan(shown.row.id, days, who=who, now=shell.now())
                said = f"已安排 {told.made} 个任务"
                if told.open_already:
                    there = "、".join(told.open_already)
                    said += f"；{there} 已有没做完的同类任务，没有重复安排"
                if told.nobody:
                    said += f"；{told.nobody} 个没有人可派，请先改派，或增加核查员账号"
                shell.toast_later(said)
                st.rerun()

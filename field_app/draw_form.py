"""What the office asks for when it freezes a list: from what, how many, by which seed, and why."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from field_app import list_filters, shell, words
from field_app.roles import Who
from field_app.second_look import draws
from field_app.second_look.draws import MOST_DRAWN, SOURCE_MAX, WHY_MAX, Wish
from field_app.second_look.lots import Stratum
from field_app.second_look.populations import NO_TOWNSHIP, PURPOSES, Counted, Sought
from models.taxonomy import categories
from models.vocabulary import Purpose

_WHAT = {
    Purpose.SECOND_LOOK: "回头看：已销号的条目",
    Purpose.SPOT_CHECK: "抽查：核查通过的地块",
}
_PUBLIC, _OWN = "用以后才公布的号码", "由本系统随机产生"
_STRATA_SHOWN = 12


def draw(who: Who, went: Callable[[int], None]) -> None:
    """The form; `went` takes the draw that was made."""
    purpose = Purpose(
        st.radio("抽什么", PURPOSES, format_func=lambda p: _WHAT[p], key=_key("purpose"))
    )
    sought = _sought(purpose, who)
    strata = tuple(
        Stratum(s)
        for s in st.multiselect(
            "分层：每层按比例抽", list(Stratum), list(Stratum), placeholder="不分层",
            key=_key("strata"),
        )
    )  # fmt: skip
    counted = draws.preview(who, sought, strata)
    _counts(counted)
    if not counted.size:
        return
    with st.form(_key("form"), border=False, enter_to_submit=False):
        most = min(counted.size, MOST_DRAWN)
        usual = min(most, max(len(counted.strata), round(counted.size / 10)))
        n = st.number_input("抽多少个", 1, most, usual, key=_key(f"n_{most}"))
        seed = st.radio(
            "种子从哪里来",
            [_PUBLIC, _OWN],
            captions=[
                "名单先封存，号码后公布，谁也算不准。建议用这个。",
                "抽取时产生，连同名单一起公布。",
            ],
            key=_key("seed"),
        )
        source = st.text_input(
            "用哪个号码（用公布的号码时必填）",
            max_chars=SOURCE_MAX,
            placeholder="例如：福彩双色球第 2026045 期红球，按公布的次序连写",
            key=_key("source"),
        )
        why = st.text_input(
            "为什么抽（必填）", max_chars=WHY_MAX, placeholder="例如：一季度回头看", key=_key("why")
        )
        if st.form_submit_button("封存名单", type="primary", width="stretch"):
            if seed == _PUBLIC and not (source or "").strip():
                st.error("请写明用哪个号码作种子。", icon=":material/error:")
                return
            told = (source or "") if seed == _PUBLIC else ""
            with shell.guarded():
                wish = Wish(sought, int(n), strata, told, why or "")
                made = draws.freeze(wish, who=who, now=shell.now())
                st.session_state["draws_frozen"] = _times() + 1
                shell.toast_later("名单已封存")
                went(made)


def _sought(purpose: Purpose, who: Who) -> Sought:
    days = "销号日期" if purpose == Purpose.SECOND_LOOK else "确认日期"
    kinds = draws.project_kinds(who)
    with st.grid(min_column_width=150, vertical_alignment="bottom"):
        since = _day(f"{days}从", "since")
        until = _day("到", "until")
        township = list_filters.asked_township(_key("township"), none=NO_TOWNSHIP)
        kind = st.selectbox(
            "项目类型", ["", *kinds], format_func=lambda k: k or "全部类型", key=_key("kind")
        )
        category = None
        if purpose == Purpose.SECOND_LOOK:
            ledgers = {None: "全部台账"} | {c.no: f"{c.no} {c.name}" for c in categories().values()}
            category = st.selectbox(
                "台账", list(ledgers), format_func=lambda no: ledgers[no], key=_key("category")
            )
    return Sought(purpose, since, until, township, kind or "", category)


def _day(label: str, name: str) -> date | None:
    day = st.date_input(label, None, format="YYYY-MM-DD", key=_key(name))
    return day if isinstance(day, date) else None


def _counts(counted: Counted) -> None:
    if not counted.size:
        st.info("按这些条件，名单里一个也没有。")
    else:
        told = "、".join(f"{name} {n}" for name, n in counted.strata[:_STRATA_SHOWN])
        more = "……" if len(counted.strata) > _STRATA_SHOWN else ""
        layers = len(counted.strata)
        st.markdown(
            f"名单共 **{counted.size}** 个，分 **{layers}** 层：{words.plain(told)}{more}。"
            f"抽取数不少于 {layers} 时，每层至少抽到一个。"
        )
    if counted.left_out:
        st.caption(f"另有 {counted.left_out} 条已销号的条目没有地块，没有地方可去，不在名单里。")


def _times() -> int:
    frozen: int = st.session_state.get("draws_frozen", 0)
    return frozen


def _key(name: str) -> str:
    """Names a field: what was typed outlives a refusal, but not the draw it was typed for."""
    return f"draw_{name}_{_times()}"

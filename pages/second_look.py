"""抽查与回头看: all draws, one draw with its result, and a new one."""

import streamlit as st

from field_app import draw_form, draw_looks, drawn_looks, list_filters, shell, words
from field_app.roles import Action, may, require
from field_app.second_look import results
from field_app.second_look.results import DrawRow

_PER_PAGE = 20

who = shell.who()
st.title("抽查与回头看")
with shell.guarded():
    require(who, Action.SEE_DRAWS)
if not may(who, Action.SEE_DRAWS):
    st.stop()


def open_draw(draw_id: int | None) -> None:
    """The draw stands in the address, so that it can be sent on and survives a reload."""
    st.query_params.from_dict({} if draw_id is None else {"draw": str(draw_id)})


def went(draw_id: int) -> None:
    open_draw(draw_id)
    st.rerun()


def card(row: DrawRow) -> None:
    with st.container(border=True, gap="xsmall", key=f"draw_{row.id}"):
        st.markdown(f"**{words.plain(row.number)}**　{words.plain(row.why)}")
        by, at = (
            (row.frozen_by, row.frozen_at) if row.drawn_at is None else (row.drawn_by, row.drawn_at)
        )
        done = "封存" if row.drawn_at is None else "抽取"
        st.caption(words.plain(f"{row.about} · {words.moment(at)} {by} {done}"))
        draw_looks.badges(row)
        st.button("查看", key=f"open_{row.id}", width="stretch", on_click=open_draw, args=(row.id,))


def list_part() -> None:
    st.caption(
        "从已销号的条目、核查通过的地块里抽签再看一次。名单先封存，种子后公布，谁都能重做一遍；每一次抽取都"
        "列在这里，不能删除。"
    )
    if may(who, Action.DRAW):
        with st.expander("新的抽取", icon=":material/add:"):
            draw_form.draw(who, went)
    offset = _PER_PAGE * list_filters.page_of("draws", "")
    rows, total = results.listing(who, limit=_PER_PAGE, offset=offset)
    if not rows:
        st.info(
            "还没有抽取过。有条目销号、有地块核查通过以后，点“新的抽取”。"
            if may(who, Action.DRAW)
            else "还没有抽取过。县办抽取以后，抽中的和看的结果列在这里。"
        )
    with st.grid(min_column_width=320):
        for row in rows:
            card(row)
    list_filters.pager("draws", offset=offset, per_page=_PER_PAGE, total=total)


chosen = shell.record_id(st.query_params.get("draw", ""))
with shell.guarded():
    if chosen is None:
        list_part()
    else:
        st.button(
            "全部抽取",
            icon=":material/arrow_back:",
            on_click=open_draw,
            args=(None,),
            key="all_draws",
        )
        only, undecided = drawn_looks.asked()
        offset = _PER_PAGE * list_filters.page_of("drawn", f"{chosen} {only} {undecided}")
        shown = results.detail(
            chosen, who, only=only, undecided=undecided, limit=_PER_PAGE, offset=offset
        )
        draw_looks.draw(shown, who, offset, _PER_PAGE)

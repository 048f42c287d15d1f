"""What the lists of several pages are filtered by, and where in them one stands."""

import streamlit as st

from field_app.settings import settings
from models.taxonomy import townships


def county_townships() -> dict[str, str]:
    """The names of the county's townships by code."""
    return {t.code: t.name for t in townships().values() if t.county_code == settings().county_code}


def asked_township(key: str, *, none: str) -> str:
    """A township's code, the empty string for all, `none` for what stands in no township."""
    county = county_townships()
    chosen: str = st.selectbox(
        "乡镇",
        ["", none, *county],
        format_func=lambda c: county.get(c, "未定乡镇" if c else "全部乡镇"),
        key=key,
    )
    return chosen or ""


def page_of(name: str, asked: str) -> int:
    """Which page of the list `name` is looked at; another filter starts at its first."""
    if st.session_state.get(f"{name}_filter") != asked:
        st.session_state[f"{name}_filter"], st.session_state[f"{name}_page"] = asked, 0
    page: int = st.session_state[f"{name}_page"]
    return page


def pager(name: str, *, offset: int, per_page: int, total: int) -> None:
    """The way to the page before and the page after, where there is more than one."""
    if total <= per_page:
        return
    with st.container(horizontal=True):
        for label, step, at_end in (
            ("上一页", -1, offset == 0),
            ("下一页", 1, offset + per_page >= total),
        ):
            st.button(
                label, disabled=at_end, on_click=_turn_page, args=(name, step), width="stretch"
            )


def _turn_page(name: str, step: int) -> None:
    st.session_state[f"{name}_page"] += step

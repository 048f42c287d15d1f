"""How the evidence of a parcel is shown: the card of the set, and sketches of it and of a photo."""

from html import escape

import streamlit as st

from field_app import findings, looks, words
from field_app.parcel_sets import SetShown
from models.vocabulary import Verdict

_MOST_FIRST = findings.MOST_FIRST


def sketch(url: str, said: str) -> None:
    """A sketch from our own route, with the same in words for those who do not see it."""
    st.html(f'<img class="sketch" src="{escape(url)}" alt="{escape(said)}" loading="lazy">')


def photo_sketch(shown: SetShown, photo_id: int) -> None:
    """One photo beside its parcel. Nothing where it was taken out meanwhile."""
    if photo_id in shown.numbers:
        sketch(shown.photo_sketch_url(photo_id), shown.photo_words(photo_id))


def card(shown: SetShown, *, open_sketch: bool) -> None:
    """Verdict of the set, how much was seen, what is still to be shot, why, and the sketch: beside
    the words where there is room (`open_sketch`), else on demand."""
    with st.container(border=True, gap="small", key="set_card"):
        if not open_sketch:
            _words(shown)
            with st.expander("示意图：看到了哪里", icon=":material/explore:"):
                sketch(shown.sketch_url, shown.words)
            return
        left, right = st.columns([1.25, 1], gap="medium")
        with left:
            _words(shown)
        with right:
            sketch(shown.sketch_url, shown.words)


def _words(shown: SetShown) -> None:
    examined = shown.examined
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**本地块证据**")
        looks.verdict_badge(examined.verdict)
    st.caption(f"{words.plain(examined.seen)}。")
    todo(shown)
    why(shown)


def todo(shown: SetShown) -> None:
    """What is still to be shot: the first three, the rest on demand."""
    missing = [shot.text for shot in shown.examined.missing]
    if not missing:
        return
    st.markdown(_listed(missing[:_MOST_FIRST]))
    if rest := missing[_MOST_FIRST:]:
        with st.expander(f"另外还有 {len(rest)} 条"):
            st.markdown(_listed(rest))


def why(shown: SetShown) -> None:
    """The reasons for the verdict. What is already asked for above is not said twice there."""
    results = [r.as_json() for r in shown.examined.results]
    if shown.examined.verdict == Verdict.PASSED and not shown.examined.reasons:
        with st.expander(f"为什么通过（{len(results)} 项）"):
            looks.result_lines(results)
        return
    with st.expander(f"为什么{shown.examined.verdict}", icon=":material/help:"):
        told = findings.told(results)
        looks.result_lines([*told.first, *told.further])
        if told.fine:
            st.caption("相符的")
            looks.result_lines(told.fine)


def _listed(sentences: list[str]) -> str:
    return "\n".join(f"- {words.plain(s)}" for s in sentences)

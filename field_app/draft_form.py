"""The form of a visit: the questions of `drafts`, each answer kept the moment it is given."""

from typing import Any

import streamlit as st

from field_app import drafts, inspections, shell, words
from field_app.drafts import Question
from field_app.inspections import InspectionView
from field_app.problems import Problem
from field_app.roles import Who

# The classes a visit meets most, cultivated ones first; ours, by what the plan looks for.
_USUAL = ("0103", "0102", "0101", "0201", "0301", "0305", "0404", "1104", "1202", "0702")
_TYPED = ("text", "number")
_ALL_SEEN = 12  # so many options stand on a phone's screen at once


def draw(view: InspectionView, who: Who) -> None:
    """Draws the form, or the answers alone where the visit is no longer open."""
    if not view.editable:
        _read_only(view)
        return
    seen: dict[str, Any] | None = st.session_state.get(f"seen_{view.id}")
    _take_over(view, seen)
    section = ""
    tried = st.session_state.get(f"tried_{view.id}", False)
    for q in drafts.applicable(view.answers):
        if q.section != section:
            section = q.section
            st.markdown(f"**{section}**")
        _field(q, view, first=seen is None)
        if q.name in view.wrongs and (tried or q.name in view.answers):
            st.markdown(f":red[:material/error: {words.plain(view.wrongs[q.name])}]")
    if seen is None:
        _keep_typed(view, who)


def _key(visit: int, name: str) -> str:
    return f"answer_{visit}_{name}"


def _take_over(view: InspectionView, seen: dict[str, Any] | None) -> None:
    """Shows in the widgets what changed in the draft since this session saw it: on another
    device, or because an answer no longer fits. What may be half typed is left to `_keep_typed`
    in the first run of a session: setting it here would wipe it."""
    for q in drafts.QUESTIONS:
        if seen is None and q.kind in _TYPED:
            continue
        key, stored = _key(view.id, q.name), view.answers.get(q.name)
        if seen is None or seen.get(q.name) != stored or key not in st.session_state:
            st.session_state[key] = stored if stored is not None else _blank(q)
    if seen is not None:
        st.session_state[f"seen_{view.id}"] = dict(view.answers)


def _keep_typed(view: InspectionView, who: Who) -> None:
    """After the first run of a session: what the browser still holds and the draft does not.

    A restart of the server begins a new session under a page that somebody was typing into; the
    widgets come back with what was typed, and it is kept. Only after they were drawn does
    Streamlit tell it.
    """
    held = {
        q.name: st.session_state.get(_key(view.id, q.name))
        for q in drafts.QUESTIONS
        if q.kind in _TYPED
    }
    typed = {
        name: value
        for name, value in held.items()
        if not drafts.empty(value) and value != view.answers.get(name)
    }
    st.session_state[f"seen_{view.id}"] = dict(view.answers)
    if typed:
        with shell.told_later():
            inspections.save(view.id, typed, who, seen=view.answers, now=shell.now())
        st.rerun()


def _blank(q: Question) -> Any:
    return "" if q.kind == "text" else None


def _keep(visit: int, name: str) -> None:
    """Called when a field was left: keeps its value, or says why not."""
    value = st.session_state[_key(visit, name)]
    seen = st.session_state.get(f"seen_{visit}", {})
    try:
        answers = inspections.save(visit, {name: value}, shell.actor(), seen=seen, now=shell.now())
    except Problem as problem:
        label = drafts.question(name).label
        shell.tell_later(f"{problem.message} 您刚才在“{label}”填的是：{value}")
        return
    # What this save itself changed (a type that no longer fits its category) is taken up, too.
    st.session_state[f"seen_{visit}"] = {**seen, name: answers.get(name)}


def _field(q: Question, view: InspectionView, *, first: bool) -> None:
    """Draws one question; in the `first` run of a session a typed one begins with its answer."""
    begin = view.answers.get(q.name) if first else None
    key = _key(view.id, q.name)
    label = q.label if q.required else f"{q.label}（选填）"
    common: dict[str, Any] = {
        "key": key,
        "on_change": _keep,
        "args": (view.id, q.name),
        "help": q.hint or None,
    }
    if q.kind == "number":
        st.number_input(
            label,
            min_value=0.0,
            value=begin,
            step=0.01,
            format="%.2f",
            placeholder="如 3.25",
            **common,
        )
    elif q.kind == "text":
        st.text_area(
            label,
            begin or "",
            max_chars=drafts.MAX_TEXT,
            height=112,
            placeholder=q.hint or None,
            **common,
        )
    else:
        choices = {o.value: o.label for o in drafts.options(q, view.answers)}
        if len(choices) <= 3:
            st.segmented_control(
                label,
                list(choices),
                format_func=choices.__getitem__,
                width="stretch",
                **common,
            )
        elif q.required and len(choices) <= _ALL_SEEN:
            # The sentences are long, and a list that drops down would cut them.
            st.radio(label, list(choices), format_func=choices.__getitem__, index=None, **common)
        else:
            if q.name == "land_class":
                choices = _usual_first(choices)
            st.selectbox(
                label,
                list(choices),
                format_func=lambda v: choices.get(v, v),
                index=None,
                placeholder="请选择" if len(choices) <= _ALL_SEEN else "可输入名称或编码查找",
                # A list that needs no search opens no keyboard over itself.
                filter_mode=None if len(choices) <= _ALL_SEEN else "contains",
                **common,
            )


def _usual_first(choices: dict[str, str]) -> dict[str, str]:
    """The land classes with the usual ones in front.

    They are no buttons beside the list: a widget that the server sets at each run answers a quick
    thumb with what it held before, and a chosen class was lost.
    """
    usual = {code: choices[code] for code in _USUAL if code in choices}
    return usual | choices


def _read_only(view: InspectionView) -> None:
    lines = []
    for q in drafts.applicable(view.answers):
        value = view.answers.get(q.name)
        if drafts.empty(value):
            continue
        labels = {o.value: o.label for o in drafts.options(q, view.answers)}
        lines.append(f"**{q.label}**　{words.plain(str(labels.get(str(value), value)))}")
    st.markdown("  \n".join(lines) if lines else "没有填写内容。")

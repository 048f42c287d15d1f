"""The form of a visit: the questions of its definition, each answer kept the moment it is given."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from field_app import drafts, inspections, shell, words
from field_app.forms import Choice, Form, Kind, Question
from field_app.inspections import InspectionView
from field_app.problems import Problem
from field_app.roles import Who

_TYPED = (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL)
_ALL_SEEN = 12  # so many options stand on a phone's screen at once
_FROM, _UNTIL = date(1900, 1, 1), date(2100, 12, 31)  # contracts of thirty years, and old wells
_SHORT = 12  # characters of an answer that stands on a button


def draw(view: InspectionView, who: Who) -> None:
    """Draws the form, or the answers alone where the visit is no longer open."""
    if not view.editable:
        _read_only(view)
        return
    first = f"drawn_{view.id}" not in st.session_state
    _take_over(view, first=first)
    _begin_like_last(view)
    _confirm_all(view)
    section = ""
    tried = st.session_state.get(f"tried_{view.id}", False)
    for q in drafts.shown(view.form, view.answers, view.about):
        if q.section != section:
            section = q.section
            _begin_section(section, view)
        if q.kind is Kind.NOTE:
            st.caption(words.plain(q.label))
            continue
        _field(q, view, first=first)
        if q.name in view.unconfirmed:
            _confirm_one(q, view)
        if q.name in view.wrongs and (tried or q.name in view.answers):
            st.markdown(f":red[:material/error: {words.plain(view.wrongs[q.name])}]")
    if first:
        _keep_typed(view, who)


def _begin_section(section: str, view: InspectionView) -> None:
    """A section's name, and how many of its required questions are answered well; a line where
    the questions that follow stand in no section."""
    if not section:
        st.divider()
        return
    names = [
        q.name for q in view.form.questions if q.section == section and q.name in view.required
    ]
    done = sum(1 for n in names if n not in view.wrongs)
    colour = "green" if done == len(names) else "gray"
    count = f"　:{colour}[{done}/{len(names)}]" if names else ""
    st.markdown(f"**{words.plain(section)}**{count}")


def _begin_like_last(view: InspectionView) -> None:
    """Offers what the last visit said and what the county presets, by one tap; it is marked, and
    to be confirmed."""
    if not view.suggested:
        return
    said = [
        _shortened(drafts.said(view.form, view.form.question(name), value))
        for name, value in view.suggested.items()
    ]
    more = f" 等 {len(said)} 项" if len(said) > 3 else ""
    if view.suggested_from:
        what, source = "和上次一样", f"您上次提交的内容（{view.suggested_from}）"
    else:
        what, source = "填入预设", "县里预设的内容"
    st.button(
        f"{what}：{words.plain('、'.join(said[:3]) + more)}",
        icon=":material/content_copy:",
        key=f"like_last_{view.id}",
        help=words.plain(f"填入{source}，填入后请逐项核对"),
        width="stretch",
        on_click=_fill_like_last,
        args=(view.id,),
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _fill_like_last(visit: int) -> None:
    with shell.told_later():
        inspections.fill_like_last(visit, shell.actor(), now=shell.now())


def _confirm_all(view: InspectionView) -> None:
    if len(view.unconfirmed) > 1:
        st.button(
            f"{len(view.unconfirmed)} 项不是手填的，都核对过，没有错",
            icon=":material/done_all:",
            key=f"confirm_all_{view.id}",
            width="stretch",
            on_click=confirm,
            args=(view.id, {n: view.answers[n] for n in view.unconfirmed}),
        )


def _confirm_one(q: Question, view: InspectionView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"mark_{q.name}"):
        st.markdown(f":orange[:material/edit_note: {words.plain(filled_by(view, q.name))}]")
        st.button(
            "核对无误",
            key=f"confirm_{view.id}_{q.name}",
            on_click=confirm,
            args=(view.id, {q.name: view.answers[q.name]}),
        )


def filled_by(view: InspectionView, name: str) -> str:
    """Who filled an answer, and from which words."""
    mark = view.marks.get(name, {})
    said = f"：“{mark['words']}”" if mark.get("words") else ""
    return f"{mark.get('by', '')}填入{said}"


def confirm(visit: int, values: dict[str, Any]) -> None:
    """Called when the inspector says that these values are right."""
    with shell.told_later():
        inspections.confirm(visit, values, shell.actor(), now=shell.now())


def _key(visit: int, name: str) -> str:
    return f"answer_{visit}_{name}"


def _take_over(view: InspectionView, *, first: bool) -> None:
    """Shows in the widgets what the draft holds where they hold something else: it changed on
    another device or in the chat, no longer fits, or was left behind when the question was last
    on the page. What may be half typed is left to `_keep_typed` in the first run of a session:
    setting it here would wipe it. A field may be left before that run has ended, so what was seen
    is noted at its beginning."""
    for q in drafts.applicable(view.form, view.answers, view.about):
        if first and q.kind in _TYPED:
            continue
        key, stored = _key(view.id, q.name), view.answers.get(q.name)
        held = _from_widget(q, st.session_state.get(key))
        if drafts.empty(held) if drafts.empty(stored) else held == stored:
            continue
        st.session_state[key] = _in_widget(q, stored)
    st.session_state[f"seen_{view.id}"] = dict(view.answers)


def _keep_typed(view: InspectionView, who: Who) -> None:
    """After the first run of a session: what the browser still holds and the draft does not.

    A restart of the server begins a new session under a page that somebody was typing into; the
    widgets come back with what was typed, and it is kept. Only after they were drawn does
    Streamlit tell it.
    """
    held = {
        q.name: st.session_state.get(_key(view.id, q.name))
        for q in view.form.questions
        if q.kind in _TYPED
    }
    typed = {
        name: value
        for name, value in held.items()
        if not drafts.empty(value) and value != view.answers.get(name)
    }
    st.session_state[f"drawn_{view.id}"] = True
    if typed:
        with shell.told_later():
            answers = inspections.save(view.id, typed, who, seen=view.answers, now=shell.now())
            _note_seen(view.id, typed, answers)
        st.rerun()


def _note_seen(visit: int, changed: Iterable[str], answers: Mapping[str, Any]) -> None:
    """What a save of this session itself changed (a type that no longer fits its category) has been
    seen: the next one, which may come before the page is drawn anew, is no other device's."""
    seen = st.session_state.get(f"seen_{visit}", {})
    st.session_state[f"seen_{visit}"] = {**seen, **{name: answers.get(name) for name in changed}}


def _in_widget(q: Question, stored: Any) -> Any:
    """A stored answer as the question's widget holds it."""
    if q.kind is Kind.TEXT:
        return stored or ""
    if q.kind is Kind.SELECT_MULTIPLE:
        return list(stored or ())
    if q.kind is Kind.DATE:
        return date.fromisoformat(stored) if stored else None
    return stored


def _from_widget(q: Question, value: Any) -> Any:
    """What a question's widget holds, as the draft keeps it."""
    if q.kind is Kind.SELECT_MULTIPLE and value:
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _keep(visit: int, form: Form, name: str) -> None:
    """Called when a field was left: keeps its value, or says why not."""
    q = form.question(name)
    value = _from_widget(q, st.session_state[_key(visit, name)])
    seen = st.session_state.get(f"seen_{visit}", {})
    try:
        answers = inspections.save(visit, {name: value}, shell.actor(), seen=seen, now=shell.now())
    except Problem as problem:
        given = "空" if drafts.empty(value) else drafts.said(form, q, value)
        shell.tell_later(f"{problem.message} 您刚才在“{q.label}”填的是：{given}")
        return
    _note_seen(visit, [name], answers)


def _field(q: Question, view: InspectionView, *, first: bool) -> None:
    """Draws one question; in the `first` run of a session a typed one begins with its answer."""
    begin = view.answers.get(q.name) if first else None
    label = words.plain(q.label if q.name in view.required else f"{q.label}（选填）")
    common: dict[str, Any] = {
        "key": _key(view.id, q.name),
        "on_change": _keep,
        "args": (view.id, view.form, q.name),
        "help": words.plain(q.hint) or None,
    }
    if q.kind is Kind.DECIMAL:
        # No bounds: what a number may be is the constraint's, and a stored one has to be shown.
        st.number_input(
            label, value=begin, step=0.01, format="%.2f", placeholder="如 3.25", **common
        )
    elif q.kind is Kind.INTEGER:
        st.number_input(label, value=begin, step=1, placeholder="整数，如 3", **common)
    elif q.kind is Kind.DATE:
        stored = view.answers.get(q.name)
        held = date.fromisoformat(stored) if stored else _FROM
        st.date_input(
            label,
            value=None,
            min_value=min(_FROM, held),
            max_value=max(_UNTIL, held),
            format="YYYY-MM-DD",
            **common,
        )
    elif q.kind is Kind.TEXT:
        st.text_area(
            label,
            begin or "",
            max_chars=drafts.MAX_TEXT,
            height=112,
            placeholder=q.hint or None,
            **common,
        )
    else:
        counting = drafts.counting(view.form, view.answers, view.about)
        _choosing(q, label, drafts.options(view.form, q, counting), common)


def _choosing(q: Question, label: str, offered: list[Choice], common: dict[str, Any]) -> None:
    choices = {c.value: words.plain(c.label) for c in offered}
    labels = {c.value: c.label for c in offered}  # a list that drops down renders no Markdown
    if q.kind is Kind.SELECT_MULTIPLE:
        many = st.pills if len(choices) <= _ALL_SEEN else st.multiselect
        how: dict[str, Any] = {"selection_mode": "multi"} if many is st.pills else {}
        shown = choices if many is st.pills else labels
        many(label, list(choices), format_func=lambda v: shown.get(v, v), **how, **common)
    elif len(choices) <= 3:
        st.segmented_control(
            label,
            list(choices),
            format_func=lambda v: choices.get(v, v),
            width="stretch",
            **common,
        )
    elif q.required and len(choices) <= _ALL_SEEN:
        # The sentences are long, and a list that drops down would cut them.
        st.radio(
            label, list(choices), format_func=lambda v: choices.get(v, v), index=None, **common
        )
    else:
        st.selectbox(
            label,
            list(choices),
            format_func=lambda v: labels.get(v, v),
            index=None,
            placeholder="请选择" if len(choices) <= _ALL_SEEN else "可输入名称或编码查找",
            # A list that needs no search opens no keyboard over itself.
            filter_mode=None if len(choices) <= _ALL_SEEN else "contains",
            **common,
        )


def _read_only(view: InspectionView) -> None:
    lines = []
    for q in drafts.applicable(view.form, view.answers, view.about):
        value = view.answers.get(q.name)
        if not drafts.empty(value):
            said = words.plain(drafts.said(view.form, q, value))
            by = f"　:gray[{filled_by(view, q.name)}]" if q.name in view.marks else ""
            lines.append(f"**{words.plain(q.label)}**　{said}{by}")
    st.markdown("  \n".join(lines) if lines else "没有填写内容。")

"""Pieces that several pages draw alike: badges of verdict and state, facts, a photo's results."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from field_app import findings, words
from field_app.findings import Found
from field_app.inspections.views import ParcelView, PhotoView
from models.taxonomy import land_class_label
from models.vocabulary import InspectionState, Outcome, Verdict

# Never by colour alone: in sunlight, and for one man in twelve, the sign must do.
VERDICTS = {
    Verdict.PASSED: ("green", ":material/check_circle:"),
    Verdict.INCOMPLETE: ("gray", ":material/help:"),
    Verdict.DOUBTFUL: ("orange", ":material/warning:"),
    Verdict.CONTRADICTED: ("red", ":material/cancel:"),
}
OUTCOMES = {
    Outcome.PASS: ("green", ":material/check:", "相符"),
    Outcome.UNKNOWN: ("gray", ":material/help:", "无法判断"),
    Outcome.DOUBT: ("orange", ":material/warning:", "存疑"),
    Outcome.FAIL: ("red", ":material/close:", "不符"),
    Outcome.ERROR: ("gray", ":material/error:", "检查出错"),
}
NOTE = ("blue", ":material/info:", findings.NOTED)
STATES = {
    InspectionState.DRAFT: ("blue", ":material/edit:"),
    InspectionState.SUBMITTED: ("violet", ":material/hourglass_top:"),
    InspectionState.RETURNED: ("red", ":material/undo:"),
    InspectionState.CONFIRMED: ("green", ":material/task_alt:"),
    InspectionState.REJECTED: ("gray", ":material/block:"),
}


def verdict_badge(verdict: str) -> None:
    colour, icon = VERDICTS[Verdict(verdict)]
    st.badge(verdict, icon=icon, color=colour)  # type: ignore[arg-type]  # one of its colours


def state_badge(state: str) -> None:
    colour, icon = STATES[InspectionState(state)]
    st.badge(state, icon=icon, color=colour)  # type: ignore[arg-type]


def result_lines(results: Sequence[Found]) -> None:
    """The sentences of checks with their signs: one element of the page, however many they are."""
    st.markdown("\n\n".join(map(_line, results)))


def _line(result: Found) -> str:
    outcome = findings.outcome_of(result)
    colour, icon, word = NOTE if findings.is_note(result) else OUTCOMES[outcome]
    if outcome == Outcome.UNKNOWN and result.get("needed", True) and not findings.is_note(result):
        word = str(Verdict.INCOMPLETE)  # this is what the verdict comes from
    return f":{colour}[{icon} **{word}**] {words.plain(str(result.get('message', '')))}"


def reasons(results: Sequence[Found]) -> None:
    """What checks say of a photo: three reasons at most, worst first, the rest on demand."""
    if not results:
        st.caption("这张照片还没有核验结果。")
        return
    told = findings.told(results)
    if told.first:
        result_lines(told.first)
    else:
        st.caption("没有发现不符、存疑的地方。")
    if told.further:
        with st.expander(f"其余说明（{len(told.further)} 项）"):
            result_lines(told.further)
    if told.fine:
        with st.expander(f"相符的检查（{len(told.fine)} 项）"):
            result_lines(told.fine)


def parcel_facts(parcel: ParcelView) -> None:
    """What is registered of a parcel, as short lines."""
    declared = parcel.declared_area_m2
    facts = {
        "项目": f"{parcel.project}（{parcel.project_code}）" if parcel.project else "未归入项目",
        "位置": f"{parcel.township} {parcel.village}".strip(),
        "面积": words.mu(parcel.area_mu)
        + (f"，报备 {words.mu(declared / (parcel.area_m2 / parcel.area_mu))}" if declared else ""),
        "报备地类": land_class_label(parcel.land_class) if parcel.land_class else "未注明",
        "用途": parcel.use,
        "坡度级别": parcel.slope_grade,
        "质量等级": parcel.quality_grade,
    }
    st.markdown(
        "  \n".join(f"**{name}**　{words.plain(value)}" for name, value in facts.items() if value)
    )
    for flag in parcel.flags:
        st.warning(words.plain(flag.get("text", "")), icon=":material/flag:")


def photo_caption(photo: PhotoView) -> str:
    """Kind, distance and moment in one line."""
    parts = [photo.kind]
    if photo.distance_m is not None:
        parts.append(
            "地块内" if photo.distance_m == 0 else f"距地块 {words.metres(photo.distance_m)}"
        )
    if photo.taken_at is not None:
        parts.append(words.moment(photo.taken_at))
    return " · ".join(parts)


def thumbnail(photo: PhotoView, *, caption: bool = True) -> None:
    """The small picture, from our own route; who may not see it gets nothing. A tap opens it whole.

    `st.image` takes no address of our own server, so the tag is ours: a number, and escaped text.
    """
    alt = escape(photo_caption(photo))
    st.html(
        f'<a class="photo-link" href="/evidence/{photo.id}?size=full" target="_blank">'
        f'<img class="photo-small" src="/evidence/{photo.id}?size=small" alt="{alt}" loading="lazy">'
        + (_said(photo) if caption else "")
        + "</a>"
    )


def _said(photo: PhotoView, number: int | None = None) -> str:
    kind, *rest = photo_caption(photo).split(" · ")
    lines = "<br>".join(escape(part) for part in rest)
    name = kind if number is None else f"第 {number} 张 {kind}"
    return f'<span class="photo-said"><b>{escape(name)}</b><br>{lines}</span>'


def tile(photo: PhotoView, number: int | None = None) -> None:
    """A photo in a grid: the picture, what the checks say of it, then what it is. `number` is how
    the photo is called in sentences and sketches of its visit."""
    thumbnail(photo, caption=False)
    verdict_badge(photo.verdict)
    st.html(_said(photo, number))

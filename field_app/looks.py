"""Pieces that several pages draw alike: badges of verdict and state, facts, a photo's results."""

from html import escape
from typing import Any

import streamlit as st

from field_app import words
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


def result_line(result: dict[str, Any]) -> None:
    """One check's sentence with its sign."""
    colour, icon, word = OUTCOMES[Outcome(result["outcome"])]
    st.markdown(f":{colour}[{icon} **{word}**] {words.plain(result['message'])}")


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


def _said(photo: PhotoView) -> str:
    kind, *rest = photo_caption(photo).split(" · ")
    lines = "<br>".join(escape(part) for part in rest)
    return f'<span class="photo-said"><b>{escape(kind)}</b><br>{lines}</span>'


def tile(photo: PhotoView) -> None:
    """A photo in a grid: the picture, what the checks say of it, then what it is."""
    thumbnail(photo, caption=False)
    verdict_badge(photo.verdict)
    st.html(_said(photo))


def photo_results(photo: PhotoView) -> None:
    """Every check's sentence, the odd ones first, the passed ones folded away."""
    for result in photo.odd:
        result_line(result)
    fine = [r for r in photo.results if r["outcome"] == Outcome.PASS]
    if fine:
        with st.expander(f"相符的检查（{len(fine)} 项）"):
            for result in fine:
                result_line(result)

"""Pieces that the review and the ledger page draw alike: a case on the map, its photos with what
was said of them, earlier pictures beside them, and what happened."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from field_app import findings, looks, maps, review, words
from field_app.captures.told import SOURCE
from field_app.ledger import fields
from field_app.maps import PhotoMark
from field_app.review import CaseShown, Decision, PhotoShown
from field_app.review.readings import ACCURACY, AT, DISTANCE, HEADING, RECEIVED, TAKEN, doubts_on
from field_app.review.showing import EarlierPhoto
from field_app.roles import Who
from field_app.trail import Happening
from models.taxonomy import township_name
from models.vocabulary import Grade

_GRADES = {
    Grade.A: "A 级：本系统页面现场拍摄，有设备签名、一次性码和定位轨迹",
    Grade.B: "B 级：拍摄时由本系统页面取得定位",
    Grade.C: "C 级：照片文件自带定位，或页面定位不可信",
    Grade.D: "D 级：没有定位",
}
DECISIONS = {
    Decision.TRUSTED: ("green", ":material/thumb_up:"),
    Decision.NOT_TRUSTED: ("red", ":material/thumb_down:"),
}
_ABOUT = {"inspection": "", "photo": "照片 ", "entry": "", "package": ""}
_MOST_ODD = 6  # of the readings that are told in words; the table holds them all
_TABLE_PX = 380  # of its own scrolling: sixty readings never push the rest off the screen
_NAMES = fields.LABELS | {
    "decision": "人工意见",
    "verdict": "机器核验",
    "photos": "重拍",
    "purpose": "用途",
}


def case_map(case: CaseShown, *, height: int, key: str) -> None:
    """The parcel with each photo's point, accuracy circle and view cone, coloured by verdict."""
    marks = [
        PhotoMark(
            p.lon,
            p.lat,
            p.accuracy_m,
            p.heading_deg,
            p.view_deg,
            p.verdict,
            f"照片 {p.id} {p.kind}",
        )
        for p in case.photos
        if p.lon is not None and p.lat is not None
    ]
    maps.show(maps.review_map(case.boundary, marks, number=case.number), height=height, key=key)
    without = len(case.photos) - len(marks)
    if without:
        st.caption(f"{without} 张照片没有位置，图上不显示。")


def scene(inspection_id: int, who: Who) -> None:
    """The map of a visit and its photos, small."""
    case = review.detail(inspection_id, who)
    case_map(case, height=360, key=f"entry_map_{inspection_id}")
    with st.grid(min_column_width=150):
        for photo in case.photos:
            with st.container(gap="xsmall"):
                picture(photo.small_url, caption(photo))
                st.caption(words.plain(caption(photo)))
                badges(photo)
                st.link_button("看大图", photo.url, icon=":material/zoom_in:", width="stretch")


def picture(url: str, said: str, *, whole: bool = False) -> None:
    """A picture from our own route; `st.image` takes no address of our own server. The address is
    made of a number, and what is said of it is escaped."""
    # A row of tiles stands even, whatever the shape of each picture; the whole one is never cut.
    # What is said of it, and the decision, stay in sight below it.
    shape = (
        "max-width:100%;max-height:62vh;margin:0 auto"
        if whole
        else "width:100%;aspect-ratio:4/3;object-fit:cover"
    )
    st.html(
        f'<img class="{"photo-whole" if whole else "photo-tile"}" src="{escape(url)}" '
        f'alt="{escape(said)}" loading="lazy" '
        f'style="display:block;{shape};border-radius:8px;background:#dfe7e2">'
    )


def caption(photo: PhotoShown, number: int | None = None) -> str:
    """Number, kind, distance and moment in one line; `number` is its place in the visit."""
    parts = [f"照片 {photo.id}", photo.kind]
    if number is not None:
        parts.insert(0, f"第 {number} 张")
    if photo.distance_m is not None:
        inside = photo.distance_m == 0
        parts.append("地块内" if inside else f"距地块 {words.metres(photo.distance_m)}")
    if photo.taken_at is not None:
        parts.append(words.moment(photo.taken_at))
    return " · ".join(parts)


def badges(photo: PhotoShown) -> None:
    """The machine's verdict and beside it, never over it, the person's word."""
    with st.container(horizontal=True, gap="xsmall"):
        looks.verdict_badge(photo.verdict)
        if photo.standing:
            colour, icon = DECISIONS[photo.standing]
            st.badge(photo.standing, icon=icon, color=colour)  # type: ignore[arg-type]
        elif photo.undecided:
            st.badge("待判定", icon=":material/gavel:", color="violet")
        if photo.reshoot_why:
            st.badge("要求重拍", icon=":material/undo:", color="red")


def readings(photo: PhotoShown) -> None:
    """Where the position comes from, and all that the file says of itself, odd readings first with
    the reason."""
    st.caption(_GRADES[photo.grade])
    if short := findings.grade_reasons(photo.results):
        st.caption("未到更高等级：" + "；".join(reason.said for reason in short))
    held = doubts_on(photo.results)
    facts = {
        TAKEN: words.moment(photo.taken_at) if photo.taken_at else "",
        RECEIVED: words.moment(photo.received_at),
        AT: "" if photo.lon is None else f"{photo.lon:.6f}, {photo.lat:.6f}",
        ACCURACY: "" if photo.accuracy_m is None else f"±{photo.accuracy_m:.0f} m",
        DISTANCE: "" if photo.distance_m is None else words.metres(photo.distance_m),
        HEADING: "" if photo.heading_deg is None else f"{photo.heading_deg:.0f}°（真北）",
        "SHA-256": photo.sha256,
    }
    rows = [
        {"异常": "；".join(held.get(name, [])), "项目": name, "读数": value, "出处": "核验采用"}
        for name, value in facts.items()
        if value
    ]
    rows += [
        {
            "异常": r.why,
            "项目": r.label,
            "读数": r.value,
            "出处": f"{r.source} {r.name} {r.tag}".strip(),
        }
        for r in photo.readings
    ]
    rows += [
        {"异常": told.why, "项目": told.label, "读数": told.value, "出处": SOURCE}
        for told in photo.recorded
    ]
    odd = [row for row in rows if row["异常"]]
    if odd:
        st.markdown("**先看这几项**")
        st.markdown(
            "\n".join(
                f"- **{words.plain(row['项目'])}**　{words.plain(row['读数'])}  \n"
                f"  :orange[:material/flag: {words.plain(row['异常'])}]"
                for row in odd[:_MOST_ODD]
            )
        )
    rows.sort(key=lambda row: not row["异常"])
    if not odd:
        rows = [{name: said for name, said in row.items() if name != "异常"} for row in rows]
    st.dataframe(
        rows, hide_index=True, width="stretch", height=_TABLE_PX if len(rows) > 9 else "auto"
    )


def words_of_people(photo: PhotoShown) -> None:
    """What people said of the photo, in order."""
    for made in photo.decisions:
        st.markdown(
            f"**{made.decision}**　{words.plain(made.by)}　"
            f":gray[{words.plain(words.moment(made.said.at))}]  \n{words.plain(made.why)}"
        )
    if photo.decisions and photo.standing is None:
        st.warning("上次判定之后机器核验结论有变化，请重新判定。", icon=":material/update:")


def earlier_pictures(earlier: Sequence[EarlierPhoto]) -> None:
    """Pictures of earlier visits to the parcel."""
    with st.grid(min_column_width=150):
        for photo in earlier:
            with st.container(gap="xsmall"):
                said = f"{photo.kind} · {words.day(photo.visited_at)} {photo.purpose}"
                picture(photo.small_url, said)
                st.caption(words.plain(said))
                looks.verdict_badge(photo.verdict)


def history(happenings: Sequence[Happening]) -> None:
    """What happened, the newest first: who, when, what changed into what, and why."""
    for event in reversed(happenings):
        number = f"{_ABOUT[event.about]}{event.about_id} " if event.about == "photo" else ""
        who = event.by or "系统"
        st.markdown(
            f"**{words.plain(number + event.action)}**　{words.plain(who)}　"
            f":gray[{words.plain(words.moment(event.at))}]"
            + "".join(f"  \n{words.plain(line)}" for line in _lines(event))
            + (f"  \n理由：{words.plain(event.why)}" if event.why else "")
        )


def _lines(event: Happening) -> list[str]:
    """What changed; what the reason says already is not said twice."""
    new = {name: value for name, value in event.new.items() if value != event.why}
    return changes(event.old, new)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """`整改期限：2026-05-15 → 2026-06-30`, one line a value; what has no name of ours is left to
    the record itself.

    >>> changes({"due_on": "2026-05-15"}, {"due_on": "2026-06-30", "sha256": "ab"})
    ['整改期限：2026-05-15 → 2026-06-30']
    """
    lines = []
    for name, value in new.items():
        # The ledger's own columns are kept by their Chinese names.
        label = _NAMES.get(name) or (name if "\u4e00" <= name[:1] <= "\u9fff" else "")
        before, after = _said(name, old.get(name)), _said(name, value)
        if label and (before or after):
            lines.append(
                f"{label}：{before} → {after or '（空）'}" if before else f"{label}：{after}"
            )
    return lines


def _said(name: str, value: Any) -> str:
    if name == "township_code" and value:
        return township_name(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return "；".join(f"照片 {key} {text}" for key, text in value.items())
    return "" if value is None else str(value)

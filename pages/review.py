"""审核: the queue, one case with its map and photos, and what the supervisor decides."""

from dataclasses import replace

import streamlit as st

from field_app import (
    case_looks,
    decision_forms,
    held_looks,
    late_looks,
    list_filters,
    looks,
    maps,
    parcel_sets,
    photo_dialog,
    review,
    set_looks,
    shell,
    words,
)
from field_app.maps import ParcelMark
from field_app.review import CaseShown, QueueFilter, QueueRow
from field_app.roles import Action, may, require
from models.taxonomy import categories
from models.vocabulary import InspectionState, Verdict

_PER_PAGE = 20
_ON_MAP = 300  # folium draws a few hundred shapes well
_SHORT = {
    InspectionState.SUBMITTED: "待审核",
    InspectionState.RETURNED: "退回",
    InspectionState.CONFIRMED: "确认",
    InspectionState.REJECTED: "不成立",
}

who = shell.who()
st.title("审核")
with shell.guarded():
    require(who, Action.REVIEW)
if not may(who, Action.REVIEW):
    st.stop()


def open_case(inspection_id: int | None) -> None:
    """The case stands in the address, so that it can be sent on and survives a reload."""
    st.query_params.from_dict({} if inspection_id is None else {"visit": str(inspection_id)})


def asked_filter() -> QueueFilter:
    state = st.segmented_control(
        "状态",
        list(_SHORT),
        default=InspectionState.SUBMITTED,
        required=True,
        width="stretch",
        key="review_state",
        label_visibility="collapsed",
        format_func=lambda s: _SHORT[s],
    )
    with st.expander("筛选", icon=":material/filter_list:"):
        typed = st.text_input("查找", key="review_words", placeholder="地块编号、村名或项目名")
        township = list_filters.asked_township("review_township", none=review.NO_TOWNSHIP)
        kinds = {None: "全部", 0: "未发现问题"} | {
            c.no: f"{c.no} {c.name}" for c in categories().values()
        }
        category = st.selectbox(
            "问题大类", list(kinds), format_func=lambda no: kinds[no], key="review_category"
        )
    wanted = QueueFilter(InspectionState(state), township, category, typed or "", _PER_PAGE)
    offset = _PER_PAGE * list_filters.page_of("review", repr(wanted))
    return QueueFilter(
        wanted.state, wanted.township_code, category, wanted.words, _PER_PAGE, offset
    )


def card(row: QueueRow, *, chosen: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"queue_{row.inspection_id}"):
        st.markdown(f"**{words.plain(row.number)}**　{words.plain(row.problem)}")
        place = f"{row.township} {row.village} {row.project}".strip()
        st.caption(words.plain(f"{place} · {row.inspector} · {words.moment(row.submitted_at)}"))
        with st.container(horizontal=True, gap="xsmall"):
            for verdict in reversed(Verdict):
                if row.verdicts.get(verdict):
                    colour, icon = looks.VERDICTS[verdict]
                    st.badge(f"{verdict} {row.verdicts[verdict]}", icon=icon, color=colour)
            if not row.verdicts:
                st.badge("没有照片", icon=":material/no_photography:", color="gray")
        st.button(
            "正在查看" if chosen else "查看",
            key=f"open_{row.inspection_id}",
            type="primary" if chosen else "secondary",
            width="stretch",
            on_click=open_case,
            args=(row.inspection_id,),
        )


def queue_part(rows: list[QueueRow], total: int, wanted: QueueFilter, chosen: int | None) -> None:
    st.caption(
        f"共 {total} 条" + ("，提交早的在前" if wanted.state == InspectionState.SUBMITTED else "")
    )
    if not rows:
        st.info(
            "没有符合条件的核查记录。换个词，或去掉筛选再试。"
            if wanted.words
            else "这里没有核查记录。核查员提交后，会出现在“待审核”里。"
        )
    for row in rows:
        card(row, chosen=row.inspection_id == chosen)
    list_filters.pager("review", offset=wanted.offset, per_page=_PER_PAGE, total=total)


# --- one case --------------------------------------------------------------------------------


def head(case: CaseShown) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(words.plain(case.number))
        looks.state_badge(case.state)
        if case.entry_number:
            st.badge(case.entry_number, icon=":material/table_view:", color="blue")
    st.caption(
        words.plain(
            f"{case.township} {case.village} · {case.project or '未归入项目'} · "
            f"{words.mu(case.area_mu)} · 报备地类{case.land_class or '未注明'} · {case.purpose} · "
            f"{case.inspector} 提交于 {words.moment(case.submitted_at)}"
        )
    )
    for flag in case.flags:
        st.warning(words.plain(flag), icon=":material/flag:")
    if case.newer_shape:
        st.info("这个地块的边界后来改过；图上是核查当天的边界。", icon=":material/history:")
    if case.decided_by:
        st.caption(words.plain(f"{case.decided_by} 处理于 {words.moment(case.decided_at)}"))
    if case.returned_why:
        st.info(words.plain(case.returned_why), icon=":material/undo:")


def finding_part(case: CaseShown) -> None:
    found = case.finding
    if found is None:
        st.success("核查员未发现问题。", icon=":material/check_circle:")
    else:
        area = "" if found.area_mu is None else f"　涉及 {words.mu(found.area_mu)}"
        kept = "" if found.cultivated_mu is None else f"，其中耕地 {words.mu(found.cultivated_mu)}"
        st.markdown(
            f"**{found.category} {words.plain(found.category_name)}**　"
            f"{words.plain(f'{found.problem_type} {found.problem_name}')}"
            f"{words.plain(area + kept)}  \n{words.plain(found.facts)}"
        )


def answers_part(case: CaseShown) -> None:
    with st.expander("全部填写内容"):
        st.markdown(
            "  \n".join(
                f"**{words.plain(a.label)}**　{words.plain(a.text)}"
                + (f"　:gray[{words.plain(a.by)}填入，已核对]" if a.by else "")
                for a in case.answers
            )
            or "—"
        )


def photo_part(case: CaseShown, numbers: dict[int, int]) -> None:
    if not case.photos:
        st.warning("这次核查没有照片。", icon=":material/no_photography:")
    with st.grid(min_column_width=150):
        for photo in case.photos:
            with st.container(gap="xsmall", key=f"tile_{photo.id}"):
                said = case_looks.caption(photo, numbers.get(photo.id))
                case_looks.picture(photo.small_url, said)
                st.caption(words.plain(said))
                case_looks.badges(photo)
                if st.button(
                    "放大和判定" if photo.undecided else "放大",
                    key=f"look_{photo.id}",
                    icon=":material/zoom_in:",
                    on_click=photo_dialog.look_at,
                    args=(photo.id,),
                    width="stretch",
                ):
                    photo_dialog.show(case.inspection_id)


# --- decisions -------------------------------------------------------------------------------


def done(case: CaseShown, rows: list[QueueRow], said: str) -> None:
    """Says what was done and goes on to the next that waits."""
    shell.toast_later(said)
    later = [row.inspection_id for row in rows if row.inspection_id != case.inspection_id]
    waiting = case.state == InspectionState.SUBMITTED and later
    open_case(later[0] if waiting else None)
    st.rerun()


def case_part(case: CaseShown, rows: list[QueueRow]) -> None:
    head(case)
    finding_part(case)
    shown = parcel_sets.of_visit(case.inspection_id, who)
    set_looks.card(shown, open_sketch=True)
    left, right = st.columns(2, gap="medium")
    with left:
        case_looks.case_map(case, height=420, key=f"review_map_{case.inspection_id}")
    many = len(case.photos) > 4  # more than stand beside the map
    with right, st.container(height=440 if many else "content", border=False, key="case_photos"):
        photo_part(case, shown.numbers)
    answers_part(case)
    with st.container(border=True):
        decision_forms.draw(case, who, lambda said: done(case, rows, said))
    if case.earlier:
        with st.expander(
            f"这个地块以前的照片（{len(case.earlier)} 张）", icon=":material/history:"
        ):
            case_looks.earlier_pictures(case.earlier)
    with st.expander("经过", icon=":material/list:"):
        case_looks.history(case.history)


def whole_map(wanted: QueueFilter) -> None:
    """Where everything of the list lies, by the worst verdict of its photos; a tap opens it."""
    rows, total = review.queue(who, replace(wanted, limit=_ON_MAP, offset=0))
    if not rows:
        return
    st.caption("点图上的标记，或点列表里的“查看”。标记按照片核验结论显示。")
    told = maps.show(
        maps.queue_map(
            [
                ParcelMark(
                    r.at.lon,
                    r.at.lat,
                    r.number,
                    r.worst or Verdict.INCOMPLETE,
                    key=str(r.inspection_id),
                )
                for r in rows
            ]
        ),
        height=560,
        key="queue_map",
        taps=True,
    )
    if total > _ON_MAP:
        st.caption(f"图上只画了前 {_ON_MAP} 条，请用筛选缩小范围。")
    tapped = next((r for r in rows if str(r.inspection_id) == told["tapped"]), None)
    if tapped is not None:
        open_case(tapped.inspection_id)
        st.rerun()


asked = st.query_params.get("visit", "")
chosen = shell.record_id(asked)
if chosen is not None:
    # On a phone the queue would push the case off the screen; at a desk both stand side by side.
    st.html(
        "<style>@media (max-width: 640px) { .st-key-review_queue { display: none; } }"
        "@media (min-width: 641px) { .st-key-back_to_list { display: none; } }</style>"
    )
left, right = st.columns([1.15, 2.6], gap="medium")
with left, st.container(key="review_queue"):
    with shell.guarded():
        held_looks.part(who)
        late_looks.part(who)
    wanted = asked_filter()
    rows: list[QueueRow] = []
    total = 0
    with shell.guarded():
        rows, total = review.queue(who, wanted)
    queue_part(rows, total, wanted, chosen)
with right:
    if chosen is None:
        with shell.guarded():
            whole_map(wanted)
    else:
        st.button(
            "返回列表",
            key="back_to_list",
            icon=":material/arrow_back:",
            on_click=open_case,
            args=(None,),
        )
        with shell.guarded():
            case_part(review.detail(chosen, who), rows)

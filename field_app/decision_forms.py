"""The three things a supervisor can do with a case: confirm, send back, reject."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from field_app import review, seen, shell, words
from field_app.review import CaseShown, Upheld
from field_app.roles import Who
from models.taxonomy import categories, problem_types
from models.vocabulary import InspectionState, Purpose

Went = Callable[[str], None]
"""What the page does after a decision, given the sentence that says it was taken."""
_SAME = "就是这个条目的问题：不另立条目，确认后再决定是否重新打开"
_NEW = "另一个问题：登记新条目"
_WHY_AGAIN = [
    "镜头没有对着地块",
    "离地块太远",
    "模糊或太暗，看不清",
    "没有拍到周边参照物",
    "照片种类不对",
    "需要有定位的照片",
]


def draw(case: CaseShown, who: Who, went: Went) -> None:
    """What may be done with the case; nothing where it is not waiting for a decision."""
    edition = seen.edition("inspection", case.inspection_id, case.edition)
    if case.state != InspectionState.SUBMITTED:
        return
    if case.purpose == Purpose.PROOF:
        st.info("这是责任单位的整改举证，随台账条目办理：请到台账里同意销号或退回整改。")
        return
    if not review.may_decide(case, who):
        st.info("这是您本人的核查，须由另一名督导审核。")
        return
    if case.drawn_for is not None:
        of = f"，看的是条目 {case.drawn_for.entry_number}" if case.drawn_for.entry_number else ""
        st.info(words.plain(f"这是 {case.drawn_for.number} 抽中的{of}。"), icon=":material/casino:")
        shell.link(
            "second_look",
            "看这次抽取",
            icon=":material/casino:",
            main=False,
            draw=str(case.drawn_for.draw_id),
        )
    parts = {"确认": _confirm, "退回补拍": _send_back, "不成立": _reject}
    chosen = st.segmented_control(
        "处理", list(parts), default="确认", required=True, width="stretch", key="decision"
    )
    parts[chosen](case, edition, who, went)


def _key(case: CaseShown) -> str:
    """Names the fields of one submission: what was typed outlives a word on a photo and a refusal,
    but not a new submission."""
    return f"{case.inspection_id}_{case.submitted_at:%Y%m%d%H%M%S}"


def _confirm(case: CaseShown, edition: int, who: Who, went: Went) -> None:
    undecided = case.undecided
    if undecided:
        names = "、".join(f"照片 {p.id}（{p.kind}，{p.verdict}）" for p in undecided)
        st.warning(f"{names} 机器核验没有通过，请先放大查看并逐张判定，或退回补拍。")
    key = _key(case)
    if case.finding is None:
        why = st.text_input("说明（可不填）", key=f"confirm_why_{key}", max_chars=1000)
        if st.button("确认：未发现问题", type="primary", width="stretch", key="confirm"):
            with shell.guarded():
                review.confirm(case.inspection_id, edition, why=why, who=who, now=shell.now())
                went("已确认")
        return
    if case.drawn_for is not None and case.drawn_for.entry_id is not None:
        asked = st.radio("查到的问题", [_SAME, _NEW], key=f"confirm_as_{key}")
        if asked == _SAME:
            _confirm_same(case, edition, who, went)
            return
    ledgers = {c.no: f"{c.no} {c.name}" for c in categories().values()}
    category = st.selectbox(
        "问题大类（台账）",
        list(ledgers),
        index=case.finding.category - 1,
        format_func=lambda no: ledgers[no],
        key=f"confirm_category_{key}",
    )
    preset = review.proposal(case.inspection_id, who, category)
    assert preset is not None
    if preset.unknown_units:
        st.caption(
            words.plain(f"方案还列有 {'、'.join(preset.unknown_units)}，单位名录里没有，未预设。")
        )
    types = [t for t in problem_types().values() if t.category == category]
    codes = [t.code for t in types]
    choices = {u.id: u.name for u in review.units(who)}
    with st.form(f"confirm_{key}_{category}", border=False, enter_to_submit=False):
        code = st.selectbox(
            "问题子类",
            codes,
            index=codes.index(case.finding.problem_type)
            if case.finding.problem_type in codes
            else len(codes) - 1,
            format_func=lambda c: f"{c} {problem_types()[c].name}",
        )
        measure = st.text_area("整改措施", preset.measure, max_chars=4000, height="content")
        due = st.date_input("整改期限", preset.due_on, format="YYYY-MM-DD")
        units = st.multiselect(
            "责任单位（第一个牵头）",
            list(choices),
            default=list(preset.unit_ids),
            format_func=lambda unit_id: choices[unit_id],
            placeholder="未定",
        )
        why = st.text_input("改动理由（改了类别、措施、期限或单位时必填）", max_chars=1000)
        if st.form_submit_button("确认并登记台账", type="primary", width="stretch"):
            with shell.guarded():
                upheld = Upheld(category, code, measure, _day(due), tuple(units))
                number = review.confirm(
                    case.inspection_id,
                    edition,
                    upheld=upheld,
                    why=why,
                    who=who,
                    now=shell.now(),
                )
                went(f"已登记 {number}")


def _confirm_same(case: CaseShown, edition: int, who: Who, went: Went) -> None:
    """What a second look found is the old problem: the closed entry is opened again, by a person and
    on the page of the draw."""
    why = st.text_input("说明（可不填）", key=f"confirm_why_{_key(case)}", max_chars=1000)
    if st.button("确认：与销号时不一致", type="primary", width="stretch", key="confirm_same"):
        with shell.guarded():
            review.confirm(
                case.inspection_id, edition, as_new=False, why=why, who=who, now=shell.now()
            )
            went("已确认，请到“抽查与回头看”决定条目是否重新打开")


def _day(value: object) -> date:
    assert isinstance(value, date)  # one day was asked for, and it cannot be emptied
    return value


def _send_back(case: CaseShown, edition: int, who: Who, went: Went) -> None:
    with st.form(f"return_{_key(case)}", border=False, enter_to_submit=False):
        st.caption("给要重拍的照片写明原因；核查员只看到、只重拍这些。")
        asked = {
            photo.id: st.selectbox(
                f"照片 {photo.id} {photo.kind}（{photo.verdict}）",
                _WHY_AGAIN,
                index=None,
                placeholder="不用重拍",
                accept_new_options=True,
                key=f"again_{photo.id}_{_key(case)}",
            )
            for photo in case.photos
        }
        why = st.text_area("对整条记录的意见", max_chars=1000, height="content")
        if st.form_submit_button("退回补拍", width="stretch"):
            with shell.guarded():
                whys = {photo_id: text for photo_id, text in asked.items() if text}
                review.send_back(
                    case.inspection_id, edition, whys, why=why, who=who, now=shell.now()
                )
                went("已退回补拍")


def _reject(case: CaseShown, edition: int, who: Who, went: Went) -> None:
    with st.form(f"reject_{_key(case)}", border=False, enter_to_submit=False):
        st.caption("判定后任务结束，不进台账；理由会留在记录里。")
        why = st.text_area("不成立的理由", max_chars=1000, height="content")
        if st.form_submit_button("判定不成立", width="stretch"):
            with shell.guarded():
                review.reject(case.inspection_id, edition, why=why, who=who, now=shell.now())
                went("已判定不成立")

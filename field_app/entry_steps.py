"""What may be done with an entry: for each step the few things that it asks for, and its button."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from field_app import clock, inspections, shell, words
from field_app.ledger import carrying, closing, clues, fields, handing_over, rectifying, undoing
from field_app.ledger.handing_over import ORGANS, Handed
from field_app.ledger.listing import EntryShown
from field_app.ledger.steps import WHY_MAX
from field_app.ledger.workflow import Step
from field_app.roles import Who
from field_app.widgets.taker import photo_taker
from models.vocabulary import Nature, PhotoKind


@dataclass(frozen=True, slots=True)
class At:
    """The entry as it was shown, the edition that was seen, and who is there."""

    shown: EntryShown
    edition: int
    who: Who

    def key(self, name: str) -> str:
        """Names a field: what was typed outlives a refusal, but not the step it was typed for."""
        return f"{name}_{self.shown.id}_{st.session_state.get(_times(self.shown), 0)}"


def draw(step: Step, at: At) -> None:
    """The form of one step."""
    _FORMS[step](at)


def has_form(step: Step) -> bool:
    """Whether the step is done here; `AMEND` has a form of its own."""
    return step in _FORMS


def undo(at: At) -> None:
    """The last step taken back, where this person may."""
    step = at.shown.course.undo
    assert step is not None
    with st.form(at.key("undo"), border=False, enter_to_submit=False):
        st.caption(f"您刚办的“{step}”可以撤销，撤销本身也会记下来。")
        why = _why(at, "undo", "撤销的理由（必填）")
        if st.form_submit_button("撤销上一步", icon=":material/undo:", width="stretch"):
            _take(at, lambda: undoing.undo(*_seen(at), why=why, **_by(at)), f"已撤销{step}")


def remove_photo(photo_id: int) -> None:
    """Takes a photo out of this person's own open proof."""
    inspections.remove_photo(photo_id, shell.actor(), now=shell.now())


# --- the pieces of the forms --------------------------------------------------------------------


def _times(shown: EntryShown) -> str:
    return f"steps_taken_{shown.id}"


def _seen(at: At) -> tuple[int, int]:
    return at.shown.id, at.edition


def _by(at: At) -> dict[str, Any]:
    return {"who": at.who, "now": shell.now()}


def _take(at: At, do: Callable[[], object], said: str) -> None:
    with shell.guarded():
        do()
        name = _times(at.shown)
        st.session_state[name] = st.session_state.get(name, 0) + 1
        shell.toast_later(said)
        st.rerun()


def _why(at: At, name: str, label: str) -> str:
    told = st.text_area(label, max_chars=WHY_MAX, height="content", key=at.key(f"{name}_why"))
    return told or ""


def _day(at: At, name: str, label: str, value: date | None) -> date | None:
    day = st.date_input(label, value, format="YYYY-MM-DD", key=at.key(f"{name}_day"))
    return day if isinstance(day, date) else None


def _today() -> date:
    return clock.local(shell.now()).date()


def _submit(label: str, *, main: bool = True) -> bool:
    return st.form_submit_button(label, type="primary" if main else "secondary", width="stretch")


def _form(at: At, name: str) -> Any:  # Streamlit says no type of its form
    return st.form(at.key(name), border=False, enter_to_submit=False)


# --- one function a step ------------------------------------------------------------------------


def _verify(at: At) -> None:
    with _form(at, "verify"):
        why = _why(at, "verify", "核实情况：怎样核实的，看到什么（必填）")
        if _submit("核实属实，进入整改"):
            _take(at, lambda: clues.verify(*_seen(at), why=why, **_by(at)), "已核实属实")


def _refute(at: At) -> None:
    with _form(at, "refute"):
        why = _why(at, "refute", "不属实的理由（必填）")
        if _submit("核实不属实，退回", main=False):
            _take(at, lambda: clues.refute(*_seen(at), why=why, **_by(at)), "已退回")


def _recheck(at: At) -> None:
    with _form(at, "recheck"):
        why = _why(at, "recheck", "有什么新情况（必填）")
        if _submit("重新核实"):
            _take(at, lambda: clues.recheck(*_seen(at), why=why, **_by(at)), "已转回核实")


def _classify(at: At) -> None:
    now = at.shown.values["nature"]
    with _form(at, "classify"):
        st.caption("性质由人认定，系统不作判断；理由会留在记录里。")
        nature = st.selectbox(
            "问题性质",
            list(Nature),
            index=list(Nature).index(now) if now else None,
            placeholder="未定",
            key=at.key("nature"),
        )
        why = _why(at, "classify", "认定的理由（必填）")
        if _submit("认定性质", main=False):
            if nature is None:
                st.error("请选择问题性质。", icon=":material/error:")
                return
            word = Nature(nature)
            _take(at, lambda: clues.classify(*_seen(at), word, why=why, **_by(at)), "已认定性质")


def _mark_new(at: At) -> None:
    arose = not at.shown.values["arose_during"]
    with _form(at, "mark_new"):
        why = _why(at, "mark_new", "认定的理由（必填）")
        label = "认定为边整治边发生" if arose else "认定为不是边整治边发生"
        if _submit(label, main=False):
            _take(at, lambda: clues.mark_new(*_seen(at), arose, why=why, **_by(at)), "已认定")


def _begin(at: At) -> None:
    if st.button("开始整改", type="primary", width="stretch", key="begin"):
        _take(at, lambda: rectifying.begin(*_seen(at), **_by(at)), "已开始整改")


def _go_on(at: At) -> None:
    if st.button("继续整改", type="primary", width="stretch", key="go_on"):
        _take(at, lambda: rectifying.go_on(*_seen(at), **_by(at)), "已转为整改中")


def _report(at: At) -> None:
    with _form(at, "report"):
        text = st.text_area(
            "整改做到哪一步了",
            max_chars=fields.MAX_TEXT,
            height="content",
            key=at.key("report_text"),
            placeholder="例如：杨树已清除 3 亩，正在平整，预计五天内完成。",
        )
        if _submit("填报进展"):
            _take(at, lambda: rectifying.report(*_seen(at), text or "", **_by(at)), "已填报进展")


def _shoot(at: At) -> None:
    course = at.shown.course
    if course.proof is None:
        if st.button("上传整改后照片", type="primary", width="stretch", key="open_proof"):
            _take(at, lambda: rectifying.open_proof(at.shown.id, **_by(at)), "可以拍照了")
        return
    hint = "请站在整改前照片的位置、朝同一方向拍一张，再拍其他的。"
    photo_taker(
        course.proof, PhotoKind.AFTER, key=f"proof_{course.proof}", label="整改后照片", hint=hint
    )


def _apply(at: At) -> None:
    with _form(at, "apply"):
        done_on = _day(at, "apply", "整改完成日期", _today())
        why = _why(at, "apply", "完成情况：做了什么，现在怎样（必填）")
        if _submit("申请销号"):
            _take(
                at, lambda: rectifying.apply(*_seen(at), done_on, why=why, **_by(at)), "已申请销号"
            )


def _send_back(at: At) -> None:
    with _form(at, "send_back"):
        why = _why(at, "send_back", "哪里还不行，要补什么（必填，责任单位会看到）")
        if _submit("退回整改", main=at.shown.course.next_step == Step.SEND_BACK):
            _take(at, lambda: closing.send_back(*_seen(at), why=why, **_by(at)), "已退回整改")


def _close(at: At) -> None:
    course = at.shown.course
    if course.not_mine:
        st.info(f"您参与了这条问题的{course.not_mine}，须由另一名督导审批销号。")
        return
    if course.closing.reasons:
        st.warning("还不能销号：", icon=":material/block:")
        st.markdown("\n".join(f"- {words.plain(r)}" for r in course.closing.reasons))
        return
    with _form(at, "close"):
        needed = "（必填）" if course.closing.to_say else "（可不填）"
        for say in course.closing.to_say:
            st.caption(words.plain(f"{say}。"))
        why = _why(at, "close", f"销号依据{needed}")
        if _submit("同意销号"):
            _take(at, lambda: closing.close(*_seen(at), why=why, **_by(at)), "已销号")


def _carry(at: At) -> None:
    with _form(at, "carry"):
        st.caption("确实难以按期完成的，拉条挂账：写明原因、新的期限和谁批准的。")
        until = _day(at, "carry", "挂账期限", None)
        approver = st.text_input(
            "批准人或批准文号", max_chars=carrying.APPROVER_MAX, key=at.key("approver")
        )
        why = _why(at, "carry", "挂账原因（必填）")
        if _submit("挂账", main=False):
            _take(
                at,
                lambda: carrying.carry(*_seen(at), until, approver or "", why=why, **_by(at)),
                "已挂账",
            )


def _uncarry(at: At) -> None:
    with _form(at, "uncarry"):
        due = _day(at, "uncarry", "新的整改期限", at.shown.values["due_on"])
        why = _why(at, "uncarry", "解除的理由（必填）")
        if _submit("解除挂账", main=False):
            _take(at, lambda: carrying.uncarry(*_seen(at), due, why=why, **_by(at)), "已解除挂账")


def _hand_over(at: At) -> None:
    nature = at.shown.values["nature"]
    if not nature:
        st.info("移送之前，请先由人“认定性质”。", icon=":material/gavel:")
        return
    with _form(at, "hand_over"):
        st.caption(f"按已认定的性质“{nature}”移送。")
        organ = st.selectbox(
            "接收机关", ORGANS, index=None, accept_new_options=True, placeholder="选择或输入",
            key=at.key("organ"),
        )  # fmt: skip
        document = st.text_input("移送文号", max_chars=80, key=at.key("document"))
        on = _day(at, "hand_over", "移送日期", _today())
        clue = st.text_area(
            "移送事由（必填）",
            max_chars=handing_over.TEXT_MAX,
            height="content",
            key=at.key("clue"),
        )
        if _submit("移送", main=False):
            handed = Handed(organ or "", document or "", on or _today(), clue or "")
            _take(at, lambda: handing_over.hand_over(*_seen(at), handed, **_by(at)), "已记下移送")


def _feedback(at: At) -> None:
    handed = {h.id: f"{h.organ}（{h.document_no}）" for h in at.shown.course.handed}
    with _form(at, "feedback"):
        which = st.selectbox(
            "哪一次移送", list(handed), format_func=lambda n: handed[n], key=at.key("which")
        )
        on = _day(at, "feedback", "反馈日期", _today())
        text = st.text_area(
            "反馈情况（必填）",
            max_chars=handing_over.TEXT_MAX,
            height="content",
            key=at.key("feedback_text"),
        )
        if _submit("记下反馈", main=False):
            _take(
                at,
                lambda: handing_over.feedback(
                    *_seen(at), which or 0, text or "", on or _today(), **_by(at)
                ),
                "已记下反馈",
            )


def _looked(at: At) -> None:
    with _form(at, "looked"):
        why = _why(at, "looked", "回头看的情况（必填）")
        if _submit("回头看通过", main=False):
            _take(at, lambda: closing.looked_again(*_seen(at), why=why, **_by(at)), "已记下")


def _reopen(at: At) -> None:
    with _form(at, "reopen"):
        st.caption("重新打开后要重新整改、重新拍照；以前的照片不再算数。")
        due = _day(at, "reopen", "新的整改期限", None)
        why = _why(at, "reopen", "为什么重新打开（必填）")
        if _submit("重新打开", main=False):
            _take(at, lambda: closing.reopen(*_seen(at), due, why=why, **_by(at)), "已重新打开")


_FORMS: dict[Step, Callable[[At], None]] = {
    Step.VERIFY: _verify,
    Step.REFUTE: _refute,
    Step.RECHECK: _recheck,
    Step.CLASSIFY: _classify,
    Step.MARK_NEW: _mark_new,
    Step.BEGIN: _begin,
    Step.REPORT: _report,
    Step.SHOOT: _shoot,
    Step.APPLY: _apply,
    Step.SEND_BACK: _send_back,
    Step.GO_ON: _go_on,
    Step.CLOSE: _close,
    Step.CARRY: _carry,
    Step.UNCARRY: _uncarry,
    Step.HAND_OVER: _hand_over,
    Step.FEEDBACK: _feedback,
    Step.LOOKED: _looked,
    Step.REOPEN: _reopen,
}

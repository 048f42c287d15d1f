"""From what was understood to what is done: values, marks, commands, and what is said back. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from field_app import drafts
from field_app.chat.talk import CONFIRM, PHOTO, SUBMIT, Pending, Standing
from field_app.chat.understanding import Intent, Understood
from field_app.drafts import NO, YES
from field_app.forms import Kind
from field_app.inspections.marks import mark
from field_app.words import plain
from models.vocabulary import FilledBy

HELP = (
    "您可以说：\n\n"
    "- 地块：“尾号 0012”“最近的地块”\n"
    "- 现状：“现在种的是杨树，没有耕种痕迹”“旱地，种的玉米”\n"
    "- 面积：“三亩二分”“两千平方米”\n"
    "- 更正：“不对，是水浇地”\n"
    "- 照片：点输入框旁的添加，或用“拍照”；“第二张是近景”“删掉刚才那张”\n"
    "- “还差什么”“撤销”“重来”“跳过”“提交”\n\n"
    "我填的内容都要您确认之后才能提交。随时可以换到表单接着填。"
)


class Act(StrEnum):
    """What a message asks for beyond values."""

    NONE = ""
    UNDO = "undo"
    CLEAR = "clear"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    STATUS = "status"
    REMOVE_PHOTO = "remove_photo"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one message leads to. `lines` is what is said at once; what the edit itself leads to
    is said after it."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    marks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    act: Act = Act.NONE
    lines: tuple[str, ...] = ()
    pending: Pending = field(default_factory=Pending)
    lost: bool = False  # nothing was understood
    told: bool = False  # something about the parcel: part of what the inspector described


_WRONG = re.compile(r"[说填弄记搞]错|不对|有误")
_LOOKS = ("land_class", "planting")  # what can be seen from the edge of the field
_COMMANDS = {
    Intent.UNDO: Act.UNDO,
    Intent.SUBMIT: Act.SUBMIT,
    Intent.CONFIRM: Act.CONFIRM,
    Intent.STATUS: Act.STATUS,
    Intent.REMOVE_PHOTO: Act.REMOVE_PHOTO,
}


def decide(
    u: Understood,
    s: Standing,
    pending: Pending,
    *,
    asked: str | None,
    photos: int = 0,
    answered: bool = False,
) -> Decision:
    """What to do with a message; `photos` came with it. `answered` where something was said to
    it already."""
    changes, marks = _values(u, s, pending, asked)
    lines: list[str] = []
    if Intent.HELP in u.intents:
        lines.append(HELP)
    if u.denied:
        lines.append(f"好，没有{'、'.join(u.denied)}。")
    act = next((_COMMANDS[i] for i in u.intents if i in _COMMANDS), Act.NONE)
    if act is Act.NONE and Intent.YES in u.intents and not changes:
        act = Act.CONFIRM if asked == CONFIRM else Act.NONE
        act = Act.CLEAR if pending.clear else act
        if act is Act.NONE and asked == SUBMIT:  # handing in cannot be taken back
            lines.append("好。要交就说“提交”，或者点“提交审核”。")
    left = pending.after(unsure=(), problems=(), ask="", clear=False)
    if _skips(u, s, asked) and asked is not None:
        left = left.after(skip=tuple(dict.fromkeys([*pending.skip, asked])))
        lines.append("好，先放着，最后再问。" if Intent.SKIP in u.intents else "好，这项没有。")
    if Intent.SKIP in u.intents and asked == PHOTO:
        lines.append("照片不能跳过；确实拍不了，请说“没法拍照”并说明原因。")
    if Intent.RESTART in u.intents:
        left = left.after(clear=bool(s.answers))
        if not s.answers:
            lines.append("还没有填内容，不用清空。")
    problems = _offered(u, s, pending, changes)
    if pending.problems and not problems and Intent.NO in u.intents and not changes:
        lines.append("好，都不是。")
    left = left.after(
        unsure=_unsure(u, pending, changes),
        problems=problems,
    )
    understood = bool(
        changes
        or lines
        or act
        or left.clear
        or u.unsure
        or u.problems
        or photos
        or Intent.SKIP in u.intents
        or u.photo_kinds
        or u.parcel  # it was opened for it
    )
    if not understood:
        greeted = Intent.GREETING in u.intents
        if not answered:
            lines.append("您好，我在。" if greeted else _not_understood(u, s, asked))
        # What was asked before still stands.
        left = left.after(unsure=pending.unsure, problems=pending.problems, ask=pending.ask)
    told = _describes(u, asked)
    return Decision(changes, marks, act, tuple(lines), left, not understood, told)


def _skips(u: Understood, s: Standing, asked: str | None) -> bool:
    """Whether what is asked is left open: 跳过, or 没有 where words were asked for."""
    if asked is None or asked not in s.form.by_name or u.fills:
        return False
    return Intent.SKIP in u.intents or (
        Intent.NO in u.intents and s.form.question(asked).kind is Kind.TEXT
    )


def _offered(
    u: Understood, s: Standing, pending: Pending, changes: Mapping[str, Any]
) -> tuple[str, ...]:
    """The problem types to choose from: what was offered stands until it is settled, or until
    what it was offered for is taken back (“不对，是旱地”, “撤销”)."""
    if "problem_type" in changes or changes.get("has_problem") == NO:
        return ()
    if u.problems:
        return tuple(u.problems)
    corrected = any(n in s.answers for n in _LOOKS if n in changes)
    refused = Intent.NO in u.intents and (not changes or corrected)
    if refused or Intent.UNDO in u.intents or s.answers.get("problem_type"):
        return ()
    return pending.problems


def _unsure(
    u: Understood, pending: Pending, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], ...]:
    """What is still to be told apart, the older first."""
    old = () if Intent.NO in u.intents and not changes else pending.unsure
    new = [{"name": x.name, "values": list(x.values), "words": x.words} for x in u.unsure]
    by_name = {x["name"]: x for x in [*old, *new]}
    return tuple(x for name, x in by_name.items() if name not in changes)


def _values(
    u: Understood, s: Standing, pending: Pending, asked: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    changes = {f.name: f.value for f in u.fills}
    marks = {f.name: mark(FilledBy.CHAT, f.words) for f in u.fills}
    if not changes and asked is not None and asked in s.form.by_name:
        q = s.form.question(asked)
        values = {c.value for c in s.form.lists.get(q.list_name, ())}
        said = YES if Intent.YES in u.intents else NO if Intent.NO in u.intents else ""
        if said and q.kind is Kind.SELECT_ONE and said in values:
            changes, marks = {q.name: said}, {q.name: mark(FilledBy.CHAT, said)}
    if "problem_type" in changes:  # named in full or by its code
        code = str(changes["problem_type"])
        for name, value in (("has_problem", YES), ("category", code.partition("-")[0])):
            if s.answers.get(name) != value:
                changes.setdefault(name, value)
                marks.setdefault(name, marks["problem_type"])
    elif "category" in changes and s.answers.get("has_problem") != YES:
        changes.setdefault("has_problem", YES)
        marks.setdefault("has_problem", marks["category"])
    return changes, marks


def _describes(u: Understood, asked: str | None) -> bool:
    """Whether a message tells what the parcel looks like. A bare answer to what was asked
    (“三亩”, “旱地”) does not."""
    seen = [f for f in u.fills if f.name in _LOOKS]
    if u.problems or u.unsure:
        return True
    return bool(seen) and any(f.name != asked for f in u.fills)


def _not_understood(u: Understood, s: Standing, asked: str | None) -> str:
    if s.answers and (Intent.NO in u.intents or _WRONG.search(u.rest)):
        return "哪一项不对？请直接说对的，例如“不对，是旱地”“面积不对”。"
    if asked is not None and asked in s.form.by_name:
        q = s.form.question(asked)
        if q.kind in (Kind.DECIMAL, Kind.INTEGER):
            return f"没听出数来。请说“{plain(q.label)}”是多少，例如“三亩二分”。"
        if q.list_name:
            return "没听懂，草稿没有改动。请从下面选，或换个说法。"
    return "没听懂，草稿没有改动。我只记核查的事；不知道怎么说时，说“帮助”。"


def recorded(
    s: Standing, after: Mapping[str, Any], wrongs: Mapping[str, str], u: Understood | None = None
) -> list[str]:
    """What is said of an edit, from the draft before to the draft `after`."""
    about = {f.name for f in u.fills if f.about} if u else set()
    applying = {q.name: q for q in drafts.applicable(s.form, after, s.about)}
    new = [n for n in after if after.get(n) != s.answers.get(n)]
    said = [
        f"{plain(applying[n].label)} **{'约 ' if n in about else ''}"
        f"{plain(drafts.said(s.form, applying[n], after[n]))}**"
        for n in applying
        if n in new
    ]
    lines = [f"记下：{'；'.join(said)}。"] if said else []
    hidden = [plain(s.form.question(n).label) for n in new if n not in applying]
    if hidden:
        lines.append(f"{'、'.join(hidden)}先记着，用得上时再填进去。")
    gone = [plain(s.form.question(n).label) for n in s.answers if n not in after]
    if gone:
        lines.append(f"去掉：{'、'.join(gone)}。")
    lines += [f"{plain(wrongs[n])}。" for n in new if n in wrongs]
    return lines

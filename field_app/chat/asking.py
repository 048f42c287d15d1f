"""The next thing to ask: one at a time, from where the draft stands now. Pure.

It is worked out afresh at each look, never kept: whatever another device or the form has changed
meanwhile, the chat asks for what is really missing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from field_app import drafts
from field_app.chat.talk import CONFIRM, PARCEL, PHOTO, SUBMIT, Ask, Button, Pending, Standing
from field_app.drafts import NO, YES
from field_app.forms import Kind, Question
from field_app.inspections import InspectionView
from models import taxonomy

_MOST_BUTTONS = 10
_NONE_OF_THEM = "都不是"
_PLAIN = re.compile(r"[\s，。,.!！…]")
_ORDINAL = re.compile(r"(?:选|就|是|要)?第([一二三四五六七八九]|\d)(?:个|项|条|种|块)(?:吧|了)?")
_WISH = re.compile(r"^(?:我要|我想|再)?(?:补充|说一下|填一下|填|改一下|改|加个|加)?(?:一下)?")
_FIGURES = "零一二三四五六七八九"


def first_ask(pending: Pending) -> Ask:
    """Before a parcel is chosen."""
    if pending.tasks:
        return Ask("是哪一个地块？", _parcels(pending), PARCEL)
    return Ask(
        "您在哪个地块？说编号、编号的末几位，或者说“最近的地块”。",
        (Button("最近的地块", {"nearest": True}),),
        PARCEL,
    )


def _parcels(pending: Pending) -> tuple[Button, ...]:
    return tuple(Button(t["label"], {"open": t["id"], **pending.waiting}) for t in pending.tasks)


def next_ask(s: Standing, pending: Pending) -> Ask:
    """What an open visit is asked now."""
    return (
        _to_settle(s, pending) or _question(s, pending) or _photo(s) or _to_confirm(s) or _ready(s)
    )


def _to_settle(s: Standing, pending: Pending) -> Ask | None:
    """What the last message left open."""
    if pending.clear:
        return Ask(
            f"要清空已填的 {len(s.answers)} 项吗？照片会保留，清空后还可以“撤销”。",
            (Button("清空重填", {"clear": True}, main=True), Button("不清空", {"dismiss": True})),
        )
    if pending.tasks or pending.text or pending.sent:
        here = Button("还是当前这个地块", {"dismiss": True, **pending.waiting})
        text = "要换到哪个地块？" if pending.tasks else "刚才那句说的是哪个地块？"
        return Ask(text, (*_parcels(pending), here))
    for unsure in pending.unsure:
        q = s.form.by_name.get(unsure["name"])
        if q is None:
            continue
        labels = {c.value: c.label for c in s.form.lists.get(q.list_name, ())}
        buttons = tuple(
            Button(labels.get(v, str(v)), {"set": {q.name: v}}) for v in unsure["values"]
        )
        return Ask(
            f"“{unsure['words']}”算哪一种{q.label}？",
            (*buttons, Button(_NONE_OF_THEM, {"dismiss": True})),
            q.name,
        )
    if pending.problems and not s.answers.get("problem_type"):
        return _suggestion(pending.problems)
    return None


def _suggestion(codes: tuple[str, ...]) -> Ask:
    types = taxonomy.problem_types()
    buttons = tuple(
        Button(
            f"{code} {types[code].name}",
            {
                "set": {
                    "has_problem": YES,
                    "category": str(types[code].category),
                    "problem_type": code,
                }
            },
        )
        for code in codes
        if code in types
    )
    return Ask(
        "听起来可能是下面的问题，请您定：",
        (
            *buttons,
            Button("都不是，我自己选", {"set": {"has_problem": YES}, "dismiss": True}),
            Button("没有问题", {"set": {"has_problem": NO}, "dismiss": True}),
        ),
        "problem_type",
    )


def _question(s: Standing, pending: Pending) -> Ask | None:
    applying = {q.name: q for q in drafts.applicable(s.form, s.answers, s.about)}
    if pending.ask in applying:
        return _asking(applying[pending.ask], s)
    open_ones = [applying[name] for name in s.wrongs if name in applying]
    if not open_ones:
        return None
    not_now = set(pending.skip)
    # What was put off comes back when nothing else is left.
    first = next((q for q in open_ones if q.name not in not_now), open_ones[0])
    return _asking(first, s)


def _asking(q: Question, s: Standing) -> Ask:
    given = s.answers.get(q.name)
    offered = drafts.options(s.form, q, drafts.counting(s.form, s.answers, s.about))
    if not drafts.empty(given) and q.name in s.wrongs:
        text = f"{s.wrongs[q.name]}。请重说。"
    elif q.kind in (Kind.DECIMAL, Kind.INTEGER):
        text = f"{q.label}是多少？"
    elif q.kind is Kind.DATE:
        text = f"{q.label}是哪一天？"
    else:
        text = f"{q.label}？"
    if q.hint:
        text += f"（{q.hint}）"
    if len(offered) > _MOST_BUTTONS:
        text += " 下面没有的，直接说名称就行。"
    buttons = [
        Button(c.label, {"set": {q.name: [c.value] if q.kind is Kind.SELECT_MULTIPLE else c.value}})
        for c in offered[:_MOST_BUTTONS]
    ]
    if q.kind is Kind.TEXT and s.spoken and q.name in ("facts",) and drafts.empty(given):
        shown = s.spoken if len(s.spoken) <= 40 else f"{s.spoken[:40]}…"
        buttons.append(
            Button(f"用刚才说的：{shown}", {"set": {q.name: s.spoken}, "unseen": True}, main=True)
        )
    buttons.append(Button("先跳过", {"skip": q.name}))
    return Ask(text, tuple(buttons), q.name)


def _photo(s: Standing) -> Ask | None:
    if s.reshoot:
        kind, why = s.reshoot[0]
        hint = taxonomy.photo_kinds()[kind].hint
        return Ask(f"督导要求重拍{kind}：{why}。{hint}。", (), PHOTO, photo=kind)
    if s.short:
        kind, _count, hint = s.short[0]
        more = "、".join(f"{k} {n} 张" for k, n, _ in s.short)
        return Ask(
            f"还差照片：{more}。先拍{kind}：{hint}。",
            (Button("没法拍照", {"ask": "no_photo_reason"}),),
            PHOTO,
            photo=kind,
        )
    return None


def _to_confirm(s: Standing) -> Ask | None:
    if not s.unconfirmed:
        return None
    return Ask(
        f"上面有 {len(s.unconfirmed)} 项是我按您的话填的，请核对。有错就直接说，例如“不对，是旱地”。",
        (Button("都对，确认", {"confirm": {n: s.answers[n] for n in s.unconfirmed}}, main=True),),
        CONFIRM,
    )


def _ready(s: Standing) -> Ask:
    optional = [
        q
        for q in drafts.applicable(s.form, s.answers, s.about)
        if drafts.empty(s.answers.get(q.name)) and q.name != "no_photo_reason"
    ]
    buttons = [Button("提交审核", {"submit": True}, main=True)]
    buttons += [Button(f"补充{q.label}", {"ask": q.name}) for q in optional[:6]]
    return Ask("都齐了，可以提交。", tuple(buttons), SUBMIT)


def _called_wrong(said: str, names: Iterable[str]) -> bool:
    """地类不对, 都对就是面积不对, 除了地类都对: which one is wrong, and not yet what is right."""
    name = "|".join(re.escape(n) for n in names)
    others = "(?:(?:其[他它余]|别的|剩下的?)?(?:都|全)(?:部)?(?:对|没错|没问题|正确)(?:的|了|着)?)"
    return (
        re.fullmatch(
            rf"{others}?(?:就是|但是?|不过|只是|就|可)?(?:这?个)?(?:{name})(?:好像|有点|填|记|写|这项)*"
            rf"(?:不对|错了?|不准|有误|要改)(?:了|的)?{others}?|{others}?除了?(?:{name})(?:不对|以外|之外)?{others}?",
            said,
        )
        is not None
    )


def named(text: str, ask: Ask, view: InspectionView | None) -> Mapping[str, Any] | None:
    """What a message does that names a button, by its whole label or as “第二个”, or a question
    of the form that the inspector wants to be asked (“备注”, “没法拍照”). Bare figures name no
    button: they may be an amount, or a category's number."""
    said = _PLAIN.sub("", text)
    found = _ORDINAL.fullmatch(said)
    if found is not None:
        number = _FIGURES.find(found[1]) if found[1] in _FIGURES else int(found[1])
        return ask.buttons[number - 1].do if 1 <= number <= len(ask.buttons) else None
    button = next((b for b in ask.buttons if said and _PLAIN.sub("", b.label) == said), None)
    if button is not None:
        return button.do
    wish = _WISH.sub("", said)
    if view is None or not wish:
        return None
    for q in drafts.applicable(view.form, view.answers, view.about):
        names = (_PLAIN.sub("", q.label), *q.say)
        if wish in names or _called_wrong(said, names):
            return {"ask": q.name}
    return None

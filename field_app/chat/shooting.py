"""Photos in the chat: filed under their kinds, examined, and what to shoot again."""

import re
from collections.abc import Sequence
from datetime import datetime

from field_app import inspections, parcel_sets, words
from field_app.chat import numerals
from field_app.inspections import InspectionView, PhotoReceipt
from field_app.problems import Problem
from field_app.roles import Who
from models import taxonomy
from models.vocabulary import PhotoKind, Verdict

_ORDINAL = re.compile(r"第\s*([一二两三四五六七八九十\d]{1,3})\s*张")
_LOOKS = {
    Verdict.PASSED: "✓",
    Verdict.INCOMPLETE: "△",
    Verdict.DOUBTFUL: "？",
    Verdict.CONTRADICTED: "✗",
}


def kinds_for(count: int, said: Sequence[str], asked: str, view: InspectionView) -> list[str]:
    """Under which kinds so many photos are filed: as said, else what was asked for, else what is
    still missing, in its order.

    One kind said for several photos is meant for all of them.
    """
    if len(said) == 1:
        return [said[0]] * count
    wanted = list(said)
    if not wanted:
        left = {w.kind: w.short for w in view.wishes if w.short}
        if asked:
            wanted += [asked] * max(left.pop(asked, 1), 1)
        wanted += [kind for kind, short in left.items() for _ in range(short)]
    last = wanted[-1] if said else str(PhotoKind.FEATURE)
    return [*wanted, *([last] * count)][:count]


def take(
    sha256s: Sequence[str],
    said: Sequence[str],
    asked: str,
    view: InspectionView,
    who: Who,
    *,
    now: datetime,
) -> tuple[list[int], list[str]]:
    """Files held photos under the visit; returns their ids and a sentence on each."""
    ids: list[int] = []
    lines: list[str] = []
    there = {p.id: p.kind for p in view.photos}
    kinds = kinds_for(len(sha256s), said, asked, view)
    for i, (sha256, kind) in enumerate(zip(sha256s, kinds, strict=True), start=1):
        try:
            receipt = inspections.attach_held(
                sha256, inspection_id=view.id, kind=kind, who=who, now=now
            )
        except Problem as problem:
            lines.append(f"第 {i} 张没有收下：{words.plain(problem.message)}")
            continue
        if receipt.photo_id is None:
            continue
        ids.append(receipt.photo_id)
        if receipt.photo_id in there:
            lines.append(f"第 {i} 张已经有了，是{there[receipt.photo_id]}。")
            continue
        there[receipt.photo_id] = kind
        lines.append(_sentence(i, kind, receipt))
    if ids and (again := what_else(view.id, who)):
        lines.append(f"地块还没有拍全：{words.plain(again[0])}。")
    if ids:
        lines.append(
            "种类不对就说，例如“第一张是近景”。"
            if len(ids) > 1
            else "种类不对就说，例如“刚才那张是近景”。"
        )
    return ids, lines


def what_else(visit_id: int, who: Who) -> list[str]:
    """What the photos together still do not show, once every kind that is wanted is there: where
    to stand for another one."""
    shown = parcel_sets.of_visit(visit_id, who)
    if shown.case.short:
        return []
    return [shot.text for shot in shown.examined.missing]


def _sentence(i: int, kind: str, receipt: PhotoReceipt) -> str:
    sign = _LOOKS.get(Verdict(receipt.verdict), "") if receipt.verdict else ""
    line = f"第 {i} 张 {kind}：{sign} {receipt.verdict}"
    if receipt.verdict == Verdict.PASSED:
        return line
    why = words.plain("；".join(s.rstrip("。") for s in receipt.sentences[:2]))
    hint = taxonomy.photo_kinds()[kind].hint
    again = (
        f"请重拍：{hint}"
        if receipt.verdict == Verdict.CONTRADICTED
        else "最好用“拍照”再拍一张，那样带定位"
        if receipt.grade == "D"
        else "能重拍就重拍一张"
    )
    return f"{line}。{why}。{again}。"


def rename(
    said: Sequence[str],
    text: str,
    last: Sequence[int],
    view: InspectionView,
    who: Who,
    *,
    now: datetime,
) -> list[str]:
    """“第二张是近景”: another kind for a photo of the last message, else for the newest."""
    ids = list(last) or [p.id for p in view.photos]
    known = {p.id: p for p in view.photos}
    ids = [i for i in ids if i in known]
    if not ids:
        return ["还没有照片。"]
    found = _ORDINAL.search(text)
    number = numerals.number(found[1]) if found else len(ids)
    if number is None or number not in range(1, len(ids) + 1):
        return [f"没有第 {found[1] if found else number} 张，现在有 {len(ids)} 张。"]
    number = int(number)
    photo, kind = ids[number - 1], said[0]
    if known[photo].kind == kind:
        return [f"第 {number} 张本来就是{kind}。"]
    inspections.change_kind(photo, kind, who, now=now)
    fresh = next(p for p in inspections.view(view.id, who).photos if p.id == photo)
    why = f"。{words.plain(fresh.why.rstrip('。'))}" if fresh.why else ""
    return [f"第 {number} 张改为{kind}，重新核验：{fresh.verdict}{why}。"]


def remove_last(view: InspectionView, who: Who, *, now: datetime) -> str:
    """Takes the newest photo out of the visit."""
    if not view.photos:
        return "还没有照片。"
    return remove(max(p.id for p in view.photos), view, who, now=now)


def remove(photo: int, view: InspectionView, who: Who, *, now: datetime) -> str:
    """Takes a photo out of the visit; says what became of it."""
    kind = next((p.kind for p in view.photos if p.id == photo), "")
    try:
        inspections.remove_photo(photo, who, now=now)
    except Problem as problem:
        return words.plain(problem.message)
    return f"移除了刚才那张{kind}照片。"

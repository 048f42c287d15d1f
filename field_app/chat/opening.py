"""Which parcel a message is about: before a visit is open, and when another one is named."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from field_app import inspections
from field_app.chat import places
from field_app.chat.answer import Answer
from field_app.chat.deciding import HELP
from field_app.chat.talk import Pending
from field_app.chat.understanding import Intent, ParcelSaid, Said, understand
from field_app.clock import local
from field_app.drafts import About
from field_app.forms import versions
from field_app.inspections import InspectionView
from field_app.roles import Who
from field_app.words import plain
from models.geo import Position

_MOST_WAITING = 1900  # characters; the newest count


def announce(made: Answer, visit: int, who: Who) -> int:
    parcel = inspections.view(visit, who).parcel
    made.lines.append(
        f"已打开 **{plain(parcel.number)}**（{plain(parcel.township + parcel.village)}，"
        f"{parcel.area_mu:.2f} 亩）。"
    )
    return visit


def parcel_first(
    made: Answer,
    text: str,
    do: Mapping[str, Any] | None,
    before: Pending,
    sent: Sequence[str],
    who: Who,
    *,
    at: Position | None,
    now: datetime,
) -> int | None:
    """Before a visit is open only the parcel is listened for; the rest of the message, and what
    was said and `sent` before, waits in `made.pending` and is heard once it is known. Returns
    the visit that was opened."""
    form = versions.in_force(now=now)
    nothing = Said(form, {}, About(0.0), None, (), local(now).date())
    u = understand("" if do is not None else text, nothing)
    if Intent.HELP in u.intents:
        made.lines.append(HELP)
    said = ParcelSaid(nearest=True) if do is not None and do.get("nearest") else u.parcel
    new = places.without(text, u.parcel) if u.parcel or u.fills or u.problems or u.unsure else ""
    words = "。".join(filter(None, (before.text, new)))[-_MOST_WAITING:]
    made.pending = Pending(text=words, sent=tuple(dict.fromkeys([*before.sent, *sent])))
    if said is None:
        if not made.lines:
            made.lines.append("还没有选地块，这句话先放着；选好地块我再记。")
    elif said.nearest and at is None:
        made.lines.append("还不知道您的位置。请允许本页使用定位，等上面显示出位置后再试。")
    elif not (rows := places.find(said, who, at=at)):
        made.lines.append(_nothing_found(said))
    elif len(rows) == 1 and not said.nearest:
        return places.open_task(rows[0].id, who, now=now)
    else:
        offered = tuple({"id": r.id, "label": places.label(r)} for r in rows)
        made.pending = made.pending.after(tasks=offered)
        made.lines.append("最近的是这几个：" if said.nearest else "有几个地块对得上：")
    if made.pending.sent:
        made.lines.append(f"{len(made.pending.sent)} 张照片先放着，选好地块再收。")
    return None


def _nothing_found(said: ParcelSaid) -> str:
    if said.nearest:
        return "附近没有您要核查的地块。可以说编号，或到“任务”里找。"
    return f"您的任务里没有找到“{plain(said.number or said.tail)}”。请核对编号，或到“任务”里找。"


def elsewhere(
    made: Answer,
    said: ParcelSaid | None,
    view: InspectionView,
    text: str,
    before: Pending,
    sent: Sequence[str],
    who: Who,
    *,
    at: Position | None,
) -> bool:
    """Whether the message speaks of another parcel than the open one: then nothing of it is
    filled before the inspector has said which one he means."""
    if said is None or (not said.nearest and places.same(view.parcel.number, said)):
        return False
    rows = places.find(said, who, at=at)
    if any(r.parcel_id == view.parcel.id for r in rows[:1]):
        return False
    if said.nearest and at is None:
        made.lines.append("在核查里不知道您的位置；要换地块请说编号，或到“任务”里选。")
    elif not rows:
        made.lines.append(_nothing_found(said))
    made.lines.append(f"现在填的是 **{plain(view.parcel.number)}**。")
    offered = tuple({"id": r.id, "label": places.label(r)} for r in rows)
    made.pending = before.after(
        tasks=offered,
        text=places.without(text, said),
        sent=tuple(dict.fromkeys([*before.sent, *sent])),
    )
    return True

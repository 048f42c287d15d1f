"""What became of the entries: the steps of the script, and how each goes through its own door."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from field_app.clock import local
from field_app.db import reading
from field_app.demo.script import Clue, OnEntry, Script, Visit, on_day
from field_app.demo.shots import PHONES, Shot, exif_of, honest
from field_app.ledger import carrying, closing, clues, handing_over, rectifying
from field_app.ledger.entries import Registered, register
from field_app.ledger.handing_over import Handed
from field_app.ledger.workflow import Step
from field_app.roles import Who
from models.geo import moved
from models.tables import Entry, Unit
from models.vocabulary import Nature, PhotoKind

_PHONE = PHONES["honor"]


def registered(clue: Clue, who: Who, now: datetime) -> int:
    """Registers the clue; the id of the entry."""
    with reading() as session:
        ids = {u.name: u.id for u in session.exec(select(Unit))}
    told = Registered(
        clue.category,
        clue.problem_type,
        clue.source,
        local(now).date(),
        clue.text,
        clue.township_code,
        clue.village,
        measure=clue.measure,
        due_on=local(now).date() + timedelta(days=clue.due_days),
        unit_ids=tuple(i for i in (ids[name] for name in clue.units) if i is not None),
    )
    return register(told, who=who, now=now)


def take(entry_id: int, step: OnEntry, who: Who, now: datetime) -> None:
    """Carries out a step that is not `SHOOT`, as its page does."""
    with reading() as session:
        entry = session.get_one(Entry, entry_id)
    edition, given = entry.edition, step.given
    why = str(given.get("why", ""))
    by: dict[str, Any] = {"who": who, "now": now}
    today = local(now).date()
    if step.step == Step.BEGIN:
        rectifying.begin(entry_id, edition, **by)
    elif step.step == Step.REPORT:
        rectifying.report(entry_id, edition, given["text"], **by)
    elif step.step == Step.APPLY:
        rectifying.apply(entry_id, edition, today, why=why, **by)
    elif step.step == Step.SEND_BACK:
        closing.send_back(entry_id, edition, why=why, **by)
    elif step.step == Step.CLOSE:
        closing.close(entry_id, edition, why=why, **by)
    elif step.step == Step.LOOKED:
        closing.looked_again(entry_id, edition, why=why, **by)
    elif step.step == Step.REOPEN:
        closing.reopen(entry_id, edition, _on(today, given["days"]), why=why, **by)
    elif step.step == Step.CARRY:
        until = _on(today, given["days"])
        carrying.carry(entry_id, edition, until, given["approver"], why=why, **by)
    elif step.step == Step.CLASSIFY:
        clues.classify(entry_id, edition, Nature(given["nature"]), why=why, **by)
    elif step.step == Step.MARK_NEW:
        clues.mark_new(entry_id, edition, True, why=why, **by)
    elif step.step == Step.VERIFY:
        clues.verify(entry_id, edition, why=why, **by)
    elif step.step == Step.REFUTE:
        clues.refute(entry_id, edition, why=why, **by)
    elif step.step == Step.HAND_OVER:
        handed = Handed(given["organ"], given["document"], today, why)
        handing_over.hand_over(entry_id, edition, handed, **by)
    elif step.step == Step.FEEDBACK:
        with reading() as session:
            last = handing_over.standing(session, entry_id)[-1].id
        handing_over.feedback(entry_id, edition, last or 0, given["text"], today, **by)
    else:
        raise ValueError(f"the script cannot {step.step}")


def _on(today: date, days: int) -> date:
    return today + timedelta(days=days)


def after(
    script: Script, visit: Visit, days_ago: float, *, count: int = 2, like: int = 0
) -> tuple[Shot, ...]:
    """Photos of the rectified parcel: the first from where the visit's photo `like` was taken,
    looking the same way, the others as anybody would take them."""
    start, before = on_day(script.now, days_ago), visit.shots[like]
    shots = []
    for n in range(count):
        taken_at = start + timedelta(minutes=3 * (n + 1))
        seed = script.next_seed()
        shot = honest(
            PhotoKind.AFTER,
            "crop",
            visit.field.shape,
            phone=_PHONE,
            taken_at=taken_at,
            seed=seed,
            by_page=True,
        )
        if n == 0:
            at, heading = moved(before.at, east_m=4.0, north_m=-3.0), before.true_heading_deg
            facts = exif_of(_PHONE, at, taken_at, heading, gps="blanked")
            shot = replace(shot, at=at, true_heading_deg=heading, facts=facts)
        shots.append(shot)
    return tuple(shots)

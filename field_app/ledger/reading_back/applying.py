"""Applying an upload: each entry by the steps of its page, in transactions of its own.

What cannot be applied is told, and the others are applied all the same. Whoever applies twice, or after
a cut, changes nothing twice: what is here already is no change any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from field_app import events
from field_app.db import reading, writing
from field_app.ledger import clues, entries, rectifying, steps
from field_app.ledger.reading_back import keeping
from field_app.ledger.reading_back.comparing import Outcome
from field_app.ledger.reading_back.judging import Judged, amendment
from field_app.ledger.reading_back.matching import Brought
from field_app.ledger.workflow import Step
from field_app.problems import BAD_INPUT, REASON_NEEDED, WRONG_STATE, Problem
from field_app.roles import Action, Who, require
from models.tables import Entry

WHY_MAX = 900
"""Characters of the reason; the number of the upload is written after it."""
_KEEP_EVERY = 50
_MEANWHILE = "导出以后这里已改成别的内容，没有盖掉"
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one entry: the columns that were written, and what was not with its reason."""

    number: str
    entry_id: int
    done: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "entry_id": self.entry_id,
            "done": list(self.done),
            "failed": [list(pair) for pair in self.failed],
        }


def apply(
    upload_id: int,
    *,
    why: str,
    who: Who,
    now: datetime,
    report: Report = lambda share: None,
) -> list[Applied]:
    """Writes what the upload changes, as it compares at this moment. `report(share 0…1)` tells how
    far it is. Raises REASON_NEEDED where a step asks for one, WRONG_STATE where it was applied."""
    require(who, Action.BRING_LEDGER)
    why = steps.reason(why)
    if len(why) > WHY_MAX:
        raise BAD_INPUT(what=f"“理由”最多 {WHY_MAX} 个字，现在有 {len(why)} 个。")
    with reading() as session:
        row = keeping.found(session, upload_id, who)
        if row.applied_at is not None:
            raise WRONG_STATE(what="这次导入", state="已应用", action="应用")
        rows = keeping.read_of(row).rows
        judged = list(keeping.judged_rows(session, rows, who))
    if not why and any(set(j.wishes) - {Step.REPORT} for j in judged):
        raise REASON_NEEDED(action="导入修改过的台账")
    told: list[Applied] = []
    for n, brought in enumerate(rows, start=1):
        said = _apply_row(brought, f"{why}（Excel 导入 {upload_id}）", who, now)
        if said is not None:
            told.append(said)
        if n % _KEEP_EVERY == 0:
            report(n / len(rows))
            _keep(upload_id, told, who, now, finished=False)
    _keep(upload_id, told, who, now, finished=True)
    return told


def _apply_row(brought: Brought, why: str, who: Who, now: datetime) -> Applied | None:
    """One entry, read anew: a change since the preview is a conflict now. None where there is
    nothing to do and nothing to tell."""
    with reading() as session:
        (judged,) = keeping.judged_rows(session, [brought], who)
        entry = session.get(Entry, brought.entry_id)
        edition = entry.edition if entry else 0
    failed = [(judged.row.where, judged.row.why)] if judged.row.why else []
    failed += [
        (cell.heading, cell.why or _MEANWHILE)
        for cell in judged.row.cells
        if cell.outcome in (Outcome.CONFLICT, Outcome.REFUSED)
    ]
    done: list[str] = []
    for step in judged.wishes:
        try:
            edition = _take(step, judged, edition, why, who, now)
            done += judged.labels[step]
        except Problem as problem:
            failed += [(label, problem.message) for label in judged.labels[step]]
    if not done and not failed:
        return None
    return Applied(brought.number, brought.entry_id, tuple(done), tuple(failed))


def _take(step: Step, judged: Judged, edition: int, why: str, who: Who, now: datetime) -> int:
    wishes, entry_id = judged.wishes[step], judged.row.entry_id
    if step == Step.AMEND:
        return entries.change(entry_id, edition, amendment(wishes), why=why, who=who, now=now)
    (value,) = wishes.values()
    if step == Step.CLASSIFY:
        return clues.classify(entry_id, edition, value, why=why, who=who, now=now)
    if step == Step.MARK_NEW:
        return clues.mark_new(entry_id, edition, value, why=why, who=who, now=now)
    return rectifying.report(entry_id, edition, value, who=who, now=now)


def _keep(upload_id: int, told: list[Applied], who: Who, now: datetime, *, finished: bool) -> None:
    """Writes down how far it came; whoever applies after a cut goes on from there."""
    with writing() as session:
        row = keeping.found(session, upload_id, who)
        # What an earlier run did, before it was cut, stays told.
        results = {(r["number"], r["entry_id"]): r for r in row.results}
        for each in told:
            said = each.as_json()
            before = results.get((each.number, each.entry_id))
            if before is not None:
                said["done"] = [
                    *(d for d in before["done"] if d not in said["done"]),
                    *said["done"],
                ]
            results[each.number, each.entry_id] = said
        row.results = list(results.values())
        if finished:
            row.applied_at = now
            _note(session, upload_id, told, who, now)


def _note(session: Session, upload_id: int, told: list[Applied], who: Who, now: datetime) -> None:
    counts = {
        "applied": sum(bool(each.done) for each in told),
        "refused": sum(bool(each.failed) for each in told),
    }
    events.note(
        session, keeping.ABOUT, upload_id, "应用导入的台账", at=now, person_id=who.id, new=counts
    )

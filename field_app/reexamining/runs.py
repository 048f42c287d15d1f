"""Runs over all photos: proposing one, deciding on it, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from field_app import alarms, events, rulebook
from field_app.db import reading, writing
from field_app.problems import (
    BAD_INPUT,
    CHANGED_MEANWHILE,
    NOT_FOUND,
    REASON_NEEDED,
    RUN_OPEN_ALREADY,
)
from field_app.reexamining import difference, tally
from field_app.reexamining.states import OPEN, RunState, Step, after
from field_app.roles import Action, Who, require
from field_app.rulebook import WHY_MAX, Change
from field_app.settings import settings
from models.tables import Person, Photo, Reexamination
from photos.engine import engine_digest
from photos.examine import Thresholds

PROGRAM_CHANGED = "检查程序已更新"


@dataclass(frozen=True, slots=True)
class RunShown:
    """A run as a page shows it. `changes` are the thresholds that it would put in force against
    those in force when it is looked at; none where only the program changed."""

    id: int
    state: RunState
    why: str
    by: str
    started_at: datetime
    changes: tuple[Change, ...]
    total: int
    done: int
    unread: int
    note: str
    finished_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    version: int | None
    summary: dict[str, Any]

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 1.0


def propose(thresholds: Thresholds, *, why: str, who: Who, now: datetime) -> int:
    """Begins a run in which `thresholds` take the place of those in force, and gives its number.
    Those that are not named stay as they are; none at all is to examine again with a changed
    program.

    Raises BAD_INPUT, REASON_NEEDED, or RUN_OPEN_ALREADY while another is open.
    """
    require(who, Action.CHANGE_RULES)
    why = _reason(why, "重新核验")
    with reading() as session:
        layer = rulebook.with_changes(session, thresholds)
    run = Reexamination(
        slot=1,
        state=RunState.RUNNING,
        thresholds=layer,
        base=base_now(),
        engine=engine_digest(),
        why=why,
        person_id=who.id or None,
        started_at=now,
    )
    try:
        with writing() as session:
            run.total = counting(session)
            run.newest_photo = session.exec(select(func.max(col(Photo.id)))).one() or 0
            session.add(run)
            session.flush()
            assert run.id is not None
            _note(session, run.id, "开始重新核验", who, now, why, new={"thresholds": layer})
    except IntegrityError as error:
        raise RUN_OPEN_ALREADY() from error
    alarms.REEXAMINING.ring()
    return run.id


def cancel(run_id: int, who: Who, *, now: datetime) -> None:
    """Stops a run that is under way. Nothing in force has changed."""
    _decide(run_id, Step.CANCEL, "取消重新核验", who, now, closes=True)


def drop(run_id: int, who: Who, *, now: datetime) -> None:
    """Puts a finished run aside. Nothing in force has changed."""
    _decide(run_id, Step.DROP, "放弃新规则", who, now, closes=True)


def adopt(run_id: int, *, why: str, who: Who, now: datetime) -> None:
    """Decides that a finished run comes into force. The worker catches up with what arrived
    since, and then puts all of it in force at once."""
    require(who, Action.CHANGE_RULES)
    why = _reason(why, "启用新规则")
    _decide(run_id, Step.ADOPT, "决定启用新规则", who, now, why=why)
    alarms.REEXAMINING.ring()


def open_run(who: Who) -> RunShown | None:
    """The run that is under way or waits for a decision."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        run = session.exec(select(Reexamination).where(Reexamination.slot == 1)).first()
        return _shown(session, run) if run else None


def closed_runs(who: Who, *, limit: int = 10) -> list[RunShown]:
    """What became of earlier runs, the newest first."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        query = (
            select(Reexamination)
            .where(col(Reexamination.slot).is_(None))
            .order_by(col(Reexamination.id).desc())
            .limit(limit)
        )
        return [_shown(session, run) for run in session.exec(query)]


def counting(session: Session) -> int:
    """How many photos count now."""
    query = select(func.count()).select_from(Photo).where(col(Photo.removed_at).is_(None))
    return session.exec(query).one()


def _counting_by(session: Session, run: Reexamination) -> int:
    """How many photos count now, from how many did when the run began: all of them are not
    counted again each time somebody looks."""
    came = select(func.count()).where(
        col(Photo.id) > run.newest_photo, col(Photo.removed_at).is_(None)
    )
    went = select(func.count()).where(
        col(Photo.id) <= run.newest_photo, col(Photo.removed_at) >= run.started_at
    )
    return run.total + session.exec(came).one() - session.exec(went).one()


def base_now() -> rulebook.Layer:
    """The thresholds of the server's settings, as a run keeps them."""
    return {check: dict(values) for check, values in settings().thresholds.items()}


def _shown(session: Session, run: Reexamination) -> RunShown:
    assert run.id is not None
    state = RunState(run.state)
    done = unread = total = 0
    if state in OPEN:
        found = tally.current(session, run)
        done, unread = found.total, found.unread
        total = max(_counting_by(session, run), done)
    names = {
        p.id: p.display
        for p in session.exec(
            select(Person).where(col(Person.id).in_([run.person_id or 0, run.decided_by or 0]))
        )
    }
    return RunShown(
        run.id,
        state,
        run.why,
        names.get(run.person_id, "") or "命令行",
        run.started_at,
        rulebook.changes(
            rulebook.in_force(session).thresholds, rulebook.over_settings(run.thresholds)
        )
        if state in OPEN
        else (),
        total if state in OPEN else run.total,
        done,
        unread,
        run.note,
        run.finished_at,
        run.decided_at,
        names.get(run.decided_by, "") if run.decided_at else "",
        run.rule_book_id,
        run.summary,
    )


def _decide(
    run_id: int,
    step: Step,
    action: str,
    who: Who,
    now: datetime,
    *,
    why: str = "",
    closes: bool = False,
) -> None:
    require(who, Action.CHANGE_RULES)
    with writing() as session:
        run = session.get(Reexamination, run_id)
        if run is None:
            raise NOT_FOUND(what="这次重新核验")
        to = after(run.state, step)
        values: dict[str, Any] = {
            "state": to,
            "decided_by": who.id or None,
            "decided_at": now,
            "note": "",
            "stumbles": 0,
        }
        if why:
            values["why"] = why
        if closes:
            values |= {"slot": None, "summary": difference.summary(session, run)}
        claimed = session.exec(
            update(Reexamination)
            .where(col(Reexamination.id) == run_id, col(Reexamination.state) == run.state)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:
            raise CHANGED_MEANWHILE()
        _note(session, run_id, action, who, now, why or run.why, new={"state": str(to)})


def _note(
    session: Session,
    run_id: int,
    action: str,
    who: Who,
    now: datetime,
    why: str,
    new: dict[str, Any],
) -> None:
    events.note(session, "rules", run_id, action, at=now, person_id=who.id, new=new, why=why)


def _reason(why: str, action: str) -> str:
    why = why.strip()
    if not why:
        raise REASON_NEEDED(action=action)
    if len(why) > WHY_MAX:
        raise BAD_INPUT(what=f"理由最多 {WHY_MAX} 个字，现在有 {len(why)} 个。")
    return why

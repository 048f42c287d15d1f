"""How entries come into the ledger, and how their columns change. `steps` writes them down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from field_app import clock, events
from field_app.db import writing
from field_app.ledger import fields, presets, steps, workflow
from field_app.ledger.steps import Did, reason, snapshot, take, units_of
from field_app.ledger.workflow import RIGHTS, Situation, Step
from field_app.problems import BAD_INPUT
from field_app.roles import Who, require
from field_app.settings import settings
from models.tables import Entry, Finding, Inspection, Parcel, Project
from models.taxonomy import categories
from models.vocabulary import Source

__all__ = ["Registered", "Upheld", "change", "post", "register", "units_of"]


@dataclass(frozen=True, slots=True)
class Upheld:
    """What the supervisor confirms a finding as. The first of `unit_ids` leads."""

    category: int
    problem_type: str
    measure: str
    due_on: date
    unit_ids: tuple[int, ...]


def post(
    session: Session,
    finding: Finding,
    inspection: Inspection,
    upheld: Upheld,
    *,
    found_on: date,
    photos_say: str,
    who: Who,
    now: datetime,
    why: str = "",
) -> Entry:
    """Writes a confirmed finding into its ledger, inside the transaction of the confirmation.

    The inspector's own words stay in the finding; `upheld` is what the supervisor makes of them.
    `found_on` is a day in China, `photos_say` one line about the verdicts of the cited photos.
    """
    check_category(upheld.category)
    fields.check_type(upheld.category, upheld.problem_type)
    parcel = session.get_one(Parcel, inspection.parcel_id)
    project = session.get(Project, parcel.project_id) if parcel.project_id else None
    entry = _new(session, upheld.category, parcel, project, who, now)
    entry.problem_type, entry.source, entry.found_on = upheld.problem_type, Source.FIELD, found_on
    entry.finding_id, entry.inspection_id = finding.id, inspection.id
    entry.area_mu, entry.cultivated_mu = finding.area_mu, finding.cultivated_mu
    entry.extra = presets.own_columns(upheld.category, parcel, project, inspection, photos_say)
    entry.verified_at = now
    entry.evidence_after = inspection.submitted_at or now
    given = {
        "description": finding.facts,
        "measure": upheld.measure,
        "due_on": upheld.due_on,
    }
    _enter(session, entry, given, upheld.unit_ids, Step.POST, who, now, why)
    return entry


def _new(
    session: Session,
    category: int,
    parcel: Parcel | None,
    project: Project | None,
    who: Who,
    now: datetime,
) -> Entry:
    """An entry as far as its place tells, with a number of its own."""
    return Entry(
        number=_number(session, category, now),
        category=category,
        problem_type="",
        parcel_id=parcel.id if parcel else None,
        project_id=parcel.project_id if parcel else None,
        township_code=(parcel.township_code if parcel else None)
        or (project.township_code if project else None),
        village=(parcel.village if parcel else "") or (project.village if project else ""),
        source="",
        found_on=clock.local(now).date(),
        description="",
        state="",
        state_since=now,
        evidence_after=now,
        created_at=now,
        created_by=who.id,
    )


def _enter(
    session: Session,
    entry: Entry,
    given: Mapping[str, Any],
    unit_ids: tuple[int, ...],
    step: Step,
    who: Who,
    now: datetime,
    why: str,
) -> None:
    """Writes a new entry with its units, its first event and its message."""
    for name, value in fields.changed(entry, given)[1].items():
        setattr(entry, name, value)
    names = steps.names_of(session, unit_ids)
    entry.state = workflow.advance(None, step, who, Situation(steps.has(entry, unit_ids)))
    session.add(entry)
    session.flush()
    assert entry.id is not None
    steps.set_units(session, entry.id, unit_ids)
    steps.tell(session, entry, names, step, {}, snapshot(entry, names), who, now, reason(why))


@dataclass(frozen=True, slots=True)
class Registered:
    """A clue that came to the office by another way than a visit (审计, 群众举报 …)."""

    category: int
    problem_type: str
    source: Source
    found_on: date
    description: str
    township_code: str | None = None
    village: str = ""
    parcel: str = ""  # its number; what is seen in a field needs one before it is verified
    measure: str = ""
    due_on: date | None = None
    unit_ids: tuple[int, ...] = ()


def register(clue: Registered, *, who: Who, now: datetime, why: str = "") -> int:
    """Writes a clue into its ledger as 待核实; returns the id of the entry."""
    require(who, RIGHTS[Step.REGISTER])
    check_category(clue.category)
    fields.check_type(clue.category, clue.problem_type)
    if clue.found_on > clock.local(now).date():
        raise BAD_INPUT(what="“发现日期”不能晚于今天。")
    with writing() as session:
        parcel = parcel_called(session, clue.parcel) if clue.parcel.strip() else None
        project = session.get(Project, parcel.project_id) if parcel and parcel.project_id else None
        entry = _new(session, clue.category, parcel, project, who, now)
        entry.problem_type, entry.source = clue.problem_type, clue.source
        entry.found_on = clue.found_on
        entry.extra = presets.own_columns(clue.category, parcel, project, None, "")
        entry.township_code = clue.township_code or entry.township_code
        given = {
            "description": clue.description,
            "village": clue.village or entry.village,
            "measure": clue.measure,
            "due_on": clue.due_on,
        }
        _enter(session, entry, given, clue.unit_ids, Step.REGISTER, who, now, why)
        assert entry.id is not None
        return entry.id


def parcel_called(session: Session, number: str) -> Parcel:
    """The parcel of that number. BAD_INPUT where there is none, or one in each of two projects."""
    found = session.exec(select(Parcel).where(Parcel.number == number.strip()).limit(2)).all()
    if not found:
        raise BAD_INPUT(what=f"没有编号为“{number.strip()}”的地块，请核对编号。")
    if len(found) > 1:
        raise BAD_INPUT(what=f"有几个项目都有地块“{number.strip()}”，请改用没有重复的编号。")
    return found[0]


def change(
    entry_id: int, edition: int, wishes: Mapping[str, Any], *, why: str, who: Who, now: datetime
) -> int:
    """Changes an entry's columns; returns its new edition.

    `wishes` maps names of `fields.FIELDS` to new values, `units` to unit ids in order (the first
    leads), `extra` to a mapping of the ledger's own columns, `parcel` to the number of the parcel
    of an entry that has none yet. Raises BAD_INPUT and what `take` raises.
    """

    def work(session: Session, entry: Entry) -> Did:
        assert entry.id is not None
        _, new = fields.changed(entry, wishes)
        if entry.carried and "due_on" in new:
            raise BAD_INPUT(
                what=f"这条问题挂账至 {entry.carried_until}，期限随挂账；先“解除挂账”，再定新的期限。"
            )
        old_extra, new_extra = fields.changed_extra(entry, wishes.get(fields.EXTRA) or {})
        if new_extra:
            merged = entry.extra | new_extra
            new[fields.EXTRA] = {k: v for k, v in merged.items() if v not in ("", None)}
        if wishes.get(fields.PARCEL):
            new |= _placed(session, entry, str(wishes[fields.PARCEL]))
        units = tuple(wishes[fields.UNITS]) if fields.UNITS in wishes else None
        if not new and units in (None, units_of(session, entry.id)):
            raise BAD_INPUT(what="没有改动任何内容。")
        return Did(new, units=units, old=old_extra, new=new_extra)

    return take(entry_id, edition, Step.AMEND, work, why=why, who=who, now=now)


def _placed(session: Session, entry: Entry, number: str) -> dict[str, Any]:
    if entry.parcel_id is not None:
        raise BAD_INPUT(what="这条问题已经有地块，证据都按它核验，不能改换。")
    parcel = parcel_called(session, number)
    return {
        "parcel_id": parcel.id,
        "project_id": parcel.project_id,
        "township_code": entry.township_code or parcel.township_code,
    }


def check_category(category: int) -> None:
    """Refuses a number that is no ledger's."""
    if category not in categories():
        raise BAD_INPUT(what=f"没有问题大类 {category}。")


def _number(session: Session, category: int, now: datetime) -> str:
    """`411321-2-2026-0007`: county, ledger, the year (in China) of entering it, running number.

    A refused confirmation gives its number back, since the counter is in the same transaction.
    """
    series = f"{settings().county_code}-{category}-{clock.local(now).year}"
    return f"{series}-{events.next_number(session, f'entry/{series}'):04d}"

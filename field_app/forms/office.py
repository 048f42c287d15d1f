"""The office's part of forms: a county's own, by Excel, and which one new visits are asked by."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.forms import Form, shipped, versions
from field_app.forms.xlsform import Read, read_xlsform, write_xlsform
from field_app.problems import FORM_REFUSED, FORM_VERSION_TAKEN, NOT_FOUND
from field_app.roles import Action, Who, require
from models.tables import FormVersion, Inspection, Person


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as the office sees it."""

    sha256: str
    version: str
    title: str
    own: bool
    by: str
    used_from: datetime
    visits: int
    current: bool


def listing(who: Who, *, now: datetime) -> list[VersionRow]:
    """All versions, the one in use first, then the newest."""
    require(who, Action.EDIT_FORM)
    current = versions.in_force(now=now).sha256  # so that the product's own stands among them
    with reading() as session:
        visits = dict(
            session.exec(select(Inspection.form, func.count()).group_by(col(Inspection.form))).all()
        )
        query = (
            select(FormVersion, Person.display)
            .outerjoin(Person, col(Person.id) == FormVersion.person_id)
            .order_by(col(FormVersion.own).desc(), col(FormVersion.used_from).desc())
        )
        rows = [
            VersionRow(
                v.sha256,
                v.version,
                v.title,
                v.own,
                by or "",
                v.used_from,
                visits.get(v.sha256, 0),
                current=v.sha256 == current,
            )
            for v, by in session.exec(query)
        ]
    return sorted(rows, key=lambda row: not row.current)


def definition(sha256: str, who: Who) -> Form:
    """A version's questions. Raises NOT_FOUND."""
    require(who, Action.EDIT_FORM)
    with reading() as session:
        if session.get(FormVersion, sha256) is None:
            raise NOT_FOUND(what="表单版本")
        return versions.of(session, sha256)


def as_xlsform(sha256: str, who: Who) -> bytes:
    """A version as an Excel file in the XLSForm standard. Raises NOT_FOUND."""
    return write_xlsform(definition(sha256, who))


def looked_at(data: bytes, who: Who) -> Read:
    """What a file would become, without taking it into use."""
    require(who, Action.EDIT_FORM)
    return read_xlsform(data, core=shipped())


def name_taken(form: Form, who: Who) -> bool:
    """Whether the version's name stands for another content already."""
    require(who, Action.EDIT_FORM)
    with reading() as session:
        return _name_taken(session, form)


def _name_taken(session: Session, form: Form) -> bool:
    same_name = select(FormVersion.sha256).where(FormVersion.version == form.version)
    taken = set(session.exec(same_name))
    return bool(taken) and form.sha256 not in taken


def take_into_use(data: bytes, who: Who, *, now: datetime) -> Form:
    """A county's own form from an XLSForm file: new visits are asked by it from now on; visits
    that are open or done keep theirs. Raises FORM_REFUSED and FORM_VERSION_TAKEN."""
    read = looked_at(data, who)
    form = read.form
    if form is None or read.problems:
        raise FORM_REFUSED(
            count=len(read.problems), cells=[f"{p.sheet} {p.cell}：{p.what}" for p in read.problems]
        )
    with _one_at_a_time(now) as session:
        if _name_taken(session, form):
            raise FORM_VERSION_TAKEN(version=form.version)
        versions.keep(session, form, own=False, person_id=who.id or None, now=now)
        _use(session, form.sha256, who, now)
    return form


def use_again(sha256: str, who: Who, *, now: datetime) -> None:
    """An earlier version for new visits. Raises NOT_FOUND."""
    require(who, Action.EDIT_FORM)
    with _one_at_a_time(now) as session:
        _use(session, sha256, who, now)


@contextmanager
def _one_at_a_time(now: datetime) -> Iterator[Session]:
    """A transaction in which no other clerk chooses a form: they queue for the product's row."""
    with writing() as session:
        versions.keep(session, shipped(), own=False, person_id=None, now=now)
        session.get_one(FormVersion, shipped().sha256, with_for_update=True)
        yield session


def _use(session: Session, sha256: str, who: Who, now: datetime) -> None:
    stored = session.get(FormVersion, sha256)
    if stored is None:
        raise NOT_FOUND(what="表单版本")
    before = versions.newest(session, now=now)
    # The one that came with the product, chosen by the county, is its own from then on.
    stored.own = True
    # Later than all others even where the clock was set back: the choice counts, not the clock.
    others = select(func.max(FormVersion.used_from)).where(FormVersion.sha256 != sha256)
    latest = session.exec(others).one()
    stored.used_from = max(now, latest + timedelta(microseconds=1)) if latest else now
    events.note(
        session,
        "form",
        0,
        "启用表单版本",
        at=now,
        person_id=who.id,
        old={"version": before.version, "sha256": before.sha256},
        new={"version": stored.version, "sha256": sha256},
    )

"""The office's part of forms: a county's own, by Excel, and which one new visits are asked by."""

from dataclasses import dataclass
from datetime import datetime

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
    versions.in_force(now=now)  # so that the product's own stands among them
    with reading() as session:
        visits = dict(
            session.exec(select(Inspection.form, func.count()).group_by(col(Inspection.form))).all()
        )
        query = (
            select(FormVersion, Person.display)
            .outerjoin(Person, col(Person.id) == FormVersion.person_id)
            .order_by(col(FormVersion.own).desc(), col(FormVersion.used_from).desc())
        )
        return [
            VersionRow(
                v.sha256,
                v.version,
                v.title,
                v.own,
                by or "",
                v.used_from,
                visits.get(v.sha256, 0),
                current=i == 0,
            )
            for i, (v, by) in enumerate(session.exec(query))
        ]


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


def take_into_use(data: bytes, who: Who, *, now: datetime) -> Form:
    """A county's own form from an XLSForm file: new visits are asked by it from now on; visits
    that are open or done keep theirs. Raises FORM_REFUSED and FORM_VERSION_TAKEN."""
    read = looked_at(data, who)
    form = read.form
    if form is None or read.problems:
        raise FORM_REFUSED(
            count=len(read.problems), cells=[f"{p.sheet} {p.cell}：{p.what}" for p in read.problems]
        )
    with writing() as session:
        same_name = select(FormVersion.sha256).where(FormVersion.version == form.version)
        if any(sha256 != form.sha256 for sha256 in session.exec(same_name)):
            raise FORM_VERSION_TAKEN(version=form.version)
        versions.keep(session, form, own=True, person_id=who.id or None, now=now)
        _use(session, form.sha256, who, now)
    return form


def use_again(sha256: str, who: Who, *, now: datetime) -> None:
    """An earlier version for new visits. Raises NOT_FOUND."""
    require(who, Action.EDIT_FORM)
    with writing() as session:
        _use(session, sha256, who, now)


def _use(session: Session, sha256: str, who: Who, now: datetime) -> None:
    stored = session.get(FormVersion, sha256)
    if stored is None:
        raise NOT_FOUND(what="表单版本")
    # The one that came with the product, chosen by the county, is its own from then on.
    stored.own, stored.used_from = True, now
    events.note(
        session,
        "form",
        0,
        "启用表单版本",
        at=now,
        person_id=who.id,
        new={"version": stored.version, "sha256": sha256},
    )

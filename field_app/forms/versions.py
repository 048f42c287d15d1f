"""Which form a visit is asked by: versions kept by content, the county's newest for new visits."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from field_app.db import is_sqlite, writing
from field_app.forms.definition import Form
from field_app.forms.shipped import shipped
from models.tables import FormVersion, metadata

_KNOWN: dict[str, Form] = {}  # content-addressed, so never stale; a county has a handful


def newest(session: Session, *, now: datetime) -> Form:
    """The form that a new visit is asked by; it is kept from now on."""
    query = (
        select(FormVersion.sha256)
        .where(col(FormVersion.own))
        .order_by(col(FormVersion.used_from).desc(), col(FormVersion.sha256))
        .limit(1)
    )
    own = session.exec(query).first()
    if own is not None:
        return of(session, own)
    form = shipped()
    keep(session, form, own=False, person_id=None, now=now)
    return form


def in_force(*, now: datetime) -> Form:
    """The form that new visits are asked by."""
    with writing() as session:
        return newest(session, now=now)


def of(session: Session, sha256: str) -> Form:
    """The form that a record was asked by; the empty key is the one that came with the product."""
    if not sha256 or sha256 == shipped().sha256:
        return shipped()
    known = _KNOWN.get(sha256)
    if known is None:
        stored = session.get_one(FormVersion, sha256)
        known = _KNOWN[sha256] = Form.from_json(stored.definition)
    return known


def keep(session: Session, form: Form, *, own: bool, person_id: int | None, now: datetime) -> None:
    """Keeps a definition under its content; a second time changes nothing."""
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.connection().execute(
        insert(metadata.tables["form_version"])
        .values(
            sha256=form.sha256,
            version=form.version,
            title=form.title,
            definition=form.as_json(),
            own=own,
            person_id=person_id,
            created_at=now,
            used_from=now,
        )
        .on_conflict_do_nothing()
    )

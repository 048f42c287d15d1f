"""The one-time link by which a fresh installation gets its first administrator."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update

from field_app.accounts.persons import NewPerson, accepted, anybody, insert
from field_app.accounts.sessions import digest_of
from field_app.db import reading, writing
from field_app.problems import LINK_SPENT
from models.tables import Person, SetupLink

_SETUP_HOURS = 24


def make_setup_link(*, now: datetime) -> str:
    """A fresh one-time token for the first administrator; earlier ones end."""
    token = secrets.token_urlsafe(24)
    with writing() as session:
        session.exec(delete(SetupLink))
        session.add(
            SetupLink(token_sha256=digest_of(token), expires_at=now + timedelta(hours=_SETUP_HOURS))
        )
    return token


def setup_link_lives(token: str, *, now: datetime) -> bool:
    with reading() as session:
        link = session.get(SetupLink, digest_of(token))
    return link is not None and link.used_at is None and link.expires_at > now and not anybody()


def use_setup_link(token: str, new: NewPerson, *, now: datetime) -> int:
    """Makes the first administrator; the link works once, and only while there is nobody."""
    if not setup_link_lives(token, now=now):
        raise LINK_SPENT()
    password_hash = accepted(new)
    claim = (
        update(SetupLink)
        .where(
            col(SetupLink.token_sha256) == digest_of(token),
            col(SetupLink.used_at).is_(None),
            col(SetupLink.expires_at) > now,
        )
        .values(used_at=now)
    )
    with writing() as session:
        # The claim comes first: of two who send it at once, the second waits here and finds none.
        claimed = session.exec(claim).rowcount
        if claimed != 1 or session.exec(select(Person.id).limit(1)).first() is not None:
            raise LINK_SPENT()
        return insert(session, new, password_hash, None, now)

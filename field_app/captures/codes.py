"""一次性码: what carries one was made after the server gave it out.

Only its hash is kept. The moment of issue bounds a capture from below, as its arrival does from
above; that it was made in between is all that a code proves.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, delete, select, update

from field_app.captures import devices
from field_app.db import writing
from field_app.problems import BAD_INPUT
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import CaptureCode, Device

MOST_OFFLINE, MOST_ONLINE = 200, 5  # at once
MOST_UNUSED = 400  # of a device: two full stocks, as one may be lost on its way
MOST_UNUSED_IN_ALL = 4_000  # of a person: a browser that lost its store is another device
_KEPT = timedelta(days=60)  # an unused code is known as expired so long, then as none of ours


@dataclass(frozen=True, slots=True)
class Given:
    """A code as it is given out, once."""

    code: str
    offline: bool
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What a capture's code is worth: "good", "expired", "used", "unknown", "other-person",
    "other-device", "none".
    `offline` and `issued_at` are of the code that was found, whatever the record says of it."""

    state: str
    offline: bool = False
    issued_at: datetime | None = None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def issue(key_id: str, *, offline: int, online: int, who: Who, now: datetime) -> list[Given]:
    """New codes for a device of one's own; fewer than asked for where too many lie unused.

    Raises BAD_INPUT, NOT_FOUND and DEVICE_REVOKED.
    """
    require(who, Action.TAKE_PHOTOS)
    if not (0 <= offline <= MOST_OFFLINE and 0 <= online <= MOST_ONLINE):
        raise BAD_INPUT(
            what=f"一次最多领 {MOST_OFFLINE} 个离线码（offline）、{MOST_ONLINE} 个在线码（online）。"
        )
    with writing() as session:
        device = devices.usable(session, key_id, who)
        assert device.id is not None
        session.exec(
            delete(CaptureCode).where(
                col(CaptureCode.person_id) == who.id,
                col(CaptureCode.used_by).is_(None),
                col(CaptureCode.expires_at) < now - _KEPT,
            )
        )
        here = MOST_UNUSED - _unused(session, col(CaptureCode.device_id) == device.id, now)
        in_all = MOST_UNUSED_IN_ALL - _unused(session, col(CaptureCode.person_id) == who.id, now)
        left = max(0, min(here, in_all))
        wanted = [False] * online + [True] * offline  # what is needed at once comes first
        given = [_given(kind, now) for kind in wanted[:left]]
        session.add_all(
            CaptureCode(
                sha256=_hash(each.code),
                person_id=who.id,
                device_id=device.id,
                offline=each.offline,
                issued_at=each.issued_at,
                expires_at=each.expires_at,
            )
            for each in given
        )
        device.used_at = now
        return given


def _given(offline: bool, now: datetime) -> Given:
    code = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    limits = settings()
    life = (
        timedelta(hours=limits.code_offline_hours)
        if offline
        else timedelta(minutes=limits.code_online_minutes)
    )
    return Given(code, offline, now, now + life)


def _unused(session: Session, whose: ColumnElement[bool], now: datetime) -> int:
    query = select(func.count()).where(
        whose,
        col(CaptureCode.used_by).is_(None),
        col(CaptureCode.expires_at) > now,
    )
    return session.exec(query).one()


def answer(
    session: Session,
    code: str | None,
    *,
    person_id: int,
    key_id: str,
    capture: str,
    made_at: datetime | None,
    now: datetime,
) -> Answered:
    """Uses a code up for a capture (its uuid) and says what it is worth. The same capture may ask
    again. `key_id` is the device whose record carries it: codes do not go from one phone to another.
    `made_at` is the capture's own moment, its clock corrected where that is known.

    A code is not expired where the capture arrived in time, nor where it says that it was made in
    time: without signal the arrival comes days later. What the claim is worth, the time checks say.
    """
    if not code:
        return Answered("none")
    key = _hash(code)
    found = session.get(CaptureCode, key)
    if found is None:
        return Answered("unknown")
    if found.person_id != person_id:
        return Answered("other-person")
    claim = (
        update(CaptureCode)
        .where(
            col(CaptureCode.sha256) == key,
            col(CaptureCode.used_by).is_(None) | (col(CaptureCode.used_by) == capture),
        )
        .values(used_by=capture, used_at=func.coalesce(col(CaptureCode.used_at), now))
    )
    if session.exec(claim).rowcount != 1:
        return Answered("used", found.offline, found.issued_at)
    # A record without any key is not from another phone for that; it is unsigned, which counts.
    if key_id and session.get_one(Device, found.device_id).key_id != key_id:
        return Answered("other-device", found.offline, found.issued_at)
    in_time = now <= found.expires_at or (made_at is not None and made_at <= found.expires_at)
    return Answered("good" if in_time else "expired", found.offline, found.issued_at)

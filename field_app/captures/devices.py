"""设备: the browsers whose keys vouch for a person's captures. Registered by the person, revoked by
the person or an administrator, and then for good."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from field_app import events
from field_app.captures.signing import accepted_key, from_base64url, key_id_of
from field_app.db import reading, writing
from field_app.problems import (
    BAD_KEY,
    CHANGED_MEANWHILE,
    DEVICE_REVOKED,
    KEY_TAKEN,
    NOT_FOUND,
    NOT_YOURS,
    TOO_MANY_DEVICES,
)
from field_app.roles import Action, Who, may, require
from models.tables import Device, Person

MOST = 30  # of a person, those in use
_NAME_MOST = 80
_KEY_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as lists show it; `person` and `account` say whose."""

    id: int
    key_id: str
    name: str
    person_id: int
    person: str
    account: str
    registered_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def short(self) -> str:
        """The beginning of the key's name, as two people compare it over the telephone."""
        return " ".join(self.key_id[n : n + 4] for n in (0, 4, 8)).upper()


def register(public_key: str, name: str, who: Who, *, now: datetime) -> DeviceRow:
    """Registers a browser's key (base64url of its SubjectPublicKeyInfo) for `who`.

    The same key again is harmless. Raises BAD_KEY, KEY_TAKEN, DEVICE_REVOKED, TOO_MANY_DEVICES.
    """
    require(who, Action.TAKE_PHOTOS)
    try:
        key = accepted_key(from_base64url(public_key))
    except ValueError as error:
        raise BAD_KEY() from error
    key_id = key_id_of(key)
    try:
        with writing() as session:
            known = _by_key(session, key_id)
            device = _mine(known, who) if known else _new(session, key, key_id, name, who, now)
            return _row(device, who.display, who.name)
    except IntegrityError as error:  # two tabs at the same moment: one of them has done it
        raise CHANGED_MEANWHILE() from error


def _by_key(session: Session, key_id: str) -> Device | None:
    if not _KEY_ID.fullmatch(key_id):  # it may come from anywhere
        return None
    return session.exec(select(Device).where(Device.key_id == key_id)).one_or_none()


def _mine(device: Device, who: Who) -> Device:
    if device.person_id != who.id:
        raise KEY_TAKEN()
    if device.revoked_at is not None:
        raise DEVICE_REVOKED()
    return device


def _new(session: Session, key: bytes, key_id: str, name: str, who: Who, now: datetime) -> Device:
    in_use = select(func.count()).where(
        Device.person_id == who.id, col(Device.revoked_at).is_(None)
    )
    if session.exec(in_use).one() >= MOST:
        raise TOO_MANY_DEVICES(most=MOST)
    called = "".join(c for c in name if c.isprintable()).strip()[:_NAME_MOST]
    device = Device(key_id=key_id, public_key=key, person_id=who.id, name=called, registered_at=now)
    session.add(device)
    session.flush()
    assert device.id is not None
    events.note(
        session,
        "device",
        device.id,
        "登记设备",
        at=now,
        person_id=who.id,
        new={"key_id": key_id, "name": device.name},
    )
    return device


def usable(session: Session, key_id: str, who: Who) -> Device:
    """The device of a key that is this person's and in use. Raises NOT_FOUND, DEVICE_REVOKED."""
    device = _by_key(session, key_id)
    if device is None or device.person_id != who.id:
        raise NOT_FOUND(what="这台设备")
    return _mine(device, who)


def mine(who: Who) -> list[DeviceRow]:
    """One's own devices, the newest first, revoked ones last."""
    require(who, Action.TAKE_PHOTOS)
    with reading() as session:
        return _rows(session, person_id=who.id)


def everybodys(who: Who, words: str = "", *, limit: int = 200) -> list[DeviceRow]:
    """All devices, for the administrator; `words` search device, account and name."""
    require(who, Action.MANAGE_PEOPLE)
    with reading() as session:
        return _rows(session, words=words.strip(), limit=limit)


def _rows(
    session: Session, *, person_id: int | None = None, words: str = "", limit: int = 500
) -> list[DeviceRow]:
    query = (
        select(Device, Person.display, Person.name)
        .join(Person, col(Person.id) == Device.person_id)
        .order_by(col(Device.revoked_at).is_not(None), col(Device.id).desc())
        .limit(limit)
    )
    if person_id is not None:
        query = query.where(Device.person_id == person_id)
    if words:
        named = [
            column.contains(words, autoescape=True)
            for column in (col(Device.name), col(Person.display), col(Person.name))
        ]
        by_key = col(Device.key_id).startswith(words.replace(" ", "").lower(), autoescape=True)
        query = query.where(named[0] | named[1] | named[2] | by_key)
    return [_row(*found) for found in session.exec(query)]


def _row(device: Device, person: str, account: str) -> DeviceRow:
    assert device.id is not None
    return DeviceRow(
        device.id,
        device.key_id,
        device.name,
        device.person_id,
        person,
        account,
        device.registered_at,
        device.used_at,
        device.revoked_at,
    )


def revoke(key_id: str, who: Who, *, now: datetime, why: str = "") -> DeviceRow:
    """Ends a device: one's own, or any for an administrator. What it signed and sent before stays
    good; what arrives afterwards is kept and not vouched for. Twice is harmless."""
    with writing() as session:
        device = _by_key(session, key_id)
        mine_ = device is not None and device.person_id == who.id
        if device is None or not (mine_ or may(who, Action.MANAGE_PEOPLE)):
            # Nobody learns which keys there are.
            raise (
                NOT_FOUND(what="这台设备")
                if may(who, Action.TAKE_PHOTOS)
                else NOT_YOURS(action="停用设备")
            )
        person = session.get_one(Person, device.person_id)
        if device.revoked_at is None:
            device.revoked_at, device.revoked_by = now, who.id
            assert device.id is not None
            events.note(
                session,
                "device",
                device.id,
                "停用设备",
                at=now,
                person_id=who.id,
                new={"key_id": key_id},
                why=why,
            )
        return _row(device, person.display, person.name)

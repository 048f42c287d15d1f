"""The rules that photos are examined with, version by version. Everything that examines a photo
with the database asks here.

Three layers: what the checks declare, over it what the server's settings say (`THRESHOLDS__…`),
over that what the county has put in force. A version keeps the county's layer and the settings of
that day; with the digest of the engine it tells of each examination by what it was made.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from field_app.db import is_sqlite, reading, writing
from field_app.problems import BAD_INPUT
from field_app.roles import Action, Who, require
from field_app.settings import settings
from models.tables import Person, RuleBook
from photos.checks import declared, declared_thresholds
from photos.engine import engine_digest
from photos.examine import Thresholds

Layer = dict[str, dict[str, float]]
WHY_MAX = 1000
_LOCK = 0x52554C45  # of the rule book, among the advisory locks of this database
_HIGHEST = 1_000_000.0
_UNITS = {
    "m": "米",
    "km": "公里",
    "deg": "度",
    "s": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "kmh": "公里/小时",
    "ratio": "比例",
    "bits": "位",
    "count": "个",
    "px": "像素",
    "ev": "EV",
}
_SETTINGS_CHANGED = "服务器设置里的阈值有变化"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a photo is examined with. `version` is None where no version was ever kept."""

    version: int | None
    thresholds: Thresholds
    engine: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One threshold as a page shows it. `base` is what holds where the county says nothing."""

    check: str
    catches: str
    name: str
    label: str
    unit: str
    declared: float
    base: float
    current: float

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which numbers it makes sense: below zero only where it was declared so."""
        highest = 360.0 if self.name.endswith("_deg") else _HIGHEST
        return (-highest if self.declared < 0.0 else 0.0), highest


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the rule book as a page shows it; `by` is empty where the server's settings
    made it. `changes` are against the version before."""

    number: int
    at: datetime
    by: str
    why: str
    changes: tuple["Change", ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One threshold that differs."""

    limit: Limit
    old: float
    new: float


def in_force(session: Session) -> Rules:
    """The rules in force now."""
    newest = _newest(session)
    layer = newest.thresholds if newest else {}
    return Rules(newest.id if newest else None, over_settings(layer), engine_digest())


def hold(session: Session) -> Rules:
    """The rules in force, which stay so until this transaction ends: whoever writes an examination
    asks here, so that none by the old rules comes after the new ones."""
    _lock(session, "pg_advisory_xact_lock_shared")
    return in_force(session)


def lock(session: Session) -> None:
    """Keeps new examinations waiting until this transaction has put other rules in force."""
    _lock(session, "pg_advisory_xact_lock")


def _lock(session: Session, function: str) -> None:
    # By the connection: what the session has pending is not sent before the lock is there, or two
    # could wait for each other. SQLite has one writer at a time and needs no more.
    connection = session.connection()
    if not is_sqlite(session):
        connection.execute(text(f"SELECT {function}(:key)"), {"key": _LOCK})


def over_settings(layer: Thresholds) -> Layer:
    """A county's layer over the settings of this server. What no check declares any more, because
    the program was updated since, is left out."""
    known = declared_thresholds()
    merged: Layer = {}
    for given in (settings().thresholds, layer):
        for check, values in given.items():
            for name, value in values.items():
                if name in known.get(check, {}):
                    merged.setdefault(check, {})[name] = float(value)
    return merged


def layer_of(proposed: Thresholds) -> Layer:
    """The part of `proposed` that says other than the settings; the rest is not kept.

    BAD_INPUT, naming the limit, for what no check declares, is no number, or is below zero.
    """
    known = {(limit.check, limit.name): limit for limit in _limits({})}
    layer: Layer = {}
    for check, values in proposed.items():
        for name, value in values.items():
            limit = known.get((check, name))
            if limit is None:
                raise BAD_INPUT(what=f"没有“{check}.{name}”这个阈值，请核对名称。")
            lowest, highest = limit.bounds
            if not lowest <= value <= highest:  # NaN is refused as well
                raise BAD_INPUT(
                    what=f"“{limit.catches}”的“{limit.label}”应是 {lowest:.0f} 到 {highest:.0f} 之间的"
                    f"数，不能是 {value:g}。"
                )
            if value != limit.base:
                layer.setdefault(check, {})[name] = float(value)
    return layer


def limits(who: Who) -> list[Limit]:
    """Every declared threshold, in the order of the checks."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        newest = _newest(session)
    return _limits(newest.thresholds if newest else {})


def versions(who: Who) -> list[Version]:
    """All versions, the newest first."""
    require(who, Action.SEE_RULES)
    with reading() as session:
        rows = session.exec(
            select(RuleBook, Person.display)
            .outerjoin(Person, col(Person.id) == RuleBook.person_id)
            .order_by(col(RuleBook.id))
        ).all()
    shown: list[Version] = []
    before: Thresholds = {}
    for book, by in rows:
        now = _merged(book.base, book.thresholds)
        shown.append(Version(book.id or 0, book.at, by or "", book.why, changes(before, now)))
        before = now
    return shown[::-1]


def changes(before: Thresholds, after: Thresholds) -> tuple[Change, ...]:
    """What differs between two sets of thresholds; what neither names holds as declared."""
    found = []
    for limit in _limits({}):
        old, new = (
            given.get(limit.check, {}).get(limit.name, limit.declared) for given in (before, after)
        )
        if old != new:
            found.append(Change(limit, old, new))
    return tuple(found)


def with_changes(session: Session, proposed: Thresholds) -> Layer:
    """The county's layer in force with what is `proposed` in its place. BAD_INPUT as `layer_of`."""
    newest = _newest(session)
    known = declared_thresholds()
    kept = {
        check: {name: value for name, value in values.items() if name in known.get(check, {})}
        for check, values in (newest.thresholds if newest else {}).items()
    }
    return layer_of(_merged(kept, proposed))


def add_version(
    session: Session, layer: Layer, *, person_id: int | None, why: str, now: datetime
) -> int:
    """Puts a county's layer in force as the next version, and gives its number."""
    book = RuleBook(
        thresholds=layer,
        base={check: dict(values) for check, values in settings().thresholds.items()},
        person_id=person_id or None,  # 0 is the console, which is no person
        why=why,
        at=now,
    )
    session.add(book)
    session.flush()
    assert book.id is not None
    return book.id


def note_settings(now: datetime) -> None:
    """Keeps a version where the server starts with other thresholds in its settings than before,
    so that a version always says what it stands for."""
    said = settings().thresholds
    with writing() as session:
        newest = _newest(session)
        if said != (newest.base if newest else {}):
            layer = newest.thresholds if newest else {}
            add_version(session, layer, person_id=None, why=_SETTINGS_CHANGED, now=now)


def name_of(check: str) -> str:
    """What a check is for, in Chinese; a result of former days may name one that is gone."""
    return next((d.catches for d in declared() if d.id == check), check)


def _newest(session: Session) -> RuleBook | None:
    return session.exec(select(RuleBook).order_by(col(RuleBook.id).desc()).limit(1)).first()


def _merged(*layers: Thresholds) -> Layer:
    merged: Layer = {}
    for layer in layers:
        for check, values in layer.items():
            merged.setdefault(check, {}).update(values)
    return merged


def _limits(layer: Thresholds) -> list[Limit]:
    base, current, said = over_settings({}), over_settings(layer), _labels()
    return [
        Limit(
            facts.id,
            facts.catches,
            name,
            said.get((facts.id, name)) or f"限值 {number}",
            _UNITS.get(name.rpartition("_")[2], ""),
            default,
            base.get(facts.id, {}).get(name, default),
            current.get(facts.id, {}).get(name, default),
        )
        for facts in declared()
        for number, (name, default) in enumerate(facts.thresholds.items(), 1)
    ]


@lru_cache(maxsize=1)
def _labels() -> Mapping[tuple[str, str], str]:
    """What each threshold means, in Chinese, from `rule_words.csv`."""
    with Path(__file__).with_name("rule_words.csv").open(encoding="utf-8", newline="") as file:
        return {(row["check"], row["threshold"]): row["says"] for row in csv.DictReader(file)}

"""分类预设 in versions: what each category presets, over the product's own file. The office edits it
in the app; a version is never changed, and an entry keeps what it was given."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.problems import BAD_INPUT, CHANGED_MEANWHILE, REASON_NEEDED
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from models.tables import Person, PresetBook
from models.taxonomy import categories

MEASURE_MAX, WHY_MAX, UNITS_MAX = 4000, 1000, 20
DAYS_MAX, PHOTOS_MAX = 3650, 20


@dataclass(frozen=True, slots=True)
class Preset:
    """What an entry of a category begins with. `units` are names, 各乡镇人民政府 stands for the
    township of the parcel; `days` are working days from
    finding to deadline; `after_photos` that a close-out asks
    for where the problem is one that a field visit sees."""

    category: int
    units: tuple[str, ...]
    measure: str
    days: int
    after_photos: int


@dataclass(frozen=True, slots=True)
class Version:
    """One version as a page shows it; `by` is empty where nobody's name is known. `changed` are
    the categories that differ from the version before."""

    number: int
    at: datetime
    by: str
    why: str
    changed: tuple[int, ...]


def shipped() -> dict[int, Preset]:
    """What the product's own file presets, by category."""
    return {
        c.no: Preset(c.no, c.responsible_units, c.measure, settings().rectify_days, c.after_photos)
        for c in categories().values()
    }


def in_force(session: Session) -> dict[int, Preset]:
    """What is preset now, by category."""
    return _over_shipped(_newest(session))


def current(who: Who) -> tuple[int, dict[int, Preset]]:
    """The number of the version in force (0: the product's own) and its presets."""
    require(who, Action.EDIT_PRESETS)
    with reading() as session:
        newest = _newest(session)
        return (newest.id or 0) if newest else 0, _over_shipped(newest)


def change(seen: int, wishes: Mapping[int, Preset], *, why: str, who: Who, now: datetime) -> int:
    """Puts other presets in force for the categories of `wishes`; returns the version's number.

    `seen` is the version that the person had before them. Raises BAD_INPUT, REASON_NEEDED or
    CHANGED_MEANWHILE. Entries that are there already stay as they are.
    """
    require(who, Action.EDIT_PRESETS)
    why = clean(why).strip()
    if not why:
        raise REASON_NEEDED(action="修改分类预设")
    if len(why) > WHY_MAX:
        raise BAD_INPUT(what=f"理由最多 {WHY_MAX} 个字。")
    with writing() as session:
        newest = _newest(session)
        if ((newest.id or 0) if newest else 0) != seen:
            raise CHANGED_MEANWHILE()
        before = _over_shipped(newest)
        after = before | {no: _checked(no, preset) for no, preset in wishes.items()}
        changed = [no for no in after if after[no] != before[no]]
        if not changed:
            raise BAD_INPUT(what="没有改动任何内容。")
        layer = {str(no): _plain(p) for no, p in after.items() if p != shipped()[no]}
        book = PresetBook(presets=layer, person_id=who.id or None, why=why, at=now)
        session.add(book)
        session.flush()
        assert book.id is not None
        events.note(
            session,
            "presets",
            book.id,
            "修改分类预设",
            at=now,
            person_id=who.id,
            old={str(no): _plain(before[no]) for no in changed},
            new={str(no): _plain(after[no]) for no in changed},
            why=why,
        )
        return book.id


def versions(who: Who) -> list[Version]:
    """All versions, the newest first."""
    require(who, Action.EDIT_PRESETS)
    with reading() as session:
        query = (
            select(PresetBook, Person.display)
            .outerjoin(Person, col(Person.id) == PresetBook.person_id)
            .order_by(col(PresetBook.id))
        )
        told, before = [], shipped()
        for book, by in session.exec(query):
            after = _over_shipped(book)
            changed = tuple(no for no in after if after[no] != before[no])
            told.append(Version(book.id or 0, book.at, by or "", book.why, changed))
            before = after
        return told[::-1]


def _newest(session: Session) -> PresetBook | None:
    return session.exec(select(PresetBook).order_by(col(PresetBook.id).desc()).limit(1)).first()


def _over_shipped(book: PresetBook | None) -> dict[int, Preset]:
    known = shipped()
    for no, kept in (book.presets if book else {}).items():
        if int(no) in known:
            known[int(no)] = Preset(
                int(no), tuple(kept["units"]), kept["measure"], kept["days"], kept["after_photos"]
            )
    return known


def _plain(preset: Preset) -> dict[str, Any]:
    return asdict(preset) | {"units": list(preset.units)}


def _checked(no: int, preset: Preset) -> Preset:
    if no not in categories() or preset.category != no:
        raise BAD_INPUT(what=f"没有问题大类 {no}。")
    units = tuple(dict.fromkeys(clean(name).strip() for name in preset.units))
    if not all(1 <= len(name) <= 60 for name in units) or len(units) > UNITS_MAX:
        raise BAD_INPUT(what=f"责任单位最多 {UNITS_MAX} 个，每个名称 1 到 60 个字。")
    measure = clean(preset.measure).strip()
    if len(measure) > MEASURE_MAX:
        raise BAD_INPUT(what=f"整改措施最多 {MEASURE_MAX} 个字。")
    if not 1 <= preset.days <= DAYS_MAX:
        raise BAD_INPUT(what=f"整改天数须在 1 到 {DAYS_MAX} 个工作日之间。")
    if not 0 <= preset.after_photos <= PHOTOS_MAX:
        raise BAD_INPUT(what=f"整改后照片张数须在 0 到 {PHOTOS_MAX} 之间。")
    return Preset(no, units, measure, preset.days, preset.after_photos)

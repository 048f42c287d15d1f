"""离线包: what a person's tasks need where there is no signal, in one answer.

Its tag is of what it is made from, so that a phone that has it is told so before it is made. Who took which tasks along is kept:
what was shot with no signal counts for a task that was theirs then, though it was given away since.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from field_app import rulebook, tasks
from field_app.captures.package_proofs import GatheringProofs
from field_app.captures.package_tasks import Gathering, Row
from field_app.db import is_sqlite, reading, writing
from field_app.forms import versions
from field_app.forms.compiled import compiled
from field_app.ledger import rectifying, to_prove
from field_app.roles import Action, Who, may, require
from field_app.settings import ROOT, settings
from models import geo
from models.tables import Parcel, ParcelShape, metadata
from models.vocabulary import PhotoKind
from photos.checks import declared_thresholds
from photos.checks.on_parcel import CLOSE_KINDS

MOST_TASKS = 300


@dataclass(frozen=True, slots=True)
class Package:
    """The answer: `body` is JSON (UTF-8), `etag` the digest of all that it is made from; `body` is
    None where whoever asks has that one."""

    body: bytes | None
    etag: str
    task_ids: tuple[int, ...]


def make(who: Who, *, now: datetime, has: Collection[str] = ()) -> Package:
    """The package of the tasks that `who` may work on, returned ones first, or of the entries that a
    unit may prove; not made again where its tag is among those that the phone `has`."""
    require(who, Action.TAKE_PHOTOS)
    inspects = may(who, Action.INSPECT)
    if not inspects:
        rectifying.take_along(who, MOST_TASKS, now=now)
    with writing() as session:  # a form that came with the product is kept at its first use
        form = versions.newest(session, now=now)
    with reading() as session:
        rows: Sequence[Row]
        gathering: Gathering
        if inspects:
            rows = tasks.to_take_along(session, who, MOST_TASKS)
            gathering = Gathering(session, who, rows, form, now)
        else:
            rows = proofs = to_prove.to_prove(session, who, MOST_TASKS)
            gathering = GatheringProofs(session, who, proofs, form, now)
        thresholds = declared_thresholds()["on_parcel"] | dict(
            rulebook.in_force(session).thresholds.get("on_parcel", {})
        )
        others = sorted({v.form for v in gathering.visits.values()} - {form.sha256, ""})
        middle = geo.Position(
            (settings().county.min_lon + settings().county.max_lon) / 2,
            (settings().county.min_lat + settings().county.max_lat) / 2,
        )
        content: dict[str, Any] = {
            "v": 1,
            "person": {"name": who.name, "display": who.display, "role": str(who.role)},
            "county": settings().county_name,
            "settings": {
                "photo_max_mb": settings().photo_max_mb,
                "on_parcel_m": {
                    str(kind): thresholds[
                        "close_tolerance_m" if kind in CLOSE_KINDS else "tolerance_m"
                    ]
                    for kind in PhotoKind
                },
                "four_sides_above_mu": settings().four_sides_above_mu,
            },
            "declination_deg": round(geo.declination_deg(middle, now.date()), 2),
            "form": compiled(form),
            "forms": {sha256: compiled(versions.of(session, sha256)) for sha256 in others},
        }
        ids = tuple(row.id for row in rows)
        made_from = repr((_program(), content, [gathering.known(row) for row in rows]))
        rest = repr((gathering.today, gathering.said, _outlines(session)))
        etag = f'"{hashlib.sha256((made_from + rest).encode()).hexdigest()[:32]}"'
        if etag in has:
            return Package(None, etag, ids)
        content["tasks"] = [gathering.task(row) for row in rows]
    return Package(_json({"v": 1, "made_at": now.isoformat()} | content), etag, ids)


@lru_cache(maxsize=1)
def _program() -> str:
    """A digest of the code and the data that a package is made by: another version of the program
    may make another one of the same rows."""
    digest = hashlib.sha256()
    for folder in ("field_app", "models", "photos"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".csv"):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _outlines(session: Session) -> tuple[int | None, int | None]:
    """What changes where a parcel is added or gets another shape: any may be somebody's neighbour."""
    newest = select(func.max(Parcel.id)), select(func.max(ParcelShape.id))
    return session.exec(newest[0]).one(), session.exec(newest[1]).one()


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def note_issue(task_ids: Sequence[int], who: Who, *, now: datetime) -> None:
    """Keeps that the person took these tasks along."""
    if not task_ids:
        return
    rows = [
        {"person_id": who.id, "task_id": task_id, "first_at": now, "last_at": now}
        for task_id in task_ids
    ]
    table = metadata.tables["package_issue"]
    with writing() as session:
        insert: Any = (sqlite if is_sqlite(session) else postgresql).insert(table).values(rows)
        session.connection().execute(
            insert.on_conflict_do_update(
                index_elements=["person_id", "task_id"], set_={"last_at": now}
            )
        )

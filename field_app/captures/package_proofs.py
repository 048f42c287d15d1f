"""The tasks of an 离线包 for a person of a unit: entries whose rectification is to be proved, each with
the pictures from before and where they were taken."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlmodel import Session

from field_app import clock
from field_app.captures.package_tasks import MOST_EARLIER, Gathering, Row, shown
from field_app.forms import Form
from field_app.ledger.listing import problem_label
from field_app.ledger.to_prove import ToProve, pictures_before
from field_app.roles import Who
from field_app.settings import settings
from models import taxonomy
from models.tables import Photo
from models.vocabulary import PhotoKind


class GatheringProofs(Gathering):
    """What the entries need, read for all of them together."""

    def __init__(
        self, session: Session, who: Who, rows: Sequence[ToProve], form: Form, now: datetime
    ) -> None:
        self.entries = {r.id: r for r in rows}
        self.before = pictures_before(session, rows)
        super().__init__(session, who, rows, form, now)

    def _earlier(self, rows: Sequence[Row]) -> dict[int, list[Photo]]:
        return {}  # those from before say more, and belong to an entry, not to a parcel

    def known(self, row: Row) -> tuple[Any, ...]:
        tolerances = settings().same_place_m, settings().same_heading_deg
        return (*super().known(row), self._before(row), tolerances)

    def task(self, row: Row) -> dict[str, Any]:
        """One entry as a task: no form, the kind 整改后 alone, and beside what every task has the
        `entry`. Its window ends with the entry's deadline, where it has one."""
        entry, kind = self.entries[row.id], taxonomy.photo_kinds()[PhotoKind.AFTER]
        task = super().task(row)
        if entry.by is not None:
            end = datetime.combine(entry.by, time(23, 59, 59), clock.CHINA)
            task["closes_at"] = end.isoformat()
        return task | {
            "wanted": [{"kind": kind.name, "wanted": entry.wanted, "hint": kind.hint}],
            "begin": {},
            "begin_from": "",
            "earlier": self._before(row),
            "entry": {
                "id": entry.entry_id,
                "number": entry.number,
                "problem": problem_label(entry.problem_type),
                "measure": entry.measure,
                "by": entry.by.isoformat() if entry.by else None,
                "why": entry.why,
                "same_place_m": settings().same_place_m,
                "same_heading_deg": settings().same_heading_deg,
            },
        }

    def _before(self, row: Row) -> list[dict[str, Any]]:
        """The pictures from before, those with a standpoint first: each as `earlier` of any task,
        with `at` and the way the camera looked."""
        photos = self.before[self.entries[row.id].entry_id]
        told = sorted(photos, key=lambda p: (p.lon is None, p.heading_deg is None, p.id or 0))
        return [shown(p) | _standpoint(p) for p in told[:MOST_EARLIER]]


def _standpoint(photo: Photo) -> dict[str, Any]:
    """Where a picture was taken (lon, lat in degrees, accuracy in metres) and the true heading of the
    camera in degrees; null where it does not say."""
    at = {"lon": photo.lon, "lat": photo.lat, "accuracy_m": photo.accuracy_m}
    return {"at": None if photo.lon is None else at, "heading_deg": photo.heading_deg}

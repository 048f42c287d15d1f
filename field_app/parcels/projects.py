"""The project list (附件3) into the database, and the projects as pages choose from them."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.parcels.projects_xlsx import ReadProject, read_projects, template
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from models import taxonomy
from models.tables import ImportBatch, Project

__all__ = ["ProjectIntake", "ProjectLine", "ProjectRow", "import_projects", "listing", "template"]

_NOT_COLUMNS = {"row", "status", "messages"}
_COLUMNS = [f.name for f in fields(ReadProject) if f.name not in _NOT_COLUMNS]


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as a choice."""

    id: int
    code: str
    name: str


@dataclass(slots=True)
class ProjectLine:
    """What became of one row of the list: taken, updated, or refused."""

    where: str
    code: str
    status: str
    messages: list[str]

    def as_json(self, file: str) -> dict[str, Any]:
        """One line of `import-projects --json`."""
        return {
            "file": file,
            "project": self.code,
            "status": self.status,
            "where": self.where,
            "messages": self.messages,
        }


@dataclass(slots=True)
class ProjectIntake:
    """What became of a list; all of it is taken, or nothing."""

    lines: list[ProjectLine]
    imported: int = 0

    @property
    def refused(self) -> int:
        return sum(1 for line in self.lines if line.status == "refused")


def split_place(place: str, county_code: str) -> tuple[str | None, str]:
    """A township's code and the village, from `项目所在乡镇、村`; None where no name is known.

    >>> split_place("留山镇下店村", "411321")
    ('411321101', '下店村')
    >>> split_place("南召县云阳镇、西花园村", "411321")
    ('411321102', '西花园村')
    >>> split_place("某处", "411321")
    (None, '某处')
    """
    for town in taxonomy.townships().values():
        if town.county_code == county_code and town.name in place:
            return town.code, place.partition(town.name)[2].strip(" 、，,/")
    return None, place.strip()


def import_projects(
    data: bytes,
    file_name: str,
    *,
    who: Who | None,
    now: datetime,
    dry_run: bool = False,
) -> ProjectIntake:
    """Takes the list in one transaction; a project that is known is brought up to date.

    `who` is None only for the command line. Raises a Problem where the workbook cannot be read.
    """
    if who is not None:
        require(who, Action.IMPORT)
    file_name = clean(file_name)
    read = read_projects(data, file_name)
    result = ProjectIntake(
        [ProjectLine(f"第 {p.row} 行", p.code, p.status, list(p.messages)) for p in read.projects]
    )
    if dry_run or result.refused:
        return result
    with writing() as session:
        for project, line in zip(read.projects, result.lines, strict=True):
            line.status = _take(session, project, who, now)
        result.imported = len(result.lines)
        session.add(
            ImportBatch(
                kind="项目",
                file_name=file_name[:200],
                file_sha256=hashlib.sha256(data).hexdigest(),
                person_id=who.id if who else None,
                at=now,
                taken=result.imported,
                messages=[line.as_json(file_name) for line in result.lines if line.messages],
            )
        )
    return result


def _take(session: Session, read: ReadProject, who: Who | None, now: datetime) -> str:
    values = {name: getattr(read, name) for name in _COLUMNS}
    town, village = split_place(read.place, settings().county_code)
    values |= {"township_code": town, "village": village[:60]}
    known = session.exec(select(Project).where(Project.code == read.code)).one_or_none()
    if known is None:
        session.add(Project(created_at=now, **values))
        session.flush()
        return "taken"
    old = {n: getattr(known, n) for n in values if getattr(known, n) != values[n]}
    if not old:
        return "taken"
    for name in old:
        setattr(known, name, values[name])
    assert known.id is not None
    events.note(
        session,
        "project",
        known.id,
        "更新项目",
        at=now,
        person_id=who.id if who else None,
        old={n: str(v) for n, v in old.items()},
        new={n: str(values[n]) for n in old},
    )
    return "updated"


def listing(who: Who) -> list[ProjectRow]:
    """The projects by code, for a choice."""
    require(who, Action.SEE_PARCELS)
    with reading() as session:
        query = select(Project).order_by(col(Project.code))
        return [ProjectRow(p.id or 0, p.code, p.name) for p in session.exec(query)]

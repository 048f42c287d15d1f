"""Parcels from a file into the database: all or nothing, unless the good ones are asked for."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, or_
from sqlmodel import Session, col, select

from field_app import events
from field_app.db import reading, writing
from field_app.parcels import flags
from field_app.parcels.fitting import ROOM, fit
from field_app.parcels.formats import ReadParcel, read_parcels
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from field_app.words import clean
from models import geo, taxonomy
from models.tables import ImportBatch, Parcel, ParcelShape, Project, metadata

_CHUNK = 2000
_KEPT_MESSAGES = 2000  # of a batch, in the database; the report itself is whole
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """How a file is to be taken. `crs` serves only where the file does not say one; without a
    `project_code` a parcel goes into the project that the file names, where that is known."""

    project_code: str = ""
    crs: str = ""
    take_good: bool = False
    update_existing: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Line:
    """What became of one parcel of the file."""

    number: str
    name: str
    status: str  # taken, repaired, refused
    where: str
    area_m2: float | None
    declared_area_m2: float | None
    crs: str
    messages: list[str]
    unchanged: bool = False  # the database has this very parcel

    def as_json(self, file: str) -> dict[str, Any]:
        """One line of `import-parcels --json`."""
        return {
            "file": file,
            "parcel": self.number,
            "status": self.status,
            "area_m2": None if self.area_m2 is None else round(self.area_m2, 2),
            "crs": self.crs,
            "messages": self.messages,
            "where": self.where,
            "declared_area_m2": self.declared_area_m2,
        }


@dataclass(slots=True)
class Intake:
    """What became of a file. `imported` is how many parcels stand in the database through it."""

    file: str
    format: str
    crs: str
    lines: list[Line]
    imported: int = 0
    parcel_ids: list[int] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def count(self, status: str) -> int:
        """How many parcels of a status, those not counted that the database has already."""
        return sum(1 for line in self.lines if line.status == status and not line.unchanged)

    @property
    def unchanged(self) -> int:
        """How many parcels the database has already just as they are."""
        return sum(1 for line in self.lines if line.unchanged)


@dataclass(slots=True)
class _Known:
    """A parcel of the same number that is already there."""

    id: int
    boundary: BaseGeometry


@dataclass(frozen=True, slots=True)
class _Projects:
    """Into which project a parcel goes: the chosen one, else the one its file names."""

    chosen: Project | None
    by_code: dict[str, Project]

    def of(self, parcel: ReadParcel) -> Project | None:
        return self.chosen or self.by_code.get(parcel.project_code)

    def key(self, parcel: ReadParcel) -> tuple[int, str]:
        """What is unique among all parcels: project (0: none) and number."""
        project = self.of(parcel)
        return (project.id or 0 if project else 0), parcel.number

    def remarks(self, parcels: Iterable[ReadParcel]) -> list[str]:
        """What is to be said of the projects that the file names."""
        if self.chosen:
            return []
        named = Counter(p.project_code for p in parcels if p.project_code)
        said = [
            f"文件写明项目 {code}，{count} 个地块归入该项目"
            for code, count in named.items()
            if code in self.by_code
        ]
        lost = [code for code in named if code not in self.by_code]
        if lost:
            count = sum(named[code] for code in lost)
            more = f"等 {len(lost)} 个项目" if len(lost) > 3 else ""
            said.append(
                f"系统中没有文件写明的项目 {'、'.join(lost[:3])}{more}，{count} 个地块未归入项目"
                "（可先导入项目清单）"
            )
        return said


def import_parcels(
    data: bytes,
    file_name: str,
    choice: Choice,
    *,
    who: Who | None,
    now: datetime,
    report: Report = lambda share, what: None,
) -> Intake:
    """Reads a file and takes its parcels in one transaction.

    `who` is None only for the command line. Where any parcel is refused nothing is taken, unless
    `choice.take_good`. `report(share 0…1, what)` tells how far it is. Raises a Problem where the
    file as a whole cannot be read.
    """
    if who is not None:
        require(who, Action.IMPORT)
    file_name = clean(file_name)
    with reading() as session:
        projects = _projects(session, choice.project_code)
    read = read_parcels(
        data,
        file_name,
        crs=choice.crs or None,
        projects=projects.by_code,
        progress=lambda done, total: report(0.6 * done / max(total, 1), "读取并检查地块"),
    )
    for parcel in read.parcels:
        fit(parcel)
    with reading() as session:
        known = _known(session, read.parcels, projects)
    lines = [_line(p) for p in read.parcels]
    fresh, changed = _sort_out(read.parcels, lines, known, projects, choice)
    messages = [*read.messages, *projects.remarks(read.parcels)]
    result = Intake(file_name, read.format, read.crs, lines, messages=messages)
    if choice.dry_run or (result.count("refused") and not choice.take_good):
        return result
    report(0.6, "核对重叠")
    with writing() as session:
        batch = _batch(session, data, file_name, result, who, now)
        result.parcel_ids = _write(session, fresh, projects, batch, now, report)
        for parcel, old in changed:
            _reshape(session, parcel, old, batch, who, now)
            result.parcel_ids.append(old.id)
        if changed:
            report(0.98, "核对更新后的重叠")
            flags.renew(
                session, [old.id for _, old in changed], [old.boundary for _, old in changed]
            )
        result.imported = len(result.parcel_ids)
    report(1.0, "完成")
    return result


def _projects(session: Session, code: str) -> _Projects:
    if not code:
        return _Projects(None, {p.code: p for p in session.exec(select(Project))})
    project = session.exec(select(Project).where(Project.code == code)).one_or_none()
    if project is None:
        raise NOT_FOUND(what=f"项目“{code}”（请先导入项目清单）")
    return _Projects(project, {})


def _known(
    session: Session, parcels: Sequence[ReadParcel], projects: _Projects
) -> dict[tuple[int, str], _Known]:
    """The parcels that are there under the same project and number."""
    found: dict[tuple[int, str], _Known] = {}
    keys = {projects.key(p) for p in parcels}
    numbers = sorted({number for _, number in keys})
    ids = {project for project, _ in keys}
    same = or_(col(Parcel.project_id).in_(ids - {0}), col(Parcel.project_id).is_(None))
    for start in range(0, len(numbers), 500):
        query = select(Parcel.id, Parcel.project_id, Parcel.number, Parcel.boundary).where(
            col(Parcel.number).in_(numbers[start : start + 500]), same
        )
        for parcel_id, project_id, number, boundary in session.exec(query):
            assert parcel_id is not None
            found[project_id or 0, number] = _Known(parcel_id, boundary)
    return found


def _line(parcel: ReadParcel) -> Line:
    line = Line(
        parcel.number,
        parcel.name,
        parcel.status,
        parcel.where,
        parcel.area_m2,
        parcel.declared_area_m2,
        parcel.crs,
        list(parcel.messages),
    )
    return line


def _sort_out(
    parcels: Iterable[ReadParcel],
    lines: list[Line],
    known: dict[tuple[int, str], _Known],
    projects: _Projects,
    choice: Choice,
) -> tuple[list[ReadParcel], list[tuple[ReadParcel, _Known]]]:
    """New parcels, and those whose shape changed; says in the lines what becomes of the rest."""
    fresh: list[ReadParcel] = []
    changed: list[tuple[ReadParcel, _Known]] = []
    for parcel, line in zip(parcels, lines, strict=True):
        if parcel.status == "refused" or parcel.boundary is None:
            continue
        old = known.get(projects.key(parcel))
        if old is None:
            fresh.append(parcel)
        elif shapely.equals_exact(
            shapely.normalize(old.boundary), shapely.normalize(parcel.boundary), 1e-9
        ):
            line.unchanged = True
            line.messages.append("系统中已有相同地块，未重复导入")
        elif choice.update_existing:
            line.messages.append("系统中已有同编号地块，边界已更新，旧边界留存")
            changed.append((parcel, old))
        else:
            line.status = "refused"
            line.messages.append(
                "系统中已有同编号而边界不同的地块；若确要更新边界，请勾选“更新已有地块”（命令行 --update）"
            )
    return fresh, changed


def _batch(
    session: Session, data: bytes, file_name: str, result: Intake, who: Who | None, now: datetime
) -> int:
    told = [line.as_json(file_name) for line in result.lines if line.messages]
    batch = ImportBatch(
        kind="地块",
        file_name=file_name[:200],
        file_sha256=hashlib.sha256(data).hexdigest(),
        person_id=who.id if who else None,
        at=now,
        taken=result.count("taken"),
        repaired=result.count("repaired"),
        refused=result.count("refused"),
        messages=told[:_KEPT_MESSAGES],
    )
    session.add(batch)
    session.flush()
    assert batch.id is not None
    return batch.id


def _write(
    session: Session,
    fresh: list[ReadParcel],
    projects: _Projects,
    batch: int,
    now: datetime,
    report: Report,
) -> list[int]:
    homes = [projects.of(p) for p in fresh]
    told = flags.of_new(session, fresh, [home.code if home else "" for home in homes])
    table = metadata.tables["parcel"]
    ids: list[int] = []
    for start in range(0, len(fresh), _CHUNK):
        span = slice(start, start + _CHUNK)
        rows = [
            _values(parcel, home, mine, batch, now)
            for parcel, home, mine in zip(fresh[span], homes[span], told[span], strict=True)
        ]
        ids.extend(
            session.connection().execute(insert(table).returning(table.c.id), rows).scalars()
        )
        report(0.7 + 0.28 * min(start + _CHUNK, len(fresh)) / len(fresh), "写入数据库")
    return ids


def _values(
    parcel: ReadParcel,
    project: Project | None,
    told: flags.Flags,
    batch: int,
    now: datetime,
) -> dict[str, Any]:
    assert parcel.boundary is not None
    box = geo.box_of(parcel.boundary)
    return {
        "number": parcel.number,
        "name": parcel.name,
        "project_id": project.id if project else None,
        "township_code": parcel.township_code or (project.township_code if project else None),
        "village": parcel.village or (project.village if project else ""),
        "boundary": parcel.boundary,
        "min_lon": box.min_lon,
        "min_lat": box.min_lat,
        "max_lon": box.max_lon,
        "max_lat": box.max_lat,
        "area_m2": parcel.area_m2,
        "declared_area_m2": parcel.declared_area_m2,
        "land_class": parcel.land_class,
        "land_class_scheme": taxonomy.LAND_SCHEME,
        "sheet": parcel.sheet,
        "use": parcel.use,
        "slope_grade": parcel.slope_grade,
        "quality_grade": parcel.quality_grade,
        "year": parcel.year,
        "source_crs": parcel.crs[: ROOM["source_crs"]],
        "flags": told,
        "attributes": parcel.attributes,
        "shape_no": 1,
        "import_id": batch,
        "created_at": now,
    }


def _reshape(
    session: Session,
    parcel: ReadParcel,
    old: _Known,
    batch: int,
    who: Who | None,
    now: datetime,
) -> None:
    """Another shape for a parcel; the former one stays, as photos were judged against it."""
    row = session.get_one(Parcel, old.id)
    assert parcel.boundary is not None
    assert parcel.area_m2 is not None
    session.add(
        ParcelShape(
            parcel_id=old.id,
            shape_no=row.shape_no,
            boundary=row.boundary,
            area_m2=row.area_m2,
            until=now,
            import_id=row.import_id,
        )
    )
    events.note(
        session,
        "parcel",
        old.id,
        "更新边界",
        at=now,
        person_id=who.id if who else None,
        old={"area_m2": round(row.area_m2, 2), "shape_no": row.shape_no},
        new={"area_m2": round(parcel.area_m2, 2), "shape_no": row.shape_no + 1},
    )
    box = geo.box_of(parcel.boundary)
    row.boundary, row.area_m2 = parcel.boundary, parcel.area_m2
    row.declared_area_m2 = parcel.declared_area_m2
    row.min_lon, row.min_lat, row.max_lon, row.max_lat = (
        box.min_lon,
        box.min_lat,
        box.max_lon,
        box.max_lat,
    )
    row.shape_no += 1
    row.import_id = batch

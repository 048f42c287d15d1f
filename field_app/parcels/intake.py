"""Parcels from a file into the database: all or nothing, unless the good ones are asked for."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert
from sqlmodel import Session, col, select, update

from field_app import events
from field_app.db import reading, writing
from field_app.parcels import screening
from field_app.parcels.formats import ReadParcel, read_parcels
from field_app.parcels.search import ids_in_box
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from models import geo, taxonomy
from models.geo import Box
from models.tables import ImportBatch, Parcel, ParcelShape, Project, metadata

_CHUNK = 2000
_KEPT_MESSAGES = 2000  # of a batch, in the database; the report itself is whole
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """How a file is to be taken. `crs` serves only where the file does not say one."""

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
        return sum(1 for line in self.lines if line.status == status)


@dataclass(slots=True)
class _Known:
    """A parcel of the same number that is already there."""

    id: int
    boundary: BaseGeometry


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
    read = read_parcels(
        data,
        file_name,
        crs=choice.crs or None,
        progress=lambda done, total: report(0.6 * done / max(total, 1), "读取并检查地块"),
    )
    with reading() as session:
        project = _project(session, choice.project_code)
        known = _known(session, [p.number for p in read.parcels], project)
    lines = [_line(p) for p in read.parcels]
    fresh, changed = _sort_out(read.parcels, lines, known, choice)
    result = Intake(file_name, read.format, read.crs, lines, messages=list(read.messages))
    if choice.dry_run or (result.count("refused") and not choice.take_good):
        return result
    report(0.6, "核对重叠")
    with writing() as session:
        batch = _batch(session, data, file_name, result, who, now)
        result.parcel_ids = _write(session, fresh, project, batch, now, report)
        for parcel, old in changed:
            _reshape(session, parcel, old, batch, who, now)
            result.parcel_ids.append(old.id)
        result.imported = len(result.parcel_ids)
    report(1.0, "完成")
    return result


def _project(session: Session, code: str) -> Project | None:
    if not code:
        return None
    project = session.exec(select(Project).where(Project.code == code)).one_or_none()
    if project is None:
        raise NOT_FOUND(what=f"项目“{code}”（请先导入项目清单）")
    return project


def _known(session: Session, numbers: Sequence[str], project: Project | None) -> dict[str, _Known]:
    found: dict[str, _Known] = {}
    same = Parcel.project_id == project.id if project else col(Parcel.project_id).is_(None)
    for start in range(0, len(numbers), 500):
        query = select(Parcel.id, Parcel.number, Parcel.boundary).where(
            col(Parcel.number).in_(numbers[start : start + 500]), same
        )
        for number_id, number, boundary in session.exec(query):
            assert number_id is not None
            found[number] = _Known(number_id, boundary)
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
    parcels: Iterable[ReadParcel], lines: list[Line], known: dict[str, _Known], choice: Choice
) -> tuple[list[ReadParcel], list[tuple[ReadParcel, _Known]]]:
    """New parcels, and those whose shape changed; says in the lines what becomes of the rest."""
    fresh: list[ReadParcel] = []
    changed: list[tuple[ReadParcel, _Known]] = []
    for parcel, line in zip(parcels, lines, strict=True):
        if parcel.status == "refused" or parcel.boundary is None:
            continue
        old = known.get(parcel.number)
        if old is None:
            fresh.append(parcel)
        elif shapely.equals_exact(
            shapely.normalize(old.boundary), shapely.normalize(parcel.boundary), 1e-9
        ):
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
    project: Project | None,
    batch: int,
    now: datetime,
    report: Report,
) -> list[int]:
    flags = _flags(session, fresh, project)
    table = metadata.tables["parcel"]
    ids: list[int] = []
    for start in range(0, len(fresh), _CHUNK):
        rows = [
            _values(p, project, flags[start + i], batch, now)
            for i, p in enumerate(fresh[start : start + _CHUNK])
        ]
        ids.extend(
            session.connection().execute(insert(table).returning(table.c.id), rows).scalars()
        )
        report(0.7 + 0.3 * min(start + _CHUNK, len(fresh)) / len(fresh), "写入数据库")
    return ids


def _values(
    parcel: ReadParcel,
    project: Project | None,
    flags: list[dict[str, Any]],
    batch: int,
    now: datetime,
) -> dict[str, Any]:
    assert parcel.boundary is not None
    box = geo.box_of(parcel.boundary)
    return {
        "number": parcel.number[:60],
        "name": parcel.name[:200],
        "project_id": project.id if project else None,
        "township_code": parcel.township_code or (project.township_code if project else None),
        "village": (parcel.village or (project.village if project else ""))[:60],
        "boundary": parcel.boundary,
        "min_lon": box.min_lon,
        "min_lat": box.min_lat,
        "max_lon": box.max_lon,
        "max_lat": box.max_lat,
        "area_m2": parcel.area_m2,
        "declared_area_m2": parcel.declared_area_m2,
        "land_class": _land_class(parcel.land_class),
        "land_class_scheme": taxonomy.LAND_SCHEME,
        "sheet": parcel.sheet[:40],
        "use": parcel.use[:60],
        "slope_grade": parcel.slope_grade[:4],
        "quality_grade": parcel.quality_grade[:10],
        "year": parcel.year[:10],
        "source_crs": parcel.crs[:40],
        "flags": flags,
        "attributes": parcel.attributes,
        "shape_no": 1,
        "import_id": batch,
        "created_at": now,
    }


def _land_class(text: str) -> str:
    """The code of a land class; some files (variant C of the TXT) give its name instead."""
    by_name = {c.name: c.code for c in taxonomy.land_classes().values()}
    return by_name.get(text, text)[:10]


def _flags(
    session: Session, fresh: list[ReadParcel], project: Project | None
) -> list[list[dict[str, Any]]]:
    """The flags of the new parcels; old ones that they overlap get theirs here, too."""
    shapes = [p.boundary for p in fresh if p.boundary is not None]
    flags: list[list[dict[str, Any]]] = [[] for _ in fresh]
    for parcel, mine in zip(fresh, flags, strict=True):
        steep = screening.slope_flag(parcel.slope_grade)
        if steep:
            mine.append(steep)
    if not shapes:
        return flags
    west, south, east, north = shapely.total_bounds(shapes)
    old = _boundaries(session, ids_in_box(session, Box(west, south, east, north)))
    code = project.code if project else ""
    for a, b, common in screening.overlaps(shapes, [o[3] for o in old]):
        if b < len(fresh):
            flags[a].append(screening.overlap_flag(fresh[b].number, code, common))
            flags[b].append(screening.overlap_flag(fresh[a].number, code, common))
            continue
        number_id, number, other_code, _shape, had = old[b - len(fresh)]
        flags[a].append(screening.overlap_flag(number, other_code, common))
        had.append(screening.overlap_flag(fresh[a].number, code, common))
        session.exec(update(Parcel).where(col(Parcel.id) == number_id).values(flags=had))
    return flags


def _boundaries(
    session: Session, ids: Sequence[int]
) -> list[tuple[int, str, str, BaseGeometry, list[dict[str, Any]]]]:
    found = []
    for start in range(0, len(ids), 500):
        query = (
            select(Parcel, Project.code)
            .outerjoin(Project, col(Project.id) == Parcel.project_id)
            .where(col(Parcel.id).in_(ids[start : start + 500]))
        )
        for parcel, code in session.exec(query):
            assert parcel.id is not None
            found.append(
                (parcel.id, parcel.number, code or "", parcel.boundary, list(parcel.flags))
            )
    return found


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

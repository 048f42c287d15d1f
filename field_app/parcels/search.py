"""Which parcels are near, in this box, or called so. Boxes come from the index of the database,
metres from one code path for both databases."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, TextClause, bindparam, or_, text
from sqlmodel import Session, col, select

from field_app.db import is_sqlite
from field_app.words import clean
from models import geo
from models.geo import Box, Position
from models.tables import Parcel, Project

_LONGEST = 200  # characters of a search, and its words: each word is a condition on five columns
_MOST_WORDS = 10

# Both say: the parcel's box and the asked box share a point.
_SQLITE = text(
    "SELECT id FROM parcel_box WHERE min_lon <= :max_lon AND max_lon >= :min_lon "
    "AND min_lat <= :max_lat AND max_lat >= :min_lat"
)
_POSTGRES = text(
    "SELECT id FROM parcel WHERE box(point(max_lon, max_lat), point(min_lon, min_lat)) "
    "&& box(point(:max_lon, :max_lat), point(:min_lon, :min_lat))"
)


@dataclass(frozen=True, slots=True)
class Near:
    """A parcel and how far it is; 0 m inside."""

    parcel: Parcel
    distance_m: float


def ids_in_box(session: Session, box: Box) -> list[int]:
    """The numbers of the parcels whose box meets `box`, by the spatial index."""
    query: TextClause = _SQLITE if is_sqlite(session) else _POSTGRES
    found = session.connection().execute(
        query,
        {
            "min_lon": box.min_lon,
            "max_lon": box.max_lon,
            "min_lat": box.min_lat,
            "max_lat": box.max_lat,
        },
    )
    return [int(row[0]) for row in found]


def meets(session: Session, boxes: Sequence[Box]) -> ColumnElement[bool]:
    """The condition over parcels that their box meets one of `boxes`, by the spatial index."""
    query: TextClause = _SQLITE if is_sqlite(session) else _POSTGRES
    parts = []
    for n, box in enumerate(boxes):
        names = {name: getattr(box, name) for name in ("min_lon", "max_lon", "min_lat", "max_lat")}
        said = str(query)
        for name in names:
            said = said.replace(f":{name}", f":{name}_{n}")
        bound = {f"{name}_{n}": value for name, value in names.items()}
        parts.append(text(f"parcel.id IN ({said})").bindparams(**bound))
    return or_(*parts)


def within(session: Session, at: Position, radius_m: float, *, limit: int = 200) -> list[Near]:
    """Parcels within `radius_m` metres of `at`, nearest first."""
    found = _parcels(session, ids_in_box(session, geo.box_around(at, radius_m)))
    near = [Near(p, geo.distance_to_m(p.boundary, at)) for p in found]
    return sorted((n for n in near if n.distance_m <= radius_m), key=lambda n: n.distance_m)[:limit]


def _parcels(session: Session, ids: Sequence[int]) -> list[Parcel]:
    found: list[Parcel] = []
    for start in range(0, len(ids), 500):  # databases bound the length of a list of values
        part = ids[start : start + 500]
        found.extend(session.exec(select(Parcel).where(col(Parcel.id).in_(part))))
    return found


def called(words: str) -> ColumnElement[bool] | None:
    """The condition that each word of a search stands in number, name, village or project;
    None where nothing is asked. Wildcards that a person types count as plain letters; of a very
    long search only its beginning counts."""
    conditions = []
    for i, word in enumerate(clean(words[:_LONGEST]).split()[:_MOST_WORDS]):
        plain = word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        like: BindParameter[str] = bindparam(f"word_{i}", f"%{plain}%")
        conditions.append(
            or_(
                *(
                    col(column).ilike(like, escape="\\")
                    for column in (
                        Parcel.number,
                        Parcel.name,
                        Parcel.village,
                        Project.name,
                        Project.code,
                    )
                )
            )
        )
    if not conditions:
        return None
    condition = conditions[0]
    for more in conditions[1:]:
        condition = condition & more
    return condition

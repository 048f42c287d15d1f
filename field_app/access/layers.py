"""How a kind of thing is read from outside: filtered, a page at a time, by keyset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from field_app.access.asking import Read, Wanted
from field_app.access.tokens import Scope
from field_app.db import reading
from field_app.roles import Action
from models.geo import Box

COUNT_MOST = 10_000
"""More than so many are not counted: the count of a whole archive would cost more than a page."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a layer. `geometry` is EPSG:4490 lon/lat, where it was asked for."""

    id: int
    properties: dict[str, Any]
    geometry: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of thing that can be read. `where` are its conditions, `rows` the page of it;
    `boxed` limits it to a window, `timed` is the moment that `datetime` asks about."""

    name: str
    title: str
    description: str
    scope: Scope
    action: Action
    filters: Mapping[str, tuple[Read, Callable[[Any], ColumnElement[bool]]]]
    id: Any
    source: Callable[[Any], Any]
    items: Callable[[Session, Any, Wanted], list[Item]]
    since: Callable[[datetime], ColumnElement[bool]] | None = None
    boxed: Callable[[Session, Sequence[Box]], ColumnElement[bool]] | None = None
    timed: Any = None
    always: tuple[Any, ...] = ()

    @property
    def reads(self) -> dict[str, Read]:
        """How the text of each filter is read."""
        return {name: read for name, (read, _) in self.filters.items()}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a layer. `after` is the cursor of the next one; `matched` how many there are in
    all, None where they are too many to count."""

    items: tuple[Item, ...]
    after: int | None
    matched: int | None = None


def page(layer: Layer, wanted: Wanted, *, count: bool = False) -> Page:
    """The items after the cursor, by their ids."""
    with reading() as session:
        where = _conditions(session, layer, wanted)
        found = layer.items(
            session,
            lambda columns: (
                layer.source(select(*columns))
                .where(*where, layer.id > wanted.after)
                .order_by(layer.id)
                .limit(wanted.limit + 1)
            ),
            wanted,
        )
        matched = _count(session, layer, where) if count else None
    more = len(found) > wanted.limit
    kept = tuple(found[: wanted.limit])
    return Page(kept, kept[-1].id if more else None, matched)


def one(layer: Layer, item_id: int, *, geometry: bool = False) -> Item | None:
    """One item by its id; None where there is none, or none that may be read."""
    found = page(layer, Wanted(only=item_id, limit=1, geometry=geometry)).items
    return found[0] if found else None


def _conditions(session: Session, layer: Layer, wanted: Wanted) -> list[Any]:
    where: list[Any] = list(layer.always)
    if wanted.only is not None:
        where.append(layer.id == wanted.only)
    where.extend(layer.filters[name][1](value) for name, value in wanted.filters.items())
    if wanted.boxes and layer.boxed is not None:
        where.append(layer.boxed(session, wanted.boxes))
    if layer.timed is not None:
        if wanted.began is not None:
            where.append(layer.timed >= wanted.began)
        if wanted.ended is not None:
            where.append(layer.timed <= wanted.ended)
    if wanted.since is not None and layer.since is not None:
        where.append(layer.since(wanted.since))
    return where


def _count(session: Session, layer: Layer, where: list[Any]) -> int | None:
    some = layer.source(select(layer.id)).where(*where).limit(COUNT_MOST + 1).subquery()
    query = select(func.count()).select_from(some)
    counted: int = session.connection().execute(query).scalar_one()
    return counted if counted <= COUNT_MOST else None


def equals(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """The condition that a column has the value of a filter."""
    return lambda value: col(column) == value


def iso(value: date | datetime | None) -> str | None:
    """A day or a moment as it is written in JSON."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def newest(*moments: datetime | None) -> str | None:
    """The latest of some moments, as it is written in JSON."""
    return iso(max((m for m in moments if m is not None), default=None))

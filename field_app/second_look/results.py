"""What came of the draws: how far each is, who goes where, what was found, and what that says."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from field_app import trail
from field_app.db import reading
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from field_app.second_look import outcomes as progress
from field_app.second_look.draws import sought_of
from field_app.second_look.estimates import Share, share
from field_app.second_look.looked import Looked, cards, names_of
from field_app.second_look.outcomes import DECIDED, Far, Outcome
from field_app.trail import Happening
from models.tables import Draw


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A draw in the list. `seed` is empty and the counts are 0 before it was made."""

    id: int
    number: str
    purpose: str
    why: str
    about: str
    size: int
    n: int
    left_out: int
    strata: tuple[str, ...]
    sizes: dict[str, int]
    digest: str
    seed_random: bool
    seed_source: str
    seed: str
    frozen_at: datetime
    frozen_by: str
    drawn_at: datetime | None
    drawn_by: str
    decided: int = 0
    otherwise: int = 0
    undecided: int = 0  # closed entries on which a person has yet to decide


@dataclass(frozen=True, slots=True)
class StratumTold:
    """One stratum: how many there were and were drawn, and what was found so far."""

    name: str
    size: int
    drawn: int
    share: Share


@dataclass(frozen=True, slots=True)
class DrawShown:
    """A draw whole, with a page of those drawn."""

    row: DrawRow
    counts: dict[Outcome, int]
    share: Share
    strata: tuple[StratumTold, ...]
    looked: tuple[Looked, ...]
    total: int
    history: tuple[Happening, ...]


_HEAVY = ("population",)
_COLUMNS = tuple(getattr(Draw, name) for name in Draw.model_fields if name not in _HEAVY)


def listing(who: Who, *, limit: int = 20, offset: int = 0) -> tuple[list[DrawRow], int]:
    """All draws, the newest first, and how many there are: a second one hides no first."""
    require(who, Action.SEE_DRAWS)
    with reading() as session:
        rows = _draws(session, None, limit, offset)
        total = session.exec(select(func.count()).select_from(Draw)).one()
        found = progress.of_draws(session, [row.id for row in rows])
        told = []
        for row in rows:
            told.append(_with(row, found[row.id].values()))
        return told, total


def detail(
    draw_id: int,
    who: Who,
    *,
    only: Outcome | None = None,
    undecided: bool = False,
    limit: int = 20,
    offset: int = 0,
) -> DrawShown:
    """One draw with what was found so far; of those drawn, a page of all, of one outcome, or of
    those whose entry waits for a decision. Raises NOT_FOUND or NOT_ALLOWED."""
    require(who, Action.SEE_DRAWS)
    with reading() as session:
        rows = _draws(session, draw_id, 1, 0)
        if not rows:
            raise NOT_FOUND(what="这次抽取")
        far = progress.of_draws(session, [draw_id])[draw_id]
        counts = Counter(each.outcome for each in far.values())
        row = _with(rows[0], far.values())
        wanted = [
            n
            for n, each in far.items()
            if only in (None, each.outcome) and (each.undecided or not undecided)
        ]
        return DrawShown(
            row,
            {outcome: counts[outcome] for outcome in Outcome},
            share(row.otherwise, row.decided),
            tuple(_strata(row.sizes, far.values())),
            tuple(cards(session, wanted[offset : offset + limit], far, who)),
            len(wanted),
            tuple(trail.of(session, {"draw": [draw_id]})),
        )


def _draws(session: Session, draw_id: int | None, limit: int, offset: int) -> list[DrawRow]:
    query: Any = select(*_COLUMNS).order_by(col(Draw.id).desc()).limit(limit).offset(offset)
    if draw_id is not None:
        query = query.where(Draw.id == draw_id)
    rows = session.connection().execute(query).mappings().all()
    people = {row[name] for row in rows for name in ("frozen_by", "drawn_by")} - {None}
    names = names_of(session, people)
    return [
        DrawRow(
            id=row["id"],
            number=row["number"],
            purpose=row["purpose"],
            why=row["why"],
            about=sought_of(row["wanted"]).in_words(),
            size=row["size"],
            n=row["n"],
            left_out=row["left_out"],
            strata=tuple(row["strata"]),
            sizes=dict(sorted(row["sizes"].items())),
            digest=row["population_sha256"],
            seed_random=row["seed_random"],
            seed_source=row["seed_source"],
            seed=row["seed"],
            frozen_at=row["frozen_at"],
            frozen_by=names.get(row["frozen_by"], ""),
            drawn_at=row["drawn_at"],
            drawn_by=names.get(row["drawn_by"], ""),
        )
        for row in rows
    ]


def _with(row: DrawRow, far: Iterable[Far]) -> DrawRow:
    far = list(far)
    counts = Counter(each.outcome for each in far)
    return replace(
        row,
        decided=sum(counts[outcome] for outcome in DECIDED),
        otherwise=counts[Outcome.OTHERWISE],
        undecided=sum(each.undecided for each in far),
    )


def _strata(sizes: dict[str, int], far: Iterable[Far]) -> Iterable[StratumTold]:
    drawn: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for each in far:
        drawn[each.stratum][each.outcome] += 1
    for stratum, size in sizes.items():
        of_it = drawn[stratum]
        looked = sum(of_it[o] for o in DECIDED)
        told = share(of_it[Outcome.OTHERWISE], looked)
        yield StratumTold(stratum, size, of_it.total(), told)

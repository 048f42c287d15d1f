"""A draw from its frozen list to its lots. The only writer of draws; what a draw was made with is
never changed, and a second draw stands beside the first for everybody to see."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select, update

from field_app import clock, events
from field_app.db import reading, writing
from field_app.problems import BAD_INPUT, NOT_FOUND, REASON_NEEDED, WRONG_STATE
from field_app.roles import Action, Who, require
from field_app.second_look import assigning, hands, lots, populations
from field_app.second_look.lots import METHOD, Stratum
from field_app.second_look.populations import PURPOSES, Counted, Sought
from field_app.second_look.published import Published, digest_of, frozen_text, thawed
from field_app.words import clean, moment
from models.tables import Draw, DrawnParcel, Entry
from models.vocabulary import Purpose

WHY_MAX, SOURCE_MAX, SEED_MAX = 1000, 200, 200
MOST_DRAWN = 2000
OWN_RANDOMNESS = "本系统随机数"
SEED_BYTES = 16


@dataclass(frozen=True, slots=True)
class Wish:
    """What the office wants drawn. An empty `seed_source` is the system's own randomness; otherwise
    it says which public number will be the seed, before that number is known."""

    sought: Sought
    n: int
    strata: tuple[Stratum, ...] = tuple(Stratum)
    seed_source: str = ""
    why: str = ""


def preview(who: Who, sought: Sought, strata: Sequence[Stratum]) -> Counted:
    """How many there are to draw from now."""
    require(who, Action.DRAW)
    with reading() as session:
        return populations.counted(session, sought, strata)


def project_kinds(who: Who) -> list[str]:
    """The kinds of projects to choose from."""
    require(who, Action.DRAW)
    with reading() as session:
        return populations.project_kinds(session)


def freeze(wish: Wish, *, who: Who, now: datetime) -> int:
    """Keeps the list as it is now, with its digest, and where the seed will come from; returns the
    id of the draw that can be made of it."""
    require(who, Action.DRAW)
    why = _told(wish.why, "抽取理由", WHY_MAX)
    if not why:
        raise REASON_NEEDED(action="抽取")
    source = _told(wish.seed_source, "种子来源", SOURCE_MAX)
    sought = wish.sought
    if sought.purpose not in PURPOSES:
        raise BAD_INPUT(what="只能抽取“回头看”或“抽查”。")
    if sought.since and sought.until and sought.until < sought.since:
        raise BAD_INPUT(what="截止日期不能早于开始日期。")
    with writing() as session:
        found = populations.members(session, sought)
        if not found:
            raise BAD_INPUT(what="按这些条件，名单里一个也没有。请放宽条件。")
        if not 1 <= wish.n <= min(len(found), MOST_DRAWN):
            most = min(len(found), MOST_DRAWN)
            raise BAD_INPUT(what=f"名单共 {len(found)} 个，抽取数须在 1 到 {most} 之间。")
        text = frozen_text(found)
        year = clock.local(now).year
        serial = events.next_number(session, f"draw/{sought.purpose}/{year}")
        draw = Draw(
            number=f"{sought.purpose}{year}-{serial:03d}",
            purpose=sought.purpose,
            why=why,
            wanted=_plain(sought),
            period_from=sought.since,
            period_to=sought.until,
            strata=[str(s) for s in wish.strata],
            sizes=dict(sorted(Counter(lots.stratum_of(m, wish.strata) for m in found).items())),
            n=wish.n,
            size=len(found),
            left_out=populations.left_out(session, sought),
            population=text,
            population_sha256=digest_of(text),
            method=METHOD,
            seed_random=not source,
            seed_source=source or OWN_RANDOMNESS,
            frozen_at=now,
            frozen_by=who.id or None,
        )
        session.add(draw)
        session.flush()
        assert draw.id is not None
        new = {"名单": draw.size, "抽取数": draw.n, "名单校验码": draw.population_sha256}
        _note(session, draw.id, "封存名单", new | {"种子来源": draw.seed_source}, why, who, now)
        return draw.id


def make(draw_id: int, seed: str = "", *, randomness: bytes, who: Who, now: datetime) -> None:
    """The draw itself, once: the seed that was announced, or one of `randomness`, is kept with
    those drawn and with who is suggested to go there.

    Raises BAD_INPUT without a seed, WRONG_STATE where it was drawn already.
    """
    require(who, Action.DRAW)
    with writing() as session:
        draw = session.get(Draw, draw_id, with_for_update=True)
        if draw is None:
            raise NOT_FOUND(what="这次抽取")
        if draw.drawn_at is not None:
            raise WRONG_STATE(what=draw.number, state="已抽取", action="再抽一次")
        if draw.seed_random:
            if len(randomness) < SEED_BYTES:
                raise ValueError("a seed of its own needs more randomness")
            seed = randomness[:SEED_BYTES].hex()
        seed = _told(seed, "种子", SEED_MAX)
        if not seed:
            raise BAD_INPUT(what=f"请填写种子：{draw.seed_source}。")
        if digest_of(draw.population) != draw.population_sha256:
            raise BAD_INPUT(what="封存的名单与校验码不符，不能抽取。请联系管理员从备份恢复。")
        made = session.exec(
            update(Draw)
            .where(col(Draw.id) == draw_id, col(Draw.drawn_at).is_(None))
            .values(seed=seed, drawn_at=now, drawn_by=who.id or None)
            .execution_options(synchronize_session=False)
        )
        if made.rowcount != 1:
            raise WRONG_STATE(what=draw.number, state="已抽取", action="再抽一次")
        strata = [Stratum(s) for s in draw.strata]
        found = lots.draw(thawed(draw.population), draw.n, seed, strata)
        _keep(session, draw, found)
        _note(session, draw_id, "抽取", {"种子": seed}, "", who, now)


def published(draw_id: int, who: Who) -> Published:
    """The draw as it is published, with its whole list."""
    require(who, Action.SEE_DRAWS)
    with reading() as session:
        draw = session.get(Draw, draw_id)
        if draw is None:
            raise NOT_FOUND(what="这次抽取")
        query = select(DrawnParcel.key).where(DrawnParcel.draw_id == draw_id)
        return Published(
            draw.number,
            draw.purpose,
            sought_of(draw.wanted).in_words(),
            draw.n,
            tuple(Stratum(s) for s in draw.strata),
            draw.population_sha256,
            moment(draw.frozen_at),
            draw.seed_source,
            draw.seed,
            moment(draw.drawn_at) if draw.drawn_at else "",
            thawed(draw.population),
            frozenset(session.exec(query)),
            draw.method,
        )


def _keep(session: Session, draw: Draw, found: lots.Lots) -> None:
    """Those drawn, whom they are closed to, and who is suggested."""
    keys = [d.member.key for d in found.drawn]
    entries: dict[str, int] = {}
    if draw.purpose == Purpose.SECOND_LOOK:
        for start in range(0, len(keys), 500):
            query = select(Entry.number, Entry.id).where(
                col(Entry.number).in_(keys[start : start + 500])
            )
            entries.update(
                {number: entry_id for number, entry_id in session.exec(query) if entry_id}
            )
    parcels = [d.member.parcel_id for d in found.drawn]
    had = hands.who_had(session, parcels, list(entries.values()))
    barred = {parcel_id: sorted(had.get(parcel_id, ())) for parcel_id in parcels}
    going = assigning.spread(barred, assigning.staff_of(session))
    for drawn in found.drawn:
        parcel_id = drawn.member.parcel_id
        to = going[parcel_id]
        session.add(
            DrawnParcel(
                draw_id=draw.id or 0,
                stratum=drawn.stratum,
                place=drawn.place,
                lot=drawn.lot,
                key=drawn.member.key,
                parcel_id=parcel_id,
                entry_id=entries.get(drawn.member.key),
                barred=barred[parcel_id],
                team_id=to.team_id if to else None,
                person_id=to.person_id if to else None,
            )
        )


def _told(text: str, what: str, most: int) -> str:
    text = clean(text).strip()
    if len(text) > most:
        raise BAD_INPUT(what=f"“{what}”最多 {most} 个字，现在有 {len(text)} 个。")
    return text


def _plain(sought: Sought) -> dict[str, Any]:
    kept = asdict(sought)
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in kept.items() if v}


def sought_of(wanted: dict[str, Any]) -> Sought:
    """The filter of a draw as it was kept."""

    def day(name: str) -> date | None:
        return date.fromisoformat(wanted[name]) if name in wanted else None

    return Sought(
        Purpose(wanted["purpose"]),
        day("since"),
        day("until"),
        wanted.get("township_code", ""),
        wanted.get("project_kind", ""),
        wanted.get("category"),
    )


def _note(
    session: Session,
    draw_id: int,
    action: str,
    new: dict[str, Any],
    why: str,
    who: Who,
    now: datetime,
) -> None:
    events.note(session, "draw", draw_id, action, at=now, person_id=who.id, new=new, why=why)

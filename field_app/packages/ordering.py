"""Orders of packages: asked for on a page, claimed and sealed by a worker. The one writing module of
orders.

An order is claimed by compare-and-swap with a lease, worked on outside of any transaction, and ended
in the transaction that enters its package. A worker that dies leaves a lease that runs out, and the
order is taken up again; one that lost its lease enters nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select, update

from field_app import alarms
from field_app.accounts import who_is
from field_app.db import add_if_new, reading, writing
from field_app.packages import keys
from field_app.problems import NOT_FOUND
from field_app.roles import Action, Who, require
from models.tables import Entry, PackageOrder, Person
from models.vocabulary import PackagePurpose

LEASE = timedelta(minutes=3)
"""How long a claim holds. It is lengthened between the photos, so this is for the longest of the
other pieces: setting the dossier."""
REST = timedelta(minutes=1)
"""How long an order waits after a failure that may pass."""
MOST_TRIES = 5
_CUT_SHORT = f"封存时服务器中断了 {MOST_TRIES} 次，已停止。请联系管理员查看日志。"
_SAID_MAX = 500


class OrderState(StrEnum):
    """Where an order stands. The first two are open."""

    WAITING = "等待"
    SEALING = "正在封存"
    SEALED = "已封存"
    FAILED = "失败"


class LeaseLost(Exception):
    """Somebody else has the order by now: what was made is left as it is."""


@dataclass(frozen=True, slots=True)
class OrderShown:
    """An order as a page shows it. `said` is why it waits or failed; `changed` says that the entry is
    another than when it was asked for."""

    id: int
    purpose: PackagePurpose
    state: OrderState
    by: str
    at: datetime
    said: str
    changed: bool

    @property
    def open(self) -> bool:
        """Whether a package may still come of it."""
        return self.state != OrderState.FAILED


@dataclass(frozen=True, slots=True)
class Claim:
    """An order that a worker has for a while. `who` asked for it; None where the account was closed
    since."""

    order_id: int
    by: str
    entry_id: int
    purpose: PackagePurpose
    who: Who | None
    tries: int


def ask(entry_id: int, purpose: PackagePurpose, *, who: Who, now: datetime) -> bool:
    """Asks for a package of an entry. False where one for this purpose is under way already: then
    there is nothing more to ask. Raises NOT_ALLOWED, NO_OFFICE_KEY, OFFICE_KEY_UNUSABLE, NOT_FOUND.
    """
    require(who, Action.HAND_OVER)
    keys.office_key()
    with writing() as session:
        entry = session.get(Entry, entry_id)
        if entry is None:
            raise NOT_FOUND(what="台账条目")
        order = PackageOrder(
            slot=1,
            entry_id=entry_id,
            entry_edition=entry.edition,
            purpose=str(purpose),
            person_id=who.id,
            at=now,
            state=str(OrderState.WAITING),
            next_at=now,
        )
        new = add_if_new(session, PackageOrder.__table__, order.model_dump(exclude={"id"}))  # type: ignore[attr-defined]
    alarms.SEALING.ring()
    return new


def unsettled(entry_id: int, who: Who) -> list[OrderShown]:
    """What was asked for of an entry and has not come to a package: the open orders, and those that
    failed and were not asked for again."""
    require(who, Action.HAND_OVER)
    newest = (
        select(func.max(PackageOrder.id))
        .where(PackageOrder.entry_id == entry_id)
        .group_by(col(PackageOrder.purpose))
    )
    query = (
        select(PackageOrder, Person.display, Entry.edition)
        .join(Person, col(Person.id) == PackageOrder.person_id)
        .join(Entry, col(Entry.id) == PackageOrder.entry_id)
        .where(col(PackageOrder.id).in_(newest), PackageOrder.state != OrderState.SEALED)
        .order_by(col(PackageOrder.id))
    )
    with reading() as session:
        return [
            OrderShown(
                order.id or 0,
                PackagePurpose(order.purpose),
                OrderState(order.state),
                by,
                order.at,
                order.said,
                order.entry_edition != edition,
            )
            for order, by, edition in session.exec(query)
        ]


# --- for the worker --------------------------------------------------------------------------------


def claim(by: str, *, now: datetime) -> Claim | None:
    """The next order to seal now, or None. `by` is new for each claim. One that was begun too often
    and never ended is given up."""
    waits = (
        select(PackageOrder)
        .where(
            PackageOrder.slot == 1,
            _over(col(PackageOrder.next_at), now, REST),
            or_(
                col(PackageOrder.lease_until).is_(None),
                _over(col(PackageOrder.lease_until), now, LEASE),
            ),
        )
        .order_by(col(PackageOrder.next_at), col(PackageOrder.id))
        .limit(3)
    )
    with reading() as session:
        found = list(session.exec(waits))
    for order in found:
        if order.tries >= MOST_TRIES:
            _swapped(order, _failed(_CUT_SHORT, now))
            continue
        begun: dict[str, Any] = {
            "state": str(OrderState.SEALING),
            "tries": order.tries + 1,
            "lease_by": by,
            "lease_until": now + LEASE,
        }
        if _swapped(order, begun):
            return _claimed(order, by)
    return None


def _over(moment: Any, now: datetime, longest: timedelta) -> ColumnElement[bool]:
    # Too far ahead: it was written by a clock that has been set back since.
    over: ColumnElement[bool] = or_(moment <= now, moment > now + 2 * longest)
    return over


def _claimed(order: PackageOrder, by: str) -> Claim:
    assert order.id is not None
    with reading() as session:
        active = session.get_one(Person, order.person_id).active
        who = who_is(session, order.person_id) if active else None
    purpose = PackagePurpose(order.purpose)
    return Claim(order.id, by, order.entry_id, purpose, who, order.tries + 1)


def renew(claimed: Claim, *, now: datetime) -> None:
    """Holds the order for longer. Raises LeaseLost."""
    with writing() as session:
        _hold(session, claimed, {"lease_until": now + LEASE})


def done(session: Session, claimed: Claim, package_id: int, *, now: datetime) -> None:
    """The package is there: called in the transaction that enters it. Raises LeaseLost."""
    sealed = {"state": str(OrderState.SEALED), "package_id": package_id, "said": ""}
    _hold(session, claimed, sealed | _ended(now))


def failed(claimed: Claim, said: str, *, now: datetime) -> None:
    """It cannot be sealed, for a reason that a person reads. Raises LeaseLost."""
    with writing() as session:
        _hold(session, claimed, _failed(said, now))


def rest(claimed: Claim, said: str, *, now: datetime) -> None:
    """It could not be sealed now, and is tried again by itself. Raises LeaseLost."""
    with writing() as session:
        _hold(session, claimed, _WAITING | {"said": said[:_SAID_MAX], "next_at": now + REST})


def put_back(claimed: Claim) -> None:
    """The worker ends: the next one begins anew, and this try does not count. Raises LeaseLost."""
    with writing() as session:
        _hold(session, claimed, _WAITING | {"tries": claimed.tries - 1})


_WAITING = {"state": str(OrderState.WAITING), "lease_by": "", "lease_until": None}


def _ended(now: datetime) -> dict[str, Any]:
    return {"slot": None, "done_at": now, "lease_by": "", "lease_until": None}


def _failed(said: str, now: datetime) -> dict[str, Any]:
    return {"state": str(OrderState.FAILED), "said": said[:_SAID_MAX]} | _ended(now)


def _swapped(order: PackageOrder, values: dict[str, Any]) -> bool:
    """Writes to an order that is still as it was seen: of two workers one gets it."""
    with writing() as session:
        swapped = session.exec(
            update(PackageOrder)
            .where(
                col(PackageOrder.id) == order.id,
                col(PackageOrder.state) == order.state,
                col(PackageOrder.tries) == order.tries,
                col(PackageOrder.lease_by) == order.lease_by,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    return swapped.rowcount == 1


def _hold(session: Session, claimed: Claim, values: dict[str, Any]) -> None:
    """Writes to an order while it is still ours."""
    held = session.exec(
        update(PackageOrder)
        .where(col(PackageOrder.id) == claimed.order_id, col(PackageOrder.lease_by) == claimed.by)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if held.rowcount != 1:
        raise LeaseLost

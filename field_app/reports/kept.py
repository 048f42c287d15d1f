"""The figures of a period, worked out once until something happens.

A page runs again at each tap; the entries have not changed since, mostly. What was worked out is kept
in this process, under the newest event and entry: everything that changes an entry writes an event.
"""

from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import func, select

from field_app import clock
from field_app.db import engine, reading
from field_app.reports.overview import Overview, overview
from field_app.reports.periods import Period
from field_app.roles import Action, Scope, Who, require, scope
from models.tables import Entry, Event

_MOST = 24
"""Periods and units that are kept: figures, not the entries that they are of."""
_kept: WeakKeyDictionary[Engine, OrderedDict[Any, Overview]] = WeakKeyDictionary()
_lock = Lock()


def kept_overview(who: Who, period: Period, unit: str = "") -> Overview:
    """What `overview` gives, as it is now, without the entries themselves. Raises what that
    raises."""
    require(who, Action.SEE_FIGURES)
    mine = who.unit_id if scope(who, Action.SEE_FIGURES) == Scope.UNIT else None
    with reading() as session:
        newest = session.exec(select(func.max(Event.id))).one()
        newest_entry = session.exec(select(func.max(Entry.id))).one()
    # Until something happens, the rest of the day looks like this moment of it.
    day = clock.local(period.moment).date()
    span = (period.first, period.last, period.of_month, day, period.whole)
    key = (who.role, mine, unit, span, newest, newest_entry)
    with _lock:
        here = _kept.setdefault(engine(), OrderedDict())
        found = here.get(key)
    if found is None:
        found = replace(overview(who, period, unit), late=(), entries=())
        with _lock:
            here[key] = found
            while len(here) > _MOST:
                here.popitem(last=False)
    return replace(found, period=period)

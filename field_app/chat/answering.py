"""One turn of the chat: heard, kept, understood, decided, done, answered.

The chat does nothing that the form cannot: it edits the same draft by the same functions, and a
refusal of theirs is what it answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from field_app import drafts, inspections
from field_app.chat import asking, deciding, doing, opening, places, suggesting, turns
from field_app.chat.answer import Answer
from field_app.chat.talk import Ask, Pending, standing
from field_app.chat.turns import Turn
from field_app.chat.understanding import Said, Understood, understand
from field_app.clock import local
from field_app.drafts import About
from field_app.forms import Kind, shipped
from field_app.inspections import InspectionView
from field_app.problems import Problem
from field_app.roles import Action, Who, require
from field_app.words import clean, plain
from models.geo import Position
from photos.hashing import hashed

MOST_SAID = 2000
_STILL_MEANT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Talk:
    """What the chat page shows: the thread, and what is asked now."""

    thread: list[Turn]
    ask: Ask
    pending: Pending
    unanswered: Turn | None


def get_ready() -> None:
    """Loads the word lists, which the first message would wait a second for."""
    today = date(2026, 1, 1)  # any day: nothing is kept
    understand("杨树沟村的地都荒了", Said(shipped(), {}, About(0.0), None, (), today))


def talk(view: InspectionView | None, who: Who) -> Talk:
    """The thread of an open visit, or of the time before one, and the question that stands."""
    thread = turns.of(who.id, view.id if view else None)
    pending = turns.pending(thread)
    return Talk(thread, _ask(view, thread, pending), pending, turns.unanswered(thread))


def _ask(view: InspectionView | None, thread: Sequence[Turn], pending: Pending) -> Ask:
    if view is None:
        return asking.first_ask(pending)
    return asking.next_ask(standing(view, spoken=turns.spoken(thread)), pending)


def say(
    visit: int | None,
    text: str,
    who: Who,
    *,
    photos: Sequence[bytes] = (),
    at: Position | None = None,
    now: datetime,
) -> int | None:
    """Hears a message with its photos and answers it; returns the visit that it is about, which
    the message may have opened. `at` is where the phone is (EPSG:4490)."""
    require(who, Action.INSPECT)
    # The bytes first: whatever happens to the message, a photo that was sent is held. One that
    # cannot be taken does not take the words with it.
    held: list[str] = []
    refused: list[str] = []
    for i, data in enumerate(photos, start=1):
        try:
            held.append(inspections.receive_blob(hashed(data), who, now=now).sha256)
        except Problem as problem:
            refused.append(f"第 {i} 张没有收下：{problem.message}")
    asked = _standing_ask(visit, who)
    payload = {"asked": asked.text, "photos": held, "refused": refused}
    heard = turns.hear(who.id, visit, clean(text)[:MOST_SAID], payload, now=now)
    return answer(heard, visit, who, at=at, now=now)


def press(
    visit: int | None,
    label: str,
    do: Mapping[str, Any],
    who: Who,
    *,
    at: Position | None = None,
    now: datetime,
) -> int | None:
    """Does what a button under the question says; returns the visit that it is about."""
    require(who, Action.INSPECT)
    asked = _standing_ask(visit, who)
    payload = {"asked": asked.text, "do": dict(do)}
    heard = turns.hear(who.id, visit, label, payload, now=now)
    return answer(heard, visit, who, at=at, now=now)


def _standing_ask(visit: int | None, who: Who) -> Ask:
    return talk(inspections.view(visit, who) if visit else None, who).ask


def answer(
    heard: Turn, visit: int | None, who: Who, *, at: Position | None, now: datetime
) -> int | None:
    """Answers what was heard and kept, also after a restart; a second time does nothing."""
    done, led_to = turns.answered(heard.id)
    if done:  # on another page, meanwhile
        return led_to
    made = Answer(lines=[plain(line) for line in heard.payload.get("refused", ())])
    try:
        visit = _answer(made, heard, visit, who, at=at, now=now)
    except Problem as problem:
        made.lines.append(plain(problem.message))
    text = "\n\n".join(made.lines)
    turns.answer(heard, who.id, visit, text, made.payload(), undone=made.undone, now=now)
    return visit


def _answer(
    made: Answer,
    heard: Turn,
    visit: int | None,
    who: Who,
    *,
    at: Position | None,
    now: datetime,
) -> int | None:
    thread = [t for t in turns.of(who.id, visit) if t.id < heard.id]
    made.pending = pending = turns.pending(thread)  # a refusal leaves open what stood open
    text = heard.text
    sent = list(heard.payload.get("photos", ()))
    view = inspections.view(visit, who) if visit is not None else None
    do = heard.payload.get("do") or asking.named(text, _ask(view, thread, pending), view)
    # Whether it is now known of which parcel was spoken.
    chosen = do is not None and ("open" in do or ("dismiss" in do and "set" not in do))
    if sent and not chosen:
        do = None  # a button takes no photos
    if do is not None and chosen:
        text, sent = str(do.get("text", "")), [*do.get("photos", ()), *sent]
    if do is not None and "open" in do:
        opened = places.open_task(int(do["open"]), who, now=now)
        visit, view = opening.announce(made, opened, who), None
    elif visit is None:
        # What was said just before the parcel was known is heard with it.
        meant = thread and now - thread[-1].at < _STILL_MEANT
        before = pending if meant else Pending()
        found = opening.parcel_first(made, text, do, before, sent, who, at=at, now=now)
        if found is None:
            return None
        text, sent, chosen = made.pending.text, list(made.pending.sent), True
        visit = opening.announce(made, found, who)
    if view is None:
        view = inspections.view(visit, who)
        thread = turns.of(who.id, visit)
        made.pending = pending = turns.pending(thread)
        if not (text or sent):
            return visit
    stands = standing(view, spoken=turns.spoken(thread))
    if do is not None and not (chosen and (text or sent)):
        doing.press(made, do, view, thread, stands, pending, heard.text, who, now=now)
        return visit
    pending = pending.settled if chosen else pending
    # What was said before the parcel was known answers no question of its draft.
    asked = Ask("") if chosen else asking.next_ask(stands, pending)
    u = _understood(made, text, view, asked.asked, thread, now)
    if not chosen and opening.elsewhere(made, u.parcel, view, text, pending, sent, who, at=at):
        return visit
    decided = deciding.decide(
        u,
        stands,
        pending,
        asked=asked.asked,
        photos=len(sent),
        answered=bool(made.lines),
    )
    decided = suggesting.with_model(made, decided, u, text, view, asked, sent, who)
    doing.carry_out(made, decided, u, text, view, thread, stands, asked, sent, who, now=now)
    return visit


def _understood(
    made: Answer,
    text: str,
    view: InspectionView,
    asked: str | None,
    thread: Sequence[Turn],
    now: datetime,
) -> Understood:
    """A message as it is meant. Where words were asked for it is the answer as it stands, unless
    the form would refuse it: “大概三亩二” and “不一样” are no description, but may say something."""
    said = Said(
        view.form, view.answers, view.about, asked, turns.last_filled(thread), local(now).date()
    )
    u = understand(text, said)
    given = {f.name: f.value for f in u.fills}
    if asked not in given or view.form.question(asked).kind is not Kind.TEXT:
        return u
    wrong = drafts.wrongs(view.form, {**view.answers, **given}, view.about).get(asked)
    if wrong is None:
        return u
    freely = understand(text, replace(said, asked=None))
    if freely.nonsense:
        made.lines.append(f"{plain(wrong)}。")
    return freely

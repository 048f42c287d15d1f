"""What may become of a message on its way, and what an attempt to send it can end in."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Sending(StrEnum):
    """Of one message by one channel."""

    WAITING = "待发"
    HANDED = "等回执"  # it lies where the other side fetches it
    SENT = "已送达"
    REFUSED = "被拒收"  # a person decides: again, or skip
    SKIPPED = "已跳过"


HOLDS_UP = (Sending.WAITING, Sending.HANDED, Sending.REFUSED)
"""While a message of a line is in one of these, later ones of that line wait."""
TRIED = (Sending.HANDED, Sending.WAITING)
"""What the worker works on: receipts that may be there first, they let others go on."""


class Ending(StrEnum):
    """How an attempt ended, as the channel tells it."""

    TAKEN = "taken"  # the receipt is there
    HANDED = "handed"  # given over; the receipt comes later
    PASSING = "passing"  # the same again may work
    UNCLEAR = "unclear"  # an answer that is neither receipt nor refusal
    REFUSED = "refused"  # the same again will not work
    DROPPED = "dropped"  # nothing to send any more: too late, or nobody to send it to
    CLASH = "clash"  # refused, because their state disagrees with ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt: `said` is for the office, in words; `receipt` is what the other side
    gave; `again_s` is when it asked to be tried again, seconds from now."""

    ending: Ending
    said: str = ""
    receipt: dict[str, Any] = field(default_factory=dict)
    again_s: float | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a channel sends it. The same key always carries the same body."""

    number: int  # of the outbox, grows
    key: str
    topic: str
    line: str
    body: dict[str, Any]


class UnknownAnswer(ValueError):
    """The other side says what is not in the protocol; its text is for the office, in words."""

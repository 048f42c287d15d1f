"""The lines to other systems: which topics go by each, and how. An explicit register; what is not
in it is never sent."""

from collections.abc import Callable
from dataclasses import dataclass

from field_app.settings import settings
from field_app.sync import folder, http_system
from field_app.sync.states import Message, Outcome


@dataclass(frozen=True, slots=True)
class Channel:
    """One line. `send` makes one attempt and raises nothing that belongs to the line; its second
    argument says whether the message was given over before and waits for its receipt. `answers`
    asks for what the other side says since a cursor, where `asked` says so; it raises LineDown."""

    name: str
    title: str
    topics: frozenset[str]
    configured: Callable[[], bool]
    send: Callable[[Message, bool], Outcome]
    answers: Callable[[str], bytes] | None = None
    asked: Callable[[], bool] = lambda: False


ENTRY = "entry"
"""Changes of ledger entries: the whole entry after each change."""


def entry_line(number: str) -> str:
    """The line of an entry's messages."""
    return f"entry/{number}"


CHANNELS: tuple[Channel, ...] = (
    Channel(
        "http",
        "接口",
        frozenset({ENTRY}),
        lambda: bool(settings().sync_url),
        http_system.send,
        http_system.answers,
        lambda: bool(settings().sync_answers_url),
    ),
    Channel(
        "folder", "文件交换", frozenset({ENTRY}), lambda: bool(settings().sync_folder), folder.send
    ),
)


def configured() -> tuple[Channel, ...]:
    """The lines that this server is to use."""
    return tuple(channel for channel in CHANNELS if channel.configured())


def title(name: str) -> str:
    """What a line is called on a page."""
    return next((channel.title for channel in CHANNELS if channel.name == name), name)

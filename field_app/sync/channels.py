"""The lines to other systems: which topics go by each, and how. An explicit register; what is not
in it is never sent."""

from collections.abc import Callable
from dataclasses import dataclass

from field_app.reminding.digest import TOPIC as REMINDER
from field_app.settings import settings
from field_app.sync import folder, http_system, mail, robot
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
    catches_up: bool = True  # whether a line that is set up later is sent what was before


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
    Channel(
        "mail",
        "邮件提醒",
        frozenset({REMINDER}),
        lambda: bool(settings().mail_host),
        mail.send,
        catches_up=False,
    ),
    Channel(
        "robot",
        "群机器人提醒",
        frozenset({REMINDER}),
        lambda: bool(settings().robot_url.get_secret_value()),
        robot.send,
        catches_up=False,
    ),
)


def configured() -> tuple[Channel, ...]:
    """The lines that this server is to use."""
    return tuple(channel for channel in CHANNELS if channel.configured())


def title(name: str) -> str:
    """What a line is called on a page."""
    return next((channel.title for channel in CHANNELS if channel.name == name), name)

"""What a reminder says, and when one may go out."""

import doctest
from datetime import date, datetime, timedelta

import pytest

from field_app.clock import CHINA
from field_app.reminding import digest
from field_app.reminding.digest import TOPIC, Digest, body, may_remind, stale, text
from field_app.sync.states import Message

DAY = date(2026, 4, 15)


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(digest).failed == 0


@pytest.mark.parametrize(
    ("at", "may"),
    [
        (datetime(2026, 4, 15, 9, tzinfo=CHINA), True),
        (datetime(2026, 4, 15, 8, 59, tzinfo=CHINA), False),
        (datetime(2026, 4, 15, 16, 59, tzinfo=CHINA), True),
        (datetime(2026, 4, 15, 17, tzinfo=CHINA), False),
        (datetime(2026, 4, 18, 10, tzinfo=CHINA), False),  # Saturday
        (datetime(2026, 10, 1, 10, tzinfo=CHINA), False),  # 国庆节
        (datetime(2026, 10, 10, 10, tzinfo=CHINA), True),  # a Saturday that is worked
    ],
)
def test_nobody_is_reminded_at_night_or_in_the_holidays(at: datetime, may: bool) -> None:
    assert may_remind(at, first_hour=9, last_hour=17) == may
    assert may_remind(at.astimezone(None), first_hour=9, last_hour=17) == may


def test_it_tells_counts_and_the_first_numbers_and_nothing_more() -> None:
    late = tuple(f"411321-2-2026-{n:04d}" for n in range(12))
    told = text(
        body(Digest("林业局", DAY, late, ("411321-3-2026-0001",), 1, 0, 2)), "https://x.example"
    )
    assert told.splitlines() == [
        "【台账提醒】林业局，2026-04-15：",
        f"问题逾期 12 条：{'、'.join(late[:10])} 等",
        "问题 5 个工作日内到期 1 条：411321-3-2026-0001",
        "节点：逾期未报 1 项，即将到期 2 项",
        "请登录系统，在“待办”里办理。https://x.example",
    ]
    assert not Digest("林业局", DAY).says_something
    assert Digest("林业局", DAY, milestones_returned=1).says_something


def test_a_reminder_is_stale_when_its_day_is_over_and_other_messages_never() -> None:
    told = Message(1, "remind/1/2026-04-15", TOPIC, "remind/1/2026-04-15", body(Digest("x", DAY)))
    midnight = datetime(2026, 4, 16, tzinfo=CHINA)
    assert not stale(told, midnight - timedelta(seconds=1))
    assert stale(told, midnight)
    entry = Message(2, "entry/1/1", "entry", "entry/1", {"until": "2020-01-01T00:00:00+08:00"})
    assert not stale(entry, midnight)

"""What a reminder says. Pure: counts and numbers of entries, nothing of persons or of the matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from field_app.clock import CHINA
from field_app.ledger.deadlines import SOON_DAYS, is_working_day
from field_app.sync.states import Message

TOPIC = "reminder"
MARK = "【台账提醒】"
"""How each reminder begins. A robot that asks for a keyword is given 台账提醒."""
MOST_NUMBERS = 10


@dataclass(frozen=True, slots=True)
class Digest:
    """What one unit owes on one day: numbers of entries, late and due soon, the most urgent first,
    and how many milestones are late, returned and due soon."""

    unit: str
    day: date
    late: tuple[str, ...] = ()
    soon: tuple[str, ...] = ()
    milestones_late: int = 0
    milestones_returned: int = 0
    milestones_soon: int = 0

    @property
    def milestones(self) -> int:
        return self.milestones_late + self.milestones_returned + self.milestones_soon

    @property
    def says_something(self) -> bool:
        return bool(self.late or self.soon or self.milestones)


def may_remind(now: datetime, *, first_hour: int, last_hour: int) -> bool:
    """Whether it is a working day and office hours, in China; `last_hour` itself is too late.

    >>> may_remind(datetime(2026, 5, 9, 10, tzinfo=CHINA), first_hour=9, last_hour=17)  # 调休
    True
    """
    local = now.astimezone(CHINA)
    return is_working_day(local.date()) and first_hour <= local.hour < last_hour


def body(digest: Digest) -> dict[str, Any]:
    """The digest as a message of the outbox carries it. `until` is when it is stale."""
    return {
        "title": f"{digest.day} 提醒 {digest.unit}",
        "unit": digest.unit,
        "day": digest.day.isoformat(),
        "until": datetime.combine(digest.day + timedelta(days=1), time.min, CHINA).isoformat(),
        "late": len(digest.late),
        "soon": len(digest.soon),
        "late_numbers": list(digest.late[:MOST_NUMBERS]),
        "soon_numbers": list(digest.soon[:MOST_NUMBERS]),
        "milestones_late": digest.milestones_late,
        "milestones_returned": digest.milestones_returned,
        "milestones_soon": digest.milestones_soon,
    }


def stale(message: Message, now: datetime) -> bool:
    """Whether a message says something that is not true any more; only reminders are."""
    until = message.body.get("until") if message.topic == TOPIC else None
    return until is not None and now >= datetime.fromisoformat(str(until))


def subject(told: Mapping[str, Any]) -> str:
    """The line above a mail."""
    return f"{MARK}{told['unit']} {told['day']}"


def text(told: Mapping[str, Any], address: str) -> str:
    """A body of the outbox in words; `address` is where the application is, or empty.

    >>> print(text(body(Digest("留山镇人民政府", date(2026, 4, 15), ("411321-2-2026-0007",))), ""))
    【台账提醒】留山镇人民政府，2026-04-15：
    问题逾期 1 条：411321-2-2026-0007
    请登录系统，在“待办”里办理。
    """
    lines = [f"{MARK}{told['unit']}，{told['day']}："]
    for count, numbers, label in (
        (told["late"], told["late_numbers"], "问题逾期"),
        (told["soon"], told["soon_numbers"], f"问题 {SOON_DAYS} 个工作日内到期"),
    ):
        if count:
            more = " 等" if count > len(numbers) else ""
            lines.append(f"{label} {count} 条：{'、'.join(numbers)}{more}")
    parts = [
        f"{label} {told[name]} 项"
        for name, label in (
            ("milestones_late", "逾期未报"),
            ("milestones_returned", "退回待重报"),
            ("milestones_soon", "即将到期"),
        )
        if told[name]
    ]
    if parts:
        lines.append(f"节点：{'，'.join(parts)}")
    lines.append(f"请登录系统，在“待办”里办理。{address}".strip())
    return "\n".join(lines)

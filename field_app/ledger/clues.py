"""待核实: is a registered clue true? Decided by somebody other than who registered it; and its
nature, which only people say."""

from datetime import datetime

from sqlmodel import Session

from field_app.ledger import evidence
from field_app.ledger.steps import Did, take
from field_app.ledger.workflow import Given, Need, Step
from field_app.problems import BAD_INPUT
from field_app.roles import Who
from models.tables import Entry
from models.vocabulary import Nature


def verify(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """True: it is to be rectified. `why` says how that was found."""

    def work(session: Session, entry: Entry) -> Did:
        placed = entry.parcel_id is not None or not evidence.required_photos(session, entry)
        return Did({"verified_at": now}, has={Need.PLACE} if placed else ())

    return take(entry_id, edition, Step.VERIFY, work, why=why, who=who, now=now)


def refute(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """Not true as reported: back to who reported it. No close-out, because nothing was done."""

    def work(_session: Session, _entry: Entry) -> Did:
        return Did({"returned_why": why.strip()})

    return take(entry_id, edition, Step.REFUTE, work, why=why, who=who, now=now)


def recheck(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """A clue that was not true as reported has something new to it."""

    def work(_session: Session, _entry: Entry) -> Did:
        return Did({"returned_why": ""})

    return take(entry_id, edition, Step.RECHECK, work, why=why, who=who, now=now)


def classify(
    entry_id: int, edition: int, nature: Nature, *, why: str, who: Who, now: datetime
) -> int:
    """Says the nature of the problem. A person does, with a reason; nothing in this program."""

    def work(_session: Session, entry: Entry) -> Did:
        if nature not in set(Nature):
            raise BAD_INPUT(what="“问题性质”须从列表中选择。")
        if entry.nature == nature:
            raise BAD_INPUT(what=f"问题性质已经是“{nature}”。")
        return Did({"nature": str(nature)}, given={Given.NATURE})

    return take(entry_id, edition, Step.CLASSIFY, work, why=why, who=who, now=now)


def mark_new(entry_id: int, edition: int, arose: bool, *, why: str, who: Who, now: datetime) -> int:
    """Says whether the problem arose while the campaign was under way (边整治边发生)."""

    def work(_session: Session, entry: Entry) -> Did:
        if entry.arose_during == arose:
            raise BAD_INPUT(what=f"已经记为{'是' if arose else '不是'}边整治边发生。")
        return Did({"arose_during": arose})

    return take(entry_id, edition, Step.MARK_NEW, work, why=why, who=who, now=now)

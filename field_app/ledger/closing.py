"""待销号 and after: sent back, closed on evidence by a second person, looked at again, reopened."""

from datetime import date, datetime

from sqlmodel import Session

from field_app import clock
from field_app.inspections import proofs
from field_app.ledger import evidence
from field_app.ledger.steps import Did, reason, take
from field_app.ledger.workflow import Given, Need, Step
from field_app.problems import BAD_INPUT, NOT_CLOSABLE
from field_app.roles import Who
from models.tables import Entry


def send_back(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """The rectification does not do yet; the unit reads `why`, and may add photos again."""

    def work(session: Session, entry: Entry) -> Did:
        assert entry.id is not None
        proofs.give_back(session, entry.id, why=reason(why), person_id=who.id, now=now)
        return Did({"returned_why": reason(why)})

    return take(entry_id, edition, Step.SEND_BACK, work, why=why, who=who, now=now)


def close(entry_id: int, edition: int, *, why: str = "", who: Who, now: datetime) -> int:
    """Closes the entry on the evidence that is there (完成一项销号一项).

    Raises NOT_CLOSABLE with every reason, ANOTHER_PERSON_NEEDED where `who` inspected or
    rectified. `why` is what the one who closes answers for, where pictures cannot.
    """

    def work(session: Session, entry: Entry) -> Did:
        assert entry.id is not None
        closing = evidence.closing_of(session, entry)
        refusals = closing.refusals(why)
        if refusals:
            raise NOT_CLOSABLE(list="；".join(refusals), reasons=list(refusals))
        proofs.confirm_all(session, entry.id, person_id=who.id, now=now)
        columns = {"closed_on": clock.local(now).date(), "closed_why": reason(why)}
        rested_on = [p.id for p in closing.photos if p.counts]
        return Did(columns, has={Need.EVIDENCE}, new={"photo_ids": rested_on})

    return take(entry_id, edition, Step.CLOSE, work, why=why, who=who, now=now)


def looked_again(entry_id: int, edition: int, *, why: str, who: Who, now: datetime) -> int:
    """A second look (回头看) found it as it was closed; `why` says what was seen."""

    def work(_session: Session, _entry: Entry) -> Did:
        return Did({"second_look": f"{clock.local(now).date()} 通过：{reason(why)}"})

    return take(entry_id, edition, Step.LOOKED, work, why=why, who=who, now=now)


def reopen(
    entry_id: int, edition: int, due_on: date | None, *, why: str, who: Who, now: datetime
) -> int:
    """A second look found it otherwise: to be rectified anew, by `due_on`, on evidence from now
    on."""

    def work(_session: Session, _entry: Entry) -> Did:
        today = clock.local(now).date()
        if due_on is not None and due_on < today:
            raise BAD_INPUT(what="新的整改期限不能早于今天。")
        columns = {
            "second_look": f"{today} 未通过：{reason(why)}",
            "due_on": due_on,
            "closed_on": None,
            "closed_why": "",
            "rectified_on": None,
            "application": "",
            "evidence_after": now,
            # It was carried to another day, before it was closed; this day is the one that holds.
            "carried": "",
            "carried_until": None,
            "carried_approver": "",
        }
        return Did(columns, {Given.DUE} if due_on else ())

    return take(entry_id, edition, Step.REOPEN, work, why=why, who=who, now=now)

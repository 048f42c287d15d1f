"""挂账: what cannot be rectified in time stays on the books, with reason, new date and approval
(方案 四(三)：拉条挂账监管，明确责任主体和整改时限，盯住不放)."""

from datetime import date, datetime

from sqlmodel import Session

from field_app import clock
from field_app.ledger.steps import Did, reason, take
from field_app.ledger.workflow import Given, Step
from field_app.problems import BAD_INPUT
from field_app.roles import Who
from field_app.words import clean
from models.tables import Entry

APPROVER_MAX = 80


def carry(
    entry_id: int,
    edition: int,
    until: date | None,
    approver: str,
    *,
    why: str,
    who: Who,
    now: datetime,
) -> int:
    """Carries the entry until a later day, which becomes its deadline. `approver` is who approved
    it, or the document that did."""
    approver = clean(approver).strip()
    if len(approver) > APPROVER_MAX:
        raise BAD_INPUT(what=f"“批准人或批准文号”最多 {APPROVER_MAX} 个字。")

    def work(_session: Session, entry: Entry) -> Did:
        if until is not None and until <= max(clock.local(now).date(), entry.due_on or until.min):
            raise BAD_INPUT(what="挂账期限须晚于今天，也须晚于原来的整改期限。")
        columns = {
            "carried": reason(why, "挂账原因"),
            "carried_until": until,
            "carried_approver": approver,
            "due_on": until,
        }
        given = [g for g, there in ((Given.DUE, until), (Given.APPROVER, approver)) if there]
        return Did(columns, given)

    return take(entry_id, edition, Step.CARRY, work, why=why, who=who, now=now)


def uncarry(
    entry_id: int, edition: int, due_on: date | None, *, why: str, who: Who, now: datetime
) -> int:
    """Ends the carrying; the entry is rectified by `due_on` like any other."""

    def work(_session: Session, _entry: Entry) -> Did:
        if due_on is not None and due_on < clock.local(now).date():
            raise BAD_INPUT(what="新的整改期限不能早于今天。")
        columns = {
            "carried": "",
            "carried_until": None,
            "carried_approver": "",
            "due_on": due_on,
        }
        return Did(columns, {Given.DUE} if due_on else ())

    return take(entry_id, edition, Step.UNCARRY, work, why=why, who=who, now=now)

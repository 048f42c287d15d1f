"""Setting up a 专项整治行动 and its milestones. The one writing module of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from field_app.db import writing
from field_app.milestones.noting import note, note_change
from field_app.milestones.rhythm import FRIDAY, MONTH_END, WEEK
from field_app.problems import BAD_INPUT, CHANGED_MEANWHILE, NOT_FOUND, REASON_NEEDED
from field_app.roles import Action, Who, require
from field_app.settings import settings
from field_app.words import clean
from models import taxonomy
from models.tables import Campaign, Milestone, Submission, Unit
from models.vocabulary import Ower, Rhythm

NAME_MAX, DOCUMENT_MAX, TASK_MAX, WHY_MAX = 60, 120, 200, 1000
MOST_MILESTONES = 60
LONGEST = timedelta(days=5 * 366)
MONTHLY_DAY = 25
"""The plan says 月调度 and names no day: ours, until the office says otherwise."""
_RHYTHMS = {"weekly": Rhythm.WEEKLY, "monthly": Rhythm.MONTHLY, "adhoc": Rhythm.AT_NEED}


@dataclass(frozen=True, slots=True)
class Wish:
    """A milestone as the office wants it. `day` is of the week (Monday is 1) or of the month."""

    task: str
    rhythm: Rhythm
    due_on: date | None = None
    day: int | None = None
    owers: tuple[Ower, ...] = ()
    unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """A campaign as the office wants it."""

    name: str
    document: str
    starts_on: date
    ends_on: date


def planned(starts_on: date) -> tuple[tuple[Wish, str], ...]:
    """The milestones of the county's own plan with their sources, moved so that its first day falls
    on `starts_on`."""
    rows = taxonomy.milestones(settings().county_code)
    first = _plan_day(rows, min)
    return tuple(
        (
            Wish(
                row.task,
                _RHYTHMS.get(row.when, Rhythm.ONCE),
                None
                if row.when in _RHYTHMS or first is None
                else date.fromisoformat(row.when) + (starts_on - first),
                {"weekly": FRIDAY, "monthly": MONTHLY_DAY}.get(row.when),
                tuple(Ower(party) for party in row.owers),
            ),
            row.source,
        )
        for row in rows
    )


def plan_days() -> tuple[date, date] | None:
    """The first and the last day of the county's own plan; None where it has none."""
    rows = taxonomy.milestones(settings().county_code)
    first, last = _plan_day(rows, min), _plan_day(rows, max)
    return None if first is None or last is None else (first, last)


def _plan_day(rows: Sequence[taxonomy.PlannedMilestone], of: Any) -> date | None:
    days = [date.fromisoformat(row.when) for row in rows if row.when not in _RHYTHMS]
    return of(days) if days else None


def set_up(frame: Frame, *, with_plan: bool, who: Who, now: datetime) -> int:
    """A new campaign, with the plan's milestones where wanted; returns its id."""
    require(who, Action.EDIT_MILESTONES)
    frame = _checked(frame)
    try:
        with writing() as session:
            campaign = Campaign(
                name=frame.name,
                document=frame.document,
                starts_on=frame.starts_on,
                ends_on=frame.ends_on,
                created_at=now,
                created_by=who.id or None,
            )
            session.add(campaign)
            session.flush()
            assert campaign.id is not None
            note(session, "campaign", campaign.id, "新建整治行动", who, now, new=_frame(campaign))
            if with_plan:
                for wish, source in planned(frame.starts_on):
                    _add(session, campaign.id, wish, source, who, now)
            return campaign.id
    except IntegrityError:
        raise BAD_INPUT(what=f"已有名为“{frame.name}”的整治行动，请换一个名称。") from None


def change(
    campaign_id: int, edition: int, frame: Frame, *, why: str, who: Who, now: datetime
) -> None:
    """Changes name, document or days. Raises BAD_INPUT, REASON_NEEDED, CHANGED_MEANWHILE."""
    require(who, Action.EDIT_MILESTONES)
    frame, why = _checked(frame), _reason(why, "修改整治行动")
    with writing() as session:
        campaign = _campaign(session, campaign_id)
        old = _frame(campaign)
        values = {
            "name": frame.name, "document": frame.document,
            "starts_on": frame.starts_on, "ends_on": frame.ends_on,
        }  # fmt: skip
        _swap(session, Campaign, campaign_id, edition, values)
        session.refresh(campaign)
        new = _frame(campaign)
        note_change(
            session, "campaign", campaign_id, "修改整治行动", who, now, old=old, new=new, why=why
        )


def close(campaign_id: int, edition: int, *, why: str, who: Who, now: datetime) -> None:
    """The campaign is over: nobody owes anything in it any more; all that was sent stays."""
    require(who, Action.EDIT_MILESTONES)
    why = _reason(why, "结束整治行动")
    with writing() as session:
        if _campaign(session, campaign_id).closed_at is not None:
            raise CHANGED_MEANWHILE()
        _swap(session, Campaign, campaign_id, edition, {"closed_at": now})
        note(session, "campaign", campaign_id, "结束整治行动", who, now, why=why)


def add(campaign_id: int, wish: Wish, *, who: Who, now: datetime) -> int:
    """One more milestone; returns its id."""
    require(who, Action.EDIT_MILESTONES)
    with writing() as session:
        _campaign(session, campaign_id)
        there = select(Milestone.id).where(
            Milestone.campaign_id == campaign_id, col(Milestone.removed_at).is_(None)
        )
        if len(session.exec(there).all()) >= MOST_MILESTONES:
            raise BAD_INPUT(what=f"一个整治行动最多 {MOST_MILESTONES} 个节点。")
        return _add(session, campaign_id, wish, "", who, now)


def amend(
    milestone_id: int, edition: int, wish: Wish, *, why: str, who: Who, now: datetime
) -> None:
    """Changes a milestone. How often it is owed cannot change once something was sent for it: the
    periods of before would be lost."""
    require(who, Action.EDIT_MILESTONES)
    why = _reason(why, "修改节点")
    with writing() as session:
        milestone = _milestone(session, milestone_id)
        wish = _checked_wish(session, wish)
        if wish.rhythm != milestone.rhythm:
            sent = select(Submission.id).where(Submission.milestone_id == milestone_id).limit(1)
            if session.exec(sent).first() is not None:
                raise BAD_INPUT(what="这个节点已有报送，不能改多久一次；请另加一个节点。")
        old = _plain(milestone)
        _swap(session, Milestone, milestone_id, edition, _columns(wish))
        session.refresh(milestone)
        new = _plain(milestone)
        note_change(
            session, "milestone", milestone_id, "修改节点", who, now, old=old, new=new, why=why
        )


def remove(milestone_id: int, edition: int, *, why: str, who: Who, now: datetime) -> None:
    """Takes a milestone out: nobody owes it any more; what was sent stays."""
    require(who, Action.EDIT_MILESTONES)
    why = _reason(why, "取消节点")
    with writing() as session:
        _milestone(session, milestone_id)
        _swap(session, Milestone, milestone_id, edition, {"removed_at": now})
        note(session, "milestone", milestone_id, "取消节点", who, now, why=why)


def _add(
    session: Session, campaign_id: int, wish: Wish, source: str, who: Who, now: datetime
) -> int:
    wish = _checked_wish(session, wish)
    milestone = Milestone(campaign_id=campaign_id, source=source, **_columns(wish))
    session.add(milestone)
    session.flush()
    assert milestone.id is not None
    new = _plain(milestone) | {"campaign_id": campaign_id}
    note(session, "milestone", milestone.id, "新增节点", who, now, new=new)
    return milestone.id


def _swap(
    session: Session,
    table: type[Campaign] | type[Milestone],
    row_id: int,
    edition: int,
    values: dict[str, Any],
) -> None:
    try:
        written = session.exec(
            update(table)
            .where(col(table.id) == row_id, col(table.edition) == edition)
            .values(**values, edition=edition + 1)
            .execution_options(synchronize_session=False)
        )
    except IntegrityError:
        raise BAD_INPUT(what="已有同名的整治行动，请换一个名称。") from None
    if written.rowcount != 1:
        raise CHANGED_MEANWHILE()


def _campaign(session: Session, campaign_id: int) -> Campaign:
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NOT_FOUND(what="整治行动")
    return found


def _milestone(session: Session, milestone_id: int) -> Milestone:
    found = session.get(Milestone, milestone_id)
    if found is None or found.removed_at is not None:
        raise NOT_FOUND(what="节点")
    return found


def _checked(frame: Frame) -> Frame:
    name, document = clean(frame.name).strip(), clean(frame.document).strip()
    if not 1 <= len(name) <= NAME_MAX or len(document) > DOCUMENT_MAX:
        raise BAD_INPUT(what=f"名称须为 1 到 {NAME_MAX} 个字，文号最多 {DOCUMENT_MAX} 个字。")
    if not timedelta(0) <= frame.ends_on - frame.starts_on <= LONGEST:
        raise BAD_INPUT(what="结束日期不能早于开始日期，一个整治行动最长 5 年。")
    return Frame(name, document, frame.starts_on, frame.ends_on)


def _checked_wish(session: Session, wish: Wish) -> Wish:
    task = clean(wish.task).strip()
    if not 1 <= len(task) <= TASK_MAX:
        raise BAD_INPUT(what=f"节点的工作内容须为 1 到 {TASK_MAX} 个字。")
    if wish.rhythm == Rhythm.ONCE and wish.due_on is None:
        raise BAD_INPUT(what="只报一次的节点要有日期。")
    most = {Rhythm.WEEKLY: WEEK, Rhythm.MONTHLY: MONTH_END}.get(wish.rhythm)
    if most is not None and not 1 <= (wish.day or 0) <= most:
        raise BAD_INPUT(what="每周的节点要定星期几（1 到 7），每月的要定几号（1 到 31）。")
    units = tuple(dict.fromkeys(wish.unit_ids))
    if not wish.owers and not units:
        raise BAD_INPUT(what="请选择由谁报送。")
    found = session.exec(select(Unit.id).where(col(Unit.id).in_(units))).all()
    if len(found) != len(units):
        raise NOT_FOUND(what="责任单位")
    return Wish(
        task,
        Rhythm(wish.rhythm),
        wish.due_on if wish.rhythm == Rhythm.ONCE else None,
        wish.day if most is not None else None,
        tuple(Ower(each) for each in dict.fromkeys(wish.owers)),
        units,
    )


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "task": wish.task,
        "rhythm": str(wish.rhythm),
        "due_on": wish.due_on,
        "day": wish.day,
        "owers": [str(each) for each in wish.owers],
        "unit_ids": list(wish.unit_ids),
    }


def _plain(milestone: Milestone) -> dict[str, Any]:
    return {
        "task": milestone.task,
        "rhythm": milestone.rhythm,
        "due_on": milestone.due_on.isoformat() if milestone.due_on else None,
        "day": milestone.day,
        "owers": list(milestone.owers),
        "unit_ids": list(milestone.unit_ids),
    }


def _frame(campaign: Campaign) -> dict[str, Any]:
    return {
        "name": campaign.name,
        "document": campaign.document,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
    }


def _reason(why: str, action: str) -> str:
    why = clean(why).strip()
    if not why:
        raise REASON_NEEDED(action=action)
    if len(why) > WHY_MAX:
        raise BAD_INPUT(what=f"理由最多 {WHY_MAX} 个字。")
    return why

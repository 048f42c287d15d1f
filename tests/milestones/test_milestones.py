"""A campaign from its plan to what was sent, returned and taken; on both databases."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from field_app import db
from field_app.inspections.held import bytes_of
from field_app.milestones import campaigns, owed, owers, sending, showing
from field_app.milestones.campaigns import Frame, Wish
from field_app.milestones.sending import Given
from field_app.milestones.standing import Stand
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Campaign, Event, Milestone, Submission
from models.vocabulary import Ower, Rhythm, Role, Sent
from tests import rows

START = date(2026, 4, 1)
FRAME = Frame("耕地保护专项整治", "召政办〔2026〕1号", START, date(2026, 12, 31))
PDF = b"%PDF-1.7 signed and stamped"


@dataclass(frozen=True)
class Cast:
    office: Who
    liushan: Who
    forestry: Who
    campaign: int


@pytest.fixture
def cast(database: str, noon: datetime) -> Cast:
    rows.units_of_the_plan()
    office = rows.a_person(Role.OFFICE, "钱主任")
    return Cast(
        office,
        rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府"),
        rows.a_person(Role.UNIT, "林局长", unit="林业局"),
        campaigns.set_up(FRAME, with_plan=False, who=office, now=noon),
    )


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.id


def add(cast: Cast, now: datetime, **wish: object) -> int:
    given = {"task": "摸排情况报告", "rhythm": Rhythm.ONCE, "due_on": date(2026, 4, 14)}
    given |= {"owers": (Ower.TOWNSHIPS,)} | wish
    return campaigns.add(cast.campaign, Wish(**given), who=cast.office, now=now)  # type: ignore[arg-type]


def seen(cast: Cast, now: datetime, number: int, period: str = "") -> showing.MilestoneShown:
    found = showing.campaign(cast.campaign, cast.office, asked={number: period}, now=now)
    return next(m for m in found.milestones if m.milestone.id == number)


def events(about: str) -> list[str]:
    with db.reading() as session:
        query = select(Event.action).where(Event.about == about).order_by(col(Event.id))
        return list(session.exec(query))


def test_the_plan_comes_along_with_its_days_moved(cast: Cast, noon: datetime) -> None:
    frame = replace(FRAME, name="按方案", starts_on=date(2023, 8, 2), ends_on=date(2024, 5, 5))
    made = campaigns.set_up(frame, with_plan=True, who=cast.office, now=noon)
    with db.reading() as session:
        own = session.exec(select(Milestone).where(Milestone.campaign_id == made)).all()
        assert [str(m.due_on) for m in own if m.due_on][:3] == [
            "2023-08-02", "2023-08-20", "2023-08-25",
        ]  # fmt: skip
        assert {m.rhythm for m in own} == {"一次", "每周", "每月", "随时"}
        assert all("召政办〔2023〕59号" in m.source for m in own)
    assert len(own) == 11
    moved = campaigns.planned(START)
    assert (moved[0][0].due_on, moved[2][0].due_on) == (START, date(2026, 4, 24))
    assert campaigns.plan_days() == (date(2023, 8, 2), date(2024, 5, 5))


def test_each_unit_of_the_kind_owes_and_the_office_sees_who_has_sent(
    cast: Cast, noon: datetime
) -> None:
    number = add(cast, noon, unit_ids=(cast.forestry.unit_id,))
    shown = seen(cast, noon, number)
    assert [r.name for r in shown.rows] == ["留山镇人民政府", "皇后乡人民政府", "林业局"]
    assert {r.stand for r in shown.rows} == {Stand.LATE}  # it was due yesterday
    (mine,) = owed.owed(cast.liushan, now=noon)
    assert (mine.task, mine.due_on, mine.stand) == ("摸排情况报告", date(2026, 4, 14), Stand.LATE)
    given = Given(" 已盖章 ", "留政〔2026〕3号", date(2026, 4, 15), PDF)
    sent = sending.send(number, "一次", given, who=cast.liushan, now=noon)
    shown = seen(cast, noon, number)
    assert [r.stand for r in shown.rows] == [Stand.WAITING, Stand.LATE, Stand.LATE]
    (paper,) = shown.rows[0].sent
    assert (paper.note, paper.document_no, paper.by) == ("已盖章", "留政〔2026〕3号", "柳镇长")
    assert paper.late
    sha256, kind = sending.file_of(sent, cast.office)
    assert (bytes_of(sha256), kind) == (PDF, "pdf")
    assert refusal(
        lambda: sending.send(number, "一次", given, who=cast.liushan, now=noon)
    ) == "sent-already"  # fmt: skip


def test_what_is_returned_is_owed_again_and_stays_beside_the_next(
    cast: Cast, noon: datetime
) -> None:
    number = add(cast, noon, due_on=date(2026, 4, 17))
    first = sending.send(number, "一次", Given("缺章"), who=cast.liushan, now=noon)

    def decide(submission: int, take: bool, why: str = "") -> None:
        sending.decide(submission, take=take, why=why, who=cast.office, now=noon)

    assert refusal(lambda: decide(first, False, "  ")) == "reason-needed"
    decide(first, False, "没有分管领导签字")
    assert refusal(lambda: decide(first, True)) == "changed-meanwhile"
    (mine,) = owed.owed(cast.liushan, now=noon)
    assert mine.stand == Stand.RETURNED
    assert mine.sent[0].decided_why == "没有分管领导签字"
    second = sending.send(number, "一次", Given("已补签"), who=cast.liushan, now=noon)
    decide(second, True)
    (mine,) = owed.owed(cast.liushan, now=noon)
    assert (mine.stand, [s.state for s in mine.sent]) == (Stand.TAKEN, [Sent.TAKEN, Sent.RETURNED])
    decide(second, False, "发现台账对不上")  # what was taken can still go back
    assert owed.owed(cast.liushan, now=noon)[0].stand == Stand.RETURNED
    assert events("submission") == ["报送", "退回报送", "报送", "接收报送", "退回报送"]


def test_weekly_reports_are_owed_week_by_week(cast: Cast, noon: datetime) -> None:
    number = add(cast, noon, task="周报告", rhythm=Rhythm.WEEKLY, day=5)
    mine = owed.owed(cast.liushan, now=noon)
    assert [(o.period, str(o.due_on), o.stand) for o in mine] == [
        ("2026-W14", "2026-04-03", Stand.LATE),
        ("2026-W15", "2026-04-10", Stand.LATE),
        ("2026-W16", "2026-04-17", Stand.SOON),
    ]
    sending.send(number, "2026-W15", Given("周报"), who=cast.liushan, now=noon)
    shown = seen(cast, noon, number)
    assert (shown.period, shown.arrears) == ("2026-W16", 3)  # two townships, two weeks, one sent
    assert [r.stand for r in seen(cast, noon, number, "2026-W15").rows] == [
        Stand.WAITING, Stand.LATE,
    ]  # fmt: skip
    for period in ("2026-W10", "x", "2027-W01"):
        assert refusal(
            lambda p=period: sending.send(number, p, Given("x"), who=cast.liushan, now=noon)
        ) == "bad-input"  # fmt: skip


def test_nobody_sends_for_others_and_nothing_empty(cast: Cast, noon: datetime) -> None:
    number = add(cast, noon)
    stranger = rows.a_person(Role.UNIT, "无单位")
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")

    def send(who: Who, given: Given = Given("x")) -> str:  # noqa: B008 — frozen
        return refusal(lambda: sending.send(number, "一次", given, who=who, now=noon))

    assert send(cast.forestry) == send(stranger) == "not-yours"
    assert send(cast.office) == "not-yours"  # the office does not owe this one
    assert send(zhou) == "not-allowed"
    assert send(cast.liushan, Given(" ")) == "bad-input"
    assert send(cast.liushan, Given("x", document_on=date(2026, 4, 16))) == "bad-input"
    assert send(cast.liushan, Given(file=b"<html>")) == "attachment-refused"
    with db.reading() as session:
        assert session.exec(select(Submission)).all() == []
    sent = sending.send(number, "一次", Given("x", file=PDF), who=cast.liushan, now=noon)
    assert refusal(lambda: sending.file_of(sent, cast.forestry)) == "not-yours"
    assert sending.file_of(sent, cast.liushan)[1] == "pdf"
    assert refusal(lambda: sending.file_of(sent + 1, cast.office)) == "not-found"
    for who in (cast.liushan, zhou):
        assert refusal(lambda w=who: sending.decide(sent, take=True, who=w, now=noon)) == (
            "not-allowed"
        )


def test_what_the_office_owes_it_notes_itself(cast: Cast, noon: datetime) -> None:
    monthly = add(cast, noon, task="月调度", rhythm=Rhythm.MONTHLY, day=25, owers=(Ower.OFFICE,))
    need = add(cast, noon, task="回头看", rhythm=Rhythm.AT_NEED, owers=(Ower.OFFICE,))
    sending.send(monthly, "2026-04", Given("已调度"), who=cast.office, now=noon)
    sending.send(need, "", Given("看了 3 处"), who=cast.office, now=noon)
    shown = seen(cast, noon, monthly)
    assert [(r.name, r.stand) for r in shown.rows] == [("县专项整治办", Stand.TAKEN)]
    assert shown.due_on == date(2026, 4, 27)  # the 25th is a Saturday
    assert [r.name for r in seen(cast, noon, need).at_need] == ["县专项整治办"]
    tomorrow = noon + timedelta(days=1)
    sending.send(need, "", Given("又看了 2 处"), who=cast.office, now=tomorrow)
    assert len(seen(cast, tomorrow, need).at_need[0].sent) == 2
    assert owed.owed(cast.liushan, now=noon) == ()


def test_a_milestone_changes_with_a_reason_and_is_never_lost(cast: Cast, noon: datetime) -> None:
    number = add(cast, noon)
    wish = Wish("摸排报告及台账", Rhythm.ONCE, date(2026, 4, 30), owers=(Ower.TOWNSHIPS,))

    def amend(edition: int, wanted: Wish, why: str = "县里改期") -> None:
        campaigns.amend(number, edition, wanted, why=why, who=cast.office, now=noon)

    assert refusal(lambda: amend(1, wish, " ")) == "reason-needed"
    amend(1, wish)
    assert refusal(lambda: amend(1, wish)) == "changed-meanwhile"
    assert refusal(lambda: amend(2, wish)) == "bad-input"  # nothing new
    assert owed.owed(cast.liushan, now=noon)[0].due_on == date(2026, 4, 30)
    sending.send(number, "一次", Given("x"), who=cast.liushan, now=noon)
    assert refusal(lambda: amend(2, replace(wish, rhythm=Rhythm.WEEKLY, day=5))) == "bad-input"
    amend(2, replace(wish, due_on=date(2026, 5, 8)))  # what was sent still stands for it
    assert owed.owed(cast.liushan, now=noon)[0].stand == Stand.WAITING
    campaigns.remove(number, 3, why="并入周报", who=cast.office, now=noon)
    assert owed.owed(cast.liushan, now=noon) == ()
    assert refusal(
        lambda: sending.send(number, "一次", Given("x"), who=cast.liushan, now=noon)
    ) == "not-found"  # fmt: skip
    assert events("milestone") == ["新增节点", "修改节点", "修改节点", "取消节点"]


@pytest.mark.parametrize(
    "wish",
    [
        Wish(" ", Rhythm.ONCE, START, owers=(Ower.OFFICE,)),
        Wish("x" * 201, Rhythm.ONCE, START, owers=(Ower.OFFICE,)),
        Wish("x", Rhythm.ONCE, owers=(Ower.OFFICE,)),
        Wish("x", Rhythm.WEEKLY, day=8, owers=(Ower.OFFICE,)),
        Wish("x", Rhythm.MONTHLY, day=0, owers=(Ower.OFFICE,)),
        Wish("x", Rhythm.ONCE, START),
    ],
)
def test_a_milestone_that_makes_no_sense_is_refused(wish: Wish, cast: Cast, noon: datetime) -> None:
    call = lambda: campaigns.add(cast.campaign, wish, who=cast.office, now=noon)  # noqa: E731
    assert refusal(call) == "bad-input"


def test_a_campaign_ends_and_nobody_owes_in_it_any_more(cast: Cast, noon: datetime) -> None:
    number = add(cast, noon)
    assert refusal(
        lambda: campaigns.set_up(FRAME, with_plan=False, who=cast.office, now=noon)
    ) == "bad-input"  # fmt: skip
    other = campaigns.set_up(
        replace(FRAME, name="另一个"), with_plan=False, who=cast.office, now=noon
    )
    assert refusal(
        lambda: campaigns.change(other, 1, FRAME, why="改名", who=cast.office, now=noon)
    ) == "bad-input"  # fmt: skip
    late = replace(FRAME, ends_on=START - timedelta(days=1))
    assert refusal(
        lambda: campaigns.change(cast.campaign, 1, late, why="x", who=cast.office, now=noon)
    ) == "bad-input"  # fmt: skip
    campaigns.change(
        cast.campaign, 1, replace(FRAME, document="召政办〔2026〕2号"), why="改文号",
        who=cast.office, now=noon,
    )  # fmt: skip
    campaigns.close(cast.campaign, 2, why="收官", who=cast.office, now=noon)
    assert owed.owed(cast.liushan, now=noon) == ()
    assert refusal(
        lambda: sending.send(number, "一次", Given("x"), who=cast.liushan, now=noon)
    ) == "bad-input"  # fmt: skip
    assert list(showing.campaigns(cast.office).values())[-1] == "耕地保护专项整治（已结束）"
    with db.reading() as session:
        assert session.get_one(Campaign, cast.campaign).document == "召政办〔2026〕2号"


def test_what_is_urgent_is_counted_for_every_unit_at_once(cast: Cast, noon: datetime) -> None:
    add(cast, noon)
    number = add(cast, noon, task="周报告", rhythm=Rhythm.WEEKLY, day=5)
    add(cast, noon, task="以后的", due_on=date(2026, 9, 1))
    returned = sending.send(number, "2026-W16", Given("x"), who=cast.liushan, now=noon)
    sending.decide(returned, take=False, why="重写", who=cast.office, now=noon)
    with db.reading() as session:
        found = owed.urgent(session, noon)
    liushan = owers.key(cast.liushan.unit_id)
    assert found[liushan] == {Stand.LATE: 3, Stand.RETURNED: 1, Stand.SOON: 0}
    assert owers.key(cast.forestry.unit_id) not in found
    for ower, counts in found.items():
        who = replace(cast.liushan, unit_id=int(ower.removeprefix("unit/")))
        mine = [o.stand for o in owed.owed(who, now=noon)]
        assert {s: mine.count(s) for s in counts} == counts == owed.calls(who, now=noon)


def test_each_is_told_what_calls_for_them(cast: Cast, noon: datetime) -> None:
    number = add(cast, noon, owers=(Ower.TOWNSHIPS, Ower.OFFICE))
    sending.send(number, "一次", Given("x"), who=cast.liushan, now=noon)
    called = owed.calls(cast.office, now=noon)
    assert (called[Stand.WAITING], called[Stand.LATE]) == (1, 1)
    assert not any(owed.calls(cast.liushan, now=noon).values())
    assert owed.calls(cast.forestry, now=noon) == {}
    assert owed.calls(rows.a_person(Role.UNIT), now=noon) == {}
    assert owed.calls(rows.a_person(Role.SUPERVISOR), now=noon) == {}


@pytest.mark.parametrize("role", [Role.UNIT, Role.INSPECTOR, Role.SUPERVISOR, Role.ADMIN])
def test_only_the_office_sets_milestones(role: Role, cast: Cast, noon: datetime) -> None:
    who = rows.a_person(role)
    wish = Wish("x", Rhythm.ONCE, START, owers=(Ower.OFFICE,))
    for call in (
        lambda: campaigns.set_up(FRAME, with_plan=True, who=who, now=noon),
        lambda: campaigns.add(cast.campaign, wish, who=who, now=noon),
        lambda: campaigns.close(cast.campaign, 1, why="x", who=who, now=noon),
    ):
        assert refusal(call) == "not-allowed"
    if role != Role.SUPERVISOR:
        assert refusal(lambda: showing.campaigns(who)) == "not-allowed"

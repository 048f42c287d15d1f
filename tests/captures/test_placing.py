"""What happened at the office while somebody was out: reassigned, closed, submitted, redrawn."""

from datetime import datetime

import pytest

from field_app import inspections
from field_app.captures import held, intake, package
from field_app.captures.states import Decision
from field_app.db import reading, writing
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Event, Inspection, Parcel, ParcelShape, Task
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.captures.conftest import Out, photos_of


@pytest.fixture
def zhou(out: Out) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def take_along(out: Out) -> None:
    package.note_issue([out.task], out.who, now=out.now)


def change_task(out: Out, **columns: object) -> None:
    with writing() as session:
        task = session.get_one(Task, out.task)
        for name, value in columns.items():
            setattr(task, name, value)


def deliver(out: Out) -> tuple[list[str], intake.Receipt]:
    shots, hand_in = out.whole_visit()
    for record, data in shots:
        out.send(record)
        out.send_bytes(data, record["uuid"])
    receipt = out.send(hand_in)
    return [out.receipt(r).state for r, _ in shots], receipt


def reassign(out: Out) -> Who:
    other = rows.a_person(Role.INSPECTOR, "蓝溪", team="一组")
    change_task(out, team_id=other.team_id, person_id=other.id)
    return other


def test_a_task_that_was_given_to_another_takes_the_photos_and_holds_the_submit(
    out: Out, zhou: Who
) -> None:
    take_along(out)
    reassign(out)
    photos, receipt = deliver(out)
    assert photos == ["complete"] * 4
    assert (receipt.state, receipt.hold) == ("held", "not-yours")
    assert "改派" in receipt.why
    assert len(photos_of(receipt.inspection or 0)) == 4
    (row,) = held.listing(zhou)
    assert (row.person, row.type, row.admissible) == ("何映", "visit", True)
    assert dict(row.answers) == {
        "现状地类": "乔木林地（0301）", "与报备是否一致": "是", "是否发现问题": "否",
    }  # fmt: skip
    assert held.waiting_count(zhou) == 1


def test_the_supervisor_lets_it_through_and_the_task_is_its_persons_again(
    out: Out, zhou: Who, noon: datetime
) -> None:
    take_along(out)
    reassign(out)
    _, receipt = deliver(out)
    (row,) = held.listing(zhou)
    assert held.admit(row.id, why="出门时任务还是她的", who=zhou, now=noon) == ""
    with reading() as session:
        visit = session.get_one(Inspection, receipt.inspection)
        task = session.get_one(Task, out.task)
        actions = [e.action for e in session.exec(intake.select(Event)).all()]
    assert visit.state == InspectionState.SUBMITTED
    assert task.person_id == out.who.id
    assert {"准予提交", "重新打开任务", "提交"} <= set(actions)
    assert held.listing(zhou) == []


def test_the_supervisor_keeps_it_aside_with_a_reason(out: Out, zhou: Who, noon: datetime) -> None:
    take_along(out)
    reassign(out)
    shots, hand_in = out.whole_visit()
    for record, data in shots:
        out.send(record)
        out.send_bytes(data)
    out.send(hand_in)
    (row,) = held.listing(zhou)
    for why in ("", "   "):
        with pytest.raises(Problem) as refused:
            held.keep_aside(row.id, why=why, who=zhou, now=noon)
        assert refused.value.id == "reason-needed"
    held.keep_aside(row.id, why="已由蓝溪重新核查", who=zhou, now=noon)
    assert held.listing(zhou) == []
    (row,) = held.listing(zhou, decided=True)
    assert row.decision == Decision.KEPT_ASIDE
    receipt = out.receipt(hand_in)
    assert receipt.state == "held"
    assert receipt.why.startswith("督导已留存备查：已由蓝溪重新核查")


def test_a_task_that_comes_back_heals_what_was_held(out: Out, noon: datetime) -> None:
    take_along(out)
    reassign(out)
    shots, hand_in = out.whole_visit()
    for record, data in shots:
        out.send(record)
        out.send_bytes(data)
    assert out.send(hand_in).hold == "not-yours"
    change_task(out, team_id=out.who.team_id, person_id=None)
    intake.sweep(now=noon.replace(hour=9))
    assert out.receipt(hand_in).state == "submitted"


def test_a_task_that_was_never_theirs_takes_nothing_and_keeps_everything(
    out: Out, zhou: Who, noon: datetime
) -> None:
    reassign(out)
    photos, receipt = deliver(out)
    assert photos == ["held"] * 4
    assert (receipt.state, receipt.hold) == ("held", "not-yours")
    assert receipt.inspection is None
    listed = held.listing(zhou)
    assert [row.type for row in listed] == ["photo"] * 4 + ["visit"]
    assert all(row.sha256 for row in listed[:4])
    assert held.admit(listed[-1].id, why="督导同意", who=zhou, now=noon) == ""
    assert held.listing(zhou) == []


def test_a_colleague_who_was_first_holds_the_submit_and_not_the_photos(
    out: Out, zhou: Who, noon: datetime
) -> None:
    colleague = rows.a_person(Role.INSPECTOR, "林亩", team="二组")
    theirs = rows.an_inspection(colleague, out.task)
    photos, receipt = deliver(out)
    assert photos == ["complete"] * 4
    assert (receipt.state, receipt.hold) == ("held", "task-closed")
    (row,) = held.listing(zhou)
    assert held.admit(row.id, why="两份都看", who=zhou, now=noon) == ""
    with reading() as session:
        states = [session.get_one(Inspection, n).state for n in (theirs, receipt.inspection)]
    assert states == [InspectionState.SUBMITTED] * 2


def test_a_task_that_was_closed_is_opened_again_by_the_supervisor(
    out: Out, zhou: Who, noon: datetime
) -> None:
    take_along(out)
    change_task(out, done_at=noon)
    photos, receipt = deliver(out)
    assert photos == ["complete"] * 4
    assert (receipt.state, receipt.hold) == ("held", "task-closed")
    (row,) = held.listing(zhou)
    assert held.admit(row.id, why="补录", who=zhou, now=noon) == ""
    with reading() as session:
        assert session.get_one(Task, out.task).done_at is None


def test_a_closed_task_with_a_new_one_of_the_same_purpose_stays_closed(
    out: Out, zhou: Who, noon: datetime
) -> None:
    take_along(out)
    change_task(out, done_at=noon)
    with reading() as session:
        parcel = session.get_one(Task, out.task).parcel_id
    rows.a_task(parcel)
    deliver(out)
    (row,) = held.listing(zhou)
    with pytest.raises(Problem) as refused:
        held.admit(row.id, why="补录", who=zhou, now=noon)
    assert refused.value.id == "task-open-already"
    assert held.listing(zhou)[0].decision == ""


def test_what_is_incomplete_stays_a_draft_though_it_was_let_through(
    out: Out, zhou: Who, noon: datetime
) -> None:
    take_along(out)
    reassign(out)
    receipt = out.send(out.handed_in())
    assert receipt.hold == "not-yours"
    (row,) = held.listing(zhou)
    why = held.admit(row.id, why="补录", who=zhou, now=noon)
    assert "还不能提交" in why
    assert inspections.open_visit(out.task, out.who, now=noon) == receipt.inspection


def test_photos_that_come_after_the_visit_was_submitted_wait_until_it_is_sent_back(
    out: Out, zhou: Who, noon: datetime
) -> None:
    mine = rows.an_inspection(out.who, out.task)
    data = out.photo()
    record = out.shot(data)
    out.send_bytes(data)
    receipt = out.send(record)
    assert (receipt.state, receipt.hold, receipt.inspection) == ("held", "not-open", mine)
    with writing() as session:
        session.get_one(Inspection, mine).state = InspectionState.RETURNED
    intake.sweep(now=noon.replace(hour=9))
    assert out.receipt(record).state == "complete"


def test_a_shot_from_before_the_visit_was_sent_back_does_not_answer_the_request(
    out: Out, noon: datetime
) -> None:
    mine = rows.an_inspection(
        out.who, out.task, state=InspectionState.RETURNED, decided_at=noon.replace(minute=30)
    )
    asked = rows.a_photo_row(mine, kind="全景", reshoot_why="看不清")
    early, late = out.photo(1), out.photo(2)
    out.send(out.shot(early))
    out.send_bytes(early)
    assert asked in [p.id for p in photos_of(mine)]
    out.now = noon.replace(hour=6)
    out.send(out.shot(late))
    out.send_bytes(late)
    assert asked not in [p.id for p in photos_of(mine)]


def test_a_parcel_that_was_redrawn_is_judged_by_the_shape_that_the_phone_had(
    out: Out, noon: datetime
) -> None:
    with writing() as session:
        parcel = session.get_one(Parcel, session.get_one(Task, out.task).parcel_id)
        session.add(
            ParcelShape(
                parcel_id=parcel.id, shape_no=1, boundary=parcel.boundary,
                area_m2=parcel.area_m2, until=noon,
            )
        )  # fmt: skip
        parcel.boundary = rows.a_square(rows.geo.moved(rows.HERE, east_m=5000.0))
        parcel.shape_no = 2
    data = out.photo()
    out.send(out.shot(data, shape_no=1))
    (done,) = out.send_bytes(data)
    with reading() as session:
        assert session.get_one(Inspection, done.inspection).shape_no == 1
    assert [p.distance_m for p in photos_of(done.inspection or 0)] == [0.0]
    out.task = rows.a_task()
    out.visit = out.visit[:-1] + "7"
    other = out.photo(2)
    out.send(out.shot(other, shape_no=77))  # of which nobody knows
    (done,) = out.send_bytes(other)
    assert done.state == "complete"


def test_two_supervisors_do_not_decide_twice_and_an_inspector_never(
    out: Out, zhou: Who, noon: datetime
) -> None:
    reassign(out)
    deliver(out)
    rows_ = held.listing(zhou)
    with pytest.raises(Problem) as refused:
        held.admit(rows_[0].id, why="x", who=out.who, now=noon)
    assert refused.value.id == "not-allowed"
    held.admit(rows_[-1].id, why="同意", who=zhou, now=noon)
    with pytest.raises(Problem) as refused:
        held.keep_aside(rows_[-1].id, why="x", who=zhou, now=noon)
    assert refused.value.id == "changed-meanwhile"
    for number in (0, 10**6):
        with pytest.raises(Problem):
            held.held_bytes(number, zhou)


def test_what_a_held_hand_in_says_is_told_in_the_words_of_its_form(out: Out, zhou: Who) -> None:
    reassign(out)
    said = {
        "facts": "**全是树**",
        "land_class": ["0301", "没有这一项", {"a": 1}],
        "gone": 7,
        "planting": "",
    }
    out.send(out.handed_in(answers=said, form="f" * 64))
    (row,) = held.listing(zhou)
    told = dict(row.answers)
    assert told["现状地类"] == "乔木林地（0301）、没有这一项、{'a': 1}"
    assert told["gone"] == "7"
    assert "**全是树**" in told.values()
    assert list(told)[-1] == "gone"
    assert "种植属性" not in told

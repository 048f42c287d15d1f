"""What a supervisor decides, on both databases."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from field_app import db, review
from field_app.problems import Problem
from field_app.review import Decision, Upheld
from field_app.roles import Who
from models.base import Row
from models.tables import (
    Entry,
    EntryUnit,
    Event,
    Finding,
    Inspection,
    Outbox,
    Photo,
    PhotoDecision,
    Task,
    Unit,
)
from models.taxonomy import categories
from models.vocabulary import EntryState, InspectionState, Role, Verdict
from tests import rows

P, I, D, C = Verdict.PASSED, Verdict.INCOMPLETE, Verdict.DOUBTFUL, Verdict.CONTRADICTED  # noqa: E741


@pytest.fixture
def heying(database: str) -> Who:
    """何映, an inspector of 二组."""
    rows.units_of_the_plan()
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def zhou(heying: Who) -> Who:
    """周督导, a supervisor."""
    return rows.a_person(Role.SUPERVISOR, "周督导")


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as told:
        call()
    return told.value


def all_of(table: type[Row]) -> list:
    with db.reading() as session:
        return list(session.exec(select(table)))


def the(table: type[Row], key: int):  # type: ignore[no-untyped-def]
    with db.reading() as session:
        return session.get_one(table, key)


def told(about: str, about_id: int) -> list[Event]:
    with db.reading() as session:
        query = select(Event).where(Event.about == about, Event.about_id == about_id)
        return list(session.exec(query.order_by(col(Event.id))))


def test_a_confirmed_finding_becomes_an_entry_with_its_presets(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, (P, P))
    number = review.confirm(inspection, 1, who=zhou, now=noon)

    assert number == "411321-2-2026-0001"
    (entry,) = all_of(Entry)
    assert entry.number == number
    assert entry.state == EntryState.TO_RECTIFY
    assert entry.category == 2
    assert entry.problem_type == "2-1"
    assert entry.description == "地块内全部为林木，没有耕种痕迹。"
    assert entry.found_on == date(2026, 4, 15)
    assert entry.due_on == date(2026, 5, 29)  # 30 working days by default
    assert entry.measure == categories()[2].measure
    assert entry.nature == ""  # 定性 belongs to people
    assert entry.source == "实地核查"
    assert entry.extra["举证照片核验结论"] == "核验通过 2 张"
    with db.reading() as session:
        query = select(Unit.name).join(EntryUnit, col(EntryUnit.unit_id) == Unit.id)
        units = list(session.exec(query.order_by(col(EntryUnit.place))))
    assert units == ["留山镇人民政府", "自然资源局", "农业农村局", "财政局", "林业局"]


def test_confirming_closes_the_visit_and_its_task_and_says_who(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    review.confirm(inspection, 1, who=zhou, now=noon)
    visit = the(Inspection, inspection)
    assert visit.state == InspectionState.CONFIRMED
    assert (visit.decided_by, visit.decided_at) == (zhou.id, noon)
    assert visit.edition == 2
    assert the(Task, visit.task_id).done_at == noon
    (event,) = told("inspection", inspection)
    assert event.action == "确认"
    assert event.old == {"state": "已提交"}
    assert event.new == {"state": "已确认", "number": "411321-2-2026-0001"}
    assert event.person_id == zhou.id


def test_entry_event_and_message_are_written_together(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    number = review.confirm(inspection, 1, who=zhou, now=noon)
    (entry,) = all_of(Entry)
    (event,) = told("entry", entry.id)
    (message,) = all_of(Outbox)
    assert event.action == "登记入账"
    assert event.new["number"] == number
    assert message.key == f"entry/{number}/1"
    assert message.sent_at is None
    assert message.body["units"][0] == "留山镇人民政府"
    assert message.body["due_on"] == "2026-05-29"


def test_a_visit_that_found_nothing_is_confirmed_without_an_entry(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, category=None)
    assert review.confirm(inspection, 1, who=zhou, now=noon) is None
    assert the(Inspection, inspection).state == InspectionState.CONFIRMED
    assert all_of(Entry) == all_of(Outbox) == []


def test_each_ledger_and_each_year_counts_for_itself(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    numbers = []
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # 00:30 of 1 January in China
    for category, now in ((2, noon), (3, noon), (2, noon), (2, new_year)):
        inspection, _ = rows.a_submitted_inspection(heying, category=category)
        numbers.append(review.confirm(inspection, 1, who=zhou, now=now))
    assert numbers == [
        "411321-2-2026-0001",
        "411321-3-2026-0001",
        "411321-2-2026-0002",
        "411321-2-2027-0001",
    ]


@pytest.mark.parametrize("verdict", [I, D, C])
def test_a_cited_photo_that_did_not_pass_needs_a_persons_word_first(
    verdict: Verdict, heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, verdict))
    told_ = refusal(lambda: review.confirm(inspection, 1, who=zhou, now=noon))
    assert told_.id == "photos-undecided"
    assert told_.facts["photo_ids"] == [photos[1]]
    assert f"照片 {photos[1]}" in told_.message
    assert the(Inspection, inspection).state == InspectionState.SUBMITTED
    assert all_of(Entry) == []

    review.decide_photo(photos[1], Decision.TRUSTED, why="现场复核过", who=zhou, now=noon)
    assert review.confirm(inspection, 2, who=zhou, now=noon) == "411321-2-2026-0001"


def test_a_photo_that_the_finding_does_not_cite_does_not_hold_it_up(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, C), category=None)
    rows.a_finding(inspection, photos[:1])
    assert review.confirm(inspection, 1, who=zhou, now=noon) is not None


def test_a_photo_taken_back_by_its_inspector_does_not_hold_it_up(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, C))
    with db.writing() as session:
        session.get_one(Photo, photos[1]).removed_at = noon
    assert review.confirm(inspection, 1, who=zhou, now=noon) is not None


def test_where_every_photo_is_set_aside_nothing_can_be_confirmed(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D))
    for photo in photos:
        review.decide_photo(photo, Decision.NOT_TRUSTED, why="看不清地块", who=zhou, now=noon)
    told_ = refusal(lambda: review.confirm(inspection, 3, who=zhou, now=noon))
    assert told_.id == "no-photo-stands"


def test_a_visit_without_photos_is_never_confirmed(heying: Who, zhou: Who, noon: datetime) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, (), category=None)
    told_ = refusal(lambda: review.confirm(inspection, 1, who=zhou, now=noon))
    assert told_.id == "no-photo-stands"


def test_where_no_photo_could_be_taken_a_supervisor_may_accept_that_with_a_reason(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    answers = {"no_photo_reason": "3", "no_photo_note": "洪水淹没，道路中断无法到达"}
    inspection = rows.an_inspection(heying, answers=answers)
    told_ = refusal(lambda: review.confirm(inspection, 1, who=zhou, now=noon))
    assert told_.id == "reason-needed"
    assert review.confirm(inspection, 1, why="应急局通报属实", who=zhou, now=noon) is None
    assert told("inspection", inspection)[0].why == "应急局通报属实"


def test_photos_that_were_taken_all_the_same_are_judged_like_any_other(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection = rows.an_inspection(heying, answers={"no_photo_reason": "3"})
    rows.a_photo_row(inspection, C)
    told_ = refusal(lambda: review.confirm(inspection, 1, why="可以", who=zhou, now=noon))
    assert told_.id == "photos-undecided"


def test_sending_back_does_not_move_the_day_it_was_found(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    later = noon + timedelta(days=9)
    with db.writing() as session:
        session.get_one(Inspection, inspection).submitted_at = later
    review.confirm(inspection, 1, who=zhou, now=later)
    assert all_of(Entry)[0].found_on == date(2026, 4, 15)


def test_the_machines_verdict_stays_beside_the_persons_word(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    _, (photo,) = rows.a_submitted_inspection(heying, (C,))
    review.decide_photo(photo, Decision.TRUSTED, why="定位漂移，地物一致", who=zhou, now=noon)
    assert the(Photo, photo).verdict == C
    (decision,) = all_of(PhotoDecision)
    assert (decision.decision, decision.why) == ("采信", "定位漂移，地物一致")
    (event,) = told("photo", photo)
    assert event.new == {"decision": "采信", "verdict": "不符"}
    assert event.why == "定位漂移，地物一致"


def test_when_the_machine_sees_worse_later_the_photo_is_asked_about_again(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, (photo,) = rows.a_submitted_inspection(heying, (I,))
    review.decide_photo(photo, Decision.TRUSTED, why="现场复核过", who=zhou, now=noon)
    rows.an_examination(photo, C, at=noon + timedelta(hours=1))
    later = noon + timedelta(hours=2)
    told_ = refusal(lambda: review.confirm(inspection, 2, who=zhou, now=later))
    assert told_.id == "photos-undecided"


@pytest.mark.parametrize("why", ["", "  "])
def test_a_word_without_a_reason_is_refused(
    why: str, heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, (photo,) = rows.a_submitted_inspection(heying, (D,))
    calls = [
        lambda: review.decide_photo(photo, Decision.TRUSTED, why=why, who=zhou, now=noon),
        lambda: review.reject(inspection, 1, why=why, who=zhou, now=noon),
        lambda: review.send_back(inspection, 1, {}, why=why, who=zhou, now=noon),
        lambda: review.send_back(inspection, 1, {photo: why}, why="x", who=zhou, now=noon),
    ]
    assert [refusal(call).id for call in calls] == ["reason-needed"] * 4
    assert all_of(PhotoDecision) == all_of(Event) == []
    assert the(Inspection, inspection).edition == 1


def test_sending_back_names_the_photo_and_only_that_one_is_shot_again(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D, P))
    review.send_back(inspection, 1, {photos[1]: "镜头没有对着地块"}, who=zhou, now=noon)
    visit = the(Inspection, inspection)
    assert visit.state == InspectionState.RETURNED
    assert [the(Photo, p).reshoot_why for p in photos] == ["", "镜头没有对着地块", ""]
    assert the(Task, visit.task_id).done_at is None
    (event,) = told("inspection", inspection)
    assert event.new["photos"] == {str(photos[1]): "镜头没有对着地块"}


def test_a_visit_may_be_sent_back_for_a_reason_about_the_whole(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying)
    review.send_back(inspection, 1, {}, why="缺四个方向的照片", who=zhou, now=noon)
    assert the(Inspection, inspection).returned_why == "缺四个方向的照片"
    assert [the(Photo, p).reshoot_why for p in photos] == ["", ""]


def test_a_photo_of_another_visit_cannot_be_sent_back_with_this_one(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    _, (foreign, _) = rows.a_submitted_inspection(heying)
    told_ = refusal(lambda: review.send_back(inspection, 1, {foreign: "模糊"}, who=zhou, now=noon))
    assert told_.id == "not-found"
    assert the(Inspection, inspection).state == InspectionState.SUBMITTED
    assert the(Photo, foreign).reshoot_why == ""


def test_a_rejected_finding_makes_no_entry_and_its_task_is_done(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    review.reject(inspection, 1, why="现状为水浇地，长势正常", who=zhou, now=noon)
    visit = the(Inspection, inspection)
    assert visit.state == InspectionState.REJECTED
    assert the(Task, visit.task_id).done_at == noon
    assert all_of(Entry) == []
    (event,) = told("inspection", inspection)
    assert (event.action, event.why) == ("不成立", "现状为水浇地，长势正常")


def decisions(inspection: int, photo: int, who: Who, now: datetime) -> list[Callable[[], object]]:
    """Everything that can be decided about a visit at its first edition."""
    return [
        lambda: review.confirm(inspection, 1, who=who, now=now),
        lambda: review.send_back(inspection, 1, {photo: "模糊"}, who=who, now=now),
        lambda: review.reject(inspection, 1, why="不属实", who=who, now=now),
        lambda: review.decide_photo(photo, Decision.TRUSTED, why="好", who=who, now=now),
    ]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SUPERVISOR])
def test_nobody_but_a_supervisor_decides(role: Role, heying: Who, noon: datetime) -> None:
    inspection, photos = rows.a_submitted_inspection(heying)
    unit = "留山镇人民政府" if role == Role.UNIT else ""
    who = rows.a_person(role, team="二组", unit=unit)
    told_ = [refusal(call).id for call in decisions(inspection, photos[0], who, noon)]
    assert told_ == ["not-allowed"] * 4
    assert all_of(Event) == []


def test_who_inspected_does_not_judge_even_as_a_supervisor(heying: Who, noon: datetime) -> None:
    inspection, photos = rows.a_submitted_inspection(heying)
    promoted = replace(heying, role=Role.SUPERVISOR)
    told_ = [refusal(call).id for call in decisions(inspection, photos[0], promoted, noon)]
    assert told_ == ["second-person-needed"] * 4
    assert the(Inspection, inspection).edition == 1


def test_who_took_a_photo_for_the_visit_does_not_judge_it_either(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying)
    with db.writing() as session:
        session.get_one(Photo, photos[0]).person_id = zhou.id
    told_ = refusal(lambda: review.confirm(inspection, 1, who=zhou, now=noon))
    assert told_.id == "second-person-needed"


@pytest.mark.parametrize("state", [s for s in InspectionState if s != InspectionState.SUBMITTED])
def test_only_a_submitted_visit_can_be_decided(
    state: InspectionState, heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection = rows.an_inspection(heying, state=state)
    photo = rows.a_photo_row(inspection)
    told_ = [refusal(call).id for call in decisions(inspection, photo, zhou, noon)]
    expected = "not-found" if state == InspectionState.DRAFT else "wrong-state"
    assert told_ == [expected] * 4
    assert the(Inspection, inspection).state == state


def test_what_changed_meanwhile_is_not_decided_on_the_old_sight_of_it(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, P))
    review.decide_photo(photos[0], Decision.NOT_TRUSTED, why="糊了", who=zhou, now=noon)
    calls = decisions(inspection, photos[0], zhou, noon)[:3]
    assert [refusal(call).id for call in calls] == ["changed-meanwhile"] * 3


def test_confirming_twice_makes_one_entry(heying: Who, zhou: Who, noon: datetime) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    review.confirm(inspection, 1, who=zhou, now=noon)
    told_ = refusal(lambda: review.confirm(inspection, 1, who=zhou, now=noon))
    assert told_.id == "changed-meanwhile"
    assert len(all_of(Entry)) == 1


def test_of_many_who_confirm_at_once_one_makes_the_entry_and_the_others_are_told(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    people = [zhou, *(rows.a_person(Role.SUPERVISOR) for _ in range(5))]
    ready, answers = threading.Barrier(len(people)), []

    def try_it(who: Who) -> None:
        ready.wait()
        try:
            answers.append(review.confirm(inspection, 1, who=who, now=noon))
        except Problem as problem:
            answers.append(problem.id)

    threads = [threading.Thread(target=try_it, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["411321-2-2026-0001"] + ["changed-meanwhile"] * 5
    assert len(all_of(Entry)) == len(all_of(Outbox)) == 1


def an_upheld(heying: Who, zhou: Who, inspection: int, category: int = 2) -> Upheld:
    preset = review.proposal(inspection, zhou, category)
    assert preset is not None
    return Upheld(category, f"{category}-1", preset.measure, preset.due_on, preset.unit_ids)


def test_the_supervisor_may_put_it_into_another_ledger_with_a_reason(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    upheld = replace(an_upheld(heying, zhou, inspection, 3), problem_type="3-6")
    no_reason = refusal(lambda: review.confirm(inspection, 1, upheld=upheld, who=zhou, now=noon))
    assert no_reason.id == "reason-needed"
    number = review.confirm(
        inspection, 1, upheld=upheld, why="是撂荒，不是林地", who=zhou, now=noon
    )
    assert number == "411321-3-2026-0001"  # the refused try used up no number
    (entry,) = all_of(Entry)
    assert (entry.category, entry.problem_type) == (3, "3-6")
    (event,) = told("inspection", inspection)
    assert (event.old["category"], event.new["category"]) == (2, 3)
    assert (event.old["problem_type"], event.new["problem_type"]) == ("2-1", "3-6")
    assert event.why == "是撂荒，不是林地"
    assert all_of(Finding)[0].category == 2  # what the inspector filed stays filed


@pytest.mark.parametrize(
    "other",
    [
        {"measure": "拔除树木，恢复耕种。"},
        {"due_on": date(2026, 6, 30)},
        {"unit_ids": ()},
        {"problem_type": "2-4"},
    ],
)
def test_each_departure_from_the_preset_needs_a_reason_and_is_kept(
    other: dict, heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    upheld = replace(an_upheld(heying, zhou, inspection), **other)
    no_reason = refusal(lambda: review.confirm(inspection, 1, upheld=upheld, who=zhou, now=noon))
    assert no_reason.id == "reason-needed"
    review.confirm(inspection, 1, upheld=upheld, why="现场商定", who=zhou, now=noon)
    (event,) = told("inspection", inspection)
    name = next(iter(other)).replace("unit_ids", "units")
    assert name in event.old
    assert event.old[name] != event.new[name]


def test_the_preset_unchanged_needs_no_reason(heying: Who, zhou: Who, noon: datetime) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    upheld = an_upheld(heying, zhou, inspection)
    assert review.confirm(inspection, 1, upheld=upheld, who=zhou, now=noon)


@pytest.mark.parametrize(
    ("other", "told_as"),
    [
        ({"problem_type": "3-6"}, "bad-input"),  # of another category
        ({"category": 9}, "bad-input"),
        ({"due_on": date(2026, 4, 14)}, "bad-input"),  # before it was found
        ({"unit_ids": (987654,)}, "not-found"),
        ({"measure": "措" * 4001}, "bad-input"),
    ],
)
def test_what_makes_no_sense_is_not_entered(
    other: dict, told_as: str, heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    upheld = replace(an_upheld(heying, zhou, inspection), **other)
    told_ = refusal(
        lambda: review.confirm(inspection, 1, upheld=upheld, why="改", who=zhou, now=noon)
    )
    assert told_.id == told_as
    assert the(Inspection, inspection).state == InspectionState.SUBMITTED
    assert all_of(Entry) == all_of(Outbox) == all_of(Event) == []


def test_where_nothing_was_found_nothing_can_be_entered(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, category=None)
    upheld = Upheld(2, "2-1", "", date(2026, 5, 15), ())
    told_ = refusal(lambda: review.confirm(inspection, 1, upheld=upheld, who=zhou, now=noon))
    assert told_.id == "bad-input"
    assert review.proposal(inspection, zhou) is None


def test_the_inspectors_own_measure_is_the_preset(heying: Who, zhou: Who, noon: datetime) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, measure="  清除树木后复耕 ")
    review.confirm(inspection, 1, who=zhou, now=noon)
    assert all_of(Entry)[0].measure == "清除树木后复耕"


def test_of_a_parcel_in_no_known_township_only_the_bureaus_are_preset(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    task = rows.a_task(rows.a_parcel_row(township_code=None))
    inspection, _ = rows.a_submitted_inspection(heying, task_id=task)
    preset = review.proposal(inspection, zhou)
    assert preset is not None
    assert [u.name for u in preset.units] == ["自然资源局", "农业农村局", "财政局", "林业局"]
    assert "供电公司" in preset.unknown_units  # named by the plan, kept in no list of ours
    review.confirm(inspection, 1, who=zhou, now=noon)
    assert all_of(Entry)[0].township_code is None


def test_the_projects_township_is_taken_where_the_parcel_has_none(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    project = rows.a_project(township_code=rows.HUANGHOU, approval="宛国土〔2020〕7号")
    task = rows.a_task(rows.a_parcel_row(township_code=None, project_id=project))
    inspection, _ = rows.a_submitted_inspection(heying, task_id=task)
    review.confirm(inspection, 1, who=zhou, now=noon)
    (entry,) = all_of(Entry)
    assert entry.township_code == rows.HUANGHOU
    assert entry.extra["项目备案编号"] == "411321202005TG01"
    assert entry.extra["立项/验收文号"] == "宛国土〔2020〕7号"


def test_a_word_on_a_verdict_that_has_changed_since_it_was_seen_is_refused(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    _, (photo,) = rows.a_submitted_inspection(heying, (Verdict.DOUBTFUL,))
    rows.an_examination(photo, Verdict.CONTRADICTED)
    with pytest.raises(Problem) as told:
        review.decide_photo(
            photo, Decision.TRUSTED, why="像", who=zhou, now=noon, seen=Verdict.DOUBTFUL
        )
    assert told.value.id == "changed-meanwhile"
    review.decide_photo(
        photo, Decision.NOT_TRUSTED, why="不像", who=zhou, now=noon, seen=Verdict.CONTRADICTED
    )

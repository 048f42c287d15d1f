import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from field_app import inspections, tasks
from field_app.db import writing
from field_app.problems import Problem
from field_app.tasks import Progress, Wanted
from models.tables import Finding, Inspection, Photo
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.inspections.conftest import Visit


def refused(call: object, *args: object, **named: object) -> Problem:
    with pytest.raises(Problem) as told:
        call(*args, **named)  # type: ignore[operator]
    return told.value


def test_a_second_tap_opens_the_same_draft_again(visit: Visit) -> None:
    assert inspections.open_visit(visit.task, visit.who, now=visit.now) == visit.id


def test_an_inspector_of_the_other_team_may_not_open_it(visit: Visit) -> None:
    outsider = rows.a_person(Role.INSPECTOR, team="一组")
    told = refused(inspections.open_visit, visit.task, outsider, now=visit.now)
    assert told.id == "not-yours"


def test_a_team_mate_may_look_but_not_write(visit: Visit) -> None:
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    assert inspections.view(visit.id, mate).editable is False
    told = refused(inspections.save, visit.id, {"remark": "我来"}, mate, seen={}, now=visit.now)
    assert told.id in ("not-yours", "not-found")
    assert visit.view().answers == {}


def test_each_step_is_kept_at_once(visit: Visit) -> None:
    visit.save(land_class="0103")
    visit.save(planting="WG")
    assert visit.view().answers == {"land_class": "0103", "planting": "WG"}


def test_another_category_forgets_the_type_that_no_longer_fits(visit: Visit) -> None:
    visit.answer_all()
    assert "problem_type" not in visit.save(category="3")


def test_two_devices_fill_different_fields_of_one_draft(visit: Visit) -> None:
    old = visit.view().answers
    visit.save(land_class="0301")
    answers = inspections.save(visit.id, {"remark": "路窄"}, visit.who, seen=old, now=visit.now)
    assert answers == {"land_class": "0301", "remark": "路窄"}


def test_a_field_that_another_device_changed_is_not_overwritten(visit: Visit) -> None:
    old = visit.view().answers
    visit.save(remark="第一台手机写的")
    change = {"remark": "第二台手机写的"}
    told = refused(inspections.save, visit.id, change, visit.who, seen=old, now=visit.now)
    assert told.id == "changed-meanwhile"
    assert visit.view().answers["remark"] == "第一台手机写的"


def test_nonsense_in_a_field_is_refused_and_changes_nothing(visit: Visit) -> None:
    visit.save(land_class="0301")
    for change in ({"no_such_field": "x"}, {"area_mu": "三亩"}, {"area_mu": True}):
        told = refused(inspections.save, visit.id, change, visit.who, seen={}, now=visit.now)
        assert told.id == "bad-input"
    assert visit.view().answers == {"land_class": "0301"}


def test_an_incomplete_visit_is_refused_and_each_lack_is_named(visit: Visit) -> None:
    told = refused(inspections.submit, visit.id, visit.view().edition, visit.who, now=visit.now)
    assert told.id == "incomplete"
    assert "请填写“现状地类”" in told.facts["missing"]
    assert "还差 2 张利用特征照片（需 2 张可用的）" in told.facts["missing"]
    assert visit.view().state == InspectionState.DRAFT


def test_an_area_larger_than_the_parcel_is_refused(visit: Visit) -> None:
    visit.answer_all()
    visit.save(area_mu=40.0)
    assert "不能大于地块面积 3.7" in visit.view().wrongs["area_mu"]


def test_a_whole_visit_is_handed_over_with_its_finding(visit: Visit) -> None:
    visit.answer_all()
    visit.shoot_all()
    view = visit.view()
    assert view.missing == []
    inspections.submit(visit.id, view.edition, visit.who, now=visit.now)
    assert visit.view().state == InspectionState.SUBMITTED
    with writing() as session:
        finding = session.exec(select(Finding)).one()
    assert (finding.category, finding.problem_type, finding.area_mu) == (2, "2-1", 3.2)
    assert len(finding.photo_ids) == 4
    row = tasks.listing(visit.who, Wanted())[0][0]
    assert row.progress == Progress.SUBMITTED


def test_answers_whose_question_no_longer_applies_are_not_handed_over(visit: Visit) -> None:
    visit.answer_all()
    visit.shoot_all()
    visit.save(has_problem="否")
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    assert visit.view().answers == {
        "land_class": "0301",
        "as_registered": "否",
        "has_problem": "否",
    }
    with writing() as session:
        assert session.exec(select(Finding)).all() == []


def test_after_handing_over_nothing_can_be_changed(visit: Visit) -> None:
    visit.answer_all()
    visit.shoot_all()
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    assert refused(visit.save, remark="晚了").id == "not-open"
    assert refused(visit.shoot, 900).id == "not-open"
    again = refused(inspections.submit, visit.id, visit.view().edition, visit.who, now=visit.now)
    assert again.id == "not-open"


def test_a_parcel_that_cannot_be_reached_wants_a_reason_instead_of_photos(visit: Visit) -> None:
    visit.save(land_class="0301", as_registered="否", has_problem="否", no_photo_reason="WFDD")
    assert visit.view().missing == ["请填写“无法拍照的说明”"]
    visit.save(no_photo_note="山洪冲断了唯一的路，无法到达。")
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    assert visit.view().state == InspectionState.SUBMITTED


def test_a_large_parcel_wants_all_four_sides(database: str, noon: object) -> None:
    who = rows.a_person(Role.INSPECTOR, team="二组")
    parcel = rows.a_parcel_row(side_m=100.0)  # 15 亩
    visit_id = inspections.open_visit(rows.a_task(parcel), who, now=rows.clock.now())
    kinds = {w.kind: w.wanted for w in inspections.view(visit_id, who).wishes}
    assert kinds["东向"] == kinds["北向"] == 1


def test_sent_back_wants_just_the_named_photo_again(visit: Visit) -> None:
    visit.answer_all()
    visit.shoot_all()
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    with writing() as session:
        row = session.get_one(Inspection, visit.id)
        row.state, row.returned_why = InspectionState.RETURNED, "近景太糊"
        close = session.exec(select(Photo).where(Photo.kind == "近景")).one()
        close.reshoot_why = "看不清作物"
    assert visit.view().missing == ["请重拍近景照片：看不清作物"]
    visit.shoot(777, "近景")
    view = visit.view()
    assert view.missing == []
    assert [p.kind for p in view.photos].count("近景") == 1  # the old one stays in the archive
    inspections.submit(visit.id, view.edition, visit.who, now=visit.now)


def test_a_finished_task_takes_no_new_visit(visit: Visit) -> None:
    with writing() as session:
        session.get_one(Inspection, visit.id).state = InspectionState.CONFIRMED
        task = session.get_one(rows.Task, visit.task)
        task.done_at = visit.now
    assert refused(inspections.open_visit, visit.task, visit.who, now=visit.now).id == "task-closed"


def test_my_records_show_what_wants_something_of_me_first(visit: Visit) -> None:
    for state in (InspectionState.CONFIRMED, InspectionState.RETURNED):
        rows.an_inspection(
            visit.who,
            rows.a_task(),
            state=state,
            changed_at=visit.now - timedelta(days=1),
        )
    states = [r.state for r in inspections.mine(visit.who)]
    assert states == ["退回补拍", "草稿", "已确认"]
    assert inspections.newest_draft(visit.who) == visit.id


def returned_for_a_close_up(visit: Visit) -> int:
    """The visit sent back, with its 近景 to shoot again; the photo's number."""
    visit.answer_all()
    visit.shoot_all()
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    with writing() as session:
        session.get_one(Inspection, visit.id).state = InspectionState.RETURNED
        close = session.exec(select(Photo).where(Photo.kind == "近景")).one()
        close.reshoot_why = "看不清作物"
        assert close.id is not None
        return close.id


def test_a_photo_from_far_away_does_not_answer_a_send_back(visit: Visit) -> None:
    returned_for_a_close_up(visit)
    assert visit.shoot(778, "近景", away_m=9000.0).verdict == "不符"
    assert "请重拍近景照片：看不清作物" in visit.view().missing


def test_a_photo_that_was_sent_back_cannot_just_be_removed(visit: Visit) -> None:
    photo = returned_for_a_close_up(visit)
    told = refused(inspections.remove_photo, photo, visit.who, now=visit.now)
    assert told.id == "reshoot-first"
    visit.shoot(779, "近景")
    assert visit.view().missing == []


def test_of_two_who_visit_one_parcel_the_first_to_submit_has_the_task(visit: Visit) -> None:
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    other = Visit(
        mate,
        visit.parcel,
        visit.task,
        inspections.open_visit(visit.task, mate, now=visit.now),
        visit.now,
    )
    assert other.id != visit.id
    for each, seed in ((visit, 0), (other, 50)):
        each.answer_all()
        for n, kind in enumerate(("全景", "近景", "利用特征", "利用特征")):
            each.shoot(seed + n, kind)
    inspections.submit(visit.id, visit.view().edition, visit.who, now=visit.now)
    told = refused(inspections.submit, other.id, other.view().edition, mate, now=visit.now)
    assert told.id == "task-closed"
    assert len(other.view().photos) == 4  # nothing of the second is lost


def test_four_taps_at_once_open_one_visit(database: str, noon: object) -> None:
    who = rows.a_person(Role.INSPECTOR, team="二组")
    task = rows.a_task()
    opened, errors = [], []

    def tap() -> None:
        try:
            opened.append(inspections.open_visit(task, who, now=rows.clock.now()))
        except Exception as error:  # noqa: BLE001 — whatever it is, the test wants to see it
            errors.append(error)

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(opened)) == 1


def test_my_records_say_which_photo_is_wanted_again(visit: Visit) -> None:
    returned_for_a_close_up(visit)
    row = inspections.mine(visit.who)[0]
    assert row.why == "重拍近景：看不清作物"
    assert row.photos == 4

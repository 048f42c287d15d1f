import hashlib
from datetime import datetime, timedelta

import pytest

from field_app import accounts, inspections
from field_app.clock import local
from field_app.roles import Who
from models.vocabulary import InspectionState, Role
from tests import build, rows
from tests.pages.conftest import Open, words_of


@pytest.fixture
def heying(database: str, noon: datetime) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


def shoot(visit: int, who: Who, now: datetime, seed: int, kind: str) -> None:
    data = build.a_photo(rows.a_square(), seed=seed, taken_at=local(now - timedelta(minutes=5)))
    inspections.attach_photo(
        data,
        sha256=hashlib.sha256(data).hexdigest(),
        inspection_id=visit,
        kind=kind,
        capture={},
        who=who,
        now=now,
    )


def test_a_new_inspector_is_told_that_nothing_is_assigned(heying: Who, open_page: Open) -> None:
    at = open_page("tasks", heying)
    assert not at.exception
    assert "目前没有分给您的核查任务" in words_of(at)


def test_the_list_shows_my_tasks_and_not_the_other_teams(heying: Who, open_page: Open) -> None:
    rows.a_task(rows.a_parcel_row(number="MINE01"))
    rows.a_task(rows.a_parcel_row(number="OTHER1"), team="一组")
    said = words_of(open_page("tasks", heying))
    assert "MINE01" in said
    assert "OTHER1" not in said


def test_a_search_finds_by_village_and_says_when_there_is_nothing(
    heying: Who, open_page: Open
) -> None:
    rows.a_task(rows.a_parcel_row(number="A1", village="西花园村"))
    rows.a_task(rows.a_parcel_row(number="A2", village="老龙庙村"))
    at = open_page("tasks", heying)
    at.text_input(key="words").set_value("西花园").run()
    assert "A1" in words_of(at)
    assert "A2" not in words_of(at)
    at.text_input(key="words").set_value("没有这个村").run()
    assert "没有符合条件的任务" in words_of(at)


def test_what_a_file_calls_a_parcel_is_never_markup(heying: Who, open_page: Open) -> None:
    rows.a_task(rows.a_parcel_row(number=":red[x]<b>", village="**粗**村"))
    said = words_of(open_page("tasks", heying))
    assert r"\:red\[x\]\<b\>" in said
    assert r"\*\*粗\*\*村" in said


def test_a_parcel_page_tells_the_facts(heying: Who, open_page: Open) -> None:
    project = rows.a_project(name="留山镇土地整治项目")
    parcel = rows.a_parcel_row(number="A1", project_id=project, land_class="0103")
    said = words_of(open_page("parcel", heying, parcel=str(parcel)))
    assert "留山镇土地整治项目" in said
    assert "0103 旱地" in said


@pytest.mark.parametrize("query", [{}, {"parcel": "999"}, {"parcel": "x; drop"}])
def test_a_wrong_parcel_address_gets_a_sentence(
    query: dict[str, str], heying: Who, open_page: Open
) -> None:
    at = open_page("parcel", heying, **query)
    assert not at.exception
    assert "请从任务列表里选择" in words_of(at) or "找不到地块" in words_of(at)


def test_a_task_opens_its_visit_and_each_answer_is_kept(heying: Who, open_page: Open) -> None:
    task = rows.a_task(rows.a_parcel_row(number="A1"))
    at = open_page("inspect", heying, task=str(task))
    assert not at.exception
    at.selectbox(key="answer_1_land_class").set_value("0301").run()
    assert inspections.view(1, heying).answers == {"land_class": "0301"}
    # As after a reload, a restart, or on another phone: it is still there.
    again = open_page("inspect", heying, visit="1")
    assert again.selectbox(key="answer_1_land_class").value == "0301"


def test_questions_appear_when_they_apply(heying: Who, open_page: Open) -> None:
    at = open_page("inspect", heying, task=str(rows.a_task()))
    assert "种植属性" not in {r.label for r in at.radio}
    at.selectbox(key="answer_1_land_class").set_value("0103").run()
    assert "种植属性" in {r.label for r in at.radio}


def test_submitting_too_early_names_what_is_missing(heying: Who, open_page: Open) -> None:
    at = open_page("inspect", heying, task=str(rows.a_task()))
    at.button(key="submit").click().run()
    assert "请填写“现状地类”" in words_of(at)
    assert "还差 1 张全景照片" in words_of(at)
    assert inspections.view(1, heying).state == InspectionState.DRAFT


def test_a_photo_on_the_page_tells_its_verdict(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    shoot(visit, heying, noon, 1, "全景")
    said = words_of(open_page("inspect", heying, visit=str(visit)))
    assert "核验通过" in said


def test_what_another_phone_changed_is_said_and_nothing_is_overwritten(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    at = open_page("inspect", heying, task=str(rows.a_task()))
    inspections.save(1, {"remark": "另一台手机写的"}, heying, seen={}, now=noon)
    at.text_area(key="answer_1_remark").set_value("这台手机写的").run()
    assert "这台手机写的" in words_of(at)  # what was typed is told back
    assert inspections.view(1, heying).answers["remark"] == "另一台手机写的"


def test_a_visit_that_is_handed_over_is_shown_and_cannot_be_edited(
    heying: Who, open_page: Open
) -> None:
    visit = rows.an_inspection(heying, state=InspectionState.SUBMITTED)
    at = open_page("inspect", heying, visit=str(visit))
    assert not at.exception
    assert list(at.selectbox) == []
    assert "旱地" in words_of(at)


def test_nobody_opens_the_visit_of_another_team(heying: Who, open_page: Open) -> None:
    stranger = rows.a_person(Role.INSPECTOR, team="一组")
    visit = rows.an_inspection(heying)
    said = words_of(open_page("inspect", stranger, visit=str(visit)))
    assert "不在您的职责范围内" in said
    assert "旱地" not in said


def test_my_records_say_what_was_sent_back_and_why(heying: Who, open_page: Open) -> None:
    rows.an_inspection(heying, state=InspectionState.RETURNED, returned_why="近景太糊，请重拍")
    said = words_of(open_page("records", heying))
    assert "退回补拍" in said
    assert "近景太糊，请重拍" in said


def test_the_demonstration_is_marked_on_every_page(heying: Who, open_page: Open) -> None:
    from field_app import demonstration
    from field_app.db import writing

    assert "演示数据" not in words_of(open_page("records", heying))
    with writing() as session:
        demonstration.mark(session)
    for path in ("tasks", "inspect", "records", "account", "parcel"):
        assert "演示数据" in words_of(open_page(path, heying))


def test_a_session_that_ended_shows_nothing_of_the_page(heying: Who, open_page: Open) -> None:
    rows.a_task(rows.a_parcel_row(number="SECRET1"))
    at = open_page("tasks", heying)
    at.user["login"] = "99999"
    at.run()
    assert "SECRET1" not in words_of(at)
    assert "登录已结束" in words_of(at)


def test_a_first_password_must_be_changed_before_anything_else(
    database: str, noon: datetime, open_page: Open
) -> None:
    from field_app.db import writing
    from models.tables import Person

    who = rows.a_person(Role.INSPECTOR, team="二组")
    with writing() as session:
        session.get_one(Person, who.id).must_change_password = True
    assert "请先改成自己的密码" in words_of(open_page("tasks", who))


def test_after_the_session_ended_a_tap_writes_nothing_any_more(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    shoot(visit, heying, noon, 1, "全景")
    at = open_page("inspect", heying, visit=str(visit))
    accounts.sign_out(int(at.user["login"]), now=noon)
    photo = inspections.view(visit, heying).photos[0]
    at.text_area(key=f"answer_{visit}_remark").set_value("退出之后写的")
    at.button(key=f"remove_{photo.id}").click().run()
    left = inspections.view(visit, heying)
    assert "remark" not in left.answers
    assert [p.id for p in left.photos] == [photo.id]
    assert "登录已结束" in words_of(at)


@pytest.mark.parametrize("path", ["inspect", "parcel"])
@pytest.mark.parametrize("number", ["2147483648", "9" * 30, "²", "-1", "1e3"])
def test_a_number_that_no_record_can_have_gets_a_sentence(
    number: str, path: str, heying: Who, open_page: Open
) -> None:
    name = "visit" if path == "inspect" else "parcel"
    at = open_page(path, heying, **{name: number})
    assert not at.exception

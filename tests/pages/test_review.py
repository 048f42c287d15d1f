"""The supervisor's page, without a browser; on both databases where it decides."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from field_app import db, maps, review
from field_app.review import Decision
from field_app.roles import Who
from models.tables import Entry, Event, Inspection, Photo
from models.vocabulary import InspectionState, Role, Verdict
from tests import rows
from tests.pages.conftest import Open, words_of

P, D = Verdict.PASSED, Verdict.DOUBTFUL


@pytest.fixture
def heying(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def zhou(heying: Who) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def state_of(inspection: int) -> str:
    with db.reading() as session:
        return session.get_one(Inspection, inspection).state


def entries() -> list[Entry]:
    with db.reading() as session:
        return list(session.exec(select(Entry).order_by(col(Entry.id))))


def press(at: AppTest, label: str) -> AppTest:
    (button,) = (b for b in at.button if b.label == label)
    return button.click().run()


def choose(at: AppTest, part: str) -> AppTest:
    return at.segmented_control(key="decision").set_value(part).run()


def test_an_empty_queue_says_so(zhou: Who, open_page: Open) -> None:
    at = open_page("review", zhou)
    assert not at.exception
    assert "这里没有核查记录" in words_of(at)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SUPERVISOR])
def test_the_page_is_the_supervisors(role: Role, heying: Who, open_page: Open) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    at = open_page("review", rows.a_person(role, team="二组"), visit=str(inspection))
    assert "地块内全部为林木" not in words_of(at)
    assert not [b for b in at.button if b.label == "确认并登记台账"]


def test_the_queue_shows_who_where_what_and_the_verdicts(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    task = rows.a_task(rows.a_parcel_row(number="A1"))
    rows.a_submitted_inspection(heying, (P, D), task_id=task)
    at = open_page("review", zhou)
    assert not at.exception
    said = words_of(at)
    assert "**A1**" in said
    assert "留山镇 下店村" in said
    assert "何映" in said
    assert "存疑 1" in said


def test_the_filters_narrow_the_queue(heying: Who, zhou: Who, open_page: Open) -> None:
    for number, township in (("A1", rows.LIUSHAN), ("B2", rows.HUANGHOU)):
        task = rows.a_task(rows.a_parcel_row(number=number, township_code=township))
        rows.a_submitted_inspection(heying, task_id=task)
    at = open_page("review", zhou)
    at.selectbox(key="review_township").set_value(rows.HUANGHOU).run()
    assert "**B2**" in words_of(at)
    assert "**A1**" not in words_of(at)


def test_a_tap_on_the_map_opens_the_case_that_was_tapped(
    heying: Who, zhou: Who, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = []
    for code in ("P1", "P2"):
        project = rows.a_project(code, name=code)
        task = rows.a_task(rows.a_parcel_row(number="1", project_id=project))
        visits.append(rows.a_submitted_inspection(heying, task_id=task)[0])
    for visit in visits:
        monkeypatch.setattr(maps, "show", lambda *_, v=visit, **__: {"tapped": str(v)})
        assert open_page("review", zhou).query_params["visit"] in (str(visit), [str(visit)])


def test_a_long_queue_is_turned_page_by_page(heying: Who, zhou: Who, open_page: Open) -> None:
    for n in range(21):
        rows.an_inspection(heying, rows.a_task(rows.a_parcel_row(number=f"N{n:02d}")))
    at = open_page("review", zhou)
    assert "**N20**" not in words_of(at)
    at = press(at, "下一页")
    assert "**N20**" in words_of(at)
    assert "**N00**" not in words_of(at)
    at.text_input(key="review_words").set_value("N0").run()  # a new search starts at its first page
    assert "**N00**" in words_of(at)


def test_one_case_shows_finding_photos_answers_and_history(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D))
    review.decide_photo(photos[1], Decision.TRUSTED, why="像", who=zhou, now=rows.clock.now())
    at = open_page("review", zhou, visit=str(inspection))
    assert not at.exception
    said = words_of(at)
    assert "地块内全部为林木，没有耕种痕迹。" in said
    assert f"照片 {photos[0]} · 全景 · 地块内" in said
    assert "采信" in said
    assert "现状地类" in said


def test_what_people_typed_is_never_markup(heying: Who, zhou: Who, open_page: Open) -> None:
    task = rows.a_task(rows.a_parcel_row(number="<b>x</b>", village=":red[村]"))
    inspection, photos = rows.a_submitted_inspection(
        heying, (D,), task_id=task, facts="**粗**<script>alert(1)</script>"
    )
    review.decide_photo(photos[0], Decision.TRUSTED, why="![i](x)", who=zhou, now=rows.clock.now())
    at = open_page("review", zhou, visit=str(inspection))
    said = words_of(at)
    assert r"\*\*粗\*\*\<script\>alert\(1\)\</script\>" in said
    assert r"\:red\[村\]" in said
    assert r"\!\[i\]\(x\)" in said
    assert all("<script>alert" not in str(html.body) for html in at.get("html"))


def test_confirming_makes_the_entry_and_goes_on_to_the_next(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    first, _ = rows.a_submitted_inspection(heying)
    second, _ = rows.a_submitted_inspection(heying)
    at = press(open_page("review", zhou, visit=str(first)), "确认并登记台账")
    assert not at.exception
    assert [e.number for e in entries()] == ["411321-2-2026-0001"]
    assert state_of(first) == InspectionState.CONFIRMED
    assert at.query_params["visit"] in (str(second), [str(second)])


def test_another_ledger_brings_its_own_preset_and_wants_a_reason(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    at = open_page("review", zhou, visit=str(inspection))
    at = at.selectbox(key=at.selectbox[-2].key).set_value(6).run()
    assert "追究" not in (at.text_area[0].value or "")
    assert "资金" in (at.text_area[0].value or "")
    at = press(at, "确认并登记台账")
    assert "请写明改动问题类别" in words_of(at)
    assert entries() == []
    at.text_input[-1].set_value("资金问题")
    press(at, "确认并登记台账")
    assert [e.category for e in entries()] == [6]


def test_an_undecided_photo_is_named_before_and_refused_after(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D))
    at = open_page("review", zhou, visit=str(inspection))
    assert f"照片 {photos[1]}（近景，存疑） 机器核验没有通过" in words_of(at)
    at = press(at, "确认并登记台账")
    assert "请逐张写明理由" in words_of(at)
    assert state_of(inspection) == InspectionState.SUBMITTED


def test_a_visit_that_found_nothing_is_confirmed_with_one_press(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying, category=None)
    press(open_page("review", zhou, visit=str(inspection)), "确认：未发现问题")
    assert state_of(inspection) == InspectionState.CONFIRMED
    assert entries() == []


def test_sending_back_names_the_photo(heying: Who, zhou: Who, open_page: Open) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D))
    at = choose(open_page("review", zhou, visit=str(inspection)), "退回补拍")
    (again,) = (s for s in at.selectbox if s.label.startswith(f"照片 {photos[1]} "))
    again.set_value("离地块太远")
    press(at, "退回补拍")
    assert state_of(inspection) == InspectionState.RETURNED
    with db.reading() as session:
        assert session.get_one(Photo, photos[1]).reshoot_why == "离地块太远"
        assert session.get_one(Photo, photos[0]).reshoot_why == ""


def test_what_another_supervisor_did_meanwhile_is_not_decided_over_and_the_reason_typed_stays(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying, (P, D))
    at = choose(open_page("review", zhou, visit=str(inspection)), "退回补拍")
    (again,) = (s for s in at.selectbox if s.label.startswith(f"照片 {photos[1]} "))
    again.set_value("离地块太远")
    other = rows.a_person(Role.SUPERVISOR)
    review.decide_photo(photos[1], Decision.TRUSTED, why="好", who=other, now=rows.clock.now())
    at = press(at, "退回补拍")
    assert "刚被别人或另一台设备改过" in words_of(at)
    assert state_of(inspection) == InspectionState.SUBMITTED
    (again,) = (s for s in at.selectbox if s.label.startswith(f"照片 {photos[1]} "))
    assert again.value == "离地块太远"
    press(at, "退回补拍")  # now that it has been seen
    assert state_of(inspection) == InspectionState.RETURNED


def test_rejecting_wants_a_reason(heying: Who, zhou: Who, open_page: Open) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    at = choose(open_page("review", zhou, visit=str(inspection)), "不成立")
    at = press(at, "判定不成立")
    assert "请写明判定不成立的理由" in words_of(at)
    at.text_area[0].set_value("现状为水浇地")
    press(at, "判定不成立")
    assert state_of(inspection) == InspectionState.REJECTED


def test_who_took_part_is_told_that_another_must_judge(
    heying: Who, zhou: Who, open_page: Open
) -> None:
    inspection, photos = rows.a_submitted_inspection(heying)
    with db.writing() as session:
        session.get_one(Photo, photos[0]).person_id = zhou.id
    at = open_page("review", zhou, visit=str(inspection))
    assert "须由另一名督导审核" in words_of(at)
    assert not [b for b in at.button if b.label == "确认并登记台账"]


@pytest.mark.parametrize("visit", ["987654", "x", "-1"])
def test_a_wrong_address_gets_a_sentence(visit: str, zhou: Who, open_page: Open) -> None:
    at = open_page("review", zhou, visit=visit)
    assert not at.exception
    assert "找不到核查记录" in words_of(at) or "这里没有核查记录" in words_of(at)


def test_a_decided_case_is_shown_and_offers_nothing_more(
    heying: Who, zhou: Who, noon: datetime, open_page: Open
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    review.confirm(inspection, 1, who=zhou, now=noon + timedelta(minutes=1))
    at = open_page("review", zhou, visit=str(inspection))
    assert not at.exception
    said = words_of(at)
    assert "周督导 处理于" in said
    assert "411321\\-2\\-2026\\-0001" in said or "411321-2-2026-0001" in said
    assert not [b for b in at.button if b.label in ("确认并登记台账", "退回补拍")]
    with db.reading() as session:
        assert session.exec(select(Event.action).where(Event.about == "entry")).all() == [
            "登记入账"
        ]

"""What a supervisor, a team, a unit and an outsider see of the visits."""

from datetime import datetime, timedelta

import pytest

from field_app import db, review
from field_app.problems import Problem
from field_app.review import Decision, QueueFilter
from field_app.review.readings import odd_first
from field_app.roles import Who
from models.tables import Parcel, ParcelShape, Photo
from models.vocabulary import InspectionState, Outcome, Purpose, Role, Verdict
from tests import rows

P, D, C = Verdict.PASSED, Verdict.DOUBTFUL, Verdict.CONTRADICTED


@pytest.fixture
def heying(database: str) -> Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.fixture
def zhou(heying: Who) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def seen(who: Who, wanted: QueueFilter | None = None) -> list[int]:
    found, total = review.queue(who, wanted or QueueFilter(state=None))
    assert total >= len(found)
    return [row.inspection_id for row in found]


def refusal(inspection: int, who: Who) -> str:
    with pytest.raises(Problem) as told:
        review.detail(inspection, who)
    return told.value.id


def test_what_waits_longest_comes_first_and_decided_ones_newest_first(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    late = rows.an_inspection(heying, submitted_at=noon)
    early = rows.an_inspection(heying, submitted_at=noon - timedelta(days=2))
    rejected = [
        rows.an_inspection(
            heying, state=InspectionState.REJECTED, submitted_at=noon - timedelta(days=days)
        )
        for days in (5, 3)
    ]
    assert seen(zhou, QueueFilter()) == [early, late]
    assert seen(zhou, QueueFilter(state=InspectionState.REJECTED)) == rejected[::-1]


def test_a_row_says_what_where_who_and_what_the_machine_thinks(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    project = rows.a_project(name="小寨整治项目")
    task = rows.a_task(rows.a_parcel_row(number="N4113210001", project_id=project))
    inspection, photos = rows.a_submitted_inspection(heying, (P, D, D, C), task_id=task)
    with db.writing() as session:
        session.get_one(Photo, photos[3]).removed_at = noon
    ((row,), total) = review.queue(zhou, QueueFilter())
    assert total == 1
    assert (row.number, row.project, row.township) == ("N4113210001", "小寨整治项目", "留山镇")
    assert (row.inspector, row.category) == ("何映", 2)
    assert row.problem.startswith("2-1 将林地")
    assert row.verdicts == {P: 1, D: 2}
    assert row.worst == D
    assert row.inspection_id == inspection


def test_the_filters_narrow_and_the_count_is_of_all_pages(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    unknown = rows.a_task(rows.a_parcel_row(township_code=None, number="未定地块"))
    elsewhere = rows.a_task(rows.a_parcel_row(township_code=rows.HUANGHOU, number="50%地块"))
    a, _ = rows.a_submitted_inspection(heying, task_id=unknown)
    b, _ = rows.a_submitted_inspection(heying, task_id=elsewhere, category=3)
    c, _ = rows.a_submitted_inspection(heying, category=None)
    assert seen(zhou, QueueFilter(township_code=review.NO_TOWNSHIP)) == [a]
    assert seen(zhou, QueueFilter(township_code=rows.HUANGHOU)) == [b]
    assert seen(zhou, QueueFilter(category=3)) == [b]
    assert seen(zhou, QueueFilter(category=0)) == [c]
    assert seen(zhou, QueueFilter(words="未定地")) == [a]
    assert seen(zhou, QueueFilter(words="%")) == [b]  # a percent sign is a percent sign
    first, total = review.queue(zhou, QueueFilter(limit=2))
    rest, _ = review.queue(zhou, QueueFilter(limit=2, offset=2))
    assert [r.inspection_id for r in first + rest] == [a, b, c]
    assert total == 3


def test_a_draft_is_never_in_the_queue_nor_opened(heying: Who, zhou: Who, noon: datetime) -> None:
    draft = rows.an_inspection(heying, state=InspectionState.DRAFT)
    assert seen(zhou) == []
    assert refusal(draft, zhou) == "not-found"
    assert refusal(987654, zhou) == "not-found"


def test_everyone_sees_what_is_theirs_and_nothing_else(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    review.confirm(inspection, 1, who=zhou, now=noon)
    sees = {
        heying: True,
        zhou: True,
        rows.a_person(Role.INSPECTOR, "同组", team="二组"): True,
        rows.a_person(Role.OFFICE): True,
        rows.a_person(Role.ADMIN): True,
        rows.a_person(Role.UNIT, "留山", unit="留山镇人民政府"): True,
        rows.a_person(Role.UNIT, "财政", unit="财政局"): True,
        rows.a_person(Role.UNIT, "皇后", unit="皇后乡人民政府"): False,
        rows.a_person(Role.UNIT, "无单位"): False,
        rows.a_person(Role.INSPECTOR, "别组", team="一组"): False,
        rows.a_person(Role.INSPECTOR, "无组"): False,
    }
    for who, allowed in sees.items():
        assert seen(who) == ([inspection] if allowed else []), who
        if allowed:
            assert review.detail(inspection, who).entry_number == "411321-2-2026-0001"
        else:
            assert refusal(inspection, who) == "not-yours", who


def test_before_it_is_an_entry_no_unit_sees_it(heying: Who, noon: datetime) -> None:
    inspection, _ = rows.a_submitted_inspection(heying)
    liushan = rows.a_person(Role.UNIT, unit="留山镇人民政府")
    assert seen(liushan) == []
    assert refusal(inspection, liushan) == "not-yours"


def test_the_case_shows_each_photo_with_its_worst_result_first(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection = rows.an_inspection(heying)
    results = [
        {"check": name, "outcome": str(outcome), "message": ""}
        for name, outcome in (
            ("a", Outcome.PASS),
            ("b", Outcome.UNKNOWN),
            ("c", Outcome.FAIL),
            ("d", Outcome.ERROR),
            ("e", Outcome.DOUBT),
        )
    ]
    photo = rows.a_photo_row(inspection, C, results=results)
    (shown,) = review.detail(inspection, zhou).photos
    assert [r["check"] for r in shown.results] == ["c", "e", "d", "b", "a"]
    assert shown.url == f"/evidence/{photo}"
    assert shown.small_url == f"/evidence/{photo}?size=small"
    assert shown.undecided


def test_the_newest_examination_is_shown(heying: Who, zhou: Who, noon: datetime) -> None:
    inspection, (photo,) = rows.a_submitted_inspection(heying, (C,))
    newer = [{"check": "again", "outcome": "PASS", "message": ""}]
    rows.an_examination(photo, P, at=noon + timedelta(hours=1), results=newer)
    (shown,) = review.detail(inspection, zhou).photos
    assert shown.verdict == P
    assert [r["check"] for r in shown.results] == ["again"]
    assert not shown.undecided


def test_a_persons_words_are_shown_in_order_and_the_last_one_stands(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    inspection, (photo,) = rows.a_submitted_inspection(heying, (D,))
    assert [p.id for p in review.detail(inspection, zhou).undecided] == [photo]
    later = noon + timedelta(minutes=5)
    review.decide_photo(photo, Decision.TRUSTED, why="像", who=zhou, now=noon)
    review.decide_photo(photo, Decision.NOT_TRUSTED, why="又看了一遍，不像", who=zhou, now=later)
    case = review.detail(inspection, zhou)
    (shown,) = case.photos
    assert [(d.decision, d.why, d.by) for d in shown.decisions] == [
        ("采信", "像", "周督导"),
        ("不采信", "又看了一遍，不像", "周督导"),
    ]
    assert shown.standing == Decision.NOT_TRUSTED
    assert case.undecided == ()
    assert [(h.about, h.action, h.by) for h in case.history] == [
        ("photo", "采信", "周督导"),
        ("photo", "不采信", "周督导"),
    ]


def test_readings_that_two_readers_take_differently_stand_first() -> None:
    readings = [
        {"name": "Make", "value": "HUAWEI", "tag": "0x010F", "source": "exif"},
        {"name": "Make", "value": "HUAWEI ", "tag": "0x010F", "source": "exif:exifread"},
        {"name": "FNumber", "value": [[36, 20]], "tag": "0x829D", "source": "exif"},
        {"name": "FNumber", "value": [[18, 10]], "tag": "0x829D", "source": "exif:exifread"},
        {"name": "GPSLatitude", "value": [[33, 1], [29, 1]], "tag": "2", "source": "exif"},
        {"name": "GPSLatitude", "value": [[34, 1], [29, 1]], "tag": "2", "source": "exif:exifread"},
        {"name": "Software", "value": "x", "tag": "0x0131", "source": "exif"},
    ]
    shown = odd_first(readings)
    assert [r.name for r in shown if r.odd] == ["GPSLatitude", "GPSLatitude"]
    assert [r.value for r in shown[:2]] == ["33/1, 29/1", "34/1, 29/1"]
    assert len(shown) == len(readings)


def test_the_answers_are_shown_in_words(heying: Who, zhou: Who, noon: datetime) -> None:
    answers = {"land_class": "0103", "has_problem": "否", "remark": "=1+1"}
    inspection = rows.an_inspection(heying, answers=answers)
    shown = {a.label: a.text for a in review.detail(inspection, zhou).answers}
    assert shown["现状地类"] == "旱地（0103）"
    assert shown["备注"] == "=1+1"
    assert "问题大类" not in shown


def test_the_parcel_is_drawn_as_it_was_on_the_day_of_the_visit(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    parcel, then, today = rows.a_parcel_row(), rows.a_square(side_m=50), rows.a_square(side_m=80)
    inspection = rows.an_inspection(heying, rows.a_task(parcel))
    assert not review.detail(inspection, zhou).newer_shape
    with db.writing() as session:
        session.add(
            ParcelShape(parcel_id=parcel, shape_no=1, boundary=then, area_m2=2500.0, until=noon)
        )
        row = session.get_one(Parcel, parcel)
        row.boundary, row.shape_no = today, 2
    case = review.detail(inspection, zhou)
    assert case.newer_shape
    assert case.boundary.equals(then)


def test_earlier_pictures_of_the_parcel_lie_beside_the_new_ones(
    heying: Who, zhou: Who, noon: datetime
) -> None:
    parcel = rows.a_parcel_row()
    first = rows.an_inspection(heying, rows.a_task(parcel), submitted_at=noon - timedelta(days=30))
    old = rows.a_photo_row(first)
    rows.a_photo_row(rows.an_inspection(heying))  # another parcel
    draft = rows.an_inspection(
        heying, rows.a_task(parcel, purpose=Purpose.UPKEEP), state=InspectionState.DRAFT
    )
    rows.a_photo_row(draft)
    second = rows.an_inspection(heying, rows.a_task(parcel, purpose=Purpose.RECTIFIED))
    rows.a_photo_row(second)
    assert [p.id for p in review.detail(second, zhou).earlier] == [old]
    assert review.detail(first, zhou).earlier == ()


def test_earlier_pictures_of_another_team_stay_with_that_team(heying: Who, noon: datetime) -> None:
    parcel = rows.a_parcel_row()
    other = rows.a_person(Role.INSPECTOR, team="一组")
    theirs = rows.an_inspection(other, rows.a_task(parcel, team="一组"))
    rows.a_photo_row(theirs)
    ours = rows.an_inspection(heying, rows.a_task(parcel, purpose=Purpose.RECTIFIED))
    assert review.detail(ours, heying).earlier == ()


def test_a_visit_for_a_task_of_no_team_is_its_inspectors_teams(heying: Who, noon: datetime) -> None:
    inspection = rows.an_inspection(heying, rows.a_task(team=""))
    mate = rows.a_person(Role.INSPECTOR, team="二组")
    assert seen(mate) == [inspection]
    assert review.detail(inspection, mate).inspection_id == inspection
    assert seen(rows.a_person(Role.INSPECTOR, team="一组")) == []

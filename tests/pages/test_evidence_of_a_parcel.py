"""How results of a photo and of a set read on the form page and in the review, without a browser."""

from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from field_app import inspections
from field_app.roles import Who
from models.vocabulary import InspectionState, Outcome, Role, Verdict
from tests import rows
from tests.pages.conftest import Open, words_of
from tests.pages.test_inspector_pages import shoot


@pytest.fixture
def heying(database: str, noon: datetime) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


def many(count: int = 45) -> list[dict[str, Any]]:
    """As many results as an examination may bring: two bad, three notes, the rest in between."""
    odd = [
        ("fail", Outcome.FAIL, {}),
        ("doubt", Outcome.DOUBT, {}),
        *((f"note{n}", Outcome.UNKNOWN, {"noted": True, "needed": False}) for n in range(3)),
        *((f"unknown{n}", Outcome.UNKNOWN, {"needed": False}) for n in range(5)),
    ]
    fine = [(f"fine{n}", Outcome.PASS, {}) for n in range(count - len(odd))]
    return [
        {"check": name, "outcome": str(outcome), "message": f"说{name}。", "measured": {}} | more
        for name, outcome, more in [*fine, *odd]
    ]


def html_of(at: AppTest) -> str:
    return "\n".join(str(h.body) for h in at.get("html"))


def test_on_the_form_page_a_photo_tells_three_reasons_and_the_rest_on_demand(
    heying: Who, open_page: Open
) -> None:
    visit = rows.an_inspection(heying, state=InspectionState.DRAFT)
    photo = rows.a_photo_row(visit, Verdict.CONTRADICTED, results=many())
    at = open_page("inspect", heying, visit=str(visit))
    assert not at.exception
    (three,) = (m.value for m in at.markdown if "说fail" in m.value)
    assert three.index("说fail") < three.index("说doubt") < three.index("说note0")
    assert three.count("\n\n") == 2
    assert "**提示**" in three
    assert "说fine1" not in words_of(at)  # sent when somebody opens it
    assert "其余 42 项检查" in [e.label for e in at.expander]
    assert f"/evidence/{photo}/sketch?v=" in html_of(at)
    assert 'alt="第 1 张 全景，不符：拍摄点在地块内' in html_of(at)


def test_the_card_says_verdict_coverage_and_what_is_missing(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    shoot(visit, heying, noon, 1, "近景")
    said = words_of(at := open_page("inspect", heying, visit=str(visit)))
    assert "**本地块证据**" in said
    assert "待补证" in said
    assert "还没有看到地块全貌" in said
    assert "- 再拍 1 张全景：退后几步" in said
    assert f"/evidence/visits/{visit}/sketch?v=" in html_of(at)


def test_no_card_stands_where_there_is_no_photo_yet(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    visit = inspections.open_visit(rows.a_task(), heying, now=noon)
    said = words_of(open_page("inspect", heying, visit=str(visit)))
    assert "还没有照片" in said
    assert "本地块证据" not in said


def test_sixty_photos_without_a_position_are_no_trouble(heying: Who, open_page: Open) -> None:
    visit = rows.an_inspection(heying, state=InspectionState.DRAFT)
    for _ in range(60):
        rows.a_photo_row(
            visit, Verdict.INCOMPLETE, results=many(), lon=None, lat=None, heading_deg=None
        )
    at = open_page("inspect", heying, visit=str(visit))
    assert not at.exception
    assert "算不出看到了多少" in words_of(at)
    assert "第 60 张 全景" in html_of(at)


def complete(visit: int, who: Who, now: datetime) -> None:
    """All that the form wants."""
    answers = {"land_class": "0301", "as_registered": "是", "has_problem": "否"}
    seen = inspections.view(visit, who).answers
    inspections.save(visit, answers, who, seen=seen, now=now)


def test_before_submitting_what_the_evidence_lacks_is_shown_once_and_hinders_nobody(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    side = 400.0
    task = rows.a_task(rows.a_parcel_row(side_m=side))
    visit = rows.an_inspection(heying, task, state=InspectionState.DRAFT)
    kinds = ("全景", "近景", "利用特征", "利用特征", "东向", "南向", "西向", "北向")
    for n, kind in enumerate(kinds):  # all from one corner
        at_lat = rows.HERE.lat + side / 2 / 111_000
        rows.a_photo_row(visit, kind=kind, lat=at_lat, heading_deg=(n * 90.0) % 360.0)
    complete(visit, heying, noon)
    assert inspections.view(visit, heying).missing == []  # the form's own rule is content
    at = open_page("inspect", heying, visit=str(visit))
    at.button(key="submit").click().run()
    assert "补不了也可以提交" in words_of(at)
    assert "再拍一张全景：站到地块" in words_of(at)
    assert inspections.view(visit, heying).state == InspectionState.DRAFT
    at.button(key="submit_anyway").click().run()
    assert inspections.view(visit, heying).state == InspectionState.SUBMITTED


def test_evidence_that_lacks_nothing_is_handed_over_at_once(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    visit = rows.an_inspection(heying, rows.a_task(), state=InspectionState.DRAFT)
    for kind in ("全景", "近景", "利用特征", "利用特征"):
        rows.a_photo_row(visit, kind=kind, heading_deg=None)  # phones without a compass
    complete(visit, heying, noon)
    at = open_page("inspect", heying, visit=str(visit))
    at.button(key="submit").click().run()
    assert inspections.view(visit, heying).state == InspectionState.SUBMITTED


# --- the review -----------------------------------------------------------------------------------


def test_the_review_shows_the_set_and_calls_its_photos_by_their_numbers(
    heying: Who, open_page: Open
) -> None:
    visit, photos = rows.a_submitted_inspection(heying, (Verdict.PASSED, Verdict.CONTRADICTED))
    at = open_page("review", rows.a_person(Role.SUPERVISOR, "周督导"), visit=str(visit))
    assert not at.exception
    said = words_of(at)
    assert "**本地块证据**" in said
    assert "- 移除第 2 张不符的照片，到地块旁重拍" in said
    assert f"第 2 张 · 照片 {photos[1]} · 近景" in said.replace("\\", "")
    assert f"/evidence/visits/{visit}/sketch?v=" in html_of(at)


def test_a_case_without_photos_and_one_of_an_old_examination_are_shown(
    heying: Who, open_page: Open
) -> None:
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    bare = rows.an_inspection(heying)
    assert "算不出看到了多少" in words_of(at := open_page("review", zhou, visit=str(bare)))
    assert not at.exception
    old = rows.an_inspection(heying, rows.a_task())
    rows.a_photo_row(old, results=[{"check": "x", "outcome": "DOUBT", "message": "旧"}])
    assert not open_page("review", zhou, visit=str(old)).exception


def test_the_dialog_of_a_photo_tells_three_reasons_its_sketch_and_the_odd_readings_first(
    heying: Who, open_page: Open
) -> None:
    visit = rows.an_inspection(heying)
    results = [*many(), {"check": "editing_software", "outcome": "DOUBT", "message": "修过。"}]
    photo = rows.a_photo_row(
        visit,
        Verdict.CONTRADICTED,
        results=results,
        readings=[
            {"name": "Make", "value": "HUAWEI", "tag": "0x010F", "source": "exif"},
            {"name": "Software", "value": "Photoshop", "tag": "0x0131", "source": "exif"},
        ],
    )
    at = open_page("review", rows.a_person(Role.SUPERVISOR, "周督导"), visit=str(visit))
    at.button(key=f"look_{photo}").click().run()
    assert not at.exception
    labels = [e.label for e in at.expander]
    assert "其余说明（8 项）" in labels
    assert "相符的检查（35 项）" in labels
    said = words_of(at)
    assert "**先看这几项**" in said
    assert "**软件**　Photoshop" in said
    table = at.dataframe[0].value
    assert next(iter(table["项目"])) == "软件"
    assert table["异常"][0].startswith("存疑：")
    assert f"/evidence/{photo}/sketch?v=" in html_of(at)

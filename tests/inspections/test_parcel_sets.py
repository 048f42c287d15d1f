"""The photos of a visit as one piece of evidence, from the database."""

from datetime import datetime, timedelta

import pytest

from field_app import parcel_sets, review
from field_app.problems import Problem
from field_app.review import Decision
from field_app.roles import Who
from models.tables import Photo
from models.vocabulary import InspectionState, Outcome, Role, Verdict
from tests import rows
from tests.inspections.conftest import Visit


def test_a_fresh_visit_lacks_all_and_says_what_to_shoot(visit: Visit) -> None:
    shown = parcel_sets.of_visit(visit.id, visit.who)
    assert shown.examined.verdict == Verdict.INCOMPLETE
    assert [shot.kind for shot in shown.examined.missing] == ["全景", "近景", "利用特征"]
    assert shown.case.wanted == {"全景": 1, "近景": 1, "利用特征": 2}


def test_photos_of_a_visit_are_numbered_in_the_order_they_came(visit: Visit) -> None:
    visit.shoot_all()
    shown = parcel_sets.of_visit(visit.id, visit.who)
    assert sorted(shown.numbers.values()) == [1, 2, 3, 4]
    assert [p.id for p in visit.view().photos] == list(shown.numbers)
    assert shown.examined.verdict == Verdict.PASSED
    first = next(iter(shown.numbers))
    assert shown.photo_words(first).startswith("第 1 张 全景，核验通过：拍摄点在地块内")


def test_a_large_parcel_wants_its_four_sides(database: str, noon: datetime) -> None:
    who = rows.a_person(Role.INSPECTOR, team="二组")
    task = rows.a_task(rows.a_parcel_row(side_m=120.0))
    visit = rows.an_inspection(who, task, state=InspectionState.DRAFT)
    shown = parcel_sets.of_visit(visit, who)
    assert "再拍东向、南向、西向、北向" in "".join(s.text for s in shown.examined.missing)


def test_a_supervisors_word_counts_until_the_machine_changes_its_own(
    database: str, noon: datetime
) -> None:
    heying, zhou = rows.a_person(Role.INSPECTOR, team="二组"), rows.a_person(Role.SUPERVISOR)
    good, doubtful = Verdict.PASSED, Verdict.DOUBTFUL
    inspection, photos = rows.a_submitted_inspection(heying, (doubtful, good, good, good))
    assert parcel_sets.of_visit(inspection, zhou).examined.verdict == doubtful
    review.decide_photo(photos[0], Decision.TRUSTED, why="像", who=zhou, now=rows.clock.now())
    shown = parcel_sets.of_visit(inspection, zhou)
    assert shown.case.photos[0].trusted is True
    assert "set_photos" not in {r.check for r in shown.examined.reasons}
    rows.an_examination(photos[0], Verdict.CONTRADICTED, at=rows.clock.now() + timedelta(hours=1))
    again = parcel_sets.of_visit(inspection, zhou)
    assert again.case.photos[0].trusted is None
    assert again.examined.verdict == Verdict.CONTRADICTED


def test_who_wrote_why_photos_cannot_be_taken_is_not_asked_for_them(visit: Visit) -> None:
    visit.save(no_photo_reason="WFDD")
    shown = parcel_sets.of_visit(visit.id, visit.who)
    assert shown.case.cannot
    assert shown.examined.missing == ()


def test_the_address_of_a_sketch_changes_with_what_is_drawn(visit: Visit) -> None:
    visit.shoot(1, "全景")
    before = parcel_sets.of_visit(visit.id, visit.who)
    visit.shoot(2, "近景")
    after = parcel_sets.of_visit(visit.id, visit.who)
    assert before.sketch_url != after.sketch_url
    (first,) = before.numbers
    assert before.photo_sketch_url(first) == after.photo_sketch_url(first)


def test_the_sets_of_others_are_not_shown(visit: Visit) -> None:
    other = rows.a_person(Role.INSPECTOR, team="一组")
    photo = visit.shoot(1).photo_id or 0
    for ask in (
        lambda who: parcel_sets.of_visit(visit.id, who),
        lambda who: parcel_sets.sketch_of_visit(visit.id, who),
        lambda who: parcel_sets.sketch_of_photo(photo, who),
    ):
        with pytest.raises(Problem) as refused:
            ask(other)
        assert refused.value.id == "not-yours"


def test_a_set_by_looser_thresholds_is_judged_by_them(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.databases import environment

    visit.shoot_all()
    with environment(SET_THRESHOLDS__SET_TIME_SPAN__MOST_HOURS="0.0"):
        shown = parcel_sets.of_visit(visit.id, visit.who)
        span = next(r for r in shown.examined.results if r.check == "set_time_span")
    assert span.threshold == {"most_hours": 0.0}
    assert span.outcome == Outcome.PASS  # all at the same moment


def test_the_sketch_of_a_photo_that_was_taken_out_is_still_drawn_for_who_had_it_open(
    visit: Visit,
) -> None:
    from field_app import inspections
    from field_app.db import reading

    photo = visit.shoot(1).photo_id or 0
    inspections.remove_photo(photo, visit.who, now=visit.now)
    with reading() as session:
        assert session.get_one(Photo, photo).removed_at is not None
    assert parcel_sets.sketch_of_photo(photo, visit.who).startswith("<svg")


def a_stranger_number() -> Who:
    return rows.a_person(Role.INSPECTOR, team="二组")


def test_a_visit_that_is_not_there_is_not_found(database: str) -> None:
    for ask in (parcel_sets.of_visit, parcel_sets.sketch_of_photo):
        with pytest.raises(Problem) as refused:
            ask(999, a_stranger_number())
        assert refused.value.id == "not-found"

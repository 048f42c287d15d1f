"""The verdict on all photos of one parcel, and what is still to be shot."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

import photos.sets.examine
from models.geo import Position, area_m2, bearing_between_deg, inside_point, moved
from models.vocabulary import Outcome, PhotoKind, Verdict
from photos.case import Result
from photos.sets.case import SetCase, SetPhoto
from photos.sets.checks import SET_CHECKS
from photos.sets.declare import SetCheck, set_check
from photos.sets.examine import (
    SetExamination,
    catalogue_of_sets,
    declared_set_thresholds,
    examine_set,
)
from tests.build import HERE, TAKEN_AT, a_parcel
from tests.soak import examples

SMALL = {"全景": 1, "近景": 1, "利用特征": 2}
LARGE = SMALL | {"东向": 1, "南向": 1, "西向": 1, "北向": 1}
_BEARINGS = {"东向": 90.0, "南向": 180.0, "西向": 270.0, "北向": 0.0}


def photo(
    number: int, kind: str = "全景", *, at: Position | None = HERE, **facts: object
) -> SetPhoto:
    """A good photo from the middle of the field, looking north unless its kind says otherwise."""
    given: dict[str, object] = {
        "verdict": Verdict.PASSED,
        "at": None if at is None else replace(at, accuracy_m=at.accuracy_m or 5.0),
        "heading_deg": _BEARINGS.get(kind, 0.0),
        "view_deg": 65.0,
        "taken_at": TAKEN_AT + timedelta(minutes=number),
    } | facts
    return SetPhoto(number, kind, **given)  # type: ignore[arg-type]


def a_visit(kinds: Mapping[str, int], **facts: object) -> list[SetPhoto]:
    """All that is wanted: the overview from the south edge, the rest from the middle."""
    shot = [kind for kind, n in kinds.items() for _ in range(n)]
    south = moved(HERE, north_m=-40.0)
    return [
        photo(n, kind, at=south if kind == "全景" else HERE, **facts)
        for n, kind in enumerate(shot, 1)
    ]


def judged(
    some: list[SetPhoto],
    wanted: Mapping[str, int] = SMALL,
    boundary: BaseGeometry | None = None,
    **more: object,
) -> SetExamination:
    shape = a_parcel() if boundary is None else boundary
    case = SetCase(shape, area_m2(shape) * 3 / 2000, wanted, some, **more)  # type: ignore[arg-type]
    return examine_set(case)


def found(done: SetExamination, check: str) -> Result:
    return next(r for r in done.results if r.check == check)


def texts(done: SetExamination) -> list[str]:
    return [shot.text for shot in done.missing]


# --- the verdict --------------------------------------------------------------------------------


def test_a_small_field_shot_as_it_is_asked_passes_and_nothing_is_missing():
    done = judged(a_visit(SMALL))
    assert (done.verdict, done.missing, done.reasons) == (Verdict.PASSED, (), ())
    assert done.seen.startswith("已看到地块轮廓约 ")


def test_no_photo_at_all_is_incomplete_and_never_worse():
    done = judged([])
    assert done.verdict == Verdict.INCOMPLETE
    assert texts(done) == [
        "再拍 1 张全景：退后几步，把整块地和周边参照物拍进去",
        "再拍 1 张近景：走到地块里，对准地面和作物",
        "再拍 2 张利用特征：拍最能说明用途的特征：作物根部、树冠、房屋、水面、硬化地面",
    ]
    assert "算不出" in done.seen


@pytest.mark.parametrize("kind", list(SMALL))
def test_each_missing_kind_is_named(kind: str):
    done = judged([p for p in a_visit(SMALL) if p.kind != kind])
    assert done.verdict == Verdict.INCOMPLETE
    assert f"{kind} {SMALL[kind]} 张" in found(done, "set_kinds").message
    assert any(shot.kind == kind for shot in done.missing)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_worst_photo_is_the_verdict_of_the_set(verdict: Verdict):
    one, *rest = a_visit(SMALL)
    done = judged([replace(one, verdict=verdict), *rest])
    assert done.verdict == verdict
    assert verdict == Verdict.PASSED or "第 1 张" in done.reasons[0].message


@pytest.mark.parametrize("verdict", [v for v in Verdict if v != Verdict.PASSED])
def test_what_a_supervisor_trusts_drags_nothing_down_and_counts(verdict: Verdict):
    done = judged([replace(p, verdict=verdict, trusted=True) for p in a_visit(SMALL)])
    assert (done.verdict, done.missing) == (Verdict.PASSED, ())


def test_what_a_supervisor_does_not_trust_is_as_if_it_were_not_there():
    one, *rest = a_visit(SMALL)
    done = judged([replace(one, trusted=False), *rest])
    assert done.verdict == Verdict.INCOMPLETE
    assert found(done, "set_kinds").measured == {"short": {"全景": 1}}


def test_a_photo_that_contradicts_the_parcel_is_to_be_taken_out_and_shot_again():
    one, *rest = a_visit(SMALL)
    done = judged([replace(one, verdict=Verdict.CONTRADICTED), *rest])
    assert texts(done)[0] == "移除第 1 张不符的照片，到地块旁重拍"
    assert done.coverage.placed == 3  # it shows nothing of the field


def test_what_was_sent_back_comes_first_with_the_supervisors_reason():
    one, *rest = a_visit(SMALL)
    done = judged([replace(one, reshoot_why="逆光，看不清。"), *rest])
    assert texts(done)[0] == "重拍第 1 张（全景）：逆光，看不清"
    assert done.verdict == Verdict.INCOMPLETE


def test_who_could_not_take_photos_is_not_asked_for_them_and_the_supervisor_decides():
    done = judged([], cannot="路断了，进不去。")
    assert (done.verdict, done.missing) == (Verdict.INCOMPLETE, ())
    assert found(done, "set_kinds").message == (
        "照片没有拍齐，核查员写明的原因：路断了，进不去；由督导判断。"
    )


# --- large parcels, parts, coverage ---------------------------------------------------------------


def test_a_large_field_shot_in_four_directions_from_its_middle_passes():
    done = judged(a_visit(LARGE), LARGE, a_parcel(side_m=120.0))
    assert done.verdict == Verdict.PASSED, done.reasons


def test_a_large_field_wants_its_four_sides():
    done = judged(a_visit(SMALL), LARGE, a_parcel(side_m=120.0))
    assert found(done, "set_sides").message.startswith("没有朝东、南、西的照片")
    assert texts(done)[-1] == "再拍东向、南向、西向、北向：站到地块中部，面朝东、南、西、北各拍一张"


def test_a_side_whose_compass_says_otherwise_is_shot_again():
    visit = [replace(p, heading_deg=10.0) if p.kind == "南向" else p for p in a_visit(LARGE)]
    done = judged(visit, LARGE, a_parcel(side_m=120.0))
    assert texts(done) == ["重拍南向：站到地块中部，面朝正南拍"]


def test_without_a_compass_the_kinds_speak_and_nobody_is_told_that_he_missed_something():
    visit = [replace(p, heading_deg=None) for p in a_visit(LARGE)]
    done = judged(visit, LARGE, a_parcel(side_m=120.0))
    assert (done.verdict, done.missing) == (Verdict.PASSED, ())
    assert [r.check for r in done.reasons] == ["set_coverage_unsure"]
    assert "算不出" in done.seen


def in_the_corner(side_m: float) -> list[SetPhoto]:
    """All that is wanted of a large field, from its north-eastern corner, looking outwards of
    what lies beyond: the good corner."""
    corner = moved(HERE, east_m=side_m / 2 - 5.0, north_m=side_m / 2 - 5.0)
    return [replace(p, at=replace(corner, accuracy_m=5.0)) for p in a_visit(LARGE)]


def test_a_large_field_shot_from_one_corner_is_incomplete_and_one_is_sent_to_the_other_side():
    side = 400.0
    done = judged(in_the_corner(side), LARGE, a_parcel(side_m=side))
    assert done.verdict == Verdict.INCOMPLETE
    assert found(done, "set_one_corner").message.startswith("照片都在地块东北面")
    assert found(done, "set_coverage").outcome == Outcome.UNKNOWN
    walk = done.missing[0]
    assert re.fullmatch(r"再拍一张全景：站到地块\S{1,2}侧朝\S{1,2}", walk.text)
    assert walk.at is not None
    assert walk.heading_deg is not None
    assert bearing_between_deg(walk.at, inside_point(a_parcel(side_m=side))) == pytest.approx(
        walk.heading_deg, abs=1.0
    )


def test_following_the_suggestions_ends_them():
    boundary, visit = a_parcel(side_m=300.0), in_the_corner(300.0)
    for _ in range(6):
        done = judged(visit, LARGE, boundary)
        if not done.missing:
            break
        shot = done.missing[0]
        visit.append(photo(len(visit) + 1, at=shot.at, heading_deg=shot.heading_deg))
    assert (done.verdict, done.missing) == (Verdict.PASSED, ())


def test_a_small_field_shot_from_its_edge_is_no_corner():
    corner = moved(HERE, east_m=24.0, north_m=24.0)
    visit = [
        replace(p, at=replace(corner, accuracy_m=5.0), heading_deg=225.0) for p in a_visit(SMALL)
    ]
    done = judged(visit)
    assert done.verdict == Verdict.PASSED
    assert "set_one_corner" not in {r.check for r in done.results}


def test_a_part_without_a_photo_is_named_and_one_is_sent_there():
    west, east = (moved(HERE, east_m=m) for m in (-400.0, 400.0))
    boundary = MultiPolygon([a_parcel(west), a_parcel(east)])
    visit = [replace(p, at=replace(west, accuracy_m=5.0)) for p in a_visit(SMALL)]
    done = judged(visit, SMALL, boundary)
    assert found(done, "set_parts").message.startswith("地块分 2 处，第 2 处没有照片")
    assert "再拍一张全景：走到东面的第 2 处，那里还没有照片" in texts(done)
    visit.append(photo(9, at=east))
    assert found(judged(visit, SMALL, boundary), "set_parts").outcome == Outcome.PASS


def test_all_photos_from_one_spot_are_a_note_that_changes_no_verdict():
    done = judged([replace(p, at=replace(HERE, accuracy_m=5.0)) for p in a_visit(SMALL)])
    one_place = found(done, "set_one_place")
    assert (one_place.outcome, one_place.noted) == (Outcome.UNKNOWN, True)
    assert done.verdict == Verdict.PASSED


@pytest.mark.parametrize(("days", "noted"), [(0.2, False), (3.0, True)])
def test_photos_days_apart_are_a_note(days: float, noted: bool):
    one, *rest = a_visit(SMALL)
    done = judged([replace(one, taken_at=TAKEN_AT - timedelta(days=days)), *rest])
    assert found(done, "set_time_span").noted is noted
    assert done.verdict == Verdict.PASSED


def test_photos_without_position_are_told_by_their_own_verdict_and_nothing_is_made_up():
    visit = [
        replace(p, at=None, heading_deg=None, verdict=Verdict.INCOMPLETE) for p in a_visit(SMALL)
    ]
    done = judged(visit)
    assert done.verdict == Verdict.INCOMPLETE
    assert {r.check for r in done.reasons} == {"set_photos"}
    assert done.missing == ()


# --- properties -----------------------------------------------------------------------------------

shots = st.builds(
    photo,
    st.integers(1, 60),
    st.sampled_from([str(k) for k in PhotoKind]),
    at=st.none() | st.builds(lambda e, n: moved(HERE, east_m=e, north_m=n), st.floats(-400, 400), st.floats(-400, 400)),
    verdict=st.sampled_from(list(Verdict)),
    trusted=st.sampled_from([None, True, False]),
    reshoot_why=st.sampled_from(["", "太暗"]),
    heading_deg=st.none() | st.floats(0.0, 359.9),
)  # fmt: skip
fields = st.sampled_from(
    [a_parcel(), a_parcel(side_m=250.0), MultiPolygon([a_parcel(), a_parcel(moved(HERE, east_m=300.0))])]
)  # fmt: skip


@settings(max_examples=examples(50), deadline=None)
@given(fields, st.lists(shots, max_size=6), st.sampled_from([SMALL, LARGE, {}]))
def test_whatever_was_shot_no_check_breaks_and_what_is_missing_is_never_held_against_anybody(
    boundary: BaseGeometry, some: list[SetPhoto], wanted: Mapping[str, int]
):
    done = judged(some, wanted, boundary)
    assert Outcome.ERROR not in {r.outcome for r in done.results}
    worst = {p.verdict for p in some if p.trusted is None and not p.reshoot_why}
    if Verdict.CONTRADICTED not in worst:
        assert done.verdict != Verdict.CONTRADICTED
    if not worst & {Verdict.CONTRADICTED, Verdict.DOUBTFUL}:
        assert done.verdict in (Verdict.PASSED, Verdict.INCOMPLETE)
    for result in done.results:
        assert result.message.endswith("。")
        assert "造假" not in result.message


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(shots, max_size=5).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))))
def test_the_order_of_the_photos_changes_nothing(both: tuple[list[SetPhoto], list[SetPhoto]]):
    one, other = (judged(some, LARGE, a_parcel(side_m=250.0)) for some in both)
    assert one.verdict == other.verdict
    assert {r.check: r.outcome for r in one.results} == {r.check: r.outcome for r in other.results}


# --- the declarations -----------------------------------------------------------------------------


@pytest.mark.parametrize("one", SET_CHECKS, ids=lambda c: c.declared.id)
def test_every_check_of_a_set_says_what_it_catches_proves_and_whom_it_wrongs(one: SetCheck):
    facts = one.declared
    assert facts.id.startswith("set_")
    assert facts.sentence.endswith(".")
    assert min(len(facts.catches), len(facts.trap), len(facts.proves)) >= 10
    for name in facts.thresholds:
        assert name.rpartition("_")[2] in {"m", "m2", "mu", "ratio", "count", "hours"}, name


def test_only_a_photo_of_its_own_can_make_a_set_worse_than_incomplete():
    assert [c.declared.id for c in SET_CHECKS if c.declared.if_broken != Outcome.UNKNOWN] == [
        "set_photos"
    ]


def test_the_page_of_set_checks_is_as_generated():
    page = Path(photos.__file__).parent / "SET_CHECKS.md"
    assert page.read_text(encoding="utf-8") == catalogue_of_sets()


def test_a_threshold_that_nobody_declares_is_refused():
    case = SetCase(a_parcel(), 3.75, SMALL)
    assert examine_set(case, {"set_coverage": {"least_area_ratio": 0.5}}).verdict == "待补证"
    assert declared_set_thresholds()["set_time_span"] == {"most_hours": 24.0}
    with pytest.raises(ValueError, match=r"set_coverage\.least_erea_ratio"):
        examine_set(case, {"set_coverage": {"least_erea_ratio": 0.5}})


def test_a_check_of_a_set_that_crashes_is_an_error_and_never_a_pass():
    @set_check("set_broken", catches="x", trap="y", proves="z", if_broken=Outcome.UNKNOWN)
    def broken(case: SetCase) -> Result:
        """Broken."""
        raise ZeroDivisionError

    done = examine_set(SetCase(a_parcel(), 3.75, {}, a_visit(SMALL)), checks=(*SET_CHECKS, broken))
    assert done.verdict == Verdict.INCOMPLETE
    assert found(done, "set_broken").outcome == Outcome.ERROR

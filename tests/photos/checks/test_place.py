"""Where the photo was taken, against the parcel: what must fire and what must not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import Box, Position, from_bd09, from_gcj02, inside_point, moved, to_gcj02
from models.vocabulary import Grade, Outcome, PhotoKind
from photos.case import Case, Claim
from photos.checks import (
    datum_shift,
    gps_state,
    in_county,
    on_parcel,
    position_accuracy,
    position_fresh,
    positions_agree,
    source_grade,
)
from photos.evidence import Evidence, GpsState
from photos.reasons import Reason
from photos.witness import Code, Signature, Witness
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo, standing
from tests.soak import examples

PARCEL = a_parcel()
SEEN = a_case(a_photo()).evidence
UNTRACKED = Witness(Signature.GOOD, Code.GOOD)
DISOWNED = Witness(Signature.BAD, Code.GOOD)


def at(place: Position | None, kind: PhotoKind = PhotoKind.OVERVIEW, **claimed) -> Case:
    """A case whose file says it was taken there; a page's claim may be added."""
    evidence: Evidence = replace(SEEN, position=place)
    return Case(evidence, PARCEL, Claim(kind, **claimed), RECEIVED_AT)


def away(metres: float, accuracy_m: float | None = 8.0, **given) -> Case:
    return at(replace(standing(PARCEL, metres), accuracy_m=accuracy_m), **given)


# --- on_parcel ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "kind", "expected"),
    [
        (0.0, 8.0, "全景", Outcome.PASS),
        (49.0, 8.0, "全景", Outcome.PASS),
        (69.0, 8.0, "全景", Outcome.PASS),  # 50 m, and never less than 20 m for the position
        (71.0, 8.0, "全景", Outcome.DOUBT),
        (71.0, 25.0, "全景", Outcome.PASS),
        (71.0, None, "全景", Outcome.DOUBT),
        (219.0, 8.0, "全景", Outcome.DOUBT),
        (221.0, 8.0, "全景", Outcome.FAIL),
        (1240.5, 8.0, "全景", Outcome.FAIL),
        (29.0, 8.0, "近景", Outcome.PASS),
        (31.0, 8.0, "近景", Outcome.DOUBT),
        (31.0, 8.0, "利用特征", Outcome.DOUBT),
        (31.0, 8.0, "剖面", Outcome.DOUBT),
        (31.0, 8.0, "东向", Outcome.PASS),
        (31.0, 8.0, "整改后", Outcome.PASS),
        (31.0, 28.0, "近景", Outcome.PASS),
        (0.0, 101.0, "全景", Outcome.UNKNOWN),  # unusable: it proves nothing near …
        (5000.0, 101.0, "全景", Outcome.DOUBT),  # … and contradicts nothing far away
        (5000.0, 99.0, "全景", Outcome.FAIL),
        (0.0, 2000.0, "近景", Outcome.UNKNOWN),
    ],
)
def test_the_distance_is_judged_by_kind_and_accuracy(
    metres: float, accuracy_m: float | None, kind: str, expected: Outcome
):
    result = on_parcel(away(metres, accuracy_m, kind=PhotoKind(kind)))
    assert result is not None
    assert result.outcome is expected
    assert result.measured["distance_m"] == pytest.approx(metres, abs=0.1)
    assert result.message.endswith("。")


def test_the_contracts_sentence_names_distance_and_limit_and_what_to_do():
    result = on_parcel(away(1240.5))
    assert result is not None
    assert result.message.startswith("拍摄点距地块 1240 m，超出 50 m")
    assert "走到地块旁" in result.message
    assert result.threshold["tolerance_m"] == 50.0


def test_no_position_is_unknown_and_needed():
    result = on_parcel(at(None))
    assert result is not None
    assert (result.outcome, result.needed) == (Outcome.UNKNOWN, True)
    assert "distance_m" not in result.measured


def test_a_county_may_set_its_own_limit():
    result = on_parcel(away(80.0), tolerance_m=100.0)
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_the_parcel_may_have_two_parts():
    other = a_parcel(moved(HERE, east_m=3_000.0))
    case = Case(SEEN, PARCEL.union(other), Claim(PhotoKind.OVERVIEW), RECEIVED_AT)
    two = replace(case, evidence=replace(SEEN, position=inside_point(other)))
    assert two.distance_m == 0.0


@settings(max_examples=examples(60), deadline=None)
@given(st.floats(0.0, 2_000.0), st.floats(0.0, 2_000.0), st.one_of(st.none(), st.floats(1.0, 99.0)))
def test_a_photo_nearer_is_never_judged_worse(one: float, other: float, accuracy: float | None):
    order = [Outcome.PASS, Outcome.DOUBT, Outcome.FAIL]
    near, far = sorted((one, other))
    # To the north: there no datum shift of this region lies in the way.
    found = []
    for metres in (near, far):
        place = replace(standing(PARCEL, metres, 0.0), accuracy_m=accuracy)
        result = on_parcel(at(place))
        assert result is not None
        found.append(order.index(result.outcome))
    assert found[0] <= found[1]


# --- datum_shift ----------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_a_position_shifted_like_a_web_map_is_named_and_not_called_elsewhere(system: str):
    shifted = to_gcj02(HERE)
    if system == "BD-09":
        shifted = _to_bd09(HERE)
    case = at(replace(shifted, accuracy_m=8.0))
    place, datum = on_parcel(case), datum_shift(case)
    assert place is not None
    assert datum is not None
    assert (place.outcome, datum.outcome) == (Outcome.DOUBT, Outcome.DOUBT)
    assert place.measured["distance_m"] > 400.0
    assert system in datum.message
    assert "疑似坐标系偏移" in place.message
    assert (datum.measured["system"], datum.measured["shifted"]) == (system, "photo")


def test_a_parcel_drawn_on_a_shifted_map_is_named_too():
    case = replace(at(HERE), boundary=a_parcel(to_gcj02(HERE)))
    result = datum_shift(case)
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert result.measured["shifted"] == "boundary"


@pytest.mark.parametrize("bearing", [0.0, 45.0, 180.0, 225.0, 270.0])
def test_600_metres_in_another_direction_is_no_datum_shift(bearing: float):
    case = at(replace(standing(PARCEL, 570.0, bearing), accuracy_m=8.0))
    result, place = datum_shift(case), on_parcel(case)
    assert result is not None
    assert place is not None
    assert (result.outcome, place.outcome) == (Outcome.PASS, Outcome.FAIL)


def test_an_honest_photo_on_the_parcel_is_never_called_shifted():
    for metres in (0.0, 30.0, 60.0):
        result = datum_shift(away(metres))
        assert result is not None
        assert result.outcome is Outcome.PASS


def _to_bd09(place: Position) -> Position:
    """The BD-09 image of a place, by inverting `from_bd09` with fixed-point steps."""
    guess = place
    for _ in range(12):
        back = from_bd09(guess)
        guess = Position(guess.lon + place.lon - back.lon, guess.lat + place.lat - back.lat)
    return guess


# --- where the position comes from ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "claimed", "grade"),
    [
        (HERE, {"position": HERE, "live_capture": True, "witness": UNTRACKED}, Grade.B),
        (HERE, {"position": HERE, "live_capture": True}, Grade.B),
        (None, {"position": HERE}, Grade.B),
        (HERE, {"live_capture": True, "witness": UNTRACKED}, Grade.C),  # the page had no fix
        (HERE, {"position": HERE, "witness": DISOWNED}, Grade.C),
        (None, {"position": HERE, "witness": DISOWNED}, Grade.D),
        (HERE, {}, Grade.C),
        (None, {}, Grade.D),
    ],
)
def test_the_grade_follows_the_source_of_the_position(place, claimed, grade: Grade):
    case = at(place, **claimed)
    assert case.grade is grade
    result = source_grade(case)
    assert result is not None
    assert result.outcome is (Outcome.UNKNOWN if grade is Grade.D else Outcome.PASS)
    assert result.measured["grade"] == grade.value
    for reason in case.grading.reasons:
        assert reason.said in result.message or reason in (Reason.BY_FILE, Reason.NO_POSITION)


def test_the_pages_position_is_judged_before_the_files():
    case = at(moved(HERE, east_m=5_000.0), position=HERE)
    assert case.position is not None
    assert (case.position.source, case.distance_m) == ("page", 0.0)


@pytest.mark.parametrize("state", [s for s in GpsState if s is not GpsState.PRESENT])
def test_missing_gps_is_told_apart_and_never_an_accusation(state: GpsState):
    case = at(None)
    result = gps_state(replace(case, evidence=replace(case.evidence, gps=state)))
    assert result is not None
    assert result.outcome is Outcome.UNKNOWN
    assert not result.needed
    assert result.measured == {"state": state.value}
    others = {
        gps_state(replace(case, evidence=replace(case.evidence, gps=other))).message  # type: ignore[union-attr]
        for other in GpsState
        if other not in (state, GpsState.PRESENT)
    }
    assert result.message not in others


@pytest.mark.parametrize(
    ("accuracy_m", "outcome", "word"),
    [
        (8.0, Outcome.PASS, "良好"),
        (15.0, Outcome.PASS, "良好"),
        (25.0, Outcome.PASS, "一般"),
        (31.0, Outcome.UNKNOWN, "偏粗"),
        (101.0, Outcome.UNKNOWN, "不可用"),
        (None, Outcome.UNKNOWN, "没有给出"),
    ],
)
def test_the_accuracy_is_told_as_good_fair_coarse_or_unusable(accuracy_m, outcome, word: str):
    result = position_accuracy(away(0.0, accuracy_m))
    assert result is not None
    assert (result.outcome, result.needed) == (outcome, False)
    assert word in result.message


# --- two witnesses of the position ----------------------------------------------------------------


def test_page_and_file_in_two_places_are_a_doubt():
    case = at(moved(HERE, east_m=400.0), position=replace(HERE, accuracy_m=10.0))
    result = positions_agree(case)
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert result.measured["apart_m"] == pytest.approx(400.0, abs=0.5)


@pytest.mark.parametrize("metres", [0.0, 60.0, 125.0])
def test_an_old_fix_a_few_steps_away_is_no_doubt(metres: float):
    result = positions_agree(at(moved(HERE, east_m=metres), position=HERE))
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_a_page_on_a_shifted_map_is_named_as_shifted():
    result = positions_agree(at(HERE, position=to_gcj02(HERE)))
    assert result is not None
    assert "GCJ-02" in result.message
    assert from_gcj02(to_gcj02(HERE)).lon == pytest.approx(HERE.lon)


def test_one_witness_alone_is_not_asked():
    assert positions_agree(at(HERE)) is None
    assert positions_agree(at(None, position=HERE)) is None


@pytest.mark.parametrize(
    ("age_s", "outcome"),
    [(0, Outcome.PASS), (119, Outcome.PASS), (121, Outcome.DOUBT), (-5, Outcome.PASS)],
)
def test_a_stale_fix_is_a_doubt(age_s: int, outcome: Outcome):
    fix = TAKEN_AT - timedelta(seconds=age_s)
    result = position_fresh(at(HERE, position=HERE, fix_at=fix, captured_at=TAKEN_AT))
    assert result is not None
    assert result.outcome is outcome


def test_a_file_has_no_fix_to_be_stale():
    assert position_fresh(at(HERE)) is None


# --- in_county ------------------------------------------------------------------------------------

COUNTY = Box(112.0, 33.2, 112.8, 33.8)


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        (HERE, Outcome.PASS),
        (moved(Position(112.8, 33.5), east_m=1_900.0), Outcome.PASS),  # the shift of a web map
        (moved(Position(112.8, 33.5), east_m=2_100.0), Outcome.FAIL),
        (Position(116.4, 39.9), Outcome.FAIL),
        (None, Outcome.UNKNOWN),
    ],
)
def test_another_county_is_contradicted(place, outcome: Outcome):
    result = in_county(replace(at(place), county_box=COUNTY))
    assert result is not None
    assert result.outcome is outcome


def test_without_a_county_nothing_is_asked():
    assert in_county(at(HERE)) is None


# --- on_parcel: how it stands ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "accuracy_m", "stands", "words"),
    [
        (inside_point(PARCEL), 8.0, "inside", "拍摄点在地块内"),
        (inside_point(PARCEL), 24.0, "inside", "拍摄点在地块内"),
        (inside_point(PARCEL), 26.0, "possible", "可能在地块内"),  # the parcel is 50 m wide
        (moved(inside_point(PARCEL), east_m=20.0), 8.0, "possible", "可能在地块内"),
        (standing(PARCEL, 15.0), 8.0, "possible", "可能在地块内"),  # never better than 20 m
        (standing(PARCEL, 40.0), 60.0, "possible", "可能在地块内"),
        (standing(PARCEL, 40.0), 8.0, "outside", "在地块外"),
        (standing(PARCEL, 1240.0), 8.0, "outside", "在地块外"),
    ],
)
def test_the_accuracy_circle_says_inside_possibly_or_outside(
    place: Position, accuracy_m: float, stands: str, words: str
):
    result = on_parcel(at(replace(place, accuracy_m=accuracy_m)))
    assert result is not None
    assert result.measured["standing"] == stands
    assert words in result.message


_RANK = {Outcome.PASS: 0, Outcome.UNKNOWN: 1, Outcome.DOUBT: 2, Outcome.FAIL: 3}
_STANDS = ["inside", "possible", "outside"]


@given(
    st.floats(0.0, 3_000.0),
    st.floats(0.0, 3_000.0),
    st.one_of(st.none(), st.floats(0.1, 500.0)),
    st.sampled_from(list(PhotoKind)),
    st.floats(0.0, 360.0),
)
@settings(max_examples=examples(60), deadline=None)
def test_moving_the_camera_away_never_improves_it(
    near_m: float, more_m: float, accuracy_m: float | None, kind: PhotoKind, bearing: float
):
    """Save where a known datum shift explains the farther one: that is told as a doubt."""

    def judged(metres: float):
        place = replace(standing(PARCEL, metres, bearing), accuracy_m=accuracy_m)
        return on_parcel(at(place, kind))

    here, there = judged(near_m), judged(near_m + more_m)
    assert here is not None
    assert there is not None
    if "after_shift_m" not in there.measured:
        assert _RANK[there.outcome] >= _RANK[here.outcome]
    assert _STANDS.index(there.measured["standing"]) >= _STANDS.index(here.measured["standing"])


@given(
    st.floats(0.0, 3_000.0),
    st.one_of(st.none(), st.floats(0.1, 500.0)),
    st.floats(0.0, 2_000.0),
    st.sampled_from(list(PhotoKind)),
)
@settings(max_examples=examples(60), deadline=None)
def test_a_larger_accuracy_never_turns_a_pass_into_a_fail(
    metres: float, accuracy_m: float | None, more_m: float, kind: PhotoKind
):
    before = on_parcel(away(metres, accuracy_m, kind=kind))
    after = on_parcel(away(metres, (accuracy_m or 0.1) + more_m, kind=kind))
    assert before is not None
    assert after is not None
    assert after.outcome is not Outcome.FAIL or before.outcome is Outcome.FAIL
    if before.outcome is Outcome.PASS:
        assert after.outcome in (Outcome.PASS, Outcome.UNKNOWN)

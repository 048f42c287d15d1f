"""From results to a verdict: the worst outcome wins, and nothing is never a pass."""

import itertools
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from models.geo import Box, Position
from models.vocabulary import Grade, Outcome, PhotoKind, Verdict
from photos.case import Case, Claim, PriorUse, Result
from photos.checks import CHECKS
from photos.checks.declare import check, doubt, note, passed, rule
from photos.evidence import CameraTime, GpsState, Heading, HeadingRef, ReadError
from photos.examine import examine, fold, require_declared
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, WINDOW, a_case, a_parcel, a_photo
from tests.soak import examples

SEVERITY = [Outcome.PASS, Outcome.UNKNOWN, Outcome.DOUBT, Outcome.FAIL]


def said(outcome: Outcome, needed: bool = True) -> Result:
    return Result(outcome, "。", needed=needed)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([], Verdict.INCOMPLETE),
        ([said(Outcome.UNKNOWN, False)], Verdict.INCOMPLETE),  # nothing was found to agree
        ([said(Outcome.PASS)], Verdict.PASSED),
        ([said(Outcome.PASS), said(Outcome.UNKNOWN, False)], Verdict.PASSED),
        ([said(Outcome.PASS), said(Outcome.UNKNOWN)], Verdict.INCOMPLETE),
        ([said(Outcome.PASS), said(Outcome.ERROR, False)], Verdict.INCOMPLETE),
        ([said(Outcome.UNKNOWN), said(Outcome.DOUBT)], Verdict.DOUBTFUL),
        ([said(Outcome.ERROR), said(Outcome.DOUBT), said(Outcome.FAIL)], Verdict.CONTRADICTED),
    ],
)
def test_the_worst_outcome_wins(results: list[Result], verdict: Verdict):
    for order in itertools.permutations(results):
        assert fold(order) is verdict


def test_an_honest_photo_passes():
    done = examine(a_case(a_photo(away_m=30.0)))
    assert done.verdict is Verdict.PASSED
    assert done.grade is Grade.C
    assert done.distance_m == pytest.approx(30.0, abs=0.1)
    assert done.taken_at == TAKEN_AT


def test_an_honest_phone_without_compass_zone_or_accuracy_passes_too():
    photo = a_photo(heading=None, states_offset=False, accuracy_m=None, focal_35mm=None)
    done = examine(a_case(photo))
    assert done.verdict is Verdict.PASSED
    assert done.zone_assumed


@pytest.mark.parametrize("gps", ["absent", "blanked", "blanked-0/0", "zero"])
def test_a_photo_whose_gps_the_browser_took_away_lacks_evidence_and_nothing_more(gps: str):
    done = examine(a_case(a_photo(gps=gps)))  # type: ignore[arg-type]
    assert (done.verdict, done.grade) == (Verdict.INCOMPLETE, Grade.D)
    assert not {r.outcome for r in done.results} & {Outcome.DOUBT, Outcome.FAIL, Outcome.ERROR}


def test_the_pages_position_makes_up_for_blanked_gps():
    claim = Claim(
        PhotoKind.OVERVIEW,
        position=Position(HERE.lon, HERE.lat, 9.0),
        fix_at=TAKEN_AT,
        captured_at=TAKEN_AT,
        sent_at=RECEIVED_AT,
    )
    done = examine(a_case(a_photo(gps="blanked"), claim=claim))
    assert (done.verdict, done.grade) == (Verdict.PASSED, Grade.B)


def test_a_photo_without_a_time_lacks_evidence():
    assert examine(a_case(a_photo(taken_at=None))).verdict is Verdict.INCOMPLETE


def test_a_file_that_is_no_photo_lacks_evidence():
    for data in (b"", b"text", a_photo()[:3000]):
        assert examine(a_case(data)).verdict is Verdict.INCOMPLETE


def test_a_check_that_breaks_is_an_error_and_never_a_pass(caplog: pytest.LogCaptureFixture):
    @check("broken", catches="x", trap="y", proves="z", if_broken=Outcome.DOUBT)
    def broken(case):
        """Broken."""
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        done = examine(a_case(), checks=(*CHECKS, broken))
    assert done.verdict is Verdict.INCOMPLETE
    assert done.results[-1].outcome is Outcome.ERROR
    assert done.results[-1].measured == {"error": "ZeroDivisionError"}
    assert "broken" in caplog.text


def test_settings_may_change_a_threshold_but_not_invent_one():
    case = a_case(a_photo(away_m=100.0))
    assert examine(case).verdict is Verdict.DOUBTFUL
    assert examine(case, {"on_parcel": {"tolerance_m": 90.0}}).verdict is Verdict.PASSED
    for wrong in ({"on_parcel": {"tolerance": 90.0}}, {"nothing": {"x_m": 1.0}}):
        with pytest.raises(ValueError, match="no check declares"):
            require_declared(wrong)
        with pytest.raises(ValueError, match="no check declares"):
            examine(case, wrong)


def test_a_case_refuses_what_cannot_be_judged():
    case = a_case()
    with pytest.raises(ValueError, match="boundary"):
        replace(case, boundary=Polygon())
    with pytest.raises(ValueError, match="zone"):
        replace(case, received_at=RECEIVED_AT.replace(tzinfo=None))


FIRST, LAST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2040-01-01")
positions = st.one_of(
    st.none(),
    st.builds(
        Position,
        st.floats(-180, 180),
        st.floats(-90, 90),
        st.one_of(st.none(), st.floats(0.01, 5_000)),
    ),
    st.builds(Position, st.floats(112.42, 112.44), st.floats(33.48, 33.50), st.floats(1, 200)),
)
moments = st.one_of(st.none(), st.datetimes(FIRST, LAST))
headings = st.one_of(
    st.none(), st.builds(Heading, st.floats(0, 359.9), st.sampled_from(HeadingRef))
)


@settings(max_examples=examples(120), deadline=None)
@given(
    exif=positions, page=positions, heading=headings, camera=moments, gps=moments, shot=moments,
    kind=st.sampled_from(PhotoKind), error=st.booleans(), reused=st.booleans(), stated=st.booleans(),
)  # fmt: skip
def test_no_case_whatever_breaks_a_check_or_passes_without_its_proof(
    exif, page, heading, camera, gps, shot, kind, error, reused, stated
):
    evidence = replace(
        _SEEN,
        position=exif,
        gps=GpsState.PRESENT if exif else GpsState.ABSENT,
        heading=heading,
        camera_time=camera
        and CameraTime(camera, TAKEN_AT.utcoffset() if stated else None, "DateTimeOriginal"),
        gps_time=gps and gps.replace(tzinfo=TAKEN_AT.tzinfo),
        error=ReadError("photo-damaged", "坏。") if error else None,
    )
    aware = shot and shot.replace(tzinfo=TAKEN_AT.tzinfo)
    case = Case(
        evidence,
        a_parcel(),
        Claim(kind, position=page, captured_at=aware, fix_at=aware, sent_at=aware),
        RECEIVED_AT,
        WINDOW,
        (PriorUse("N9", False, False, False, RECEIVED_AT),) if reused else (),
        Box(112.0, 33.0, 113.0, 34.0),
    )
    done = examine(case)
    worst = {one.declared.id: one.declared.if_broken for one in CHECKS}
    for result in done.results:
        assert result.outcome is not Outcome.ERROR
        assert SEVERITY.index(result.outcome) <= SEVERITY.index(worst[result.check])
        assert result.message.endswith("。")
        assert result.message.count("。") == 1
        assert result.outcome is not Outcome.PASS or result.measured
        json.dumps(result.as_json(), allow_nan=False)
    if done.verdict is Verdict.PASSED:
        assert not error
        assert not reused
        assert exif is not None or page is not None
        assert done.distance_m is not None
        assert done.distance_m < 300.0
        assert done.taken_at is not None


_SEEN = a_case(a_photo()).evidence


# --- rules ----------------------------------------------------------------------------------------


@check("one_sign", catches="一个弱迹象", trap="诚实照片也有", proves="z", if_broken=Outcome.UNKNOWN)
def one_sign(case: Case) -> Result:
    """One sign."""
    return note("有一个弱迹象。", {"signs": 1}, {})


@check(
    "other_sign", catches="另一弱迹象", trap="诚实照片也有", proves="z", if_broken=Outcome.UNKNOWN
)
def other_sign(case: Case) -> Result:
    """Another sign."""
    return note("有另一个弱迹象。", {"signs": 1}, {})


@check("seen", catches="看得见", trap="没有什么陷阱", proves="z", if_broken=Outcome.UNKNOWN)
def seen(case: Case) -> Result:
    """Seen."""
    return passed("看得见。", {"seen": True}, {})


@rule(
    "both_signs",
    catches="两个弱迹象",
    trap="两个都有的诚实照片",
    proves="z",
    if_broken=Outcome.DOUBT,
)
def both_signs(case: Case, found: Mapping[str, Result], *, least_signs: float = 2.0):
    """Two weak signs together."""
    signs = [r for r in found.values() if r.noted]
    return doubt("两个弱迹象。", {"signs": len(signs)}, {}) if len(signs) >= least_signs else None


def test_one_weak_sign_is_told_and_drags_nothing_down_and_two_are_a_doubt_by_a_declared_rule():
    case = a_case()
    alone = examine(case, checks=(seen, one_sign), rules=(both_signs,))
    assert alone.verdict is Verdict.PASSED
    assert [r.noted for r in alone.results] == [False, True]
    both = examine(case, checks=(seen, one_sign, other_sign), rules=(both_signs,))
    assert both.verdict is Verdict.DOUBTFUL
    assert both.results[-1].check == "both_signs"
    assert both.results[-1].as_json()["noted"] is False


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.0, float("nan")]])
def test_a_check_that_measures_no_number_is_an_error_and_never_a_pass(value: object):
    @check("broken", catches="量不出来", trap="没有什么陷阱", proves="z", if_broken=Outcome.FAIL)
    def broken(case: Case) -> Result:
        """Broken."""
        return passed("相符。", {"distance_m": value}, {})

    done = examine(a_case(), checks=(seen, broken), rules=())
    assert [r.outcome for r in done.results] == [Outcome.PASS, Outcome.ERROR]
    assert done.verdict is Verdict.INCOMPLETE


def test_a_rule_that_crashes_is_an_error_and_never_a_pass():
    @rule("crashes", catches="规则出错", trap="没有什么陷阱", proves="z", if_broken=Outcome.DOUBT)
    def crashes(case: Case, found: Mapping[str, Result]) -> Result:
        """Crashes."""
        raise KeyError("gone")

    done = examine(a_case(), checks=(seen,), rules=(crashes,))
    assert done.verdict is Verdict.INCOMPLETE

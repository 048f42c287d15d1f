"""The record of a capture before its checks: signature, one-time code, track."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from models.geo import moved
from models.vocabulary import Outcome, PhotoKind, Verdict
from photos.case import Case, Claim
from photos.checks.capture_code import capture_code
from photos.checks.capture_signed import capture_signed
from photos.checks.track_plausible import track_plausible
from photos.examine import examine
from photos.witness import Code, Signature
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_photo
from tests.corpus.tracks import honest_witness, standing

TRACK = standing(Random("field"), HERE, TAKEN_AT)
SIGNED = honest_witness(Random("field"), HERE, TAKEN_AT, TRACK)
LIVE = Claim(
    PhotoKind.OVERVIEW,
    position=TRACK[-1].at,
    fix_at=TRACK[-1].fixed_at,
    captured_at=TAKEN_AT,
    sent_at=RECEIVED_AT,
    live_capture=True,
    witness=SIGNED,
)
PHOTO = a_photo(gps="blanked")


def live(photo: bytes = PHOTO, *, claim: Claim = LIVE, **witness: object) -> Case:
    return a_case(photo, claim=replace(claim, witness=replace(SIGNED, **witness)))


def test_an_honest_record_passes_all_three():
    for one in (capture_signed, capture_code, track_plausible):
        result = one(live())
        assert result is not None
        assert result.outcome is Outcome.PASS
        assert result.measured
    assert examine(live()).verdict is Verdict.PASSED


def test_a_photo_without_a_record_is_not_asked():
    for claim in (Claim(PhotoKind.OVERVIEW), replace(LIVE, witness=None)):
        case = a_case(PHOTO, claim=claim)
        assert [one(case) for one in (capture_signed, capture_code, track_plausible)] == [None] * 3


@pytest.mark.parametrize(
    ("signature", "agree", "outcome", "noted", "word"),
    [
        (Signature.BAD, True, Outcome.FAIL, False, "改动过"),
        (Signature.GOOD, False, Outcome.FAIL, False, "照片内容与采集记录不符"),
        (Signature.OTHER_PERSON, True, Outcome.DOUBT, False, "别人登记的设备"),
        (Signature.REVOKED, True, Outcome.DOUBT, False, "已停用"),
        (Signature.UNKNOWN_KEY, True, Outcome.UNKNOWN, True, "没有登记"),
        (Signature.NONE, True, Outcome.UNKNOWN, True, "没有设备签名"),
    ],
)
def test_what_a_signature_tells(signature, agree, outcome, noted, word):
    result = capture_signed(live(signature=signature, bytes_agree=agree))
    assert result is not None
    assert (result.outcome, result.noted) == (outcome, noted)
    assert word in result.message


@pytest.mark.parametrize(
    ("code", "outcome", "noted"),
    [
        (Code.USED, Outcome.DOUBT, False),
        (Code.UNKNOWN, Outcome.DOUBT, False),
        (Code.OTHER_PERSON, Outcome.DOUBT, False),
        (Code.EXPIRED, Outcome.UNKNOWN, True),
        (Code.OTHER_DEVICE, Outcome.UNKNOWN, True),
        (Code.NONE, Outcome.UNKNOWN, False),
    ],
)
def test_what_a_code_tells(code, outcome, noted):
    result = capture_code(live(code=code))
    assert result is not None
    assert (result.outcome, result.noted) == (outcome, noted)


def test_the_phones_own_camera_needs_no_code():
    camera = replace(LIVE, live_capture=False)
    assert capture_code(live(claim=camera, code=Code.NONE)) is None
    assert capture_code(live(claim=camera, code=Code.USED)) is not None


def test_a_shot_dated_before_its_code_was_issued():
    early = live(code_issued_at=TAKEN_AT + timedelta(minutes=40))
    result = capture_code(early)
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert result.measured["after_issue_s"] == pytest.approx(-2400.0, abs=5.0)
    just = capture_code(live(code_issued_at=TAKEN_AT + timedelta(minutes=4)))
    assert just is not None
    assert just.outcome is Outcome.PASS


def test_a_phone_that_is_a_day_behind_is_judged_by_the_right_clock():
    """The shot seems to lie a day before its code; the phone knew by how much it was off."""
    issued = TAKEN_AT + timedelta(hours=23)
    known = capture_code(live(code_issued_at=issued, clock_offset_s=86_400.0))
    assert known is not None
    assert known.outcome is Outcome.PASS
    behind = replace(LIVE, sent_at=RECEIVED_AT - timedelta(days=1))
    unknown = capture_code(live(claim=behind, code_issued_at=issued, clock_offset_s=None))
    assert unknown is not None
    assert unknown.outcome is Outcome.PASS  # page_server_clock asks about the clock


@pytest.mark.parametrize(
    "found",
    [{"signature": Signature.BAD}, {"bytes_agree": False}, {"signature": Signature.REVOKED}],
)
def test_a_disowned_record_is_asked_nothing_more_and_proves_nothing(found):
    case = live(code=Code.USED, track=(), **found)
    assert capture_code(case) is None
    assert track_plausible(case) is None
    done = examine(case)
    assert done.position is None  # the file is silent, and the page's word does not count
    assert done.verdict is not Verdict.PASSED


def test_a_disowned_record_leaves_what_the_file_says():
    far = a_photo(at=moved(HERE, east_m=5_000.0))
    case = live(far, signature=Signature.OTHER_PERSON)
    assert case.position is not None
    assert case.position.source == "exif"
    assert case.taken is not None
    assert case.taken.source == "camera"
    assert case.heading == case.evidence.heading


def test_an_unbelievable_track_is_a_doubt_and_a_thin_one_a_note():
    town = standing(Random("town"), moved(HERE, east_m=7_000.0), TAKEN_AT - timedelta(seconds=70))
    leaps = track_plausible(live(track=(*town[-8:], *TRACK[-4:])))
    assert leaps is not None
    assert leaps.outcome is Outcome.DOUBT
    assert leaps.measured["signs"][0] == "track-leaps"
    thin = track_plausible(live(track=TRACK[-1:]))
    assert thin is not None
    assert thin.noted
    assert thin.measured["signs"] == ["track-short"]
    assert track_plausible(live(claim=replace(LIVE, live_capture=False), track=())) is None


def test_a_county_may_want_more_fixes():
    result = track_plausible(live(), least_count=200.0)
    assert result is not None
    assert result.noted


def test_every_time_of_a_record_carries_its_zone():
    naive = replace(TRACK[0], fixed_at=TRACK[0].fixed_at.replace(tzinfo=None))
    with pytest.raises(ValueError, match="zone"):
        live(track=(naive,))

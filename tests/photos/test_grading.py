"""The grade of a photo, and why it is no better."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from models.geo import Position, moved
from models.vocabulary import Grade, PhotoKind
from photos.claims import Claim
from photos.grading import grading_of, told_by
from photos.reasons import SAID, Reason
from photos.witness import Code, Fix, Signature, Witness
from tests.corpus.tracks import honest_witness, standing

SHOT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
HERE = Position(112.43, 33.49)
TRACK = standing(Random("here"), HERE, SHOT)
PROVEN = Claim(
    PhotoKind.OVERVIEW,
    position=TRACK[-1].at,
    fix_at=TRACK[-1].fixed_at,
    captured_at=SHOT,
    sent_at=SHOT,
    live_capture=True,
    witness=honest_witness(Random("here"), HERE, SHOT, TRACK),
)


def with_witness(**changed: object) -> Claim:
    assert PROVEN.witness is not None
    return replace(PROVEN, witness=replace(PROVEN.witness, **changed))


def test_a_live_shot_with_track_signature_and_code_is_grade_a():
    assert grading_of(PROVEN, of_file=False) == grading_of(PROVEN, of_file=True)
    assert grading_of(PROVEN, of_file=True).grade is Grade.A
    assert grading_of(PROVEN, of_file=True).reasons == ()
    assert told_by(PROVEN) is PROVEN


@pytest.mark.parametrize(
    ("short", "reason"),
    [
        ({"code": Code.NONE}, Reason.NO_CODE),
        ({"code": Code.EXPIRED}, Reason.CODE_EXPIRED),
        ({"code": Code.USED}, Reason.CODE_USED),
        ({"code": Code.UNKNOWN}, Reason.CODE_UNKNOWN),
        ({"code": Code.OTHER_PERSON}, Reason.CODE_OF_ANOTHER),
        ({"code": Code.OTHER_DEVICE}, Reason.CODE_OF_OTHER_DEVICE),
        ({"signature": Signature.NONE}, Reason.NOT_SIGNED),
        ({"signature": Signature.UNKNOWN_KEY}, Reason.KEY_UNKNOWN),
        ({"track": ()}, Reason.TRACK_SHORT),
        ({"track": TRACK[-2:]}, Reason.TRACK_SHORT),
    ],
)
def test_what_is_missing_of_a_proof_leaves_grade_b_and_is_named(short, reason: Reason):
    claim = with_witness(**short)
    assert told_by(claim) == claim
    graded = grading_of(claim, of_file=False)
    assert (graded.grade, graded.reasons) == (Grade.B, (reason,))


def test_the_cameras_own_app_is_grade_b_however_well_it_is_signed():
    graded = grading_of(replace(PROVEN, live_capture=False), of_file=True)
    assert (graded.grade, graded.reasons) == (Grade.B, (Reason.BY_CAMERA_APP,))


def test_a_page_of_old_that_sends_no_record_keeps_grade_b():
    graded = grading_of(replace(PROVEN, witness=None), of_file=True)
    assert (graded.grade, graded.reasons) == (Grade.B, (Reason.NO_RECORD,))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"signature": Signature.BAD}, Reason.SIGNATURE_BAD),
        ({"signature": Signature.OTHER_PERSON}, Reason.KEY_OF_ANOTHER),
        ({"signature": Signature.REVOKED}, Reason.KEY_REVOKED),
        ({"bytes_agree": False}, Reason.BYTES_DIFFER),
    ],
)
def test_a_record_that_the_device_did_not_sign_counts_for_nothing(found, reason: Reason):
    claim = with_witness(**found)
    told = told_by(claim)
    assert (told.position, told.captured_at, told.fix_at, told.live_capture) == (
        None, None, None, False,
    )  # fmt: skip
    assert (told.kind, told.sent_at) == (claim.kind, claim.sent_at)
    by_file = grading_of(claim, of_file=True)
    assert (by_file.grade, by_file.reasons) == (Grade.C, (reason,))
    nowhere = grading_of(claim, of_file=False)
    assert (nowhere.grade, nowhere.reasons) == (Grade.D, (reason, Reason.NO_POSITION))


def test_a_chosen_file_is_graded_by_what_it_says_itself():
    chosen = Claim(PhotoKind.OVERVIEW, witness=Witness(Signature.GOOD, Code.GOOD))
    assert grading_of(chosen, of_file=True).grade is Grade.C
    assert grading_of(chosen, of_file=True).reasons == (Reason.BY_FILE,)
    assert grading_of(chosen, of_file=False).grade is Grade.D


def test_a_live_shot_without_a_fix_says_that_the_page_had_none():
    graded = grading_of(replace(PROVEN, position=None), of_file=True)
    assert (graded.grade, graded.reasons) == (Grade.C, (Reason.NO_PAGE_POSITION,))


def test_a_position_that_is_not_to_be_believed_is_no_better_than_a_files():
    far = replace(moved(HERE, east_m=9_000.0), accuracy_m=5.0)
    graded = grading_of(replace(PROVEN, position=far), of_file=False)
    assert (graded.grade, graded.reasons) == (Grade.C, (Reason.POSITION_APART,))


def test_a_network_position_is_used_and_is_not_proof():
    coarse = replace(HERE, accuracy_m=1_500.0)
    fix = Fix(coarse, SHOT - timedelta(seconds=1), SHOT)
    claim = replace(with_witness(track=(*TRACK, fix)), position=coarse, fix_at=fix.fixed_at)
    assert grading_of(claim, of_file=False).reasons == (Reason.POSITION_COARSE,)


def test_every_reason_has_its_sentence():
    assert set(SAID) == set(Reason)
    assert len(set(SAID.values())) == len(SAID)
    assert all(reason.said and not reason.said.endswith("。") for reason in Reason)

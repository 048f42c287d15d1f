"""A photo against the way in which the same device wrote its earlier ones."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import piexif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from models.vocabulary import Outcome, PhotoKind
from photos.case import Case, Claim, Result
from photos.checks import off_profile
from photos.profile import PARTS, Profile, learn, signature
from photos.reading import read_evidence
from photos.verify import verify_many
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, a_case, a_parcel, a_photo
from tests.soak import examples

SIZES = ((320, 240), (240, 320), (400, 300))


def earlier(n: int, **changed: object) -> list[dict[str, str]]:
    """The signatures of so many photos of one phone, in its modes, some without a fix."""
    photos = [
        a_photo(
            seed=i % 3,
            size=SIZES[i % 3],
            taken_at=TAKEN_AT - timedelta(hours=i + 1),
            gps="absent" if i % 4 == 0 else "present",
            **changed,  # type: ignore[arg-type]
        )
        for i in range(n)
    ]
    return [signature(read_evidence(photo)) for photo in photos]


KNOWN = earlier(12)
PROFILE = learn("jpeg", KNOWN)


def judged(photo: bytes, profile: Profile | None = PROFILE, **given: object) -> Result | None:
    case: Case = replace(a_case(photo), profile=profile, **given)  # type: ignore[arg-type]
    result = off_profile(case)
    if result is not None:
        assert result.message.endswith("。")
    return result


def saved_again(photo: bytes, quality: int = 90) -> bytes:
    picture = Image.open(io.BytesIO(photo))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=picture.info["exif"])
    return out.getvalue()


def test_a_photo_that_a_library_compressed_again_is_doubted_and_the_parts_are_named():
    result = judged(saved_again(a_photo()))
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert set(result.measured["odd"]) >= {"start", "quantisation"}
    assert "文件开头" in result.message
    assert "12 张" in result.message


def test_a_block_written_again_by_piexif_is_told():
    out = io.BytesIO()
    piexif.insert(piexif.dump(piexif.load(a_photo())), a_photo(), out)
    result = judged(out.getvalue())
    assert result is not None
    assert result.noted
    assert set(result.measured["odd"]) == {"order"}


@pytest.mark.parametrize("seed", [0, 1, 2, 5])
def test_another_photo_of_the_same_phone_passes(seed: int):
    result = judged(a_photo(seed=seed, taken_at=TAKEN_AT, away_m=10.0))
    assert result is not None
    assert result.outcome is Outcome.PASS


@pytest.mark.parametrize("gps", ["absent", "blanked", "present"])
def test_a_photo_whose_position_the_system_took_away_passes(gps):
    result = judged(a_photo(gps=gps))
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_another_frame_alone_is_another_mode_and_no_sign():
    result = judged(a_photo(size=(480, 270)))
    assert result is not None
    assert result.outcome is Outcome.PASS
    assert set(result.measured["odd"]) <= {"frame"}


def test_a_phone_that_adapts_its_tables_is_not_held_to_one_of_them():
    adapting = [one | {"quantisation": f"table {i}"} for i, one in enumerate(KNOWN)]
    result = judged(a_photo(), learn("jpeg", adapting))
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_too_few_photos_another_container_and_our_own_page_are_not_asked():
    odd = saved_again(a_photo())
    assert judged(odd, learn("jpeg", KNOWN[:7])) is None
    assert judged(odd, None) is None
    assert judged(odd, learn("heic", KNOWN)) is None
    assert learn("heic", KNOWN).photos == 0
    live = Claim(PhotoKind.OVERVIEW, position=HERE, live_capture=True)
    assert judged(odd, claim=live) is None


def test_heic_files_are_learnt_and_asked_among_themselves():
    known = [signature(read_evidence(a_photo(form="heic", seed=i % 2))) for i in range(8)]
    profile = learn("heic", known)
    assert profile.photos == 8
    result = judged(a_photo(form="heic"), profile)
    assert result is not None
    assert result.outcome is Outcome.PASS


def test_a_photo_that_was_learnt_is_judged_as_if_it_had_not_been():
    odd = signature(read_evidence(saved_again(a_photo())))
    together = learn("jpeg", [*KNOWN, odd])
    assert together.without(odd) == PROFILE
    assert set(together.without(odd).odd_parts(odd)) >= {"start", "quantisation"}


def test_a_signature_is_small_plain_json_and_names_only_known_parts():
    one = signature(read_evidence(a_photo()))
    assert json.loads(json.dumps(one)) == one
    assert len(json.dumps(one)) < 500
    assert set(one) <= {*PARTS, "container"}
    assert signature(read_evidence(b"text")) == {}


@settings(max_examples=examples(30))
@given(st.permutations(KNOWN))
def test_the_order_of_earlier_photos_changes_nothing(known: list[dict[str, str]]):
    assert learn("jpeg", known) == PROFILE


def test_in_a_run_over_an_archive_each_photo_is_judged_by_all_the_others():
    parcel = a_parcel()
    photos = [
        (f"IMG_{n}.jpg", a_photo(parcel, seed=n % 3, taken_at=TAKEN_AT + timedelta(minutes=n)))
        for n in range(9)
    ]
    odd = ("IMG_99.jpg", saved_again(a_photo(parcel, seed=1)))
    lines = {
        line["file"]: {r["check"]: r for r in line["results"]}
        for line in verify_many([*photos, odd], [("N1001", parcel)], received_at=RECEIVED_AT)
    }
    assert lines["IMG_99.jpg"]["off_profile"]["outcome"] == "DOUBT"
    for name, _ in photos:
        assert lines[name]["off_profile"]["outcome"] == "PASS"

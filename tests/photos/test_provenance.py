"""The manifest of provenance: it holds, it was broken, it cannot be read; and nothing is fetched."""

import io
import time

import pytest
from PIL import Image

from models.vocabulary import Outcome
from photos.checks import declared_ai, provenance
from photos.evidence import C2pa, Source
from photos.examine import examine
from photos.provenance import MAX_MANIFEST_BYTES, UNREADABLE, read_manifest
from photos.reading import media_type_of, read_evidence
from tests.build import a_case, a_photo
from tests.photos.signing import SIGNER, signed

PHOTO = a_photo()
CAPTURED = signed(PHOTO, "image/jpeg")


def manifest_of(data: bytes) -> C2pa:
    manifest = read_evidence(data).c2pa
    assert manifest is not None
    return manifest


def in_form(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, form)
    return out.getvalue()


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "photo",
    [PHOTO, a_photo(form="heic"), in_form("PNG"), in_form("WEBP"), in_form("TIFF")],
    ids=["jpeg", "heic", "png", "webp", "tiff"],
)
def test_a_signed_file_says_who_signed_it_and_how_it_was_made(photo: bytes):
    assert read_evidence(photo).c2pa is None
    kind = media_type_of(photo)
    assert kind is not None
    evidence = read_evidence(signed(photo, kind))
    assert evidence.error is None
    assert evidence.c2pa == C2pa(
        state="valid",
        generator="CameraApp 4.2",
        signer=f"{SIGNER} camera",
        source_types=("digitalCapture",),
        actions=("c2pa.created",),
    )
    said = {r.name: r.value for r in evidence.readings if r.source is Source.C2PA}
    assert said == {
        "ClaimGenerator": "CameraApp 4.2",
        "ClaimSigner": f"{SIGNER} camera",
        "DigitalSourceType": "digitalCapture",
    }


def test_a_pixel_or_a_coordinate_changed_after_signing_breaks_the_manifest():
    pixel = changed(CAPTURED, len(CAPTURED) - 1_000)
    coordinate = changed(CAPTURED, CAPTURED.index(b"HUAWEI\0"))
    for data in (pixel, coordinate):
        manifest = manifest_of(data)
        assert manifest.state == "broken"
        assert manifest.problems == ("assertion.dataHash.mismatch",)
        assert manifest.signer == f"{SIGNER} camera"


def test_a_manifest_that_is_torn_is_unreadable_and_the_photo_is_read():
    at = CAPTURED.index(b"jumdc2pa") + 40
    for data in (CAPTURED[:at] + bytes(400) + CAPTURED[at + 400 :], changed(CAPTURED, at + 30)):
        evidence = read_evidence(data)
        assert evidence.error is None
        assert evidence.position is not None
        assert evidence.c2pa is not None
        assert evidence.c2pa.state != "valid"


def test_a_manifest_beyond_all_measure_is_not_opened():
    began = time.perf_counter()
    assert read_manifest(b"\xff\xd8" * 100, "image/jpeg", MAX_MANIFEST_BYTES + 1) is UNREADABLE
    assert read_manifest(b"", "image/jpeg", 100) is UNREADABLE
    assert read_manifest(CAPTURED, "image/jpeg", 0) is None
    assert time.perf_counter() - began < 0.1


# --- what the checks make of it -------------------------------------------------------------------


def test_a_photo_with_a_manifest_that_holds_passes_and_names_the_signer():
    case = a_case(CAPTURED)
    result = provenance(case)
    assert result is not None
    assert result.outcome is Outcome.PASS
    assert SIGNER in result.message
    assert declared_ai(case) is None
    assert examine(case).verdict == "核验通过"


def test_a_photo_changed_after_it_was_signed_is_a_doubt():
    result = provenance(a_case(changed(CAPTURED, len(CAPTURED) - 1_000)))
    assert result is not None
    assert result.outcome is Outcome.DOUBT
    assert "签名之后被改动过" in result.message


def test_a_photo_without_a_manifest_is_asked_nothing_and_an_unreadable_one_drags_nothing_down():
    assert provenance(a_case(PHOTO)) is None
    at = CAPTURED.index(b"jumdc2pa") + 40
    case = a_case(CAPTURED[:at] + bytes(400) + CAPTURED[at + 400 :])
    result = provenance(case)
    assert result is not None
    assert (result.outcome, result.needed) == (Outcome.UNKNOWN, False)
    assert examine(case).verdict == "核验通过"


@pytest.mark.parametrize(
    "source",
    [
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "algorithmicMedia",
    ],
)
def test_a_manifest_that_declares_a_machine_made_picture_contradicts(source: str):
    result = declared_ai(a_case(signed(PHOTO, "image/jpeg", source=source)))
    assert result is not None
    assert result.outcome is Outcome.FAIL
    assert str(result.measured["mark"]).lower().endswith(source.lower())


@pytest.mark.parametrize("source", ["computationalCapture", "compositeCapture", "digitalCapture"])
def test_hdr_and_panoramas_are_photos(source: str):
    assert declared_ai(a_case(signed(PHOTO, "image/jpeg", source=source))) is None

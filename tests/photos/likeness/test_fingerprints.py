"""The fingerprint of a picture: what it survives, and what has none."""

import io
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from field_app.demo.camera import ExifFacts, with_exif
from field_app.demo.scenes import SCENES
from photos.likeness.fingerprints import (
    BITS,
    BYTES,
    Fingerprint,
    Turn,
    distance,
    fingerprint,
    fingerprint_of,
    oriented,
)
from photos.reading import read_evidence
from tests.build import a_photo, a_scene
from tests.photos.likeness.changes import CHANGES, grey_of
from tests.soak import examples

SIZE = (800, 600)
TRANSPOSES = {
    Turn.MIRRORED: Image.Transpose.FLIP_LEFT_RIGHT,
    Turn.FLIPPED: Image.Transpose.FLIP_TOP_BOTTOM,
    Turn.HALF: Image.Transpose.ROTATE_180,
    Turn.TRANSPOSED: Image.Transpose.TRANSPOSE,
    Turn.QUARTER: Image.Transpose.ROTATE_270,
    Turn.QUARTER_BACK: Image.Transpose.ROTATE_90,
    Turn.TRANSVERSE: Image.Transpose.TRANSVERSE,
}


def code_of(picture: Image.Image) -> bytes:
    made = fingerprint(picture)
    assert made is not None
    return made.whole


@lru_cache(maxsize=64)
def scene(kind: str, seed: int) -> Image.Image:
    return a_scene(kind, SIZE, seed).convert("L")  # type: ignore[arg-type]


@pytest.mark.parametrize("turn", TRANSPOSES)
def test_a_turned_picture_has_the_fingerprint_that_turning_the_bits_gives(turn: Turn):
    grey = grey_of(scene("building", 1))
    turned = oriented(code_of(grey.transpose(TRANSPOSES[turn])))
    apart = [distance(code_of(grey), bytes(each)) for each in turned]
    assert int(np.argmin(apart)) in (turn, _back(turn))
    assert (
        distance(bytes(oriented(code_of(grey))[turn]), code_of(grey.transpose(TRANSPOSES[turn])))
        <= 2
    )


def _back(turn: Turn) -> Turn:
    return {Turn.QUARTER: Turn.QUARTER_BACK, Turn.QUARTER_BACK: Turn.QUARTER}.get(turn, turn)


def test_only_mirrorings_exchange_left_and_right():
    reversed_ = {turn for turn in Turn if turn.reversed}
    assert reversed_ == {Turn.MIRRORED, Turn.FLIPPED, Turn.TRANSPOSED, Turn.TRANSVERSE}


@pytest.mark.parametrize("kind", SCENES)
@pytest.mark.parametrize(
    "change",
    [
        "recompressed at 30",
        "half the size",
        "sent by messenger",
        "brighter",
        "darker",
        "time stamp",
    ],
)
def test_a_copy_that_was_sent_on_keeps_its_fingerprint(kind: str, change: str):
    picture = scene(kind, 3)
    assert distance(code_of(grey_of(picture)), code_of(grey_of(CHANGES[change](picture)))) <= 40


def test_a_crop_is_like_one_of_the_windows():
    picture = scene("weeds", 4)
    whole = fingerprint(grey_of(picture))
    cropped = code_of(grey_of(CHANGES["20 % cropped at a corner"](picture)))
    assert whole is not None
    assert distance(whole.whole, cropped) > 73
    windows = [whole.windows[at : at + BYTES] for at in range(0, len(whole.windows), BYTES)]
    assert min(distance(window, cropped) for window in windows) <= 66


def test_the_bars_of_a_screenshot_are_cut_off():
    picture = scene("crop", 5)
    seen = fingerprint(grey_of(CHANGES["screenshot with bars"](picture)))
    assert seen is not None
    assert distance(seen.whole, code_of(grey_of(picture))) > 73
    assert distance(seen.trimmed, code_of(grey_of(picture))) <= 40


def test_fields_of_different_places_are_far_apart():
    codes = [code_of(grey_of(scene(kind, seed))) for kind in SCENES for seed in range(3)]
    apart = [distance(a, b) for n, a in enumerate(codes) for b in codes[:n]]
    assert min(apart) > 66
    assert 110 < sum(apart) / len(apart) < 140


@pytest.mark.parametrize("noise", [0.0, 3.0, 20.0])
@pytest.mark.parametrize("look", ["lens cap", "white wall", "shadow on a wall", "dark corners"])
def test_a_picture_of_nothing_has_no_fingerprint(look: str, noise: float):
    across, down = np.linspace(-1, 1, 1600), np.linspace(-1, 1, 1200)[:, None]
    planes = {
        "lens cap": np.full((1200, 1600), 4.0),
        "white wall": np.full((1200, 1600), 245.0),
        "shadow on a wall": 150.0 + 80.0 * across + 0.0 * down,
        "dark corners": 200.0 - 60.0 * (across**2 + down**2) / 2.0,
    }
    grain = np.random.default_rng(1).normal(0.0, noise, (1200, 1600))
    picture = Image.fromarray(np.clip(planes[look] + grain, 0, 255).astype(np.uint8))
    assert fingerprint(grey_of(picture)) is None


def test_a_file_that_cannot_be_seen_has_no_fingerprint():
    assert fingerprint_of(read_evidence(a_photo()[:5000])) is None


def test_a_phone_held_upright_gives_the_same_fingerprint_as_the_picture_sent_upright():
    upright = scene("building", 2).convert("RGB").rotate(90, expand=True)
    stored = upright.transpose(Image.Transpose.ROTATE_90)  # a sensor lies; the tag says so
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    stored.save(out, "JPEG", quality=95, exif=exif)
    phone = fingerprint_of(read_evidence(out.getvalue()))
    sent = fingerprint_of(read_evidence(with_exif(upright, ExifFacts())))
    assert phone is not None
    assert sent is not None
    assert distance(phone.whole, sent.whole) <= 10


def test_a_fingerprint_survives_being_kept():
    plain = fingerprint(grey_of(scene("pond", 1)))
    shot = fingerprint(grey_of(CHANGES["screenshot with bars"](scene("pond", 1))))
    for made in (plain, shot):
        assert made is not None
        assert Fingerprint.from_bytes(made.to_bytes()) == made
    with pytest.raises(ValueError, match="no bytes"):
        Fingerprint.from_bytes(b"\x01" + bytes(40))


@settings(max_examples=examples(40), deadline=None)
@given(
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    seed=st.integers(0, 1000),
)
def test_a_picture_of_any_size_has_a_fingerprint_or_none(width: int, height: int, seed: int):
    dice = np.random.default_rng(seed)
    picture = Image.fromarray(dice.integers(0, 256, (height, width), dtype=np.uint8))
    made = fingerprint(picture)
    if made is not None:
        assert len(made.whole) == BITS // 8
        assert Fingerprint.from_bytes(made.to_bytes()) == made

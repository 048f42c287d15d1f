"""The second look: two pictures laid over each other."""

import pytest
from PIL import Image, ImageOps

from field_app.demo.scenes import SCENES
from photos.likeness.scenes import SCENE_PIXELS, same_scene, scene_picture
from tests.build import a_photo, a_png
from tests.photos.likeness.changes import CHANGES
from tests.photos.likeness.test_fingerprints import scene


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["weeds", "building"])
def test_a_changed_copy_lies_on_its_original(kind: str, change: str):
    copy = CHANGES[change](scene(kind, 3))
    match = same_scene(copy, scene(kind, 3), mirrored="mirrored" in change)
    assert match.same, match


@pytest.mark.parametrize("kind", SCENES)
def test_another_place_does_not_lie_on_this_one(kind: str):
    for seed in (4, 5):
        match = same_scene(scene(kind, seed), scene(kind, 3))
        assert not match.same, match
        assert match.correlation < 0.7


def test_a_mirrored_copy_is_only_found_mirrored():
    picture = scene("building", 3)
    assert not same_scene(ImageOps.mirror(picture), picture).same
    assert same_scene(ImageOps.mirror(picture), picture, mirrored=True).same


def test_the_same_two_pictures_always_give_the_same_answer():
    one, other = scene("crop", 3), CHANGES["turned by 2 degrees"](scene("crop", 3))
    assert len({same_scene(one, other) for _ in range(4)}) == 1


def test_a_picture_of_nothing_lies_on_nothing():
    nothing = Image.new("L", (800, 600), 128)
    for other in (nothing, scene("crop", 3)):
        assert same_scene(nothing, other).same is False


def test_a_photo_is_brought_to_a_bounded_size_and_grey():
    large = scene_picture(a_photo(size=(2600, 1200)))
    assert large is not None
    assert (large.size, large.mode) == ((SCENE_PIXELS, round(1200 / 2.6)), "L")
    small = scene_picture(a_photo())
    assert small is not None
    assert max(small.size) <= SCENE_PIXELS
    heic = scene_picture(a_photo(form="heic"))
    assert heic is not None
    assert heic.mode == "L"


@pytest.mark.parametrize("data", [b"", b"text", a_png(), a_photo()[:4000]])
def test_a_file_that_cannot_be_decoded_gives_no_picture(data: bytes):
    assert scene_picture(data) is None

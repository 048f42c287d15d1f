"""The drawn photos: the same each time, unlike each other, and true in their EXIF."""

import numpy as np
import pytest

from field_app.demo.camera import ExifFacts, with_exif
from field_app.demo.scenes import SCENES, Scene, draw_scene
from models.geo import Position, distance_between_m
from photos.reading import read_evidence

SIZE = (160, 120)


@pytest.mark.parametrize("kind", SCENES)
def test_a_scene_is_the_same_each_time_and_another_with_another_seed(kind: Scene):
    first, again, other = (np.asarray(draw_scene(kind, SIZE, seed)) for seed in (1, 1, 2))
    assert first.shape == (120, 160, 3)
    assert (first == again).all()
    assert (first != other).mean() > 0.5


def test_each_kind_has_the_colour_of_its_land():
    ground = {k: np.asarray(draw_scene(k, SIZE, 3))[80:, :, :].mean(axis=(0, 1)) for k in SCENES}
    red, green, blue = 0, 1, 2
    assert ground["crop"][green] > ground["crop"][blue] + 20
    assert ground["bare"][red] > ground["bare"][green] > ground["bare"][blue]
    assert ground["pond"][blue] > ground["weeds"][blue] + 20
    assert np.ptp(ground["building"]) < 15  # concrete is grey


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="sea"):
        draw_scene("sea")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "place", [(112.43, 33.49), (-70.5, -33.25), (0.00001, 0.00001), (179.99999, 89.99999)]
)
def test_the_written_place_is_true_to_a_centimetre(place: tuple[float, float]):
    photo = with_exif(draw_scene("bare", SIZE), ExifFacts(Position(*place)))
    read = read_evidence(photo).position
    assert read is not None
    assert distance_between_m(read, Position(*place)) < 0.01


def test_the_same_picture_and_facts_give_the_same_file():
    picture, facts = draw_scene("pond", SIZE), ExifFacts(Position(112.43, 33.49), unique_id="a1")
    assert with_exif(picture, facts) == with_exif(picture, facts)

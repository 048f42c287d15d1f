"""Real photos of real cameras: found again after what people do to them, and not taken for others."""

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from photos.likeness.archive import Archive
from photos.likeness.fingerprints import fingerprint
from photos.likeness.joining import near_duplicates
from photos.likeness.scenes import same_scene, scene_picture
from tests.photos.likeness.changes import CHANGES, grey_of

FOLDER = Path(__file__).parents[3].parent / "shared" / "samples" / "photos"
NAMES = (
    "DSCN0010.jpg", "HMD_Nokia_8.3_5G.jpg", "IMG_20180725_163423.jpg", "iphone_hdr_YES.jpg",
    "seneca_IMG_0446.jpg", "seneca_IMG_0565.jpg",
)  # fmt: skip

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no sample photos at {FOLDER}")


@pytest.fixture(scope="module")
def pictures() -> dict[str, Image.Image]:
    seen = {name: scene_picture((FOLDER / name).read_bytes()) for name in NAMES}
    return {name: picture for name, picture in seen.items() if picture is not None}


@pytest.mark.parametrize(
    "change",
    ["sent by messenger", "half the size", "mirrored", "quarter turn", "10 % cropped at a corner",
     "stamp cut off at the bottom"],
)  # fmt: skip
def test_a_real_photo_is_found_again(pictures: dict[str, Image.Image], change: str):
    archive = Archive()
    for number, picture in enumerate(pictures.values()):
        made = fingerprint(grey_of(picture))
        assert made is not None
        archive.add(number, made)
    for number, picture in enumerate(pictures.values()):
        copy = CHANGES[change](picture)
        made = fingerprint(grey_of(copy))
        assert made is not None
        hits = archive.search(made)
        assert [hit.key for hit in hits] == [number]
        if number in (0, 4):
            assert same_scene(copy, picture, mirrored=hits[0].mirrored).same


def test_real_photos_are_not_taken_for_one_another(pictures: dict[str, Image.Image]):
    assert len(pictures) == len(NAMES)
    prints = [(name, fingerprint(grey_of(picture))) for name, picture in pictures.items()]
    assert list(near_duplicates((name, made) for name, made in prints if made is not None)) == []
    fields = [name for name in NAMES if name.startswith("seneca")]
    for one, other in combinations(fields, 2):
        assert not same_scene(pictures[one], pictures[other]).same


def test_two_exposures_of_one_moment_are_the_same_scene():
    one, other = (
        scene_picture((FOLDER / name).read_bytes())
        for name in ("iphone_hdr_NO.jpg", "iphone_hdr_YES.jpg")
    )
    assert one is not None
    assert other is not None
    assert same_scene(one, other).same

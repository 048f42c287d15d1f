"""The order in which photos are given changes no line."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import moved
from photos.verify import PhotoFile, verify_many
from tests.build import HERE, RECEIVED_AT, WINDOW, a_parcel, a_photo, a_png
from tests.soak import examples

NEAR = a_parcel()
FAR = a_parcel(moved(HERE, east_m=900.0))
PARCELS = [("N1", NEAR), ("N2", FAR)]
SHOT = a_photo(NEAR)
PHOTOS = [
    PhotoFile("a.jpg", SHOT, "N1", person="李工"),
    PhotoFile("b.jpg", SHOT, "N2", person="王工"),
    PhotoFile("c.jpg", SHOT),
    PhotoFile("d.jpg", a_photo(NEAR, away_m=60.0, seed=1)),
    PhotoFile("e.jpg", a_photo(FAR, away_m=1200.0, seed=2)),
    PhotoFile("f.jpg", a_photo(NEAR, gps="blanked")),
    PhotoFile("g.png", a_png()),
    PhotoFile("h.jpg", b""),
]


def told(photos: list[PhotoFile]) -> set[str]:
    lines = verify_many(photos, PARCELS, window=WINDOW, received_at=RECEIVED_AT)
    return {json.dumps(line, ensure_ascii=False, sort_keys=True) for line in lines}


STRAIGHT = told(PHOTOS)


@settings(max_examples=examples(12), deadline=None)
@given(st.permutations(PHOTOS))
def test_the_order_of_photos_does_not_matter(photos: list[PhotoFile]):
    assert told(photos) == STRAIGHT
    assert len(STRAIGHT) == len(PHOTOS)

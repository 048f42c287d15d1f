"""No check asks in which order the neighbours were gathered."""

import random
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.geo import moved
from models.vocabulary import Outcome, PhotoKind
from photos.case import Shot
from photos.devices import FileNumber
from photos.examine import examine
from tests.build import TAKEN_AT
from tests.photos.checks.beside import CAMERA, PHONE, PLACE, a_case_beside, a_shot
from tests.soak import examples

shots = st.builds(
    lambda minutes, metres, parcel, number, hand, **given: a_shot(
        minutes,
        parcel=parcel,
        position=None if metres is None else moved(PLACE, east_m=metres),
        file_number=None if number is None else FileNumber("IMG_", number),
        same_person=hand != "other",
        same_device=hand != "mine",
        device=PHONE if hand == "mine" else CAMERA,
        name=f"{minutes}/{metres}/{parcel}/{number}/{hand}",
        **given,
    ),
    minutes=st.sampled_from([-1400.0, -90.0, -6.0, 0.0, 0.0, 0.2, 7.0, 40.0, 1300.0]),
    metres=st.sampled_from([None, 0.0, 0.0, 5.0, 3_000.0, 90_000.0]),
    parcel=st.sampled_from(["N1", "N2", "N3", "N4", "N5", "N6"]),
    number=st.sampled_from([None, 1, 98, 99, 101, 9999]),
    hand=st.sampled_from(["mine", "mine", "both", "other"]),
    kind=st.sampled_from([PhotoKind.OVERVIEW, PhotoKind.CLOSE]),
    distance_m=st.sampled_from([None, 0.0, 60.0]),
    taken_source=st.sampled_from(["camera", "camera", "page"]),
    zone_assumed=st.booleans(),
    altitude_m=st.sampled_from([None, 214.3]),
    fixed_at=st.sampled_from([None, TAKEN_AT, TAKEN_AT + timedelta(minutes=7)]),
)


@given(st.lists(shots, max_size=25, unique_by=lambda s: s.name), st.randoms())
@settings(max_examples=examples(120), deadline=None)
def test_shuffling_the_neighbours_changes_no_result(found: list[Shot], chance: random.Random):
    def judged(order: list[Shot]):
        done = examine(a_case_beside(*order, named="IMG_0100.JPG", altitude_m=214.3))
        return {result.check: result.as_json() for result in done.results}

    first = judged(found)
    assert not [one for one in first.values() if one["outcome"] == Outcome.ERROR]
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert judged(shuffled) == first

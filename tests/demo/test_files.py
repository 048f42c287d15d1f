"""The demonstration's files of parcels, read by the product's own reader."""

from collections import Counter
from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.demo import files, ground, parcels
from field_app.parcels.formats import read_parcels
from models import geo
from tests.soak import examples

COUNTY = parcels.county()


@pytest.mark.parametrize("key", list(COUNTY))
def test_each_projects_file_is_read_whole_and_gives_back_its_parcels(key: str) -> None:
    project = COUNTY[key]
    name, data = files.file_of(project)
    read = read_parcels(data, name)
    assert [p.number for p in read.parcels] == [f.number for f in project.fields]
    assert not read.refused
    epsg = geo.epsg_of_zone(project.spec.zone, degrees=3, banded=project.spec.banded)
    assert read.crs == f"EPSG:{epsg}"
    for field, parcel in zip(project.fields, read.parcels, strict=True):
        assert parcel.boundary is not None
        off = shapely.symmetric_difference(shapely.make_valid(field.shape), parcel.boundary)
        assert off.area < 0.01 * field.shape.area


def test_a_crossing_outline_and_exchanged_coordinates_are_repaired() -> None:
    said = Counter()
    for project in COUNTY.values():
        name, data = files.file_of(project)
        for parcel in read_parcels(data, name).parcels:
            said.update(m[:5] for m in parcel.messages)
    assert said["边界自相交"] == 2
    assert said["X、Y 坐"] == len(COUNTY["baitugang"].fields)


def test_the_county_is_the_same_every_time() -> None:
    assert [files.file_of(p) for p in parcels.county().values() if p.spec.form != "shp"] == [
        files.file_of(p) for p in COUNTY.values() if p.spec.form != "shp"
    ]


def test_no_two_parcels_have_one_number() -> None:
    numbers = [f.number for p in COUNTY.values() for f in p.fields]
    assert len(set(numbers)) == len(numbers)


@settings(max_examples=examples(25), deadline=None)
@given(seed=st.integers(0, 10_000), turn=st.floats(-90, 90))
def test_the_fields_of_a_block_never_overlap(seed: int, turn: float) -> None:
    cells = ground.block(
        Random(seed),
        columns=3,
        rows=3,
        width_m=(38.0, 105.0),
        depth_m=(9.5, 27.0),
        turn_deg=turn,
        bend_m=26.0,
    )
    assert all(c.is_valid for c in cells.values())
    together = shapely.union_all(list(cells.values()))
    assert together.area == pytest.approx(sum(c.area for c in cells.values()), rel=1e-3)

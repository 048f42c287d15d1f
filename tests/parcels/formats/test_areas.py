"""Areas of many parcels at once are the areas of each."""

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box

from models.geo import area_m2, areas_m2


def test_the_area_of_many_is_that_of_each() -> None:
    hole = Polygon(
        box(112, 33, 112.01, 33.01).exterior, [box(112.002, 33.002, 112.004, 33.004).exterior]
    )
    shapes = np.array(
        [
            hole,
            MultiPolygon([hole, box(113, 33, 113.01, 33.01)]),
            Polygon(),
            box(112, 33, 112.1, 33.1),
        ],
        dtype=object,
    )
    assert areas_m2(shapes) == pytest.approx([area_m2(s) for s in shapes])
    assert len(areas_m2(shapes[:0])) == 0

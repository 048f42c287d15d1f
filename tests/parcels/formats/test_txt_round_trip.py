"""Any parcel written to a TXT, in any of its forms, is read back as the same ground."""

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate

from field_app.parcels.formats import read_parcels
from models import geo
from tests.parcels.formats.build_files import NANZHAO, a_parcel_text, a_txt, properties
from tests.soak import examples


@st.composite
def a_blob(draw: st.DrawFn, reach_m: float = 90.0) -> Polygon:
    """A star-shaped outline around a middle, with up to two holes, to the millimetre."""
    corners = draw(st.integers(3, 12))
    radii = draw(st.lists(st.integers(40, int(reach_m)), min_size=corners, max_size=corners))
    outline = _star(radii)
    holes = []
    for side in draw(st.sets(st.sampled_from([-1, 1]), max_size=2)):
        hole = translate(_star([4.0] * draw(st.integers(3, 6))), xoff=side * 6.0)
        if outline.buffer(-1.0).covers(hole):
            holes.append(hole.exterior)
    return Polygon(outline.exterior, holes)


def _star(radii: list[float]) -> Polygon:
    points = shapely.points([0.0, 0.0])
    return Polygon(
        [
            shapely.affinity.rotate(
                translate(points, xoff=radius), 360.0 * n / len(radii), origin=(0, 0)
            )
            for n, radius in enumerate(radii)
        ]
    )


@st.composite
def a_shape(draw: st.DrawFn) -> Polygon | MultiPolygon:
    """One blob, or up to three side by side, somewhere near 南召."""
    blobs = draw(st.lists(a_blob(), min_size=1, max_size=3))
    x, y = NANZHAO[0] + draw(st.integers(-20_000, 20_000)), NANZHAO[1]
    placed = [translate(b, xoff=x + 200.0 * n, yoff=y) for n, b in enumerate(blobs)]
    shape = placed[0] if len(placed) == 1 else MultiPolygon(placed)
    return shapely.set_precision(shape, 0.001)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shape=a_shape(),
    variant=st.sampled_from("ABCD"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    banded=st.booleans(),
    swapped=st.booleans(),
    closed=st.booleans(),
    restart=st.booleans(),
    count_less=st.integers(0, 1),
)
def test_what_is_written_is_read_back(
    shape: Polygon | MultiPolygon,
    variant: str,
    encoding: str,
    ends: str,
    banded: bool,
    swapped: bool,
    closed: bool,
    restart: bool,
    count_less: int,
) -> None:
    shown = shape if banded else translate(shape, xoff=-37_000_000.0)
    text = a_txt(
        a_parcel_text(
            shown,
            variant=variant,
            swapped=swapped,
            closed=closed,
            restart=restart,
            count_less=count_less,
        ),
        head=properties(37),
    )
    (parcel,) = read_parcels(text.replace("\n", ends).encode(encoding), "a.txt").parcels
    assert parcel.status == ("repaired" if swapped else "taken"), parcel.messages
    assert parcel.crs == ("EPSG:4525" if banded else "EPSG:4546")
    assert parcel.boundary is not None
    assert parcel.area_m2 == geo.area_m2(parcel.boundary)
    back = geo.from_stored(parcel.boundary, 4525)
    assert len(shapely.get_parts(back)) == len(shapely.get_parts(shape))
    assert abs(back.area - shape.area) < 0.001 * shape.length
    assert shapely.symmetric_difference(back, shape).area < 0.002 * shape.length

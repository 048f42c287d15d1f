"""Maps without tiles: one parcel, its photos, the way between them; folium, nothing from outside.

Everything is EPSG:4490, longitude first, until the last moment, where Leaflet wants (lat, lon).
Marks differ by shape and sign as well as by colour: they are read in full sun, and one man in
twelve does not see red and green apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import folium
import shapely
from folium.template import Template
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from streamlit_folium import st_folium

from field_app.marks import ME, PARCEL, PROGRESS, UNKNOWN, VERDICT, Sign
from field_app.routes.assets import url
from models.geo import LocalPlane, Position, distance_to_m, inside_point, view_cone

# A photo or a person further away than this would make the parcel a dot; a note says it instead.
_FAR_M = 1500.0
_USUAL_VIEW_DEG = 65.0
# The person's place changes the frame of the map only from cell to cell of this size (degrees,
# about 100 m): a map that moves at each step cannot be read.
_FRAME_CELL_DEG = 0.001
# Above so many points an outline is drawn with half a metre's tolerance: the phone has to fetch and
# draw them all, and no screen shows the difference.
_MOST_POINTS = 500
_FINE_DEG = 5e-6
_KEY_MARK = "\u2063"  # an invisible separator: no name contains it


@dataclass(frozen=True, slots=True)
class PhotoMark:
    """A photo on the map. `heading_deg` is true; `view_deg` the camera's angle of view."""

    lon: float
    lat: float
    accuracy_m: float | None
    heading_deg: float | None
    view_deg: float | None
    verdict: str
    label: str


@dataclass(frozen=True, slots=True)
class ParcelMark:
    """A parcel of a list, by a point inside it. `progress` chooses the sign. A tap tells `key`,
    by default the number, which is unique only within a project."""

    lon: float
    lat: float
    number: str
    progress: str
    key: str = ""


class LocalMap(folium.Map):
    """A folium map that gets its scripts and styles from our own server, and has no tiles.

    `people` holds what may move without the map being drawn anew.
    """

    default_js = [  # noqa: RUF012 — folium's own attribute, as a list
        ("leaflet", url("vendor/leaflet/leaflet.js")),
        ("field", url("map/map.js")),
    ]
    default_css = [  # noqa: RUF012
        ("leaflet_css", url("vendor/leaflet/leaflet.css")),
        ("field_css", url("map/map.css")),
    ]

    def __init__(self, middle: Position) -> None:
        super().__init__(
            location=(middle.lat, middle.lon),
            tiles=None,
            zoom_start=16,
            min_zoom=7,
            max_zoom=20,
            zoom_control="bottomright",
            attribution_control=False,
            zoom_snap=0.25,
            tap=True,
        )
        self.people = folium.FeatureGroup()


class _Dress(folium.MacroElement):
    """Scale, north arrow, legend, graticule, and the frame; see static/map/map.js."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "fieldMap.dress({{ this._parent.get_name() }}, {{ this.given|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, fit: Any, legend: Iterable[tuple[Sign, str]], notes: list[str]) -> None:
        super().__init__()
        self._name = "Dress"
        rows = [{"sign": sign.svg, "text": text} for sign, text in legend]
        self.given = {"fit": fit, "legend": rows, "notes": notes}


class _Include(folium.MacroElement):
    """Takes a place into the frame without drawing the map anew."""

    _template = Template(
        "{% macro script(this, kwargs) %}fieldMap.include({{ this.bounds|tojson }});{% endmacro %}"
    )

    def __init__(self, bounds: Any) -> None:
        super().__init__()
        self._name = "Include"
        self.bounds = bounds


def parcel_map(
    boundary: BaseGeometry,
    *,
    number: str,
    me: Position | None = None,
    photos: Sequence[PhotoMark] = (),
    neighbours: Sequence[tuple[str, BaseGeometry]] = (),
) -> LocalMap:
    """The parcel between its neighbours, its photos, and where I stand."""
    made = LocalMap(inside_point(boundary))
    for name, other in neighbours:
        _area(other, color="#6b7a72", weight=2, dash_array="6 5").add_to(made)
        _label(inside_point(other), name, quiet=True).add_to(made)
    _area(boundary, color="#ffffff", weight=8).add_to(made)
    _area(
        boundary, color="#0b5d3b", weight=4, fill=True, fill_color="#f2c14e", fill_opacity=0.35
    ).add_to(made)
    _label(_top_of(boundary), number, above=True).add_to(made)
    near = [p for p in photos if distance_to_m(boundary, Position(p.lon, p.lat)) <= _FAR_M]
    far = [p for p in photos if p not in near]
    for photo in photos:
        _photo(photo, boundary).add_to(made)
    frame = [boundary, *(shapely.Point(p.lon, p.lat) for p in near)]
    if me is not None:
        _me(me, framed=distance_to_m(boundary, me) <= _FAR_M).add_to(made.people)
    signs = [(PARCEL, "本地块"), *_signs_of(photos)]
    _Dress(_frame(frame), signs, _far_notes(boundary, far)).add_to(made)
    return made


def review_map(
    boundary: BaseGeometry, photos: Sequence[PhotoMark], *, number: str = ""
) -> LocalMap:
    """The parcel and the photos of one inspection, for the supervisor."""
    return parcel_map(boundary, number=number, photos=photos)


def tasks_map(parcels: Sequence[ParcelMark], me: Position | None = None) -> LocalMap:
    """Parcels of a task list as signs of their progress; tapping one is told by `show`."""
    return _signs_map(parcels, PROGRESS, me)


def queue_map(parcels: Sequence[ParcelMark]) -> LocalMap:
    """Parcels under review, each with the worst verdict of its photos as its `progress`."""
    return _signs_map(parcels, VERDICT, None)


def _signs_map(
    parcels: Sequence[ParcelMark], table: dict[str, Sign], me: Position | None
) -> LocalMap:
    middle = Position(112.43, 33.49)
    if parcels:
        middle = Position(parcels[0].lon, parcels[0].lat)
    elif me is not None:
        middle = me
    made = LocalMap(middle)
    for parcel in parcels:
        sign = table.get(parcel.progress, UNKNOWN)
        text = f"{_text(parcel.number)} · {_text(parcel.progress)}"
        key = f'<i class="fm-key">{_KEY_MARK}{_text(parcel.key or parcel.number)}</i>'
        _mark(parcel.lon, parcel.lat, sign, f"{text}{key}", size=34).add_to(made)
    frame: list[BaseGeometry] = [shapely.Point(p.lon, p.lat) for p in parcels]
    if me is not None:
        _me(me, framed=True).add_to(made.people)
    used = {p.progress for p in parcels}
    signs = [(sign, str(word)) for word, sign in table.items() if word in used]
    _Dress(_frame(frame), signs, []).add_to(made)
    return made


def show(made: LocalMap, *, height: int, key: str, taps: bool = False) -> dict[str, Any]:
    """Draws the map in the page; `{"tapped": key or None}`, the key of a parcel's mark.

    Panning and zooming never rerun the page; with `taps` a tap on a parcel's sign does.
    """
    wanted = ["last_object_clicked_tooltip", "last_object_clicked_count"] if taps else []
    told = st_folium(
        made,
        key=key,
        height=height,
        use_container_width=True,
        returned_objects=wanted,
        feature_group_to_add=made.people,
    )
    return {"tapped": tapped_of((told or {}).get("last_object_clicked_tooltip"))}


def tapped_of(tooltip: Any) -> str | None:
    """The key in a tooltip's text; None where something else was tapped."""
    if not isinstance(tooltip, str) or _KEY_MARK not in tooltip:
        return None
    return tooltip.rpartition(_KEY_MARK)[2].strip()


# --- pieces ----------------------------------------------------------------------------------


def _text(text: str) -> str:
    """User text for folium, which puts it into markup inside a JavaScript template literal that
    came out of a Jinja template: every character with a meaning in any of them is an entity."""
    return "".join(c if c.isalnum() or c in " .,:;-/()" else f"&#{ord(c)};" for c in text)


def _lat_lon(ring: LineString) -> list[tuple[float, float]]:
    return [(round(y, 7), round(x, 7)) for x, y in ring.coords]


def _area(boundary: BaseGeometry, **style: Any) -> folium.FeatureGroup:
    """A shape of one or several polygons, holes included; a long outline to half a metre."""
    group = folium.FeatureGroup()
    if shapely.get_num_coordinates(boundary) > _MOST_POINTS:
        boundary = shapely.simplify(boundary, _FINE_DEG)
    for part in shapely.get_parts(boundary):
        if isinstance(part, Polygon):
            rings = [_lat_lon(part.exterior), *(_lat_lon(hole) for hole in part.interiors)]
            folium.Polygon(rings, interactive=False, smooth_factor=0.3, **style).add_to(group)
    return group


def _top_of(boundary: BaseGeometry) -> Position:
    """The middle of the northern edge of the box: a number there hides no photo."""
    west, _south, east, north = boundary.bounds
    return Position(float(west + east) / 2.0, float(north))


def _label(at: Position, text: str, *, quiet: bool = False, above: bool = False) -> folium.Marker:
    look = "fm-label" + (" fm-quiet" if quiet else "") + (" fm-above" if above else "")
    icon = folium.DivIcon(html=f"<span>{_text(text)}</span>", icon_size=(0, 0), class_name=look)
    return folium.Marker((at.lat, at.lon), icon=icon, interactive=False, keyboard=False)


def _mark(lon: float, lat: float, sign: Sign, tooltip: str, *, size: int) -> folium.Marker:
    """A sign with its middle on the place. `tooltip` is markup, already escaped."""
    icon = folium.DivIcon(
        html=sign.svg, icon_size=(size, size), icon_anchor=(size // 2, size // 2),
        class_name="fm-mark",
    )  # fmt: skip
    return folium.Marker((lat, lon), icon=icon, tooltip=folium.Tooltip(tooltip, sticky=False))


def _photo(photo: PhotoMark, boundary: BaseGeometry) -> folium.FeatureGroup:
    """Point, accuracy circle and view cone of one photo."""
    sign = VERDICT.get(photo.verdict, UNKNOWN)
    group = folium.FeatureGroup()
    at = Position(photo.lon, photo.lat)
    if photo.accuracy_m:
        folium.Circle(
            (photo.lat, photo.lon), radius=photo.accuracy_m, interactive=False, color=sign.colour,
            weight=2, dash_array="4 4", fill=True, fill_opacity=0.08,
        ).add_to(group)  # fmt: skip
    if photo.heading_deg is not None:
        cone = view_cone(
            at,
            photo.heading_deg,
            width_deg=min(photo.view_deg or _USUAL_VIEW_DEG, 170.0),
            length_m=_cone_length_m(boundary, at),
        )
        _area(cone, color=sign.colour, weight=2, fill=True, fill_opacity=0.2).add_to(group)
    accuracy = f" · ±{photo.accuracy_m:.0f} m" if photo.accuracy_m else ""
    text = _text(f"{photo.label} · {photo.verdict}{accuracy}")
    _mark(photo.lon, photo.lat, sign, text, size=32).add_to(group)
    return group


def _cone_length_m(boundary: BaseGeometry, at: Position) -> float:
    """Long enough to be seen beside the parcel, and to reach it where the camera stood near."""
    west, south, east, north = LocalPlane(at).to_metres(boundary).bounds
    across = max(east - west, north - south)
    return min(max(0.5 * across, distance_to_m(boundary, at) + 10.0, 20.0), 0.8 * across + 40.0)


def _me(me: Position, *, framed: bool) -> folium.FeatureGroup:
    group = folium.FeatureGroup()
    if framed:
        _Include(_frame([_cell(me)])).add_to(group)
    if me.accuracy_m:
        folium.Circle(
            (me.lat, me.lon), radius=me.accuracy_m, interactive=False, color=ME.colour, weight=1,
            fill=True, fill_opacity=0.12,
        ).add_to(group)  # fmt: skip
    _mark(me.lon, me.lat, ME, "我的位置", size=26).add_to(group)
    return group


def _signs_of(photos: Sequence[PhotoMark]) -> list[tuple[Sign, str]]:
    used = {p.verdict for p in photos}
    return [(sign, f"照片 · {word}") for word, sign in VERDICT.items() if word in used]


def _far_notes(boundary: BaseGeometry, far: Sequence[PhotoMark]) -> list[str]:
    if not far:
        return []
    longest = max(distance_to_m(boundary, Position(p.lon, p.lat)) for p in far)
    return [f"图外还有 {len(far)} 张照片，最远 {longest / 1000:.1f} km"]


def _cell(me: Position) -> BaseGeometry:
    """The cell of the frame that `me` stands in."""
    west, south = (me.lon // _FRAME_CELL_DEG, me.lat // _FRAME_CELL_DEG)
    return shapely.box(
        west * _FRAME_CELL_DEG, south * _FRAME_CELL_DEG,
        (west + 1) * _FRAME_CELL_DEG, (south + 1) * _FRAME_CELL_DEG,
    )  # fmt: skip


def _frame(shapes: Sequence[BaseGeometry]) -> list[list[float]] | None:
    """[[south, west], [north, east]] around all; None where there is nothing."""
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(shapely.GeometryCollection(list(shapes)))
    return [[float(south), float(west)], [float(north), float(east)]]

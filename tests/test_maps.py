import re

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app import maps
from field_app.maps import LocalMap, ParcelMark, PhotoMark, parcel_map, review_map, tasks_map
from field_app.marks import ME, PROGRESS, VERDICT, Sign
from field_app.tasks import Progress
from models.geo import Position, moved
from models.vocabulary import Verdict
from tests.build import HERE, a_parcel
from tests.soak import examples

PARCEL = a_parcel()


def drawn(made: LocalMap) -> str:
    """The whole page that folium makes of it."""
    html: str = made.get_root().render()
    return html


def a_mark(east_m: float = 0.0, verdict: str = Verdict.PASSED, label: str = "全景") -> PhotoMark:
    at = moved(HERE, east_m=east_m)
    return PhotoMark(at.lon, at.lat, 8.0, 90.0, 65.0, verdict, label)


def test_nothing_is_fetched_from_another_host() -> None:
    made = parcel_map(PARCEL, number="4113", me=HERE, photos=[a_mark()], neighbours=[("x", PARCEL)])
    addresses = re.findall(r'(?:src|href)="([^"]+)"', drawn(made))
    assert len(addresses) == 4
    assert all(a.startswith("/assets/~") for a in addresses)
    assert "tileLayer" not in drawn(made)


def test_folium_itself_is_left_as_it_was() -> None:
    import folium

    assert any("leaflet" in url and url.startswith("https://") for _, url in folium.Map.default_js)


def test_latitude_comes_first_only_for_leaflet() -> None:
    html = drawn(parcel_map(PARCEL, number="4113"))
    ring = re.search(r"L\.polygon\(\s*\[\[\[([\d.]+), ([\d.]+)\]", html)
    assert ring is not None
    assert 33 < float(ring[1]) < 34
    assert 112 < float(ring[2]) < 113


def test_a_parcel_of_two_parts_with_a_hole_keeps_all_its_rings() -> None:
    ring = shapely.Polygon(a_parcel(side_m=80).exterior, [a_parcel(side_m=20).exterior])
    far = a_parcel(moved(HERE, east_m=300))
    html = drawn(parcel_map(shapely.MultiPolygon([ring, far]), number="4113"))
    assert len(re.findall(r"L\.polygon\(", html)) == 2 * 2  # the outline and its white edge


def test_a_photo_has_a_circle_a_cone_and_a_sign_and_one_that_says_less_has_less() -> None:
    whole = drawn(parcel_map(PARCEL, number="4113", photos=[a_mark()]))
    bare = PhotoMark(HERE.lon, HERE.lat, None, None, None, Verdict.INCOMPLETE, "近景")
    less = drawn(parcel_map(PARCEL, number="4113", photos=[bare]))
    assert whole.count("L.circle(") == 1
    assert less.count("L.circle(") == 0
    assert whole.count("L.polygon(") == less.count("L.polygon(") + 1


def test_a_photo_far_away_is_told_in_words_and_does_not_shrink_the_parcel_to_a_dot() -> None:
    near = parcel_map(PARCEL, number="4113", photos=[a_mark(30)])
    far = parcel_map(PARCEL, number="4113", photos=[a_mark(30), a_mark(12_000)])
    (dress_near,) = [c for c in near._children.values() if hasattr(c, "given")]
    (dress_far,) = [c for c in far._children.values() if hasattr(c, "given")]
    assert dress_near.given["fit"] == dress_far.given["fit"]
    assert dress_near.given["notes"] == []
    (note,) = dress_far.given["notes"]
    assert "1 张" in note
    assert re.search(r"1[12]\.\d km", note)


def frame_of_me(made: LocalMap) -> str:
    return next(line for line in drawn_people(made).splitlines() if "fieldMap.include" in line)


def drawn_people(made: LocalMap) -> str:
    made.add_child(made.people)
    return drawn(made)


def test_the_person_moves_without_the_map_being_drawn_anew() -> None:
    at = Position(112.4305, 33.4905, 8.0)

    def script(me: Position | None) -> str:
        return re.sub(r"[0-9a-f]{32}", "", drawn(parcel_map(PARCEL, number="4113", me=me)))

    assert script(None) == script(at) == script(moved(at, east_m=400))


def test_the_frame_follows_the_person_from_cell_to_cell_and_only_near_the_parcel() -> None:
    at = Position(112.4305, 33.4905, 8.0)

    def frame(me: Position) -> str:
        return frame_of_me(parcel_map(PARCEL, number="4113", me=me))

    assert frame(at) == frame(moved(at, east_m=20, north_m=15))
    assert frame(at) != frame(moved(at, east_m=400))
    far = parcel_map(PARCEL, number="4113", me=moved(at, east_m=5000))
    assert "fieldMap.include" not in drawn_people(far)


NASTY = "`${alert(1)}`\\u0041 {{ 7*7 }} </script><img src=x onerror=alert(1)>\"'& 王家岭"


def test_text_of_users_is_text_in_every_layer_it_passes_through() -> None:
    for made in (
        parcel_map(
            PARCEL, number=NASTY, photos=[a_mark(label=NASTY)], neighbours=[(NASTY, PARCEL)]
        ),
        tasks_map([ParcelMark(HERE.lon, HERE.lat, NASTY, NASTY)]),
    ):
        html = drawn(made)
        assert "<img" not in html
        assert "`$" not in html
        assert "onerror=alert" not in html
        assert "7*7" not in html
        assert "王家岭" in html


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=40))
def test_no_character_of_a_name_has_a_meaning_in_markup_or_script(text: str) -> None:
    import html

    escaped = maps._text(text)
    assert not set(escaped) & set("<>\"'`${}\\\n\r\u2028\u2029\u2063")
    readable = text.replace("\0", "\ufffd").replace("\r", "\n")
    if readable.isprintable():
        assert html.unescape(escaped) == readable


def test_a_tap_on_a_parcel_gives_its_number_and_nothing_else_does() -> None:
    made = tasks_map([ParcelMark(HERE.lon, HERE.lat, "N4113-01", Progress.OPEN)])
    (text,) = re.findall(r"(N4113-01 · .*?)</i>", drawn(made).replace("&#183;", "·"))
    shown = re.sub(r"<[^>]+>", "", text)
    assert maps.tapped_of(shown) == "N4113-01"
    others: tuple[object, ...] = ("我的位置", None, 7, {})
    for other in others:
        assert maps.tapped_of(other) is None


def test_a_tap_tells_which_of_two_parcels_of_one_number_was_meant() -> None:
    marks = [ParcelMark(HERE.lon, HERE.lat, "1", Verdict.PASSED, key=k) for k in ("41", "42")]
    html = drawn(maps.queue_map(marks)).replace("&#183;", "·")
    shown = [re.sub(r"<[^>]+>", "", t) for t in re.findall(r"(1 · .*?)</i>", html)]
    assert [maps.tapped_of(t) for t in shown] == ["41", "42"]


def points_of(boundary: shapely.Polygon) -> int:
    html = drawn(parcel_map(boundary, number="4113"))
    ring = re.search(r"L\.polygon\(\s*\[\[(.*?)\]\]", html, re.S)
    assert ring is not None
    return ring[1].count("],") + 1


def test_a_long_outline_is_drawn_with_few_points_and_a_short_one_with_all() -> None:
    at = shapely.Point(HERE.lon, HERE.lat)
    long, short = at.buffer(0.002, quad_segs=5000), at.buffer(0.002, quad_segs=100)
    assert shapely.get_num_coordinates(long) == 20_001
    assert 50 < points_of(long) < 500
    assert points_of(short) == shapely.get_num_coordinates(short) == 401


def test_maps_of_nothing_are_still_maps() -> None:
    assert "fieldMap.dress" in drawn(tasks_map([]))
    assert "fieldMap.dress" in drawn(tasks_map([], me=HERE))
    assert "fieldMap.dress" in drawn(review_map(PARCEL, []))


def test_every_verdict_and_every_state_of_a_task_has_a_sign_of_its_own() -> None:
    assert set(VERDICT) == set(Verdict)
    assert set(PROGRESS) == set(Progress)
    for signs in (VERDICT, PROGRESS):
        for aspect in ("letter", "colour", "shape"):
            assert len({getattr(s, aspect) for s in signs.values()}) == len(signs), aspect


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("sign", [*VERDICT.values(), *PROGRESS.values(), ME])
def test_the_letter_of_a_sign_is_readable_in_the_sun(sign: Sign) -> None:
    assert 1.05 / (luminance(sign.colour) + 0.05) >= 4.5

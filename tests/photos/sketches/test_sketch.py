"""The pictures that explain a photo and a set: well made, safe, and the same in words."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from models.geo import area_m2, moved
from models.vocabulary import PhotoKind, Verdict
from photos.sets.case import SetCase, SetPhoto
from photos.sets.examine import examine_set
from photos.sets.next_shot import NextShot
from photos.sketches.drawing import SIGNS
from photos.sketches.one_photo import photo_sketch, photo_words
from photos.sketches.whole_set import set_sketch, set_words
from tests.build import HERE, a_parcel
from tests.photos.sets.test_examine_set import LARGE, SMALL, a_visit, in_the_corner, photo
from tests.soak import examples

SVG = "{http://www.w3.org/2000/svg}"


def shot(
    east_m: float, north_m: float, *, accuracy_m: float | None = 8.0, heading: float | None = 0.0,
    verdict: Verdict = Verdict.PASSED, kind: str = "全景",
) -> SetPhoto:  # fmt: skip
    at = replace(moved(HERE, east_m=east_m, north_m=north_m), accuracy_m=accuracy_m)
    return SetPhoto(3, kind, verdict, at=at, heading_deg=heading, view_deg=65.0)


def drawn(svg: str) -> ElementTree.Element:
    """The sheet, read as XML; nothing in it comes from elsewhere or runs."""
    sheet = ElementTree.fromstring(svg)
    used = {e.tag.removeprefix(SVG) for e in sheet.iter()}
    assert used <= {"svg", "title", "rect", "path", "circle", "text", "g"}
    assert not re.search(r"href|url\(|<script|\son\w+=|<style|nan|inf", svg)
    return sheet


def texts(svg: str) -> str:
    return "|".join(e.text or "" for e in drawn(svg).iter(f"{SVG}text"))


def test_a_photo_near_its_field_shows_distance_accuracy_direction_and_a_scale():
    svg = photo_sketch(a_parcel(), shot(0.0, -60.0))
    assert "35 m" in texts(svg)
    assert "✓ 核验通过 · 距地块 35 m" in texts(svg)
    assert "定位 ±8 m，镜头朝北" in texts(svg)
    assert "20 m" in texts(svg)
    assert "未按比例" not in texts(svg)


def test_a_photo_inside_says_so_and_draws_no_way():
    svg = photo_sketch(a_parcel(), shot(3.0, 3.0))
    assert "在地块内" in texts(svg)
    assert 'stroke-dasharray="2 4"' not in svg


@pytest.mark.parametrize(
    ("away_m", "said"), [(800.0, "775 m"), (3_000.0, "3.0 km"), (40_000.0, "40 km")]
)
def test_from_far_away_the_parcel_stays_large_and_the_broken_way_says_that_it_is_not_to_scale(
    away_m: float, said: str
):
    svg = photo_sketch(a_parcel(), shot(away_m, 0.0, verdict=Verdict.CONTRADICTED))
    assert said in texts(svg)
    assert "连线未按比例" in texts(svg)
    parcel = next(e for e in drawn(svg).iter(f"{SVG}path") if e.get("fill") == "#f2c14e")
    xs = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", parcel.get("d", ""))]
    assert max(xs) - min(xs) > 50.0


def test_without_a_position_the_parcel_stands_alone_and_the_reason_is_said():
    svg = photo_sketch(a_parcel(), SetPhoto(1, "近景", Verdict.INCOMPLETE))
    assert "照片没有位置，无法标在图上" in texts(svg)
    assert "? 待补证" in texts(svg)


def test_without_heading_or_accuracy_nothing_is_made_up():
    svg = photo_sketch(a_parcel(), shot(0.0, -60.0, accuracy_m=None, heading=None))
    assert "定位精度未知，没有镜头方向" in texts(svg)
    assert 'fill-opacity="0.18"' not in svg  # no cone
    assert "#0b57d0" not in svg  # no circle


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_a_letter_and_a_word_besides_its_colour(verdict: Verdict):
    svg = photo_sketch(a_parcel(), shot(0.0, -60.0, verdict=verdict))
    assert f"{SIGNS[verdict][1]} {verdict}" in texts(svg)
    assert len({sign[:2] for sign in SIGNS.values()}) == len(Verdict)


def test_the_words_say_what_the_picture_shows():
    said = photo_words(a_parcel(), shot(0.0, -60.0))
    assert said == (
        "第 3 张 全景，核验通过：拍摄点距地块 35 m，在地块南面，定位精度 ±8 m，镜头朝北（0°）"
    )
    assert said in (drawn(photo_sketch(a_parcel(), shot(0.0, -60.0))).findtext(f"{SVG}title") or "")


# --- the set --------------------------------------------------------------------------------------


def a_set(some: list[SetPhoto], boundary: BaseGeometry | None = None) -> tuple[str, str]:
    shape = a_parcel() if boundary is None else boundary
    case = SetCase(shape, area_m2(shape) * 3 / 2000, LARGE, some)
    done = examine_set(case)
    return set_sketch(case, done), set_words(case, done)


def test_every_photo_of_a_set_is_numbered_and_those_at_one_place_share_a_sign():
    svg, said = a_set(a_visit(SMALL))
    assert "1" in texts(svg).split("|")
    assert "✓2-4" in texts(svg)
    assert said.startswith("本地块照片 4 张（核验通过 4 张）；已看到地块轮廓约 ")


def test_where_to_shoot_next_stands_on_the_sheet():
    svg, said = a_set(in_the_corner(400.0), a_parcel(side_m=400.0))
    assert texts(svg).split("|").count("补") == said.count("再拍一张全景：站到地块") > 0
    assert "补：去那里拍" in texts(svg)


def test_photos_off_the_sheet_are_told_beside_it():
    far, nowhere = shot(9_000.0, 0.0), SetPhoto(4, "近景", Verdict.INCOMPLETE)
    svg, said = a_set([*a_visit(SMALL)[:2], far, nowhere])
    assert "第 3 张在东面 9.0 km 外" in texts(svg)
    assert "第 4 张没有位置" in texts(svg)
    assert "1 张没有位置，图上没有" in said


def test_a_set_without_photos_shows_the_empty_field_and_says_so():
    svg, said = a_set([])
    assert "还没有照片" in texts(svg)
    assert said.startswith("本地块照片 0 张；")


def test_sixty_photos_stay_readable_by_being_gathered():
    some = [
        photo(n, at=moved(HERE, east_m=n % 8 * 6.0, north_m=n // 8 * 6.0)) for n in range(1, 61)
    ]
    svg, _ = a_set(some)
    assert len(drawn(svg).findall(f".//{SVG}text")) < 60
    assert len(svg) < 20_000


def test_what_people_wrote_is_never_markup():
    boundary = a_parcel()
    case = SetCase(boundary, 3.75, SMALL, a_visit(SMALL))
    evil = '<script>alert(1)</script>"&'
    done = replace(examine_set(case), missing=(NextShot(evil, "全景", HERE, 0.0),))
    svg = set_sketch(case, done)
    assert evil in (drawn(svg).findtext(f"{SVG}title") or "")
    assert evil in set_words(case, done)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.floats(-45_000.0, 45_000.0),
    st.floats(-45_000.0, 45_000.0),
    st.none() | st.floats(0.0, 5_000.0),
    st.none() | st.floats(0.0, 359.99),
    st.sampled_from([str(k) for k in PhotoKind]),
    st.sampled_from([a_parcel(side_m=3.0), a_parcel(), a_parcel(side_m=900.0),
                     MultiPolygon([a_parcel(), a_parcel(moved(HERE, east_m=500.0))])]),
)  # fmt: skip
def test_wherever_the_camera_stood_its_sign_is_on_the_sheet(
    east: float, north: float, accuracy: float | None, heading: float | None, kind: str,
    boundary: BaseGeometry,
):  # fmt: skip
    one = shot(east, north, accuracy_m=accuracy, heading=heading, kind=kind)
    svg = photo_sketch(boundary, one)
    sheet = drawn(svg)
    sign = next(e for e in sheet.iter(f"{SVG}circle") if e.get("r") == "11")
    assert 5.0 <= float(sign.get("cx", "")) <= 355.0
    assert 5.0 <= float(sign.get("cy", "")) <= 240.0
    drawn(a_set([one], boundary)[0])

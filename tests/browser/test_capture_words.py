"""What the page tells a person with a phone in the hand: where he stands, which way to turn, what
he typed. The modules run in a real browser."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from shapely.geometry.base import BaseGeometry

from models.geo import Position, moved
from tests.browser.conftest import County
from tests.build import HERE, a_parcel

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(county: County, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=county.url)
    made = context.new_page()
    made.goto("/healthz")
    yield made
    context.close()


def call(page: Page, module: str, name: str, *given: Any) -> Any:
    return page.evaluate(
        "async ([m, n, given]) => (await import(`/assets/${m}`))[n](...given)",
        [module, name, list(given)],
    )


def parts_of(shape: BaseGeometry) -> list[Any]:
    return [[list(shape.exterior.coords)]]


def standing(bearing: float, away_m: float, accuracy_m: float = 5.0) -> dict[str, float]:
    """So far from the middle of the parcel (50 m wide), on that side of it."""
    angle = math.radians(bearing)
    at: Position = moved(HERE, east_m=away_m * math.sin(angle), north_m=away_m * math.cos(angle))
    return {"lon": at.lon, "lat": at.lat, "accuracy_m": accuracy_m}


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (standing(0, 0), "在地块内"),
        (standing(90, 27), "可能在地块内"),
        (standing(270, 65), "在界外 40 m，向东走"),
        (standing(0, 65), "在界外 40 m，向南走"),
        (standing(270, 65, 60.0), "可能在地块内"),
    ],
)
def test_inside_and_outside_are_said_only_where_the_position_is_good_enough(
    where: dict[str, float], says: str, page: Page
) -> None:
    side = a_parcel(side_m=50)
    assert call(page, "capture/aim.js", "sayPlace", parts_of(side), where)["text"] == says


def test_a_photo_that_may_be_taken_from_outside_is_not_called_wrong_there(page: Page) -> None:
    parts = parts_of(a_parcel(side_m=50))
    near, far = standing(270, 50), standing(270, 90)
    said = call(page, "capture/aim.js", "sayPlace", parts, near, 50)
    assert said == {"tone": "good", "text": "在界外 25 m，够近，可以拍"}
    assert call(page, "capture/aim.js", "sayPlace", parts, far, 50)["tone"] == "bad"


@pytest.mark.parametrize(
    ("side", "heading", "kind", "says"),
    [
        (270, 90, "全景", "正对地块"),
        (270, 75, "全景", "正对地块"),  # the parcel is well in the picture
        (270, 45, "全景", "请向右转 45°"),
        (270, 150, "全景", "请向左转 60°"),
        (270, 270, "全景", "请向后转"),
        (180, 350, "全景", "正对地块"),  # over north
        (180, 300, "近景", "请向右转 60°"),
        (270, 90, "东向", "面朝正东"),
        (270, 40, "东向", "请向右转 50°，面朝正东"),
        (270, 350, "北向", "面朝正北"),
        (270, None, "全景", "没有罗盘读数，请自己对准地块"),
    ],
)
def test_which_way_to_turn_is_said_from_where_the_person_stands(
    side: float, heading: float | None, kind: str, says: str, page: Page
) -> None:
    where = standing(side, 80)
    parts = parts_of(a_parcel(side_m=50))
    assert call(page, "capture/aim.js", "sayFacing", parts, where, heading, kind)["text"] == says


@pytest.mark.parametrize(
    ("where", "says", "tone"),
    [
        (standing(90, 4, 6.0), "就在整改前站位", "good"),
        (standing(90, 12), "离整改前站位 12 m（在西），可以拍", "good"),
        (standing(0, 120), "离整改前站位 120 m，向南走", "bad"),
    ],
)
def test_the_way_back_to_where_the_picture_from_before_was_taken(
    where: dict[str, float], says: str, tone: str, page: Page
) -> None:
    said = call(page, "capture/aim.js", "sayStandpoint", [HERE.lon, HERE.lat], where, 30)
    assert said == {"tone": tone, "text": says}


@pytest.mark.parametrize(
    ("wished", "heading", "says"),
    [
        (10, 355, "与整改前同一朝向"),
        (10, 330, "请向右转 40°，与整改前同一朝向"),
        (200, 10, "请向后转，与整改前同一朝向"),
        (95, None, "没有罗盘读数，整改前镜头朝东"),
    ],
)
def test_the_camera_is_turned_as_it_was_before(
    wished: float, heading: float | None, says: str, page: Page
) -> None:
    assert call(page, "capture/aim.js", "sayAsBefore", wished, heading)["text"] == says


def test_inside_the_parcel_every_direction_looks_at_it(page: Page) -> None:
    parts = parts_of(a_parcel(side_m=50))
    said = call(page, "capture/aim.js", "sayFacing", parts, standing(0, 0), 200, "近景")
    assert said == {"tone": "good", "text": "站在地块里，面朝南"}


@pytest.mark.parametrize(
    ("pitch", "kind", "tone"),
    [(-3, "全景", "good"), (-50, "全景", "wait"), (-50, "近景", "good"), (20, "东向", "good")],
)
def test_only_a_wide_picture_wants_the_phone_held_level(
    pitch: float, kind: str, tone: str, page: Page
) -> None:
    assert call(page, "capture/aim.js", "sayTilt", pitch, kind)["tone"] == tone


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("decimal", "3.25", 3.25),
        ("decimal", "３．２５", 3.25),  # what a Chinese keyboard gives
        ("decimal", "3。5", 3.5),
        ("decimal", "-.5", -0.5),
        ("integer", "12", 12),
        ("date", "2026-03-02", "2026-03-02"),
        ("text", "东侧  有房", "东侧  有房"),
        ("text", "   ", None),
        ("decimal", "", None),
    ],
)
def test_what_is_typed_is_kept_as_the_draft_keeps_it(
    kind: str, typed: str, kept: Any, page: Page
) -> None:
    assert call(page, "capture/fields.js", "valueOf", kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("decimal", "三亩"), ("decimal", "3 亩"), ("integer", "2.5"), ("decimal", "1e9")],
)
def test_what_is_no_number_is_not_kept_and_not_wiped(kind: str, typed: str, page: Page) -> None:
    assert page.evaluate(
        "async ([k, t]) => (await import('/assets/capture/fields.js')).valueOf(k, t) === undefined",
        [kind, typed],
    )

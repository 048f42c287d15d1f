"""The map of a case: every photo is on it or named beside it, and nothing leaves the sheet."""

import re
from xml.etree import ElementTree

from models.geo import moved
from models.vocabulary import Verdict
from photos.sets.case import SetPhoto
from photos.sketches.case_map import case_map
from tests.rows import HERE, a_square


def a_shot(number: int, east_m: float = 0.0, **facts: object) -> SetPhoto:
    given = {"at": moved(HERE, east_m=east_m), "heading_deg": 90.0, "view_deg": 65.0} | facts
    return SetPhoto(number, "全景", Verdict.PASSED, **given)  # type: ignore[arg-type]


def test_cones_before_are_whole_and_those_after_broken() -> None:
    svg = case_map(a_square(), [a_shot(1, -20.0)], [a_shot(2, 30.0)])
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert svg.count("stroke-dasharray") == 1
    assert ">1<" in svg
    assert ">2<" in svg


def test_photos_far_away_and_without_position_are_named() -> None:
    svg = case_map(a_square(), [a_shot(1), a_shot(2, 5000.0), a_shot(3, at=None)], [])
    assert "照片 2 在东面 5.0 km 外" in svg
    assert "照片 3 没有位置" in svg


def test_nothing_is_drawn_outside_of_the_sheet() -> None:
    svg = case_map(a_square(), [a_shot(1, 24.0, heading_deg=h) for h in (0.0, 90.0, 180.0)], [])
    cones = re.findall(r'd="M([^"]+)" fill="#0b6b3a"', svg)
    assert len(cones) == 3
    for cone in cones:
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", cone):
            assert -1 <= float(x) <= 361
            assert -1 <= float(y) <= 291


def test_a_parcel_without_photos_is_drawn_all_the_same() -> None:
    assert "没有照片" in case_map(a_square(), [], [])

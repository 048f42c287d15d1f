"""Which column holds what, by the names that files give."""

import pytest

from field_app.parcels.formats.fields import recognise


@pytest.mark.parametrize(
    ("names", "what", "at"),
    [
        (["OBJECTID", "DKBH"], "number", 1),
        (["objectid", "dkbh"], "number", 1),
        (["TBBH", "地块编号"], "number", 1),
        (["BSM", "TBBH"], "number", 1),
        (["XH", "图斑编号"], "number", 1),
        (["DLMC", "DLBM"], "land_class", 1),
        (["ZLDWDM"], "township", 0),
        (["QSDWMC", "ZLDWMC"], "village", 1),
        (["gdpdjb"], "slope_grade", 0),
        (["ZZSXMC", "ZZSXDM"], "planting", 1),
        (["项目备案编号"], "project_code", 0),
        ([" 地块 编号 "], "number", 0),
    ],
)
def test_a_column_is_known_by_any_of_its_names(names: list[str], what: str, at: int) -> None:
    assert recognise(names).at[what] == at


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("面积（亩）", "亩"),
        ("TBMJ", ""),
        ("MJ_MU", "亩"),
        ("面积_公顷", "公顷"),
        ("地块面积[平方米]", "平方米"),
    ],
)
def test_the_name_of_an_area_may_tell_its_unit(name: str, unit: str) -> None:
    columns = recognise(["X", name])
    assert columns.at["area"] == 1
    assert columns.area_unit == unit


def test_areas_that_a_program_computed_are_no_declaration() -> None:
    assert "area" not in recognise(["Shape_Area", "SHAPE_Leng"]).at


def test_a_township_is_nine_digits_or_nothing() -> None:
    columns = recognise(["ZLDWDM"])
    assert columns.fields(["4113211010010000000"]).township_code == "411321101"
    assert columns.fields(["411321"]).township_code == ""
    assert columns.fields(["某乡"]).township_code == ""


def test_a_cut_off_name_is_taken_only_where_names_are_cut_off() -> None:
    assert recognise(["地块编"], cut=True).at == {"number": 0}
    assert recognise(["地块编"]).at == {}
    assert recognise(["地块"], cut=True).at == {}

"""Excel cells as people in offices write them."""

from datetime import date, datetime, time

import pytest

from field_app.parcels import cells
from field_app.parcels.cells import BadCell

SECOND_OF_AUGUST = date(2023, 8, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "2023-08-02", "2023-8-2", "2023.8.2", "2023/8/2", "2023年8月2日", " 2023 年 8 月 2 日 ",
        "20230802", 20230802, 20230802.0, 45140, 45140.0, "2023-08-02 00:00:00", SECOND_OF_AUGUST,
        datetime(2023, 8, 2, 13, 30),  # noqa: DTZ001 — Excel's dates have no zone
    ],
)  # fmt: skip
def test_a_day_is_read_in_all_the_ways_it_is_written(cell: object) -> None:
    assert cells.day(cell) == SECOND_OF_AUGUST


@pytest.mark.parametrize("cell", ["", "  ", None, "/", "-", "无"])
def test_an_empty_cell_is_none(cell: object) -> None:
    assert cells.day(cell) is None
    assert cells.number(cell) is None
    assert cells.hectares(cell) is None
    assert cells.whole(cell) is None


@pytest.mark.parametrize(
    ("cell", "word"),
    [("2023年8月", "缺少日"), ("2023-02-30", "不是真实"), ("去年", "不是日期"), (12, "不是日期"),
     (True, "不是日期"), (time(8, 0), "不是日期")],
)  # fmt: skip
def test_what_is_no_day_says_why(cell: object, word: str) -> None:
    with pytest.raises(BadCell, match=word):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "hectares"),
    [(1.5, 1.5), ("1.5", 1.5), ("1,234.5", 1234.5), ("15亩", 1.0), ("1.5 公顷", 1.5),
     ("10000平方米", 1.0), ("１．５".replace("．", "."), 1.5), (0, 0.0)],
)  # fmt: skip
def test_an_area_is_in_hectares_unless_it_says_otherwise(cell: object, hectares: float) -> None:
    assert cells.hectares(cell) == pytest.approx(hectares)


def test_an_area_takes_the_unit_of_its_column() -> None:
    assert cells.hectares(30, "亩") == pytest.approx(2.0)
    assert cells.hectares("3公顷", "亩") == 3.0


@pytest.mark.parametrize(
    "cell", [-1, "-1", "大约3", "3里", float("nan"), float("inf"), True, "1-2"]
)
def test_what_is_no_area_is_refused(cell: object) -> None:
    with pytest.raises(BadCell):
        cells.hectares(cell)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("是", True), ("否", False), ("√", True), ("×", False), (1, True), (0, False), (True, True),
     ("y", True), ("", None), (None, None)],
)  # fmt: skip
def test_yes_and_no_are_read_as_they_are_ticked(cell: object, answer: bool | None) -> None:
    assert cells.yes_no(cell) is answer


def test_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(BadCell, match="“是”或“否”"):
        cells.yes_no("待查")


def test_numbers_that_excel_spoilt_are_not_taken_for_codes() -> None:
    assert cells.text(41132120230001.0) == "41132120230001"
    assert cells.text(" 41132120230001 ") == "41132120230001"
    assert cells.text(1.5) == "1.5"
    with pytest.raises(BadCell, match="末尾几位已丢失"):
        cells.text(4.1132120230001e17)


def test_a_count_is_whole() -> None:
    assert cells.whole(6.0) == 6
    with pytest.raises(BadCell, match="不是整数"):
        cells.whole(6.5)

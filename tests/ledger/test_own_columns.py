"""The extra columns of each ledger: what they take, and what they refuse."""

from datetime import date
from typing import Any

import pytest

from field_app.ledger.fields import own_said, own_value
from field_app.problems import Problem
from models.taxonomy import categories, ledger_columns, own_columns


@pytest.mark.parametrize("category", list(categories()))
def test_every_column_of_the_annex_has_a_type(category: int) -> None:
    own = own_columns(category)
    assert tuple(own) == ledger_columns(f"附件2-{category} ")
    for column in own.values():
        assert column.type in {"text", "number", "date", "year", "choice", "yes_no"}
        assert bool(column.choices) == (column.type == "choice")
        assert column.type == "number" or not column.unit


@pytest.mark.parametrize(
    ("category", "name", "given", "kept"),
    [
        (1, "已补面积", 12.34567, 12.3457),
        (1, "已补面积", "12.5", 12.5),
        (1, "已补面积", 0, 0.0),
        (1, "占用时间", date(2021, 3, 1), "2021-03-01"),
        (1, "占用时间", " 2021-03-01 ", "2021-03-01"),
        (1, "处置方式(补办/拆除复耕)", "拆除复耕", "拆除复耕"),
        (2, "重叠项目编号", "  411321-7 ", "411321-7"),
        (3, "是否25°以上", True, "是"),
        (3, "是否25°以上", False, "否"),
        (3, "是否25°以上", "否", "否"),
        (4, "年度", 2022.0, 2022),
        (4, "年度", "2022", 2022),
        (5, "单价(元/亩)", 150000, 150000.0),
        (6, "应收", None, ""),
        (6, "应收", "  ", ""),
    ],
)
def test_a_value_that_fits_is_kept_in_its_type(
    category: int, name: str, given: Any, kept: Any
) -> None:
    found = own_value(own_columns(category)[name], given)
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("category", "name", "given"),
    [
        (1, "已补面积", -0.1),
        (1, "已补面积", float("nan")),
        (1, "已补面积", float("inf")),
        (1, "已补面积", "三亩"),
        (1, "已补面积", True),
        (1, "已补面积", 1e13),
        (1, "占用时间", "2021年3月"),
        (1, "占用时间", "2021-02-30"),
        (1, "处置方式(补办/拆除复耕)", "不处置"),
        (2, "重叠项目编号", "长" * 401),
        (3, "是否25°以上", "也许"),
        (4, "年度", 2022.5),
        (4, "年度", 1900),
        (4, "年度", "去年"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_the_columns_name(
    category: int, name: str, given: Any
) -> None:
    with pytest.raises(Problem) as told:
        own_value(own_columns(category)[name], given)
    assert told.value.id == "bad-input"
    assert name in told.value.message


def test_a_number_is_shown_with_its_unit_and_a_year_without() -> None:
    assert own_said(own_columns(6)["应收"], 12.5) == "12.5 万元"
    assert own_said(own_columns(4)["年度"], 2022) == "2022"
    assert own_said(own_columns(2)["报备新增耕地面积"], "12 公顷") == "12 公顷"  # of old

"""What a county asks beyond the shipped form is answered in words, asked or not."""

import pytest

from field_app.forms import Choice, Form, Kind, Question
from tests.chat.test_understanding import FORM, fills, hear

COUNTY = Form(
    "xian",
    "县里的表",
    "1",
    (
        *FORM.questions,
        Question("way", Kind.SELECT_ONE, "灌溉方式", list_name="ways"),
        Question("gear", Kind.SELECT_MULTIPLE, "配套设施", list_name="gears"),
        Question("depth", Kind.INTEGER, "井深（米）"),
        Question("trees", Kind.INTEGER, "苗木株数"),
        Question("slope", Kind.DECIMAL, "坡度（度）"),
        Question("last", Kind.DATE, "上次耕种日期"),
        Question("owner", Kind.TEXT, "承包户姓名"),
        Question("road", Kind.SELECT_ONE, "是否通生产路", list_name="yes_no"),
    ),
    {
        **FORM.lists,
        "ways": (Choice("a", "机井灌溉"), Choice("b", "渠灌"), Choice("c", "滴灌")),
        "gears": (
            Choice("1", "机井"),
            Choice("2", "田间路"),
            Choice("4", "变压器"),
            Choice("5", "无"),
        ),
    },
)


@pytest.mark.parametrize(
    ("text", "asked", "want"),
    [
        ("机井", "way", {"way": "a"}),
        ("灌溉方式：渠灌", None, {"way": "b"}),
        ("机井有，变压器没有", "gear", {"gear": ["1"]}),
        ("没有变压器，有机井", "gear", {"gear": ["1"]}),
        ("都没有", "gear", {"gear": ["5"]}),
        ("配套设施有机井、田间路", None, {"gear": ["1", "2"]}),
        ("大概八十米吧", "depth", {"depth": 80}),
        ("三户", "depth", {}),
        ("井深一百二十米", None, {"depth": 120}),
        ("三百株", "trees", {"trees": 300}),
        ("苗木株数三百", None, {"trees": 300}),
        ("十五度", "slope", {"slope": 15.0}),
        ("去年10月5号", "last", {"last": "2025-10-05"}),
        ("去年十月", "last", {}),
        ("承包户姓名：李水田", None, {"owner": "李水田"}),
        ("通", "road", {"road": "是"}),
        ("不通", "road", {"road": "否"}),
    ],
)
def test_a_county_asks_its_own_and_is_answered(
    text: str, asked: str | None, want: dict[str, object]
) -> None:
    assert fills(text, asked, form=COUNTY) == want
    if want:
        assert hear(text, asked, form=COUNTY).problems == ()

"""A county that asks questions of its own: one of every kind, beside those of the product."""

from typing import Any

from field_app.forms import Form
from tests.forms.sheets import Book

IRRIGATION = ("滴灌", "喷灌", "漫灌")
SOILS = ("壤土", "砂土", "黏土", "砾石土")
GROUPS = tuple(f"{n}组" for n in range(1, 16))
WELLS = ("机井", "手压井", "大口井")


def a_county_book(version: str = "2026112301") -> Book:
    """The shipped workbook with the county's questions at its end."""
    book = Book.shipped()
    book.put("settings", 2, "version", version)
    asks: list[dict[str, Any]] = [
        {"type": "begin_group", "name": "water", "label": "水利"},
        {
            "type": "select_one irrigation", "name": "irrigation", "label": "灌溉方式",
            "required": "yes", "relevant": "selected('0101 0102 0103', ${land_class})",
        },
        {
            "type": "integer", "name": "well_depth", "label": "井深（米）",
            "constraint": ". >= 1 and . <= 500",
            "constraint_message": "要在 1 到 500 之间；地块面积 ${parcel_area_mu} 亩",
        },
        {"type": "select_multiple well", "name": "wells", "label": "有什么井"},
        {"type": "end_group"},
        {"type": "begin_group", "name": "soil_part", "label": "土壤"},
        {"type": "note", "name": "dig", "label": "挖开表土再看"},
        {"type": "select_one soil", "name": "soil", "label": "土壤质地", "required": "yes"},
        {
            "type": "decimal", "name": "depth_cm", "label": "耕层厚度（厘米）",
            "relevant": "${soil} = '砾石土'", "required": "yes", "constraint": ". <= 100",
            "constraint_message": "不超过 100 厘米",
        },
        {
            "type": "date", "name": "sown_on", "label": "播种日期",
            "constraint": ". <= today()", "constraint_message": "不能晚于今天",
        },
        {"type": "select_one villagers", "name": "villagers", "label": "属于哪个组"},
        {
            "type": "text", "name": "owner_says", "label": "承包户怎么说", "hint": "原话",
            "constraint": "string-length(.) <= 20", "constraint_message": "最多 20 个字",
        },
        {"type": "end_group"},
    ]  # fmt: skip
    for values in asks:
        book.add("survey", **values)
    for name, labels in (
        ("irrigation", IRRIGATION), ("soil", SOILS), ("villagers", GROUPS), ("well", WELLS),
    ):  # fmt: skip
        for label in labels:
            book.add("choices", list_name=name, name=label, label=label)
    return book


def form_of(book: Book) -> Form:
    """The form of a workbook that is right."""
    read = book.read()
    assert read.form, read.problems
    return read.form


def a_county_form(version: str = "2026112301") -> Form:
    return form_of(a_county_book(version))

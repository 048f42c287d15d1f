"""What a form may not hold, and that each refusal names its cell and says what to do."""

import re

import pytest

from field_app.forms.xlsform.choices import MOST_CHOICES
from field_app.forms.xlsform.judging import MOST_OWN
from tests.forms.sheets import Book, cells, said

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def book() -> Book:
    return Book.shipped()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("begin_repeat", "重复组"),
        ("begin repeat", "重复组"),
        ("begin loop over yes_no", "重复组"),
        ("geopoint", "位置"),
        ("geotrace", "位置"),
        ("geoshape", "位置"),
        ("start-geopoint", "位置"),
        ("image", "拍照部分"),
        ("photo", "拍照部分"),
        ("audio", "录音"),
        ("video", "录像"),
        ("file", "文件"),
        ("background-audio", "录音"),
        ("calculate", "计算"),
        ("acknowledge", "确认题"),
        ("trigger", "确认题"),
        ("rank yes_no", "排序"),
        ("range", "滑块"),
        ("time", "时刻"),
        ("dateTime", "时刻"),
        ("barcode", "扫码"),
        ("osm tags", "地图要素"),
        ("entity", "实体"),
        ("csv-external", "外部数据"),
        ("select_one yes_no or_other", "or_other"),
        ("select_one yes_no or specify other", "or_other"),
        ("select_one_from_file a.csv", "外部选项"),
        ("select_multiple_from_file a.csv", "外部选项"),
        ("select_one_external yes_no", "外部选项"),
        ("select_one", "列表的名字"),
        ("txet", "是不是 text？"),
        ("selct_one yes_no", "是不是 select_one？"),
        ("填空", "认不得题型"),
        ("hidden", "由系统填写"),
        (None, "没有写题型"),
        ("select_one nowhere", "没有列表“nowhere”"),
        ("select_one yes_mo", "是不是 yes_no？"),
    ],
)
def test_a_type_that_is_not_asked_here(book: Book, kind: str | None, words: str) -> None:
    row = book.add("survey", type=kind, name="own", label="自己的题")
    if kind and re.match("begin", kind):
        book.add("survey", type=kind.replace("begin", "end").split(" over")[0])
    found = book.read()
    assert found.form is None
    assert cells(found) == [("survey", f"A{row}")]
    assert words in found.problems[0].what


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("calculation", "1 + 1"),
        ("bind::calculate", "1 + 1"),
        ("repeat_count", 3),
        ("read_only", "yes"),
        ("readonly", "yes"),
        ("trigger", "${facts}"),
        ("parameters", "randomize=true"),
        ("save_to", "x"),
    ],
)
def test_a_column_whose_meaning_would_be_lost(book: Book, column: str, value: object) -> None:
    cell = book.put("survey", "facts", column, value)
    assert cells(book.read()) == [("survey", cell)]


@pytest.mark.parametrize("sheet", ["external_choices", "entities", "osm"])
def test_a_sheet_that_is_not_taken(book: Book, sheet: str) -> None:
    book.sheets[sheet] = [["list_name", "name"], ["a", "b"]]
    assert cells(book.read()) == [(sheet, "")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "没有写 name"),
        ("有井", "英文字母"),
        ("1st", "英文字母"),
        ("a b", "英文字母"),
        ("a.b", "英文字母"),
        ("a" * 65, "64"),
        ("meta", "保留"),
        ("facts", "重名"),
        ("Facts", "重名"),
        ("problem_group", "重名"),
    ],
)
def test_a_name_that_cannot_be_one(book: Book, name: str | None, words: str) -> None:
    book.put("survey", book.row("survey", "has_problem") - 1, "name", "problem_group")
    row = book.add("survey", type="text", name=name, label="自己的题")
    found = book.read()
    assert ("survey", f"B{row}") in cells(found)
    assert words in said(found, "survey", f"B{row}")


def test_a_question_without_words(book: Book) -> None:
    row = book.add("survey", type="text", name="own")
    assert cells(book.read()) == [("survey", f"C{row}")]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("relevant", "${nobody} = 'x'", "没有的题目：nobody"),
        ("relevant", "${has_problm} = '是'", "是不是 has_problem？"),
        ("relevant", "${has_problem} = '是", "引号没有成对"),
        ("relevant", "has_problem = '是'", r"${has_problem}"),
        ("relevant", ". = 'x'", "只能用在 constraint"),
        ("relevant", "${own} = 'x'", "引用了自己"),
        ("relevant", "${own_2} = 'x'", "排在后面"),
        ("relevant", "${read_me} = 'x'", "没有答案"),
        ("relevant", "${last-saved#facts} = 'x'", "只能用在 default"),
        ("required", "${nobody}", "没有的题目"),
        ("required", ". = ''", "只能用在 constraint"),
        ("constraint", "count(.) > 1", "不支持函数 count()"),
        ("constraint", "regex(., '(a')", "正则表达式"),
        ("constraint", ". > 1 and", "没有写完"),
        ("constraint", ". = '" + "长" * 1000 + "'", "1000"),
        ("choice_filter", "season = '春'", "不是 choices 表里的列"),
        ("choice_filter", "name = ${parcel_land_class}", "系统填写"),
        ("label", "有 ${facts} 口井", "只有 constraint_message"),
        ("hint", "有 ${facts} 口井", "只有 constraint_message"),
        ("constraint_message", "有 ${nobody} 口井", "没有的题目 nobody"),
        ("constraint_message", "有 ${last-saved#facts} 口井", "${题目名}"),
        ("constraint_message", "有 ${a b} 口井", "${题目名}"),
        ("label", "长" * 201, "200"),
        ("say", "|".join(f"说{n}" for n in range(51)), "50"),
        ("say", "长" * 31, "30"),
        ("default", "x", "不是列表 yes_no 里的值"),
        ("default", "是 否", "不是列表"),
        ("default", "${facts}", "last-saved"),
        ("default", "${last-saved#nobody}", "没有的题目"),
        ("default", "${last-saved#area_mu}", "题型或选项列表不同"),
        ("default", "coalesce(${last-saved#own}, '是')", "last-saved"),
    ],
)  # fmt: skip
def test_a_cell_that_is_wrong(book: Book, column: str, value: str, words: str) -> None:
    book.add("survey", type="note", name="read_me", label="请看")
    row = book.add("survey", type="select_one yes_no", name="own", label="自己的题")
    book.add("survey", type="text", name="own_2", label="后面的题")
    cell = book.put("survey", row, column, value)
    found = book.read()
    assert set(cells(found)) == {("survey", cell)}
    assert words in said(found, "survey", cell)


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("integer", "1.5"), ("integer", "三"), ("decimal", "1 亩"), ("decimal", "nan"),
        ("decimal", "1e999"), ("date", "2026/1/2"), ("date", "2026-02-30"), ("date", "today()"),
        ("date", 46000), ("select_multiple yes_no", "是 也许"), ("integer", "99999999999"),
        ("integer", "３"),
    ],
)  # fmt: skip
def test_a_default_that_is_no_answer(book: Book, kind: str, default: object) -> None:
    row = book.add("survey", type=kind, name="own", label="自己的题")
    cell = book.put("survey", row, "default", default)
    assert cells(book.read()) == [("survey", cell)]


def test_questions_that_wait_for_each_other(book: Book) -> None:
    book.add("survey", type="text", name="one", label="一", relevant="${two} = ''")
    book.add("survey", type="text", name="two", label="二", relevant="${one} = ''")
    found = book.read()
    assert len(found.problems) == 1
    assert "互相引用" in found.problems[0].what


def test_groups_within_groups_and_groups_without_end(book: Book) -> None:
    first = book.add("survey", type="begin_group", name="g1", label="一")
    second = book.add("survey", type="begin group", name="g2", label="二")
    book.add("survey", type="text", name="own", label="自己的题")
    book.add("survey", type="end group")
    found = book.read()
    assert cells(found) == [("survey", f"A{first}"), ("survey", f"A{second}")]
    book.add("survey", type="end_group")
    last = book.add("survey", type="end_group")
    found = book.read()
    assert cells(found) == [("survey", f"A{second}"), ("survey", f"A{last}")]


def test_what_a_question_reads_in_its_group_stands_above_it(book: Book) -> None:
    group = book.add("survey", type="begin_group", name="g", label="一", relevant="${own} = 'x'")
    book.add("survey", type="text", name="own", label="自己的题")
    book.add("survey", type="end_group")
    assert cells(book.read()) == [("survey", f"F{group}")]


@pytest.mark.parametrize(
    ("values", "column", "words"),
    [
        ({"list_name": None}, "A", "没有写 list_name"),
        ({"list_name": "水 井"}, "A", "不能作列表名"),
        ({"name": None}, "B", "没有写 name"),
        ({"name": "deep"}, "B", "值相同"),
        ({"label": None}, "C", "没有写 label"),
        ({"label": "${facts}"}, "C", "不能用"),
        ({"name": "two words"}, "B", "不能有空格"),
        ({"name": "two\nlines"}, "B", "不能换行"),
        ({"label": "长" * 201}, "C", "200"),
    ],
)
def test_a_choice_that_cannot_be_one(
    book: Book, values: dict[str, object], column: str, words: str
) -> None:
    book.add("survey", type="select_multiple well", name="own", label="自己的题")
    book.add("choices", list_name="well", name="deep", label="深井")
    row = book.add("choices", **{"list_name": "well", "name": "hand", "label": "手压井", **values})
    found = book.read()
    assert set(cells(found)) == {("choices", f"{column}{row}")}
    assert words in said(found, "choices", f"{column}{row}")


@pytest.mark.parametrize("version", [None, " ", "第一版", "a b"])
def test_a_form_without_a_version(book: Book, version: str | None) -> None:
    cell = book.put("settings", 2, "version", version)
    found = book.read()
    assert ("settings", cell) in cells(found)
    assert "2026112202" in said(found, "settings", cell)


def test_a_form_without_a_sheet(book: Book) -> None:
    del book.sheets["settings"]
    assert ("settings", "") in cells(book.read())
    book.sheets["questions"] = book.sheets.pop("survey")
    assert ("survey", "") in cells(book.read())
    book.sheets["surveys"] = book.sheets.pop("questions")
    assert "是不是写成了 surveys？" in said(book.read(), "survey", "")


@pytest.mark.parametrize(("sheet", "column"), [("survey", "label"), ("choices", "name")])
def test_a_sheet_without_a_column(book: Book, sheet: str, column: str) -> None:
    heads = book.sheets[sheet][0]
    heads[heads.index(column)] = column[::-1]
    assert (sheet, "") in cells(book.read())


def test_a_column_that_stands_there_twice(book: Book) -> None:
    book.sheets["survey"][0][10] = "caption"
    assert ("survey", "K1") in cells(book.read())


def test_no_more_questions_than_can_be_asked_in_a_field(book: Book) -> None:
    for n in range(MOST_OWN):
        last = book.add("survey", type="text", name=f"own_{n}", label=f"第 {n} 题")
    assert book.read().form
    book.add("survey", type="text", name="own_more", label="还有")
    assert cells(book.read()) == [("survey", f"B{last + 1}")]


def test_no_more_choices_than_a_phone_can_hold(book: Book) -> None:
    for n in range(MOST_CHOICES - len(book.sheets["choices"]) + 1):
        last = book.add("choices", list_name="own", name=n, label=f"第 {n} 项")
    assert book.read().form
    book.add("choices", list_name="own", name="more", label="还有")
    assert cells(book.read()) == [("choices", f"A{last + 1}")]


def test_every_refusal_speaks_chinese_and_they_come_in_order(book: Book) -> None:
    for n in range(250):
        book.add("survey", type="geopoint", name=f"g{n}", label="")
    found = book.read()
    assert len(found.problems) == 201
    assert "50 处没有列出" in found.problems[-1].what
    assert all(CHINESE.search(p.what) for p in found.problems)
    rows = [int(p.cell[1:]) for p in found.problems[:-1]]
    assert rows == sorted(rows)

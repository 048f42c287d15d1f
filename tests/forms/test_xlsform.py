"""What an office may do with its form, and what comes out of it."""

import doctest
import io
from types import ModuleType

import openpyxl
import pytest
import xlsxwriter
from pyxform.xls2xform import convert

from field_app.forms import Kind, shipped
from field_app.forms.xlsform import (
    headings,
    kinds,
    read_xlsform,
    rows_to_form,
    texts,
    workbook,
    write_xlsform,
)
from tests.forms.sheets import Book, said


@pytest.mark.parametrize("module", [headings, kinds, texts, workbook])
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.fixture
def book() -> Book:
    return Book.shipped()


def test_the_shipped_form_goes_out_and_comes_back_the_same() -> None:
    found = read_xlsform(write_xlsform(shipped()), core=shipped())
    assert (found.problems, found.warnings) == ((), ())
    assert found.form
    assert found.form.sha256 == shipped().sha256


def test_the_same_form_makes_the_same_file() -> None:
    assert write_xlsform(shipped()) == write_xlsform(shipped())


def test_the_reference_program_of_xlsform_takes_our_file() -> None:
    warnings: list[str] = []
    made = convert(write_xlsform(shipped()), warnings=warnings)
    assert warnings == []
    assert "/data/section_1/land_class" in made.xform


def test_the_file_is_made_for_excel() -> None:
    made = openpyxl.load_workbook(io.BytesIO(write_xlsform(shipped())))
    assert made.sheetnames == ["survey", "choices", "settings", "说明"]
    assert made["survey"].freeze_panes == "C2"
    assert made["survey"]["C8"].alignment.wrap_text
    assert made["choices"].column_dimensions["B"].width > 10
    assert made["choices"]["B3"].number_format == "@"
    land_class = [r for r in made["choices"].iter_rows(values_only=True) if r[0] == "land_class"]
    assert "0103" in [r[1] for r in land_class]  # with its zero


def test_the_page_of_advice_names_every_kind_and_every_function() -> None:
    made = openpyxl.load_workbook(io.BytesIO(write_xlsform(shipped())))
    words = " ".join(str(c) for row in made["说明"].iter_rows(values_only=True) for c in row if c)
    for kind in Kind:
        assert kind.value in words
    for function in ("selected", "count-selected", "regex", "today", "string-length", "coalesce"):
        assert function in words
    assert "say" in words


def test_what_looks_like_a_formula_is_only_text() -> None:
    book = Book.shipped()
    for n, text in enumerate(["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "http://a.b/"]):
        name = f"own_{n}"
        book.add("survey", type="text", name=name, label=text, hint=text)
    book.sheets["survey"][0][0] = "type"
    found = read_xlsform(_as_text(book), core=shipped())
    assert found.form, found.problems
    made = openpyxl.load_workbook(io.BytesIO(write_xlsform(found.form)))
    labels = {r[1].value: r[2] for r in made["survey"].iter_rows(min_row=2)}
    assert labels["own_0"].value == "=1+1"
    assert {labels[f"own_{n}"].data_type for n in range(5)} == {"s"}
    assert labels["own_4"].hyperlink is None


def _as_text(book: Book) -> bytes:
    """The workbook with no cell a formula: openpyxl takes `=…` for one."""
    loaded = openpyxl.load_workbook(io.BytesIO(book.saved()))
    for sheet in loaded:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cell.data_type = "s"
    made = io.BytesIO()
    loaded.save(made)
    return made.getvalue()


def test_a_county_may_call_explain_order_and_preset_as_it_likes(book: Book) -> None:
    book.put("survey", "land_class", "label", "现在是什么地")
    book.put("survey", "land_class", "hint", "看地上长的")
    book.put("survey", "land_class", "default", "0103")
    book.put("survey", "facts", "say", "情况|问题描述")
    book.put("survey", "facts", "constraint_message", "再写几个字")
    book.put("choices", "0103", "label", "旱地（没有浇水条件）")
    book.put("choices", "0103", "say", "旱坡地|坡地")
    rows = book.sheets["survey"]
    rows.insert(6, rows.pop(book.row("survey", "as_registered") - 1))
    found = book.read()
    assert found.form, found.problems
    assert found.warnings == ()
    q = found.form.question("land_class")
    assert (q.label, q.hint, q.default) == ("现在是什么地", "看地上长的", "0103")
    assert found.form.question("facts").say == ("情况", "问题描述")
    choice = next(c for c in found.form.lists["land_class"] if c.value == "0103")
    assert (choice.label, choice.say) == ("旱地（没有浇水条件）", ("旱坡地", "坡地"))
    names = [x.name for x in found.form.questions]
    assert names.index("as_registered") < names.index("land_class")


def test_a_county_may_leave_out_land_classes_that_it_has_not(book: Book) -> None:
    book.drop("choices", "1104A")
    found = book.read()
    assert found.form, found.problems
    assert "1104A" not in [c.value for c in found.form.lists["land_class"]]


def test_a_county_may_ask_questions_of_its_own(book: Book) -> None:
    book.add(
        "survey", type="begin_group", name="water", label="水利", relevant="${has_problem} = '是'"
    )
    book.add("survey", type="select_multiple well", name="wells", label="有什么井")
    book.add(
        "survey", type="integer", name="pumps", label="几台泵", required="yes",
        relevant="selected(${wells}, 'deep')", constraint=". >= 0", default=1,
    )  # fmt: skip
    book.add("survey", type="end_group")
    book.add("survey", type="date", name="dug_on", label="哪天打的", constraint=". <= today()")
    book.add("survey", type="note", name="thanks", label="谢谢")
    book.add("choices", list_name="well", name="deep", label="深井", say="机井|深井")
    book.add("choices", list_name="well", name="hand", label="手压井")
    found = book.read()
    assert found.form, found.problems
    assert found.warnings == ()
    wells, pumps = found.form.question("wells"), found.form.question("pumps")
    assert wells.relevant == "${has_problem} = '是'"
    assert wells.section == pumps.section == "水利"
    assert pumps.relevant == "(${has_problem} = '是') and (selected(${wells}, 'deep'))"
    assert (pumps.required, pumps.default) == ("true()", "1")
    assert found.form.question("dug_on").section == ""
    assert found.form.lists["well"][0].say == ("机井", "深井")
    assert read_xlsform(write_xlsform(found.form), core=shipped()).form.sha256 == found.form.sha256  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("select one yes_no", Kind.SELECT_ONE),
        ("Select_One yes_no", Kind.SELECT_ONE),
        ("select_one from yes_no", Kind.SELECT_ONE),
        (" select_one   yes_no ", Kind.SELECT_ONE),
        ("ｓｅｌｅｃｔ＿ｏｎｅ yes_no", Kind.SELECT_ONE),
        ("select multiple yes_no", Kind.SELECT_MULTIPLE),
        ("select all that apply yes_no", Kind.SELECT_MULTIPLE),
        ("string", Kind.TEXT),
        ("Text", Kind.TEXT),
        ("int", Kind.INTEGER),
        ("decimal", Kind.DECIMAL),
        ("date", Kind.DATE),
        ("note", Kind.NOTE),
    ],
)
def test_types_may_be_spelt_as_people_spell_them(book: Book, spelling: str, kind: Kind) -> None:
    book.add("survey", type=spelling, name="own", label="自己的题")
    found = book.read()
    assert found.form, found.problems
    assert found.form.question("own").kind is kind


@pytest.mark.parametrize("spelling", ["yes", "YES", True, "true()", "TRUE", "是", 1])
def test_required_may_be_said_in_many_ways(book: Book, spelling: object) -> None:
    book.add("survey", type="text", name="own", label="自己的题", required=spelling)
    found = book.read()
    assert found.form, found.problems
    assert found.form.question("own").required == "true()"


@pytest.mark.parametrize("spelling", ["no", False, "false()", "否", 0, None, " "])
def test_not_required_too(book: Book, spelling: object) -> None:
    book.add("survey", type="text", name="own", label="自己的题", required=spelling)
    found = book.read()
    assert found.form
    assert found.form.question("own").required == ""


def test_what_a_chinese_keyboard_makes_of_an_expression_is_understood(book: Book) -> None:
    book.add(
        "survey", type="text", name="own", label="自己的题",
        relevant="＄｛has_problem｝＝‘是’ and （${ area_mu } ≥ 1） ", constraint=". != '，'",
        constraint_message="不超过 $｛area_mu｝ 亩",
    )  # fmt: skip
    found = book.read()
    assert found.form, found.problems
    own = found.form.question("own")
    assert own.relevant == "${has_problem}='是' and (${area_mu} >= 1)"
    assert own.constraint == ". != '，'"
    assert own.constraint_message == "不超过 ${area_mu} 亩"


def test_columns_come_in_any_order_case_and_spelling(book: Book) -> None:
    survey = [list(reversed([*row, *[None] * (11 - len(row))])) for row in book.sheets["survey"]]
    survey[0] = [
        {"label": "Caption", "relevant": " RELEVANCE ", "constraint_message": "Constraint Message",
         "type": "ＴＹＰＥ", "required": "bind::required"}.get(c, c) for c in survey[0]
    ]  # fmt: skip
    choices = book.sheets["choices"]
    choices[0] = [{"list_name": "List Name", "name": "value"}.get(c, c) for c in choices[0]]
    found = Book({**book.sheets, "survey": survey}).read()
    assert found.form, found.problems
    assert found.form.as_json() | {"version": ""} == shipped().as_json() | {"version": ""}


def test_sheets_may_be_named_in_capitals_and_rows_left_blank(book: Book) -> None:
    sheets = {name.upper(): rows for name, rows in book.sheets.items()}
    sheets["SURVEY"][5:5] = [[None], ["  "], []]
    found = Book(sheets).read()
    assert found.form, found.problems
    assert len(found.form.questions) == len(shipped().questions)


def test_of_several_languages_the_chinese_is_taken(book: Book) -> None:
    rows = book.sheets["survey"]
    at = rows[0].index("label")
    rows[0][at] = "label::English (en)"
    for row in rows[1:]:
        row.extend([None] * (len(rows[0]) - len(row)))
        row.append(row[at])
        row[at] = "words" if row[at] else None
    rows[0].append("label::中文 (zh)")
    found = book.read()
    assert found.form, found.problems
    assert found.form.question("facts").label == "问题描述"
    assert "没有采用“label::English (en)”" in said(found, "survey", "C1")


def test_the_only_language_is_taken_whichever_it_is(book: Book) -> None:
    book.sheets["choices"][0] = [
        "list_name",
        "name",
        "label:English",
        *book.sheets["choices"][0][3:],
    ]
    found = book.read()
    assert found.form, found.problems
    assert found.warnings == ()
    assert found.form.lists["yes_no"][0].label == "是"


def test_numbers_are_read_as_they_look(book: Book) -> None:
    book.put("settings", 2, "version", 2026112203)
    book.add("survey", type="select_one grade", name="own", label=2026, default=1)
    book.add("choices", list_name="grade", name=1, label=1.0)
    book.add("choices", list_name="grade", name=0.1, label=0.1)
    found = book.read()
    assert found.form, found.problems
    assert found.form.version == "2026112203"
    assert [c.value for c in found.form.lists["grade"]] == ["1", "0.1"]


def test_harmless_extras_are_named_and_left_out(book: Book) -> None:
    appearance = book.put("survey", "facts", "appearance", "multiline")
    book.put("survey", "facts", "media::image::zh", "a.jpg")
    book.put("survey", "facts", "guidance_hint", "…")
    book.put("survey", "facts", "hnit", "…")
    recorded = book.add("survey", type="start", name="start")
    book.put("settings", 2, "default_language", "zh")
    found = book.read()
    assert found.form, found.problems
    assert found.form.as_json() | {"version": ""} == shipped().as_json() | {"version": ""}
    assert "没有采用" in said(found, "survey", f"{appearance[0]}1")
    assert "media::image::zh" in said(found, "survey", "M1")
    assert "是不是 hint？" in said(found, "survey", "O1")
    assert "自动记录" in said(found, "survey", f"A{recorded}")
    assert "default_language" in said(found, "settings", "D1")
    assert len(found.warnings) == 6


def test_a_formula_counts_as_what_it_last_said(book: Book) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as out:
        for name, rows in book.sheets.items():
            sheet = out.add_worksheet(name)
            for n, row in enumerate(rows):
                for at, cell in enumerate(row):
                    if name == "survey" and cell == "问题描述":
                        sheet.write_formula(n, at, '="问题"&"描述"', value="问题描述")
                    elif cell is not None:
                        sheet.write_string(n, at, str(cell))
    found = read_xlsform(made.getvalue(), core=shipped())
    assert found.form, found.problems
    assert found.form.question("facts").label == "问题描述"
    assert "是公式" in said(found, "survey", f"C{book.row('survey', 'facts')}")


def test_the_product_s_own_rows_are_judged_by_the_same_rules() -> None:
    survey = [{"type": "text", "name": "a b", "label": "甲"}]
    with pytest.raises(ValueError, match="不能作名字"):
        rows_to_form(survey, [], {"form_id": "x", "form_title": "x", "version": "1"})

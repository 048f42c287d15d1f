"""The project list (附件3) from Excel, and the template that goes out for it."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from field_app.parcels.project_columns import SPECS, choices_of, spec_of, titles
from field_app.parcels.projects_xlsx import ReadProject, read_projects, template
from field_app.problems import Problem
from tests.soak import examples

HEADING = list(titles())
ROW: list[object] = [
    1, "41132120230001", "某乡土地整治项目", "土地整治", "某乡某村", "已入库未核销",
    "某自然资〔2021〕1号，2021-03-01", "某自然资〔2022〕9号", "2022年12月15日", 12.34, 10, 0, "9等",
    45000, 0, 10, 6, "41132120230001.txt", "某乡人民政府", "财政", "否", "是", "正常", "无备注",
]  # fmt: skip


def a_workbook(*rows: Sequence[object], sheet: str = "清单", hidden: bool = False) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        if hidden:
            book.add_worksheet("封面")
        page = book.add_worksheet(sheet)
        if hidden:
            page.hide()
        for n, row in enumerate(rows):
            for k, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(n, k, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                elif cell is not None:
                    page.write(n, k, cell)
    return made.getvalue()


def changed(**cells: object) -> list[object]:
    """The model row with cells changed, by field."""
    at = {spec.field: n for n, title in enumerate(HEADING) if (spec := spec_of(title))}
    row = list(ROW)
    for field, value in cells.items():
        row[at[field]] = value
    return row


def the_project(*rows: Sequence[object]) -> ReadProject:
    (project,) = read_projects(a_workbook(*rows)).projects
    return project


def test_every_column_of_the_annex_is_known() -> None:
    assert len(HEADING) == 24
    unknown = [title for title in HEADING if spec_of(title) is None]
    assert unknown == ["序号"]
    fields = {spec.field for spec in SPECS.values()}
    assert fields <= set(ReadProject.__slots__)


def test_a_row_is_read_with_its_types() -> None:
    project = the_project(HEADING, ROW)
    assert (project.status, project.messages, project.row) == ("taken", [], 2)
    assert (project.code, project.name) == ("41132120230001", "某乡土地整治项目")
    assert project.registered_on == date(2022, 12, 15)
    assert (project.scale_ha, project.new_farmland_ha, project.paddy_ha) == (12.34, 10.0, 0.0)
    assert (project.parcels_declared, project.capacity_kg) == (6, 45_000.0)
    assert (project.named_by_audit, project.frozen_2021) == (False, True)
    assert (project.kind, project.stage, project.funding) == ("土地整治", "已入库未核销", "财政")
    assert project.extra == {}


def test_a_date_cell_is_a_date() -> None:
    assert the_project(HEADING, changed(registered_on=date(2023, 8, 2))).registered_on == date(
        2023, 8, 2
    )


def test_titles_above_and_a_heading_in_disorder_are_no_hindrance() -> None:
    order = list(reversed(range(len(HEADING))))
    heading = [f" {HEADING[k]}\n".replace("(", "\n（").replace(")", "）") for k in order]
    project = the_project(
        ["附件3"], ["南召县补充耕地项目清单"], [], ["填报单位：", None, "日期："], heading,
        [ROW[k] for k in order],
    )  # fmt: skip
    assert (project.row, project.status) == (6, "taken")
    assert (project.code, project.paddy_ha) == ("41132120230001", 0.0)


def test_a_heading_of_two_rows_is_put_together() -> None:
    upper = ["项目备案编号", "项目名称", "新增耕地", None, "备注"]
    lower = [None, None, "新增耕地面积(亩)", "其中：水田(亩)", None]
    project = the_project(upper, lower, ["41132120230001", "一", 150, 30, "好"])
    assert (project.new_farmland_ha, project.paddy_ha) == (pytest.approx(10.0), pytest.approx(2.0))
    assert (project.remark, project.row) == ("好", 3)


def test_a_column_of_the_county_s_own_is_kept() -> None:
    project = the_project([*HEADING, "监管平台编号"], [*ROW, 7])
    assert project.extra == {"监管平台编号": "7"}


def test_blank_rows_and_sums_are_no_projects() -> None:
    reading = read_projects(
        a_workbook(HEADING, ROW, [], [2, None, None], ["合计", None, None, None, None, None, 12.34])
    )
    assert len(reading.projects) == 1
    assert reading.messages == ["第 5 行是合计，没有读取"]


@pytest.mark.parametrize(
    ("cells", "named", "word"),
    [
        ({"scale_ha": "很多"}, "J2（建设规模）", "不是数字"),
        ({"registered_on": "2022年12月"}, "I2（报备入库日期）", "缺少日"),
        ({"named_by_audit": "待查"}, "U2（是否审计点名）", "“是”或“否”"),
        ({"parcels_declared": 2.5}, "Q2（地块数）", "不是整数"),
        ({"code": 4.1132120230001e17}, "B2（项目备案编号）", "末尾几位已丢失"),
        ({"code": None}, "B2", "没有填项目备案编号"),
        ({"name": "  "}, "C2", "没有填项目名称"),
        ({"name": "长" * 201}, "C2（项目名称）", "超过 200 个字"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_is_named(
    cells: dict[str, object], named: str, word: str
) -> None:
    bad, good = read_projects(
        a_workbook(HEADING, changed(**cells), changed(code="41132120230002"))
    ).projects
    assert (bad.status, good.status) == ("refused", "taken")
    assert named in bad.messages[0]
    assert word in bad.messages[0]


def test_what_is_odd_is_told_and_taken() -> None:
    project = the_project(HEADING, changed(stage="在建", paddy_ha=11, new_farmland_ha=10))
    assert project.status == "taken"
    assert project.stage == "在建"
    assert "F2（项目状态）：“在建”不在" in project.messages[0]
    assert "水田" in project.messages[1]


def test_a_code_that_repeats_is_refused_the_second_time() -> None:
    first, second = read_projects(a_workbook(HEADING, ROW, changed(name="另一个"))).projects
    assert (first.status, second.status) == ("taken", "refused")
    assert "第 2 行重复" in second.messages[0]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    assert the_project(HEADING, changed(remark="=HYPERLINK(1)")).remark == "=HYPERLINK(1)"


def test_hidden_sheets_are_not_read() -> None:
    with pytest.raises(Problem) as caught:
        read_projects(a_workbook(HEADING, ROW, hidden=True))
    assert caught.value.id == "heading-not-found"


def test_a_sheet_without_the_heading_says_what_it_looked_for() -> None:
    with pytest.raises(Problem) as caught:
        read_projects(a_workbook(["编号", "名称"], [1, 2]))
    assert "项目备案编号" in caught.value.message


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", ".xlsx"),
        (b"\xd0\xcf\x11\xe0 old", ".xls"),
        (b"PK\x03\x04 cut", "损坏"),
        (b"a,b\n", ".xlsx"),
    ],
)
def test_what_is_no_workbook_is_refused(data: bytes, word: str) -> None:
    with pytest.raises(Problem) as caught:
        read_projects(data)
    assert caught.value.id == "not-a-workbook"
    assert word in caught.value.message


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "ZZZ1"])
def test_a_far_cell_does_not_make_a_table_of_billions(far: str) -> None:
    data = a_workbook(HEADING, ROW)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                row = "".join(c for c in far if c.isdigit())
                cell = f'<row r="{row}"><c r="{far}"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", cell.encode())
            new.writestr(name, content)
    with pytest.raises(Problem) as caught:
        read_projects(made.getvalue())
    assert caught.value.id == "not-a-workbook"


def test_the_template_reads_back_as_an_empty_list() -> None:
    assert read_projects(template()).projects == []
    assert template() == template()


def test_the_template_filled_in_is_taken() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template()))
    page = book.worksheets[0]
    for k, cell in enumerate(ROW, 1):
        page.cell(3, k, cell)
    filled = io.BytesIO()
    book.save(filled)
    (project,) = read_projects(filled.getvalue()).projects
    assert (project.status, project.messages, project.row) == ("taken", [], 3)


def test_the_template_offers_the_choices_of_the_annex() -> None:
    page = openpyxl.load_workbook(io.BytesIO(template())).worksheets[0]
    assert [cell.value for cell in page[2]] == HEADING
    offered = {
        str(v.sqref).split(":")[0]: v.formula1
        for v in page.data_validations.dataValidation
        if v.type == "list"
    }
    assert offered["F3"] == '"已入库未核销,已实施未报备,正在实施"'
    assert offered["U3"] == '"是,否"'
    assert len(offered) == sum(1 for title in HEADING if choices_of(title))


def test_the_template_explains_every_column() -> None:
    advice = openpyxl.load_workbook(io.BytesIO(template()))["填写说明"]
    assert [advice.cell(n + 2, 1).value for n in range(len(HEADING))] == HEADING
    for row in advice.iter_rows():
        assert all(cell.data_type != "f" for cell in row)


WHOLE = a_workbook(HEADING, ROW)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_spoilt_sheet_gives_anything_but_an_answer(data: st.DataObject) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        victim = data.draw(st.sampled_from(names))
        for name in names:
            content = bytearray(old.read(name))
            if name == victim:
                at = data.draw(st.integers(0, len(content) - 1))
                content[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
            new.writestr(name, bytes(content))
    try:
        projects = read_projects(made.getvalue()).projects
    except Problem:
        return
    assert all(p.status in ("taken", "refused") for p in projects)

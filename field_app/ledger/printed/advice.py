"""The sheet that tells how an exported ledger is filled in and brought back."""

from collections.abc import Iterable

from xlsxwriter.worksheet import Worksheet

from field_app.ledger import fields
from field_app.ledger.printed.columns import Column, Kind, columns_of
from field_app.ledger.printed.looks import Styles
from field_app.ledger.workflow import RIGHTS, Step
from field_app.roles import Who, scope
from models.taxonomy import categories

SHEET = "填写说明"
_HOW = {
    Kind.TEXT: "文字",
    Kind.NUMBER: "数字，不小于 0",
    Kind.YEAR: f"年份，{fields.FIRST_YEAR} 到 {fields.LAST_YEAR}",
    Kind.DATE: "日期，例如 2023-09-15；写成 2023/9/15、2023年9月15日 也认得",
    Kind.UNITS: "单位全称，几个单位用顿号“、”分开，第一个牵头",
}
_WORKED = {
    Step.AMEND: "办结（已销号）和等待审批销号（待销号）的条目不能改",
    Step.CLASSIFY: "由人认定，系统不作判断",
    Step.MARK_NEW: "由人认定",
    Step.REPORT: "由责任单位填，用责任单位的账号导入；“整改中”的才能填，填一次记一次，以前填的都留着",
}


def steps_for(who: Who) -> tuple[Step, ...]:
    """The steps for which this person's file has open cells."""
    return tuple(s for s in _WORKED if s == Step.REPORT or scope(who, RIGHTS[s]) is not None)


def write(sheet: Worksheet, styles: Styles, who: Who, *, goes_back: bool) -> None:
    """Fills the sheet for the person who exports."""
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 56)
    sheet.set_column(3, 3, 44)
    sheet.merge_range(0, 0, 0, 3, SHEET, styles.title)
    sheet.set_row(0, 32)
    row = 1
    for text in _sentences(goes_back=goes_back):
        sheet.merge_range(row, 0, row, 3, text, styles.plain)
        sheet.set_row(row, 18)
        row += 1
    row += 1
    for place, word in enumerate(("台账", "可以填改的列", "填法", "说明")):
        sheet.write_string(row, place, word, styles.head)
    mine = steps_for(who)
    for number in categories():
        for column in columns_of(number):
            if column.step not in mine or (number > 1 and column.own is None):
                continue
            row += 1
            where = str(number) if column.own else "各本"
            for place, word in enumerate((where, column.heading, how(column), _about(column))):
                sheet.write_string(row, place, word, styles.cell("text", False, False))


def how(column: Column) -> str:
    """How a cell of the column is filled in, in words."""
    if column.kind == Kind.PROBLEM:
        return "从下拉列表中选，须属于本台账"
    if column.kind == Kind.TOWNSHIP:
        return "从下拉列表中选本县乡镇"
    if column.choices:
        return f"选填其一：{'、'.join(column.choices)}"
    unit = f"，单位 {column.own.unit}" if column.own and column.own.unit else ""
    return _HOW[column.kind] + unit


def _about(column: Column) -> str:
    return _WORKED[column.step] if column.step else ""


def _sentences(*, goes_back: bool) -> Iterable[str]:
    if not goes_back:
        yield "条目太多，这份文件只供查看和打印，不能导回。要修改，请按台账或乡镇筛选后再导出。"
        return
    yield "1. 浅黄色的格可以填改，其余由系统管理，已锁定；改了也不会采用。"
    yield "2. 改好后存为 .xlsx，在“台账”页的“导入修改过的 Excel”里上传，先看到改了什么，再点“应用”。"
    yield "3. 导出之后系统里又有人改过的格，会列为冲突，不会盖掉别人的改动。"
    yield "4. 请填值，不要填公式。公式不采用；可以复制后“选择性粘贴—数值”。"
    yield "5. 可以排序、删行、调列的顺序（先在“审阅”里撤消工作表保护，没有密码）。"
    yield "6. 不要改“问题编号”和表头的名称，不要合并单元格。"
    yield "7. 手工加的行不能导入。新的问题，请在“台账”页“登记问题线索”。"
    yield "8. 销号、挂账、移送、回头看都在系统里办理，不能在表格里改。"

"""A form from a workbook: every cell judged, none of it trusted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from field_app.forms.definition import Form
from field_app.forms.xlsform import core as kept
from field_app.forms.xlsform.choices import Lists, read_choices
from field_app.forms.xlsform.findings import CellProblem, Findings, told
from field_app.forms.xlsform.headings import KNOWN, nearest
from field_app.forms.xlsform.judging import judge
from field_app.forms.xlsform.peer import Plain, second_opinion
from field_app.forms.xlsform.rows import Table, table, table_of
from field_app.forms.xlsform.survey import NAME, NAME_RULE, Survey, read_survey
from field_app.forms.xlsform.workbook import Sheet, Unreadable, read_sheets

_VERSION = re.compile(r"[0-9A-Za-z._-]{1,30}", re.ASCII)
_UNSUPPORTED = {
    "external_choices": "不支持外部选项，请把选项移到 choices 表，再删去这张表",
    "entities": "不支持实体，请删去这张表",
    "osm": "不支持地图要素，请删去这张表",
}


@dataclass(frozen=True, slots=True)
class Read:
    """A file, read. There is a form where there is no problem; warnings tell what was left out."""

    form: Form | None
    problems: tuple[CellProblem, ...]
    warnings: tuple[CellProblem, ...]


def read_xlsform(data: bytes, *, core: Form) -> Read:
    """The form of an .xlsx that an office hands in, held against the product's own.

    Nothing that a file may hold raises: a file that is none is a problem too.
    """
    findings = Findings()
    try:
        sheets = _by_name(read_sheets(data), findings)
    except Unreadable as error:
        findings.refuse("", "", str(error))
        return Read(None, told(findings.problems), ())
    tables = {
        name: table(name, sheets[name], findings) if name in sheets else Table(name, {})
        for name in KNOWN
    }
    for name in ("survey", "settings"):
        if name not in sheets:
            near = nearest(name, sheets).replace("是不是", "是不是写成了")
            findings.refuse(
                name, "", f"没有 {name} 工作表{near or '，请补上（可从导出的表单复制）'}"
            )
    form, survey = _form(tables, findings, core) if "survey" in sheets else (None, Survey())
    if not findings.problems and form:
        plain: dict[str, Plain] = {
            "survey": survey.plain,
            "choices": {
                row.number: {c: v for c, v in row.values.items() if c != "say"}
                for row in tables["choices"]
            },
            "settings": {
                2: {"form_title": form.title, "form_id": form.id, "version": form.version}
            },
        }
        second_opinion(plain, {n: t.letters for n, t in tables.items()}, findings)
    return Read(
        None if findings.problems else form, told(findings.problems), told(findings.warnings)
    )


def rows_to_form(
    survey: Sequence[Mapping[str, str]],
    choices: Sequence[Mapping[str, str]],
    settings: Mapping[str, str],
) -> Form:
    """The form of rows by column, such as those of the product itself. Raises ValueError."""
    findings = Findings()
    given = {"survey": survey, "choices": choices, "settings": [settings]}
    tables = {name: table_of(name, rows, findings) for name, rows in given.items()}
    form, _ = _form(tables, findings, None)
    if findings.problems:
        raise ValueError("; ".join(f"{p.sheet} {p.cell} {p.what}" for p in findings.problems))
    return form


def _by_name(sheets: Sequence[Sheet], findings: Findings) -> dict[str, Sheet]:
    """The sheets that make a form, by their names in small letters."""
    found: dict[str, Sheet] = {}
    for sheet in sheets:
        name = sheet.name.strip().lower()
        if name in _UNSUPPORTED and sheet.rows:
            findings.refuse(sheet.name, "", _UNSUPPORTED[name])
        found.setdefault(name, sheet)
    for name in found:
        if name not in KNOWN and (near := nearest(name, (k for k in KNOWN if k not in found))):
            findings.warn(name, "", f"没有采用这张表{near}")
    return found


def _form(
    tables: Mapping[str, Table], findings: Findings, core: Form | None
) -> tuple[Form, Survey]:
    survey = read_survey(tables["survey"], findings)
    lists = read_choices(tables["choices"], findings)
    if not survey.asked and not findings.problems:
        findings.refuse("survey", "", "survey 表里没有题目")
    judge(survey.asked, lists, findings)
    if core is not None:
        kept.compare(survey.asked, lists, core, findings)
    return _assembled(tables["settings"], survey, lists, findings, core), survey


def _assembled(
    settings: Table, survey: Survey, lists: Lists, findings: Findings, core: Form | None
) -> Form:
    said = {"form_title": core.title, "form_id": core.id} if core else {}
    row = next(iter(settings), None)
    where = row.cell("version") if row else ""
    values = dict(row.values) if row else {}
    for name, default in said.items():
        if not values.get(name):
            values[name] = default
            findings.warn("settings", "", f"没有写 {name}，采用“{default}”")
    version = values.get("version", "")
    if not _VERSION.fullmatch(version):
        why = f"“{version}”不能作版本" if version else "没有写版本（version）"
        what = f"{why}；请写例如 2026112202（年月日加序号），每改一次换一个"
        findings.refuse("settings", where, what)
    form_id = values.get("form_id", "")
    if row and not NAME.fullmatch(form_id):
        findings.refuse("settings", row.cell("form_id"), f"form_id {NAME_RULE}")
    if row and "${" in values.get("form_title", ""):
        findings.refuse("settings", row.cell("form_title"), "表单标题里不能用 ${题目名}")
    for extra in list(settings)[1:]:
        extra.warn(findings, "version", "settings 只用第 2 行，这一行没有采用")
    questions = tuple(a.question for a in survey.asked)
    return Form(form_id, values.get("form_title", ""), version, questions, lists.choices())

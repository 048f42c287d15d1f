"""What a county leaves as it is: the questions that the ledger and the examination rely on.

It may call them otherwise, put them elsewhere, explain them, begin them with another value and
offer fewer land classes. It may not drop them, nor ask for less than they do.
"""

from collections.abc import Mapping, Sequence

from field_app.forms.definition import Choice, Form, Kind, Question
from field_app.forms.xlsform.choices import Listed, Lists
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.judging import MOST_OWN
from field_app.forms.xlsform.survey import Asked

SHORTENED = ("land_class",)  # lists of which a county may offer a part
_KEPT = ("required", "relevant", "constraint", "choice_filter")


def compare(asked: Sequence[Asked], lists: Lists, core: Form, findings: Findings) -> None:
    """Tells each change that a county may not make, and what to put back."""
    by_name = {a.question.name: a for a in asked}
    for wanted in core.questions:
        one = by_name.get(wanted.name)
        if one is None:
            label = f"（{wanted.label}）" if wanted.label else ""
            what = (
                f"缺少 {wanted.name}{label}：台账和照片核验要用，不能删。请从导出的表单里"
                f"把这一行复制回来，题型 {_type(wanted)}"
            )
            findings.refuse("survey", "", what)
        else:
            _question(one, wanted, findings)
    for name in dict.fromkeys(q.list_name for q in core.questions if q.list_name):
        _list(name, lists.by_name.get(name, []), core.lists[name], findings)
    _own(asked, core, findings)


def _type(q: Question) -> str:
    return f"{q.kind} {q.list_name}" if q.list_name else str(q.kind)


def _question(one: Asked, wanted: Question, findings: Findings) -> None:
    q = one.question
    if _type(q) != _type(wanted):
        what = f"{q.name} 的题型不能改，请恢复为 {_type(wanted)}"
        one.refuse(findings, "type", what)
        return
    for column in _KEPT:
        was, now = getattr(wanted, column), getattr(q, column)
        if " ".join(was.split()) == " ".join(now.split()):
            continue
        shown = "yes" if was == "true()" else was
        back = f"请恢复为：{shown}" if was else "请清空这一格"
        if column == "relevant" and one.group is not None and one.group["relevant"]:
            back += "（所在组的 relevant 也算在内，请把这一题移到组外）"
        one.refuse(findings, column, f"{q.name} 的 {column} 不能改，{back}")


def _list(name: str, rows: Sequence[Listed], wanted: Sequence[Choice], findings: Findings) -> None:
    by_value: Mapping[str, Choice] = {c.value: c for c in wanted}
    for listed in rows:
        value, row = listed.choice.value, listed.row
        was = by_value.get(value)
        if was is None:
            padded = next((v for v in by_value if v.lstrip("0") == value and v != value), "")
            hint = f"；是不是 {padded}（Excel 去掉了前面的 0，请设为文本格式）" if padded else ""
            what = f"列表 {name} 不能加新的值“{value}”，请删去这一行{hint}"
            row.refuse(findings, "name", what)
            continue
        for column, text in was.columns.items():
            if listed.choice.columns.get(column, "") != text:
                what = f"“{value}”的 {column} 不能改，请恢复为：{text}"
                row.refuse(findings, column, what)
    have = {listed.choice.value for listed in rows}
    gone = [c for c in wanted if c.value not in have]
    if gone and name not in SHORTENED:
        shown = "、".join(f"{c.value} {c.label}" for c in gone[:5]) + ("…" if gone[5:] else "")
        what = f"列表 {name} 少了 {len(gone)} 个选项，不能删，请补回：{shown}"
        findings.refuse("choices", "", what)


def _own(asked: Sequence[Asked], core: Form, findings: Findings) -> None:
    own = [a for a in asked if a.question.name not in core.by_name]
    for one in own[MOST_OWN:]:
        what = f"自己加的题目超过 {MOST_OWN} 道；现场填不完，请删去一些"
        one.refuse(findings, "name", what)
    facts = [q.name for q in core.questions if q.kind is Kind.HIDDEN]
    for one in own:
        if one.question.kind is Kind.HIDDEN:
            what = f"hidden 由系统填写，只有 {'、'.join(facts)}；请改用要人回答的题型"
            one.refuse(findings, "type", what)

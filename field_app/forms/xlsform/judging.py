"""Whether the rows together make a form: lists, references, expressions, order, defaults."""

import re
from collections.abc import Sequence

from field_app.forms.definition import CHOOSING, Kind
from field_app.forms.expressions import WrongExpression, asks_itself, check, names_in
from field_app.forms.xlsform.choices import Lists
from field_app.forms.xlsform.findings import Findings
from field_app.forms.xlsform.headings import nearest
from field_app.forms.xlsform.rows import Row
from field_app.forms.xlsform.survey import Asked
from field_app.forms.xpath import day_number

MOST_OWN = 60
_LAST = re.compile(r"\$\{last-saved#([^}]+)\}")
_LARGEST = 1e9  # as the drafts: no count and no area of a county is larger


def judge(asked: Sequence[Asked], lists: Lists, findings: Findings) -> None:
    """Tells all that is wrong; what passes can be asked, filled and settled without failing."""
    _Judging(asked, lists, findings).all()


class _Judging:
    def __init__(self, asked: Sequence[Asked], lists: Lists, findings: Findings) -> None:
        self.asked = asked
        self.lists = lists
        self.findings = findings
        self.by_name = {a.question.name: a for a in asked}
        self.asks = {a.question.name: names_in(a.question.relevant) for a in asked}
        self.closures: dict[str, frozenset[str]] = {}
        self.place = {a.question.name: n for n, a in enumerate(asked)}
        # A note has no answer to ask for.
        self.known = {n for n, a in self.by_name.items() if a.question.kind is not Kind.NOTE}

    def all(self) -> None:
        groups: set[int] = set()
        for place, one in enumerate(self.asked):
            if one.group is not None and one.group.number not in groups:
                groups.add(one.group.number)
                self._relevance(one.group, one.group["relevant"], place, "")
            self._question(one, place)

    def _question(self, one: Asked, place: int) -> None:
        q = one.question
        if q.list_name:
            self._list(one)
        self._expression(one.row, "required", q.required)
        self._expression(one.row, "constraint", q.constraint, this=True)
        if self._expression(one.row, "choice_filter", q.choice_filter, choice=True):
            hidden = [n for n in names_in(q.choice_filter) if self._kind(n) is Kind.HIDDEN]
            if hidden:
                what = f"choice_filter 里不能用系统填写的 ${{{hidden[0]}}}，只能用别的题的答案"
                one.refuse(self.findings, "choice_filter", what)
        if self._relevance(one.row, one.relevant, place, q.name) and one.group:
            self._expression(one.row, "relevant", q.relevant)  # the group's and its own together
        for column in ("label", "hint"):
            if "${" in getattr(q, column):
                what = f"{column} 里不能用 ${{题目名}}，只有 constraint_message 里可以"
                one.refuse(self.findings, column, what)
        self._message(one)
        if q.default:
            self._default(one)

    def _kind(self, name: str) -> Kind | None:
        found = self.by_name.get(name)
        return found.question.kind if found else None

    def _expression(
        self, row: Row, column: str, text: str, *, this: bool = False, choice: bool = False
    ) -> bool:
        """Whether an expression is there and right; tells where it is wrong."""
        if not text:
            return False
        columns = ("name", "label", *self.lists.extra) if choice else ()
        try:
            check(text, self.known, columns=columns)
            if asks_itself(text) and not this:
                raise WrongExpression("“.”只能用在 constraint 里，这里请写 ${题目名}")
        except WrongExpression as error:
            row.refuse(self.findings, column, f"{column} 写得不对：{error}{self._meant(text)}")
            return False
        if "last-saved#" in text:
            row.refuse(self.findings, column, "${last-saved#…} 只能用在 default 里")
            return False
        return True

    def _meant(self, text: str) -> str:
        for name in names_in(text):
            if self._kind(name) is Kind.NOTE:
                return f"（{name} 是 note，没有答案）"
            if name not in self.known:
                return nearest(name, self.known)
        return ""

    def _relevance(self, row: Row, text: str, place: int, name: str) -> bool:
        """A question appears by what stands above it: later answers are not asked yet."""
        if not self._expression(row, "relevant", text):
            return False
        for other in dict.fromkeys(names_in(text)):
            if self._kind(other) is Kind.HIDDEN or self.place[other] < place:
                continue
            if other == name:
                what = f"relevant 引用了自己（{other}），这道题永远不会出现"
            elif name in self._behind(other):
                what = f"relevant 与 {other} 互相引用，两道题都不会出现"
            else:
                below = self.by_name[other].row.cell("name")
                what = f"relevant 引用了排在后面的 {other}（{below}），请把它移到这一行上面"
            row.refuse(self.findings, "relevant", what)
        return True

    def _behind(self, name: str) -> frozenset[str]:
        """All that a question's relevance rests on, near and far."""
        if name not in self.closures:
            seen: set[str] = set()
            ahead = list(self.asks[name])
            while ahead:
                one = ahead.pop()
                if one not in seen:
                    seen.add(one)
                    ahead += self.asks.get(one, ())
            self.closures[name] = frozenset(seen)
        return self.closures[name]

    def _message(self, one: Asked) -> None:
        """The sentence that is shown when the constraint does not hold may name answers."""
        text, column = one.question.constraint_message, "constraint_message"
        for name in dict.fromkeys(names_in(text)):
            if name not in self.known:
                near = nearest(name, self.known)
                one.refuse(self.findings, column, f"{column} 里引用了没有的题目 {name}{near}")
        if "${" in text and ("last-saved#" in text or text.count("${") != len(names_in(text))):
            one.refuse(self.findings, column, f"{column} 里的引用要写成 ${{题目名}}")

    def _list(self, one: Asked) -> None:
        q = one.question
        rows = self.lists.by_name.get(q.list_name)
        if not rows:
            near = nearest(q.list_name, self.lists.by_name)
            what = f"choices 表里没有列表“{q.list_name}”{near or '，请在那里补上选项'}"
            one.refuse(self.findings, "type", what)
        for listed in rows or ():
            if q.kind is Kind.SELECT_MULTIPLE and " " in listed.choice.value:
                what = f"“{listed.choice.value}”有空格；select_multiple 的选项值里不能有空格"
                listed.row.refuse(self.findings, "name", what)

    def _default(self, one: Asked) -> None:
        dynamic = "${" in one.question.default
        why = self._wrong_last(one) if dynamic else self._wrong_value(one)
        if why:
            one.refuse(self.findings, "default", f"default {why}")

    def _wrong_last(self, one: Asked) -> str:
        q = one.question
        match = _LAST.fullmatch(q.default)
        if match is None:
            return "只能写固定的值，或 ${last-saved#题目名}（取上一次核查的答案）"
        other = self.by_name.get(match[1])
        if other is None or not other.question.answered:
            return f"引用了没有的题目 {match[1]}{nearest(match[1], self.known)}"
        same = (other.question.kind, other.question.list_name) == (q.kind, q.list_name)
        if not same and q.kind is not Kind.TEXT:
            return f"引用的 {match[1]} 与这道题的题型或选项列表不同"
        return ""

    def _wrong_value(self, one: Asked) -> str:
        q = one.question
        if q.kind in CHOOSING:
            values = {c.choice.value for c in self.lists.by_name.get(q.list_name, ())}
            chosen = [q.default] if q.kind is Kind.SELECT_ONE else q.default.split()
            wrong = next((c for c in chosen if c not in values), "")
            return f"“{wrong}”不是列表 {q.list_name} 里的值（写值，不写文字）" if wrong else ""
        if q.kind is Kind.DATE and day_number(q.default) is None:
            return "要写成 2026-01-31 这样的日期，单元格设为文本格式；不能写 today()"
        if q.kind is Kind.INTEGER and not re.fullmatch(r"-?\d{1,9}", q.default, re.ASCII):
            return "要写整数"
        if q.kind is Kind.DECIMAL:
            number = r"-?(\d+(\.\d*)?|\.\d+)"
            if not re.fullmatch(number, q.default, re.ASCII) or abs(float(q.default)) > _LARGEST:
                return "要写数字，不带单位"
        return ""

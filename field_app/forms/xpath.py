"""The part of XPath 1.0 that a form may use, read word by word.

What passes here cannot fail later: no paths, no node sets, every function known and given as many
arguments as it takes. So an expression is judged once, when the office hands the form in, and not
on somebody's phone on a hillside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

MOST_CHARACTERS = 1000
_DEEPEST = 40
_EPOCH = date(1970, 1, 1).toordinal()  # ODK counts days from here
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MANY = 20

# How many arguments each function takes, at least and at most.
STANDARD = {
    "boolean": (1, 1),
    "ceiling": (1, 1),
    "concat": (2, _MANY),
    "contains": (2, 2),
    "false": (0, 0),
    "floor": (1, 1),
    "normalize-space": (0, 1),
    "not": (1, 1),
    "number": (0, 1),
    "round": (1, 1),
    "starts-with": (2, 2),
    "string": (0, 1),
    "string-length": (0, 1),
    "substring": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "translate": (3, 3),
    "true": (0, 0),
}
ADDED = {  # by ODK
    "coalesce": (2, 2),
    "count-selected": (1, 1),
    "date": (1, 1),
    "if": (3, 3),
    "int": (1, 1),
    "regex": (2, 2),
    "selected": (2, 2),
    "today": (0, 0),
}
_ARGUMENTS = STANDARD | ADDED
_WORD = re.compile(
    r"""
      (?P<space>\s+)
    | \$\{\s*(?P<last>last-saved\#)?(?P<reference>[^\W\d][\w.-]*)\s*\}
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<number>\d+(?:\.\d*)?|\.\d+)
    | (?P<name>[^\W\d][\w.-]*)
    | (?P<sign><=|>=|!=|[=<>+*(),.-])
    """,
    re.VERBOSE,
)
# Beside these a date must be a number: XPath 1.0 puts no texts in order.
_NUMBERS = ("<", "<=", ">", ">=", "=", "!=", "+", "-", "*", "div", "mod")
_BETWEEN = (*_NUMBERS, "and", "or")
_MAY_BE_DAYS = ("", "coalesce", "date", "if", "today")
_WRITTEN = {"date": "string(", "today": "string($today"}


class WrongExpression(ValueError):
    """An expression that cannot be worked out; says in Chinese why."""


@dataclass(slots=True)
class Parsed:
    """An expression, understood: as libxml2 takes it, and what it asks for."""

    text: str = ""
    references: list[tuple[bool, str]] = field(default_factory=list)  # (of the last visit?, name)
    columns: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    today: bool = False
    this: bool = False


@dataclass(slots=True)
class _Open:
    """A parenthesis that is not closed yet: of a function, or (`name` empty) of a group."""

    name: str
    at: int
    before: str
    arguments: int = 0


@dataclass(slots=True)
class _Word:
    kind: str
    text: str


def variable(last: bool, name: str) -> str:
    """How an answer is called in libxml2's words."""
    return f"{'last' if last else 'a'}.{name}"


def day_number(text: str) -> float | None:
    """Days since 1970 of a `YYYY-MM-DD`, as ODK counts; None for what is no date.

    >>> day_number("1970-01-31"), day_number("1970-02-31")
    (30.0, None)
    """
    if not _DAY.fullmatch(text):
        return None
    try:
        return float(date.fromisoformat(text).toordinal() - _EPOCH)
    except ValueError:
        return None


def _words(expression: str, parsed: Parsed) -> Iterator[_Word]:
    at = 0
    while at < len(expression):
        match = _WORD.match(expression, at)
        if match is None:
            raise WrongExpression(_unreadable(expression[at:]))
        at = match.end()
        if match["reference"]:
            reference = bool(match["last"]), match["reference"]
            parsed.references.append(reference)
            yield _Word("operand", f"${variable(*reference)}")
        elif match["text"] and "${" in match["text"]:
            raise WrongExpression(f"${{题目名}} 不要放在引号里：{match['text']}")
        elif not match["space"]:
            kind = str(match.lastgroup)
            yield _Word("operand" if kind == "number" else kind, match[0])


def _unreadable(rest: str) -> str:
    if rest[0] in "'\"":
        return "引号没有成对"
    if rest.startswith("${"):
        return "${题目名} 写得不对：名字里不能有空格，末尾要有 }"
    if rest[0] in "“”‘’（），＝＜＞｛｝＄":
        return f"“{rest[0]}”是中文标点，请改成英文的"
    if rest[0] in "/@[]|:":
        return f"不支持路径写法“{rest[0]}”，请用 ${{题目名}}"
    return f"“{rest[0]}”不能这样用；变量要写成 ${{题目名}}"


def parse(expression: str) -> Parsed:
    """Reads an expression. Raises WrongExpression."""
    if len(expression) > MOST_CHARACTERS:
        raise WrongExpression(f"超过 {MOST_CHARACTERS} 个字符，请拆成几道题")
    parsed = Parsed()
    words = list(_words(expression, parsed))
    if not words:
        raise WrongExpression("是空的")
    parsed.text = _Reading(words, parsed).text()
    return parsed


class _Reading:
    """Walks the words once: an operand is wanted, then an operator, and so on."""

    def __init__(self, words: list[_Word], parsed: Parsed) -> None:
        self.words = words
        self.parsed = parsed
        self.out: list[str] = []
        self.open: list[_Open] = []
        self.before: str = ""  # what stands in front of the operand that is being read

    def text(self) -> str:
        n, wanted = 0, True
        while n < len(self.words):
            n, wanted = self._operand(n) if wanted else self._operator(n)
        if wanted:
            raise WrongExpression(f"“{self.words[-1].text}”后面没有写完")
        if self.open:
            raise WrongExpression("左括号“(”没有对应的右括号“)”")
        return "".join(self.out)

    def _following(self, n: int) -> str:
        return self.words[n + 1].text if n + 1 < len(self.words) else ""

    def _operand(self, n: int) -> tuple[int, bool]:
        """Reads an operand or its beginning: (the next word, whether one is still wanted)."""
        word = self.words[n]
        if word.text == "-":
            self.out.append("-")
            return n + 1, True
        if word.text == "(":
            self._open("", "(")
            return n + 1, True
        if word.text == ")" and self.open and self.open[-1].name and self._nothing_inside():
            return self._close(n), False
        if (word.kind == "sign" and word.text != ".") or word.text in _BETWEEN:
            raise WrongExpression(f"“{word.text}”前面少了内容")
        if word.kind == "name" and self._following(n) == "(":
            self._function(word.text, n)
            return n + 2, True
        self._leaf(word, n)
        return n + 1, False

    def _operator(self, n: int) -> tuple[int, bool]:
        word = self.words[n]
        if word.text == ")":
            return self._close(n), False
        if word.text == ",":
            if not self.open or not self.open[-1].name:
                raise WrongExpression("逗号只能用在函数的括号里")
            self.open[-1].arguments += 1
        elif word.text not in _BETWEEN:
            raise WrongExpression(f"“{word.text}”前面少了运算符（and、or、=、> 等）或逗号")
        self.out.append(f" {word.text} ")
        self.before = word.text
        return n + 1, True

    def _leaf(self, word: _Word, n: int) -> None:
        day = day_number(word.text[1:-1]) if word.kind == "text" else None
        beside = self.before in _NUMBERS or self._following(n) in _NUMBERS
        text = word.text
        if word.kind == "name":
            self.parsed.columns.append(text)
        elif day is not None and beside:
            text = f"({day:.0f})"
        elif beside and text.startswith((".", "$")):
            text = f"day-of({text})"
        self.parsed.this |= word.text == "."
        self.out.append(text)

    def _function(self, name: str, n: int) -> None:
        if name not in _ARGUMENTS:
            raise WrongExpression(f"不支持函数 {name}()；可用 {'、'.join(sorted(_ARGUMENTS))}")
        if name == "regex":
            self.parsed.patterns.append(self._pattern(n + 2))
        self.parsed.today |= name == "today"
        self._open(name, _WRITTEN.get(name, f"{name}("))

    def _pattern(self, n: int) -> str:
        """The text that stands last in regex(…): one that is put together could not be judged."""
        depth = 1
        for k in range(n, len(self.words)):
            depth += {"(": 1, ")": -1}.get(self.words[k].text, 0)
            if not depth:
                word = self.words[k - 1]
                if word.kind == "text" and self.words[k - 2].text == ",":
                    return word.text[1:-1]
                break
        raise WrongExpression("regex() 的第二个参数要写成引号里的正则表达式")

    def _open(self, name: str, text: str) -> None:
        if len(self.open) == _DEEPEST:
            raise WrongExpression(f"括号套了超过 {_DEEPEST} 层")
        self.open.append(_Open(name, len(self.out), self.before))
        self.out.append(text)
        self.before = ""

    def _nothing_inside(self) -> bool:
        return self.open[-1].at == len(self.out) - 1

    def _close(self, n: int) -> int:
        if not self.open:
            raise WrongExpression("右括号“)”没有对应的左括号“(”")
        count = 0 if self._nothing_inside() else self.open[-1].arguments + 1
        one = self.open.pop()
        if one.name:
            least, most = _ARGUMENTS[one.name]
            if not least <= count <= most:
                wanted = f"{least}" if least == most else f"{least} 到 {most}"
                raise WrongExpression(f"函数 {one.name}() 要 {wanted} 个参数，这里有 {count} 个")
        self.out.append(")")
        beside = one.before in _NUMBERS or self._following(n) in _NUMBERS
        if beside and one.name in _MAY_BE_DAYS:
            self.out[one.at] = f"day-of({self.out[one.at]}"
            self.out.append(")")
        return n + 1

"""The expressions of a form: XPath 1.0, as XLSForm writes them, evaluated by libxml2.

`${name}` is an answer, `.` the value that is being judged, a bare name (in a `choice_filter`) a
column of the choice. What is not answered is the empty string, as in XForms: `'' > 3` is false.
Dates can be compared and counted with, as in ODK: `. <= today() - 7`.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from lxml import etree
from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from field_app import clock
from field_app.forms.definition import Choice
from field_app.forms.xpath import ADDED, Parsed, WrongExpression, day_number, parse, variable

__all__ = [
    "FUNCTIONS", "WrongExpression", "asks_itself", "check", "evaluate", "filled", "holds",
    "names_in",
]  # fmt: skip

FUNCTIONS = tuple(ADDED)
MOST_PATTERN = 200  # characters of a regular expression
_REFERENCE = re.compile(r"\$\{\s*(last-saved#)?([^\s}#]+)\s*\}")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Values = Mapping[str, Any]


def _text(value: Any) -> str:
    if isinstance(value, list):  # a node-set: its first node speaks
        return "" if not value else str(value[0].text or "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _digits(value)
    return str(value)


def _digits(value: float) -> str:
    """A number as XPath writes it: 1e-05 would be no number to it.

    >>> _digits(3.0), _digits(0.00001), _digits(-2.5), _digits(float("nan"))
    ('3', '0.00001', '-2.5', 'NaN')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if value.is_integer():
        return str(int(value))
    text = repr(value)
    return f"{value:.20f}".rstrip("0").rstrip(".") if "e" in text else text


def _truth(value: Any) -> bool:
    return False if isinstance(value, float) and math.isnan(value) else bool(value)


def _whole(value: Any) -> float:
    try:
        return float(math.trunc(float(_text(value))))
    except (ValueError, OverflowError):
        return math.nan


def _day_of(value: Any) -> Any:
    """A date as a number of days, anything else as it is."""
    day = day_number(_text(value)) if isinstance(value, list | str) else None
    return value if day is None else day


@lru_cache(maxsize=256)
def _pattern(text: str) -> TypeAdapter[str]:
    """A regular expression, by an engine whose time grows with the text's length and no faster:
    Python's own can hang on `(a+)+b`, and this one comes from an office's file."""
    if len(text) > MOST_PATTERN:
        raise WrongExpression(f"regex() 的正则表达式超过 {MOST_PATTERN} 个字符")
    linear = ConfigDict(regex_engine="rust-regex")
    try:
        for pattern in (text, rf"\A(?:{text})\z"):  # alone too: `a)|(b` is none
            kind = Annotated[str, StringConstraints(pattern=pattern)]
            adapter: TypeAdapter[str] = TypeAdapter(kind, config=linear)
    except SchemaError as error:
        raise WrongExpression(
            "regex() 里的正则表达式写法不对，或太复杂；不支持 (?=…)、(?!…) 和 \\1"
        ) from error
    return adapter


def _matches(value: Any, pattern: Any) -> bool:
    try:
        _pattern(_text(pattern)).validate_python(_text(value))
    except ValidationError:
        return False
    return True


_FUNCTIONS: dict[str, Any] = {
    "selected": lambda _c, several, one: _text(one) in _text(several).split(),
    "count-selected": lambda _c, several: float(len(_text(several).split())),
    "if": lambda _c, test, yes, no: yes if _truth(test) else no,
    "coalesce": lambda _c, first, second: first if _text(first) else second,
    "regex": lambda _c, value, pattern: _matches(value, pattern),
    "int": lambda _c, value: _whole(value),
    "day-of": lambda _c, value: _day_of(value),
}
_EXTENSIONS = {(None, name): call for name, call in _FUNCTIONS.items()}


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> tuple[etree.XPath, Parsed]:
    try:
        parsed = parse(expression)
        for pattern in parsed.patterns:
            _pattern(pattern)
        return etree.XPath(parsed.text, extensions=_EXTENSIONS), parsed
    except (etree.XPathSyntaxError, ValueError) as error:
        if isinstance(error, WrongExpression):
            raise
        raise WrongExpression("写法不对，请检查括号、引号和运算符是否成对、完整") from error


def names_in(expression: str) -> list[str]:
    """The questions that an expression asks for, by `${name}` or `${last-saved#name}`.

    >>> names_in("${a} > 3 and ${last-saved#b} = ''")
    ['a', 'b']
    """
    return [m[2] for m in _REFERENCE.finditer(expression)]


def asks_itself(expression: str) -> bool:
    """Whether an expression asks for `.`, the value that is being judged. Raises
    WrongExpression."""
    return _compiled(expression)[1].this


def _clean(text: str) -> str:
    """Without what XML cannot hold: a stray control character must not break a rule."""
    return _NOT_XML.sub("", text)


def _as_xpath(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    if isinstance(value, list | tuple):
        return _clean(" ".join(map(str, value)))
    return _clean(str(value))


def _item(value: Any, choice: Choice | None) -> etree._Element:
    item = etree.Element("item")
    if choice is None:
        item.text = _text(_as_xpath(value))
        return item
    for name, text in {**choice.columns, "name": choice.value, "label": choice.label}.items():
        etree.SubElement(item, name).text = _clean(text)
    return item


def evaluate(
    expression: str,
    values: Values,
    *,
    this: Any = None,
    choice: Choice | None = None,
    last: Values | None = None,
    today: date | None = None,
) -> Any:
    """What an expression says: a bool, a float or a str.

    `values` are the answers and the facts of the parcel, `this` is what `.` stands for, `last`
    are the answers of the last visit, `today` is the day in China unless another is handed in. A
    name that nobody answered is the empty string. Raises WrongExpression.
    """
    compiled, parsed = _compiled(expression)
    given: dict[str, Any] = {}
    if parsed.today:
        given["today"] = (today or clock.local(clock.now()).date()).isoformat()
    for of_last, name in parsed.references:
        source = (last or {}) if of_last else values
        given[variable(of_last, name)] = _as_xpath(source.get(name))
    try:
        found = compiled(_item(this, choice), **given)
    except (etree.XPathError, ValueError) as error:
        raise WrongExpression("算不出结果，请检查函数的参数") from error
    return _text(found) if isinstance(found, list | str) else found


def holds(expression: str, values: Values, **more: Any) -> bool:
    """Whether an expression is true. Raises WrongExpression.

    >>> holds("${area_mu} <= 10 and . > ''", {"area_mu": 3.2}), holds(". > 0", {}, this=3.2)
    (False, True)
    """
    return _truth(evaluate(expression, values, **more))


def filled(text: str, values: Values) -> str:
    """A sentence with `${name}` replaced by its value; numbers with two decimals at most.

    >>> filled("不能大于 ${area_mu} 亩", {"area_mu": 3.256})
    '不能大于 3.26 亩'
    """

    def one(match: re.Match[str]) -> str:
        value = values.get(match[2])
        if isinstance(value, float):
            return f"{value:.2f}".rstrip("0").rstrip(".")
        return _text(_as_xpath(value))

    return _REFERENCE.sub(one, text)


def check(expression: str, known: Iterable[str], *, columns: Iterable[str] = ()) -> None:
    """Refuses an expression that could fail later: what passes is worked out on any values.
    Bare names are allowed where they are `columns` of the choices. Raises WrongExpression."""
    questions, allowed = set(known), set(columns)
    _, parsed = _compiled(expression)
    for name in dict.fromkeys(parsed.columns):
        if name not in allowed:
            meant = f"要写成 ${{{name}}}" if name in questions else "不是 choices 表里的列"
            raise WrongExpression(f"“{name}”{meant}")
    missing = [n for _, n in parsed.references if n not in questions]
    if missing:
        raise WrongExpression(f"引用了没有的题目：{'、'.join(dict.fromkeys(missing))}")

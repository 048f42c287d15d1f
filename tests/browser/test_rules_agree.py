"""The phone judges a form as the server does: the same answers, through both, compared."""

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from field_app import drafts
from field_app.drafts import About
from field_app.forms import Choice, Form, Kind, Question
from field_app.forms.compiled import compiled, expression
from field_app.forms.expressions import evaluate, holds
from field_app.forms.shipped import shipped
from tests.browser.conftest import County
from tests.forms.county import a_county_book, form_of

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 28)
NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
CASES = 150
EXPRESSIONS = 400


@pytest.fixture(scope="module")
def page(county: County, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=county.url, timezone_id="Asia/Shanghai")
    made = context.new_page()
    made.goto("/healthz")
    yield made
    context.close()


def an_odd_form() -> Form:
    """Expressions that a county may write and nobody expects."""
    ask = Question
    lists = {
        "village": (
            Choice("a", "甲村", columns=MappingProxyType({"town": "1", "far": "2026-01-05"})),
            Choice("b", "乙村", columns=MappingProxyType({"town": "2", "far": ""})),
            Choice("𠀀", "生僻", columns=MappingProxyType({"town": "1"})),
        ),
        "several": (Choice("x y", "两词"), Choice("x", "叉"), Choice("y", "丫"), Choice("Z", "子")),
    }
    questions = (
        ask("parcel_area_mu", Kind.HIDDEN, "面积"),
        ask("parcel_number", Kind.HIDDEN, "编号"),
        ask("town", Kind.TEXT, "镇", constraint="regex(., '^[0-9a-z]+$')"),
        ask("village", Kind.SELECT_ONE, "村", required="${town} != ''", list_name="village",
            choice_filter="town = ${town} or far > '2026-01-01'"),
        ask("several", Kind.SELECT_MULTIPLE, "多选", list_name="several",
            constraint="count-selected(.) <= 2 and not(selected(., 'Z'))",
            constraint_message="“${town}”最多两样，${parcel_area_mu} 亩"),
        ask("count", Kind.INTEGER, "数", required="selected(${several}, 'x')",
            constraint=". mod 2 = 0 and . > -5"),
        ask("area", Kind.DECIMAL, "面积", relevant="${count} > 1 or ${town} = ''",
            constraint=". <= ${parcel_area_mu} * 1.01 and round(. * 10) div 10 = ."),
        ask("day", Kind.DATE, "日", required="true()",
            constraint=". <= today() + 7 and . >= '2026-01-01'",
            constraint_message="不晚于 ${area}"),
        ask("note", Kind.NOTE, "看"),
        ask("words", Kind.TEXT, "话", relevant="if(${count} > 3, ${day}, ${town})",
            required="string-length(${town}) < 3",
            constraint="string-length(normalize-space(.)) >= 2 and substring(., 1, 1) != '坏'"),
        ask("last", Kind.TEXT, "末", required="coalesce(${words}, ${area}) = '1.5'",
            constraint="translate(., '零一二', '012') = int(.) or contains(., ${town})"),
    )  # fmt: skip
    return Form("odd", "怪表", "1", questions, MappingProxyType(lists))


TEXTS = [
    "", " ", "\u3000", "1", "2", "1.5", " 7 ", "-3", "1e3", "abc", "a1", "好", "坏话", "𠀀𠀁字", "\x85",
    "一二三", "2026-03-04", "2026-02-30", "x y", "NaN", "true", "０１", "\x00隐", "\ufeff", "x" * 2100,
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 4, -6, 0.5, 1.5, 0.03125, 2.00005, 12.3456789, 1e9, 3.2999, 100]
DAYS = ["2026-11-28", "2026-12-05", "2026-12-06", "2025-12-31", "2026-02-30", "gestern"]


def a_value(q: Question, form: Form, rnd: random.Random) -> Any:
    choices = [c.value for c in form.lists.get(q.list_name, ())] or ["?"]
    match q.kind:
        case Kind.SELECT_ONE:
            return rnd.choice([*choices[:14], rnd.choice(choices), "弃用", ""])
        case Kind.SELECT_MULTIPLE:
            return rnd.choices([*choices, "弃用"], k=rnd.randint(0, 4))
        case Kind.DECIMAL | Kind.INTEGER:
            return rnd.choice(NUMBERS)
        case Kind.DATE:
            return rnd.choice(DAYS)
        case _:
            return rnd.choice([*TEXTS, "".join(rnd.choices("田埂x1 。\n", k=rnd.randint(1, 12)))])


def some_answers(form: Form, rnd: random.Random, share: float) -> dict[str, Any]:
    return {
        q.name: a_value(q, form, rnd) for q in form.questions if q.answered and rnd.random() < share
    }


def plain(found: dict[str, Any]) -> Any:
    """As JSON has it: the browser tells 3 and 3.0 apart no more than -0.0 and 0."""
    text = json.dumps(found, allow_nan=False)
    return json.loads(
        text, parse_float=lambda t: int(float(t)) if float(t).is_integer() else float(t)
    )


def on_the_server(
    form: Form, answers: dict[str, Any], changes: dict[str, Any], about: About
) -> Any:
    counted = drafts.counting(form, answers, about)
    merged: Any = None
    try:
        merged = drafts.merged(form, answers, changes)
    except ValueError:
        merged = "refused"
    return plain(
        {
            "shown": [q.name for q in drafts.shown(form, answers, about)],
            "wrongs": drafts.wrongs(form, answers, about),
            "required": [q.name for q in drafts.required(form, answers, about)],
            "progress": list(drafts.progress(form, answers, about)),
            "options": {
                q.name: [c.value for c in drafts.options(form, q, counted)]
                for q in form.questions
                if q.list_name
            },
            "settled": drafts.settled(form, answers, about),
            "merged": merged,
        }
    )


ON_THE_PHONE = """async ([form, cases, facts]) => {
    const rules = await import("/assets/js/rules.js");
    return cases.map(([answers, changes]) => {
        const counted = rules.counting(form, answers, facts);
        let merged;
        try {
            merged = rules.merged(form, answers, changes);
        } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            merged = "refused";
        }
        return {
            shown: rules.shown(form, answers, facts).map((q) => q.name),
            wrongs: rules.wrongs(form, answers, facts),
            required: rules.required(form, answers, facts).map((q) => q.name),
            progress: rules.progress(form, answers, facts),
            options: Object.fromEntries(form.questions.filter((q) => q.list_name)
                .map((q) => [q.name, rules.options(form, q, counted).map((c) => c.value)])),
            settled: rules.settled(form, answers, facts),
            merged,
        };
    });
}"""


@pytest.mark.parametrize("which", ["shipped", "county", "odd"])
def test_the_phone_shows_asks_and_refuses_what_the_server_does(
    which: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"shipped": shipped, "county": lambda: form_of(a_county_book()), "odd": an_odd_form}[
        which
    ]()
    rnd = random.Random(which)
    page.evaluate("(now) => { Date.now = () => now; }", NOON.timestamp() * 1000)
    monkeypatch.setattr("field_app.clock.now", lambda: NOON)
    about = About(area_m2=3333.3, land_class="0103", number="N-01", purpose="首次核查")
    cases = [
        (some_answers(form, rnd, rnd.choice([0.3, 0.7, 1.0])), some_answers(form, rnd, 0.2))
        for _ in range(CASES)
    ]
    phone = page.evaluate(ON_THE_PHONE, [compiled(form), cases, about.facts()])
    for (answers, changes), told in zip(cases, phone, strict=True):
        server = on_the_server(form, answers, changes, about)
        for name, expected in server.items():
            assert plain(told)[name] == expected, (name, answers, changes)


LEAVES = [
    "${a}", "${b}", "${c}", ".", "1", "0.5", "3", "''", "'1.5'", "'字词 x'", "'2026-03-04'",
    "true()", "false()", "today()", "-2", "1000000007", "0.00001234", "2.675",
]  # fmt: skip
MADE = [
    "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} div {1})", "({0} mod {1})", "({0} = {1})",
    "({0} != {1})", "({0} < {1})", "({0} >= {1})", "({0} and {1})", "({0} or {1})", "not({0})",
    "boolean({0})", "number({0})", "string({0})", "string-length({0})", "normalize-space({0})",
    "concat({0}, {1})", "contains({0}, {1})", "starts-with({0}, {1})", "substring({0}, {1}, {2})",
    "substring({0}, {1})", "substring-before({0}, {1})", "substring-after({0}, {1})",
    "translate({0}, {1}, {2})", "floor({0})", "ceiling({0})", "round({0})", "if({0}, {1}, {2})",
    "coalesce({0}, {1})", "selected({0}, {1})", "count-selected({0})", "int({0})", "date({0})",
    r"regex({0}, '^\d+([.]\d)?$')", r"regex({0}, '[^\w\s]|字')", "-{0}",
]  # fmt: skip
VALUES = [
    *TEXTS,
    *NUMBERS,
    ["x", "y"],
    [],
    1 / 3,
    123456789.123,
    1e-6,
    "0.1",
    ".5",
    "5.",
    "-",
    "+1",
]


def an_expression(rnd: random.Random, depth: int) -> str:
    if depth == 0 or rnd.random() < 0.15:
        return rnd.choice(LEAVES)
    parts = [an_expression(rnd, depth - 1) for _ in range(3)]
    return rnd.choice(MADE).format(*parts)


def said(text: str, values: dict[str, Any], this: Any) -> tuple[str, bool]:
    found = evaluate(text, values, this=this, today=TODAY)
    if isinstance(found, bool):
        found = "true" if found else "false"
    elif isinstance(found, float):
        found = "NaN" if math.isnan(found) else f"number {found!r}"
    return str(found), holds(text, values, this=this, today=TODAY)


def test_every_function_and_operator_says_on_the_phone_what_it_says_on_the_server(
    page: Page,
) -> None:
    rnd = random.Random(7)
    cases = []
    for _ in range(EXPRESSIONS):
        text = an_expression(rnd, rnd.randint(1, 3))
        cases.append((text, {n: rnd.choice(VALUES) for n in "abc"}, rnd.choice(VALUES)))
    phone = page.evaluate(
        """async ([cases, today]) => {
            const { said, holds } = await import("/assets/js/expressions.js");
            return cases.map(([expression, values, self]) => {
                const more = { self, today };
                return [said(expression, values, more), holds(expression, values, more)];
            });
        }""",
        [[(expression(t), v, s) for t, v, s in cases], TODAY.isoformat()],
    )
    for (text, values, this), (told, true) in zip(cases, phone, strict=True):
        found, holds_here = said(text, values, this)
        if found.startswith("number "):
            assert float(told) == pytest.approx(float(found[7:]), rel=1e-14), (text, values, this)
        else:
            assert told == found, (text, values, this)
        assert true == holds_here, (text, values, this)

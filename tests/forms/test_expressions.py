import doctest
from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from field_app import clock
from field_app.forms import Choice, expressions, shipped, xpath
from field_app.forms.expressions import WrongExpression, asks_itself, check, evaluate, filled, holds
from tests.soak import examples

DAY = date(2026, 3, 2)
KNOWN = ("area_mu", "land_class", "crops", "begun")


@pytest.mark.parametrize("module", [expressions, xpath])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "values", "truth"),
    [
        ("${has_problem} = '是'", {"has_problem": "是"}, True),
        ("${has_problem} = '是'", {}, False),
        ("${area_mu} > 3", {}, False),
        ("not(${area_mu} > 3)", {}, True),
        ("${area_mu} > 3", {"area_mu": 3.5}, True),
        ("${area_mu} * 1.01 >= 10", {"area_mu": 10}, True),
        ("selected('0101 0102 0103', ${land_class})", {"land_class": "0103"}, True),
        ("selected('0101 0102 0103', ${land_class})", {"land_class": "010"}, False),
        ("selected('0101 0102 0103', ${land_class})", {}, False),
        ("selected(${crops}, 'corn')", {"crops": ["wheat", "corn"]}, True),
        ("count-selected(${crops}) = 2", {"crops": ["wheat", "corn"]}, True),
        ("count-selected(${crops}) = 0", {}, True),
        ("coalesce(${land_class}, '0103') = '0103'", {}, True),
        ("if(${area_mu} > 10, 'big', 'small') = 'big'", {"area_mu": 11.0}, True),
        ("int(${area_mu}) = 3", {"area_mu": 3.9}, True),
        ("int(${land_class})", {"land_class": "x"}, False),
        ("string-length(normalize-space('  a  b ')) = 3", {}, True),
        ("true() and not(false())", {}, True),
        ("number('x')", {}, False),
    ],
)
def test_what_a_rule_says_of_the_answers(
    expression: str, values: dict[str, object], truth: bool
) -> None:
    assert holds(expression, values) is truth


@pytest.mark.parametrize(
    ("this", "fits"), [("3", True), (3, True), (0.5, True), (0, False), (None, False), ("", False)]
)
def test_the_dot_is_the_value_that_is_judged(this: object, fits: bool) -> None:
    assert holds(". > 0", {}, this=this) is fits


def test_a_tiny_area_is_still_a_number_to_the_rule() -> None:
    assert holds(". > 0 and ${area_mu} > 0", {"area_mu": 0.00001}, this=0.00001)


def test_nothing_is_true_of_what_is_no_number() -> None:
    nan = float("nan")
    for comparison in ("<", "<=", ">", ">=", "="):
        assert not holds(f"${{area_mu}} {comparison} 3", {"area_mu": nan})
    assert not holds("${area_mu}", {"area_mu": nan})


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        (". <= today()", True),
        (". > today()", False),
        (". = today()", False),
        (". >= today() - 7", True),
        (". < today() - 7", False),
        (". >= '2026-01-01' and . < '2027-01-01'", True),
        (". = '2026-02-28'", True),
        (". != '2026-02-28'", False),
        ("date('2026-02-27') < .", True),
        ("${begun} < .", True),
        ("coalesce(${ended}, today()) > .", True),
        ("(.) <= (today())", True),
        (". > ''", False),
    ],
)
def test_days_are_put_in_order_and_counted(expression: str, fits: bool) -> None:
    values = {"begun": "2026-02-01"}
    assert holds(expression, values, this="2026-02-28", today=DAY) is fits


def test_a_day_that_nobody_said_is_in_no_order() -> None:
    assert not holds(". <= today()", {}, this=None, today=DAY)
    assert not holds(". > today()", {}, this="不记得", today=DAY)


def test_today_is_the_day_in_china_unless_it_is_handed_in() -> None:
    with clock.frozen(datetime(2026, 3, 1, 17, tzinfo=UTC)):  # two in the morning in China
        assert evaluate("string(today())", {}) == "2026-03-02"
        assert evaluate("today()", {}, today=date(2026, 1, 5)) == "2026-01-05"


def test_the_last_visit_speaks_only_where_it_is_asked() -> None:
    here, last = {"land_class": "0103"}, {"land_class": "0301"}
    assert evaluate("${last-saved#land_class}", here, last=last) == "0301"
    assert evaluate("${land_class}", here, last=last) == "0103"
    assert evaluate("${last-saved#land_class}", here) == ""


def test_a_filter_looks_at_the_columns_of_a_choice() -> None:
    choice = Choice("2-1", "以林地冒充", columns={"category": "2"})
    assert holds("category = ${category}", {"category": "2"}, choice=choice)
    assert not holds("category = ${category}", {"category": "3"}, choice=choice)
    assert not holds("category = ${category}", {}, choice=choice)
    assert holds("name = '2-1' and contains(label, '林地')", {}, choice=choice)
    assert not holds("season = '春'", {}, choice=choice)


def test_an_answer_with_a_stray_control_character_breaks_no_rule() -> None:
    assert holds("string-length(.) = 2", {}, this="地\x00\x0b块")
    assert holds("${facts} = '地块'", {"facts": "地\x1b块\ud800"})


def test_numbers_in_a_sentence_have_two_decimals_at_most() -> None:
    assert (
        filled("不超过 ${area_mu} 亩，${n} 处", {"area_mu": 3.256, "n": 4})
        == "不超过 3.26 亩，4 处"
    )
    assert filled("不超过 ${area_mu} 亩", {}) == "不超过  亩"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "${area_mu} >",
        "${area_mu} > 3 and",
        "(${area_mu} > 3",
        "${area_mu} > 3)",
        "${area_mu} 3",
        "'open",
        "${area mu} > 3",
        "${area_mu",
        "$area_mu > 3",
        "area_mu > 3",
        "${nobody} > 3",
        "${last-saved#nobody} = 1",
        "${land_class} = ‘0103’",
        "selected('${crops}', 'corn')",
        "selected(${crops})",
        "selected(${crops}, 'a', 'b')",
        "concat('a')",
        "count(.)",
        "sum(${area_mu})",
        "pulldata('x', 'y', 'z', 'w')",
        "jr:choice-name(${crops}, 'x')",
        "/data/area_mu > 3",
        "../area_mu > 3",
        "//*",
        ". | .",
        ".[1]",
        "@id",
        "text()",
        "document('file:///etc/passwd')",
        "regex(., '(')",
        "regex(., ${land_class})",
        "regex(., concat('a', 'b'))",
        r"regex(., '(a)\1')",
        "regex(., '(?=a)b')",
        "regex(., '((((.{99}){99}){99}){99})')",
        "regex(., '" + "a" * 201 + "')",
        "1 + " * 300 + "1",
        "(" * 60 + "1" + ")" * 60,
        "a,b",
        "${area_mu} => 3",
        "${area_mu} == 3",
        "${area_mu} && 3",
    ],
)
def test_what_could_fail_in_the_field_is_refused_at_the_desk(expression: str) -> None:
    with pytest.raises(WrongExpression) as refused:
        check(expression, KNOWN)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in str(refused.value))


def test_a_wrong_branch_that_is_not_taken_yet_is_refused_too() -> None:
    """XPath stops at the first `false`, so trying it out would not find this one."""
    with pytest.raises(WrongExpression, match="nonsense"):
        check("${area_mu} != '' and nonsense(${area_mu})", KNOWN)


def test_the_refusal_says_what_to_write_instead() -> None:
    with pytest.raises(WrongExpression, match=r"要写成 \$\{area_mu\}"):
        check("area_mu > 3", KNOWN)
    with pytest.raises(WrongExpression, match="要 2 个参数，这里有 1 个"):
        check("selected(${crops})", KNOWN)
    with pytest.raises(WrongExpression, match="不是 choices 表里的列"):
        check("season = 'x'", KNOWN, columns=("category",))


def test_the_rules_of_the_shipped_form_pass() -> None:
    form = shipped()
    for q in form.questions:
        for rule in (q.required, q.relevant, q.constraint):
            if rule:
                check(rule, form.by_name)
        if q.choice_filter:
            check(q.choice_filter, form.by_name, columns=("category",))


def test_who_asks_for_the_value_itself() -> None:
    assert asks_itself(". > 3")
    assert asks_itself("string-length(normalize-space(.)) > 3")
    assert not asks_itself("${a} > 0.5 and ${b.c} = '.'")


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|aa)+b", "(.*)*b", ".*.*.*.*.*.*b", "(a?){60}a{60}b"]
)
def test_no_regular_expression_hangs(pattern: str) -> None:
    began = perf_counter()
    assert not holds(f"regex(., '{pattern}')", {}, this="a" * 2000)
    assert perf_counter() - began < 1


def test_a_regular_expression_speaks_of_the_whole_answer() -> None:
    phone = "regex(., '1[3-9][0-9]{9}')"
    assert holds(phone, {}, this="13800000000")
    assert not holds(phone, {}, this="电话 13800000000")
    assert not holds("regex(., 'a|b')", {}, this="ab")
    assert holds("regex(., '[一-龥]{2,4}')", {}, this="旱地")


WORDS = st.sampled_from(
    [
        "${area_mu}", "${crops}", "${begun}", "${last-saved#crops}", "${x}", ".", "..", "'a'", "''",
        "'2026-01-01'", "3", "0.5", "-", "+", "*", " div ", " mod ", " and ", " or ", "=", "!=",
        "<", "<=", ">", ">=", "(", ")", ",", "if(", "selected(", "today()", "not(", "coalesce(",
        "regex(", "'[a-z]+'", "concat(", "date(", "int(", "string(", "name", "[", "/", "@", "$", "|",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.lists(st.text(max_size=4), max_size=3),
    st.dates().map(str),
)


@settings(max_examples=examples(400))
@given(st.lists(WORDS, max_size=14).map("".join) | st.text(max_size=40), VALUES, VALUES)
@example("${area_mu} > 3", 10**400, None)
@example("/", None, None)
def test_an_expression_that_passes_works_on_any_values_and_others_say_why(
    expression: str, one: object, other: object
) -> None:
    try:
        check(expression, KNOWN)
    except WrongExpression:
        return
    values = {"area_mu": one, "crops": other, "begun": one}
    found = evaluate(expression, values, this=other, last=values, today=DAY)
    assert isinstance(found, bool | float | str)
    assert type(found) in (bool, float, str)


@st.composite
def right(draw: st.DrawFn, depth: int = 3) -> str:
    """An expression of the grammar."""
    leaf = st.sampled_from(["${area_mu}", "${crops}", "${begun}", ".", "'a b'", "''", "3", "0.5",
                            "today()", "true()", "'2026-01-01'", "${last-saved#crops}"])  # fmt: skip
    if not depth:
        return draw(leaf)
    part = right(depth=depth - 1)
    one, two, three = draw(part), draw(part), draw(part)
    return draw(
        st.sampled_from(
            [
                one,
                f"{one} {draw(st.sampled_from(['=', '!=', '<', '>=', '+', '-', '*', 'div', 'mod', 'and', 'or']))} {two}",
                f"({one})",
                f"-{one}",
                f"if({one}, {two}, {three})",
                f"selected({one}, {two})",
                f"count-selected({one})",
                f"coalesce({one}, {two})",
                f"not({one})",
                f"substring({one}, {two}, {three})",
                f"translate({one}, {two}, {three})",
                f"date({one})",
                f"int({one})",
                f"round({one})",
                f"regex({one}, '[a-z]+')",
                f"concat({one}, {two}, {three})",
            ]
        )
    )


@settings(max_examples=examples(200))
@given(right(), VALUES, VALUES)
def test_an_expression_of_the_grammar_passes_and_never_fails(
    expression: str, one: object, other: object
) -> None:
    check(expression, KNOWN)
    evaluate(expression, {"area_mu": one, "crops": other}, this=one, today=DAY)

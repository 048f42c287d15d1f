"""Forms of every shape that an office could mean, for property tests."""

import string
from types import MappingProxyType

from hypothesis import strategies as st

from field_app.forms import Choice, Form, Kind, Question
from field_app.forms.xlsform import texts
from field_app.forms.xlsform.survey import NAME

LETTERS = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(
    "=+-@'\"<>&${}#|_，。地块"
)


def words(most: int, *, least: int = 1) -> st.SearchStrategy[str]:
    """Texts as they are after reading: nothing invisible, nothing to be stripped."""
    plain = st.text(LETTERS, min_size=least, max_size=most)
    shaped = plain | st.sampled_from(["=1+1", "_x0041_", "1.0", "0103", "TRUE", "a\nb", "yes"])
    return shaped.map(texts.text).filter(
        lambda t: least <= len(t) <= most and texts.text(t) == t and "${" not in t
    )


NAMES = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=12).filter(
    lambda n: NAME.fullmatch(n) and n.lower() not in ("data", "meta", "instanceid", "instancename")
)
SAY = st.lists(
    words(12).filter(lambda w: "|" not in w and "｜" not in w), max_size=3, unique=True
).map(tuple)
COLUMNS = st.dictionaries(st.sampled_from(["category", "season", "Zone-1"]), words(10), max_size=2)


@st.composite
def lists(draw: st.DrawFn) -> dict[str, tuple[Choice, ...]]:
    made = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        values = draw(
            st.lists(
                words(12).filter(lambda v: not set(v) & set(" \n")),
                min_size=1,
                max_size=4,
                unique=True,
            )
        )
        made[name] = tuple(
            Choice(v, draw(words(20)), draw(SAY), MappingProxyType(draw(COLUMNS))) for v in values
        )
    return made


def defaults(
    draw: st.DrawFn, kind: Kind, choices: tuple[Choice, ...], before: list[Question]
) -> str:
    same = [q.name for q in before if q.kind is kind and q.answered and not q.list_name]
    if same and draw(st.booleans()):
        return f"${{last-saved#{draw(st.sampled_from(same))}}}"
    if kind is Kind.INTEGER:
        return str(draw(st.integers(-999, 999)))
    if kind is Kind.DECIMAL:
        return str(draw(st.integers(0, 999))) + draw(st.sampled_from(["", ".5", ".125"]))
    if kind is Kind.DATE:
        return draw(st.dates()).isoformat()
    if kind is Kind.SELECT_ONE:
        return draw(st.sampled_from([c.value for c in choices]))
    if kind is Kind.SELECT_MULTIPLE:
        return " ".join(c.value for c in choices[:2])
    return draw(words(20))


def rules(before: list[Question], *, this: bool = False) -> st.SearchStrategy[str]:
    asked = [q.name for q in before if q.kind is not Kind.NOTE]
    plain = ["'a' = 'a'", "true() and not(false())"]
    plain += [". > 3", "string-length(.) < 5 or . = '，'", ". <= today() - 7"] if this else []
    for name in asked[-3:]:
        plain += [f"${{{name}}} != ''", f"selected(${{{name}}}, 'a') or ${{{name}}} > 0.5"]
    return st.just("") | st.sampled_from(plain)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    made = draw(lists())
    questions: list[Question] = []
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique_by=str.lower))
    sections = draw(st.lists(words(10) | st.just(""), min_size=1, max_size=3))
    for n, name in enumerate(names):
        kind = draw(st.sampled_from(list(Kind)))
        list_name = draw(st.sampled_from(sorted(made))) if kind.startswith("select") else ""
        place = {"section": sections[n * len(sections) // len(names)]}
        if kind is Kind.HIDDEN:
            questions.append(Question(name, kind, draw(words(10) | st.just("")), **place))
            continue
        texts_ = {
            "hint": draw(words(20) | st.just("")),
            "relevant": draw(rules(questions)),
            **place,
        }
        if kind is Kind.NOTE:
            questions.append(Question(name, kind, draw(words(20)), **texts_))
            continue
        choices = made.get(list_name, ())
        questions.append(
            Question(
                name, kind, draw(words(20)), list_name=list_name, say=draw(SAY), **texts_,
                required=draw(st.sampled_from(["", "true()", "'a' = 'b'"])),
                constraint=draw(rules(questions, this=True)),
                constraint_message=draw(words(20) | st.just("")),
                choice_filter="name != 'a'" if list_name and draw(st.booleans()) else "",
                default=defaults(draw, kind, choices, questions) if draw(st.booleans()) else "",
            )
        )  # fmt: skip
    version = draw(st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=12))
    # pyxform takes a form that is called None for one without a name, and says so.
    called = draw(NAMES.filter(lambda n: n != "None"))
    return Form(called, draw(words(20)), version, tuple(questions), MappingProxyType(made))


def core_of(form: Form) -> Form:
    """What only the system may ask: the hidden facts."""
    facts = tuple(q for q in form.questions if q.kind is Kind.HIDDEN)
    return Form("core", "核心", "1", facts, MappingProxyType({}))

"""What a visit says: the questions, their options, when they apply, what they demand.

One definition; the form asks by it, `submit` refuses by it, and every other way of filling a
draft goes through it. Answers are stored by the question's name, as plain JSON values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models import taxonomy
from models.geo import MU_M2

Answers = Mapping[str, Any]
YES, NO = "是", "否"
FACTS_MIN = 10
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: what is stored, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class About:
    """What the questions may know of the parcel."""

    area_m2: float
    land_class: str = ""

    @property
    def area_mu(self) -> float:
        return self.area_m2 / MU_M2


@dataclass(frozen=True, slots=True)
class Question:
    """One field of the draft.

    `kind` is select, text, or number (亩). `applies` looks at the other answers; `wrong` gives
    the sentence that refuses a value, or None.
    """

    name: str
    label: str
    kind: str
    section: str
    hint: str = ""
    required: bool = True
    options: Callable[[Answers], list[Option]] | None = None
    applies: Callable[[Answers], bool] = lambda _answers: True
    wrong: Callable[[Any, Answers, About], str | None] = lambda _value, _answers, _about: None


def empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _land_classes(_answers: Answers) -> list[Option]:
    return [Option(c.code, f"{c.name}（{c.code}）") for c in taxonomy.land_classes().values()]


def _codes(name: str) -> Callable[[Answers], list[Option]]:
    return lambda _answers: [Option(c.code, c.name) for c in taxonomy.codes(name).values()]


def _yes_no(_answers: Answers) -> list[Option]:
    return [Option(YES, YES), Option(NO, NO)]


def _categories(_answers: Answers) -> list[Option]:
    return [Option(str(c.no), f"{c.no} {c.name}") for c in taxonomy.categories().values()]


def _problem_types(answers: Answers) -> list[Option]:
    chosen = answers.get("category")
    return [
        Option(t.code, f"{t.code} {t.name}")
        for t in taxonomy.problem_types().values()
        if str(t.category) == chosen
    ]


def _cultivated(answers: Answers) -> bool:
    known = taxonomy.land_classes().get(answers.get("land_class") or "")
    return known is not None and known.cultivated


def _problem(answers: Answers) -> bool:
    return answers.get("has_problem") == YES


def _facts_wrong(value: Any, _answers: Answers, _about: About) -> str | None:
    length = len(str(value).strip())
    if length < FACTS_MIN:
        return f"写得太短（{length} 字），请至少用 {FACTS_MIN} 个字说明看到了什么"
    return None


def _area_wrong(value: Any, _answers: Answers, about: About) -> str | None:
    if value <= 0:
        return "面积须大于 0 亩"
    # One per cent for the difference between a measured and a computed area.
    if value > about.area_mu * 1.01:
        return f"不能大于地块面积 {about.area_mu:.2f} 亩"
    return None


def _cultivated_wrong(value: Any, answers: Answers, _about: About) -> str | None:
    whole = answers.get("area_mu")
    if value < 0:
        return "面积不能小于 0"
    if isinstance(whole, int | float) and value > whole:
        return f"其中耕地不能大于涉及面积 {whole:g} 亩"
    return None


QUESTIONS = (
    Question("land_class", "现状地类", "select", "现状", "以现场看到的为准", options=_land_classes),
    Question(
        "planting",
        "种植属性",
        "select",
        "现状",
        "没有耕种选“未耕种”；撂荒另在下面填为问题",
        options=_codes(taxonomy.PLANTING),
        applies=_cultivated,
    ),
    Question("as_registered", "与报备是否一致", "select", "现状", options=_yes_no),
    Question("has_problem", "是否发现问题", "select", "问题", options=_yes_no),
    Question("category", "问题大类", "select", "问题", options=_categories, applies=_problem),
    Question(
        "problem_type",
        "问题子类",
        "select",
        "问题",
        options=_problem_types,
        applies=lambda a: _problem(a) and bool(a.get("category")),
    ),
    Question(
        "facts",
        "问题描述",
        "text",
        "问题",
        "看到了什么、在地块哪个位置、多大范围",
        applies=_problem,
        wrong=_facts_wrong,
    ),
    Question("area_mu", "涉及面积（亩）", "number", "问题", applies=_problem, wrong=_area_wrong),
    Question(
        "cultivated_mu",
        "其中耕地（亩）",
        "number",
        "问题",
        required=False,
        applies=_problem,
        wrong=_cultivated_wrong,
    ),
    Question("measure", "建议整改措施", "text", "问题", required=False, applies=_problem),
    Question(
        "no_photo_reason",
        "无法按要求拍照的原因",
        "select",
        "其他",
        "能拍就不要选；选了之后督导会逐条核对",
        required=False,
        options=_codes(taxonomy.NO_PHOTO),
    ),
    Question(
        "no_photo_note",
        "无法拍照的说明",
        "text",
        "其他",
        applies=lambda a: not empty(a.get("no_photo_reason")),
        wrong=_facts_wrong,
    ),
    Question("remark", "备注", "text", "其他", required=False),
)
_BY_NAME = {q.name: q for q in QUESTIONS}


def question(name: str) -> Question:
    """The question of a name; KeyError where there is none."""
    return _BY_NAME[name]


def applicable(answers: Answers) -> list[Question]:
    """The questions that apply now, in order."""
    return [q for q in QUESTIONS if q.applies(answers)]


def options(q: Question, answers: Answers) -> list[Option]:
    """The choices of a question given the other answers; empty for text and numbers."""
    return q.options(answers) if q.options else []


def merged(answers: Answers, changes: Answers) -> dict[str, Any]:
    """The answers after an edit. An emptied field is forgotten; what no longer fits its options
    (another 大类 was chosen) is forgotten too. Raises KeyError on an unknown name and ValueError
    on a value of the wrong type."""
    result = dict(answers)
    for name, value in changes.items():
        q = _BY_NAME[name]
        if empty(value):
            result.pop(name, None)
        elif q.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{name} wants a number")
            result[name] = round(float(value), 4)
        else:
            result[name] = str(value).replace("\x00", "")[:MAX_TEXT]
    for q in QUESTIONS:
        if q.options and q.name in result:
            allowed = {o.value for o in q.options(result)}
            if result[q.name] not in allowed:
                del result[q.name]
    return result


def settled(answers: Answers) -> dict[str, Any]:
    """Only the answers whose question applies: what is submitted."""
    names = {q.name for q in applicable(answers)}
    return {name: value for name, value in answers.items() if name in names}


def wrongs(answers: Answers, about: About) -> dict[str, str]:
    """What refuses the draft, by the question's name: missing answers and wrong values."""
    found: dict[str, str] = {}
    for q in applicable(answers):
        value = answers.get(q.name)
        if empty(value):
            if q.required:
                found[q.name] = f"请填写“{q.label}”"
            continue
        if q.options and value not in {o.value for o in q.options(answers)}:
            found[q.name] = f"“{q.label}”的选项已失效，请重新选择"
            continue
        sentence = q.wrong(value, answers, about)
        if sentence:
            found[q.name] = f"“{q.label}”{sentence}"
    return found


def progress(answers: Answers, about: About) -> tuple[int, int]:
    """How many of the required questions are answered well, of how many."""
    wanted = [q for q in applicable(answers) if q.required]
    bad = wrongs(answers, about)
    return sum(1 for q in wanted if q.name not in bad), len(wanted)

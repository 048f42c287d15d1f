"""Answers to the questions of a form: to the one that was asked, and to those named in passing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from field_app.chat import lexicon
from field_app.chat.amounts import areas
from field_app.chat.choosing import chosen
from field_app.chat.dates import day
from field_app.chat.normalise import Clause
from field_app.chat.numerals import NUMBER, number
from field_app.chat.said import Fill, Intent, Said, Unsure
from field_app.drafts import NO, YES
from field_app.forms import Choice, Form, Kind, Question
from field_app.forms.expressions import WrongExpression, holds

_UNIT = re.compile(r"[（(]([^（）()]{1,6})[）)]\s*$")
_LINK = re.compile(
    r"^(?:呢|嘛|这(?:一)?(?:项|个|栏))?(?:大概|大约|约|差不多|就|也|都|应该|改)?(?:是|为|有|选|填|写|成|用的?是?|:|=|在)*(?:大概|大约|约|差不多)?\s*"
)
_YES_WORDS, _NO_WORDS = ("是", "有", "对", "yes", "1"), ("否", "无", "没有", "不是", "no", "0")
_NONE_OF_IT = re.compile(r"(?:没有?|无|未|不)(?:看到|见|发现|有|什么|啥|任何)?$")
_AT_FIRST_SIGHT = re.compile(
    r"(?:看着|表面上?|乍一?看|看上去|看起来|照片上)[^,]{0,3}$"
)  # 看着没问题，
_BUT = re.compile(r"其实|实际|但|不过|底下|可")
_ABOUT = re.compile(r"大概|大约|约|差不多|左右|上下|来|多|估")
_ROUND = (
    r"(?:大概|大约|约|就|也|是|有|一共|共|差不多|才|只有?|得有|估摸着?|应该|可能|改成|写|填|算)*"
)
_TAIL = r"(?:吧|左右|上下|的样子|多|来|啊|呢|的|嘛|整|了)*"
# 灌溉没问题, 种麦没问题: of something else than the parcel as a whole.
_OF_SOMETHING = re.compile(
    r"(?:灌溉|浇[水地]?|排水|水[利源]?|[道马]?路|交通|通行|渠|井|电|设施|配套|土[质层]?|种(?!的)[^,植地了]{0,4}|面积|地类|边界|界址|"
    r"手续|指标|钱|资金|[账数]目?|照片|拍照|定位|信号|手机|网|机械|车|合同|质量|坡度?|大小|填的|记的|内容)[都也是倒就的情况方面上,]*$"
)
_NOT_SO = re.compile(r"(?:不能说|哪有|哪里|不算|算不上|谈不上|说不上|不是|不见得|不一定|没有?)$")
# 备注是啥, 备注：没有, 备注先不填
_NO_TEXT = re.compile(
    r"(?:啥|什么|怎么|咋|吗|么|[?？])[^,，。]{0,3}$|^(?:没有?|无|不用|不要|先不|跳过|删|清空|去掉|错了?|不对|不填)"
)
_COUNTERS = "个口眼棵株户人座处条块头只间栋年次天米斤"


def unit_of(q: Question) -> str:
    """The unit that stands at the end of a label: （亩）."""
    m = _UNIT.search(q.label)
    return m[1] if m else ""


def choices(form: Form, q: Question, answers: Mapping[str, Any]) -> Sequence[Choice]:
    """The options given the other answers; all of them where these leave none."""
    every = form.lists.get(q.list_name, ())
    if not q.choice_filter:
        return every
    try:
        fitting = [c for c in every if holds(q.choice_filter, answers, choice=c)]
    except WrongExpression:
        return every
    return fitting or every


def yes_no_values(options: Sequence[Choice]) -> tuple[str, str] | None:
    """The values for yes and for no of a question that has just these two."""
    yes = next(
        (c.value for c in options if {c.value.lower(), c.label.lower()} & set(_YES_WORDS)), None
    )
    no = next(
        (c.value for c in options if {c.value.lower(), c.label.lower()} & set(_NO_WORDS)), None
    )
    return (yes, no) if len(options) == 2 and yes is not None and no is not None else None


def to_the_asked(
    q: Question,
    text: str,
    clauses: Sequence[Clause],
    said: Said,
    answer: Intent | None,
    *,
    rough: bool,
) -> tuple[Fill | None, Unsure | None]:
    """What a message answers to the question that was asked. `rough` where nothing else was
    understood of it: then it may also be like an option."""
    if q.kind in (Kind.DECIMAL, Kind.INTEGER):
        return _bare_number(q, clauses), None
    if q.kind is Kind.DATE:
        found = day(text, said.today)
        return (Fill(q.name, found[0].isoformat(), found[1]) if found else None), None
    options = choices(said.form, q, said.answers)
    pair = yes_no_values(options)
    if pair and q.kind is Kind.SELECT_ONE:
        # Only an answer answers: the 是 in 都是杨树 does not.
        answer = answer or _by_its_verb(q, text)
        if answer is None:
            return None, None
        return Fill(q.name, pair[0] if answer is Intent.YES else pair[1], text), None
    values, maybe = chosen(text, options, rough=rough)
    if answer is Intent.NO and not values:  # 没有, where that is one of the options
        values = [c.value for c in options if c.label in ("无", "没有")]
    return _as_fill(q, values, maybe, text)


def _by_its_verb(q: Question, text: str) -> Intent | None:
    """通 or 不通, where the question is 是否通生产路."""
    verb = q.label.partition("是否")[2][:1]
    if not verb or q.name in ("as_registered", "has_problem"):
        return None
    m = re.fullmatch(rf"(?P<no>不|没有?|未)?(?:能|都)?{verb}\w{{0,3}}", text.strip(" ,。.!"))
    return None if m is None else Intent.NO if m["no"] else Intent.YES


def _as_fill(
    q: Question, values: Sequence[str], maybe: Sequence[str], words: str
) -> tuple[Fill | None, Unsure | None]:
    if q.kind is Kind.SELECT_MULTIPLE and values:
        return Fill(q.name, list(values), words), None
    if len(set(values)) == 1:
        return Fill(q.name, values[0], words), None
    several = list(dict.fromkeys(values))[:3] or list(maybe)
    if not several:
        return None, None
    if q.kind is Kind.SELECT_MULTIPLE:
        return None, Unsure(q.name, tuple([v] for v in several), words)
    return None, Unsure(q.name, tuple(several), words)


def _bare_number(q: Question, clauses: Sequence[Clause]) -> Fill | None:
    """三点二 where a number was asked for."""
    unit = re.escape(unit_of(q)) or f"[{_COUNTERS}]"  # 三十棵 is no area
    fills = []
    for clause in clauses:
        m = re.fullmatch(rf"{_ROUND}(?P<n>{NUMBER})[多来]?(?:{unit})?{_TAIL}", clause.text)
        if m and (fill := _numbered(q, m["n"], clause.text)) is not None:
            fills.append(fill)
    # 3，2: heard in two pieces, so neither is the number
    return fills[0] if len({f.value for f in fills}) == 1 else None


def _numbered(q: Question, figures: str, words: str) -> Fill | None:
    value = number(figures)
    if value is None or abs(value) > 1e8 or (q.kind is Kind.INTEGER and value != int(value)):
        return None
    return Fill(
        q.name,
        int(value) if q.kind is Kind.INTEGER else round(value, 4),
        words,
        bool(_ABOUT.search(words)),
    )


def in_passing(q: Question, clauses: Sequence[Clause], said: Said) -> Fill | Unsure | None:
    """What a message says to a question that it names: 井深三十米, 灌溉方式是滴灌."""
    label = _UNIT.sub("", q.label).strip().lower()
    keys = sorted({label, *(s.lower() for s in q.say)} - {""}, key=len, reverse=True)
    text = ",".join(c.text for c in clauses)
    for key in keys:
        at = text.find(key)
        if at < 0:
            continue
        before, after = text[:at].rpartition(",")[2], text[at + len(key) :]
        linked = _LINK.match(after)
        rest = (
            after[linked.end() if linked else 0 :].partition(",")[0]
            or after.lstrip(",").partition(",")[0]
        )
        found = _named_value(q, before, rest, said, after.partition(",")[0])
        if found is not None:
            return found
    return None


def _named_value(
    q: Question, before: str, rest: str, said: Said, words: str
) -> Fill | Unsure | None:
    if q.kind in (Kind.DECIMAL, Kind.INTEGER):
        if unit_of(q) == "亩" and (found := areas(rest)) and found[0].mu is not None:
            return (
                Fill(q.name, found[0].mu, words, found[0].about) if q.kind is Kind.DECIMAL else None
            )
        m = re.match(rf"{_ROUND}(?P<n>{NUMBER})", rest)
        return _numbered(q, m["n"], words) if m else None
    if q.kind is Kind.DATE:
        day_said = day(rest, said.today)
        return Fill(q.name, day_said[0].isoformat(), day_said[1]) if day_said else None
    if q.kind is Kind.TEXT:
        return None  # free text is asked for
    options = choices(said.form, q, said.answers)
    if pair := yes_no_values(options):
        if _NONE_OF_IT.search(before) or re.match(r"(?:也|都)?(?:没有?|无|不|否)", rest):
            return Fill(q.name, pair[1], before + words)
        if re.search(r"(?:有|是)(?:个|一|些)?$", before) or re.match(
            r"(?:有|是|对|齐全|完好|好)", rest
        ):
            return Fill(q.name, pair[0], before + words)
        return None
    values, maybe = chosen(rest, options, rough=False)
    fill, unsure = _as_fill(q, values, maybe, words)
    return fill or unsure


def judgement(name: str, clauses: Sequence[Clause], *, asked: bool) -> Fill | None:
    """Whether a message says 与报备一致 or its contrary, 有问题 or 没问题; `asked` where that was
    the question, so that 一样 or 正常 is enough."""
    whole = ",".join(c.text for c in clauses)
    for value, sort in (
        (NO, "no"),
        (YES, "yes"),
        *(((NO, "asked_no"), (YES, "asked_yes")) if asked else ()),
    ):
        pattern = lexicon.pattern("answer_words", "question", f"{name}:{sort}")
        for part in (*(c.text for c in clauses), whole):
            m = pattern.search(part)
            if m is None or _NOT_SO.search(before := part[: m.start()]):
                continue
            if name == "has_problem" and value == NO and _OF_SOMETHING.search(before):
                continue
            if not (_AT_FIRST_SIGHT.search(before) and _BUT.search(whole)):
                return Fill(name, value, m[0].strip(","))
    return None


def there_is(text: str) -> bool:
    """有, and no more."""
    return (
        re.fullmatch(
            r"(?:肯定|确实|是|就是|嗯|,)*有(?:问题)?(?:的|啊|哩|呗|吧)?", text.strip(" ,。.!")
        )
        is not None
    )


def dictated(text: str, said: Said) -> Fill | None:
    """Free text that is said with its question in one breath: 备注：路不好走."""
    for q in said.form.questions:
        if q.kind is not Kind.TEXT or not q.answered:
            continue
        keys = "|".join(re.escape(k) for k in sorted({q.label, *q.say}, key=len, reverse=True) if k)
        m = re.match(
            rf"\s*(?:补充|再?加个?|再?加一条|写个?|填个?|记个?|把)?(?:一下|一个)?(?:{keys})(?:\s*(?:里|内容)?"
            rf"(?:改成|改为|写上?|填上?|加上?|记上?|就写|就是|[是为])?\s*[:：,，\s]\s*|(?:里|内容)?(?:改成|改为|写上|填上|加上|记上|就写|写成|是))"
            rf"(?P<value>\S.*)$",
            text,
            re.DOTALL,
        )
        if m and not _NO_TEXT.search(m["value"]):
            return Fill(q.name, m["value"].strip(), text.strip())
    return None


def after_a_yes(name: str, answer: Intent, clauses: Sequence[Clause]) -> Fill | None:
    """What is said after 对 or 不: 对，没问题 agrees that there is none, 不，有 says there is."""
    if len(clauses) < 2:
        return None
    if fill := judgement(name, clauses[1:], asked=False):
        return fill
    second = clauses[1].text
    if answer is Intent.YES and re.fullmatch(r"没有?(?:的|啥|什么)?", second):
        return Fill(name, NO, second)
    if answer is Intent.NO and re.fullmatch(r"有(?:的|啊)?", second):
        return Fill(name, YES, second)
    return None


def why_no_photo(text: str, *, asked: bool) -> Fill | None:
    """Why no photo can be taken."""
    rows = [r for r in lexicon.rows("answer_words") if r["question"] == "no_photo_reason"]
    if not asked and not lexicon.pattern("answer_words", "question", "no_photo_cue").search(text):
        return None
    for row in rows:
        if m := re.search(row["pattern"], text):
            return Fill("no_photo_reason", row["value"], m[0])
    return None

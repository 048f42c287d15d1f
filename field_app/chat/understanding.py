"""What a message means, by rules and lists of words, without a model.

Pure and quick: the same words on the same draft always mean the same. What is not sure is offered
(`unsure`, `problems`), never filled; an order to the machine and idle talk fill nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from field_app.chat import answers, ground, intents, normalise, not_the_visit, problem_codes, shots
from field_app.chat.mentions import Mention, Standing, known_words, mentions
from field_app.chat.normalise import Clause
from field_app.chat.parcels_said import parcel_said
from field_app.chat.problem_types import suggested
from field_app.chat.said import Fill, Intent, ParcelSaid, Said, Understood, Unsure
from field_app.chat.spoken_areas import all_farmland, area_fills, of_the_whole
from field_app.drafts import NO, YES
from field_app.forms import Kind, Question
from models.geo import MU_M2

__all__ = ["Fill", "Intent", "ParcelSaid", "Said", "Understood", "Unsure", "understand"]

_ASKED_PHOTO, _ASKED_PARCEL = "@photo", "@parcel"
_ASKED_CONFIRM, _ASKED_SUBMIT = "@confirm", "@submit"
_LONGEST = 2000
# The questions of the product's own form that have words of their own; a county's others are
# known by their labels.
_OWN_WAY = {
    "land_class", "planting", "as_registered", "has_problem", "category", "problem_type",
    "area_mu", "cultivated_mu", "no_photo_reason",
}  # fmt: skip


_GROUND = ("land_class", "planting")


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message made ready."""

    text: str
    clauses: list[Clause]
    found: list[Mention]
    said: Said
    asked: Question | None

    def is_text(self, name: str) -> bool:
        return self.said.form.question(name).kind is Kind.TEXT

    def is_asked(self, name: str) -> bool:
        return self.asked is not None and self.asked.name == name


def understand(text: str, said: Said) -> Understood:
    """What the message says, given the question that was asked and the draft."""
    plain = normalise.plain(text[:_LONGEST])
    asked = said.form.by_name.get(said.asked or "")
    if not_the_visit.is_an_order(plain):
        return Understood(rest=text)
    if (dictated := answers.dictated(text, said)) is not None:
        return Understood(fills=(dictated,))
    commands = intents.commands(plain, normalise.clauses(plain))
    answer = intents.yes_or_no(text, plain)
    if asked is not None and asked.kind is Kind.TEXT and not _turns_away(plain, commands, answer):
        whole = text.strip()
        return Understood(fills=(Fill(asked.name, whole, whole),)) if whole else Understood()
    for_parcel = said.asked == _ASKED_PARCEL or (said.asked is None and not said.about.number)
    parcel = parcel_said(plain, asked=for_parcel)
    if parcel is not None:
        plain = plain.replace(parcel.words, " " * len(parcel.words), 1)
    if Intent.HELP in commands:
        return Understood(intents=tuple(commands), parcel=parcel)
    heard = _heard(plain, said, asked)
    kinds = shots.kinds(heard.clauses, asked=said.asked == _ASKED_PHOTO)
    if kinds or Intent.REMOVE_PHOTO in commands:
        commands = [i for i in commands if i is not Intent.SKIP]
    if Intent.CONFIRM in commands:
        answer = None
    elif intents.all_is_well(plain) and (
        said.asked in (_ASKED_CONFIRM, _ASKED_SUBMIT)
        or (said.asked != "has_problem" and said.answers.get("has_problem") == YES)
    ):
        return Understood(intents=(Intent.YES,))  # no word on the parcel any more
    fills, unsure = _filled(heard, commands, answer)
    named = {f.name for f in fills} & {"category", "problem_type"}
    problems = () if named else _problems(heard, fills)
    if told := [f for f in fills if f.name not in _OWN_WAY and not heard.is_text(f.name)]:
        # 苗木株数三百: what a county's question is about, not what stands here
        of_it = [said.form.question(f.name).label + f.words for f in told]
        fills = [f for f in fills if f.name != "land_class" or not any(f.words in w for w in of_it)]
        problems = ()
    if problems and not problems[0].startswith(
        ("2", "3")
    ):  # of offices and money, not of the ground
        fills = [f for f in fills if f.name not in _GROUND]
        unsure = [u for u in unsure if u.name not in _GROUND]
    elif heard.is_asked("no_photo_reason") and any(f.name == "no_photo_reason" for f in fills):
        # why no photo can be taken, not what the ground is
        fills, problems = [f for f in fills if f.name not in _GROUND], ()
    elif problems[:1] == ("2-4",):  # what stands there was put there for the photo
        fills = [f for f in fills if f.name != "planting" or f.value not in ("LS", "FLS")]
    denied = tuple(
        dict.fromkeys(m.denied for m in heard.found if m.standing is Standing.DENIED and m.denied)
    )
    if answer is not None:
        commands = [answer, *commands]
    nothing = not (commands or fills or unsure or problems or parcel or kinds or denied)
    if nothing and intents.arrived(normalise.clauses(plain)):
        commands = [Intent.GREETING]
    words = [f.words for f in fills] + [u.words for u in unsure] + list(denied)
    return Understood(
        tuple(commands), tuple(fills), tuple(unsure), problems, parcel, kinds, denied,
        _rest(heard, words, anything=bool(commands)),
    )  # fmt: skip


def _heard(plain: str, said: Said, asked: Question | None) -> _Heard:
    meant = normalise.as_meant(plain, known_words())
    clauses = not_the_visit.about_the_visit(normalise.clauses(meant))
    kept = "".join(
        c if any(k.start <= i < k.end for k in clauses) else " " for i, c in enumerate(meant)
    )
    return _Heard(kept, clauses, mentions(kept, clauses), said, asked)


def _turns_away(plain: str, commands: Iterable[Intent], answer: Intent | None) -> bool:
    """Whether words said to a question for free text are no answer but a command or a
    correction of something else."""
    found = [*commands, *([answer] if answer else [])]
    clauses = normalise.clauses(plain)
    return intents.only_a_command(plain, clauses, found) or (
        answer is Intent.NO and len(clauses) > 1 and len(plain) < 16
    )


def _filled(
    h: _Heard, commands: list[Intent], answer: Intent | None
) -> tuple[list[Fill], list[Unsure]]:
    """All values of a message, each of the right type and among the options."""
    fills: list[Fill] = []
    unsure: list[Unsure] = []
    if h.asked is not None and h.asked.name in ("category", "problem_type"):
        if answers.there_is(h.text):
            return _fitting([Fill("has_problem", YES, h.text)], h.said), []
        fill, maybe = _asked(h, answer, rough=True)
        if fill is not None:
            return _fitting([fill], h.said), []
        unsure += [maybe] if maybe else []
    fills += problem_codes.said_outright(h.text, h.said)
    fills += _of_the_ground(h, unsure)
    fills += _judged(h, commands, answer)
    fills += area_fills(h.text, h.clauses, asked=h.said.asked)
    if h.is_asked("cultivated_mu"):
        whole = all_farmland(h.text, h.said.answers.get("area_mu"))
        fills += [whole] if whole else []
    about = h.said.about.area_m2 / MU_M2
    if part := of_the_whole(h.text, h.said.asked, about, h.said.answers.get("area_mu")):
        fills.append(part)
    fills += [f] if (f := answers.why_no_photo(h.text, asked=h.is_asked("no_photo_reason"))) else []
    for q in h.said.form.questions:
        if q.answered and q.name not in _OWN_WAY and not h.is_asked(q.name):
            found = answers.in_passing(q, h.clauses, h.said)
            fills += [found] if isinstance(found, Fill) else []
            unsure += [found] if isinstance(found, Unsure) else []
    names = {f.name for f in fills} | {u.name for u in unsure}
    if h.asked is not None and h.asked.name not in names:
        fill, maybe = _asked(h, answer, rough=not (fills or unsure or commands))
        fills += [fill] if fill else []
        unsure += [maybe] if maybe else []
    if answer is Intent.NO and any(_corrects(f, h) for f in fills):
        # 不对，有问题: that is no answer to what is asked now
        fills = [f for f in fills if not (h.is_asked(f.name) and f.words == h.text)]
    fitting = _fitting(fills, h.said)
    named = {f.name for f in fitting}
    return fitting, [u for u in unsure if u.name not in named and u.name in h.said.form.by_name]


def _corrects(f: Fill, h: _Heard) -> bool:
    """Whether a value takes the place of another one, of a question that is not asked now."""
    return not h.is_asked(f.name) and h.said.answers.get(f.name) not in (None, f.value)


def _asked(h: _Heard, answer: Intent | None, *, rough: bool) -> tuple[Fill | None, Unsure | None]:
    if h.asked is None or not h.asked.answered or not h.clauses:
        return None, None
    if h.asked.name in _GROUND and any(getattr(m.thing, h.asked.name) for m in h.found):
        return None, None  # named, but of the register, a neighbour, a part: 报的是旱地
    return answers.to_the_asked(h.asked, h.text, h.clauses, h.said, answer, rough=rough)


def _of_the_ground(h: _Heard, unsure: list[Unsure]) -> list[Fill]:
    fill, maybe = ground.land_class(h.found, h.text, h.clauses, asked=h.is_asked("land_class"))
    numbers = h.asked is not None and h.asked.kind in (Kind.DECIMAL, Kind.INTEGER)
    unsure += [maybe] if maybe and not numbers else []
    other_use = fill is not None and not fill.value.startswith("01")
    crop = ground.planting(h.found, h.text, other_use=other_use)
    return [f for f in (fill, crop) if f is not None]


def _judged(h: _Heard, commands: list[Intent], answer: Intent | None) -> list[Fill]:
    found = []
    for name in ("as_registered", "has_problem"):
        if h.is_asked(name) and answer is not None:
            fill = answers.after_a_yes(name, answer, h.clauses)
            found += [fill] if fill else []
            continue  # else 是 or 没有 is the answer
        if name == "has_problem" and Intent.CONFIRM in commands and not h.is_asked(name):
            continue  # 没问题，都核对过了
        # 不一样, where a type of problem is asked for, can only be said of the register
        for_lack = name == "as_registered" and name not in h.said.answers
        for_lack = for_lack and h.said.asked in ("category", "problem_type")
        fill = answers.judgement(name, h.clauses, asked=h.is_asked(name) or for_lack)
        found += [fill] if fill else []
    return found


def _fitting(fills: Iterable[Fill], said: Said) -> list[Fill]:
    """One value a question, of a question that the form has, and among its options."""
    kept: dict[str, Fill] = {}
    for fill in fills:
        q = said.form.by_name.get(fill.name)
        if q is None or not q.answered or fill.name in kept:
            continue
        if _takes(q, fill.value, said):
            kept[fill.name] = fill
    return list(kept.values())


def _takes(q: Question, value: Any, said: Said) -> bool:
    match q.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE:
            options = {c.value for c in said.form.lists.get(q.list_name, ())}
            several = isinstance(value, list)
            if several is not (q.kind is Kind.SELECT_MULTIPLE):
                return False
            return set(value if several else [value]) <= options
        case Kind.DECIMAL:
            return isinstance(value, float)
        case Kind.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, str)


def _problems(h: _Heard, fills: Iterable[Fill]) -> tuple[str, ...]:
    values: Mapping[str, Any] = {f.name: f.value for f in fills}
    if values.get("has_problem") == NO:
        return ()
    codes = suggested(
        h.text,
        h.found,
        registered=h.said.about.land_class,
        resting=values.get("planting") == "XG",
    )
    q = h.said.form.by_name.get("problem_type")
    known = {c.value for c in h.said.form.lists.get(q.list_name, ())} if q else set(codes)
    return tuple(c for c in codes if c in known)


def _rest(h: _Heard, words: list[str], *, anything: bool) -> str:
    """The breaths that nothing was made of."""
    used = [w for several in words for w in several.split("、") if w]
    left = [c.text for c in h.clauses if not any(w in c.text for w in used)]
    return "" if anything and not used else " ".join(left)

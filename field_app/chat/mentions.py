"""The land classes, crops and troubles that a message names, and how each is meant.

Most words for what stands on a field also stand in other sentences: names of villages (杨树沟村),
neighbours (挨着公路), the past (原先是果园), the register (报的旱地), plans and denials. Only what is said
to be here now decides anything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from field_app.chat import lexicon
from field_app.chat.negation import Denial, denial, goes_on
from field_app.chat.normalise import Clause
from field_app.chat.segments import words_in

# 种麦, 全麦: the verb or the measure does not make another word of it.
_LIGHT = "种栽养收割刨拔打掰点播撒全都有是大小老片块地里上头了的"


_SAYS = re.compile(r"[种栽是有长盖建满成片的老大埋无没见个座啥]$|[了着到]$")
_CROSSES = re.compile(r"^(?:从.{0,6})?(?:穿|横|经过|过去|通过|斜穿)")
_HERD = re.compile(
    r"[养喂](?:了|着|的)?[\d一二两三四五六七八九十百千万几多来好]{1,6}[只头口羽群](?:小|大|土|肥|肉|蛋)?[猪鸡鸭鹅羊牛兔]"
)
# The parcel is a road or a canal only where that is said of all of it: 这图斑就是条路, 修成水泥路.
_IS_ALL = re.compile(
    r"(?:是|成|为|算|叫|全|都|填|选|[落处位]在|图斑在)了?(?:[一这那]?[条个段]|那种)?[大小新老]*$|(?:^|[修建铺打挖]好?的)(?:那种)?[一这]?条?[大小新老]*$"
)
_ALL_OF_IT = re.compile(r"(?:里头?|上|面上)?(?:了|啊|呀|吧|嘛|的)*$|(?:里头?|上|面)(?:啊|呀|,)")
_BROKEN = re.compile(r"^\w{0,4}?(?:没|不|坏|堵|塌|垮|断|冲|废)")


class Standing(StrEnum):
    """How a thing that is named stands to the parcel now."""

    HERE = "here"
    PART = "part"  # on a named part of it
    DENIED = "denied"
    CORRECTED = "corrected"  # 不是林地，是旱地; 不是没种
    PLACE = "place"  # part of a name
    REGISTERED = "registered"
    GONE = "gone"
    REPLACED = "replaced"
    PAST = "past"
    PLANNED = "planned"
    NEIGHBOUR = "neighbour"


# Nothing of these is to be taken for a trouble of this parcel.
_HIDDEN = {Standing.DENIED, Standing.CORRECTED, Standing.PLACE, Standing.PLANNED}
_HIDDEN |= {Standing.NEIGHBOUR}


@dataclass(frozen=True, slots=True)
class Thing:
    """A word of the field: the land class it stands for, and what it says of the planting;
    neither where it only names a trouble that may be denied."""

    word: str
    land_class: str = ""
    planting: str = ""
    neglect: bool = False
    way: bool = False  # a road or water that other things are found by


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that was named, where, and how it is meant. `denied` is what a denial denies, in
    its own words; `hides` where the part of the message begins that says nothing of this parcel."""

    thing: Thing
    start: int
    end: int
    clause: int
    standing: Standing = Standing.HERE
    denied: str = ""
    hides: int = -1


@lru_cache(maxsize=1)
def things() -> dict[str, Thing]:
    """All words by themselves."""
    classes = {r["word"]: r for r in lexicon.rows("land_classes")}
    crops = {r["word"]: r for r in lexicon.rows("crops")}
    troubles = {r["word"]: Thing(r["word"]) for r in lexicon.rows("deniable")}
    return troubles | {
        word: Thing(
            word,
            classes[word]["code"] if word in classes else "",
            crops[word]["code"] if word in crops else "",
            word in crops and crops[word]["look"] == "neglect",
            word in classes and classes[word]["look"] == "place",
        )
        for word in {**classes, **crops}
    }


@lru_cache(maxsize=1)
def known_words() -> lexicon.Words:
    """What is looked for, and longer words that hide some of it (小卖部, 竹竿)."""
    return lexicon.Words([*things(), *(r["word"] for r in lexicon.rows("other_words"))])


@lru_cache(maxsize=1)
def _cues() -> dict[tuple[str, str], re.Pattern[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in lexicon.rows("standing"):
        found.setdefault((row["standing"], row["side"]), []).append(row["pattern"])
    return {
        key: re.compile(f"(?:{'|'.join(some)}){'$' if key[1] == 'before' else ''}")
        for key, some in found.items()
    }


def mentions(text: str, clauses: Sequence[Clause]) -> list[Mention]:
    """What a plain text names, from left to right."""
    found: list[Mention] = []
    for index, clause in enumerate(clauses):
        here = [_meant(m, clause) for m in _named(text, clause, index)]
        found += _denied_in_one_breath(here, text)
    return _corrected(found)


def _named(text: str, clause: Clause, index: int) -> Iterator[Mention]:
    for at, word in known_words().find(clause.text):
        thing = things().get(word)
        start = clause.start + at
        end = start + len(word)
        if thing is None or (len(word) == 1 and not _alone(thing, clause.text, at)):
            continue
        if thing.land_class[:2] in ("02", "03") and text.startswith("苗", end):
            # 杨树苗: seedlings, whatever they grow into
            thing, end = Thing(word + "苗", "0307"), end + 1
        yield Mention(thing, start, end, index)
    if m := _HERD.search(clause.text):
        start = clause.start + m.start()
        yield Mention(Thing(m[0], "1202"), start, start + len(m[0]), index)


def _alone(thing: Thing, text: str, at: int) -> bool:
    """Whether a word of one character is a word here and no part of another one, and one that
    says what stands here: 全是树, not 树有三米高."""
    alone = not text[:at] and re.match(r"[吧啊呢嘛,]*$|里|[也都是]", text[at + 1 :])
    if thing.land_class and not thing.planting and not (alone or _SAYS.search(text[:at])):
        return False
    begin, end = next((b, e) for b, e in words_in(text) if b <= at < e)
    rest = text[begin:at] + text[at + 1 : end]
    return not rest or (len(rest) == 1 and rest in _LIGHT)


def _meant(m: Mention, clause: Clause) -> Mention:
    """The mention with its standing, by the words around it."""
    thing, at = m.thing, m.start - clause.start
    before, after = clause.text[:at], clause.text[m.end - clause.start :]
    no = denial(clause, m.start, thing.word)
    if no is not None and no.how is Denial.DOUBLE:
        return replace(m, standing=Standing.CORRECTED, hides=no.start)
    if no is not None and thing.way:
        return replace(m, standing=Standing.GONE)  # 没有路: a complaint
    if no is not None:
        how = Standing.DENIED if no.how is Denial.ABSENT else Standing.CORRECTED
        what = clause.text[no.what - clause.start : at] + thing.word
        return replace(m, standing=how, denied=what, hides=no.start)
    standing, whole = _standing(thing, before, after)
    if standing not in _HIDDEN:
        return replace(m, standing=standing)
    return replace(m, standing=standing, hides=clause.start if whole else m.start)


def _standing(thing: Thing, before: str, after: str) -> tuple[Standing, bool]:
    """How a thing is meant that is not denied, and whether all before it in the clause is meant
    so too."""
    cues = _cues()
    named = thing.land_class or thing.planting in ("LS", "FLS")
    if named and (cues["place", "after"].match(after) or cues["place", "before"].search(before)):
        return Standing.PLACE, False
    if cues["planned", "clause"].search(before):
        return Standing.PLANNED, not re.search("听说|据说", before)
    if cues["neighbour", "clause"].match(before):
        return Standing.NEIGHBOUR, True
    if not named:
        return (Standing.PAST if _past(before) else _part_or_here(before)), False
    if thing.way and _BROKEN.match(after):
        return Standing.GONE, False
    if thing.way and (_CROSSES.match(after) or re.search(r"有一?[条道段]$", before)):
        return Standing.PART if not cues["neighbour", "before"].search(
            before
        ) else Standing.NEIGHBOUR, False
    if cues["registered", "before"].search(before) or cues["registered", "after"].match(after):
        return Standing.REGISTERED, False
    if cues["replaced", "after"].match(after):
        return Standing.REPLACED, False
    if thing.land_class and cues["gone", "after"].match(after):
        return Standing.GONE, False
    if _past(before) and not (thing.land_class and cues["since", "clause"].search(before)):
        return Standing.PAST, False  # 去年栽的桃树 stand there still, 去年种的麦 does not
    if thing.land_class == "09" and re.search(r"[个座][老新小孤旧]?$", before):
        return Standing.PART, False
    if thing.land_class.startswith("01") and re.search(r"的(?:一?[块片])?$", before):
        return _part_or_here(before), False  # 水库边上的旱地
    if cues["neighbour", "before"].search(before) or cues["neighbour", "after"].match(after):
        return Standing.NEIGHBOUR, False
    if thing.way and not (_IS_ALL.search(before) and _ALL_OF_IT.match(after)):
        return Standing.PART, False  # 机耕路直通地头, 挖了排水沟: what serves the field
    return _part_or_here(before), False


def _past(before: str) -> bool:
    """Whether the last word on time before it speaks of another time than now."""
    then = [m.end() for m in _cues()["past", "clause"].finditer(before)]
    now = [m.end() for m in _cues()["now", "clause"].finditer(before)]
    return bool(then) and (not now or max(now) < max(then))


def _part_or_here(before: str) -> Standing:
    return Standing.PART if _cues()["part", "clause"].search(before) else Standing.HERE


def _denied_in_one_breath(found: list[Mention], text: str) -> list[Mention]:
    """没有树、塘 denies both; 没种麦 denies the wheat and does not say that nothing grows."""
    result: list[Mention] = []
    for m in found:
        last = result[-1] if result else None
        between = text[last.end : m.start] if last is not None else ""
        if last is None:
            pass
        elif last.standing is Standing.DENIED and m.standing is not Standing.DENIED:
            if goes_on(between):
                m = replace(m, standing=Standing.DENIED, denied=m.thing.word, hides=m.start)
        elif (
            last.thing.word.startswith(("没", "未"))
            and last.thing.word.endswith(("种", "栽"))
            and between in ("", "过", "上", "着", "的")
            and (m.thing.land_class or m.thing.planting in ("LS", "FLS"))
        ):
            result.pop()
            words = last.thing.word[-1] + between + m.thing.word
            m = replace(m, standing=Standing.DENIED, denied=words, hides=last.start)
        result.append(m)
    return result


def _corrected(found: list[Mention]) -> list[Mention]:
    """不是林地 with nothing that it is instead is a denial like any other."""
    slots = {(bool(m.thing.land_class), bool(m.thing.planting)) for m in found if _stands(m)}
    classed, planted = any(c for c, _ in slots), any(p for _, p in slots)
    return [
        replace(m, standing=Standing.DENIED)
        if m.standing is Standing.CORRECTED
        and m.denied
        and not ((m.thing.land_class and classed) or (m.thing.planting and planted))
        else m
        for m in found
    ]


def _stands(m: Mention) -> bool:
    return m.standing in (Standing.HERE, Standing.PART)

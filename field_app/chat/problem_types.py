"""Which problem types a message may speak of: suggestions, with a score that can be explained.

Three things count: phrases with a weight (`problem_phrases.csv`), likeness to sentences that were
said of a type (`problem_types.csv`), and what is seen standing on land that is registered as
farmland (`class_problems.csv`). Each file may be edited; nothing is trained beyond reading them.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

from field_app.chat import lexicon
from field_app.chat.mentions import Mention, Standing

MOST = 3
_LEAST = 1.7  # of the best
_BESIDE = 0.4  # of the best one's score, for the others
_FADE = 0.45  # a second phrase of a type says less than the first
_LIKENESS = 5.0
_LIKE_AT_ALL = 0.22
_SEEN = (2.3, 1.9, 1.2)
_NEGLECT = 3.2
# Of money and indicators: a road that is named beside them is what they were spent on.
_OFFICES = re.compile(r"开垦费|资金|预算|指标|财政|调剂|款")
_ELSEWHERE = 0.5
# What is seen on the ground: over where it was put right, or where it is said of what was before.
_OF_NOW = ("3-4", "3-5", "3-6", "3-9")
_UNDONE = re.compile(
    r"[^,。;\s]*?(?<![没未不])(?:(?:拆|清|铲|刨|砍|迁|搬|移|伐|拔|退|撤|清理)(?:掉|走|完|光|出|除|平|净|干净|了)+"
    r"|挖(?:掉|走|光|了(?=[,。\s]|$))|(?:复耕|复垦|恢复|整治|整改|治理)(?:过来|到位|了|好|完|过|后|成)+)"
)
_BEFORE = re.compile(
    r"(?:以前|之前|原先|原来|从前|早先)(?:都|就|一直|报的?|是|有人?|被|叫|让|人)*"
    r"(?:撂荒|抛荒|荒|闲置|占|没人种|没种|堆|盖)[^,。;\s]*"
)
# 加油站旁边那块, 旁边新建了个泵站, 盖了间房，不在这块地里: of other places.
_LANDMARK = re.compile(
    r"[^,。;\s]{1,8}?(?:后面|前面|旁边|门口|对面|附近|边上|跟前|隔壁)的?[那这][块片个]"
)
_OTHER_PLACE = re.compile(
    r"(?:旁边|边上|附近|周围|周边|隔壁|对面|外面|外头)(?:新|刚|就|也|都)*(?:是|有|建|盖|修|种|栽|立|搭|挖|堆)[^,。;\s]*"
    r"|[^,。;\s]*[,\s]?[^,。;\s]*(?:不在(?:本|这块|这个|我们)?(?:地块?|图斑)(?:里|内|范围)|在(?:本|这)?(?:地块?|图斑)(?:以外|之外|外))[^,。;\s]*"
)
# A phrase that is denied says nothing; one that denies in its own words (没人种) stands.
_DENIED = re.compile(
    r"(?:没有?|未|无|不|不是|并非|不算|不属于|谈不上|算不上)"
    r"(?:有|被|在|叫|让|人|任何|什么|啥|明显|发现|看到|见|划|进|位于|再|也|都|大面积|生态|永久){0,4}$"
)
_DENIES = tuple("没未无不")
_TOO_SHORT = 6  # letters: likeness of a word or two says nothing
_LABEL = re.compile(r"涉及面积|其中耕地|耕地面积|问题面积|现状地类|种植属性|种植非?粮食作物")


def suggested(
    text: str, found: Sequence[Mention], *, registered: str, resting: bool
) -> tuple[str, ...]:
    """The codes, best first, at most three. `registered` is the parcel's land class; `resting`
    where the land is said to lie fallow by plan."""
    scores = scored(text, found, registered=registered)
    if resting:
        scores.pop("3-6", None)
    best = sorted(scores, key=lambda code: (-scores[code], code))
    if not best or scores[best[0]] < _LEAST:
        return ()
    least = max(_LEAST * 0.6, scores[best[0]] * _BESIDE)
    return tuple(code for code in best[:MOST] if scores[code] >= least)


def scored(text: str, found: Sequence[Mention], *, registered: str) -> dict[str, float]:
    """The score of each type that has one."""
    said = _without_the_hidden(text, found)
    scores: defaultdict[str, float] = defaultdict(float)
    now = _standing_now(said)
    phrases = _phrases_in(said, now)
    for code, weights in phrases.items():
        ordered = sorted(weights, reverse=True)
        scores[code] += sum(w * _FADE**i for i, w in enumerate(ordered[:4]))
    if _OFFICES.search(said):
        for code in [c for c in scores if c.startswith("3")]:
            scores[code] *= _ELSEWHERE
    for code, likeness in _likeness(said).items():
        if likeness >= _LIKE_AT_ALL and phrases.get(code, True):
            scores[code] += _LIKENESS * (likeness - _LIKE_AT_ALL * 0.5)
    for code, seen in _seen(found, registered).items():
        scores[code] += seen
    return dict(scores)


def _without_the_hidden(text: str, found: Sequence[Mention]) -> str:
    """The text with labels of the form, and what was denied, planned or named of a neighbour blotted out."""
    for pattern in (_LABEL, _LANDMARK, _OTHER_PLACE):
        text = pattern.sub(lambda m: "\n" * len(m[0]), text)
    chars = list(text)
    for m in found:
        if m.hides >= 0:
            chars[m.hides : m.end] = "\n" * (m.end - m.hides)
    return "".join(chars)


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    return tuple(
        (r["code"], float(r["weight"]), re.compile(r["pattern"]))
        for r in lexicon.rows("problem_phrases")
    )


def _phrases_in(text: str, now: str) -> dict[str, list[float]]:
    """The weights of the phrases of each type, none where all were denied; `now` is the text as
    far as it says what is on the ground today."""
    found: dict[str, list[float]] = {}
    for code, weight, pattern in _phrases():
        where = now if code in _OF_NOW else text
        matches = list(pattern.finditer(where))
        if matches:
            weights = found.setdefault(code, [])
            weights += [] if all(_denied(m, where) for m in matches) else [weight]
    return found


def _denied(m: re.Match[str], text: str) -> bool:
    return not m[0].startswith(_DENIES) and _DENIED.search(text[: m.start()]) is not None


def _standing_now(text: str) -> str:
    """The text without what was undone or was so before.

    >>> _standing_now("房子拆了,种的麦").strip()
    ',种的麦'
    """
    for pattern in (_UNDONE, _BEFORE):
        text = pattern.sub(lambda m: "\n" * len(m[0]), text)
    return text


def _grams(text: str) -> Counter[str]:
    """Pairs and triples of characters."""
    parts = re.findall(r"[\w]+", text)
    return Counter(p[i : i + n] for p in parts for n in (2, 3) for i in range(len(p) - n + 1))


@lru_cache(maxsize=1)
def _examples() -> tuple[dict[str, float], list[tuple[str, dict[str, float], float]]]:
    """How telling each pair of characters is, and the sentences by them."""
    rows = [(r["code"], _grams(r["said"])) for r in lexicon.rows("problem_types")]
    seen: Counter[str] = Counter(g for _, grams in rows for g in grams)
    telling = {g: math.log(1 + len(rows) / n) for g, n in seen.items()}
    return telling, [
        (
            code,
            weighted := {g: telling[g] for g in grams},
            math.sqrt(sum(w * w for w in weighted.values())),
        )
        for code, grams in rows
    ]


def _likeness(text: str) -> dict[str, float]:
    """How like the text is to the likest sentence of each type, 0 to 1."""
    telling, examples = _examples()
    if len(re.findall(r"\w", text)) < _TOO_SHORT:
        return {}
    rarest = math.log(1 + len(examples))
    said = {g: telling.get(g, rarest * 0.5) for g in _grams(text)}
    size = math.sqrt(sum(w * w for w in said.values())) or 1.0
    best: dict[str, float] = {}
    for code, grams, length in examples:
        shared = sum(w * said[g] for g, w in grams.items() if g in said)
        if shared:
            best[code] = max(best.get(code, 0.0), shared / (size * length))
    return best


@lru_cache(maxsize=1)
def _by_class() -> dict[str, tuple[str, ...]]:
    return {r["code"]: tuple(r["problems"].split()) for r in lexicon.rows("class_problems")}


def _seen(found: Sequence[Mention], registered: str) -> dict[str, float]:
    """What stands on farmland and is none."""
    scores: dict[str, float] = {}
    farmland = not registered or registered.startswith("01")
    for m in found:
        if m.standing is not Standing.HERE and (m.standing is not Standing.PART or m.thing.way):
            continue
        if m.thing.neglect:
            scores["3-6"] = _NEGLECT
        code = m.thing.land_class
        if not farmland or not code or code == registered:
            continue
        types = _by_class().get(code) or _by_class().get(code[:2]) or ()
        for kind, worth in zip(types, _SEEN, strict=False):
            scores[kind] = max(scores.get(kind, 0.0), worth)
    return scores

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
    for code, weights in _phrases_in(said).items():
        ordered = sorted(weights, reverse=True)
        scores[code] += sum(w * _FADE**i for i, w in enumerate(ordered[:4]))
    if _OFFICES.search(said):
        for code in [c for c in scores if c.startswith("3")]:
            scores[code] *= _ELSEWHERE
    for code, likeness in _likeness(said).items():
        if likeness >= _LIKE_AT_ALL:
            scores[code] += _LIKENESS * (likeness - _LIKE_AT_ALL * 0.5)
    for code, seen in _seen(found, registered).items():
        scores[code] += seen
    return dict(scores)


def _without_the_hidden(text: str, found: Sequence[Mention]) -> str:
    """The text with labels of the form, and what was denied, planned or named of a neighbour blotted out."""
    chars = list(_LABEL.sub(lambda m: "\n" * len(m[0]), text))
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


def _phrases_in(text: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for code, weight, pattern in _phrases():
        if pattern.search(text):
            found.setdefault(code, []).append(weight)
    return found


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
        if m.standing not in (Standing.HERE, Standing.PART):
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

"""From what a phone's keyboard or its voice input hands over to plain words.

One width and case, no emoji, no breathing sounds; and the closed list of field words that voice
input likes to write with other characters of the same sound (汗地 for 旱地).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

from field_app.chat import lexicon
from field_app.chat.segments import is_common, words_in

_BREATH = re.compile(r"[嗯呃唔噢喔]+")
_NUMERAL = "零〇一二两三四五六七八九十百千万幺拐洞半"
_REPEATED = re.compile(rf"([\u4e00-\u9fff]{{2,6}}?)\1+(?![{_NUMERAL}])")
_GRAMMAR = "都的了是没有不就也在这那还又很到被把给让叫和跟"
_SPLIT_NUMBER = re.compile(r"(?<=\d)\s+(?=亩|分|公顷|平|个平|m2|米)")
_MU_HEARD = re.compile(
    rf"(?<=[{_NUMERAL}\d])[母木牧幕姆](?=[{_NUMERAL}\d]|半|多|来|地|左右|吧|的|$|[\s,。])"
)
_PAUSE = re.compile(r"\s+|,(?!\d{3}(?!\d))|[。;!?…\"“”'‘’()\[\]<>{}《》]+|\.(?!\d)")
# Voice input writes no commas: here a speaker begins anew.
_ANEW = re.compile(
    r"(?=现在|如今|[跟和与同](?:当时)?(?:的)?报|其中|其余|剩下|(?<=\w\w\w\w)也没|但是|可是|不过|然后|涉及面积|"
    r"种植属性|现状地类|[东西南北][半边头](?:拉|边|截)?(?:让|被|叫|给|种|栽|是|全|建|盖|荒))"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A breath of speech, and where it begins and ends in the whole."""

    start: int
    end: int
    text: str


def plain(text: str) -> str:
    """The message in one width and case, without what says nothing.

    >>> plain("嗯 面积是１．５ 亩👍，旱地旱地")
    '面积是1.5亩 ,旱地'
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(
        " " if unicodedata.category(c) in ("So", "Sk", "Cs", "Co", "Cc") else c for c in text
    )
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Me"))
    text = text.replace("、、", "、").replace("，", ",")
    text = _BREATH.sub(" ", text)
    text = _REPEATED.sub(_once, text)
    text = _SPLIT_NUMBER.sub("", text)
    return _MU_HEARD.sub("亩", text).strip()


def _once(repeated: re.Match[str]) -> str:
    return repeated[0] if set(repeated[1]) <= set(_NUMERAL) else repeated[1]


def clauses(text: str) -> list[Clause]:
    """The breaths of a plain text.

    >>> [c.text for c in clauses("旱地，种的麦 没问题".replace("，", ","))]
    ['旱地', '种的麦', '没问题']
    """
    found, begin = [], 0
    for pause in [*_PAUSE.finditer(text), None]:
        end = pause.start() if pause else len(text)
        for start, stop in _anew(text, begin, end):
            found.append(Clause(start, stop, text[start:stop]))
        begin = pause.end() if pause else end
    return found


def _anew(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    cuts = [begin, *(begin + m.start() for m in _ANEW.finditer(text[begin:end])), end]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    return lazy_pinyin(char)[0] if "\u4e00" <= char <= "\u9fff" else ""


@lru_cache(maxsize=1)
def _heard() -> dict[tuple[str, ...], tuple[str, frozenset[str]]]:
    return {
        tuple(map(_sound, row["word"])): (row["word"], frozenset(row["never"].split()))
        for row in lexicon.rows("homophones")
    }


def _changes_grammar(text: str, word: str) -> bool:
    """土都没动 is no 土豆: what holds a sentence together was not misheard."""
    return any(a != b and a in _GRAMMAR for a, b in zip(text, word, strict=False))


@lru_cache(maxsize=1)
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(sounds) for sounds in _heard()}, reverse=True))


def as_meant(text: str, known: lexicon.Words) -> str:
    """The text with field words put right that were heard right and written wrong. Nothing is
    touched that is a word already: of the field (`known`) or of the language.

    >>> as_meant("种的小卖", lexicon.Words(["旱地"])), as_meant("小卖部", lexicon.Words(["旱地"]))
    ('种的小麦', '小卖部')
    """
    sounds = [_sound(c) for c in text]
    taken = [False] * len(text)
    for at, word in known.find(text):
        if len(word) > 1:
            taken[at : at + len(word)] = [True] * len(word)
    for begin, end in words_in(text):
        if end - begin > 1 and is_common(text[begin:end]):
            taken[begin:end] = [True] * (end - begin)
    meant = list(text)
    for length in _lengths():
        for at in range(len(text) - length + 1):
            found = _heard().get(tuple(sounds[at : at + length]))
            if found is None or any(taken[at : at + length]):
                continue
            if text[at : at + length] in found[1] or _changes_grammar(text[at:], found[0]):
                continue
            meant[at : at + length] = found[0]
            taken[at : at + length] = [True] * length
    return "".join(meant)

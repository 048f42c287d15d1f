"""What a message wants done: 提交, 撤销, 还差什么, 对, 不是."""

import re
from collections.abc import Sequence
from functools import lru_cache

from field_app.chat import lexicon
from field_app.chat.normalise import Clause
from field_app.chat.said import Intent

_PARTICLES = "吧啊呀呢嘛哈哎诶唉喂那就"
_NOT_NOW = re.compile(r"(?:别|不要|先不|不用|不能|还没|没法)[^,]{0,2}$")
# What changes or hands in something is done when it is ordered, not when it is spoken of.
_ACTS = {Intent.UNDO, Intent.RESTART, Intent.CONFIRM, Intent.REMOVE_PHOTO}
_NOT_DONE = re.compile(r"(?:不|没|未|别|甭|勿)[^,]{0,2}$")
_ASKING = re.compile(r"(?:吗|(?<![什怎那这多])么|了没|没有|不)(?=$|,)")
# 都对，就是面积不对: what is not all is no confirmation of all.
_NOT_ALL = re.compile(
    r"不对|不是|错|有误|除|其[他它余]|别的|剩下|但|不过|只是|就是(?!这|了|的)|改|差|漏|有问题"
)
_NOTHING_TO_SAY = re.compile(
    r"没(?:有)?(?:啥|什么)?(?:要|可|好)?(?:说|补充|填|写|讲)的了?|没别的了?|就这些了?"
)
_WELL = re.compile(
    r"(?:都|也|嗯|好|行|对|看过了|[, ])*没(?:有|啥|什么)?(?:问题|毛病)(?:了|的|啊|哩|吧)?"
)
_ONLY_WHOLE = re.compile(r"好的?|行|中|可以|ok|okay|得劲|就是的?|肯定|当然|确实|对着|没|无|no")
_LONGEST_COMMAND = 18
# A question for what is missing is no question for help, and so on: the first of each wins.
_OVER = {
    Intent.STATUS: {Intent.HELP},
    Intent.UNDO: {Intent.RESTART},
    Intent.REMOVE_PHOTO: {Intent.UNDO},
}


@lru_cache(maxsize=1)
def _commands() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in lexicon.rows("intents"):
        found.setdefault((row["intent"], row["where"]), []).append(row["pattern"])
    return tuple(
        (i, w, re.compile("|".join(f"(?:{p})" for p in some))) for (i, w), some in found.items()
    )


def commands(text: str, clauses: Sequence[Clause]) -> list[Intent]:
    """The commands of a message, in no order of saying."""
    found: list[Intent] = []
    bare = [c.text.strip(_PARTICLES + ":") for c in clauses]
    joined = ",".join(bare)
    for name, where, pattern in _commands():
        if name == "arrived":
            continue
        if where == "only":
            hit = pattern.fullmatch(joined) is not None
        elif where == "whole":
            hit = any(pattern.fullmatch(c) for c in bare)
        else:
            hit = any(_ordered(Intent(name), m, joined) for m in pattern.finditer(joined))
        if hit and Intent(name) not in found:
            found.append(Intent(name))
    for intent in list(found):
        found = [i for i in found if i not in _OVER.get(intent, set()) or intent not in found]
    return found


def _ordered(intent: Intent, m: re.Match[str], text: str) -> bool:
    """Whether the words found are meant as a command here."""
    before, after = text[: m.start()], text[m.end() :]
    if _NOT_NOW.search(before):
        return False
    if intent not in _ACTS:
        return True
    if _NOT_DONE.search(before) or _ASKING.match(after.lstrip("了过的好")):
        return False
    return intent is not Intent.CONFIRM or not _NOT_ALL.search(f"{before} {after}")


def arrived(clauses: Sequence[Clause]) -> bool:
    """我到了, and nothing else."""
    pattern = next(p for name, _, p in _commands() if name == "arrived")
    return bool(clauses) and all(pattern.fullmatch(c.text.strip(_PARTICLES)) for c in clauses)


def yes_or_no(raw: str, text: str) -> Intent | None:
    """Whether a message is 对, 有 or 不是, 没有, or begins with it."""
    text = text.lstrip(" ,。")
    if not text:
        return (
            Intent.YES
            if set(raw.strip(" ,.。，!！~")) and set(raw.strip(" ,.。，!！~")) <= set("嗯")
            else None
        )
    for name in ("no", "yes"):
        word = lexicon.pattern("yes_no", "intent", name).pattern
        m = re.match(rf"(?:[啊哎诶唉喂]\W*)?({word})(?:吧|啊|呀|哈|嘛)?(?=[\s,。.!;?~]|$)", text)
        if m and (m.end() == len(text.rstrip(" ,。.!~")) or not _ONLY_WHOLE.fullmatch(m[1])):
            return Intent(name)
    return None


def all_is_well(text: str) -> bool:
    """没问题, and nothing else."""
    return _WELL.fullmatch(text.strip(" ,。.!~")) is not None


def only_a_command(text: str, clauses: Sequence[Clause], found: Sequence[Intent]) -> bool:
    """Whether a message that could be a free text is nothing but a command (跳过, 没有了)."""
    if len(text) > _LONGEST_COMMAND:
        return False
    if not clauses or not found:
        return False
    return all(
        commands(c.text, [c])
        or yes_or_no(c.text, c.text)
        or _NOTHING_TO_SAY.fullmatch(c.text.strip(_PARTICLES))
        for c in clauses
    )

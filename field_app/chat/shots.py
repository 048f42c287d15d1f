"""Which kinds of photo a message speaks of."""

import re
from collections.abc import Sequence

from field_app.chat import lexicon
from field_app.chat.normalise import Clause
from models import taxonomy

_SHOT = re.compile(
    r"(?<!摆)拍|照片|照(?:了|相|张|一张|好|完)|[一两二三四五几这那上下补\d]张|图片|镜头|传上|相片|补拍"
)


def kinds(clauses: Sequence[Clause], *, asked: bool) -> tuple[str, ...]:
    """The kinds, in the order of the list. `asked` where a photo was asked for: then a side alone
    (东边) is enough."""
    whole = ",".join(c.text for c in clauses)
    shot = asked or _SHOT.search(whole)
    found = set()
    for row in lexicon.rows("photo_kinds"):
        pattern = re.compile(row["pattern"])
        if row["sure"] or (shot and not row["kind"].endswith("向")):
            hit = pattern.search(whole) is not None
        else:
            hit = any(
                pattern.search(c.text) and (asked or _near_a_shot(i, clauses))
                for i, c in enumerate(clauses)
            )
        if hit:
            found.add(row["kind"])
    return tuple(k for k in taxonomy.photo_kinds() if k in found)


def _near_a_shot(index: int, clauses: Sequence[Clause]) -> bool:
    """四个方向都拍完了 东南西北: the sides may follow in a breath of their own."""
    here = clauses[index].text
    before = clauses[index - 1].text if index else ""
    bare = re.fullmatch(r"[东南西北向边面、和都]+", here)
    return bool(_SHOT.search(here) or (bare and _SHOT.search(before)))

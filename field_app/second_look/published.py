"""The published list: what is frozen before the draw, and what anybody needs to repeat it. Pure.

The digest is that of `frozen_text`: one line a member, its columns joined by tabs, in the order of
the numbers. Seed and outcome are no part of it: it is published before they are known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256

from field_app.second_look import lots
from field_app.second_look.lots import METHOD, Lots, Member, Stratum

COLUMNS = ("编号", "乡镇", "村", "项目编号", "项目类型", "地块编号", "问题大类", "地块记录号")
"""The frozen columns, in the order of `Member`."""
OUTCOME_COLUMNS = ("层", "抽签值", "层内名次", "抽中")
YES = "是"


@dataclass(frozen=True, slots=True)
class Published:
    """A draw as it is published. `seed` is empty and nobody is `drawn` before the draw; `drawn` are
    the numbers of those that were, as the file claims. Moments are Chinese wall time as text."""

    number: str
    purpose: str
    scope: str
    n: int
    strata: tuple[Stratum, ...]
    digest: str
    frozen_at: str
    seed_source: str
    seed: str
    drawn_at: str
    members: tuple[Member, ...]
    drawn: frozenset[str] = frozenset()
    method: str = METHOD


def frozen_text(members: Iterable[Member]) -> str:
    """The list as it is hashed and kept, whatever order it comes in."""
    ordered = sorted(members, key=lambda m: m.key)
    return "".join("\t".join(map(str, astuple(m))) + "\n" for m in ordered)


def digest_of(text: str) -> str:
    """The SHA-256 of the frozen text in UTF-8, as 64 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def thawed(text: str) -> tuple[Member, ...]:
    """The members of a frozen text. Raises ValueError where it is none."""
    return tuple(member_of(line.split("\t")) for line in text.split("\n")[:-1])


def member_of(columns: Sequence[str]) -> Member:
    """A member from its frozen columns as text; ValueError where they are too few or wrong."""
    if len(columns) != len(COLUMNS):
        raise ValueError("columns of a member are missing")
    key, township, village, code, kind, parcel, category, parcel_id = columns
    return Member(key, township, village, code, kind, parcel, category, int(parcel_id))


def strata_words(strata: Sequence[Stratum]) -> str:
    """`乡镇、项目类型`, as the file has it; `strata_of` reads it back."""
    return "、".join(strata) or "不分层"


def strata_of(words: str) -> tuple[Stratum, ...]:
    """Raises ValueError where a word is no stratum."""
    return tuple(Stratum(word) for word in words.split("、")) if words != "不分层" else ()


def lots_of(published: Published) -> Lots:
    """The draw repeated from the published list. Raises ValueError where that cannot be done."""
    return lots.draw(published.members, published.n, published.seed, published.strata)


def disagreements(published: Published) -> list[str]:
    """What is wrong with a published draw, one sentence each; empty where it can be repeated and
    comes out the same. Before the draw only the list is looked at."""
    if published.method != METHOD:
        return [f"抽取办法是“{published.method}”，本版本只会核对“{METHOD}”"]
    wrong = []
    digest = digest_of(frozen_text(published.members))
    if digest != published.digest:
        wrong.append(
            f"名单与封存的不一致：按文件里的名单算出的校验码是 {digest}，文件写的是 {published.digest}"
        )
    if not published.seed:
        return [*wrong, "文件标了抽中，却没有种子"] if published.drawn else wrong
    try:
        again = {d.member.key for d in lots_of(published).drawn}
    except ValueError:
        return [*wrong, "不能重做：抽取数不在 1 与名单总数之间，或名单里有重复的编号"]
    if missing := sorted(again - published.drawn):
        wrong.append(f"重做应当抽中、文件没有标抽中：{'、'.join(missing)}")
    if more := sorted(published.drawn - again):
        wrong.append(f"文件标了抽中、重做没有抽中：{'、'.join(more)}")
    return wrong


def how_to(published: Published) -> list[str]:
    """How a person repeats the draw, line by line."""
    return [
        f"{published.number}：从 {len(published.members)} 个（{published.scope}）里抽取 {published.n} 个。"
        "怎样重做一遍：",
        f"一、核对名单。名单在抽取之前封存，SHA-256 校验码是 {published.digest}。校验的内容：每个"
        f"一行，按“编号”的字符编码从小到大；每行依次是{'、'.join(COLUMNS)}，用制表符隔开，每行以"
        "换行符（LF）结尾，UTF-8 编码。",
        f"二、分层。按{strata_words(published.strata)}。层名是这几列的值用“/”连起来，空的写“未注明”；"
        f"不分层的，层名都是“{lots.ALL_IN_ONE}”。",
        "三、分名额。每层名额＝抽取数×层内个数÷总数，先取整数部分；剩下的名额按余数从大到小每层"
        "加一个，余数相同的，比“种子|层名”的 SHA-256，小的在前。抽取数不少于层数时，得不到名额的"
        "层各给一个，其余名额在别的层里照样重分，直到每层都有。",
        f"四、抽签。种子是“{published.seed or '（抽取后填写）'}”（{published.seed_source}）。每个的抽签值"
        "＝“种子|层名|编号”（竖线为半角，UTF-8 编码）的 SHA-256，十六进制小写。在每层里按抽签值从小"
        "到大排，取前面名额个。",
        "五、在 Excel 里看：按“层”“抽签值”排序，抽中的都在每层最前面，个数等于名额。单个抽签值可以用"
        "任何 SHA-256 工具验算，例如 Python：",
        "import hashlib; print(hashlib.sha256('种子|层名|编号'.encode('utf-8')).hexdigest())",
        "六、或者用本系统的命令，只要这一个文件：python -m field_app draw-verify 文件名",
    ]

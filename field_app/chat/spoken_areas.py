"""Which of the areas in a message is the one concerned, and which is the farmland in it."""

import re
from collections.abc import Sequence

from field_app.chat.amounts import Amount, areas
from field_app.chat.normalise import Clause
from field_app.chat.numerals import NUMBER, number
from field_app.chat.said import Fill

_FARMLAND = re.compile(
    r"(?:其中|里头|里面|内)(?:的)?(?:有)?耕地(?:有|占|是|面积|:|约|大概|大约|就|也|才|只有?|改成|改为|应该|写|填|为)*$|(?<!占)(?<!占了)(?<!占用)(?<!占用了)耕地(?:面积)?(?:有|占|是|:|约|大概|大约|就|也|才|只有?|改成|改为|应该|写|填|为)*$"
)
# Of the register, of the whole project: not of what is concerned.
_REGISTERED = re.compile(
    r"(?:报了?的?|报备(?:的)?(?:面积)?|登记|立项|项目|验收了?|入库|计划|任务|批了?|总面积|地块面积|图斑面积|能种的?|满打满算|合同|指标|全[村乡县镇]|一共卖|[买卖]了?)[^,]{0,8}$"
)
# 租金一亩五百, 我家有三亩, 隔壁有五亩: of money, of somebody's, of another place.
_NOT_OF_IT = re.compile(
    r"租|价|工钱|补[贴助偿]|(?:我|他|她|俺|咱|谁|户主|老乡|农户|一|每|别人)家?(?:自己)?(?:一共|总共|就|才|还)?有(?![人的])|户主|隔壁|邻[居地]|旁边|对面"
)
_RATE = re.compile(r"每$|亩产|一$")
_RATE_AFTER = re.compile(
    r"^(?:地)?(?:能|可|才)?(?:产|打|收|卖|给|补|赔|罚|少卖|租|挣|要|多收)|^(?:地)?[\d零一二两三四五六七八九十百千万]+多?(?:斤|块|元|万|公斤|棵|株)|^(?:地)?(?:的)?(?:租金|补偿|补助|产量)"
)
_CONCERNED = re.compile(
    r"涉及|占|荒|硬化|盖|建|栽|种|毁|挖|推|虚|撂|闲置|圈|堆|铺|打了|问题|面积|没种|破坏|淹|污染|非农|非粮|改成|空着"
)
# 面积一点五: in the unit of the form.
_NAMED = re.compile(
    rf"(?:涉及|问题|占用|占地)?(?<!耕地)(?<!地块)(?<!总)面积(?:就|大概|约)?(?:是|写|填|为|改成|有|:|\s)*(?P<n>{NUMBER})(?=$|[\s,。吧])"
)
_ALL_FARMLAND = re.compile(r"(?<!不)(?:全部?|都|整块|整个)(?:就?是|都是|算)耕地")
_WHOLE_PARCEL = re.compile(
    r"(?:就是|是|按)?(?:整块地?|整个(?:地块|图斑)|整图斑|全块|全部|全都?是?|地块面积|这块地?(?:全|都))(?:都|全)*(?:是|占了|荒了|有问题|的)?(?:面积)?(?:吧|的)?"
)
_NO_FARMLAND = re.compile(
    r"(?:一点)?(?:都|也)?(?:没有?|无)(?:耕地|啥耕地|一分)?(?:了|的)?|不是耕地|都不是(?:耕地)?"
)
_WHOLE_AREA = re.compile(
    r"(?:全部?|都)(?:是|都是)?(?:的|吧)?|(?:跟|和)?(?:涉及)?(?:面积)?一样(?:多|大)?|一样的?"
)
_SHARE = re.compile(r"一半|大半|小半|分之")
_MEASURED = re.compile(r"(?:实测|实际|现场|实地|量下来|实有|只有)[^,占荒]*$")
_TOTAL = re.compile(r"总共|一共|合计|拢共|加起来|共计|统共|总的|共")
_WHOLE = re.compile(
    r"(?:地块|图斑|整块地?|这块地?|全块|这一块|全部)(?:地)?(?:一共|总共|共|面积|有|是|大概|大约|约|差不多)*$"
)
_PIECE = re.compile(
    r"(?:[上下][半坡]?坡?|[东西南北](?:边|头|面|半拉|半边|侧)?|这头|那头|另外?|还有)(?:有|是|占)?$"
)
_NOT = re.compile(r"(?:不是|不对|不止)(?:大概|大约|约|什么)?$")


def of_the_whole(text: str, asked: str | None, whole_mu: float, area_mu: object) -> Fill | None:
    """整块都是, where the area is asked for: the parcel's. 没有 or 全是, where the farmland in it is."""
    answer = text.strip(" ,。.!")
    if asked == "area_mu" and _WHOLE_PARCEL.fullmatch(answer) and whole_mu > 0:
        return Fill("area_mu", round(whole_mu, 2), answer)
    if asked != "cultivated_mu":
        return None
    if _NO_FARMLAND.fullmatch(answer):
        return Fill("cultivated_mu", 0.0, answer)
    if _WHOLE_AREA.fullmatch(answer) and isinstance(area_mu, int | float):
        return Fill("cultivated_mu", float(area_mu), answer)
    return None


def all_farmland(text: str, area_mu: object) -> Fill | None:
    """都是耕地, said of the area concerned when its farmland is asked for."""
    m = _ALL_FARMLAND.search(text)
    if m is None or not isinstance(area_mu, int | float) or isinstance(area_mu, bool):
        return None
    return Fill("cultivated_mu", float(area_mu), m[0])


def area_fills(text: str, clauses: Sequence[Clause], *, asked: str | None) -> list[Fill]:
    """The areas to fill: the one concerned, and the farmland in it."""
    told = [(a, _clause_before(a, text, clauses)) for a in areas(text)]
    said = [(a, b) for a, b in told if not _set_aside(a, b, text)]
    farmland = [a for a, b in said if _FARMLAND.search(b)]
    rest = [(a, b) for a, b in said if a not in farmland]
    if len(said) < len(told) and all(_MEASURED.search(b) for _, b in rest):
        rest = []  # 报的四亩，实测三亩: the difference is the trouble, not the three
    if asked == "cultivated_mu" and not farmland and len(rest) == 1:
        farmland, rest = [rest[0][0]], []
    fills = []
    if not told and (named := _NAMED.search(text)) and (mu := number(named["n"])) is not None:
        fills.append(Fill("area_mu", round(mu, 4), named[0]))
    if (a := _one(rest, text, clauses)) is not None and a.mu is not None:
        fills.append(Fill("area_mu", a.mu, a.words, a.about))
    if len({a.mu for a in farmland}) == 1 and farmland[0].mu is not None:
        a = farmland[0]
        fills.append(Fill("cultivated_mu", farmland[0].mu, a.words, a.about))
    return fills


def _clause_before(a: Amount, text: str, clauses: Sequence[Clause]) -> str:
    clause = next((c for c in clauses if c.start <= a.start < c.end), None)
    return text[clause.start if clause else 0 : a.start]


def _set_aside(a: Amount, before: str, text: str) -> bool:
    """Rates, what was taken back (不是三亩是两亩), and what the register says."""
    after = text[a.end :]
    if _NOT_OF_IT.search(before) and not re.search(r"占|荒|问题|涉及|盖|改", before):
        return True
    if _RATE.search(before) or _RATE_AFTER.match(after) or _NOT.search(before):
        return True
    return bool(_REGISTERED.search(before)) and not re.search("虚|多报|少", before)


def _one(said: list[tuple[Amount, str]], text: str, clauses: Sequence[Clause]) -> Amount | None:
    """The area concerned, where the message says just one."""
    if not said:
        return None
    if any(a.mu is None for a, _ in said) and len(said) == 1:
        return None
    if _SHARE.search(text) and all(not _is_concerned(a, b, text) for a, b in said):
        return None  # 一共六亩，荒了一半
    for wanted in (_is_total, _is_concerned, _is_plain):
        some = [a for a, b in said if wanted(a, b, text)]
        if some:
            values = {a.mu for a in some}
            return some[0] if len(values) == 1 else None
    return said[0][0] if len(said) == 1 else None


def _is_total(a: Amount, before: str, text: str) -> bool:
    return bool(_TOTAL.search(before) and _CONCERNED.search(before)) and not _WHOLE.search(before)


def _is_concerned(a: Amount, before: str, text: str) -> bool:
    after = text[a.end : a.end + 6].partition(",")[0]
    if _PIECE.search(before):
        return False
    return bool(
        _CONCERNED.search(before)
        or re.match(r"(?:地)?(?:都|全)?(?:荒|撂|占|硬化|没种|闲|叫|让|被)", after)
    )


def _is_plain(a: Amount, before: str, text: str) -> bool:
    return not (_PIECE.search(before) or _WHOLE.search(before) or _TOTAL.search(before))

"""What the mentions say of the ground: its land class and its planting."""

import re
from collections.abc import Sequence

from field_app.chat.mentions import Mention, Standing
from field_app.chat.normalise import Clause
from field_app.chat.said import Fill, Unsure
from models import taxonomy

_FARMLAND = ("0101", "0102", "0103")
_SHED = ("1202", "0102", "0103")
_JUST_FARMLAND = re.compile(
    r"(?:^|是|算|属于|叫|成|为)(?:个|块|一块|纯|正经)?(?:普通)?(?:的)?耕地(?:嘛|吧|啊|呀|呢|了|的|地|一块)*$"
)
_UNDECIDED = re.compile(r"不确定|分不清|说不准|说不清|看不出|拿不准|不知道是|吃不准|不好说")
_JUST_A_SHED = re.compile(r"(?<!蔬菜)(?<!种菜)(?<!菜)(?<!养殖)(?<!草莓)大棚(?!房)")
_SHED_GONE = re.compile(r"(?:都|也|早|就|已经)*(?:拆|没|扒|清)")
_NO_SHED = re.compile(
    r"(?:没有?|不是|拆了?|以前|原来|原先|去年|打算|准备|计划|挨着|旁边|隔壁)[^,]{0,4}$"
)
_ROTATION = re.compile(
    r"轮|倒茬|倒着|一季.{1,5}一季|一茬.{1,5}一茬|一年.{1,5}一年|头茬.{1,4}[二下]茬|茬.{1,3}完.{0,3}种"
)
_BETWEEN_TREES = re.compile(
    r"(?:树|林|果树|核桃树|桃树)(?:行|空|趟|底下?|下|间|株)(?:里|子|间|中间|底下)?.{0,6}$"
)
_CODE = re.compile(r"(?<![\d.a-z_=-])(\d{4}[ak]?|09)(?![\d.:a-z])")
# 麦茬还在, 还没种下一季: what was reaped last counts.
_STUBBLE = re.compile(r"茬|秆|秧|刚收|刚割|收完|收罢|割罢|割完")


def land_class(
    found: Sequence[Mention], text: str, clauses: Sequence[Clause], *, asked: bool
) -> tuple[Fill | None, Unsure | None]:
    """The land class of a message, or what it may be."""
    if by_code := _by_code(text, asked=asked):
        return by_code, None
    here = [m for m in found if m.thing.land_class and m.standing is Standing.HERE]
    here = [m for m in here if not _hosts(m, found, text)]
    codes = list(dict.fromkeys(m.thing.land_class for m in here))
    if len(codes) > 1:
        here = _deciding(here, text)
        codes = list(dict.fromkeys(m.thing.land_class for m in here))
    if len(codes) == 1 and not _UNDECIDED.search(text):
        return Fill("land_class", codes[0], here[0].thing.word), None
    if codes:
        words = "、".join(dict.fromkeys(m.thing.word for m in here))
        return None, Unsure("land_class", tuple(codes[:4]), words)
    return None, _open(found, text, clauses)


def _by_code(text: str, *, asked: bool) -> Fill | None:
    known = taxonomy.land_classes()
    for m in _CODE.finditer(text):
        code = m[1].upper()
        before = text[: m.start()].rstrip(" ,:是为选填")
        if code not in known:
            continue
        named = before.endswith(known[code].name)
        alone = text.strip(" ,。") == m[1]
        if named or (asked and alone) or re.search(r"代码|编码|地类$|地类[是为]", before):
            return Fill("land_class", code, m[0])
    return None


def _hosts(m: Mention, found: Sequence[Mention], text: str) -> bool:
    """林子底下种的麦: the trees are where the crop stands, not what the land is."""
    after = text[m.end : m.end + 8]
    return bool(re.match(r"(?:行|空|趟|间|底?下)(?:里|子|间|中间|边|头)?", after)) and any(
        o.thing.planting in ("LS", "FLS", "LLJZ") for o in found
    )


def _deciding(here: Sequence[Mention], text: str) -> list[Mention]:
    """Which of several classes a message settles on."""
    built = [m for m in here if m.thing.land_class not in _FARMLAND]
    farm = [m for m in here if m.thing.land_class in _FARMLAND]
    if farm and built:
        taken = re.search(
            r"[改变挖盖建栽种推修铺]成|全(?:都|部)?[改栽种是让叫]|都(?:栽|种|是)|占满|铺满|整块|全栽|盖(?:了|上)|建(?:了|上|起)|改[种栽]",
            text,
        )
        crop = re.search(
            r"种(?:的|着|了)?(?:点|些)?(?:[\w]{0,2})(?:麦|玉米|苞谷|红薯|花生|豆|菜)", text
        )
        return built if taken and not crop else [*farm, *built]
    if farm:
        return _surest_farmland(farm, text)
    young = [m for m in here if m.thing.land_class == "0307"]
    if young:
        return young  # 桂花、海棠 and 苗木: what the trees are now
    # The more telling word: a farm with a yard is a farm, an orchard with a hut an orchard.
    for first in ("1104A", "1202", "0508", "0601", "0602", "1302", "0702", "0201", "0202", "0204"):
        chosen = [m for m in here if m.thing.land_class == first]
        if chosen and _together(first, {m.thing.land_class for m in here}):
            return chosen
    return list(here)


_GO_TOGETHER = (
    {"1104A", "1104"},
    {"1202", "0702", "1301", "1006"},
    {"0508", "0601", "1301", "1006"},
    {"0601", "0602", "1301", "1303"},
    {"0702", "1006"},
    {"1302", "1301"},
    {"0602", "1104", "1207"},
    {"0201", "0301"},
    {"0202", "0301"},
    {"0204", "0301", "0305"},
)


def _together(first: str, codes: set[str]) -> bool:
    return any(first in group and codes <= group for group in _GO_TOGETHER)


def _surest_farmland(farm: Sequence[Mention], text: str) -> list[Mention]:
    """能浇 and 旱地 contradict each other; 稻子 in a field called 水浇地 does not make it 水田."""
    named = [m for m in farm if m.thing.word.endswith(("田", "地")) or m.thing.word == "水浇地"]
    return named or list(farm)


def _open(found: Sequence[Mention], text: str, clauses: Sequence[Clause]) -> Unsure | None:
    """耕地 and 大棚 may be several classes: which one is for the person to say."""
    for clause in clauses:
        if _JUST_FARMLAND.search(clause.text) and not re.search(
            r"新增|补充|占|其中|老耕地|不是|保护|存量|低劣|基本", clause.text
        ):
            return Unsure("land_class", _FARMLAND, "耕地")
    if any(m.thing.planting in ("LS", "FLS") and m.standing is Standing.HERE for m in found):
        return None
    m = _JUST_A_SHED.search(text)
    if m and not _SHED_GONE.match(text, m.end()) and not _NO_SHED.search(text[: m.start()]):
        denied = any(
            o.start <= m.start() < o.end and o.standing is not Standing.HERE for o in found
        )
        return None if denied else Unsure("land_class", _SHED, "大棚")
    return None


def planting(found: Sequence[Mention], text: str, *, other_use: bool) -> Fill | None:
    """The planting of a message. `other_use` where the ground is said to be no farmland: then a
    crop is none of this parcel's."""
    here = [m for m in found if m.thing.planting and m.standing is Standing.HERE]
    here = [m for m in here if not _of_a_company(m, text)]
    codes = {m.thing.planting for m in here}
    words = "、".join(dict.fromkeys(m.thing.word for m in here))
    for special in ("LLJZ", "XG"):
        if special in codes:
            return Fill("planting", special, words)
    crops = codes & {"LS", "FLS"}
    if crops and any(
        _BETWEEN_TREES.search(text[: m.start]) for m in here if m.thing.planting in crops
    ):
        return Fill("planting", "LLJZ", words)
    if "LYFL" in codes or (crops == {"LS", "FLS"} and _ROTATION.search(text)):
        return Fill("planting", "LYFL", words)
    if crops and not other_use:
        if len(crops) == 1 and not ("WG" in codes and not _STUBBLE.search(text)):
            return Fill("planting", crops.pop(), words)
        return None
    if codes == {"WG"} or (other_use and "WG" in codes):
        return Fill("planting", "WG", words)
    return None


def _of_a_company(m: Mention, text: str) -> bool:
    """药材公司 is a firm and no crop."""
    return text.startswith(("公司", "厂", "局", "站", "加工"), m.end)

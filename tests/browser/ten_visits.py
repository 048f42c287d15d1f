"""Ten visits as an inspector would make them: what there is to tell of ten parcels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.browser.talking import Part


@dataclass(frozen=True)
class Wanted:
    """Photos to take: kinds in order, how far from the parcel, and the words sent with them."""

    kinds: Sequence[str]
    away_m: float = 0.0
    words: str = ""


@dataclass(frozen=True)
class Visit:
    """What there is to tell of a parcel, in the order in which it is told. In the half-and-half
    way `begins` tells the first part, and the other hand takes over at each of `switches`."""

    name: str
    parts: Sequence[Part | Wanted]
    begins: str = "form"
    switches: Sequence[int] = (2,)

    @property
    def answers(self) -> dict[str, Any]:
        """What stands at the end; what was put right, as put right."""
        told: dict[str, Any] = {}
        for part in self.parts:
            if isinstance(part, Part):
                told |= part.answers
        return told


FOUR = Wanted(("全景", "近景", "利用特征", "利用特征"))


def now(words: str, land_class: str, planting: str = "") -> Part:
    answers = {"land_class": land_class} | ({"planting": planting} if planting else {})
    return Part(answers, words)


def problem(code: str) -> Part:
    return Part({"has_problem": "是", "category": code[0], "problem_type": code})


def facts(text: str) -> Part:
    return Part({"facts": text})


def area(words: str, mu: float) -> Part:
    return Part({"area_mu": mu}, words)


def no_photo(reason: str, note: str) -> Part:
    return Part({"no_photo_reason": reason, "no_photo_note": note})


AS_REPORTED = Part({"as_registered": "是"}, "跟报备一致")
NOT_AS_REPORTED = Part({"as_registered": "否"}, "跟报备的不一样")
NOTHING_WRONG = Part({"has_problem": "否"}, "没发现问题")
ASTRAY = no_photo("DWYC", "手机定位飘到了河对岸，拍了也对不上地块。")
SMALL = no_photo("XTB", "地块只有窄窄一条，站进去就拍不全。")

VISITS = (
    Visit(
        "maize on dry land, photographed",
        (now("旱地，种的玉米", "0103", "LS"), AS_REPORTED, NOTHING_WRONG, FOUR),
    ),
    Visit(
        "a rice field, with a remark",
        (
            now("水田，种的水稻", "0101", "LS"),
            AS_REPORTED,
            Part({"has_problem": "否"}),
            ASTRAY,
            Part({"remark": "村会计在场，说九月二十号开镰。"}),
        ),
        begins="chat",
    ),
    Visit(
        "an orchard that was one before",
        (
            now("现在是果园，种的桃树", "0201"),
            problem("2-1"),
            NOT_AS_REPORTED,
            facts("整块都是挂果的桃树，树龄十年以上，原来就不是耕地。"),
            area("三亩二分", 3.2),
            Wanted(("全景",), away_m=900.0),
            FOUR,
        ),
        switches=(2, 5),
    ),
    Visit(
        "poplars on new farmland",
        (
            now("整块地都种成了杨树，没有耕种痕迹", "0301"),
            problem("3-5"),
            NOT_AS_REPORTED,
            facts("整块地都种成了杨树，没有耕种痕迹。"),
            area("涉及面积两亩半", 2.5),
            SMALL,
            Part({"measure": "限期清除杨树，恢复耕种。"}),
        ),
        begins="chat",
        switches=(2, 4, 6),
    ),
    Visit(
        "farmland left to the weeds",
        (
            now("旱地，荒了两年，没有耕种", "0103", "WG"),
            problem("3-6"),
            NOT_AS_REPORTED,
            facts("地里长满一人高的蒿草，看不到田垄，没有耕种痕迹。"),
            area("面积七分", 0.7),
            Part({"cultivated_mu": 0.7}, "其中耕地七分"),
            ASTRAY,
        ),
        switches=(3,),
    ),
    Visit(
        "a house on the field",
        (
            now("地里盖了房子", "0702"),
            NOT_AS_REPORTED,
            problem("3-4"),
            facts("地块东半部建了两层砖房和水泥院坝，已经住人。"),
            area("涉及面积八百平方米", 1.2),
            Part({"cultivated_mu": 0.5}, "其中耕地五分"),
            FOUR,
            Part({"remark": "房主说手续在办，没有拿出来。"}),
        ),
        begins="chat",
        switches=(1, 3, 4, 7),
    ),
    Visit(
        "nobody gets there",
        (
            now("旱地，休耕", "0103", "XG"),
            AS_REPORTED,
            NOTHING_WRONG,
            no_photo("WFDD", "漫水桥被冲断了，车和人都过不去。"),
        ),
        switches=(3,),
    ),
    Visit(
        "first taken for an orchard, then put right",
        (
            now("这块是果园", "0201"),
            now("不对，是水浇地", "0102"),
            Part({"planting": "FLS"}),
            AS_REPORTED,
            NOTHING_WRONG,
            SMALL,
        ),
        begins="chat",
        switches=(1, 3),
    ),
    Visit(
        "a problem that was none",
        (
            now("水浇地，小麦出苗了", "0102", "LS"),
            Part({"as_registered": "是"}),
            problem("3-6"),
            facts("先看到地头有一片荒草，走近看是邻地的。"),
            area("一分", 0.1),
            NOTHING_WRONG,
            ASTRAY,
        ),
        switches=(4, 6),
    ),
    Visit(
        "a fish pond, all that can be said",
        (
            now("挖成了鱼塘", "1104A"),
            NOT_AS_REPORTED,
            problem("3-5"),
            facts("地块中间挖成鱼塘，四周是新堆的土埂，水深约两米。"),
            area("三亩", 3.0),
            no_photo("DWYC", "手机搜不到卫星，定位一直在村委会。"),
            Part({"cultivated_mu": 0.4}, "其中耕地四分"),
            Part({"measure": "填平鱼塘，恢复耕作层。"}),
            Part({"remark": "承包人不在家，电话没有打通。"}),
        ),
        begins="chat",
        switches=(3, 6),
    ),
)

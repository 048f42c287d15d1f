"""What the inspectors of the demonstration county did in the last two weeks, visit by visit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from field_app.demo import entries
from field_app.demo.parcels import Project
from field_app.demo.script import (
    CLOSE,
    FEATURE,
    OVERVIEW,
    SIDES,
    USUAL,
    Confirm,
    Decide,
    Reject,
    Script,
    SendBack,
    ShootAgain,
    Visit,
    from_a_messenger,
    looking_away,
    nothing_wrong,
    of_last_year,
    on_a_web_map,
    on_day,
    problem,
    with_shot,
)

_AWAY = "镜头方位与地块不符，但画面里的水塔和田埂与影像一致，确是本地块。"


def visits(county: dict[str, Project], now: datetime) -> list[Visit]:
    """All visits. What each state looks like on the pages is shown by at least one of them."""
    script = Script(county, now)
    return [
        *map(partial(entries.course, script), _confirmed(script, county)),
        *_rejected(script),
        *_sent_back(script),
        *_waiting(script),
        *_drafts(script),
        *entries.closed(script),
    ]


def _confirmed(s: Script, county: dict[str, Project]) -> Iterator[Visit]:
    """Closed visits: entries in three ledgers, and fields with nothing wrong."""
    at = s.parcel("liushan")
    facts = "地块内全部为杨树，树龄约五年，行距三米，没有耕种痕迹，与报备的旱地不符。"
    said = problem(at, "2-1", "0301", facts, measure="核减虚增的新增耕地，由镇政府落实复耕。")
    yield s.visit("hecha2", at, 13.2, "forest", said, Confirm("dudao1", 12.3, begin=True))

    at = s.parcel("banshanping", steep=True)
    facts = "地块位于陡坡，实测坡面约 30°，梯田田坎坍塌多处，土层薄，种有少量玉米。"
    said = problem(at, "3-3", "0103", facts, planting="LS")
    yield s.visit("hecha1", at, 12.3, "crop", said, Confirm("dudao2", 11.5, begin=True))

    number, old = county["chengjiao2"].overlapping[0]
    at = next(f for f in county["chengjiao2"].fields if f.number == number)
    facts = f"本地块与 2019 年项目地块 {old} 为同一块地，田埂和地界一致，属重复立项。"
    said = problem(at, "2-3", "0103", facts, planting="LS")
    yield s.visit("hecha6", at, 11.1, "crop", said, Confirm("dudao1", 10.2))

    at = s.parcel("baitugang")
    facts = "地块杂草高过膝盖，至少两季没有耕种，西侧有少量灌木，属闲置撂荒。"
    said = problem(at, "3-6", "0103", facts, planting="WG", measure="由村组组织复耕，秋播前种上。")
    trusted = Decide("dudao1", 9.4, 0, True, _AWAY)
    visit = s.visit("hecha3", at, 10.2, "weeds", said, trusted, Confirm("dudao1", 9.42))
    yield looking_away(visit, 0)

    at = s.parcel("xiaodian")
    facts = "地块东半部已建成养殖用房一栋，地面硬化，西半部仍种玉米，属非农化。"
    said = problem(at, "3-4", "0702", facts, share=0.5)
    yield s.visit("hecha4", at, 9.5, "building", said, Confirm("dudao2", 8.2, begin=True))

    at = s.parcel("nanhedian")
    facts = "地块内建有民房一处并硬化院落，村里说没有办理用地手续，也没有补充耕地。"
    said = problem(at, "1-1", "0702", facts, share=0.6)
    yield s.visit("hecha5", at, 8.6, "building", said, Confirm("dudao1", 7.5))

    at = s.parcel("huanghou")
    facts = "报备时的举证照片显示为整齐旱地，现场为多年生杂草和灌木，与当时照片明显不是一处。"
    said = problem(at, "2-4", "0404", facts)
    yield s.visit("hecha6", at, 8.1, "weeds", said, Confirm("dudao2", 6.7))

    at = next(f for f in county["yunyang"].fields if f.plain and f.area_mu > 12.0)
    visit = s.visit("hecha4", at, 7.3, "crop", nothing_wrong(), Confirm("dudao2", 6.6),
                    kinds=(*USUAL, *SIDES))  # fmt: skip
    yield visit

    at = s.parcel("qiaoduan")
    yield s.visit("hecha1", at, 7.1, "bare", nothing_wrong("LYFL"), Confirm("dudao1", 6.4))


def _rejected(s: Script) -> Iterator[Visit]:
    at = s.parcel("sikeshu")
    facts = "地块刚翻耕过，没有看到庄稼，可能已经撂荒，请核实。"
    said = problem(at, "3-6", "0103", facts, planting="WG")
    why = "照片可见新翻的垄沟，属正常轮作整地，不构成撂荒。"
    yield s.visit("hecha5", at, 9.1, "bare", said, Reject("dudao2", 8.4, why))


def _sent_back(s: Script) -> Iterator[Visit]:
    """Visits that came back: one photo to shoot again, the whole again, and one shot again."""
    at = s.parcel("cuizhuang")
    facts = "地块中部挖成鱼塘，水面约占六成，四周埂上种有蔬菜，已不是耕地。"
    said = problem(at, "3-4", "1104A", facts, share=0.6)
    back = SendBack(
        "dudao1", 4.3, photos={0: "看不到鱼塘与地块边界的关系，请退到南侧路上重拍全景。"}
    )
    yield s.visit("hecha4", at, 5.2, "pond", said, back, near="weeds")

    at = s.parcel("nanhedian")
    facts = "地里种的是苗木，一行一行很整齐，不是粮食作物，村民说卖给苗圃。"
    said = problem(at, "3-5", "0103", facts, planting="FLS")
    why = "苗木还是树林没有写清楚，请问清树种和栽种时间后补充到问题描述里。"
    yield s.visit("hecha3", at, 5.4, "forest", said, SendBack("dudao2", 3.6, why))

    at = s.parcel("chengjiao")
    facts = "地块北侧三分之一堆放建筑垃圾，其余种植玉米，垃圾下面的耕层已经压实。"
    said = problem(at, "3-4", "0103", facts, share=0.33, planting="LS")
    back = SendBack("dudao1", 4.6, photos={1: "近景没有拍到堆放物，请走近重拍。"})
    kinds = (CLOSE,)
    again = s.shots("hecha2", at, on_day(s.now, 2.3), "bare", kinds=kinds)
    yield s.visit("hecha2", at, 6.2, "bare", said, back, ShootAgain(2.3, again))


def _waiting(s: Script) -> Iterator[Visit]:
    """What lies in the supervisors' queue, the doubtful ones included."""
    at = s.parcel("liushan")
    facts = "整块地已改成坑塘养鱼，塘埂硬化，没有耕作层，村委说承包了十年。"
    said = problem(at, "3-4", "1104A", facts)
    yield s.visit("hecha2", at, 3.2, "pond", said, near="pond", by_page=False)

    at = s.parcel("banshanping")
    facts = "地块为多年生乔木林，林下无耕作痕迹，与报备新增耕地不符。"
    said = problem(at, "2-1", "0301", facts)
    yield on_a_web_map(s.visit("hecha1", at, 3.1, "forest", said), 0)

    at = s.parcel("sikeshu")
    yield s.visit("hecha5", at, 2.7, "crop", nothing_wrong())

    at = s.parcel("xiaodian")
    facts = "地块长满一人高的蒿草，田埂看不清，至少三年没有耕种。"
    said = problem(at, "3-6", "0103", facts, planting="WG")
    yield looking_away(s.visit("hecha6", at, 2.6, "weeds", said), 3)

    at = s.parcel("baitugang")
    facts = "地块内有活动板房一处和水泥地坪，四周为耕地，用途为农机停放。"
    said = problem(at, "3-4", "1202", facts, share=0.4)
    visit = s.visit("hecha3", at, 2.4, "building", said)
    yield of_last_year(visit, s.shot("hecha3", at, visit.at, OVERVIEW, "crop"))

    yield from _one_photo_for_two(s)

    at = s.parcel("qiaoduan")
    answers = nothing_wrong() | {
        "no_photo_reason": "WFDD",
        "no_photo_note": "进地块的便道被山洪冲断，绕行也过不去，已在断点处等候半小时。",
        "remark": "水退后可由村里带路再去。",
    }
    yield s.visit("hecha1", at, 1.8, "crop", answers, kinds=())

    at = s.parcel("cuizhuang")
    yield s.visit("hecha6", at, 1.6, "bare", nothing_wrong("LYFL"))


def _one_photo_for_two(s: Script) -> Iterator[Visit]:
    """Two neighbours, and the overview of the first filed for the second as well."""
    a, b = s.neighbours("xiaodian")
    first = s.visit("hecha4", a, 2.1, "crop", nothing_wrong())
    yield first
    second = s.visit("hecha4", b, 2.2, "crop", nothing_wrong())
    yield with_shot(second, len(second.shots), first.shots[0])


def _drafts(s: Script) -> Iterator[Visit]:
    """Visits still in their inspectors' hands."""

    def draft(visit: Visit) -> Visit:
        return replace(visit, then=())

    at = s.parcel("nanhedian")
    yield draft(s.visit("hecha1", at, 1.2, "crop", {"land_class": "0103"}, kinds=(OVERVIEW,)))

    at = s.parcel("liushan")
    facts = "地块南头栽有"
    answers = {"land_class": "0305", "has_problem": "是", "category": "2", "facts": facts}
    visit = s.visit("hecha2", at, 1.3, "weeds", answers, kinds=(OVERVIEW, CLOSE))
    yield draft(from_a_messenger(visit, 1))

    at = s.parcel("cuizhuang")
    yield draft(s.visit("hecha4", at, 1.4, "crop", {}, kinds=()))

    at = s.parcel("sikeshu")
    kinds = (OVERVIEW, CLOSE, FEATURE)
    yield draft(s.visit("hecha3", at, 1.5, "crop", nothing_wrong(), kinds=kinds))

"""Forged places and directions: what the position, the page or the compass gives away."""

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

from field_app.demo.shots import outside
from models.geo import Position, distance_to_m, to_gcj02
from models.vocabulary import PhotoKind
from photos.case import Case
from tests.corpus import forging
from tests.corpus.kinds import (
    CONTRADICTED,
    DOUBTFUL,
    Kind,
    Sort,
    shown,
)
from tests.corpus.setting import (
    a_setting,
    elsewhere,
    within,
)

_WITH_COMPASS = ("google", "apple", "hmd")


@shown("F01/next-village", "在 240 m–2 km 外的邻村拍摄", expected=CONTRADICTED, count=12)
def next_village(dice: Random) -> Case:
    setting = a_setting(dice)
    setting = setting.moved_to(elsewhere(setting, 240.0, 2_000.0))
    while 300.0 < distance_to_m(setting.boundary, setting.at) < 1_300.0:
        # The shift of a Chinese map would bring some of these onto the parcel: F19 is that case.
        setting = setting.moved_to(elsewhere(setting, 240.0, 2_000.0))
    return setting.case()


@shown("F01/other-county", "在 60 km 外的另一个县拍摄", expected=CONTRADICTED, count=6)
def other_county(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.moved_to(elsewhere(setting, 90_000.0, 400_000.0)).case()


@shown("F01/too-far-off", "站得太远：地块外 90–200 m", expected=DOUBTFUL, count=8)
def too_far_off(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.moved_to(elsewhere(setting, 95.0, 195.0)).case()


@shown("F01/page-elsewhere", "在别处用页面相机拍摄", expected=CONTRADICTED, count=5)
def page_elsewhere(dice: Random) -> Case:
    setting = a_setting(dice)
    setting = setting.moved_to(elsewhere(setting, 900.0, 9_000.0))
    data = forging.resaved(setting.photo(), keep_exif=False)
    return setting.case(data, claim=setting.page_claim(live=True))


@shown("F05/page-only", "网页里模拟了定位，照片文件自己的位置仍在别处", count=6)
def page_only(dice: Random) -> Case:
    setting = a_setting(dice)
    claim = setting.page_claim()
    setting.at = elsewhere(setting, 900.0, 30_000.0)
    return setting.case(claim=claim)


@shown(
    "F05/fixed-before-leaving",
    "在地块定好位再走开拍照：定位是二十分钟前的",
    expected=DOUBTFUL,
    count=5,
)
def fixed_before_leaving(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    claim = setting.page_claim()
    assert claim.captured_at is not None
    fix = claim.captured_at - timedelta(minutes=dice.uniform(4, 40))
    return setting.case(claim=replace(claim, fix_at=fix))


@shown("F16/looks-away", "人在地块旁，镜头背对地块", expected=DOUBTFUL, count=10)
def looks_away(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_COMPASS))
    setting = setting.moved_to(
        outside(setting.boundary, dice.uniform(32, 60), dice.uniform(0, 360), 6.0)
    )
    setting.heading_deg = (setting.heading_deg + 180.0 + dice.uniform(-30, 30)) % 360.0
    return setting.case()


@shown("F16/page-looks-away", "页面相机拍摄，罗盘背对地块", expected=DOUBTFUL, count=5)
def page_looks_away(dice: Random) -> Case:
    setting = a_setting(dice)
    setting = setting.moved_to(
        outside(setting.boundary, dice.uniform(32, 50), dice.uniform(0, 360), 6.0)
    )
    setting.heading_deg = (setting.heading_deg + 180.0) % 360.0
    setting.facts["blanked"] = "0/1"
    return setting.case(claim=setting.page_claim())


@shown("F16/one-side-for-all", "四向照片朝同一个方向拍了几张充数", expected=DOUBTFUL, count=5)
def one_side_for_all(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_COMPASS))
    at = within(setting.boundary, dice)
    heading = 90.0 + dice.uniform(-20, 20)
    kind = dice.choice((PhotoKind.NORTH, PhotoKind.SOUTH, PhotoKind.WEST))
    return replace(setting, kind=kind, at=at, heading_deg=heading).case()


@shown("F16/at-the-sky", "页面相机拍摄，镜头朝天", expected=DOUBTFUL, count=4)
def at_the_sky(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    return setting.case(claim=setting.page_claim(pitch_deg=dice.uniform(30, 85)))


def _shifted(name: str, what: str, shift: str) -> Kind:
    def make(dice: Random) -> Case:
        setting = a_setting(dice)
        at = setting.at
        setting.at = replace(
            to_gcj02(at) if shift == "gcj" else to_bd09(at), accuracy_m=at.accuracy_m
        )
        return setting.case()

    return Kind(f"forged/{name}", Sort.SHIFTED, DOUBTFUL, what, make, 8)


def to_bd09(at: Position) -> Position:
    """GCJ-02 with Baidu's own twist on top; the formula is public."""
    g = to_gcj02(at)
    x, y = g.lon, g.lat
    z = math.hypot(x, y) + 0.00002 * math.sin(y * math.pi * 3000.0 / 180.0)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * math.pi * 3000.0 / 180.0)
    return Position(z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006)


gcj02 = _shifted("F19/gcj02", "坐标写成火星坐标：不是造假，只请人核对", "gcj")


bd09 = _shifted("F19/bd09", "坐标写成百度坐标：不是造假，只请人核对", "bd")


FORGED_PLACES: tuple[Kind, ...] = (
    next_village, other_county, too_far_off, page_elsewhere, page_only, fixed_before_leaving, looks_away, page_looks_away, one_side_for_all, at_the_sky, gcj02, bd09,
)  # fmt: skip

"""Forged photos that the file itself gives away, or cannot: place, time, editing, stripping."""

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

from PIL import Image

from field_app.demo.shots import outside
from models.geo import Position, distance_to_m, moved, to_gcj02
from photos.case import Case
from tests.corpus import forging, makers
from tests.corpus.honest import learnt
from tests.corpus.kinds import (
    ANY,
    CONTRADICTED,
    DOUBTFUL,
    Kind,
    Sort,
    shown,
    unseen,
    withheld,
)
from tests.corpus.makers import MAKERS
from tests.corpus.setting import Setting, a_setting, picture, within

_WITH_COMPASS = ("google", "apple", "hmd")
_WITH_CLOCK = ("huawei", "honor", "xiaomi", "redmi", "oppo", "vivo", "google", "hmd", "apple-old")
_WITH_PREVIEW = tuple(name for name, m in MAKERS.items() if m.thumbnail is not None)
PHOTOSHOP = b"""<?xpacket begin=""?><x:xmpmeta x:xmptk="Adobe XMP Core 9.1"><rdf:RDF><rdf:Description
 xmp:CreatorTool="Adobe Photoshop 25.7 (Windows)"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
GENERATED = b"""<?xpacket begin=""?><x:xmpmeta><rdf:RDF><rdf:Description
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/%s"
/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def elsewhere(setting: Setting, least_m: float, most_m: float) -> Position:
    """A place that far from the parcel, as the logarithm of the distance falls."""
    dice = setting.dice
    away = least_m * (most_m / least_m) ** dice.random()
    if away < 2_000.0:
        return outside(setting.boundary, away, dice.uniform(0, 360), setting.at.accuracy_m)
    turn = dice.choice(((1, 1), (1, -1), (-1, 1), (-1, -1)))
    return moved(setting.at, east_m=turn[0] * away * 0.8, north_m=turn[1] * away * 0.6)


# --- F01: elsewhere -------------------------------------------------------------------------------


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


# --- F02: a screen or a print photographed --------------------------------------------------------


@unseen("F02/off-a-screen", "到地块旁翻拍屏幕上的照片：文件是真的，只有画面是假的")
def off_a_screen(dice: Random) -> Case:
    setting = a_setting(dice)
    shot = forging.off_a_screen(setting.picture())
    return setting.case(makers.jpeg(shot, setting.maker, setting.exif_facts()))


# --- F03: edited, put together, generated ---------------------------------------------------------


@shown("F03/photoshop", "用 Photoshop 改过，软件名留在文件里")
def photoshop(dice: Random) -> Case:
    setting = a_setting(dice)
    patch = picture("crop", 1 + dice.randrange(4))
    data = forging.resaved(setting.photo(), forging.pasted_over(patch))
    return setting.case(forging.with_software(data, "Adobe Photoshop 25.7 (Windows)", PHOTOSHOP))


@shown("F03/phone-editor", "用修图软件改过，软件名留在文件里", count=6)
def phone_editor(dice: Random) -> Case:
    setting = a_setting(dice)
    data = forging.resaved(setting.photo(), forging.brightened(1.2))
    name = dice.choice(("Snapseed 2.0", "美图秀秀", "醒图", "Polarr", "PicsArt"))
    return setting.case(forging.with_software(data, name))


@shown(
    "F03/pasted",
    "画面换掉三分之一以上，软件名抹去，缩略图忘了改：相近的画面会漏",
    expected=ANY,
    count=12,
)
def pasted(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_PREVIEW))
    setting.scene = dice.choice(("building", "pond", "weeds"))
    patch = picture(dice.choice(("crop", "bare")), 20 + dice.randrange(3))
    left = dice.uniform(0.0, 0.3)
    over = forging.pasted_over(patch, (left, 0.4, left + dice.uniform(0.6, 0.7), 1.0))
    android = dice.random() < 0.5
    return setting.case(forging.resaved(setting.photo(), over, android=android))


@unseen("F03/pasted-little", "画面只盖掉一小块，缩略图几乎不变", count=8)
def pasted_little(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_PREVIEW))
    patch = picture("crop", 20 + dice.randrange(3))
    left, top = dice.uniform(0.1, 0.7), dice.uniform(0.5, 0.8)
    over = forging.pasted_over(patch, (left, top, left + 0.15, top + 0.15))
    return setting.case(forging.resaved(setting.photo(), over, android=True))


@unseen("F03/pasted-clean", "画面换掉一半，没有缩略图，没有软件名，元数据照抄")
def pasted_clean(dice: Random) -> Case:
    setting = a_setting(dice, "apple")
    patch = picture(dice.choice(("crop", "bare")), 20 + dice.randrange(3))
    return setting.case(forging.resaved(setting.photo(), forging.pasted_over(patch)))


@shown("F03/pasted-known-phone", "画面换过、没有缩略图，但这部手机以往的照片都另有写法", count=6)
def pasted_known_phone(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("apple", "huawei", "honor", "vivo")))
    setting.maker = replace(setting.maker, thumbnail=None)
    patch = picture(dice.choice(("crop", "bare")), 20 + dice.randrange(3))
    data = forging.resaved(setting.photo(), forging.pasted_over(patch))
    return setting.case(data, profile=learnt(setting))


@shown("F03/declared-generated", "文件自己标明由人工智能生成或合成", expected=CONTRADICTED)
def declared_generated(dice: Random) -> Case:
    setting = a_setting(dice)
    mark = dice.choice((b"trainedAlgorithmicMedia", b"compositeWithTrainedAlgorithmicMedia"))
    return setting.case(forging.with_xmp(setting.photo(), GENERATED % mark))


@shown("F03/generated-dressed", "生成的图片，用脚本写上手机型号、时间和位置", count=10)
def generated_dressed(dice: Random) -> Case:
    setting = a_setting(dice)
    bare = forging.resaved(setting.photo(), keep_exif=False)
    maker = setting.maker
    return setting.case(
        forging.exif_by_piexif(bare, setting.at, setting.taken_at, maker.make, maker.model)
    )


@withheld("F03/generated-bare", "生成的图片，什么元数据也没有")
def generated_bare(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(forging.resaved(setting.photo(), keep_exif=False))


# --- F04: place and time rewritten ----------------------------------------------------------------


@shown("F04/gps-exiftool", "别处拍的照片，用 exiftool 把位置改到地块上", count=12)
def gps_exiftool(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    return setting.case(forging.gps_by_exiftool(setting.photo(), honest_at))


@shown("F04/gps-piexif", "别处拍的照片，用脚本（piexif）把位置改到地块上", count=12)
def gps_piexif(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    return setting.case(forging.gps_by_piexif(setting.photo(), honest_at))


@shown("F04/gps-script", "别处拍的照片，用脚本把十进制度数写进“度”里", count=6)
def gps_script(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    return setting.case(forging.gps_by_script(setting.photo(), honest_at))


@shown(
    "F04/gps-typed",
    "别处拍的照片，手工填了四位小数的坐标：秒只写到百分之一的手机会漏",
    expected=ANY,
    count=8,
)
def gps_typed(dice: Random) -> Case:
    setting = a_setting(dice)
    at = within(setting.boundary, dice)
    typed = Position(round(at.lon, 4), round(at.lat, 4))
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    return setting.case(forging.gps_in_place(setting.photo(), typed, setting.maker.seconds_over))


@unseen("F04/gps-phone-app", "别处拍的照片，用手机上的改图软件（安卓自带的库）改了位置", count=8)
def gps_phone_app(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    return setting.case(forging.gps_by_phone_app(setting.photo(), honest_at))


@shown("F04/time-piexif", "旧照片，用脚本（piexif）把日期改到任务时段", count=10)
def time_piexif(dice: Random) -> Case:
    setting = a_setting(dice)
    now = setting.taken_at
    setting.taken_at = now - timedelta(days=dice.uniform(200, 900))
    return setting.case(forging.time_by_piexif(setting.photo(), now))


@shown("F04/time-exiftool", "旧照片，用 exiftool 改了相机日期，忘了卫星时间", count=10)
def time_exiftool(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_CLOCK))
    back = timedelta(days=dice.randrange(200, 900))
    setting.taken_at -= back
    return setting.case(forging.time_by_exiftool(setting.photo(), back))


@unseen("F04/time-exiftool-all", "旧照片，用 exiftool 连卫星日期一起改了")
def time_exiftool_all(dice: Random) -> Case:
    setting = a_setting(dice)
    back = timedelta(days=dice.randrange(200, 900))
    setting.taken_at -= back
    return setting.case(forging.time_by_exiftool(setting.photo(), back, satellites=True))


@shown("F04/transplanted", "把现场照片的元数据整块移到另一张图上，缩略图不符", count=10)
def transplanted(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_PREVIEW))
    other = replace(setting, seed=31)  # another field of the same kind
    bare = forging.resaved(other.photo(), quality=dice.choice((80, 90)), keep_exif=False)
    return setting.case(forging.transplanted(bare, setting.photo()))


@shown("F04/transplanted-size", "元数据移到另一张尺寸不同的图上", count=6)
def transplanted_size(dice: Random) -> Case:
    setting = a_setting(dice)
    other = replace(setting, scene="weeds", seed=32, size=dice.choice(((1200, 960), (1280, 720))))
    return setting.case(forging.transplanted(other.photo(), setting.photo()))


@unseen("F04/in-place", "按相机自己的写法就地改坐标：文件里没有任何痕迹", count=10)
def in_place(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    over = setting.maker.seconds_over
    return setting.case(forging.gps_in_place(setting.photo(), honest_at, over))


# --- F13, F15: another time -----------------------------------------------------------------------


@shown("F13/last-year", "往年的照片原样交来", expected=CONTRADICTED)
def last_year(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.taken_at -= timedelta(days=dice.uniform(330, 1100))
    return setting.case()


@shown("F13/last-week", "任务开始前几天拍的照片")
def last_week(dice: Random) -> Case:
    setting = a_setting(dice)
    start = setting.taken_at + timedelta(days=dice.uniform(1.2, 20.0))
    setting.received_at += timedelta(days=25)
    return setting.case(window=(start, start + timedelta(days=60)))


@shown("F13/old-in-page", "在页面里选了一张旧照片冒充此刻拍摄")
def old_in_page(dice: Random) -> Case:
    setting = a_setting(dice)
    claim = setting.page_claim()
    setting.taken_at -= timedelta(hours=dice.choice((0.7, 3, 26, 400)))
    setting.facts["position"] = None
    return setting.case(claim=claim)


@shown("F13/bright-at-midnight", "白天的画面，时间改成了夜里：太阳在地平线下而曝光是大白天")
def bright_at_midnight(dice: Random) -> Case:
    setting = a_setting(dice)
    at = setting.taken_at.replace(hour=dice.choice((0, 1, 2, 22, 23)))
    return replace(setting, taken_at=at, received_at=at + timedelta(hours=9)).case()


@shown("F15/clock-set", "关了自动校时：相机时间与卫星时间差几小时到几天")
def clock_set(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(_WITH_CLOCK))
    off = dice.choice((0.2, 1.37, 4.4, 26.3, 75.0, 300.0))
    setting.facts["gps_time"] = setting.taken_at - timedelta(hours=off)
    return setting.case()


@shown("F15/future", "拍摄时间在收到时间以后", expected=CONTRADICTED, count=6)
def future(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.received_at = setting.taken_at - timedelta(hours=dice.choice((0.5, 5.0, 200.0)))
    return setting.case()


@shown("F15/page-clock", "页面相机拍摄，手机时钟被调过", count=6)
def page_clock(dice: Random) -> Case:
    setting = a_setting(dice)
    data = forging.resaved(setting.photo(), keep_exif=False)
    claim = setting.page_claim(live=True)
    assert claim.sent_at is not None
    off = timedelta(minutes=dice.choice((-300.0, -9.0, -4.0)))
    return setting.case(data, claim=replace(claim, sent_at=claim.sent_at + off))


# --- F16: looking away ----------------------------------------------------------------------------


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


@shown("F16/at-the-sky", "页面相机拍摄，镜头朝天", expected=DOUBTFUL, count=4)
def at_the_sky(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    return setting.case(claim=setting.page_claim(pitch_deg=dice.uniform(30, 85)))


# --- F14, F18: screenshots and stripped files -----------------------------------------------------

_SCREENS = ((720, 1600), (750, 1334), (1080, 2400), (1170, 2532))


def screenshot(setting: Setting) -> Image.Image:
    """A phone's whole screen with a stamped photo in its middle."""
    wide, high = setting.dice.choice(_SCREENS)
    screen = Image.new("RGB", (wide, high), (12, 12, 12))
    shot = forging.stamped(4)(setting.picture()).resize((wide, wide * 3 // 4))
    screen.paste(shot, (0, (high - shot.height) // 2))
    return screen


@withheld("F14/screenshot", "水印相机改了时间地点再截图：没有元数据")
def screenshot_bare(dice: Random) -> Case:
    setting = a_setting(dice)
    screen = screenshot(setting)
    return setting.case(forging.resaved(setting.photo(), lambda _: screen, keep_exif=False))


@shown("F14/screenshot-dressed", "截图后用脚本写上手机型号、时间和位置")
def screenshot_dressed(dice: Random) -> Case:
    setting = a_setting(dice)
    screen = screenshot(setting)
    bare = forging.resaved(setting.photo(), lambda _: screen, keep_exif=False)
    maker = setting.maker
    return setting.case(
        forging.exif_by_piexif(bare, setting.at, setting.taken_at, maker.make, maker.model)
    )


@shown("F14/stamp-of-another-day", "水印改了日期，元数据仍是往年", expected=CONTRADICTED, count=6)
def stamp_of_another_day(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.taken_at -= timedelta(days=dice.uniform(340, 700))
    return setting.case(forging.resaved(setting.photo(), forging.stamped(4)))


@withheld("F18/messenger", "经聊天软件转发，元数据全无", count=8)
def through_messenger(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(
        forging.resaved(setting.photo(), forging.resized(0.75), quality=60, keep_exif=False)
    )


@withheld("F18/picker", "经系统选图器，定位被抹去")
def through_picker(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = dice.choice(("0/1", "0/0"))
    return setting.case()


# --- F22: other names ------------------------------------------------------------------------------


@shown("F22/other-number", "文件名写着另一个地块的编号", expected=DOUBTFUL, count=5)
def other_number(dice: Random) -> Case:
    setting = a_setting(dice)
    name = f"N4113219{dice.randrange(10_000, 99_999)}_Q_001.jpg"
    return setting.case(parcel="N411321000123", named=name)


@unseen("F22/renamed", "改成了本地块编号的别处照片：名字不作依据", count=3)
def renamed(dice: Random) -> Case:
    return a_setting(dice).case(parcel="N411321000123", named="N411321000123_Q_001.jpg")


# --- F19: no forgery ------------------------------------------------------------------------------


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

FORGED_FILES: tuple[Kind, ...] = (
    next_village, other_county, too_far_off, page_elsewhere, off_a_screen, photoshop, phone_editor,
    other_number, renamed, pasted_known_phone, pasted, pasted_little, pasted_clean, declared_generated, generated_dressed, generated_bare, gps_exiftool,
    gps_piexif, gps_script, gps_typed, gps_phone_app, time_piexif, time_exiftool, time_exiftool_all, transplanted, transplanted_size,
    in_place, last_year, last_week, old_in_page, bright_at_midnight, clock_set, future, page_clock,
    looks_away, page_looks_away, at_the_sky, screenshot_bare, screenshot_dressed,
    stamp_of_another_day, through_messenger, through_picker, gcj02, bd09,
)  # fmt: skip

"""Metadata rewritten: position, time, the whole block of another photo, a file's name."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from models.geo import Position
from photos.case import Case, Recorded
from tests.corpus import forging
from tests.corpus.kinds import (
    ANY,
    DOUBTFUL,
    Kind,
    shown,
    unseen,
)
from tests.corpus.setting import WITH_CLOCK, WITH_PREVIEW, a_setting, elsewhere, within
from tests.photos.signing import signed


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
    setting = a_setting(dice, dice.choice(WITH_CLOCK))
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
    setting = a_setting(dice, dice.choice(WITH_PREVIEW))
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


@shown(
    "F04/signed-then-moved",
    "带内容凭证（C2PA）的照片，签名之后就地改了坐标",
    expected=DOUBTFUL,
    count=4,
)
def signed_then_moved(dice: Random) -> Case:
    setting = a_setting(dice)
    honest_at = setting.at
    setting.at = elsewhere(setting, 500.0, 50_000.0)
    over = setting.maker.seconds_over
    return setting.case(
        forging.gps_in_place(signed(setting.photo(), "image/jpeg"), honest_at, over)
    )


@shown("F22/other-number", "文件名写着另一个地块的编号", expected=DOUBTFUL, count=5)
def other_number(dice: Random) -> Case:
    setting = a_setting(dice)
    name = f"N4113219{dice.randrange(10_000, 99_999)}_Q_001.jpg"
    return setting.case(parcel="N411321000123", named=name)


@unseen("F22/renamed", "改成了本地块编号的别处照片：名字不作依据", count=3)
def renamed(dice: Random) -> Case:
    return a_setting(dice).case(parcel="N411321000123", named="N411321000123_Q_001.jpg")


@shown(
    "F22/table-tells-otherwise", "举证包登记的位置或时间与照片文件不符", expected=DOUBTFUL, count=5
)
def table_tells_otherwise(dice: Random) -> Case:
    setting = a_setting(dice)
    if dice.random() < 0.5:
        told = Recorded(position=elsewhere(setting, 120.0, 3_000.0), taken_at=setting.taken_at)
    else:
        off = timedelta(hours=dice.choice((-30.0, 2.0, 500.0)))
        told = Recorded(position=setting.at, taken_at=setting.taken_at + off)
    return setting.case(recorded=told)


@unseen("F04/time-exiftool-named", "旧照片，日期全部改过，只剩文件名里的旧日期：只提示", count=5)
def time_exiftool_named(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("huawei", "honor", "xiaomi", "google")))
    back = timedelta(days=dice.randrange(200, 900))
    setting.taken_at -= back
    name = f"IMG_{setting.taken_at:%Y%m%d_%H%M%S}.jpg"
    return setting.case(forging.time_by_exiftool(setting.photo(), back, satellites=True),
                        parcel="N411321000123", named=name)  # fmt: skip


FORGED_EXIF: tuple[Kind, ...] = (
    gps_exiftool, gps_piexif, gps_script, gps_typed, gps_phone_app, time_piexif, time_exiftool, time_exiftool_all, transplanted, transplanted_size, in_place, signed_then_moved, other_number, renamed, table_tells_otherwise, time_exiftool_named,
)  # fmt: skip

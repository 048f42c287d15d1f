"""Honest photos as cameras write them, by all lights, and whom a check could wrong."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import shapely

from field_app.demo.shots import outside, towards
from models.geo import Position, inside_point, moved
from models.vocabulary import PhotoKind
from photos.case import Case
from photos.evidence import CHINA
from photos.profile import Profile, learn, signature
from photos.reading import read_evidence
from tests.corpus import forging, makers
from tests.corpus.kinds import DOUBTFUL, PASSED, Kind, honest
from tests.corpus.makers import MAKERS
from tests.corpus.setting import Setting, a_field, a_setting, within
from tests.photos.signing import signed


def _of_maker(name: str) -> Kind:
    def make(dice: Random) -> Case:
        setting = a_setting(dice, name)
        if dice.random() < 0.4:  # close-ups are shot from inside, looking anywhere
            setting = replace(setting, kind=dice.choice((PhotoKind.CLOSE, PhotoKind.FEATURE)),
                              at=within(setting.boundary, dice))  # fmt: skip
        return setting.case()

    return honest(f"maker/{name}", f"原图，{MAKERS[name].make} 手机的写法")(make)


@honest("heic", "苹果手机默认的 HEIC 原图", count=4)
def heic(dice: Random) -> Case:
    setting = a_setting(dice, "apple")
    return setting.case(makers.heic(setting.picture(), setting.maker, setting.exif_facts()))


@honest("portrait/tag", "竖拍，像素横存，由方向标记说明")
def portrait_by_tag(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["orientation"] = dice.choice((3, 6, 8))
    return setting.case()


@honest("portrait/pixels", "竖拍，手机直接存成竖图", count=4)
def portrait_by_pixels(dice: Random) -> Case:
    return replace(a_setting(dice), size=(960, 1280)).case()


@honest("panorama", "全景接片，画幅狭长", count=4)
def panorama(dice: Random) -> Case:
    return replace(a_setting(dice), size=(2560, 640)).case()


@honest("hdr", "HDR 手机：主图后附增益图", count=4)
def hdr(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("google", "samsung", "xiaomi")))
    return setting.case(makers.as_gain_map(setting.photo(), setting.picture()))


@honest("zone/unstated", "相机不注明时区（北京时间）", count=4)
def zone_unstated(dice: Random) -> Case:
    return a_setting(dice, dice.choice(("oppo", "vivo", "redmi", "apple-old"))).case()


@honest("zone/xinjiang", "新疆用北京时间，经度偏西三个时区", count=4)
def zone_xinjiang(dice: Random) -> Case:
    setting = a_setting(dice)
    middle = Position(dice.uniform(76.0, 87.6), dice.uniform(39.0, 44.0))
    boundary = a_field(dice, middle)
    at = outside(boundary, 12.0, 200.0)
    day = setting.taken_at.replace(hour=13, minute=7)
    setting = replace(setting, boundary=boundary, at=at, heading_deg=towards(at, boundary),
                      taken_at=day, received_at=day + timedelta(minutes=9))  # fmt: skip
    return setting.case(county_box=None)


@honest("zone/ahead-of-midnight", "清晨拍摄，卫星日期（UTC）还是前一天", count=4)
def early_morning(dice: Random) -> Case:
    setting = a_setting(dice)
    at = datetime(2026, 6, dice.randrange(1, 28), 6, dice.randrange(20, 59), 5, tzinfo=CHINA)
    return replace(setting, taken_at=at, received_at=at + timedelta(minutes=4), ev100=11.0).case()


@honest("old-fix", "定位是几分钟前的：卫星时间落后 1–4 分钟")
def old_fix(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["gps_time"] = setting.taken_at - timedelta(seconds=dice.uniform(50.0, 245.0))
    return setting.case()


@honest("drift", "林下、楼旁定位漂移，手机自己给出的精度 30–60 m", count=6)
def drift(dice: Random) -> Case:
    setting = a_setting(dice, "apple")
    off = dice.uniform(30.0, 60.0)
    at = outside(setting.boundary, 25.0 + off * 0.8, dice.uniform(0, 360), accuracy_m=off)
    return setting.moved_to(at).case()


@honest("dusk", "日落前后拍摄，曝光与天色相符", count=6)
def dusk(dice: Random) -> Case:
    setting = a_setting(dice)
    at = datetime(2026, 10, dice.randrange(1, 30), 17, dice.randrange(20, 50), tzinfo=CHINA)
    setting = replace(setting, taken_at=at, received_at=at + timedelta(minutes=3))
    return replace(setting, ev100=dice.uniform(5.0, 9.0)).case()


@honest(
    "night", "夜里补拍，曝光与天色相符：问一问可以，不能判不符", expected=PASSED | DOUBTFUL, count=6
)
def night(dice: Random) -> Case:
    setting = a_setting(dice)
    at = datetime(2026, 11, dice.randrange(1, 28), dice.randrange(19, 23), 12, tzinfo=CHINA)
    setting = replace(setting, taken_at=at, received_at=at + timedelta(minutes=6))
    return replace(setting, ev100=dice.uniform(-1.0, 5.5)).case()


@honest("tone-mapped", "多帧合成后色调与缩略图不同（缩略图存的是合成前的）", count=6)
def tone_mapped(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("google", "huawei", "samsung")))
    maker = setting.maker
    assert maker.thumbnail is not None
    before = makers.preview(setting.picture(), maker.thumbnail)
    after = forging.brightened(dice.choice((0.85, 1.12, 1.25)))(setting.picture())
    return setting.case(makers.jpeg(after, maker, setting.exif_facts(), thumbnail=before))


@honest("whole-seconds", "手机只把坐标记到整秒", count=4)
def whole_seconds(dice: Random) -> Case:
    setting = a_setting(dice, "samsung")
    setting.maker = replace(setting.maker, seconds_over=1)
    return setting.moved_to(replace(within(setting.boundary, dice), accuracy_m=8.0)).case()


@honest("four-sides", "四向照片：在地块内依次朝四个方向拍")
def four_sides(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("google", "apple", "hmd")))
    side, middle = dice.choice(((PhotoKind.NORTH, 0.0), (PhotoKind.EAST, 90.0),
                                (PhotoKind.SOUTH, 180.0), (PhotoKind.WEST, 270.0)))  # fmt: skip
    at = within(setting.boundary, dice)
    heading = (middle + dice.uniform(-35, 35)) % 360.0
    return replace(setting, kind=side, at=at, heading_deg=heading).case()


@honest("multi-part", "地块分成几块，站在其中一块旁边", count=5)
def multi_part(dice: Random) -> Case:
    setting = a_setting(dice)
    other = moved(inside_point(setting.boundary), east_m=dice.uniform(150, 400), north_m=90.0)
    parts = shapely.MultiPolygon([setting.boundary, a_field(dice, other, (20.0, 40.0))])
    return replace(setting, boundary=parts).case()


@honest("compass/near", "紧贴地边拍摄，罗盘随便指", count=4)
def compass_near(dice: Random) -> Case:
    setting = a_setting(dice, "google")
    at = outside(setting.boundary, 4.0, 30.0, accuracy_m=9.0)
    return replace(setting, at=at, heading_deg=dice.uniform(0, 360)).case()


def learnt(setting: Setting, photos: int = 10) -> Profile:
    """How the setting's phone writes its files, from so many of its earlier photos."""
    earlier = [replace(setting, seed=n % 6, facts={}).photo() for n in range(photos)]
    return learn("jpeg", [signature(read_evidence(data)) for data in earlier])


@honest("signed", "相机签过内容凭证（C2PA），签后没有改动", count=3)
def signed_by_camera(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("samsung", "google", "xiaomi")))
    return setting.case(signed(setting.photo(), "image/jpeg"))


@honest("profile/same-phone", "与这部手机以往的照片写法一致", count=4)
def profile_same_phone(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(profile=learnt(setting))


HONEST: tuple[Kind, ...] = (
    *(_of_maker(name) for name in MAKERS), heic, portrait_by_tag, portrait_by_pixels, panorama, hdr, zone_unstated, zone_xinjiang, early_morning, old_fix, drift, dusk, night, tone_mapped, whole_seconds, four_sides, multi_part, compass_near, signed_by_camera, profile_same_phone,
)  # fmt: skip

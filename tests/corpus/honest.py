"""Honest photos: what people who did nothing wrong hand in, and whom a check could wrong."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import shapely

from field_app.demo.shots import outside, towards
from models.geo import Position, inside_point, moved
from models.vocabulary import PhotoKind
from photos.case import Case, PriorUse
from photos.evidence import CHINA
from photos.profile import Profile, learn, signature
from photos.reading import read_evidence
from tests.corpus import forging, makers
from tests.corpus.kinds import DOUBTFUL, INCOMPLETE, PASSED, Kind, honest
from tests.corpus.makers import MAKERS
from tests.corpus.setting import Setting, a_field, a_setting, within


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


# --- what others took away ------------------------------------------------------------------------


@honest("messenger", "微信传来，元数据全部去除：缺证据，不是造假", expected=INCOMPLETE)
def messenger(dice: Random) -> Case:
    setting = a_setting(dice)
    small = forging.resized(dice.choice((0.5, 0.75, 1.0)))
    return setting.case(forging.resaved(setting.photo(), small, quality=70, keep_exif=False))


@honest("blanked/0-1", "系统选图器把定位写成 0/1", expected=INCOMPLETE, count=5)
def blanked_zero(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    return setting.case()


@honest("blanked/0-0", "系统选图器把定位写成 0/0", expected=INCOMPLETE, count=5)
def blanked_void(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/0"
    return setting.case()


@honest("no-fix", "拍摄时没有开定位", expected=INCOMPLETE, count=5)
def no_fix(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["position"] = None
    return setting.case()


@honest("torn", "传输中断，文件只有一半", expected=INCOMPLETE, count=4)
def torn(dice: Random) -> Case:
    setting = a_setting(dice)
    data = setting.photo()
    return setting.case(data[: round(len(data) * dice.uniform(0.35, 0.7))])


# --- what honest people did to their photos -------------------------------------------------------


@honest(
    "gallery/crop", "相册里裁边后交来，元数据照抄：存疑可以，不能判不符", expected=PASSED | DOUBTFUL
)
def gallery_crop(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(forging.resaved(setting.photo(), forging.cropped(dice.uniform(0.05, 0.3))))


@honest(
    "gallery/turned",
    "相册里转正后另存，像素转了，方向标记归一",
    expected=PASSED | DOUBTFUL,
    count=6,
)
def gallery_turned(dice: Random) -> Case:
    setting = a_setting(dice)
    size = (setting.size[1], setting.size[0])
    turned = setting.picture().rotate(90, expand=True)
    data = makers.jpeg(turned, setting.maker, replace(setting.exif_facts(), stated_size=size))
    return setting.case(forging.resaved(data))


@honest("gallery/resaved", "换手机时由相册另存过一次，元数据照抄", expected=PASSED, count=6)
def gallery_resaved(dice: Random) -> Case:
    setting = a_setting(dice)
    android = dice.random() < 0.6
    quality = dice.choice((85, 92, 95))
    return setting.case(forging.resaved(setting.photo(), quality=quality, android=android))


@honest(
    "gallery/edited", "相册里调亮后另存，修改时间晚于拍摄时间", expected=PASSED | DOUBTFUL, count=8
)
def gallery_edited(dice: Random) -> Case:
    setting = a_setting(dice)
    brighter = forging.brightened(dice.uniform(1.05, 1.25))
    data = forging.resaved(setting.photo(), brighter, quality=93, android=dice.random() < 0.6)
    later = setting.taken_at + timedelta(minutes=dice.uniform(2, 300))
    return setting.case(forging.modified(data, later))


@honest("gallery/shared-smaller", "分享时系统缩小，元数据照抄", expected=PASSED | DOUBTFUL, count=6)
def shared_smaller(dice: Random) -> Case:
    setting = a_setting(dice)
    smaller = forging.resized(dice.choice((0.5, 0.75)))
    return setting.case(forging.resaved(setting.photo(), smaller, android=True))


@honest("transfer-date", "用电脑传输，文件的修改时间晚几天", count=5)
def transfer_date(dice: Random) -> Case:
    setting = a_setting(dice)
    later = setting.taken_at + timedelta(days=dice.uniform(0.5, 6))
    setting.received_at = later + timedelta(minutes=4)
    return setting.case(forging.modified(setting.photo(), later))


@honest("tone-mapped", "多帧合成后色调与缩略图不同（缩略图存的是合成前的）", count=6)
def tone_mapped(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("google", "huawei", "samsung")))
    maker = setting.maker
    assert maker.thumbnail is not None
    before = makers.preview(setting.picture(), maker.thumbnail)
    after = forging.brightened(dice.choice((0.85, 1.12, 1.25)))(setting.picture())
    return setting.case(makers.jpeg(after, maker, setting.exif_facts(), thumbnail=before))


@honest("stamped-preview", "水印相机：缩略图是压水印之前的", expected=PASSED | DOUBTFUL, count=5)
def stamped_preview(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("xiaomi", "honor", "vivo")))
    maker = setting.maker
    assert maker.thumbnail is not None
    before = makers.preview(setting.picture(), maker.thumbnail)
    after = forging.stamped(dice.choice((2, 3, 5)))(setting.picture())
    return setting.case(makers.jpeg(after, maker, setting.exif_facts(), thumbnail=before))


@honest("whole-seconds", "手机只把坐标记到整秒", count=4)
def whole_seconds(dice: Random) -> Case:
    setting = a_setting(dice, "samsung")
    setting.maker = replace(setting.maker, seconds_over=1)
    return setting.moved_to(replace(within(setting.boundary, dice), accuracy_m=8.0)).case()


@honest(
    "watermark-camera",
    "水印相机拍摄：压了时间地点，元数据由程序写",
    expected=PASSED | DOUBTFUL,
    count=6,
)
def watermark_camera(dice: Random) -> Case:
    setting = a_setting(dice)
    picture = forging.stamped(dice.choice((2, 3, 5)))(setting.picture())
    maker = replace(setting.maker, thumbnail=None, maker_note=b"", note_bytes=0, own_tables=None,
                    merged_tables=False, restarts=False, jfif="last", even=False, trailer=b"")  # fmt: skip
    return setting.case(makers.jpeg(picture, maker, setting.exif_facts()))


# --- through our page -----------------------------------------------------------------------------


def _by_page(dice: Random) -> Setting:
    """The file as a browser hands it on: its own position blanked."""
    setting = a_setting(dice)
    setting.facts["blanked"] = dice.choice(("0/1", "0/0"))
    return setting


@honest("page/B", "手机相机拍摄，位置由页面取得，浏览器抹去了文件的定位")
def page_b(dice: Random) -> Case:
    setting = _by_page(dice)
    return setting.case(claim=setting.page_claim())


@honest("page/B-with-position", "手机相机拍摄，页面与文件都有位置", count=5)
def page_b_both(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(claim=setting.page_claim())


@honest("page/A", "页面相机实拍：画布存图，没有相机元数据", count=6)
def page_a(dice: Random) -> Case:
    setting = a_setting(dice)
    data = forging.resaved(setting.photo(), quality=92, keep_exif=False)
    return setting.case(data, claim=setting.page_claim(live=True))


@honest("page/offline", "山里没有信号，几天后才送达", count=6)
def page_offline(dice: Random) -> Case:
    setting = _by_page(dice)
    setting.received_at = setting.taken_at + timedelta(days=dice.uniform(1.0, 6.5))
    return setting.case(claim=setting.page_claim())


@honest("page/ios", "苹果手机在网页里拍照：文件不带任何定位", count=4)
def page_ios(dice: Random) -> Case:
    setting = a_setting(dice, "apple")
    setting.facts["position"] = None
    return setting.case(claim=setting.page_claim())


@honest("page/walking", "边走边拍，文件里是几十米前的定位", count=5)
def page_walking(dice: Random) -> Case:
    setting = a_setting(dice)
    claim = setting.page_claim()
    setting.at = moved(setting.at, east_m=dice.uniform(-45, 45), north_m=dice.uniform(-45, 45))
    return setting.case(claim=claim)


@honest("slope", "坡地：俯拍仰拍，站位高差大", count=5)
def slope(dice: Random) -> Case:
    setting = _by_page(dice)
    return setting.case(claim=setting.page_claim(pitch_deg=dice.uniform(-33.0, 14.0)))


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


@honest("resent", "同一次核查里重复传送同一张", count=4)
def resent(dice: Random) -> Case:
    setting = a_setting(dice)
    use = PriorUse("N4113", True, True, True, setting.received_at - timedelta(minutes=2))
    return setting.case(neighbours=(use,))


@honest("compass/near", "紧贴地边拍摄，罗盘随便指", count=4)
def compass_near(dice: Random) -> Case:
    setting = a_setting(dice, "google")
    at = outside(setting.boundary, 4.0, 30.0, accuracy_m=9.0)
    return replace(setting, at=at, heading_deg=dice.uniform(0, 360)).case()


@honest("named/by-camera", "相机自己起的文件名", count=4)
def named_by_camera(dice: Random) -> Case:
    setting = a_setting(dice)
    wall = setting.taken_at.strftime("%Y%m%d_%H%M%S")
    name = dice.choice((f"IMG_{wall}.jpg", f"{wall}.jpg", "IMG_1234.JPG", "mmexport1772410269.jpg"))
    return setting.case(parcel="N411321000123", named=name)


@honest("named/by-parcel", "按地块编号起的文件名，少了前缀或多了零也算", count=4)
def named_by_parcel(dice: Random) -> Case:
    setting = a_setting(dice)
    number = dice.choice(("N411321000123", "411321000123", "000123"))
    return setting.case(parcel="N411321000123", named=f"{number}_Q_00{dice.randrange(1, 9)}.jpg")


def learnt(setting: Setting, photos: int = 10) -> Profile:
    """How the setting's phone writes its files, from so many of its earlier photos."""
    earlier = [replace(setting, seed=n % 6, facts={}).photo() for n in range(photos)]
    return learn("jpeg", [signature(read_evidence(data)) for data in earlier])


@honest("profile/same-phone", "与这部手机以往的照片写法一致", count=4)
def profile_same_phone(dice: Random) -> Case:
    setting = a_setting(dice)
    return setting.case(profile=learnt(setting))


HONEST: tuple[Kind, ...] = (
    named_by_camera, named_by_parcel, profile_same_phone,
    *(_of_maker(name) for name in MAKERS), heic, portrait_by_tag, portrait_by_pixels, panorama, hdr,
    zone_unstated, zone_xinjiang, early_morning, old_fix, drift, dusk, night, messenger, blanked_zero,
    blanked_void, no_fix, torn, gallery_crop, gallery_turned, gallery_resaved, gallery_edited, shared_smaller, transfer_date, tone_mapped, stamped_preview,
    whole_seconds, watermark_camera, page_b,
    page_b_both, page_a, page_offline, page_ios, page_walking, slope, four_sides, multi_part, resent,
    compass_near,
)  # fmt: skip

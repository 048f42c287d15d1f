"""Honest photos after others had them: messengers, pickers, galleries, our own page, packages."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from models.geo import moved
from photos.case import Case, PriorUse, Recorded
from tests.corpus import forging, makers
from tests.corpus.kinds import DOUBTFUL, INCOMPLETE, PASSED, Kind, honest
from tests.corpus.setting import Setting, a_setting


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


@honest("stamped-preview", "水印相机：缩略图是压水印之前的", expected=PASSED | DOUBTFUL, count=5)
def stamped_preview(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("xiaomi", "honor", "vivo")))
    maker = setting.maker
    assert maker.thumbnail is not None
    before = makers.preview(setting.picture(), maker.thumbnail)
    after = forging.stamped(dice.choice((2, 3, 5)))(setting.picture())
    return setting.case(makers.jpeg(after, maker, setting.exif_facts(), thumbnail=before))


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


@honest("resent", "同一次核查里重复传送同一张", count=4)
def resent(dice: Random) -> Case:
    setting = a_setting(dice)
    use = PriorUse("N4113", True, True, True, setting.received_at - timedelta(minutes=2))
    return setting.case(neighbours=(use,))


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


@honest("package", "举证包登记的内容与照片文件一致", count=4)
def package(dice: Random) -> Case:
    setting = a_setting(dice)
    said = Recorded(moved(setting.at, east_m=dice.uniform(-9, 9)), setting.taken_at,
                    digest_holds=True)  # fmt: skip
    return setting.case(recorded=said)


HONEST_HANDED_IN: tuple[Kind, ...] = (
    messenger, blanked_zero, blanked_void, no_fix, torn, gallery_crop, gallery_turned, gallery_resaved, gallery_edited, shared_smaller, transfer_date, stamped_preview, watermark_camera, page_b, page_b_both, page_a, page_offline, page_ios, page_walking, slope, resent, named_by_camera, named_by_parcel, package,
)  # fmt: skip

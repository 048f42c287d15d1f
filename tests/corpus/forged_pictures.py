"""Pictures that are no shot of the place: edited, generated, screenshots, stripped files."""

import io
from dataclasses import replace
from datetime import timedelta
from random import Random

from PIL import Image

from photos.case import Case
from tests.corpus import forging, makers
from tests.corpus.honest import learnt
from tests.corpus.kinds import (
    ANY,
    CONTRADICTED,
    Kind,
    shown,
    unseen,
    withheld,
)
from tests.corpus.setting import (
    WITH_PREVIEW,
    Setting,
    a_setting,
    picture,
)
from tests.photos.signing import signed

PHOTOSHOP = b"""<?xpacket begin=""?><x:xmpmeta x:xmptk="Adobe XMP Core 9.1"><rdf:RDF><rdf:Description
 xmp:CreatorTool="Adobe Photoshop 25.7 (Windows)"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


GENERATED = b"""<?xpacket begin=""?><x:xmpmeta><rdf:RDF><rdf:Description
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/%s"
/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@unseen("F02/off-a-screen", "到地块旁翻拍屏幕上的照片：文件是真的，只有画面是假的")
def off_a_screen(dice: Random) -> Case:
    setting = a_setting(dice)
    shot = forging.off_a_screen(setting.picture())
    return setting.case(makers.jpeg(shot, setting.maker, setting.exif_facts()))


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
    setting = a_setting(dice, dice.choice(WITH_PREVIEW))
    setting.scene = dice.choice(("building", "pond", "weeds"))
    patch = picture(dice.choice(("crop", "bare")), 20 + dice.randrange(3))
    left = dice.uniform(0.0, 0.3)
    over = forging.pasted_over(patch, (left, 0.4, left + dice.uniform(0.6, 0.7), 1.0))
    android = dice.random() < 0.5
    return setting.case(forging.resaved(setting.photo(), over, android=android))


@unseen("F03/pasted-little", "画面只盖掉一小块，缩略图几乎不变", count=8)
def pasted_little(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(WITH_PREVIEW))
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


@shown("F03/signed-generated", "内容凭证（C2PA）写明由人工智能生成", expected=CONTRADICTED, count=3)
def signed_generated(dice: Random) -> Case:
    setting = a_setting(dice)
    mark = dice.choice(("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"))
    return setting.case(signed(setting.photo(), "image/jpeg", source=mark))


@shown("F03/labelled", "按国标（GB 45438）标着人工智能生成", expected=CONTRADICTED, count=4)
def labelled(dice: Random) -> Case:
    setting = a_setting(dice)
    label = b'ASCII\0\0\0{"AIGC":{"Label":"%d","ContentProducer":"001"}}' % dice.randrange(1, 4)
    setting.maker = replace(setting.maker, comment=label)
    return setting.case()


@shown("F03/recipe", "文件里还留着生成时的提示词和参数", expected=CONTRADICTED, count=4)
def recipe(dice: Random) -> Case:
    setting = a_setting(dice)
    told = b"ASCII\0\0\0ripe maize, terraces\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: %d"
    setting.maker = replace(setting.maker, comment=told % dice.randrange(10**9))
    return setting.case()


@withheld("F14/screenshot-png", "截图原样交来（PNG）", count=3)
def screenshot_png(dice: Random) -> Case:
    setting = a_setting(dice)
    out = io.BytesIO()
    screenshot(setting).save(out, "PNG", compress_level=1)
    return setting.case(out.getvalue())


FORGED_PICTURES: tuple[Kind, ...] = (
    off_a_screen, photoshop, phone_editor, pasted, pasted_little, pasted_clean, pasted_known_phone, declared_generated, generated_dressed, generated_bare, screenshot_bare, screenshot_dressed, stamp_of_another_day, through_messenger, through_picker, signed_generated, labelled, recipe, screenshot_png,
)  # fmt: skip

"""What people do to a picture before they send it in again, by name."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

Change = Callable[[Image.Image], Image.Image]


def grey_of(picture: Image.Image) -> Image.Image:
    """The picture as a reader of the file sees it: a JPEG decoded at 1/8 in grey."""
    out = io.BytesIO()
    picture.convert("L").save(out, "JPEG", quality=92)
    with Image.open(out) as stored:
        stored.draft("L", (stored.width // 8, stored.height // 8))
        return stored.convert("L")


def _recompressed(quality: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        return Image.open(out).convert("L")

    return change


def _cropped(area: float, at: float) -> Change:
    """That share of the area cut off; `at` 0.5 from all sides, 0 and 1 from two."""

    def change(picture: Image.Image) -> Image.Image:
        side = (1.0 - area) ** 0.5
        width, height = (round(length * side) for length in picture.size)
        left, top = round((picture.width - width) * at), round((picture.height - height) * at)
        return picture.crop((left, top, left + width, top + height))

    return change


def _stamped(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    font = ImageFont.load_default(picture.height // 25)
    at = (picture.width * 0.55, picture.height * 0.92)
    ImageDraw.Draw(picture).text(at, "2026-03-02 08:11:09", fill=255, font=font)
    return picture


def _panelled(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    draw, (width, height) = ImageDraw.Draw(picture), picture.size
    draw.rectangle((0, height * 0.7, width * 0.6, height), fill=40)
    font = ImageFont.load_default(height // 25)
    for line in range(4):
        at = (width * 0.02, height * (0.72 + 0.07 * line))
        draw.text(at, "112.4300 E  33.4900 N  2026-03-02", fill=250, font=font)
    return picture


def _on_a_screen(picture: Image.Image) -> Image.Image:
    """A screenshot of a tall phone that shows the picture between black bars, with a clock."""
    width = max(400, picture.width * 2 // 3)
    shown = picture.resize((width, width * picture.height // picture.width))
    screen = Image.new("L", (width, width * 20 // 9), 0)
    screen.paste(shown, (0, (screen.height - shown.height) // 2))
    draw, font = ImageDraw.Draw(screen), ImageFont.load_default(width // 24)
    draw.text((width * 0.05, screen.height * 0.01), "8:11", fill=255, font=font)
    draw.text((width * 0.75, screen.height * 0.01), "5G 80%", fill=255, font=font)
    for button in range(4):
        x, y, wide = width * (0.1 + 0.22 * button), screen.height * 0.94, width * 0.06
        draw.ellipse((x, y, x + wide, y + wide), outline=220, width=3)
    return screen


def _askew(picture: Image.Image) -> Image.Image:
    turned = picture.rotate(2, resample=Image.Resampling.BICUBIC)
    width, height = picture.size
    edge = (round(width * 0.04), round(height * 0.04))
    return turned.crop((*edge, width - edge[0], height - edge[1]))


CHANGES: dict[str, Change] = {
    "recompressed at 30": _recompressed(30),
    "recompressed at 70": _recompressed(70),
    "half the size": lambda p: p.resize((p.width // 2, p.height // 2)),
    "sent by messenger": lambda p: _recompressed(60)(ImageOps.contain(p, (1080, 1080))),
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.25),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.7),
    "more contrast": lambda p: ImageEnhance.Contrast(p).enhance(1.3),
    "gamma": lambda p: p.point([round(255 * (v / 255) ** 0.7) for v in range(256)]),
    "time stamp": _stamped,
    "stamp panel": _panelled,
    "mirrored": ImageOps.mirror,
    "upside down": lambda p: p.transpose(Image.Transpose.ROTATE_180),
    "quarter turn": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "mirrored and turned": lambda p: p.transpose(Image.Transpose.TRANSVERSE),
    "screenshot with bars": _on_a_screen,
    "5 % cropped": _cropped(0.05, 0.5),
    "10 % cropped": _cropped(0.10, 0.5),
    "10 % cropped at a corner": _cropped(0.10, 0.0),
    "20 % cropped": _cropped(0.20, 0.5),
    "20 % cropped at a corner": _cropped(0.20, 1.0),
    "stamp cut off at the bottom": lambda p: p.crop((0, 0, p.width, round(p.height * 0.89))),
    "turned by 2 degrees": _askew,
}

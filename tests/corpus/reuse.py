"""The same picture again, in other bytes: searched for among the fields of an archive."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from random import Random
from typing import Any

from PIL import Image, ImageOps

from models.geo import moved
from photos.case import Case, LikePicture
from photos.likeness.archive import Archive, Hit
from photos.likeness.fingerprints import Fingerprint, fingerprint, fingerprint_of
from photos.likeness.scenes import same_scene
from tests.corpus import forging, makers
from tests.corpus.kinds import ANY, DOUBTFUL, PASSED, Kind, honest, shown, unseen
from tests.corpus.setting import FIELDS, Setting, a_setting, picture

Change = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that was handed in before, as far as the search knows it."""

    parcel: str
    grey: Image.Image
    fingerprint: Fingerprint
    same_task: bool = False
    setting: Setting | None = None  # None: one of many, long ago


@lru_cache(maxsize=1)
def _archive() -> tuple[Kept, ...]:
    """Other people's fields, one of each drawing that the corpus uses."""
    kept = []
    for n, (scene, seed) in enumerate(FIELDS):
        grey = picture(scene, seed).convert("L")
        code = fingerprint(grey.reduce(8))
        assert code is not None
        kept.append(Kept(f"A{n}", grey, code))
    return tuple(kept)


def searched(setting: Setting, data: bytes, kept: Sequence[Kept], **given: Any) -> Case:
    """The case of a photo for parcel N1, after it was looked for among those kept."""
    case = setting.case(data, parcel="N1", **given)
    mine = fingerprint_of(case.evidence)
    assert mine is not None
    archive = Archive()
    archive.extend((n, one.fingerprint) for n, one in enumerate(kept))
    with Image.open(io.BytesIO(data)) as opened:
        grey = ImageOps.exif_transpose(opened).convert("L")
    likes = tuple(_like(hit, kept[hit.key], grey, case) for hit in archive.search(mine))
    return replace(case, likes=likes, compared=len(kept))


def _like(hit: Hit, kept: Kept, grey: Image.Image, case: Case) -> LikePicture:
    match = same_scene(kept.grey, grey, mirrored=hit.mirrored)
    same = kept.parcel == "N1"
    setting = kept.setting
    return LikePicture(
        name=f"{kept.parcel}.jpg",
        parcel=kept.parcel,
        same_parcel=same,
        same_task=kept.same_task,
        same_inspection=kept.same_task,
        same_person=True,
        bits=hit.bits,
        how=hit.how,
        mirrored=hit.mirrored,
        inliers=match.inliers,
        correlation=match.correlation,
        at=case.received_at - timedelta(days=20) if setting is None else setting.received_at,
        taken_at=None if setting is None else setting.taken_at,
        position=None if setting is None else setting.at,
    )


def handed_in(setting: Setting, parcel: str, *, same_task: bool = False) -> Kept:
    """The setting's own photo, kept for a parcel."""
    grey = setting.picture().convert("L")
    code = fingerprint(grey.reduce(8))
    assert code is not None
    return Kept(parcel, grey, code, same_task, setting)


def _used_again(
    name: str, what: str, change: Callable[[Random], Change], *, count: int = 6, **given: Any
) -> Kind:
    """Last month's photo of another parcel, changed, with this parcel's place and time in it."""

    def make(dice: Random) -> Case:
        setting = a_setting(dice)
        old = replace(setting, taken_at=setting.taken_at - timedelta(days=dice.uniform(3, 60)),
                      at=moved(setting.at, east_m=2_500.0))  # fmt: skip
        old.received_at = old.taken_at + timedelta(hours=2)
        again = change(dice)(setting.picture())
        data = makers.jpeg(again, setting.maker, setting.exif_facts())
        return searched(setting, data, (*_others(setting), handed_in(old, "N7")))

    return shown(f"F06/{name}", what, count=count, **given)(make)


def _others(setting: Setting) -> list[Kept]:
    """The archive without the drawing that the setting itself shows."""
    mine = (setting.scene, setting.seed)
    return [kept for kept, drawn in zip(_archive(), FIELDS, strict=True) if drawn != mine]


def _framed(picture: Image.Image) -> Image.Image:
    """As a screenshot: black bars above and below."""
    return ImageOps.expand(picture, border=(0, picture.height // 4), fill=(8, 8, 8))


def _small_and_back(dice: Random) -> Change:
    factor = dice.choice((0.4, 0.6))
    return lambda p: forging.resized(factor)(p).resize(p.size)


REUSED: tuple[Kind, ...] = (
    _used_again("as-it-is", "同一画面换上新的位置和时间，用于另一地块", lambda _: lambda p: p),
    _used_again("small-and-back", "缩小再放大后用于另一地块", _small_and_back),
    _used_again("brightened", "调亮或调暗后用于另一地块",
                lambda dice: forging.brightened(dice.choice((0.75, 1.2, 1.35)))),
    _used_again("mirrored", "左右翻转后用于另一地块", lambda _: forging.mirrored),
    _used_again("turned", "倒转或转九十度后用于另一地块",
                lambda dice: forging.turned(dice.choice((90, 180, 270)))),
    _used_again("leaning", "转一两度、裁齐后用于另一地块：偶有漏掉",
                lambda dice: forging.turned(dice.choice((-2, 1.5, 2.5))), expected=ANY),
    _used_again("stamped", "压上水印后用于另一地块",
                lambda dice: forging.stamped(dice.choice((2, 3, 4)))),
    _used_again("cropped", "裁去百分之五到十五后用于另一地块",
                lambda dice: forging.cropped(dice.uniform(0.05, 0.15))),
    _used_again("framed", "截屏：上下加黑边后用于另一地块", lambda _: _framed),
    _used_again("off-a-screen", "翻拍屏幕上的旧照片，用于另一地块：偶有漏掉",
                lambda _: forging.off_a_screen, expected=ANY),
)  # fmt: skip


@unseen("F06/corner-cropped", "只裁取一角（三分之二）用于另一地块")
def corner_cropped(dice: Random) -> Case:
    setting = a_setting(dice)
    cut = forging.cropped(dice.uniform(0.3, 0.4), corner=True)(setting.picture())
    data = makers.jpeg(cut, setting.maker, setting.exif_facts())
    return searched(setting, data, (*_others(setting), handed_in(setting, "N7")))


@unseen("F06/leaning-much", "转四到六度、裁齐后用于另一地块")
def leaning_much(dice: Random) -> Case:
    setting = a_setting(dice)
    again = forging.turned(dice.choice((-6, -4, 5)))(setting.picture())
    data = makers.jpeg(again, setting.maker, setting.exif_facts())
    return searched(setting, data, (*_others(setting), handed_in(setting, "N7")))


@shown("F06/again-next-task", "上次任务的画面另存后用于这次", expected=DOUBTFUL, count=6)
def again_next_task(dice: Random) -> Case:
    setting = a_setting(dice)
    old = replace(setting, taken_at=setting.taken_at - timedelta(days=30))
    old.received_at = old.taken_at + timedelta(hours=2)
    data = makers.jpeg(
        forging.cropped(0.04)(setting.picture()), setting.maker, setting.exif_facts()
    )
    return searched(setting, data, (*_others(setting), handed_in(old, "N1")))


# --- and what only looks so -----------------------------------------------------------------------


@honest("reuse/other-fields", "许多相像的地块，没有一张是同一画面", count=12)
def other_fields(dice: Random) -> Case:
    setting = a_setting(dice)
    return searched(setting, setting.photo(), _others(setting))


@honest("reuse/twice-from-one-spot", "同一地块、同一任务，原地连按两次快门", count=6)
def twice_from_one_spot(dice: Random) -> Case:
    setting = a_setting(dice)
    before = replace(setting, taken_at=setting.taken_at - timedelta(seconds=8))
    shifted = forging.cropped(0.03, corner=True)(setting.picture())
    data = makers.jpeg(shifted, setting.maker, setting.exif_facts())
    return searched(setting, data, (*_others(setting), handed_in(before, "N1", same_task=True)))


@honest("reuse/neighbours-from-one-spot", "在共用的地角上，几分钟内给相邻两块各拍一张",
        expected=PASSED | DOUBTFUL, count=6)  # fmt: skip
def neighbours_from_one_spot(dice: Random) -> Case:
    setting = a_setting(dice)
    before = replace(setting, taken_at=setting.taken_at - timedelta(minutes=dice.uniform(0.5, 6)))
    shifted = forging.cropped(0.06, corner=True)(setting.picture())
    data = makers.jpeg(shifted, setting.maker, setting.exif_facts())
    return searched(setting, data, (*_others(setting), handed_in(before, "N2", same_task=True)))


HONEST_REUSE: tuple[Kind, ...] = (other_fields, twice_from_one_spot, neighbours_from_one_spot)
FORGED_REUSE: tuple[Kind, ...] = (*REUSED, corner_cropped, leaning_much, again_next_task)

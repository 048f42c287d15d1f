"""Forged photos that only the others beside them give away: tracks, reuse, clusters, accounts."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from models.geo import moved
from models.vocabulary import PhotoKind
from photos.case import Case, PriorUse
from tests.corpus import makers, tiffs
from tests.corpus.jpegs import APP1, EXIF_HEADER, Parts, take_apart
from tests.corpus.kinds import CONTRADICTED, DOUBTFUL, Kind, shown, unseen
from tests.corpus.runs import a_day, around, at_parcel, last_of, taken
from tests.corpus.setting import Setting, a_field, a_setting

# --- F05: simulated positions ---------------------------------------------------------------------


@shown("F05/teleport", "十分钟前还在几十公里外：赶不到", expected=CONTRADICTED, count=8)
def teleport(dice: Random) -> Case:
    first = a_setting(dice, dice.choice(("huawei", "xiaomi", "google", "apple-old", "oppo")))
    away = dice.uniform(70_000.0, 200_000.0)
    middle = moved(first.at, east_m=away * 0.8 * dice.choice((-1, 1)), north_m=away * 0.6)
    then = at_parcel(first, a_field(dice, middle), later_s=dice.uniform(90, 500))
    return last_of([taken(first, "N1"), taken(then, "N2", county_box=None)])


@shown("F05/too-fast", "时速一百五十以上才赶得到", count=8)
def too_fast(dice: Random) -> Case:
    first = a_setting(dice, dice.choice(("huawei", "xiaomi", "google", "apple-old", "oppo")))
    kmh, seconds = dice.uniform(170.0, 330.0), dice.uniform(300, 900)
    away = kmh / 3.6 * seconds + 1_200.0
    middle = moved(first.at, east_m=away * 0.8 * dice.choice((-1, 1)), north_m=away * 0.6)
    then = at_parcel(first, a_field(dice, middle), later_s=seconds)
    return last_of([taken(first, "N1"), taken(then, "N2", county_box=None)])


@shown(
    "F05/frozen-parcels", "几个小时、几个地块，坐标、精度、高度一位不差", expected=DOUBTFUL, count=6
)
def frozen_parcels(dice: Random) -> Case:
    run = []
    at = None
    for n, setting in enumerate(around(a_setting(dice), 3, 6.0, later_s=2_400.0)):
        at = at or setting.at
        claim = replace(setting, at=at).page_claim()
        still = replace(at, accuracy_m=5.0)
        setting.facts["blanked"] = "0/1"
        run.append(taken(setting, f"N{n}", claim=replace(claim, position=still)))
    return last_of(run)


@shown("F05/frozen-fixes", "一个上午，每次都说是新定位，坐标一位不差", expected=DOUBTFUL, count=6)
def frozen_fixes(dice: Random) -> Case:
    first = a_setting(dice, dice.choice(("huawei", "xiaomi", "google", "oppo")))
    run = []
    for n in range(4):
        when = first.taken_at + timedelta(minutes=17 * n)
        received = first.received_at + timedelta(hours=3)
        run.append(taken(replace(first, taken_at=when, received_at=received, seed=n), "N1"))
    return last_of(run)


@unseen("F05/slow-and-trembling", "模拟定位慢慢走，坐标会抖：一个人的照片里看不出来")
def slow_and_trembling(dice: Random) -> Case:
    return last_of([taken(s, f"N{n}") for n, s in enumerate(a_day(dice, stops=4))])


# --- F06: used before, byte for byte --------------------------------------------------------------


@shown("F06/same-bytes", "一字不差的同一张用于另一个地块", expected=CONTRADICTED)
def same_bytes(dice: Random) -> Case:
    setting = a_setting(dice)
    when = setting.received_at - timedelta(hours=dice.uniform(0.1, 900.0))
    use = PriorUse("N9", False, False, dice.random() < 0.5, when)
    return setting.case(neighbours=(use,))


@shown("F06/same-bytes-again", "上次核查的照片原样用于这次", expected=DOUBTFUL, count=6)
def same_bytes_again(dice: Random) -> Case:
    setting = a_setting(dice)
    when = setting.received_at - timedelta(days=dice.uniform(10, 90))
    return setting.case(neighbours=(PriorUse("N1", True, False, True, when),))


# --- F07: one good spot for many parcels ----------------------------------------------------------


@shown("F07/one-spot-close", "站在一处拍近景，充作六个地块", count=6)
def one_spot_close(dice: Random) -> Case:
    run = []
    for n, setting in enumerate(around(a_setting(dice), 6, 24.0)):
        run.append(
            taken(replace(setting, kind=dice.choice((PhotoKind.CLOSE, PhotoKind.FEATURE))), f"N{n}")
        )
    return last_of(run)


@shown("F07/one-spot-wide", "站在一处拍全景，充作十个地块", expected=DOUBTFUL, count=5)
def one_spot_wide(dice: Random) -> Case:
    run = [taken(s, f"N{n}") for n, s in enumerate(around(a_setting(dice), 10, 32.0))]
    return last_of(run)


@unseen("F07/planted-corner", "在选好的一角种上作物再拍：照片是真的，现场是假的")
def planted_corner(dice: Random) -> Case:
    return a_setting(dice).case()


# --- F15, F20, F22 --------------------------------------------------------------------------------


@shown("F15/numbers-backwards", "改了手机日期再拍：编号在后，时间却在前", count=6)
def numbers_backwards(dice: Random) -> Case:
    number = dice.randrange(100, 9_000)
    settings = a_day(dice, "apple", stops=4)
    settings[-1].taken_at = settings[0].taken_at - timedelta(hours=dice.uniform(1.0, 5.0))
    return last_of([taken(s, f"N{n}", name=f"IMG_{number + 2 * n:04d}.JPG")
                    for n, s in enumerate(settings)])  # fmt: skip


def _with_serial(setting: Setting) -> bytes:
    """A camera or drone that writes the number of its body."""
    parts = take_apart(setting.photo())
    exif = parts.exif()
    assert exif is not None
    block = tiffs.read(exif).with_tags(tiffs.EXIF, tiffs.text(0xA431, "1581F5FH7234"))
    head = tuple((m, EXIF_HEADER + tiffs.write(block)) if m == APP1 and b.startswith(b"Exif") else (m, b)
                 for m, b in parts.head)  # fmt: skip
    return Parts(head, parts.scan).joined()


@shown("F20/many-hands", "一台相机一天里在几个账号之间换来换去", expected=DOUBTFUL, count=6)
def many_hands(dice: Random) -> Case:
    run = []
    for n, setting in enumerate(a_day(dice, stops=7)):
        person = f"hecha{n % 2 + 1}"
        run.append(taken(setting, f"N{n}", person=person, data=_with_serial(setting)))
    return last_of(run)


@shown("F20/two-places-at-once", "一个账号同时在两处拍照：不是一个人拍的", count=6)
def two_places_at_once(dice: Random) -> Case:
    first = a_setting(dice, dice.choice(("huawei", "xiaomi", "google")))
    middle = moved(first.at, east_m=dice.choice((-1, 1)) * dice.uniform(15e3, 40e3), north_m=3e3)
    then = at_parcel(first, a_field(dice, middle), later_s=dice.uniform(5, 60))
    then.maker = makers.MAKERS[dice.choice(("vivo", "oppo", "hmd"))]
    return last_of([taken(first, "N1"), taken(then, "N2", county_box=None)])


@shown(
    "F20/two-weak-signs",
    "相机当天也在他人手里，编号又倒着走：两样弱迹象",
    expected=DOUBTFUL,
    count=5,
)
def two_weak_signs(dice: Random) -> Case:
    number = dice.randrange(100, 9_000)
    mine, theirs = a_day(dice, "apple", stops=2), a_day(dice, "apple", stops=1)[0]
    theirs.taken_at = mine[0].taken_at - timedelta(minutes=40)
    mine[1].taken_at = mine[0].taken_at + timedelta(minutes=35)
    numbers = (number + 5, number + 2)
    run = [taken(theirs, "N7", person="hecha2", data=_with_serial(theirs))]
    run += [taken(s, f"N{n}", name=f"IMG_{at:04d}.JPG", data=_with_serial(s))
            for n, (s, at) in enumerate(zip(mine, numbers, strict=True))]  # fmt: skip
    return last_of(run)


@unseen("F20/borrowed-phone", "借别人同型号的手机替拍：看不出来")
def borrowed_phone(dice: Random) -> Case:
    return last_of([taken(s, f"N{n}") for n, s in enumerate(a_day(dice, stops=3))])


FORGED_RUNS: tuple[Kind, ...] = (
    teleport, too_fast, frozen_parcels, frozen_fixes, slow_and_trembling, same_bytes,
    same_bytes_again, one_spot_close, one_spot_wide, planted_corner, numbers_backwards, many_hands,
    two_places_at_once, two_weak_signs, borrowed_phone,
)  # fmt: skip

"""Honest days in the field: what looks odd only beside other photos, and is not."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from models.geo import moved
from models.vocabulary import PhotoKind
from photos.case import Case, DeviceUse, PriorUse
from tests.corpus.kinds import DOUBTFUL, PASSED, Kind, honest
from tests.corpus.runs import TEAM, a_day, around, at_parcel, last_of, taken
from tests.corpus.setting import a_field, a_setting, within


@honest("run/day", "一天走五个地块")
def day(dice: Random) -> Case:
    return last_of([taken(s, f"N{n}") for n, s in enumerate(a_day(dice))])


@honest("run/one-car", "两名核查员同坐一辆车，同时到、同时拍，各用各的手机", count=6)
def one_car(dice: Random) -> Case:
    mine = a_day(dice, stops=4)
    other = dice.choice(("huawei", "xiaomi", "apple", "oppo"))
    run = []
    for n, setting in enumerate(mine):
        beside = a_setting(Random(dice.random()), other)
        theirs = replace(setting, maker=beside.maker, seed=(setting.seed + 3) % 6,
                         at=moved(setting.at, east_m=2.0, north_m=-1.0))  # fmt: skip
        theirs.at = replace(theirs.at, accuracy_m=setting.at.accuracy_m)
        run.append(taken(theirs, f"N{n}", person="hecha2"))
        run.append(taken(setting, f"N{n}"))
    return last_of(run)


@honest("run/shared-corner", "站在四块地共用的角上，把四块都拍了", count=6)
def shared_corner(dice: Random) -> Case:
    settings = around(a_setting(dice), 4, 2.0, later_s=70.0)
    return last_of([taken(s, f"N{n}") for n, s in enumerate(settings)])


@honest("run/terraces", "窄梯田：站在坎上把上下五块都拍了全景", count=5)
def terraces(dice: Random) -> Case:
    settings = around(a_setting(dice), 5, 14.0, later_s=60.0)
    return last_of([taken(s, f"N{n}") for n, s in enumerate(settings)])


@honest("run/burst", "同一地块一分钟内连拍，坐标一位不差", count=5)
def burst(dice: Random) -> Case:
    first = a_setting(dice)
    run = []
    for n in range(4):
        when = first.taken_at + timedelta(seconds=14 * n)
        run.append(taken(replace(first, taken_at=when, seed=n), "N1"))
    return last_of(run)


@honest("run/same-fix", "手机十来分钟沿用同一次定位，卫星时间照实写着", count=5)
def same_fix(dice: Random) -> Case:
    first = a_setting(dice, dice.choice(("huawei", "xiaomi", "oppo", "google")))
    run = []
    for n in range(3):
        when = first.taken_at + timedelta(seconds=100 * n)
        setting = replace(first, taken_at=when, seed=n, facts={"gps_time": first.taken_at})
        run.append(taken(setting, "N1"))
    return last_of(run)


@honest("run/drive", "开车沿县道去下一块地，十公里十二分钟", count=6)
def drive(dice: Random) -> Case:
    first = a_setting(dice)
    middle = moved(first.at, east_m=dice.choice((-1, 1)) * 8_000.0, north_m=dice.uniform(-6e3, 6e3))
    then = at_parcel(first, a_field(dice, middle), later_s=dice.uniform(700, 1100))
    return last_of([taken(first, "N1"), taken(then, "N2")])


@honest("run/first-fix", "开机第一张用的是几百米外的旧定位，第二张才准", count=5)
def first_fix(dice: Random) -> Case:
    setting = a_setting(dice, dice.choice(("huawei", "xiaomi", "samsung")))
    off = moved(setting.at, east_m=dice.uniform(150, 420), north_m=dice.uniform(-300, 300))
    before = replace(setting, at=off, taken_at=setting.taken_at - timedelta(seconds=40), seed=5)
    return last_of([taken(before, "N1"), taken(setting, "N1")])


@honest("run/numbered", "相机按顺序编号，中间删过几张", count=5)
def numbered(dice: Random) -> Case:
    number = dice.randrange(100, 9_000)
    run = []
    for n, setting in enumerate(a_day(dice, "apple", stops=4)):
        number += dice.randrange(1, 9)
        run.append(taken(setting, f"N{n}", name=f"IMG_{number:04d}.JPG"))
    return last_of(run)


@honest("run/counter-began-again", "换存储卡后编号重来", count=4)
def counter_began_again(dice: Random) -> Case:
    run = []
    for n, setting in enumerate(a_day(dice, "apple", stops=4)):
        number = dice.randrange(7_000, 7_010) + n if n < 3 else 3
        run.append(taken(setting, f"N{n}", name=f"IMG_{number:04d}.JPG"))
    return last_of(run)


@honest("run/new-phone", "换了新手机：只提示", count=5)
def new_phone(dice: Random) -> Case:
    old = DeviceUse("HUAWEI ELS-AN00", None, dice.randrange(25, 300))
    return last_of([taken(s, f"N{n}") for n, s in enumerate(a_day(dice, stops=2))],
                   known_devices=(old,))  # fmt: skip


@honest("run/known-phone", "用惯了的手机", count=4)
def known_phone(dice: Random) -> Case:
    run = [taken(s, f"N{n}") for n, s in enumerate(a_day(dice, stops=2))]
    device = run[-1].case.device
    assert device is not None
    return last_of(run, known_devices=(DeviceUse(device.key, None, 80),))


@honest("run/same-person-again", "本次核查里重复传送同一张", count=4)
def same_person_again(dice: Random) -> Case:
    setting = a_setting(dice)
    use = PriorUse("N1", True, True, True, setting.received_at - timedelta(minutes=2))
    return last_of([taken(setting, "N1", neighbours=(use,))])


@honest("run/close-ups", "走进每块地拍近景，相邻五块，各站各的", count=5)
def close_ups(dice: Random) -> Case:
    run = []
    for n, setting in enumerate(around(a_setting(dice), 5, 4.0, later_s=240.0)):
        inside = replace(setting, kind=PhotoKind.CLOSE, at=within(setting.boundary, dice))
        run.append(taken(inside, f"N{n}"))
    return last_of(run)


@honest("run/second-look", "十五日后回头看，同一站位再拍一张", expected=PASSED | DOUBTFUL, count=5)
def second_look(dice: Random) -> Case:
    first = a_setting(dice)
    when = first.taken_at + timedelta(days=16)
    again = replace(first, taken_at=when, received_at=when + timedelta(minutes=7),
                    seed=(first.seed + 1) % 6)  # fmt: skip
    return last_of([taken(first, "N1"), taken(again, "N1", person=dice.choice((TEAM, "hecha2")))])


HONEST_RUNS: tuple[Kind, ...] = (
    day, one_car, shared_corner, terraces, burst, same_fix, drive, first_fix, numbered,
    counter_began_again, new_phone, known_phone, same_person_again, close_ups, second_look,
)  # fmt: skip

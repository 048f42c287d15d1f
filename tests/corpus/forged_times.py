"""Photos of another time: old ones, wrong clocks, a sun that had set."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from photos.case import Case
from tests.corpus import forging
from tests.corpus.kinds import (
    CONTRADICTED,
    DOUBTFUL,
    Kind,
    shown,
)
from tests.corpus.setting import WITH_CLOCK, a_setting


@shown("F13/kept-for-weeks", "页面拍的照片放了十天以上才交", expected=DOUBTFUL, count=4)
def kept_for_weeks(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    setting.received_at = setting.taken_at + timedelta(days=dice.uniform(10, 40))
    return setting.case(claim=setting.page_claim())


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
    setting = a_setting(dice, dice.choice(WITH_CLOCK))
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


FORGED_TIMES: tuple[Kind, ...] = (
    kept_for_weeks, last_year, last_week, old_in_page, bright_at_midnight, clock_set, future, page_clock,
)  # fmt: skip

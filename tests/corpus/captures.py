"""Live captures of our own page, honest and forged: what signature, code and track say of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from models.geo import moved, to_gcj02
from photos.case import Case, Claim
from photos.witness import Code, Fix, Signature
from tests.corpus import forging, tracks
from tests.corpus.kinds import CONTRADICTED, DOUBTFUL, Kind, honest, shown, unseen
from tests.corpus.setting import Setting, a_setting


def _claim(setting: Setting, track: Sequence[Fix] | None = None, **witness: Any) -> Claim:
    """What the page tells of a live shot, its position the last fix of the track."""
    claim = setting.page_claim(live=True)
    assert claim.captured_at is not None
    shot = claim.captured_at
    told = tracks.honest_witness(setting.dice, setting.at, shot, track, **witness)
    last = told.track[-1]
    return replace(claim, position=last.at, fix_at=last.fixed_at, witness=told)


def _live(setting: Setting, claim: Claim, **given: Any) -> Case:
    """The canvas's picture with the page's own Exif block, and what the page tells of it."""
    data = forging.resaved(setting.photo(), quality=92, keep_exif=False)
    if claim.position is not None and claim.captured_at is not None:
        fixed = claim.fix_at or claim.captured_at
        data = forging.exif_by_page(data, claim.position, claim.captured_at, fixed)
    return setting.case(data, claim=claim, **given)


def _captured(dice: Random, track: Callable[[Setting], Sequence[Fix]], **witness: Any) -> Case:
    setting = a_setting(dice)
    return _live(setting, _claim(setting, track(setting), **witness))


# --- honest ---------------------------------------------------------------------------------------


@honest("capture/standing", "站着拍：定位每秒一次，慢慢飘", count=6)
def standing(dice: Random) -> Case:
    return _captured(dice, lambda s: tracks.standing(dice, s.at, s.taken_at))


@honest("capture/walking", "一路走到地块，边走边拍", count=6)
def walking(dice: Random) -> Case:
    return _captured(dice, lambda s: tracks.walking(dice, s.at, s.taken_at))


@honest("capture/from-a-car", "坐车到地头，下车就拍", count=4)
def from_a_car(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        fast = dice.uniform(9.0, 25.0)  # metres a second
        times = tracks.moments(dice, s.taken_at, 26)
        left = [max((times[-8] - when).total_seconds(), 0.0) for when in times]
        return [
            tracks.satellite(dice, moved(s.at, east_m=fast * ahead), when, speed_m_s=fast)
            for when, ahead in zip(times, left, strict=True)
        ]

    return _captured(dice, track)


@honest("capture/jitter", "屋檐下、树下：定位在几十米里跳，精度也跟着变", count=6)
def jitter(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        found = []
        for when in tracks.moments(dice, s.taken_at, 20):
            off = moved(s.at, east_m=dice.gauss(0, 22.0), north_m=dice.gauss(0, 22.0))
            coarse = dice.uniform(18.0, 60.0)
            found.append(tracks.satellite(dice, off, when, accuracy_m=coarse))
        return [*found, tracks.satellite(dice, s.at, s.taken_at)]

    return _captured(dice, track)


@honest("capture/late-first-fix", "刚打开定位：先是几公里外的网络定位，拍前才有卫星定位", count=6)
def late_first_fix(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        times = tracks.moments(dice, s.taken_at, dice.randrange(5, 9))
        tower = moved(s.at, east_m=dice.uniform(-2_500, 2_500), north_m=dice.uniform(-900, 900))
        near = moved(s.at, east_m=dice.uniform(-260, 260), north_m=dice.uniform(-260, 260))
        first = [tracks.network(tower, times[0], 3_000.0), tracks.network(near, times[1], 40.0)]
        return [*first, *(tracks.satellite(dice, s.at, when) for when in times[2:])]

    return _captured(dice, track)


@honest("capture/moved-router", "村里的路由器是从外地搬来的：网络定位在几百公里外", count=4)
def moved_router(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        times = tracks.moments(dice, s.taken_at, 12)
        old = moved(s.at, east_m=dice.uniform(150e3, 400e3), north_m=dice.uniform(-90e3, 90e3))
        first = [tracks.network(old, when, 25.0) for when in times[:4]]
        return [*first, *(tracks.satellite(dice, s.at, when) for when in times[4:])]

    return _captured(dice, track)


@honest("capture/shifted-network", "网络定位是火星坐标，换成卫星定位时跳五百多米", count=4)
def shifted_network(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        times = tracks.moments(dice, s.taken_at, 12)
        first = [tracks.satellite(dice, to_gcj02(s.at), when, speed_m_s=None) for when in times[:5]]
        return [*first, *(tracks.satellite(dice, s.at, when) for when in times[5:])]

    return _captured(dice, track)


@honest("capture/stray-fix", "轨迹里有一次飘到几百米外，马上又回来", count=4)
def stray_fix(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        found = list(tracks.standing(dice, s.at, s.taken_at))
        away = moved(s.at, east_m=dice.uniform(300, 900), north_m=dice.uniform(-200, 200))
        found[4] = tracks.satellite(dice, away, found[4].fixed_at)
        return found

    return _captured(dice, track)


@honest("capture/lies-still", "静止的手机把同一个坐标一位不差地报了又报", count=5)
def lies_still(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        here = tracks.satellite(dice, s.at, s.taken_at, speed_m_s=0.0)
        times = tracks.moments(dice, s.taken_at, dice.randrange(6, 28))
        return [replace(here, fixed_at=t, received_at=t + timedelta(seconds=0.1)) for t in times]

    return _captured(dice, track)


@honest("capture/network-only", "没有卫星：网络定位一位不差，精度几十米", count=4)
def network_only(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        accuracy = dice.choice((20.0, 30.0, 45.0))
        return [tracks.network(s.at, t, accuracy) for t in tracks.moments(dice, s.taken_at, 9)]

    return _captured(dice, track)


@honest("capture/one-fix", "浏览器只给一次定位，反复交来同一次", count=4)
def one_fix(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        only = tracks.satellite(dice, s.at, s.taken_at - timedelta(seconds=dice.uniform(1, 60)))
        return [only] * dice.randrange(1, 8)

    return _captured(dice, track)


@honest("capture/resumed-page", "页面在后台停了一分多钟，回来接着走、接着拍", count=4)
def resumed_page(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        then = s.taken_at - timedelta(seconds=dice.uniform(70, 110))
        from_ = moved(s.at, east_m=dice.uniform(60, 110))
        fresh = tracks.moments(dice, s.taken_at, 4, 1.0)
        return [
            *(tracks.satellite(dice, from_, then + timedelta(seconds=n)) for n in range(5)),
            *(tracks.satellite(dice, s.at, when) for when in fresh),
        ]

    return _captured(dice, track)


@honest("capture/offline-code", "山里三天：离线码是两天前领的，六天后才送达", count=5)
def offline_code(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.received_at = setting.taken_at + timedelta(days=dice.uniform(2.0, 6.5))
    issued = setting.taken_at - timedelta(hours=dice.uniform(40, 71))
    return _live(setting, _claim(setting, code_offline=True, code_issued_at=issued))


@honest("capture/code-ran-out", "离线码用完了，或放过了期", count=4)
def code_ran_out(dice: Random) -> Case:
    code = dice.choice((Code.NONE, Code.EXPIRED))
    issued = None if code == Code.NONE else a_setting(dice).taken_at - timedelta(days=90)
    return _captured(
        dice, lambda s: tracks.standing(dice, s.at, s.taken_at), code=code, code_issued_at=issued
    )


@honest("capture/not-registered-yet", "没信号时第一次打开，设备还没登记", count=4)
def not_registered_yet(dice: Random) -> Case:
    signature = dice.choice((Signature.UNKNOWN_KEY, Signature.NONE))
    setting = a_setting(dice)
    return _live(setting, _claim(setting, signature=signature, code=Code.NONE, code_issued_at=None))


@honest("capture/slow-clock", "手机时钟慢一分多钟，卫星定位的时刻是准的", count=4)
def slow_clock(dice: Random) -> Case:
    setting = a_setting(dice)
    slow = timedelta(seconds=dice.uniform(40, 100))
    claim = _claim(setting)
    assert claim.witness is not None
    assert claim.captured_at is not None
    assert claim.sent_at is not None
    known = dice.random() < 0.5
    track = tuple(
        replace(fix, received_at=fix.received_at and fix.received_at - slow)
        for fix in claim.witness.track
    )
    offset = slow.total_seconds() if known else None
    witness = replace(claim.witness, track=track, clock_offset_s=offset)
    return _live(setting, replace(claim, captured_at=claim.captured_at - slow,
                                  sent_at=claim.sent_at - slow, witness=witness))  # fmt: skip


@honest("capture/fine-receiver", "接了厘米级定位设备：精度两厘米", count=4)
def fine_receiver(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        return [
            replace(fix, at=replace(fix.at, accuracy_m=dice.choice((0.01, 0.02, 0.035))))
            for fix in tracks.standing(dice, s.at, s.taken_at)
        ]

    return _captured(dice, track)


@honest("capture/camera-app", "用手机自带相机拍：记录照样签名，页面中途停过", count=5)
def camera_app(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.facts["blanked"] = "0/1"
    claim = setting.page_claim()
    assert claim.captured_at is not None
    witness = tracks.honest_witness(dice, setting.at, claim.captured_at - timedelta(seconds=40))
    return setting.case(claim=replace(claim, witness=witness))


# --- forged: the track ----------------------------------------------------------------------------


@shown(
    "F05/track-leaps",
    "拍摄前半分钟才打开模拟定位：轨迹从镇上一下到了地块",
    expected=DOUBTFUL,
    count=8,
)
def track_leaps(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        town = moved(s.at, east_m=dice.choice((-1, 1)) * dice.uniform(2e3, 40e3), north_m=1_500.0)
        found = list(tracks.standing(dice, s.at, s.taken_at))
        switched = dice.randrange(3, len(found) - 3)
        real = tracks.standing(dice, town, s.taken_at)
        return [
            tracks.satellite(dice, real[0].at, fix.fixed_at) if n < switched else fix
            for n, fix in enumerate(found)
        ]

    return _captured(dice, track)


@shown(
    "F05/frozen-while-walking",
    "模拟的走动：自称每秒一米多，坐标一位不差",
    expected=DOUBTFUL,
    count=6,
)
def frozen_while_walking(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        here = tracks.satellite(dice, s.at, s.taken_at, speed_m_s=dice.uniform(0.9, 1.8))
        return [replace(here, fixed_at=t) for t in tracks.moments(dice, s.taken_at, 20)]

    return _captured(dice, track)


@shown("F05/accuracy-zero", "模拟定位的精度写成 0", expected=DOUBTFUL, count=5)
def accuracy_zero(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        return [
            replace(fix, at=replace(fix.at, accuracy_m=0.0))
            for fix in tracks.standing(dice, s.at, s.taken_at)
        ]

    return _captured(dice, track)


@shown(
    "F05/position-apart", "改了页面程序：轨迹是真的，拍摄位置填的是地块", expected=DOUBTFUL, count=6
)
def position_apart(dice: Random) -> Case:
    setting = a_setting(dice)
    home = moved(setting.at, east_m=dice.uniform(800, 30e3), north_m=dice.uniform(-9e3, 9e3))
    claim = _claim(setting, tracks.standing(dice, home, setting.taken_at))
    return _live(setting, replace(claim, position=replace(setting.at, accuracy_m=5.0)))


@shown("F05/track-pasted", "把别的时候的轨迹粘进记录：有拍摄之后的定位", expected=DOUBTFUL, count=6)
def track_pasted(dice: Random) -> Case:
    setting = a_setting(dice)
    later = setting.taken_at + timedelta(minutes=dice.uniform(1, 600))
    claim = _claim(setting, tracks.standing(dice, setting.at, later))
    return _live(setting, replace(claim, fix_at=setting.taken_at))


@unseen("F05/mock-still", "模拟定位一开始就开着、一动不动：到不了 A 级，不指为造假", count=5)
def mock_still(dice: Random) -> Case:
    def track(s: Setting) -> list[Fix]:
        here = Fix(replace(s.at, accuracy_m=1.0), s.taken_at, altitude_m=0.0, speed_m_s=0.0)
        return [replace(here, fixed_at=t) for t in tracks.moments(dice, s.taken_at, 25)]

    return _captured(dice, track)


@unseen("F05/mock-trembling", "模拟定位早就开着，会抖会走：轨迹也看不出来", count=5)
def mock_trembling(dice: Random) -> Case:
    return _captured(dice, lambda s: tracks.walking(dice, s.at, s.taken_at))


# --- forged: the record and its bytes -------------------------------------------------------------


@shown("F04/record-altered", "截下送出的记录，改了位置再送", expected=CONTRADICTED, count=6)
def record_altered(dice: Random) -> Case:
    setting = a_setting(dice)
    claim = _claim(setting, signature=Signature.BAD)
    return _live(setting, replace(claim, position=replace(setting.at, accuracy_m=4.0)))


@shown("F03/bytes-swapped", "签名之后把照片修过，或换成别的照片", expected=CONTRADICTED, count=6)
def bytes_swapped(dice: Random) -> Case:
    setting = a_setting(dice)
    return _live(setting, _claim(setting, bytes_agree=False))


@shown("F13/record-replayed", "上次的记录换个编号再送：签名对不上", expected=CONTRADICTED, count=5)
def record_replayed(dice: Random) -> Case:
    setting = a_setting(dice)
    setting.received_at = setting.taken_at + timedelta(days=dice.uniform(1, 6))
    return _live(setting, _claim(setting, signature=Signature.BAD, code=Code.USED))


@shown("F13/code-used-again", "用同一个一次性码另做一条记录", expected=DOUBTFUL, count=6)
def code_used_again(dice: Random) -> Case:
    setting = a_setting(dice)
    return _live(setting, _claim(setting, code=dice.choice((Code.USED, Code.UNKNOWN))))


@shown("F13/shot-before-code", "领码以后，把拍摄时刻倒填到前一天", expected=DOUBTFUL, count=5)
def shot_before_code(dice: Random) -> Case:
    setting = a_setting(dice)
    issued = setting.taken_at + timedelta(hours=dice.uniform(1, 30))
    setting.received_at = issued + timedelta(hours=1)
    return _live(setting, _claim(setting, code_issued_at=issued))


@shown("F20/anothers-device", "借别人的账号送自己手机拍的，或反过来", expected=DOUBTFUL, count=6)
def anothers_device(dice: Random) -> Case:
    signature = dice.choice((Signature.OTHER_PERSON, Signature.GOOD))
    code = Code.OTHER_PERSON if signature == Signature.GOOD else Code.GOOD
    setting = a_setting(dice)
    return _live(setting, _claim(setting, signature=signature, code=code))


@shown("F20/revoked-device", "停用了的设备还在送", expected=DOUBTFUL, count=4)
def revoked_device(dice: Random) -> Case:
    setting = a_setting(dice)
    return _live(setting, _claim(setting, signature=Signature.REVOKED))


@unseen("F20/lent-phone", "连手机带账号借给别人去拍：签名、一次性码都是真的", count=4)
def lent_phone(dice: Random) -> Case:
    return standing.make(dice)  # type: ignore[return-value]


@unseen("F02/fed-camera", "用虚拟摄像头把别处的画面喂给页面：记录全是真的", count=4)
def fed_camera(dice: Random) -> Case:
    return walking.make(dice)  # type: ignore[return-value]


HONEST_CAPTURES: tuple[Kind, ...] = (
    standing, walking, from_a_car, jitter, late_first_fix, moved_router, shifted_network, stray_fix,
    lies_still, network_only, one_fix, resumed_page, offline_code, code_ran_out, not_registered_yet,
    slow_clock, fine_receiver, camera_app,
)  # fmt: skip
FORGED_CAPTURES: tuple[Kind, ...] = (
    track_leaps, frozen_while_walking, accuracy_zero, position_apart, track_pasted, mock_still,
    mock_trembling, record_altered, bytes_swapped, record_replayed, code_used_again,
    shot_before_code, anothers_device, revoked_device, lent_phone, fed_camera,
)  # fmt: skip

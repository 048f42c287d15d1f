import re
from itertools import pairwise

from models.vocabulary import Outcome
from photos.case import Case, Result, Shot
from photos.checks.declare import check, doubt, note, passed
from photos.devices import lens_of
from photos.evidence import CHINA


@check(
    "known_device",
    catches="一人代拍、账号共用：同一台相机一天里在几个账号间来回；或突然换了别的设备",
    trap="换新手机、借用同事相机、全组合用一台无人机的人会被提示；只有带机身序列号才算同一台，"
    "同型号的两部手机从不算；所以换设备只作提示，来回换手多次才存疑",
    if_broken=Outcome.DOUBT,
    proves="通过表示照片写的机型本人以前用过；多数手机不写机身序列号，借别人同型号的手机拍看不出来",
)
def known_device(
    case: Case, *, enough_count: float = 20.0, switches_count: float = 4.0
) -> Result | None:
    """The device is one that this person's earlier photos name, and stays in one hand in a day.

    A device that others used as well on the same day is a note, and a doubt where it changed hands
    `switches_count` times. A new device is a note once at least `enough_count` earlier photos name
    theirs. An iPhone's lens names the phone it is built into: another phone's is a note.
    """
    threshold = {"enough_count": enough_count, "switches_count": switches_count}
    device = case.device
    if device is None or not case.timed:
        return None
    lens = lens_of(case.evidence)
    with_it = sum(use.photos for use in case.known_devices if use.device == device.key)
    earlier = sum(use.photos for use in case.known_devices)
    lenses = {use.lens for use in case.known_devices if use.device == device.key}
    switches = _switches(case.shot, case.shots) if case.shot and case.shots else 0
    measured = {
        "device": device.key,
        "lens": lens,
        "with_it": with_it,
        "earlier": earlier,
        "lens_known": lens in lenses,
        "switches": switches,
        "others": switches > 0,
    }
    if switches >= switches_count:
        return doubt(
            f"同一台相机（{device.key}）当天在几个账号之间换手 {switches} 次，达到 {switches_count:.0f} 次；"
            "请各人用自己的手机拍摄，或说明由谁拍摄。",
            measured,
            threshold,
        )
    if switches:
        return note(
            f"同一台相机（{device.key}）当天也有他人使用；如系借用，请在备注中说明。",
            measured,
            threshold,
        )
    if lens is not None and _of_another_iphone(device.model, lens):
        return note(
            f"镜头写的是“{lens}”，机型却是 {device.model}；请提交手机拍摄的原图。",
            measured,
            threshold,
        )
    if earlier < enough_count:
        return None
    if not with_it:
        return note(
            f"本人以前 {earlier} 张照片都不是用 {device.key} 拍的；如换了手机或借用设备，请在备注中说明。",
            measured,
            threshold,
        )
    return passed(
        f"本人以前 {earlier} 张照片中有 {with_it} 张用 {device.key} 拍摄。", measured, threshold
    )


def _switches(mine: Shot, shots: tuple[Shot, ...]) -> int:
    """How often the device went from this person to others or back, on the day of the photo."""
    day = mine.taken_at.astimezone(CHINA).date()
    same = [s for s in shots if s.same_device and s.taken_at.astimezone(CHINA).date() == day]
    # Of one second those of one hand stand together: no order within it is known.
    hands = [s.same_person for s in sorted([mine, *same], key=_by_time)]
    return sum(a != b for a, b in pairwise(hands))


def _by_time(shot: Shot) -> tuple[float, bool]:
    return shot.taken_at.timestamp(), shot.same_person


_APPLE_LENS = re.compile(r"(iPhone .+?) (?:back|front) ")


def _of_another_iphone(model: str, lens: str) -> bool:
    """Apple writes the lens as the model, then its place: "iPhone 7 back camera 3.99mm f/1.8"."""
    named = _APPLE_LENS.match(lens)
    return named is not None and model.startswith("iPhone ") and named[1] != model

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, note, passed
from photos.tracks import read_track


@check(
    "track_plausible",
    catches="模拟定位：拍摄前的轨迹忽然移到别处、自称走动却一位不差、精度为 0、定位在拍摄之后",
    trap="刚打开定位先给网络位置、室内飘几十米、火星坐标的网络定位、静止的手机一位不差、只给一次定位，"
    "诚实的手机都有，只作提示；外接高精度定位设备的精度也只作提示；拍摄当中手机校了时的会存疑",
    if_broken=Outcome.DOUBT,
    proves="通过表示拍摄前两分钟的定位连得上、有抖动、走得到；会抖动、慢慢走的模拟定位照样通过，"
    "轨迹开始之前就打开的也看不出移动",
)
def track_plausible(
    case: Case,
    *,
    least_count: float = 3.0,
    fresh_s: float = 30.0,
    jump_kmh: float = 150.0,
    floor_m: float = 20.0,
    settled_count: float = 3.0,
    repeats_count: float = 5.0,
    moving_kmh: float = 2.5,
    frozen_s: float = 15.0,
    ahead_s: float = 10.0,
    coarse_m: float = 100.0,
    finest_m: float = 1.0,
) -> Result | None:
    """The fixes of the two minutes before the shot hang together, and lead to the position.

    What makes a position unbelievable is a doubt, what honest phones do as well a note; both and
    all limits as `photos.tracks.read_track` tells. Not asked without a record that counts.
    """
    witness = case.claim.witness
    if witness is None or witness.disowned or case.told.position is None:
        return None
    if not witness.track and not case.told.live_capture:
        return None
    threshold = {
        "least_count": least_count,
        "fresh_s": fresh_s,
        "jump_kmh": jump_kmh,
        "floor_m": floor_m,
        "settled_count": settled_count,
        "repeats_count": repeats_count,
        "moving_kmh": moving_kmh,
        "frozen_s": frozen_s,
        "ahead_s": ahead_s,
        "coarse_m": coarse_m,
        "finest_m": finest_m,
    }
    seen = read_track(case.told, **threshold)
    measured = {**seen.measured, "signs": [sign.value for sign in (*seen.false, *seen.odd)]}
    if seen.false:
        said = "；".join(sign.said for sign in seen.false)
        return doubt(
            f"{said}；请关闭模拟定位类软件，在现场重新定位拍摄，或说明情况。", measured, threshold
        )
    if seen.odd:
        said = "；".join(sign.said for sign in seen.odd)
        return note(
            f"{said}，轨迹不足以佐证位置；请在开阔处等定位稳定、走几步再拍。", measured, threshold
        )
    return passed(
        f"拍摄前 {seen.measured['fixes']} 次定位前后相连，走得到拍摄位置。", measured, threshold
    )

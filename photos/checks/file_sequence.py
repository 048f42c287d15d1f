from models.vocabulary import Outcome
from photos.case import Case, Result, Shot, china_text
from photos.checks.declare import check, doubt, note, passed
from photos.shots import clashing, seconds_apart

_HIGHEST = 9999  # DCF (JEITA CP-3461) counts 0001 to 9999 and begins again


@check(
    "file_sequence",
    catches="改了手机时间再拍：文件编号在后，拍摄时间却在前",
    trap="换存储卡、恢复手机后编号会重来，从别处导入的照片按导入顺序编号；"
    "删掉几张只是跳号，不算；只有一张不合时仅作提示",
    if_broken=Outcome.DOUBT,
    proves="通过表示编号和时间走在一起；安卓手机多用时间命名，没有编号可比",
)
def file_sequence(
    case: Case,
    *,
    margin_minutes: float = 10.0,
    close_count: float = 50.0,
    witnesses_count: float = 2.0,
) -> Result | None:
    """The running number in the file's name and the camera's clock go the same way.

    Against shots of the same camera (the same person's of one model, or surely one device) and
    series: a higher number with a time earlier by more than `margin_minutes` is odd. Numbers more
    than `close_count` apart say nothing, as counters begin again with a new card; 9999 is followed
    by 1. One odd neighbour is a note, `witnesses_count` are a doubt.
    """
    threshold = {
        "margin_minutes": margin_minutes,
        "close_count": close_count,
        "witnesses_count": witnesses_count,
    }
    mine = case.shot
    if mine is None or mine.file_number is None:
        return None

    def backwards(a: Shot, b: Shot) -> bool:
        steps, seconds = steps_between(a, b), seconds_apart(a, b)
        if steps is None or seconds is None or not 0 < abs(steps) <= close_count:
            return False
        return abs(seconds) > margin_minutes * 60.0 and (steps > 0) != (seconds > 0)

    compared = [
        s for s in case.shots if steps_between(mine, s) and seconds_apart(mine, s) is not None
    ]
    if not compared:
        return None
    clashes = clashing(mine, case.shots, backwards)
    measured = {
        "number": mine.file_number.number,
        "compared": len(compared),
        "clashes": len(clashes),
    }
    if not clashes:
        return passed(
            f"文件编号 {mine.file_number.number} 与前后 {len(compared)} 张照片的时间顺序一致。",
            measured,
            threshold,
        )
    other = clashes[0]
    assert other.file_number is not None
    said = (
        f"文件编号 {mine.file_number.number} 与 {other.file_number.number} 的先后，"
        f"同拍摄时间（另一张拍于 {china_text(other.taken_at)}）的先后相反，共 {len(clashes)} 张不合；"
        "请把手机设为自动校时，并说明是否换过存储卡或导入过照片。"
    )
    told = doubt if len(clashes) >= witnesses_count else note
    return told(said, measured | {"other": other.name}, threshold)


def steps_between(a: Shot, b: Shot) -> int | None:
    """How many files the camera counted from `a` to `b`, the short way round; None where the two
    numbers are not of one counter."""
    if a.file_number is None or b.file_number is None or a.device is None:
        return None
    if a.device != b.device or a.file_number.series != b.file_number.series:
        return None
    if not (a.same_person and b.same_person) and not (a.same_device and b.same_device):
        return None
    steps = b.file_number.number - a.file_number.number
    if max(a.file_number.number, b.file_number.number) > _HIGHEST:
        return steps
    half = _HIGHEST // 2
    return (steps + half) % _HIGHEST - half

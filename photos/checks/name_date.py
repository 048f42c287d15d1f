import re
from datetime import datetime, timedelta

from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, note, passed
from photos.times import FIRST_YEAR, LAST_YEAR

# What phones call their files: IMG_20180725_163423, PXL_20210806_043012345, 20180725_163423,
# IMG20210806113012, WP_20140101_001, 微信图片_20240511093012.
_DATED = re.compile(
    r"(?<!\d)(?P<y>20\d\d)-?(?P<m>\d\d)-?(?P<d>\d\d)(?:[_\-T ]?(?P<t>\d{6}))?(?!\d{7})"
)
_ZONES = timedelta(hours=26)  # a name may be in UTC, and may be given at the end of a day


@check(
    "name_date",
    catches="文件名还是原来的日期，EXIF 的拍摄时间改过了",
    trap="另存、转发的照片以保存那天命名，会比拍摄晚，只作提示；改过名的文件不作判断",
    if_broken=Outcome.UNKNOWN,
    proves="通过只说明文件名里的日期与拍摄时间相符；两者都可以随意改",
)
def name_date(case: Case, *, apart_days: float = 1.0) -> Result | None:
    """The date in the file's name, where a phone put one there, is that of the shot.

    Give or take `apart_days` and the zones of the earth. Later names are told as well, but they
    mostly come of saving a copy.
    """
    camera = case.evidence.camera_time
    if case.named is None or camera is None:
        return None
    named = _date_of(case.named)
    if named is None:
        return None
    apart = named - camera.wall
    measured = {"named": named.isoformat(), "apart_days": round(apart / timedelta(days=1), 2)}
    threshold = {"apart_days": apart_days}
    if abs(apart) <= _ZONES + timedelta(days=apart_days):
        return passed("文件名里的日期与拍摄时间相符。", measured, threshold)
    said = "晚" if apart > timedelta(0) else "早"
    return note(
        f"文件名里的日期比拍摄时间{said} {span_text(apart.total_seconds())}；请核对是不是这张照片，"
        "尽量提交相机原图。",
        measured,
        threshold,
    )


def _date_of(name: str) -> datetime | None:
    """The day in a name (noon, where it tells no time); None where it holds none.

    >>> _date_of("IMG_20180725_163423.jpg"), _date_of("DSC_0012.jpg"), _date_of("20181399.jpg")
    (datetime.datetime(2018, 7, 25, 16, 34, 23), None, None)
    """
    match = _DATED.search(name)
    if match is None:
        return None
    clock = match["t"] or "120000"
    try:
        at = datetime.strptime(f"{match['y']}{match['m']}{match['d']}{clock}", "%Y%m%d%H%M%S")  # noqa: DTZ007 — wall time has no zone
    except ValueError:
        return None
    return at if FIRST_YEAR <= at.year <= LAST_YEAR else None

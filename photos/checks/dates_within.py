from datetime import datetime

from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, note, passed
from photos.evidence import Evidence, Source
from photos.times import parse_wall

_NAMES = {"DateTimeDigitized": "数字化时间", "DateTime": "修改时间"}
# What a Qualcomm camera driver writes where nobody told it the time: the Digitized of a Moto G, a
# Nexus 4 and an OPPO R7 among the files met.
_DEFAULTS = {"2002:12:08 12:00:00", "1970:01:01 00:00:00", "2000:01:01 00:00:00"}


@check(
    "dates_within",
    catches="文件里几个时间互不相同：拍摄之后又保存过，或只改了其中一个",
    trap="诚实照片约一成如此：用电脑传输、相册转存会改修改时间，有的手机把数字化时间写成出厂默认值",
    if_broken=Outcome.UNKNOWN,
    proves="通过只说明文件里的几个时间一致；一次把它们全改掉不会留下差别",
)
def dates_within(case: Case, *, apart_s: float = 60.0) -> Result | None:
    """The times in the file (taken, digitised, modified) are one, give or take `apart_s`.

    Saving a picture that was made of several shots takes a camera some seconds.
    """
    taken = _moment(case.evidence, "DateTimeOriginal")
    if taken is None:
        return None
    apart = {}
    for name in _NAMES:
        other = _moment(case.evidence, name)
        if other is not None:
            apart[name] = (other - taken).total_seconds()
    if not apart:
        return None
    measured = {"apart_s": apart}
    threshold = {"apart_s": apart_s}
    odd = {name: by for name, by in apart.items() if abs(by) > apart_s}
    if odd:
        said = "，".join(
            f"{_NAMES[name]}{'晚' if by > 0 else '早'} {span_text(by)}" for name, by in odd.items()
        )
        return note(
            f"与拍摄时间相比，文件的{said}，像是拍摄后又保存过；请尽量提交相机原图。",
            measured,
            threshold,
        )
    return passed(f"文件里的几个时间相差不超过 {apart_s:.0f} 秒。", measured, threshold)


def _moment(evidence: Evidence, name: str) -> datetime | None:
    """The wall time of a tag of the Exif block; None where it is none, or a driver's default."""
    written = [reading.value for reading in evidence.all(name) if reading.source is Source.EXIF]
    if not written or written[0] in _DEFAULTS:
        return None
    return parse_wall(written[0])

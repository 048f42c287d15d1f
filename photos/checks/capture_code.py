from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, note, passed, unknown
from photos.grading import CODE_TOLERANCE_S, after_issue_s, code_reason
from photos.witness import Code

_SUSPECT = (Code.USED, Code.UNKNOWN, Code.OTHER_PERSON)


@check(
    "capture_code",
    catches="旧的采集记录翻出来再用，或预先造好记录：一次性码用过、不是本服务器发的、发给别人的",
    trap="没有信号又用完离线码的手机没有码；断网多日的码会过期：都不是存疑。服务器从备份恢复后，"
    "恢复点以后发出的码会不认得",
    if_broken=Outcome.DOUBT,
    proves="通过表示记录做成于发码之后；离线码可用几天，这几天里何时拍的要看其他时间",
)
def capture_code(
    case: Case, *, tolerance_minutes: float = CODE_TOLERANCE_S / 60.0
) -> Result | None:
    """The one-time code of the record was issued to this person, before the shot, for one use.

    A code that was used by another capture, that we never issued or issued to somebody else, and a
    shot dated more than `tolerance_minutes` before its code was issued (by the phone's clock put
    right, as far as its error is known) are doubts. None at all, and one that has expired, are
    what a phone without signal has. Not asked where the record counts for nothing.
    """
    witness = case.claim.witness
    if witness is None or witness.disowned:
        return None
    wrong = code_reason(witness)
    threshold = {"tolerance_minutes": tolerance_minutes}
    measured = {"code": str(witness.code), "offline": witness.code_offline}
    if witness.code == Code.NONE:
        if not case.told.live_capture:
            return None
        return unknown(
            "拍摄时没有一次性码；请在有信号处打开采集页领取离线码。", measured, threshold
        )
    if wrong is not None:
        if witness.code in _SUSPECT:
            return doubt(f"{wrong.said}；请到现场用页面重拍，或说明情况。", measured, threshold)
        if witness.code == Code.OTHER_DEVICE:
            return note(
                f"{wrong.said}；请在拍照的手机上打开采集页更新离线码。", measured, threshold
            )
        return note(
            f"{wrong.said}，不能说明何时拍摄；请在有信号处打开采集页更新离线码。",
            measured,
            threshold,
        )
    after = after_issue_s(case.told)
    if after is None or (case.clock_off and witness.clock_offset_s is None):
        return passed("一次性码有效。", measured, threshold)
    measured |= {"after_issue_s": round(after, 1)}
    if after < -tolerance_minutes * 60.0:
        return doubt(
            f"记录的拍摄时刻比发出一次性码还早 {span_text(after)}，超出 {tolerance_minutes:.0f} 分钟；"
            "请把手机设为自动校时后重拍。",
            measured,
            threshold,
        )
    return passed(f"一次性码有效，发出 {span_text(max(after, 0.0))}后拍摄。", measured, threshold)

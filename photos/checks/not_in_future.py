from models.vocabulary import Outcome
from photos.case import Case, Result, china_text, span_text
from photos.checks.declare import check, doubt, fail, passed, unknown
from photos.evidence import CHINA


@check(
    "not_in_future",
    catches="拍摄时间晚于收到照片的时间：时间被改过，或手机时钟快了",
    trap="相机停在东边的时区又不注明时，时间会超前几小时",
    proves="通过说明没有一个时钟跑到收图之后；往早里改的时间看不出来",
    if_broken=Outcome.FAIL,
    needed=True,
)
def not_in_future(case: Case, *, tolerance_minutes: float = 5.0) -> Result:
    """No clock of the photo is ahead of the server that received it, by `tolerance_minutes`.

    Where our page took the photo and told its clock at sending, a phone that merely runs fast is
    known by it: what that explains is a doubt, and the photo can still be judged.
    """
    threshold = {"tolerance_minutes": tolerance_minutes}
    camera = case.evidence.camera_time
    stamps = {
        "page": case.told.captured_at,
        "camera": None if camera is None else camera.at,
        "gps": case.evidence.gps_time,
    }
    ahead = {
        name: (at - case.received_at).total_seconds()
        for name, at in stamps.items()
        if at is not None
    }
    if not ahead:
        return unknown("照片没有任何拍摄时间；请用“拍照”按钮重拍。", {}, threshold)
    source = max(ahead, key=lambda name: ahead[name])
    worst = ahead[source]
    latest = stamps[source]
    assert latest is not None
    measured = {
        "source": source,
        "ahead_s": round(worst, 1),
        "taken_at": latest.astimezone(CHINA).isoformat(),
    }
    said = f"拍摄时间 {china_text(latest)}，收到时间 {china_text(case.received_at)}"
    if worst <= tolerance_minutes * 60.0:
        return passed(f"{said}，先后合理。", measured, threshold)
    fast = _runs_fast_s(case)
    explained = {n: s - (fast if n in ("page", "camera") else 0.0) for n, s in ahead.items()}
    if fast and max(explained.values()) <= tolerance_minutes * 60.0:
        return doubt(
            f"{said}；手机时钟比服务器快 {span_text(fast)}，改正后先后合理；请把手机设为自动校时后重拍。",
            measured | {"clock_fast_s": round(fast, 1)},
            threshold,
        )
    return fail(
        f"{said}，拍摄反而晚 {span_text(worst)}，超出 {tolerance_minutes:.0f} 分钟；"
        "请把手机设为自动校时后重拍。",
        measured,
        threshold,
    )


def _runs_fast_s(case: Case) -> float:
    """Seconds that the phone's clock was ahead of ours when our page sent the photo; 0 where the
    page did not take it, and so vouches for nothing."""
    if case.told.sent_at is None or case.told.captured_at is None:
        return 0.0
    return max(0.0, (case.told.sent_at - case.received_at).total_seconds())

from models.vocabulary import Grade, Outcome
from photos.case import Case, Result
from photos.checks.declare import check, passed, unknown
from photos.reasons import Reason

_MEANS = {
    Grade.A: "页内实时拍摄，有定位轨迹、一次性码和设备签名",
    Grade.B: "位置由本页面在拍摄时取得",
    Grade.C: "照片文件，位置来自 EXIF",
}
_UNBELIEVED = "位置由本页面给出，但不可信"
_SAID_ANYWAY = (Reason.BY_FILE, Reason.NO_POSITION)
_BY_TABLE = "照片文件自己没有位置，用的是举证包表中登记的位置"


@check(
    "source_grade",
    catches="没有任何位置来源的照片",
    trap="手机浏览器、微信会抹去定位，拍摄者并无过错；没有等级能证明位置未被模拟",
    proves="等级说明位置由谁给出：A、B 级由本页面当场取得；没有哪一级能证明位置没有被模拟",
    if_broken=Outcome.UNKNOWN,
    needed=True,
)
def source_grade(case: Case) -> Result:
    """The source of the position, A to D, and why no better; without any a photo proves no place."""
    grade, reasons = case.grading.grade, case.grading.reasons
    measured = {"grade": grade.value, "reasons": [reason.value for reason in reasons]}
    why = "；".join(r.said for r in reasons if r not in _SAID_ANYWAY)
    if grade is Grade.D:
        return unknown(
            f"照片和页面都没有给出位置（证据来源 D 级{'：' + why if why else ''}），无法与地块比对；"
            "请允许定位后用“拍照”按钮重拍。",
            measured,
            {},
        )
    source = "" if case.position is None else case.position.source
    means = _MEANS[grade]
    if source == "package":
        means = _BY_TABLE
    elif grade is Grade.C and source == "page":
        means = _UNBELIEVED
    short = f"（未到更高等级：{why}）" if why else ""
    return passed(f"证据来源为 {grade} 级：{means}{short}。", measured, {})

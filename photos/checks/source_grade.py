from models.vocabulary import Grade, Outcome
from photos.case import Case, Result
from photos.checks.declare import check, passed, unknown

_MEANS = {
    Grade.A: "页内实时拍摄，有定位轨迹和一次性校验码",
    Grade.B: "手机相机拍摄，位置由本页面在拍摄时取得",
    Grade.C: "照片文件，位置来自 EXIF",
}
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
    """The source of the position, A to D; without any position a photo proves no place."""
    grade = case.grade
    if grade is Grade.D:
        return unknown(
            "照片和页面都没有给出位置（证据来源 D 级），无法与地块比对；请允许定位后用“拍照”按钮重拍。",
            {"grade": grade.value},
            {},
        )
    of_table = case.position is not None and case.position.source == "package"
    means = _BY_TABLE if of_table else _MEANS[grade]
    return passed(f"证据来源为 {grade} 级：{means}。", {"grade": grade.value}, {})

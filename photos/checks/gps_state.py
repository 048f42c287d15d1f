from models.vocabulary import Outcome
from photos.case import Case, Result, place_text
from photos.checks.declare import check, passed, unknown
from photos.evidence import GpsState

_NEXT = "请允许定位后用本系统的“拍照”按钮重拍，或用数据线导出原图"
_BY_PAGE = "位置以页面在拍摄时取得的为准，不影响结论"
_SAYS = {
    GpsState.ABSENT: "照片文件里没有 GPS 位置（拍摄时未开定位，或被聊天软件去除）",
    GpsState.BLANKED: "照片的 GPS 信息是空的（系统脱敏：手机系统或浏览器在选取照片时抹去，不是造假迹象）",
    GpsState.ZERO_ISLAND: "照片的 GPS 写着 0°,0°，是程序的占位值，不是真实位置",
    GpsState.INVALID: "照片的 GPS 数值不成立（超出范围，或缺少南北、东西标记），未采用",
}


@check(
    "gps_state",
    catches="GPS 被系统抹去、本来就没有、占位 0°,0° 与无效数值，四者分清",
    trap="安卓选图器和微信会抹去 GPS：没有位置只说明证据不全，不说明任何人造假",
    proves="通过只说明文件带有能用的坐标；坐标可以改写，也可以由模拟定位写入",
    if_broken=Outcome.UNKNOWN,
)
def gps_state(case: Case) -> Result:
    """What the file's own GPS block says; a page's position may stand in for it."""
    evidence = case.evidence
    if evidence.position is None:
        after = _NEXT if case.told.position is None else _BY_PAGE
        return unknown(f"{_SAYS[evidence.gps]}；{after}。", {"state": evidence.gps.value}, {})
    at = evidence.position
    return passed(
        f"照片文件带有 GPS 位置（{place_text(at)}）。",
        {"state": evidence.gps.value, "lon": at.lon, "lat": at.lat},
        {},
    )

from models.vocabulary import Outcome
from photos.case import Case, Result, place_text
from photos.checks.declare import check, passed, unknown
from photos.evidence import GpsState

_NEXT = "请在采集页开启定位后重拍，或用数据线导出原图"
_SAYS = {
    GpsState.ABSENT: f"照片文件里没有 GPS 位置（拍摄时未开定位，或被聊天软件去除）；{_NEXT}。",
    GpsState.BLANKED: f"照片的 GPS 信息是空的（系统脱敏：手机系统或浏览器在选取照片时抹去，不是造假迹象）；{_NEXT}。",
    GpsState.ZERO_ISLAND: f"照片的 GPS 写着 0°,0°，是程序的占位值，不是真实位置；{_NEXT}。",
    GpsState.INVALID: f"照片的 GPS 数值不成立（超出范围，或缺少南北、东西标记），未采用；{_NEXT}。",
}


@check(
    "gps_state",
    catches="GPS 被系统抹去、本来就没有、占位 0°,0° 与无效数值，四者分清",
    trap="安卓选图器和微信会抹去 GPS：没有位置只说明证据不全，不说明任何人造假",
    if_broken=Outcome.UNKNOWN,
)
def gps_state(case: Case) -> Result:
    """What the file's own GPS block says; a page's position may stand in for it."""
    evidence = case.evidence
    if evidence.position is None:
        return unknown(_SAYS[evidence.gps], {"state": evidence.gps.value}, {})
    at = evidence.position
    return passed(
        f"照片文件带有 GPS 位置（{place_text(at)}）。",
        {"state": evidence.gps.value, "lon": at.lon, "lat": at.lat},
        {},
    )

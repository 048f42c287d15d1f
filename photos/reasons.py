"""Why a photo has its grade and no better one: stable codes, each with its sentence."""

from enum import StrEnum


class Reason(StrEnum):
    """A code is stored and sent; it never changes its meaning. `said` is the Chinese for it."""

    NO_POSITION = "no-position"
    NO_PAGE_POSITION = "no-page-position"
    BY_FILE = "by-file"
    BY_CAMERA_APP = "by-camera-app"
    NO_RECORD = "no-record"
    NOT_SIGNED = "not-signed"
    KEY_UNKNOWN = "key-unknown"
    SIGNATURE_BAD = "signature-bad"
    KEY_REVOKED = "key-revoked"
    KEY_OF_ANOTHER = "key-of-another"
    BYTES_DIFFER = "bytes-differ"
    NO_CODE = "no-code"
    CODE_EXPIRED = "code-expired"
    CODE_USED = "code-used"
    CODE_UNKNOWN = "code-unknown"
    CODE_OF_ANOTHER = "code-of-another"
    CODE_OF_OTHER_DEVICE = "code-of-other-device"
    CODE_AFTER_SHOT = "code-after-shot"
    TRACK_SHORT = "track-short"
    TRACK_LATE = "track-late"
    TRACK_STILL = "track-still"
    TRACK_JUMPS = "track-jumps"
    FIXES_AHEAD = "fixes-ahead"
    POSITION_COARSE = "position-coarse"
    ACCURACY_FINE = "accuracy-fine"
    TRACK_LEAPS = "track-leaps"
    TRACK_FROZEN = "track-frozen"
    ACCURACY_ZERO = "accuracy-zero"
    FIX_AFTER_SHOT = "fix-after-shot"
    POSITION_APART = "position-apart"

    @property
    def said(self) -> str:
        return SAID[self]


SAID = {
    Reason.NO_POSITION: "照片和页面都没有给出位置",
    Reason.NO_PAGE_POSITION: "拍摄时页面没有取得位置",
    Reason.BY_FILE: "交来的是照片文件，位置来自文件或表格",
    Reason.BY_CAMERA_APP: "用手机相机拍摄，不是页内实时拍摄",
    Reason.NO_RECORD: "没有随照片送来采集记录",
    Reason.NOT_SIGNED: "采集记录没有设备签名",
    Reason.KEY_UNKNOWN: "签名用的设备没有登记",
    Reason.SIGNATURE_BAD: "采集记录与设备签名不符",
    Reason.KEY_REVOKED: "签名用的设备已停用",
    Reason.KEY_OF_ANOTHER: "签名用的是别人的设备",
    Reason.BYTES_DIFFER: "照片内容与采集记录不符",
    Reason.NO_CODE: "拍摄时没有一次性码",
    Reason.CODE_EXPIRED: "一次性码已过期",
    Reason.CODE_USED: "一次性码已被另一张照片用过",
    Reason.CODE_UNKNOWN: "一次性码不是本服务器发出的",
    Reason.CODE_OF_ANOTHER: "一次性码是发给别人的",
    Reason.CODE_OF_OTHER_DEVICE: "一次性码是本人另一台设备领的",
    Reason.CODE_AFTER_SHOT: "记录的拍摄时刻早于发出一次性码",
    Reason.TRACK_SHORT: "拍摄前的定位次数太少",
    Reason.TRACK_LATE: "临近拍摄时没有新定位",
    Reason.TRACK_STILL: "拍摄前的定位一位不差，没有一点抖动",
    Reason.TRACK_JUMPS: "定位轨迹有跳动",
    Reason.FIXES_AHEAD: "定位的时刻与手机时钟不合",
    Reason.POSITION_COARSE: "定位精度太粗",
    Reason.ACCURACY_FINE: "定位精度好于手机所能",
    Reason.TRACK_LEAPS: "定位稳定后忽然移到别处，人走不到",
    Reason.TRACK_FROZEN: "自称在走动，坐标却一位不差",
    Reason.ACCURACY_ZERO: "定位精度写成了 0",
    Reason.FIX_AFTER_SHOT: "轨迹里有拍摄之后的定位",
    Reason.POSITION_APART: "拍摄位置与轨迹不在一处",
}

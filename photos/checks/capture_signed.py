from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, fail, note, passed
from photos.grading import signature_reason
from photos.reasons import Reason
from photos.witness import Signature

_SAID = {
    Signature.BAD: "采集记录与设备签名对不上，记录在签名之后被改动过；请到现场用页面重拍。",
    Signature.OTHER_PERSON: "采集记录是用别人登记的设备签名的；请用本人账号、本人登记的设备重拍，或说明情况。",
    Signature.REVOKED: "采集记录是用已停用的设备签名的；请用在用的设备重拍，停用前拍的请说明情况。",
    Signature.UNKNOWN_KEY: "采集记录的签名出自没有登记的设备，当作没有签名；请在有信号处打开采集页登记设备。",
    Signature.NONE: "采集记录没有设备签名；请更新浏览器后用页面重拍。",
}


@check(
    "capture_signed",
    catches="采集记录或照片在手机里拍下之后被改动、换掉，或借别人的账号送来",
    trap="换手机后停用旧设备，旧手机里还没送出的照片会存疑；几个人共用一部手机、没有换登录的也会；"
    "还没登记的设备只作提示",
    if_broken=Outcome.FAIL,
    proves="通过表示记录和照片与这部设备拍下时签名的一字不差；签名之前在手机里就造假的、"
    "连手机带账号借给别人的，签名看不出来",
)
def capture_signed(case: Case) -> Result | None:
    """The record that came with the photo is as the person's own device signed it of these bytes.

    A signature that does not fit and bytes that are not the recorded ones contradict, because no
    honest way leads there. Somebody else's key and a revoked one are a doubt, a key that nobody
    has registered is a note. Not asked where no record came.
    """
    witness = case.claim.witness
    if witness is None:
        return None
    measured = {"signature": str(witness.signature), "bytes_agree": witness.bytes_agree}
    if witness.signature == Signature.BAD:
        return fail(_SAID[Signature.BAD], measured, {})
    if not witness.bytes_agree:
        return fail(
            f"{Reason.BYTES_DIFFER.said}：交来的不是拍下时记录的那个文件；请到现场用页面重拍。",
            measured,
            {},
        )
    if signature_reason(witness) is None:
        return passed("采集记录和照片与设备签名相符。", measured, {})
    judge = doubt if witness.disowned else note
    return judge(_SAID[witness.signature], measured, {})

"""What a photo's record says, for whoever judges the photo: beside what the file says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from field_app import words
from field_app.captures import claims
from field_app.captures.record import PhotoRecord, Unreadable, read_record
from models.tables import Capture, Device
from photos.grading import code_reason, signature_reason
from photos.reasons import Reason
from photos.sentences import span_text
from photos.witness import Code, Signature

SOURCE = "采集记录"
_WAYS = {"live": "页内相机实时拍摄", "camera": "手机相机拍摄", "file": "选取已有文件"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a record says. `why` says what is odd about it; empty where nothing is."""

    label: str
    value: str
    why: str = ""


def told_by_records(session: Session, photo_ids: Sequence[int]) -> dict[int, tuple[Told, ...]]:
    """What the records of these photos say, in the order in which it is read."""
    query = (
        select(Capture, Device)
        .outerjoin(Device, col(Device.key_id) == Capture.key_id)
        .where(col(Capture.photo_id).in_(photo_ids))
        .order_by(col(Capture.id))
    )
    found: dict[int, tuple[Told, ...]] = {}
    for capture, device in session.exec(query):
        try:
            record = read_record(capture.record)
        except Unreadable:
            continue
        if isinstance(record, PhotoRecord) and capture.photo_id is not None:
            found.setdefault(capture.photo_id, _told(capture, record, device))
    return found


def _told(capture: Capture, record: PhotoRecord, device: Device | None) -> tuple[Told, ...]:
    witness = claims.signed(capture, record).witness
    signed, code = signature_reason(witness), code_reason(witness)
    lines = [
        Told("采集方式", _WAYS[record.way]),
        Told(
            "设备签名",
            "有效" + (f"，{device.name or '未命名设备'}" if device else "")
            if witness.signature is Signature.GOOD
            else "无效"
            if capture.signature
            else "没有",
            "" if signed is None else signed.said,
        ),
        Told("设备密钥", capture.key_id),
        Told(
            "一次性码",
            _code(capture, witness.code),
            "" if code in (None, Reason.NO_CODE) else code.said,
        ),
        Told(
            "照片内容",
            "与记录一致" if witness.bytes_agree else f"记录为 {record.sha256}",
            "" if witness.bytes_agree else Reason.BYTES_DIFFER.said,
        ),
        Told("写入定位前的画面", record.raw_sha256 or ""),
        Told("快门（手机的钟）", _moment(record.shot_at or record.chosen_at)),
        Told("手机的钟", _clock(record)),
        Told("页面定位", _position(record)),
        Told("定位时刻", _moment(record.position.fixed_at if record.position else None)),
        Told("拍摄前的轨迹", f"{len(record.fixes)} 个定位" if record.fixes else ""),
        Told(
            "页面罗盘",
            f"{record.look.heading_deg:.0f}°（{'真北' if record.look.heading_ref == 'T' else '磁北'}）"
            if record.look
            else "",
        ),
        Told("相机", record.camera.label if record.camera else ""),
        Told("备注", record.note or ""),
        Told("记录收到", words.moment(capture.received_at)),
        Told("采集编号", capture.uuid),
        Told("页面版本", record.app or ""),
    ]
    return tuple(line for line in lines if line.value)


def _code(capture: Capture, state: Code) -> str:
    if state is Code.NONE:
        return "没有"
    kind = "离线码" if capture.code_offline else "在线码"
    given = f"，{words.moment(capture.code_issued_at)}发出" if capture.code_issued_at else ""
    return f"{'有效' if state is Code.GOOD else '无效'}，{kind}{given}"


def _moment(at: datetime | None) -> str:
    return "" if at is None else words.moment(at)


def _clock(record: PhotoRecord) -> str:
    offset = record.offset
    if offset is None:
        return "没有与服务器核对过"
    seconds = offset.total_seconds()
    if abs(seconds) < 1.0:
        return "与服务器一致"
    return f"比服务器{'慢' if seconds > 0 else '快'} {span_text(seconds)}"


def _position(record: PhotoRecord) -> str:
    at = record.position
    return "" if at is None else f"{at.lon:.6f}, {at.lat:.6f}（±{at.accuracy_m:.0f} m）"

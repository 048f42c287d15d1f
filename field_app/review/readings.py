"""What a file says of itself, for the eye: by Chinese names, odd readings first with the reason. Pure.

Odd is what two readers take differently, and what a check with a doubt has measured.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from field_app.findings import NOTED, is_note, outcome_of
from models.vocabulary import Outcome
from photos.checks import declared
from photos.evidence import Source, Value, alike

TWO_READERS = "两种读法不一致"
_WORDS = {Outcome.FAIL: "不符", Outcome.DOUBT: "存疑"}

NAMES = {
    "DateTimeOriginal": "拍摄时间",
    "DateTimeDigitized": "数字化时间",
    "DateTime": "修改时间",
    "ModifyDate": "修改时间",
    "OffsetTime": "修改时间的时区",
    "OffsetTimeOriginal": "拍摄时间的时区",
    "OffsetTimeDigitized": "数字化时间的时区",
    "SubSecTimeOriginal": "拍摄时间的秒以下",
    "GPSDateStamp": "卫星日期（UTC）",
    "GPSTimeStamp": "卫星时间（UTC）",
    "GPSLatitude": "纬度",
    "GPSLatitudeRef": "南北纬",
    "GPSLongitude": "经度",
    "GPSLongitudeRef": "东西经",
    "GPSAltitude": "海拔",
    "GPSAltitudeRef": "海拔基准",
    "GPSHPositioningError": "水平定位误差",
    "GPSImgDirection": "镜头方向",
    "GPSImgDirectionRef": "镜头方向基准",
    "GPSDestBearing": "目标方位",
    "GPSSpeed": "移动速度",
    "GPSProcessingMethod": "定位方式",
    "GPSMapDatum": "坐标系",
    "GPSDOP": "精度因子",
    "GPSSatellites": "卫星数",
    "Make": "厂商",
    "Model": "型号",
    "LensMake": "镜头厂商",
    "LensModel": "镜头",
    "BodySerialNumber": "机身序列号",
    "LensSerialNumber": "镜头序列号",
    "ImageUniqueID": "图像唯一编号",
    "Software": "软件",
    "HostComputer": "主机",
    "CreatorTool": "制作软件",
    "HistorySoftwareAgent": "编辑历史中的软件",
    "DigitalSourceType": "数字来源类型",
    "Credit": "来源说明",
    "AIGC": "人工智能生成标识",
    "Orientation": "方向标记",
    "PixelXDimension": "登记的宽度",
    "PixelYDimension": "登记的高度",
    "ImageWidth": "宽度",
    "ImageLength": "高度",
    "ImageHeight": "高度",
    "DigitalZoomRatio": "数字变焦",
    "CustomRendered": "机内处理",
    "ApertureValue": "光圈值",
    "ShutterSpeedValue": "快门值",
    "BrightnessValue": "亮度值",
    "SubjectDistance": "对焦距离",
    "LensSpecification": "镜头规格",
    "SubSecTime": "修改时间的秒以下",
    "SubSecTimeDigitized": "数字化时间的秒以下",
    "CreateDate": "创建时间（XMP）",
    "DateCreated": "创建日期（XMP）",
    "XMPToolkit": "XMP 写入程序",
    "PhotoshopResources": "Photoshop 数据块",
    "GPSVersionID": "GPS 版本",
    "GPSSpeedRef": "速度单位",
    "FocalLength": "焦距",
    "FocalLengthIn35mmFilm": "等效焦距",
    "FNumber": "光圈",
    "ExposureTime": "曝光时间",
    "PhotographicSensitivity": "感光度",
    "ISOSpeedRatings": "感光度",
    "ExposureBiasValue": "曝光补偿",
    "Flash": "闪光灯",
    "WhiteBalance": "白平衡",
    "SceneCaptureType": "场景类型",
    "CompositeImage": "合成图像",
    "ImageDescription": "图像说明",
    "UserComment": "用户注释",
    "Artist": "作者",
    "Copyright": "版权",
    "XResolution": "水平分辨率",
    "YResolution": "垂直分辨率",
    "ColorSpace": "色彩空间",
    "ExifVersion": "EXIF 版本",
    "DeviceSettingDescription": "设备设置",
    "SceneType": "场景来源",
    "FileSource": "文件来源",
}
"""Common names of the EXIF and XMP standards. What is not here is shown by its own name."""

AT, DISTANCE, ACCURACY, HEADING, TAKEN, RECEIVED = (
    "位置", "距地块", "定位精度", "镜头朝向", "拍摄时间（采用）", "收到时间",
)  # fmt: skip
"""What the examination took from the readings; a check can measure these as well."""

_PLACE = (AT, DISTANCE, "GPSLatitude", "GPSLongitude")
_CLOCK = (TAKEN, "DateTimeOriginal")
_GPS_CLOCK = ("GPSDateStamp", "GPSTimeStamp")
_READS: dict[str, tuple[str, ...]] = {
    "on_parcel": _PLACE,
    "datum_shift": _PLACE,
    "in_county": (AT, "GPSLatitude", "GPSLongitude"),
    "positions_agree": (AT, "GPSLatitude", "GPSLongitude"),
    "gps_state": ("GPSLatitude", "GPSLongitude", "GPSLatitudeRef", "GPSLongitudeRef"),
    "odd_fractions": ("GPSLatitude", "GPSLongitude"),
    "position_accuracy": (ACCURACY, "GPSHPositioningError"),
    "looks_at_parcel": (HEADING, "GPSImgDirection", "GPSImgDirectionRef"),
    "faces_its_side": (HEADING, "GPSImgDirection", "GPSImgDirectionRef"),
    "in_window": _CLOCK,
    "not_in_future": _CLOCK,
    "delivered_in_time": (TAKEN, RECEIVED),
    "zone": ("DateTimeOriginal", "OffsetTimeOriginal", *_GPS_CLOCK),
    "camera_gps_clock": ("DateTimeOriginal", "OffsetTimeOriginal", *_GPS_CLOCK),
    "camera_page_clock": _CLOCK,
    "editing_software": ("Software", "CreatorTool", "HistorySoftwareAgent"),
    "declared_ai": ("DigitalSourceType", "Software", "CreatorTool", "AIGC"),
    "frame_size": ("PixelXDimension", "PixelYDimension"),
    "package_agrees": (AT, TAKEN, HEADING),
    "position_fresh": (AT,),
    "track_plausible": (AT, ACCURACY),
    "capture_code": (TAKEN,),
    "frozen_position": (AT, "GPSLatitude", "GPSLongitude"),
    "travel": (AT, TAKEN),
    "one_place_many_parcels": (AT,),
    "page_server_clock": (RECEIVED,),
    "sun": (*_CLOCK, "ExposureTime", "FNumber", "PhotographicSensitivity", "ISOSpeedRatings"),
    "file_sequence": _CLOCK,
    "known_device": ("Make", "Model", "BodySerialNumber", "LensModel"),
    "off_profile": ("Make", "Model", "Software"),
    "dates_within": ("DateTimeOriginal", "DateTimeDigitized", "DateTime", "ModifyDate"),
    "name_date": ("DateTimeOriginal",),
    "camera_format": ("ImageWidth", "ImageHeight"),
    "screenshot": ("ImageWidth", "ImageHeight", "Software"),
}
"""Which readings a check looks at. A check that is not here marks what it quotes word for word."""


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """One reading of a file. `why` says what is odd about it; empty where nothing is."""

    name: str
    value: str
    tag: str
    source: str
    why: str = ""

    @property
    def odd(self) -> bool:
        return bool(self.why)

    @property
    def label(self) -> str:
        """The Chinese name where it has one."""
        return NAMES.get(self.name, self.name)


def odd_first(
    readings: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]] = ()
) -> tuple[ReadingShown, ...]:
    """The readings, odd ones first: those on which two readers of the Exif block disagree, and
    those that a check found fault with."""
    by_name: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for reading_ in readings:
        value = _as_value(reading_.get("value"))
        by_name[str(reading_.get("name"))][str(reading_.get("source"))].append(value)

    def two_readers(name: str) -> bool:
        ours, theirs = by_name[name][Source.EXIF], by_name[name][Source.EXIFREAD]
        return bool(ours and theirs) and not any(alike(a, b) for a in ours for b in theirs)

    faults = doubts_on(results)
    quoted = _quoted(results)
    shown = []
    for r in readings:
        name, value = str(r.get("name")), _text(r.get("value"))
        why = [TWO_READERS] if two_readers(name) else []
        why += [w for w in (*faults.get(name, ()), *quoted.get(value.strip(), ())) if w not in why]
        shown.append(
            ReadingShown(
                name, value, str(r.get("tag", "")), str(r.get("source", "")), "；".join(why)
            )
        )
    return tuple(sorted(shown, key=lambda r: (not r.odd, not r.why.startswith(TWO_READERS))))


def doubts_on(results: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What checks hold against each reading or fact, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in results:
        for name in _READS.get(str(result.get("check")), ()):
            if said := _fault(result):
                found[name].append(said)
    return found


def _quoted(results: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What checks that are not in the table above quote of a file, word for word."""
    found: dict[str, list[str]] = defaultdict(list)
    for result in results:
        said = _fault(result)
        if not said or result.get("check") in _READS:
            continue
        for value in (result.get("measured") or {}).values():
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and len(text.strip()) >= 4:
                    found[text.strip()].append(said)
    return found


def _fault(result: Mapping[str, Any]) -> str:
    """`存疑：人在地块旁，镜头朝外`; empty where the check holds nothing against it."""
    word = NOTED if is_note(result) else _WORDS.get(outcome_of(result), "")
    check = str(result.get("check", ""))
    catches = next((d.catches for d in declared() if d.id == check), check)
    return f"{word}：{catches}" if word else ""


def _as_value(value: Any) -> Any:
    """JSON turned the tuples of a reading into lists."""
    return tuple(_as_value(part) for part in value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    """A reading for the eye: fractions as they stand in the file, `33/1, 29/1, 1234/100`."""
    if isinstance(value, list):
        parts = [
            "/".join(map(str, part)) if isinstance(part, list) else str(part) for part in value
        ]
        return ", ".join(parts)
    return "" if value is None else str(value)

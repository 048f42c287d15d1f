"""The few properties of an XMP packet that matter as evidence.

The packet is searched as text with bounded patterns, never handed to an XML parser: a packet is
the file's own, so entities and nesting in it are the sender's choice. Source: XMP specification
part 2 (ISO 16684), IPTC Photo Metadata (DigitalSourceType), GB 45438-2025 (AIGC).
"""

import html
import re

from photos.evidence import Reading, Source

MAX_PACKET_BYTES = 262_144
MAX_READINGS = 64

_NAMES = {
    "x:xmptk": "XMPToolkit",
    "xmp:CreatorTool": "CreatorTool",
    "xmp:CreateDate": "CreateDate",
    "xmp:ModifyDate": "ModifyDate",
    "photoshop:DateCreated": "DateCreated",
    "stEvt:softwareAgent": "HistorySoftwareAgent",
    "tiff:Software": "Software",
    "exif:DateTimeOriginal": "DateTimeOriginal",
    "exif:GPSLatitude": "GPSLatitude",
    "exif:GPSLongitude": "GPSLongitude",
    "Iptc4xmpExt:DigitalSourceType": "DigitalSourceType",
    "TC260:AIGC": "AIGC",
}
_ANY = "|".join(re.escape(name) for name in _NAMES)
_PROPERTY = re.compile(
    rf"""(?P<a>{_ANY})\s{{0,8}}=\s{{0,8}}(?:"(?P<d>[^"<]{{1,512}})"|'(?P<s>[^'<]{{1,512}})')"""
    rf"""|<(?P<e>{_ANY})>\s{{0,64}}(?P<t>[^<]{{1,512}})</"""
)


def read_xmp(packet: bytes) -> tuple[Reading, ...]:
    """Readings of one XMP packet (UTF-8); at most `MAX_READINGS` of them."""
    text = packet[:MAX_PACKET_BYTES].decode("utf-8", "replace")
    found = []
    for match in _PROPERTY.finditer(text):
        tag = match["a"] or match["e"]
        value = html.unescape(match["d"] or match["s"] or match["t"]).strip()
        found.append(Reading(_NAMES[tag], value, tag, Source.XMP))
        if len(found) == MAX_READINGS:
            break
    return tuple(found)

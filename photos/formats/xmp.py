"""The few properties of an XMP packet that matter as evidence.

The packet is searched as text with bounded patterns, never handed to an XML parser: a packet is
the file's own, so entities and nesting in it are the sender's choice. Source: XMP specification
part 2 (ISO 16684), IPTC Photo Metadata (DigitalSourceType), GB 45438-2025 (AIGC).
"""

import html
import re
from collections.abc import Iterator

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
_ATTRIBUTE = re.compile(
    rf"""({_ANY})\s{{0,8}}=\s{{0,8}}(?:"([^"<]{{1,512}})"|'([^'<]{{1,512}})')"""
)
_ELEMENT = re.compile(rf"<({_ANY})>\s{{0,64}}([^<]{{1,512}})</")


def read_xmp(packet: bytes) -> tuple[Reading, ...]:
    """Readings of one XMP packet (UTF-8); at most `MAX_READINGS` of them."""
    text = packet[:MAX_PACKET_BYTES].decode("utf-8", "replace")
    found: list[Reading] = []
    at = 0
    for begins in sorted(_places(text)):
        if begins < at:
            continue
        match = _ELEMENT.match(text, begins - 1) if begins > at else None
        match = match or _ATTRIBUTE.match(text, begins)
        if match is None:
            continue
        at = match.end()
        value = html.unescape(next(filter(None, match.groups()[1:]))).strip()
        found.append(Reading(_NAMES[match[1]], value, match[1], Source.XMP))
        if len(found) == MAX_READINGS:
            break
    return tuple(found)


def _places(text: str) -> Iterator[int]:
    """Where a name stands: a plain search for each is a tenth of a pattern's for all of them."""
    for name in _NAMES:
        at = text.find(name)
        while at >= 0:
            yield at
            at = text.find(name, at + len(name))

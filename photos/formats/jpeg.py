"""The segments of a JPEG file, walked with bounds. Source: ITU-T T.81 annex B, EXIF 2.32.

The walk goes on to the first scan however many segments stand before the Exif block: a Huawei
file has APP7–9 first, and files with a C2PA block have it even later.
"""

import re
import struct
from dataclasses import dataclass, field

from photos.evidence import Structure
from photos.formats.jpeg_tables import (
    are_standard_huffman,
    end_of_picture,
    quantisation_tables,
    subsampling,
)

MAX_SEGMENTS = 512  # ICC profiles and C2PA blocks of real files stay under 200

_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_SIGNATURE = re.compile(rb"[ -~]{2,40}")
_LONG_SIGNATURES = {
    b"http://ns.adobe.com/xap/1.0/": "XMP",
    b"http://ns.adobe.com/xmp/extension/": "XMP-extended",
}
_NAMES = {0xC4: "DHT", 0xC8: "JPG", 0xCC: "DAC", 0xDA: "SOS", 0xDB: "DQT", 0xDC: "DNL",
          0xDD: "DRI", 0xDE: "DHP", 0xDF: "EXP", 0xFE: "COM"}  # fmt: skip
_GENERATED = re.compile(rb"(?:compositeWithT|t)rainedAlgorithmicMedia")
_FILL = re.compile(rb"\xff*")
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_ARITHMETIC = {*range(0xC9, 0xD0)}


@dataclass(slots=True)
class Jpeg:
    """The structure before the first scan. A missing frame means the file ends or breaks early."""

    width: int | None = None
    height: int | None = None
    several_scans: bool = False  # progressive, or colours one by one: a decoder buffers all of it
    arithmetic: bool = False  # the rarer coding, with other bounds than Huffman's
    progressive: bool = False
    components: bytes = b""  # of the frame, three bytes each
    exif: bytes | None = None  # from its TIFF header on
    xmp: bytes | None = None
    photoshop: bool = False  # an APP13 "Photoshop 3.0" resource block, which editors write
    manifest_bytes: int = 0  # of the APP11 segments that hold a C2PA manifest and what it needs
    generated: str = ""  # how an APP11 block declares the picture machine-made
    scan_at: int | None = None  # where the first scan begins
    bare_head: bytearray = field(default_factory=lambda: bytearray(b"\xff\xd8"))
    """The head that a decoder needs, without any metadata."""
    parts: list[str] = field(default_factory=list)
    quantisation: dict[int, tuple[int, ...]] = field(default_factory=dict)
    standard_huffman: bool | None = None

    def pixels(self, data: bytes) -> bytes:
        """The file without its metadata, so that a decoder reads nothing but the picture."""
        rest = b"" if self.scan_at is None else memoryview(data)[self.scan_at :]
        return b"".join((self.bare_head, rest))  # the picture is copied once

    def scans(self, data: bytes) -> int:
        """The number of scans at most; a baseline file has one to four, a progressive about ten."""
        return 0 if self.scan_at is None else data.count(b"\xff\xda", self.scan_at)

    def structure(self, data: bytes, *, look: bool) -> Structure:
        """How the file is put together; with `look` the bytes behind its picture, too."""
        end = end_of_picture(data, self.scan_at) if look and self.scan_at is not None else None
        behind = 0 if end is None else len(data) - end
        return Structure(
            container="jpeg",
            parts=tuple(self.parts),
            quantisation=tuple(self.quantisation[n] for n in sorted(self.quantisation)),
            standard_huffman=self.standard_huffman,
            progressive=self.progressive,
            subsampling=subsampling(self.components),
            trailing_bytes=behind if look else None,
        )


def walk_jpeg(data: bytes) -> Jpeg:
    """The structure of `data`, which begins with FF D8."""
    found = Jpeg()
    at = 2
    for _ in range(MAX_SEGMENTS):
        fill = _FILL.match(data, at)
        if fill is not None and fill.end() - at > 1:
            at = fill.end() - 1
        if at + 4 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker in _ALONE:
            at += 2
            continue
        if marker == 0xDA:
            found.scan_at = at
            found.several_scans |= data[at + 4 : at + 5] != bytes([len(found.components) // 3])
            found.parts.append("SOS")
            break
        length = struct.unpack_from(">H", data, at + 2)[0]
        end = at + 2 + length
        if length < 2 or end > len(data):
            break
        _segment(found, marker, data[at + 4 : end])
        # APP0 and APP14 say how colours are coded; all other APPn and comments are metadata.
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            found.bare_head += data[at:end]
        at = end
    return found


def _segment(found: Jpeg, marker: int, body: bytes) -> None:
    found.parts.append(_name(marker, body))
    if marker in _FRAMES and len(body) >= 6 and found.width is None:
        found.height, found.width = struct.unpack_from(">HH", body, 1)
        found.components = body[6 : 6 + 3 * body[5]]
        found.progressive = found.several_scans = marker in _PROGRESSIVE
        found.arithmetic = marker in _ARITHMETIC
    elif marker == 0xDB:
        found.quantisation.update(quantisation_tables(body))
    elif marker == 0xC4:
        standard = are_standard_huffman(body)
        if standard is not None:
            found.standard_huffman = standard and found.standard_huffman is not False
    elif marker == 0xE1 and found.exif is None and body.startswith(_EXIF):
        found.exif = body[6:]
    elif marker == 0xE1 and found.xmp is None and body.startswith(_XMP):
        found.xmp = body[len(_XMP) :]
    elif marker == 0xED and body.startswith(b"Photoshop 3.0\0"):
        found.photoshop = True
    elif marker == 0xEB:
        # A manifest too large for one segment goes on in the next ones, all of one kind.
        if found.manifest_bytes or (body[:2] == b"JP" and b"c2pa" in body[16:64]):
            found.manifest_bytes += len(body)
        declared = _GENERATED.search(body)
        found.generated = found.generated or (declared[0].decode() if declared else "")


def _name(marker: int, body: bytes) -> str:
    """The segment's name; one of an application with the signature that it begins with."""
    if marker in _FRAMES:
        return f"SOF{marker - 0xC0}"
    if not 0xE0 <= marker <= 0xEF:
        return _NAMES.get(marker, f"0x{marker:02X}")
    name = f"APP{marker - 0xE0}"
    if marker == 0xEB and body[:2] == b"JP" and body[12:16] == b"jumb":
        return f"{name}:JUMBF"
    signature = _SIGNATURE.match(body, 0, 64)
    if signature is None:
        return name
    said = _LONG_SIGNATURES.get(signature[0], signature[0].decode("ascii"))
    return f"{name}:{said}"

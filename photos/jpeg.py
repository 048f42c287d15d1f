"""The segments of a JPEG file, walked with bounds. Source: ITU-T T.81 annex B, EXIF 2.32.

The walk goes on to the first scan however many segments stand before the Exif block: a Huawei
file has APP7–9 first, and files with a C2PA block have it even later.
"""

import struct
from dataclasses import dataclass

MAX_SEGMENTS = 512  # ICC profiles and C2PA blocks of real files stay under 200

_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_ARITHMETIC = {*range(0xC9, 0xD0)}


@dataclass(frozen=True, slots=True)
class Jpeg:
    """The structure before the first scan. A missing frame means the file ends or breaks early."""

    width: int | None
    height: int | None
    several_scans: bool  # progressive, or colours one by one: a decoder buffers all of it
    arithmetic: bool  # the rarer coding, with other bounds than Huffman's
    exif: bytes | None  # from its TIFF header on
    xmp: bytes | None
    photoshop: bool  # an APP13 "Photoshop 3.0" resource block, which editors write
    generated: bool  # an APP11 (C2PA) block that declares the picture machine-made
    scan_at: int | None  # where the first scan begins
    bare_head: bytes  # the head that a decoder needs, without any metadata

    def pixels(self, data: bytes) -> bytes:
        """The file without its metadata, so that a decoder reads nothing but the picture."""
        return self.bare_head if self.scan_at is None else self.bare_head + data[self.scan_at :]

    def scans(self, data: bytes) -> int:
        """The number of scans at most; a baseline file has one to four, a progressive about ten."""
        return 0 if self.scan_at is None else data.count(b"\xff\xda", self.scan_at)


def walk_jpeg(data: bytes) -> Jpeg:
    """The structure of `data`, which begins with FF D8."""
    width = height = scan_at = None
    several_scans = arithmetic = photoshop = generated = False
    components = 0
    exif = xmp = None
    head = bytearray(b"\xff\xd8")
    at = 2
    for _ in range(MAX_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker in _ALONE:
            at += 2
            continue
        if marker == 0xDA:
            scan_at = at
            several_scans |= data[at + 4 : at + 5] != bytes([components])
            break
        length = struct.unpack_from(">H", data, at + 2)[0]
        end = at + 2 + length
        if length < 2 or end > len(data):
            break
        body = data[at + 4 : end]
        if marker in _FRAMES and len(body) >= 6 and width is None:
            height, width = struct.unpack_from(">HH", body, 1)
            components = body[5]
            several_scans = marker in _PROGRESSIVE
            arithmetic = marker in _ARITHMETIC
        if marker == 0xE1 and exif is None and body.startswith(_EXIF):
            exif = body[6:]
        elif marker == 0xE1 and xmp is None and body.startswith(_XMP):
            xmp = body[len(_XMP) :]
        elif marker == 0xED and body.startswith(b"Photoshop 3.0\0"):
            photoshop = True
        elif marker == 0xEB and b"trainedAlgorithmicMedia" in body:
            generated = True
        # APP0 and APP14 say how colours are coded; all other APPn and comments are metadata.
        if marker in (0xE0, 0xEE) or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            head += data[at:end]
        at = end
    return Jpeg(
        width=width,
        height=height,
        several_scans=several_scans,
        arithmetic=arithmetic,
        exif=exif,
        xmp=xmp,
        photoshop=photoshop,
        generated=generated,
        scan_at=scan_at,
        bare_head=bytes(head),
    )

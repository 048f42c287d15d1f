"""The chunks of a PNG file, walked with bounds. Source: PNG third edition (W3C 2025), XMP part 3.

Phones shoot no PNG: such a file is a screenshot, a drawing or what a generator wrote, and its
texts often say which.
"""

import struct
import zlib
from dataclasses import dataclass, field

from photos.evidence import Reading, Source, Structure

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 32_768  # pixels in chunks of 8 kB, as libpng writes them, of a file of 250 MB
MAX_TEXTS = 32
MAX_TEXT_BYTES = 65_536  # of one text, unpacked
MAX_TEXT_CHARACTERS = 2_048  # of it that are kept
MAX_XMP_BYTES = 1_048_576

_XMP_KEYWORD = b"XML:com.adobe.xmp"
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type

TEXTS = {
    "Software": "Software",
    "Author": "Artist",
    "Copyright": "Copyright",
    "Description": "ImageDescription",
    "Comment": "Comment",
    "Creation Time": "CreationTime",
    "Source": "Source",
    "AIGC": "AIGC",  # GB 45438-2025
    "parameters": "GeneratorParameters",  # Stable Diffusion web interfaces
    "prompt": "GeneratorPrompt",  # ComfyUI
    "workflow": "GeneratorWorkflow",
    "Dream": "GeneratorParameters",  # InvokeAI and its predecessors
    "sd-metadata": "GeneratorParameters",
    "invokeai_metadata": "GeneratorParameters",
}
"""Keywords that are read, and the name of the reading that they give."""


@dataclass(slots=True)
class Png:
    """What stands in the chunks. No width means that the head is broken."""

    width: int | None = None
    height: int | None = None
    bits: int = 8  # of one sample
    channels: int = 1
    exif: bytes | None = None  # from its TIFF header on
    xmp: bytes | None = None
    texts: list[Reading] = field(default_factory=list)
    manifest_bytes: int = 0  # of a C2PA manifest
    parts: list[str] = field(default_factory=list)
    end: int | None = None  # behind IEND
    kept: list[tuple[int, int]] = field(default_factory=list)

    def pixels(self, data: bytes) -> bytes:
        """The file without its metadata, so that a decoder reads nothing but the picture."""
        return SIGNATURE + b"".join(data[start:stop] for start, stop in self.kept)

    def structure(self, data: bytes) -> Structure:
        trailing = 0 if self.end is None else len(data) - self.end
        return Structure("png", tuple(self.parts), trailing_bytes=trailing)


def walk_png(data: bytes) -> Png:
    """The structure of `data`, which begins with the signature; a broken rest is left out."""
    found = Png()
    at = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            if kind == b"IDAT":  # cut short: the decoder says so
                found.kept.append((at, len(data)))
            break
        _chunk(found, kind, data, at + 8, end - 4)
        if kind in _KEPT:
            if found.kept and found.kept[-1][1] == at:  # a run of chunks is one piece
                found.kept[-1] = (found.kept[-1][0], end)
            else:
                found.kept.append((at, end))
        if kind == b"IEND":
            found.end = end
            break
        at = end
    return found


def _chunk(found: Png, kind: bytes, data: bytes, start: int, end: int) -> None:
    name = kind.decode("latin-1")
    if kind != b"IDAT" or found.parts[-1:] != [name]:  # pixels come in hundreds of chunks
        found.parts.append(name)
    if kind == b"IHDR" and found.width is None and end - start >= 13:
        width, height, found.bits, colour = struct.unpack_from(">IIBB", data, start)
        found.channels = _CHANNELS.get(colour, 4)
        found.width, found.height = width, height
    elif kind == b"eXIf" and found.exif is None:
        block = data[start:end]
        found.exif = block[6:] if block.startswith(b"Exif\0\0") else block
    elif kind == b"caBX":
        found.manifest_bytes += end - start
    elif kind in (b"tEXt", b"zTXt", b"iTXt") and len(found.texts) < MAX_TEXTS:
        keyword = data[start : min(end, start + 80)].partition(b"\0")[0]
        if keyword == _XMP_KEYWORD:
            if found.xmp is None:
                found.xmp = _text(kind, data, start + len(keyword) + 1, end, MAX_XMP_BYTES)
            return
        reading = TEXTS.get(keyword.decode("latin-1"))
        raw = _text(kind, data, start + len(keyword) + 1, end, MAX_TEXT_BYTES) if reading else None
        if reading and raw:
            text = raw.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")
            tag = f"{kind.decode('ascii')} {keyword.decode('latin-1')}"
            found.texts.append(Reading(reading, text[:MAX_TEXT_CHARACTERS], tag, Source.PNG))


def _text(kind: bytes, data: bytes, start: int, end: int, most: int) -> bytes | None:
    """The text behind a keyword, unpacked up to `most` bytes; None where it is broken."""
    packed = kind == b"zTXt"
    if packed:
        start += 1  # the method: there is one
    elif kind == b"iTXt":
        packed = data[start : start + 1] == b"\1"
        start += 2
        for _ in range(2):  # language, and the keyword translated
            start = data.find(b"\0", start, end) + 1
            if not start:
                return None
    raw = data[start : min(end, start + most)]
    if not packed:
        return raw
    try:
        return zlib.decompressobj().decompress(raw, most)
    except zlib.error:
        return None

"""The parts of a Shapefile: are they all there, whole, and of one set.

GDAL reads a .shp that was cut off without a word and gives nulls for what is missing, so the
parts are checked here first. Sizes and offsets follow the ESRI Shapefile Technical Description
(1998); the .dbf header follows dBASE III.
"""

import re
import struct
from dataclasses import dataclass, field

import numpy as np

from field_app.problems import FILE_BROKEN, SHAPEFILE_INCOMPLETE

NEEDED = (".shp", ".dbf")
_HEADER = 100
_SHP_MAGIC = b"\0\0\x27\x0a"


def is_shp(data: bytes) -> bool:
    return data[:4] == _SHP_MAGIC


@dataclass(slots=True)
class Parts:
    """The files of one Shapefile, by suffix; `remarks` tells what was mended."""

    file: str
    of: dict[str, bytes]
    remarks: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raises SHAPEFILE_INCOMPLETE or FILE_BROKEN; restores a .shx that is missing."""
        missing = [suffix for suffix in NEEDED if suffix not in self.of]
        if missing:
            raise SHAPEFILE_INCOMPLETE(file=self.file, missing="、".join(missing))
        shp, rows = self.of[".shp"], self._rows()
        if len(shp) < _HEADER or not is_shp(shp):
            raise FILE_BROKEN(file=self.file, what=".shp 不是图形文件，或文件头不完整")
        said = struct.unpack_from(">i", shp, 24)[0] * 2
        if said > len(shp):
            what = f".shp 不完整：应有 {said} 字节，实有 {len(shp)} 字节"
            raise FILE_BROKEN(file=self.file, what=what)
        shx = self.of.get(".shx", b"")
        if (len(shx) - _HEADER) // 8 != rows or not is_shp(shx):
            self._restore_index(rows, missing=not shx)
        self._check_index()
        if ".prj" in self.of:
            # pyogrio breaks on a name that is not UTF-8; the names mean nothing, the numbers do.
            self.of[".prj"] = re.sub(rb"[^\x09-\x7e]", b"_", self.of[".prj"])

    def _rows(self) -> int:
        """The number of attribute rows, after checking that all of them are there."""
        dbf = self.of[".dbf"]
        if len(dbf) < 32:
            raise FILE_BROKEN(file=self.file, what=".dbf 文件头不完整")
        rows, header, width = struct.unpack_from("<IHH", dbf, 4)
        if not width or header < 33 or header + rows * width > len(dbf):
            what = f".dbf 不完整：应有 {header + rows * width} 字节，实有 {len(dbf)} 字节"
            raise FILE_BROKEN(file=self.file, what=what)
        return int(rows)

    def _restore_index(self, rows: int, *, missing: bool) -> None:
        """Writes the .shx anew from the .shp, whose records stand one after the other."""
        shp = self.of[".shp"]
        entries: list[tuple[int, int]] = []
        at = _HEADER
        while at + 8 <= len(shp) and len(entries) <= rows:
            number, words = struct.unpack_from(">ii", shp, at)
            if number != len(entries) + 1 or words < 2 or at + 8 + words * 2 > len(shp):
                break
            entries.append((at // 2, words))
            at += 8 + words * 2
        if len(entries) != rows:
            if missing:
                raise SHAPEFILE_INCOMPLETE(file=self.file, missing=".shx（也无法由 .shp 恢复）")
            what = f".shp 有 {len(entries)} 个图形，.dbf 有 {rows} 条属性，不是同一套文件"
            raise FILE_BROKEN(file=self.file, what=what)
        index = np.array(entries, dtype=">i4").tobytes()
        size = struct.pack(">i", (_HEADER + len(index)) // 2)
        self.of[".shx"] = shp[:24] + size + shp[28:_HEADER] + index
        self.remarks.append(f"{'缺少 .shx' if missing else '.shx 与图形不符'}，已由 .shp 恢复")

    def _check_index(self) -> None:
        """Every entry of the .shx leads to a whole record of the .shp."""
        shx = self.of[".shx"]
        whole = shx[_HEADER : _HEADER + (len(shx) - _HEADER) // 8 * 8]
        entries = np.frombuffer(whole, dtype=">i4").reshape(-1, 2).astype(np.int64)
        ends = (entries[:, 0] + 4 + entries[:, 1]) * 2
        bad = np.flatnonzero(
            (entries[:, 0] * 2 < _HEADER) | (entries[:, 1] < 2) | (ends > len(self.of[".shp"]))
        )
        if len(bad):
            what = f".shp 不完整：第 {bad[0] + 1} 个要素起的 {len(bad)} 个图形缺失"
            raise FILE_BROKEN(file=self.file, what=what)

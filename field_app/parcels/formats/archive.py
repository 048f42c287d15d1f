"""Zip archives, unpacked in memory with bounds. Names in an archive choose what is read and are
shown to people; they never become a path."""

import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from field_app.problems import ARCHIVE_BROKEN, ARCHIVE_UNSAFE

MOST_ENTRIES = 10_000
MOST_UNPACKED = 2**30
MOST_NESTED = 5  # levels, as the provincial checkers allow
MOST_RATIO = 200  # unpacked to packed; coordinates pack 2 to 20 times
RATIO_COUNTS_FROM = 64 * 2**20  # below that even a bomb does no harm
WANTED = {
    ".txt", ".shp", ".shx", ".dbf", ".prj", ".gpkg", ".json", ".geojson", ".kml", ".kmz", ".zip",
}  # fmt: skip
_PIECE = 2**20
_READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, with the folders it lies in, for people."""

    name: str
    data: bytes

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name)

    @property
    def geodatabase(self) -> str:
        """The FileGDB folder that the file belongs to; empty for any other file."""
        for folder in self.path.parents:
            if folder.suffix.lower() == ".gdb":
                return str(folder)
        return ""


def is_zip(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def unpack(data: bytes, file: str) -> list[Member]:
    """The members that may hold parcels, those of inner archives too.

    Raises ARCHIVE_UNSAFE where a bound is broken or a name leads out of the archive, and
    ARCHIVE_BROKEN where it cannot be unpacked.
    """
    return list(_Unpacking(file, len(data)).members(data, "", 1))


class _Unpacking:
    """Keeps the account over all levels."""

    def __init__(self, file: str, packed: int) -> None:
        self.file = file
        self.entries = 0
        self.bytes = 0
        self.most_bytes = min(MOST_UNPACKED, max(RATIO_COUNTS_FROM, packed * MOST_RATIO))

    def members(self, data: bytes, inside: str, level: int) -> Iterator[Member]:
        if level > MOST_NESTED:
            raise ARCHIVE_UNSAFE(file=self.file, what=f"压缩包嵌套超过 {MOST_NESTED} 层")
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as opened:
                infos = opened.infolist()
                self.entries += len(infos)
                if self.entries > MOST_ENTRIES:
                    raise ARCHIVE_UNSAFE(file=self.file, what=f"压缩包里超过 {MOST_ENTRIES} 个文件")
                for info in infos:
                    name = self._safe_name(info)
                    path = PurePosixPath(name)
                    member = Member(inside + name, b"")
                    if info.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                        continue
                    if path.suffix.lower() not in WANTED and not member.geodatabase:
                        continue
                    content = self._read(opened, info)
                    if is_zip(content) and path.suffix.lower() in (".zip", ".kmz"):
                        yield from self.members(content, f"{inside}{name}/", level + 1)
                    else:
                        yield Member(inside + name, content)
        except _READ_ERRORS as error:
            raise ARCHIVE_BROKEN(file=self.file, what="压缩包损坏或格式不支持") from error

    def _safe_name(self, info: zipfile.ZipInfo) -> str:
        name = _name_of(info).replace("\\", "/")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\0" in name:
            raise ARCHIVE_UNSAFE(file=self.file, what="压缩包里有指向包外的路径")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ARCHIVE_UNSAFE(file=self.file, what="压缩包里有符号链接")
        return name

    def _read(self, opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        """The bytes, counted as they come: the sizes in the directory may lie."""
        if info.flag_bits & 1:
            raise ARCHIVE_BROKEN(file=self.file, what="压缩包加了密码")
        pieces = []
        with opened.open(info) as stream:
            while piece := stream.read(_PIECE):
                self.bytes += len(piece)
                if self.bytes > self.most_bytes:
                    what = f"解压后超过 {self.most_bytes // 2**20} MB，疑似压缩炸弹"
                    raise ARCHIVE_UNSAFE(file=self.file, what=what)
                pieces.append(piece)
        return b"".join(pieces)


def _name_of(info: zipfile.ZipInfo) -> str:
    """The member's name: Windows writes GBK without saying so, and Python reads that as CP437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename

"""Where the bytes of a photo are, small enough to be sent to whoever reads them.

A place is the bytes themselves, a path, or one of the classes that have `read` and `stamp`. The
stamp says, without reading, whether the bytes may have changed; None where that cannot be known.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from photos.evidence import ReadError
from photos.reading import MAX_FILE_BYTES, TOO_LARGE
from photos.stores import StoreDown, StoreError, listed_object, shared_store

NO_FILE = ReadError("photo-not-found", "找不到文件或无法读取；请检查路径和权限。")
NOT_STORED = ReadError(
    "photo-not-stored", "照片库里没有这张照片，或存放的内容与编号不符；请从备份恢复后重试。"
)
STORE_DOWN = ReadError("photo-store-down", "照片库连不上，没有读到这张照片；请检查网络后重试。")


class Unread(Exception):
    """The bytes of a place cannot be had; `error` says why."""

    def __init__(self, error: ReadError) -> None:
        super().__init__(error.message)
        self.error = error


class Elsewhere(Protocol):
    """A place that knows how to read itself. Picklable."""

    @property
    def wants_md5(self) -> bool:
        """Whether the MD5 of the bytes is asked for, to be held against what a table says."""

    @property
    def key(self) -> str:
        """Names the place; two places with different bytes have different keys."""

    def read(self) -> bytes:
        """The bytes, no more than a photo may have. Unread."""

    def stamp(self) -> str | None:
        """Changes when the bytes do. Unread is never raised."""


Place = bytes | Path | Elsewhere

Stamp = tuple[str, str]
"""Key and stamp of a place: the same pair means the same bytes."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a bucket, as its listing told of it."""

    url: str  # s3://bucket/prefix
    path: str  # within the prefix
    size: int
    version: str | None  # the e-tag of the listing
    wants_md5: ClassVar[bool] = False

    @property
    def key(self) -> str:
        return f"{self.url.rstrip('/')}/{self.path}"

    def stamp(self) -> str | None:
        return None if self.version is None else f"{self.size}:{self.version}"

    def read(self) -> bytes:
        if self.size > MAX_FILE_BYTES:
            raise Unread(TOO_LARGE)
        try:
            return listed_object(self.url, self.path)
        except StoreDown as error:
            raise Unread(STORE_DOWN) from error
        except StoreError as error:
            raise Unread(NO_FILE) from error


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """A photo in a photo store, by its digest."""

    url: str
    sha256: str
    wants_md5: ClassVar[bool] = False

    @property
    def key(self) -> str:
        return self.sha256

    def stamp(self) -> str | None:
        return self.sha256  # the name is the content

    def read(self) -> bytes:
        try:
            return shared_store(self.url).get(self.sha256)
        except StoreDown as error:
            raise Unread(STORE_DOWN) from error
        except StoreError as error:
            raise Unread(NOT_STORED) from error


def load(place: Place) -> bytes:
    """The bytes of a photo. Unread, with the reason."""
    if isinstance(place, bytes):
        return place
    if not isinstance(place, Path):
        return place.read()
    try:
        seen = os.stat(place)
        if not stat.S_ISREG(seen.st_mode):  # a pipe would be waited for without end
            raise Unread(NO_FILE)
        if seen.st_size > MAX_FILE_BYTES:
            raise Unread(TOO_LARGE)
        return place.read_bytes()
    except OSError as error:
        raise Unread(NO_FILE) from error


def stamp_of(place: Place) -> Stamp | None:
    """What tells, without reading, that a place has not changed; None: read it."""
    if isinstance(place, bytes):
        return None
    if not isinstance(place, Path):
        stamp = place.stamp()
        return None if stamp is None else (place.key, stamp)
    try:
        seen = os.stat(place)
    except OSError:
        return None
    return os.path.abspath(place), f"{seen.st_size}:{seen.st_mtime_ns}"

"""Where photos are kept: a local folder or an S3 bucket, behind one code path.

The key of a photo is the sha256 of its bytes, so the same bytes have the same key on any store.
Nothing is ever changed or deleted. Every digest is verified here, on the way in and on the way
out: object stores accept a wrong checksum. What `put` has returned survives a power loss: on a
local folder the file and its folders are synced before it returns.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import unquote

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from photos.hashing import Hashed, hashed

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 20


class StoreError(Exception):
    """A store could not do what it was asked for; `sha256` is the photo's key, if it is of one."""

    def __init__(self, message: str, sha256: str | None = None) -> None:
        super().__init__(message)
        self.sha256 = sha256


class NotStored(StoreError):
    """No photo has that key."""


class WrongDigest(StoreError):
    """The bytes do not hash to the key that they were given with."""


class DamagedPhoto(StoreError):
    """What is stored under the key does not hash to it: the evidence was damaged or replaced."""


class StoreDown(StoreError):
    """The store cannot be reached or refuses; trying again later may help."""


class PhotoStore(Protocol):
    def put(self, data: bytes | Hashed, *, sha256: str | None = None) -> str:
        """Stores the bytes and returns their key. Repeating is harmless. What comes `Hashed` is not
        hashed a second time.

        WrongDigest, before anything is written, where `sha256` is given and is not theirs;
        StoreDown where the bytes are not surely stored.
        """

    def get(self, sha256: str) -> bytes:
        """The bytes, verified. NotStored, DamagedPhoto or StoreDown."""

    def exists(self, sha256: str) -> bool:
        """Whether the key is there; its bytes are not read."""

    def size(self, sha256: str) -> int:
        """Bytes of the stored photo. NotStored or StoreDown."""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes in parts, for sending on. DamagedPhoto comes last, after the last part."""

    def keys(self) -> Iterator[str]:
        """Every key in the store, in no order."""


class ObjectPhotoStore:
    """A `PhotoStore` on any store that obstore serves; `folder` is set for a local one."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store, self._folder = store, folder
        self._named: set[Path] = set()  # folders whose own names are surely on the disk

    def put(self, data: bytes | Hashed, *, sha256: str | None = None) -> str:
        photo = data if isinstance(data, Hashed) else hashed(data)
        key = photo.sha256
        if sha256 is not None and sha256 != key:
            raise WrongDigest(f"these bytes hash to {key}, not to {sha256}", sha256)
        path = path_of(key)
        try:
            try:
                obstore.put(self._store, path, photo.data, mode="create")
            except AlreadyExistsError:
                # A power loss may have left the name without its bytes: then they are put again.
                if not self._is_whole(key, len(photo.data)):
                    obstore.put(self._store, path, photo.data, mode="overwrite")
            self._sync(path)
        except (BaseError, OSError) as error:
            raise StoreDown(str(error), key) from error
        return key

    def get(self, sha256: str) -> bytes:
        data = b"".join(self._parts(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedPhoto(f"the photo stored as {sha256} hashes to something else", sha256)
        return data

    def exists(self, sha256: str) -> bool:
        try:
            self.size(sha256)
        except NotStored:
            return False
        return True

    def size(self, sha256: str) -> int:
        try:
            return int(obstore.head(self._store, path_of(sha256))["size"])
        except FileNotFoundError as error:
            raise NotStored(f"no photo is stored as {sha256}", sha256) from error
        except (BaseError, OSError) as error:
            raise StoreDown(str(error), sha256) from error

    def chunks(self, sha256: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for part in self._parts(sha256):
            digest.update(part)
            yield part
        if digest.hexdigest() != sha256:
            raise DamagedPhoto(f"the photo stored as {sha256} hashes to something else", sha256)

    def keys(self) -> Iterator[str]:
        try:
            for batch in obstore.list(self._store):
                for entry in batch:
                    name = entry["path"].rpartition("/")[2]
                    if _SHA256.fullmatch(name):  # not a temporary file of an interrupted write
                        yield name
        except (BaseError, OSError) as error:
            raise StoreDown(str(error)) from error

    def _parts(self, sha256: str) -> Iterator[bytes]:
        try:
            found = obstore.get(self._store, path_of(sha256))
            for part in found.stream(min_chunk_size=_CHUNK_BYTES):
                yield bytes(part)
        except FileNotFoundError as error:
            raise NotStored(f"no photo is stored as {sha256}", sha256) from error
        except (BaseError, OSError) as error:
            raise StoreDown(str(error), sha256) from error

    def _is_whole(self, key: str, size: int) -> bool:
        if self.size(key) != size:
            return False
        try:
            self.get(key)
        except DamagedPhoto:
            return False
        return True

    def _sync(self, path: str) -> None:
        """Waits until file and folders are on the disk; obstore renames into place without it."""
        if self._folder is None:
            return
        at = self._folder / path
        for place in (at, *at.parents):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            if place == self._folder or place in self._named:
                break
        self._named.update(at.parents[: len(Path(path).parents) - 1])


def path_of(sha256: str) -> str:
    """The path of a key inside a store, in two levels so that no folder grows too large.

    >>> path_of("ab" * 32)[:10]
    'ab/ab/abab'
    """
    if not _SHA256.fullmatch(sha256):
        raise NotStored(f"not a key of a photo: {sha256[:80]!r}", sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def open_store(url: str, options: Mapping[str, str] | None = None) -> PhotoStore:
    """The store of a folder path, a file:// address, or s3://bucket/prefix.

    For S3, `options` may give `endpoint`, `region`, `access_key_id` and `secret_access_key`; what
    is not given comes from the environment (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID …).
    Plain http is allowed only where the endpoint itself says http://. ValueError for another
    scheme.
    """
    scheme, mark, rest = url.partition("://")
    if not mark or scheme == "file":
        folder = Path(unquote(rest) if mark else url).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return ObjectPhotoStore(cast(ObjectStore, LocalStore(folder)), folder)
    if scheme != "s3":
        raise ValueError(
            f"photos are kept in a folder or in s3://bucket/prefix, not in {scheme}://"
        )
    return ObjectPhotoStore(_bucket(url, options))


@dataclass(frozen=True, slots=True)
class Listed:
    """An object of a bucket as its listing tells of it; `path` is within the prefix."""

    path: str
    size: int
    version: str | None  # e-tag


def list_objects(url: str) -> Iterator[Listed]:
    """What stands under s3://bucket/prefix, plain objects of any name. StoreDown."""
    try:
        for batch in obstore.list(_shared_bucket(url)):
            for entry in batch:
                yield Listed(entry["path"], int(entry["size"]), entry.get("e_tag"))
    except (BaseError, OSError) as error:
        raise StoreDown(str(error)) from error


def listed_object(url: str, path: str) -> bytes:
    """The bytes of an object that was listed. NotStored or StoreDown."""
    try:
        return bytes(obstore.get(_shared_bucket(url), path).bytes())
    except FileNotFoundError as error:
        raise NotStored(f"there is no object {path}") from error
    except (BaseError, OSError) as error:
        raise StoreDown(str(error)) from error


@lru_cache(maxsize=8)
def shared_store(url: str) -> PhotoStore:
    """`open_store` without options, once in a process: its connections are worth keeping."""
    return open_store(url)


@lru_cache(maxsize=8)
def _shared_bucket(url: str) -> ObjectStore:
    return _bucket(url, None)


def _bucket(url: str, options: Mapping[str, str] | None) -> ObjectStore:
    config = dict(options or {})
    endpoint = config.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL", "")
    store = S3Store.from_url(
        url,
        config=cast("obstore.store.S3Config", config),
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),
        },
        # An inspector waits for the receipt: better to say no soon, and be asked again.
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
    )
    return cast(ObjectStore, store)

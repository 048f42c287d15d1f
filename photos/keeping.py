"""Evidence as bytes and back: for a file of readings that a later run takes up, and for the wire.

Made from the declared fields of `Evidence`, so a new field is kept without a word here. The bytes
carry a digest of those declarations: what another version kept is read anew, never misread. Never
pickle: the file may have been written by anybody. Pictures are not kept; what is needed of their
pixels is worked out where the photo is read.
"""

import base64
import dataclasses
import hashlib
import json
import types
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Union, cast, get_args, get_origin, get_type_hints

from PIL import Image

from photos.evidence import Evidence

_MOST_BYTES = 64 * 2**20  # unpacked; readings are bounded far below
_MARK = b"KEPT"
_DIGEST_BYTES = 8


class NotKept(ValueError):
    """These bytes are no evidence of this version."""


class _Codec(NamedTuple):
    plain: Callable[[Any], Any]  # → what JSON holds
    back: Callable[[Any], Any]  # ← NotKept where it is not of the declared type
    shape: str  # says the declaration, for the digest


def to_bytes(evidence: Evidence) -> bytes:
    """The evidence without its pictures, packed."""
    return kept_as(Evidence, evidence)


def from_bytes(data: bytes) -> Evidence:
    """The evidence that `to_bytes` was given; NotKept where this version did not write it."""
    return cast(Evidence, taken_back(Evidence, data))


def kept_as(kind: type, value: object) -> bytes:
    """Any frozen dataclass of plain fields, packed like evidence."""
    codec = _codec(kind)
    text = json.dumps(codec.plain(value), separators=(",", ":"))
    return _head(codec) + zlib.compress(text.encode("ascii"), 6)


def taken_back(kind: type, data: bytes) -> Any:
    """What `kept_as` was given. NotKept."""
    codec = _codec(kind)
    head = _head(codec)
    if not data.startswith(head):
        raise NotKept("kept by another version, or no evidence at all")
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(data[len(head) :], _MOST_BYTES)
        if not unpack.eof:
            raise NotKept("cut short, or far too large")
        return codec.back(json.loads(text))
    except NotKept:
        raise
    except (zlib.error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotKept(str(error)) from error


def _head(codec: _Codec) -> bytes:
    return _MARK + hashlib.sha256(codec.shape.encode()).digest()[:_DIGEST_BYTES]


@lru_cache(maxsize=64)
def _codec(kind: Any) -> _Codec:
    if kind in _SCALARS:
        return _SCALARS[kind]
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _of_union(get_args(kind))
    if origin is tuple:
        return _of_tuple(get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(get_args(kind)[1])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _Codec(lambda value: value.value, kind, f"{kind.__name__}{list(kind)}")
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        return _of_fields(cast(type, kind))
    raise TypeError(f"no way to keep a {kind}")


def _of_union(members: tuple[Any, ...]) -> _Codec:
    some = [member for member in members if member is not type(None)]
    if len(some) > 1:  # such as `Value`: JSON tells the members apart by itself
        return _Codec(_lists, _tuples, str(sorted(map(str, members))))
    inner = _codec(some[0])
    return _Codec(
        lambda value: None if value is None else inner.plain(value),
        lambda value: None if value is None else inner.back(value),
        f"{inner.shape}?",
    )


def _of_tuple(members: tuple[Any, ...]) -> _Codec:
    if len(members) == 2 and members[1] is Ellipsis:
        each = _codec(members[0])
        return _Codec(
            lambda value: [each.plain(part) for part in value],
            lambda value: tuple(each.back(part) for part in _a(list, value)),
            f"({each.shape}…)",
        )
    codecs = [_codec(member) for member in members]
    return _Codec(
        lambda value: [codec.plain(part) for codec, part in zip(codecs, value, strict=True)],
        lambda value: tuple(
            codec.back(part) for codec, part in zip(codecs, _a(list, value), strict=True)
        ),
        f"({','.join(codec.shape for codec in codecs)})",
    )


def _of_mapping(inner_kind: Any) -> _Codec:
    inner = _codec(inner_kind)
    return _Codec(
        lambda value: {key: inner.plain(part) for key, part in value.items()},
        lambda value: {key: inner.back(part) for key, part in _a(dict, value).items()},
        f"{{{inner.shape}}}",
    )


def _of_fields(kind: type) -> _Codec:
    """Of a dataclass or a named tuple."""
    hints = get_type_hints(kind)
    # A picture is declared as one that may be absent, and comes back absent.
    # What is not given to its making follows from the rest.
    kept = getattr(kind, "_fields", None) or [f.name for f in dataclasses.fields(kind) if f.init]
    names = [name for name in kept if hints[name] != Image.Image | None]
    codecs = [_codec(hints[name]) for name in names]

    def plain(value: Any) -> list[Any]:
        return [codec.plain(getattr(value, n)) for n, codec in zip(names, codecs, strict=True)]

    def back(value: Any) -> Any:
        parts = zip(names, codecs, _a(list, value), strict=True)
        return kind(**{name: codec.back(part) for name, codec, part in parts})

    said = ",".join(f"{n}:{codec.shape}" for n, codec in zip(names, codecs, strict=True))
    return _Codec(plain, back, f"{kind.__name__}({said})")


def _lists(value: Any) -> Any:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(part) for part in value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise NotKept(f"not a value of a reading: {type(value).__name__}")


def _a(kind: type, value: Any) -> Any:
    """The value, if it is of exactly this kind: True is no number here."""
    if type(value) is not kind:
        raise NotKept(f"{type(value).__name__} where {kind.__name__} was declared")
    return value


def _float(value: Any) -> float:
    return float(value) if type(value) is int else cast(float, _a(float, value))


_SCALARS: dict[Any, _Codec] = {
    str: _Codec(str, lambda value: _a(str, value), "str"),
    int: _Codec(int, lambda value: _a(int, value), "int"),
    float: _Codec(float, _float, "float"),
    bool: _Codec(bool, lambda value: _a(bool, value), "bool"),
    bytes: _Codec(
        lambda value: base64.b85encode(value).decode("ascii"),
        lambda value: base64.b85decode(_a(str, value)),
        "bytes",
    ),
    datetime: _Codec(
        lambda value: value.isoformat(), lambda value: datetime.fromisoformat(value), "datetime"
    ),
    timedelta: _Codec(
        lambda value: value // timedelta(microseconds=1),
        lambda value: timedelta(microseconds=_a(int, value)),
        "timedelta",
    ),
}

"""The captures in a package: were they signed by the phones whose keys came along, and do they name
photos that are in it? This tells of the evidence, not of the package: a record with a bad signature
is kept as it came, and sealed like any other."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass

from field_app.captures.signing import from_base64url, is_signed

MOST_BYTES = 300_000
"""A record is of 256 kB at most."""


@dataclass(frozen=True, slots=True)
class Captures:
    """How many records there are, how many are signed by a key in the package that is named by
    its own sha256, and how many photos of the package these name."""

    records: int = 0
    signed: int = 0
    photos: int = 0


def captures(names: Collection[str], read: Callable[[str], bytes]) -> Captures:
    """`names` are the sound members, `read` gives the bytes of one."""
    records = sorted(n for n in names if n.startswith("captures/") and n.endswith(".record"))
    photos = {n.partition("/")[2].partition(".")[0] for n in names if n.startswith("photos/")}
    signed, named = 0, set()
    for name in records:
        text = read(name)
        key_id, sha256 = _named(text)
        device, sig = f"devices/{key_id}.der", f"{name.removesuffix('.record')}.sig"
        if device not in names or sig not in names:
            continue
        key = read(device)
        if hashlib.sha256(key).hexdigest() == key_id and is_signed(text, _raw(read(sig)), key):
            signed += 1
            named |= {sha256} & photos
    return Captures(len(records), signed, len(named))


def _named(text: bytes) -> tuple[str, str]:
    """The key and the photo that a record names; empty where it names none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(found, dict):
        return "", ""
    return str(found.get("key_id", "")), str(found.get("sha256", ""))


def _raw(text: bytes) -> bytes:
    try:
        return from_base64url(text.decode("ascii"))
    except ValueError:
        return b""

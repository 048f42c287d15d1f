"""The manifest of a package: what is in it, who sealed it when, by which rules. Pure.

Its bytes are what is signed; they are read strictly, and nothing in them is believed before the
signature is.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

FORMAT = "shidi-hecha/evidence-package/1"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "office-key.pem"
ENTRY, DOSSIER, MAP, PAGE = "entry.json", "dossier.pdf", "map.svg", "verify.html"
MOST_BYTES = 4_000_000
MOST_TEXT = 400
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(/[a-z0-9][a-z0-9._-]{0,99})?")
_HEX = re.compile(r"[0-9a-f]{64}")


class Malformed(ValueError):
    """Bytes that are no manifest; says in Chinese why."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One member as the manifest names it."""

    name: str
    size: int
    crc32: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is signed. `rules` is the version of the rules in force at sealing, None where the
    county never kept one; `engine` the digest of the checks' program."""

    entry: str
    title: str
    office: str
    purpose: str
    made_at: datetime
    made_by: str
    program: str
    engine: str
    rules: int | None
    key_id: str
    members: tuple[Sealed, ...]

    def as_bytes(self) -> bytes:
        """The bytes to sign: JSON with sorted names, the same for the same content."""
        body = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        return text.encode() + b"\n"


def read(given: bytes) -> Manifest:
    """The manifest that the bytes are. Raises Malformed."""
    try:
        body = json.loads(given.decode(), object_pairs_hook=_once, parse_constant=_no)
    except Malformed:
        raise
    except (ValueError, RecursionError) as error:
        raise Malformed("清单不是 JSON") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise Malformed("清单不是本系统证据包的格式")
    texts = {name: _text(body, name) for name in (
        "entry", "title", "office", "purpose", "made_by", "program", "engine",
    )}  # fmt: skip
    rules = body.get("rules")
    if rules is not None and not _whole(rules):
        raise Malformed("清单的 rules 不是版本号")
    try:
        made_at = datetime.fromisoformat(_text(body, "made_at"))
    except ValueError as error:
        raise Malformed("清单的 made_at 不是时间") from error
    if made_at.tzinfo is None or not 1980 < made_at.year < 2107:
        raise Malformed("清单的 made_at 不是带时区的时间")
    return Manifest(
        **texts,
        made_at=made_at,
        rules=rules,
        key_id=_hex(body, "key_id"),
        members=_members(body.get("members")),
    )


def _members(given: Any) -> tuple[Sealed, ...]:
    if not isinstance(given, list) or not given:
        raise Malformed("清单没有列出文件")
    found = []
    for each in given:
        if not isinstance(each, dict) or not safe_name(each.get("name")):
            raise Malformed("清单里有不安全的文件名")
        if not _whole(each.get("size")) or not _whole(each.get("crc32")):
            raise Malformed("清单里有文件没有大小")
        found.append(Sealed(each["name"], each["size"], each["crc32"], _hex(each, "sha256")))
    names: Sequence[str] = [m.name for m in found]
    if len(set(names)) < len(names) or {MANIFEST, SIGNATURE} & set(names):
        raise Malformed("清单里有重复的文件名")
    return tuple(found)


def safe_name(name: Any) -> bool:
    """Whether a name can be a member's: lower ASCII, one folder at most, no way out of it.

    >>> safe_name("photos/ab.jpg"), safe_name("../x"), safe_name("/etc/x"), safe_name("a/b/c")
    (True, False, False, False)
    """
    return isinstance(name, str) and _NAME.fullmatch(name) is not None and ".." not in name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("清单里同一个名称出现两次")
    return found


def _no(_text: str) -> None:
    raise Malformed("清单里有不是数的数")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise Malformed(f"清单的 {name} 不合规")
    return value


def _hex(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Malformed(f"清单的 {name} 不是校验码")
    return value

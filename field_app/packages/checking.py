"""Whether a package is as it was sealed: every member, every byte of the zip around them, the
signature. Pure but for the file it reads; needs no database, no network, no program but this.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, BinaryIO

from field_app.packages import archive, keys, manifest, opening
from field_app.packages.archive import Member
from field_app.packages.captures_checked import MOST_BYTES, Captures, captures
from field_app.packages.keys import PublicKey
from field_app.packages.manifest import Malformed, Manifest, Sealed
from field_app.packages.opening import CannotRead, Listed, NotAZip, Opened

_MOST_KEY_BYTES = 2000
_MOST_TOLD = 200


class Verdict(StrEnum):
    """What is said of the whole package."""

    WHOLE = "完好"  # sealed by a key that was handed in, and nothing differs
    UNKNOWN_KEY = "来源未确认"  # nothing differs, but nobody said which key is the office's
    ALTERED = "被改动"
    NO_PACKAGE = "不是证据包"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was sealed. `member` is empty for the package as a whole."""

    kind: str
    member: str
    says: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer. `manifest` is there where one could be read, believed or not; `members` counts
    those that are as sealed; `captures` tells of the records among them."""

    verdict: Verdict
    faults: tuple[Fault, ...]
    manifest: Manifest | None = None
    members: int = 0
    key_id: str = ""
    captures: Captures = field(default_factory=Captures)

    def as_json(self) -> dict[str, Any]:
        said = self.manifest
        return {
            "verdict": str(self.verdict),
            "key_id": self.key_id or None,
            "entry": said.entry if said else None,
            "purpose": said.purpose if said else None,
            "made_at": said.made_at.isoformat() if said else None,
            "made_by": said.made_by if said else None,
            "office": said.office if said else None,
            "members": self.members,
            "captures": asdict(self.captures),
            "faults": [
                {"kind": f.kind, "member": f.member or None, "message": f.says} for f in self.faults
            ],
        }


@dataclass
class _Look:
    """What is found while looking."""

    faults: list[Fault] = field(default_factory=list)

    def say(self, kind: str, member: str, says: str) -> None:
        if len(self.faults) < _MOST_TOLD and Fault(kind, member, says) not in self.faults:
            self.faults.append(Fault(kind, member, says))


def check(file: BinaryIO, published: Sequence[PublicKey] = ()) -> Checked:
    """Checks a package against the public keys that the office published; any of them may have
    sealed it. Without keys it is only said whether the package agrees with itself."""
    look = _Look()
    try:
        opened = opening.open_zip(file)
    except NotAZip as error:
        look.say("container", "", f"{error}。")
        return Checked(Verdict.NO_PACKAGE, tuple(look.faults))
    by_name = _around(opened, look)
    text = _small(opened, by_name, manifest.MANIFEST, manifest.MOST_BYTES, look)
    signature = _small(opened, by_name, manifest.SIGNATURE, keys.SIGNATURE_BYTES, look)
    if text is None:
        return Checked(Verdict.NO_PACKAGE, tuple(look.faults))
    try:
        said = manifest.read(text)
    except Malformed as error:
        look.say("manifest", manifest.MANIFEST, f"{error}，无法逐个核对。")
        return Checked(Verdict.ALTERED, tuple(look.faults))
    inside = _key_inside(opened, by_name, said, look)
    key_id = _signature(text, signature or b"", said, inside, published, look)
    sound = _members(opened, by_name, said, look)
    _form(opened, said, text, signature or b"", look)
    records = _captures(opened, by_name, sound)
    verdict = Verdict.WHOLE if published else Verdict.UNKNOWN_KEY
    if look.faults:
        verdict = Verdict.ALTERED
    return Checked(verdict, tuple(look.faults), said, len(sound), key_id, records)


def _captures(opened: Opened, by_name: Mapping[str, Listed], sound: Set[str]) -> Captures:
    def read(name: str) -> bytes:
        try:
            return b"".join(opening.read(opened, by_name[name], MOST_BYTES))
        except CannotRead:
            return b""

    return captures(sound, read)


def _around(opened: Opened, look: _Look) -> dict[str, Listed]:
    """What is odd about the zip before anything is read of it; its members by name, the first
    where there are several."""
    for says in opened.odd:
        look.say("container", "", f"{says}。")
    for name in opening.overlapping(opened.members):
        look.say("container", _shown(name), f"{_shown(name)}：内容与另一个文件重叠。")
    by_name: dict[str, Listed] = {}
    for member in opened.members:
        for kind, says in member.odd:
            look.say(kind, _shown(member.name), f"{_shown(member.name)}：{says}。")
        by_name.setdefault(member.name, member)
    for name, count in Counter(m.name for m in opened.members).items():
        if count > 1:
            look.say("duplicate", _shown(name), f"{_shown(name)}：在包里出现了 {count} 次。")
    return by_name


def _small(
    opened: Opened, by_name: Mapping[str, Listed], name: str, most: int, look: _Look
) -> bytes | None:
    member = by_name.get(name)
    if member is None:
        look.say("missing", name, f"{name}：缺少。")
        return None
    try:
        data = b"".join(opening.read(opened, member, most))
    except CannotRead as error:
        look.say("altered", name, f"{name}：{error}。")
        return None
    if zlib.crc32(data) != member.crc32:
        look.say("altered", name, f"{name}：内容被改动，与 zip 里的校验不符。")
    return data


def _key_inside(
    opened: Opened, by_name: Mapping[str, Listed], said: Manifest, look: _Look
) -> PublicKey | None:
    """The key that the package brings along: it proves nothing, and helps to say what is wrong."""
    if manifest.KEY not in by_name:
        return None  # told with the members
    text = _small(opened, by_name, manifest.KEY, _MOST_KEY_BYTES, look)
    try:
        inside = None if text is None else keys.read_public(text)
    except ValueError:
        inside = None
    if inside is None or inside.id != said.key_id:
        look.say("key", manifest.KEY, f"{manifest.KEY}：不是清单所写的那把公钥。")
    return inside


def _signature(
    text: bytes,
    signature: bytes,
    said: Manifest,
    inside: PublicKey | None,
    published: Sequence[PublicKey],
    look: _Look,
) -> str:
    """Checks the signature over the manifest; returns the id of the key that made it."""
    tried = list(published) or ([inside] if inside else [])
    for key in tried:
        if key.signed(text, signature):
            if key.id != said.key_id:
                look.say("key", manifest.MANIFEST, "清单写的公钥与实际签名的不是同一把。")
            return key.id
    if inside is not None and inside.signed(text, signature):
        look.say(
            "key",
            manifest.SIGNATURE,
            "签名出自另一把密钥，不是所给的县办公钥：可能有人改动后重新签过，也可能公钥给错了。",
        )
        return inside.id
    look.say("signature", manifest.SIGNATURE, "签名与清单不符：清单或签名被改动过，或者公钥不对。")
    return ""


def _members(
    opened: Opened, by_name: Mapping[str, Listed], said: Manifest, look: _Look
) -> set[str]:
    """Compares every member with the manifest; returns those that are as sealed."""
    known = {m.name for m in said.members}
    aside = {manifest.MANIFEST, manifest.SIGNATURE}
    added = {n: m for n, m in by_name.items() if n not in known | aside}
    sound: set[str] = set()
    for wanted in said.members:
        member = by_name.get(wanted.name)
        if member is None:
            new = next((n for n, m in added.items() if _same_bytes(opened, m, wanted)), None)
            if new is None:
                look.say("missing", wanted.name, f"{wanted.name}：缺少。")
            else:
                del added[new]
                says = f"{wanted.name}：被改名为 {_shown(new)}。"
                look.say("renamed", wanted.name, says)
            continue
        says = _difference(opened, member, wanted)
        if says:
            look.say("altered", wanted.name, f"{wanted.name}：{says}。")
        elif not member.odd:
            sound.add(wanted.name)
    for name in added:
        look.say("added", _shown(name), f"{_shown(name)}：清单里没有，是后来加进去的。")
    return sound


def _difference(opened: Opened, member: Listed, wanted: Sealed) -> str:
    """How a member's bytes differ from what was sealed; empty where they do not."""
    digest, size, crc32 = hashlib.sha256(), 0, 0
    try:
        for part in opening.read(opened, member, wanted.size):
            digest.update(part)
            crc32 = zlib.crc32(part, crc32)
            size += len(part)
    except CannotRead as error:
        return str(error)
    if size != wanted.size:
        return f"大小应为 {wanted.size} 字节，实为 {size} 字节"
    if digest.hexdigest() != wanted.sha256:
        return "内容被改动，校验码不符"
    # The checksums of the zip stand in its headers; the form is compared with the manifest's.
    return "" if crc32 == wanted.crc32 else "清单里的 CRC 与内容不符"


def _same_bytes(opened: Opened, member: Listed, wanted: Sealed) -> bool:
    return member.size == wanted.size and not _difference(opened, member, wanted)


def _form(opened: Opened, said: Manifest, text: bytes, signature: bytes, look: _Look) -> None:
    """Whether the zip around the members is the one that follows from them, byte for byte."""
    structural = {"missing", "added", "duplicate", "renamed", "unsafe-name"}
    if any(f.kind in structural for f in look.faults):
        return  # everything after it stands elsewhere, and nothing more would be told by it
    parts = members_of(said, text, signature)
    length = archive.size_of(parts)
    if opened.size != length and not any(f.kind == "altered" for f in look.faults):
        look.say("container", "", f"文件应为 {length} 字节，实为 {opened.size} 字节。")
    for piece in _differing(opened, parts, said):
        where = f"{piece.member} 的{piece.place}" if piece.member else piece.place
        look.say("header", piece.member, f"zip 结构被改动：{where}不是封存时的字节。")
        if opened.size != length:
            break  # packed anew: one place says it for all


def _differing(opened: Opened, parts: Sequence[Member], said: Manifest) -> Iterator[archive.Piece]:
    for piece in archive.pieces(parts, said.made_at):
        if opened.at(piece.offset, len(piece.data)) != piece.data:
            yield piece


def members_of(said: Manifest, text: bytes, signature: bytes) -> list[Member]:
    """The members of the package in the order in which they stand: the manifest, its signature,
    and what the manifest lists."""
    first = [
        Member(name, len(data), zlib.crc32(data))
        for name, data in ((manifest.MANIFEST, text), (manifest.SIGNATURE, signature))
    ]
    return first + [Member(m.name, m.size, m.crc32) for m in said.members]


def _shown(name: str) -> str:
    """A name from outside as it can be printed."""
    return "".join(c if c.isprintable() else "�" for c in name)[:120]

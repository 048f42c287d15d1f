"""How a device writes its files, learnt from its earlier photos. Pure.

A phone's camera writes every file alike: the same segments in the same order, the same tables, the
same lists of tags. A program that saves the file again writes it in its own way. `signature` keeps
of a photo what tells (about 300 bytes as JSON), `learn` counts signatures of one device, and
`Profile.odd_parts` names what of a new one was hardly ever seen.

Only files of one device, one software and one container may be learnt together: a new firmware may
write otherwise, and phones turn HEIC into JPEG when they hand a photo on.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from photos.evidence import Evidence, ExifLayout, Structure

Signature = Mapping[str, str]
"""A part of a file → how it was written, as text that JSON and a person can read."""

PARTS = {
    "start": "文件开头",
    "tables": "编码段的排列",
    "huffman": "哈夫曼表",
    "quantisation": "量化表",
    "sampling": "色度采样",
    "coding": "编码方式",
    "bytes": "EXIF 字节序",
    "lists": "EXIF 字段表的顺序",
    "order": "EXIF 字段的排列",
    "maker_note": "厂商信息",
    "frame": "画面尺寸",
}
"""What is compared, and what it is called. `frame` is no way of writing: another mode of the same
camera gives another one."""

_BY_ORDER = {"lists"}  # one that lacks members is the same order all the same: no fix, no GPS list


def signature(evidence: Evidence) -> dict[str, str]:
    """What of a file tells its writer; empty where its structure was not read."""
    structure = evidence.structure
    if structure is None:
        return {}
    found = {"container": structure.container}
    if structure.parts:
        found["start"] = structure.parts[0]
    if structure.container == "jpeg":
        found |= _jpeg(structure)
    if structure.exif is not None:
        found |= _exif(structure.exif)
    if evidence.width and evidence.height:
        short, long = sorted((evidence.width, evidence.height))
        found["frame"] = f"{long}x{short}"
    return found


def _jpeg(structure: Structure) -> dict[str, str]:
    # Segments of metadata come and go with the mode (HDR, portrait, depth); those of the coding
    # stay as the encoder writes them.
    coding = [part for part in structure.parts if not part.startswith(("APP", "COM"))]
    found = {
        "tables": " ".join(coding),
        "quantisation": _digest(structure.quantisation),
        "sampling": structure.subsampling,
        "coding": "progressive" if structure.progressive else "baseline",
    }
    if structure.standard_huffman is not None:
        found["huffman"] = "standard" if structure.standard_huffman else "own"
    return found


def _exif(layout: ExifLayout) -> dict[str, str]:
    ascending = all(list(tags) == sorted(tags) for tags in layout.tags.values())
    order = "ascending" if ascending else "mixed"
    ended = "" if not layout.unterminated else " unterminated"
    return {
        "bytes": "big" if layout.big_endian else "little",
        "lists": ">".join(layout.ifds),
        "order": order + ended,
        "maker_note": "yes" if layout.maker_note else "no",
    }


def _digest(tables: Iterable[Iterable[int]]) -> str:
    text = ";".join(",".join(str(value) for value in table) for table in tables)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Profile:
    """How often each part of a file was written in which way, over `photos` photos."""

    container: str
    photos: int
    seen: Mapping[str, Mapping[str, int]]

    def odd_parts(
        self, written: Signature, *, steady_ratio: float = 0.8, rare_ratio: float = 0.03
    ) -> dict[str, tuple[str, str]]:
        """Parts that this device nearly always writes in one way, and this file in one that is
        hardly ever seen of it: part → (as this file, as usual)."""
        odd = {}
        for part in PARTS:
            known, here = self.seen.get(part, {}), written.get(part)
            told = sum(known.values())
            if here is None or not told:
                continue
            usual, often = max(known.items(), key=lambda item: (item[1], item[0]))
            alike = sum(n for way, n in known.items() if _alike(part, way, here))
            if often / told >= steady_ratio and alike / told <= rare_ratio:
                odd[part] = (here, usual)
        return odd

    def without(self, written: Signature) -> "Profile":
        """The profile as if that photo, which is one of those learnt, had not been there."""
        rest = {
            part: {way: n - (written.get(part) == way) for way, n in ways.items()}
            for part, ways in self.seen.items()
        }
        kept = {part: {way: n for way, n in ways.items() if n} for part, ways in rest.items()}
        return Profile(self.container, self.photos - 1, kept)


def _alike(part: str, one: str, other: str) -> bool:
    """
    >>> _alike("lists", "IFD0>ExifIFD>GPS>IFD1", "IFD0>ExifIFD>IFD1"), _alike("start", "a", "b")
    (True, False)
    """
    if part not in _BY_ORDER:
        return one == other
    a, b = one.split(">"), other.split(">")
    return [x for x in a if x in b] == [x for x in b if x in a]


def learn(container: str, signatures: Iterable[Mapping[str, Any]]) -> Profile:
    """The profile of a device, from the signatures of its photos in that container."""
    seen: dict[str, Counter[str]] = {part: Counter() for part in PARTS}
    photos = 0
    for one in signatures:
        if one.get("container") != container:
            continue
        photos += 1
        for part in PARTS:
            if part in one:
                seen[part][str(one[part])] += 1
    return Profile(container, photos, {part: dict(ways) for part, ways in seen.items() if ways})

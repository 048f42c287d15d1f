"""Putting a package together: members are listed in a manifest, the manifest is signed, and the zip
follows from both. Pure but for the reading of the members' bytes."""

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from field_app.packages import archive, manifest
from field_app.packages.archive import Member
from field_app.packages.checking import members_of
from field_app.packages.keys import OfficeKey
from field_app.packages.manifest import Manifest, Sealed
from field_app.problems import PACKAGE_TOO_LARGE

BytesOf = Callable[[str], Iterator[bytes]]
"""The bytes of a member in parts, by its name."""


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """A manifest with its signature: with the members' bytes it is the whole file."""

    said: Manifest
    text: bytes
    signature: bytes

    @property
    def members(self) -> list[Member]:
        return members_of(self.said, self.text, self.signature)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return archive.size_of(self.members)

    def stream(self, bytes_of: BytesOf) -> Iterator[bytes]:
        """The file in parts; in memory is never more than one part."""
        own = {manifest.MANIFEST: self.text, manifest.SIGNATURE: self.signature}
        pieces = archive.pieces(self.members, self.said.made_at)
        for member, piece in zip(self.members, pieces, strict=False):
            yield piece.data
            if member.name in own:
                yield own[member.name]
            else:
                yield from bytes_of(member.name)
        # What is left is the directory: one piece a member, and the end.
        yield b"".join(piece.data for piece in pieces)


def sealed_member(name: str, data: bytes) -> Sealed:
    """What the manifest keeps of one member."""
    return Sealed(name, len(data), zlib.crc32(data), hashlib.sha256(data).hexdigest())


def seal(
    said: Manifest, small: Mapping[str, bytes], photos: Sequence[Sealed], key: OfficeKey
) -> SealedPackage:
    """Signs a manifest over the small members and the photos, in that order, with the key's public
    half among the small ones. PACKAGE_TOO_LARGE where the zip would be."""
    public = key.public
    listed = [sealed_member(n, d) for n, d in {**small, manifest.KEY: public.pem}.items()]
    whole = replace(said, key_id=public.id, members=(*listed, *photos))
    text = whole.as_bytes()
    made = SealedPackage(whole, text, key.sign(text))
    if made.size > archive.MOST_BYTES or len(whole.members) > archive.MOST_MEMBERS - 2:
        raise PACKAGE_TOO_LARGE(limit_mb=archive.MOST_BYTES // 1_000_000)
    return made

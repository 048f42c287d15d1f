"""Bytes and their sha256, kept together from where they were hashed to where they are stored.

A photo of 4 MB is hashed once, while it arrives; whoever is handed a `Hashed` need not do it again.
"""

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hashed:
    """Bytes, and the lower hex sha256 that they were found to have: only for whoever has hashed
    them, or compared them with a hash of his own.

    >>> hashed(b"").sha256[:8]
    'e3b0c442'
    """

    data: bytes = field(repr=False)
    sha256: str


def hashed(data: bytes) -> Hashed:
    """The bytes with their sha256."""
    return Hashed(data, hashlib.sha256(data).hexdigest())


class Hashing:
    """Bytes that come in parts, hashed as they come.

    >>> coming = Hashing()
    >>> coming.take(b"a "), coming.take(b"photo"), coming.size
    (None, None, 7)
    >>> coming.whole() == hashed(b"a photo")
    True
    """

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._digest = hashlib.sha256()

    def take(self, part: bytes) -> None:
        self.size += len(part)
        self._digest.update(part)
        self._parts.append(part)

    def whole(self) -> Hashed:
        return Hashed(b"".join(self._parts), self._digest.hexdigest())

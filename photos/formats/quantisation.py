"""Which quality of the usual encoder gives a file's quantisation tables.

The encoder of the Independent JPEG Group, and all that descend from it, scales the example tables
of ITU-T T.81 annex K by a quality from 1 to 100. Most cameras have tables of their own, but many
Android phones use these too: it is a measurement, not a sign.
"""

from collections.abc import Sequence

_ZIGZAG_LUMINANCE = (
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40,
    58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103,
    104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
)  # fmt: skip
"""Table K.1 in the order of the file."""


def ijg_quality(tables: Sequence[Sequence[int]]) -> int | None:
    """The quality (1–100) whose luminance table the file has; None where it is none of them.

    >>> ijg_quality([_ZIGZAG_LUMINANCE]), ijg_quality([[1] * 64]), ijg_quality([])
    (50, 100, None)
    """
    return _BY_TABLE.get(tuple(tables[0])) if tables else None


def _scaled(quality: int) -> tuple[int, ...]:
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return tuple(min(max((v * percent + 50) // 100, 1), 255) for v in _ZIGZAG_LUMINANCE)


_BY_TABLE = {_scaled(quality): quality for quality in range(1, 101)}

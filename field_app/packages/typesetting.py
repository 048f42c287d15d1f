"""Papers as PDF: a template of ours, data as JSON beside it, fonts that come with the program.

Texts reach the template as data and never as markup. What no font has a letter for is written by
its number, so that no name loses a character unseen.
"""

import json
import re
import struct
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import typst

from field_app.words import clean

_TEMPLATES = Path(__file__).parent / "papers"
_DATA = "data.json"
_RUN = 24  # letters after which a word without end may be broken
_BREAK = "\u200b"
_HASH = re.compile(r"[0-9a-f]{64}")
_HANZI = 0x2E80  # from here on a line may be broken anywhere
Files = Mapping[str, bytes]


def set_paper(template: str, data: Mapping[str, Any], pictures: Files, *, at: datetime) -> bytes:
    """The PDF of a template (`dossier`, `transfer`). `pictures` are files that `data` names; `at`
    is the moment that stands in the PDF as its making."""
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        root = Path(folder)
        for path in _TEMPLATES.glob("*.typ"):
            (root / path.name).write_bytes(path.read_bytes())
        for name, picture in pictures.items():
            (root / name).write_bytes(picture)
        text = json.dumps(printable(data), ensure_ascii=False, allow_nan=False)
        (root / _DATA).write_text(text, encoding="utf-8")
        made: bytes = typst.compile(
            str(root / f"{template}.typ"),
            root=str(root),
            font_paths=[str(fonts.serif_path().parent)],
            ignore_system_fonts=True,
            timestamp=int(at.timestamp()),
            # Nothing is fetched: a template that asked for a package of others finds none.
            package_path=str(root / "none"),
            package_cache_path=str(root / "none"),
        )
    return made


def printable(value: Any) -> Any:
    """Data with every text as it can be printed."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {str(name): printable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [printable(each) for each in value]
    return value


def _text(text: str) -> str:
    """
    >>> _text("王家岭\\x00 㐂𠮷🌾"), _text("a" * 30).count(chr(0x200b))
    ('王家岭 㐂〔U+20BB7〕〔U+1F33E〕', 1)
    """
    if _HASH.fullmatch(text):
        return text  # it is copied and compared, and has its place
    known, out, run = _letters(), [], 0
    for sign in clean(text):
        code = ord(sign)
        if unicodedata.category(sign) == "Cf" or 0xFE00 <= code <= 0xFE0F:
            continue  # shapes nothing that is printed here
        run = 0 if code >= _HANZI or sign == " " else run + 1
        if run > _RUN:
            out.append(_BREAK)
            run = 1
        out.append(sign if code in known else f"〔U+{code:04X}〕")
    return "".join(out)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """The characters that both fonts have a letter for."""
    found = [_in_font(path) for path in (fonts.serif_path(), fonts.sans_path())]
    return found[0] & found[1]


def _in_font(path: Path) -> frozenset[int]:
    """The characters of an OpenType font, by its `cmap` table of format 12."""
    data = path.read_bytes()
    tables = {
        data[at : at + 4]: struct.unpack_from(">I", data, at + 8)[0]
        for at in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    cmap = tables[b"cmap"]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * n)[0]
        if struct.unpack_from(">H", data, at)[0] == 12:
            for group in range(struct.unpack_from(">I", data, at + 12)[0]):
                first, last, _glyph = struct.unpack_from(">3I", data, at + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)

"""Chinese text of unstated encoding."""

import codecs
import re
from collections.abc import Iterable

from field_app.problems import NOT_TEXT

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHINESE = re.compile("[\u2e80-\U0010ffff]")


def decode(data: bytes, file: str) -> str:
    """The text of a file: by its mark, else UTF-8, else GB18030 (which holds GBK and GB2312)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise NOT_TEXT(file=file) from error
    if b"\0" in data:
        raise NOT_TEXT(file=file)
    try:
        return data.decode(sniff([data]))
    except UnicodeDecodeError as error:
        raise NOT_TEXT(file=file) from error


def sniff(pieces: Iterable[bytes]) -> str:
    """`utf-8` or `gb18030`: the one in which fewer pieces fail, UTF-8 where both do well.

    A piece may end in the middle of a character, as a name does that its DBF field cuts off.
    Some GBK words are valid UTF-8 by chance, but then read as Latin, Greek or Arabic letters:
    a reading that has no Chinese in it loses to one that has.
    """
    failed = {"utf-8": 0, "gb18030": 0}
    chinese = {"utf-8": False, "gb18030": False}
    for piece in pieces:
        if piece.isascii():
            continue
        for encoding in failed:
            try:
                text = codecs.getincrementaldecoder(encoding)("strict").decode(piece, final=False)
            except UnicodeDecodeError:
                failed[encoding] += 1
            else:
                chinese[encoding] = chinese[encoding] or _CHINESE.search(text) is not None
    if failed["utf-8"] == failed["gb18030"] and chinese["gb18030"] and not chinese["utf-8"]:
        return "gb18030"
    return "utf-8" if failed["utf-8"] <= failed["gb18030"] else "gb18030"


def decode_cut(piece: bytes) -> str:
    """A short text whose last character may be cut in two; what remains of it is dropped."""
    if piece.isascii():
        return piece.decode("ascii")
    return codecs.getincrementaldecoder(sniff([piece]))("replace").decode(piece, final=False)

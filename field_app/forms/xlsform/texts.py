"""What people type into cells, made even: full-width signs, curly quotes, invisible characters."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_REFERENCE = re.compile(r"[$＄][{｛]\s*(?:(last-saved#)\s*)?([\w.-]+)\s*[}｝]")
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|[‘’][^‘’']*[‘’]|[“”][^“”"]*[“”]|[^'"‘’“”]+|.""", re.DOTALL)
_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "≠": "!="})
_YES = {"yes", "true", "true()", "1", "是", "必填", "y"}
_NO = {"no", "false", "false()", "0", "否", "n"}


def text(cell: str) -> str:
    """A text for people: only what cannot be seen is taken away.

    >>> text(" 面积\\u200b\\xa0（亩）不超过 ＄｛ area_mu ｝\\r\\n")
    '面积 （亩）不超过 ${area_mu}'
    """
    seen = _INVISIBLE.sub("", cell.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
    return _REFERENCE.sub(lambda m: f"${{{m[1] or ''}{m[2]}}}", seen).strip()


def word(cell: str) -> str:
    """A name, a type, a heading: full-width letters and spaces are ordinary ones.

    >>> word("ｓｅｌｅｃｔ＿ｏｎｅ　 crops ")
    'select_one crops'
    """
    return " ".join(unicodedata.normalize("NFKC", text(cell)).split())


def expression(cell: str) -> str:
    """An expression: Chinese punctuation outside of quotes is meant as the English.

    >>> expression("＄｛has_problem｝＝‘是’ and （. ≥ 3，）")
    "${has_problem}='是' and (. >= 3,)"
    >>> expression("contains(., '，')")
    "contains(., '，')"
    """
    return text("".join(map(_evened, _PIECE.findall(text(cell)))))


def _evened(piece: str) -> str:
    if len(piece) > 1 and piece[0] in "'\"":
        return piece
    if len(piece) > 1 and piece[0] in "‘’":
        return f"'{piece[1:-1]}'"
    if len(piece) > 1 and piece[0] in "“”":
        return f'"{piece[1:-1]}"'
    return unicodedata.normalize("NFKC", piece.translate(_SIGNS))


def required(cell: str) -> str:
    """Whether an answer is wanted: `true()`, nothing, or an expression.

    >>> required("YES"), required("true()"), required("否"), required("${a} = '1'")
    ('true()', 'true()', '', "${a} = '1'")
    """
    plain = word(cell).lower()
    if plain in _YES:
        return "true()"
    return "" if plain in _NO else expression(cell)


def said(cell: str) -> tuple[str, ...]:
    """The everyday words of a `say` cell, in order, each once.

    >>> said("面积 | 涉及面积｜面积|")
    ('面积', '涉及面积')
    """
    return tuple(dict.fromkeys(w for part in re.split("[|｜]", text(cell)) if (w := part.strip())))

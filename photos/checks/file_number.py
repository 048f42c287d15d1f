import re

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, passed

# 举证照片的 NAME = TBYBH_FJLX_NNN: number of the parcel, one letter for the kind, running number.
_EVIDENCE_NAME = re.compile(r"(?P<parcel>[A-Za-z]{0,4}\d[\w-]{2,39})_[A-Za-z]_\d{1,4}", re.ASCII)
_DAY = re.compile(r"20\d\d[01]\d[0-3]\d")  # a camera's own name begins so
_APART = re.compile(r"[^0-9A-Za-z]+")
_SHORTEST = 4  # shorter numbers stand in any name by chance


@check(
    "file_number",
    catches="照片改名混用：文件名写着另一个地块的编号",
    trap="编号写法不同（少了前缀、多了零）按同一编号看待；相机自己的文件名不含地块编号，不作判断",
    if_broken=Outcome.DOUBT,
    proves="通过只说明文件名写的是本地块；名称可以随意改，不证明照片拍的是哪里",
)
def file_number(case: Case) -> Result | None:
    """The file's name, where it states a parcel, states this one.

    Source: the NAME of the survey's evidence layer, TBYBH_FJLX_NNN. Only for files handed in under
    a name; what a camera calls its files states no parcel.
    """
    if case.named is None or not case.parcel:
        return None
    stem = case.named.rsplit(".", 1)[0]
    measured = {"named": case.named[:120], "parcel": case.parcel}
    if _states(stem, case.parcel):
        return passed("文件名写的是本地块编号。", measured, {})
    other = _EVIDENCE_NAME.fullmatch(stem)
    if other is None or _DAY.fullmatch(other["parcel"]):
        return None
    if _same(other["parcel"], case.parcel):
        return passed("文件名写的是本地块编号。", measured, {})
    measured["stated"] = other["parcel"]
    return doubt(
        f"文件名写的地块是 {other['parcel']}，不是 {case.parcel}；请核对照片属于哪个地块，改交正确的一张。",
        measured,
        {},
    )


def _states(stem: str, parcel: str) -> bool:
    """Whether the number stands in the name as a whole word or words, in either case.

    >>> _states("n411321_全景_001", "N411321"), _states("IMG_4113210001", "411321")
    (True, False)
    """
    if len(parcel) < _SHORTEST:
        return False
    words = f" {_APART.sub(' ', stem)} ".casefold()
    return f" {_APART.sub(' ', parcel).strip()} ".casefold() in words


def _same(one: str, other: str) -> bool:
    """Whether two writings mean one number: in either case, without a prefix, without zeros.

    >>> _same("000123", "N411321000123"), _same("n123", "N123"), _same("123", "0123")
    (True, True, True)
    >>> _same("000123", "N411321990123"), _same("124", "0124567")
    (False, False)
    """
    a, b = (_APART.sub("", number).casefold() for number in (one, other))
    short, long = sorted((a, b), key=len)
    if short.lstrip("0") == long.lstrip("0"):
        return True
    return len(short) >= _SHORTEST and long.endswith(short)

"""Which parcel is spoken of: N4113…0012, 尾号0012, 十二号地, 最近的地块."""

import re

from field_app.chat.numerals import NUMBER, SPELT, digits
from field_app.chat.said import ParcelSaid

# As voice input and keyboards write it: in groups, in small letters.
_NUMBER = re.compile(r"(?<![a-z0-9_=-])([a-z]{1,3})[ -]?(\d{4,}(?:[ -]?\d{2,})*)(?![a-z0-9_])")
_SHORTEST = 6  # figures of a parcel's number
_LONG = re.compile(rf"(?<!{SPELT}){SPELT}{{14,24}}(?!{SPELT})")
_TAIL = re.compile(
    rf"(?:(?:地块|图斑)?(?:尾号|尾数|编号|末[尾后]?[几两二三四五六]?位|[最]?后[面头]?[几两二三四五六]位|末尾)数?)"
    rf"(?:数字?)?(?:就?是|为|:)?\s*(?P<said>(?:{SPELT}|[十百])+)(?!亩|棵)"
)
_NUMBERED = re.compile(rf"第?(?P<said>{NUMBER}|{SPELT}+)号(?=地(?!方)|图斑|那|这块|块|田)")
_OPEN = re.compile(
    r"(?:打开|切到|切换到|换到|换成|找一?下|查一?下|进入|跳到|去)\s?(\d{3,6})(?=$|[,。\s吧]|那块|的?地块|图斑)"
)
_BARE = re.compile(rf"(?:{SPELT}|[十百]){{1,6}}(?:号|号地)?")
_NEAREST = re.compile(
    r"最近的?(?=地|图斑|那|这|一块|一个|一处|是哪|任务|哪|$)|离(?:我|这儿?|得|俺|咱)(?:这儿?)?(?:最|顶)?近|就近|"
    r"附近(?:的|有)?(?:哪|什么|啥)?(?:地块|图斑|任务)|(?:眼前|跟前|脚下)(?:的)?这块地是哪"
)


def parcel_said(text: str, *, asked: bool) -> ParcelSaid | None:
    """The parcel that a plain text names. `asked` where that is what was asked for: then a bare
    number is its end.

    >>> parcel_said("尾号幺零五", asked=False)
    ParcelSaid(number='', tail='105', nearest=False, words='尾号幺零五')
    >>> parcel_said("3月2号来过", asked=False)
    """
    m = _NUMBER.search(text)
    if m and len(figures := re.sub(r"[ -]", "", m[2])) >= _SHORTEST:
        return ParcelSaid(number=f"{m[1]}{figures}".upper(), words=m[0])
    if m := _LONG.search(text):
        return ParcelSaid(tail=digits(m[0]), words=m[0])
    for found in (_TAIL, _NUMBERED):
        if (m := found.search(text)) and (tail := digits(m["said"])):
            return ParcelSaid(tail=tail, words=m[0])
    if m := _OPEN.search(text):
        return ParcelSaid(tail=m[1], words=m[0])
    if m := _NEAREST.search(text):
        return ParcelSaid(nearest=True, words=m[0])
    if asked and (m := _BARE.fullmatch(text.strip(" ,。"))):
        tail = digits(re.sub(r"号地?$", "", m[0]))
        return ParcelSaid(tail=tail, words=m[0]) if tail else None
    return None

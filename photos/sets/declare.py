"""How a check of a set is declared, and the words that its sentences share."""

from collections.abc import Callable, Sequence
from typing import Protocol

from models.vocabulary import Outcome
from photos.case import Result
from photos.checks.declare import Declaration, check
from photos.sets.case import SetCase, SetPhoto
from photos.sets.coverage import Coverage


class SetCheck(Protocol):
    """A declared check of a set. None means that it has nothing to ask of such a set."""

    declared: Declaration

    def __call__(self, case: SetCase, **thresholds: float) -> Result | None: ...


def set_check(
    id: str, *, catches: str, trap: str, if_broken: Outcome, proves: str, needed: bool = False
) -> Callable[[Callable[..., Result | None]], SetCheck]:
    """Like `photos.checks.check`, for a function of a `SetCase`."""
    return check(id, catches=catches, trap=trap, if_broken=if_broken, needed=needed, proves=proves)  # type: ignore[return-value]


def numbers_text(photos: Sequence[SetPhoto]) -> str:
    """第 2、5 张."""
    return f"第 {'、'.join(str(p.number) for p in photos)} 张"


def share_text(ratio: float) -> str:
    """A share as people say it, to the nearest 5 %: a view cone is no finer.

    >>> share_text(0.0), share_text(0.004), share_text(0.61), share_text(0.99), share_text(1.0)
    (' 0 %', '不到 5 %', '约 60 %', '约 95 %', ' 100 %')
    """
    if ratio <= 0.0 or ratio >= 0.9995:
        return " 100 %" if ratio > 0.0 else " 0 %"
    return "不到 5 %" if ratio < 0.025 else f"约 {min(max(round(ratio * 20), 1) * 5, 95)} %"


def seen_text(seen: Coverage) -> str:
    """已看到地块轮廓约 60 %、面积约 75 %."""
    return f"已看到地块轮廓{share_text(seen.outline_ratio)}、面积{share_text(seen.area_ratio)}"

from collections.abc import Mapping

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import doubt, rule

_KINDS = (
    ("重复的坐标", ("frozen_position", "one_place_many_parcels")),
    ("编号与时间相反", ("file_sequence",)),
    ("他人同日用同一台相机", ("known_device",)),
)
"""Signs by what they rest on: two that rest on one and the same position are one sign."""


@rule(
    "weak_signs_together",
    catches="与前后照片相比，几处弱迹象凑在一起：坐标重复、编号倒序、相机换手",
    trap="旧定位的手机又恰好换了存储卡，两样都有诚实的缘由；所以只存疑，请人看前后照片",
    if_broken=Outcome.DOUBT,
    proves="没有这一条只表示弱迹象不足两样",
)
def weak_signs_together(
    case: Case, found: Mapping[str, Result], *, signs_count: float = 2.0
) -> Result | None:
    """Signs between photos that are notes by themselves, `signs_count` of different kinds at once.

    A new device of a person's own is no sign here, and a repeated position and a crowded standpoint
    are one: both rest on the same coordinates.
    """
    seen = {
        what: [check for check in checks if _counts(found.get(check))] for what, checks in _KINDS
    }
    signs = {what: checks for what, checks in seen.items() if checks}
    if len(signs) < signs_count:
        return None
    return doubt(
        f"同时有 {len(signs)} 样弱迹象（{'、'.join(signs)}），达到 {signs_count:.0f} 样；"
        "请与前后照片对照，说明情况，必要时重拍。",
        {"signs": sorted(check for checks in signs.values() for check in checks)},
        {"signs_count": signs_count},
    )


def _counts(result: Result | None) -> bool:
    if result is None or not result.noted:
        return False
    return result.check != "known_device" or bool(result.measured.get("others"))

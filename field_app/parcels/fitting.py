"""What a file says, brought to the room that the tables have for it."""

from functools import lru_cache

from field_app.parcels.formats import ReadParcel
from models import taxonomy
from models.tables import metadata

_SHOWN = {
    "name": "名称",
    "village": "村名",
    "land_class": "地类",
    "sheet": "图幅号",
    "use": "用途",
    "slope_grade": "坡度级别",
    "quality_grade": "质量等级",
    "year": "年份",
}
ROOM: dict[str, int] = {
    name: metadata.tables["parcel"].c[name].type.length  # type: ignore[attr-defined]
    for name in (*_SHOWN, "source_crs")
}
"""Characters that a column holds."""


def fit(parcel: ReadParcel) -> None:
    """Cuts off what is too long and says so: the parcel counts as repaired."""
    parcel.land_class = _class_code(parcel.land_class)
    for name, shown in _SHOWN.items():
        said: str = getattr(parcel, name)
        if len(said) <= ROOM[name]:
            continue
        setattr(parcel, name, said[: ROOM[name]])
        parcel.messages.append(f"{shown}超过 {ROOM[name]} 字，已截断")
        if parcel.status == "taken":
            parcel.status = "repaired"


def _class_code(text: str) -> str:
    """The code of a land class; some files (variant C of the TXT) give its name instead."""
    return _codes().get(text, text)


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    return {c.name: c.code for c in taxonomy.land_classes().values()}

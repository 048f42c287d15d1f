"""The chat says what the photos of a parcel together still do not show."""

import math
from datetime import datetime

from field_app.chat import shooting
from models.geo import moved
from models.vocabulary import InspectionState, Role
from tests import rows
from tests.chat.conftest import Talker

SIDE_M = 300.0
KINDS = ("全景", "近景", "利用特征", "利用特征", "东向", "南向", "西向", "北向")


def a_talker(noon: datetime, *, in_the_corner: bool) -> Talker:
    """何映 has shot all that a large field wants, from its middle or from one corner."""
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    task = rows.a_task(rows.a_parcel_row(side_m=SIDE_M))
    visit = rows.an_inspection(who, task, state=InspectionState.DRAFT)
    aside = SIDE_M / 2 - 5.0 if in_the_corner else 0.0
    at = moved(rows.HERE, east_m=aside, north_m=aside)
    for n, kind in enumerate(KINDS):
        heading = math.fmod(max(n - 3, 0) * 90.0, 360.0)
        rows.a_photo_row(visit, kind=kind, lon=at.lon, lat=at.lat, heading_deg=heading)
    return Talker(who, noon, visit)


def test_who_asks_what_is_missing_is_told_where_to_stand(database: str, noon: datetime) -> None:
    talker = a_talker(noon, in_the_corner=True)
    said = talker.says("还差什么")
    assert "照片还可以补得更全" in said
    assert "再拍一张全景：站到地块" in said


def test_who_shot_all_round_is_not_sent_again(database: str, noon: datetime) -> None:
    talker = a_talker(noon, in_the_corner=False)
    assert "补得更全" not in talker.says("还差什么")


def test_while_kinds_are_missing_only_they_are_asked_for(database: str, noon: datetime) -> None:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = rows.an_inspection(who, state=InspectionState.DRAFT)
    assert shooting.what_else(visit, who) == []
    assert "还差 1 张全景照片" in Talker(who, noon, visit).says("还差什么").replace("\\", "")

"""Attachments over HTTP: to whom they are given, and how."""

from collections.abc import Callable
from datetime import date, datetime

from starlette.testclient import TestClient

from field_app.milestones import campaigns, sending
from field_app.milestones.campaigns import Frame, Wish
from field_app.milestones.sending import Given
from field_app.roles import Who
from models.vocabulary import Ower, Rhythm, Role
from tests import rows

PDF = b"%PDF-1.7 <script>alert(1)</script>"


def test_an_attachment_is_saved_by_those_who_may_and_never_shown(
    database: str, noon: datetime, as_: Callable[[Who | None], TestClient]
) -> None:
    rows.units_of_the_plan()
    office = rows.a_person(Role.OFFICE, "钱主任")
    liushan = rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府")
    huanghou = rows.a_person(Role.UNIT, "黄乡长", unit="皇后乡人民政府")
    frame = Frame("整治", "", date(2026, 4, 1), date(2026, 12, 31))
    campaign = campaigns.set_up(frame, with_plan=False, who=office, now=noon)
    wish = Wish("报告", Rhythm.ONCE, date(2026, 4, 20), owers=(Ower.TOWNSHIPS,))
    number = campaigns.add(campaign, wish, who=office, now=noon)
    sent = sending.send(number, "一次", Given(file=PDF), who=liushan, now=noon)
    address = f"/milestones/files/{sent}"
    for who in (office, liushan):
        answer = as_(who).get(address)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    assert as_(huanghou).get(address).json()["id"] == "not-yours"
    assert as_(rows.a_person(Role.INSPECTOR)).get(address).json()["id"] == "not-allowed"
    assert as_(None).get(address).status_code == 401
    for other in (sent + 1, 2**40):
        assert as_(office).get(f"/milestones/files/{other}").status_code == 404
    bare = sending.send(
        campaigns.add(campaign, wish, who=office, now=noon), "一次", Given("无附件"),
        who=liushan, now=noon,
    )  # fmt: skip
    assert as_(office).get(f"/milestones/files/{bare}").status_code == 404

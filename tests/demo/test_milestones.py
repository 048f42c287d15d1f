"""The demonstration's campaign goes through the doors that the pages use; on both databases."""

from datetime import datetime

from sqlmodel import select

from field_app import db
from field_app.demo import milestones
from field_app.demo.script import on_day
from field_app.milestones import owed, showing
from field_app.milestones.standing import Stand
from models.tables import Submission, Unit
from models.vocabulary import Role
from tests import rows


def test_some_have_sent_some_have_not_and_one_was_returned(database: str, noon: datetime) -> None:
    rows.units_of_the_plan()
    units = {"xiangzhen1": "留山镇人民政府", "xiangzhen2": "皇后乡人民政府", "bumen1": "林业局"}
    staff = {name: rows.a_person(Role.UNIT, name, unit=unit) for name, unit in units.items()}
    staff["xianban1"] = rows.a_person(Role.OFFICE, "方周全")
    moments = list(milestones.course(staff, noon))
    assert moments == sorted(moments)
    assert on_day(noon, 25) < moments[0]
    assert moments[-1] < noon
    with db.reading() as session:
        sent = session.exec(select(Submission)).all()
        assert session.exec(select(Unit)).all()
    assert {s.state for s in sent} == {"已报送", "已接收", "退回"}
    assert all(s.at < noon for s in sent)
    (campaign,) = showing.campaigns(staff["xianban1"])
    shown = showing.campaign(campaign, staff["xianban1"], asked={}, now=noon)
    assert not any(row.sent and row.sent[0].late for m in shown.milestones for row in m.rows)
    for name in units:
        assert Stand.LATE in [o.stand for o in owed.owed(staff[name], now=noon)]

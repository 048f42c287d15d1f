from datetime import datetime

import pytest
from sqlmodel import select

from field_app import units
from field_app.db import reading
from models.tables import Parcel, Person, Task
from models.vocabulary import Role
from tests import rows
from tests.pages.conftest import Open, words_of
from tests.parcels.test_intake import txt


@pytest.fixture
def office(database: str, noon: datetime) -> rows.Who:
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "县办")


def test_a_file_is_looked_at_then_taken_then_planned(office: rows.Who, open_page: Open) -> None:
    at = open_page("office", office)
    assert not at.exception
    at.file_uploader(key="parcel_files").set_value(
        ("a.txt", txt(("A1", rows.a_square())), "text/plain")
    )
    at.run()
    next(b for b in at.button if b.label == "先检查，不导入").click().run()
    with reading() as session:
        assert session.exec(select(Parcel)).all() == []
    next(b for b in at.button if b.label == "导入").click().run()
    assert "已导入 1 个地块" in words_of(at)
    at.run()
    next(s for s in at.selectbox if s.label == "哪一次导入").set_value(1)
    next(s for s in at.selectbox if s.label == "交给哪个组").set_value(rows.a_team("二组"))
    at.run()
    next(b for b in at.button if b.label == "安排任务").click().run()
    assert "已安排 1 个任务" in words_of(at)
    with reading() as session:
        assert session.exec(select(Task)).one().purpose == "首次核查"


def test_the_same_file_again_is_told_as_known_and_not_offered_for_planning(
    office: rows.Who, open_page: Open
) -> None:
    data = txt(("A1", rows.a_square()))
    for _ in range(2):
        at = open_page("office", office)
        at.file_uploader(key="parcel_files").set_value(("a.txt", data, "text/plain")).run()
        next(b for b in at.button if b.label == "导入").click().run()
    said = words_of(at)
    assert "系统中已有相同地块 1 个，没有重复导入" in said
    assert "整个文件没有导入" not in said
    at.run()
    assert len(next(s for s in at.selectbox if s.label == "哪一次导入").options) == 1


def test_a_file_without_its_coordinate_system_is_asked_about(
    office: rows.Who, open_page: Open
) -> None:
    bare = txt(("A1", rows.a_square())).replace("带号=37".encode("gb18030"), b"")
    bare = bare.replace(b",376", b",6")  # no band number in the easting either
    at = open_page("office", office)
    at.file_uploader(key="parcel_files").set_value(("a.txt", bare, "text/plain")).run()
    next(b for b in at.button if b.label == "导入").click().run()
    assert "无法确定坐标系" in words_of(at)
    at.run()
    chooser = next(s for s in at.selectbox if "坐标系" in s.label)
    assert chooser.value is None  # asked, not guessed
    chooser.set_value("EPSG:4546").run()
    next(b for b in at.button if b.label == "导入").click().run()
    assert "已导入 1 个地块" in words_of(at)


def test_an_inspector_has_no_office_page(database: str, open_page: Open) -> None:
    who = rows.a_person(Role.INSPECTOR, team="二组")
    at = open_page("office", who)
    assert "导入地块和项目" not in [t.value for t in at.title]


def test_the_administrator_makes_an_account(database: str, open_page: Open) -> None:
    admin = rows.a_person(Role.ADMIN, "管理员")
    at = open_page("people", admin)
    assert not at.exception
    next(t for t in at.text_input if t.label == "账号（登录用）").set_value("xinren")
    next(t for t in at.text_input if t.label == "姓名").set_value("新人")
    next(t for t in at.text_input if t.label.startswith("初始密码")).set_value("short")
    next(b for b in at.button if b.label == "创建账号").click().run()
    assert "密码不可用" in words_of(at)
    next(t for t in at.text_input if t.label.startswith("初始密码")).set_value(
        "足够长的初始密码一二三"
    )
    next(b for b in at.button if b.label == "创建账号").click().run()
    assert "已创建账号" in words_of(at)
    with reading() as session:
        made = session.exec(select(Person).where(Person.name == "xinren")).one()
    assert made.must_change_password


def test_the_administrator_adds_a_team_and_a_unit(database: str, open_page: Open) -> None:
    admin = rows.a_person(Role.ADMIN, "管理员")
    at = open_page("people", admin)
    assert not at.exception
    assert "还没有工作组" in words_of(at)
    next(t for t in at.text_input if t.label == "工作组名称").set_value("三组")
    next(b for b in at.button if b.label == "添加工作组").click().run()
    assert not at.exception
    assert "三组" in words_of(at)
    next(t for t in at.text_input if t.label == "单位名称").set_value("水利局")
    next(s for s in at.selectbox if s.label == "由哪个组负责").set_value(next(iter(units.teams())))
    next(b for b in at.button if b.label == "添加责任单位").click().run()
    assert not at.exception
    assert [(u.name, u.kind, u.team) for u in units.listing()] == [("水利局", "部门", "三组")]

"""The office changes a threshold on its page: sees what would change, then puts it in force."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from field_app.db import reading, writing
from field_app.reexamining import runs
from field_app.reexamining.otherwise import count_where_due
from field_app.reexamining.states import RunState
from field_app.reexamining.worker import Worker
from field_app.roles import Who
from field_app.settings import settings
from models.tables import Inspection, Photo, Reexamination
from models.vocabulary import InspectionState, Role
from photos.stores import path_of
from tests import rows
from tests.inspections.conftest import Visit, visit
from tests.pages.conftest import Open, words_of
from tests.reexamining.conftest import STRICT, office, verdicts, work

__all__ = ["office", "visit", "work"]


def press(at: AppTest, label: str) -> AppTest:
    at = next(b for b in at.button if b.label == label).click().run()
    assert not at.exception
    return at


def html_of(at: AppTest) -> str:
    return "\n".join(str(e.proto.body) for e in at.get("html"))


@pytest.fixture
def tried(visit: Visit, office: Who, work: Callable[[], None], noon: datetime) -> int:
    """A finished run by which one of two photos becomes 不符."""
    visit.shoot(1)
    visit.shoot(2, away_m=40)
    run = runs.propose(STRICT, why="专班要求收紧距离", who=office, now=noon)
    work()
    return run


def test_where_nothing_was_changed_the_page_says_so_and_offers_both_ways(
    office: Who, open_page: Open
) -> None:
    at = open_page("rules", office)
    assert not at.exception
    said = words_of(at)
    assert "全景等照片最远离地块：**50 米**" in said
    assert "历次规则" not in said
    assert at.text_area[0].value == "检查程序已更新"


def test_the_office_changes_a_threshold_and_only_that_one_is_kept(
    visit: Visit, office: Who, open_page: Open
) -> None:
    visit.shoot(1)
    at = open_page("rules", office)
    at.multiselect(key="rules_checks").set_value(["on_parcel"]).run()
    at.number_input(key="limit_on_parcel_tolerance_m").set_value(30.0)
    press(at, "在全部照片上试算")
    assert "请写明重新核验的理由" in words_of(at)
    at.text_area[0].set_value("专班要求收紧距离")
    press(at, "在全部照片上试算")
    with reading() as session:
        run = session.exec(select(Reexamination)).one()
    assert run.thresholds == {"on_parcel": {"tolerance_m": 30.0}}
    said = words_of(at)
    assert "正在试算" in said
    assert "50 米 → **30 米**" in said
    press(at, "取消")
    assert "已取消" in "".join(str(b.value) for b in at.markdown) + words_of(at)
    assert runs.open_run(office) is None


def test_a_number_that_makes_no_sense_is_refused_in_words(office: Who, open_page: Open) -> None:
    at = open_page("rules", office)
    at.multiselect(key="rules_checks").set_value(["looks_at_parcel"]).run()
    at.number_input(key="limit_looks_at_parcel_tolerance_deg").set_value(400.0)
    at.text_area[0].set_value("试试")
    press(at, "在全部照片上试算")
    assert "应是 0 到 360 之间的数，不能是 400" in words_of(at).replace("\\", "")
    assert runs.open_run(office) is None


def test_the_result_shows_what_would_change_and_is_put_in_force(
    tried: int, visit: Visit, work: Callable[[], None], office: Who, open_page: Open
) -> None:
    at = open_page("rules", office)
    assert not at.exception
    said = words_of(at).replace("\\", "")
    assert "试算了 **2** 张照片，**1** 张的结论会变：1 张变差" in said
    assert "超出 10 m" in said
    assert (
        "照片不在所报地块拍摄　:green[:material/check: 相符] → :red[:material/close: 不符]" in said
    )
    assert "核查记录已经审定" not in said
    assert '<td class="worse">▼ 1</td>' in html_of(at)
    assert "/evidence/2?size=small" in html_of(at)
    assert verdicts() == ["核验通过", "核验通过"]
    press(at, "启用新规则")
    assert "正在启用" in words_of(at)
    work()
    assert verdicts() == ["核验通过", "不符"]
    at = open_page("rules", office)
    said = words_of(at).replace("\\", "")
    assert "**第 1 版**　专班要求收紧距离" in said
    assert "2 张照片，1 张结论改变：核验通过 → 不符 1 张" in said
    assert at.multiselect(key="rules_checks").value == ["on_parcel"]


def test_a_result_can_be_dropped(tried: int, office: Who, open_page: Open) -> None:
    at = open_page("rules", office)
    press(at, "放弃")
    assert "1 张结论会变，没有启用" in words_of(at)
    assert verdicts() == ["核验通过", "核验通过"]


def test_photos_of_decided_cases_are_told_apart(
    tried: int, visit: Visit, office: Who, noon: datetime, open_page: Open
) -> None:
    with writing() as session:
        case = session.get_one(Inspection, visit.id)
        case.state, case.decided_at = InspectionState.CONFIRMED, noon
    at = open_page("rules", office)
    said = words_of(at)
    assert "其中 1 张照片的核查记录已经审定或已入台账（核验通过 → 不符 1 张）" in said
    assert "核查记录和台账不会自动改动" in said


def test_photos_that_cannot_be_read_are_listed(
    visit: Visit, office: Who, work: Callable[[], None], noon: datetime, open_page: Open
) -> None:
    sha256 = visit.shoot(1).sha256
    folder = settings().store_folder
    assert folder is not None
    (folder / path_of(sha256)).unlink()
    runs.propose({}, why="检查程序已更新", who=office, now=noon)
    work()
    at = open_page("rules", office)
    assert "照片库里找不到原文件" in words_of(at)
    assert [e.label for e in at.expander if "读不出" in e.label] == [
        "读不出的照片（1），保持原结论"
    ]


def test_a_run_that_stopped_says_so(
    tried: int, office: Who, noon: datetime, open_page: Open
) -> None:
    with writing() as session:
        run = session.get_one(Reexamination, tried)
        run.state, run.slot = RunState.FAILED, None
        run.note = "多次出错，已停止；生效的规则没有变。请联系管理员查看日志。"
    at = open_page("rules", office)
    assert "多次出错，已停止" in words_of(at)


def test_a_supervisor_looks_and_decides_nothing(tried: int, open_page: Open, visit: Visit) -> None:
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    at = open_page("rules", zhou)
    assert "1 张变差" in words_of(at)
    assert not {"启用新规则", "放弃", "取消", "在全部照片上试算"} & {b.label for b in at.button}


def test_photos_by_former_rules_are_counted(
    visit: Visit, office: Who, open_page: Open, noon: datetime
) -> None:
    rows.a_photo_row(visit.id)  # examined by nobody knows what
    visit.shoot(1)
    assert "按以前的规则" not in words_of(open_page("rules", office))  # nobody has counted yet
    count_where_due(now=noon)
    at = open_page("rules", office)
    assert "有 1 张照片是按以前的规则或检查程序核验的" in words_of(at)
    runs.propose({}, why="检查程序已更新", who=office, now=noon)
    assert Worker().step(now=noon + timedelta(minutes=1))


def test_an_inspector_has_no_such_page(visit: Visit, open_page: Open) -> None:
    at = open_page("rules", visit.who)
    assert "核验规则" not in [t.value for t in at.title]
    with reading() as session:
        assert session.exec(select(Photo)).all() == []

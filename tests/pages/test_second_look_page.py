"""抽查与回头看, without a browser: a list frozen and drawn, tasks made, results decided."""

from datetime import datetime, timedelta

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from field_app import db, review
from field_app.second_look import assigning, draws
from field_app.second_look.draws import Wish
from field_app.second_look.populations import Sought
from models.tables import Draw, DrawnParcel, Entry, Task
from models.vocabulary import EntryState, Purpose, Role
from tests import rows
from tests.pages.conftest import Open, words_of
from tests.second_look.conftest import Cast, a_visited, cast, closed_entries

__all__ = ["cast"]  # the fixture


def press(at: AppTest, label: str) -> AppTest:
    (button,) = (b for b in at.button if b.label == label)
    return button.click().run()


def labels(at: AppTest) -> list[str]:
    return [b.label for b in at.button]


def typed(at: AppTest, label: str, value: str) -> None:
    (field,) = (f for f in [*at.text_area, *at.text_input] if f.label.startswith(label))
    field.set_value(value)


def a_draw(cast: Cast, now: datetime, purpose: Purpose = Purpose.SECOND_LOOK, n: int = 1) -> int:
    made = draws.freeze(Wish(Sought(purpose), n, why="一季度"), who=cast.office, now=now)
    draws.make(made, randomness=bytes(16), who=cast.office, now=now)
    return made


def a_confirmed_visit(cast: Cast, made: int, now: datetime, category: int | None) -> int:
    assigning.plan(made, (now, now + timedelta(days=9)), who=cast.office, now=now)
    with db.reading() as session:
        task = session.exec(select(DrawnParcel.task_id).where(DrawnParcel.draw_id == made)).one()
    visit, _ = rows.a_submitted_inspection(cast.away, task_id=task, category=category)
    review.confirm(visit, 1, as_new=category is None, who=cast.wu, now=now)
    return visit


def test_the_office_freezes_a_list_draws_and_makes_tasks(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    closed_entries(cast, noon, 8)
    at = open_page("second_look", cast.office)
    assert not at.exception
    assert "名单共 **8** 个，分 **2** 层" in words_of(at)
    at = press(at, "封存名单")
    assert "请写明用哪个号码" in words_of(at)
    typed(at, "用哪个号码", "福彩双色球第 2026045 期红球")
    at = press(at, "封存名单")
    assert "请写明抽取的理由" in words_of(at)
    typed(at, "为什么抽", "一季度回头看")
    at = press(at, "封存名单")
    assert not at.exception
    assert "名单已经封存，不能再改" in words_of(at)
    with db.reading() as session:
        draw = session.exec(select(Draw)).one()
    assert (draw.n, draw.size, draw.seed) == (2, 8, "")
    assert draw.population_sha256 in words_of(at)
    at = press(at, "抽取")
    assert "请填写种子" in words_of(at)
    typed(at, "种子", "0307112026")
    at = press(at, "抽取")
    assert not at.exception
    assert "还有 2 个没有安排任务" in words_of(at)
    assert "去看的：**一组**" in words_of(at)
    assert "先前参与：何映、周督导" in words_of(at)
    assert "抽取" not in labels(at)
    at = press(at, "安排任务")
    assert not at.exception
    assert "待核查 2" in words_of(at)
    with db.reading() as session:
        tasks = session.exec(select(Task).where(Task.purpose == Purpose.SECOND_LOOK)).all()
    assert len(tasks) == 2


def test_the_office_sends_another_and_is_refused_the_first(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    closed_entries(cast, noon, 1)
    made = a_draw(cast, noon)
    at = open_page("second_look", cast.office, draw=str(made))
    (choice,) = (s for s in at.selectbox if s.label == "派给哪个组或哪个人")
    assert set(choice.options) >= {"一组", "一组 康平", "二组", "二组 何映"}
    at = choice.set_value(f"{cast.heying.team_id}-{cast.heying.id}").run()
    at = next(b for b in at.button if b.label == "改派").click().run()
    assert "何映参与过地块" in words_of(at)
    (choice,) = (s for s in at.selectbox if s.label == "派给哪个组或哪个人")
    at = choice.set_value(f"{cast.other.team_id}-{cast.other.id}").run()
    at = next(b for b in at.button if b.label == "改派").click().run()
    assert "去看的：**二组 陆川**" in words_of(at)


def test_a_supervisor_opens_the_entry_again_with_the_reason_that_is_there(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    (entry,) = closed_entries(cast, noon, 1)
    made = a_draw(cast, noon)
    a_confirmed_visit(cast, made, noon, 2)
    at = open_page("second_look", cast.wu, draw=str(made))
    assert not at.exception
    assert "不一致 **1** 个，占 **100%**" in words_of(at)
    assert "20.7% 到 100%" in words_of(at)
    with db.reading() as session:
        assert session.get_one(Entry, entry).state == EntryState.CLOSED
    at = press(at, "重新打开")
    assert "还要填写：新的整改期限" in words_of(at)
    (due,) = (d for d in at.date_input if d.label.startswith("新的整改期限"))
    due.set_value(noon.date() + timedelta(days=30))
    at = press(at, "重新打开")
    assert not at.exception
    assert "回头看 2026\\-04\\-15 未通过" in words_of(at)
    with db.reading() as session:
        kept = session.get_one(Entry, entry)
    assert kept.state == EntryState.RECTIFYING
    assert "康平 现场核查" in kept.second_look
    assert not {"重新打开", "回头看通过"} & set(labels(at))


def test_a_supervisor_passes_it_but_not_the_one_who_closed_it(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    (entry,) = closed_entries(cast, noon, 1)
    made = a_draw(cast, noon)
    a_confirmed_visit(cast, made, noon, None)
    at = open_page("second_look", cast.zhou, draw=str(made))
    assert "要由另一名督导来记" in words_of(at)
    assert "回头看通过" not in labels(at)
    at = press(open_page("second_look", cast.wu, draw=str(made)), "回头看通过")
    assert not at.exception
    with db.reading() as session:
        assert session.get_one(Entry, entry).second_look.startswith(
            "2026-04-15 通过：回头看2026-001"
        )
    assert "不一致 **0** 个，占 **0%**" in words_of(at)


def test_a_spot_check_decides_nothing_here(cast: Cast, noon: datetime, open_page: Open) -> None:
    a_visited(cast.heying, noon, category=None)
    made = a_draw(cast, noon, Purpose.SPOT_CHECK)
    a_confirmed_visit(cast, made, noon, None)
    at = open_page("second_look", cast.wu, draw=str(made))
    assert not at.exception
    assert not {"重新打开", "回头看通过", "安排任务"} & set(labels(at))


def test_the_review_asks_whether_it_is_the_old_problem(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    closed_entries(cast, noon, 1)
    made = a_draw(cast, noon)
    assigning.plan(made, (noon, noon + timedelta(days=9)), who=cast.office, now=noon)
    with db.reading() as session:
        task = session.exec(select(DrawnParcel.task_id)).one()
    visit, _ = rows.a_submitted_inspection(cast.away, task_id=task)
    at = open_page("review", cast.wu, visit=str(visit))
    assert not at.exception
    assert "回头看2026\\-001 抽中的，看的是条目 411321\\-2\\-2026\\-0001" in words_of(at)
    assert "确认并登记台账" not in labels(at)
    at = press(at, "确认：与销号时不一致")
    assert not at.exception
    with db.reading() as session:
        assert len(session.exec(select(Entry)).all()) == 1


def test_who_only_looks_on_has_nothing_to_press(
    cast: Cast, noon: datetime, open_page: Open
) -> None:
    closed_entries(cast, noon, 2)
    frozen = draws.freeze(
        Wish(Sought(Purpose.SECOND_LOOK), 1, why="等号码"), who=cast.office, now=noon
    )
    at = open_page("second_look", cast.zhou)
    assert "等号码" in words_of(at)
    assert "封存名单" not in labels(at)
    at = open_page("second_look", cast.zhou, draw=str(frozen))
    assert "等县办抽取" in words_of(at)
    assert "抽取" not in labels(at)
    assert "找不到" in words_of(open_page("second_look", cast.zhou, draw="999"))
    inspector = open_page("second_look", cast.heying)
    assert "等号码" not in words_of(inspector)
    assert not rows.a_person(Role.UNIT, unit="留山镇人民政府").team_id
    assert "等号码" not in words_of(open_page("second_look", cast.away, draw=str(frozen)))

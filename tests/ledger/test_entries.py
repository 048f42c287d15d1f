"""Changing an entry: what may change, by whom, and what is kept of it; on both databases."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from field_app import db
from field_app.ledger import entries, fields, rectifying
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Entry, Event, Outbox
from models.vocabulary import EntryState, Role
from tests import rows


@pytest.fixture
def office(database: str) -> Who:
    """钱, of the county's office."""
    rows.units_of_the_plan()
    return rows.a_person(Role.OFFICE, "钱主任")


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as told:
        call()
    return told.value


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def events_of(session: Session, entry_id: int) -> list[Event]:
    query = select(Event).where(Event.about == "entry", Event.about_id == entry_id)
    return list(session.exec(query.order_by(col(Event.id))))


def told_of(entry_id: int) -> list[Event]:
    with db.reading() as session:
        return events_of(session, entry_id)


def test_a_change_keeps_old_and_new_who_why_and_when(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"])
    wishes = {
        "measure": "拔除杨树，平整后复耕。",
        "due_on": date(2026, 6, 30),
        "responsible_person": "王镇长",
        "remark": "=HYPERLINK(1)",
        "village": "下店村",  # as it was: not in the event
    }
    later = noon + timedelta(hours=3)
    assert entries.change(entry, 1, wishes, why="现场商定", who=office, now=later) == 2
    (event,) = told_of(entry)
    assert (event.action, event.why, event.person_id, event.at) == (
        "修改条目",
        "现场商定",
        office.id,
        later,
    )
    assert event.old == {
        "measure": "清除林木，恢复耕种。",
        "due_on": "2026-05-15",
        "responsible_person": "",
        "remark": "",
    }
    assert event.new == {
        "measure": "拔除杨树，平整后复耕。",
        "due_on": "2026-06-30",
        "responsible_person": "王镇长",
        "remark": "=HYPERLINK(1)",
    }
    changed = the(entry)
    assert changed.due_on == date(2026, 6, 30)
    assert (changed.edition, changed.state) == (2, EntryState.TO_RECTIFY)


def test_a_change_is_told_to_the_countys_systems_as_the_whole_entry(
    office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number="411321-2-2026-0001")
    entries.change(entry, 1, {"remark": "a"}, why="x", who=office, now=noon)
    entries.change(entry, 2, {"remark": "b"}, why="x", who=office, now=noon)
    with db.reading() as session:
        messages = session.exec(select(Outbox).order_by(col(Outbox.id))).all()
    assert [m.key for m in messages] == [
        "entry/411321-2-2026-0001/2",
        "entry/411321-2-2026-0001/3",
    ]
    assert messages[1].body["remark"] == "b"
    assert messages[1].body["description"]
    assert messages[1].body["units"] == ["留山镇人民政府"]


def test_the_units_change_in_order_and_their_names_are_kept(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府", "自然资源局"])
    units = rows.units_of_the_plan()
    wanted = [units["林业局"], units["留山镇人民政府"]]
    entries.change(entry, 1, {"units": wanted}, why="林业牵头", who=office, now=noon)
    with db.reading() as session:
        assert entries.units_of(session, entry) == tuple(wanted)
    (event,) = told_of(entry)
    assert event.old == {"units": ["留山镇人民政府", "自然资源局"]}
    assert event.new == {"units": ["林业局", "留山镇人民政府"]}


def test_the_ledgers_own_columns_change_by_their_names(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(category=3, extra={"坡度级别": "4", "管护单位": "村委会"})
    extra = {"坡度级别": "5", "是否25°以上": "是", "管护单位": ""}
    entries.change(entry, 1, {"extra": extra}, why="实测", who=office, now=noon)
    assert the(entry).extra == {"坡度级别": "5", "是否25°以上": "是"}
    (event,) = told_of(entry)
    assert event.old == {"坡度级别": "4", "是否25°以上": "", "管护单位": "村委会"}
    assert event.new == extra


@pytest.mark.parametrize(
    "wishes",
    [
        {"number": "1"},
        {"category": 3},
        {"state": "已销号"},
        {"closed_on": date(2026, 5, 1)},
        {"rectified_on": date(2026, 5, 1)},
        {"carried": "缓"},
        {"handed_to": "纪委"},
        {"second_look": "好"},
        {"found_on": date(2020, 1, 1)},
        {"edition": 9},
        {"id": 7},
        {"problem_type": "3-6"},  # of another ledger
        {"problem_type": "2-77"},
        {"due_on": date(2026, 4, 14)},  # before it was found
        {"due_on": "2026-06-30"},
        {"area_mu": -1.0},
        {"area_mu": float("nan")},
        {"area_mu": "三亩"},
        {"area_mu": True},
        {"area_mu": 1.0, "cultivated_mu": 2.0},
        {"nature": "违规"},  # by a step of its own, with a reason
        {"arose_during": True},
        {"progress": "快了"},
        {"township_code": "999999999"},
        {"responsible_person": "人" * 41},
        {"remark": "长" * 4001},
        {"extra": {"坡度级别": "5"}},  # a column of ledger 3
        {"measure": " 清除林木，恢复耕种。 "},  # nothing changes
        {},
    ],
)
def test_what_may_not_change_or_makes_no_sense_is_refused(
    wishes: dict, office: Who, noon: datetime
) -> None:
    entry = rows.an_entry()
    told = refusal(lambda: entries.change(entry, 1, wishes, why="x", who=office, now=noon))
    assert told.id == "bad-input"
    assert the(entry).edition == 1
    assert told_of(entry) == []


@pytest.mark.parametrize("units", [[987654], [1, 1]])
def test_an_unknown_or_doubled_unit_is_refused(units: list, office: Who, noon: datetime) -> None:
    entry = rows.an_entry()
    told = refusal(
        lambda: entries.change(entry, 1, {"units": units}, why="x", who=office, now=noon)
    )
    assert told.id in {"not-found", "bad-input"}


def test_a_change_without_a_reason_is_refused(office: Who, noon: datetime) -> None:
    entry = rows.an_entry()
    told = refusal(lambda: entries.change(entry, 1, {"remark": "x"}, why=" ", who=office, now=noon))
    assert told.id == "reason-needed"
    assert the(entry).remark == ""


def test_two_who_change_the_same_entry_notice_each_other(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"])
    entries.change(entry, 1, {"remark": "先"}, why="x", who=office, now=noon)
    calls = [
        lambda: entries.change(entry, 1, {"remark": "后"}, why="x", who=office, now=noon),
        lambda: rectifying.begin(entry, 1, who=office, now=noon),
    ]
    assert [refusal(call).id for call in calls] == ["changed-meanwhile"] * 2
    assert the(entry).remark == "先"


def test_of_many_changes_at_once_one_is_kept(office: Who, noon: datetime) -> None:
    entry = rows.an_entry()
    ready, answers = threading.Barrier(5), []

    def try_it(text: str) -> None:
        ready.wait()
        try:
            entries.change(entry, 1, {"remark": text}, why="x", who=office, now=noon)
            answers.append(text)
        except Problem as problem:
            answers.append(problem.id)

    threads = [threading.Thread(target=try_it, args=(f"第{n}人",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [a for a in answers if a != "changed-meanwhile"]
    assert len(kept) == 1
    assert the(entry).remark == kept[0]
    assert len(told_of(entry)) == 1


def test_rectification_begins_once_the_plan_is_whole(office: Who, noon: datetime) -> None:
    entry = rows.an_entry()
    told = refusal(lambda: rectifying.begin(entry, 1, who=office, now=noon))
    assert told.id == "entry-incomplete"
    assert "责任主体" in told.message
    unit = rows.units_of_the_plan()["留山镇人民政府"]
    entries.change(entry, 1, {"units": [unit]}, why="定责", who=office, now=noon)
    assert rectifying.begin(entry, 2, who=office, now=noon) == 3
    assert the(entry).state == EntryState.RECTIFYING
    event = told_of(entry)[-1]
    assert (event.action, event.old, event.new) == (
        "开始整改",
        {"state": "待整改"},
        {"state": "整改中"},
    )
    again = refusal(lambda: rectifying.begin(entry, 3, who=office, now=noon))
    assert again.id == "wrong-state"


def test_under_way_the_deadline_may_move_but_not_go(office: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"], state=EntryState.RECTIFYING)
    entries.change(entry, 1, {"due_on": date(2026, 7, 1)}, why="雨季", who=office, now=noon)
    for wishes in ({"due_on": None}, {"measure": ""}, {"units": []}):
        told = refusal(lambda w=wishes: entries.change(entry, 2, w, why="x", who=office, now=noon))
        assert told.id == "entry-incomplete"
    assert the(entry).state == EntryState.RECTIFYING


@pytest.mark.parametrize("state", [EntryState.TO_CLOSE, EntryState.CLOSED])
def test_what_is_closing_or_closed_does_not_change_here(
    state: EntryState, office: Who, noon: datetime
) -> None:
    entry = rows.an_entry(["留山镇人民政府"], state=state)
    told = refusal(lambda: entries.change(entry, 1, {"remark": "x"}, why="x", who=office, now=noon))
    assert told.id == "wrong-state"


@pytest.mark.parametrize("role", list(Role))
def test_only_supervisor_and_office_change_entries(role: Role, office: Who, noon: datetime) -> None:
    entry = rows.an_entry(["留山镇人民政府"])
    unit = "留山镇人民政府" if role == Role.UNIT else ""
    who = rows.a_person(role, unit=unit, team="二组")
    if role in {Role.SUPERVISOR, Role.OFFICE}:
        assert entries.change(entry, 1, {"remark": "x"}, why="x", who=who, now=noon) == 2
        assert rectifying.begin(entry, 2, who=who, now=noon) == 3
        return
    told = refusal(lambda: entries.change(entry, 1, {"remark": "x"}, why="x", who=who, now=noon))
    assert told.id == "not-allowed"
    if role == Role.UNIT:  # its own work a unit may begin
        return
    told = refusal(lambda: rectifying.begin(entry, 1, who=who, now=noon))
    assert told.id == "not-allowed"
    assert the(entry).edition == 1


def test_an_entry_that_is_not_there_is_not_found(office: Who, noon: datetime) -> None:
    told = refusal(lambda: rectifying.begin(987654, 1, who=office, now=noon))
    assert told.id == "not-found"


def test_every_field_that_may_change_is_a_column_of_the_entry() -> None:
    assert set(fields.FIELDS) <= set(Entry.model_fields)
    for protected in ("state", "number", "category", "closed_on", "carried", "handed_to"):
        assert protected not in fields.FIELDS

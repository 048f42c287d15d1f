"""柳镇长 of 留山镇 goes to prove a rectification where there is no signal, and what happened to the
entry at the office meanwhile."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from field_app import clock, inspections
from field_app.captures import held, intake, package
from field_app.captures.receipts import Receipt
from field_app.db import reading, writing
from field_app.ledger import closing, rectifying, undoing
from field_app.ledger.hands import hands_of
from field_app.problems import Problem
from field_app.roles import Who
from models.geo import moved
from models.tables import Entry, EntryProof, EntryUnit, Inspection, Task
from models.vocabulary import EntryState, InspectionState, Role, Verdict
from tests import rows
from tests.captures.conftest import Out, photos_of
from tests.phone import Phone

LIUSHAN, HUANGHOU = "留山镇人民政府", "皇后乡人民政府"
BEFORE = moved(rows.HERE, east_m=-12.0, north_m=5.0)


@dataclass(repr=False)
class Case:
    """An entry 整改中 with its pictures from before, and somebody of its unit with a phone."""

    out: Out
    entry: int
    parcel: int
    before: list[int]

    @property
    def who(self) -> Who:
        return self.out.who

    def the(self) -> Entry:
        with reading() as session:
            return session.get_one(Entry, self.entry)

    def taken_along(self, who: Who | None = None) -> dict[str, Any]:
        """The package, and the task of its only entry for what is shot from now on."""
        body: dict[str, Any] = json.loads(
            package.make(who or self.who, now=self.out.now).body or b"{}"
        )
        if who is None and body["tasks"]:
            self.out.task = body["tasks"][0]["id"]
        return body

    def deliver(self, seed: int = 80, **facts: Any) -> Receipt:
        """One live photo of the rectified parcel, record and bytes."""
        data = self.out.photo(seed=seed)
        record = self.out.shot(data, kind="整改后", **facts)
        self.out.send(record)
        self.out.send_bytes(data, record["uuid"])
        return self.out.receipt(record)

    def apply(self) -> None:
        entry, now = self.the(), self.out.now
        rectifying.report(self.entry, entry.edition, "树已清除", who=self.who, now=now)
        day = clock.local(now).date()
        rectifying.apply(self.entry, self.the().edition, day, why="已复耕", who=self.who, now=now)


@pytest.fixture
def case(database: str, noon: datetime) -> Case:
    found = noon - timedelta(days=3)
    parcel = rows.a_parcel_row(number="N1")
    inspector = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = rows.an_inspection(inspector, rows.a_task(parcel))
    at = {"taken_at": found - timedelta(hours=1), "received_at": found - timedelta(minutes=50)}
    near = {"lon": BEFORE.lon, "lat": BEFORE.lat, "heading_deg": 90.0} | at
    blind = {"lon": None, "lat": None, "accuracy_m": None, "heading_deg": None} | at
    before = [rows.a_photo_row(visit, **blind), rows.a_photo_row(visit, **near)]
    rows.a_photo_row(visit, **at)  # not cited
    entry = rows.an_entry(
        (LIUSHAN,), parcel_id=parcel, inspection_id=visit, state=EntryState.RECTIFYING,
        finding_id=rows.a_finding(visit, before), evidence_after=found, due_on=date(2026, 6, 1),
    )  # fmt: skip
    who = rows.a_person(Role.UNIT, "柳镇长", unit=LIUSHAN)
    out = Out(who, Phone(who.name), 0, noon)
    out.fill_up()
    return Case(out, entry, parcel, before)


@pytest.fixture
def zhou(case: Case) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def proofs(entry: int) -> list[EntryProof]:
    with reading() as session:
        return list(session.exec(select(EntryProof).where(EntryProof.entry_id == entry)))


def visits_of(who: Who) -> list[Inspection]:
    with reading() as session:
        return list(session.exec(select(Inspection).where(Inspection.person_id == who.id)))


# --- what is taken along ------------------------------------------------------------------------


def test_a_unit_takes_its_entry_along_with_the_standpoint_of_the_picture_from_before(
    case: Case,
) -> None:
    body = case.taken_along()
    assert body["person"]["role"] == "责任单位"
    (only,) = body["tasks"]
    assert (only["purpose"], only["progress"]) == ("整改举证", "整改中")
    assert only["parcel"]["number"] == "N1"
    assert only["closes_at"].startswith("2026-06-01T23:59:59+08:00")
    assert [(w["kind"], w["wanted"]) for w in only["wanted"]] == [("整改后", 2)]
    assert only["begin"] == {}
    assert only["visit"] is None
    blind, near = case.before
    assert [e["photo_id"] for e in only["earlier"]] == [near, blind]
    assert only["earlier"][0]["at"] == {"lon": BEFORE.lon, "lat": BEFORE.lat, "accuracy_m": 8.0}
    assert [e["heading_deg"] for e in only["earlier"]] == [90.0, None]
    assert only["earlier"][1]["at"] is None
    entry = case.the()
    assert (only["entry"]["id"], only["entry"]["number"]) == (case.entry, entry.number)
    assert only["entry"]["same_place_m"] == 30.0


def test_a_unit_may_see_the_pictures_that_it_takes_along(case: Case) -> None:
    with reading() as session:
        photo = session.get_one(rows.Photo, case.before[1])
        whose = inspections.ownership.whose_photo(session, photo)
    assert case.who.unit_id in whose.unit_ids


def test_going_out_opens_no_visit_and_is_no_hand_in_the_entry(case: Case) -> None:
    case.taken_along()
    case.taken_along()
    assert len(proofs(case.entry)) == 1
    assert visits_of(case.who) == []
    with reading() as session:
        assert hands_of(session, session.get_one(Entry, case.entry), case.who.id) == frozenset()
    assert rectifying.open_proof(case.entry, who=case.who, now=case.out.now)  # the same, online
    (visit,) = visits_of(case.who)
    assert visit.task_id == case.out.task


def test_another_unit_takes_nothing_of_it_along(case: Case) -> None:
    stranger = rows.a_person(Role.UNIT, "黄乡长", unit=HUANGHOU)
    assert case.taken_along(stranger)["tasks"] == []
    assert case.taken_along(rows.a_person(Role.UNIT, "没有单位的人"))["tasks"] == []
    assert proofs(case.entry) == []


@pytest.mark.parametrize(
    "state", [s for s in EntryState if s not in (EntryState.RECTIFYING,)], ids=str
)
def test_only_what_takes_photos_is_taken_along(case: Case, state: EntryState) -> None:
    with writing() as session:
        session.get_one(Entry, case.entry).state = state
    assert case.taken_along()["tasks"] == []


def test_an_entry_without_a_parcel_is_not_taken_along(case: Case) -> None:
    with writing() as session:
        session.get_one(Entry, case.entry).parcel_id = None
    assert case.taken_along()["tasks"] == []


def test_money_that_no_picture_proves_wants_no_photo(case: Case) -> None:
    rows.an_entry((LIUSHAN,), parcel_id=case.parcel, state=EntryState.RECTIFYING, number="钱",
                  problem_type="4-1", category=4)  # fmt: skip
    wanted = {t["entry"]["number"]: t["wanted"][0]["wanted"] for t in case.taken_along()["tasks"]}
    assert wanted == {"钱": 0, case.the().number: 2}


def test_what_changes_in_an_entry_changes_the_tag(case: Case) -> None:
    def tag() -> str:
        return package.make(case.who, now=case.out.now).etag

    case.taken_along()
    tags = [tag()]
    assert tag() == tags[0]
    for column, value in (("measure", "改为复耕"), ("due_on", date(2026, 7, 1))):
        with writing() as session:
            setattr(session.get_one(Entry, case.entry), column, value)
        tags.append(tag())
    with writing() as session:
        session.get_one(rows.Photo, case.before[1]).heading_deg = 10.0
    tags.append(tag())
    assert len(set(tags)) == len(tags)


# --- what is brought back -----------------------------------------------------------------------


def test_what_was_shot_in_the_hills_proves_the_rectification(case: Case) -> None:
    case.taken_along()
    first, second = case.deliver(80), case.deliver(81)
    assert (first.state, first.grade, first.hold) == ("complete", "A", "")
    assert first.inspection == second.inspection
    (visit,) = visits_of(case.who)
    assert (visit.id, visit.state) == (first.inspection, InspectionState.DRAFT)
    (task,) = case.taken_along()["tasks"]
    assert [p["kind"] for p in task["visit"]["photos"]] == ["整改后"] * 2
    case.apply()
    assert case.the().state == EntryState.TO_CLOSE


def test_the_online_page_and_the_phone_fill_one_visit(case: Case) -> None:
    case.taken_along()
    opened = rectifying.open_proof(case.entry, who=case.who, now=case.out.now)
    assert case.deliver().inspection == opened


def test_a_colleague_of_the_unit_proves_in_a_visit_of_their_own(case: Case) -> None:
    case.taken_along()
    mate = rows.a_person(Role.UNIT, "同事", unit=LIUSHAN)
    theirs = case.taken_along(mate)["tasks"][0]["id"]
    assert theirs != case.out.task
    receipt = case.deliver(task=theirs)
    assert (receipt.state, receipt.hold) == ("held", "not-yours")
    assert visits_of(mate) == []


def test_another_unit_that_names_the_task_is_kept_and_goes_nowhere(case: Case) -> None:
    case.taken_along()
    stranger = rows.a_person(Role.UNIT, "黄乡长", unit=HUANGHOU)
    other = Case(Out(stranger, Phone(stranger.name), case.out.task, case.out.now), case.entry,
                 case.parcel, [])  # fmt: skip
    receipt = other.deliver()
    assert (receipt.state, receipt.hold, receipt.photo_held) == ("held", "not-yours", True)
    inspector = rows.a_person(Role.INSPECTOR, "蓝溪", team="二组")
    third = Case(Out(inspector, Phone(inspector.name), case.out.task, case.out.now), case.entry,
                 case.parcel, [])  # fmt: skip
    assert third.deliver(seed=82).hold == "not-yours"


def test_a_form_handed_in_for_it_is_kept_and_fills_nothing(case: Case) -> None:
    case.taken_along()
    receipt = case.out.send(case.out.handed_in())
    assert (receipt.state, receipt.hold) == ("held", "not-allowed")
    (visit,) = visits_of(case.who)
    assert (visit.state, visit.answers) == (InspectionState.DRAFT, {})


# --- what happened meanwhile --------------------------------------------------------------------


def test_applied_for_meanwhile_it_waits_and_goes_in_when_it_is_sent_back(
    case: Case, zhou: Who
) -> None:
    case.taken_along()
    case.deliver(80)
    case.apply()
    late = case.deliver(81)
    assert (late.state, late.hold, late.photo_held) == ("held", "not-open", True)
    (row,) = held.listing(zhou)
    assert (row.person, row.number, row.kind, row.admissible) == ("柳镇长", "N1", "整改后", False)
    closing.send_back(case.entry, case.the().edition, why="还有树桩", who=zhou, now=case.out.now)
    intake.sweep(now=case.out.now + timedelta(minutes=11))
    assert intake.receipt(late.uuid, case.who).state == "complete"
    (task,) = case.taken_along()["tasks"]
    assert (task["progress"], task["entry"]["why"]) == ("退回", "还有树桩")


@pytest.mark.parametrize("state", [EntryState.CLOSED, EntryState.TO_CLOSE, EntryState.RETURNED])
def test_an_entry_that_went_on_before_the_first_photo_loses_none(
    case: Case, zhou: Who, state: EntryState
) -> None:
    case.taken_along()
    with writing() as session:
        session.get_one(Entry, case.entry).state = state
    receipt = case.deliver()
    assert (receipt.state, receipt.hold, receipt.photo_held) == ("held", "entry-gone-on", True)
    assert str(state) in receipt.why
    assert visits_of(case.who) == []
    (row,) = held.listing(zhou)
    assert not row.admissible
    with pytest.raises(Problem, match="准予提交"):
        held.admit(row.id, why="x", who=zhou, now=case.out.now)
    with writing() as session:
        session.get_one(Entry, case.entry).state = EntryState.RECTIFYING
    intake.sweep(now=case.out.now + timedelta(minutes=11))
    again = intake.receipt(receipt.uuid, case.who)
    assert (again.state, again.hold) == ("complete", "")
    assert len(photos_of(again.inspection or 0)) == 1


def test_an_entry_given_to_another_unit_meanwhile_keeps_the_photo_aside(
    case: Case, zhou: Who
) -> None:
    case.taken_along()
    huanghou = rows.a_unit(HUANGHOU)
    with writing() as session:
        session.delete(session.exec(select(EntryUnit)).one())
        session.add(EntryUnit(entry_id=case.entry, unit_id=huanghou))
    assert case.deliver().hold == "not-yours"
    (row,) = held.listing(zhou)
    held.keep_aside(row.id, why="已由皇后乡整改", who=zhou, now=case.out.now)
    assert visits_of(case.who) == []


def closed(case: Case, zhou: Who, mate: Who) -> None:
    """Closed on the photos of 柳镇长, while a colleague is out with a task and no photo."""
    case.taken_along()
    case.taken_along(mate)
    at = rectifying.open_proof(case.entry, who=case.who, now=case.out.now)
    rows.a_photo_row(at, Verdict.PASSED, kind="整改后", grade="B", lon=BEFORE.lon, lat=BEFORE.lat,
                     taken_at=case.out.now, received_at=case.out.now)  # fmt: skip
    rows.a_photo_row(at, Verdict.PASSED, kind="整改后", grade="B", taken_at=case.out.now,
                     received_at=case.out.now)  # fmt: skip
    case.apply()
    closing.close(case.entry, case.the().edition, who=zhou, now=case.out.now)


def test_a_proof_that_was_only_taken_along_ends_with_the_entry(case: Case, zhou: Who) -> None:
    mate = rows.a_person(Role.UNIT, "同事", unit=LIUSHAN)
    closed(case, zhou, mate)
    now = case.out.now
    assert [p.closed_at for p in proofs(case.entry)] == [now, now]
    undoing.undo(case.entry, case.the().edition, why="点错了", who=zhou, now=now)
    assert [p.closed_at for p in proofs(case.entry)] == [None, None]
    with reading() as session:
        assert [session.get_one(Task, p.task_id).done_at for p in proofs(case.entry)] == [
            None,
            None,
        ]


def test_once_reopened_the_same_people_go_out_with_a_new_window(case: Case, zhou: Who) -> None:
    mate = rows.a_person(Role.UNIT, "同事", unit=LIUSHAN)
    closed(case, zhou, mate)
    old = case.out.task
    late = case.deliver(90)
    assert (late.state, late.hold) == ("held", "entry-gone-on")
    later = case.out.now + timedelta(days=2)
    again = rows.a_person(Role.SUPERVISOR, "沈督导")
    closing.reopen(
        case.entry, case.the().edition, date(2026, 9, 1), why="又种了树", who=again, now=later
    )
    case.out.now = later
    (task,) = case.taken_along()["tasks"]
    assert task["id"] != old
    assert datetime.fromisoformat(task["opens_at"]) == later
    case.out.visit = "00000000-0000-4000-8000-000000000002"
    fresh = case.deliver(91, at=later + timedelta(minutes=1))
    assert fresh.state == "complete"
    assert fresh.inspection != late.inspection

"""The course of an entry through the doors that the pages use; on both databases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from field_app import clock, db, inspections, review, tasks
from field_app.inspections.ownership import whose_visit
from field_app.ledger import (
    carrying,
    closing,
    clues,
    entries,
    evidence,
    handing_over,
    rectifying,
    undoing,
)
from field_app.ledger.entries import Registered
from field_app.ledger.handing_over import Handed
from field_app.problems import Problem
from field_app.review import Decision
from field_app.roles import Action, Who, may
from field_app.tasks import Wanted
from models.geo import moved
from models.tables import Entry, EntryProgress, Event, HandOver, Inspection, Outbox, Task
from models.vocabulary import EntryState, InspectionState, Nature, Purpose, Role, Source, Verdict
from tests import rows

S = EntryState


@dataclass(frozen=True)
class Cast:
    """Who has to do with an entry, and the entry itself: found by a visit, posted."""

    inspector: Who
    finder: Who  # the supervisor who confirmed it
    closer: Who
    office: Who
    unit: Who
    stranger: Who  # of another unit
    entry: int
    visit: int
    before: list[int]
    parcel: int


@pytest.fixture
def cast(database: str, noon: datetime) -> Cast:
    rows.units_of_the_plan()
    inspector = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    finder = rows.a_person(Role.SUPERVISOR, "周督导")
    parcel = rows.a_parcel_row()
    visit, before = rows.a_submitted_inspection(inspector, task_id=rows.a_task(parcel))
    with db.writing() as session:  # handed in the day before
        session.get_one(Inspection, visit).submitted_at = noon - timedelta(days=1)
    review.confirm(visit, 1, who=finder, now=noon)
    with db.reading() as session:
        entry = session.exec(select(Entry.id).where(Entry.inspection_id == visit)).one()
    assert entry is not None
    return Cast(
        inspector,
        finder,
        rows.a_person(Role.SUPERVISOR, "沈督导"),
        rows.a_person(Role.OFFICE, "钱主任"),
        rows.a_person(Role.UNIT, "柳镇长", unit="留山镇人民政府"),
        rows.a_person(Role.UNIT, "黄乡长", unit="皇后乡人民政府"),
        entry,
        visit,
        before,
        parcel,
    )


def the(entry_id: int) -> Entry:
    with db.reading() as session:
        return session.get_one(Entry, entry_id)


def edition(entry_id: int) -> int:
    return the(entry_id).edition


def events_of(entry_id: int) -> list[Event]:
    with db.reading() as session:
        query = select(Event).where(Event.about == "entry", Event.about_id == entry_id)
        return list(session.exec(query.order_by(col(Event.id))))


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as told:
        call()
    return told.value


def prove(cast: Cast, now: datetime, count: int = 2, **columns: Any) -> list[int]:
    """Photos of the rectified parcel in the unit's own visit, as examination would leave them."""
    visit = rectifying.open_proof(cast.entry, who=cast.unit, now=now)
    verdict = columns.pop("verdict", Verdict.PASSED)
    given = {
        "kind": "整改后",
        "grade": "B",
        "taken_at": now - timedelta(minutes=5),
        "received_at": now,
        "examined_at": now,
    } | columns
    return [rows.a_photo_row(visit, verdict, **given) for _ in range(count)]


def rectified(cast: Cast, now: datetime, **photo: Any) -> list[int]:
    """Begun, reported, proved and applied for, by the unit."""
    e = cast.entry
    rectifying.begin(e, edition(e), who=cast.unit, now=now)
    rectifying.report(e, edition(e), "杨树已清除，正在平整。", who=cast.unit, now=now)
    photos = prove(cast, now, **photo)
    rectifying.apply(
        e, edition(e), clock.local(now).date(), why="已恢复耕种", who=cast.unit, now=now
    )
    return photos


def test_an_entry_goes_from_the_finding_to_its_close_out_by_four_people(
    cast: Cast, noon: datetime
) -> None:
    day = noon + timedelta(days=10)
    photos = rectified(cast, day)
    later = day + timedelta(hours=2)
    closing.close(cast.entry, edition(cast.entry), who=cast.closer, now=later)
    entry = the(cast.entry)
    assert (entry.state, entry.closed_on) == (S.CLOSED, date(2026, 4, 25))
    assert entry.rectified_on == date(2026, 4, 25)
    assert entry.progress == "杨树已清除，正在平整。"
    told = events_of(cast.entry)
    assert [(e.action, e.person_id) for e in told] == [
        ("登记入账", cast.finder.id),
        ("开始整改", cast.unit.id),
        ("填报进展", cast.unit.id),
        ("申请销号", cast.unit.id),
        ("同意销号", cast.closer.id),
    ]
    assert told[-1].new["photo_ids"] == photos
    assert told[-1].old["state"] == "待销号"
    with db.reading() as session:
        proof = session.exec(select(Inspection).where(Inspection.person_id == cast.unit.id)).one()
        assert proof.state == InspectionState.CONFIRMED
        assert session.get_one(Task, proof.task_id).done_at == later
        keys = session.exec(select(Outbox.key).order_by(col(Outbox.id))).all()
    assert keys == [f"entry/{entry.number}/{n}" for n in range(1, 6)]


def test_nobody_closes_what_they_found_or_rectified(cast: Cast, noon: datetime) -> None:
    rectified(cast, noon + timedelta(days=3))
    now = noon + timedelta(days=4)
    for person in (cast.inspector, cast.unit):
        as_supervisor = Who(person.id, person.name, person.display, Role.SUPERVISOR)
        told = refusal(
            lambda w=as_supervisor: closing.close(
                cast.entry, edition(cast.entry), why="x", who=w, now=now
            )
        )
        assert told.id == "another-person-needed"
    assert the(cast.entry).state == S.TO_CLOSE


def test_whoever_rectified_and_took_it_back_still_does_not_close(
    cast: Cast, noon: datetime
) -> None:
    e, now = cast.entry, noon + timedelta(days=1)
    rectifying.begin(e, edition(e), who=cast.unit, now=now)
    rectifying.report(e, edition(e), "快了", who=cast.unit, now=now)
    undoing.undo(e, edition(e), why="写错了", who=cast.unit, now=now)
    other = rows.a_person(Role.UNIT, "柳副镇长", unit="留山镇人民政府")
    rectifying.report(e, edition(e), "已清除", who=other, now=now)
    prove(cast, now)
    rectifying.apply(e, edition(e), None or clock.local(now).date(), why="x", who=other, now=now)
    turned = Who(cast.unit.id, "x", "x", Role.SUPERVISOR)
    told = refusal(lambda: closing.close(e, edition(e), who=turned, now=now))
    assert told.id == "another-person-needed"


def test_without_evidence_a_close_out_is_refused_with_every_reason(
    cast: Cast, noon: datetime
) -> None:
    far = moved(rows.HERE, east_m=120.0)
    photos = rectified(cast, noon + timedelta(days=3), lon=far.lon, lat=far.lat)
    now = noon + timedelta(days=4)
    with db.writing() as session:
        session.get_one(inspections.photos.Photo, photos[0]).grade = "C"
    told = refusal(
        lambda: closing.close(
            cast.entry, edition(cast.entry), why="看着挺好", who=cast.closer, now=now
        )
    )
    assert told.id == "not-closable"
    assert "现有 1 张" in told.message
    assert f"照片 {photos[0]}：证据来源为 C 级" in told.message
    assert "同一站位" in told.message
    assert the(cast.entry).state == S.TO_CLOSE
    assert len(events_of(cast.entry)) == 4


def test_a_supervisors_word_on_a_weak_photo_lets_the_entry_be_closed(
    cast: Cast, noon: datetime
) -> None:
    photos = rectified(cast, noon + timedelta(days=3), verdict=Verdict.DOUBTFUL)
    now = noon + timedelta(days=4)
    for photo in photos:
        told = refusal(
            lambda: closing.close(cast.entry, edition(cast.entry), who=cast.closer, now=now)
        )
        assert told.id == "not-closable"
        review.decide_photo(photo, Decision.TRUSTED, why="田埂和水塔一致", who=cast.closer, now=now)
    closing.close(cast.entry, edition(cast.entry), who=cast.closer, now=now)
    assert the(cast.entry).state == S.CLOSED


def test_photos_of_an_inspector_who_went_to_look_count_and_may_be_spoken_on_later(
    cast: Cast, noon: datetime
) -> None:
    e, now = cast.entry, noon + timedelta(days=3)
    rectifying.begin(e, edition(e), who=cast.unit, now=now)
    rectifying.report(e, edition(e), "已清除", who=cast.unit, now=now)
    prove(cast, now, 1)
    looker = rows.a_person(Role.INSPECTOR, "苗核查", team="二组")
    task = rows.a_task(cast.parcel, purpose=Purpose.RECTIFIED)
    with clock.frozen(now):
        look = rows.an_inspection(looker, task, state=InspectionState.CONFIRMED)
        weak = rows.a_photo_row(look, Verdict.PASSED, kind="整改后", grade="C")
    rectifying.apply(e, edition(e), clock.local(now).date(), why="x", who=cast.unit, now=now)
    assert refusal(lambda: closing.close(e, edition(e), who=cast.closer, now=now)).id == (
        "not-closable"
    )
    review.decide_photo(weak, Decision.TRUSTED, why="本人现场看过", who=cast.closer, now=now)
    as_supervisor = Who(looker.id, "x", "x", Role.SUPERVISOR)
    told = refusal(lambda: closing.close(e, edition(e), who=as_supervisor, now=now))
    assert told.id == "another-person-needed"
    closing.close(e, edition(e), who=cast.closer, now=now)
    with db.reading() as session:
        seen = whose_visit(session, session.get_one(Inspection, look))
    assert may(cast.unit, Action.SEE_INSPECTION, seen)
    assert not may(cast.stranger, Action.SEE_INSPECTION, seen)


def test_an_application_needs_progress_photos_a_day_and_words(cast: Cast, noon: datetime) -> None:
    e, now = cast.entry, noon + timedelta(days=3)
    today = clock.local(now).date()

    def try_it(done_on: date | None = today, why: str = "已恢复") -> str:
        return refusal(
            lambda: rectifying.apply(e, edition(e), done_on, why=why, who=cast.unit, now=now)
        ).id

    assert try_it() == "wrong-state"
    rectifying.begin(e, edition(e), who=cast.unit, now=now)
    assert try_it() == "entry-incomplete"
    rectifying.report(e, edition(e), "已清除", who=cast.unit, now=now)
    assert try_it() == "entry-incomplete"
    prove(cast, now, 1)
    assert try_it(why="  ") == "reason-needed"
    assert try_it(None) == "step-incomplete"
    assert try_it(today + timedelta(days=1)) == "bad-input"
    assert try_it(date(2026, 4, 14)) == "bad-input"
    rectifying.apply(e, edition(e), today, why="已恢复", who=cast.unit, now=now)


def test_what_was_sent_back_is_proved_anew_and_closed(cast: Cast, noon: datetime) -> None:
    e, now = cast.entry, noon + timedelta(days=3)
    rectified(cast, now, count=1)
    closing.send_back(e, edition(e), why="只拍了一角，请补拍全景。", who=cast.closer, now=now)
    assert (the(e).state, the(e).returned_why) == (S.RETURNED, "只拍了一角，请补拍全景。")
    assert refusal(lambda: rectifying.open_proof(e, who=cast.unit, now=now)).id == "wrong-state"
    rectifying.go_on(e, edition(e), who=cast.unit, now=now)
    prove(cast, now + timedelta(days=1), 1)
    with db.reading() as session:  # the same visit goes on
        assert len(session.exec(select(Task).where(Task.purpose == Purpose.PROOF)).all()) == 1
    day = clock.local(now).date()
    rectifying.apply(e, edition(e), day, why="已补拍", who=cast.unit, now=now)
    assert the(e).returned_why == ""
    closing.close(e, edition(e), who=cast.closer, now=now + timedelta(days=1))
    assert the(e).state == S.CLOSED


def test_a_second_look_reopens_and_old_photos_close_nothing(cast: Cast, noon: datetime) -> None:
    e, now = cast.entry, noon + timedelta(days=3)
    rectified(cast, now)
    closing.close(e, edition(e), who=cast.closer, now=now)
    told = refusal(
        lambda: closing.looked_again(e, edition(e), why="没变", who=cast.closer, now=now)
    )
    assert told.id == "another-person-needed"
    closing.looked_again(e, edition(e), why="已种上小麦", who=cast.finder, now=now)
    assert the(e).second_look == "2026-04-18 通过：已种上小麦"
    again = now + timedelta(days=30)
    due = clock.local(again).date() + timedelta(days=20)
    for call in (
        lambda: closing.reopen(e, edition(e), None, why="又栽了树", who=cast.office, now=again),
        lambda: closing.reopen(e, edition(e), due, why=" ", who=cast.office, now=again),
        lambda: closing.reopen(
            e, edition(e), date(2026, 4, 1), why="又栽了树", who=cast.office, now=again
        ),
    ):
        assert refusal(call).id in {"step-incomplete", "reason-needed", "bad-input"}
    closing.reopen(e, edition(e), due, why="又栽了树", who=cast.office, now=again)
    entry = the(e)
    assert (entry.state, entry.due_on, entry.closed_on) == (S.RECTIFYING, due, None)
    assert entry.evidence_after == again
    # A new visit; what was shot before the reopening is told as too old where it is sent again.
    prove(cast, again + timedelta(hours=1), taken_at=now)
    day = clock.local(again).date()
    rectifying.apply(e, edition(e), day, why="x", who=cast.unit, now=again + timedelta(hours=2))
    told = refusal(lambda: closing.close(e, edition(e), who=cast.closer, now=again))
    assert "不晚于发现问题的时间" in told.message
    with db.reading() as session:
        assert len(session.exec(select(Task).where(Task.purpose == Purpose.PROOF)).all()) == 2
        assert len(evidence.after_photos(session, session.get_one(Entry, e))) == 2


def test_carrying_keeps_reason_day_and_approval_and_moves_the_deadline(
    cast: Cast, noon: datetime
) -> None:
    e = cast.entry
    until, before = date(2027, 6, 30), the(e).due_on
    give = {"why": "须等秋收后才能平整", "who": cast.office, "now": noon}
    for day, approver, why in (
        (None, "县长办公会〔2026〕3号", "雨季"),
        (until, " ", "雨季"),
        (until, "县长办公会〔2026〕3号", ""),
        (date(2026, 4, 20), "县长办公会〔2026〕3号", "雨季"),
    ):
        told = refusal(
            lambda d=day, a=approver, w=why: carrying.carry(
                e, edition(e), d, a, **(give | {"why": w})
            )
        )
        assert told.id in {"step-incomplete", "reason-needed", "bad-input"}
    carrying.carry(e, edition(e), until, "县长办公会〔2026〕3号", **give)
    entry = the(e)
    assert (entry.carried, entry.carried_until, entry.due_on) == (give["why"], until, until)
    assert entry.state == S.TO_RECTIFY
    assert (
        refusal(lambda: carrying.carry(e, edition(e), date(2028, 1, 1), "x", **give)).id
        == "entry-incomplete"
    )
    assert refusal(lambda: carrying.uncarry(e, edition(e), None, **give)).id == "step-incomplete"
    carrying.uncarry(e, edition(e), before, why="已秋收", who=cast.office, now=noon)
    assert (the(e).carried, the(e).carried_until, the(e).due_on) == ("", None, before)
    kept = [event.old.get("carried") for event in events_of(e)]
    assert kept[-1] == give["why"]


def test_a_hand_over_keeps_organ_number_nature_and_answer(cast: Cast, noon: datetime) -> None:
    e = cast.entry
    handed = Handed("县纪委监委", "召整治移〔2026〕1号", date(2026, 4, 15), "涉嫌虚假验收")

    def go(given: Handed = handed) -> int:
        return handing_over.hand_over(e, edition(e), given, who=cast.office, now=noon)

    assert refusal(go).id == "entry-incomplete"  # nobody has said its nature
    clues.classify(
        e, edition(e), Nature.DISCIPLINE, why="验收人员明知不实", who=cast.finder, now=noon
    )
    for lacking in (
        Handed("", "1号", date(2026, 4, 15), "x"),
        Handed("县公安局", "", date(2026, 4, 15), "x"),
        Handed("县公安局", "1号", date(2026, 4, 15), ""),
        Handed("县公安局", "1号", date(2026, 4, 16), "x"),
    ):
        assert refusal(lambda h=lacking: go(h)).id in {
            "step-incomplete", "bad-input", "reason-needed",
        }  # fmt: skip
    go()
    go(Handed("县公安局", "召整治移〔2026〕2号", date(2026, 4, 15), "毁坏耕地"))
    assert the(e).handed_to == "县纪委监委（召整治移〔2026〕1号）；县公安局（召整治移〔2026〕2号）"
    with db.reading() as session:
        first, second = handing_over.standing(session, e)
    assert (first.nature, first.clue) == ("涉嫌违纪", "涉嫌虚假验收")
    handing_over.feedback(
        e, edition(e), first.id or 0, "已立案审查", date(2026, 4, 15), who=cast.office, now=noon
    )
    undoing.undo(e, edition(e), why="记到别处了", who=cast.office, now=noon)
    handing_over.feedback(
        e, edition(e), second.id or 0, "不予立案", date(2026, 4, 15), who=cast.office, now=noon
    )
    with db.reading() as session:
        answers = [h.feedback for h in session.exec(select(HandOver).order_by(col(HandOver.id)))]
    assert answers == ["", "不予立案"]
    told = refusal(
        lambda: handing_over.feedback(
            e, edition(e), 987654, "x", date(2026, 4, 15), who=cast.office, now=noon
        )
    )
    assert told.id == "not-found"


def test_a_hand_over_that_was_undone_is_marked_and_counts_no_more(
    cast: Cast, noon: datetime
) -> None:
    e = cast.entry
    clues.classify(e, edition(e), Nature.CRIME, why="x", who=cast.finder, now=noon)
    handed = Handed("县公安局", "1号", date(2026, 4, 15), "毁坏耕地")
    handing_over.hand_over(e, edition(e), handed, who=cast.office, now=noon)
    undoing.undo(e, edition(e), why="文号有误", who=cast.office, now=noon)
    assert the(e).handed_to == ""
    with db.reading() as session:
        (row,) = session.exec(select(HandOver)).all()
    assert row.withdrawn_at == noon


def test_the_nature_is_said_by_a_person_with_a_reason_and_by_nobody_else(
    cast: Cast, noon: datetime
) -> None:
    e = cast.entry
    assert the(e).nature == ""
    for call in (
        lambda: clues.classify(e, edition(e), Nature.BREACH, why="", who=cast.finder, now=noon),
        lambda: clues.classify(e, edition(e), "很坏", why="x", who=cast.finder, now=noon),  # type: ignore[arg-type]
        lambda: clues.classify(e, edition(e), Nature.BREACH, why="x", who=cast.unit, now=noon),
    ):
        assert refusal(call).id in {"reason-needed", "bad-input", "not-allowed"}
    clues.classify(e, edition(e), Nature.BREACH, why="未批先建", who=cast.finder, now=noon)
    event = events_of(e)[-1]
    assert (event.old, event.new, event.why) == ({"nature": ""}, {"nature": "违规"}, "未批先建")
    clues.mark_new(e, edition(e), True, why="四月新栽", who=cast.office, now=noon)
    assert the(e).arose_during


@pytest.mark.parametrize("true", [True, False])
def test_a_registered_clue_is_verified_by_another_person(
    true: bool, cast: Cast, noon: datetime
) -> None:
    clue = Registered(
        3, "3-6", Source.REPORT, date(2026, 4, 10), "举报称地块撂荒两年。",
        township_code=rows.LIUSHAN,
    )  # fmt: skip
    e = entries.register(clue, who=cast.finder, now=noon)
    entry = the(e)
    assert (entry.state, entry.source, entry.verified_at) == (S.TO_VERIFY, "群众举报", None)
    assert entry.number == "411321-3-2026-0001"
    told = refusal(lambda: clues.verify(e, 1, why="去看过", who=cast.finder, now=noon))
    assert told.id == "another-person-needed"
    if not true:
        clues.refute(e, 1, why="地里种着花生", who=cast.closer, now=noon)
        assert the(e).state == S.RETURNED
        # Not verified, so it is not rectified; with something new it is looked at again.
        told = refusal(lambda: rectifying.go_on(e, 2, who=cast.office, now=noon))
        assert told.id == "entry-incomplete"
        clues.recheck(e, 2, why="补充了位置", who=cast.office, now=noon)
        assert the(e).state == S.TO_VERIFY
        return
    told = refusal(lambda: clues.verify(e, 1, why="去看过", who=cast.closer, now=noon))
    assert "地块" in told.message
    with db.reading() as session:
        number = session.get_one(rows.Parcel, cast.parcel).number
    for wrong in ("没有这块地",):
        assert (
            refusal(
                lambda w=wrong: entries.change(
                    e, 1, {"parcel": w}, why="x", who=cast.office, now=noon
                )
            ).id
            == "bad-input"
        )
    entries.change(e, 1, {"parcel": number}, why="查到地块", who=cast.office, now=noon)
    told = refusal(
        lambda: entries.change(e, 2, {"parcel": number}, why="x", who=cast.office, now=noon)
    )
    assert told.id == "bad-input"
    clues.verify(e, 2, why="去看过", who=cast.closer, now=noon)
    assert (the(e).state, the(e).parcel_id) == (S.TO_RECTIFY, cast.parcel)
    assert refusal(lambda: rectifying.begin(e, 3, who=cast.office, now=noon)).id == (
        "entry-incomplete"
    )


def test_a_clue_about_money_closes_on_papers_that_the_closer_names(
    cast: Cast, noon: datetime
) -> None:
    unit = rows.units_of_the_plan()["留山镇人民政府"]
    clue = Registered(
        6, "6-5", Source.AUDIT, date(2026, 4, 1), "耕地开垦费未专款专用。",
        measure="追回挪用资金", due_on=date(2026, 5, 30), unit_ids=(unit,),
    )  # fmt: skip
    e = entries.register(clue, who=cast.office, now=noon)
    clues.verify(e, 1, why="审计报告附表", who=cast.finder, now=noon)
    rectifying.begin(e, 2, who=cast.unit, now=noon)
    rectifying.report(e, 3, "已追回 12 万元", who=cast.unit, now=noon)
    rectifying.apply(e, 4, date(2026, 4, 15), why="已全部追回", who=cast.unit, now=noon)
    told = refusal(lambda: closing.close(e, 5, who=cast.closer, now=noon))
    assert told.id == "not-closable"
    closing.close(e, 5, why="缴款书 3 份、国库收入凭证", who=cast.closer, now=noon)
    assert (the(e).state, the(e).closed_why) == (S.CLOSED, "缴款书 3 份、国库收入凭证")


# --- whose it is -------------------------------------------------------------------------------


def test_another_unit_neither_reports_nor_proves_nor_applies(cast: Cast, noon: datetime) -> None:
    e = cast.entry
    rectifying.begin(e, edition(e), who=cast.unit, now=noon)
    day = clock.local(noon).date()
    for call in (
        lambda: rectifying.report(e, edition(e), "x", who=cast.stranger, now=noon),
        lambda: rectifying.open_proof(e, who=cast.stranger, now=noon),
        lambda: rectifying.apply(e, edition(e), day, why="x", who=cast.stranger, now=noon),
        lambda: undoing.undo(e, edition(e), why="x", who=cast.stranger, now=noon),
    ):
        assert refusal(call).id == "not-yours"


def test_what_a_unit_proves_is_no_task_of_a_team_and_no_case_of_the_queue(
    cast: Cast, noon: datetime
) -> None:
    rectified(cast, noon)
    with db.reading() as session:
        proof = session.exec(select(Inspection).where(Inspection.person_id == cast.unit.id)).one()
    assert proof.state == InspectionState.SUBMITTED
    waiting, _ = review.queue(cast.closer, review.QueueFilter(InspectionState.SUBMITTED))
    assert proof.id not in [row.inspection_id for row in waiting]
    listed, _ = tasks.listing(cast.office, Wanted(finished=True))
    assert Purpose.PROOF not in {row.purpose for row in listed}
    for decide in (review.confirm, review.reject, review.send_back):
        told = refusal(
            lambda d=decide: d(
                proof.id,
                proof.edition,
                *([{}] if d is review.send_back else []),
                why="x",
                who=cast.closer,
                now=noon,
            )
        )
        assert told.id == "bad-input"
    told = refusal(
        lambda: tasks.plan(
            [cast.parcel],
            team_id=1,
            purpose=Purpose.PROOF,
            opens_at=noon,
            closes_at=noon + timedelta(days=1),
            who=cast.office,
            now=noon,
        )
    )
    assert told.id == "bad-input"


def test_two_units_prove_in_visits_of_their_own_and_the_team_may_go_too(
    cast: Cast, noon: datetime
) -> None:
    e = cast.entry
    rectifying.begin(e, edition(e), who=cast.unit, now=noon)
    bureau = rows.a_person(Role.UNIT, "林局长", unit="自然资源局")
    mine, theirs = (rectifying.open_proof(e, who=w, now=noon) for w in (cast.unit, bureau))
    assert mine != theirs
    assert rectifying.open_proof(e, who=cast.unit, now=noon) == mine
    rows.a_task(cast.parcel, purpose=Purpose.RECTIFIED)


def test_once_applied_for_nothing_is_added_to_the_proof(cast: Cast, noon: datetime) -> None:
    (photo, _) = rectified(cast, noon)
    told = refusal(lambda: inspections.remove_photo(photo, cast.unit, now=noon))
    assert told.id == "not-open"
    assert refusal(lambda: rectifying.open_proof(cast.entry, who=cast.unit, now=noon)).id == (
        "wrong-state"
    )


# --- undoing -----------------------------------------------------------------------------------


def test_each_step_taken_back_leaves_the_entry_as_it_was(cast: Cast, noon: datetime) -> None:
    e = cast.entry
    day = clock.local(noon).date()
    units = rows.units_of_the_plan()
    wishes = {
        "measure": "改为复耕", "due_on": date(2026, 7, 1), "units": [units["留山镇人民政府"]],
        "extra": {"重叠项目编号": "7"},
    }  # fmt: skip
    later = date(2027, 1, 1)
    steps: list[tuple[Who, Callable[[int], object]]] = [
        (cast.office, lambda n: entries.change(e, n, wishes, why="x", who=cast.office, now=noon)),
        (cast.finder, lambda n: clues.classify(e, n, Nature.BREACH, why="x", who=cast.finder, now=noon)),
        (cast.office, lambda n: clues.mark_new(e, n, True, why="x", who=cast.office, now=noon)),
        (cast.office, lambda n: carrying.carry(e, n, later, "x", why="x", who=cast.office, now=noon)),
        (cast.office, lambda n: carrying.uncarry(e, n, later, why="x", who=cast.office, now=noon)),
        (cast.unit, lambda n: rectifying.begin(e, n, who=cast.unit, now=noon)),
        (cast.unit, lambda n: rectifying.report(e, n, "x", who=cast.unit, now=noon)),
        (cast.unit, lambda n: rectifying.apply(e, n, day, why="x", who=cast.unit, now=noon)),
        (cast.closer, lambda n: closing.send_back(e, n, why="x", who=cast.closer, now=noon)),
        (cast.unit, lambda n: rectifying.go_on(e, n, who=cast.unit, now=noon)),
        (cast.unit, lambda n: rectifying.apply(e, n, day, why="y", who=cast.unit, now=noon)),
        (cast.closer, lambda n: closing.close(e, n, who=cast.closer, now=noon)),
        (cast.finder, lambda n: closing.looked_again(e, n, why="x", who=cast.finder, now=noon)),
        (cast.finder, lambda n: closing.reopen(e, n, later, why="x", who=cast.finder, now=noon)),
    ]  # fmt: skip
    for number, (person, step) in enumerate(steps):
        if number == 7:
            prove(cast, noon + timedelta(seconds=1))
        before = the(e)
        step(before.edition)
        undoing.undo(e, edition(e), why="点错了", who=person, now=noon)
        back = the(e)
        assert back.model_dump(exclude={"edition", "state_since"}) == before.model_dump(
            exclude={"edition", "state_since"}
        )
        assert (
            refusal(lambda p=person: undoing.undo(e, edition(e), why="x", who=p, now=noon)).id
            == "nothing-to-undo"
        )
        event = events_of(e)[-1]
        assert (event.action, event.why) == ("撤销上一步", "点错了")
        step(edition(e))
    assert the(e).state == S.RECTIFYING


def test_after_an_undone_close_out_the_proof_waits_again(cast: Cast, noon: datetime) -> None:
    e = cast.entry
    rectified(cast, noon)
    closing.close(e, edition(e), who=cast.closer, now=noon)
    undoing.undo(e, edition(e), why="点错了", who=cast.closer, now=noon)
    with db.reading() as session:
        proof = session.exec(select(Inspection).where(Inspection.person_id == cast.unit.id)).one()
        assert proof.state == InspectionState.SUBMITTED
        assert session.get_one(Task, proof.task_id).done_at is None
    closing.close(e, edition(e), who=cast.closer, now=noon)


def test_an_undone_report_stays_in_the_book_and_the_one_before_counts(
    cast: Cast, noon: datetime
) -> None:
    e = cast.entry
    rectifying.begin(e, edition(e), who=cast.unit, now=noon)
    rectifying.report(e, edition(e), "第一次", who=cast.unit, now=noon)
    rectifying.report(e, edition(e), "写错了", who=cast.unit, now=noon)
    assert (
        refusal(lambda: undoing.undo(e, edition(e), why=" ", who=cast.unit, now=noon)).id
        == "reason-needed"
    )
    undoing.undo(e, edition(e), why="写错了", who=cast.unit, now=noon)
    assert the(e).progress == "第一次"
    with db.reading() as session:
        kept = session.exec(select(EntryProgress).order_by(col(EntryProgress.id))).all()
    assert [(row.text, row.withdrawn_at) for row in kept] == [("第一次", None), ("写错了", noon)]


def test_two_supervisors_at_once_close_an_entry_once(cast: Cast, noon: datetime) -> None:
    e = cast.entry
    rectified(cast, noon)
    seen = edition(e)
    closing.close(e, seen, who=cast.closer, now=noon)
    told = refusal(lambda: closing.close(e, seen, who=cast.finder, now=noon))
    assert told.id in {"wrong-state", "changed-meanwhile"}
    told = refusal(lambda: closing.send_back(e, seen, why="x", who=cast.finder, now=noon))
    assert told.id in {"wrong-state", "changed-meanwhile"}

"""Answers that were filled with no signal: into the draft, and submitted when the photos are there."""

import random
import uuid
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from field_app import inspections
from field_app.captures import intake
from field_app.db import reading
from models.tables import Capture, Inspection
from models.vocabulary import InspectionState
from tests import rows
from tests.captures.conftest import ANSWERS, Out, photos_of
from tests.soak import examples


def state_of(inspection: int | None) -> str:
    with reading() as session:
        return session.get_one(Inspection, inspection).state


def test_a_visit_made_without_signal_is_submitted_when_all_its_photos_are_in(out: Out) -> None:
    shots, hand_in = out.whole_visit()
    first = out.send(hand_in)
    assert (first.state, first.why) == ("waiting-photos", "还差 4 张照片没有送到")
    assert out.view(first.inspection or 0).answers == ANSWERS  # they are there already
    for record, data in shots:
        assert out.receipt(hand_in).state == "waiting-photos"
        out.send(record)
        out.send_bytes(data, record["uuid"])
    done = out.receipt(hand_in)
    assert (done.state, done.why) == ("submitted", "")
    view = out.view(done.inspection or 0)
    assert view.state == InspectionState.SUBMITTED
    assert {p.grade for p in view.photos} == {"A"}


def test_a_hand_in_that_asks_for_no_submit_fills_the_draft(out: Out) -> None:
    receipt = out.send(out.handed_in(answers={"land_class": "0301"}, submit=False))
    assert receipt.state == "complete"
    assert out.view(receipt.inspection or 0).answers == {"land_class": "0301"}
    assert state_of(receipt.inspection) == InspectionState.DRAFT


def test_what_is_missing_is_said_and_the_draft_is_there_to_be_completed(out: Out) -> None:
    receipt = out.send(out.handed_in())
    assert (receipt.state, receipt.hold) == ("held", "incomplete")
    assert "还差 1 张全景照片" in receipt.why
    assert out.view(receipt.inspection or 0).answers == ANSWERS


def test_a_photo_that_was_not_named_completes_what_was_incomplete(out: Out) -> None:
    shots, hand_in = out.whole_visit()
    hand_in["photos"] = []
    assert out.send(hand_in).hold == "incomplete"
    for record, data in shots:
        out.send(record)
        out.send_bytes(data)
    assert out.receipt(hand_in).state == "submitted"


def test_the_sweep_does_not_submit_a_draft_while_it_is_mended(out: Out, noon: datetime) -> None:
    hand_in = out.handed_in()
    receipt = out.send(hand_in)
    visit = receipt.inspection or 0
    for n, kind in enumerate(("全景", "近景", "利用特征", "利用特征")):
        data = out.photo(seed=60 + n)
        inspections.attach_photo(
            data, sha256=rows.sha256(data).hexdigest(), inspection_id=visit, kind=kind,
            capture={}, who=out.who, now=noon,
        )  # fmt: skip
    later = noon + timedelta(hours=1)
    intake.sweep(now=later)
    assert state_of(visit) == InspectionState.DRAFT
    inspections.submit(visit, out.view(visit).edition, out.who, now=later)
    intake.sweep(now=later + timedelta(hours=1))
    assert out.receipt(hand_in).state == "submitted"


def test_the_newest_hand_in_counts_whatever_the_order(out: Out, noon: datetime) -> None:
    old = out.handed_in(answers={"land_class": "0305", "has_problem": "是"}, submit=False,
                        at=noon - timedelta(minutes=9))  # fmt: skip
    new = out.handed_in(answers={"land_class": "0301"}, submit=False)
    for order in ((old, new, old), (new, old, new)):
        out.visit = out.visit[:-1] + str(int(out.visit[-1]) + 1)
        out.task = rows.a_task(rows.a_parcel_row(rows.geo.moved(rows.HERE, north_m=900.0)))
        sent = {
            id(r): r | {"visit": out.visit, "task": out.task, "uuid": str(uuid.uuid4())}
            for r in order
        }
        for record in order:
            receipt = out.send(sent[id(record)])
        assert out.view(receipt.inspection or 0).answers == {"land_class": "0301"}
        assert out.receipt(sent[id(new)]).state == "complete"
        assert "较新" in out.receipt(sent[id(old)]).why or order[0] is old


def test_a_field_that_another_device_changed_is_not_overwritten(out: Out, noon: datetime) -> None:
    visit = inspections.open_visit(out.task, out.who, now=noon)
    inspections.save(visit, {"land_class": "0305"}, out.who, seen={}, now=noon)
    receipt = out.send(out.handed_in())
    assert (receipt.state, receipt.hold) == ("held", "changed-meanwhile")
    assert "另一台设备" in receipt.why
    assert out.view(visit).answers == {"land_class": "0305"}


def test_other_fields_that_another_device_filled_stay(out: Out, noon: datetime) -> None:
    visit = inspections.open_visit(out.task, out.who, now=noon)
    inspections.save(visit, {"as_registered": "是"}, out.who, seen={}, now=noon)
    out.send(out.handed_in(answers={"land_class": "0301"}, submit=False))
    assert out.view(visit).answers == {"as_registered": "是", "land_class": "0301"}


def test_what_the_phone_saw_and_cleared_is_cleared(out: Out, noon: datetime) -> None:
    visit = inspections.open_visit(out.task, out.who, now=noon)
    inspections.save(visit, ANSWERS, out.who, seen={}, now=noon)
    left = {"land_class": "0301"}
    out.send(out.handed_in(answers=left, seen=ANSWERS, submit=False))
    assert out.view(visit).answers == left


def test_answers_of_the_chat_are_confirmed_on_the_phone(out: Out, noon: datetime) -> None:
    visit = inspections.open_visit(out.task, out.who, now=noon)
    marks = {n: {"by": "对话", "words": "", "confirmed": False} for n in ANSWERS}
    inspections.save(visit, ANSWERS, out.who, seen={}, now=noon, marks=marks)
    confirmed = {"land_class": {"confirmed": True}, "has_problem": {"confirmed": "yes"}}
    out.send(out.handed_in(seen=ANSWERS, marks=confirmed, submit=False))
    assert out.view(visit).unconfirmed == ["as_registered", "has_problem"]


@pytest.mark.parametrize(
    "answers",
    [{"colour": "red"}, {"land_class": {"a": 1}}, {"area_mu": "many"}, {"has_problem": [[]]}],
)
def test_answers_that_make_no_sense_are_held_and_never_crash(
    answers: dict[str, Any], out: Out
) -> None:
    receipt = out.send(out.handed_in(answers=ANSWERS | answers))
    assert receipt.state == "held"
    assert receipt.why


def test_a_repeat_after_the_visit_was_sent_back_does_not_submit_it_again(
    out: Out, noon: datetime
) -> None:
    shots, hand_in = out.whole_visit()
    for record, data in shots:
        out.send(record)
        out.send_bytes(data)
    envelope = out.phone.envelope(hand_in, sent_at=noon)
    sent = intake.Envelope(**envelope)
    receipt, _ = intake.receive(hand_in["uuid"], sent, out.who, now=noon)
    assert receipt.state == "submitted"
    with intake.writing() as session:
        session.get_one(Inspection, receipt.inspection).state = InspectionState.RETURNED
    again, first = intake.receive(hand_in["uuid"], sent, out.who, now=noon)
    assert (again.state, first) == ("submitted", False)
    assert state_of(receipt.inspection) == InspectionState.RETURNED


@settings(
    max_examples=examples(8),
    deadline=None,
    phases=[Phase.generate],  # a shorter seed explains nothing
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_any_order_and_any_repetition_leads_to_the_same_visit(seed: int, out: Out) -> None:
    chance = random.Random(seed)
    n = next(_serial)
    out.task = rows.a_task()
    out.visit = str(uuid.uuid4())
    out.fill_up(4)
    shots, hand_in = out.whole_visit(seed=10 * n)
    sent = {
        r["uuid"]: out.phone.envelope(r, sent_at=out.now) for r in (*(s[0] for s in shots), hand_in)
    }
    acts: list[tuple[str, Any]] = [("record", r) for r in (*(s[0] for s in shots), hand_in)]
    acts += [("photo", (r, d)) for r, d in shots]
    acts += [chance.choice(acts) for _ in range(chance.randint(0, 6))]
    chance.shuffle(acts)
    for kind, what in acts:
        if kind == "record":
            envelope = intake.Envelope(**sent[what["uuid"]])
            intake.receive(what["uuid"], envelope, out.who, now=out.now)
        else:
            record, data = what
            out.send_bytes(data, chance.choice((record["uuid"], "")))
    done = out.receipt(hand_in)
    assert done.state == "submitted", done.why
    photos = photos_of(done.inspection or 0)
    assert sorted(p.sha256 for p in photos) == sorted(r["sha256"] for r, _ in shots)
    assert {p.grade for p in photos} == {"A"}
    receipts = [out.receipt(r) for r, _ in shots]
    assert {r.state for r in receipts} == {"complete"}
    assert all(r.photo_held for r in receipts)
    with reading() as session:
        assert session.get_one(Inspection, done.inspection).answers == ANSWERS
        kept = session.exec(intake.select(Capture).where(Capture.visit == out.visit)).all()
    assert len(kept) == 5


_serial = count(100)

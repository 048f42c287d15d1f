"""N taken, N held: what arrives is kept, whatever is wrong with it, and goes where it belongs."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from field_app import inspections
from field_app.captures import codes, devices, held, intake
from field_app.captures.keeping import Envelope
from field_app.db import reading, writing
from field_app.problems import Problem
from models.tables import Photo
from models.vocabulary import Role
from tests import rows
from tests.captures.conftest import Out, kept, photos_of
from tests.phone import Phone


def test_a_live_shot_with_track_code_and_signature_is_grade_a(out: Out) -> None:
    data = out.photo(size=(1280, 960))
    record = out.shot(data)
    waiting = out.send(record)
    assert (waiting.state, waiting.photo_held, waiting.photo_id) == ("waiting-photo", False, None)
    (done,) = out.send_bytes(data, record["uuid"])
    assert done.state == "complete"
    assert done.photo_held
    assert (done.grade, done.grade_reasons) == ("A", ())
    assert done.verdict == "核验通过"
    (photo,) = photos_of(done.inspection or 0)
    assert photo.claim["capture"] == record["uuid"]
    assert out.receipt(record) == done


def test_a_photo_that_comes_before_its_record_is_found_by_it(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    assert out.send_bytes(data) == []
    done = out.send(record)
    assert (done.state, done.grade, done.photo_held) == ("complete", "A", True)


def test_a_photo_that_another_sent_is_not_had_by_knowing_its_hash(out: Out) -> None:
    data = out.photo()
    colleague = rows.a_person(Role.INSPECTOR, team="二组")
    out.send_bytes(data, who=colleague)
    receipt = out.send(out.shot(data))
    assert (receipt.state, receipt.photo_held) == ("waiting-photo", False)
    (done,) = out.send_bytes(data)
    assert done.state == "complete"


def test_sent_twice_is_held_once(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    envelope = Envelope(**out.phone.envelope(record, sent_at=out.now))
    first = intake.receive(record["uuid"], envelope, out.who, now=out.now)
    assert first[1] is True
    out.send_bytes(data, record["uuid"])
    again = intake.receive(record["uuid"], envelope, out.who, now=out.now)
    assert again[1] is False
    out.send_bytes(data, record["uuid"])
    out.send_bytes(data)
    assert len(photos_of(again[0].inspection or 0)) == 1
    assert again[0].grade == "A"  # the code is not used up by the repeat


@pytest.mark.parametrize("what", ["record", "signature"])
def test_another_record_under_the_same_uuid_is_a_conflict_and_the_first_stays(
    what: str, out: Out
) -> None:
    record = out.shot(out.photo())
    before = out.send(record)
    other = record | {"note": "改过"}
    sent = out.phone.envelope(other)
    if what == "signature":
        sent = out.phone.envelope(record, signature=out.phone.sign("other"))
    with pytest.raises(Problem) as refused:
        intake.receive(record["uuid"], Envelope(**sent | {"sent_at": None}), out.who, now=out.now)
    assert refused.value.id == "capture-differs"
    assert out.receipt(record) == before


def test_a_colleague_cannot_take_a_uuid_before_its_owner(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    thief = rows.a_person(Role.INSPECTOR, team="二组")
    stolen = out.send(record, who=thief)
    assert (stolen.state, stolen.hold) == ("held", "other-owner")
    out.send(record)
    (done,) = out.send_bytes(data)
    assert (done.state, done.grade_reasons) == ("complete", ())
    with pytest.raises(Problem):
        intake.receipt(record["uuid"], rows.a_person(Role.INSPECTOR))


def graded(out: Out, record: dict[str, Any], data: bytes, **changed: Any) -> tuple[str, set[str]]:
    out.send(record, **changed)
    (done,) = out.send_bytes(data, record["uuid"])
    assert done.state == "complete"
    return done.grade, set(done.grade_reasons)


def test_a_tampered_record_is_kept_and_its_words_count_for_nothing(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    signed = out.phone.envelope(record)["signature"]
    record["position"] = record["position"] | {"lon": 112.5}
    assert graded(out, record, data, signature=signed) == ("C", {"signature-bad"})


@pytest.mark.parametrize("signature", ["", "%%%", "AAAA", "签名", "A" * 86, "A" * 5000])
def test_whatever_stands_for_a_signature_is_kept(signature: str, out: Out) -> None:
    data = out.photo()
    grade, reasons = graded(out, out.shot(data), data, signature=signature)
    assert grade == ("C" if signature else "B")
    assert reasons == {"signature-bad" if signature else "not-signed"}


def test_without_webcrypto_a_record_comes_unsigned_and_is_kept(out: Out) -> None:
    data = out.photo()
    record = out.shot(data) | {"key_id": ""}
    assert graded(out, record, data, signature="", key_id="") == ("B", {"not-signed"})


def test_a_phone_that_nobody_registered_counts_as_unsigned_until_it_is(out: Out) -> None:
    data = out.photo()
    out.phone = Phone(out.who.name)
    record = out.shot(data)
    out.send(record)
    assert kept(record["uuid"]).signature_state == "unknown-key"
    devices.register(out.phone.public_key, "", out.who, now=out.now)
    (done,) = out.send_bytes(data)
    assert kept(record["uuid"]).signature_state == "good"
    # Its code another phone had fetched: nobody had registered this one.
    assert (done.grade, done.grade_reasons) == ("B", ("code-of-other-device",))


def test_a_phone_that_was_revoked_before_the_record_came_vouches_for_nothing(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    devices.revoke(out.phone.key_id, out.who, now=out.now)
    assert graded(out, record, data) == ("C", {"key-revoked"})


def test_a_phone_that_is_revoked_later_leaves_what_it_sent_as_it_was(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    out.send(record)
    devices.revoke(out.phone.key_id, out.who, now=out.now)
    (done,) = out.send_bytes(data)
    assert done.grade == "A"


def test_a_colleagues_phone_does_not_sign_for_me(out: Out) -> None:
    data = out.photo()
    colleague = rows.a_person(Role.INSPECTOR, team="二组")
    theirs = Phone(colleague.name)
    devices.register(theirs.public_key, "", colleague, now=out.now)
    out.phone = Phone(out.who.name, key=theirs.key)
    assert graded(out, out.shot(data), data) == ("C", {"key-of-another"})


def test_a_code_counts_once(out: Out) -> None:
    code = out.codes[0]
    one, two = out.photo(1), out.photo(2)
    assert graded(out, out.shot(one, code=code), one) == ("A", set())
    assert graded(out, out.shot(two, code=code), two) == ("B", {"code-used"})


def test_a_code_of_a_colleague_or_of_nobody_is_none_of_mine(out: Out) -> None:
    colleague = rows.a_person(Role.INSPECTOR, team="二组")
    theirs = Phone(colleague.name)
    devices.register(theirs.public_key, "", colleague, now=out.now)
    (given,) = codes.issue(theirs.key_id, offline=1, online=0, who=colleague, now=out.now)
    one, two, three = out.photo(1), out.photo(2), out.photo(3)
    assert graded(out, out.shot(one, code=given.code), one)[1] == {"code-of-another"}
    assert graded(out, out.shot(two, code="a" * 26), two)[1] == {"code-unknown"}
    out.codes.clear()
    assert graded(out, out.shot(three), three)[1] == {"no-code"}
    # The colleague's own shot still finds it unused.
    assert codes_state(given.code, colleague.id, theirs.key_id, out) == "good"


def codes_state(code: str, person: int, key_id: str, out: Out) -> str:
    with writing() as session:
        return codes.answer(
            session,
            code,
            person_id=person,
            key_id=key_id,
            capture="x" * 36,
            made_at=None,
            now=out.now,
        ).state


def test_a_code_counts_on_the_phone_that_fetched_it(out: Out) -> None:
    other = Phone(out.who.name)
    devices.register(other.public_key, "旧手机", out.who, now=out.now)
    (given,) = codes.issue(other.key_id, offline=1, online=0, who=out.who, now=out.now)
    one, two = out.photo(seed=1), out.photo(seed=2)
    borrowed = out.shot(one, code=given.code)
    assert graded(out, borrowed, one) == ("B", {"code-of-other-device"})
    assert kept(borrowed["uuid"]).code_state == "other-device"
    assert graded(out, out.shot(two), two) == ("A", set())


def test_a_code_is_not_expired_for_days_without_signal(out: Out, noon: datetime) -> None:
    """Made in time by its own word, delivered four days later."""
    data = out.photo()
    record = out.shot(data)
    out.now = noon + timedelta(days=4)
    out.send(record)
    assert kept(record["uuid"]).code_state == "good"
    late = out.shot(out.photo(2), at=noon + timedelta(days=3, hours=23))
    out.send(late)
    assert kept(late["uuid"]).code_state == "expired"


def test_a_phone_whose_clock_is_a_day_ahead_has_no_expired_code_where_it_was_measured(
    out: Out, noon: datetime
) -> None:
    out.phone.clock_off = timedelta(days=4)
    record = out.shot(out.photo(), at=noon + timedelta(hours=1))
    out.now = noon + timedelta(days=4)
    out.send(record)
    assert kept(record["uuid"]).code_state == "good"


def test_other_bytes_than_recorded_are_kept_and_graded_down_and_the_right_ones_win(
    out: Out,
) -> None:
    right, wrong = out.photo(1), out.photo(2)
    record = out.shot(right)
    assert out.send_bytes(wrong, record["uuid"]) == []
    first = out.send(record)
    assert first.state == "complete"
    assert (first.grade, first.photo_held) == ("C", False)
    assert set(first.grade_reasons) == {"bytes-differ"}
    (done,) = out.send_bytes(right)
    assert (done.grade, done.photo_held) == ("A", True)
    assert [p.sha256 for p in photos_of(done.inspection or 0)] == [record["sha256"]]
    with reading() as session:
        removed = session.get_one(Photo, first.photo_id)
    assert removed.removed_at is not None


def test_the_right_bytes_first_and_others_after_changes_nothing(out: Out) -> None:
    right, wrong = out.photo(1), out.photo(2)
    record = out.shot(right)
    out.send(record)
    out.send_bytes(right, record["uuid"])
    (done,) = out.send_bytes(wrong, record["uuid"])
    assert (done.grade, done.photo_held) == ("A", True)
    assert len(photos_of(done.inspection or 0)) == 1


@pytest.mark.parametrize(
    "text",
    ["hello", "[]", "{}", "\x00", "\ud800", "[" * 3000, '{"type": "photo"}', "9" * 5000, "采" * 9],
)  # fmt: skip
def test_a_text_that_is_no_record_is_kept_with_its_photo(text: str, out: Out) -> None:
    uuid = "00000000-0000-4000-8000-00000000000a"
    sent = Envelope(text, "AAAA", out.phone.key_id)
    receipt, first = intake.receive(uuid, sent, out.who, now=out.now)
    assert (receipt.state, receipt.hold, first) == ("held", "unreadable", True)
    data = out.photo()
    (after,) = out.send_bytes(data, uuid)
    assert after.state == "held"
    assert intake.receive(uuid, sent, out.who, now=out.now)[1] is False
    assert kept(uuid).record == text.encode("utf-8", "surrogatepass")
    (row,) = held.listing(rows.a_person(Role.SUPERVISOR))
    assert row.sha256 is not None
    assert not row.admissible


@pytest.mark.parametrize(
    ("facts", "hold"),
    [
        ({"kind": "自拍"}, "unreadable"),
        ({"way": "drone"}, "unreadable"),
        ({"sha256": "x"}, "unreadable"),
        ({"task": "'; DROP"}, "unreadable"),
        ({"task": 2**31 - 1}, "unknown-task"),
        ({"task": None}, "unknown-task"),
        ({"task": None, "inspection": 77}, "unknown-visit"),
        ({"owner": "somebody"}, "other-owner"),
    ],
)
def test_what_belongs_nowhere_is_held_with_its_reason(
    facts: dict[str, Any], hold: str, out: Out
) -> None:
    data = out.photo()
    record = out.shot(data, **facts)
    out.send_bytes(data, record["uuid"])
    receipt = out.send(record)
    assert (receipt.state, receipt.hold) == ("held", hold)
    assert receipt.why


def test_odd_readings_cost_a_photo_nothing_but_themselves(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    record |= {
        "made_at": "yesterday",
        "clock": {"offset_ms": 10**20},
        "look": {"heading_deg": 999},
        "camera": "back",
        "zone_offset_min": 10**9,
        "note": "x" * 5000,
        "file_name": ["a"],
    }
    record["track"].insert(3, {"lon": "x"})
    assert graded(out, record, data) == ("A", set())


def test_a_record_under_another_uuid_is_held(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    uuid = "00000000-0000-4000-8000-00000000000b"
    sent = Envelope(**out.phone.envelope(record) | {"sent_at": None})
    receipt, _ = intake.receive(uuid, sent, out.who, now=out.now)
    out.send_bytes(data, uuid)
    assert intake.receipt(uuid, out.who).hold == "other-uuid"
    assert receipt.photo_id is None


def test_a_file_claims_nothing_of_the_moment_of_the_shot(out: Out) -> None:
    data = out.photo()
    grade, _ = graded(out, out.shot(data, way="file"), data)
    assert grade == "C"
    bare = out.photo(2, gps="absent")
    assert graded(out, out.shot(bare, way="file"), bare)[0] == "D"


def test_the_phones_own_camera_is_grade_b_at_most(out: Out) -> None:
    data = out.photo()
    assert graded(out, out.shot(data, way="camera"), data) == ("B", {"by-camera-app"})


def test_a_photo_of_a_known_visit_needs_no_task(out: Out) -> None:
    visit = inspections.open_visit(out.task, out.who, now=out.now)
    data = out.photo()
    record = out.shot(data, task=None, inspection=visit, parcel="", shape_no=None)
    out.send_bytes(data)
    assert out.send(record).inspection == visit


def test_photos_of_one_visit_on_the_phone_go_into_one_visit(out: Out) -> None:
    one, two = out.photo(1), out.photo(2)
    first, second = out.shot(one), out.shot(two)
    out.send(first)
    out.send(second)
    out.send_bytes(one)
    out.send_bytes(two)
    assert out.receipt(first).inspection == out.receipt(second).inspection
    assert out.receipt(first).inspection == inspections.open_visit(out.task, out.who, now=out.now)


def test_a_changed_kind_is_judged_by_the_same_record(out: Out) -> None:
    data = out.photo()
    record = out.shot(data)
    out.send(record)
    (done,) = out.send_bytes(data)
    inspections.change_kind(done.photo_id or 0, "近景", out.who, now=out.now)
    assert out.receipt(record).grade == "A"


def test_a_crash_between_keeping_and_placing_is_healed_by_the_sweep(
    out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = out.photo()
    record = out.shot(data)

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "place", crash)
        assert out.send(record).state == "held"
        (receipt,) = out.send_bytes(data)
        assert receipt.photo_held  # delivered, whatever comes of it
    assert intake.sweep(now=out.now) == 1
    assert out.receipt(record).state == "complete"
    assert intake.sweep(now=out.now) == 0


def test_only_who_brings_photos_sends_captures(out: Out) -> None:
    record = out.shot(out.photo())
    for role in (Role.SUPERVISOR, Role.OFFICE, Role.ADMIN):
        with pytest.raises(Problem) as refused:
            out.send(record, who=rows.a_person(role))
        assert refused.value.id == "not-allowed"

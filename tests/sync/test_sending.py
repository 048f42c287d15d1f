"""A change goes out, its receipt comes back; and what happens where it does not."""

import json
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import select

from field_app.db import reading
from field_app.ledger import entries
from field_app.problems import Problem
from field_app.roles import Who
from field_app.settings import settings
from field_app.sync import deciding
from field_app.sync.overview import overview
from field_app.sync.worker import Worker
from models.tables import Counterpart, Event, Outbox
from models.vocabulary import Role
from tests import rows
from tests.conftest import environment
from tests.sync import receiver as moods
from tests.sync.conftest import SECRET, Ticking, a_message, deliveries, the, work
from tests.sync.receiver import Receiver

A, B = "entry/411321-2-2026-0001", "entry/411321-2-2026-0002"


def test_a_change_of_an_entry_is_told_once_with_its_key_and_the_secret(
    line: Receiver, office: Who, tick: Ticking
) -> None:
    entry = rows.an_entry(["留山镇人民政府"], number="411321-2-2026-0001")
    entries.change(entry, 1, {"remark": "补充"}, why="x", who=office, now=tick.at)
    assert line.got == []  # nothing is sent inside the change itself
    work(tick)
    (got,) = [g for g in line.got if g.method == "POST"]
    assert got.key == f"{A}/2"
    assert got.headers["authorization"] == f"Bearer {SECRET}"
    assert got.headers["accept-encoding"] == "identity"
    assert got.told["topic"] == "entry"
    assert got.told["body"]["remark"] == "补充"
    assert "补充" in got.body.decode()  # as it is, not in escapes
    assert deliveries() == [(f"{A}/2", "http", "已送达")]
    with reading() as session:
        assert session.exec(select(Outbox)).one().sent_at == tick.at
        kept = session.exec(select(Counterpart)).one()
    assert (kept.number, kept.state, kept.edition) == ("X-1", "待整改", 2)
    assert the(f"{A}/2").receipt["their_number"] == "X-1"


def test_a_secret_may_go_in_a_header_of_another_name(line: Receiver, tick: Ticking) -> None:
    a_message(A, 1, tick.at)
    with environment(SYNC_KEY_HEADER="X-Api-Key"):
        work(tick)
    got = line.got[-1]
    assert got.headers["x-api-key"] == SECRET
    assert "authorization" not in got.headers


PASSING = {
    "500": moods.refuses(500),
    "503": moods.refuses(503),
    "still at work": moods.refuses(409, {"title": "in progress"}),
    "too many": moods.refuses(429),
    "wrong secret": moods.refuses(401),
    "wrong address": moods.refuses(404),
    "elsewhere": moods.sends_elsewhere,
    "cut before": moods.cut_before_writing,
    "cut after": moods.cut_after_writing,
    "500 after": moods.taken_but_500,
    "wrong receipt": moods.wrong_receipt,
    "no receipt": moods.no_receipt,
    "slow": moods.slow(1.0),
    "endless": lambda _t, _g, send: send(b"HTTP/1.1 200 X\r\n\r\n" + b" " * 2_000_000),
    "packed": moods.refuses(200, b"\x1f\x8b", {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("mood", PASSING)
def test_what_may_pass_is_tried_again_later_and_arrives_once(
    mood: str, line: Receiver, tick: Ticking
) -> None:
    key = a_message(A, 1, tick.at)
    line.moods.append(PASSING[mood])
    patience = "0.3" if mood == "slow" else "20"
    with environment(SYNC_TIMEOUT_S=patience, SYNC_ANSWERS_URL=""):
        work(tick)
    assert deliveries() == [(key, "http", "待发")]
    waiting = the(key)
    assert waiting.said
    assert tick.at < waiting.next_at <= tick.at + timedelta(seconds=6)
    work(tick, hours=0.01)
    assert deliveries() == [(key, "http", "已送达")]
    assert line.of(A) == [key]
    assert not [g for g in line.got if g.path == "/stolen"]


def test_a_later_change_never_overtakes_one_that_waits_and_other_entries_go_on(
    line: Receiver, tick: Ticking
) -> None:
    first, second = a_message(A, 1, tick.at), a_message(A, 2, tick.at)
    other = a_message(B, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(500)])
    work(tick)
    assert deliveries() == [
        (first, "http", "待发"), (second, "http", "待发"), (other, "http", "已送达")
    ]  # fmt: skip
    work(tick, hours=0.01)
    assert line.of(A) == [first, second]


def test_a_refusal_stays_until_somebody_says_again(
    line: Receiver, office: Who, tick: Ticking
) -> None:
    first, second = a_message(A, 1, tick.at), a_message(A, 2, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(422, {"detail": "整改期限缺失"})])
    work(tick, hours=2, every_s=600)
    assert deliveries() == [(first, "http", "被拒收"), (second, "http", "待发")]
    shown = overview(office)
    (refused,) = shown.refused
    assert (refused.said, refused.behind, refused.what) == (
        "整改期限缺失（422）",
        1,
        "411321-2-2026-0001",
    )
    assert shown.refused_count == 1
    deciding.retry(refused.id, office, now=tick.at)
    work(tick)
    assert line.of(A) == [first, second]
    assert overview(office).decided[0].action == "重试"


def test_a_refused_change_may_be_skipped_with_a_reason(
    line: Receiver, office: Who, tick: Ticking
) -> None:
    first, second = a_message(A, 1, tick.at), a_message(A, 2, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(400)])
    work(tick)
    with pytest.raises(Problem) as told:
        deciding.skip(the(first).id or 0, office, why=" ", now=tick.at)
    assert told.value.id == "reason-needed"
    deciding.skip(the(first).id or 0, office, why="后一条已含全部内容", now=tick.at)
    with pytest.raises(Problem) as told:  # somebody else was faster
        deciding.retry(the(first).id or 0, office, now=tick.at)
    assert told.value.id == "changed-meanwhile"
    work(tick)
    assert deliveries() == [(first, "http", "已跳过"), (second, "http", "已送达")]
    assert line.of(A) == [second]
    with reading() as session:
        event = session.exec(select(Event).where(Event.about == "outbox")).one()
    assert (event.action, event.why, event.person_id) == ("跳过", "后一条已含全部内容", office.id)


def test_all_that_was_refused_goes_again_at_once(
    line: Receiver, office: Who, tick: Ticking
) -> None:
    a_message(A, 1, tick.at)
    a_message(B, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(400), moods.refuses(400)])
    work(tick)
    assert deciding.retry_all(office, now=tick.at) == 2
    work(tick)
    assert [state for _, _, state in deliveries()] == ["已送达", "已送达"]


def test_an_answer_that_is_never_a_receipt_is_given_to_a_person_in_the_end(
    line: Receiver, tick: Ticking
) -> None:
    key = a_message(A, 1, tick.at)
    line.moods.append(moods.behaves)
    line.moods.extend([moods.no_receipt] * 20)
    with environment(SYNC_ANSWERS_URL=""):
        line.moods.popleft()
        work(tick, hours=1)
    assert deliveries() == [(key, "http", "被拒收")]
    assert "没有合规的回执" in the(key).said
    assert len(line.got) == 5


def test_a_side_that_is_away_for_a_day_loses_nothing_and_is_left_in_peace(
    line: Receiver, tick: Ticking
) -> None:
    keys = [a_message(f"entry/411321-2-2026-{n:04d}", 1, tick.at) for n in range(5)]
    line.moods.extend([moods.refuses(503)] * 10_000)
    with environment(SYNC_ANSWERS_URL=""):
        work(tick, hours=24, every_s=600)
        tries = len(line.got)
        assert 60 < tries < 5 * 24 * 4  # half an hour at most between tries, and not in step
        assert all(state == "待发" for _, _, state in deliveries())
        line.moods.clear()
        work(tick, hours=1, every_s=300)
    assert sorted(key for _, key in line.applied) == sorted(keys)


def test_the_time_that_they_ask_for_is_kept_to(line: Receiver, tick: Ticking) -> None:
    key = a_message(A, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(429, {}, {"Retry-After": "600"})])
    work(tick)
    assert timedelta(seconds=600) <= the(key).next_at - tick.at <= timedelta(seconds=660)


def test_a_clock_that_was_set_back_puts_nothing_off_for_long(line: Receiver, tick: Ticking) -> None:
    key = a_message(A, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(500)])
    work(tick)
    tick.on(-400 * 86_400)
    work(tick, seed=2)
    assert deliveries() == [(key, "http", "已送达")]


def test_a_fault_of_ours_costs_one_attempt_and_the_others_go_on(
    line: Receiver, tick: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = a_message(A, 1, tick.at), a_message(B, 1, tick.at)
    from field_app.sync import protocol

    honest = protocol.envelope

    def envelope(message: object) -> bytes:
        if message.key == first:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return honest(message)  # type: ignore[arg-type]

    monkeypatch.setattr(protocol, "envelope", envelope)
    work(tick)
    assert deliveries() == [(first, "http", "待发"), (other, "http", "已送达")]
    assert the(first).said == "发送时程序出错，已记录"


def test_of_two_workers_one_has_the_message(line: Receiver, tick: Ticking) -> None:
    from field_app.sync import outbox
    from field_app.sync.channels import CHANNELS

    a_message(A, 1, tick.at)
    a_message(A, 2, tick.at)
    channel = CHANNELS[0]
    assert outbox.claim(channel, "one", now=tick.at) is not None
    assert outbox.claim(channel, "two", now=tick.at) is None
    tick.on(settings().sync_timeout_s + 61)  # the first one died
    again = outbox.claim(channel, "three", now=tick.at)
    assert again is not None
    assert again.message.key == f"{A}/1"


def test_who_lost_the_claim_writes_nothing(line: Receiver, tick: Ticking) -> None:
    from field_app.db import writing
    from field_app.sync import outbox
    from field_app.sync.channels import CHANNELS
    from field_app.sync.states import Ending, Outcome

    key = a_message(A, 1, tick.at)
    late = outbox.claim(CHANNELS[0], "one", now=tick.at)
    assert late is not None
    tick.on(600)
    assert outbox.claim(CHANNELS[0], "two", now=tick.at) is not None
    with writing() as session:
        refused = Outcome(Ending.REFUSED, "no")
        assert not outbox.finish(session, late, refused, now=tick.at, dice=Random(1))
    assert (the(key).state, the(key).lease_by) == ("待发", "two")


def test_a_line_set_up_later_gets_what_was_written_before_in_order(
    database: str, them: Receiver, tick: Ticking
) -> None:
    keys = [a_message(A, n, tick.at) for n in range(1, 4)]
    assert deliveries() == []  # no line: nothing waits, nothing is lost
    with environment(SYNC_URL=them.url):
        work(tick)
    assert them.of(A) == keys
    assert not Worker(dice=Random(1), now=tick).step()


def test_only_office_and_administrator_decide(line: Receiver, tick: Ticking) -> None:
    for role in (Role.INSPECTOR, Role.SUPERVISOR, Role.UNIT):
        who = rows.a_person(role)
        for call in (
            lambda w=who: overview(w),
            lambda w=who: deciding.retry(1, w, now=tick.at),
            lambda w=who: deciding.retry_all(w, now=tick.at),
            lambda w=who: deciding.skip(1, w, why="x", now=tick.at),
            lambda w=who: deciding.settle(1, deciding.Side.OURS, w, why="x", now=tick.at),
        ):
            with pytest.raises(Problem) as told:
                call()
            assert told.value.id == "not-allowed"


def test_the_body_is_the_same_byte_for_byte_at_each_try(line: Receiver, tick: Ticking) -> None:
    a_message(A, 1, tick.at, 乙="二", 甲="一")
    line.moods.extend([moods.behaves, moods.taken_but_500, moods.cut_after_writing])
    work(tick, hours=0.1)
    sent = [g.body for g in line.got if g.method == "POST"]
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert json.loads(sent[0])["body"]["甲"] == "一"

"""What the others answer is kept beside the entry; where they disagree, a person decides."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app import clock
from field_app.db import reading, writing
from field_app.guard import Guard
from field_app.ledger import entries, rectifying
from field_app.problems import Problem
from field_app.roles import Who
from field_app.routes import answers as answered
from field_app.routes import sync as routes
from field_app.sync import answers, deciding, signing
from field_app.sync.deciding import Side
from field_app.sync.overview import overview
from field_app.sync.protocol import TheirWord
from models.tables import Counterpart, Entry, Event, SyncChannel
from tests import rows
from tests.sync import receiver as moods
from tests.sync.conftest import WEBHOOK, Ticking, deliveries, work
from tests.sync.receiver import Receiver

NUMBER = "411321-2-2026-0001"


@pytest.fixture
def entry(line: Receiver, office: Who, tick: Ticking) -> int:
    """An entry whose second edition the others have."""
    made = rows.an_entry(["留山镇人民政府"], number=NUMBER)
    entries.change(made, 1, {"remark": "补充"}, why="x", who=office, now=tick.at)
    work(tick)
    return made


def kept() -> Counterpart:
    with reading() as session:
        return session.exec(select(Counterpart)).one()


def told_of(entry_id: int) -> list[str]:
    with reading() as session:
        query = (
            select(Event.action)
            .where(Event.about == "entry", Event.about_id == entry_id)
            .order_by(col(Event.id))
        )
        return list(session.exec(query))


def say(them: Receiver, **answer: Any) -> None:
    them.answers.append({"number": NUMBER, **answer})


# --- asking ----------------------------------------------------------------------------------


def test_answers_are_asked_for_page_by_page_and_each_once(
    entry: int, line: Receiver, tick: Ticking
) -> None:
    say(line, their_number="县-7", version=1)
    say(line, their_state="处理中", version=2)
    say(line, words="已转乡镇", version=3)
    tick.on(301)
    work(tick)
    assert (kept().number, kept().state, kept().words) == ("县-7", "处理中", "已转乡镇")
    with reading() as session:
        assert session.exec(select(SyncChannel)).one().cursor == "3"
    asked = [g.path for g in line.got if g.method == "GET"]
    assert asked == ["/answers?since=", "/answers?since=0", "/answers?since=2"]
    assert answers.of_entry(NUMBER)[0].number == "县-7"
    tick.on(10)
    work(tick)  # it is not time yet
    assert len([g for g in line.got if g.method == "GET"]) == 3


def test_an_answer_that_comes_again_late_or_for_nobody_changes_nothing(
    entry: int, line: Receiver, tick: Ticking
) -> None:
    say(line, their_state="处理中", version=5)
    say(line, their_state="已受理", version=4)
    say(line, their_state="处理中", version=5)
    line.answers.append({"number": "411321-9-2026-0001", "their_state": "x"})
    line.answers.append({"number": 7})
    tick.on(301)
    work(tick)
    assert kept().state == "处理中"
    assert told_of(entry) == ["修改条目", "对方答复", "对方答复"]  # the receipt, and the one
    with reading() as session:
        assert session.exec(select(SyncChannel)).one().said == "有 1 条答复不合规，没有采用"


def test_a_receipt_without_a_version_takes_nothing_back_that_an_answer_with_one_said(
    entry: int, line: Receiver, office: Who, tick: Ticking
) -> None:
    say(line, their_state="已办结", edition=2, version=5)
    tick.on(301)
    work(tick)

    def hear(edition: int) -> None:
        with writing() as session:
            word = TheirWord(their_state="待整改", edition=edition)
            answers.take(session, "http", NUMBER, word, now=tick.at)

    hear(2)  # the receipt of the first time, repeated
    assert (kept().state, kept().clash) == ("已办结", "已销号")
    hear(3)  # they have heard of a later change since
    assert kept().state == "待整改"


def test_a_side_that_cannot_be_asked_is_noted_and_asked_again(
    entry: int, line: Receiver, office: Who, tick: Ticking
) -> None:
    say(line, their_state="处理中", version=1)
    line.moods.append(moods.refuses(500))
    tick.on(301)
    work(tick)
    shown = overview(office).lines[0]
    assert shown.sick
    assert "500" in shown.said
    tick.on(301)
    work(tick)
    assert kept().state == "处理中"
    assert not overview(office).lines[0].sick


# --- being called ----------------------------------------------------------------------------


@pytest.fixture
def client(entry: int) -> Iterator[TestClient]:
    app = Starlette(
        routes=routes.ROUTES,
        middleware=[Middleware(Guard)],
        exception_handlers=dict(answered.HANDLERS),
    )
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


def call(client: TestClient, body: Any, *, key: str = WEBHOOK, off_s: float = 0.0) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    moment = str(int(clock.now().timestamp() + off_s))
    headers = {
        "X-Sync-Timestamp": moment,
        "X-Sync-Signature": f"sha256={signing.signature(key, moment, raw)}",
    }
    return client.post("/api/v1/sync/answers", content=raw, headers=headers)


def page(**answer: Any) -> dict[str, Any]:
    return {"answers": [{"number": NUMBER, **answer}]}


def test_a_signed_call_is_taken_and_the_same_call_again_is_not(client: TestClient) -> None:
    body = page(their_state="处理中")
    assert call(client, body).json() == {"taken": 1}
    assert call(client, page(their_state="已受理")).json() == {"taken": 1}
    again = call(client, body)  # somebody sends the first one once more
    assert (again.status_code, again.json()) == (200, {"taken": 0})
    assert kept().state == "已受理"


@pytest.mark.parametrize("off_s", [-301.0, 301.0])
def test_a_call_of_another_time_is_refused(client: TestClient, off_s: float) -> None:
    answer = call(client, page(their_state="处理中"), off_s=off_s)
    assert (answer.status_code, answer.json()["id"]) == (401, "bad-signature")
    assert kept().state == "待整改"


def test_a_call_with_another_key_or_another_body_is_refused(client: TestClient) -> None:
    assert call(client, page(their_state="x"), key="guess").status_code == 401
    moment = str(int(clock.now().timestamp()))
    headers = {
        "X-Sync-Timestamp": moment,
        "X-Sync-Signature": signing.signature(WEBHOOK, moment, b"{}"),
    }
    body = json.dumps(page(their_state="x"))
    assert client.post("/api/v1/sync/answers", content=body, headers=headers).status_code == 401
    assert client.post("/api/v1/sync/answers", content=body).status_code == 401
    headers["X-Sync-Timestamp"] = "-1776"
    assert client.post("/api/v1/sync/answers", content=body, headers=headers).status_code == 401
    assert kept().state == "待整改"


def test_an_empty_key_opens_nothing() -> None:
    moment = "1776225600"
    assert not signing.holds(
        "", moment, signing.signature("", moment, b"{}"), b"{}", now=clock.now()
    )


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", {"answers": "x"}, {"answers": [{}] * 501}, b"[" * 100_000]
)
def test_a_signed_call_that_says_nothing_readable_is_told_so(client: TestClient, body: Any) -> None:
    answer = call(client, body)
    assert (answer.status_code, answer.json()["id"]) == (422, "bad-answers")


def test_a_call_without_end_is_broken_off(client: TestClient) -> None:
    answer = call(client, b" " * 1_100_000)
    assert answer.status_code == 422


# --- disagreeing -----------------------------------------------------------------------------


def test_a_state_that_disagrees_is_shown_and_the_entry_stays_as_it_is(
    entry: int, client: TestClient, office: Who
) -> None:
    call(client, page(their_state="已办结", edition=2))
    (clash,) = overview(office).clashes
    assert (clash.ours, clash.theirs, clash.said) == ("待整改", "已销号", "已办结")
    assert answers.of_entry(NUMBER)[0].clash == "已销号"
    with reading() as session:
        assert session.get_one(Entry, entry).state == "待整改"
    assert told_of(entry)[-1] == "双方状态不一致"


@pytest.mark.parametrize(
    "answer",
    [
        {"their_state": "已办结", "edition": 1},  # they have not heard the last yet
        {"their_state": "处理中", "edition": 2},  # a word of their own
        {"their_state": "待整改", "edition": 2},
    ],
)
def test_what_does_not_disagree_is_none(
    client: TestClient, office: Who, answer: dict[str, Any]
) -> None:
    call(client, page(**answer, version=1))
    assert overview(office).clashes == ()


def test_while_a_change_is_under_way_their_old_state_is_no_disagreement(
    entry: int, client: TestClient, office: Who, tick: Ticking
) -> None:
    rectifying.begin(entry, 2, who=office, now=tick.at)  # 整改中, not told yet
    call(client, page(their_state="待整改", words="仍在办"))
    assert overview(office).clashes == ()


def test_ours_holds_the_entry_is_sent_again_and_insisted_on(
    entry: int, client: TestClient, office: Who, line: Receiver, tick: Ticking
) -> None:
    call(client, page(their_state="已办结", edition=2))
    (clash,) = overview(office).clashes
    with pytest.raises(Problem) as told:
        deciding.settle(clash.id, Side.OURS, office, why="", now=tick.at)
    assert told.value.id == "reason-needed"
    deciding.settle(clash.id, Side.OURS, office, why="现场未整改", now=tick.at)
    with pytest.raises(Problem) as told:
        deciding.settle(clash.id, Side.OURS, office, why="又一次", now=tick.at)
    assert told.value.id == "changed-meanwhile"
    work(tick)
    sent = [g for g in line.got if g.method == "POST"][-1]
    assert sent.key == f"entry/{NUMBER}/2/again-1"
    assert (sent.told["body"]["insist"], sent.told["body"]["state"]) == (True, "待整改")
    assert sent.told["body"]["units"] == ["留山镇人民政府"]
    assert overview(office).clashes == ()
    assert told_of(entry)[-2:] == ["裁定不一致", "对方答复"]


def test_theirs_holds_and_still_nothing_of_the_entry_changes(
    entry: int, client: TestClient, office: Who, tick: Ticking
) -> None:
    call(client, page(their_state="已办结", edition=2))
    (clash,) = overview(office).clashes
    deciding.settle(clash.id, Side.THEIRS, office, why="对方已现场验收", now=tick.at)
    with reading() as session:
        now = session.get_one(Entry, entry)
        assert (now.state, now.edition) == ("待整改", 2)
    assert overview(office).clashes == ()
    assert len(deliveries()) == 1


def test_a_change_refused_for_their_state_waits_for_the_decision(
    entry: int, office: Who, line: Receiver, tick: Ticking
) -> None:
    rectifying.begin(entry, 2, who=office, now=tick.at)
    line.moods.append(moods.refuses(409, {"their_state": "已办结", "detail": "已经办结"}))
    work(tick)
    assert deliveries()[-1] == (f"entry/{NUMBER}/3", "http", "被拒收")
    (clash,) = overview(office).clashes
    assert (clash.ours, clash.theirs) == ("整改中", "已销号")
    deciding.settle(clash.id, Side.OURS, office, why="现场未整改", now=tick.at)
    work(tick)
    assert [state for _, _, state in deliveries()] == ["已送达", "已跳过", "已送达"]
    assert line.of(f"entry/{NUMBER}") == [f"entry/{NUMBER}/2", f"entry/{NUMBER}/3/again-1"]
    assert overview(office).refused == ()


def test_our_own_later_change_settles_it_and_both_say_so(
    entry: int, client: TestClient, office: Who, tick: Ticking
) -> None:
    call(client, page(their_state="整改中", edition=2))
    assert len(overview(office).clashes) == 1
    rectifying.begin(entry, 2, who=office, now=tick.at)
    assert overview(office).clashes == ()  # at once, before they have heard of it
    with clock.frozen(tick.at + timedelta(seconds=1)):
        work(tick)
    assert kept().clash == ""
    assert "双方状态已一致" in told_of(entry)

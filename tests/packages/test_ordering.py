"""A package that was asked for is sealed in the background: once, whatever happens to the worker."""

import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from field_app import accounts, alarms, clock, db
from field_app.ledger import rectifying
from field_app.packages import keys, manifest, ordering, register, worker
from field_app.packages.ordering import LEASE, MOST_TRIES, OrderShown, OrderState
from field_app.packages.worker import Worker
from field_app.problems import BUSY, Problem
from field_app.roles import Who
from field_app.settings import settings
from models.tables import Entry, Event, EvidencePackage, PackageOrder, Photo
from models.vocabulary import PackagePurpose, Role
from tests import rows
from tests.packages.cases import Case, a_case

HAND_OVER, ARCHIVE = PackagePurpose.HAND_OVER, PackagePurpose.ARCHIVE


class Died(BaseException):
    """The process is gone in the middle: nothing catches this."""


@pytest.fixture
def case(database: str, noon: datetime) -> Case:
    return a_case(noon)


@pytest.fixture
def at(case: Case, noon: datetime) -> datetime:
    """The day on which somebody asks."""
    return noon + timedelta(days=4)


def a_worker(now: datetime) -> Worker:
    return Worker(now=lambda: now)


def orders() -> list[PackageOrder]:
    with db.reading() as session:
        return list(session.exec(select(PackageOrder).order_by(col(PackageOrder.id))))


def packages() -> list[EvidencePackage]:
    with db.reading() as session:
        return list(session.exec(select(EvidencePackage).order_by(col(EvidencePackage.id))))


def sealings() -> list[Event]:
    with db.reading() as session:
        return list(session.exec(select(Event).where(Event.action == register.SEALED)))


def shown(case: Case) -> OrderShown:
    (order,) = ordering.unsettled(case.entry, case.office)
    return order


def dying(monkeypatch: pytest.MonkeyPatch, how: BaseException) -> None:
    """What the worker reads next ends like this."""

    def bytes_of(sha256: str) -> bytes:
        raise how

    monkeypatch.setattr(register, "bytes_of", bytes_of)


def test_what_was_asked_for_is_sealed_by_the_worker_in_the_name_of_who_asked(
    case: Case, at: datetime
) -> None:
    assert ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    assert (packages(), sealings()) == ([], []), "nobody waits for it"
    told = shown(case)
    assert (told.state, told.by, told.at, told.open, told.changed) == (
        OrderState.WAITING, "钱主任", at, True, False,
    )  # fmt: skip
    later = at + timedelta(minutes=2)
    assert a_worker(later).step()
    (made,) = register.listed(case.entry, case.office)
    assert (made.by, made.at, made.purpose, made.photos) == ("钱主任", later, "移送", 3)
    (event,) = sealings()
    assert (event.person_id, event.about_id, event.at) == (case.office.id, made.id, later)
    (order,) = orders()
    assert (order.state, order.package_id, order.slot, order.done_at) == (
        OrderState.SEALED, made.id, None, later,
    )  # fmt: skip
    assert ordering.unsettled(case.entry, case.office) == []
    assert not a_worker(later).step()


def test_the_same_order_pressed_twice_is_one_and_another_purpose_is_another(
    case: Case, at: datetime
) -> None:
    assert ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    assert not ordering.ask(case.entry, HAND_OVER, who=case.supervisor, now=at)
    assert ordering.ask(case.entry, ARCHIVE, who=case.supervisor, now=at + timedelta(seconds=1))
    at_work = a_worker(at + timedelta(minutes=1))
    while at_work.step():
        pass
    assert [(p.purpose, p.person_id) for p in packages()] == [
        ("移送", case.office.id),
        ("存档", case.supervisor.id),
    ]
    assert ordering.ask(case.entry, HAND_OVER, who=case.office, now=at), (
        "a new one, once it is sealed"
    )


def test_the_package_is_of_the_entry_as_it_is_when_it_is_sealed(case: Case, at: datetime) -> None:
    ordering.ask(case.entry, ARCHIVE, who=case.office, now=at)
    with db.reading() as session:
        edition = session.get_one(Entry, case.entry).edition
    rectifying.report(case.entry, edition, "已经复耕。", who=case.unit, now=at)
    assert shown(case).changed
    later = at + timedelta(minutes=1)
    a_worker(later).step()
    (made,) = packages()
    data = b"".join(register.give(made.id or 0, case.office).parts)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = json.loads(package.read(manifest.ENTRY))
        said = manifest.read(package.read(manifest.MANIFEST))
    assert entry["progress"][-1]["text"] == "已经复耕。"
    assert said.made_at == later


def test_what_cannot_be_is_refused_at_once_and_no_order_is_written(
    case: Case, at: datetime
) -> None:
    def refused(entry: int, who: Who) -> str:
        with pytest.raises(Problem) as told:
            ordering.ask(entry, ARCHIVE, who=who, now=at)
        return told.value.id

    for who in (case.unit, case.inspector, rows.a_person(Role.ADMIN)):
        assert refused(case.entry, who) == "not-allowed"
        with pytest.raises(Problem):
            ordering.unsettled(case.entry, who)
    assert refused(987654, case.office) == "not-found"
    keys.place().write_text("no key")
    assert refused(case.entry, case.office) == "office-key-unusable"
    keys.place().unlink()
    assert refused(case.entry, case.office) == "no-office-key"
    assert orders() == []


def test_a_worker_that_was_killed_leaves_an_order_that_the_next_one_takes_up(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    with monkeypatch.context() as broken:
        dying(broken, Died())
        with pytest.raises(Died):
            a_worker(at).step()
    assert shown(case).state == OrderState.SEALING
    assert not ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    assert not a_worker(at + LEASE - timedelta(seconds=1)).step(), "it might live still"
    assert a_worker(at + LEASE + timedelta(seconds=1)).step()
    assert (len(packages()), len(sealings())) == (1, 1)


def test_an_order_that_kills_every_time_is_given_up_and_can_be_asked_for_again(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    deaths = 0
    with monkeypatch.context() as broken:
        dying(broken, Died())
        for minutes in range(0, 60, 4):
            try:
                a_worker(at + timedelta(minutes=minutes)).step()
            except Died:
                deaths += 1
    assert deaths == MOST_TRIES
    told = shown(case)
    assert (told.state, told.open) == (OrderState.FAILED, False)
    assert "服务器中断了 5 次" in told.said
    again = at + timedelta(hours=1)
    assert ordering.ask(case.entry, HAND_OVER, who=case.supervisor, now=again)
    assert (shown(case).state, shown(case).by) == (OrderState.WAITING, "周督导")
    assert a_worker(again).step()
    assert [p.person_id for p in packages()] == [case.supervisor.id]
    assert ordering.unsettled(case.entry, case.office) == []


def test_two_workers_never_seal_the_same_order(case: Case, at: datetime) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    ready = threading.Barrier(4)

    def work(_number: int) -> bool:
        ready.wait(20)
        return a_worker(at).step()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 1
    assert (len(packages()), len(sealings())) == (1, 1)


def test_one_that_was_held_up_beyond_its_lease_enters_nothing(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    honest = register.made

    def made(*given: Any, **named: Any) -> EvidencePackage:
        row = honest(*given, **named)
        with monkeypatch.context() as other:
            other.setattr(register, "made", honest)
            assert a_worker(at + LEASE + timedelta(minutes=1)).step()  # meanwhile
        return row

    monkeypatch.setattr(register, "made", made)
    assert a_worker(at).step()
    assert (len(packages()), len(sealings())) == (1, 1)
    assert orders()[0].package_id == packages()[0].id


def test_a_long_sealing_keeps_its_order(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    moment, others = [at], []
    honest = register.bytes_of

    def slow(sha256: str) -> bytes:
        moment[0] += timedelta(minutes=2)
        others.append(a_worker(moment[0]).step())
        return honest(sha256)

    monkeypatch.setattr(register, "bytes_of", slow)
    assert Worker(now=lambda: moment[0]).step()
    assert others == [False, False, False]
    assert len(packages()) == 1


def test_a_server_that_stops_puts_the_order_back_and_the_next_need_not_wait(
    case: Case, at: datetime
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    Worker(now=lambda: at, stopping=lambda: True).step()
    (order,) = orders()
    assert (order.state, order.tries, packages()) == (OrderState.WAITING, 0, [])
    assert a_worker(at).step()
    assert len(packages()) == 1


def test_a_store_that_is_away_is_waited_for_and_a_damaged_photo_is_not(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    with monkeypatch.context() as broken:
        dying(broken, BUSY())
        assert a_worker(at).step()
    assert (shown(case).state, shown(case).said) == (
        OrderState.WAITING,
        "照片库暂时连不上，稍后自动再试。",
    )
    assert not a_worker(at + timedelta(seconds=59)).step()
    with db.reading() as session:
        sha256 = session.get_one(Photo, case.before[0]).sha256
    folder = settings().store_folder
    assert folder is not None
    path = folder / sha256[:2] / sha256[2:4] / sha256
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert a_worker(at + timedelta(minutes=2)).step()
    told = shown(case)
    assert told.state == OrderState.FAILED
    assert "缺失或已损坏" in told.said
    assert (packages(), sealings()) == ([], [])
    path.write_bytes(whole)
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    assert a_worker(at + timedelta(minutes=3)).step()
    assert len(packages()) == 1


def test_a_fault_of_the_program_is_told_in_chinese_and_the_worker_lives(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    with monkeypatch.context() as broken:
        dying(broken, KeyError("photo"))
        assert a_worker(at).step()
    assert "封存时程序出错，已记录。" in shown(case).said
    assert "KeyError" in caplog.text


def test_who_may_hand_over_no_more_seals_nothing_with_an_old_order(
    case: Case, at: datetime
) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at)
    accounts.set_active(case.office.id, False, by=rows.a_person(Role.ADMIN), now=at)
    assert a_worker(at).step()
    (told,) = ordering.unsettled(case.entry, case.supervisor)
    assert told.said == "提交人现在已不能办理移送，请由有权的人再试一次。"
    assert packages() == []


def test_a_clock_that_was_set_back_holds_no_order_up(case: Case, at: datetime) -> None:
    ordering.ask(case.entry, HAND_OVER, who=case.office, now=at + timedelta(days=1))
    assert a_worker(at).step()
    assert len(packages()) == 1


def test_the_background_seals_as_soon_as_somebody_asks(
    case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    monkeypatch.setattr(worker, "_IDLE_S", 600.0)
    background = threading.Thread(target=worker.seal_until, args=(stop,))
    background.start()
    try:
        ordering.ask(case.entry, HAND_OVER, who=case.office, now=clock.now())
        for _ in range(600):
            if packages():
                break
            stop.wait(0.1)
    finally:
        stop.set()
        alarms.SEALING.ring()
        background.join(20)
    assert not background.is_alive()
    assert packages()[0].at.tzinfo == UTC

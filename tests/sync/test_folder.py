"""Exchange by files: a change appears whole, a receipt is read back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from field_app.roles import Who
from field_app.sync import deciding, folder
from field_app.sync.overview import overview
from tests.conftest import environment
from tests.sync.conftest import Ticking, a_message, deliveries, the, work
from tests.sync.receiver import Receiver

A = "entry/411321-2-2026-0001"


def files(exchange: Path) -> list[Path]:
    return sorted((exchange / folder.CHANGES).iterdir())


def receipt(exchange: Path, taken: Path, **more: Any) -> None:
    """What the other side does with a file: takes it away, puts its receipt."""
    key = json.loads(taken.read_bytes())["key"]
    taken.unlink()
    said = {"key": key, "their_number": "纸-1"} | more
    (exchange / folder.RECEIPTS / taken.name).write_text(json.dumps(said, ensure_ascii=False))


def test_a_change_lies_there_until_its_receipt_and_the_next_one_waits(
    exchange: Path, tick: Ticking
) -> None:
    first, second = a_message(A, 1, tick.at), a_message(A, 2, tick.at)
    work(tick)
    (lying,) = files(exchange)
    assert json.loads(lying.read_bytes())["body"]["edition"] == 1
    assert deliveries() == [(first, "folder", "等回执"), (second, "folder", "待发")]
    work(tick, hours=1, every_s=300)
    assert len(files(exchange)) == 1
    receipt(exchange, lying)
    tick.on(30)
    work(tick)
    assert deliveries() == [(first, "folder", "已送达"), (second, "folder", "等回执")]
    assert the(first, "folder").receipt["their_number"] == "纸-1"


def test_a_file_that_was_taken_away_is_not_put_there_again(exchange: Path, tick: Ticking) -> None:
    a_message(A, 1, tick.at)
    work(tick)
    (lying,) = files(exchange)
    lying.unlink()
    work(tick, hours=5, every_s=600)
    assert files(exchange) == []


def test_a_refusal_by_file_waits_for_a_person_and_its_old_receipt_does_not_count_again(
    exchange: Path, office: Who, tick: Ticking
) -> None:
    key = a_message(A, 1, tick.at)
    work(tick)
    receipt(exchange, files(exchange)[0], status=422, detail="编号不认识")
    tick.on(30)
    work(tick)
    (refused,) = overview(office).refused
    assert refused.said == "编号不认识（422）"
    deciding.retry(refused.id, office, now=tick.at)
    work(tick)
    assert deliveries() == [(key, "folder", "等回执")]
    receipt(exchange, files(exchange)[0])
    tick.on(30)
    work(tick)
    assert deliveries() == [(key, "folder", "已送达")]


@pytest.mark.parametrize("said", [b"", b"\xff\xfe", b'{"key": "another"}', b"[1]", b"{" * 10_000])
def test_a_receipt_that_is_none_is_looked_at_again(
    exchange: Path, tick: Ticking, said: bytes
) -> None:
    key = a_message(A, 1, tick.at)
    work(tick)
    name = files(exchange)[0].name
    (exchange / folder.RECEIPTS / name).write_bytes(said)  # it is being written just now
    tick.on(30)
    work(tick)
    assert deliveries() == [(key, "folder", "等回执")]
    receipt(exchange, files(exchange)[0])
    tick.on(30)
    work(tick)
    assert deliveries() == [(key, "folder", "已送达")]


def test_a_folder_that_cannot_be_written_is_told_and_tried_again(
    exchange: Path, office: Who, tick: Ticking
) -> None:
    key = a_message(A, 1, tick.at)
    exchange.write_text("a file where the folder should be")
    work(tick)
    assert deliveries() == [(key, "folder", "待发")]
    assert "交换目录不能读写" in overview(office).lines[0].said
    exchange.unlink()
    tick.on(60)
    work(tick)
    assert deliveries() == [(key, "folder", "等回执")]


def test_nothing_half_written_is_ever_seen(
    exchange: Path, tick: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_message(A, 1, tick.at)
    seen: list[list[str]] = []
    honest = folder.os.fsync

    def fsync(handle: int) -> None:
        seen.append([p.name for p in files(exchange) if not p.name.startswith(".")])
        honest(handle)

    monkeypatch.setattr(folder.os, "fsync", fsync)
    work(tick)
    assert seen[0] == []  # the bytes are on the disk before the name is there
    assert len(files(exchange)) == 1


def test_two_lines_are_told_each_for_itself(line: Receiver, exchange: Path, tick: Ticking) -> None:
    with environment(SYNC_FOLDER=str(exchange), SYNC_URL=line.url):
        key = a_message(A, 1, tick.at)
        work(tick)
        assert deliveries() == [(key, "folder", "等回执"), (key, "http", "已送达")]
        receipt(exchange, files(exchange)[0])
        tick.on(30)
        work(tick)
    assert deliveries() == [(key, "folder", "已送达"), (key, "http", "已送达")]
    assert the(key).done_at is not None
    assert the(key, "folder").done_at == the(key).done_at + timedelta(seconds=30)

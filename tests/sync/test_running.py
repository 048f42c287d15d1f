"""Sent by the application itself, by the command, by both, and by one that is killed outright."""

import ast
import asyncio
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

from field_app import app
from field_app.settings import ROOT
from tests.conftest import environment
from tests.sync import receiver as moods
from tests.sync.conftest import Ticking, a_message, deliveries, work
from tests.sync.receiver import Receiver

A, B = "entry/411321-2-2026-0001", "entry/411321-2-2026-0002"


def command(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "field_app", "sync", "run", *words],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def states() -> set[str]:
    return {state for _, _, state in deliveries()}


def test_the_serving_application_sends_in_its_background(line: Receiver, tick: Ticking) -> None:
    key = a_message(A, 1, tick.at)

    async def serve() -> None:
        async with app._background(app.make_app()):
            until = time.monotonic() + 20
            while states() != {"已送达"} and time.monotonic() < until:
                await asyncio.sleep(0.1)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, serve()).result()
    assert line.of(A) == [key]


def test_the_command_sends_what_there_is_and_says_how_it_went(
    line: Receiver, tick: Ticking
) -> None:
    a_message(A, 1, tick.at)
    a_message(B, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(400)])
    done = command("--once")
    out, err = done.communicate(timeout=120)
    assert done.returncode == 0, err
    assert out == "接口：已送达 1，待发 0，被拒收 1\n"


def test_without_a_line_the_command_says_what_to_set(database: str) -> None:
    with environment(SYNC_URL="", SYNC_FOLDER=""):
        done = command("--once")
        _, err = done.communicate(timeout=120)
    assert done.returncode == 2
    assert "请设 SYNC_URL、SYNC_FOLDER" in err


def test_two_that_are_killed_outright_leave_nothing_out_and_nothing_twice(
    line: Receiver, tick: Ticking
) -> None:
    keys = {where: [a_message(where, n, tick.at) for n in range(1, 9)] for where in (A, B)}
    dice = Random(4)

    def dawdles(them: Receiver, got: moods.Got, send: moods.Send) -> None:
        them.over.wait(0.15)
        moods.behaves(them, got, send)

    line.moods.extend([dawdles] * 500)
    with environment(SYNC_TIMEOUT_S="1", SYNC_ANSWERS_URL=""):
        both = [command(), command()]
        for _ in range(2):
            until = time.monotonic() + 60
            seen = len(line.applied)
            while len(line.applied) < seen + 3 and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(dice.random() * 0.3)  # at any point of an attempt
            end(both.pop(0))
            both.append(command())
        for each in both:
            end(each)
        line.moods.clear()
        tick.at = datetime.now(UTC)  # the processes wrote by their own clock
        work(tick, hours=1, every_s=120)
    assert {where: line.of(where) for where in (A, B)} == keys
    assert states() == {"已送达"}


def test_only_the_outbox_writes_messages() -> None:
    for path in (ROOT / "field_app").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        made = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert path.name == "outbox.py" or not made & {"Outbox", "Delivery"}, path

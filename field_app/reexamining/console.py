"""The `reexamine` command: a run in the foreground, beside a server or without one."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from field_app.problems import BAD_INPUT
from field_app.reexamining import difference, runs
from field_app.reexamining.runs import RunShown
from field_app.reexamining.states import WORKED_ON, RunState
from field_app.reexamining.worker import Worker
from field_app.roles import CONSOLE
from field_app.rulebook import Layer

_LOOK_AGAIN_S = 1.0  # while a server's worker has the run, or the store is away


def reexamine(
    thresholds: Sequence[str],
    *,
    why: str,
    drop: bool,
    adopt: bool,
    clock: Callable[[], datetime],
    say: Callable[[str], None],
) -> None:
    """Does the open run, or begins one, and tells what would change. Then drops it, puts it in
    force, or leaves it for somebody to decide on the page.

    Raises BAD_INPUT, and RUN_OPEN_ALREADY where thresholds are given while a run is open.
    """
    if drop and adopt:
        raise BAD_INPUT(what="--dry-run 和 --in-force 只能用一个。")
    proposed = _proposed(thresholds)
    run = runs.open_run(CONSOLE)
    if run is None or proposed:
        runs.propose(proposed, why=why, who=CONSOLE, now=clock())
    elif run.state in WORKED_ON:
        say(f"接着做没做完的一次：{run.why}")
    ready = _to_its_end(clock, say)
    if ready is None:
        return
    _tell(ready, say)
    if drop:
        runs.drop(ready.id, CONSOLE, now=clock())
        say("没有启用，照片的结论没有变。")
    elif adopt:
        runs.adopt(ready.id, why=ready.why, who=CONSOLE, now=clock())
        _to_its_end(clock, say)
    else:
        say("照片的结论还没有变。请县办在“规则”页启用或放弃。")


def _proposed(given: Sequence[str]) -> Layer:
    """`on_parcel.tolerance_m=30` by check and name."""
    proposed: Layer = {}
    for text in given:
        name, _, number = text.partition("=")
        check, _, threshold = name.strip().partition(".")
        try:
            proposed.setdefault(check, {})[threshold] = float(number)
        except ValueError as error:
            raise BAD_INPUT(what=f"“{text}”写法不对，应如 on_parcel.tolerance_m=30。") from error
    return proposed


def _to_its_end(clock: Callable[[], datetime], say: Callable[[str], None]) -> RunShown | None:
    """Works until the run waits for a decision, and gives it; None where it is over."""
    worker, told = Worker(), ""
    while True:
        busy = worker.step(now=clock())
        run = runs.open_run(CONSOLE)
        if run is None:
            last = runs.closed_runs(CONSOLE, limit=1)[0]
            say(f"{last.state}。{last.note}")
            return None
        if run.state == RunState.READY:
            return run
        if run.note and run.note != told:
            told = run.note
            say(told)
        if not busy:
            time.sleep(_LOOK_AGAIN_S)


def _tell(run: RunShown, say: Callable[[str], None]) -> None:
    found = difference.of(run.id, CONSOLE)
    say(
        f"试算了 {found.total} 张照片，{found.changed} 张的结论会变，{found.unread_count} 张读不出。"
    )
    for shift in found.shifts:
        if shift.old != shift.new:
            say(f"  {shift.old} → {shift.new}　{shift.count} 张")
    for photo in difference.sample(run.id, CONSOLE):
        reason = photo.new_results[0]["message"] if photo.new_results else "各项相符"
        say(
            f"  照片 {photo.photo_id}（{photo.kind}，{photo.number}）{photo.old} → {photo.new}：{reason}"
        )
    for each in found.unread:
        say(f"  照片 {each.photo_id}（{each.kind}，{each.number}）{each.why}，保持原结论")

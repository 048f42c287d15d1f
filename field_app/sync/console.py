"""The `sync run` command: works through the outbox in the foreground, beside a server or not."""

import threading
from collections.abc import Callable
from random import Random

from field_app.problems import BAD_INPUT
from field_app.roles import CONSOLE
from field_app.sync import channels
from field_app.sync.overview import overview
from field_app.sync.states import Sending
from field_app.sync.worker import Worker, work_until


def run(*, once: bool, say: Callable[[str], None]) -> None:
    """Until nothing is to do now (`once`), or until it is stopped. Raises BAD_INPUT where no line
    is set."""
    if not channels.configured():
        raise BAD_INPUT(
            what="没有设置同步或提醒：请设 SYNC_URL、SYNC_FOLDER、MAIL_HOST 或 ROBOT_URL，见 docs/sync.md。"
        )
    if not once:
        work_until(threading.Event())
        return
    worker = Worker(dice=Random())  # noqa: S311 — waits, not secrets
    while worker.step():
        pass
    for line in overview(CONSOLE).lines:
        sent, refused = line.counts.get(Sending.SENT, 0), line.counts.get(Sending.REFUSED, 0)
        trouble = f"；最近一次失败：{line.said}" if line.sick else ""
        say(f"{line.title}：已送达 {sent}，待发 {line.waiting}，被拒收 {refused}{trouble}")

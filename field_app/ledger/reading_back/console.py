"""A ledger brought back by the command line: the same reading, comparing and applying."""

from collections.abc import Callable
from datetime import datetime

from field_app.ledger.reading_back import applying, keeping
from field_app.ledger.reading_back.comparing import Outcome
from field_app.ledger.reading_back.keeping import Preview
from field_app.roles import CONSOLE


def bring(
    data: bytes,
    file_name: str,
    *,
    why: str,
    dry_run: bool,
    now: datetime,
    say: Callable[[str], None],
) -> int:
    """Compares a file and, unless it is a dry run, applies it. Returns how many rows have something
    that was not taken. Raises what `keeping.take` and `applying.apply` raise."""
    upload = keeping.take(data, file_name, who=CONSOLE, now=now)
    try:
        preview = keeping.preview(upload, who=CONSOLE)
        _tell(preview, say)
        if dry_run:
            return sum(row.outcome != Outcome.CHANGED for row in preview.rows)
        told = applying.apply(upload, why=why, who=CONSOLE, now=now)
    finally:
        keeping.drop(upload, who=CONSOLE, now=now)
    for each in told:
        for heading, reason in each.failed:
            say(f"{each.number or '没有编号的行'} {heading}：没有采用，{reason}")
    done = sum(bool(each.done) for each in told)
    say(f"{file_name}：已应用 {done} 条，未变 {preview.same} 条")
    return sum(bool(each.failed) for each in told)


def _tell(preview: Preview, say: Callable[[str], None]) -> None:
    for note in preview.notes:
        say(note)
    for row in preview.rows:
        if row.why:
            say(f"{row.where} {row.number}：{row.outcome}，{row.why}")
        for cell in row.cells:
            if cell.outcome == Outcome.CHANGED:
                say(f"{row.number} {cell.heading}：{cell.base or '空'} → {cell.file or '空'}")
            elif cell.outcome != Outcome.SAME:
                say(f"{row.number} {cell.heading}（{cell.at}）：{cell.outcome} {cell.why}".rstrip())

"""Where the lines of a run go: JSON lines or a workbook, by the name of the file.

A file appears under its name when the run has ended: a killed run leaves no half of it, and the
one of the last run stays until then.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from field_app.problems import BAD_INPUT
from field_app.verifying.workbook import Workbook
from photos.verify import Line


class Sink(Protocol):
    def add(self, line: Line) -> None:
        """Takes the next line."""

    def close(self) -> None:
        """All lines were given."""


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def add(self, line: Line) -> None:
        self._file.write(as_text(line) + "\n")

    def close(self) -> None:
        self._file.close()


_KINDS: dict[str, Callable[[Path], Sink]] = {".jsonl": _JsonLines, ".xlsx": Workbook}


def as_text(line: Line) -> str:
    """A line of the contract."""
    return json.dumps(line, ensure_ascii=False)


def check_names(paths: Sequence[Path]) -> None:
    """Raises a Problem for a name that no kind of result has, before anything is read."""
    for path in paths:
        if path.suffix.lower() not in _KINDS:
            raise BAD_INPUT(what=f"结果文件“{path}”应以 .jsonl 或 .xlsx 结尾。")
        if not path.parent.is_dir():
            raise BAD_INPUT(what=f"结果文件“{path}”的文件夹不存在，请先建好。")


def half_of(path: Path) -> Path:
    """Where a result stands until it is whole; a killed run leaves it."""
    return path.with_name(f".{path.name}.part")


@contextmanager
def results(paths: Sequence[Path]) -> Iterator[list[Sink]]:
    """Sinks for the files; each appears when the block has ended without an error. OSError."""
    half = {path: half_of(path) for path in paths}
    try:
        with ExitStack() as stack:
            sinks: list[Sink] = []
            for path, part in half.items():
                sink = _KINDS[path.suffix.lower()](part)
                stack.callback(sink.close)
                sinks.append(sink)
            yield sinks
        for path, part in half.items():
            os.replace(part, path)
    finally:
        for part in half.values():
            part.unlink(missing_ok=True)

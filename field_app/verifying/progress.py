"""How far a long run is, on the error stream: the standard output belongs to the lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from photos.verify import Progress, Stage


@contextmanager
def progress_bar(shown: bool | None) -> Iterator[Progress | None]:
    """A bar with rate and rest; None for `shown` shows it to a person at a terminal only."""
    if shown is False or (shown is None and not sys.stderr.isatty()):
        yield None
        return
    bars: dict[Stage, tqdm] = {}

    def show(stage: Stage, done: int, total: int) -> None:
        bar = bars.get(stage)
        if bar is None:
            bar = bars[stage] = tqdm(
                desc=stage, unit="张" if stage is Stage.READ else "对", file=sys.stderr,
                dynamic_ncols=True, mininterval=0.5,
            )  # fmt: skip
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()

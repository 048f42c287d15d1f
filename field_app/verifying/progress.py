"""How far a long run is, on the error stream: the standard output belongs to the lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from photos.verify import Progress


@contextmanager
def progress_bar(shown: bool | None) -> Iterator[Progress | None]:
    """A bar with rate and rest; None for `shown` shows it to a person at a terminal only."""
    if shown is False or (shown is None and not sys.stderr.isatty()):
        yield None
        return
    with tqdm(
        desc="读取照片", unit="张", file=sys.stderr, dynamic_ncols=True, mininterval=0.5
    ) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show

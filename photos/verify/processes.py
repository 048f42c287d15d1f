"""Work in processes of this machine; an item that kills its process is told and left out."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from photos.verify.reading import R, T

_UNDER_WAY = 3  # items for each worker: enough to keep it busy, few enough to do again


class Processes:
    """`workers` processes, started anew when one of them dies.

    When a worker dies, the pool is lost with all that was under way: those items are done again
    one by one, each in a process of its own, so that only the one that kills is given up.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def each(
        self, work: Callable[[T], R], items: Iterable[tuple[int, T]]
    ) -> Iterator[tuple[int, R | None]]:
        source = iter(items)
        under_way: deque[tuple[int, T, Future[R] | None]] = deque()
        pool = _pool(self._workers)
        try:
            while True:
                for number, item in islice(source, self._workers * _UNDER_WAY - len(under_way)):
                    under_way.append((number, item, _submitted(pool, work, item)))
                if not under_way:
                    return
                number, _, future = under_way[0]
                made = _result(future)
                if made is not None:
                    under_way.popleft()
                    yield number, made
                    continue
                pool.shutdown(wait=True)
                for number, item, future in under_way:
                    made = _result(future)
                    yield number, _done_alone(work, item) if made is None else made
                under_way.clear()
                pool = _pool(self._workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, work: Callable[[T], R], item: T) -> Future[R] | None:
    try:
        return pool.submit(work, item)
    except BrokenProcessPool:
        return None


def _result(future: Future[R] | None) -> R | None:
    """What a worker made; None where the pool broke before it was done."""
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        return None


def _done_alone(work: Callable[[Any], R], item: object) -> R | None:
    with _pool(1) as pool:
        return _result(_submitted(pool, work, item))


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: a forked child would inherit threads and locks of the decoders and of the store.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

"""Reading in processes of this machine; a photo that kills its process is told and left out."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from photos.verify.places import Place
from photos.verify.reading import WORKER_DIED, Numbered, Read, read_place

_UNDER_WAY = 3  # files for each worker: enough to keep it busy, few enough to read again


class Processes:
    """`workers` processes, started anew when one of them dies.

    When a worker dies, the pool is lost with all that was under way: those files are read again
    one by one, each in a process of its own, so that only the one that kills is given up.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def read(self, places: Iterable[Numbered]) -> Iterator[tuple[int, Read]]:
        source = iter(places)
        under_way: deque[tuple[int, Place, Future[Read] | None]] = deque()
        pool = _pool(self._workers)
        try:
            while True:
                for number, place in islice(source, self._workers * _UNDER_WAY - len(under_way)):
                    under_way.append((number, place, _submitted(pool, place)))
                if not under_way:
                    return
                number, _, future = under_way[0]
                read = _result(future)
                if read is not None:
                    under_way.popleft()
                    yield number, read
                    continue
                pool.shutdown(wait=True)
                for number, place, future in under_way:
                    yield number, _result(future) or _read_alone(place)
                under_way.clear()
                pool = _pool(self._workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, place: Place) -> Future[Read] | None:
    try:
        return pool.submit(read_place, place)
    except BrokenProcessPool:
        return None


def _result(future: Future[Read] | None) -> Read | None:
    """What a worker read; None where the pool broke before it was done."""
    try:
        return None if future is None else future.result()
    except BrokenProcessPool:
        return None


def _read_alone(place: Place) -> Read:
    with _pool(1) as pool:
        return _result(_submitted(pool, place)) or WORKER_DIED


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawn: a forked child would inherit threads and locks of the decoders and of the store.
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

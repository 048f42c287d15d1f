"""Work on a Dask cluster: our own on this machine, or one at an address.

Photos go out in batches. A batch whose worker dies is split until the one photo that kills is
found: it is told, and all others are done. Suspects are tried alone, because the scheduler blames
every task that was waiting on a dead worker.

A cluster at an address must have this program in this version and see the same paths or buckets;
Dask sends pickles, so its address belongs to a network whose members are all trusted.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, wait
from distributed.client import FutureCancelledError

from photos.verify.reading import R, T, reading_version

BATCH = 64
_UNDER_WAY = 2  # batches for each worker, so that none waits for the next
_START_S = 60.0
_SILENCE_S = 60.0
_CLOSE_S = 20.0

Batch = Sequence[tuple[int, Any]]


class ClusterDown(Exception):
    """The cluster cannot be used, or is gone; the message, in Chinese, says what to do."""


class Cluster:
    """`workers` processes of our own, or the cluster at `address` (tcp://host:port)."""

    def __init__(self, workers: int = 1, address: str | None = None, *, batch: int = BATCH) -> None:
        self._workers, self._address, self._batch = workers, address, batch

    def each(
        self, work: Callable[[T], R], items: Iterable[tuple[int, T]]
    ) -> Iterator[tuple[int, R | None]]:
        """ClusterDown where it cannot be reached, speaks another version, or stays silent."""
        source = iter(items)
        first = list(islice(source, 1))
        if not first:
            return  # all was known: no cluster is started for nothing
        with ExitStack() as stack:
            client = self._client(stack)
            seats = _seats(client)
            batches = _batches(first, source, self._batch, seats)
            yield from _spread(client, work, batches, seats)

    def _client(self, stack: ExitStack) -> Client:
        # Of our own cluster a death is enough to suspect: retrying a photo that kills costs workers.
        stack.enter_context(
            dask.config.set({
                "distributed.scheduler.allowed-failures": 0,
                "distributed.comm.timeouts.connect": "10s",
            })
        )  # fmt: skip
        for name in ("distributed", "distributed.nanny", "distributed.scheduler"):
            stack.callback(logging.getLogger(name).setLevel, logging.getLogger(name).level)
            logging.getLogger(name).setLevel(logging.CRITICAL)  # deaths are told in our own lines
        try:
            if self._address is None:
                # No dashboard and the loopback only: nothing of this is for others to see.
                cluster = stack.enter_context(
                    LocalCluster(
                        n_workers=self._workers,
                        threads_per_worker=1,
                        host="127.0.0.1",
                        dashboard_address=None,
                        memory_limit=0,
                        silence_logs=logging.CRITICAL,
                    )
                )
                client = Client(cluster, set_as_default=False)
            else:
                client = Client(self._address, timeout=_START_S, set_as_default=False)
            stack.enter_context(client)
            client.wait_for_workers(1, timeout=_START_S)
            spoken = _spoken(client)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterDown(
                f"连不上 Dask 集群（{self._address or '本机'}）；请检查地址、调度器和工作进程。"
            ) from error
        except ModuleNotFoundError as error:
            raise ClusterDown("集群的工作进程里没有装本程序；请装好同一版本再试。") from error
        if spoken != {reading_version()}:
            raise ClusterDown("集群的工作进程装的是另一个版本的程序；请装成同一版本再试。")
        return client


def _spoken(client: Client) -> set[str]:
    """The versions that its workers speak."""
    return set(client.run(reading_version).values())


def _do_batch(work: Callable[[T], R], items: list[T]) -> list[R]:
    return [work(item) for item in items]


def _batches(
    first: list[tuple[int, T]], rest: Iterator[tuple[int, T]], size: int, seats: int
) -> Iterator[Sequence[tuple[int, T]]]:
    """Batches that grow to their size, so that a short list is spread over all workers too."""
    step = min(size, 4)
    batch = first + list(islice(rest, step - 1))
    given = 0
    while batch:
        yield batch
        given += 1
        if given % (seats * _UNDER_WAY) == 0:
            step = min(size, step * 2)
        batch = list(islice(rest, step))


def _spread(
    client: Client, work: Callable[[Any], R], batches: Iterator[Batch], seats: int
) -> Iterator[tuple[int, R | None]]:
    under_way: dict[Future, Batch] = {}
    suspects: deque[Batch] = deque()
    while True:
        for batch in islice(batches, seats * _UNDER_WAY - len(under_way)):
            under_way[_submitted(client, work, batch)] = batch
        if not under_way:
            break
        for future in _ready(client, list(under_way)):
            batch = under_way.pop(future)
            made = _result(future)
            if made is None:
                suspects.append(batch)
            else:
                yield from _numbered(batch, made)
    while suspects:
        batch = suspects.popleft()
        future = _submitted(client, work, batch)
        _ready(client, [future])
        made = _result(future)
        if made is not None:
            yield from _numbered(batch, made)
        elif len(batch) == 1:
            yield batch[0][0], None
        else:
            middle = len(batch) // 2
            suspects.extendleft((batch[middle:], batch[:middle]))


def _numbered(batch: Batch, made: Sequence[R]) -> Iterator[tuple[int, R]]:
    return ((number, result) for (number, _), result in zip(batch, made, strict=True))


def _submitted(client: Client, work: Callable[[Any], Any], batch: Batch) -> Future:
    try:
        # Not pure: a batch that is tried again is not the failed one of before.
        return client.submit(_do_batch, work, [item for _, item in batch], pure=False, retries=0)
    except (OSError, RuntimeError) as error:
        raise _gone() from error


def _ready(client: Client, futures: list[Future]) -> list[Future]:
    """Those that are done, as soon as one is. ClusterDown where no worker is left."""
    while True:
        try:
            with client.as_current():
                done = wait(futures, timeout=_SILENCE_S, return_when="FIRST_COMPLETED").done
            return list(done)
        except TimeoutError:
            if client.status != "running" or not _seats(client):
                raise _gone() from None
        except (OSError, FutureCancelledError) as error:
            raise _gone() from error


def _result(future: Future) -> list[Any] | None:
    """What came of a batch; None where its worker died of it, or of something beside it."""
    try:
        return list(future.result())
    except KilledWorker:
        return None
    except (FutureCancelledError, OSError, TimeoutError) as error:
        raise _gone() from error


def _seats(client: Client) -> int:
    try:
        return len(client.ncores())
    except (OSError, RuntimeError) as error:
        raise _gone() from error


def _gone() -> ClusterDown:
    return ClusterDown(
        "Dask 集群中途断开，没有检查完；用 --state 时已读的照片不会丢，恢复后重新运行即可。"
    )

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
from concurrent.futures import CancelledError
from contextlib import ExitStack
from itertools import islice
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, wait

from photos.verify.reading import EngineDown, R, T, reading_version

BATCH = 64
_UNDER_WAY = 2  # batches for each worker, so that none waits for the next
_START_S = 30.0
_SILENCE_S = 60.0
_TRIES = 3  # of a batch whose result was lost though nothing else was under way

Batch = Sequence[tuple[int, Any]]


class _Lost(Exception):
    """A result went down with the worker that held it."""


class ClusterDown(EngineDown):
    """The cluster cannot be reached, speaks another version, or is gone."""


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
                "distributed.scheduler.http.routes": [],
                "distributed.worker.http.routes": [],
            })
        )  # fmt: skip
        for name in ("distributed", "distributed.nanny", "distributed.scheduler"):
            stack.callback(logging.getLogger(name).setLevel, logging.getLogger(name).level)
            logging.getLogger(name).setLevel(logging.CRITICAL)  # deaths are told in our own lines
        try:
            if self._address is None:
                # Nothing of this is for others to see: the loopback only, no dashboard, and behind
                # the port that Dask opens all the same (any free one) no page at all.
                cluster = stack.enter_context(
                    LocalCluster(
                        n_workers=self._workers,
                        threads_per_worker=1,
                        host="127.0.0.1",
                        dashboard_address="127.0.0.1:0",
                        scheduler_kwargs={"dashboard": False},
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
            try:
                yield from _numbered(batch, _result(client, future))
            except (KilledWorker, _Lost):
                suspects.append(batch)
    while suspects:
        batch = suspects.popleft()
        try:
            yield from _numbered(batch, _alone(client, work, batch))
        except KilledWorker:
            middle = len(batch) // 2
            if middle:
                suspects.extendleft((batch[middle:], batch[:middle]))
            else:
                yield batch[0][0], None


def _alone(client: Client, work: Callable[[Any], R], batch: Batch) -> list[R]:
    """What comes of a batch while nothing else is under way. KilledWorker."""
    for _ in range(_TRIES):
        future = _submitted(client, work, batch)
        _ready(client, [future])
        try:
            return _result(client, future)
        except _Lost:
            continue
    raise _gone()


def _numbered(batch: Batch, made: Sequence[R]) -> Iterator[tuple[int, R]]:
    return ((number, result) for (number, _), result in zip(batch, made, strict=True))


def _submitted(client: Client, work: Callable[[Any], Any], batch: Batch) -> Future:
    try:
        # Not pure: a batch that is tried again is not the failed one of before.
        return client.submit(_do_batch, work, [item for _, item in batch], pure=False, retries=0)
    except (OSError, RuntimeError) as error:
        raise _gone() from error


def _ready(client: Client, futures: list[Future]) -> list[Future]:
    """Those that are done or lost, as soon as one is. ClusterDown where no worker is left."""
    while True:
        ended = [future for future in futures if future.status != "pending"]
        if ended:
            return ended
        try:
            with client.as_current():
                wait(futures, timeout=_SILENCE_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            if client.status != "running" or not _seats(client):
                raise _gone() from None
        except CancelledError:  # one of them was lost: its status says which
            if client.status != "running":
                raise _gone() from None
        except OSError as error:
            raise _gone() from error


def _result(client: Client, future: Future) -> list[Any]:
    """What came of a batch. KilledWorker where its worker died of it, or of something beside it;
    _Lost where the worker died when it was done, before the result had left it."""
    try:
        return list(future.result(timeout=_SILENCE_S))
    except (CancelledError, TimeoutError) as error:
        if client.status != "running":
            raise _gone() from error
        raise _Lost from error
    except OSError as error:
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

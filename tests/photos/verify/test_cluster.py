"""The same lines on a Dask cluster, and a worker that dies costs one photo at most."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path, PosixPath

import pytest
from distributed import LocalCluster

from photos.verify import verify_many
from photos.verify.cluster import Cluster, ClusterDown, _batches
from photos.verify.reading import read_place
from tests.build import RECEIVED_AT, a_parcel, a_photo

NEAR = a_parcel()
PARCELS = [("N1", NEAR)]


class Killer(PosixPath):
    """A photo that kills whoever reads it."""

    def read_bytes(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


class KillsOnce(PosixPath):
    """A photo during whose reading the worker happens to be killed, once."""

    def read_bytes(self) -> bytes:
        mark = Path(f"{self}.mark")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read_bytes()


def lines(photos, engine=None):
    return list(verify_many(photos, PARCELS, received_at=RECEIVED_AT, engine=engine))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("photos")
    for n in range(9):
        (folder / f"{n}.jpg").write_bytes(a_photo(NEAR, away_m=20.0 * n, seed=n))
    (folder / "9.jpg").write_bytes(b"")
    return [(path.name, path) for path in sorted(folder.iterdir())]


def test_a_cluster_gives_the_same_lines_and_survives_every_death(photos, tmp_path: Path):
    killer, unlucky = tmp_path / "killer.jpg", tmp_path / "unlucky.jpg"
    for path in (killer, unlucky):
        path.write_bytes(photos[0][1].read_bytes())
    given = [*photos[:4], ("killer.jpg", Killer(killer)), *photos[4:]]
    given.append(("unlucky.jpg", KillsOnce(unlucky)))
    got = lines(given, Cluster(2, batch=2))
    by_name = {line["file"]: line for line in got}
    assert [line["file"] for line in got] == [name for name, _ in given]
    assert by_name["killer.jpg"]["error"]["id"] == "photo-worker-died"
    assert by_name["unlucky.jpg"]["verdict"] == "核验通过"
    plain = lines([*photos, ("unlucky.jpg", unlucky)])
    assert [line for line in got if line["file"] != "killer.jpg"] == plain


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
    ) as cluster:
        yield cluster.scheduler_address


def test_a_cluster_at_an_address_is_used_and_left_running(photos, elsewhere: str):
    for _ in range(2):
        assert lines(photos, Cluster(address=elsewhere)) == lines(photos)


def test_a_cluster_of_another_version_is_refused(
    photos, elsewhere: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("photos.verify.cluster._spoken", lambda _client: {"theirs"})
    with pytest.raises(ClusterDown, match="另一个版本"):
        lines(photos, Cluster(address=elsewhere))


def test_a_cluster_that_is_not_there_is_said_to_be_away(photos, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("photos.verify.cluster._START_S", 0.5)
    with pytest.raises(ClusterDown, match="连不上"):
        lines(photos, Cluster(address="tcp://127.0.0.1:9"))


def test_nothing_to_read_starts_no_cluster():
    assert list(Cluster(address="tcp://127.0.0.1:9").each(read_place, [])) == []


def test_batches_grow_to_their_size_and_hold_every_photo():
    numbered = [(n, b"") for n in range(1000)]
    batches = list(_batches(numbered[:1], iter(numbered[1:]), 64, 2))
    assert [each for batch in batches for each in batch] == numbered
    assert [len(batch) for batch in batches[:9]] == [4, 4, 4, 4, 8, 8, 8, 8, 16]
    assert max(map(len, batches)) == 64

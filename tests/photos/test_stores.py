"""The evidence is kept: same bytes, same key, on a folder and on a real S3 server."""

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from photos import stores
from photos.hashing import Hashing, hashed
from photos.stores import (
    DamagedPhoto,
    NotStored,
    PhotoStore,
    StoreDown,
    WrongDigest,
    open_store,
    path_of,
)

PHOTO = b"\xff\xd8\xff photo " + bytes(range(256)) * 5_000
KEY = hashlib.sha256(PHOTO).hexdigest()
CREDENTIALS = {
    "access_key_id": "testing",
    "secret_access_key": "testing",
    "region": "us-east-1",
}


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def _bucket(endpoint: str, name: str):
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    client.create_bucket(Bucket=name)
    return client


class Shelf:
    """A store, and a way to damage what it holds behind its back."""

    def __init__(self, store: PhotoStore, write: object) -> None:
        self.store, self.write = store, write


@pytest.fixture(params=["folder", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        store = open_store(str(tmp_path / "photos"))
        return Shelf(
            store, lambda key, data: (tmp_path / "photos" / path_of(key)).write_bytes(data)
        )
    endpoint = request.getfixturevalue("s3_server")
    name = f"evidence-{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    client = _bucket(endpoint, name)
    store = open_store(f"s3://{name}/county/photos", CREDENTIALS | {"endpoint": endpoint})
    return Shelf(
        store,
        lambda key, data: client.put_object(
            Bucket=name, Key=f"county/photos/{path_of(key)}", Body=data
        ),
    )


def test_a_photo_comes_back_as_it_went_in(shelf: Shelf):
    assert shelf.store.put(PHOTO) == KEY
    assert shelf.store.get(KEY) == PHOTO
    assert b"".join(shelf.store.chunks(KEY)) == PHOTO
    assert shelf.store.size(KEY) == len(PHOTO)
    assert shelf.store.exists(KEY)


def test_the_same_photo_twice_is_kept_once(shelf: Shelf):
    assert shelf.store.put(PHOTO) == shelf.store.put(PHOTO, sha256=KEY)
    assert list(shelf.store.keys()) == [KEY]


def test_bytes_that_do_not_hash_to_their_name_are_refused_before_anything_is_written(shelf: Shelf):
    with pytest.raises(WrongDigest):
        shelf.store.put(PHOTO, sha256="0" * 64)
    assert list(shelf.store.keys()) == []


def test_a_photo_that_was_never_stored_is_missed_by_every_question(shelf: Shelf):
    missing = "f" * 64
    assert not shelf.store.exists(missing)
    for ask in (shelf.store.get, shelf.store.size, lambda key: list(shelf.store.chunks(key))):
        with pytest.raises(NotStored):
            ask(missing)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32, "g" * 64, "a" * 63])
def test_only_a_digest_is_a_key(shelf: Shelf, name: str):
    with pytest.raises(NotStored):
        shelf.store.get(name)
    assert not shelf.store.exists(name)


def test_a_photo_changed_behind_our_back_is_found_damaged(shelf: Shelf):
    shelf.store.put(PHOTO)
    shelf.write(KEY, PHOTO[:-1] + b"!")
    with pytest.raises(DamagedPhoto):
        shelf.store.get(KEY)
    with pytest.raises(DamagedPhoto):
        list(shelf.store.chunks(KEY))


def test_a_photo_that_a_power_loss_cut_short_is_healed_when_it_is_sent_again(shelf: Shelf):
    shelf.store.put(PHOTO)
    shelf.write(KEY, b"")
    shelf.store.put(PHOTO)
    assert shelf.store.get(KEY) == PHOTO


def test_ten_senders_of_one_photo_all_get_its_key(shelf: Shelf):
    keys: list[str] = []
    senders = [
        threading.Thread(target=lambda: keys.append(shelf.store.put(PHOTO))) for _ in range(10)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert keys == [KEY] * 10
    assert shelf.store.get(KEY) == PHOTO


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was waited for, in order."""
    paths: list[str] = []
    real = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda fd: (paths.append(os.readlink(f"/proc/self/fd/{fd}")), real(fd))[1]
    )
    return paths


def test_a_folder_is_synced_down_to_its_root_before_the_key_is_given(
    tmp_path: Path, synced: list[str]
):
    open_store(str(tmp_path)).put(PHOTO)
    at = tmp_path / path_of(KEY)
    assert synced == [str(at), str(at.parent), str(at.parent.parent), str(tmp_path)]


def test_folders_that_are_on_the_disk_already_are_not_waited_for_again(
    tmp_path: Path, synced: list[str]
):
    store = open_store(str(tmp_path))
    folder = store.put(b"a photo")[:4]
    synced.clear()
    beside = next(
        data
        for data in (b"photo %d" % n for n in range(10_000_000))
        if hashlib.sha256(data).hexdigest().startswith(folder)
    )
    at = tmp_path / path_of(store.put(beside))
    assert synced == [str(at), str(at.parent)]


def test_a_folder_may_have_a_chinese_name(tmp_path: Path):
    for url in (str(tmp_path / "举证 照片"), (tmp_path / "举证 照片").as_uri()):
        assert open_store(url).put(PHOTO) == KEY
    assert (tmp_path / "举证 照片" / path_of(KEY)).exists()


def test_a_leftover_of_an_interrupted_write_is_no_photo(tmp_path: Path):
    store = open_store(tmp_path.as_uri())
    store.put(PHOTO)
    (tmp_path / (path_of(KEY) + "#1")).write_bytes(b"half")
    assert list(store.keys()) == [KEY]


def test_a_folder_that_cannot_be_written_is_said_to_be_down(tmp_path: Path):
    store = open_store(str(tmp_path))
    (tmp_path / KEY[:2]).write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreDown):
        store.put(PHOTO)


def test_an_s3_server_that_is_gone_is_said_to_be_down_and_not_empty():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        store = open_store("s3://evidence/x", CREDENTIALS | {"endpoint": "http://127.0.0.1:9"})
        with pytest.raises(StoreDown):
            store.put(PHOTO)
        with pytest.raises(StoreDown):
            store.exists(KEY)


def test_the_environment_may_name_the_server(s3_server: str, monkeypatch: pytest.MonkeyPatch):
    _bucket(s3_server, "from-environment")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    store = open_store("s3://from-environment")
    assert store.get(store.put(PHOTO)) == PHOTO


def test_another_kind_of_address_is_refused():
    with pytest.raises(ValueError, match="ftp"):
        open_store("ftp://example/photos")


def test_what_was_hashed_while_it_arrived_is_not_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    coming = Hashing()
    for part in (PHOTO[:2], PHOTO[2:]):
        coming.take(part)
    photo = coming.whole()
    store = open_store(str(tmp_path))
    monkeypatch.setattr(stores, "hashed", None)
    assert store.put(photo) == KEY
    monkeypatch.undo()
    assert store.get(KEY) == PHOTO


def test_what_was_hashed_and_has_another_key_than_asked_for_is_refused(tmp_path: Path):
    store = open_store(str(tmp_path))
    with pytest.raises(WrongDigest):
        store.put(hashed(PHOTO), sha256="0" * 64)
    assert not list(store.keys())

"""Folders, lists of pairs and buckets: everything in them becomes a photo, or is told."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from models.vocabulary import PhotoKind
from photos import stores
from photos.stores import StoreDown, open_store
from photos.verify import PhotoFile, Processes, verify_many
from photos.verify.places import StoredPhoto, Unread, load
from photos.verify.sources import (
    PairsRefused,
    photos_of_bucket,
    photos_of_folder,
    photos_of_pairs,
)
from tests.build import RECEIVED_AT, a_parcel, a_photo
from tests.soak import examples

NEAR = a_parcel()
PARCELS = [("N1", NEAR)]


# --- folders --------------------------------------------------------------------------------


def test_a_folder_gives_every_file_in_the_order_of_the_names(tmp_path: Path):
    for name in ("b/2.jpg", "b/10.jpg", "a.jpg", "Thumbs.db", "b/c/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = [Path(p.name).relative_to(tmp_path).as_posix() for p in photos_of_folder(tmp_path)]
    assert found == ["Thumbs.db", "a.jpg", "gone.jpg", "b/10.jpg", "b/2.jpg", "b/c/x.txt"]


def test_files_that_the_run_itself_writes_are_no_photos(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(b"x")
    out = tmp_path / "out.jsonl"
    out.write_text("{}")
    assert [p.name for p in photos_of_folder(tmp_path, [out])] == [str(tmp_path / "a.jpg")]


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (line,) = verify_many(photos_of_folder(tmp_path), PARCELS, received_at=RECEIVED_AT)
    assert line["error"]["id"] == "photo-not-found"


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path):
    path = tmp_path / "film.jpg"
    with path.open("wb") as file:
        file.truncate(300_000_000)
    (line,) = verify_many([("film.jpg", path)], PARCELS, received_at=RECEIVED_AT)
    assert line["error"]["id"] == "photo-too-large"


def test_a_folder_without_leave_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shut = tmp_path / "shut"
    shut.mkdir()
    real = os.scandir

    def scandir(at):
        if Path(at) == shut:
            raise PermissionError(13, "denied", str(at))
        return real(at)

    monkeypatch.setattr(os, "scandir", scandir)  # the tests may run as root, who has every leave
    (line,) = verify_many(photos_of_folder(tmp_path), PARCELS, received_at=RECEIVED_AT)
    assert (line["file"], line["error"]["id"]) == (str(shut), "folder-not-readable")


# --- lists ----------------------------------------------------------------------------------

CHINESE = "照片,地块,种类,拍摄人,设备\n图/甲.jpg,N1,近景,李工,二组手机\n乙.jpg,,,,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_list_is_read_in_every_encoding_that_offices_write(encoding: str, tmp_path: Path):
    path = tmp_path / "清单.csv"
    path.write_bytes(CHINESE.encode(encoding))
    assert list(photos_of_pairs(path)) == [
        PhotoFile(
            str(tmp_path / "图" / "甲.jpg"),
            tmp_path / "图" / "甲.jpg",
            "N1",
            PhotoKind.CLOSE,
            "李工",
            "二组手机",
        ),
        PhotoFile(str(tmp_path / "乙.jpg"), tmp_path / "乙.jpg"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "photo,parcel\na.jpg,N1\n",
        "Parcel;Photo;note\r\nN1;a.jpg;x\r\n",
        "parcel\tphoto\nN1\ta.jpg\n",
        '\n\nphoto,parcel\n"a.jpg","N1"\n\n,\n',
        "地块编号,照片文件\nN1,a.jpg",
        "photo,parcel\n.\\a.jpg,N1\n",
    ],
)
def test_columns_are_found_by_their_names_whatever_stands_between(text: str, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    (photo,) = photos_of_pairs(path)
    assert (photo.data, photo.parcel) == (tmp_path / "a.jpg", "N1")


def test_a_bad_row_is_a_line_with_what_is_wrong_and_the_others_go_on(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(a_photo(NEAR))
    path = tmp_path / "list.csv"
    path.write_text(
        "photo,parcel,kind\na.jpg,N1,全景\n,N1,全景\na.jpg,N1,自拍\na.jpg,N9,\nb.jpg,N1,\na.jpg\n",
        encoding="utf-8",
    )
    got = list(verify_many(photos_of_pairs(path), PARCELS, received_at=RECEIVED_AT))
    assert [line.get("error", {}).get("id") for line in got] == [
        None,
        "pairs-row-not-understood",
        "pairs-row-not-understood",
        "photo-parcel-unknown",
        "photo-not-found",
        None,
    ]
    assert got[1]["file"] == f"{path}:3"
    assert "自拍" in got[2]["error"]["message"]
    assert got[5]["parcel"] == "N1"  # none was named: the nearest


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\n \n,,\n", "空的"),
        ("文件名称,编号\na.jpg,1\n".encode(), "照片"),
        ("照片,photo\na.jpg,b.jpg\n".encode(), "两列"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "编码"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(data: bytes, words: str, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(PairsRefused, match=words):
        list(photos_of_pairs(path))


def test_a_quote_that_never_ends_loses_no_row_silently(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text('photo,parcel\na.jpg,N1\n"b.jpg,N1\n' + "x" * 200_000 + "\n", encoding="utf-8")
    first, *rest = photos_of_pairs(path)
    assert first.parcel == "N1"
    assert any(photo.problem for photo in rest)


@settings(max_examples=examples(100), deadline=None)
@given(rows=st.lists(st.lists(st.text(max_size=8), max_size=5), max_size=8))
def test_any_rows_behind_a_heading_come_out(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
):
    path = tmp_path_factory.mktemp("rows") / "list.csv"
    body = "\n".join(",".join(row) for row in rows)
    path.write_bytes(("photo,parcel,kind\n" + body).encode("utf-8", "replace"))
    for photo in photos_of_pairs(path):
        assert photo.problem or photo.name


# --- buckets --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    stores.shared_store.cache_clear()
    stores._shared_bucket.cache_clear()
    client = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    client.create_bucket(Bucket="archive")
    yield client
    for entry in client.list_objects_v2(Bucket="archive").get("Contents", []):
        client.delete_object(Bucket="archive", Key=entry["Key"])
    client.delete_bucket(Bucket="archive")
    stores.shared_store.cache_clear()
    stores._shared_bucket.cache_clear()


def test_photos_in_a_bucket_are_read_like_those_of_a_folder(bucket, tmp_path: Path):
    for name, data in (("二/b.jpg", a_photo(NEAR)), ("a.jpg", a_photo(NEAR, away_m=900.0))):
        bucket.put_object(Bucket="archive", Key=f"2026/{name}", Body=data)
    bucket.put_object(Bucket="archive", Key="other/c.jpg", Body=b"not asked for")
    listed = list(photos_of_bucket("s3://archive/2026"))
    assert [p.name for p in listed] == ["s3://archive/2026/a.jpg", "s3://archive/2026/二/b.jpg"]
    state = tmp_path / "readings.db"
    lines = [
        list(
            verify_many(listed, PARCELS, received_at=RECEIVED_AT, state=state, engine=Processes(1))
        )
        for _ in range(2)
    ]
    assert [line["verdict"] for line in lines[0]] == ["不符", "核验通过"]
    assert lines[0] == lines[1]


def test_an_object_that_went_away_has_its_line(bucket):
    bucket.put_object(Bucket="archive", Key="a.jpg", Body=a_photo(NEAR))
    listed = list(photos_of_bucket("s3://archive"))
    bucket.delete_object(Bucket="archive", Key="a.jpg")
    (line,) = verify_many(listed, PARCELS, received_at=RECEIVED_AT)
    assert line["error"]["id"] == "photo-not-found"


def test_a_photo_store_in_a_bucket_gives_its_photos_by_digest(bucket):
    key = open_store("s3://archive/photos").put(a_photo(NEAR))
    assert load(StoredPhoto("s3://archive/photos", key)) == a_photo(NEAR)
    with pytest.raises(Unread, match="照片库里没有"):
        load(StoredPhoto("s3://archive/photos", "0" * 64))


def test_a_bucket_that_is_not_there_is_said_to_be_down(bucket):
    with pytest.raises(StoreDown):
        list(photos_of_bucket("s3://no-such-bucket"))
    with pytest.raises(ValueError, match="bucket"):
        list(photos_of_bucket("ftp://archive"))

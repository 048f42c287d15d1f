"""The same visit with its photos in a bucket of a real S3 server."""

import hashlib
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from field_app.inspections.photos import store
from field_app.problems import Problem
from tests.databases import environment
from tests.inspections.conftest import Visit


@pytest.fixture
def bucket() -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }
    with environment(PHOTO_STORE="s3://evidence/nanzhao", **names):
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="evidence")
        yield server
    server.stop()


def test_a_photo_goes_to_the_bucket_and_comes_back_unchanged(
    visit: Visit, bucket: ThreadedMotoServer
) -> None:
    data = visit.photo()
    receipt = visit.attach(data)
    assert receipt.verdict == "核验通过"
    assert store().get(hashlib.sha256(data).hexdigest()) == data
    assert visit.attach(data).photo_id == receipt.photo_id


def test_while_the_bucket_is_down_nothing_is_half_kept_and_later_it_goes(
    visit: Visit, bucket: ThreadedMotoServer
) -> None:
    data = visit.photo()
    with environment(PHOTO_STORE="s3://no-such-bucket/x"), pytest.raises(Problem) as told:
        visit.attach(data)
    assert told.value.id == "busy"
    assert visit.view().photos == []
    assert visit.attach(data).verdict == "核验通过"

"""Packages and papers over HTTP: for those who may hand over, as files with safe names."""

import hashlib
from collections.abc import Callable
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from field_app.packages import keys, register
from field_app.roles import Who
from models.vocabulary import PackagePurpose, Role
from tests import rows
from tests.packages.cases import Case, a_case

As = Callable[[Who | None], TestClient]


@pytest.fixture
def case(database: str, noon: datetime) -> Case:
    return a_case(noon)


def test_files_go_out_whole_to_who_may_hand_over_and_to_nobody_else(
    case: Case, as_: As, noon: datetime
) -> None:
    made = register.seal(case.entry, PackagePurpose.HAND_OVER, who=case.office, now=noon)
    paths = {
        made.url: "application/zip",
        f"/hand-overs/{case.hand_over}/form": "application/pdf",
        "/packages/office-key.pem": "application/x-pem-file",
        "/packages/verify.html": "text/html",
    }
    for path, media_type in paths.items():
        answer = as_(case.office).get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["content-disposition"].startswith('attachment; filename="')
        assert answer.headers["content-disposition"].isascii()
        assert answer.headers["cache-control"] == "private, no-store"
        assert int(answer.headers["content-length"]) == len(answer.content)
        for who in (case.unit, case.inspector, rows.a_person(Role.ADMIN)):
            assert as_(who).get(path).status_code == 403, path
        assert as_(None).get(path).status_code == 401, path
    package = as_(case.supervisor).get(made.url)
    assert hashlib.sha256(package.content).hexdigest() == made.sha256
    assert as_(case.office).get("/packages/office-key.pem").content == keys.office_key().public.pem


@pytest.mark.parametrize("number", ["999999", str(2**31), "9" * 30])
@pytest.mark.parametrize("path", ["/packages/{}", "/hand-overs/{}/form"])
def test_what_is_not_there_is_not_found(path: str, number: str, case: Case, as_: As) -> None:
    assert as_(case.office).get(path.format(number)).json()["id"] == "not-found"


def test_without_a_key_there_is_nothing_to_publish(case: Case, as_: As) -> None:
    keys.place().unlink()
    for path in ("/packages/office-key.pem", "/packages/verify.html"):
        assert as_(case.office).get(path).json()["id"] == "no-office-key"

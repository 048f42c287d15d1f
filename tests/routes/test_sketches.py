"""Sketches over HTTP: for those who may see the photos, and nothing in them that runs."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from field_app.roles import Who
from models.vocabulary import Role, Verdict
from tests import rows

As = Callable[[Who | None], TestClient]


@pytest.fixture
def inspector(database: str) -> Who:
    return rows.a_person(Role.INSPECTOR, "何映", team="二组")


@pytest.mark.parametrize("path", ["/evidence/{photo}/sketch", "/evidence/visits/{visit}/sketch"])
def test_a_sketch_is_a_picture_for_those_who_may_see_the_photos(
    path: str, as_: As, inspector: Who
) -> None:
    visit, photos = rows.a_submitted_inspection(inspector, (Verdict.PASSED, Verdict.DOUBTFUL))
    url = path.format(photo=photos[0], visit=visit)
    for who in (inspector, rows.a_person(Role.SUPERVISOR)):
        answer = as_(who).get(url)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert "no-cache" in answer.headers["cache-control"]
        assert ElementTree.fromstring(answer.content).tag.endswith("svg")
    stranger = rows.a_person(Role.INSPECTOR, team="一组")
    assert as_(stranger).get(url).status_code == 403
    assert as_(None).get(url).status_code == 401


@pytest.mark.parametrize("number", ["999999", str(2**31), "9" * 30])
@pytest.mark.parametrize("path", ["/evidence/{}/sketch", "/evidence/visits/{}/sketch"])
def test_a_sketch_of_nothing_is_not_found(path: str, number: str, as_: As, inspector: Who) -> None:
    assert as_(inspector).get(path.format(number)).json()["id"] == "not-found"

"""No page of ours asks anything of another host, for anybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, expect

from field_app.shell import PAGES
from models.vocabulary import Role, Verdict
from tests import rows
from tests.browser.conftest import County, Phone, Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["heying", "duanwei"])
def test_every_page_lives_on_our_own_server_alone(
    name: str, phone_for: Callable[..., Phone], county: County, visit: Visit
) -> None:
    with county.inside():
        inspector = rows.a_person(Role.INSPECTOR, team="二组")
        rows.a_submitted_inspection(inspector, (Verdict.PASSED, Verdict.DOUBTFUL))
    phone = phone_for(name)
    page = phone.page
    own = [
        visit.path[1:],
        f"chat?visit={visit.id}",
        "chat?new=1",
        f"parcel?parcel={visit.parcel_id}",
    ]
    for path in ["", *(p.path for p in PAGES), *own]:
        phone.open(f"/{path}")
        expect(
            page.locator("[data-testid=stMain] p, [data-testid=stMain] h1").first
        ).to_be_visible()
        page.wait_for_timeout(700)  # what comes late must come too
    assert phone.refused == []
    assert phone.errors == []


def test_what_is_asked_of_others_is_noted_and_not_answered(phone: Phone) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        phone.open("http://elsewhere.example/")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        phone.open("http://192.0.2.1/")
    assert phone.refused == ["http://elsewhere.example/", "http://192.0.2.1/"]

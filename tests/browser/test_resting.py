"""What the browser tests wait by is itself heard: a page that asks is not at rest until the server
answers."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Phone, Visit
from tests.browser.resting import answer, rest

pytestmark = pytest.mark.browser
_HEARD = """() => {
  window.heard = [];
  Object.defineProperty(window, 'awaiting', {set(now) { window.heard.push(now); }});
}"""


def test_a_page_awaits_the_server_from_its_asking_to_the_first_answer(
    phone_for: Callable[..., Phone], visit: Visit
) -> None:
    page = phone_for("heying", position=False).open(visit.path)
    expect(page.get_by_role("radiogroup", name="与报备是否一致")).to_be_visible()
    rest(page)
    assert page.evaluate("window.awaiting") is False  # it asked for the page itself
    page.evaluate(_HEARD)
    answer(page, "与报备是否一致", "是")
    assert page.evaluate("window.heard")[:2] == [True, False]

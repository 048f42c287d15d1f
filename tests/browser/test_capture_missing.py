"""What is missing is said on the phone in the very sentences of the server, for visits of all kinds."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from field_app import accounts, clock, inspections
from field_app.inspections.marks import mark
from field_app.roles import Who
from models.geo import moved
from models.vocabulary import FilledBy, InspectionState, Purpose, Verdict
from tests import rows
from tests.browser.conftest import PASSWORD, County

pytestmark = pytest.mark.browser
_MISSING = """async task => {
  const here = name => import(new URL(name, document.querySelector('script[type=module]').src).href);
  const { localVisit, packageOf } = await here('core_visit.js');
  const pack = await packageOf('heying');
  const found = pack.tasks.find(t => t.id === task);
  const visit = await localVisit('heying', found);
  return (await here('missing.js')).missing(pack, visit, found, []).map(m => m.text);
}"""
DRAFT, RETURNED = InspectionState.DRAFT, InspectionState.RETURNED
FOUND = {"land_class": "0301", "as_registered": "否", "has_problem": "是"}


def visits(who: Who) -> dict[str, int]:
    """A visit of each kind, by its task."""
    place = moved(rows.HERE, north_m=-3000)
    made: dict[str, int] = {}

    def visit(
        name: str, *, purpose: Purpose = Purpose.FIRST, side_m: float = 50.0, **columns: Any
    ) -> int:
        parcel = rows.a_parcel_row(moved(place, east_m=400 * len(made)), side_m=side_m)
        made[name] = rows.a_task(parcel, purpose=purpose)
        return rows.an_inspection(who, made[name], **({"state": DRAFT, "answers": {}} | columns))

    visit("nothing yet")
    visit("half a problem", answers=FOUND | {"category": "2", "facts": "太短", "area_mu": 99.0})
    visit("an emptied field", answers=FOUND | {"facts": "　 ", "cultivated_mu": -1.0})
    visit("a choice that is gone", answers=FOUND | {"category": "3", "problem_type": "2-1"})
    visit(
        "filled by the chat",
        answers={"land_class": "0103", "has_problem": "否"},
        marks={"land_class": mark(FilledBy.CHAT, "种的是玉米"), "has_problem": mark(FilledBy.LAST)},
    )
    visit("a large parcel", side_m=100.0)
    visit("after rectifying", purpose=Purpose.RECTIFIED)
    visit("no photo can be taken", answers={"no_photo_reason": "军事用地"})
    rows.a_photo_row(visit("one of four", answers={"land_class": "0103"}), kind="全景")
    of_no_use = visit("one that does not count")
    rows.a_photo_row(of_no_use, Verdict.CONTRADICTED, kind="全景")
    rows.a_photo_row(of_no_use, Verdict.DOUBTFUL, kind="近景")
    back = visit("sent back", state=RETURNED, returned_why="看不清")
    for kind, why in (("全景", "退后几步"), ("近景", ""), ("剖面", "没有铁锹"), ("利用特征", "")):
        rows.a_photo_row(back, kind=kind, reshoot_why=why)
    return made


def test_the_phone_says_what_the_server_would_say(phone_for: Any, county: County) -> None:
    with county.inside():
        token = accounts.sign_in("heying", PASSWORD, address="::1", browser="t", now=clock.now())
        who = accounts.who_by_token(token, now=clock.now())
        assert who is not None
        made = visits(who)
        ids = {
            name: inspections.open_visit(task, who, now=clock.now()) for name, task in made.items()
        }
        said = {name: inspections.view(visit, who).missing for name, visit in ids.items()}
    page: Page = phone_for("heying").open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    on_the_phone = {name: page.evaluate(_MISSING, task) for name, task in made.items()}
    assert on_the_phone == said
    assert any("请核对" in s for s in said["filled by the chat"])
    assert any("请重拍剖面照片：没有铁锹" in s for s in said["sent back"])

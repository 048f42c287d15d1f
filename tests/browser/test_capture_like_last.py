"""和上次一样 with no signal: offered as online, never put in unasked, and waiting for a person's word."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from field_app import accounts
from field_app.db import reading
from models.tables import Person
from models.vocabulary import InspectionState
from tests import rows
from tests.browser.capturing import go, take_along
from tests.browser.conftest import County, Phone

pytestmark = pytest.mark.browser


def test_what_the_last_visit_said_is_offered_without_signal_and_waits_to_be_confirmed(
    phone: Phone, county: County
) -> None:
    with county.inside():
        with reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
            heying = accounts.who_is(session, person.id or 0)
        task = rows.a_task(rows.a_parcel_row())
        before = rows.a_task(rows.a_parcel_row(number="BEFORE9"), team="一组")
        rows.an_inspection(
            heying, before, state=InspectionState.CONFIRMED, submitted_at=datetime.now(UTC),
            answers={"land_class": "0103", "planting": "LS", "has_problem": "否"},
        )  # fmt: skip
    page = phone.open("/capture/")
    take_along(page)
    phone.context.set_offline(True)
    go(page, f"#/task/{task}/form")
    offer = page.get_by_role("button", name="和上次一样：旱地（0103）、种植粮食作物")
    expect(offer).to_be_visible()
    expect(page.get_by_text("您上次提交的内容（BEFORE9）")).to_be_visible()
    expect(page.locator("#field-land_class")).not_to_contain_text("旱地（0103）")
    offer.click()
    expect(offer).to_have_count(0)
    expect(page.get_by_text("上次填入：“BEFORE9”")).to_have_count(2)
    page.locator("#field-land_class").get_by_role("button", name="核对无误").click()
    expect(page.get_by_text("上次填入：“BEFORE9”")).to_have_count(1)
    page.reload()
    expect(page.get_by_text("上次填入：“BEFORE9”")).to_have_count(1)
    go(page, f"#/task/{task}/submit")
    expect(page.get_by_text("请核对“种植属性”")).to_be_visible()
    expect(page.get_by_text("请核对“现状地类”")).to_have_count(0)

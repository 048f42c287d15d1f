"""Somebody of a responsible unit proves a rectification where there is no signal: led there from 待办,
back to the standpoint of the picture from before, and the photos stand with the entry at night."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlmodel import select

from field_app import clock
from field_app.db import reading
from models.geo import Position, moved
from models.tables import EntryProof, Inspection, Photo
from models.vocabulary import EntryState, InspectionState
from tests import rows
from tests.browser.capturing import (
    a_kept_phone,
    at,
    go,
    look,
    only_ours,
    shoot,
    sign_in,
    take_along,
    watched,
)
from tests.browser.conftest import County
from tests.browser.living import UNIT_NAME, a_found_problem, settle

pytestmark = pytest.mark.browser
WHO, NUMBER = "yuanzheng", "PROOF1"


@dataclass(frozen=True)
class Found:
    """An entry 整改中, and where the picture from before was taken."""

    entry: int
    standpoint: Position


@pytest.fixture
def found(county: County) -> Found:
    settle(county, WHO)
    middle = moved(rows.HERE, east_m=-2500, north_m=1200)
    visit = a_found_problem(county, NUMBER, 2, seed=7951, middle=middle)
    with county.inside():
        with reading() as session:
            parcel = session.get_one(Inspection, visit).parcel_id
        entry = rows.an_entry(
            (UNIT_NAME,), parcel_id=parcel, inspection_id=visit, state=EntryState.RECTIFYING,
            evidence_after=clock.now() - timedelta(hours=1),
        )  # fmt: skip
    return Found(entry, moved(middle, east_m=6.0))


def test_a_rectification_is_proved_without_signal(
    browser: Browser, county: County, found: Found, tmp_path: Path
) -> None:
    far = moved(found.standpoint, east_m=-120)
    with a_kept_phone(browser, county, tmp_path / "phone", far) as phone:
        refused = only_ours(phone, county.url)
        page = phone.new_page()
        errors = watched(page)
        page.goto("/capture/")
        sign_in(page, WHO)
        page.goto("/todo")
        page.locator(f".st-key-todo_{found.entry}").get_by_role(
            "link", name="到现场拍整改后照片"
        ).click()
        take_along(page)
        expect(page.get_by_role("navigation", name="主菜单")).to_contain_text("待办")
        go(page, f"#/entry/{found.entry}")
        expect(page.get_by_role("heading", level=1)).to_have_text(NUMBER)
        expect(page.locator(".befores img")).to_be_visible()  # the small picture is on the phone

        phone.set_offline(True)
        expect(page.locator(".befores")).to_contain_text("离整改前站位 120 m，向东走")
        expect(page.get_by_role("link", name="填写")).to_have_count(0)
        expect(page.get_by_role("link", name="提交")).to_have_count(0)
        look(page)
        task = int(page.evaluate("location.hash.split('/')[2]"))
        for nothing in ("form", "submit"):
            go(page, f"#/task/{task}/{nothing}")
            page.wait_for_function("at => location.hash === at", arg=f"#/task/{task}")
        go(page, f"#/find?map={task}")
        expect(page.locator(".leaflet-container")).to_contain_text("红圈：整改前的站位")
        go(page, f"#/task/{task}/shoot")
        expect(page.locator(".aims")).to_contain_text("离整改前站位 120 m，向东走")
        expect(page.locator(".to-match img")).to_be_visible()
        expect(page.locator(".kinds input")).to_have_count(1)
        look(page)
        phone.set_geolocation(at(found.standpoint))
        expect(page.locator(".aims")).to_contain_text("就在整改前站位")
        shoot(page, task, found.standpoint, ("整改后", "整改后"))
        expect(page.get_by_text("整改后 2/2")).to_be_visible()

        phone.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_text("2 张全部送达")).to_be_visible()
        go(page, "#/day")
        page.get_by_role("button", name="和服务器核对").click()
        expect(page.get_by_text("可以收工了")).to_be_visible()
        page.goto(f"/ledger?entry={found.entry}")
        expect(page.get_by_role("link", name="到现场拍整改后照片")).to_be_visible()
        expect(page.get_by_text("同一站位").first).to_be_visible()
        expect(page.get_by_text(re.compile("要求 2 张可用的整改后照片"))).to_be_visible()
        assert refused == []
        assert errors == []
    with county.inside(), reading() as session:
        proof = session.exec(select(EntryProof).where(EntryProof.entry_id == found.entry)).one()
        visit = session.exec(select(Inspection).where(Inspection.task_id == proof.task_id)).one()
        photos = session.exec(select(Photo).where(Photo.inspection_id == visit.id)).all()
    assert visit.state == InspectionState.DRAFT
    assert [(p.kind, p.removed_at) for p in photos] == [("整改后", None)] * 2

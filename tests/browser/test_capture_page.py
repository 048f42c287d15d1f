"""A day in the field without signal, from the sign-in in the morning to the count in the evening:
as many as were taken are held, byte for byte."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from field_app.db import reading
from field_app.inspections import held
from models.geo import Position, moved
from models.tables import Capture, Inspection, Photo
from models.vocabulary import InspectionState
from tests import rows
from tests.browser.capturing import (
    FOUR,
    a_kept_phone,
    fill,
    go,
    hand_in,
    only_ours,
    shoot,
    sign_in,
    take_along,
    taken,
    watched,
)
from tests.browser.conftest import PASSWORD, County, Phone

pytestmark = pytest.mark.browser
PARCELS = 3


@dataclass(frozen=True)
class Parcel:
    task: int
    middle: Position


@pytest.fixture
def parcels(county: County) -> list[Parcel]:
    """Three parcels of the team, 300 m from one another, away from those of other tests."""
    with county.inside():
        middles = [moved(rows.HERE, east_m=300 * n, north_m=2500) for n in range(PARCELS)]
        return [Parcel(rows.a_task(rows.a_parcel_row(m)), m) for m in middles]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the phone remembers when it is switched off."""
    return tmp_path / "phone"


def test_a_day_without_signal_is_held_to_the_last_byte(
    browser: Browser, county: County, parcels: list[Parcel], folder: Path
) -> None:
    with a_kept_phone(browser, county, folder, parcels[0].middle) as morning:
        refused = only_ours(morning, county.url)
        page = morning.new_page()
        errors = watched(page)
        page.goto("/capture/")
        sign_in(page, "heying")
        take_along(page)
        morning.set_offline(True)
        times = shoot(page, parcels[0].task, parcels[0].middle)
        fill(page, parcels[0].task)
        hand_in(page, parcels[0].task)
    # The phone was switched off on the way, and is switched on again where there is no signal.
    with a_kept_phone(browser, county, folder) as noon:
        noon.set_offline(True)
        refused += only_ours(noon, county.url)
        page = noon.new_page()
        errors += watched(page)
        page.goto("/capture/")
        expect(page.get_by_text("没有信号，照常拍")).to_be_visible()
        expect(page.get_by_text("还有 5 条没送达")).to_be_visible()
        for parcel in parcels[1:]:
            times += shoot(page, parcel.task, parcel.middle)
            fill(page, parcel.task)
            hand_in(page, parcel.task)
        before = taken(page, "heying")
        assert len(before) == PARCELS * len(FOUR)
        assert all(shot["real"] == shot["sha256"] for shot in before)
        assert nothing_of(before, county)

        noon.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.get_by_text("12 张全部送达")).to_be_visible()
        go(page, "#/day")
        page.get_by_role("button", name="和服务器核对").click()
        expect(page.get_by_text("可以收工了")).to_be_visible()
        go(page, "#/outbox")
        expect(page.locator(".shot .receipt")).to_have_count(len(before))
        go(page, f"#/task/{parcels[0].task}/submit")
        expect(page.get_by_text("等待督导审核")).to_be_visible()
        after = taken(page, "heying")
    # Who walks from shot to shot gets the best grade; who is suddenly 300 m on, does not.
    assert [] in [s["why"] for s in after if s["task"] == parcels[0].task]
    assert {shot["state"] for shot in after} == {"delivered"}
    assert [s["sha256"] for s in after] == [s["sha256"] for s in before]
    the_server_holds(before, parcels, county)
    assert max(times) < 5000  # from the shutter to the disk, in ms, on a machine with other work
    assert refused == []
    assert errors == []


def nothing_of(shots: list[dict[str, Any]], county: County) -> bool:
    with county.inside(), reading() as session:
        known = select(Photo).where(col(Photo.sha256).in_([s["sha256"] for s in shots]))
        return session.exec(known).first() is None


def the_server_holds(shots: list[dict[str, Any]], parcels: list[Parcel], county: County) -> None:
    """Each shot stands in the visit of its task, live and signed, and its bytes in the store; each
    visit is handed in with the answers that were given."""
    by_task = {p.task: {s["sha256"] for s in shots if s["task"] == p.task} for p in parcels}
    with county.inside(), reading() as session:
        for task, hashes in by_task.items():
            (visit,) = session.exec(select(Inspection).where(Inspection.task_id == task)).all()
            assert visit.state == InspectionState.SUBMITTED
            assert visit.answers["has_problem"] == "否"
            photos = session.exec(select(Photo).where(Photo.inspection_id == visit.id)).all()
            assert {p.sha256 for p in photos} == hashes
            assert sorted(p.kind for p in photos) == sorted(FOUR)
            captures = session.exec(select(Capture).where(Capture.task_id == task)).all()
            assert sorted(c.type for c in captures) == ["photo"] * len(FOUR) + ["visit"]
            assert {c.signature_state for c in captures} == {"good"}

        for shot in shots:
            kept = held.store().get(shot["sha256"])
            assert hashlib.sha256(kept).hexdigest() == shot["real"]


def test_somebody_who_never_signed_in_is_told_what_to_do_and_shown_nothing(
    browser: Browser, county: County, folder: Path
) -> None:
    with a_kept_phone(browser, county, folder) as context:
        page = context.new_page()
        page.goto("/capture/#/outbox")
        expect(page.get_by_text("还没有登录过")).to_be_visible()
        page.goto("/capture/#/find")
        expect(page.get_by_role("link", name="去下载离线包")).to_be_visible()
        page.goto("/capture/#/")
        expect(page.get_by_role("link", name="去登录")).to_be_visible()


def test_where_the_position_is_refused_the_parcels_stand_in_a_list_all_the_same(
    phone_for: Any, county: County, parcels: list[Parcel]
) -> None:
    phone: Phone = phone_for("heying", position=False)
    page: Page = phone.open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    go(page, "#/find")
    expect(page.get_by_text("定位被拒绝")).to_be_visible()
    expect(page.locator(".task").first).to_be_visible()
    go(page, f"#/task/{parcels[0].task}/shoot")
    expect(page.get_by_text("定位被拒绝")).to_be_visible()
    expect(page.get_by_label("手机相机")).to_be_attached()
    assert phone.refused == []
    assert phone.errors == []


def test_a_supervisor_is_told_that_this_page_is_not_for_him(phone_for: Any) -> None:
    page: Page = phone_for("duanwei").open("/capture/")
    expect(page.get_by_text("外业采集只给核查员和责任单位用")).to_be_visible()


def test_when_another_signs_in_nothing_of_the_one_before_stays_on_the_screen(
    phone_for: Any, parcels: list[Parcel]
) -> None:
    phone: Phone = phone_for("heying")
    page: Page = phone.open("/capture/")
    page.get_by_role("button", name="下载离线包").click()
    expect(page.get_by_role("button", name="更新离线包")).to_be_visible()
    go(page, f"#/task/{parcels[0].task}/form")
    expect(page.get_by_role("heading", name="现场情况")).to_be_visible()
    answer = phone.context.request.post("/login", form={"name": "duanwei", "password": PASSWORD})
    assert answer.ok
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("外业采集只给核查员和责任单位用")).to_be_visible()
    assert page.url.endswith("#/")
    assert phone.errors == []

"""From the page of an entry to the receiver's desk: sealed, taken along, and checked with what the
office published, without the server."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from field_app.inspections.held import store
from field_app.packages import keys
from field_app.packages.ordering import LEASE, OrderState
from field_app.roles import Who
from models.tables import Entry, HandOver, Inspection, PackageOrder, Person
from models.vocabulary import Nature, PackagePurpose, Role, Verdict
from tests import build, rows
from tests.browser.conftest import PASSWORD, County, Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def entry(county: County) -> int:
    """An entry with a photo, handed over; the office's key, and an officer."""
    with county.inside():
        if not keys.place().exists():
            keys.make(keys.place())
        now = clock.now()
        new = NewPerson("xinlai88", "谢主任", Role.OFFICE, PASSWORD, must_change_password=False)
        accounts.add_person(new, by=None, now=now)
        with db.reading() as session:
            person = session.exec(select(Person).where(Person.name == "heying")).one()
        heying = Who(person.id or 0, "heying", "何映", Role.INSPECTOR, person.team_id)
        visit = rows.an_inspection(heying, rows.a_task(rows.a_parcel_row(number="PACK1")))
        key = store().put(build.a_photo(rows.a_square(), seed=8801))
        rows.a_photo_row(visit, Verdict.PASSED, sha256_hex=key)
        with db.reading() as session:
            parcel = session.get_one(Inspection, visit).parcel_id
        made = rows.an_entry(
            number="411321-2-2026-8801", inspection_id=visit, parcel_id=parcel, nature=Nature.CRIME
        )
        with db.writing() as session:
            session.get_one(Entry, made).handed_to = "县公安局（召整治移〔2026〕88号）"
            session.add(
                HandOver(
                    entry_id=made,
                    organ="县公安局",
                    document_no="召整治移〔2026〕88号",
                    nature=Nature.CRIME,
                    handed_on=clock.local(now).date(),
                    clue="毁坏耕地",
                    person_id=heying.id,
                    at=now,
                )
            )
    return made


def taken(page: Page, link: str) -> bytes:
    """The file behind a link of the page, asked for as the browser would."""
    address = page.get_by_role("link", name=link).first.get_attribute("href")
    answer = page.request.get(str(address))
    assert answer.ok, (link, answer.status)
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.body()


def being_sealed_elsewhere(entry: int) -> int:
    """An order that another server has just taken up."""
    now = clock.now()
    with db.writing() as session:
        person = session.exec(select(Person).where(Person.name == "xinlai88")).one()
        order = PackageOrder(
            slot=1,
            entry_id=entry,
            entry_edition=1,
            purpose=PackagePurpose.HAND_OVER,
            person_id=person.id or 0,
            at=now,
            state=OrderState.SEALING,
            tries=1,
            next_at=now,
            lease_by="another server",
            lease_until=now + LEASE,
        )
        session.add(order)
        session.flush()
        return order.id or 0


def gone(order: int) -> None:
    """That server died, and its time has run out."""
    with db.writing() as session:
        session.get_one(PackageOrder, order).lease_until = clock.now()


def test_a_package_goes_from_the_entry_to_the_receiver_and_checks_out(
    entry: int, county: County, phone_for: Callable[..., Phone], browser: Browser, tmp_path: Path
) -> None:
    with county.inside():
        elsewhere = being_sealed_elsewhere(entry)
    page = phone_for("xinlai88").open(f"/ledger?entry={entry}")
    for _ in range(2):  # a reload asks for nothing again
        page.get_by_text("证据包", exact=True).first.click()
        expect(page.get_by_text("正在封存", exact=True)).to_be_visible()
        page.reload(wait_until="domcontentloaded")
    with county.inside():
        gone(elsewhere)
    page.get_by_text("证据包", exact=True).first.click()
    page.get_by_text("存档", exact=True).first.click()
    page.get_by_role("button", name="封存证据包").click()
    expect(page.get_by_text("文件校验码")).to_have_count(2)  # nobody touches the page for it
    expect(page.get_by_text("正在封存", exact=True)).to_have_count(0)
    files = {}
    for link, name in (("下载", "a.zip"), ("核验页", "v.html"), ("移送单和回执", "form.pdf")):
        files[name] = tmp_path / name
        files[name].write_bytes(taken(page, link))
    assert files["form.pdf"].read_bytes().startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(files["a.zip"].read_bytes())) as package:
        assert package.testzip() is None
        inside = package.read("verify.html").decode()
    with county.inside():
        published = keys.office_key().public
    assert published.pem.decode().strip() in files["v.html"].read_text(encoding="utf-8")
    assert "BEGIN PUBLIC KEY" not in inside.split("<body>")[0], "in the package it proves nothing"
    context = browser.new_context(offline=True)
    desk = context.new_page()
    desk.goto(files["v.html"].as_uri())
    desk.locator("#file").set_input_files(files["a.zip"])
    expect(desk.locator(".verdict")).to_have_text("核验结果：完好")
    expect(desk.locator("#answer")).to_contain_text("411321-2-2026-8801")
    expect(desk.locator("figure img")).to_have_count(1)
    context.close()

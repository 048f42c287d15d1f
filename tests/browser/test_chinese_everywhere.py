"""Nobody meets an English sentence: each page as each role sees it, with its lists and dialogs
opened, because Streamlit has no other language than English for its own widgets."""

import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from field_app import accounts, clock, db
from field_app.accounts import NewPerson
from models.tables import Parcel
from models.vocabulary import Role, Verdict
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone, Visit

pytestmark = pytest.mark.browser

# Names of formats, systems and measures, which are the same in Chinese.
KNOWN = re.compile(
    r"EPSG|EXIF|GCJ|TXT|Shapefile|GeoPackage|GeoJSON|KML|Excel|Word|PDF|xlsx|zip|CGCS|GPS|CSV|JPG|JPEG|HEIC"
    r"|Wi-Fi|WeChat|YYYY|heying|duanwei|xianban|guanli|xinlai\d*"
    r"|Linux|Windows|Android|iPhone|Chrome|Safari|(?<=密钥 )[0-9A-F ]+"  # of a registered phone
    r"|settings(?= 表)|(?<=的 )version",  # a sheet of XLSForm and its column
    re.IGNORECASE,
)
ENGLISH = re.compile(r"[A-Za-z]{3,}")

# Every visible text and every name that a screen reader speaks; icons are drawn from ligatures,
# and hidden ones are not there for anybody.
READ = """() => {
  const seen = new Set();
  const visible = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && e.getBoundingClientRect().width > 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const e = node.parentElement;
    if (!e || e.closest('[data-testid*=Icon], [role=img], script, style, noscript') || !visible(e)) continue;
    seen.add(node.nodeValue.trim());
  }
  for (const e of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    if (!visible(e)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) seen.add(e.getAttribute(name) ?? '');
  }
  return [...seen];
}"""


def english_of(page: Page, names: Iterable[str] = ()) -> list[str]:
    """What stands on the page and is English; `names` are what people called their things."""
    page.wait_for_timeout(1200)
    said = [KNOWN.sub("", text) for text in page.evaluate(READ) if text not in set(names)]
    # The frame's title is the component's own name and is read nowhere else.
    return [s for s in said if ENGLISH.search(s) and not s.startswith("streamlit_folium")]


def settled(page: Page) -> Page:
    expect(page.locator(".st-key-bottom_nav")).to_be_visible()
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
    return page


@pytest.fixture
def staff(county: County) -> None:
    """The county's office and its administrator."""
    with county.inside():
        known = {p.name for p in accounts.people(rows.a_person(Role.ADMIN))}
        for name, display, role in (
            ("xianban", "县办", Role.OFFICE),
            ("guanli", "管理员", Role.ADMIN),
        ):
            if name not in known:
                new = NewPerson(name, display, role, PASSWORD, must_change_password=False)
                accounts.add_person(new, by=None, now=clock.now())


def test_the_inspectors_pages(phone: Phone, county: County, visit: Visit) -> None:
    with county.inside():
        rows.a_photo_row(visit.id, Verdict.DOUBTFUL)
        with db.reading() as session:
            numbers = list(session.exec(select(Parcel.number)))
    found: dict[str, list[str]] = {}
    for path in ("/tasks", f"/parcel?parcel={visit.parcel_id}", "/records", "/account"):
        page = settled(phone.open(path))
        found[path] = english_of(page, numbers)
    page = settled(phone.open(visit.path))
    found["visit"] = english_of(page)
    facts = page.get_by_role("textbox", name="问题描述")
    facts.fill("写到一半")
    found["while typing"] = english_of(page)
    area = page.get_by_role("spinbutton", name="涉及面积（亩）")
    area.fill("1")
    found["while typing a number"] = english_of(page)
    assert area.get_attribute("inputmode") == "decimal"
    box = page.get_by_role("combobox", name="现状地类")
    box.click()
    found["list"] = english_of(page)
    box.fill("没有这个地类")
    found["nothing found"] = english_of(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["dialog"] = english_of(page)
    assert {k: v for k, v in found.items() if v} == {}


def test_the_chat(phone: Phone, visit: Visit) -> None:
    found: dict[str, list[str]] = {}
    page = settled(phone.open("/chat?new=1"))
    found["before a parcel"] = english_of(page)
    page = settled(phone.open(f"/chat?visit={visit.id}"))
    found["question"] = english_of(page)
    chat = page.get_by_test_id("stChatInput")
    files = [("照片.jpg", "image/jpeg"), ("说明.txt", "text/plain")]
    chat.locator("input[type=file]").first.set_input_files(
        [{"name": name, "mimeType": kind, "buffer": b"-"} for name, kind in files]
    )
    expect(chat.get_by_test_id("stFileChipIconError")).to_be_visible()
    # What the phone calls a kind of file is no language.
    found["files"] = [s for s in english_of(page) if "text/plain" not in s]
    chat.locator("button").first.hover()
    found["hint"] = [s for s in english_of(page) if "text/plain" not in s]
    page.get_by_role("button", name="移除 说明.txt").tap()
    page.get_by_test_id("stChatInputTextArea").fill("帮助")
    page.get_by_test_id("stChatInputSubmitButton").tap()
    expect(page.get_by_text("您可以说")).to_be_visible()
    page.get_by_text("拍照（带定位）").tap()
    expect(page.locator("section.taker")).to_be_visible()
    found["answer"] = english_of(page)
    assert {k: v for k, v in found.items() if v} == {}


def test_the_offices_and_the_administrators_pages(
    phone_for: Callable[..., Phone], staff: None
) -> None:
    found: dict[str, list[str]] = {}
    office = phone_for("xianban")
    page = settled(office.open("/office"))
    found["office"] = english_of(page)
    page.locator("input[type=file]").first.set_input_files(
        {"name": "地块.txt", "mimeType": "text/plain", "buffer": "无".encode()}
    )
    found["file"] = english_of(page)
    page.get_by_role("tab", name="项目清单").click()
    found["projects"] = english_of(page)
    page.get_by_role("tab", name="安排任务").click()
    found["plan"] = english_of(page)
    page.get_by_test_id("stDateInput").locator("input, button, [role=group]").first.click()
    found["calendar"] = english_of(page)
    page = settled(office.open("/second_look"))
    page.get_by_text("新的抽取", exact=True).click()
    found["draws"] = english_of(page)
    page = settled(office.open("/forms"))
    found["forms"] = english_of(page)
    page = settled(office.open("/rules"))
    page.get_by_text("全部阈值").click()
    found["rules"] = english_of(page)
    page.get_by_role("combobox").first.click()
    found["checks"] = english_of(page)
    page.get_by_role("combobox").first.fill("没有这项检查")
    found["no such check"] = english_of(page)
    admin = phone_for("guanli")
    page = settled(admin.open("/people"))
    page.get_by_text("新建账号").first.click()
    found["people"] = english_of(page)
    page.get_by_role("button", name="管理").first.click()
    found["one person"] = english_of(page)
    page = settled(admin.open("/account"))
    found["account"] = english_of(page)
    assert {k: v for k, v in found.items() if v} == {}

"""Takes the pictures of README and 用户手册: `make screenshots`.

A fresh demonstration county in a temporary folder, with a server of its own. Things are found by
what a person reads on them, so that a moved button does not break the pictures.
"""

import io
import os
import re
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pypdfium2
from field_screens import the_field
from office_screens import the_lines, the_milestones, the_second_look, who_owes
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from screens import IMAGES, County, Screen, county, desk, phone, write

from field_app.clock import CHINA
from field_app.demo.people import phone_of
from field_app.demo.scenes import Scene
from field_app.demo.shots import PHONES, developed, honest, inside, outside
from models.geo import Position
from models.vocabulary import PhotoKind

_WHOLE, _SHELL = Path("/usr/bin/chromium"), Path("/usr/bin/chromium-headless-shell")
CHROMIUM = Path(os.environ.get("CHROMIUM") or (_WHOLE if _WHOLE.exists() else _SHELL))
AT_HOME = Position(112.433, 33.489, 8.0)  # the county's seat: far from the parcels of the story
WEST = 265.0  # the side on which the parcel of the story has no neighbours


# --- the inspector's phone ---------------------------------------------------------------------


def number_on(page: Page) -> str:
    """The number of the parcel whose page or visit is open."""
    return page.get_by_role("heading", name=re.compile(r"^N\d{15,}")).first.inner_text()


def open_record(screen: Screen, state: str, link: str) -> Page:
    """The first visit of that state among the records."""
    page = screen.open("/records")
    card = page.locator("[class*=st-key-record_]").filter(has_text=state).first
    card.get_by_role("link", name=link).click()
    page.wait_for_url("**/inspect*")
    page.get_by_role("heading", name="现场情况").wait_for()
    screen.settle()
    return page


def shoot(
    screen: Screen, folder: Path, kind: PhotoKind, scene: Scene, at: Position, seed: int
) -> None:
    """Walks there, chooses the kind and taps 拍照, as an inspector does."""
    page = screen.page
    boundary = screen.county.boundary(number_on(page))
    screen.stand(at)
    page.wait_for_timeout(1500)
    page.get_by_test_id("stButtonGroup").get_by_text(re.compile(f"^{kind}")).click()
    page.locator("section.taker").get_by_text(kind, exact=True).wait_for()
    shot = honest(
        kind,
        scene,
        boundary,
        phone=PHONES[phone_of(screen.name)],
        taken_at=datetime.now(CHINA),
        seed=seed,
        by_page=True,
    )
    before = page.locator("[class*=st-key-photo_]").count()
    path = folder / f"{kind}{seed}.jpg"
    with page.expect_file_chooser() as opened:
        page.get_by_label("拍照", exact=True).click()
    # Drawn only now: a file older than the tap would not count as this moment's shot.
    path.write_bytes(developed(replace(shot, at=at, size=(1600, 1200))))
    opened.value.set_files(path)
    page.locator("[class*=st-key-photo_]").nth(before).wait_for()
    screen.settle()


def the_way_in(browser: Browser, county: County) -> None:
    """Signing in, the tasks, the parcels near by, one parcel."""
    with phone(browser, county, "hecha2") as screen:
        page = screen.page
        page.goto(county.url + "/login")
        page.get_by_label("账号").fill("hecha2")
        screen.save("sign-in.png", height=640)
        screen.sign_in()
        screen.save("task-list.png", height=1000)
        page.get_by_placeholder("地块编号、村名或项目名").fill("柳泉村")
        page.keyboard.press("Enter")
        screen.settle()
        drafts = page.locator("[class*=st-key-task_]").filter(has_text="草稿")
        drafts.last.get_by_role("link", name="看地块").click()
        page.wait_for_url("**/parcel*")
        screen.settle()
        at = outside(county.boundary(number_on(page)), 46.0, WEST)
        screen.stand(at)
        screen.save("parcel.png", height=1180)
        screen.open("/tasks")
        page.get_by_text("附近任务", exact=True).click()
        page.get_by_text("由近到远").wait_for()
        screen.save("tasks-near.png", height=1000)


def the_visit(browser: Browser, county: County, folder: Path) -> None:
    """A visit on the way: photos with their verdicts, the form, what is missing, offline."""
    with phone(browser, county, "hecha2") as screen:
        page = screen.page
        screen.stand(AT_HOME)
        screen.sign_in()
        open_record(screen, "草稿", "继续核查")
        boundary = county.boundary(number_on(page))
        away = outside(boundary, 130.0, WEST)
        shoot(screen, folder, PhotoKind.OVERVIEW, "weeds", away, 1001)
        within = inside(boundary, Random(1))  # noqa: S311 — a place in the field
        shoot(screen, folder, PhotoKind.FEATURE, "weeds", within, 1002)
        screen.stand(outside(boundary, 32.0, WEST))
        page.reload()
        screen.settle()
        doubtful = page.locator("[class*=st-key-photo_]").filter(has_text="存疑").first
        screen.save("inspect-phone.png", down_to=doubtful.get_by_text("距地块").first)
        photos = page.get_by_role("heading", name="照片", exact=True)
        form = page.get_by_role("heading", name="现场情况")
        screen.save("form.png", top=form, down_to=page.get_by_text("问题子类", exact=True).first)
        page.context.set_offline(True)
        page.locator(".app-offline").wait_for()
        screen.save("no-signal.png", height=640, top=photos)
        page.context.set_offline(False)
        page.locator(".app-offline").wait_for(state="detached")
        screen.settle()
        page.get_by_role("button", name=re.compile(r"还差 \d+ 项")).click()
        screen.save("missing.png", height=720, top=page.get_by_role("progressbar"))


def why_doubtful(browser: Browser, county: County) -> None:
    """What is said of a doubtful photo; of a visit by day, whatever hour the picture is taken at."""
    with phone(browser, county, "hecha6") as screen:
        screen.stand(AT_HOME)
        screen.sign_in()
        page = screen.open("/records")
        card = page.locator("[class*=st-key-record_]").filter(has_text="撂荒").first
        card.get_by_role("link", name="查看").click()
        page.wait_for_url("**/inspect*")
        doubtful = page.locator("[class*=st-key-photo_]").filter(has_text="存疑").first
        doubtful.get_by_role("button", name="说明").click()
        others = page.get_by_text(re.compile("^其余 \\d+ 项检查"))
        others.wait_for()
        screen.save("photo-why.png", top=doubtful, down_to=others)


def what_came_back(browser: Browser, county: County) -> None:
    """The records with a returned visit, and the visit itself."""
    with phone(browser, county, "hecha4") as screen:
        screen.stand(AT_HOME)
        screen.sign_in()
        screen.open("/records")
        screen.save("records.png", height=1000)
        page = open_record(screen, "退回补拍", "去重拍")
        screen.stand(outside(county.boundary(number_on(page)), 61.0, 120.0))
        screen.save("returned.png", height=900)


def the_talk(browser: Browser, county: County) -> None:
    """A visit begun by a sentence: what was written down, what is to be confirmed, what is asked."""
    with phone(browser, county, "hecha1") as screen:
        page = screen.page
        screen.sign_in()
        waiting = page.locator("[class*=st-key-task_]").filter(has_text="待核查").first
        number = re.search(r"N\d{15,}", waiting.inner_text())
        assert number is not None
        screen.open("/chat?new=1")
        say(screen, f"到了，{number[0]}，现在种的是杨树，树下有草，没有耕种痕迹")
        page.get_by_role("button", name=re.compile("^3-5")).click()
        screen.settle()
        screen.save("chat.png", height=1180, top=page.locator(".st-key-form_or_chat"))


def say(screen: Screen, text: str) -> None:
    """Types into the chat and sends it."""
    box = screen.page.get_by_test_id("stChatInputTextArea")
    box.fill(text)
    box.press("Enter")
    screen.page.locator("[class*=st-key-said_]").last.wait_for()
    screen.settle()


def without_position(browser: Browser, county: County) -> None:
    """What the page says where the phone's owner has refused to tell the position."""
    with phone(browser, county, "hecha1", allow=False) as screen:
        screen.sign_in()
        open_record(screen, "草稿", "继续核查")
        screen.page.locator(".place.bad").wait_for()
        screen.save("no-position.png", height=760)


# --- the desks ---------------------------------------------------------------------------------


def choose(page: Page, label: str, option: str) -> None:
    """Opens the box of that label and takes the option."""
    box = page.get_by_role("combobox", name=re.compile(label))
    box.click()
    if box.get_attribute("aria-expanded") != "true":  # one that takes new words opens by typing
        box.press("ArrowDown")
    page.get_by_role("option", name=re.compile(option)).first.click()
    page.get_by_role("option").first.wait_for(state="detached")


def the_review(browser: Browser, county: County) -> None:
    """The queue, a case, a photo of it, sending back."""
    with desk(browser, county, "dudao1") as screen:
        page = screen.page
        page.get_by_role("button", name="查看", exact=True).first.wait_for()
        screen.save("review-queue.png")
        case = page.locator("[class*=st-key-queue_]").filter(has_text="存疑")
        case.filter(has_text="撂荒").first.get_by_role("button", name="查看").click()
        page.get_by_role("button", name="放大和判定").first.wait_for()
        screen.save("review-case.png", height=1000)
        sending_back = page.get_by_role("radio", name="退回补拍")
        sending_back.or_(page.get_by_role("button", name="退回补拍")).first.click()
        screen.settle()
        choose(page, "（存疑）", "镜头没有对着地块")
        screen.save("send-back.png", height=760, top=page.get_by_text("处理", exact=True))
        page.get_by_role("button", name="放大和判定").first.click()
        dialog = page.get_by_role("dialog")
        screen.save("photo-dialog.png", top=dialog, down_to=dialog.get_by_text("记下意见"))
        readings = dialog.get_by_text("读数", exact=True).first
        readings.click()
        screen.save("photo-readings.png", height=720, top=readings)


def the_ledger(browser: Browser, county: County) -> None:
    """The list and an entry at the supervisor's desk, and an entry on the township's phone."""
    with desk(browser, county, "dudao1") as screen:
        page = screen.open("/ledger")
        screen.save("ledger.png")
        card = page.locator("[class*=st-key-entry_]").filter(has_text="撂荒").first
        card.get_by_role("button", name="查看").click()
        page.get_by_text("看现场照片和地图").wait_for()
        screen.save("ledger-entry.png", height=1000)
        page = screen.open("/todo")
        page.get_by_role("link", name="审批销号").first.click()
        page.get_by_role("slider").wait_for()
        screen.save("entry-closing.png", height=1100)
    with phone(browser, county, "xiangzhen1") as screen:
        screen.sign_in()
        screen.save("unit-phone.png", height=900)
        page = screen.page
        page.get_by_role("link", name="填报整改").first.click()
        page.get_by_role("slider").wait_for()
        screen.save("unit-entry-phone.png", height=1100)


def the_packages(browser: Browser, county: County) -> None:
    """A sealed package on the page of an entry that was handed over."""
    with phone(browser, county, "xianban1") as screen:
        screen.sign_in()
        page = screen.open("/ledger")
        page.get_by_placeholder("编号、地块").fill("民房")
        page.keyboard.press("Enter")
        screen.settle()
        page.get_by_role("button", name="查看").first.click()
        part = page.get_by_text("证据包", exact=True).first
        part.wait_for()
        part.click()
        page.get_by_role("button", name="封存证据包").click()
        page.get_by_text("文件校验码").wait_for()
        screen.save("package-phone.png", top=part, down_to=page.get_by_role("link", name="核验页"))
        link = page.get_by_role("link", name="下载").first.get_attribute("href")
        answer = page.request.get(f"{county.url}{link}")
        with zipfile.ZipFile(io.BytesIO(answer.body())) as package:
            show_pages("dossier.png", package.read("dossier.pdf"), (0, 1))


def show_pages(file: str, pdf: bytes, numbers: tuple[int, int]) -> None:
    """Two pages of a paper side by side."""
    paper = pypdfium2.PdfDocument(pdf)
    try:
        pages = [paper[n].render(scale=640 / paper[n].get_width()).to_pil() for n in numbers]
    finally:
        paper.close()
    sheet = Image.new("RGB", (1280, pages[0].height), "white")
    for n, page in enumerate(pages):
        sheet.paste(page.convert("RGB"), (640 * n, 0))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    write(IMAGES / file, out.getvalue())


def the_office(browser: Browser, county: County, folder: Path) -> None:
    """An import with repaired and refused parcels, and planning tasks."""
    path = folder / "柳泉村补充地块.txt"
    path.write_bytes(_faulty_file(county))
    with desk(browser, county, "xianban1") as screen:
        page = screen.open("/office")
        page.locator("input[type=file]").first.set_input_files(path)
        page.get_by_role("button", name="先检查，不导入").click()
        page.get_by_text(re.compile(r"^不能导入 \d")).wait_for()
        screen.save("import-report.png", height=1100)
        screen.open("/office")
        page.get_by_role("tab", name="安排任务").click()
        choose(page, "哪一次导入", "41132120230013")
        choose(page, "交给哪个组", "一组")
        screen.save("plan-tasks.png", height=720)


def _faulty_file(county: County) -> bytes:
    """Some parcels of the county a few kilometres off, as a new file with the usual faults: one
    outline that crosses itself (it can be repaired), one left with two points, one without area."""
    name = next((county.folder / "demo_files").glob("*20190003.txt"))
    head, *parcels = re.split(r"(?m)^(?=\d+,[\d.]+,N)", name.read_bytes().decode("gb18030"))
    crossing = parcels[-1]
    chosen = []
    for n, text in enumerate([*parcels[:5], crossing], 1):
        text = re.sub(r"N\d+", f"N41132120260014{n:06d}", text, count=1)
        text = re.sub(r"清水沟村\d+号地", f"柳泉村{n}号地", text)
        text = re.sub(
            r"(?m)^(J\d+,\d+),([\d.]+),([\d.]+)",
            lambda m: f"{m[1]},{float(m[2]) - 9000:.3f},{float(m[3]) + 2500:.3f}",
            text,
        )
        if n == 3:  # two points are no parcel
            text = "\r\n".join([text.splitlines()[0], *text.splitlines()[1:3], ""])
        chosen.append(text)
    return (head + "".join(chosen)).encode("gb18030")


def the_form_of_the_county(browser: Browser, county: County) -> None:
    """The questions in use, and their versions."""
    with desk(browser, county, "xianban1") as screen:
        screen.open("/forms")
        screen.save("forms.png")


def the_figures(browser: Browser, county: County) -> None:
    """The dashboard: figures, papers to download, the first charts."""
    with desk(browser, county, "dudao1") as screen:
        page = screen.open("/dashboard")
        page.get_by_test_id("stVegaLiteChart").nth(1).wait_for()
        screen.save("dashboard.png", height=1320)


def the_rules(browser: Browser, county: County) -> None:
    """What stricter rules would change, before anybody decides."""
    with desk(browser, county, "xianban1") as screen:
        page = screen.open("/rules")
        page.get_by_role("combobox").first.click()
        page.get_by_role("option", name="照片不在所报地块拍摄").first.click()
        page.keyboard.press("Escape")
        screen.settle()
        for name, value in (("tolerance_m", "10"), ("floor_m", "10"), ("fail_m", "150")):
            field = page.locator(f".st-key-limit_on_parcel_{name} input")
            field.fill(value)
            field.press("Tab")
        page.get_by_label("理由").fill("专班要求收紧拍摄距离")
        page.get_by_role("button", name="在全部照片上试算").click()
        page.get_by_role("button", name="启用新规则").wait_for(timeout=300_000)
        screen.settle()
        screen.save("rules.png", top=page.get_by_text("试算结果，等待决定"), height=1000)
        page.get_by_role("button", name="放弃").click()
        screen.settle()


def the_accounts(browser: Browser, county: County) -> None:
    """The administrator's page, and everybody's own."""
    with desk(browser, county, "admin1") as screen:
        screen.open("/people")
        screen.save("people.png")
    with phone(browser, county, "hecha1") as screen:
        screen.sign_in()
        screen.open("/account")
        screen.save("account.png")


def take_all(playwright: Playwright) -> None:
    """All pictures anew; what is no longer taken goes."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM if CHROMIUM.exists() else None,
        args=["--no-sandbox", "--disable-dev-shm-usage"],
    )
    IMAGES.mkdir(exist_ok=True)
    before = {p: p.stat().st_mtime_ns for p in IMAGES.glob("*.png")}
    with tempfile.TemporaryDirectory() as name, county(Path(name)) as served:
        folder = Path(name)
        the_way_in(browser, served)
        without_position(browser, served)
        the_talk(browser, served)
        the_visit(browser, served, folder)
        why_doubtful(browser, served)
        what_came_back(browser, served)
        the_field(playwright, served, folder)
        the_review(browser, served)
        the_ledger(browser, served)
        the_figures(browser, served)
        the_packages(browser, served)
        the_office(browser, served, folder)
        the_form_of_the_county(browser, served)
        the_rules(browser, served)
        the_accounts(browser, served)
        the_milestones(browser, served)
        who_owes(browser, served)
        the_second_look(browser, served)
        the_lines(browser, served)
    browser.close()
    for path, taken_at in before.items():
        if path.stat().st_mtime_ns == taken_at:
            path.unlink()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        take_all(playwright)

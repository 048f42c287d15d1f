"""The pictures of milestones, of who owes what, of a draw, and of the lines to other systems."""

import json

from playwright.sync_api import Browser
from screens import County, desk, phone

_REFUSED = "责任单位编码在本系统中不存在，请补录后再送"


def the_milestones(browser: Browser, county: County) -> None:
    """Who has sent what at the office's desk, and what a township owes on its phone."""
    with desk(browser, county, "xianban1") as screen:
        page = screen.open("/milestones")
        some_sent = page.locator("[class*=st-key-milestone_]").filter(has_text="待接收").first
        some_sent.get_by_text("谁报了，谁没报").click()
        screen.settle()
        screen.save("milestones.png", height=1200)
    with phone(browser, county, "xiangzhen1") as screen:
        screen.sign_in()
        screen.open("/milestones")
        screen.save("milestones-phone.png", height=1100)


def who_owes(browser: Browser, county: County) -> None:
    """By unit, the worst first."""
    with desk(browser, county, "dudao1") as screen:
        screen.open("/owing")
        screen.save("owing.png", height=800)


def the_second_look(browser: Browser, county: County) -> None:
    """What came of a draw so far, and those who were drawn."""
    with desk(browser, county, "dudao1") as screen:
        page = screen.open("/second_look")
        page.get_by_role("button", name="查看", exact=True).first.click()
        cards = page.locator("[class*=st-key-drawn_]")
        cards.first.wait_for()
        screen.settle()
        page.get_by_text("决定：通过，还是重新打开").first.click()
        screen.settle()
        screen.save("second-look.png", height=1400)


def the_lines(browser: Browser, county: County) -> None:
    """The lines to other systems once the other side has answered, and a token to read with."""
    _answer(county)
    with desk(browser, county, "xianban1") as screen:
        page = screen.open("/sync")
        for _ in range(60):
            if page.get_by_text("被拒收的变更").count():
                break
            page.wait_for_timeout(1000)
            _answer(county)
            page.get_by_role("button", name="刷新").click()
            screen.settle()
        screen.save("sync.png", height=1000)
    with desk(browser, county, "admin1") as screen:
        page = screen.open("/tokens")
        page.get_by_label("给谁用、做什么用").fill("市局一张图：读取地块和问题线索")
        page.get_by_role("combobox").first.click()
        page.get_by_role("option").first.click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="发放令牌").click()
        page.get_by_text("令牌只显示这一次").wait_for()
        screen.save("tokens.png", height=760)


def _answer(county: County) -> None:
    """The other side of the exchange by files: takes all but one."""
    receipts = county.exchange / "receipts"
    waiting = sorted((county.exchange / "changes").glob("[0-9]*.json"))
    for n, file in enumerate(waiting):
        receipt = {"key": json.loads(file.read_bytes())["key"], "their_number": f"X-{881 + n}"}
        if n == 3:
            receipt |= {"status": 422, "detail": _REFUSED}
        to = receipts / file.name
        if not to.exists():
            to.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")

"""verify.html in a real browser, over file://, with no server anywhere: an honest package, flipped
bytes, another key, packages packed anew. It says what `package-verify` says."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from field_app.packages import keys, manifest, page
from tests.browser.conftest import PATIENCE_MS
from tests.packages.making import (
    MADE_AT,
    OFFICE,
    PHOTO,
    STRANGER,
    a_package,
    checked,
    members_of,
    packed_anew,
)
from tests.phone import Phone

pytestmark = pytest.mark.browser


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return out.getvalue()


ENTRY = {
    "entry": {
        "number": "411321-2-2026-0001",
        "problem": "2-1 将林地谎报为耕地",
        "description": "<b>地块内全部为林木</b>",
        "state": "整改中",
        "nature": "涉嫌违纪",
    },
    "photos": [
        {"number": 1, "kind": "全景", "stage": "整改前", "verdict": "核验通过", "grade": "B",
         "taken_at": "2026-04-15T04:00:00+00:00", "by": "何映", "file": PHOTO},
    ],
}  # fmt: skip
SMALL = {
    manifest.DOSSIER: b"%PDF-1.7 not really",
    manifest.ENTRY: json.dumps(ENTRY, ensure_ascii=False).encode(),
    manifest.MAP: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path/></svg>',
}
HONEST = a_package(OFFICE, SMALL, {PHOTO: a_picture()})
Check = Callable[[bytes], list[str]]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as somebody keeps it on a disk."""
    path = tmp_path / "verify.html"
    path.write_text(page.verify_page(), encoding="utf-8")
    context = browser.new_context(locale="zh-CN", offline=True)
    context.set_default_timeout(PATIENCE_MS)
    shown = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    shown.on("request", lambda r: asked.append(r.url))
    shown.on("pageerror", lambda e: errors.append(str(e)))
    shown.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    shown.goto(path.as_uri())
    yield shown
    assert all(url.startswith(("file:", "blob:")) for url in asked), asked
    assert not errors, errors
    context.close()


def give(shown: Page, data: bytes) -> str:
    """Chooses a package; the verdict."""
    shown.locator("#file").set_input_files([])
    files = [{"name": "a.zip", "mimeType": "application/zip", "buffer": data}]
    shown.locator("#file").set_input_files(files)  # type: ignore[arg-type]
    verdict = shown.locator(".verdict")
    expect(verdict).to_be_visible()
    expect(shown.locator("#progress")).to_have_text("")
    return verdict.inner_text().removeprefix("核验结果：")


def faults(shown: Page) -> list[str]:
    return shown.locator("#faults li").all_inner_texts()


def test_an_honest_package_is_whole_by_the_published_key_and_is_shown(opened: Page) -> None:
    assert give(opened, HONEST) == "来源未确认"
    expect(opened.locator("#answer")).to_contain_text("包里自带的公钥不能证明来源")
    expect(opened.locator("#fingerprint")).to_have_text(keys.fingerprint(OFFICE.public.id))
    opened.locator("#key").fill(OFFICE.public.pem.decode())
    expect(opened.locator(".verdict")).to_have_text("核验结果：完好")
    said = opened.locator("#answer")
    for part in ("411321-2-2026-0001", "南召县专项整治办", "钱主任", "2026-04-15 12:00", "移送",
                 "<b>地块内全部为林木</b>", "涉嫌违纪", "照片 1　全景（整改前）", "何映"):  # fmt: skip
        expect(said).to_contain_text(part)
    expect(said.locator("b")).to_have_count(0)
    picture = said.locator("figure img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async e => { await e.decode(); return e.naturalWidth }") == 64
    with opened.expect_download() as saved:
        opened.get_by_role("button", name="保存卷宗").click()
    assert Path(saved.value.path()).read_bytes() == SMALL[manifest.DOSSIER]
    for given in (keys.fingerprint(OFFICE.public.id), OFFICE.public.pem.decode()):
        opened.locator("#key").fill(given)
        expect(opened.locator(".verdict")).to_have_text("核验结果：完好")
    opened.locator("#key").fill("不是公钥")
    expect(opened.locator("#key-said")).to_contain_text("不是县办公布的公钥")
    expect(opened.locator(".verdict")).to_have_count(0)


def test_the_records_of_phones_are_checked_against_the_keys_that_came_along(opened: Page) -> None:
    phone = Phone("heying")
    text = json.dumps(phone.record("photo", 1, MADE_AT, sha256=PHOTO[7:71]))
    for sig, good in ((phone.sign(text), 1), (Phone("x").sign(text), 0)):
        files = {
            "captures/1.record": text.encode(),
            "captures/1.sig": sig.encode(),
            f"devices/{phone.key_id}.der": phone.spki,
        }
        data = a_package(OFFICE, SMALL | files, {PHOTO: a_picture()})
        told = checked(data).captures
        assert (told.records, told.signed, told.photos) == (1, good, good)
        assert give(opened, data) == "来源未确认"
        said = f"1 条，设备签名有效 {good} 条，对应照片 {good} 张"
        expect(opened.locator("#answer")).to_contain_text(said)


def test_any_flipped_byte_is_found_as_the_command_finds_it(opened: Page) -> None:
    """Some of every kind of place: headers, contents, the directory, its end."""
    opened.locator("#key").fill(OFFICE.public.pem.decode())
    expect(opened.locator("#key-said")).to_contain_text("指纹")
    with zipfile.ZipFile(io.BytesIO(HONEST)) as package:
        starts = {i.filename: i.header_offset for i in package.infolist()}
        directory = package.start_dir
    places = {at for start in starts.values() for at in range(start, start + 30, 3)}
    places |= {*range(0, len(HONEST), 97), *range(directory, len(HONEST), 5)}
    for at in sorted(places)[:: max(1, len(places) // 40)]:
        flipped = bytearray(HONEST)
        flipped[at] ^= 1 << (at % 8)
        mine = checked(bytes(flipped))
        assert give(opened, bytes(flipped)) == str(mine.verdict), at
        assert faults(opened), at
        altered = {f.member for f in mine.faults if f.kind == "altered"}
        told = "\n".join(faults(opened))
        assert all(name in told for name in altered), (at, altered, told)


def test_what_somebody_did_to_a_package_is_named(opened: Page) -> None:
    opened.locator("#key").fill(OFFICE.public.pem.decode())
    expect(opened.locator("#key-said")).to_contain_text("指纹")
    had = members_of(HONEST)
    altered = had | {PHOTO: b"\xff\xd8 another field"}
    cases = {
        "签名出自另一把密钥": a_package(STRANGER, SMALL, {PHOTO: a_picture()}),
        f"{PHOTO}：大小应为": packed_anew(altered, zipfile.ZIP_STORED),
        f"{PHOTO}：缺少": packed_anew({n: d for n, d in had.items() if n != PHOTO}),
        "photos/zz.jpg：清单里没有": packed_anew(had | {"photos/zz.jpg": b"x"}),
        f"{PHOTO}：被改名为 photos/q.jpg": packed_anew(
            {("photos/q.jpg" if n == PHOTO else n): d for n, d in had.items()}
        ),
        f"{manifest.KEY}：不是清单所写": packed_anew(
            had | {manifest.KEY: STRANGER.public.pem}, zipfile.ZIP_STORED
        ),
        "字节，实为": packed_anew(had),
        "末尾多出": HONEST + b"\n",
        "前面或中间多出": b"MZ" + HONEST,
        f"{PHOTO}：解压后超过": packed_anew(had | {PHOTO: bytes(20_000_000)}),
    }
    for part, data in cases.items():
        assert give(opened, data) == "被改动", part
        assert any(part in line for line in faults(opened)), (part, faults(opened))
    assert give(opened, b"no zip at all") == "不是证据包"


def test_a_browser_without_ed25519_says_so_and_checks_the_rest(opened: Page) -> None:
    opened.evaluate(
        "() => { crypto.subtle.importKey = () => Promise.reject("
        "new DOMException('no', 'NotSupportedError')); }"
    )
    opened.locator("#key").fill(OFFICE.public.pem.decode())
    assert give(opened, HONEST) == "来源未确认"
    expect(opened.locator("#answer")).to_contain_text("不支持 Ed25519，没有核对签名")
    flipped = bytearray(HONEST)
    flipped[HONEST.index(a_picture()) + 30] ^= 1
    assert give(opened, bytes(flipped)) == "被改动"


def test_the_published_page_carries_the_offices_key_and_a_strict_policy(
    browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "verify.html"
    path.write_text(page.verify_page(OFFICE.public), encoding="utf-8")
    context = browser.new_context(locale="zh-CN", offline=True)
    shown = context.new_page()
    shown.goto(path.as_uri())
    assert give(shown, HONEST) == "完好"
    expect(shown.locator("#key-note")).to_contain_text("请确认本页取自县办公布它的网站")
    policy = shown.locator("meta[http-equiv]").get_attribute("content") or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    context.close()

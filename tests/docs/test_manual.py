"""The manual and the README keep their word: pictures, links, pages and roles are all there."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from field_app import shell
from field_app.demo.people import PASSWORD, PEOPLE
from field_app.settings import ROOT
from models import taxonomy
from models.vocabulary import Role, Verdict

MANUAL = ROOT / "docs" / "用户手册.md"
IMAGES = ROOT / "docs" / "images"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_BYTES = 5_000_000

_MARKDOWN_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_TAG = re.compile(r"<img\b[^>]*>")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)


def prose(path: Path) -> str:
    """The page without its blocks of code, where nothing is a link."""
    return re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8"))


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def pictures(path: Path) -> list[tuple[str, str]]:
    """(target, alternative text) of every picture, in either way of writing."""
    text = prose(path)
    tags = [(attribute(t, "src"), attribute(t, "alt")) for t in _TAG.findall(text)]
    return tags + [(target, alt) for mark, alt, target in _MARKDOWN_LINK.findall(text) if mark]


def links(path: Path) -> list[str]:
    """The targets of every link that stays in the project."""
    found = [target for mark, _alt, target in _MARKDOWN_LINK.findall(prose(path)) if not mark]
    return [t for t in found if not urlsplit(t).scheme]


def anchor(heading: str) -> str:
    """How a heading is called in a link: lower case, no punctuation, blanks as hyphens.

    >>> anchor("5. 照片没有位置怎么办"), anchor("八、系统能证明什么，不能证明什么")
    ('5-照片没有位置怎么办', '八系统能证明什么不能证明什么')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_every_picture_that_is_named_is_there_and_is_described(path: Path) -> None:
    for target, alt in pictures(path):
        assert (path.parent / unquote(target)).is_file(), target
        assert len(alt) >= 4, f"{target} wants words for those who cannot see it"


def test_every_picture_that_is_there_is_shown_somewhere() -> None:
    shown = {(p.parent / unquote(t)).resolve() for p in PAGES for t, _alt in pictures(p)}
    assert {p.resolve() for p in IMAGES.iterdir()} == {p for p in shown if p.parent == IMAGES}


def test_the_pictures_are_sharp_enough_to_read_and_light_enough_to_load() -> None:
    assert sum(p.stat().st_size for p in IMAGES.iterdir()) < MOST_BYTES
    for path in IMAGES.iterdir():
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.width in (780, 1280), path.name  # a phone at twice its size, a desk


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        file, _, fragment = unquote(link).partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        if fragment:
            names = {anchor(h) for h in _HEADING.findall(prose(target))}
            assert fragment in names, f"{link}: there is no such heading"


def test_the_sections_of_each_chapter_are_numbered_in_order() -> None:
    for chapter in MANUAL.read_text(encoding="utf-8").split("\n## "):
        numbers = [int(n) for n in re.findall(r"^### (\d+)\. ", chapter, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)), chapter.splitlines()[0]


def test_every_page_and_every_role_has_its_place_in_the_manual() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for page in shell.PAGES:
        assert f"“{page.title}”" in text, page.title
    for role in Role:
        assert re.search(rf"^## .*{role}$", text, re.MULTILINE), f"no chapter for {role}"


def test_the_menu_of_each_role_is_the_one_that_the_manual_lists() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for role in Role:
        row = re.search(rf"^\| {role}（.*\| ([^|]+) \|$", text, re.MULTILINE)
        assert row, role
        person = shell.Who(1, "a", "a", role)
        titles = shell.menu_of(person)
        assert sorted(row[1].split("、")) == sorted(titles)
        assert row[1].split("、")[0] == titles[0]  # the one that opens first


def test_what_each_verdict_means_and_each_kind_of_photo_is_explained() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for verdict in Verdict:
        assert f"| **{verdict}** |" in text
    for kind in taxonomy.photo_kinds():
        assert kind in text


def test_the_demonstration_sign_ins_are_those_that_exist() -> None:
    text = MANUAL.read_text(encoding="utf-8").split("## 十、")[1].split("## 十一、")[0]
    named = set(re.findall(r"`([a-z]+\d)`", text))
    assert PASSWORD in text
    assert named <= {p.name for p in PEOPLE}
    assert {p.role for p in PEOPLE if p.name in named} == set(Role)

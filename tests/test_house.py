"""The house keeps its shape: who may import whom, and what a page may not touch."""

import ast
import re
from pathlib import Path

import pytest

from field_app import problems, shell
from field_app.problems import Kind
from field_app.settings import ROOT, Settings

FLOORS = ("models", "photos", "field_app", "pages")
FILES = [p for floor in FLOORS for p in sorted((ROOT / floor).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down_the_house_and_never_up(floor: str) -> None:
    above = FLOORS[FLOORS.index(floor) + 1 :]
    for path in sorted((ROOT / floor).rglob("*.py")):
        up = {m for m in imported(path) if m.split(".")[0] in above}
        assert not up, f"{path.relative_to(ROOT)} imports {up}"


def test_photos_know_no_page_no_http_and_no_database() -> None:
    for path in (ROOT / "photos").rglob("*.py"):
        roots = {m.split(".")[0] for m in imported(path)}
        assert not roots & {"streamlit", "starlette", "sqlalchemy", "sqlmodel"}, path


def test_a_page_neither_queries_nor_commits() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        modules = imported(path)
        assert not any(m.split(".")[0] in ("sqlmodel", "sqlalchemy") for m in modules), path
        assert not any(m.startswith(("field_app.db", "models.tables")) for m in modules), path


def test_every_page_file_is_listed_and_every_listed_page_has_its_file() -> None:
    files = {p.name for p in (ROOT / "pages").glob("*.py")}
    assert files == {p.file for p in shell.PAGES}


def test_the_time_is_read_in_one_place() -> None:
    for path in FILES:
        if path.name == "clock.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"datetime\.now\(|date\.today\(|time\.time\(|utcnow", text), path


def test_every_refusal_has_its_own_id_and_a_chinese_sentence() -> None:
    kinds = [v for v in vars(problems).values() if isinstance(v, Kind)]
    assert len({k.id for k in kinds}) == len(kinds) > 20
    for kind in kinds:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.id)
        assert re.search(r"[\u4e00-\u9fff]", kind.says) or "{" in kind.says
        assert re.search(r"[\u4e00-\u9fff]", kind.title)
        assert 400 <= kind.status < 600


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name


def test_nothing_outside_is_named_in_what_a_browser_loads() -> None:
    folders = [ROOT / "field_app" / "static", ROOT / "field_app" / "routes"]
    for path in (p for f in folders for p in f.rglob("*") if p.suffix in (".js", ".css", ".html")):
        if "vendor" in path.parts:
            continue
        loads = re.findall(
            r"""(?:src|href|import|url)\s*[=(]?\s*["'(]?https?://[^"')\s]+""", path.read_text()
        )
        assert not loads, f"{path}: {loads}"


def test_nothing_is_left_behind() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text), path

"""The digest of the engine follows the code, so that nobody has to remember anything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_app.settings import ROOT
from photos import engine


def digest() -> str:
    engine.engine_digest.cache_clear()
    return engine.engine_digest()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the engine's sources that a test may change."""
    for path in engine.modules().values():
        at = tmp_path / path.relative_to(ROOT)
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(engine, "_ROOT", tmp_path)
    yield tmp_path
    monkeypatch.undo()
    engine.engine_digest.cache_clear()


def test_every_check_and_reader_belongs_to_the_engine() -> None:
    checks = {f"photos.checks.{p.stem}" for p in (ROOT / "photos" / "checks").glob("*.py")}
    found = set(engine.modules())
    assert checks - {"photos.checks.__init__", "photos.checks.__main__"} <= found
    assert {"photos.case", "photos.evidence", "photos.reading", "models.geo"} <= found
    assert not {"photos.stores", "photos.verify", "photos.engine"} & found


def test_whatever_the_application_takes_for_an_examination_belongs_to_the_engine() -> None:
    source = (ROOT / "field_app" / "inspections" / "examining.py").read_text(encoding="utf-8")
    named = {
        node.module
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("photos.")
    }
    missing = named - set(engine.modules())
    assert named
    assert not missing, f"name {missing} in photos.engine.ROOTS: results depend on it"


def test_another_limit_or_another_sentence_is_another_engine(copy: Path) -> None:
    before = digest()
    check = copy / "photos" / "checks" / "on_parcel.py"
    source = check.read_text(encoding="utf-8")
    for old, new in (("fail_m: float = 200.0", "fail_m: float = 150.0"), ("拍摄点在", "相机在")):
        assert old in source
        check.write_text(source.replace(old, new), encoding="utf-8")
        assert digest() != before


def test_a_comment_or_a_docstring_makes_no_other_engine(copy: Path) -> None:
    before = digest()
    check = copy / "photos" / "checks" / "on_parcel.py"
    source = check.read_text(encoding="utf-8")
    check.write_text("# said of it\n" + source.replace("in the parcel or at", "in or at"))
    assert digest() == before


def test_a_table_beside_the_code_is_part_of_the_engine(copy: Path) -> None:
    before = digest()
    (copy / "photos" / "screens.csv").write_text("width,height\n1080,2400\n")
    assert digest() != before

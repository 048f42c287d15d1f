"""`python -m field_app report …`, as a person at a console runs it."""

from pathlib import Path

import pytest
from docx import Document

from tests.test_command_line import run


def test_each_paper_is_written_where_it_was_asked_for(tmp_path: Path) -> None:
    for name, said in (
        ("weekly", "（2026年4月9日至15日）"),
        ("monthly", "（2026年4月1日至15日）"),
        ("stage", "（截至2026年4月15日）"),
    ):
        out = tmp_path / f"{name}.docx"
        done = run(tmp_path / "data", "report", name, "--to", "2026-04-15", "--out", str(out))
        assert (done.returncode, done.stderr) == (0, "")
        assert str(out) in done.stdout
        assert said in [p.text for p in Document(str(out)).paragraphs]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "昨天"), "不是日期"),
        (("--to", "2099-01-01"), "还没有到"),
        (("--date", "2026-04-15", "--unit", "没有这个局"), "没有名为“没有这个局”的责任单位"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "a.docx"
    done = run(tmp_path / "data", "report", "weekly", *words, "--out", str(out))
    assert done.returncode == 2
    assert said in done.stderr
    assert not out.exists()

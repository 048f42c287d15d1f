"""证据包 on the page of an entry."""

from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from field_app import clock
from field_app.packages import keys, ordering
from field_app.packages.worker import Worker
from models.vocabulary import PackagePurpose
from tests.packages.cases import Case, a_case
from tests.pages.conftest import Open, words_of

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def press(at: AppTest, label: str) -> None:
    next(b for b in at.button if b.label == label).click().run()
    assert not at.exception


@pytest.fixture
def case(database: str, noon: datetime) -> Case:
    return a_case(noon)


@ONLY_SQLITE
def test_the_office_seals_a_package_and_finds_it_with_its_fingerprint(
    case: Case, open_page: Open
) -> None:
    at = open_page("ledger", case.office, entry=str(case.entry))
    assert not at.exception
    assert "还没有封存过证据包" in words_of(at)
    assert "公钥指纹" in words_of(at)
    press(at, "封存证据包")
    said = words_of(at)
    assert "**等待封存**　钱主任　移送" in said
    assert "完成后在这里下载" in said
    assert "还没有封存过证据包" not in said
    assert "文件校验码" not in said, "the page waits for nothing"
    press(at, "封存证据包")
    assert words_of(at).count("等待封存") == 1
    assert [t.value for t in at.toast] == ["已经在封存，不用重复提交"]
    assert Worker().step()
    at.run()
    assert not at.exception
    said = words_of(at)
    assert "等待封存" not in said
    assert "3 张照片" in said
    assert "文件校验码" in said
    assert keys.fingerprint(keys.office_key().public.id) in said
    assert "封存证据包" in said  # in the history as well


@ONLY_SQLITE
def test_what_could_not_be_sealed_is_told_with_a_way_to_try_again(
    case: Case, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    ordering.ask(case.entry, PackagePurpose.ARCHIVE, who=case.office, now=now)
    claimed = ordering.claim("a server", now=now)
    assert claimed is not None
    ordering.failed(claimed, "照片 1 在照片库中缺失或已损坏。", now=now)
    at = open_page("ledger", case.supervisor, entry=str(case.entry))
    assert "**没有封存成**　钱主任　存档" in words_of(at)
    assert [e.value for e in at.error] == ["照片 1 在照片库中缺失或已损坏。"]
    press(at, "再试一次")
    assert "**等待封存**　周督导　存档" in words_of(at)
    assert not at.error
    assert Worker().step()
    at.run()
    assert "文件校验码" in words_of(at)
    assert "再试一次" not in [b.label for b in at.button]


@ONLY_SQLITE
def test_a_key_that_is_gone_since_the_page_was_drawn_is_told_at_once(
    case: Case, open_page: Open
) -> None:
    at = open_page("ledger", case.office, entry=str(case.entry))
    keys.place().unlink()
    press(at, "封存证据包")
    assert any("office\\-key" in w.value for w in at.warning)
    assert ordering.unsettled(case.entry, case.office) == []


@ONLY_SQLITE
def test_without_a_key_the_page_says_what_to_do(case: Case, open_page: Open) -> None:
    keys.place().unlink()
    at = open_page("ledger", case.supervisor, entry=str(case.entry))
    assert not at.exception
    assert any("office\\-key" in w.value for w in at.warning)
    assert "封存证据包" not in [b.label for b in at.button]


@ONLY_SQLITE
def test_a_unit_sees_nothing_of_packages(case: Case, open_page: Open) -> None:
    at = open_page("ledger", case.unit, entry=str(case.entry))
    assert not at.exception
    assert "证据包" not in [e.label for e in at.expander]

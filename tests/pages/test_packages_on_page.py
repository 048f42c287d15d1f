"""证据包 on the page of an entry."""

from datetime import datetime

import pytest

from field_app.packages import keys
from tests.packages.cases import Case, a_case
from tests.pages.conftest import Open, words_of

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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
    next(b for b in at.button if b.label == "封存证据包").click().run()
    assert not at.exception
    said = words_of(at)
    assert "3 张照片" in said
    assert "文件校验码" in said
    assert keys.fingerprint(keys.office_key().public.id) in said
    assert "封存证据包" in said  # in the history as well


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

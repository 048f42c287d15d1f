"""The administrator gives a token, which is seen once, and takes it back."""

from datetime import datetime

import pytest

from field_app.access import tokens
from field_app.access.tokens import Scope
from field_app.problems import Problem
from models.vocabulary import Role
from tests import rows
from tests.pages.conftest import Open, words_of


def test_a_token_is_shown_once_and_taken_back(
    database: str, noon: datetime, open_page: Open
) -> None:
    admin = rows.a_person(Role.ADMIN, "管理员")
    at = open_page("tokens", admin)
    assert not at.exception
    at.text_input(key="token_name").set_value("自然资源局一张图")
    give = next(b for b in at.button if b.label == "发放令牌")
    at = give.click().run()
    assert "请至少选一种可以读取的内容" in words_of(at)
    at.multiselect(key="token_scopes").set_value([Scope.PARCELS])
    at = next(b for b in at.button if b.label == "发放令牌").click().run()
    token = at.code[0].value
    assert tokens.scopes_of(token, address="a", now=noon) == {Scope.PARCELS}
    at = open_page("tokens", admin)
    assert not at.code
    said = words_of(at).replace("\\", "")
    assert token not in said
    assert f"自然资源局一张图**　{token[:8]}…" in said
    at = at.button(key="revoke_1").click().run()
    assert "已收回" in words_of(at)
    with pytest.raises(Problem):
        tokens.scopes_of(token, address="a", now=noon)


def test_the_office_has_no_such_page(database: str, open_page: Open) -> None:
    at = open_page("tokens", rows.a_person(Role.OFFICE, "钱主任"))
    assert "访问令牌" not in [t.value for t in at.title]

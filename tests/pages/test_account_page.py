from datetime import datetime

import pytest

from field_app import accounts
from field_app.accounts import NewPerson
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import Role
from tests.pages.conftest import Open, words_of

OLD, NEW = "麦田里的守望者123", "新的口令也要够长才行哦"


@pytest.fixture
def heying(database: str, noon: datetime) -> Who:
    new = NewPerson("heying", "何映", Role.INSPECTOR, OLD, must_change_password=False)
    accounts.add_person(new, by=None, now=noon)
    who = accounts.who_by_token(
        accounts.sign_in("heying", OLD, address="::1", browser="", now=noon), now=noon
    )
    assert who is not None
    return who


def change(open_page: Open, who: Who, old: str, new: str, again: str) -> str:
    at = open_page("account", who)
    for label, value in (("当前密码", old), ("新密码", new), ("再输一次", again)):
        next(t for t in at.text_input if t.label.startswith(label)).set_value(value)
    next(b for b in at.button if b.label == "修改密码").click().run()
    assert not at.exception
    return words_of(at)


def test_the_password_is_changed_and_the_old_one_is_dead(
    heying: Who, open_page: Open, noon: datetime
) -> None:
    assert "密码已修改" in change(open_page, heying, OLD, NEW, NEW)
    accounts.sign_in("heying", NEW, address="::1", browser="", now=noon)
    with pytest.raises(Problem):
        accounts.sign_in("heying", OLD, address="::1", browser="", now=noon)


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        (OLD, NEW, NEW + "x", "两次输入的新密码不一样"),
        ("不对的旧密码", NEW, NEW, "账号或密码不对"),
        (OLD, "短", "短", "密码不可用"),
        (OLD, OLD, OLD, "新密码与旧密码相同"),
    ],
)
def test_a_wrong_change_is_said_and_changes_nothing(
    old: str, new: str, again: str, said: str, heying: Who, open_page: Open, noon: datetime
) -> None:
    assert said in change(open_page, heying, old, new, again)
    accounts.sign_in("heying", OLD, address="::1", browser="", now=noon)


def test_signing_out_on_the_page_ends_the_session(heying: Who, open_page: Open) -> None:
    at = open_page("account", heying)
    next(b for b in at.button if b.label == "退出登录").click().run()
    assert "登录已结束" in words_of(at)

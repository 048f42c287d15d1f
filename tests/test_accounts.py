from datetime import datetime, timedelta

import pytest

from field_app import accounts
from field_app.accounts import NewPerson
from field_app.problems import Problem
from field_app.roles import Who
from models.vocabulary import Role

PASSWORD = "麦田里的守望者123"


def an_account(name: str = "heying", role: Role = Role.INSPECTOR, *, now: datetime) -> int:
    new = NewPerson(name, "何映", role, PASSWORD, must_change_password=False)
    return accounts.add_person(new, by=None, now=now)


def sign_in(now: datetime, name: str = "heying", password: str = PASSWORD, at: str = "::1") -> Who:
    token = accounts.sign_in(name, password, address=at, browser="test", now=now)
    who = accounts.who_by_token(token, now=now)
    assert who is not None
    return who


def refusal(now: datetime, name: str = "heying", password: str = "wrong", at: str = "::1") -> str:
    with pytest.raises(Problem) as told:
        accounts.sign_in(name, password, address=at, browser="test", now=now)
    return told.value.id


def test_who_signs_in_is_known_by_the_token_and_by_the_session(
    database: str, noon: datetime
) -> None:
    an_account(now=noon)
    who = sign_in(noon, name="  HeYing ")
    assert who.display == "何映"
    assert who.sign_in_id is not None
    assert accounts.who_by_sign_in(who.sign_in_id, now=noon) == who


def test_a_wrong_password_and_a_wrong_name_are_refused_alike(database: str, noon: datetime) -> None:
    an_account(now=noon)
    assert refusal(noon) == "wrong-sign-in"
    assert refusal(noon, name="nobody") == "wrong-sign-in"


def test_after_five_wrong_tries_even_the_right_password_waits(
    database: str, noon: datetime
) -> None:
    an_account(now=noon)
    for _ in range(5):
        assert refusal(noon) == "wrong-sign-in"
    assert refusal(noon, password=PASSWORD) == "too-many-tries"
    assert sign_in(noon, at="10.0.0.9").name == "heying"  # from elsewhere it is still open
    assert sign_in(noon + timedelta(minutes=16)).name == "heying"


def test_signing_out_ends_the_session_at_once(database: str, noon: datetime) -> None:
    an_account(now=noon)
    who = sign_in(noon)
    assert who.sign_in_id is not None
    accounts.sign_out(who.sign_in_id, now=noon)
    assert accounts.who_by_sign_in(who.sign_in_id, now=noon) is None


def test_a_session_ends_by_idleness_but_not_while_it_is_used(database: str, noon: datetime) -> None:
    an_account(now=noon)
    idle, busy = sign_in(noon), sign_in(noon)
    assert idle.sign_in_id is not None
    assert busy.sign_in_id is not None
    for hour in range(0, 80, 20):
        assert accounts.who_by_sign_in(busy.sign_in_id, now=noon + timedelta(hours=hour))
    assert accounts.who_by_sign_in(idle.sign_in_id, now=noon + timedelta(hours=80)) is None
    assert accounts.who_by_sign_in(busy.sign_in_id, now=noon + timedelta(hours=80)) is not None


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    database: str, noon: datetime
) -> None:
    an_account(now=noon)
    here, lost_phone = sign_in(noon), sign_in(noon)
    assert here.sign_in_id is not None
    assert lost_phone.sign_in_id is not None
    accounts.change_password(here, PASSWORD, "新的口令也要够长才行哦", now=noon)
    assert accounts.who_by_sign_in(lost_phone.sign_in_id, now=noon) is None
    assert accounts.who_by_sign_in(here.sign_in_id, now=noon) is not None
    assert refusal(noon, password=PASSWORD) == "wrong-sign-in"


@pytest.mark.parametrize("bad", ["short", "aaaaaaaaaaaa", "x" * 129])
def test_a_password_that_can_be_guessed_is_refused(bad: str, database: str, noon: datetime) -> None:
    with pytest.raises(Problem) as told:
        accounts.add_person(NewPerson("heying", "何映", Role.INSPECTOR, bad), by=None, now=noon)
    assert told.value.id == "weak-password"


def test_only_an_administrator_makes_accounts(database: str, noon: datetime) -> None:
    an_account(now=noon)
    new = NewPerson("other", "别人", Role.SUPERVISOR, PASSWORD)
    with pytest.raises(Problem) as told:
        accounts.add_person(new, by=sign_in(noon), now=noon)
    assert told.value.id == "not-allowed"


def test_a_closed_account_is_out_at_once_and_cannot_come_back(
    database: str, noon: datetime
) -> None:
    inspector = an_account(now=noon)
    an_account("chief", Role.ADMIN, now=noon)
    chief, who = sign_in(noon, "chief"), sign_in(noon)
    assert who.sign_in_id is not None
    accounts.set_active(inspector, False, by=chief, now=noon)
    assert accounts.who_by_sign_in(who.sign_in_id, now=noon) is None
    assert refusal(noon, password=PASSWORD) == "wrong-sign-in"


def test_the_setup_link_makes_one_administrator_and_is_spent(database: str, noon: datetime) -> None:
    token = accounts.make_setup_link(now=noon)
    first = NewPerson("chief", "管理员", Role.ADMIN, PASSWORD, must_change_password=False)
    accounts.use_setup_link(token, first, now=noon)
    assert sign_in(noon, "chief").role == Role.ADMIN
    with pytest.raises(Problem) as told:
        accounts.use_setup_link(token, NewPerson("x2", "", Role.ADMIN, PASSWORD), now=noon)
    assert told.value.id == "link-spent"


def test_a_setup_link_of_yesterday_is_dead(database: str, noon: datetime) -> None:
    token = accounts.make_setup_link(now=noon)
    assert accounts.setup_link_lives(token, now=noon)
    assert not accounts.setup_link_lives(token, now=noon + timedelta(hours=25))
    assert not accounts.setup_link_lives("made-up", now=noon)

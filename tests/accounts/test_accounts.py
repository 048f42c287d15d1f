from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlmodel import func, select

from field_app import accounts
from field_app.accounts import NewPerson
from field_app.db import reading
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Person, SignInTry
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


def at_once(times: int, do: Callable[[int], object]) -> Counter[str]:
    """What so many threads get that all begin at the same moment: "" or the id of a refusal."""
    start = Barrier(times)

    def one(number: int) -> str:
        start.wait()
        try:
            do(number)
        except Problem as problem:
            return problem.id
        return ""

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(one, range(times)))


def test_guesses_at_the_same_moment_count_like_guesses_one_by_one(
    database: str, noon: datetime
) -> None:
    an_account(now=noon)
    said = at_once(
        16, lambda n: accounts.sign_in("heying", f"x{n}", address="::1", browser="", now=noon)
    )
    assert said == {"wrong-sign-in": 5, "too-many-tries": 11}


def test_a_sign_in_that_succeeds_leaves_no_try_behind(database: str, noon: datetime) -> None:
    an_account(now=noon)
    refusal(noon)
    for _ in range(7):
        sign_in(noon)
    with reading() as session:
        assert session.exec(select(func.count()).select_from(SignInTry)).one() == 0


def test_a_setup_link_sent_twice_at_once_makes_one_administrator(
    database: str, noon: datetime
) -> None:
    token = accounts.make_setup_link(now=noon)

    def use(number: int) -> int:
        new = NewPerson(f"chief{number}", "", Role.ADMIN, PASSWORD)
        return accounts.use_setup_link(token, new, now=noon)

    assert at_once(4, use) == {"": 1, "link-spent": 3}
    with reading() as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_a_setup_link_is_not_spent_by_a_password_that_is_refused(
    database: str, noon: datetime
) -> None:
    token = accounts.make_setup_link(now=noon)
    for new in (
        NewPerson("chief", "", Role.ADMIN, "short"),
        NewPerson("chief", "", Role.ADMIN, PASSWORD, team="没有这个组"),
    ):
        with pytest.raises(Problem):
            accounts.use_setup_link(token, new, now=noon)
    assert accounts.setup_link_lives(token, now=noon)


def test_an_account_made_twice_at_once_is_made_once(database: str, noon: datetime) -> None:
    new = NewPerson("heying", "何映", Role.INSPECTOR, PASSWORD)
    said = at_once(4, lambda _: accounts.add_person(new, by=None, now=noon))
    assert said == {"": 1, "name-taken": 3}


@pytest.mark.parametrize(
    ("name", "display"),
    [("heying", "何" * 41), ("h" * 41, "何映"), ("he\x00ying", "何映"), ("he ying", "何映")],
)
def test_a_name_that_does_not_fit_is_refused(
    name: str, display: str, database: str, noon: datetime
) -> None:
    new = NewPerson(name, display, Role.INSPECTOR, PASSWORD)
    with pytest.raises(Problem) as told:
        accounts.add_person(new, by=None, now=noon)
    assert told.value.id == "bad-name"


def test_control_characters_reach_no_table(database: str, noon: datetime) -> None:
    new = NewPerson("heying", "何\x00映\n", Role.INSPECTOR, PASSWORD)
    accounts.add_person(new, by=None, now=noon)
    token = accounts.sign_in("he\x00ying", PASSWORD, address="\x00", browser="a\x00b", now=noon)
    who = accounts.who_by_token(token, now=noon)
    assert who is not None
    assert who.display == "何映"
    assert refusal(noon, name="no\x00body") == "wrong-sign-in"

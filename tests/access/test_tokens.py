"""Leave to read: shown once, for some things, for some time, and taken back at once."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from field_app.access import tokens
from field_app.access.reader import token_of
from field_app.access.tokens import Scope
from field_app.db import reading
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import AccessToken, AccessTry, Event
from models.vocabulary import Role
from tests import rows
from tests.conftest import environment


@pytest.fixture
def admin(database: str) -> Who:
    return rows.a_person(Role.ADMIN, "管理员")


def refused(token: str, now: datetime, address: str = "10.0.0.1") -> str:
    with pytest.raises(Problem) as told:
        tokens.scopes_of(token, address=address, now=now)
    return told.value.id


def made(admin: Who, now: datetime, *scopes: Scope, days: int = 30) -> str:
    return tokens.make("自然资源局一张图", scopes or [Scope.PARCELS], days=days, by=admin, now=now)


def test_a_token_reads_what_it_was_made_for_and_only_its_hash_is_kept(
    admin: Who, noon: datetime
) -> None:
    token = made(admin, noon, Scope.PARCELS, Scope.PHOTOS)
    assert tokens.scopes_of(token, address="10.0.0.1", now=noon) == {Scope.PARCELS, Scope.PHOTOS}
    (shown,) = tokens.listing(admin)
    assert (shown.name, shown.by, shown.used_from) == ("自然资源局一张图", "管理员", "10.0.0.1")
    assert shown.used_at == noon
    assert token.startswith(shown.starts_with)
    with reading() as session:
        row = session.exec(select(AccessToken)).one()
        event = session.exec(select(Event).where(Event.about == "token")).one()
    assert token not in repr(row) + repr(event)
    assert event.action == "发放令牌"


def test_two_tokens_are_never_the_same(admin: Who, noon: datetime) -> None:
    assert made(admin, noon) != made(admin, noon)


def test_a_token_ends_on_its_day_and_when_it_is_taken_back(admin: Who, noon: datetime) -> None:
    token = made(admin, noon, days=30)
    assert tokens.scopes_of(token, address="a", now=noon + timedelta(days=29))
    assert refused(token, noon + timedelta(days=30)) == "token-needed"
    other = made(admin, noon)
    number = tokens.listing(admin)[0].id
    tokens.revoke(number, by=admin, now=noon)
    tokens.revoke(number, by=admin, now=noon)  # a second time is harmless
    assert refused(other, noon) == "token-needed"
    with reading() as session:
        ended = session.exec(select(Event).where(Event.action == "收回令牌")).all()
    assert len(ended) == 1


def test_only_the_administrator_gives_and_takes(database: str, noon: datetime) -> None:
    for role in set(Role) - {Role.ADMIN}:
        who = rows.a_person(role)
        for call in (
            lambda w=who: made(w, noon),
            lambda w=who: tokens.revoke(1, by=w, now=noon),
            lambda w=who: tokens.listing(w),
        ):
            with pytest.raises(Problem) as told:
                call()
            assert told.value.id == "not-allowed"


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", [Scope.PARCELS], 30),
        ("x" * 61, [Scope.PARCELS], 30),
        ("一张图", [], 30),
        ("一张图", [Scope.PARCELS], 0),
        ("一张图", [Scope.PARCELS], 731),
    ],
)
def test_a_token_for_nobody_for_nothing_or_for_ever_is_refused(
    admin: Who, noon: datetime, name: str, scopes: list[Scope], days: int
) -> None:
    with pytest.raises(Problem) as told:
        tokens.make(name, scopes, days=days, by=admin, now=noon)
    assert told.value.id == "bad-input"


def test_guessing_is_slowed_down_by_address(admin: Who, noon: datetime) -> None:
    token = made(admin, noon)
    with environment(TRIES_PER_ADDRESS="5"):
        for n in range(5):
            assert refused(f"guess {n}", noon) == "token-needed"
        assert refused(token, noon) == "too-many-tries"
        assert tokens.scopes_of(token, address="10.0.0.2", now=noon)  # another address
        assert tokens.scopes_of(token, address="10.0.0.1", now=noon + timedelta(minutes=16))


def test_one_wrong_token_again_and_again_locks_nobody_out(admin: Who, noon: datetime) -> None:
    token = made(admin, noon)
    with environment(TRIES_PER_ADDRESS="5"):
        for _ in range(50):  # a map program with last year's token
            refused("hc_expired", noon)
        assert tokens.scopes_of(token, address="10.0.0.1", now=noon)
    with reading() as session:
        (kept,) = session.exec(select(AccessTry)).all()
    assert len(kept.mark) == 8  # too short to find by it what was typed


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer hc_1", "hc_1"),
        ("bearer  hc_1 ", "hc_1"),
        ("Basic dXNlcjpoY18x", "hc_1"),
        ("Basic dTphOmI=", "a:b"),
        ("Basic !!!", ""),
        ("Basic " + "A" * 2000, ""),
        ("Digest x", ""),
        ("", ""),
    ],
)
def test_a_token_comes_as_bearer_or_as_the_password_of_basic(header: str, token: str) -> None:
    assert token_of(header) == token

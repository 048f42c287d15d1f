"""The lot: sizes, shares, fairness, and that it can be repeated anywhere."""

import hashlib
import random
from collections import Counter
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from field_app.second_look import lots
from field_app.second_look.estimates import share
from field_app.second_look.lots import Member, Stratum, allocate, draw
from tests.soak import examples

BOTH = list(Stratum)


def a_member(key: str, township: str = "留山镇", kind: str = "土地整治") -> Member:
    return Member(key, township, "下店村", "411321202005TG01", kind, f"P{key}", "2", 1)


def a_list(*sizes: tuple[str, int]) -> list[Member]:
    return [a_member(f"{t}-{n:04d}", t) for t, size in sizes for n in range(size)]


members = st.lists(
    st.builds(
        a_member,
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
        st.sampled_from(["留山镇", "皇后乡", "云阳镇", ""]),
        st.sampled_from(["土地整治", "增减挂钩", ""]),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda m: m.key,
)
sizes = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(1, 400), min_size=1)
seeds = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=examples(100), deadline=None)
@given(members, st.data(), seeds, st.sets(st.sampled_from(BOTH)).map(sorted))
def test_so_many_are_drawn_and_none_twice(
    population: list[Member], data: st.DataObject, seed: str, strata: list[Stratum]
) -> None:
    n = data.draw(st.integers(1, len(population)))
    found = draw(population, n, seed, strata)
    assert len(found.drawn) == len({d.member.key for d in found.drawn}) == n
    assert {d.member for d in found.drawn} <= set(population)
    assert sum(found.sizes.values()) == len(population)
    for stratum, size in found.sizes.items():
        of_it = [d for d in found.drawn if d.stratum == stratum]
        assert len(of_it) == found.shares[stratum] <= size
        assert [d.place for d in of_it] == list(range(1, len(of_it) + 1))
        assert n < len(found.sizes) or of_it, "no stratum is left out where the number reaches"


@settings(max_examples=examples(100), deadline=None)
@given(members, st.data(), seeds)
def test_the_order_of_the_list_changes_nothing(
    population: list[Member], data: st.DataObject, seed: str
) -> None:
    n = data.draw(st.integers(1, len(population)))
    shuffled = data.draw(st.permutations(population))
    assert draw(population, n, seed, BOTH) == draw(shuffled, n, seed, BOTH)


@settings(max_examples=examples(100), deadline=None)
@given(sizes, st.data(), seeds)
def test_a_share_is_the_exact_one_rounded_unless_the_minimum_lifted_some(
    sizes: dict[str, int], data: st.DataObject, seed: str
) -> None:
    total = sum(sizes.values())
    n = data.draw(st.integers(1, total))
    shares = allocate(sizes, n, seed)
    assert sum(shares.values()) == n
    assert all(0 <= shares[s] <= size for s, size in sizes.items())
    plain = lots._in_proportion(sizes, n, seed)
    assert all(
        floor(n * c / total) <= plain[s] <= floor(n * c / total) + 1 for s, c in sizes.items()
    )
    assert all(abs(plain[s] - n * c / total) < 1 for s, c in sizes.items())
    if n < len(sizes) or all(plain.values()):
        assert shares == plain
        return
    lifted = {s for s, share in plain.items() if share == 0}
    assert all(shares[s] == 1 for s in lifted)
    assert min(shares.values()) == 1
    # Nobody gains by the lifting but those that were lifted.
    assert all(shares[s] <= floor(n * c / total) + 1 for s, c in sizes.items())


def test_strata_of_one_size_take_turns_over_the_seeds() -> None:
    won = Counter(
        next(s for s, share in allocate(dict.fromkeys("甲乙丙", 5), 1, str(seed)).items() if share)
        for seed in range(600)
    )
    assert set(won) == set("甲乙丙")
    assert min(won.values()) > 150


def test_each_of_a_stratum_is_drawn_as_often_as_the_others_over_the_seeds() -> None:
    population = a_list(("留山镇", 30), ("皇后乡", 20))
    drawn: Counter[str] = Counter()
    rounds = 2000
    dice = random.Random(20260415)
    for _ in range(rounds):
        found = draw(population, 10, str(dice.getrandbits(64)), [Stratum.TOWNSHIP])
        drawn.update(d.member.key for d in found.drawn)
    expected = rounds * 10 / 50
    chi2 = sum((drawn[m.key] - expected) ** 2 / (expected * (1 - 0.2)) for m in population)
    # About 48 degrees of freedom; 84.0 is the 0.999 quantile of chi-squared.
    assert chi2 < 84.0
    pairs: Counter[bool] = Counter()
    for seed in range(rounds):
        keys = {d.member.key for d in draw(population, 10, f"s{seed}", [Stratum.TOWNSHIP]).drawn}
        pairs["留山镇-0000" in keys and "留山镇-0001" in keys] += 1
    assert abs(pairs[True] / rounds - 6 * 5 / (30 * 29)) < 0.012  # neighbours draw independently


def test_a_person_repeats_it_with_nothing_but_sha256() -> None:
    """Written without the product's functions, as the published text says."""
    population = a_list(("留山镇", 7), ("皇后乡", 3))
    found = draw(population, 4, "2026045", [Stratum.TOWNSHIP])
    assert dict(found.shares) == {"皇后乡": 1, "留山镇": 3}  # 4×3/10 = 1.2 and 4×7/10 = 2.8
    by_hand = sorted(
        (hashlib.sha256(f"2026045|留山镇|留山镇-{n:04d}".encode()).hexdigest(), n) for n in range(7)
    )[:3]
    drawn = [(d.lot, int(d.member.key[-4:])) for d in found.drawn if d.stratum == "留山镇"]
    assert drawn == by_hand


def test_this_draw_stays_what_it_was() -> None:
    """Another outcome for the same list would make every published draw untrue."""
    population = a_list(("留山镇", 12), ("皇后乡", 5), ("云阳镇", 1))
    found = draw(population, 6, "20260415-召整治办〔2026〕3号", BOTH)
    assert [d.member.key for d in found.drawn] == [
        "云阳镇-0000",
        "留山镇-0001",
        "留山镇-0007",
        "留山镇-0008",
        "留山镇-0003",
        "皇后乡-0002",
    ]


@pytest.mark.parametrize("n", [0, 4, -1])
def test_more_than_there_are_or_none_cannot_be_drawn(n: int) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(a_list(("留山镇", 3)), n, "1", BOTH)


def test_no_seed_and_a_number_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        draw(a_list(("留山镇", 3)), 1, "", BOTH)
    with pytest.raises(ValueError, match="same number"):
        draw([a_member("1"), a_member("1", "皇后乡")], 1, "1", BOTH)


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(1, 400), st.data())
def test_the_interval_holds_the_rate_and_stays_between_none_and_all(
    looked: int, data: st.DataObject
) -> None:
    found = data.draw(st.integers(0, looked))
    told = share(found, looked)
    assert told.rate is not None
    assert told.low is not None
    assert told.high is not None
    assert 0 <= told.low <= told.rate <= told.high <= 1
    other = share(looked - found, looked)
    assert told.low == pytest.approx(1 - (other.high or 0), abs=1e-12)


def test_nobody_has_looked_yet() -> None:
    assert share(0, 0).rate is None
    with pytest.raises(ValueError, match="3 of 2"):
        share(3, 2)

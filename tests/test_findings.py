"""In which order results are read, whatever stored them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from field_app import findings
from field_app.findings import told
from models.vocabulary import Outcome


def result(check: str, outcome: Outcome, **more: Any) -> dict[str, Any]:
    return {"check": check, "outcome": str(outcome), "message": f"{check}。"} | more


def names(some: tuple[findings.Found, ...]) -> list[str]:
    return [r["check"] for r in some]


def test_three_reasons_stand_first_the_worst_of_them_in_front() -> None:
    seen = told(
        [
            result("fine", Outcome.PASS),
            result("doubt_1", Outcome.DOUBT),
            result("missing", Outcome.UNKNOWN, needed=True),
            result("fail", Outcome.FAIL),
            result("doubt_2", Outcome.DOUBT),
        ]
    )
    assert names(seen.first) == ["fail", "doubt_1", "doubt_2"]
    assert names(seen.further) == ["missing"]
    assert names(seen.fine) == ["fine"]


def test_notes_stand_after_doubts_and_what_could_not_be_told_is_no_reason() -> None:
    seen = told(
        [
            result("no_compass", Outcome.UNKNOWN, needed=False),
            result("note", Outcome.UNKNOWN, needed=False, noted=True),
            result("doubt", Outcome.DOUBT),
        ]
    )
    assert names(seen.first) == ["doubt", "note"]
    assert names(seen.further) == ["no_compass"]


def test_results_stored_before_there_were_notes_are_read_like_any_other() -> None:
    seen = told([result("old", Outcome.UNKNOWN), result("older", Outcome.PASS)])
    assert names(seen.first) == ["old"]  # it said nothing of being needed: it counts
    assert not findings.is_note(seen.first[0])


def test_an_outcome_that_nobody_knows_is_shown_as_an_error_and_never_hidden() -> None:
    (only,) = told([{"check": "x", "outcome": "SHRUG"}]).first
    assert findings.outcome_of(only) == Outcome.ERROR


results = st.lists(
    st.builds(
        result,
        st.text("abc", min_size=1, max_size=3),
        st.sampled_from(list(Outcome)),
        needed=st.booleans(),
        noted=st.booleans(),
    ),
    max_size=45,
)


@given(results)
def test_nothing_is_lost_and_never_more_than_three_stand_first(some: list[dict[str, Any]]) -> None:
    seen = told(some)
    assert len(seen.first) <= 3
    key = str
    assert sorted([*seen.first, *seen.further, *seen.fine], key=key) == sorted(some, key=key)
    bad = [r for r in some if r["outcome"] in (Outcome.FAIL, Outcome.DOUBT)]
    assert all(r in seen.first for r in bad) or len(seen.first) == 3

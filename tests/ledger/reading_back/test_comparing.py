"""Three values of one cell, whatever they are."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from field_app.ledger.printed.machine import canonical, plain
from field_app.ledger.reading_back.comparing import Outcome, of_row, outcome

VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "清除林木", "　清除林木 ", "是", "2026-09-05", "3.2", "3"]),
    st.text(max_size=6),
    st.floats(0, 1e9),
    st.integers(0, 10**9),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.booleans(),
)


@given(VALUES, VALUES)
def test_a_file_that_brings_nothing_new_is_never_a_change(base: object, here: object) -> None:
    assert outcome(base, here, base) == Outcome.SAME
    assert outcome(base, here, here) == Outcome.SAME


@given(VALUES, VALUES, VALUES)
def test_what_changed_here_is_never_written_over(base: object, here: object, file: object) -> None:
    met = outcome(base, here, file)
    if canonical(here) != canonical(base):
        assert met != Outcome.CHANGED
    if met == Outcome.CONFLICT:
        assert len({canonical(base), canonical(here), canonical(file)}) == 3


@given(VALUES, VALUES)
def test_what_only_the_file_changed_is_a_change_once(base: object, file: object) -> None:
    met = outcome(base, base, file)
    assert met == (Outcome.SAME if canonical(base) == canonical(file) else Outcome.CHANGED)
    assert outcome(base, file, file) == Outcome.SAME  # applied, and brought once more


@given(VALUES, VALUES, VALUES)
def test_the_values_compare_the_same_after_they_were_kept(
    base: object, here: object, file: object
) -> None:
    assert canonical(plain(base)) == canonical(base)
    assert outcome(plain(base), plain(here), plain(file)) == outcome(base, here, file)


@given(st.lists(st.sampled_from(Outcome)))
def test_a_row_with_a_conflict_is_one_and_a_row_of_nothing_is_the_same(
    cells: list[Outcome],
) -> None:
    if Outcome.CONFLICT in cells:
        assert of_row(cells) == Outcome.CONFLICT
    elif Outcome.CHANGED in cells:
        assert of_row(cells) == Outcome.CHANGED
    if set(cells) <= {Outcome.SAME}:
        assert of_row(cells) == Outcome.SAME

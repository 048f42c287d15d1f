"""The grade that each kind of live capture comes to: proof is never had cheaply, nor refused to the
honest for what their phones do."""

import pytest

from models.vocabulary import Grade
from photos.case import Case
from photos.examine import examine
from tests.corpus.captures import FORGED_CAPTURES, HONEST_CAPTURES
from tests.corpus.kinds import Kind, Sort

PROVEN = {
    "standing", "walking", "from-a-car", "jitter", "late-first-fix", "resumed-page", "offline-code",
}  # fmt: skip


def first_of(kind: Kind) -> Case:
    case = kind.case(0)
    assert isinstance(case, Case)
    return case


@pytest.mark.parametrize("kind", HONEST_CAPTURES, ids=lambda kind: kind.name)
def test_an_honest_capture_is_proof_or_says_what_it_lacks(kind: Kind) -> None:
    done = examine(first_of(kind))
    if kind.name.removeprefix("honest/capture/") in PROVEN:
        assert (done.grade, done.grade_reasons) == (Grade.A, ())
    elif kind.name != "honest/capture/slow-clock":  # proof where the clock was measured
        assert done.grade is Grade.B
        assert done.grade_reasons


SHOWN = [kind for kind in FORGED_CAPTURES if kind.sort is Sort.SHOWN]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.name)
def test_a_forged_capture_that_shows_is_never_proof(kind: Kind) -> None:
    done = examine(first_of(kind))
    assert done.grade is not Grade.A
    assert done.grade_reasons

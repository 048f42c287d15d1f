"""A sample of the corpus: what the examination says of each kind. `make soak` runs all of it."""

from random import Random

import pytest

from photos.case import Case
from tests.corpus import jpegs, tiffs
from tests.corpus.kinds import Kind, Sort
from tests.corpus.makers import MAKERS
from tests.corpus.measure import Tally, as_rates, differences, goals, measure
from tests.corpus.real import FOLDER, KNOWN, real_cases
from tests.corpus.register import KINDS
from tests.corpus.setting import a_setting
from tests.soak import TIMES

SAMPLE = 2  # cases of each kind in `make test`

pytestmark = pytest.mark.xdist_group("corpus")  # one worker measures, and all tests look at it


@pytest.fixture(scope="module")
def found() -> dict[str, Tally]:
    return measure(KINDS, real_cases(), None if TIMES > 1 else SAMPLE)


def test_no_two_kinds_have_one_name_and_each_says_what_happened() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.name.startswith("honest/") or kind.pattern
        assert (kind.sort is Sort.HONEST) == kind.name.startswith("honest/")
        assert len(kind.what) >= 6


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_kind_is_told_for_what_it_is(kind: Kind, found: dict[str, Tally]) -> None:
    assert found[kind.name].n >= 1
    assert found[kind.name].wrong == []


def test_the_goals_are_met(found: dict[str, Tally]) -> None:
    told = list(goals(found))
    assert len(told) >= 6
    assert [said for said, reached in told if not reached] == []


def test_what_is_kept_tells_what_changed(found: dict[str, Tally]) -> None:
    kept = as_rates(found, "2026-03-02")
    assert list(differences(kept, kept)) == []
    assert kept["checks"]["on_parcel"]["honest_made"]["fail"] == 0
    found_less = {name: t for name, t in found.items() if name != "forged/F01/next-village"}
    changes = list(differences(kept, as_rates(found_less, "2026-03-03")))
    assert any(line.startswith("on_parcel on forged: fail") for line in changes)
    assert any(line.startswith("forged/F01/next-village: ") for line in changes)


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    kind = KINDS[0]
    once, again, other = (kind.case(n) for n in (3, 3, 4))
    assert isinstance(once, Case)
    assert once == again
    assert once != other


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no sample photos beside the project ({FOLDER})")
def test_no_real_honest_photo_is_doubted_where_it_was_taken(found: dict[str, Tally]) -> None:
    assert found["real/honest"].n + found["real/known"].n > 20
    assert found["real/honest"].wrong == []
    assert set(KNOWN) <= {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("name", MAKERS)
def test_a_makers_file_is_read_back_as_it_was_written(name: str) -> None:
    setting = a_setting(Random(name), name)
    data = setting.photo()
    parts = jpegs.take_apart(data)
    assert parts.joined() == data
    exif = parts.exif()
    assert exif is not None
    block = tiffs.read(exif)
    assert block.big_endian is setting.maker.big_endian
    assert (block.thumbnail is not None) == (setting.maker.thumbnail is not None)
    assert tiffs.read(tiffs.write(block)).ifds == block.ifds
    case = setting.case(data)
    assert case.distance_m is not None
    assert case.distance_m < 45.0
    assert case.evidence.disagreements() == {}

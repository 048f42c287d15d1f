"""A sample of the corpus: what the examination says of each kind. `make soak` runs all of it."""

from random import Random

import pytest

from models.vocabulary import Outcome, Verdict
from photos.examine import examine
from tests.corpus import jpegs, tiffs
from tests.corpus.kinds import Kind, Sort
from tests.corpus.makers import MAKERS
from tests.corpus.real import FOLDER, KNOWN, real_cases
from tests.corpus.register import KINDS
from tests.corpus.setting import a_setting
from tests.soak import TIMES

SAMPLE = 2  # cases of each kind in `make test`

NOT_YET = {
    "forged/F03/pasted", "forged/F03/generated-dressed", "forged/F04/gps-exiftool",
    "forged/F04/gps-piexif", "forged/F04/time-piexif", "forged/F04/transplanted",
    "forged/F13/bright-at-midnight", "forged/F14/screenshot-dressed",
}  # fmt: skip
"""Kinds whose checks are still to be written."""


def numbers(kind: Kind) -> range:
    return range(kind.count if TIMES > 1 else min(SAMPLE, kind.count))


def test_no_two_kinds_have_one_name_and_each_says_what_happened() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    for kind in KINDS:
        assert kind.name.startswith("honest/") or kind.pattern
        assert (kind.sort is Sort.HONEST) == kind.name.startswith("honest/")
        assert len(kind.what) >= 6


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k.name not in NOT_YET], ids=lambda kind: kind.name
)
def test_each_kind_is_told_for_what_it_is(kind: Kind) -> None:
    for number in numbers(kind):
        done = examine(kind.case(number))
        assert not [r for r in done.results if r.outcome is Outcome.ERROR]
        spoke = {r.check: r.outcome for r in done.results if r.outcome in ("DOUBT", "FAIL")}
        assert done.verdict in kind.expected, (f"{kind.name}/{number}", spoke)


def test_a_case_is_the_same_whenever_it_is_made() -> None:
    kind = KINDS[0]
    assert kind.case(3).evidence == kind.case(3).evidence
    assert kind.case(3).evidence.sha256 != kind.case(4).evidence.sha256


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no sample photos beside the project ({FOLDER})")
def test_no_real_honest_photo_is_doubted_where_it_was_taken() -> None:
    judged = {name: examine(case).verdict for name, case in real_cases()}
    assert len(judged) > 20
    wronged = {n: v for n, v in judged.items() if n not in KNOWN
               and v in (Verdict.DOUBTFUL, Verdict.CONTRADICTED)}  # fmt: skip
    assert wronged == {}


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

"""The set that the understanding was built on keeps being understood."""

from bench.bench_chat import lines, score
from field_app.chat.understanding import understand

# A little under what `bench/bench_chat.py` measured, so that a word may change its meaning.
LEAST_F1 = 0.98
LEAST_FIRST = 0.97


def test_the_set_it_was_built_on_is_understood() -> None:
    rows = lines("built_on")
    found = score(rows, understand)
    assert found.f1 >= LEAST_F1, found.misses
    assert found.counts["problems first"] >= LEAST_FIRST * found.counts["problems said"]
    assert found.counts["nonsense refused"] == found.counts["nonsense"]


def test_no_sentence_takes_long() -> None:
    rows = lines("built_on")
    score(rows[:5], understand)  # loads the word lists
    times = sorted(score(rows, understand).times)
    assert times[int(len(times) * 0.95)] < 20.0

"""Whatever goes wrong on the way, the other side has each change once in effect, and in order."""

from collections import Counter

from field_app.roles import Who
from tests.conftest import environment
from tests.soak import examples
from tests.sync.conftest import Ticking
from tests.sync.receiver import Receiver
from tests.sync.schedules import play

SCHEDULES = min(100, examples(15))  # for each kind of database


def test_each_change_is_there_once_and_in_order_after_any_faults(
    database: str, line: Receiver, office: Who, tick: Ticking
) -> None:
    first = 1 if database == "sqlite" else 1001
    seen: Counter[str] = Counter()
    with environment(SYNC_TIMEOUT_S="0.2", SYNC_ANSWERS_URL=""):
        for seed in range(first, first + SCHEDULES):
            fates = play(seed, tick, line, office)
            seen.update(word.split()[0] for word in fates.happened)
    # The schedules really do what they say.
    assert {"dies", "database", "commit", "clock", "the"} <= set(seen), seen

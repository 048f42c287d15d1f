"""How many examples a property test looks at: few in `make test`, many more in `make soak`."""

import os

TIMES = int(os.environ.get("SOAK", "1"))


def examples(count: int) -> int:
    """`count`, or as many times more as SOAK says."""
    return count * TIMES

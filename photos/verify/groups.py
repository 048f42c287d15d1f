"""Lines of photos that occur again, put together: the same bytes, or the same picture."""

from collections import defaultdict
from collections.abc import Sequence

from photos.verify.lines import Line

SAME_BYTES = "逐字节相同"


def groups_of(lines: Sequence[Line]) -> list[list[tuple[Line, str]]]:
    """Groups of lines that `same_as` and `alike` bind together, each line with what binds it.

    Whoever is like one of a group is of the group. Groups and their lines in the order given.
    """
    by_file: defaultdict[str, list[int]] = defaultdict(list)
    for n, line in enumerate(lines):
        by_file[line["file"]].append(n)
    leader = list(range(len(lines)))

    def find(n: int) -> int:
        while leader[n] != n:
            leader[n] = leader[leader[n]]
            n = leader[n]
        return n

    for n, line in enumerate(lines):
        others = [*(line["same_as"] or ()), *(other["file"] for other in line.get("alike") or ())]
        for other in (m for file in others for m in by_file[file]):
            first, second = sorted((find(n), find(other)))
            leader[second] = first
    groups: defaultdict[int, list[tuple[Line, str]]] = defaultdict(list)
    for n, line in enumerate(lines):
        groups[find(n)].append((line, _how(line)))
    return [group for group in groups.values() if len(group) > 1]


def _how(line: Line) -> str:
    words = [SAME_BYTES] if line["same_as"] else []
    words += [other["how"] for other in line.get("alike") or ()]
    return "、".join(dict.fromkeys(words))

"""How often each check fires on each kind, whether the goals are met, and what changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.vocabulary import Outcome, Verdict
from photos.case import Case
from photos.checks import declared
from photos.examine import Examination
from photos.sets.checks import SET_CHECKS
from photos.sets.examine import SetExamination
from tests.corpus.kinds import Kind, Sort, examined
from tests.corpus.real import KNOWN

FORGED_GOAL, REAL_DOUBT_GOAL = 0.95, 0.02

_GROUP_OF = {
    Sort.HONEST: "honest_made",
    Sort.SHOWN: "forged",
    Sort.SHIFTED: "forged",
    Sort.WITHHELD: "withheld",
    Sort.UNSEEN: "unseen",
}
_FIRED = {Outcome.DOUBT: "doubt", Outcome.FAIL: "fail", Outcome.ERROR: "error"}


@dataclass
class Tally:
    """What was seen of one kind: verdicts, and per check how often it was asked and fired."""

    sort: Sort
    n: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    checks: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)  # cases with a verdict that is not expected

    def add(self, done: Examination | SetExamination) -> None:
        self.n += 1
        self.verdicts[done.verdict.value] += 1
        for result in done.results:
            seen = self.checks[result.check]
            seen["asked"] += 1
            seen["noted"] += result.noted
            if result.outcome in _FIRED:
                seen[_FIRED[result.outcome]] += 1

    def fired(self, check: str) -> int:
        return self.checks[check]["doubt"] + self.checks[check]["fail"]


def measure(
    kinds: Iterable[Kind], real: Iterable[tuple[str, Case]], most: int | None = None
) -> dict[str, Tally]:
    """Every kind's tally by name, at most `most` cases each; the real ones under "real/…"."""
    found: dict[str, Tally] = {}
    for kind in kinds:
        tally = found[kind.name] = Tally(kind.sort)
        for number in range(kind.count if most is None else min(most, kind.count)):
            done = examined(kind.case(number))
            tally.add(done)
            if done.verdict not in kind.expected:
                tally.wrong.append(f"{kind.name}/{number}: {done.verdict} ({_because(done)})")
    for name, case in real:
        honest = name not in KNOWN
        known = found.setdefault("real/honest" if honest else "real/known", Tally(Sort.HONEST))
        done = examined(case)
        known.add(done)
        if honest and done.verdict in (Verdict.DOUBTFUL, Verdict.CONTRADICTED):
            known.wrong.append(f"real/{name}: {done.verdict} ({_because(done)})")
    return found


def _because(done: Examination | SetExamination) -> str:
    spoke = [r for r in done.results if r.outcome in _FIRED or r.noted]
    return ", ".join(f"{r.check} {'note' if r.noted else r.outcome}" for r in spoke) or "nothing"


def goals(found: Mapping[str, Tally]) -> Iterator[tuple[str, bool]]:
    """Each goal as a sentence with its figure, and whether it is met."""

    def of(sort: Sort) -> list[Tally]:
        return [t for name, t in found.items() if t.sort is sort and not name.startswith("real/")]

    def verdicts(tallies: Iterable[Tally], *which: Verdict) -> int:
        return sum(t.verdicts[v.value] for t in tallies for v in which)

    shown, honest = of(Sort.SHOWN), of(Sort.HONEST)
    n, caught = sum(t.n for t in shown), verdicts(shown, Verdict.DOUBTFUL, Verdict.CONTRADICTED)
    yield f"forged that a file can show: {caught}/{n} DOUBT or FAIL, at least 95 %", caught >= FORGED_GOAL * n  # fmt: skip
    failed = verdicts(honest, Verdict.CONTRADICTED)
    yield f"honest made: {failed}/{sum(t.n for t in honest)} FAIL, none allowed", failed == 0
    passed = verdicts(of(Sort.WITHHELD), Verdict.PASSED)
    yield f"without proof of a place: {passed}/{sum(t.n for t in of(Sort.WITHHELD))} passed, none allowed", passed == 0  # fmt: skip
    shifted = of(Sort.SHIFTED)
    told = verdicts(shifted, Verdict.DOUBTFUL)
    yield f"shifted datum: {told}/{sum(t.n for t in shifted)} DOUBT and never FAIL", told == sum(t.n for t in shifted)  # fmt: skip
    if "real/honest" in found:
        real = found["real/honest"]
        failed, doubted = (verdicts([real], v) for v in (Verdict.CONTRADICTED, Verdict.DOUBTFUL))
        yield f"honest real: {failed}/{real.n} FAIL, none allowed", failed == 0
        yield f"honest real: {doubted}/{real.n} DOUBT, at most 2 %", doubted <= REAL_DOUBT_GOAL * real.n  # fmt: skip
    wrong = sum(len(t.wrong) for t in found.values())
    yield f"cases with another verdict than expected: {wrong}, none allowed", wrong == 0
    errors = sum(seen["error"] for t in found.values() for seen in t.checks.values())
    yield f"checks that broke: {errors}, none allowed", errors == 0


def as_rates(found: Mapping[str, Tally], measured_on: str) -> dict[str, Any]:
    """What is kept in `photos/checks/rates.json`."""
    sizes: Counter[str] = Counter()
    groups: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for name, tally in found.items():
        group = _group(name, tally)
        if group is None:
            continue
        sizes[group] += tally.n
        for check, seen in tally.checks.items():
            groups[check][group] += seen
    return {
        "measured_on": measured_on,
        "sizes": dict(sizes),
        "checks": {
            facts.id: {
                **{g: _plain(groups[facts.id][g]) for g in sizes},
                "best": _best(found, facts.id),
            }
            for facts in (*declared(), *(one.declared for one in SET_CHECKS))
        },
        "kinds": {
            name: {
                "sort": t.sort.value,
                "n": t.n,
                "verdicts": dict(sorted(t.verdicts.items())),
                "fired": {c: t.fired(c) for c in sorted(t.checks) if t.fired(c)},
            }
            for name, t in found.items()
        },
        "patterns": _patterns(found),
    }


def _group(name: str, tally: Tally) -> str | None:
    if name.startswith("real/"):
        return "honest_real" if name == "real/honest" else None
    return _GROUP_OF[tally.sort]


def _plain(seen: Counter[str]) -> dict[str, int]:
    return {key: seen[key] for key in ("asked", "noted", "doubt", "fail", "error")}


def _best(found: Mapping[str, Tally], check: str) -> dict[str, list[int]]:
    """The three forged kinds on which the check fires most often."""
    hits = [
        (name.removeprefix("forged/"), t.fired(check), t.n)
        for name, t in found.items()
        if name.startswith("forged/") and t.fired(check)
    ]
    best = sorted(hits, key=lambda hit: (-hit[1] / hit[2], -hit[1], hit[0]))[:3]
    return {name: [hits, n] for name, hits, n in best}


def _patterns(found: Mapping[str, Tally]) -> dict[str, dict[str, list[int]]]:
    """Per row of the fraud catalogue: caught, withheld and unseen, each of how many."""
    rows: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for name, tally in found.items():
        if not name.startswith("forged/"):
            continue
        counted = {
            Sort.SHOWN: ("检出", (Verdict.DOUBTFUL, Verdict.CONTRADICTED)),
            Sort.SHIFTED: ("存疑", (Verdict.DOUBTFUL,)),
            Sort.WITHHELD: ("未通过", tuple(v for v in Verdict if v is not Verdict.PASSED)),
            Sort.UNSEEN: ("看不出的也检出", (Verdict.DOUBTFUL, Verdict.CONTRADICTED)),
        }[tally.sort]
        hits = rows[name.split("/")[1]].setdefault(counted[0], [0, 0])
        hits[0] += sum(tally.verdicts[v.value] for v in counted[1])
        hits[1] += tally.n
    return {pattern: rows[pattern] for pattern in sorted(rows)}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What a person wants to see before a changed threshold is put in force."""
    for check in sorted({*old.get("checks", {}), *new["checks"]}):
        before, after = old.get("checks", {}).get(check), new["checks"].get(check)
        if before is None or after is None:
            yield f"{check}: {'new' if before is None else 'gone'}"
            continue
        for group in new["sizes"]:
            was, now = before.get(group, {}), after.get(group, {})
            moved = {k: (was.get(k, 0), now.get(k, 0)) for k in ("noted", "doubt", "fail", "error")}
            said = ", ".join(f"{k} {a} → {b}" for k, (a, b) in moved.items() if a != b)
            if said:
                yield f"{check} on {group}: {said}"
    for kind in sorted({*old.get("kinds", {}), *new["kinds"]}):
        was, now = (t.get("kinds", {}).get(kind, {}).get("verdicts") for t in (old, new))
        if was != now:
            yield f"{kind}: {was} → {now}"

"""`python -m tests.corpus`: the table of checks and kinds, the goals, and what changed.

Exit status 1 where a goal is missed. `--write` keeps the table beside the checks and writes
CHECKS.md afresh; without it nothing is written.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from field_app import clock
from photos import catalogue
from photos.checks import declared
from photos.sets.checks import SET_CHECKS
from tests.corpus.measure import Tally, as_rates, differences, goals, measure
from tests.corpus.real import FOLDER, real_cases
from tests.corpus.register import KINDS


def main() -> int:
    """Measures all kinds, or those whose name holds the word given."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="kinds whose name holds this word")
    parser.add_argument("--write", action="store_true", help="keep the table and write CHECKS.md")
    given = parser.parse_args()
    if given.write and given.only:
        parser.error("only the whole corpus is kept")
    logging.disable(logging.CRITICAL)  # a check that breaks is counted below
    began = time.monotonic()
    found = measure((k for k in KINDS if given.only in k.name), () if given.only else real_cases())
    for line in table(found):
        print(line)
    print(f"\n{sum(t.n for t in found.values())} cases in {time.monotonic() - began:.0f} s")
    if not FOLDER.is_dir():
        print(f"the sample photos are not beside the project ({FOLDER}): real ones were left out")
    new = as_rates(found, clock.now().date().isoformat())
    if not given.only:
        print("\nagainst the table kept before:")
        old = json.loads(catalogue.RATES.read_text()) if catalogue.RATES.exists() else {}
        print("\n".join(f"  {line}" for line in differences(old, new)) or "  nothing changed")
    print("\ngoals:")
    met = True
    for said, reached in goals(found):
        print(f"  {'met   ' if reached else 'MISSED'} {said}")
        met &= reached
    for tally in found.values():
        for line in tally.wrong:
            print(f"         {line}")
    if given.write:
        catalogue.RATES.write_text(_in_lines(new), encoding="utf-8")
        catalogue.rates.cache_clear()
        catalogue.PAGE.write_text(catalogue.catalogue(), encoding="utf-8")
    return 0 if met else 1


def _in_lines(rates: Mapping[str, Any]) -> str:
    """JSON with one check or kind on a line, so that a difference can be read."""
    parts = []
    for key, value in rates.items():
        if isinstance(value, dict):
            rows = [f"  {_json(name)}: {_json(row)}" for name, row in value.items()]
            parts.append(f" {_json(key)}: {{\n" + ",\n".join(rows) + "\n }")
        else:
            parts.append(f" {_json(key)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def table(found: Mapping[str, Tally]) -> Iterator[str]:
    """Each check's row: asked, noted, doubted, failed on honest ones; then where it fires."""
    yield "check: kind asked (noted, DOUBT, FAIL) …"
    for facts in (*declared(), *(one.declared for one in SET_CHECKS)):
        rows = [
            f"{name} {seen['asked']} ({seen['noted']}, {seen['doubt']}, {seen['fail']})"
            for name, tally in found.items()
            if (seen := tally.checks[facts.id])["noted"] or tally.fired(facts.id)
        ]
        asked = sum(tally.checks[facts.id]["asked"] for tally in found.values())
        yield f"\n{facts.id}: asked {asked}"
        yield from (f"    {row}" for row in rows)
    yield "\nkind: verdicts"
    for name, tally in found.items():
        said = ", ".join(f"{v} {n}" for v, n in sorted(tally.verdicts.items()))
        yield f"    {name} [{tally.sort}]: {said}"


if __name__ == "__main__":
    sys.exit(main())

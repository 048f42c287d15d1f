"""The verdict on all photos of one parcel: what they show together, and what is still missing.

Pure: the same case gives the same examination. A photo's own checks have spoken before.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.vocabulary import Outcome, Verdict
from photos.case import Result
from photos.examine import Thresholds, fold, run_declared
from photos.sets.case import SetCase, SetPhoto
from photos.sets.checks import SET_CHECKS
from photos.sets.coverage import Coverage
from photos.sets.declare import SetCheck, seen_text
from photos.sets.next_shot import NextShot, next_shots

_WORST_FIRST = (Outcome.FAIL, Outcome.DOUBT, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS)


@dataclass(frozen=True, slots=True)
class SetExamination:
    """What the photos of a parcel are worth together. `results` stand worst first; `missing` is
    what to shoot, the most needed first."""

    verdict: Verdict
    results: tuple[Result, ...]
    missing: tuple[NextShot, ...]
    coverage: Coverage

    @property
    def reasons(self) -> tuple[Result, ...]:
        """What is no pass, worst first, the notes last."""
        return tuple(r for r in self.results if r.outcome != Outcome.PASS)

    @property
    def seen(self) -> str:
        """The coverage in words; what cannot be said is said so."""
        if not self.coverage.placed:
            return "还没有位置可用的照片，算不出看到了多少"
        if not self.coverage.placed_wide:
            return "只有近处的照片，还没有看到地块全貌"
        if self.coverage.unturned and not self.coverage.outline_ratio:
            return "照片没有镜头方向，算不出看到了多少"
        return f"{seen_text(self.coverage)}。按位置和镜头推算，遮挡不计"


def examine_set(
    case: SetCase, thresholds: Thresholds | None = None, checks: Iterable[SetCheck] = SET_CHECKS
) -> SetExamination:
    """Every check of a set on the case, folded like those of a photo: the worst outcome wins,
    nothing is never a pass.

    ValueError where `thresholds` names a check or a keyword that is not declared.
    """
    given = thresholds or {}
    require_declared_of_sets(given)
    about = f"a set of {len(case.photos)} photos"
    found = [
        run_declared(c.declared, c, (case,), given.get(c.declared.id, {}), about) for c in checks
    ]
    results = [r for r in found if r is not None]
    return SetExamination(
        verdict=fold(results),
        results=tuple(sorted(results, key=_badness)),
        missing=next_shots(case, results),
        coverage=case.coverage,
    )


def declared_set_thresholds() -> dict[str, Mapping[str, float]]:
    """Every threshold of a set's checks by check and keyword, with its default."""
    return {c.declared.id: c.declared.thresholds for c in SET_CHECKS if c.declared.thresholds}


def require_declared_of_sets(thresholds: Thresholds) -> None:
    """ValueError for a threshold that no check of sets declares."""
    known = declared_set_thresholds()
    for check, values in thresholds.items():
        for name in values:
            if name not in known.get(check, {}):
                raise ValueError(f"no check of sets declares the threshold {check}.{name}")


def catalogue_of_sets() -> str:
    """The text of SET_CHECKS.md, written from the declarations alone."""
    lines = [
        "# 成套证据的检查项",
        "",
        "由各检查的声明生成：`python -m photos.sets.examine > photos/SET_CHECKS.md`。这里看的是一次核查的全部照片，"
        "单张照片的检查见 [CHECKS.md](CHECKS.md)。缺的只会是待补证，从不说成造假；视锥按位置、朝向和视角推算，"
        "山坡、庄稼、围墙的遮挡算不出来。督导的采信、不采信先于机器的结论。",
        "",
    ]
    for one in SET_CHECKS:
        facts = one.declared
        lines += [
            f"## {facts.id}",
            "",
            f"**查什么** {facts.catches}",
            "",
            f"**规则** {facts.sentence}",
            "",
            f"**最重结论** {facts.if_broken}；{'必需' if facts.needed else '非必需'}",
            "",
            f"**通过说明什么** {facts.proves}",
            "",
            f"**可能误判** {facts.trap}",
            "",
        ]
        if facts.thresholds:
            said = "、".join(f"`{name}` = {value:g}" for name, value in facts.thresholds.items())
            lines += [f"**阈值** {said}", ""]
    return "\n".join(lines)


def _badness(result: Result) -> tuple[int, bool, bool]:
    return _WORST_FIRST.index(result.outcome), result.noted, not result.needed


__all__ = [
    "SetCase",
    "SetExamination",
    "SetPhoto",
    "declared_set_thresholds",
    "examine_set",
    "require_declared_of_sets",
]

if __name__ == "__main__":
    sys.stdout.write(catalogue_of_sets())

"""The signs on maps: each a shape, a letter and a colour, so that any one of them is enough."""

from dataclasses import dataclass

from field_app.tasks import Progress
from models.vocabulary import Verdict
from photos.sketches.drawing import SIGNS

_SHAPES = {
    "circle": '<circle cx="16" cy="16" r="13"/>',
    "square": '<rect x="4" y="4" width="24" height="24" rx="3"/>',
    "triangle": '<path d="M16 2 30 28H2z"/>',
    "diamond": '<path d="M16 1 31 16 16 31 1 16z"/>',
    "drop": '<path d="M16 2a11 11 0 0 1 11 11c0 7-11 17-11 17S5 20 5 13A11 11 0 0 1 16 2z"/>',
}
_BASELINE = {"triangle": 25.0, "drop": 18.0}


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of 32 by 32 units. `letter` is at most one character, of ours."""

    shape: str
    letter: str
    colour: str

    @property
    def svg(self) -> str:
        y = _BASELINE.get(self.shape, 21.5)
        letter = (
            f'<text x="16" y="{y}" text-anchor="middle" font-size="15" font-weight="700" '
            f'font-family="sans-serif" fill="#fff" stroke="none">{self.letter}</text>'
        )
        return (
            f'<svg viewBox="0 0 32 32" aria-hidden="true" fill="{self.colour}" stroke="#fff" '
            f'stroke-width="2">{_SHAPES[self.shape]}{letter}</svg>'
        )


# The same signs as on the sketches. Each colour has at least 4.5:1 against its white letter (WCAG
# 2.2, 1.4.3); a test computes it.
VERDICT: dict[str, Sign] = {verdict: Sign(*sign) for verdict, sign in SIGNS.items()}
PROGRESS: dict[str, Sign] = {
    Progress.OPEN: Sign("drop", "查", "#0b57a4"),
    Progress.DRAFT: Sign("square", "草", "#6a3fa0"),
    Progress.RETURNED: Sign("diamond", "退", "#b3261e"),
    Progress.SUBMITTED: Sign("triangle", "审", "#8a5200"),
    Progress.DONE: Sign("circle", "✓", "#0b6b3a"),
}
UNKNOWN = VERDICT[Verdict.INCOMPLETE]
ME = Sign("circle", "我", "#0b57d0")
PARCEL = Sign("square", "", "#b98300")

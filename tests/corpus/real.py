"""The samples' real photos, each judged on a parcel where it stood. They stay beside the project."""

from collections.abc import Iterator
from pathlib import Path

from models.vocabulary import PhotoKind
from photos.case import Case, Claim
from photos.reading import read_evidence
from tests.build import RECEIVED_AT, a_parcel

FOLDER = Path(__file__).parents[2].parent / "shared" / "samples" / "photos"

KNOWN = {
    "35-empty.jpg": "cut out of a wider picture that its preview still shows",
    "67-0_length_string.jpg": "saved again by a program with Photoshop's blocks",
    "87_OSError.jpg": "developed in Photoshop",
    "DSCN0010.jpg": "the Nikon's clock is one day off its satellites', its files were edited since",
    "DSCN0012.jpg": "the Nikon's clock is one day off its satellites', its files were edited since",
    "DSCN0021.jpg": "the Nikon's clock is one day off its satellites', its files were edited since",
    "IMG_5195.HEIC": "cropped on the phone",
    "Kodak_CX7530.jpg": "saved by GIMP at 100 × 78",
    "issue-exifr-13.jpg": "cut down to 100 × 67",
    "seneca_IMG_0446.jpg": "cut in an editor, position written afterwards",
    "seneca_IMG_0465.jpg": "cut in an editor, position written afterwards",
    "seneca_IMG_0565.jpg": "cut in an editor, position written afterwards",
    "seneca_IMG_0585.jpg": "cut in an editor, position written afterwards",
}
"""Samples that are no originals of a camera with a right clock, and why. They are measured, and no
goal speaks of them: to doubt them is right."""


def real_cases() -> Iterator[tuple[str, Case]]:
    """(file name, case) of every sample with a position; nothing where the samples are absent."""
    if not FOLDER.is_dir():
        return
    for path in sorted(FOLDER.iterdir()):
        if path.suffix == ".json":
            continue
        evidence = read_evidence(path.read_bytes())
        at = evidence.position
        boundary = a_parcel() if at is None else a_parcel(at)
        yield path.name, Case(evidence, boundary, Claim(PhotoKind.OVERVIEW), RECEIVED_AT)

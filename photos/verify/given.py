"""One photo of a run as it was given: where its bytes are, and what is claimed of it."""

from dataclasses import dataclass
from pathlib import PurePath

from models.vocabulary import PhotoKind
from photos.case import Recorded
from photos.evidence import ReadError
from photos.verify.places import Place


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo to verify."""

    name: str
    data: Place
    parcel: str | None = None  # number; None takes the nearest
    kind: PhotoKind | None = None  # None takes that of the run
    person: str = ""
    device: str = ""
    recorded: Recorded | None = None
    title: str = ""
    """The file's own name where `name` is not a path that ends in it."""
    problem: ReadError | None = None
    """Why there is nothing to read: a line of a list without a file, a folder without leave."""

    @property
    def file_name(self) -> str:
        return self.title or PurePath(self.name).name

"""Which device and lens a file names, and the running number in its name. Pure.

What identifies **one device**: `BodySerialNumber`, and nothing else that EXIF has. Phones do not
write it; cameras and drones do. What only names a **model**: Make, Model, LensModel, Software. Two
people with the same phone model are not one device, so nothing may be concluded from a model but
within one person's own photos. `ImageUniqueID` identifies no device either: most phones write a
number for the picture, Samsung the part number of the camera module, which differs between the
front and the back of one phone and is alike in all phones of a batch.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from photos.evidence import Evidence

_MOST = 100  # characters that are kept of any name
_SERIAL_MARK = " #"
_SPACES = re.compile(r"[\s\x00]+")


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a file names it; `serial` is empty where only the model is known.

    >>> Device("HUAWEI", "ALN-AL00").key, Device("SONY", "ILCE-7M3", "4512345").key
    ('HUAWEI ALN-AL00', 'SONY ILCE-7M3 #4512345')
    >>> Device("Canon", "Canon EOS 90D").key
    'Canon EOS 90D'
    """

    make: str
    model: str
    serial: str = ""

    @property
    def key(self) -> str:
        """One text for one device or one model: what is stored, compared and searched for."""
        repeated = self.make and self.model.lower().startswith(self.make.lower())
        name = self.model if repeated else f"{self.make} {self.model}".strip()
        return name + (_SERIAL_MARK + self.serial if self.serial else "")


def is_one_device(key: str | None) -> bool:
    """Whether a device key stands for one device and not for all of its model.

    >>> is_one_device("SONY ILCE-7M3 #4512345"), is_one_device("Apple iPhone 13"), is_one_device(None)
    (True, False, False)
    """
    return key is not None and _SERIAL_MARK in key


def device_of(evidence: Evidence) -> Device | None:
    """The device that a file names; None where it names no model."""
    model = _named(evidence, "Model").replace("#", "")
    if not model:
        return None
    return Device(_named(evidence, "Make").replace("#", ""), model, _serial(evidence))


def lens_of(evidence: Evidence) -> str | None:
    """The lens that a file names. Phones name one for each of their cameras."""
    return _named(evidence, "LensModel") or None


def software_of(evidence: Evidence) -> str | None:
    """The firmware or program that wrote the file, as it calls itself."""
    return _named(evidence, "Software") or None


def _named(evidence: Evidence, name: str) -> str:
    return _cleaned(evidence.text(name) or "")


@lru_cache(maxsize=256)  # of a county's phones, which name themselves in every photo
def _cleaned(text: str) -> str:
    return _SPACES.sub(" ", text).strip()[:_MOST]


def _serial(evidence: Evidence) -> str:
    """A serial number that tells one device from another: not the zeros or the 123456789 of one
    that was never set."""
    serial = _named(evidence, "BodySerialNumber")
    telling = {c for c in serial if c.isalnum()} - {"0"}
    unset = len(serial) < 4 or len(telling) < 2 or serial in "0123456789" * 2
    return "" if unset else serial


@dataclass(frozen=True, slots=True)
class FileNumber:
    """The running number that a camera gave a file: `series` is what stands before it."""

    series: str
    number: int


# Four or five digits at the end behind letters: the names of DCF (JEITA CP-3461), which cameras and
# iPhones follow. More digits are a date or the moment of a download. IMG_E1234 is the edited copy
# that iOS keeps beside IMG_1234, other copies bear "(1)" or "_1": no camera counted those.
_COUNTED = re.compile(r"(?P<series>[A-Z]{1,8}_?|\d{3}_)(?P<number>\d{4,5})", re.ASCII)


def file_number_in(name: str | None) -> FileNumber | None:
    """The camera's running number in a file's name; None where the name carries none.

    >>> file_number_in("IMG_1234.JPG"), file_number_in("DSC00017.jpg"), file_number_in("100_0042.JPG")
    (FileNumber(series='IMG_', number=1234), FileNumber(series='DSC', number=17), FileNumber(series='100_', number=42))
    >>> [file_number_in(n) for n in ("IMG_20260302_081109.jpg", "IMG_E1234.JPG", "IMG_1234(1).JPG")]
    [None, None, None]
    """
    stem = re.split(r"[\\/]", name or "")[-1].partition(".")[0].upper()
    found = _COUNTED.fullmatch(stem)
    return None if found is None else FileNumber(found["series"], int(found["number"]))

"""Values that come from outside, checked before anything believes their shape."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

# Measured between tapping the button and the file's arrival in the page: people frame, wait for
# the light, shoot again. An older fix says nothing of where the shutter fell.
FIX_MAX_AGE = timedelta(minutes=10)


_FIRST_YEAR, _LAST_YEAR = 2000, 2100  # no phone that runs our page shows another year honestly


def _of_our_time(at: datetime) -> datetime:
    if not _FIRST_YEAR < at.year < _LAST_YEAR:
        raise ValueError("not a moment of our time")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]

_NAME_MOST = 120


def _plain_name(name: str) -> str:
    """The end of a file's name, as any database keeps it: a name is never a reason to refuse."""
    whole = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in whole if c.isprintable())[-_NAME_MOST:]


FileName = Annotated[str, AfterValidator(_plain_name)]

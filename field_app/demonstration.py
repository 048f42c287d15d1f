"""Whether this database holds the demonstration county. What it shows must say so."""

from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import Session

from field_app.db import reading
from models.tables import Fact

MARK = "演示数据"
_FACT = "demonstration"


def loaded() -> bool:
    """Whether the data is invented; False where there are no tables yet."""
    try:
        with reading() as session:
            return session.get(Fact, _FACT) is not None
    except (OperationalError, ProgrammingError):
        return False


def mark(session: Session) -> None:
    """Marks this database for good; there is no way back, so that nothing mixes."""
    session.add(Fact(name=_FACT, value=MARK))

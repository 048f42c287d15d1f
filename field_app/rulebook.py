"""The thresholds that photos are examined with. Everything that examines a photo asks here."""

from sqlmodel import Session

from field_app.settings import settings
from photos.examine import Thresholds


def in_force(session: Session) -> Thresholds:
    """The thresholds in force now."""
    return settings().thresholds

"""What was told of a photo that is examined again: its `X-Capture`, or the signed record it came by."""

from sqlmodel import Session

from field_app.captures import claims
from field_app.inspections.capture import Told, parse_capture
from models.tables import Photo


def told_of(session: Session, photo: Photo) -> Told:
    """What came with the photo, as it was kept."""
    signed = claims.of_photo(session, photo)
    return parse_capture(photo.claim) if signed is None else signed

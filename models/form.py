"""表单版本: the definitions that visits were asked by."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class FormVersion(Row, table=True):
    """One definition, kept for ever under the sha256 of its canonical JSON.

    The county's newest by `used_from` is what new visits are asked; a visit keeps the one it was
    opened with. `own` tells a county's definition from the one that came with the product.
    """

    __tablename__ = "form_version"

    sha256: str = Field(primary_key=True, max_length=64)
    version: str = Field(max_length=40)
    title: str = Field(max_length=200)
    definition: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    own: bool = False
    person_id: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_from: datetime = Field(sa_type=UtcDateTime, index=True)

"""All that can be read from outside. What is not in here cannot."""

from field_app.access.ground_layers import FINDINGS, PARCELS
from field_app.access.layers import Layer
from field_app.access.ledger_layer import ENTRIES
from field_app.access.photo_layer import PHOTOS

LISTS: tuple[Layer, ...] = (ENTRIES, PARCELS, FINDINGS)
"""As JSON lists under `/api/v1/`."""
COLLECTIONS: tuple[Layer, ...] = (PARCELS, FINDINGS, PHOTOS)
"""As layers for maps under `/api/ogc/`."""

"""实地核查: opening a visit, keeping its draft, taking its photos, submitting it.

`attach_photo` is the one door for photos, whoever brings them.
"""

from field_app.inspections.my_visits import RecordRow, mine, newest_draft
from field_app.inspections.photo_views import PhotoView
from field_app.inspections.photos import (
    PhotoReceipt,
    attach_held,
    attach_photo,
    change_kind,
    held_photo,
    photo_bytes,
    receive_blob,
    remove_photo,
)
from field_app.inspections.views import InspectionView, parcel_view, view
from field_app.inspections.visits import confirm, fill_like_last, open_visit, save, submit
from field_app.inspections.wanted import Wish

__all__ = [
    "InspectionView",
    "PhotoReceipt",
    "PhotoView",
    "RecordRow",
    "Wish",
    "attach_held",
    "attach_photo",
    "change_kind",
    "confirm",
    "fill_like_last",
    "held_photo",
    "mine",
    "newest_draft",
    "open_visit",
    "parcel_view",
    "photo_bytes",
    "receive_blob",
    "remove_photo",
    "save",
    "submit",
    "view",
]

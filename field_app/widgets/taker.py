"""The two buttons that take photos in, and their way to the server."""

from typing import Any

from field_app import shell
from field_app.settings import settings
from field_app.widgets.frame import component

_taker = component("photo_taker")


def photo_taker(
    inspection_id: int,
    kind: str,
    *,
    key: str,
    label: str = "",
    hint: str = "",
    max_mb: float | None = None,
    parcel: str = "",
    form: str | None = None,
) -> tuple[str, ...]:
    """Takes photos of one kind for one visit, and delivers them as signed captures.

    A photo is kept in the browser until its receipt came, over reloads and dead spots; what
    another person took on this phone is counted but not sent. Several may stand on one page: they
    share one queue, and share it with `/capture/`. `parcel` (its number) and `form` (its sha256)
    go into the record of the capture. Gives the sha256 of what was delivered since the last run, and reruns the
    page (or the fragment) for it; mostly nothing. The photos themselves are in the visit.
    """
    who = shell.who()
    data: dict[str, Any] = {
        "owner": who.name,
        "person": who.id,
        "parcel": parcel,
        "form": form,
        "inspection": inspection_id,
        "kind": kind,
        "label": label or kind,
        "hint": hint,
        "max_mb": settings().photo_max_mb if max_mb is None else max_mb,
    }
    result = _taker(data=data, key=key, on_delivered_change=lambda: None)
    told = result.delivered
    if not isinstance(told, dict) or not isinstance(told.get("sha256s"), list):
        return ()
    return tuple(s for s in told["sha256s"] if isinstance(s, str))

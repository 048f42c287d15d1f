"""The photo store of this server, and what a person is told where it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from field_app.problems import BUSY, EVIDENCE_DAMAGED
from field_app.settings import settings
from photos.stores import PhotoStore, StoreDown, StoreError, open_store


@lru_cache(maxsize=1)
def _store(url: str) -> PhotoStore:
    return open_store(url)


def store() -> PhotoStore:
    """The photo store of the settings."""
    return _store(settings().store_url)


@contextmanager
def store_answers() -> Iterator[None]:
    """Turns what a store cannot do into a refusal that a person can act on."""
    try:
        yield
    except StoreDown as error:
        raise BUSY() from error
    except StoreError as error:
        raise EVIDENCE_DAMAGED(sha256=str(error.sha256)) from error


def is_held(sha256: str) -> bool:
    with store_answers():
        return store().exists(sha256)


def bytes_of(sha256: str) -> bytes:
    with store_answers():
        return store().get(sha256)

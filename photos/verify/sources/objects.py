"""Photos in a bucket: every object under s3://bucket/prefix. StoreDown, a ValueError for others."""

from collections.abc import Iterator

from photos.stores import list_objects
from photos.verify.given import PhotoFile
from photos.verify.places import StoredObject


def photos_of_bucket(url: str) -> Iterator[PhotoFile]:
    """Every object under the address, in the order of the keys."""
    if not url.startswith("s3://"):
        raise ValueError(f"not an address of a bucket: {url}")
    found = (StoredObject(url, o.path, o.size, o.version) for o in list_objects(url))
    for place in sorted(found, key=lambda o: o.path):
        yield PhotoFile(place.key, place)

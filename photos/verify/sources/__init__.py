"""What can be verified: files and folders, buckets, lists of pairs, 举证 packages.

Each source lists its photos without reading them, and what cannot be listed is a photo with a
problem: nothing vanishes before it has a line.
"""

from photos.verify.sources.folders import photos_of_folder
from photos.verify.sources.objects import photos_of_bucket
from photos.verify.sources.package import Package, PackageRefused, is_package, open_package
from photos.verify.sources.pairs import PairsRefused, photos_of_pairs

__all__ = [
    "Package",
    "PackageRefused",
    "PairsRefused",
    "is_package",
    "open_package",
    "photos_of_bucket",
    "photos_of_folder",
    "photos_of_pairs",
]

"""The second look at two photos that seem alike: one laid over the other, where the slow work is
done."""

import logging
from typing import NamedTuple

from photos.likeness.scenes import SceneMatch, same_scene, scene_picture
from photos.verify.places import Place, Unread, load

log = logging.getLogger(__name__)


class Two(NamedTuple):
    """Two photos to be laid over each other."""

    one: Place
    other: Place
    mirrored: bool


class Laid(NamedTuple):
    """What came of it; None where one of the two could not be had."""

    match: SceneMatch | None


def lay(two: Two) -> Laid:
    """Never raises: a fault of ours leaves two photos uncompared, and the run goes on."""
    try:
        one, other = scene_picture(load(two.one)), scene_picture(load(two.other))
        if one is None or other is None:
            return Laid(None)
        return Laid(same_scene(one, other, mirrored=two.mirrored))
    except Unread:
        return Laid(None)
    except Exception:
        # As with reading: the second look must not cost the lines of all others.
        log.exception("laying two photos over each other broke")
        return Laid(None)

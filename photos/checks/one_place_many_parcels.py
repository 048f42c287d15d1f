from models.geo import distance_between_m
from models.vocabulary import Outcome
from photos.case import Case, Result, Shot
from photos.checks.declare import check, doubt, note, passed
from photos.checks.on_parcel import CLOSE_KINDS
from photos.evidence import CHINA
from photos.shots import PLACE_M


@check(
    "one_place_many_parcels",
    catches="定点摆拍：站在一处把好几个地块的照片都拍了",
    trap="四个地块共一个角、窄梯田、在高处拍全景的人会站在一处拍几个地块；"
    "所以按近拍和离界距离分开数，角上和全景不算",
    if_broken=Outcome.DOUBT,
    proves="通过表示当天站在这一处拍的地块不多，或都在脚边；换着地方摆拍同一块好地看不出来，要靠四向、剖面和回头看",
)
def one_place_many_parcels(
    case: Case,
    *,
    cluster_m: float = 10.0,
    corner_m: float = 20.0,
    coarse_m: float = 50.0,
    stale_minutes: float = 5.0,
    few_count: float = 3.0,
    many_count: float = 5.0,
    panorama_count: float = 8.0,
) -> Result | None:
    """One standpoint of a day serves only the parcels around it.

    Shots of the same hand and day within `cluster_m` (at most 20 m) are one standpoint; positions
    worse than `coarse_m` and fixes older than `stale_minutes` are none. A parcel is far where its
    outline is more than `corner_m` away. With at least two far ones among them, `few_count` parcels
    are a note; `many_count` with pictures that show the ground itself (近景, 利用特征, 剖面), or
    `panorama_count` of any kind, are a doubt. Four parcels share a corner, and no more.
    """
    threshold = {
        "cluster_m": min(cluster_m, PLACE_M),
        "corner_m": corner_m,
        "few_count": few_count,
        "many_count": many_count,
        "panorama_count": panorama_count,
    }
    mine = case.shot
    if mine is None or mine.position is None or not case.shots:
        return None
    centre = mine.position
    if not _precise(mine, coarse_m, stale_minutes):
        return None
    day = mine.taken_at.astimezone(CHINA).date()
    here = [
        shot
        for shot in case.shots
        if shot.position is not None
        and shot.taken_at.astimezone(CHINA).date() == day
        and _precise(shot, coarse_m, stale_minutes)
        and distance_between_m(centre, shot.position) <= min(cluster_m, PLACE_M)
    ]
    parcels: dict[str, list[Shot]] = {"": [mine]}
    for shot in here:
        parcels.setdefault("" if shot.same_parcel else shot.parcel, []).append(shot)
    far = sum(any((s.distance_m or 0.0) > corner_m for s in shots) for shots in parcels.values())
    close = sum(any(s.kind in CLOSE_KINDS for s in shots) for shots in parcels.values())
    measured = {"shots": 1 + len(here), "parcels": len(parcels), "far": far, "close": close}
    said = (
        f"当天在这一处（{min(cluster_m, PLACE_M):.0f} m 内）拍了 {len(parcels)} 个地块，"
        f"其中 {far} 个离地界超过 {corner_m:.0f} m"
    )
    if far >= 2 and (close >= many_count or len(parcels) >= panorama_count):
        return doubt(
            f"{said}、{close} 个拍了近景类照片；请走到各地块，分别在地块内拍摄。",
            measured,
            threshold,
        )
    if far >= 2 and len(parcels) >= few_count:
        return note(f"{said}；核对时请看各地块照片是否拍的同一处。", measured, threshold)
    return passed(f"{said}，没有一处拍多块的迹象。", measured, threshold)


def _precise(shot: Shot, coarse_m: float, stale_minutes: float) -> bool:
    """Whether the position tells within metres where this very shot was taken."""
    at, fixed = shot.position, shot.fixed_at
    if at is None or (at.accuracy_m or 0.0) > coarse_m:
        return False
    # The hours of an assumed zone are no age of a fix.
    age_s = None if fixed is None else abs((shot.taken_at - fixed).total_seconds())
    return age_s is None or shot.zone_assumed or age_s <= stale_minutes * 60.0

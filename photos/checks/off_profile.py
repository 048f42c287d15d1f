from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, doubt, note, passed
from photos.profile import PARTS, signature

_NO_WRITING = {"frame"}


@check(
    "off_profile",
    catches="照片不是这部手机平常的写法：重新压缩过，或 EXIF 移自别的照片",
    trap="换拍摄模式、由系统转成 JPEG 再交的诚实照片也会不同；同一型号、同一系统版本、同一提交方式才相比，照片不够多时不问",
    if_broken=Outcome.DOUBT,
    proves="通过说明文件的写法与该机以往照片一致；在原处改写数值的，写法不变，看不出来",
)
def off_profile(
    case: Case,
    *,
    earlier_count: float = 8.0,
    parts_count: float = 2.0,
    steady_ratio: float = 0.8,
    rare_ratio: float = 0.03,
) -> Result | None:
    """The file is written as the same device wrote its earlier photos.

    A part counts where the device writes it in one way in at least `steady_ratio` of its photos and
    in this file's way in at most `rare_ratio`. From `parts_count` such parts on a doubt, one is a
    note; with fewer than `earlier_count` photos nothing is asked. Another frame alone is no sign:
    cameras have modes. Measured on one iPhone: every re-encoding, no edit in place.
    """
    profile = case.profile
    if profile is None or profile.photos < earlier_count or case.claim.live_capture:
        return None
    written = signature(case.evidence)
    if written.get("container") != profile.container:
        return None
    odd = profile.odd_parts(written, steady_ratio=steady_ratio, rare_ratio=rare_ratio)
    counted = [part for part in odd if part not in _NO_WRITING]
    measured = {
        "photos": profile.photos,
        "odd": {part: {"here": here, "usual": usual} for part, (here, usual) in odd.items()},
    }
    threshold = {
        "earlier_count": earlier_count,
        "parts_count": parts_count,
        "steady_ratio": steady_ratio,
        "rare_ratio": rare_ratio,
    }
    if not counted:
        return passed(f"照片文件的写法与该机以往 {profile.photos} 张一致。", measured, threshold)
    names = "、".join(PARTS[part] for part in odd)
    said = f"照片文件的{names}与该机以往 {profile.photos} 张不同"
    if len(counted) >= parts_count:
        return doubt(f"{said}，像是由程序另存过；请提交相机原图，或当场重拍。", measured, threshold)
    return note(f"{said}；请尽量提交相机原图。", measured, threshold)

from models.geo import angle_between_deg, distance_between_m
from models.vocabulary import Outcome
from photos.case import Case, Result, span_text
from photos.checks.declare import check, doubt, note, passed


@check(
    "package_agrees",
    catches="举证包表里登记的位置、时间、方位与照片文件自己的读数不一致，或照片换过",
    trap="导出时按图斑中心补填坐标、时间只记到分钟或记成入库时间的程序，会让诚实的照片存疑",
    if_broken=Outcome.DOUBT,
    proves="通过说明举证包的表与照片文件说的是同一次拍摄；两者可能出自同一个程序，"
    "一致不说明任何一方未被改过。",
)
def package_agrees(
    case: Case, *, apart_m: float = 50.0, apart_minutes: float = 5.0, apart_deg: float = 30.0
) -> Result | None:
    """What the package's own table says of a photo agrees with what its file says.

    Position beyond `apart_m` plus the file's accuracy, or time beyond `apart_minutes`, is a doubt.
    A heading beyond `apart_deg`, or a check code that is no MD5 of these bytes, is a note: tables
    do not say which north they mean, and how a province makes its codes is not public.
    """
    said, evidence = case.recorded, case.evidence
    if said is None:
        return None
    threshold = {"apart_m": apart_m, "apart_minutes": apart_minutes, "apart_deg": apart_deg}
    measured: dict[str, object] = {}
    doubts, notes = [], []
    if said.position is not None and evidence.position is not None:
        apart = distance_between_m(said.position, evidence.position)
        measured["apart_m"] = round(apart, 1)
        if apart > apart_m + (evidence.position.accuracy_m or 0.0):
            doubts.append(f"登记的位置与照片文件相距 {apart:.0f} m，超出 {apart_m:.0f} m")
    if said.taken_at is not None and evidence.camera_time is not None:
        off = (said.taken_at - evidence.camera_time.at).total_seconds()
        measured["apart_s"] = round(off, 1)
        if abs(off) > apart_minutes * 60.0:
            doubts.append(
                f"登记的拍摄时间与照片文件相差 {span_text(off)}，超出 {apart_minutes:.0f} 分钟"
            )
    if said.heading_deg is not None and evidence.heading is not None:
        turned = angle_between_deg(said.heading_deg, evidence.heading.deg)
        measured["apart_deg"] = round(turned, 1)
        if turned > apart_deg:
            notes.append(f"登记的方位角与照片文件相差 {turned:.0f}°，超出 {apart_deg:.0f}°")
    if said.digest_holds is not None:
        measured["digest_holds"] = said.digest_holds
        if not said.digest_holds:
            notes.append("登记的校验码不是这张照片的 MD5")
    if doubts:
        return doubt(
            f"举证包{'；'.join(doubts + notes)}；请向提供方核对原始照片。", measured, threshold
        )
    if notes:
        return note(
            f"举证包{'；'.join(notes)}，供参考；请在复核时对照照片与登记表。", measured, threshold
        )
    if not measured:
        return None
    return passed("举证包登记的内容与照片文件的读数相符。", measured, threshold)

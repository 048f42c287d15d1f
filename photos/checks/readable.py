from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, passed, unknown


@check(
    "readable",
    catches="文件打不开、不完整，或根本不是照片",
    trap="网络中断会截断完好的照片，重新传送即可，不说明有人改动",
    proves="通过说明画面能解码、能看；不说明画面里有什么",
    if_broken=Outcome.UNKNOWN,
    needed=True,
)
def readable(case: Case) -> Result:
    """The picture was really decoded; a file that cannot be seen proves nothing, for or against."""
    evidence = case.evidence
    measured = {
        "media_type": evidence.media_type,
        "bytes": evidence.size,
        "width": evidence.width,
        "height": evidence.height,
    }
    if evidence.error is not None:
        return unknown(evidence.error.message, measured | {"error": evidence.error.id}, {})
    return passed(f"照片可读，{evidence.width}×{evidence.height} 像素。", measured, {})

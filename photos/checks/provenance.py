from models.vocabulary import Outcome
from photos.case import Case, Result, china_text
from photos.checks.declare import check, doubt, passed, unknown


@check(
    "provenance",
    catches="照片带有内容凭证（C2PA），但签名之后文件被改动过",
    trap="相册里旋转、裁边或不认凭证的软件转存，都会使真照片的凭证失效；签名者是谁不在此核实",
    if_broken=Outcome.DOUBT,
    proves="文件自签名起没有改动；不说明签名者可信，也不说明签名之前没有改动。没有凭证不说明任何问题。",
)
def provenance(case: Case) -> Result | None:
    """A manifest of provenance in the file still fits its bytes.

    Checked offline: hashes and signature, not who signed. Most phones write no manifest, and then
    there is nothing to ask.
    """
    manifest = case.evidence.c2pa
    if manifest is None:
        return None
    measured = {
        "state": manifest.state,
        "signer": manifest.signer,
        "generator": manifest.generator,
        "signed_at": None if manifest.signed_at is None else manifest.signed_at.isoformat(),
        "problems": list(manifest.problems),
    }
    if manifest.state == "broken":
        return doubt(
            "照片带有内容凭证（C2PA），但与文件不符：文件在签名之后被改动过；请提交未经改动的原图。",
            measured,
            {},
        )
    if manifest.state != "valid":
        return unknown(
            "照片带有内容凭证（C2PA），但无法读取，不作依据；如有原图，请提交原图。", measured, {}
        )
    signer = manifest.signer or "（未署名）"
    when = "" if manifest.signed_at is None else f"于 {china_text(manifest.signed_at)} "
    return passed(
        f"照片的内容凭证（C2PA）由“{signer}”{when}签署，签署之后文件没有改动。", measured, {}
    )

from models.vocabulary import Outcome
from photos.case import Case, Result
from photos.checks.declare import check, note, passed
from photos.formats.quantisation import ijg_quality


@check(
    "reencoded",
    catches="照片像是由程序重新压缩过，不是相机写出的原文件",
    trap="聊天软件、相册编辑、水印相机都会重新压缩，个别手机（约一成）本来就这样写，所以只作提示",
    if_broken=Outcome.UNKNOWN,
    proves="通过只说明文件开头的写法不是常见图像程序的写法；程序也可以照相机的写法来写",
)
def reencoded(case: Case) -> Result | None:
    """The JPEG file does not begin as image libraries write it.

    Libraries put a JFIF segment first and use the Huffman tables of the standard; 85–89 % of
    phones begin with Exif, or have tables of their own. A progressive file comes from no camera.
    Not asked of the live camera of our own page, which is such a library itself.
    """
    structure = case.evidence.structure
    if structure is None or structure.container != "jpeg" or case.claim.live_capture:
        return None
    if not structure.parts:
        return None
    first = structure.parts[0]
    signs = []
    if first == "APP0:JFIF" and structure.standard_huffman:
        signs.append("文件以 JFIF 段开头、用标准哈夫曼表")
    if structure.progressive:
        signs.append("渐进式编码")
    measured = {
        "first": first,
        "standard_huffman": structure.standard_huffman,
        "progressive": structure.progressive,
        "ijg_quality": ijg_quality(structure.quantisation),
    }
    if signs:
        return note(
            f"照片{'、'.join(signs)}，像是由程序重新压缩过；请尽量提交相机原图。", measured, {}
        )
    return passed("照片文件的写法不是常见图像程序重新压缩的写法。", measured, {})

"""卷宗 and 移送单: what stands in them, and that no text of anybody becomes more than text."""

from datetime import datetime
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from field_app import db
from field_app.packages import dossier, gathering, transfer, typesetting
from field_app.packages.dossier import Maker
from field_app.packages.gathering import Gathered
from field_app.packages.shots_told import Preview
from models.tables import Entry, HandOver
from tests.packages.cases import Case, a_case

HOSTILE = (
    '#import "/etc/passwd": * $x^2$ [a] *粗* _斜_ `r` <b> @ref \\ " ~ = // /* 㐂𠮷🌾 \x00\x1b[31m\u202e'
    + "长" * 300
    + "W" * 5000
)
ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[n].get_textpage().get_text_range() for n in range(len(document))]
    finally:
        document.close()


def first_page(pdf: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=1.0).to_pil().convert("L")
    finally:
        document.close()


def flat(pages: list[str]) -> str:
    """All letters in a row: lines are broken where the paper ends."""
    return "".join("".join(pages).split()).replace("\u200b", "")


def gathered(entry: int) -> Gathered:
    with db.reading() as session:
        return gathering.gather(session, entry)


def a_jpeg() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def the_dossier(found: Gathered, noon: datetime) -> bytes:
    previews = {s.row.sha256: Preview(a_jpeg()) for s in found.shots}
    if found.shots:
        previews[found.shots[-1].row.sha256] = Preview(None, "文件已损坏或不是照片")
    maker = Maker("钱主任", noon, "移送")
    return dossier.dossier(found, dossier.map_of(found), previews, maker)


@ONLY_SQLITE
def test_a_dossier_tells_the_whole_course_and_has_room_for_the_stamp(
    database: str, noon: datetime
) -> None:
    case = a_case(noon)
    pages = pages_of(the_dossier(gathered(case.entry), noon))
    text = flat(pages)
    for said in (
        "问题线索卷宗", "南召县耕地占补平衡专项整治", "2026年4月15日", "制作人钱主任", "问题性质涉嫌违纪",
        "地块内全部为林木，没有耕种痕迹。", "照片1全景", "照片3整改后", "机器核验：核验通过",
        "1项检查相符", "设备签名有效", "杨树已清除，正在平整。", "县纪委监委", "召整治移〔2026〕1号", "验收人员明知不实",
        "状态：待整改→整改中", "经办人（签字）", "（盖章）", "无法显示：文件已损坏或不是照片", "尚未销号",
    ):  # fmt: skip
        assert said in text, said
    assert "演示数据" not in text
    for n, page in enumerate(pages, 1):
        assert f"{n} / {len(pages)}" in page
    ink = first_page(the_dossier(gathered(case.entry), noon)).histogram()
    assert sum(ink[:100]) > 500, "the cover is not empty"


@ONLY_SQLITE
def test_hostile_text_stays_text_in_every_paper(database: str, noon: datetime) -> None:
    case = a_case(noon, facts=HOSTILE[:1900])
    with db.writing() as session:
        entry = session.get_one(Entry, case.entry)
        entry.description = entry.measure = entry.remark = entry.village = HOSTILE
        row = session.get_one(HandOver, case.hand_over)
        row.clue, row.organ = HOSTILE, HOSTILE[:80]
    found = gathered(case.entry)
    assert_kept(flat(pages_of(the_dossier(found, noon))))
    with db.reading() as session:
        row = session.get_one(HandOver, case.hand_over)
    assert_kept(flat(pages_of(transfer.transfer_form(found, row, None, noon))))


def assert_kept(text: str) -> None:
    for said in (
        '#import"/etc/passwd":*$x^2$[a]*粗*_斜_`r`<b>@ref\\"~=///*㐂',
        "〔U+20BB7〕〔U+1F33E〕",
    ):
        assert said in text, said
    assert text.count("W") >= 5000  # the footers of pages stand between
    assert "root:" not in text


@ONLY_SQLITE
def test_a_transfer_form_names_organ_nature_basis_and_what_is_attached(
    database: str, noon: datetime
) -> None:
    case: Case = a_case(noon)
    found = gathered(case.entry)
    with db.reading() as session:
        row = session.get_one(HandOver, case.hand_over)
    form, receipt = pages_of(transfer.transfer_form(found, row, None, noon))
    said = flat([form])
    for part in (
        "问题线索移送单", "召整治移〔2026〕1号", "县纪委监委：", "问题性质涉嫌违纪", "涉嫌虚假验收",
        "召政办〔2023〕59号", "理由：验收人员明知不实", "照片1全景（整改前）", "还没有封存证据包", "联系人：",
    ):  # fmt: skip
        assert part in said, part
    assert found.shots[0].row.sha256 in said
    assert "移送回执" in receipt
    assert "召整治移〔2026〕1号" in flat([receipt])


def test_words_without_end_may_be_broken_and_hashes_are_not_touched() -> None:
    long = typesetting.printable({"a": ["x" * 100], "b": "ab" * 32, "c": 5, "d": None})
    assert long["a"][0].count("\u200b") == 4
    assert long["b"] == "ab" * 32
    assert (long["c"], long["d"]) == (5, None)


def test_what_no_font_can_draw_is_written_by_its_number() -> None:
    assert typesetting.printable("㐂𠮷王") == "㐂〔U+20BB7〕王"
    assert typesetting.printable("👩🏽‍🌾") == "〔U+1F469〕〔U+1F3FD〕〔U+1F33E〕"

"""移送单: the paper that goes with a clue to the organ that it is handed to, with its receipt."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app import clock, demonstration
from field_app.packages import keys
from field_app.packages.dossier import CAMPAIGN, chinese_day, office
from field_app.packages.gathering import Gathered, newest_classified
from field_app.packages.typesetting import set_paper
from field_app.settings import settings
from models.tables import EvidencePackage, HandOver
from models.taxonomy import categories, township_name

_MOST_PHOTOS = 200


@dataclass(frozen=True, slots=True)
class Attached:
    """One line of the list of what is attached."""

    what: str
    count: str
    sha256: str


def attached(found: Gathered, package: EvidencePackage | None) -> list[Attached]:
    """What goes along: the newest sealed package of the entry, and each photo's original in it."""
    lines = []
    if package is not None:
        lines.append(Attached(f"证据包（{found.entry.number}.zip）", "1 个", package.sha256))
    shots = found.shots[:_MOST_PHOTOS]
    lines += [
        Attached(f"照片 {s.number}　{s.row.kind}（{s.stage}）", "1 张", s.row.sha256) for s in shots
    ]
    if len(found.shots) > len(shots):
        lines.append(Attached("其余照片见证据包清单", f"{len(found.shots) - len(shots)} 张", ""))
    return lines


def told(
    found: Gathered, row: HandOver, package: EvidencePackage | None, at: datetime
) -> dict[str, Any]:
    """All that the paper says, as its template reads it."""
    entry, category = found.entry, categories().get(found.entry.category)
    why, _ = newest_classified(found.history)
    place = f"{township_name(entry.township_code)}{entry.village}"
    basis = [f"{CAMPAIGN}工作方案 {category.source}"] if category and category.source else []
    basis += [f"性质由人认定，理由：{why}"] if why else []
    papers = attached(found, package)
    note = "校验码为 SHA-256，可用任何工具核对。"
    if package is None:
        note += "本单打印时还没有封存证据包。"
    else:
        note += f"证据包由县办签名，公钥指纹 {keys.fingerprint(package.key_id)}。"
    day = row.handed_on
    return {
        "title": f"问题线索移送单 {row.document_no}",
        "office": office(),
        "mark": demonstration.MARK if found.invented else "",
        "document_no": row.document_no,
        "organ": row.organ,
        "day": [day.year, day.month, day.day],
        "date": chinese_day(day),
        "opening": f"我办在{settings().county_name}{CAMPAIGN}中发现下列问题线索，按职责分工移送你单位，"
        "请依纪依法处理，并将结果反馈我办。",
        "rows": [
            [name, text]
            for name, text in (
                ("问题编号", entry.number),
                ("问题", found.problem),
                (
                    "位置",
                    " ".join(p for p in (place, found.parcel.number if found.parcel else "") if p),
                ),
                ("责任主体", "、".join(found.units)),
                ("责任人", entry.responsible_person),
                ("发现", f"{entry.found_on}，{entry.source}"),
                ("问题描述", entry.description),
                ("问题性质", row.nature),
                ("移送事由", row.clue),
                ("依据", "；".join(basis)),
            )
            if text
        ],
        "attached": [[str(n), a.what, a.count, a.sha256] for n, a in enumerate(papers, 1)],
        "note": note,
        "receipt": f"你办 {chinese_day(day)} 移送的问题线索（{row.document_no}，问题编号 {entry.number}）"
        "及所附材料收悉。",
        "receipt_rows": [
            ["接收单位", row.organ],
            ["材料", f"移送单 1 份，附件 {len(papers)} 项"],
            ["受理情况", "□ 受理　　□ 不予受理　　□ 转　　　　　　　办理"],
        ],
    }


def transfer_form(
    found: Gathered, row: HandOver, package: EvidencePackage | None, at: datetime
) -> bytes:
    """The PDF; `at` is when it is made."""
    data = told(found, row, package, at)
    return set_paper("transfer", data, {}, at=clock.local(at))

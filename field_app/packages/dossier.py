"""卷宗: what was gathered, in words, for the paper that an office stamps. Pure but for the setting
of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from field_app import clock, demonstration, words
from field_app.ledger import fields
from field_app.packages.gathering import AFTER, BEFORE, OTHER, Gathered
from field_app.packages.shots_told import Preview, drawn, photo_told, small_name, standpoint
from field_app.packages.typesetting import set_paper
from field_app.settings import settings
from models.geo import MU_M2
from models.taxonomy import categories, land_class_label, own_columns, township_name
from photos.sketches.case_map import case_map

CAMPAIGN = "耕地占补平衡专项整治"
_MAP = "map.svg"
NOTE = (
    "本卷宗由系统按台账记录制作，与随附的 entry.json、照片原件为同一次封存；各文件的校验码见 "
    "manifest.json。机器核验结论是对照片的检查，问题性质和处理决定由人作出。"
)
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes the papers, when, and what for."""

    by: str
    at: datetime
    purpose: str


def office() -> str:
    """The unit that seals."""
    return f"{settings().county_name}专项整治办"


def chinese_day(day: date) -> str:
    """
    >>> chinese_day(date(2026, 4, 5))
    '2026年4月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def map_of(found: Gathered) -> bytes | None:
    """The map of the parcel with all photos; None where the entry has no parcel."""
    if found.boundary is None:
        return None
    before = [drawn(s) for s in found.shots if s.stage != AFTER]
    after = [drawn(s) for s in found.shots if s.stage == AFTER]
    return case_map(found.boundary, before, after).encode()


def dossier(
    found: Gathered, map_svg: bytes | None, previews: Mapping[str, Preview], maker: Maker
) -> bytes:
    """The PDF. `previews` by the sha256 of the photo."""
    jpegs = {sha256: p.jpeg for sha256, p in previews.items() if p.jpeg is not None}
    pictures = {small_name(sha256): jpeg for sha256, jpeg in jpegs.items()}
    if map_svg is not None:
        pictures[_MAP] = map_svg
    data = told(found, previews, maker) | {"map": _MAP if map_svg is not None else None}
    return set_paper("dossier", data, pictures, at=maker.at)


def told(found: Gathered, previews: Mapping[str, Preview], maker: Maker) -> dict[str, Any]:
    """All that the dossier says, as its template reads it."""
    entry, day = found.entry, clock.local(maker.at).date()
    by_stage = {
        stage: [
            photo_told(s, found, previews[s.row.sha256]) for s in found.shots if s.stage == stage
        ]
        for stage in (BEFORE, AFTER, OTHER)
    }
    return {
        "title": f"问题线索卷宗 {entry.number}",
        "office": office(),
        "mark": demonstration.MARK if found.invented else "",
        "number": entry.number,
        "purpose": maker.purpose,
        "campaign": f"{settings().county_name}{CAMPAIGN}",
        "day": [day.year, day.month, day.day],
        "date": chinese_day(day),
        "cover": _filled(
            ("问题编号", entry.number),
            ("问题", found.problem),
            ("位置", f"{township_name(entry.township_code)} {entry.village}".strip()),
            ("地块", found.parcel.number if found.parcel else ""),
            ("责任主体", "、".join(found.units) or "未定"),
            ("当前状态", entry.state),
            ("制作人", maker.by),
        ),
        "summary": _summary(found),
        "parcel": _parcel(found),
        "standpoints": [standpoint(s) for s in found.shots],
        "finding": _finding(found),
        "visits": [
            {
                "title": f"{v.purpose}：{found.name_of(v.row.person_id)}，"
                f"{words.moment(v.row.submitted_at or v.row.opened_at)}",
                "answers": [[a.label, a.text] for a in v.answers],
            }
            for v in found.visits
        ],
        "before": by_stage[BEFORE],
        "after": by_stage[AFTER],
        "other": by_stage[OTHER],
        "rectified": _filled(
            ("整改措施", entry.measure or "未定"),
            ("整改期限", _day(entry.due_on) or "未定"),
            ("完成日期", _day(entry.rectified_on)),
            ("申请销号时所说", entry.application),
            ("退回理由", entry.returned_why),
        ),
        "reports": _reports(found),
        "closing": _closing(found),
        "handed": [_handed(h) for h in found.hand_overs if h.withdrawn_at is None],
        "timeline": _timeline(found),
        "files": [[str(s.number), f"{s.size:,}", s.row.sha256] for s in found.shots],
        "note": NOTE,
    }


def _filled(*rows: tuple[str, str]) -> Rows:
    return [[name, text] for name, text in rows if text]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _summary(found: Gathered) -> Rows:
    entry, own = found.entry, own_columns(found.entry.category)
    category = categories().get(entry.category)
    areas = [
        f"{label} {value:.2f} 亩"
        for label, value in (("涉及", entry.area_mu), ("其中耕地", entry.cultivated_mu))
        if value is not None
    ]
    mine = [(n, fields.own_said(c, entry.extra.get(n, ""))) for n, c in own.items()]
    return _filled(
        ("台账", f"{entry.category} {category.name}" if category else str(entry.category)),
        ("问题子类", found.problem),
        ("问题来源", f"{entry.source}，{entry.found_on} 发现"),
        ("问题描述", entry.description),
        ("面积", "，".join(areas)),
        ("责任主体", "、".join(found.units) or "未定"),
        ("责任人", entry.responsible_person),
        ("问题性质", entry.nature or "未定（由人认定）"),
        ("边整治边发生", "是" if entry.arose_during else ""),
        ("当前状态", f"{entry.state}（{words.moment(entry.state_since)} 起）"),
        *mine,
        ("备注", entry.remark),
    )


def _parcel(found: Gathered) -> Rows:
    parcel, project = found.parcel, found.project
    if parcel is None:
        return []
    declared = parcel.declared_area_m2
    return _filled(
        ("地块编号", f"{parcel.number} {parcel.name}".strip()),
        ("位置", f"{township_name(parcel.township_code)} {parcel.village}".strip()),
        ("图上面积", f"{parcel.area_m2 / MU_M2:.2f} 亩"),
        ("报备面积", "" if declared is None else f"{declared / MU_M2:.2f} 亩"),
        ("报备地类", land_class_label(parcel.land_class, parcel.land_class_scheme)),
        ("所属项目", f"{project.code} {project.name}" if project else ""),
        ("数据标记", "；".join(str(f.get("text") or f.get("label", "")) for f in parcel.flags)),
    )


def _finding(found: Gathered) -> Rows:
    finding = found.finding
    if finding is None:
        return []
    numbers = [str(s.number) for s in found.shots if s.row.id in finding.photo_ids]
    return _filled(
        ("核查人认定", found.problem),
        ("事实", finding.facts),
        ("面积", "" if finding.area_mu is None else f"{finding.area_mu:.2f} 亩"),
        ("建议措施", finding.measure),
        ("引用照片", "、".join(f"照片 {n}" for n in numbers)),
    )


def _reports(found: Gathered) -> Rows:
    return [
        [
            words.moment(r.row.at),
            f"{r.unit} {found.name_of(r.row.person_id)}".strip(),
            r.row.text + ("（已撤销）" if r.row.withdrawn_at else ""),
        ]
        for r in found.reports
    ]


def _closing(found: Gathered) -> Rows:
    entry = found.entry
    rows = _filled(
        ("挂账", entry.carried),
        ("挂账期限", _day(entry.carried_until)),
        ("挂账批准", entry.carried_approver),
        ("销号日期", _day(entry.closed_on)),
        ("销号依据", entry.closed_why),
        ("回头看", entry.second_look),
    )
    return rows or [["销号", "尚未销号"]]


def _handed(row: Any) -> Rows:
    return _filled(
        ("移送机关", row.organ),
        ("移送文号", f"{row.document_no}，{row.handed_on}"),
        ("性质", row.nature),
        ("移送事由", row.clue),
        ("反馈", f"{row.feedback_on} {row.feedback}" if row.feedback else "还没有反馈"),
    )


def _timeline(found: Gathered) -> Rows:
    """Every event, oldest first."""
    numbers = {s.row.id: s.number for s in found.shots}
    rows = []
    for event in found.history:
        about = ""
        if event.about == "photo":
            number = numbers.get(event.about_id)
            about = f"照片 {number} " if number else "已移除的照片 "
        state = event.new.get("state")
        told = [f"状态：{event.old.get('state') or '—'} → {state}"] if state else []
        told += [event.why] if event.why else []
        rows.append(
            [words.moment(event.at), about + event.action, event.by or "系统", "；".join(told)]
        )
    return rows

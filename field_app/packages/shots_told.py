"""One photo in the papers: on the map, in the table of standpoints, beside its picture. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from field_app import words
from field_app.findings import is_note, outcome_of, worst_first
from field_app.ledger.closeout import said as stood
from field_app.packages.contents import photo_name
from field_app.packages.gathering import Gathered, Shot
from models.geo import Position
from models.vocabulary import Grade, Outcome, Verdict
from photos.case import direction_text
from photos.sets.case import SetPhoto

_MOST_RESULTS = 8
_OUTCOMES = {
    Outcome.FAIL: "不符",
    Outcome.DOUBT: "存疑",
    Outcome.ERROR: "检查未能进行",
    Outcome.UNKNOWN: "无法判断",
}
GRADES = {
    Grade.A: "A 级（本系统页面现场拍摄，有设备签名、一次性码和定位轨迹）",
    Grade.B: "B 级（拍摄时由本系统页面取得定位）",
    Grade.C: "C 级（照片文件自带定位）",
    Grade.D: "D 级（没有定位）",
}
_OF_THE_RECORD = ("采集方式", "设备签名", "一次性码")


@dataclass(frozen=True, slots=True)
class Preview:
    """A small JPEG of a photo, or why there is none."""

    jpeg: bytes | None
    why: str = ""


def small_name(sha256: str) -> str:
    """What a small picture is called beside the template."""
    return f"{sha256[:16]}.jpg"


def drawn(shot: Shot) -> SetPhoto:
    """As it stands on a map."""
    row = shot.row
    at = None
    if row.lon is not None and row.lat is not None:
        at = Position(row.lon, row.lat, row.accuracy_m)
    return SetPhoto(
        number=shot.number,
        kind=row.kind,
        verdict=Verdict(row.verdict),
        at=at,
        heading_deg=row.heading_deg,
        view_deg=row.view_deg,
        taken_at=row.taken_at,
    )


def standpoint(shot: Shot) -> list[str]:
    """Its line in the table of standpoints."""
    row = shot.row
    place = "没有位置" if row.lon is None or row.lat is None else f"{row.lon:.6f}，{row.lat:.6f}"
    return [
        str(shot.number),
        row.kind,
        place,
        "" if row.accuracy_m is None else f"±{row.accuracy_m:.0f} m",
        "" if row.heading_deg is None else f"{direction_text(row.heading_deg)} {row.heading_deg:.0f}°",
        "" if row.distance_m is None else "地块内" if not row.distance_m else words.metres(row.distance_m),
    ]  # fmt: skip


def photo_told(shot: Shot, found: Gathered, preview: Preview) -> dict[str, Any]:
    """What is said beside its picture."""
    row = shot.row
    lines = [
        f"拍摄 {words.moment(row.taken_at)}　收到 {words.moment(row.received_at)}",
        f"拍摄人 {found.name_of(row.person_id)}",
        f"证据来源 {GRADES.get(Grade(row.grade), row.grade)}",
    ]
    lines += [f"{t.label} {t.value}" for t in shot.recorded if t.label in _OF_THE_RECORD]
    lines += [
        f"人工意见：{d.decision}（{found.name_of(d.person_id)}，{words.moment(d.at)}）{d.why}"
        for d in shot.decisions
    ]
    if shot.judged is not None:
        lines.append("可用于销号" if shot.judged.counts else "；".join(shot.judged.against))
        if shot.judged.standpoint is not None:
            lines.append(f"与整改前站位{stood(shot.judged.standpoint)}")
    return {
        "title": f"照片 {shot.number}　{row.kind}",
        "verdict": f"机器核验：{row.verdict}",
        "lines": lines,
        "results": _results(shot),
        "sha256": row.sha256,
        "picture": small_name(row.sha256) if preview.jpeg is not None else None,
        "no_picture": f"无法显示：{preview.why}。原文件为 {photo_name(shot)}",
    }


def _results(shot: Shot) -> list[str]:
    """What the checks found, worst first; what agreed is only counted."""
    results = worst_first(shot.opinions.results)
    fine = sum(outcome_of(r) == Outcome.PASS for r in results)
    silent = sum(_says_nothing(r) for r in results)
    odd = [r for r in results if outcome_of(r) != Outcome.PASS and not _says_nothing(r)]
    lines = [
        f"{'提示' if is_note(r) else _OUTCOMES[outcome_of(r)]}：{r.get('message', '')}" for r in odd
    ]
    rest = len(lines) - _MOST_RESULTS
    if rest > 0:
        lines = [*lines[:_MOST_RESULTS], f"另有 {rest} 项，见 results/{shot.row.id}.json"]
    return [*lines, f"{fine} 项检查相符" + (f"，{silent} 项没有可比对的信息" if silent else "")]


def _says_nothing(result: Mapping[str, Any]) -> bool:
    """What could not be told and is needed for no verdict."""
    unknown = outcome_of(result) == Outcome.UNKNOWN
    return unknown and not is_note(result) and not result.get("needed", True)

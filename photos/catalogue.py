"""CHECKS.md: what every check catches, proves and gets wrong, how often it does, and what answers
each known way to cheat. Generated from the declarations, `rates.json` and `frauds.csv`.

`rates.json` is what `python -m tests.corpus --write` measured last; it is kept beside the checks,
so that a changed threshold shows its difference.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.vocabulary import Outcome
from photos.checks import declared
from photos.checks.declare import Declaration

_FOLDER = Path(__file__).parent / "checks"
RATES, FRAUDS = _FOLDER / "rates.json", _FOLDER / "frauds.csv"
PAGE = Path(__file__).with_name("CHECKS.md")

UNITS = {
    "m": "米",
    "deg": "度",
    "s": "秒",
    "minutes": "分钟",
    "hours": "小时",
    "days": "天",
    "kmh": "公里/小时",
    "bits": "位",
    "count": "个",
    "ratio": "（比值）",
    "share": "（占比）",
    "ev": "EV",
    "bytes": "字节",
    "px": "像素",
}
"""The unit that a threshold's name ends in, as the page says it."""

_WORST = {
    Outcome.UNKNOWN: "UNKNOWN（不指为造假）",
    Outcome.DOUBT: "DOUBT（存疑）",
    Outcome.FAIL: "FAIL（不符）",
}
_GROUPS = {
    "honest_made": "诚实",
    "honest_real": "诚实（真实样张）",
    "forged": "伪造",
    "withheld": "只能待补证的",
    "unseen": "看不出的伪造",
}
"""Groups of the corpus. 伪造: the file or its context shows it, F19 (a shifted datum) included."""


@dataclass(frozen=True, slots=True)
class Fraud:
    """One known way to cheat and what answers it: checks, a requirement on what to shoot, a limit."""

    id: str
    pattern: str
    answered_by: str
    checks: tuple[str, ...]
    requirement: str
    limit: str


@lru_cache(maxsize=1)
def frauds() -> tuple[Fraud, ...]:
    """The 23 known ways to cheat, in the order of their numbers."""
    with FRAUDS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Fraud(**{**row, "checks": tuple(row["checks"].split())})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def rates() -> Mapping[str, Any]:
    """What was measured last: {"measured_on", "checks": {id: {group: {"n", "noted", …}}}, …}."""
    measured: dict[str, Any] = json.loads(RATES.read_text(encoding="utf-8"))
    return measured


def catalogue() -> str:
    """The text of CHECKS.md."""
    return "\n".join(
        [*_head(), *(line for facts in declared() for line in _entry(facts)), *_frauds()]
    )


def _head() -> Iterator[str]:
    measured = rates()
    yield from (
        "# 照片检查项",
        "",
        "本页由 `photos.catalogue` 生成，请勿手改：`python -m photos.checks`。",
        "",
        "结果分 PASS（相符）、UNKNOWN（读数缺失，无法判断）、DOUBT（存疑）、FAIL（不符）、ERROR（检查自身出错）。",
        "“必需”的检查项为 UNKNOWN 时照片待补证；其余检查项为 UNKNOWN 时只显示，不影响结论。",
        "“提示”是诚实照片也会有的弱迹象，只供人看，几个合在一起时由声明过的规则判断。",
        "",
        "没有任何检查能证明定位没有被模拟、文件没有被按相机自己的写法仔细改写、现场没有摆拍。",
        "",
        f"实测数取自照片语料（`python -m tests.corpus --write`，{measured['measured_on']}，种子为各类名称与序号）："
        + "；".join(f"{title} {measured['sizes'][g]} 张" for g, title in _GROUPS.items())
        + "。",
        "“实测”的两个数是中（存疑或不符）与问到的张数；问到的张数不含该检查没有意见的照片。",
        "",
    )


def _entry(facts: Declaration) -> Iterator[str]:
    yield from (
        f"## {facts.id}",
        "",
        facts.sentence,
        "",
        f"- 查什么：{facts.catches}",
        f"- 说明什么、不说明什么：{facts.proves}",
        f"- 会误判谁：{facts.trap}",
        f"- 最重结果：{_WORST[facts.if_broken]}",
        f"- 必需：{'是' if facts.needed else '否'}",
    )
    if facts.thresholds:
        limits = "，".join(threshold_text(k, v) for k, v in facts.thresholds.items())
        yield f"- 阈值：{limits}"
    yield f"- 实测：{_measured(facts.id)}"
    yield ""


def threshold_text(name: str, value: float) -> str:
    """A threshold with its unit.

    >>> threshold_text("fail_hours", 24.0), threshold_text("floor_m", 20.0)
    ('`fail_hours` = 24 小时', '`floor_m` = 20 米')
    """
    unit = UNITS.get(name.rpartition("_")[2], "")
    return f"`{name}` = {value:g} {unit}".rstrip()


def _measured(check: str) -> str:
    found = rates()["checks"].get(check)
    if found is None:  # a check that was just written: the test of the page asks for its figures
        return "（待测）"
    parts, notes = [], []
    for group, title in _GROUPS.items():
        seen = found.get(group, {"asked": 0})
        if not seen["asked"]:
            continue
        failed = f"（不符 {seen['fail']}）" if seen["fail"] else ""
        parts.append(f"{title} {seen['doubt'] + seen['fail']}/{seen['asked']}{failed}")
        if seen["noted"]:
            notes.append(f"{title} {seen['noted']}/{seen['asked']}")
    said = "，".join(parts) or "语料中没有问到的照片"
    if notes:
        said += "；提示：" + "，".join(notes)
    if found["best"]:
        best = (f"{kind} {hits}/{n}" for kind, (hits, n) in found["best"].items())
        said += "；中得最多的是 " + "，".join(best)
    return said + "。"


def _page_of(check: str) -> str:
    """Where a check's entry stands: those of all photos of a visit have their own page."""
    return "" if any(facts.id == check for facts in declared()) else "SET_CHECKS.md"


def _frauds() -> Iterator[str]:
    yield from (
        "# 23 种已知造假手法各由什么应对",
        "",
        "“检出”为语料中看得出的伪造里得存疑或不符的张数；“未通过”为只能待补证、不指为造假的；“看不出的也检出”为已知看不出的伪造里仍被指出的。set_ 开头的检查看一次核查的全部照片。",
        "",
        "| 编号 | 手法 | 由什么应对 | 检查项 | 拍摄要求 | 局限 | 实测 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    )
    patterns = rates()["patterns"]
    for fraud in frauds():
        checks = "、".join(f"[{one}]({_page_of(one)}#{one})" for one in fraud.checks)
        measured = "；".join(
            f"{title} {hits}/{n}" for title, (hits, n) in patterns.get(fraud.id, {}).items()
        )
        cells = (
            fraud.id,
            fraud.pattern,
            fraud.answered_by,
            checks,
            fraud.requirement,
            fraud.limit,
            measured,
        )
        yield "| " + " | ".join(cell or "–" for cell in cells) + " |"
    yield ""

"""What the chat understands of field talk without a model, beside a plain table of keywords.

Both files of `bench/utterances` are scored. Of `held_out` only the scores are ever printed; with
`--show built_on` the misses in the set that may be looked at are listed.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from field_app.chat.understanding import Fill, Intent, ParcelSaid, Said, Understood, understand
from field_app.drafts import About
from field_app.forms import shipped

FOLDER = Path(__file__).parent / "utterances"
FORM = shipped()
ABOUT = About(area_m2=20000.0, land_class="0103", number="N41132120230001000001")
TODAY = date(2025, 11, 20)
Way = Callable[[str, Said], Understood]

# The baseline: a word, and what it fills wherever it stands.
WORDS: dict[str, tuple[str, str]] = {
    "水田": ("land_class", "0101"), "水稻": ("land_class", "0101"),
    "水浇地": ("land_class", "0102"), "旱地": ("land_class", "0103"),
    "果园": ("land_class", "0201"), "桃树": ("land_class", "0201"),
    "葡萄": ("land_class", "0201"), "茶园": ("land_class", "0202"),
    "花椒": ("land_class", "0204"), "杨树": ("land_class", "0301"),
    "树林": ("land_class", "0301"), "竹": ("land_class", "0302"),
    "灌木": ("land_class", "0305"), "苗木": ("land_class", "0307"),
    "荒草": ("land_class", "0404"), "厂房": ("land_class", "0601"),
    "采石场": ("land_class", "0602"), "房子": ("land_class", "0702"),
    "坟": ("land_class", "09"), "公路": ("land_class", "1003"),
    "水泥路": ("land_class", "1006"), "河": ("land_class", "1101"),
    "水库": ("land_class", "1103"), "坑塘": ("land_class", "1104"),
    "鱼塘": ("land_class", "1104A"), "沟渠": ("land_class", "1107"),
    "养殖": ("land_class", "1202"), "猪场": ("land_class", "1202"),
    "光伏": ("land_class", "1302"), "仓库": ("land_class", "0508"),
    "麦": ("planting", "LS"), "玉米": ("planting", "LS"), "红薯": ("planting", "LS"),
    "豆": ("planting", "LS"), "粮食": ("planting", "LS"), "菜": ("planting", "FLS"),
    "花生": ("planting", "FLS"), "芝麻": ("planting", "FLS"), "烟叶": ("planting", "FLS"),
    "西瓜": ("planting", "FLS"), "辣椒": ("planting", "FLS"), "轮作": ("planting", "LYFL"),
    "间作": ("planting", "LLJZ"), "休耕": ("planting", "XG"), "没种": ("planting", "WG"),
    "撂荒": ("planting", "WG"), "没有耕种": ("planting", "WG"),
    "与报备一致": ("as_registered", "是"), "跟报备一致": ("as_registered", "是"),
    "不一样": ("as_registered", "否"), "不符": ("as_registered", "否"),
    "没问题": ("has_problem", "否"), "没发现问题": ("has_problem", "否"),
    "有问题": ("has_problem", "是"), "发现问题": ("has_problem", "是"),
}  # fmt: skip
TROUBLES = {
    "撂荒": "3-6", "荒": "3-6", "树": "3-5", "果": "3-5", "苗": "3-5", "塘": "3-5", "非粮化": "3-5",
    "房": "3-4", "厂": "3-4", "硬化": "3-4", "光伏": "3-4", "占": "3-4", "非农化": "3-4",
    "新增耕地": "2-1", "没施工": "2-2", "重叠": "2-3", "重复": "2-3", "摆拍": "2-4", "照片": "2-4",
    "面积不够": "2-9", "造假": "2-9", "土层": "3-1", "石头": "3-1", "产能": "3-2", "陡坡": "3-3",
    "红线": "3-3", "挂钩": "1-2", "没补": "1-1", "买指标": "4-1", "卖指标": "4-2", "责任": "4-9",
    "倒卖": "5-1", "公职人员": "5-2", "打招呼": "5-3", "指导价": "6-1", "平台": "6-2",
    "管理办法": "6-3", "体外": "6-4", "开垦费": "6-5",
}  # fmt: skip
ORDERS = {
    "提交": Intent.SUBMIT, "撤销": Intent.UNDO, "重来": Intent.RESTART, "帮助": Intent.HELP,
    "怎么": Intent.HELP, "还差": Intent.STATUS, "跳过": Intent.SKIP, "删": Intent.REMOVE_PHOTO,
    "你好": Intent.GREETING, "都对": Intent.CONFIRM, "确认": Intent.CONFIRM, "不对": Intent.NO,
    "是的": Intent.YES, "没错": Intent.YES,
}  # fmt: skip


def by_keywords(text: str, said: Said) -> Understood:
    """The plain way: words fill what they stand for, figures before 亩 are the area."""
    fills: dict[str, Any] = {}
    for word, (name, value) in WORDS.items():
        if word in text:
            fills.setdefault(name, value)
    if m := re.search(r"(\d+(?:\.\d+)?)\s*亩", text):
        fills["area_mu"] = float(m[1])
    asked = FORM.by_name.get(said.asked or "")
    if asked is not None and asked.kind == "text":
        fills = {asked.name: text}
    elif asked is not None and asked.list_name == "yes_no" and asked.name not in fills:
        value = {"是": "是", "对": "是", "有": "是", "否": "否", "不是": "否", "没有": "否"}.get(
            text
        )
        fills |= {asked.name: value} if value else {}
    number = re.search(r"N\d{20}", text)
    tail = re.search(r"尾号(\d+)", text)
    parcel = ParcelSaid(number=number[0]) if number else ParcelSaid(tail=tail[1]) if tail else None
    if parcel is None and "最近" in text:
        parcel = ParcelSaid(nearest=True)
    return Understood(
        intents=tuple(dict.fromkeys(i for w, i in ORDERS.items() if w in text)),
        fills=tuple(Fill(n, v, "") for n, v in fills.items()),
        problems=tuple(dict.fromkeys(c for w, c in TROUBLES.items() if w in text))[:3],
        parcel=parcel,
        photo_kinds=tuple(k for k in ("全景", "近景", "剖面") if k in text),
    )


@dataclass(slots=True)
class Score:
    """Counts over one file, and how long each sentence took."""

    counts: Counter[str]
    times: list[float]
    misses: list[str]

    def of(self, part: str, whole: str) -> str:
        n, m = self.counts[part], self.counts[whole]
        return f"{n / m:.1%} ({n}/{m})" if m else "-"

    @property
    def f1(self) -> float:
        right, wrong, missed = (self.counts[k] for k in ("right", "wrong", "missed"))
        return 2 * right / (2 * right + wrong + missed) if right else 0.0


def lines(name: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def said_at(line: Mapping[str, Any]) -> Said:
    return Said(
        FORM, line.get("answers", {}), ABOUT, line.get("asked"), tuple(line.get("last", ())), TODAY
    )


def score(rows: Sequence[Mapping[str, Any]], way: Way) -> Score:
    result = Score(Counter(), [], [])
    for line in rows:
        start = time.perf_counter()
        heard = way(line["text"], said_at(line))
        result.times.append((time.perf_counter() - start) * 1000)
        wrong = judge(line, heard, result.counts)
        if wrong:
            result.misses.append(f"{line['id']} {line['text']}: {'; '.join(wrong)}")
    return result


def judge(line: Mapping[str, Any], heard: Understood, counts: Counter[str]) -> list[str]:
    """Adds one sentence to the counts; returns what is wrong with it."""
    want = line.get("want", {})
    parcel = heard.parcel
    pairs = {
        "fills": (want.get("fills", {}), {f.name: f.value for f in heard.fills}),
        "unsure": (
            {n: set(v) for n, v in want.get("unsure", {}).items()},
            {u.name: set(u.values) for u in heard.unsure},
        ),
        "intents": (set(want.get("intents", ())), set(map(str, heard.intents))),
        "parcel": (
            want.get("parcel", {}),
            {k: getattr(parcel, k) for k in ("number", "tail", "nearest") if getattr(parcel, k)}
            if parcel
            else {},
        ),
        "kinds": (set(want.get("photo_kinds", ())), set(heard.photo_kinds)),
        "denied": (set(want.get("denied", ())), set(heard.denied)),
    }
    fills, given = pairs["fills"]
    counts["right"] += sum(n in given and given[n] == v for n, v in fills.items())
    counts["missed"] += sum(n not in given or given[n] != v for n, v in fills.items())
    counts["wrong"] += sum(n not in fills or fills[n] != v for n, v in given.items())
    wrong = []
    for part, (wanted, got) in pairs.items():
        if wanted or got:
            counts[f"{part} said"] += 1
            counts[f"{part} exact"] += wanted == got
        if wanted != got:
            wrong.append(f"{part} {got} for {wanted}")
    _judge_problems(want.get("problems", []), heard.problems, counts, wrong)
    if line.get("nonsense"):
        counts["nonsense"] += 1
        counts["nonsense refused"] += heard.nonsense
    elif want:
        counts["sense"] += 1
        counts["sense refused"] += heard.nonsense
    counts["all"] += 1
    counts["all exact"] += not wrong
    return wrong


def _judge_problems(
    wanted: Sequence[str], got: Sequence[str], counts: Counter[str], wrong: list[str]
) -> None:
    if wanted:
        counts["problems said"] += 1
        counts["problems first"] += bool(got) and got[0] in wanted
        counts["problems among"] += bool(set(got) & set(wanted))
    else:
        counts["no problem said"] += 1
        counts["no problem heard"] += bool(got)
    if (wanted and not (got and got[0] in wanted)) or (got and not wanted):
        wrong.append(f"problems {got} for {wanted}")


def _row(name: str, cells: Sequence[str]) -> None:
    print(f"{name:<38}" + "".join(f"{cell:>18}" for cell in cells))


def table(scores: Sequence[tuple[str, Score]]) -> None:
    """The figures of several ways side by side."""
    _row("", [name for name, _ in scores])
    all_of = [s for _, s in scores]
    _row("slots: F1", [f"{s.f1:.3f}" for s in all_of])
    precision = [s.counts["right"] / max(1, s.counts["right"] + s.counts["wrong"]) for s in all_of]
    recall = [s.counts["right"] / max(1, s.counts["right"] + s.counts["missed"]) for s in all_of]
    _row("  precision", [f"{p:.3f}" for p in precision])
    _row("  recall", [f"{r:.3f}" for r in recall])
    for name, part, whole in (
        ("slots: sentences exact", "fills exact", "fills said"),
        ("unsure exact", "unsure exact", "unsure said"),
        ("intents exact", "intents exact", "intents said"),
        ("parcels exact", "parcel exact", "parcel said"),
        ("photo kinds exact", "kinds exact", "kinds said"),
        ("denials exact", "denied exact", "denied said"),
        ("problem type: first is right", "problems first", "problems said"),
        ("problem type: right among three", "problems among", "problems said"),
        ("problem type: heard where none was", "no problem heard", "no problem said"),
        ("nonsense refused", "nonsense refused", "nonsense"),
        ("sense refused", "sense refused", "sense"),
        ("whole sentences exact", "all exact", "all"),
    ):
        _row(name, [s.of(part, whole) for s in all_of])
    for name, share in (("p50", 0.50), ("p95", 0.95)):
        times = [sorted(s.times) for s in all_of]
        _row(f"latency {name}, ms", [f"{t[int(len(t) * share)]:.2f}" for t in times])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", choices=["built_on"], help="list the misses of this set")
    parser.add_argument("--only", choices=["built_on", "held_out"], help="score this set alone")
    asked = parser.parse_args()
    understand("旱地", said_at({}))  # loads the word lists
    for name in [asked.only] if asked.only else ["built_on", "held_out"]:
        rows = lines(name)
        found = score(rows, understand)
        print(f"\n{name}: {len(rows)} sentences")
        table([("understanding", found), ("keyword table", score(rows, by_keywords))])
        if asked.show == name:
            print("\n".join(found.misses))


if __name__ == "__main__":
    main()

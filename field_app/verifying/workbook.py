"""The lines of a run as a workbook for the office: results, summary, photos that occur again.

Rows are written as they come, so that a hundred thousand photos need no memory. Every text goes
in as text: a file name that begins with = must never run as a formula.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from models.vocabulary import Outcome, Verdict
from photos.checks import declared
from photos.verify import Line
from photos.verify.groups import groups_of
from photos.verify.lines import first_reasons

CELL_MAX = 32_767
_MOST_ROWS = 1_000_000  # of a sheet; Excel ends at 1,048,576
_MOST_LINKS = 60_000  # Excel takes 65,530 on a sheet and repairs the file beyond
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: tuple[tuple[str, float], ...] = (
    ("序号", 7), ("照片", 42), ("地块", 20), ("核验结论", 10), ("主要理由", 60), ("理由二", 40),
    ("理由三", 40), ("距地块（米）", 12), ("方位（度）", 10), ("拍摄时间", 20), ("经度", 12),
    ("纬度", 12), ("定位精度（米）", 14), ("位置来源", 10), ("来源等级", 9), ("拍摄人", 12),
    ("设备", 16), ("重复组", 8), ("打开", 8), ("照片指纹（SHA-256）", 68),
)  # fmt: skip
_SOURCES = {"exif": "照片文件", "page": "拍摄页面", "package": "举证包"}
_OUTCOMES = (
    (Outcome.FAIL, "不符"),
    (Outcome.DOUBT, "存疑"),
    (Outcome.UNKNOWN, "无法判断"),
    (Outcome.ERROR, "检查出错"),
    (Outcome.PASS, "相符"),
)
_COLOURS = {"不符": "#F8D7DA", "存疑": "#FFF3CD", "待补证": "#E2E8F0", "核验通过": "#D9EFDF"}


class Workbook:
    """Takes lines one after the other; `close` writes the summary and the file."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        body = {"valign": "top", "text_wrap": True, "font_name": "Microsoft YaHei", "font_size": 10}
        self._text = self._book.add_format(body)
        # The quote prefix keeps a risky text a text when somebody edits the cell in Excel.
        self._risky = self._book.add_format(body | {"quote_prefix": True})
        self._number = self._book.add_format(body | {"num_format": "0.0"})
        self._degrees = self._book.add_format(body | {"num_format": "0.000000"})
        self._share = self._book.add_format(body | {"num_format": "0.0%"})
        self._link = self._book.add_format(body | {"font_color": "#0B5CAD", "underline": 1})
        self._head = self._book.add_format(
            body | {"bold": True, "bg_color": "#DDE7F0", "border": 1, "valign": "vcenter"}
        )
        self._verdicts = {
            verdict: self._book.add_format(body | {"bg_color": colour, "bold": True})
            for verdict, colour in _COLOURS.items()
        }
        self._lines = 0
        self._links = 0
        self._verdict_counts: Counter[str] = Counter()
        self._outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._errors: Counter[str] = Counter()
        self._again: list[Line] = []
        self._start_sheet("结果")

    def _start_sheet(self, name: str) -> None:
        self._sheet = self._book.add_worksheet(name)
        self._row = 0
        self._heading(self._sheet, _COLUMNS, frozen=2)

    def _heading(
        self, sheet: Any, columns: Iterable[tuple[str, float]], *, frozen: int = 0
    ) -> None:
        sheet.freeze_panes(1, frozen)
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._head)

    def add(self, line: Line) -> None:
        if self._row >= _MOST_ROWS:
            self._start_sheet(f"结果 {self._lines // _MOST_ROWS + 1}")
        self._row += 1
        self._lines += 1
        self._count(line)
        self._write(line)

    def _count(self, line: Line) -> None:
        self._verdict_counts[line["verdict"]] += 1
        for result in line["results"]:
            self._outcomes[result["check"]][result["outcome"]] += 1
        if "error" in line:
            self._errors[line["error"]["message"]] += 1
        if line.get("same_as") or line.get("alike"):
            self._again.append(
                {
                    name: line.get(name)
                    for name in (
                        "file",
                        "parcel",
                        "verdict",
                        "person",
                        "sha256",
                        "same_as",
                        "alike",
                    )
                }
            )

    def _write(self, line: Line) -> None:
        row, sheet = self._row, self._sheet
        at = line.get("position") or {}
        reasons = [*first_reasons(line), "", "", ""]
        sheet.write_number(row, 0, self._lines, self._text)
        self._put(row, 1, line["file"])
        self._put(row, 2, line["parcel"])
        verdict = line["verdict"]
        sheet.write_string(row, 3, verdict, self._verdicts.get(verdict, self._text))
        for place in range(3):
            self._put(row, 4 + place, reasons[place])
        self._put(row, 7, line["distance_m"], self._number)
        self._put(row, 8, line["bearing_deg"], self._number)
        self._put(row, 9, _moment(line["taken_at"]))
        self._put(row, 10, at.get("lon"), self._degrees)
        self._put(row, 11, at.get("lat"), self._degrees)
        self._put(row, 12, at.get("accuracy_m"), self._number)
        self._put(row, 13, _SOURCES.get(at.get("source", ""), ""))
        self._put(row, 14, line["grade"])
        self._put(row, 15, line.get("person"))
        self._put(row, 16, line.get("device"))
        self._put(row, 17, "有" if line.get("same_as") or line.get("alike") else "")
        path = Path(line["file"])
        if self._links < _MOST_LINKS and path.is_file():
            self._links += 1
            sheet.write_url(row, 18, _link(path), self._link, "打开")
        self._put(row, 19, line["sha256"])

    def _put(self, row: int, place: int, value: Any, style: Any = None, sheet: Any = None) -> None:
        sheet = sheet or self._sheet
        if value is None or value == "":
            return
        if isinstance(value, int | float):
            sheet.write_number(row, place, value, style or self._text)
            return
        text = str(value)[:CELL_MAX]
        sheet.write_string(row, place, text, self._risky if text.startswith(_RISKY) else self._text)

    def close(self) -> None:
        """Writes summary and groups, and the file."""
        self._summary()
        self._groups()
        self._book.close()

    def _summary(self) -> None:
        sheet = self._book.add_worksheet("汇总")
        self._heading(sheet, [("项目", 60), *((name, 12) for name in ("张数", "占比", "", "", ""))])
        row = 1
        for verdict in Verdict:
            count = self._verdict_counts[verdict]
            sheet.write_string(row, 0, verdict, self._verdicts[verdict])
            sheet.write_number(row, 1, count, self._text)
            sheet.write_number(row, 2, count / max(self._lines, 1), self._share)
            row += 1
        sheet.write_string(row, 0, "照片总数", self._text)
        sheet.write_number(row, 1, self._lines, self._text)
        row += 2
        for place, title in enumerate(("检查项", *(word for _, word in _OUTCOMES))):
            sheet.write_string(row, place, title, self._head)
        for facts in declared():
            counts = self._outcomes.get(facts.id)
            if counts:
                row += 1
                self._put(row, 0, facts.catches, sheet=sheet)
                for place, (outcome, _) in enumerate(_OUTCOMES, 1):
                    sheet.write_number(row, place, counts[outcome], self._text)
        if self._errors:
            row += 2
            sheet.write_string(row, 0, "没有比对的原因", self._head)
            sheet.write_string(row, 1, "张数", self._head)
            for message, count in self._errors.most_common(200):
                row += 1
                self._put(row, 0, message, sheet=sheet)
                sheet.write_number(row, 1, count, self._text)

    def _groups(self) -> None:
        sheet = self._book.add_worksheet("重复照片")
        self._heading(
            sheet,
            [("组", 6), ("照片", 42), ("地块", 20), ("拍摄人", 12), ("核验结论", 10),
             ("与组内其他照片", 50), ("照片指纹（SHA-256）", 68)],
        )  # fmt: skip
        row = 0
        for number, group in enumerate(groups_of(self._again), 1):
            for line, how in group:
                row += 1
                if row > _MOST_ROWS:
                    return
                sheet.write_number(row, 0, number, self._text)
                for place, value in enumerate(
                    (line["file"], line["parcel"], line["person"], line["verdict"], how,
                     line["sha256"]), 1,
                ):  # fmt: skip
                    self._put(row, place, value, sheet=sheet)


def _link(path: Path) -> str:
    return f"external:{path.resolve()}"


def _moment(text: str | None) -> str:
    return "" if text is None else datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S")

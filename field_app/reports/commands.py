"""`python -m field_app report …`: the papers, made at the console."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from field_app import clock, serving
from field_app.problems import BAD_INPUT
from field_app.reports.periods import Kind
from field_app.roles import CONSOLE

report = typer.Typer(no_args_is_help=True, help="周报、月调度、阶段性报告")

To = Annotated[str, typer.Option("--to", "--date", help="统计截止日期，如 2026-04-15；不写为今天")]
Out = Annotated[Path, typer.Option(help="写到哪个 .docx")]
ForUnit = Annotated[str, typer.Option("--unit", help="只要这个责任单位的问题，写全称")]


@report.command("weekly")
def weekly(out: Out, to: To = "", unit: ForUnit = "") -> None:
    """周报：截止日期和之前六天。"""
    _make(Kind.WEEKLY, out, to, unit)


@report.command("monthly")
def monthly(out: Out, to: To = "", unit: ForUnit = "") -> None:
    """月调度：从当月一日到截止日期。"""
    _make(Kind.MONTHLY, out, to, unit)


@report.command("stage")
def stage(
    out: Out,
    to: To = "",
    unit: ForUnit = "",
    first: Annotated[str, typer.Option("--from", help="开始日期；不写为第一条问题登记的那天")] = "",
) -> None:
    """阶段性报告：全县的，或一个责任单位的。"""
    _make(Kind.STAGE, out, to, unit, first)


def _make(kind: Kind, out: Path, to: str, unit: str, first: str = "") -> None:
    from field_app.reports.documents import report  # Word's own library is needed here alone

    serving.prepare()
    now = clock.now()
    last = _day(to) if to else clock.local(now).date()
    made = report(CONSOLE, kind, last, unit=unit, first=_day(first) if first else None, now=now)
    out.write_bytes(made.data)
    sys.stdout.write(f"已写到 {out}\n")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BAD_INPUT(what=f"“{text}”不是日期，请写成 2026-04-15 这样。") from error

"""`python -m field_app verify …`: options, and what is said where."""

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from field_app import clock
from field_app.clock import CHINA
from field_app.problems import BAD_INPUT
from field_app.verifying import Asked, EngineName, verify_archive
from field_app.verifying.progress import progress_bar
from field_app.verifying.results import Sink, as_text, check_names, half_of, results
from models.vocabulary import PhotoKind, Verdict
from photos.verify import Line
from photos.verify.lines import first_reasons


def verify(
    photos: Annotated[
        list[str] | None,
        typer.Argument(help="照片、文件夹、照片–地块清单（.csv）、举证包（SQLite）或 s3://桶/前缀"),
    ] = None,
    parcels: Annotated[
        Path | None, typer.Option(help="地块文件，任一可导入的格式；举证包自带地块时可不给")
    ] = None,
    database: Annotated[bool, typer.Option("--database", help="检查本系统内全部有效照片")] = False,
    parcel: Annotated[str, typer.Option(help="地块编号；不给则取最近的")] = "",
    kind: Annotated[PhotoKind, typer.Option(help="照片种类")] = PhotoKind.OVERVIEW,
    window: Annotated[str, typer.Option(help="任务时段，如 2026-01-01..2026-12-31")] = "",
    crs: Annotated[str, typer.Option(help="地块文件未注明时的坐标系")] = "",
    person: Annotated[str, typer.Option(help="谁拍的；清单里写了的以清单为准")] = "",
    device: Annotated[str, typer.Option(help="哪台设备拍的，原样写进每行 JSON")] = "",
    workers: Annotated[int, typer.Option(min=1, help="进程数")] = 1,
    engine: Annotated[
        EngineName, typer.Option(help="在哪里读照片：local 本机进程，dask 集群")
    ] = EngineName.LOCAL,
    dask_address: Annotated[
        str, typer.Option(help="已有 Dask 集群的地址 tcp://主机:端口；不给则在本机起 --workers 个")
    ] = "",
    state: Annotated[
        Path | None,
        typer.Option(help="续查文件：读过的照片记在里面，中断后接着查，只读新的和变了的"),
    ] = None,
    out: Annotated[
        list[Path] | None, typer.Option(help="结果文件，.jsonl 或 .xlsx，可给多个")
    ] = None,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="进度条；默认在终端里才显示")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象")] = False,
) -> None:
    """检查照片与地块是否相符：不用数据库，或用 --database 检查系统内的照片（只读）。"""
    outs = out or []
    check_names(outs)
    asked = Asked(
        photos=photos or (),
        database=database,
        parcels_file=parcels,
        crs=crs or None,
        parcel=parcel or None,
        kind=kind,
        window=window_of(window),
        person=person,
        device=device,
        engine=engine,
        workers=workers,
        dask_address=dask_address or None,
        state=state,
        writes=[*outs, *map(half_of, outs)],
    )
    with ExitStack() as stack:
        bar = stack.enter_context(progress_bar(progress))
        lines, messages = verify_archive(asked, now=clock.now(), progress=bar)
        sinks = stack.enter_context(results(outs))
        for message in messages:
            sys.stderr.write(f"{message}\n")
        counts: Counter[str] = Counter()
        for line in lines:
            counts[line["verdict"]] += 1
            _tell(line, sinks, as_json=as_json, quiet=bool(sinks))
    if sinks and not as_json:
        told = "，".join(f"{verdict} {counts[verdict]}" for verdict in Verdict)
        sys.stdout.write(f"共 {counts.total()} 张：{told}\n")
        for path in outs:
            sys.stdout.write(f"结果已写到 {path}\n")


def _tell(line: Line, sinks: Sequence[Sink], *, as_json: bool, quiet: bool) -> None:
    for sink in sinks:
        sink.add(line)
    if as_json:
        sys.stdout.write(as_text(line) + "\n")
    elif not quiet:
        said = "；".join(first_reasons(line))
        sys.stdout.write(f"{line['verdict']}　{line['file']}　{said}\n")


def window_of(text: str) -> tuple[datetime, datetime] | None:
    """The days from..to, both whole, in Chinese time; None for no text. BAD_INPUT."""
    if not text:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in text.split(".."))
    except ValueError as error:
        raise BAD_INPUT(what=f"时段“{text}”写法不对，应如 2026-01-01..2026-12-31。") from error
    return (
        datetime.combine(first, time.min, CHINA),
        datetime.combine(last, time.min, CHINA) + timedelta(days=1),
    )

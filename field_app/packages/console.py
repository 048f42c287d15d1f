"""The commands of evidence packages: the office's key, sealing, and checking anywhere.

`package-verify` opens no database and asks nothing of this server: a receiver runs it as well.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from field_app import clock, serving
from field_app.packages import checking, keys
from field_app.packages.checking import Checked, Verdict
from field_app.packages.keys import PublicKey
from field_app.problems import BAD_INPUT
from field_app.roles import CONSOLE
from models.vocabulary import PackagePurpose

_CODES = {Verdict.WHOLE: 0, Verdict.ALTERED: 1, Verdict.NO_PACKAGE: 1, Verdict.UNKNOWN_KEY: 3}
_NO_KEY = (
    "包内一致，但没有拿县办公布的公钥来对照，不能确认是县办封存的。请用 --key 给出县办公布的公钥文件，"
    "或将下面的指纹与县办公布的逐位核对。"
)


def office_key(
    out: Annotated[
        Path | None, typer.Option(help="写到哪个文件；不写则为数据目录下的 office-key.pem")
    ] = None,
) -> None:
    """新建县办签名密钥（Ed25519），打印要公布的公钥和指纹。"""
    path = out or keys.place()
    made = keys.make(path)
    typer.echo(f"私钥已写到 {path}，只有本用户能读。请另存一份到安全的地方，不要交给任何人。")
    if path != keys.place():
        typer.echo(f"启用它：把 OFFICE_KEY 设为 {path}，重启服务。")
    typer.echo("请在县政府网站等处公布下面的公钥和指纹：\n")
    typer.echo(made.public.pem.decode().strip())
    typer.echo(f"\n指纹（SHA-256）：{keys.fingerprint(made.public.id)}")


def package(
    entry: Annotated[str, typer.Argument(help="问题编号，如 411321-2-2026-0001")],
    out: Annotated[Path, typer.Option(help="写到哪个 .zip")],
    purpose: Annotated[PackagePurpose, typer.Option(help="用途")] = PackagePurpose.ARCHIVE,
) -> None:
    """把一条台账的全部证据封存成一个签名的文件，并记入登记簿。"""
    from field_app.packages import register

    serving.prepare()
    made = register.seal(register.called(entry), purpose, who=CONSOLE, now=clock.now())
    given = register.give(made.id, CONSOLE)
    with out.open("wb") as file:
        for part in given.parts:
            file.write(part)
    typer.echo(f"已写到 {out}：{made.photos} 张照片，{made.size} 字节")
    typer.echo(f"SHA-256：{made.sha256}")
    typer.echo(f"签名公钥指纹：{keys.fingerprint(made.key_id)}")


def package_verify(
    file: Annotated[Path, typer.Argument(help="证据包 .zip")],
    key: Annotated[
        list[Path] | None, typer.Option(help="县办公布的公钥文件；换过密钥的可重复给出")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象")] = False,
) -> None:
    """核验证据包：哪个文件被改动、缺少、增加，是谁封存的。完好退出 0，被改动 1，没有给公钥 3。"""
    published = [_published(path) for path in key or []]
    try:
        with file.open("rb") as package:
            said = checking.check(package, published)
    except OSError as error:
        raise BAD_INPUT(what=f"不能读“{file}”，请核对路径。") from error
    if as_json:
        typer.echo(json.dumps({"file": str(file)} | said.as_json(), ensure_ascii=False))
    else:
        for line in in_words(said):
            typer.echo(line)
    raise typer.Exit(_CODES[said.verdict])


def in_words(said: Checked) -> list[str]:
    """The answer as it is read at a console."""
    lines = [f"核验结果：{said.verdict}"]
    lines += [f"  {fault.says}" for fault in said.faults]
    if said.verdict == Verdict.UNKNOWN_KEY:
        lines.append(_NO_KEY)
    if said.manifest is not None:
        told = said.manifest
        if said.faults:
            lines.append("以下内容来自包内清单，包已被改动，不能作准：")
        lines.append(f"问题编号 {told.entry}，{told.office}，{told.made_by}")
        lines.append(f"封存于 {told.made_at.isoformat()}，用途 {told.purpose}")
        lines.append(f"完好的文件 {said.members} 个，清单共 {len(told.members)} 个")
        records = said.captures
        if records.records:
            lines.append(
                f"手机采集记录 {records.records} 条，设备签名有效 {records.signed} 条，对应照片 {records.photos} 张"
            )
    if said.key_id:
        lines.append(f"签名公钥指纹：{keys.fingerprint(said.key_id)}")
    return lines


def _published(path: Path) -> PublicKey:
    try:
        return keys.read_public(path.read_bytes())
    except OSError as error:
        raise BAD_INPUT(what=f"不能读公钥文件“{path}”，请核对路径。") from error
    except ValueError as error:
        raise BAD_INPUT(
            what=f"“{path}”不是 Ed25519 公钥，应为县办公布的 PEM 或 base64。"
        ) from error

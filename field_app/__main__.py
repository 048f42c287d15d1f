"""The command line: `python -m field_app …`."""

import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from field_app import accounts, clock, serving
from field_app.accounts import NewPerson
from field_app.packages.console import office_key, package, package_verify
from field_app.problems import BAD_INPUT, Problem
from field_app.reports.commands import report
from field_app.roles import CONSOLE
from field_app.settings import settings
from field_app.verifying.command import verify
from models.vocabulary import Role

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="实地核查：耕地占补平衡专项整治的实地核查系统"
)
user = typer.Typer(no_args_is_help=True, help="账号")
ledger = typer.Typer(no_args_is_help=True, help="问题台账")
app.add_typer(user, name="user")
app.add_typer(ledger, name="ledger")
app.add_typer(report, name="report")
sync = typer.Typer(no_args_is_help=True, help="与其他系统同步")
app.add_typer(sync, name="sync")

JsonFlag = Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _warn(text: str) -> None:
    sys.stderr.write(text + "\n")


def _json(value: Any) -> None:
    _say(json.dumps(value, ensure_ascii=False, default=str))


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BAD_INPUT(what=_of_system(error)) from error


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 8501,
) -> None:
    """启动系统；配置不安全时拒绝启动并说明要改什么。"""
    serving.check_configuration(host)
    serving.prepare()
    serving.check_store()
    link = serving.setup_address(host, port)
    _say(f"实地核查：{settings().public_url or f'http://{host}:{port}'}")
    if link:
        _say(f"还没有任何账号。请在 24 小时内打开这个一次性链接创建管理员：\n  {link}")
    sys.stdout.flush()
    serving.run(host, port)


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="只装入数据，不启动")] = False,
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 8501,
) -> None:
    """把演示县装入数据目录（目录里有别的数据时拒绝），然后启动。"""
    from field_app.demo import county

    if not no_serve:
        serving.check_configuration(host, invented=True)
    users = county.load(now=clock.now(), say=_say)
    _say("演示账号（演示数据，人物均为虚构）：")
    for each in users:
        _say(f"  {each['role']}　{each['name']}　密码 {each['password']}")
    if no_serve:
        return
    _say(f"请打开 http://{'localhost' if host == '127.0.0.1' else host}:{port}")
    sys.stdout.flush()
    serving.run(host, port)


@app.command("import-parcels")
def import_parcels(
    files: Annotated[list[Path], typer.Argument(help="TXT、Shapefile(zip)、GPKG、GeoJSON、KML")],
    project: Annotated[str, typer.Option(help="归入项目（项目备案编号）")] = "",
    crs: Annotated[str, typer.Option(help="文件未注明时的坐标系，如 EPSG:4525")] = "",
    update: Annotated[bool, typer.Option("--update", help="更新已有地块的边界")] = False,
    take_good: Annotated[bool, typer.Option("--take-good", help="只导入没有问题的")] = False,
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """导入地块；有一个不能导入时，整个文件都不导入。"""
    from field_app.parcels.intake import Choice, Intake, import_parcels

    serving.prepare()
    choice = Choice(project, crs, take_good, update, dry_run)
    failed = False
    for path in files:
        bar = _bar(path.name) if not as_json and sys.stderr.isatty() else None
        try:
            result: Intake = import_parcels(
                _file(path),
                path.name,
                choice,
                who=None,
                now=clock.now(),
                report=bar or (lambda _share, _what: None),
            )
        except Problem as problem:
            failed = True
            if as_json:
                _json(_refused_file(path, problem))
            else:
                _warn(problem.message)
            continue
        refused = result.count("refused")
        failed = failed or (refused > 0 and not take_good)
        for line in result.lines:
            if as_json:
                _json(line.as_json(str(path)))
            elif line.messages or line.status != "taken":
                word = {"taken": "可导入", "repaired": "已修复", "refused": "不能导入"}[line.status]
                _say(f"{path.name} {line.where} {line.number}：{word}；{'；'.join(line.messages)}")
        if not as_json:
            _say(
                f"{path.name}：导入 {result.imported}，已修复 {result.count('repaired')}，"
                f"不能导入 {refused}，已有相同 {result.unchanged}"
                + ("（只检查，未写入）" if dry_run else "")
            )
    raise typer.Exit(1 if failed else 0)


def _refused_file(path: Path, problem: Problem) -> dict[str, Any]:
    return {
        "file": str(path),
        "parcel": None,
        "status": "refused",
        "area_m2": None,
        "crs": None,
        "messages": [problem.message],
        "error": problem.id,
    }


def _bar(name: str) -> Callable[[float, str], None]:
    def show(share: float, what: str) -> None:
        filled = round(share * 30)
        sys.stderr.write(f"\r{name} [{'#' * filled}{'.' * (30 - filled)}] {share:4.0%} {what}    ")
        if share >= 1.0:
            sys.stderr.write("\n")
        sys.stderr.flush()

    return show


@app.command("import-projects")
def import_projects(
    file: Annotated[Path, typer.Argument(help="项目清单 .xlsx")],
    dry_run: DryRun = False,
    as_json: JsonFlag = False,
) -> None:
    """导入补充耕地项目清单（附件3）。"""
    from field_app.parcels import projects

    serving.prepare()
    said = projects.import_projects(
        _file(file), file.name, who=None, now=clock.now(), dry_run=dry_run
    )
    for line in said.lines:
        if as_json:
            _json(line.as_json(str(file)))
        elif line.messages:
            _say(f"{line.where} {line.code}：{'；'.join(line.messages)}")
    if not as_json:
        _say(f"{file.name}：导入 {said.imported} 个项目")
    raise typer.Exit(1 if said.refused and not said.imported else 0)


app.command()(verify)
app.command("office-key")(office_key)
app.command()(package)
app.command("package-verify")(package_verify)


@app.command()
def reexamine(
    threshold: Annotated[
        list[str] | None, typer.Option(help="试算的阈值，如 on_parcel.tolerance_m=30，可重复")
    ] = None,
    why: Annotated[str, typer.Option(help="理由")] = "检查程序已更新",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会变什么，看完放弃")] = False,
    in_force: Annotated[bool, typer.Option("--in-force", help="试算完直接启用")] = False,
) -> None:
    """把全部照片重新核验一遍，列出哪些结论会变；已有一次没做完的，接着做。"""
    from field_app.reexamining import console

    serving.prepare()
    console.reexamine(
        threshold or [], why=why, drop=dry_run, adopt=in_force, clock=clock.now, say=_say
    )


@ledger.command("export")
def ledger_export(
    out: Annotated[Path, typer.Option(help="写到哪个 .xlsx")],
    category: Annotated[int | None, typer.Option(min=1, max=6, help="只要这一类")] = None,
) -> None:
    """把六本台账导出为 Excel。"""
    from field_app.ledger.exports import ledgers_xlsx
    from field_app.ledger.filters import LedgerFilter

    serving.prepare()
    out.write_bytes(ledgers_xlsx(CONSOLE, LedgerFilter(category=category), now=clock.now()))
    _say(f"已写到 {out}")


@app.command("draw-verify")
def draw_verify(
    file: Annotated[Path, typer.Argument(help="导出的抽取名单，.xlsx 或 .csv")],
    sha256: Annotated[str, typer.Option(help="抽取前公布的名单校验码，一并核对")] = "",
) -> None:
    """只凭导出的名单，把一次抽查或回头看的抽取重做一遍，看是否一致。"""
    from field_app.second_look.published import disagreements
    from field_app.second_look.sheets import read

    published = read(_file(file), file.name)
    wrong = disagreements(published)
    if sha256 and sha256.strip().lower() != published.digest:
        wrong.append(f"公布的校验码是 {sha256}，文件里的是 {published.digest}")
    _say(f"{published.number}：{len(published.members)} 个里抽 {published.n} 个")
    _say(f"种子：{published.seed or '（还没有抽取）'}（{published.seed_source}）")
    _say(f"名单校验码：{published.digest}，请与抽取前公布的核对")
    for line in wrong:
        _say(line)
    if not wrong and not published.seed:
        _say("名单与校验码一致；还没有抽取")
    else:
        _say("不一致" if wrong else f"一致：重做一遍，抽中的就是这 {len(published.drawn)} 个")
    raise typer.Exit(1 if wrong else 0)


@ledger.command("import")
def ledger_import(
    file: Annotated[Path, typer.Argument(help="导出后修改过的 .xlsx")],
    why: Annotated[str, typer.Option(help="修改的理由，会记在每一条的经过里")] = "",
    dry_run: DryRun = False,
) -> None:
    """导入修改过的台账；导出以后系统里又改过的格不会盖掉。"""
    from field_app.ledger.reading_back import console

    serving.prepare()
    refused = console.bring(
        _file(file), file.name, why=why, dry_run=dry_run, now=clock.now(), say=_say
    )
    raise typer.Exit(1 if refused else 0)


@sync.command("run")
def sync_run(
    once: Annotated[bool, typer.Option("--once", help="发完现在能发的就结束")] = False,
) -> None:
    """把台账的变更发给其他系统，取回答复；可与服务同时运行。"""
    from field_app.sync import console

    serving.prepare()
    console.run(once=once, say=_say)


@user.command("add")
def user_add(
    name: str,
    role: Annotated[Role, typer.Option(help="角色")],
    unit: Annotated[str, typer.Option(help="责任单位名称")] = "",
    team: Annotated[str, typer.Option(help="工作组名称")] = "",
    display: Annotated[str, typer.Option(help="姓名")] = "",
) -> None:
    """新建账号；密码在提示后输入。"""
    serving.prepare()
    password = typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
    new = NewPerson(name, display, role, password, team=team, unit=unit, must_change_password=False)
    accounts.add_person(new, by=None, now=clock.now())
    _say(f"已创建账号 {name}（{role}）")


def main() -> None:
    """Runs a command; a refusal is one sentence, never a trace."""
    try:
        app()
    except Problem as problem:
        said = problem.message
    except SQLAlchemyError as error:
        said = _of_database(error)
    except OSError as error:
        said = _of_system(error)
    else:
        return
    _warn(said)
    sys.exit(2)


def _of_database(error: SQLAlchemyError) -> str:
    """Without the error's own words: they name the address, and what was written."""
    if isinstance(error, OperationalError):
        return (
            "数据库连不上或不能使用。请检查 DATABASE_URL 的主机、库名、账号和密码，数据库是否已启动；"
            "使用 SQLite 时检查 DATA_DIR 的权限和磁盘空间。"
        )
    return f"数据库出错（{type(error).__name__}），没有写入。请检查 DATABASE_URL 指向的是不是本系统的库。"


_SYSTEM = {
    errno.ENOENT: "没有这个文件或目录",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.EISDIR: "这是一个目录，不是文件",
    errno.EEXIST: "那里已有一个同名文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
}


def _of_system(error: OSError) -> str:
    why = _SYSTEM.get(error.errno or 0) or error.strerror or type(error).__name__
    return f"不能读写“{error.filename or '文件'}”：{why}。请改正路径或权限后重试。"


if __name__ == "__main__":
    main()

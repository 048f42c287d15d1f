"""What a file is, told by its content, and how its parcels are got out of it."""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pyproj import CRS

from field_app.parcels.formats import archive, kml, layers, ogr, shapefile, text, txt
from field_app.parcels.formats.archive import Member
from field_app.parcels.formats.reading import Advance, Batch, portion
from field_app.problems import (
    NO_PARCELS,
    NOT_TEXT,
    SHAPEFILE_INCOMPLETE,
    UNKNOWN_FORMAT,
    Problem,
)

Job = Callable[[Advance], list[Batch]]
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj")
_SQLITE = b"SQLite format 3\0"
_HEAD = 4096
_STRANGERS = (
    (b"Rar!", "这是 RAR 压缩包，请解压后重新打成 zip"),
    (b"7z\xbc\xaf", "这是 7z 压缩包，请解压后重新打成 zip"),
    (b"AC10", "这是 CAD 图（DWG），请先转换为 Shapefile"),
    (b"%PDF", "这是 PDF 文档"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Office 文档"),
    (b"\xff\xd8\xff", "这是照片"),
)


def batches_of(data: bytes, file: str, given: CRS | None, advance: Advance) -> list[Batch]:
    """The batches of any file. Raises a Problem where the whole cannot be read."""
    if archive.is_zip(data):
        return _of_archive(data, file, given, advance)
    return _of_file(data, file, "", given, advance)


def _of_file(
    data: bytes, file: str, label: str, given: CRS | None, advance: Advance
) -> list[Batch]:
    """A file that is no archive. `label` tells it from others in one archive."""
    if shapefile.is_shp(data):
        raise SHAPEFILE_INCOMPLETE(file=file, missing=".shx、.dbf、.prj")
    if data.startswith(_SQLITE):
        return _in_folder(data, "layer.gpkg", "GeoPackage", file, label, given, advance)
    for magic, what in _STRANGERS:
        if data.startswith(magic):
            raise UNKNOWN_FORMAT(file=file, what=what)
    words = _words(data, file)
    start = words[:_HEAD].lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return _in_folder(words.encode(), "layer.geojson", "GeoJSON", file, label, given, advance)
    if start.startswith("<") and re.search(r"<(\w+:)?kml\b", words[:_HEAD]):
        return [layers.batch_of(kml.read(words, file), file, "KML", given, label=label)]
    if not txt.looks_like(words):
        raise UNKNOWN_FORMAT(file=file, what="内容不是已知的地块格式")
    batch = txt.read(words, file, given, advance)
    for one in batch.found:
        one.where = label + one.where
    return [batch]


def _of_archive(data: bytes, file: str, given: CRS | None, advance: Advance) -> list[Batch]:
    members = archive.unpack(data, file)
    shapefiles, geodatabases, single = _sorted(members)
    jobs: list[Job] = []
    many = len(shapefiles) + len(geodatabases) + len(single) > 1
    for stem, parts in shapefiles.items():
        jobs.append(
            partial(_of_shapefile, parts, f"{file}/{stem}", f"{stem} " if many else "", given)
        )
    for folder, inner in geodatabases.items():
        jobs.append(
            partial(_of_geodatabase, inner, f"{file}/{folder}", f"{folder} " if many else "", given)
        )
    batches: list[Batch] = []
    skipped: list[str] = []
    for member in single:
        jobs.append(
            partial(_of_file, member.data, member.name, f"{member.name} " if many else "", given)
        )
    if not jobs:
        raise NO_PARCELS(
            file=file, hint="压缩包里没有 .shp、.txt、.gpkg、.geojson、.kml 或 .gdb，请检查。"
        )
    for n, job in enumerate(jobs):
        try:
            batches += job(portion(advance, n / len(jobs), 1 / len(jobs)))
        except Problem as problem:
            # A read-me beside the data is no reason to refuse the data.
            if problem.kind is not UNKNOWN_FORMAT or not many:
                raise
            skipped.append(str(problem.facts["file"]))
    if not batches:
        raise UNKNOWN_FORMAT(file=file, what="压缩包里没有认得出的地块文件")
    batches[0].messages += [f"{name} 不是地块文件，没有读取" for name in skipped]
    return batches


def _sorted(
    members: list[Member],
) -> tuple[dict[str, dict[str, bytes]], dict[str, list[Member]], list[Member]]:
    """Members by what they make together: Shapefiles by stem, FileGDBs by folder, single files."""
    shapefiles: dict[str, dict[str, bytes]] = {}
    geodatabases: dict[str, list[Member]] = {}
    single: list[Member] = []
    shown: dict[str, str] = {}
    for member in members:
        suffix = member.path.suffix.lower()
        if member.geodatabase:
            geodatabases.setdefault(member.geodatabase, []).append(member)
        elif suffix in _SHAPEFILE:
            stem = str(member.path.with_suffix(""))
            stem = shown.setdefault(stem.lower(), stem)
            shapefiles.setdefault(stem, {})[suffix] = member.data
        else:
            single.append(member)
    return shapefiles, geodatabases, single


def _of_shapefile(
    parts: dict[str, bytes], file: str, label: str, given: CRS | None, advance: Advance
) -> list[Batch]:
    checked = shapefile.Parts(file, parts)
    checked.check()
    with TemporaryDirectory(prefix="parcels-") as folder:
        for suffix in _SHAPEFILE:
            if suffix in parts:
                Path(folder, f"layer{suffix}").write_bytes(parts[suffix])
        return ogr.read_layers(
            Path(folder, "layer.shp"),
            file,
            "Shapefile",
            given,
            remarks=checked.remarks,
            label=label,
            advance=advance,
        )


def _of_geodatabase(
    members: list[Member], file: str, label: str, given: CRS | None, advance: Advance
) -> list[Batch]:
    with TemporaryDirectory(prefix="parcels-") as folder:
        inside = Path(folder, "layer.gdb")
        inside.mkdir()
        for member in members:
            if not re.fullmatch(r"[A-Za-z0-9_.\-]{1,100}", member.path.name):
                continue  # no file of a FileGDB has another name
            Path(inside, member.path.name).write_bytes(member.data)
        return ogr.read_layers(inside, file, "FileGDB", given, label=label, advance=advance)


def _in_folder(
    data: bytes,
    name: str,
    form: str,
    file: str,
    label: str,
    given: CRS | None,
    advance: Advance,
) -> list[Batch]:
    with TemporaryDirectory(prefix="parcels-") as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        if form == "GeoPackage":
            ogr.refuse_views(path, file)
        return ogr.read_layers(path, file, form, given, label=label, advance=advance)


def _words(data: bytes, file: str) -> str:
    """The text of the file; binary content is an unknown format rather than bad text."""
    if b"\0" in data[:_HEAD] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UNKNOWN_FORMAT(file=file, what="内容不是文字，也不是已知的地块格式")
    with suppress(LookupError):
        declared = re.match(rb'\s*<\?xml[^>]*encoding=["\']([A-Za-z0-9_\-]+)', data[:200])
        if declared:
            try:
                return data.decode(declared.group(1).decode())
            except UnicodeDecodeError as error:
                raise NOT_TEXT(file=file) from error
    return text.decode(data, file)

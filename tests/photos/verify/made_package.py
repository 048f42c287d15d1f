"""Makes 举证 packages for tests: the tables of `evidence_db_schema.csv`, as a program fills them."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

COLUMNS = ("F_ID", "TCBM", "TBYBH", "XZQDM", "FJMC", "FJLX", "FJ", "PSSJ", "PSJD", "PSRY",
           "Longitude", "Latitude", "JYM", "LYSB")  # fmt: skip


def a_row(photo: bytes | None, parcel: str, **said: Any) -> dict[str, Any]:
    """A row of FJ."""
    row = {
        "F_ID": said.get("FJMC", hashlib.sha256(repr((parcel, said)).encode()).hexdigest()[:8]),
        "TCBM": "CCJZ",
        "TBYBH": parcel,
        "XZQDM": "411321",
        "FJLX": "N",
        "FJ": photo,
        "PSRY": "李工",
        "LYSB": "0",
    }
    return row | said


def a_package(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    parcels: Mapping[str, BaseGeometry | str | None],
    *,
    without: Sequence[str] = (),
    tables: Mapping[str, Mapping[str, BaseGeometry | str | None]] | None = None,
) -> Path:
    """A package with these photos and parcels; `without` names columns that it lacks."""
    columns = [name for name in COLUMNS if name not in without]
    with sqlite3.connect(path) as db:
        db.execute(f"CREATE TABLE FJ({', '.join(columns)})")
        for row in rows:
            db.execute(
                f"INSERT INTO FJ VALUES ({', '.join('?' * len(columns))})",
                [row.get(name) for name in columns],
            )
        for table, shapes in {"CCJZ": parcels, **(tables or {})}.items():
            db.execute(f"CREATE TABLE {table}(TBYBH TEXT PRIMARY KEY, TBMJ REAL, TBFW TEXT)")
            for number, shape in shapes.items():
                text = shape.wkt if isinstance(shape, BaseGeometry) else shape
                db.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (number, 1.0, text))
    db.close()
    return path

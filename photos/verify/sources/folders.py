"""A folder of photos: every file in it, in the order of the names."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from photos.evidence import ReadError
from photos.verify.given import PhotoFile

NO_LEAVE = ReadError("folder-not-readable", "没有权限打开这个文件夹，里面的照片没有检查。")


def photos_of_folder(folder: Path, leave_out: Collection[Path] = ()) -> Iterator[PhotoFile]:
    """Every file below the folder, whatever it is; a folder that cannot be opened is told.

    `leave_out` are files that this very run writes. Links to folders are not followed: they may
    lead in a circle.
    """
    ours = {os.path.abspath(path) for path in leave_out}
    shut: list[OSError] = []
    for at, folders, files in os.walk(folder, onerror=shut.append):
        folders.sort()
        for name in sorted(files):
            path = Path(at, name)
            if os.path.abspath(path) not in ours:
                yield PhotoFile(str(path), path)
    for error in shut:
        yield PhotoFile(str(error.filename), b"", problem=NO_LEAVE)

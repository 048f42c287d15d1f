"""Exchange by files, for systems that take no calls.

`SYNC_FOLDER/changes/` gets one JSON file a change; the other side takes it and puts its receipt
under the same name into `SYNC_FOLDER/receipts/`. A file appears whole or not at all. A receipt is
what the HTTP answer would be, with `status` in it where it is a refusal.
"""

import json
import logging
import os
import re
import tempfile
from pathlib import Path
from stat import S_ISREG

from field_app.settings import settings
from field_app.sync import protocol
from field_app.sync.http_line import MAX_ANSWER_BYTES
from field_app.sync.states import Ending, Message, Outcome

CHANGES, RECEIPTS = "changes", "receipts"
log = logging.getLogger(__name__)


def send(message: Message, handed: bool) -> Outcome:
    """One attempt, or one look for the receipt."""
    folder = Path(settings().sync_folder)
    name = file_name(message)
    try:
        receipt = _receipt(folder / RECEIPTS / name)
        if receipt is not None:
            outcome = protocol.outcome(_status(receipt), receipt, message.key, None)
            # A refusal from before somebody said "again" is none of this attempt.
            if handed or outcome.ending is Ending.TAKEN:
                return outcome
            os.replace(folder / RECEIPTS / name, folder / RECEIPTS / f"{name}.before")
        if not handed:
            _write(folder / CHANGES / name, protocol.envelope(message))
    except OSError as error:
        log.warning("the exchange folder cannot be used: %s", type(error).__name__)
        return Outcome(
            Ending.PASSING, "交换目录不能读写，请检查 SYNC_FOLDER 的路径、权限和磁盘空间"
        )
    return Outcome(Ending.HANDED, "已放入交换目录，等对方的回执")


def file_name(message: Message) -> str:
    """`0000000012_entry_411321-2-2026-0007_3.json`: sorts by age, and says what it is.

    >>> file_name(Message(12, "entry/411321-2-2026-0007/3", "entry", "", {}))
    '0000000012_entry_411321-2-2026-0007_3.json'
    """
    return f"{message.number:010d}_{re.sub(r'[^A-Za-z0-9.-]', '_', message.key)}.json"


def _receipt(path: Path) -> bytes | None:
    """The receipt, if it is there; at most as long as an answer may be."""
    try:
        with path.open("rb") as file:
            if not S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            return file.read(MAX_ANSWER_BYTES)
    except FileNotFoundError:
        return None


def _status(receipt: bytes) -> int:
    try:
        status = json.loads(receipt).get("status", 200)
    except (ValueError, AttributeError, RecursionError):
        return 200  # it is no receipt, which `outcome` finds out
    return status if isinstance(status, int) and 100 <= status < 600 else 200


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent.parent / RECEIPTS).mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # the other side is another user
        os.replace(temporary, path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

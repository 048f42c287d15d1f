"""Files of every kind with their bytes mangled, read one after another in a process of its own.

`python -m tests.photos.mangle SEED COUNT FOLDER` prints what it met as JSON. The file that is being
read always lies in FOLDER, so a crash or a hang leaves it behind. Not a test: a test starts it.
"""

import faulthandler
import io
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import piexif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from field_app.demo.camera import exif_block
from photos.reading import read_evidence
from photos.verify import ParcelIndex, verify_photo
from tests.build import HERE, RECEIVED_AT, a_parcel, a_photo, a_scene, facts_of
from tests.photos.signing import signed

REAL = Path(__file__).parents[2].parent / "shared" / "samples" / "photos"
REAL_BYTES = 98_304  # of a real file: all its metadata, and the beginning of its picture
STALLED_SECONDS = 60  # by the clock on the wall, on a machine that others use as well
SMALL = (96, 72)

Bytes = bytearray


def made_files() -> dict[str, bytes]:
    """One small file of each kind and of each way to write it."""
    exif = exif_block(facts_of(away_m=40.0), SMALL)
    xmp = b'<x:xmpmeta x:xmptk="k"><rdf:Description xmp:CreatorTool="Snapseed"/></x:xmpmeta>'
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
    info.add_text("parameters", "wheat\nSteps: 20, Sampler: Euler a", zip=True)
    info.add_text("prompt", '{"class_type": "KSampler"}')
    preview = io.BytesIO()
    a_scene().resize((64, 48)).save(preview, "JPEG")
    with_preview = piexif.dump(
        {"0th": {271: b"HUAWEI"}, "1st": {259: 6}, "thumbnail": preview.getvalue()}
    )
    jpeg, heic = a_photo(size=SMALL, xmp=xmp), a_photo(size=(64, 48), form="heic", xmp=xmp)
    return {
        "jpeg": jpeg,
        "jpeg, progressive": saved("JPEG", progressive=True, exif=exif),
        "jpeg, preview": saved("JPEG", exif=with_preview),
        "jpeg, signed": signed(jpeg, "image/jpeg"),
        "heic": heic,
        "heic, signed": signed(heic, "image/heic"),
        "png": saved("PNG", exif=exif, pnginfo=info),
        "png, palette": saved("PNG", picture=a_scene().resize(SMALL).convert("P")),
        "png, signed": signed(saved("PNG"), "image/png"),
        "webp": saved("WEBP", exif=exif, xmp=xmp),
        "webp, lossless": saved("WEBP", lossless=True),
        "webp, film": saved("WEBP", save_all=True, append_images=[Image.new("RGB", SMALL)]),
        "tiff": saved("TIFF", exif=exif[6:]),
        "tiff, lzw": saved("TIFF", compression="tiff_lzw"),
        "tiff, deflate": saved("TIFF", compression="tiff_adobe_deflate"),
        "tiff, packbits": saved("TIFF", compression="packbits"),
    }


def saved(form: str, *, picture: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (picture or a_scene().resize(SMALL)).save(out, form, **options)
    return out.getvalue()


def real_files() -> dict[str, bytes]:
    """The beginnings of the sample photos; none where they are not beside the project."""
    if not REAL.exists():
        return {}
    return {
        f"real {path.name}": path.read_bytes()[:REAL_BYTES]
        for path in sorted(REAL.iterdir())
        if path.suffix != ".json"
    }


# --- ways to mangle -------------------------------------------------------------------------------


def _at(dice: Random, data: Bytes) -> int:
    """Anywhere, but mostly where the structure stands."""
    near = min(len(data), dice.choice([64, 512, 4_096, len(data)]))
    return dice.randrange(max(1, near))


def flip(dice: Random, data: Bytes, _other: bytes) -> None:
    for _ in range(dice.choice([1, 1, 4, 16])):
        if data:
            data[_at(dice, data)] ^= 1 << dice.randrange(8)


def overwrite(dice: Random, data: Bytes, _other: bytes) -> None:
    at, length = _at(dice, data), dice.randrange(1, 32)
    data[at : at + length] = dice.randbytes(length)


def lie_of_a_length(dice: Random, data: Bytes, _other: bytes) -> None:
    """A number that a parser may take for a length, count or offset."""
    at, width = _at(dice, data), dice.choice([1, 2, 4, 8])
    worth = dice.choice(
        [0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1, len(data), len(data) - at, dice.randrange(2**16)]
    )
    order: Any = dice.choice(["big", "little"])
    data[at : at + width] = (worth % 2 ** (8 * width)).to_bytes(width, order)


def cut(dice: Random, data: Bytes, _other: bytes) -> None:
    del data[_at(dice, data) if dice.random() < 0.5 else dice.randrange(len(data) + 1) :]


def leave_out(dice: Random, data: Bytes, _other: bytes) -> None:
    at = _at(dice, data)
    del data[at : at + dice.choice([1, 2, 4, 12, 64, 1_000])]


def swap(dice: Random, data: Bytes, _other: bytes) -> None:
    """Two stretches change places."""
    length = dice.choice([2, 4, 12, 64, 512])
    one, two = sorted((_at(dice, data), _at(dice, data)))
    if one + length <= two and two + length <= len(data):
        data[one : one + length], data[two : two + length] = (
            data[two : two + length],
            data[one : one + length],
        )


def repeat(dice: Random, data: Bytes, _other: bytes) -> None:
    at, length = _at(dice, data), dice.choice([4, 12, 64, 512])
    data[at:at] = data[at : at + length] * dice.choice([1, 2, 30])


def splice(dice: Random, data: Bytes, other: bytes) -> None:
    """A stretch of another file, of this kind or of another."""
    at, start = _at(dice, data), dice.randrange(len(other))
    piece = other[start : start + dice.choice([16, 256, 4_096])]
    data[at : at + dice.choice([0, len(piece)])] = piece


WAYS: tuple[Callable[[Random, Bytes, bytes], None], ...] = (
    flip, overwrite, lie_of_a_length, lie_of_a_length, cut, leave_out, swap, repeat, splice,
)  # fmt: skip


def mangled(dice: Random, data: bytes, other: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 3, 6])):
        if made:
            dice.choice(WAYS)(dice, made, other)
    return bytes(made)


# --- the run --------------------------------------------------------------------------------------


def run(seed: int, count: int, folder: Path) -> dict[str, Any]:
    """Reads and verifies `count` mangled files; whatever is raised goes through."""
    dice = Random(seed)
    files = made_files() | real_files()
    names, contents = list(files), list(files.values())
    parcels = ParcelIndex([("N1", a_parcel(HERE))])
    for data in contents:  # the decoders' own memory, and what is imported late
        verify_photo(data, "whole", parcels, received_at=RECEIVED_AT)
    before = _peak_mb()
    slowest, slowest_of = 0.0, ""
    met: Counter[str] = Counter()
    manifests: Counter[str] = Counter()
    under_way = folder / f"under-way-{seed}"
    for number in range(count):
        name = dice.choice(names)
        data = mangled(dice, files[name], dice.choice(contents))
        under_way.write_bytes(data)
        faulthandler.dump_traceback_later(STALLED_SECONDS, exit=True)
        began = time.process_time()
        evidence = read_evidence(data)
        spent = time.process_time() - began
        json.dumps(evidence.as_json(), allow_nan=False)
        line = verify_photo(data, name, parcels, parcel="N1", received_at=RECEIVED_AT)
        json.dumps(line, allow_nan=False)
        broke = [r["check"] for r in line["results"] if r["outcome"] == "ERROR"]
        if broke:
            raise AssertionError(f"checks {broke} broke on file {number} of seed {seed}")
        faulthandler.cancel_dump_traceback_later()
        if spent > slowest:
            slowest, slowest_of = spent, f"{name}, number {number}"
        met[evidence.error.id if evidence.error else "read"] += 1
        if evidence.c2pa is not None:
            manifests[evidence.c2pa.state] += 1
    under_way.unlink(missing_ok=True)
    return {
        "count": count,
        "slowest_s": round(slowest, 3),
        "slowest": slowest_of,
        "peak_growth_mb": round(_peak_mb() - before, 1),
        "met": dict(met),
        "manifests": dict(manifests),
        "kinds": len(names),
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


if __name__ == "__main__":
    faulthandler.enable()
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))

"""What a package says of the records of phones in it."""

import hashlib
import json
from datetime import UTC, datetime

from field_app.packages.captures_checked import Captures, captures
from tests.packages.making import PHOTO, PHOTOS, SMALL, a_package, checked
from tests.phone import Phone

NOON = datetime(2026, 4, 15, 4, tzinfo=UTC)
SHA256 = PHOTO.removeprefix("photos/").removesuffix(".jpg")


def the_files(phone: Phone, **changed: bytes) -> dict[str, bytes]:
    text = json.dumps(phone.record("photo", 1, NOON, sha256=SHA256))
    return {
        "captures/1.record": text.encode(),
        "captures/1.sig": phone.sign(text).encode(),
        f"devices/{phone.key_id}.der": phone.spki,
    } | {name.replace("_", "/", 1).replace("_", "."): data for name, data in changed.items()}


def test_a_record_signed_by_a_key_that_came_along_counts_with_its_photo() -> None:
    files = the_files(Phone("heying"))
    said = checked(a_package(small=SMALL | files))
    assert said.captures == Captures(records=1, signed=1, photos=1)
    assert said.as_json()["captures"] == {"records": 1, "signed": 1, "photos": 1}


def test_what_a_phone_did_not_sign_is_counted_apart_and_alters_nothing() -> None:
    phone, other = Phone("heying"), Phone("heying")
    good = the_files(phone)
    text = good["captures/1.record"]
    for changed in (
        {"captures_1_record": text.replace(b'"task": 1', b'"task": 2')},
        {"captures_1_sig": other.sign(text.decode()).encode()},
        {"captures_1_sig": b"\xff"},
        {"captures_1_record": b"[" * 100_000},
        {"captures_1_record": b"[]"},
    ):
        said = checked(a_package(small=SMALL | the_files(phone, **changed), photos=PHOTOS))
        assert said.captures == Captures(records=1, signed=0, photos=0)
        assert not said.faults
    exchanged = good | {f"devices/{phone.key_id}.der": other.spki}
    assert hashlib.sha256(other.spki).hexdigest() != phone.key_id
    assert captures(exchanged, exchanged.__getitem__).signed == 0
    alone = {n: d for n, d in good.items() if not n.startswith("devices/")}
    assert captures(alone, alone.__getitem__).signed == 0

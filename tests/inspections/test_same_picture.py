"""The same picture in other bytes, over the whole archive of the county."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from sqlalchemy import delete
from sqlmodel import select

from field_app import inspections
from field_app.clock import local
from field_app.db import reading, writing
from field_app.demo.camera import with_exif
from field_app.inspections import PhotoReceipt, memory
from field_app.inspections.likeness import fill_fingerprints, keep
from field_app.inspections.memory import Memory
from field_app.settings import settings
from models.tables import Blob, Fingerprint, Photo
from models.vocabulary import Role
from photos.likeness.fingerprints import BYTES, WINDOWS
from photos.likeness.fingerprints import Fingerprint as Made
from photos.stores import path_of
from tests import build, rows
from tests.inspections.conftest import Visit

SIZE = (640, 480)


def original(visit: Visit, seed: int = 3, minutes: float = 5.0) -> bytes:
    taken = local(visit.now - timedelta(minutes=minutes))
    return visit.photo(scene="weeds", size=SIZE, seed=seed, taken_at=taken)


def copied(data: bytes, visit: Visit, **facts: object) -> bytes:
    """The picture taken from the file, saved anew, with the position and time that are wanted."""
    with Image.open(io.BytesIO(data)) as picture:
        seen = picture.convert("RGB")
    if facts.pop("mirrored", False):
        seen = ImageOps.mirror(seen)
    facts.setdefault("taken_at", local(visit.now - timedelta(minutes=3)))
    return with_exif(seen, build.facts_of(rows.a_square(), **facts), quality=60)  # type: ignore[arg-type]


def elsewhere(visit: Visit, who: str = "", **given: object) -> Visit:
    """A visit of another parcel on the same ground; of somebody else where a name is given."""
    person = rows.a_person(Role.INSPECTOR, who, team="二组") if who else visit.who
    parcel = rows.a_parcel_row(number="N0002")
    task = rows.a_task(parcel)
    now = visit.now + timedelta(days=2)
    return Visit(person, parcel, task, inspections.open_visit(task, person, now=now), now)


def said(visit: Visit, receipt: PhotoReceipt) -> tuple[str, str]:
    photo = next(p for p in visit.view().photos if p.id == receipt.photo_id)
    result = next(r for r in photo.results if r["check"] == "same_picture")
    return result["outcome"], result["message"]


def test_a_copy_for_another_parcel_contradicts_and_names_the_parcel(visit: Visit) -> None:
    first = original(visit)
    visit.attach(first)
    other = elsewhere(visit, "李木")
    outcome, message = said(other, other.attach(copied(first, other)))
    assert outcome == "FAIL"
    assert visit.view().parcel.number in message
    assert "他人" in message


def test_a_mirrored_copy_is_found_as_well(visit: Visit) -> None:
    first = original(visit)
    visit.attach(first)
    other = elsewhere(visit)
    outcome, message = said(other, other.attach(copied(first, other, mirrored=True)))
    assert outcome == "FAIL"
    assert "翻转" in message


def test_another_place_is_not_the_same_picture(visit: Visit) -> None:
    visit.attach(original(visit))
    other = elsewhere(visit)
    outcome, message = said(other, other.attach(original(other, seed=4)))
    assert outcome == "PASS"
    assert "1 张" in message


def test_a_removed_photo_hides_nothing(visit: Visit) -> None:
    first = original(visit)
    receipt = visit.attach(first)
    assert receipt.photo_id is not None
    inspections.remove_photo(receipt.photo_id, visit.who, now=visit.now)
    other = elsewhere(visit)
    assert said(other, other.attach(copied(first, other)))[0] == "FAIL"


def test_two_like_photos_of_one_visit_are_counted_once_and_held_against_nobody(
    visit: Visit,
) -> None:
    first = original(visit)
    visit.attach(first)
    outcome, message = said(visit, visit.attach(copied(first, visit)))
    assert outcome == "PASS"
    assert "只计一张" in message


def test_the_same_bytes_are_not_said_twice(visit: Visit) -> None:
    first = original(visit)
    visit.attach(first)
    other = elsewhere(visit)
    assert said(other, other.attach(first))[0] == "PASS"


def test_who_was_first_stays_in_the_right_when_examined_again(visit: Visit) -> None:
    first = original(visit)
    receipt = visit.attach(first)
    other = elsewhere(visit)
    other.attach(copied(first, other))
    assert receipt.photo_id is not None
    inspections.change_kind(receipt.photo_id, "近景", visit.who, now=other.now)
    assert said(visit, receipt)[0] == "PASS"


def test_where_the_first_photo_cannot_be_had_the_likeness_is_a_doubt_only(visit: Visit) -> None:
    first = original(visit)
    sha256 = visit.attach(first).sha256
    (Path(settings().store_url) / path_of(sha256)).unlink()
    other = elsewhere(visit)
    outcome, message = said(other, other.attach(copied(first, other)))
    assert outcome == "DOUBT"
    assert "无法叠合" in message


def test_a_covered_lens_matches_no_other_covered_lens(visit: Visit) -> None:
    dark = [Image.new("RGB", SIZE, (level, level, level)) for level in (3, 5)]
    other = elsewhere(visit)
    for picture, by in zip(dark, (visit, other), strict=True):
        facts = build.facts_of(rows.a_square(), taken_at=local(by.now - timedelta(minutes=5)))
        outcome, message = said(by, by.attach(with_exif(picture, facts)))
        assert outcome == "UNKNOWN"
        assert "镜头" in message
    with reading() as session:
        assert set(session.exec(select(Fingerprint.whole))) == {b""}


def test_photos_from_before_there_were_fingerprints_get_theirs(visit: Visit) -> None:
    firsts = [original(visit, seed) for seed in (3, 4, 5)]
    for first in firsts:
        visit.attach(first)
    with writing() as session:
        session.connection().execute(delete(Fingerprint))
    assert fill_fingerprints(2) == 2
    assert fill_fingerprints() == 1
    assert fill_fingerprints() == 0
    with reading() as session:
        assert len(session.exec(select(Fingerprint)).all()) == 3


def test_a_photo_that_cannot_be_had_does_not_stop_the_filling(visit: Visit) -> None:
    digests = [visit.attach(original(visit, seed)).sha256 for seed in (3, 4, 5)]
    with writing() as session:
        session.connection().execute(delete(Fingerprint))
    (Path(settings().store_url) / path_of(sorted(digests)[0])).unlink()
    assert fill_fingerprints() == 2


# --- the memory of a server -----------------------------------------------------------------------


def a_print(seed: int) -> Made:
    dice = np.random.default_rng(seed)
    code = dice.integers(0, 256, BYTES, dtype=np.uint8)
    code[0] &= 0x7F
    return Made(code.tobytes(), b"", dice.bytes(BYTES * WINDOWS))


def write(visit: Visit, seed: int, number: int | None = None) -> None:
    sha256 = hashlib.sha256(str(seed).encode()).hexdigest()
    made = a_print(seed)
    with writing() as session:
        blob = Blob(
            sha256=sha256,
            size=1,
            media_type="image/jpeg",
            person_id=visit.who.id,
            received_at=visit.now,
        )
        session.add(blob)
        session.flush()
        if number is None:
            keep(session, sha256, made)
            return
        parts = {"whole": made.whole, "trimmed": made.trimmed, "windows": made.windows}
        session.add(Fingerprint(id=number, sha256=sha256, **parts))


def test_a_server_sees_what_another_one_has_written_since(visit: Visit) -> None:
    mine = Memory()
    assert mine.search(a_print(1)) == ([], 0)
    write(visit, 1)
    hits, compared = mine.search(a_print(1))
    assert ([hit.bits for hit in hits], compared) == ([0], 1)
    assert mine.catch_up() == 0


def test_a_number_that_appears_late_is_not_overlooked(visit: Visit) -> None:
    """On PostgreSQL a transaction that began first may be done last."""
    mine = Memory()
    write(visit, 1, number=10)
    assert mine.catch_up() == 1
    write(visit, 2, number=9)
    assert [hit.key for hit in mine.search(a_print(2))[0]] == [9]
    assert mine.catch_up() == 0


@pytest.mark.parametrize("page", [1, 2, 100])
@pytest.mark.parametrize("recent", [0, 2, 100])
def test_crops_are_found_among_the_newest_photos(
    visit: Visit, recent: int, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_PAGE", page)
    for seed in range(1, 6):
        write(visit, seed)
    mine = Memory(recent=recent)
    mine.catch_up()
    found = [
        seed
        for seed in range(1, 6)
        if mine.search(Made(a_print(seed).windows[:BYTES], b"", bytes(WINDOWS * BYTES)))[0]
    ]
    assert found == list(range(6 - min(recent, 5), 6))


def test_a_fingerprint_is_written_once(visit: Visit) -> None:
    data = original(visit)
    visit.attach(data)
    other = elsewhere(visit)
    other.attach(data)
    with reading() as session:
        assert len(session.exec(select(Fingerprint)).all()) == 1
        assert len(session.exec(select(Photo)).all()) == 2


def test_a_search_that_breaks_keeps_no_photo_out_and_passes_nothing(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    visit.attach(original(visit))
    other = elsewhere(visit)
    with monkeypatch.context() as patch:
        patch.setattr(Memory, "search", broken)
        receipt = other.attach(copied(original(visit), other))
    assert said(other, receipt)[0] == "UNKNOWN"
    with reading() as session:
        assert len(session.exec(select(Fingerprint)).all()) == 2

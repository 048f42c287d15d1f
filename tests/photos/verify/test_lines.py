"""The `verify` command's engine: one line a photo, whatever the photo."""

import hashlib
import io
import json
import os
import signal
from datetime import timedelta
from pathlib import Path, PosixPath

import pytest
from PIL import Image

from models.geo import moved
from models.vocabulary import PhotoKind
from photos.verify import ParcelIndex, PhotoFile, verify_many, verify_photo
from tests.build import HERE, RECEIVED_AT, TAKEN_AT, WINDOW, a_parcel, a_photo, a_png

NEAR = a_parcel()
FAR = a_parcel(moved(HERE, east_m=900.0))
PARCELS = [("N411321001", NEAR), ("N411321002", FAR)]


def lines(photos, **given):
    given.setdefault("received_at", RECEIVED_AT)
    return list(verify_many(photos, PARCELS, **given))


class Killer(PosixPath):
    """A file that kills the process that reads it, as a decoder's crash would."""

    def read_bytes(self) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


def a_killer(folder: Path) -> Killer:
    path = Killer(folder / "killer.jpg")
    path.write_bytes(b"any")
    return path


def test_a_photo_from_another_place_gets_the_line_of_the_contract():
    photo = a_photo(NEAR, away_m=1240.5, bearing=90.0)
    line = verify_photo(
        photo, "a.jpg", PARCELS, parcel="N411321001", window=WINDOW, received_at=RECEIVED_AT
    )
    assert json.loads(json.dumps(line)) == line
    assert line["file"] == "a.jpg"
    assert line["sha256"] == hashlib.sha256(photo).hexdigest()
    assert (line["parcel"], line["grade"], line["verdict"]) == ("N411321001", "C", "不符")
    assert line["position"]["source"] == "exif"
    assert line["position"]["accuracy_m"] == 8.0
    assert line["position"]["lat"] == pytest.approx(HERE.lat, abs=1e-5)
    assert line["distance_m"] == 1240.5
    assert line["bearing_deg"] == pytest.approx(270.0, abs=0.1)
    assert line["taken_at"] == "2026-03-02T08:11:09+08:00"
    place = next(r for r in line["results"] if r["check"] == "on_parcel")
    assert place["outcome"] == "FAIL"
    assert place["measured"]["distance_m"] == 1240.5
    assert place["threshold"]["tolerance_m"] == 50.0
    assert place["message"].startswith("拍摄点距地块 1240 m，超出 50 m")


def test_an_honest_photo_passes_and_stands_at_no_distance():
    (line,) = lines([("a.jpg", a_photo(NEAR))], window=WINDOW)
    assert line["verdict"] == "核验通过"
    assert (line["distance_m"], line["bearing_deg"]) == (0.0, None)
    assert "error" not in line


def test_without_a_parcel_the_nearest_is_taken_and_named():
    west, east = lines(
        [("w.jpg", a_photo(NEAR, away_m=30.0)), ("e.jpg", a_photo(FAR, away_m=30.0))]
    )
    assert (west["parcel"], east["parcel"]) == ("N411321001", "N411321002")


def test_the_nearest_parcel_is_nearest_in_metres_and_not_in_degrees():
    # 0.0100° east is 930 m, 0.0095° north is 1054 m: degrees would say the northern one.
    east = a_parcel(moved(HERE, east_m=930.0), 2.0)
    north = a_parcel(moved(HERE, north_m=1054.0), 2.0)
    index = ParcelIndex([("north", north), ("east", east)])
    assert index.nearest(HERE) == "east"
    assert ParcelIndex([]).nearest(HERE) is None


def test_no_file_is_skipped_without_a_line():
    given = [
        ("empty.jpg", b""),
        ("text.jpg", "这不是照片".encode()),
        ("screenshot.jpg", a_png()),
        ("missing.jpg", Path("/nowhere/missing.jpg")),
        ("cut.jpg", a_photo(NEAR)[:9_000]),
        ("good.jpg", a_photo(NEAR)),
    ]
    got = lines(given)
    assert [line["file"] for line in got] == [name for name, _ in given]
    assert [line.get("error", {}).get("id") for line in got] == [
        "photo-empty",
        "photo-not-image",
        "photo-without-parcel",
        "photo-not-found",
        "photo-truncated",
        None,
    ]
    assert {line["verdict"] for line in got[:-1]} == {"待补证"}
    assert all(line["error"]["message"].endswith("。") for line in got[:-1])


def test_a_photo_without_a_position_is_not_put_on_any_parcel():
    (line,) = lines([("a.jpg", a_photo(NEAR, gps="blanked"))])
    assert (line["parcel"], line["position"], line["distance_m"]) == (None, None, None)
    assert line["verdict"] == "待补证"
    assert line["taken_at"] == "2026-03-02T08:11:09+08:00"


def test_the_same_bytes_for_two_parcels_are_noticed():
    photo = a_photo(NEAR)
    both = lines([PhotoFile("a.jpg", photo, "N411321001"), PhotoFile("b.jpg", photo, "N411321002")])
    for line, other in zip(both, reversed(both), strict=True):
        # Nobody knows which was filed first, so neither is believed before a person has looked.
        reuse = next(r for r in line["results"] if r["check"] == "same_bytes")
        assert reuse["outcome"] == "FAIL"
        assert reuse["message"].startswith(f"同一张照片也由同一人用于地块 {other['parcel']}")
        assert line["same_as"] == [other["file"]]


def test_a_photo_lent_to_somebody_else_is_told_as_such():
    photo = a_photo(NEAR)
    first, _ = lines(
        [
            PhotoFile("a.jpg", photo, "N411321001", person="李工"),
            PhotoFile("b.jpg", photo, "N411321002", person="王工"),
        ]
    )
    reuse = next(r for r in first["results"] if r["check"] == "same_bytes")
    assert "由他人用于地块 N411321002" in reuse["message"]
    assert first["person"] == "李工"


def test_the_same_bytes_twice_for_one_parcel_are_told_and_not_held_against_it():
    photo = a_photo(NEAR)
    first, second = lines([("a.jpg", photo), ("b.jpg", photo)])
    assert (first["same_as"], second["same_as"]) == (["b.jpg"], ["a.jpg"])
    assert first["verdict"] == second["verdict"] == "核验通过"


def test_the_kind_of_a_photo_sets_its_distance():
    photo = a_photo(NEAR, away_m=45.0)
    wide, close = lines(
        [PhotoFile("a.jpg", photo), PhotoFile("b.jpg", photo, kind=PhotoKind.CLOSE)],
        kind=PhotoKind.OVERVIEW,
    )
    assert (wide["verdict"], close["verdict"]) == ("核验通过", "存疑")


def test_a_photo_named_for_a_parcel_that_nobody_knows_gets_its_line():
    (line,) = lines([PhotoFile("a.jpg", a_photo(NEAR), "N9")])
    assert line["error"]["id"] == "photo-parcel-unknown"
    assert "N9" in line["error"]["message"]
    assert line["sha256"]


def test_a_parcel_that_is_not_there_and_a_misspelt_threshold_are_refused_at_once():
    with pytest.raises(KeyError):
        verify_many([], PARCELS, parcel="N9", received_at=RECEIVED_AT)
    with pytest.raises(ValueError, match=r"on_parcel\.tolerance"):
        verify_many(
            [], PARCELS, received_at=RECEIVED_AT, thresholds={"on_parcel": {"tolerance": 5}}
        )


def test_two_parcels_of_one_number_are_refused():
    with pytest.raises(ValueError, match="same number"):
        ParcelIndex([("N1", NEAR), ("N1", FAR)])


def test_workers_give_the_same_lines_in_the_same_order(tmp_path: Path):
    photos = [(f"{n}.jpg", a_photo(NEAR, away_m=20.0 * n, seed=n)) for n in range(5)]
    photos += [("again.jpg", photos[0][1]), ("empty.jpg", b"")]
    on_disk = tmp_path / "on disk.jpg"
    on_disk.write_bytes(photos[1][1])
    photos.append(("path.jpg", on_disk))
    assert lines(photos, workers=2) == lines(photos)


def test_a_file_that_kills_its_worker_costs_one_line_and_no_other(tmp_path: Path):
    photos = [(f"{n}.jpg", a_photo(NEAR, seed=n)) for n in range(4)]
    photos.insert(2, ("killer.jpg", a_killer(tmp_path)))
    got = lines(photos, workers=2)
    assert [line["file"] for line in got] == [name for name, _ in photos]
    assert got[2]["error"]["id"] == "photo-worker-died"
    assert [line["verdict"] for line in got[:2] + got[3:]] == ["核验通过"] * 4


def test_another_picture_under_the_old_exif_is_found_though_no_picture_is_kept():
    field, house = a_photo(NEAR, scene="crop"), a_photo(NEAR, scene="building")
    behind_exif = [4 + int.from_bytes(data[4:6], "big") for data in (field, house)]
    swapped = field[: behind_exif[0]] + house[behind_exif[1] :]
    told = [
        next(r["outcome"] for r in line["results"] if r["check"] == "thumbnail_agrees")
        for line in lines([("a.jpg", field), ("b.jpg", swapped)])
    ]
    assert told == ["PASS", "FAIL"]


def recompressed(photo: bytes, quality: int = 60) -> bytes:
    """The same picture under its own Exif block in other bytes, as a messenger leaves it."""
    behind = 4 + int.from_bytes(photo[4:6], "big")
    out = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as picture:
        picture.save(out, "JPEG", quality=quality)
    return photo[:behind] + out.getvalue()[2:]


BIG = a_photo(NEAR, scene="building", size=(1600, 1200))


def test_the_same_picture_in_other_bytes_for_another_parcel_is_held_against_both():
    one, other, third = lines(
        [
            PhotoFile("a.jpg", BIG, "N411321001", person="李工"),
            PhotoFile("b.jpg", recompressed(BIG), "N411321002", person="王工"),
            PhotoFile("c.jpg", a_photo(NEAR, scene="pond", size=(1600, 1200)), "N411321001"),
        ]
    )
    for line, name in ((one, "b.jpg"), (other, "a.jpg")):
        found = next(r for r in line["results"] if r["check"] == "same_picture")
        assert found["outcome"] == "FAIL"
        assert name in found["message"]
        (alike,) = line["alike"]
        assert (alike["file"], alike["how"]) == (name, "画面相同")
        assert alike["correlation"] > 0.95
        assert line["same_as"] == []
    assert third["alike"] == []
    assert next(r for r in third["results"] if r["check"] == "same_picture")["outcome"] == "PASS"


def test_two_shots_of_one_parcel_that_look_alike_are_told_and_not_held_against_anybody():
    both = lines(
        [PhotoFile("a.jpg", BIG, "N411321001"), PhotoFile("b.jpg", recompressed(BIG), "N411321001")]
    )
    for line in both:
        assert next(r for r in line["results"] if r["check"] == "same_picture")["outcome"] == "PASS"
        assert len(line["alike"]) == 1


def test_a_person_who_is_in_two_places_at_once_is_noticed_between_the_photos_of_a_run():
    far_away = a_parcel(moved(HERE, east_m=60_000.0))
    given = [
        PhotoFile("a.jpg", a_photo(NEAR, seed=1), person="李工"),
        PhotoFile(
            "b.jpg",
            a_photo(far_away, seed=2, taken_at=TAKEN_AT - timedelta(minutes=3)),
            person="李工",
        ),
        PhotoFile("c.jpg", a_photo(NEAR, seed=3, scene="pond"), person="王工"),
    ]
    parcels = [*PARCELS, ("N411321003", far_away)]
    a, b, c = verify_many(given, parcels, received_at=RECEIVED_AT)
    travel = [
        next((r["outcome"] for r in line["results"] if r["check"] == "travel"), None)
        for line in (a, b, c)
    ]
    assert travel[:2] == ["FAIL", "FAIL"]
    assert travel[2] != "FAIL"


def test_one_file_that_its_phone_never_writes_so_stands_out_among_its_others():
    given = [
        (f"{n}.jpg", a_photo(NEAR, seed=n, taken_at=TAKEN_AT - timedelta(minutes=n)))
        for n in range(10)
    ]
    resaved = io.BytesIO()
    with Image.open(io.BytesIO(a_photo(NEAR, seed=11))) as picture:
        picture.save(resaved, "JPEG", quality=80, progressive=True, exif=picture.getexif())
    *honest, odd = lines([*given, ("odd.jpg", resaved.getvalue())])
    told = [
        next((r["outcome"] for r in line["results"] if r["check"] == "off_profile"), None)
        for line in (*honest, odd)
    ]
    assert told == ["PASS"] * 10 + ["DOUBT"]


def test_of_very_many_copies_every_parcel_is_told():
    photo = a_photo(NEAR)
    copies = [PhotoFile(f"{n:03d}.jpg", photo, "N411321001") for n in range(250)]
    first, *_, last = lines([*copies, PhotoFile("z.jpg", photo, "N411321002")])
    for line, other in ((first, "N411321002"), (last, "N411321001")):
        reuse = next(r for r in line["results"] if r["check"] == "same_bytes")
        assert reuse["outcome"] == "FAIL"
        assert reuse["measured"]["elsewhere"] == [other]
    assert len(first["same_as"]) == 200

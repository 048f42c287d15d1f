"""The small modules one by one, in the browser that runs them."""

import hashlib
import io
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from field_app.widgets.place import parts_of
from models.geo import Position, bearing_to_deg, declination_deg, distance_to_m, moved
from photos.reading import read_evidence
from tests.browser.conftest import County
from tests.build import HERE, a_parcel

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(county: County, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=county.url)
    made = context.new_page()
    made.goto("/healthz")
    yield made
    context.close()


@pytest.fixture(scope="module")
def plain(county: County, browser: Browser) -> Iterator[Page]:
    """A page on plain http of another name than localhost: no secure context."""
    context = browser.new_context()
    made = context.new_page()
    port = county.url.rpartition(":")[2]
    made.route(
        "http://hecha.example/**",
        lambda route: route.fulfill(
            response=route.fetch(
                url=route.request.url.replace("http://hecha.example", f"http://127.0.0.1:{port}")
            )
        ),
    )
    made.goto("http://hecha.example/healthz")
    assert made.evaluate("isSecureContext") is False
    yield made
    context.close()


def call(page: Page, module: str, name: str, *args: Any) -> Any:
    return page.evaluate(
        "async ([m, n, a]) => (await import(`/assets/${m}`))[n](...a)", [module, name, list(args)]
    )


def digest(page: Page, name: str, data: bytes) -> str:
    found: str = page.evaluate(
        """async ([n, b]) => {
            const m = await import("/assets/js/sha256.js");
            return m[n](new Uint8Array(b).buffer);
        }""",
        [name, list(data)],
    )
    return found


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_001])
def test_our_own_sha256_agrees_with_the_standard_one(size: int, page: Page) -> None:
    data = random.Random(size).randbytes(size)
    expected = hashlib.sha256(data).hexdigest()
    assert digest(page, "sha256HexPlain", data) == expected
    assert digest(page, "sha256Hex", data) == expected


def test_on_plain_http_where_the_browser_has_no_sha256_a_photo_still_gets_its_name(
    plain: Page,
) -> None:
    assert plain.evaluate("globalThis.crypto?.subtle === undefined") is True
    assert digest(plain, "sha256Hex", b"field") == hashlib.sha256(b"field").hexdigest()


@pytest.mark.parametrize("bearing", range(0, 360, 40))
@pytest.mark.parametrize("away_m", [0.0, 3.0, 60.0, 800.0, 9000.0])
def test_the_way_on_the_phone_agrees_with_the_ellipsoid(
    bearing: int, away_m: float, page: Page
) -> None:
    import math

    parcel = a_parcel()
    angle = math.radians(bearing)
    at = moved(HERE, east_m=away_m * math.sin(angle), north_m=away_m * math.cos(angle))
    way = call(page, "js/geo.js", "wayTo", parts_of(parcel), [at.lon, at.lat])
    assert way["inside"] == (distance_to_m(parcel, at) == 0.0)
    assert way["distance_m"] == pytest.approx(distance_to_m(parcel, at), rel=2e-3, abs=0.05)
    expected = bearing_to_deg(parcel, at)
    if expected is None:
        assert way["bearing_deg"] is None
    else:
        assert abs((way["bearing_deg"] - expected + 180) % 360 - 180) < 1.0


def test_inside_a_hole_is_outside(page: Page) -> None:
    ring = a_parcel(side_m=100).difference(a_parcel(side_m=40))
    way = call(page, "js/geo.js", "wayTo", parts_of(ring), [HERE.lon, HERE.lat])
    assert way["inside"] is False
    assert way["distance_m"] == pytest.approx(20.0, abs=0.1)


@pytest.mark.parametrize(
    ("inside", "edge_m", "accuracy_m", "says"),
    [
        (True, 25.0, 8.0, "在地块内"),
        (True, 5.0, 8.0, "可能在地块内"),
        (False, 5.0, 8.0, "可能在地块内"),
        (False, 120.0, 8.0, "距地块 120 m"),
        (False, 20.0, 500.0, "可能在地块内"),
    ],
)
def test_inside_is_claimed_only_where_the_accuracy_allows_it(
    inside: bool, edge_m: float, accuracy_m: float, says: str, page: Page
) -> None:
    way = {
        "inside": inside,
        "edge_m": edge_m,
        "distance_m": 0.0 if inside else edge_m,
        "bearing_deg": None if inside else 45.0,
    }
    said = call(page, "widgets/way_to.js", "sayWay", way, accuracy_m)
    assert said["big"] == says
    if says.startswith("距"):
        assert "东北" in said["small"]


@pytest.mark.parametrize(
    ("angles", "heading", "pitch"),
    [
        ((0, 90, 0), 0, 0),  # upright, facing north
        ((270, 90, 0), 90, 0),  # turned east
        ((90, 90, 0), 270, 0),
        ((0, 60, 0), 0, -30),  # tilted towards the ground
        ((0, 0, 90), 270, 0),  # on its side, its back towards the west
    ],
)
def test_the_camera_looks_where_the_angles_say(
    angles: tuple[int, int, int], heading: float, pitch: float, page: Page
) -> None:
    look = call(page, "js/compass.js", "cameraLook", *angles)
    assert abs((look["heading_deg"] - heading + 180) % 360 - 180) < 0.01
    assert look["pitch_deg"] == pytest.approx(pitch, abs=0.01)


def test_a_camera_that_looks_straight_down_has_no_heading(page: Page) -> None:
    assert call(page, "js/compass.js", "cameraLook", 30, 0, 0)["heading_deg"] is None


def test_of_all_fixes_the_one_counts_that_says_most_about_the_moment(page: Page) -> None:
    shot = 1_000_000
    fixes = [
        {"lon": 1, "lat": 1, "accuracy_m": 5, "at": shot - 60_000},  # good, but 90 m of walking ago
        {"lon": 2, "lat": 2, "accuracy_m": 12, "at": shot - 4_000},
        {"lon": 3, "lat": 3, "accuracy_m": 80, "at": shot},
    ]
    assert call(page, "js/position.js", "fixAt", shot, fixes)["lon"] == 2
    assert call(page, "js/position.js", "fixAt", shot + 300_000, fixes) is None
    assert call(page, "js/position.js", "fixAt", shot, []) is None


def fix(east_m: float, accuracy_m: float, at_s: float) -> dict[str, float]:
    there: Position = moved(HERE, east_m=east_m)
    return {"lon": there.lon, "lat": there.lat, "accuracy_m": accuracy_m, "at": at_s * 1000}


def test_a_fix_is_kept_with_all_that_the_phone_said_and_nothing_that_it_did_not(page: Page) -> None:
    fix = {"lon": 112.43001371, "lat": 33.4, "accuracy_m": 8.04, "at": 0, "received_at": 1500}
    kept = call(page, "js/position.js", "asRecord", fix | {"speed_m_s": 0, "heading_deg": None})
    assert kept == {
        "lon": 112.4300137,
        "lat": 33.4,
        "accuracy_m": 8.04,
        "altitude_m": None,
        "altitude_accuracy_m": None,
        "speed_m_s": 0,
        "heading_deg": None,
        "fixed_at": "1970-01-01T00:00:00.000Z",
        "received_at": "1970-01-01T00:00:01.500Z",
    }


@pytest.mark.parametrize(
    ("told", "new", "worth"),
    [
        (None, fix(0, 50, 0), True),
        (fix(0, 8, 0), fix(4, 8, 60), False),
        (fix(0, 8, 0), fix(12, 8, 3), True),
        (fix(0, 8, 0), fix(25, 40, 3), False),  # a jump within its own error
        (fix(0, 40, 0), fix(2, 8, 5), False),
        (fix(0, 40, 0), fix(2, 8, 20), True),
    ],
)
def test_only_a_move_or_a_clearly_better_fix_is_worth_a_rerun(
    told: dict[str, float] | None, new: dict[str, float], worth: bool, page: Page
) -> None:
    assert call(page, "widgets/my_position.js", "worthTelling", told, new) is worth


JSON, HTML = "application/json", "text/html"


@pytest.mark.parametrize(
    ("status", "kind", "body", "ours", "means"),
    [
        (201, JSON, "{}", True, "ok"),
        (200, JSON, "[]", True, "ok"),
        (304, "", "", True, "ok"),
        (200, JSON, "{broken", True, "later"),
        (200, HTML, "<h1>portal</h1>", True, "later"),
        (200, HTML, "<h1>sign in</h1>", False, "sign-in"),
        (401, JSON, "{}", True, "sign-in"),
        (403, HTML, "<h1>portal</h1>", True, "later"),
        (413, HTML, "too large", True, "refused"),
        (422, JSON, '{"detail": "x", "retry": true}', True, "later"),
        (422, JSON, '{"detail": "x", "retry": false}', True, "refused"),
        (409, JSON, '{"detail": "x"}', True, "refused"),
        (409, JSON, '{"id": "other-person", "detail": "x"}', True, "other-person"),
        (429, HTML, "", True, "later"),
        (502, HTML, "bad gateway", True, "later"),
        (0, "", "", False, "later"),
    ],
)
def test_only_our_own_server_refuses_or_takes(
    status: int, kind: str, body: str, ours: bool, means: str, page: Page
) -> None:
    assert call(page, "js/api.js", "judge", status, kind, body, ours)["kind"] == means


RECEIPT = {"uuid": "u", "received_at": "2026-11-28T04:00:00Z", "sha256": "ab", "photo_held": True}


@pytest.mark.parametrize(
    ("receipt", "complete"),
    [
        (RECEIPT, True),
        (RECEIPT | {"sha256": "cd"}, False),
        (RECEIPT | {"photo_held": False}, False),
        (RECEIPT | {"uuid": "another"}, False),
        ({"sha256": "ab"}, False),
        (None, False),
    ],
)
def test_only_a_receipt_that_names_our_bytes_lets_a_photo_go(
    receipt: dict[str, Any] | None, complete: bool, page: Page
) -> None:
    row = {"uuid": "u", "type": "photo", "sha256": "ab"}
    assert call(page, "js/sending.js", "isComplete", receipt, row) is complete


def test_records_go_before_photos_and_the_oldest_first(page: Page) -> None:
    rows = [
        {"uuid": "refused", "state": "refused", "record_receipt": None},
        {"uuid": "old photo", "state": "waiting", "record_receipt": {}},
        {"uuid": "record", "state": "waiting", "record_receipt": None},
        {"uuid": "later record", "state": "waiting", "record_receipt": None},
    ]
    names = page.evaluate(
        """async (rows) => {
            const { nextOf } = await import("/assets/js/sending.js");
            const met = [];
            for (let row; (row = nextOf(rows, () => true)); ) {
                met.push(row.uuid);
                if (row.record_receipt) row.state = "delivered";
                else row.record_receipt = {};
            }
            return met;
        }""",
        rows,
    )
    assert names == ["record", "later record", "old photo", "record", "later record"]


def test_a_fresh_code_is_used_before_one_of_the_package_and_none_that_ends(page: Page) -> None:
    now = 1_800_000_000_000
    at = lambda s: datetime.fromtimestamp(now / 1000 + s, UTC).isoformat()  # noqa: E731
    codes = [
        {"code": "package", "offline": True, "expires_at": at(90_000)},
        {"code": "ends first", "offline": True, "expires_at": at(80_000)},
        {"code": "ending", "offline": False, "expires_at": at(5)},
        {"code": "fresh", "offline": False, "expires_at": at(500)},
    ]
    best = lambda some: call(page, "js/codes.js", "bestCode", some, now)  # noqa: E731
    assert best(codes)["code"] == "fresh"
    assert best(codes[:3])["code"] == "ends first"
    assert best(codes[2:3]) is None


def a_bare_jpeg() -> bytes:
    """As a canvas writes it: no Exif."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG")
    return out.getvalue()


SHOT_AT = datetime(2026, 4, 15, 2, 30, 5, 250_000, UTC)
POSITION = {
    "lon": 112.4311234, "lat": 33.4957321, "accuracy_m": 6.5, "altitude_m": 121.3,
    "altitude_accuracy_m": 3.0, "speed_m_s": 1.2, "heading_deg": 80.0,
    "fixed_at": "2026-04-15T02:30:03.000Z",
}  # fmt: skip


def test_a_shot_of_the_live_camera_says_by_itself_where_and_when_it_was_taken(page: Page) -> None:
    plain = a_bare_jpeg()
    facts = {
        "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e", "shot_at": SHOT_AT.timestamp() * 1000,
        "zone_offset_min": 480, "position": POSITION,
        "look": {"heading_deg": 271.5, "heading_ref": "M", "pitch_deg": -8.0,
                 "at": "2026-04-15T02:30:05.000Z", "accuracy_deg": None},
    }  # fmt: skip
    made = bytes(
        page.evaluate(
            """async ([b, facts]) => {
                const { writeExif } = await import("/assets/js/exif.js");
                return [...writeExif(new Uint8Array(b).buffer, facts)];
            }""",
            [list(plain), facts],
        )
    )
    assert made[:2] + made[-len(plain) + 2 :] == plain  # nothing else is touched
    found = read_evidence(made)
    assert found.position is not None
    assert found.position.lon == pytest.approx(POSITION["lon"], abs=2e-8)
    assert found.position.lat == pytest.approx(POSITION["lat"], abs=2e-8)
    assert found.position.accuracy_m == pytest.approx(6.5)
    assert found.altitude_m == pytest.approx(121.3)
    assert found.text("DateTimeOriginal") == "2026:04:15 10:30:05"
    assert found.text("OffsetTimeOriginal") == "+08:00"
    assert found.text("ImageUniqueID") == "0f8fad5bd9cb469fa16570867728950e"


def test_what_is_no_jpeg_is_left_as_it_is(page: Page) -> None:
    same = page.evaluate(
        """async () => {
            const { writeExif } = await import("/assets/js/exif.js");
            return [...writeExif(new Uint8Array([1, 2, 3, 4]).buffer, {})];
        }"""
    )
    assert same == [1, 2, 3, 4]


def test_the_server_s_new_answers_come_in_where_nothing_was_touched_here(page: Page) -> None:
    local = {
        "answers": {"a": "mine", "b": "old", "c": "old"}, "seen": {"a": "old", "b": "old", "c": "old"},
        "inspection": None, "edition_seen": 1,
    }  # fmt: skip
    server = {"answers": {"a": "theirs", "b": "new", "d": "new"}, "inspection": 7, "edition": 2}
    found = call(page, "js/visits.js", "broughtTogether", local, server)
    assert found["answers"] == {"a": "mine", "b": "new", "d": "new"}
    assert found["seen"] == {"a": "old", "b": "new", "d": "new"}
    assert found["inspection"] == 7
    assert call(page, "js/visits.js", "broughtTogether", found, server) is None


@pytest.mark.parametrize(
    ("east_m", "accuracy_m", "state"),
    [
        (0.0, 8.0, "inside"),
        (0.0, 80.0, "possible"),
        (28.0, 8.0, "possible"),
        (90.0, 8.0, "outside"),
    ],
)
def test_where_one_stands_is_said_as_far_as_the_accuracy_allows(
    east_m: float, accuracy_m: float, state: str, page: Page
) -> None:
    at = moved(HERE, east_m=east_m)
    here = {"lon": at.lon, "lat": at.lat, "accuracy_m": accuracy_m}
    found = call(page, "js/geo.js", "groundState", parts_of(a_parcel()), here)
    assert found["state"] == state
    assert found["metres"] == pytest.approx(abs(east_m - 25.0), abs=0.2)


def test_the_declination_that_the_arrow_takes_off_is_that_of_the_county() -> None:
    assert -7 < declination_deg(HERE, date(2026, 4, 15)) < -4


def test_a_track_of_a_fix_a_second_is_told_from_its_beginning_to_the_shot(page: Page) -> None:
    kept = call(page, "js/position.js", "thinned", list(range(120)), 30)
    assert (len(kept), kept[0], kept[-1]) == (30, 0, 119)
    assert max(b - a for a, b in pairwise(kept)) <= 5
    assert call(page, "js/position.js", "thinned", [7, 8, 9], 30) == [7, 8, 9]

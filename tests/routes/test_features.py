"""Layers for map programs, by OGC API – Features; GDAL itself opens them."""

import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from field_app.access import layers
from field_app.guard import Guard
from field_app.routes import answers, features, openapi, reading
from models.vocabulary import InspectionState, Role, Verdict
from tests import rows
from tests.conftest import environment
from tests.routes.test_openapi import schema
from tests.routes.test_reading import admin, client, get, token

__all__ = ["admin", "client", "get", "token"]

Get = Callable[..., Any]
OGC = "/api/ogc"


@pytest.fixture
def county(client: TestClient) -> None:
    """Three parcels, one of them with a visit, a finding and two photos; one photo in a draft."""
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    first = rows.a_parcel_row(number="N1")
    for n in (2, 3):
        at = rows.geo.moved(rows.HERE, east_m=1000.0 * n, north_m=0.0)
        rows.a_parcel_row(at, number=f"N{n}")
    task = rows.a_task(first)
    rows.a_submitted_inspection(who, task_id=task)
    draft = rows.an_inspection(who, task, state=InspectionState.DRAFT)
    rows.a_photo_row(draft)


def test_the_landing_page_leads_to_all_there_is(get: Get) -> None:
    told = get(f"{OGC}/").json()
    links = {link["rel"]: link for link in told["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    assert links["service-desc"]["href"].endswith("/api/v1/openapi.json")
    for link in links.values():
        assert link["href"].startswith("http://testserver/")
    conforms = get(f"{OGC}/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    assert get(OGC).status_code == 308


def test_links_name_the_address_that_users_type(get: Get) -> None:
    with environment(PUBLIC_URL="https://hecha.example/"):
        told = get(f"{OGC}/collections").json()
    hrefs = [x["href"] for c in told["collections"] for x in c["links"]]
    assert all(href.startswith("https://hecha.example/api/ogc/") for href in hrefs)


def test_each_collection_says_where_it_lies_and_in_which_coordinates(
    get: Get, county: None
) -> None:
    told = {c["id"]: c for c in get(f"{OGC}/collections").json()["collections"]}
    assert list(told) == ["parcels", "findings", "photos"]
    ((west, south, east, north),) = told["parcels"]["extent"]["spatial"]["bbox"]
    assert west < rows.HERE.lon < east
    assert south < rows.HERE.lat < north
    assert told["parcels"]["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    alone = get(f"{OGC}/collections/photos").json()
    assert alone == told["photos"]


def test_features_are_geojson_with_their_outline_the_right_way_round(
    get: Get, county: None
) -> None:
    answer = get(f"{OGC}/collections/parcels/items")
    assert answer.headers["content-type"] == "application/geo+json"
    told = answer.json()
    assert (told["type"], told["numberMatched"], told["numberReturned"]) == (
        "FeatureCollection", 3, 3
    )  # fmt: skip
    assert told["timeStamp"].endswith("Z")
    first = told["features"][0]
    shape = shapely.from_geojson(json.dumps(first["geometry"]))
    assert shape.exterior.is_ccw
    assert shape.equals(rows.a_square())
    assert first["properties"]["number"] == "N1"
    alone = get(f"{OGC}/collections/parcels/items/{first['id']}").json()
    assert (alone["geometry"], alone["properties"]) == (first["geometry"], first["properties"])
    assert {link["rel"] for link in alone["links"]} == {"self", "collection"}


def test_pages_are_linked_to_the_end(
    get: Get, county: None, client: TestClient, token: str
) -> None:
    seen: list[int] = []
    following: str | None = f"{OGC}/collections/parcels/items?limit=2"
    while following:
        told = client.get(following, headers={"Authorization": f"Bearer {token}"}).json()
        seen += [f["id"] for f in told["features"]]
        links = {link["rel"]: link["href"] for link in told["links"]}
        assert links["self"].endswith(following.removeprefix("http://testserver"))
        following = links.get("next")
    assert len(seen) == len(set(seen)) == 3


def test_a_window_and_a_filter_narrow_a_layer(get: Get, county: None) -> None:
    at, items = rows.HERE, f"{OGC}/collections/{{}}/items"
    window = f"{at.lon - 0.002},{at.lat - 0.002},{at.lon + 0.002},{at.lat + 0.002}"
    for layer, count in (("parcels", 1), ("findings", 1), ("photos", 2)):
        told = get(items.format(layer), bbox=window).json()
        assert (layer, told["numberMatched"]) == (layer, count)
    elsewhere = "10,10,11,11"
    assert get(items.format("photos"), bbox=elsewhere).json()["numberMatched"] == 0
    with_heights = f"{at.lon - 0.002},{at.lat - 0.002},0,{at.lon + 0.002},{at.lat + 0.002},900"
    assert get(items.format("parcels"), bbox=with_heights).json()["numberMatched"] == 1
    round_the_world = "100,-10,-100,80"  # across the date line
    assert get(items.format("parcels"), bbox=round_the_world).json()["numberMatched"] == 3
    assert get(items.format("parcels"), number="N2").json()["numberMatched"] == 1
    assert get(items.format("photos"), verdict=str(Verdict.DOUBTFUL)).json()["features"] == []


def test_photos_are_asked_by_when_they_were_taken(get: Get, county: None, noon: datetime) -> None:
    items = f"{OGC}/collections/photos/items"
    taken = (noon - timedelta(hours=1)).isoformat()
    for asked, count in (
        (taken, 2),
        (f"{taken}/{noon.isoformat()}", 2),
        (f"../{taken}", 2),
        (f"{noon.isoformat()}/..", 0),
        (f"/{(noon - timedelta(days=1)).isoformat()}", 0),
    ):
        assert (asked, get(items, datetime=asked).json()["numberMatched"]) == (asked, count)
    # A layer without a time of its own gives all, as the standard has it.
    parcels = get(f"{OGC}/collections/parcels/items", datetime=f"{noon.isoformat()}/..")
    assert parcels.json()["numberMatched"] == 3


@pytest.mark.parametrize(
    "query",
    [{"datetime": "x"}, {"datetime": "/"}, {"crs": "EPSG:4490"}, {"f": "html"}, {"bbox": "1"}],
)
def test_what_is_not_understood_is_a_400(get: Get, county: None, query: dict[str, str]) -> None:
    assert get(f"{OGC}/collections/photos/items", **query).status_code == 400
    assert get(f"{OGC}/", colour="red").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/collections/people",
        "/collections/people/items",
        "/collections/parcels/items/999",
        "/collections/parcels/items/x",
        "/collections/parcels/items/99999999999999999999",
    ],
)
def test_what_is_not_there_is_a_404(get: Get, county: None, path: str) -> None:
    assert get(OGC + path).status_code == 404


def test_a_photo_that_was_removed_or_not_handed_in_is_on_no_map(get: Get, county: None) -> None:
    assert get(f"{OGC}/collections/photos/items").json()["numberMatched"] == 2


def test_more_than_can_be_counted_are_not_counted(
    get: Get, county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "COUNT_MOST", 2)
    told = get(f"{OGC}/collections/parcels/items").json()
    assert "numberMatched" not in told
    assert told["numberReturned"] == 3


# --- with GDAL -------------------------------------------------------------------------------


@pytest.fixture
def served(client: TestClient, token: str) -> Iterator[str]:
    """The same routes on a real port of this machine, for a program of another house."""
    app = Starlette(
        routes=[*reading.ROUTES, *features.ROUTES, *openapi.ROUTES],
        middleware=[Middleware(Guard)],
        exception_handlers=dict(answers.HANDLERS),
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"OAPIF:http://127.0.0.1:{port}{OGC}"
    server.should_exit = True
    thread.join(10)


# In a process of its own: GDAL waits for its answers without letting other threads run.
_GDAL = """
import json, sys
import pyogrio, shapely
where, user, asked = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
asked = {name: tuple(value) if name == "bbox" else value for name, value in asked.items()}
pyogrio.set_gdal_config_options({"GDAL_HTTP_USERPWD": user, "GDAL_HTTP_AUTH": "BASIC"})
found = {}
for name, _ in pyogrio.list_layers(where):
    info = pyogrio.read_info(where, layer=name, force_feature_count=True)
    meta, _, shapes, fields = pyogrio.raw.read(where, layer=name, **asked)
    found[name] = {
        "count": info["features"],
        "read": len(shapes),
        "kinds": sorted({shapely.from_wkb(shape).geom_type for shape in shapes}),
        "crs": meta["crs"],
        "numbers": sorted(map(str, dict(zip(meta["fields"], fields)).get("number", []))),
    }
print(json.dumps(found))
"""


def gdal(where: str, token: str, **asked: Any) -> subprocess.CompletedProcess[str]:
    """What GDAL reads of all layers, with the token as the password of Basic, as QGIS sends it."""
    return subprocess.run(
        [sys.executable, "-c", _GDAL, where, f"qgis:{token}", json.dumps(asked)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_gdal_opens_the_layers_and_counts_what_we_count(
    served: str, token: str, county: None
) -> None:
    done = gdal(served, token)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"parcels", "findings", "photos"}
    for layer, kind, count in (
        ("parcels", "Polygon", 3),
        ("findings", "Polygon", 1),
        ("photos", "Point", 2),
    ):
        told = found[layer]
        assert (told["count"], told["read"], told["kinds"]) == (count, count, [kind])
        assert told["crs"] in ("OGC:CRS84", "EPSG:4326")


def test_gdal_reads_a_layer_of_many_pages_whole_and_a_window_of_it(served: str, token: str) -> None:
    for n in range(25):
        at = rows.geo.moved(rows.HERE, east_m=100.0 * n, north_m=0.0)
        rows.a_parcel_row(at, number=f"M{n:02d}")
    whole = json.loads(gdal(served, token, PAGE_SIZE="10").stdout)["parcels"]
    assert whole["numbers"] == [f"M{n:02d}" for n in range(25)]
    at = rows.HERE
    box = (at.lon - 0.0001, at.lat - 0.0001, at.lon + 0.0001, at.lat + 0.0001)
    assert json.loads(gdal(served, token, bbox=box).stdout)["parcels"]["numbers"] == ["M00"]


def test_gdal_without_a_token_gets_nothing(served: str, county: None) -> None:
    done = gdal(served, "guess")
    assert done.returncode != 0
    assert done.stdout == ""


def ogr(program: str, token: str, *given: str) -> subprocess.CompletedProcess[str]:
    """One of Debian's own GDAL programs, as an office of surveyors has them: another GDAL than the
    one in our wheels, and years older."""
    signs_in = (
        "--config",
        "GDAL_HTTP_USERPWD",
        f"qgis:{token}",
        "--config",
        "GDAL_HTTP_AUTH",
        "BASIC",
    )
    return subprocess.run(
        [program, *signs_in, *given], capture_output=True, text=True, check=False, timeout=120
    )


def test_ogrinfo_lists_the_layers_and_counts_what_we_count(
    served: str, token: str, county: None
) -> None:
    done = ogr("ogrinfo", token, "-ro", "-so", "-al", served)
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^Layer name: (.+)$", done.stdout, re.MULTILINE)
    counts = re.findall(r"^Feature Count: (\d+)$", done.stdout, re.MULTILINE)
    kinds = re.findall(r"^Geometry: (.+)$", done.stdout, re.MULTILINE)
    assert dict(zip(names, zip(counts, kinds, strict=True), strict=True)) == {
        "parcels": ("3", "Polygon"),
        "findings": ("1", "Polygon"),
        "photos": ("2", "Point"),
    }


def test_ogr2ogr_carries_a_layer_of_many_pages_into_a_geopackage(
    served: str, token: str, tmp_path: Path
) -> None:
    for n in range(25):
        at = rows.geo.moved(rows.HERE, east_m=100.0 * n, north_m=0.0)
        rows.a_parcel_row(at, number=f"M{n:02d}")
    file = tmp_path / "county.gpkg"
    done = ogr("ogr2ogr", token, "-f", "GPKG", str(file), served, "parcels", "-oo", "PAGE_SIZE=10")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(file) as taken:
        numbers = [n for (n,) in taken.execute("SELECT number FROM parcels ORDER BY number")]
    taken.close()
    assert numbers == [f"M{n:02d}" for n in range(25)]


def test_what_is_answered_fits_the_description(get: Get, county: None) -> None:
    for path, name in (
        ("/api/v1/entries", "Items"),
        ("/api/v1/parcels", "Items"),
        (f"{OGC}/", "Landing"),
        (f"{OGC}/conformance", "Conformance"),
        (f"{OGC}/collections", "Collections"),
        (f"{OGC}/collections/parcels", "Collection"),
        (f"{OGC}/collections/parcels/items", "Features"),
        (f"{OGC}/collections/photos/items", "Features"),
        (f"{OGC}/collections/parcels/items/1", "Feature"),
        (f"{OGC}/collections/parcels/items/999", "Problem"),
    ):
        schema(name).validate(get(path).json())

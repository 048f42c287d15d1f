"""OGC API – Features, Part 1: core with GeoJSON, under `/api/ogc/`, so that QGIS, ArcGIS and GDAL
open parcels, findings and photo points as layers (OGC 17-069r4). Coordinates are CRS84: longitude,
latitude. Ours are CGCS2000, which lies within a decimetre of WGS 84 and is given as it is."""

from typing import Any

import shapely
from anyio import to_thread
from shapely.geometry import mapping
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from field_app import clock
from field_app.access import asking, layers
from field_app.access.layers import Item, Layer
from field_app.access.reader import Reader
from field_app.access.register import COLLECTIONS
from field_app.problems import NOT_FOUND
from field_app.routes.reading import (
    NO_STORE,
    base_of,
    challenged,
    next_link,
    query_of,
    who_reads,
)
from field_app.settings import settings

Json = dict[str, Any]

ROOT = "/api/ogc"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
CONFORMS = tuple(
    f"http://www.opengis.net/spec/ogcapi-{part}"
    for part in (
        "common-1/1.0/conf/core",
        "common-2/1.0/conf/collections",
        "features-1/1.0/conf/core",
        "features-1/1.0/conf/geojson",
    )
)


class _GeoJson(JSONResponse):
    media_type = GEOJSON


def _link(request: Request, path: str, rel: str, kind: str, title: str) -> Json:
    return {"href": f"{base_of(request)}{path}", "rel": rel, "type": kind, "title": title}


def _only_format(request: Request) -> None:
    """Refuses parameters that mean nothing here; `f` may ask for what is answered anyway."""
    asking.wanted(query_of(request), {}, known=("f",))


async def landing(request: Request) -> Response:
    """What there is here, and where."""
    await who_reads(request)
    _only_format(request)
    links = [
        _link(request, f"{ROOT}/", "self", "application/json", "本页"),
        _link(request, "/api/v1/openapi.json", "service-desc", OPENAPI, "接口说明"),
        _link(request, f"{ROOT}/conformance", "conformance", "application/json", "符合的标准"),
        _link(request, f"{ROOT}/collections", "data", "application/json", "图层"),
    ]
    title = f"{settings().county_name}实地核查"
    return JSONResponse(
        {"title": title, "description": "地块、问题线索和照片位置", "links": links},
        headers=NO_STORE,
    )


async def conformance(request: Request) -> Response:
    await who_reads(request)
    _only_format(request)
    return JSONResponse({"conformsTo": list(CONFORMS)}, headers=NO_STORE)


async def collections(request: Request) -> Response:
    """The layers that this reader may read."""
    who = await who_reads(request)
    _only_format(request)
    told = [_collection(request, layer) for layer in COLLECTIONS if who.may(layer)]
    links = [_link(request, f"{ROOT}/collections", "self", "application/json", "本页")]
    return JSONResponse({"links": links, "collections": told}, headers=NO_STORE)


async def collection(request: Request) -> Response:
    layer = _layer(request, await who_reads(request))
    _only_format(request)
    return JSONResponse(_collection(request, layer), headers=NO_STORE)


def _collection(request: Request, layer: Layer) -> Json:
    here = f"{ROOT}/collections/{layer.name}"
    return {
        "id": layer.name,
        "title": layer.title,
        "description": layer.description,
        "extent": {"spatial": {"bbox": [list(settings().county_box)], "crs": CRS84}},
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            _link(request, here, "self", "application/json", layer.title),
            _link(request, f"{here}/items", "items", GEOJSON, layer.title),
        ],
    }


async def items(request: Request) -> Response:
    """A page of a layer as a GeoJSON FeatureCollection."""
    layer = _layer(request, await who_reads(request))
    query = query_of(request)
    wanted = asking.wanted(
        query, layer.reads, known=("bbox", "datetime", "limit", "cursor", "f"), geometry=True
    )
    page = await to_thread.run_sync(lambda: layers.page(layer, wanted, count=True))
    features = await to_thread.run_sync(lambda: [_feature(item) for item in page.items])
    here = f"{ROOT}/collections/{layer.name}"
    links = [
        {**_link(request, "", "self", GEOJSON, "本页"), "href": _this(request)},
        _link(request, here, "collection", "application/json", layer.title),
    ]
    if page.after is not None:
        after = {**_link(request, "", "next", GEOJSON, "下一页")}
        links.append(after | {"href": next_link(request, query, page.after)})
    told: Json = {
        "type": "FeatureCollection",
        "features": features,
        "links": links,
        "timeStamp": clock.now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberReturned": len(features),
    }
    # The standard lets it out where counting costs too much.
    if page.matched is not None:
        told["numberMatched"] = page.matched
    return _GeoJson(told, headers=NO_STORE)


async def item(request: Request) -> Response:
    """One feature."""
    layer = _layer(request, await who_reads(request))
    _only_format(request)
    number = _number(request.path_params["item"])
    found = None
    if number is not None:
        found = await to_thread.run_sync(lambda: layers.one(layer, number, geometry=True))
    if found is None:
        raise NOT_FOUND(what=layer.title)
    here = f"{ROOT}/collections/{layer.name}"
    links = [
        _link(request, f"{here}/items/{number}", "self", GEOJSON, layer.title),
        _link(request, here, "collection", "application/json", layer.title),
    ]
    return _GeoJson({**_feature(found), "links": links}, headers=NO_STORE)


def _number(text: str) -> int | None:
    """The id in an address that anybody may have typed; None where there can be none."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 10:
        return None
    return int(text) if int(text) <= asking.MAX_ID else None


def _feature(item: Item) -> Json:
    shape = item.geometry
    # Outer rings counter-clockwise, as RFC 7946 asks for.
    drawn = None if shape is None else mapping(shapely.orient_polygons(shape))
    told = {k: v for k, v in item.properties.items() if k not in ("id", "bbox")}
    return {"type": "Feature", "id": item.id, "geometry": drawn, "properties": told}


def _this(request: Request) -> str:
    asked = f"?{request.url.query}" if request.url.query else ""
    return f"{base_of(request)}{request.url.path}{asked}"


def _layer(request: Request, who: Reader) -> Layer:
    for layer in COLLECTIONS:
        if layer.name == request.path_params["collection"]:
            who.require(layer)
            return layer
    raise NOT_FOUND(what="这个图层")


async def _with_slash(_request: Request) -> Response:
    return RedirectResponse(f"{ROOT}/", status_code=308)


_COLLECTION = f"{ROOT}/collections/{{collection}}"
ROUTES = [
    Route(ROOT, _with_slash, methods=["GET"]),
    Route(f"{ROOT}/", challenged(landing), methods=["GET"]),
    Route(f"{ROOT}/conformance", challenged(conformance), methods=["GET"]),
    Route(f"{ROOT}/collections", challenged(collections), methods=["GET"]),
    Route(_COLLECTION, challenged(collection), methods=["GET"]),
    Route(f"{_COLLECTION}/items", challenged(items), methods=["GET"]),
    Route(f"{_COLLECTION}/items/{{item}}", challenged(item), methods=["GET"]),
]

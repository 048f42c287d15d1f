"""The part of the OpenAPI document that tells of other systems: lists, layers for maps, and the
answers that they call us with."""

from typing import Any

from field_app import problems
from field_app.access.asking import FORMATS, LIMIT, LIMIT_MAX
from field_app.access.layers import Layer
from field_app.access.register import COLLECTIONS, LISTS
from field_app.routes.openapi_parts import MOMENT, Json, answer, ref, refusals
from field_app.sync.protocol import MOST_ANSWERS

_READS = (
    problems.TOKEN_NEEDED,
    problems.TOO_MANY_TRIES,
    problems.OUT_OF_SCOPE,
    problems.NOT_ALLOWED,
    problems.PASSWORD_CHANGE_NEEDED,
    problems.BAD_QUERY,
    problems.BUSY,
    problems.CRASHED,
)
_TOKENS: list[Json] = [{"token": []}, {"tokenAsPassword": []}, {"session": []}]


def security() -> Json:
    """The ways to say who reads."""
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "管理员在“令牌”页发放"},
        "tokenAsPassword": {
            "type": "http",
            "scheme": "basic",
            "description": "用户名任意，密码填令牌；供 QGIS、ArcGIS 等使用",
        },
    }


def schemas() -> Json:
    """What these routes answer with and take."""
    link = {
        "type": "object",
        "required": ["href", "rel"],
        "properties": {n: {"type": "string"} for n in ("href", "rel", "type", "title")},
    }
    links: Json = {"type": "array", "items": ref("Link")}
    feature = {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "integer"},
            "geometry": {"type": ["object", "null"], "description": "GeoJSON，CRS84（经度、纬度）"},
            "properties": {"type": "object"},
            "links": links,
        },
    }
    return {
        "Link": link,
        "Items": {
            "type": "object",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["string", "null"], "description": "下一页的地址；没有时为 null"},
            },
        },
        "Feature": feature,
        "Features": {
            "type": "object",
            "required": ["type", "features", "links", "timeStamp", "numberReturned"],
            "properties": {
                "type": {"const": "FeatureCollection"},
                "features": {"type": "array", "items": ref("Feature")},
                "links": links,
                "timeStamp": MOMENT,
                "numberReturned": {"type": "integer"},
                "numberMatched": {"type": "integer", "description": "太多时不给"},
            },
        },
        "Landing": {
            "type": "object",
            "required": ["links"],
            "properties": {
                "title": {"type": "string"},
                "description": {"type": "string"},
                "links": links,
            },
        },
        "Conformance": {
            "type": "object",
            "required": ["conformsTo"],
            "properties": {"conformsTo": {"type": "array", "items": {"type": "string"}}},
        },
        "Collection": {
            "type": "object",
            "required": ["id", "links", "extent", "crs"],
            "properties": {
                "id": {"type": "string"},
                "title": {"type": "string"},
                "description": {"type": "string"},
                "itemType": {"const": "feature"},
                "extent": {"type": "object"},
                "crs": {"type": "array", "items": {"type": "string"}},
                "links": links,
            },
        },
        "Collections": {
            "type": "object",
            "required": ["links", "collections"],
            "properties": {
                "links": links,
                "collections": {"type": "array", "items": ref("Collection")},
            },
        },
        "Answers": {
            "type": "object",
            "description": "对方对我们的条目的答复，见 docs/sync.md。",
            "required": ["answers"],
            "properties": {
                "answers": {
                    "type": "array",
                    "maxItems": MOST_ANSWERS,
                    "items": {
                        "type": "object",
                        "required": ["number"],
                        "properties": {
                            "number": {"type": "string", "description": "我们的问题编号"},
                            "their_number": {"type": "string", "maxLength": 60},
                            "their_state": {"type": "string", "maxLength": 20},
                            "words": {"type": "string"},
                            "edition": {"type": "integer", "minimum": 1},
                            "version": {"type": "integer", "minimum": 0},
                        },
                    },
                }
            },
        },
        "Taken": {
            "type": "object",
            "required": ["taken"],
            "properties": {"taken": {"type": "integer", "description": "有新内容的答复有几条"}},
        },
    }


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


_F = _query("f", {"type": "string", "enum": list(FORMATS)}, "不影响结果")
_BBOX = _query(
    "bbox",
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    "西,南,东,北（度，CRS84）",
) | {"style": "form", "explode": False}
_PAGING = [
    _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
        "一页最多几条",
    ),
    _query("cursor", {"type": "string"}, "上一页给出的位置"),
]


def _filters(layer: Layer) -> list[Json]:
    return [_query(name, {"type": "string"}, f"只要 {name} 为此值的") for name in layer.filters]


def _get(name: str, summary: str, parameters: list[Json], answered: Json, *more: Any) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "security": _TOKENS,
        "parameters": parameters,
        "responses": {"200": answered, **refusals(*_READS, *more)},
    }


def _list(layer: Layer) -> Json:
    since = _query("updated_since", MOMENT, "只要此刻以后变过的")
    parameters = [*_filters(layer), since, *([_BBOX] if layer.boxed else []), *_PAGING]
    name = f"list{layer.name.title()}"
    return {"get": _get(name, f"{layer.title}列表", parameters, answer("一页", ref("Items")))}


def _collection() -> tuple[Json, Json]:
    named = {
        "name": "collection",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": [layer.name for layer in COLLECTIONS]},
    }
    item = {"name": "item", "in": "path", "required": True, "schema": {"type": "integer"}}
    return named, item


def paths() -> Json:
    """The lists, the layers, and the door for answers."""
    named, item = _collection()
    lists = {f"/api/v1/{layer.name}": _list(layer) for layer in LISTS}
    when = _query(
        "datetime", {"type": "string"}, "时刻或区间（RFC 3339），区间用 / 分开，一端可为 .."
    )
    geojson, absent = "application/geo+json", problems.NOT_FOUND
    filters: dict[str, Json] = {f["name"]: f for layer in COLLECTIONS for f in _filters(layer)}
    of_items = [_BBOX, when, *_PAGING, _F, *filters.values()]
    one = "/api/ogc/collections/{collection}"
    layers: Json = {
        "/api/ogc/": {
            "get": _get("getLanding", "OGC API 首页", [_F], answer("首页", ref("Landing")))
        },
        "/api/ogc/conformance": {
            "get": _get("getConformance", "符合的标准", [_F], answer("标准", ref("Conformance")))
        },
        "/api/ogc/collections": {
            "get": _get("getCollections", "图层", [_F], answer("图层", ref("Collections")))
        },
        one: {
            "parameters": [named],
            "get": _get(
                "getCollection", "一个图层", [_F], answer("图层", ref("Collection")), absent
            ),
        },
        f"{one}/items": {
            "parameters": [named],
            "get": _get(
                "getFeatures",
                "图层的要素",
                of_items,
                answer("一页", ref("Features"), geojson),
                absent,
            ),
        },
        f"{one}/items/{{item}}": {
            "parameters": [named, item],
            "get": _get(
                "getFeature", "一个要素", [_F], answer("要素", ref("Feature"), geojson), absent
            ),
        },
    }
    return lists | layers | {"/api/v1/sync/answers": {"post": _answers()}}


def _answers() -> Json:
    header = {"in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "operationId": "postAnswers",
        "summary": "其他系统推送对条目的答复",
        "description": "不用登录：整个请求以共同的密钥签名。重复推送无害。",
        "security": [],
        "parameters": [
            header | {"name": "X-Sync-Timestamp", "description": "1970 年以来的秒数"},
            header
            | {
                "name": "X-Sync-Signature",
                "description": "sha256= 加上“秒数.正文”的 HMAC-SHA256（十六进制）",
            },
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ref("Answers")}},
        },
        "responses": {
            "200": answer("已读", ref("Taken")),
            **refusals(
                problems.BAD_SIGNATURE,
                problems.BAD_ANSWERS,
                problems.CHANGED_MEANWHILE,
                problems.BUSY,
                problems.CRASHED,
                problems.CROSS_SITE,
            ),
        },
    }

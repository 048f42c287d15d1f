"""The description of `/api/v1` in OpenAPI 3.1, at `/api/v1/openapi.json`.

Written by hand beside the routes: a test compares it with the routes that are really there, and
with the refusals that are really declared.
"""

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from field_app import problems
from field_app.routes import openapi_field, openapi_reading
from field_app.routes.assets import url
from field_app.routes.openapi_parts import (
    DATABASE,
    EVERYWHERE,
    MOMENT,
    SHA256,
    Json,
    answer,
    declared_problems,
    ref,
    refusals,
    words,
)
from models.vocabulary import Grade, PhotoKind, Role, Verdict


def _schemas() -> Json:
    return {
        "Problem": {
            "type": "object",
            "description": "RFC 9457。`detail` 给人看，`id` 给程序判断；`retry` 为 true 时原样重发可能成功。",
            "required": ["type", "id", "title", "status", "detail", "retry"],
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "id": {"type": "string", "enum": [kind.id for kind in declared_problems()]},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "retry": {"type": "boolean"},
                "instance": {"type": "string"},
                "facts": {"type": "object"},
            },
        },
        "Person": {
            "type": "object",
            "required": ["name", "display", "role"],
            "properties": {
                "name": {"type": "string"},
                "display": {"type": "string"},
                "role": {"type": "string", "enum": words(Role)},
            },
        },
        "Capture": {
            "type": "object",
            "description": "X-Capture 请求头（base64url 的 JSON）：拍摄页面在拍摄时所知道的情况。",
            "properties": {
                "source": {
                    "type": "string",
                    "enum": ["camera", "file"],
                    "description": "camera：在本系统页面点“拍照”现拍；file：选择已有文件，位置只作参考",
                },
                "lon": {"type": "number", "minimum": -180, "maximum": 180},
                "lat": {"type": "number", "minimum": -90, "maximum": 90},
                "accuracy_m": {"type": "number", "minimum": 0, "description": "米"},
                "fixed_at": {**MOMENT, "description": "定位本身的时刻"},
                "heading_deg": {"type": "number", "minimum": 0, "maximum": 360},
                "heading_ref": {"type": "string", "enum": ["M", "T", ""]},
                "heading_at": MOMENT,
                "pitch_deg": {"type": "number", "minimum": -90, "maximum": 90},
                "opened_at": {**MOMENT, "description": "点按钮的时刻"},
                "shot_at": {**MOMENT, "description": "页面推定的快门时刻"},
                "chosen_at": {**MOMENT, "description": "页面拿到文件的时刻"},
                "device_time": {**MOMENT, "description": "发送时手机的钟"},
                "zone_offset_min": {"type": "integer", "description": "东于 UTC 的分钟数"},
                "file_modified_at": {"type": ["string", "null"], "format": "date-time"},
                "file_name": {"type": "string", "description": "文件名；只记末尾 120 个字符"},
            },
        },
        "Receipt": {
            "type": "object",
            "description": "回执：照片已入库。`verdict` 等在指明核查时给出。",
            "required": ["sha256", "received_at"],
            "properties": {
                "sha256": SHA256,
                "received_at": MOMENT,
                "photo_held": {"type": "boolean", "const": True},
                "photo_id": {"type": ["integer", "null"]},
                "grade": {"type": "string", "enum": ["", *words(Grade)]},
                "verdict": {"type": "string", "enum": ["", *words(Verdict)]},
                "sentences": {"type": "array", "items": {"type": "string"}},
            },
        },
        "Held": {
            "type": "object",
            "required": ["sha256", "size", "media_type", "received_at", "uses"],
            "properties": {
                "sha256": SHA256,
                "size": {"type": "integer", "minimum": 1},
                "media_type": {"type": "string"},
                "received_at": MOMENT,
                "uses": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["photo_id", "inspection", "kind", "grade", "verdict"],
                        "properties": {
                            "photo_id": {"type": "integer"},
                            "inspection": {"type": "integer"},
                            "kind": {"type": "string"},
                            "grade": {"type": "string"},
                            "verdict": {"type": "string"},
                        },
                    },
                },
            },
        },
    }


def _photo_paths() -> Json:
    name: Json = {
        "name": "sha256",
        "in": "path",
        "required": True,
        "schema": SHA256,
        "description": "照片内容的 SHA-256，小写十六进制",
    }
    put: Json = {
        "operationId": "putPhoto",
        "summary": "上传一张照片（原始字节）",
        "description": "重复上传无害：同一核查中再次上传得到同一张回执（200）。",
        "parameters": [
            {
                "name": "inspection",
                "in": "query",
                "schema": {"type": "integer", "minimum": 0},
                "description": "核查编号；省略则只入库、不检查",
            },
            {
                "name": "kind",
                "in": "query",
                "schema": {"type": "string", "enum": words(PhotoKind)},
                "description": "照片种类；指明核查时必填",
            },
            {
                "name": "capture",
                "in": "query",
                "schema": {"type": "string", "format": "uuid"},
                "description": "照片所属的采集记录（见 putCapture）；回执同时是该采集的回执",
            },
            {
                "name": "X-Capture",
                "in": "header",
                "schema": {"type": "string"},
                "description": "base64url 编码的 JSON，见 Capture",
            },
        ],
        "requestBody": {
            "required": True,
            "content": {"image/jpeg": {}, "image/heic": {}, "application/octet-stream": {}},
        },
        "responses": {
            "201": answer("第一次收到", ref("Receipt")),
            "200": answer("已经收过", ref("Receipt")),
            **refusals(
                *EVERYWHERE,
                *DATABASE,
                problems.PASSWORD_CHANGE_NEEDED,
                problems.NOT_ALLOWED,
                problems.NOT_YOURS,
                problems.CROSS_SITE,
                problems.NOT_FOUND,
                problems.NOT_OPEN,
                problems.TOO_MANY_PHOTOS,
                problems.PHOTO_TOO_LARGE,
                problems.NOT_A_SHA256,
                problems.NOT_A_UUID,
                problems.OTHER_PERSON,
                problems.HASH_MISMATCH,
                problems.EMPTY_PHOTO,
                problems.BAD_INPUT,
                problems.BAD_CAPTURE,
                problems.NO_SUCH_KIND,
            ),
        },
    }
    get: Json = {
        "operationId": "getPhotoReceipt",
        "summary": "本人上传的这张照片是否已入库",
        "responses": {
            "200": answer("已入库", ref("Held")),
            **refusals(
                *EVERYWHERE,
                *DATABASE,
                problems.PASSWORD_CHANGE_NEEDED,
                problems.NOT_FOUND,
                problems.NOT_A_SHA256,
            ),
        },
    }
    return {"/api/v1/photos/{sha256}": {"parameters": [name], "put": put, "get": get}}


def _small_paths() -> Json:
    me: Json = {
        "operationId": "getMe",
        "summary": "当前登录的是谁",
        "responses": {
            "200": answer("已登录", ref("Person")),
            **refusals(*EVERYWHERE),
        },
    }
    document: Json = {
        "operationId": "getOpenApi",
        "summary": "本接口说明",
        "security": [],
        "responses": {
            "200": answer("OpenAPI 3.1", {"type": "object"}),
            **refusals(problems.CRASHED),
        },
    }
    return {"/api/v1/me": {"get": me}, "/api/v1/openapi.json": {"get": document}}


@lru_cache(maxsize=1)
def document() -> Json:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "实地核查接口",
            "version": "1",
            "description": "登录后凭会话 Cookie 使用（POST /login）；只读的列表和图层也可凭令牌。拒绝一律为 application/problem+json。",
            "x-logo": {"url": url("icons/icon-192.png")},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": []}],
        "paths": {
            **_photo_paths(),
            **openapi_field.paths(),
            **openapi_reading.paths(),
            **_small_paths(),
        },
        "components": {
            "schemas": _schemas() | openapi_field.schemas() | openapi_reading.schemas(),
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "shidi_session"},
                **openapi_reading.security(),
            },
        },
    }


async def openapi(_request: Request) -> Response:
    return JSONResponse(document(), headers={"Cache-Control": "no-cache"})


ROUTES = [Route("/api/v1/openapi.json", openapi, methods=["GET"])]

"""The part of the OpenAPI document that tells of work in the field: time, devices, codes, the
offline package."""

from typing import Any

from field_app import problems
from field_app.captures.codes import MOST_OFFLINE, MOST_ONLINE
from field_app.captures.package import MOST_TASKS
from field_app.routes.openapi_parts import (
    DATABASE,
    EVERYWHERE,
    MOMENT,
    SHA256,
    Json,
    answer,
    ref,
    refusals,
)

_INSPECTOR = (*EVERYWHERE, *DATABASE, problems.PASSWORD_CHANGE_NEEDED, problems.NOT_ALLOWED)
_WRITING = (*_INSPECTOR, problems.CROSS_SITE, problems.NOT_JSON, problems.BODY_TOO_LARGE)
_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}


def _object(properties: Json, *, required: list[str] | None = None, **more: Any) -> Json:
    wanted = list(properties) if required is None else required
    return {"type": "object", "required": wanted, "properties": properties, **more}


def schemas() -> Json:
    """What the routes of this part answer with."""
    return {
        "Device": _object(
            {
                "key_id": SHA256,
                "name": {"type": "string"},
                "registered_at": MOMENT,
                "used_at": _OR_NULL,
                "revoked_at": _OR_NULL,
            },
            description="一个浏览器的签名密钥（ECDSA P-256）。`key_id` 是公钥（SPKI）的 SHA-256。",
        ),
        "Code": _object(
            {
                "code": {"type": "string", "pattern": "^[a-z2-7]{26}$"},
                "offline": {"type": "boolean"},
                "issued_at": MOMENT,
                "expires_at": MOMENT,
            },
            description="一次性码，只给出这一次；服务器只留它的 SHA-256。",
        ),
        "Package": _object(
            {
                "v": {"type": "integer", "const": 1},
                "made_at": MOMENT,
                "person": _object({"name": {"type": "string"}, "display": {"type": "string"}}),
                "county": {"type": "string"},
                "settings": {"type": "object"},
                "declination_deg": {"type": "number", "description": "磁偏角，东为正"},
                "form": {
                    "type": "object",
                    "description": "新核查所用的表单，表达式已译成 XPath 1.0",
                },
                "forms": {"type": "object", "description": "已开始的核查所用的其他版本，按 sha256"},
                "tasks": {
                    "type": "array",
                    "maxItems": MOST_TASKS,
                    "items": _object(
                        {
                            "id": {"type": "integer"},
                            "purpose": {"type": "string"},
                            "opens_at": MOMENT,
                            "closes_at": MOMENT,
                            "progress": {"type": "string"},
                            "parcel": {"type": "object"},
                            "neighbours": {"type": "array"},
                            "wanted": {"type": "array"},
                            "facts": {"type": "object"},
                            "visit": {"type": ["object", "null"]},
                            "earlier": {"type": "array"},
                        }
                    ),
                },
            },
            description="离线包：没有信号时所需的一切，坐标为 2000 国家大地坐标系的经纬度。",
        ),
    }


def paths() -> Json:
    """The routes of this part."""
    key_id: Json = {"name": "key_id", "in": "path", "required": True, "schema": SHA256}
    devices = _object({"devices": {"type": "array", "items": ref("Device")}})
    codes = _object({"codes": {"type": "array", "items": ref("Code")}})
    return {
        "/api/v1/time": {
            "get": {
                "operationId": "getTime",
                "summary": "服务器的时间，供手机校钟",
                "responses": {
                    "200": answer("现在", _object({"now": MOMENT})),
                    **refusals(*EVERYWHERE, problems.PASSWORD_CHANGE_NEEDED),
                },
            }
        },
        "/api/v1/devices": {
            "post": {
                "operationId": "registerDevice",
                "summary": "为本人登记这个浏览器的公钥",
                "description": "同一把密钥重复登记无害；属于他人的、已停用的被拒绝。",
                "requestBody": _body(
                    {
                        "public_key": {"type": "string", "description": "SPKI，base64url"},
                        "name": {"type": "string", "description": "如 Android · Chrome"},
                    },
                    ["public_key"],
                ),
                "responses": {
                    "200": answer("已登记", ref("Device")),
                    **refusals(
                        *_WRITING,
                        problems.BAD_INPUT,
                        problems.BAD_KEY,
                        problems.KEY_TAKEN,
                        problems.DEVICE_REVOKED,
                        problems.TOO_MANY_DEVICES,
                    ),
                },
            },
            "get": {
                "operationId": "getDevices",
                "summary": "本人的设备",
                "responses": {"200": answer("设备", devices), **refusals(*_INSPECTOR)},
            },
        },
        "/api/v1/devices/{key_id}/revoke": {
            "parameters": [key_id],
            "post": {
                "operationId": "revokeDevice",
                "summary": "停用设备：本人的，或管理员停用任何一台",
                "responses": {
                    "200": answer("已停用", ref("Device")),
                    **refusals(
                        *EVERYWHERE,
                        *DATABASE,
                        problems.PASSWORD_CHANGE_NEEDED,
                        problems.CROSS_SITE,
                        problems.NOT_FOUND,
                        problems.NOT_YOURS,
                    ),
                },
            },
        },
        "/api/v1/codes": {
            "post": {
                "operationId": "issueCodes",
                "summary": "领一次性码",
                "description": "未用的码太多时给得比要的少。",
                "requestBody": _body(
                    {
                        "key_id": SHA256,
                        "offline": {"type": "integer", "minimum": 0, "maximum": MOST_OFFLINE},
                        "online": {"type": "integer", "minimum": 0, "maximum": MOST_ONLINE},
                    },
                    ["key_id"],
                ),
                "responses": {
                    "200": answer("新的码", codes),
                    **refusals(
                        *_WRITING,
                        problems.BAD_INPUT,
                        problems.NOT_FOUND,
                        problems.DEVICE_REVOKED,
                    ),
                },
            }
        },
        "/api/v1/package": {
            "get": {
                "operationId": "getPackage",
                "summary": "离线包",
                "description": "带 If-None-Match 询问，内容未变时答 304。",
                "responses": {
                    "200": answer("离线包", ref("Package")),
                    "304": {"description": "与手机上的相同"},
                    **refusals(*_INSPECTOR),
                },
            }
        },
    }


def _body(properties: Json, required: list[str]) -> Json:
    schema = _object(properties, required=required)
    return {"required": True, "content": {"application/json": {"schema": schema}}}

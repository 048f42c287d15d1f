"""The part of the OpenAPI document that tells of work in the field: time, devices, codes, the
offline package, captures."""

from typing import Any

from field_app import problems
from field_app.captures.codes import MOST_OFFLINE, MOST_ONLINE
from field_app.captures.held import MOST_ASKED, Found
from field_app.captures.package import MOST_TASKS
from field_app.captures.states import State
from field_app.routes.openapi_parts import (
    DATABASE,
    EVERYWHERE,
    MOMENT,
    SHA256,
    Json,
    answer,
    ref,
    refusals,
    words,
)
from models.vocabulary import Grade, Verdict

_INSPECTOR = (*EVERYWHERE, *DATABASE, problems.PASSWORD_CHANGE_NEEDED, problems.NOT_ALLOWED)
_WRITING = (*_INSPECTOR, problems.CROSS_SITE, problems.NOT_JSON, problems.BODY_TOO_LARGE)
_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}


def _object(properties: Json, *, required: list[str] | None = None, **more: Any) -> Json:
    wanted = list(properties) if required is None else required
    return {"type": "object", "required": wanted, "properties": properties, **more}


def schemas() -> Json:
    """What the routes of this part answer with."""
    return {
        **_capture_schemas(),
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
                "person": _object(
                    {name: {"type": "string"} for name in ("name", "display", "role")}
                ),
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
                            "earlier": {
                                "type": "array",
                                "description": "以前的照片；整改举证的是整改前照片，另有站位 at 和朝向 heading_deg",
                            },
                            "entry": {
                                "type": "object",
                                "description": "台账条目，只有责任单位的整改举证有",
                            },
                        }
                    ),
                },
            },
            description="离线包：没有信号时所需的一切，坐标为 2000 国家大地坐标系的经纬度。",
        ),
    }


def _capture_schemas() -> Json:
    text: Json = {"type": "string"}
    texts: Json = {"type": "array", "items": text}
    null_text: Json = {"type": ["string", "null"]}
    number: Json = {"type": ["integer", "null"]}
    return {
        "Envelope": _object(
            {
                "record": {
                    "type": "string",
                    "description": "采集记录（JSON 文字），与签名时逐字节相同；格式见 docs/api.md",
                },
                "signature": {
                    "type": "string",
                    "description": "ECDSA P-256 的 r‖s，base64url；可空",
                },
                "key_id": {"type": "string", "description": "设备密钥；可空"},
                "sent_at": {**MOMENT, "description": "发送时手机的钟"},
            },
            required=["record"],
        ),
        "CaptureReceipt": _object(
            {
                "uuid": text,
                "received_at": MOMENT,
                "type": {"type": "string", "enum": ["photo", "visit", ""]},
                "sha256": null_text,
                "photo_held": {"type": "boolean", "description": "照片的字节已在库中"},
                "photo_id": number,
                "inspection": number,
                "grade": {"type": "string", "enum": ["", *words(Grade)]},
                "grade_reasons": texts,
                "grade_words": {**texts, "description": "等级未到更高的原因（中文）"},
                "verdict": {"type": "string", "enum": ["", *words(Verdict)]},
                "sentences": texts,
                "state": {
                    "type": "string",
                    "enum": [str(s) for s in State if s is not State.KEPT],
                },
                "hold": {"type": "string", "description": "未能归入或提交的原因代号"},
                "why": {"type": "string", "description": "同上，给人看"},
            },
            required=["uuid", "received_at", "type", "sha256", "photo_held", "state", "why"],
        ),
        "HeldCaptures": _object(
            {
                "at": MOMENT,
                "held": {
                    "type": "object",
                    "additionalProperties": {"type": "string", "enum": [str(f) for f in Found]},
                },
                "waiting": {
                    "type": "array",
                    "items": _object(
                        {
                            "uuid": {"type": "string", "format": "uuid"},
                            "kind": {"type": "string"},
                            "parcel": {"type": "string"},
                            "made_at": {**MOMENT, "type": ["string", "null"]},
                            "received_at": MOMENT,
                        }
                    ),
                },
            }
        ),
    }


def _capture_paths() -> Json:
    uuid: Json = {
        "name": "uuid",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
    envelope = {"application/json": {"schema": ref("Envelope")}}
    asked: Json = {
        "captures": {
            "type": "array",
            "maxItems": MOST_ASKED,
            "items": _object(
                {"uuid": {"type": "string"}, "sha256": {"type": ["string", "null"]}},
                required=["uuid"],
            ),
        }
    }
    return {
        "/api/v1/captures/{uuid}": {
            "parameters": [uuid],
            "put": {
                "operationId": "putCapture",
                "summary": "送一条采集记录",
                "description": "核查员送来的一律收存：签名不对、任务不明等写在回执里。重复送无害；"
                "同一编号送不同内容被拒绝。",
                "requestBody": {"required": True, "content": envelope},
                "responses": {
                    "201": answer("第一次收到", ref("CaptureReceipt")),
                    "200": answer("已经收过", ref("CaptureReceipt")),
                    **refusals(
                        *_WRITING,
                        problems.BAD_INPUT,
                        problems.NOT_A_UUID,
                        problems.CAPTURE_DIFFERS,
                        problems.OTHER_PERSON,
                    ),
                },
            },
            "get": {
                "operationId": "getCaptureReceipt",
                "summary": "本人一条采集记录现在的回执",
                "responses": {
                    "200": answer("回执", ref("CaptureReceipt")),
                    **refusals(*_INSPECTOR, problems.NOT_A_UUID, problems.NOT_FOUND),
                },
            },
        },
        "/api/v1/captures/held": {
            "post": {
                "operationId": "whatIsHeld",
                "summary": "这些采集是否都已收存（今日收工）",
                "description": "complete 表示记录已收、照片的字节此刻就在照片库里。"
                "waiting 是本人记录已到、照片没到的，不论问的是哪台手机（最多 100 张）。",
                "requestBody": _body(asked, ["captures"]),
                "responses": {
                    "200": answer("收存情况", ref("HeldCaptures")),
                    **refusals(*_WRITING, problems.BAD_INPUT, problems.NOT_A_UUID),
                },
            }
        },
    }


def paths() -> Json:
    """The routes of this part."""
    key_id: Json = {"name": "key_id", "in": "path", "required": True, "schema": SHA256}
    devices = _object({"devices": {"type": "array", "items": ref("Device")}})
    codes = _object({"codes": {"type": "array", "items": ref("Code")}})
    return {
        **_capture_paths(),
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
                "description": "核查员的任务，或责任单位可以举证的条目。带 If-None-Match 询问，内容未变时答 304。",
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

"""Reminders by the robot of a group (企业微信, 钉钉): a POST of text to its address.

A robot knows no keys: where its answer is lost, the reminder comes twice.
"""

import json

from field_app.reminding import digest
from field_app.settings import settings
from field_app.sync.http_line import LineDown, call
from field_app.sync.states import Ending, Message, Outcome
from field_app.words import clean


def send(message: Message, _handed: bool) -> Outcome:
    """One attempt. Whatever the robot has against it may pass (too many a minute, a keyword or an
    address set wrong): a reminder is dropped by itself when its day is over."""
    told = {
        "msgtype": "text",
        "text": {"content": digest.text(message.body, settings().public_url)},
    }
    try:
        answer = call(
            "POST",
            settings().robot_url.get_secret_value(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            seconds=settings().sync_timeout_s,
            body=json.dumps(told, ensure_ascii=False).encode(),
        )
    except LineDown as down:
        return Outcome(Ending.PASSING, str(down))
    if answer.status != 200:
        return Outcome(Ending.PASSING, f"群机器人没有收（{answer.status}）", again_s=answer.again_s)
    code, said = _code(answer.body)
    if code == 0:
        return Outcome(Ending.TAKEN)
    return Outcome(Ending.PASSING, f"群机器人没有收：{said}（{code}）", again_s=answer.again_s)


def _code(body: bytes) -> tuple[int | None, str]:
    """`errcode` and `errmsg`, as both makers answer."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None, "回答不合规"
    if not isinstance(found, dict) or not isinstance(found.get("errcode"), int):
        return None, "回答不合规"
    return found["errcode"], clean(str(found.get("errmsg", "")))[:100] or "没有说明"

"""Every refusal of the product, declared once.

A refusal is raised as a `Problem`. A page shows its `message`; the HTTP routes answer it as
Problem Details (RFC 9457) with the stable `id`; the command line prints the message. `retry`
tells a client whether sending the same thing again may help.
"""

from dataclasses import dataclass, field
from typing import Any


class Problem(Exception):
    """A refusal with a message for the person and an id for the machine."""

    def __init__(self, kind: "Kind", **facts: Any) -> None:
        self.kind = kind
        self.facts = facts
        self.message = kind.says.format(**facts)
        super().__init__(self.message)

    @property
    def id(self) -> str:
        return self.kind.id

    def details(self, instance: str | None = None) -> dict[str, Any]:
        """The RFC 9457 body. Facts that JSON cannot carry are given as text."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.kind.id}",
            "id": self.kind.id,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.message,
            "retry": self.kind.retry,
        }
        if instance:
            body["instance"] = instance
        plain = (str, int, float, bool, list, dict, type(None))
        body["facts"] = {k: v if isinstance(v, plain) else str(v) for k, v in self.facts.items()}
        return body


@dataclass(frozen=True)
class Kind:
    """One declared refusal. Calling it makes the `Problem`: `raise NOT_FOUND(what="地块")`."""

    id: str
    title: str
    status: int
    says: str
    retry: bool = field(default=False)

    def __call__(self, **facts: Any) -> Problem:
        return Problem(self, **facts)


# --- who is it, and may they -----------------------------------------------------------------
SIGN_IN_NEEDED = Kind("sign-in-needed", "需要登录", 401, "请先登录。")
WRONG_SIGN_IN = Kind("wrong-sign-in", "登录失败", 401, "账号或密码不对，请检查后重试。")
TOO_MANY_TRIES = Kind(
    "too-many-tries", "尝试过多", 429, "登录失败次数过多，请 {minutes} 分钟后再试。", retry=True
)
NOT_ALLOWED = Kind("not-allowed", "没有权限", 403, "您的角色（{role}）不能{action}。")
NOT_YOURS = Kind("not-yours", "没有权限", 403, "这条记录不在您的职责范围内，不能{action}。")
WEAK_PASSWORD = Kind("weak-password", "密码太弱", 422, "密码不可用：{why}。")
NAME_TAKEN = Kind("name-taken", "账号已存在", 409, "账号“{name}”已存在，请换一个。")
BAD_NAME = Kind("bad-name", "账号不可用", 422, "账号“{name}”不可用：{why}。")
LINK_SPENT = Kind("link-spent", "链接失效", 410, "这个一次性链接已用过或已过期，请重新启动服务以获取新链接。")
CROSS_SITE = Kind("cross-site", "来源不符", 403, "请求不是从本系统页面发出的，已拒绝。请回到系统页面重试。")

# --- general ---------------------------------------------------------------------------------
NOT_FOUND = Kind("not-found", "找不到", 404, "找不到{what}，可能已被删除或编号有误。")
BAD_INPUT = Kind("bad-input", "填写有误", 422, "{what}")
CHANGED_MEANWHILE = Kind(
    "changed-meanwhile",
    "内容已变化",
    409,
    "这条记录刚被别人或另一台设备改过。您填写的内容还在，请刷新查看后再保存。",
    retry=True,
)
UNSAFE_CONFIGURATION = Kind("unsafe-configuration", "配置不安全", 500, "配置有误，未启动：{what}")
BUSY = Kind("busy", "系统繁忙", 503, "系统正忙，请稍后再试；您的内容没有丢失。", retry=True)

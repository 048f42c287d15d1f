"""How a call to the model went, and what the person is told of it."""

from enum import Enum


class Outcome(Enum):
    """How a call went: what is logged, what the person is told, whether the line failed."""

    ANSWERED = ("answered", "", False)
    SLOW = ("too slow", "智能理解没有及时回答", True)
    UNREACHED = ("no connection", "智能理解连接不上", True)
    LIMITED = ("limited", "智能理解正忙", True)
    REFUSED = ("refused", "智能理解的服务拒绝了请求，请管理员检查 MODEL_ 开头的设置", True)
    BROKEN = ("broken answer", "智能理解的服务出错了", True)
    DECLINED = ("declined", "智能理解没有受理这句话", False)
    UNREADABLE = ("unreadable", "智能理解的回答读不懂，没有采用", False)
    RESTING = ("resting", "智能理解出错，暂停使用约一分钟", False)

    def __init__(self, logged: str, told: str, failure: bool) -> None:
        self.logged = logged
        self.told = told
        self.failure = failure

    @property
    def note(self) -> str:
        return f"{self.told}；填写不受影响，请换个说法或直接点选。" if self.told else ""

"""What each role may do, and on whose records: one table, asked everywhere."""

from dataclasses import dataclass
from enum import StrEnum

from field_app.problems import NOT_ALLOWED, NOT_YOURS
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind a request, as read from the database at this moment."""

    id: int
    name: str
    display: str
    role: Role
    team_id: int | None = None
    unit_id: int | None = None
    sign_in_id: int | None = None
    must_change_password: bool = False


CONSOLE = Who(0, "console", "命令行", Role.OFFICE)
"""Whoever may run commands on the server reads what the office may read. It is no account: what
is written in its name carries no person."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom a record belongs to. An empty one belongs to nobody in particular."""

    person_id: int | None = None
    team_id: int | None = None
    unit_ids: tuple[int, ...] = ()


class Scope(StrEnum):
    """On whose records."""

    ALL = "全部"
    TEAM = "本组"  # of my team, or mine by name
    UNIT = "本单位"
    OWN = "本人"


class Action(StrEnum):
    """What can be done; the words stand in the refusal."""

    SEE_PARCELS = "查看地块"
    SEE_TASKS = "查看核查任务"
    INSPECT = "实地核查"
    SEE_INSPECTION = "查看核查记录和照片"
    REVIEW = "审核问题线索"
    SEE_LEDGER = "查看台账"
    EXPORT_LEDGER = "导出台账"
    BRING_LEDGER = "导入修改过的台账"
    EDIT_ENTRY = "修改台账条目"
    REGISTER_CLUE = "登记问题线索"
    VERIFY_CLUE = "核实问题线索"
    CLASSIFY = "认定问题性质"
    START_WORK = "开始整改"
    RECTIFY = "填报整改"
    CLOSE_ENTRY = "审批销号"
    CARRY = "办理挂账"
    HAND_OVER = "办理移送"
    LOOK_AGAIN = "回头看"
    DRAW = "抽取回头看和抽查"
    SEE_DRAWS = "查看抽查与回头看"
    TAKE_PHOTOS = "上传照片"
    SEE_TODO = "查看待办"
    SEE_FIGURES = "查看统计数据"
    MAKE_REPORTS = "生成统计报告"
    SEE_OWING = "督办各单位"
    SEE_MILESTONES = "查看节点"
    EDIT_MILESTONES = "修改节点"
    SEND_MILESTONE = "报送节点材料"
    DECIDE_MILESTONE = "接收或退回报送"
    EDIT_PRESETS = "修改分类预设"
    IMPORT = "导入地块和项目"
    PLAN_TASKS = "安排核查任务"
    EDIT_FORM = "修改核查表单"
    SEE_RULES = "查看核验规则"
    CHANGE_RULES = "修改核验规则"
    SYNC = "处理与其他系统的同步"
    MANAGE_TOKENS = "管理访问令牌"
    MANAGE_PEOPLE = "管理人员账号"


_R, _S = Role, Scope
MAY: dict[Action, dict[Role, Scope]] = {
    Action.SEE_PARCELS: dict.fromkeys(Role, _S.ALL),
    Action.SEE_TASKS: {
        _R.INSPECTOR: _S.TEAM,
        _R.SUPERVISOR: _S.ALL,
        _R.OFFICE: _S.ALL,
        _R.ADMIN: _S.ALL,
    },
    Action.INSPECT: {_R.INSPECTOR: _S.TEAM},
    Action.SEE_INSPECTION: {
        _R.INSPECTOR: _S.TEAM,
        _R.SUPERVISOR: _S.ALL,
        _R.OFFICE: _S.ALL,
        _R.UNIT: _S.UNIT,
        _R.ADMIN: _S.ALL,
    },
    Action.REVIEW: {_R.SUPERVISOR: _S.ALL},
    Action.SEE_LEDGER: {
        _R.SUPERVISOR: _S.ALL,
        _R.OFFICE: _S.ALL,
        _R.UNIT: _S.UNIT,
        _R.ADMIN: _S.ALL,
    },
    Action.EXPORT_LEDGER: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.BRING_LEDGER: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.EDIT_ENTRY: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.REGISTER_CLUE: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.VERIFY_CLUE: {_R.SUPERVISOR: _S.ALL},
    Action.CLASSIFY: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.START_WORK: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.RECTIFY: {_R.UNIT: _S.UNIT},
    Action.CLOSE_ENTRY: {_R.SUPERVISOR: _S.ALL},
    Action.CARRY: {_R.OFFICE: _S.ALL},
    Action.HAND_OVER: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.LOOK_AGAIN: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.DRAW: {_R.OFFICE: _S.ALL},
    Action.SEE_DRAWS: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.TAKE_PHOTOS: {_R.INSPECTOR: _S.TEAM, _R.UNIT: _S.OWN},
    Action.SEE_TODO: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.SEE_FIGURES: {
        _R.SUPERVISOR: _S.ALL,
        _R.OFFICE: _S.ALL,
        _R.UNIT: _S.UNIT,
        _R.ADMIN: _S.ALL,
    },
    Action.MAKE_REPORTS: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.SEE_OWING: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL},
    Action.SEE_MILESTONES: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.EDIT_MILESTONES: {_R.OFFICE: _S.ALL},
    Action.SEND_MILESTONE: {_R.OFFICE: _S.ALL, _R.UNIT: _S.UNIT},
    Action.DECIDE_MILESTONE: {_R.OFFICE: _S.ALL},
    Action.EDIT_PRESETS: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.IMPORT: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.PLAN_TASKS: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.EDIT_FORM: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.SEE_RULES: {_R.SUPERVISOR: _S.ALL, _R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.CHANGE_RULES: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.SYNC: {_R.OFFICE: _S.ALL, _R.ADMIN: _S.ALL},
    Action.MANAGE_TOKENS: {_R.ADMIN: _S.ALL},
    Action.MANAGE_PEOPLE: {_R.ADMIN: _S.ALL},
}


def scope(who: Who, action: Action) -> Scope | None:
    """On whose records `who` may do it; None where not at all."""
    return MAY[action].get(who.role)


def may(who: Who, action: Action, whose: Whose | None = None) -> bool:
    """Whether `who` may do `action`; with `whose`, on that record."""
    allowed = scope(who, action)
    if allowed is None:
        return False
    if whose is None or allowed == Scope.ALL:
        return True
    if allowed == Scope.UNIT:
        return who.unit_id is not None and who.unit_id in whose.unit_ids
    if whose.person_id == who.id:
        return True
    return allowed == Scope.TEAM and who.team_id is not None and whose.team_id == who.team_id


def require(who: Who, action: Action, whose: Whose | None = None) -> None:
    """Raises the refusal where `who` may not."""
    if scope(who, action) is None:
        raise NOT_ALLOWED(role=str(who.role), action=str(action))
    if not may(who, action, whose):
        raise NOT_YOURS(action=str(action))

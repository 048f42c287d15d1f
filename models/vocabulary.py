"""The closed word lists of the field, as they are stored and shown.

StrEnum, never Enum: a value must equal itself after Streamlit re-imports the module.
"""

from enum import StrEnum


class Role(StrEnum):
    INSPECTOR = "核查员"
    SUPERVISOR = "督导"
    OFFICE = "县办"
    UNIT = "责任单位"
    ADMIN = "管理员"


class PhotoKind(StrEnum):
    OVERVIEW = "全景"
    CLOSE = "近景"
    FEATURE = "利用特征"
    EAST = "东向"
    SOUTH = "南向"
    WEST = "西向"
    NORTH = "北向"
    PROFILE = "剖面"
    AFTER = "整改后"


class Grade(StrEnum):
    """证据来源等级: where the position of a photo comes from."""

    A = "A"  # live camera in our page, with position track and one-time code
    B = "B"  # the phone's camera, position taken by our page at that moment
    C = "C"  # a file whose EXIF holds a position
    D = "D"  # no position


class Outcome(StrEnum):
    PASS = "PASS"  # noqa: S105 — an outcome, not a password
    UNKNOWN = "UNKNOWN"  # cannot tell: a reading is missing
    DOUBT = "DOUBT"
    FAIL = "FAIL"  # contradicted
    ERROR = "ERROR"  # the check itself broke


class Verdict(StrEnum):
    PASSED = "核验通过"
    INCOMPLETE = "待补证"
    DOUBTFUL = "存疑"
    CONTRADICTED = "不符"


class Purpose(StrEnum):
    FIRST = "首次核查"
    PROOF = "整改举证"  # of the unit itself, for one entry; never planned by the office
    RECTIFIED = "整改复核"
    CLOSE_OUT = "销号核查"
    SECOND_LOOK = "回头看"  # of what was closed
    SPOT_CHECK = "抽查"  # of what was found in order
    TOP_UP = "补足验收"
    UPKEEP = "管护巡查"


class InspectionState(StrEnum):
    DRAFT = "草稿"
    SUBMITTED = "已提交"
    RETURNED = "退回补拍"
    CONFIRMED = "已确认"
    REJECTED = "不成立"


class EntryState(StrEnum):
    TO_VERIFY = "待核实"
    TO_RECTIFY = "待整改"
    RECTIFYING = "整改中"
    TO_CLOSE = "待销号"
    CLOSED = "已销号"
    RETURNED = "退回"


class Nature(StrEnum):
    """问题性质. Chosen by a person, never by the machine."""

    ORDINARY = "一般"
    BREACH = "违规"
    DISCIPLINE = "涉嫌违纪"
    CRIME = "涉嫌犯罪"


class Rhythm(StrEnum):
    """How often a milestone (节点) is owed."""

    ONCE = "一次"
    WEEKLY = "每周"
    MONTHLY = "每月"
    AT_NEED = "随时"  # no day; sent whenever there is something


class Ower(StrEnum):
    """Who owes a milestone: every unit of a kind, or one of the offices."""

    TOWNSHIPS = "乡镇"
    BUREAUS = "部门"
    OFFICE = "县专项整治办"
    GOVERNMENT = "县政府办"  # has no account here: the office notes what it did


class Sent(StrEnum):
    """What became of something sent for a milestone."""

    SENT = "已报送"
    TAKEN = "已接收"
    RETURNED = "退回"


class Source(StrEnum):
    """问题来源."""

    SELF = "自查"
    AUDIT = "审计"
    SUPERVISION = "例行督察"
    ENFORCEMENT = "卫片执法"
    REMOTE_SENSING = "遥感监测"
    FIELD = "实地核查"
    REPORT = "群众举报"


class FilledBy(StrEnum):
    """How an answer came into the draft. What no hand on the form filled is to be confirmed."""

    FORM = "表单"
    CHAT = "对话"
    MODEL = "模型"
    LAST = "上次"


class PackagePurpose(StrEnum):
    """What an evidence package is sealed for."""

    HAND_OVER = "移送"
    ARCHIVE = "存档"

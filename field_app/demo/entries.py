"""What became of the entries of the demonstration county, so that every state is there to see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from field_app.demo.ledger_steps import after
from field_app.demo.script import Clue, Confirm, OnEntry, Script, Visit, problem
from field_app.ledger.workflow import Step
from models.vocabulary import Source

_UNIT, _OFFICE, _ONE, _OTHER = "bumen1", "xianban1", "dudao1", "dudao2"


def course(script: Script, visit: Visit) -> Visit:
    """A confirmed visit with what its entry went through since, by its problem type."""
    kind = str(visit.answers.get("problem_type", ""))
    steps = _COURSES.get(kind)
    return replace(visit, then=(*visit.then, *steps(script, visit))) if steps else visit


def _under_way(s: Script, visit: Visit) -> Iterator[OnEntry]:
    """留山镇: two reports and a first photo."""
    text = "已与承包户谈妥，杨树由镇里组织清除，本周开工。"
    yield OnEntry("xiangzhen1", 10.2, Step.REPORT, {"text": text})
    text = "已清除约一半，树根正在挖除，预计下周平整。"
    yield OnEntry("xiangzhen1", 3.2, Step.REPORT, {"text": text})
    yield OnEntry("xiangzhen1", 3.3, Step.SHOOT, shots=after(s, visit, 3.4, count=1))


def _carried(_s: Script, _visit: Visit) -> Iterator[OnEntry]:
    """板山坪镇: steep ground is left by and by."""
    why = "陡坡梯田退出涉及 12 户补偿，须待秋收后分期实施，一年内难以完成。"
    given = {"days": 200, "approver": "县专项整治办〔2026〕第 4 次会议", "why": why}
    yield OnEntry(_OFFICE, 8.3, Step.CARRY, given)


def _applied(s: Script, visit: Visit) -> Iterator[OnEntry]:
    """白土岗镇: waits for its close-out."""
    yield OnEntry(_UNIT, 8.2, Step.BEGIN)
    text = "村组已组织割除杂草、翻耕，播种玉米。"
    yield OnEntry(_UNIT, 3.1, Step.REPORT, {"text": text})
    # The first photo of that visit looks away; the second is the one to compare with.
    shots = after(s, visit, 3.6, like=1)
    yield OnEntry(_UNIT, 3.5, Step.SHOOT, shots=shots)
    why = "撂荒地已全部复耕，玉米已出苗。"
    yield OnEntry(_UNIT, 2.8, Step.APPLY, {"why": why})


def _returned(s: Script, visit: Visit) -> Iterator[OnEntry]:
    """小店乡: sent back once."""
    text = "养殖用房已拆除，地面硬化层正在清理。"
    yield OnEntry(_UNIT, 6.2, Step.REPORT, {"text": text})
    yield OnEntry(_UNIT, 6.3, Step.SHOOT, shots=after(s, visit, 6.4, count=1))
    yield OnEntry(_UNIT, 5.8, Step.APPLY, {"why": "房屋已拆除，恢复为耕地。"})
    why = "只有一张照片，硬化地面清没清看不出来，请清理后从原来的位置补拍全景和近景。"
    yield OnEntry(_ONE, 4.7, Step.SEND_BACK, {"why": why})


def _handed_over(_s: Script, _visit: Visit) -> Iterator[OnEntry]:
    """南河店镇: built without any permit."""
    why = "未批先建，占用耕地建房并硬化，面积超过追究标准。"
    yield OnEntry(_ONE, 6.1, Step.CLASSIFY, {"nature": "涉嫌犯罪", "why": why})
    given = {"organ": "县公安局", "document": "召整治移〔2026〕2号"}
    yield OnEntry(_OFFICE, 6.5, Step.HAND_OVER, given | {"why": "涉嫌非法占用农用地的问题线索。"})
    yield OnEntry(_OFFICE, 2.4, Step.FEEDBACK, {"text": "已受理，正在核查占地面积和时间。"})
    yield OnEntry(_ONE, 2.5, Step.MARK_NEW, {"why": "房屋为今年三月新建，属边整治边发生。"})


def _to_discipline(_s: Script, _visit: Visit) -> Iterator[OnEntry]:
    """皇后乡, of no team: the proofs of then were not of this ground."""
    why = "报备举证照片与现场不是一处，验收把关人员履职情况须由纪检机关核实。"
    yield OnEntry(_OTHER, 5.2, Step.CLASSIFY, {"nature": "涉嫌违纪", "why": why})
    given = {"organ": "县纪委监委", "document": "召整治移〔2026〕3号"}
    yield OnEntry(_OFFICE, 5.6, Step.HAND_OVER, given | {"why": "补充耕地验收把关不严的问题线索。"})


_COURSES = {
    "2-1": _under_way,
    "3-3": _carried,
    "3-6": _applied,
    "3-4": _returned,
    "1-1": _handed_over,
    "2-4": _to_discipline,
}


@dataclass(frozen=True, slots=True)
class _Closed:
    """An entry that was closed: where and by whom it was found, and when its proofs were shot, in
    days ago; one person is not in two places."""

    project: str
    who: str
    found: float
    proved: float
    facts: str


# All found by 二组: who looks again is of the other team.
_CLOSED = (
    _Closed("liushan", "hecha4", 13.6, 9.4, "地块闲置，杂草丛生，看不到作物，村里说去年秋后就没有种。"),
    _Closed("cuizhuang", "hecha6", 13.6, 9.7, "地块闲置，蒿草有一人高，田埂还在，看不到作物。"),
    _Closed("liushan", "hecha2", 13.8, 10.2, "地里两季没有种，杂草盖住了垄沟，靠路一侧有牲畜踩踏。"),
    _Closed("xiaodian", "hecha4", 12.4, 10.5, "整块撂荒，承包户外出务工，只有西北角种了几行红薯。"),
    _Closed("cuizhuang", "hecha6", 12.7, 10.8, "地块撂荒，杂草齐腰，排水沟淤塞，靠沟一侧积水。"),
    _Closed("xiaodian", "hecha2", 12.8, 9.1, "地块没有耕种，杂草中有零星构树苗，邻地都已种上玉米。"),
)  # fmt: skip


def closed(s: Script) -> Iterator[Visit]:
    """Those that were closed; the second look is drawn from them."""
    for case in _CLOSED:
        place = s.parcel(case.project)
        said = problem(
            place, "3-9", "0103", case.facts, planting="WG", measure="组织复耕，恢复种植。"
        )
        visit = s.visit(case.who, place, case.found, "weeds", said, Confirm(_ONE, 11.8))
        proofs = after(s, visit, case.proved)
        steps = (
            OnEntry(_UNIT, 11.9, Step.BEGIN),
            OnEntry(_UNIT, case.proved - 0.1, Step.SHOOT, shots=proofs),
            OnEntry(_UNIT, 9.9, Step.REPORT, {"text": "已翻耕播种，出苗整齐。"}),
            OnEntry(_UNIT, 8.6, Step.APPLY, {"why": "已复耕到位。"}),
            OnEntry(_OTHER, 7.6, Step.CLOSE),
        )
        yield replace(visit, then=(*visit.then, *steps))


def clues() -> list[Clue]:
    """Clues from elsewhere: one waits to be verified, one was not true, one is late and one soon
    due."""
    fees = "审计指出：2022 年收取的耕地开垦费有 86 万元用于办公经费，没有用于补充耕地。"
    call = "群众来电反映，村东补充耕地地块被人占用堆放砂石。"
    spent = "例行督察指出：2021 年指标调剂资金有 120 万元没有列入预算，用于村道硬化和绿化。"
    rules = "自查发现：指标调剂资金的使用没有管理办法，支出由分管领导一事一批。"
    true = {"why": "已调阅账册和支出凭证，情况属实。"}
    return [
        Clue(
            _OFFICE, 5.3, 6, "6-5", Source.AUDIT, fees, "411321101", "",
            "追回挪用资金，专款用于补充耕地。", ("财政局", "留山镇人民政府"), (),
        ),
        Clue(
            _OFFICE, 6.4, 3, "3-4", Source.REPORT, call, "411321301", "双泉村",
            "清除堆放物，恢复耕种。", ("自然资源局",),
            (OnEntry(_ONE, 5.5, Step.REFUTE, {"why": "现场查看，砂石堆在路边建设用地内，未占耕地。"}),),
        ),
        Clue(
            _OFFICE, 13.3, 6, "6-4", Source.SUPERVISION, spent, "411321101", "",
            "追回资金，按预算管理。", ("留山镇人民政府", "财政局"),
            (OnEntry(_ONE, 12.6, Step.VERIFY, true),), due_days=7,
        ),
        Clue(
            _OFFICE, 12.2, 6, "6-3", Source.SELF, rules, None, "",
            "制定管理办法，报县政府印发。", ("自然资源局", "财政局"),
            (
                OnEntry(_OTHER, 11.3, Step.VERIFY, true),
                OnEntry(_UNIT, 10.6, Step.BEGIN),
                OnEntry(_UNIT, 4.2, Step.REPORT, {"text": "办法初稿已成，正在征求财政、审计部门意见。"}),
            ),
            due_days=15,
        ),
    ]  # fmt: skip

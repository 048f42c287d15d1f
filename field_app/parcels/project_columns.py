"""The columns of the project list (附件3 补充耕地项目清单): what each holds and how it is found.

The names come from the taxonomy's ledger_columns.csv, which a county may change.
"""

import re
from dataclasses import dataclass
from typing import Literal

from models.taxonomy import ledger_columns

FORM = "附件3"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a column holds: the field, the reader of its cells, the longest text."""

    field: str
    kind: Literal["text", "hectares", "number", "whole", "day", "yes_no"] = "text"
    longest: int = 200
    also: tuple[str, ...] = ()  # other names it goes by


SPECS: dict[str, Spec] = {
    "项目备案编号": Spec("code", longest=40, also=("备案编号", "项目编号", "项目备案号")),
    "项目名称": Spec("name"),
    "项目类型": Spec("kind", longest=40),
    "项目所在乡镇、村": Spec("place", also=("项目所在乡镇村", "所在乡镇、村", "项目位置")),
    "项目状态": Spec("stage", longest=40),
    "立项批准文号及日期": Spec("approval", also=("立项文号及日期",)),
    "验收文号及日期": Spec("acceptance"),
    "报备入库日期": Spec("registered_on", "day", also=("入库日期",)),
    "建设规模": Spec("scale_ha", "hectares"),
    "新增耕地面积": Spec("new_farmland_ha", "hectares", also=("新增耕地",)),
    "其中水田": Spec("paddy_ha", "hectares", also=("水田", "水田面积")),
    "质量等级": Spec("quality", longest=40, also=("质量等别", "耕地质量等级")),
    "新增粮食产能": Spec("capacity_kg", "number", also=("粮食产能",)),
    "已核销面积": Spec("used_ha", "hectares"),
    "剩余指标面积": Spec("left_ha", "hectares", also=("剩余面积",)),
    "地块数": Spec("parcels_declared", "whole", also=("地块个数",)),
    "坐标文件": Spec("coordinate_file"),
    "实施单位": Spec("builder"),
    "资金来源": Spec("funding", longest=60),
    "是否审计点名": Spec("named_by_audit", "yes_no"),
    "是否2021督察冻结": Spec("frozen_2021", "yes_no", also=("是否2021年督察冻结",)),
    "排查结论": Spec("screening", longest=400),
    "备注": Spec("remark", longest=400),
}
REQUIRED = ("code", "name")
SERIAL = "序号"


def choices_of(title: str) -> tuple[str, ...]:
    """The words that a column offers: `项目状态(已入库/正在实施)`, and 是 or 否."""
    if title.startswith("是否"):
        return ("是", "否")
    bracket = re.search(r"[(（](.+)[)）]", title)
    return tuple(bracket.group(1).split("/")) if bracket and "/" in bracket.group(1) else ()


def spec_of(title: str) -> Spec | None:
    return _BY_NAME.get(plain(title))


def titles() -> tuple[str, ...]:
    """The columns of the list, in the order of the annex."""
    return ledger_columns(FORM)


def plain(title: str) -> str:
    """A heading without line breaks, blanks, marks and what stands in brackets."""
    text = re.sub(r"[(（\[【].*?[)）\]】]", "", str(title))
    return re.sub(r"[\s*＊:：、,，]", "", text)


_BY_NAME = {plain(name): spec for known, spec in SPECS.items() for name in (known, *spec.also)}

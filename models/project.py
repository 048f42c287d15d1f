"""补充耕地项目, by the columns of 附件3."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from models.base import Json, Row, UtcDateTime


class Project(Row, table=True):
    """A project of the list; areas in hectares as the annex gives them."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)  # 项目备案编号
    name: str = Field(max_length=200)
    kind: str = Field(default="", max_length=40)  # 项目类型
    place: str = Field(default="", max_length=200)  # 项目所在乡镇、村
    township_code: str | None = Field(default=None, index=True, max_length=9)
    village: str = Field(default="", max_length=60)
    stage: str = Field(default="", max_length=40)  # 项目状态
    approval: str = Field(default="", max_length=200)  # 立项批准文号及日期
    acceptance: str = Field(default="", max_length=200)  # 验收文号及日期
    registered_on: date | None = None  # 报备入库日期
    scale_ha: float | None = None
    new_farmland_ha: float | None = None
    paddy_ha: float | None = None
    quality: str = Field(default="", max_length=40)
    capacity_kg: float | None = None
    used_ha: float | None = None
    left_ha: float | None = None
    parcels_declared: int | None = None
    coordinate_file: str = Field(default="", max_length=200)
    builder: str = Field(default="", max_length=200)  # 实施单位
    funding: str = Field(default="", max_length=60)
    named_by_audit: bool | None = None
    frozen_2021: bool | None = None
    screening: str = Field(default="", max_length=400)  # 排查结论
    remark: str = Field(default="", max_length=400)
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)

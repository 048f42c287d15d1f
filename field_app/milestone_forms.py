"""The office's forms: a campaign, a milestone, and taking one out."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import streamlit as st

from field_app import seen, shell
from field_app.milestone_looks import WEEKDAYS
from field_app.milestones import campaigns
from field_app.milestones.campaigns import MONTHLY_DAY, Frame, Wish
from field_app.milestones.rhythm import FRIDAY
from field_app.milestones.showing import MilestoneShown
from models.tables import Campaign, Milestone
from models.vocabulary import Ower, Rhythm


def new_campaign(today: date) -> None:
    """A new campaign, with the milestones of the county's plan where it has some."""
    plan = campaigns.plan_days()
    length = plan[1] - plan[0] if plan else timedelta(days=280)
    with st.form("new_campaign", border=False, enter_to_submit=False):
        frame = _frame("new", "", "", today, today + length)
        with_plan = plan is not None and st.checkbox(
            f"带上县实施方案的节点（方案是 {plan[0]} 到 {plan[1]}，各节点按开始日期整体移动，之后可以改）",
            value=True,
            key="with_plan",
        )
        if st.form_submit_button("新建整治行动", type="primary", width="stretch"):
            with shell.guarded():
                made = campaigns.set_up(
                    frame, with_plan=with_plan, who=shell.actor(), now=shell.now()
                )
                _done(f"已新建“{frame.name}”")
                st.session_state["campaign"] = made
                st.rerun()


def change_campaign(campaign: Campaign) -> None:
    """Name, document and days of a campaign; and its end."""
    number = campaign.id or 0
    edition = seen.edition("campaign", number, campaign.edition)
    with st.form(f"campaign_{number}_{campaign.edition}", border=False, enter_to_submit=False):
        frame = _frame(
            f"{number}_{campaign.edition}", campaign.name, campaign.document,
            campaign.starts_on, campaign.ends_on,
        )  # fmt: skip
        why = _why(f"campaign_why_{number}_{campaign.edition}")
        if st.form_submit_button("保存", type="primary", width="stretch"):
            _do(
                lambda: campaigns.change(
                    number, edition, frame, why=why, who=shell.actor(), now=shell.now()
                ),
                "已保存",
            )
    with st.popover("结束这个整治行动"):
        st.caption("结束以后谁都不再欠报，已经报送的都留着。")
        why = _why(f"close_why_{number}")
        if st.button("结束", key=f"close_{number}"):
            _do(
                lambda: campaigns.close(
                    number, edition, why=why, who=shell.actor(), now=shell.now()
                ),
                "已结束",
            )


def new_milestone(campaign: Campaign, units: Mapping[int, str]) -> None:
    """One more milestone."""
    times = st.session_state.get("milestones_made", 0)
    empty = Milestone(campaign_id=campaign.id or 0, task="", rhythm=Rhythm.ONCE)
    wish = _wish(f"new_{times}", empty, units)
    if st.button("增加节点", type="primary", width="stretch", key="add_milestone"):
        with shell.guarded():
            campaigns.add(campaign.id or 0, wish, who=shell.actor(), now=shell.now())
            st.session_state["milestones_made"] = times + 1
            _done("已增加节点")
            st.rerun()


def change_milestone(shown: MilestoneShown, units: Mapping[int, str]) -> None:
    """Changing a milestone, or taking it out."""
    milestone = shown.milestone
    number = milestone.id or 0
    edition = seen.edition("milestone", number, milestone.edition)
    key = f"{number}_{milestone.edition}"
    wish = _wish(key, milestone, units)
    why = _why(f"milestone_why_{key}")
    with st.container(horizontal=True):
        if st.button("保存节点", key=f"save_{key}", type="primary"):
            _do(
                lambda: campaigns.amend(
                    number, edition, wish, why=why, who=shell.actor(), now=shell.now()
                ),
                "已保存节点",
            )
        if st.button("取消这个节点", key=f"remove_{key}"):
            _do(
                lambda: campaigns.remove(
                    number, edition, why=why, who=shell.actor(), now=shell.now()
                ),
                "已取消节点，报送过的都留着",
            )


def _wish(key: str, now: Milestone, units: Mapping[int, str]) -> Wish:
    """The fields of a milestone; which ones are asked for depends on how often it is owed."""
    task = st.text_input("工作内容", now.task, max_chars=campaigns.TASK_MAX, key=f"task_{key}")
    rhythm = st.segmented_control(
        "多久一次", list(Rhythm), default=Rhythm(now.rhythm), key=f"rhythm_{key}", required=True
    )
    due_on, day = None, None
    if rhythm == Rhythm.ONCE:
        due_on = st.date_input("日期", now.due_on, format="YYYY-MM-DD", key=f"due_{key}")
    elif rhythm == Rhythm.WEEKLY:
        day = st.selectbox(
            "星期几", range(1, 8), (now.day or FRIDAY) - 1 if (now.day or FRIDAY) <= 7 else FRIDAY - 1,
            format_func=lambda n: f"星期{WEEKDAYS[n - 1]}", key=f"weekday_{key}",
        )  # fmt: skip
    elif rhythm == Rhythm.MONTHLY:
        day = st.number_input("几号（31 为月末）", 1, 31, now.day or MONTHLY_DAY, key=f"day_{key}")
    owers = st.multiselect("由谁报送", list(Ower), [Ower(o) for o in now.owers], key=f"owers_{key}")
    single = st.multiselect(
        "另外的单位", list(units), [n for n in now.unit_ids if n in units],
        format_func=lambda n: units.get(n, ""), key=f"units_{key}",
        placeholder="不按乡镇、部门，只要某几个单位时选",
    )  # fmt: skip
    return Wish(
        task or "",
        Rhythm(rhythm or Rhythm.ONCE),
        due_on if isinstance(due_on, date) else None,
        None if day is None else int(day),
        tuple(Ower(o) for o in owers),
        tuple(single),
    )


def _frame(key: str, name: str, document: str, starts_on: date, ends_on: date) -> Frame:
    name = st.text_input("名称", name, max_chars=campaigns.NAME_MAX, key=f"name_{key}") or ""
    document = (
        st.text_input("文号", document, max_chars=campaigns.DOCUMENT_MAX, key=f"document_{key}")
        or ""
    )
    with st.container(horizontal=True):
        first = st.date_input("开始", starts_on, format="YYYY-MM-DD", key=f"starts_{key}")
        last = st.date_input("结束", ends_on, format="YYYY-MM-DD", key=f"ends_{key}")
    return Frame(
        name,
        document,
        first if isinstance(first, date) else starts_on,
        last if isinstance(last, date) else ends_on,
    )


def _why(key: str) -> str:
    return st.text_input("理由（必填）", max_chars=campaigns.WHY_MAX, key=key) or ""


def _do(change: Callable[[], object], told: str) -> None:
    with shell.guarded():
        change()
        _done(told)
        st.rerun()


def _done(told: str) -> None:
    shell.toast_later(told)

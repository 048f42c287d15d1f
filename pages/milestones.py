"""节点: for a unit what it owes and has sent, for the office who has sent what."""

import streamlit as st

from field_app import clock, milestone_forms, milestone_looks, shell, units, words
from field_app.milestones import owed, owers, sending, showing
from field_app.milestones.owed import Owed
from field_app.milestones.rhythm import said
from field_app.milestones.showing import CampaignShown, MilestoneShown, Row
from field_app.milestones.standing import OPEN, URGENT, Stand
from field_app.roles import Action, may, require
from models.vocabulary import Rhythm, Sent

who = shell.who()
st.title("节点")
with shell.guarded():
    require(who, Action.SEE_MILESTONES)
if not may(who, Action.SEE_MILESTONES):
    st.stop()
today = clock.local(shell.now()).date()
edits = may(who, Action.EDIT_MILESTONES)


def decide(submission_id: int, take: bool, why_key: str) -> None:
    with shell.told_later():
        why = "" if take else st.session_state.get(why_key, "")
        sending.decide(submission_id, take=take, why=why, who=shell.actor(), now=shell.now())
        shell.toast_later("已接收" if take else "已退回")


# --- a unit ----------------------------------------------------------------------------------------


def unit_part(found: tuple[Owed, ...]) -> None:
    mine = [o for o in found if o.stand in OPEN]
    done = [o for o in found if o.stand not in OPEN]
    if not found:
        st.success("现在没有要您单位报送的节点。", icon=":material/task_alt:")
    with st.container(horizontal=True, gap="xsmall"):
        for stand in URGENT:
            if count := sum(o.stand == stand for o in mine):
                milestone_looks.stand_badge(stand, count)
    with st.grid(min_column_width=340):
        for number, each in enumerate(mine):
            milestone_looks.owed_card(each, today, first=not number and each.stand in URGENT)
    if done:
        with st.expander(f"已经报送的 {len(done)} 期", icon=":material/task_alt:"):
            for each in done:
                milestone_looks.owed_card(each, today)


# --- the office --------------------------------------------------------------------------------------


def row_part(row: Row) -> None:
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{words.plain(row.name)}**")
            milestone_looks.stand_badge(row.stand)
        for sent in row.sent:
            milestone_looks.sent_lines(sent)
            if may(who, Action.DECIDE_MILESTONE) and sent.state != Sent.RETURNED:
                milestone_looks.decide_buttons(sent, decide)


def who_sent(shown: MilestoneShown) -> None:
    for row in shown.rows or shown.at_need:
        if row.sent:
            row_part(row)
    for stand in (Stand.LATE, Stand.SOON, Stand.LATER):
        names = [r.name for r in shown.rows if r.stand == stand and not r.sent]
        if names:
            with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
                milestone_looks.stand_badge(stand, len(names))
            st.caption(words.plain("、".join(names)))


def milestone_card(shown: MilestoneShown, known: dict[int, str], closed: bool) -> None:
    milestone = shown.milestone
    number = milestone.id or 0
    with st.container(border=True, gap="xsmall", key=f"milestone_{number}"):
        period = f"　:gray[{said(shown.period)}]" if said(shown.period) else ""
        st.markdown(f"**{words.plain(milestone.task)}**{period}")
        due = (
            f"，本期 {shown.due_on} 前" if milestone.rhythm != Rhythm.ONCE and shown.due_on else ""
        )
        who_owes = owers.in_words(milestone, shown.units)
        st.caption(words.plain(f"{milestone_looks.when(shown)}{due}　由{who_owes}报送"))
        with st.container(horizontal=True, gap="xsmall"):
            if shown.rows:
                sent = shown.count(Stand.WAITING, Stand.TAKEN)
                st.badge(f"已报 {sent}/{len(shown.rows)}", icon=":material/inbox:", color="blue")
            for stand in (Stand.WAITING, Stand.LATE, Stand.RETURNED, Stand.SOON):
                if count := shown.count(stand):
                    milestone_looks.stand_badge(stand, count)
            if shown.arrears:
                st.badge(f"以前各期欠 {shown.arrears}", icon=":material/history:", color="red")
        with st.expander("谁报了，谁没报", icon=":material/groups:"):
            if len(shown.periods) > 1:
                st.selectbox(
                    "哪一期", [t.period for t in shown.periods],
                    [t.period for t in shown.periods].index(shown.period),
                    format_func=said, key=f"period_{number}",
                )  # fmt: skip
            who_sent(shown)
        if closed:
            return
        if edits and owers.by_office(milestone):
            own = next(
                (r for r in shown.rows if r.stand in OPEN and r.name == "县专项整治办"), None
            )
            if own is not None or milestone.rhythm == Rhythm.AT_NEED:
                with st.expander("县专项整治办办结，记一笔", icon=":material/edit_note:"):
                    milestone_looks.send_form(number, shown.period, f"office_{number}", today)
        if edits:
            with st.expander("修改节点", icon=":material/edit:"):
                milestone_forms.change_milestone(shown, known)


def office_part(names: dict[int, str]) -> None:
    if edits:
        with st.expander("新建整治行动", icon=":material/add:", expanded=not names):
            milestone_forms.new_campaign(today)
    if not names:
        st.info(
            "还没有专项整治行动。填好名称和日期，点“新建整治行动”。"
            if edits
            else "还没有专项整治行动。县办新建以后，谁报了、谁没报列在这里。",
            icon=":material/flag:",
        )
        return
    chosen = st.selectbox("整治行动", list(names), format_func=lambda n: names[n], key="campaign")
    if chosen is None:
        return
    asked = {
        int(key.removeprefix("period_")): str(value)
        for key, value in st.session_state.items()
        if str(key).startswith("period_")
    }
    whole(showing.campaign(chosen, who, asked=asked, now=shell.now()))


def whole(found: CampaignShown) -> None:
    campaign = found.campaign
    st.caption(words.plain(f"{campaign.document}　{campaign.starts_on} 至 {campaign.ends_on}"))
    if found.caution:
        st.caption(f":material/calendar_month: {found.caution}")
    closed = campaign.closed_at is not None
    with st.container(horizontal=True, gap="xsmall"):
        for stand in (Stand.WAITING, Stand.LATE, Stand.RETURNED, Stand.SOON):
            if count := sum(m.count(stand) for m in found.milestones):
                milestone_looks.stand_badge(stand, count)
    known = units.names() if edits else {}
    with st.grid(min_column_width=360):
        for each in found.milestones:
            milestone_card(each, known, closed)
    if edits and not closed:
        with st.expander("增加节点", icon=":material/add:"):
            milestone_forms.new_milestone(campaign, known)
        with st.expander("修改整治行动", icon=":material/edit:"):
            milestone_forms.change_campaign(campaign)


shell.tell()
with shell.guarded():
    if may(who, Action.SEE_OWING):
        office_part(showing.campaigns(who))
    else:
        unit_part(owed.owed(who, now=shell.now()))

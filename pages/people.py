"""人员: accounts, their roles, first passwords; for the administrator."""

import streamlit as st

from field_app import accounts, device_looks, list_filters, shell, units, words
from field_app.accounts import PASSWORD_MIN, NewPerson
from field_app.captures import devices
from field_app.roles import Action, may
from models.vocabulary import Role

who = shell.who()
st.title("人员账号")
rows = []
teams: list[str] = []
unit_names: list[str] = []
with shell.guarded():
    rows = accounts.people(who)
    teams, unit_names = accounts.team_names(), accounts.unit_names()

with st.expander("新建账号", icon=":material/person_add:", expanded=len(rows) <= 1):
    role = st.selectbox("角色", list(Role), key="new_role")
    with st.form("new_person", clear_on_submit=False):
        name = st.text_input("账号（登录用）", max_chars=40)
        display = st.text_input("姓名", max_chars=40)
        team = ""
        unit = ""
        if role in (Role.INSPECTOR, Role.SUPERVISOR):
            team = st.selectbox("工作组", ["", *teams], format_func=lambda t: t or "不分组")
        if role == Role.UNIT:
            unit = st.selectbox("责任单位", unit_names, index=None, placeholder="请选择") or ""
        password = st.text_input(
            f"初始密码（至少 {PASSWORD_MIN} 个字符，首次登录须修改）", type="password"
        )
        if st.form_submit_button("创建账号", type="primary", width="stretch"):
            with shell.guarded():
                new = NewPerson(name, display, role, password, team=team, unit=unit)
                accounts.add_person(new, by=who, now=shell.now())
                st.success(f"已创建账号“{words.plain(name)}”。请把初始密码当面告诉本人。")
                rows = accounts.people(who)

wanted = st.text_input(
    "查找",
    placeholder="账号或姓名",
    key="find_person",
    label_visibility="collapsed",
    icon=":material/search:",
)
for row in rows:
    if wanted and wanted not in row.name and wanted not in row.display:
        continue
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"p_{row.id}"):
        with st.container(gap="xxsmall"):
            with st.container(horizontal=True, gap="small"):
                st.markdown(f"**{words.plain(row.display)}**　{row.role}")
                if not row.active:
                    st.badge("已停用", color="gray")
            st.caption("　".join(words.plain(w) for w in (row.name, row.team, row.unit) if w))
        with st.popover("管理"):
            fresh = st.text_input("新的初始密码", type="password", key=f"reset_{row.id}")
            if st.button("重置密码", key=f"do_reset_{row.id}", width="stretch"):
                with shell.guarded():
                    accounts.reset_password(row.id, fresh, by=who, now=shell.now())
                    st.success("已重置，此人其他设备上的登录已退出。")
            label = "停用账号" if row.active else "启用账号"
            if st.button(label, key=f"active_{row.id}", width="stretch"):
                with shell.guarded():
                    accounts.set_active(row.id, not row.active, by=who, now=shell.now())
                    st.rerun()


def teams_part() -> None:
    """The teams, and a field for another."""
    known = units.teams()
    st.markdown("　".join(words.plain(name) for name in known.values()) or "还没有工作组。")
    with st.form("new_team", clear_on_submit=True):
        name = st.text_input("工作组名称", max_chars=units.TEAM_MAX)
        if st.form_submit_button("添加工作组", width="stretch"):
            with shell.guarded():
                units.add_team(name, who, shell.now())
                shell.toast_later(f"已添加工作组“{name.strip()}”。")
                st.rerun()


def units_part() -> None:
    """The responsible units, and fields for another."""
    st.dataframe(
        [
            {"责任单位": u.name, "类别": u.kind, "乡镇": u.township, "工作组": u.team or "未分片"}
            for u in units.listing()
        ],
        hide_index=True,
        width="stretch",
    )
    known = units.teams()
    here = list_filters.county_townships()
    with st.form("new_unit", clear_on_submit=True):
        name = st.text_input("单位名称", max_chars=units.UNIT_MAX)
        township = st.selectbox(
            "所管乡镇", ["", *here], format_func=lambda c: here.get(c, "不是乡镇（部门）")
        )
        team = st.selectbox(
            "由哪个组负责", [None, *known], format_func=lambda i: known.get(i, "未分片")
        )
        if st.form_submit_button("添加责任单位", width="stretch"):
            with shell.guarded():
                units.add_unit(name, who, shell.now(), township_code=township or "", team_id=team)
                shell.toast_later(f"已添加责任单位“{name.strip()}”。")
                st.rerun()


def devices_part() -> None:
    """Everybody's registered phones; one that was lost is ended here."""
    typed = st.text_input(
        "查找设备",
        placeholder="姓名、账号、设备名或密钥开头",
        key="find_device",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    found = devices.everybodys(who, typed or "", limit=50)
    if not found:
        st.info("没有符合条件的设备。" if typed else "还没有人登记设备。")
    device_looks.listed(found, who, whose=True)


if may(who, Action.MANAGE_PEOPLE):
    with st.expander("外业设备", icon=":material/phone_android:"), shell.guarded():
        devices_part()
    st.subheader("工作组和责任单位")
    teams_part()
    units_part()

"""我的: who I am, my password, my phones, signing out."""

import streamlit as st

from field_app import accounts, device_looks, shell, words
from field_app.accounts import PASSWORD_MIN
from field_app.captures import devices
from field_app.problems import Problem

who = shell.who()
st.title("我的")
if who.must_change_password:
    st.warning("您用的是初始密码，请先改成自己的密码。", icon=":material/lock_reset:")
st.markdown(f"**{words.plain(who.display)}**　{who.role}　账号 {words.plain(who.name)}")

st.subheader("修改密码")
with st.form("password", clear_on_submit=False):
    old = st.text_input("当前密码", type="password", autocomplete="current-password")
    new = st.text_input(
        f"新密码（至少 {PASSWORD_MIN} 个字符）", type="password", autocomplete="new-password"
    )
    again = st.text_input("再输一次新密码", type="password", autocomplete="new-password")
    if st.form_submit_button("修改密码", width="stretch", type="primary"):
        if new != again:
            st.error("两次输入的新密码不一样，请重新输入。")
        else:
            try:
                accounts.change_password(who, old, new, now=shell.now())
                st.success("密码已修改，其他设备上的登录已退出。")
            except Problem as problem:
                st.error(problem.message)

if shell.may_bring_photos(who):
    st.subheader("我的设备")
    st.caption("拍照时登记过的手机和浏览器。丢了手机，或不再使用，请在这里停用。")
    with shell.guarded():
        mine = devices.mine(who)
        device_looks.listed(mine, who)
        if not mine:
            st.info(
                "还没有登记设备。在手机上打开“外业”页面，或在页面里拍照时，会自动登记。",
                icon=":material/phone_android:",
            )

if st.button("退出登录", icon=":material/logout:", width="stretch") and who.sign_in_id:
    accounts.sign_out(who.sign_in_id, now=shell.now())
    st.rerun()

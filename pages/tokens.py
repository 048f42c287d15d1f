"""令牌: leave for other systems to read, made and taken back by the administrator."""

import streamlit as st

from field_app import shell, words
from field_app.access import tokens
from field_app.access.tokens import DAYS_MAX, NAME_MAX, Scope, TokenShown
from field_app.roles import Action, require

who = shell.who()
st.title("访问令牌")
with shell.guarded():
    require(who, Action.MANAGE_TOKENS)


def revoke(token_id: int) -> None:
    with shell.told_later():
        tokens.revoke(token_id, by=shell.actor(), now=shell.now())
        shell.toast_later("已收回，立即失效。")


def new_part() -> None:
    with st.form("new_token", border=True, enter_to_submit=False):
        name = st.text_input("给谁用、做什么用", max_chars=NAME_MAX, key="token_name")
        scopes = st.multiselect(
            "可以读取", list(Scope), placeholder="至少选一种", key="token_scopes"
        )
        days = st.number_input(
            "有效期（天）", min_value=1, max_value=DAYS_MAX, value=365, key="token_days"
        )
        if st.form_submit_button("发放令牌", type="primary", width="stretch"):
            with shell.guarded():
                made = tokens.make(
                    name, [Scope(s) for s in scopes], days=int(days), by=who, now=shell.now()
                )
                st.success("已发放。令牌只显示这一次，请马上复制，当面或用加密的方式交给对方。")
                st.code(made, language=None)


def row(token: TokenShown) -> None:
    with st.container(border=True, gap="xsmall", key=f"token_{token.id}"):
        with st.container(horizontal=True, gap="small"):
            st.markdown(f"**{words.plain(token.name)}**　{words.plain(token.starts_with)}…")
            if token.revoked_at is not None:
                st.badge("已收回", color="gray")
            elif not token.lives(shell.now()):
                st.badge("已过期", color="gray")
            else:
                st.badge("有效", color="green")
        used = (
            f"{words.moment(token.used_at)}，来自 {token.used_from}"
            if token.used_at
            else "还没用过"
        )
        st.caption(
            words.plain(
                f"可读：{'、'.join(token.scopes)}　{token.by} 发放于 {words.moment(token.made_at)}　"
                f"到期 {words.day(token.expires_at)}　最近使用：{used}"
            )
        )
        if token.lives(shell.now()):
            st.button(
                "收回",
                key=f"revoke_{token.id}",
                icon=":material/block:",
                on_click=revoke,
                args=(token.id,),
            )


shell.tell()
with shell.guarded():
    shown = tokens.listing(who)
    st.caption(
        "供其他系统只读取数据：接口 /api/v1/，地图图层 /api/ogc/（QGIS、ArcGIS 可直接打开，"
        "用户名任意，密码填令牌）。"
    )
    new_part()
    for each in shown:
        row(each)

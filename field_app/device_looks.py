"""Registered phones on a page: name, when registered and last used, and the way to end one."""

from collections.abc import Sequence

import streamlit as st

from field_app import shell, words
from field_app.captures import devices
from field_app.captures.devices import DeviceRow
from field_app.roles import Who


def listed(rows: Sequence[DeviceRow], who: Who, *, whose: bool = False) -> None:
    """A card for each; `whose` names its person."""
    for row in rows:
        with (
            st.container(border=True, horizontal=True, vertical_alignment="center"),
            st.container(key=f"device_{row.id}", horizontal=True, vertical_alignment="center"),
        ):
            _card(row, whose=whose)
            if row.revoked_at is None:
                _end(row, who)


def _card(row: DeviceRow, *, whose: bool) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, gap="small"):
            named = f"**{words.plain(row.name or '未命名设备')}**"
            st.markdown(f"{words.plain(row.person)}　{named}" if whose else named)
            if row.revoked_at is not None:
                st.badge("已停用", color="gray")
        used = words.moment(row.used_at) if row.used_at else "还没有用过"
        lines = [f"登记 {words.moment(row.registered_at)}", f"最近使用 {used}", f"密钥 {row.short}"]
        if row.revoked_at is not None:
            lines.append(f"停用 {words.moment(row.revoked_at)}")
        st.caption("　".join(words.plain(line) for line in lines))


def _end(row: DeviceRow, who: Who) -> None:
    with st.popover("停用"):
        st.markdown(
            "停用后，这台设备的签名不再可信，也领不到一次性码。已送达的照片不受影响，不能撤销。"
        )
        if st.button("确认停用", key=f"revoke_{row.id}", type="primary", width="stretch"):
            with shell.guarded():
                devices.revoke(row.key_id, who, now=shell.now())
                shell.toast_later("设备已停用。")
                st.rerun()

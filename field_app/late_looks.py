"""照片没有送到的采集记录: which records wait for their photo, and what the supervisor makes of each."""

import streamlit as st

from field_app import shell, words
from field_app.captures import late
from field_app.captures.late import LateRow
from field_app.roles import Who
from field_app.settings import settings

_PER_PAGE = 20


def part(who: Who) -> None:
    """The list, folded away; nothing where no photo is overdue."""
    now = shell.now()
    overdue = late.count(who, now=now)
    if not overdue:
        return
    label = f"记录到了、照片没到（{overdue} 张）"
    with st.expander(label, icon=":material/hide_image:", key="late_photos"):
        st.caption(
            f"手机送来了采集记录，{settings().photo_late_hours:g} 小时后照片仍没有到。请联系采集人打开外业采集，"
            "让它送完；手机丢失、损坏，或照片没来得及存下的，确认丢失并写明原因。记录不会删除，"
            "照片以后送到仍会收下。"
        )
        for row in late.listing(who, now=now, limit=_PER_PAGE):
            _card(row, who)
        if overdue > _PER_PAGE:
            st.caption(f"先列最早的 {_PER_PAGE} 张，处理后会接着显示。")


def _card(row: LateRow, who: Who) -> None:
    with st.container(border=True, gap="xsmall", key=f"late_{row.id}"):
        st.markdown(
            f"**{words.plain(row.number or '地块不明')}**　{words.plain(row.kind)}　"
            f"{words.plain(row.person)}"
        )
        made = f"手机记为 {words.moment(row.made_at)} 拍摄，" if row.made_at else ""
        st.caption(
            words.plain(
                f"{row.place} {row.purpose}　{made}{words.moment(row.received_at)} 收到记录".strip()
            )
        )
        with st.popover("处理"), st.form(f"late_form_{row.id}", enter_to_submit=False):
            st.caption("确认丢失以后，核查的提交不再等这张照片；缺的照片由本人补拍。")
            why = st.text_area("原因", max_chars=400, key=f"late_why_{row.id}")
            if st.form_submit_button("照片确认丢失", width="stretch", type="primary"):
                with shell.guarded():
                    late.confirm_lost(row.id, why=why, who=who, now=shell.now())
                    shell.toast_later("已记为丢失。")
                    st.rerun()

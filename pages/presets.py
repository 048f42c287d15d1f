"""分类预设: what an entry of each category begins with, kept in versions."""

import streamlit as st

from field_app import seen, shell, words
from field_app.ledger import preset_book
from field_app.ledger.preset_book import Preset, Version
from field_app.roles import Action, may, require
from models.taxonomy import categories

who = shell.who()
st.title("分类预设")
with shell.guarded():
    require(who, Action.EDIT_PRESETS)
if not may(who, Action.EDIT_PRESETS):
    st.stop()
st.caption(
    "确认问题时，责任单位、措施和期限按这里预先填好，督导可以改。销号要几张整改后照片也在这里定。"
    "已经进台账的条目不受影响。责任单位和措施出自实施方案，期限和张数是本系统的默认值；期限按工作日算，从发现的次日起。"
)


def asked(preset: Preset) -> Preset:
    no = preset.category
    with st.container(border=True, key=f"preset_{no}"):
        st.markdown(f"**{no} {categories()[no].name}**")
        units = st.text_input(
            "责任单位（用顿号隔开，第一个牵头）",
            "、".join(preset.units),
            key=f"units_{no}_{edition}",
        )
        measure = st.text_area(
            "整改措施",
            preset.measure,
            max_chars=preset_book.MEASURE_MAX,
            height="content",
            key=f"measure_{no}_{edition}",
        )
        with st.container(horizontal=True):
            days = st.number_input(
                "整改期限（工作日）",
                1,
                preset_book.DAYS_MAX,
                preset.days,
                key=f"days_{no}_{edition}",
            )
            photos = st.number_input(
                "销号要几张整改后照片（0 为凭材料）",
                0,
                preset_book.PHOTOS_MAX,
                preset.after_photos,
                key=f"photos_{no}_{edition}",
            )
    names = tuple(n.strip() for n in (units or "").replace("，", "、").split("、") if n.strip())
    return Preset(no, names, measure or "", int(days), int(photos))


def version(each: Version) -> None:
    changed = "、".join(categories()[no].name for no in each.changed)
    st.markdown(
        f"**第 {each.number} 版**　{words.plain(each.by)}　"
        f":gray[{words.plain(words.moment(each.at))}]  \n"
        f"改了：{words.plain(changed)}  \n理由：{words.plain(each.why)}"
    )


with shell.guarded():
    number, current = preset_book.current(who)
    edition = seen.edition("presets", 0, number)
    with st.form(f"presets_{number}", border=False, enter_to_submit=False):
        wishes = {no: asked(preset) for no, preset in current.items()}
        why = st.text_input("修改理由（必填）", max_chars=preset_book.WHY_MAX)
        if st.form_submit_button("保存并启用", type="primary", width="stretch"):
            preset_book.change(edition, wishes, why=why or "", who=who, now=shell.now())
            shell.toast_later("已启用，之后确认的问题按它预设")
            st.rerun()
    st.subheader("历次修改")
    versions = preset_book.versions(who)
    if not versions:
        st.caption("还没有改过，用的是随产品提供的预设。")
    for each in versions:
        version(each)

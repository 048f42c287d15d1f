"""证据包 on the page of an entry: asking for one, those sealed before, the key to compare with."""

import streamlit as st

from field_app import shell, words
from field_app.ledger.listing import EntryShown
from field_app.packages import keys, ordering, register
from field_app.packages.ordering import OrderShown, OrderState
from field_app.packages.register import Registered
from field_app.problems import NO_OFFICE_KEY, OFFICE_KEY_UNUSABLE, Problem
from field_app.roles import Action, Who, may
from models.tables import HandOver
from models.vocabulary import PackagePurpose


def draw(shown: EntryShown, who: Who) -> None:
    """The part of the page; nothing for who may not hand over."""
    if not may(who, Action.HAND_OVER):
        return
    with st.expander("证据包", icon=":material/folder_zip:"), shell.guarded():
        st.caption(
            "把这条问题的台账记录、照片原件、核验结果、采集签名和卷宗封存成一个文件，由县办签名。"
            "接收方用核验页或命令就能查出任何改动。"
        )
        key_id = _key()
        if key_id:
            _ask(shown, who)
        orders = ordering.unsettled(shown.id, who)
        for order in orders:
            if not order.open:
                _failed(shown, order, who)
        under_way = tuple(order.id for order in orders if order.open)
        if under_way:
            _under_way(shown.id, under_way)
        made = register.listed(shown.id, who)
        for package in made:
            _package(package)
        if not made and not under_way:
            st.caption("还没有封存过证据包。")
        if key_id:
            _published(key_id)


def transfer_form(handed: HandOver, who: Who) -> None:
    """The paper that goes with a hand-over, for who may hand over."""
    if may(who, Action.HAND_OVER):
        st.link_button(
            "移送单和回执（PDF）", f"/hand-overs/{handed.id}/form", icon=":material/description:"
        )


def _key() -> str:
    """The id of the key that seals; empty where there is none, which is then said."""
    try:
        return keys.office_key().public.id
    except Problem as problem:
        if problem.kind not in (NO_OFFICE_KEY, OFFICE_KEY_UNUSABLE):
            raise
        st.warning(words.plain(problem.message), icon=":material/key_off:")
        return ""


def _ask(shown: EntryShown, who: Who) -> None:
    with st.form(f"package_{shown.id}", border=False, enter_to_submit=False):
        purpose = st.segmented_control(
            "用途",
            list(PackagePurpose),
            default=PackagePurpose.HAND_OVER
            if shown.values["handed_to"]
            else PackagePurpose.ARCHIVE,
            required=True,
            key=f"purpose_{shown.id}",
        )
        if st.form_submit_button("封存证据包", icon=":material/lock:", width="stretch"):
            _asked(shown, PackagePurpose(str(purpose)), who)


def _asked(shown: EntryShown, purpose: PackagePurpose, who: Who) -> None:
    new = ordering.ask(shown.id, purpose, who=who, now=shell.now())
    shell.toast_later("已提交，正在后台封存" if new else "已经在封存，不用重复提交")
    st.rerun()


@st.fragment(run_every="2s")
def _under_way(entry_id: int, ids: tuple[int, ...]) -> None:
    """The orders that a worker has or will have; once one of them has come to its end, the whole page
    is drawn anew."""
    person = shell.who()
    orders: list[OrderShown] = []
    with shell.guarded():
        orders = ordering.unsettled(entry_id, person)
    under_way = [order for order in orders if order.open]
    if tuple(order.id for order in under_way) != ids:
        if set(ids) - {order.id for order in orders}:
            shell.toast_later("已封存证据包")
        st.rerun()
    for order in under_way:
        _waiting(order)


def _waiting(order: OrderShown) -> None:
    with st.container(border=True, gap="xsmall", key=f"order_{order.id}"):
        said = "正在封存" if order.state == OrderState.SEALING else "等待封存"
        st.markdown(
            f":material/hourglass_top: **{said}**　{words.plain(order.by)}　{order.purpose}  \n"
            f":gray[{words.moment(order.at)} 提交]"
        )
        st.caption("在后台制作卷宗并封存。可以离开这个页面，完成后在这里下载。")
        if order.changed:
            st.caption("提交以后条目又有变动：封存的是封存那一刻的条目。")
        if order.said:
            st.warning(words.plain(order.said), icon=":material/hourglass_top:")


def _failed(shown: EntryShown, order: OrderShown, who: Who) -> None:
    with st.container(border=True, gap="xsmall", key=f"order_{order.id}"):
        st.markdown(
            f":material/error: **没有封存成**　{words.plain(order.by)}　{order.purpose}  \n"
            f":gray[{words.moment(order.at)} 提交]"
        )
        st.error(words.plain(order.said), icon=":material/error:")
        if st.button(
            "再试一次", icon=":material/refresh:", width="stretch", key=f"again_{order.id}"
        ):
            _asked(shown, order.purpose, who)


def _package(package: Registered) -> None:
    with st.container(border=True, gap="xsmall", key=f"package_{package.id}"):
        st.markdown(
            f"**{words.moment(package.at)}**　{words.plain(package.by)}　{package.purpose}  \n"
            f"{package.photos} 张照片，{package.size / 1e6:.1f} MB"
        )
        st.caption(f"文件校验码（SHA-256）　{keys.fingerprint(package.sha256)}")
        st.link_button("下载", package.url, icon=":material/download:", width="stretch")


def _published(key_id: str) -> None:
    st.markdown("**要公布的公钥**")
    st.caption(
        "请把公钥、指纹和核验页公布在县政府网站等处。接收方要拿公布的公钥来核对，包里自带的不算数。"
    )
    st.caption(f"公钥指纹（SHA-256）　{keys.fingerprint(key_id)}")
    with st.container(horizontal=True):
        st.link_button("公钥", "/packages/office-key.pem", icon=":material/key:")
        st.link_button("核验页", "/packages/verify.html", icon=":material/verified:")

"""同步: how the lines to other systems do, what was refused, and what disagrees."""

import streamlit as st

from field_app import shell, words
from field_app.roles import Action, may, require
from field_app.sync import deciding
from field_app.sync.deciding import WHY_MAX, Side
from field_app.sync.overview import Clash, LineShown, Overview, Refused, overview
from field_app.sync.states import Sending

who = shell.who()
st.title("同步")
with shell.guarded():
    require(who, Action.SYNC)


def again(delivery_id: int) -> None:
    with shell.told_later():
        deciding.retry(delivery_id, shell.actor(), now=shell.now())
        shell.toast_later("已重新排入待发。")


def all_again() -> None:
    with shell.told_later():
        count = deciding.retry_all(shell.actor(), now=shell.now())
        shell.toast_later(f"已把 {count} 条重新排入待发。")


def skip(delivery_id: int, why_key: str) -> None:
    with shell.told_later():
        why = st.session_state.get(why_key, "")
        deciding.skip(delivery_id, shell.actor(), why=why, now=shell.now())
        shell.toast_later("已跳过，同一条目后面的变更接着发。")


def settle(clash_id: int, side: Side, why_key: str) -> None:
    with shell.told_later():
        why = st.session_state.get(why_key, "")
        deciding.settle(clash_id, side, shell.actor(), why=why, now=shell.now())
        shell.toast_later(f"已裁定：{side}。")


def line_part(line: LineShown) -> None:
    with st.container(border=True, gap="xsmall", key=f"line_{line.name}"):
        st.markdown(f"**{words.plain(line.title)}**")
        with st.container(horizontal=True, gap="xsmall"):
            st.badge(f"待发 {line.waiting}", icon=":material/schedule_send:", color="blue")
            sent = line.counts.get(Sending.SENT, 0)
            st.badge(f"已送达 {sent}", icon=":material/done_all:", color="green")
            refused = line.counts.get(Sending.REFUSED, 0)
            st.badge(
                f"被拒收 {refused}",
                icon=":material/block:",
                color="red" if refused else "gray",
            )
            if skipped := line.counts.get(Sending.SKIPPED, 0):
                st.badge(f"已跳过 {skipped}", icon=":material/step_over:", color="gray")
            if not line.configured:
                st.badge("现在没有设置这条线", icon=":material/link_off:", color="orange")
        st.caption(
            f"最近联系上：{words.moment(line.contact_at)}　最早未送达的变更："
            f"{words.moment(line.oldest)}"
        )
        if line.retrying:
            st.warning(
                words.plain(f"{line.retrying} 条没有发成，会自动再试：{line.because}"),
                icon=":material/sync_problem:",
            )
        elif line.sick:
            st.warning(
                words.plain(f"{words.moment(line.failed_at)} 没有成功：{line.said}。会自动再试。"),
                icon=":material/cloud_off:",
            )


def entry_link(entry_id: int | None, place: str) -> None:
    if entry_id is not None:
        shell.link(
            "ledger",
            "看台账条目",
            icon=":material/table_view:",
            main=False,
            place=place,
            entry=str(entry_id),
        )


def refused_part(refused: Refused) -> None:
    with st.container(border=True, gap="xsmall", key=f"refused_{refused.id}"):
        st.markdown(f"**{words.plain(refused.what)}**　{words.plain(refused.step)}")
        st.markdown(words.plain(f"对方说：{refused.said or '没有说明'}"))
        behind = f"　同一条目后面还有 {refused.behind} 条在等" if refused.behind else ""
        st.caption(
            f"{refused.channel}　写于 {words.moment(refused.written_at)}　试过 {refused.tries} 次，"
            f"最近 {words.moment(refused.tried_at)}{behind}"
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "重试",
                key=f"again_{refused.id}",
                icon=":material/refresh:",
                type="primary",
                on_click=again,
                args=(refused.id,),
            )
            with st.popover("跳过"):
                st.caption(
                    "这条变更不再发送，后面的接着发。后面的每一条都带着整个条目，对方不会缺内容。"
                )
                key = f"skip_why_{refused.id}"
                st.text_input("理由", max_chars=WHY_MAX, key=key)
                st.button(
                    "跳过这条变更", key=f"skip_{refused.id}", on_click=skip, args=(refused.id, key)
                )
            entry_link(refused.entry_id, f"refused_{refused.id}")


def clash_part(clash: Clash) -> None:
    with st.container(border=True, gap="xsmall", key=f"clash_{clash.id}"):
        st.markdown(f"**{words.plain(clash.number)}**")
        said = f"（原话：{clash.said}）" if clash.said != clash.theirs else ""
        st.markdown(
            f"本系统：**{words.plain(clash.ours)}**　对方：**{words.plain(clash.theirs)}**"
            f"{words.plain(said)}"
        )
        their = f"　对方编号 {clash.their_number}" if clash.their_number else ""
        note = f"　{clash.words}" if clash.words else ""
        st.caption(words.plain(f"{clash.channel}　{words.moment(clash.at)}{their}{note}"))
        key = f"settle_why_{clash.id}"
        st.text_input("理由（会留在条目的经过里）", max_chars=WHY_MAX, key=key)
        with st.container(horizontal=True, gap="small"):
            for side, helps in (
                (Side.OURS, "把本系统的条目再发一次，并注明以此为准"),
                (Side.THEIRS, "只记下裁定；条目的状态仍须由有权的人在台账里办理"),
            ):
                st.button(
                    side,
                    key=f"settle_{side.name}_{clash.id}",
                    help=helps,
                    on_click=settle,
                    args=(clash.id, side, key),
                )
            entry_link(clash.entry_id, f"clash_{clash.id}")


def decided_part(shown: Overview) -> None:
    with st.expander("最近的处理", icon=":material/history:"):
        for each in shown.decided:
            why = f"：{each.why}" if each.why else ""
            st.markdown(
                words.plain(f"{words.moment(each.at)}　{each.by} {each.action} {each.what}{why}")
            )


def whole(shown: Overview) -> None:
    if not shown.lines:
        st.info(
            "还没有设置与其他系统的同步。管理员在服务器上设 SYNC_URL（接口）或 SYNC_FOLDER（文件交换）后，"
            "以前的变更会按顺序补发。",
            icon=":material/sync_disabled:",
        )
    for line in shown.lines:
        line_part(line)
    if shown.clash_count:
        st.subheader(f"双方状态不一致（{shown.clash_count}）")
        st.caption("两边都保持原样，由人裁定。")
        for clash in shown.clashes:
            clash_part(clash)
    if shown.refused:
        st.subheader(f"被拒收的变更（{shown.refused_count}）")
        st.caption("改好原因后重试；同一条目后面的变更会等它。")
        if shown.refused_count > 1:
            st.button("全部重试", key="all_again", icon=":material/refresh:", on_click=all_again)
        for refused in shown.refused:
            refused_part(refused)
    if shown.decided:
        decided_part(shown)
    st.button("刷新", key="look_again", icon=":material/refresh:")


shell.tell()
with shell.guarded():
    whole(overview(who))
if may(who, Action.MANAGE_TOKENS):
    shell.link("tokens", "访问令牌：让其他系统读取数据", icon=":material/key:", main=False)

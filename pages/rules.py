"""规则: the thresholds photos are examined with, trying others on all photos, putting them in force."""

import streamlit as st

from field_app import rule_looks, rulebook, shell, words
from field_app.reexamining import difference, runs
from field_app.reexamining.otherwise import otherwise_examined
from field_app.reexamining.runs import PROGRAM_CHANGED, RunShown
from field_app.reexamining.states import RunState
from field_app.roles import Action, may
from field_app.rulebook import Layer, Limit

_SAMPLE = 8

who = shell.who()
decides = may(who, Action.CHANGE_RULES)
st.title("核验规则")
st.caption(
    "照片按这里的阈值核验。改动先在全部照片上试算，看清会变什么，再决定启用；启用以前，照片的结论和"
    "以前一样。历次的核验结果都留存。"
)


def now_in_force(limits: list[Limit], otherwise: int | None) -> None:
    """What holds now, and how many photos stand by something else."""
    versions = rulebook.versions(who)
    set_here = [limit for limit in limits if limit.current != limit.base]
    with st.container(horizontal=True, gap="xsmall"):
        label = f"第 {versions[0].number} 版" if versions else "随产品的默认规则"
        st.badge(label, icon=":material/gavel:", color="green")
        st.badge(f"县里改过 {len(set_here)} 项阈值" if set_here else "阈值未改动", color="gray")
    if versions:
        newest = versions[0]
        by = newest.by or "系统"
        st.caption(words.plain(f"{by} 启用于 {words.moment(newest.at)} · {newest.why}"))
    if otherwise:
        st.info(
            f"有 {otherwise} 张照片是按以前的规则或检查程序核验的，可以重新核验，看看结论会不会变。",
            icon=":material/update:",
        )
    with st.expander(f"全部阈值（{len(limits)}）", icon=":material/list_alt:"):
        rule_looks.all_limits(limits)


# --- proposing -------------------------------------------------------------------------------


def propose_part(limits: list[Limit]) -> None:
    """Which checks to change, their numbers, and why."""
    st.subheader("改阈值，或按新的检查程序重新核验")
    by_check: dict[str, list[Limit]] = {}
    for limit in limits:
        by_check.setdefault(limit.check, []).append(limit)
    changed_before = [c for c, all_ in by_check.items() if any(x.current != x.base for x in all_)]
    chosen = st.multiselect(
        "要改哪些检查的阈值",
        list(by_check),
        default=changed_before,
        format_func=lambda check: by_check[check][0].catches,
        placeholder="不选，就只按新的检查程序重新核验",
        key="rules_checks",
    )
    with st.form("propose_rules", border=False, enter_to_submit=False):
        typed: Layer = {}
        for check in chosen:
            with st.container(border=True, gap="small", key=f"limits_{check}"):
                st.markdown(f"**{words.plain(by_check[check][0].catches)}**")
                with st.grid(min_column_width=220, vertical_alignment="bottom"):
                    for limit in by_check[check]:
                        typed.setdefault(check, {})[limit.name] = rule_looks.asked(limit)
        why = st.text_area(
            "理由",
            value="" if chosen else PROGRAM_CHANGED,
            max_chars=rulebook.WHY_MAX,
            height="content",
            placeholder="谁要求的、为什么改，会和结果一起留在记录里",
            key=f"rules_why_{bool(chosen)}",
        )
        if not st.form_submit_button("在全部照片上试算", type="primary", width="stretch"):
            return
    with shell.guarded():
        runs.propose(typed, why=why, who=shell.who(), now=shell.now())
        shell.toast_later("已开始试算；结果出来以前，照片的结论不变")
        st.rerun()


# --- a run -----------------------------------------------------------------------------------


def head_of(run: RunShown) -> None:
    st.caption(words.plain(f"{run.by} 提出于 {words.moment(run.started_at)} · {run.why}"))
    rule_looks.changes(run.changes, none="阈值不变，只按新的检查程序核验。")


@st.fragment(run_every="2s")
def under_way(run_id: int) -> None:
    """How far it is; when it has come to its end, the whole page is drawn anew."""
    person = shell.who()
    run = None
    with shell.guarded():
        run = runs.open_run(person)
    if run is None or run.id != run_id or run.state not in (RunState.RUNNING, RunState.APPLYING):
        st.rerun()
        return
    said = "正在试算" if run.state == RunState.RUNNING else "正在启用：先补上刚收到的照片"
    st.progress(run.share, text=f"{said}：{run.done} / {run.total} 张")
    if run.unread:
        st.caption(f"其中 {run.unread} 张读不出，保持原结论。")
    if run.note:
        st.warning(words.plain(run.note), icon=":material/hourglass_top:")


def running_part(run: RunShown) -> None:
    st.subheader("正在试算" if run.state == RunState.RUNNING else "正在启用")
    head_of(run)
    under_way(run.id)
    st.caption("在后台慢慢做，不影响别人使用；可以离开这个页面，也不怕服务器重启。")
    if decides:
        st.button(
            "取消",
            icon=":material/close:",
            key="cancel_run",
            on_click=decided,
            args=("cancel", run.id, "已取消；照片的结论没有变"),
        )


def decided(step: str, run_id: int, done: str) -> None:
    with shell.told_later():
        call = runs.cancel if step == "cancel" else runs.drop
        call(run_id, shell.actor(), now=shell.now())
        shell.toast_later(done)


def adopted(run_id: int) -> None:
    with shell.told_later():
        why = str(st.session_state.get("adopt_why", ""))
        runs.adopt(run_id, why=why, who=shell.actor(), now=shell.now())
        shell.toast_later("正在启用新规则")


def ready_part(run: RunShown) -> None:
    st.subheader("试算结果，等待决定")
    head_of(run)
    if run.note:
        st.info(words.plain(run.note), icon=":material/update:")
    found = difference.of(run.id, who)
    rule_looks.totals(found)
    if decides:
        decide_part(run)
    if found.changed:
        rule_looks.matrix(found.shifts)
    if found.settled:
        st.warning(
            f"其中 {sum(s.count for s in found.settled)} 张照片的核查记录已经审定或已入台账"
            f"（{rule_looks.shifts_in_words(found.settled)}）。启用后照片的核验结论会变，核查记录和台账"
            "不会自动改动；需要的，请督导另行复核。",
            icon=":material/table_view:",
        )
    rule_looks.check_shifts(found.checks)
    rule_looks.unread(found)
    sample = difference.sample(run.id, who, most=_SAMPLE)
    if sample:
        st.subheader("看几张")
        st.caption(
            f"会变为不符的排在前面，其余随机抽取。共 {found.changed} 张结论会变，这里有 {len(sample)} 张。"
        )
        rule_looks.sample(sample, may_review=may(who, Action.REVIEW))


def decide_part(run: RunShown) -> None:
    with st.container(border=True, key="decide_run"):
        st.text_area(
            "启用的理由",
            value=run.why,
            max_chars=rulebook.WHY_MAX,
            height="content",
            key="adopt_why",
        )
        with st.container(horizontal=True):
            st.button(
                "启用新规则",
                type="primary",
                icon=":material/check:",
                key="adopt_run",
                width="stretch",
                on_click=adopted,
                args=(run.id,),
            )
            st.button(
                "放弃",
                icon=":material/close:",
                key="drop_run",
                width="stretch",
                on_click=decided,
                args=("drop", run.id, "已放弃；照片的结论没有变"),
            )


shell.tell()
with shell.guarded():
    limits = rulebook.limits(who)
    run = runs.open_run(who)
    now_in_force(limits, None if run else otherwise_examined(who))
    if run is None and decides:
        propose_part(limits)
    elif run is not None and run.state == RunState.READY:
        ready_part(run)
    elif run is not None:
        running_part(run)
    rule_looks.history(rulebook.versions(who), runs.closed_runs(who))

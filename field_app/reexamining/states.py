"""What may happen to a run over all photos, as one table. Pure."""

from enum import StrEnum

from field_app.problems import WRONG_STATE


class RunState(StrEnum):
    """Where a run stands. The first three are open: there is never more than one of them."""

    RUNNING = "核验中"
    READY = "待决定"
    APPLYING = "启用中"
    IN_FORCE = "已启用"
    DROPPED = "已放弃"
    CANCELLED = "已取消"
    FAILED = "出错停止"


class Step(StrEnum):
    """What is done to a run; the words stand in events and refusals."""

    FINISH = "核验完"
    AGAIN = "从头再来"
    ADOPT = "启用"
    APPLIED = "启用完成"
    DROP = "放弃"
    CANCEL = "取消"
    FAIL = "停止"


OPEN = (RunState.RUNNING, RunState.READY, RunState.APPLYING)
WORKED_ON = (RunState.RUNNING, RunState.APPLYING)
"""The states in which photos are examined."""

TRANSITIONS: dict[tuple[RunState, Step], RunState] = {
    (RunState.RUNNING, Step.FINISH): RunState.READY,
    (RunState.RUNNING, Step.CANCEL): RunState.CANCELLED,
    (RunState.RUNNING, Step.FAIL): RunState.FAILED,
    # The program or the server's settings changed meanwhile: what was found holds no more.
    (RunState.RUNNING, Step.AGAIN): RunState.RUNNING,
    (RunState.READY, Step.AGAIN): RunState.RUNNING,
    (RunState.APPLYING, Step.AGAIN): RunState.RUNNING,
    (RunState.READY, Step.ADOPT): RunState.APPLYING,
    (RunState.READY, Step.DROP): RunState.DROPPED,
    # What arrived since is examined first; until then everything can still be called off.
    (RunState.APPLYING, Step.APPLIED): RunState.IN_FORCE,
    (RunState.APPLYING, Step.CANCEL): RunState.CANCELLED,
    (RunState.APPLYING, Step.FAIL): RunState.FAILED,
}


def after(state: str, step: Step) -> RunState:
    """The state after `step`. Raises WRONG_STATE."""
    to = TRANSITIONS.get((RunState(state), step))
    if to is None:
        raise WRONG_STATE(what="重新核验", state=state, action=str(step))
    return to

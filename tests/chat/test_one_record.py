"""No sequence of messages, buttons and form edits leads to a record that the form would refuse."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from field_app import db, drafts, inspections
from field_app.inspections.marks import open_ones
from field_app.problems import Problem
from models.tables import Finding
from models.vocabulary import InspectionState, Role, Verdict
from tests import rows
from tests.chat.conftest import Talker
from tests.databases import environment
from tests.soak import examples

_SAID = [
    line["text"]
    for line in map(
        json.loads,
        (Path(__file__).parents[2] / "bench" / "utterances" / "built_on.jsonl")
        .read_text(encoding="utf-8")
        .splitlines(),
    )
]
_COMMANDS = ["撤销", "重来", "提交", "都对", "跳过", "还差什么", "帮助", "是", "不是", "没有"]
# A visit that a person would make, so that some sequences do arrive.
_USUAL = [
    "旱地，种的玉米",
    "林地，杨树",
    "跟报备一致",
    "跟报备的不一样",
    "没发现问题",
    "有问题",
    "地里都撂荒了，长满了草，没人管",
    "三亩二分",
    "整块地都是杨树，树下有草，没有耕种痕迹",
]
_VALUES = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.floats(-10, 1e4),
    st.sampled_from(["是", "否", "0301", "0103", "LS", "2", "3", "2-1", "3-6", "WFDD"]),
)
_NAMES = ["land_class", "planting", "as_registered", "has_problem", "category", "problem_type"]
_NAMES += ["facts", "area_mu", "cultivated_mu", "measure", "no_photo_reason", "no_photo_note"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from([*_USUAL, *_COMMANDS] * 4 + _SAID)),
        st.tuples(st.just("press"), st.integers(0, 9)),
        st.tuples(st.just("fill"), st.tuples(st.sampled_from(_NAMES), _VALUES)),
        st.tuples(st.just("confirm"), st.none()),
        st.tuples(st.just("submit"), st.none()),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("house")
    with environment(DATA_DIR=str(folder), DATABASE_URL=""):
        db.migrate()
        yield


def _visit(now: datetime) -> Talker:
    who = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    visit = inspections.open_visit(rows.a_task(), who, now=now)
    for kind in ("全景", "近景", "利用特征", "利用特征"):
        rows.a_photo_row(visit, Verdict.PASSED, kind=kind)
    return Talker(who, now, visit)


def _step(talker: Talker, kind: str, what: Any) -> None:
    view = talker.view
    if kind == "say":
        talker.says(what)
    elif kind == "press" and talker.ask.buttons:
        talker.presses(talker.labels[what % len(talker.labels)])
    elif kind == "fill":
        name, value = what
        inspections.save(view.id, {name: value}, talker.who, seen=view.answers, now=talker.now)
    elif kind == "confirm":
        values = {n: view.answers[n] for n in view.unconfirmed}
        inspections.confirm(view.id, values, talker.who, now=talker.now)
    elif kind == "submit":
        inspections.submit(view.id, view.edition, talker.who, now=talker.now)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_what_is_handed_in_is_what_the_form_would_take(
    house: None, noon: datetime, steps: list[tuple[str, Any]]
) -> None:
    talker = _visit(noon)
    here = talker.visit
    for kind, what in steps:
        try:
            _step(talker, kind, what)
        except Problem:
            continue  # refused, by the same rules
        if talker.visit != here:
            break
    talker.visit = here
    view = talker.view
    if view.state != InspectionState.SUBMITTED:
        return
    assert drafts.wrongs(view.form, view.answers, view.about) == {}
    assert drafts.settled(view.form, view.answers, view.about) == view.answers
    assert open_ones(view.marks, view.answers) == []
    with db.reading() as session:
        found = session.exec(select(Finding).where(Finding.inspection_id == view.id)).all()
    if view.answers["has_problem"] == "否":
        assert found == []
    else:
        assert [f.problem_type for f in found] == [view.answers["problem_type"]]


def test_some_sequences_do_arrive(house: None, noon: datetime) -> None:
    """Else the test above would say nothing."""
    talker = _visit(noon)
    for said in ("旱地，种的玉米", "跟报备一致", "没发现问题", "都对", "提交"):
        talker.says(said)
    assert talker.view.state == InspectionState.SUBMITTED

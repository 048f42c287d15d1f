"""New rules are tried on all photos first, and change nothing before somebody puts them in force."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from field_app import review, rulebook
from field_app.db import reading, writing
from field_app.inspections.photos import change_kind, remove_photo
from field_app.problems import Problem
from field_app.reexamining import difference, runs
from field_app.reexamining.otherwise import otherwise_examined
from field_app.reexamining.states import RunState
from field_app.reexamining.worker import Worker
from field_app.review import Decision
from field_app.roles import CONSOLE, Who
from field_app.routes.photos import MAX_ID
from field_app.settings import settings
from models.tables import Entry, Inspection, Photo, Reexamination, Trial
from models.vocabulary import InspectionState, Role, Verdict
from photos.engine import engine_digest
from photos.stores import path_of
from tests import rows
from tests.databases import environment
from tests.inspections.conftest import Visit
from tests.reexamining.conftest import (
    STRICT,
    events_of,
    examinations,
    state_of,
    verdicts,
)

Work = Callable[..., None]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as told:
        call()
    return told.value.id


def test_a_passed_photo_would_fail_by_stricter_rules_and_nothing_has_changed_yet(
    strict_run: int, work: Work, office: Who
) -> None:
    work()
    assert state_of(strict_run) == RunState.READY
    assert verdicts() == ["核验通过", "核验通过"]
    assert len(examinations(1)) == len(examinations(2)) == 1
    found = difference.of(strict_run, office)
    assert (found.total, found.changed, found.unread_count) == (2, 1, 0)
    assert [(s.old, s.new, s.count) for s in found.shifts] == [
        (Verdict.PASSED, Verdict.PASSED, 1),
        (Verdict.PASSED, Verdict.CONTRADICTED, 1),
    ]
    # Others may speak as well: the first photo has neighbours now that it had not when it came.
    assert ("on_parcel", "PASS", "FAIL", 1) in [
        (c.check, c.old, c.new, c.count) for c in found.checks
    ]
    (shown,) = difference.sample(strict_run, office)
    assert shown.photo_id == 2
    assert shown.old_results == ()
    assert "超出 10 m" in shown.new_results[0]["message"]


def test_put_in_force_the_photo_fails_the_old_result_stays_and_it_is_said_who_and_why(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    work()
    runs.adopt(strict_run, why="专班要求收紧距离", who=office, now=noon + timedelta(minutes=30))
    work()
    assert state_of(strict_run) == RunState.IN_FORCE
    assert verdicts() == ["核验通过", "不符"]
    first, second = examinations(2)
    assert (first.verdict, second.verdict) == ("核验通过", "不符")
    assert (first.rule_book_id, second.rule_book_id) == (None, 1)
    assert first.engine == second.engine == engine_digest()
    assert [r["threshold"]["fail_m"] for r in second.results if r["check"] == "on_parcel"] == [15.0]
    assert second.readings == first.readings
    (told,) = [e for e in events_of("photo", 2) if e.action == "重新核验"]
    assert (told.old, told.new["verdict"]) == ({"verdict": "核验通过"}, "不符")
    assert (told.person_id, told.why) == (office.id, "专班要求收紧距离")
    assert [e for e in events_of("photo", 1) if e.action == "重新核验"] == []
    assert len(examinations(1)) == 2  # it stands by the new rules as well
    assert otherwise_examined(office) == 0


def test_right_after_it_came_into_force_the_reasons_are_read_where_they_stand_still(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    work()
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    Worker().step(now=noon + timedelta(hours=1))  # in force, and nothing more
    assert state_of(strict_run) == RunState.IN_FORCE
    assert examinations(2)[-1].results == []
    before = next(p for p in visit.view().photos if p.id == 2)
    assert any("超出 10 m" in r["message"] for r in before.results)
    again = runs.propose({"on_parcel": {"fail_m": 300.0}}, why="放宽", who=office, now=noon)
    work()  # another run may begin before the first has been tidied away
    (shown,) = difference.sample(again, office)
    assert (shown.old, "超出 10 m" in shown.old_results[0]["message"]) == (
        Verdict.CONTRADICTED,
        True,
    )
    runs.drop(again, office, now=noon)
    work()
    after = next(p for p in visit.view().photos if p.id == 2)
    assert (after.results, after.readings) == (before.results, before.readings)
    assert examinations(2)[-1].results == before.results
    with reading() as session:
        assert session.exec(select(Trial)).all() == []


def test_the_next_photo_is_judged_by_the_rules_in_force(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    assert visit.shoot(3, away_m=40).verdict == "核验通过"  # while the run is under way
    work()
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    assert visit.shoot(4, away_m=40).verdict == "不符"
    newest = examinations(4)[-1]
    assert (newest.rule_book_id, newest.engine) == (1, engine_digest())


def test_a_photo_that_arrives_meanwhile_is_caught_up_with_before_anything_is_in_force(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    work()
    late = visit.shoot(3, away_m=40)  # after the run was finished
    assert late.verdict == "核验通过"
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    assert verdicts() == ["核验通过", "不符", "不符"]
    assert len(examinations(3)) == 2


def test_a_photo_whose_kind_changed_meanwhile_is_tried_again_as_what_it_is_now(
    visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    photo = visit.shoot(1, kind="近景", away_m=40).photo_id
    assert photo is not None
    run = runs.propose({"on_parcel": {"tolerance_m": 30.0}}, why="收紧", who=office, now=noon)
    work()
    (before,) = difference.of(run, office).shifts
    assert (before.old, before.new) == (Verdict.DOUBTFUL, Verdict.DOUBTFUL)
    change_kind(photo, "全景", visit.who, now=noon)
    runs.adopt(run, why="收紧", who=office, now=noon)
    work()
    assert verdicts() == ["核验通过"]
    assert [e.verdict for e in examinations(photo)] == ["存疑", "核验通过", "核验通过"]


def test_a_photo_that_was_taken_out_is_left_alone(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    work()
    remove_photo(2, visit.who, now=noon)
    assert difference.of(strict_run, office).changed == 0
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    assert verdicts() == ["核验通过", "核验通过"]
    assert len(examinations(2)) == 1


def test_dropped_or_cancelled_rules_leave_no_trace_but_the_record(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    runs.cancel(strict_run, office, now=noon)
    work()
    again = runs.propose(STRICT, why="再试一次", who=office, now=noon)
    work()
    runs.drop(again, office, now=noon)
    work()
    assert verdicts() == ["核验通过", "核验通过"]
    assert len(examinations(2)) == 1
    with reading() as session:
        assert rulebook.in_force(session).version is None
        assert session.exec(select(Trial)).all() == []  # tidied away
    dropped, cancelled = runs.closed_runs(office)
    assert (dropped.state, cancelled.state) == (RunState.DROPPED, RunState.CANCELLED)
    assert dropped.summary["changed"] == 1
    assert [e.action for e in events_of("rules", again)] == [
        "开始重新核验",
        "重新核验完成",
        "放弃新规则",
    ]


def test_two_runs_at_once_are_refused(strict_run: int, office: Who, noon: datetime) -> None:
    def another() -> None:
        runs.propose({}, why="再来", who=office, now=noon)

    assert refusal(another) == "run-open-already"
    with reading() as session:
        assert len(session.exec(select(Reexamination)).all()) == 1


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUPERVISOR, Role.UNIT])
def test_only_office_and_administrator_change_the_rules(
    role: Role, strict_run: int, work: Work, noon: datetime
) -> None:
    who = rows.a_person(role)
    work()
    for call in (
        lambda: runs.propose(STRICT, why="好", who=who, now=noon),
        lambda: runs.cancel(strict_run, who, now=noon),
        lambda: runs.drop(strict_run, who, now=noon),
        lambda: runs.adopt(strict_run, why="好", who=who, now=noon),
    ):
        assert refusal(call) == "not-allowed"
    if role == Role.SUPERVISOR:
        assert difference.of(strict_run, who).changed == 1
    else:
        assert refusal(lambda: difference.of(strict_run, who)) == "not-allowed"


def test_a_reason_is_wanted_and_a_state_is_kept_to(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    def adopted(why: str = "好") -> None:
        runs.adopt(strict_run, why=why, who=office, now=noon)

    assert refusal(adopted) == "wrong-state"
    assert refusal(lambda: runs.drop(strict_run, office, now=noon)) == "wrong-state"
    work()
    assert refusal(lambda: adopted(" ")) == "reason-needed"
    assert refusal(lambda: runs.cancel(strict_run, office, now=noon)) == "wrong-state"
    assert refusal(lambda: runs.drop(MAX_ID, office, now=noon)) == "not-found"


def test_bytes_that_are_gone_or_damaged_are_counted_and_the_photo_keeps_what_it_has(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    damaged = visit.shoot(3, away_m=40).sha256
    with reading() as session:
        gone = session.get_one(Photo, 2).sha256
    folder = settings().store_folder
    assert folder is not None
    (folder / path_of(gone)).unlink()
    (folder / path_of(damaged)).write_bytes(b"no photo any more")
    work()
    found = difference.of(strict_run, office)
    assert [(u.photo_id, u.why) for u in found.unread] == [
        (2, "照片库里找不到原文件"),
        (3, "原文件已损坏，与校验码不符"),
    ]
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    assert verdicts() == ["核验通过"] * 3
    assert [len(examinations(n)) for n in (1, 2, 3)] == [2, 1, 1]
    assert otherwise_examined(office) == 2
    assert runs.closed_runs(office)[0].summary["unread"] == 2


def test_a_decision_stands_until_the_verdict_changes_and_is_then_asked_for_again(
    work: Work, office: Who, visit: Visit, noon: datetime
) -> None:
    zhou = rows.a_person(Role.SUPERVISOR, "周督导")
    photo = visit.shoot(1, kind="近景", away_m=40).photo_id  # 存疑
    assert photo is not None
    with writing() as session:
        seen = session.get_one(Inspection, visit.id)
        seen.state, seen.submitted_at = InspectionState.SUBMITTED, noon
    review.decide_photo(photo, Decision.TRUSTED, why="地物一致", who=zhou, now=noon)
    run = runs.propose({"zone": {"tolerance_hours": 3.0}}, why="无关", who=office, now=noon)
    work()
    runs.adopt(run, why="无关", who=office, now=noon)
    work()
    case = review.detail(visit.id, zhou)
    assert case.photos[0].standing == Decision.TRUSTED  # the verdict is the same
    run = runs.propose({"on_parcel": {"fail_m": 15.0}}, why="收紧", who=office, now=noon)
    work()
    assert review.detail(visit.id, zhou).photos[0].standing == Decision.TRUSTED
    runs.adopt(run, why="收紧", who=office, now=noon)
    work()
    after = review.detail(visit.id, zhou)
    assert after.photos[0].verdict == Verdict.CONTRADICTED
    assert after.photos[0].standing is None
    assert after.photos[0].undecided
    assert after.edition == case.edition + 1  # whoever has the old case open is told


def test_a_confirmed_case_stays_confirmed_and_is_shown_apart(
    strict_run: int, visit: Visit, work: Work, office: Who, noon: datetime
) -> None:
    with writing() as session:
        case = session.get_one(Inspection, visit.id)
        case.state, case.submitted_at = InspectionState.CONFIRMED, noon
    entry = rows.an_entry(inspection_id=visit.id)
    work()
    found = difference.of(strict_run, office)
    assert [(s.old, s.new, s.count) for s in found.settled] == [
        (Verdict.PASSED, Verdict.CONTRADICTED, 1)
    ]
    (shown,) = difference.sample(strict_run, office)
    assert shown.decided
    assert shown.entry_id == entry
    with reading() as session:
        before = session.get_one(Entry, entry).model_dump()
        edition = session.get_one(Inspection, visit.id).edition
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    with reading() as session:
        assert session.get_one(Entry, entry).model_dump() == before
        after = session.get_one(Inspection, visit.id)
        assert (after.state, after.edition) == (InspectionState.CONFIRMED, edition)


def test_other_settings_of_the_server_begin_the_run_anew(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    work()
    with environment(THRESHOLDS__ON_PARCEL__TOLERANCE_M="45"):
        assert Worker().step(now=noon + timedelta(hours=1))
        assert state_of(strict_run) == RunState.RUNNING
        shown = runs.open_run(office)
        assert shown is not None
        assert (shown.done, "从头" in shown.note) == (0, True)
        work()
        assert state_of(strict_run) == RunState.READY


def test_the_console_may_propose_and_is_no_person(visit: Visit, work: Work, noon: datetime) -> None:
    visit.shoot(1)
    run = runs.propose({}, why="检查程序已更新", who=CONSOLE, now=noon)
    work()
    shown = runs.open_run(CONSOLE)
    assert shown is not None
    assert (shown.id, shown.by, shown.changes, shown.share) == (run, "命令行", (), 1.0)


def test_what_the_county_set_before_stays_where_it_is_not_named(
    strict_run: int, work: Work, office: Who, noon: datetime
) -> None:
    work()
    runs.adopt(strict_run, why="收紧", who=office, now=noon)
    work()
    again = runs.propose({"on_parcel": {"fail_m": 200.0}}, why="放宽", who=office, now=noon)
    with reading() as session:
        proposed = session.get_one(Reexamination, again).thresholds
    assert proposed == {"on_parcel": {"tolerance_m": 10.0}}  # what the checks say is not kept

"""A draw from the list to the result, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from field_app import db, inspections, review, tasks
from field_app.ledger import closing
from field_app.problems import Problem
from field_app.roles import Who
from field_app.second_look import assigning, draws, outcomes, results
from field_app.second_look.assigning import Assignee, Staff, suggest
from field_app.second_look.draws import Wish
from field_app.second_look.lots import Stratum
from field_app.second_look.outcomes import Outcome
from field_app.second_look.populations import Sought
from field_app.second_look.published import disagreements
from field_app.second_look.sheets import read, to_csv, to_xlsx
from models.tables import Draw, DrawnParcel, Entry, Event, Inspection, Task
from models.vocabulary import EntryState, InspectionState, Purpose, Role
from tests import rows
from tests.second_look.conftest import Cast, a_visited, closed_entries

DICE = bytes(range(16))
SECOND, SPOT = Sought(Purpose.SECOND_LOOK), Sought(Purpose.SPOT_CHECK)
PUBLIC = "福彩双色球第 2026045 期红球"


def wish(sought: Sought = SECOND, n: int = 3, **given: object) -> Wish:
    return Wish(sought, n, **({"seed_source": PUBLIC, "why": "一季度回头看"} | given))  # type: ignore[arg-type]


def drawn(cast: Cast, now: datetime, wanted: Wish, seed: str = "0307112026") -> int:
    made = draws.freeze(wanted, who=cast.office, now=now)
    draws.make(made, seed, randomness=DICE, who=cast.office, now=now)
    return made


def window(now: datetime) -> tuple[datetime, datetime]:
    return now, now + timedelta(days=20)


def of_draw(draw_id: int) -> list[DrawnParcel]:
    with db.reading() as session:
        query = select(DrawnParcel).where(DrawnParcel.draw_id == draw_id)
        return list(session.exec(query.order_by(col(DrawnParcel.id))))


def refused(cast: Cast, drawn_id: int, code: str, now: datetime) -> str:
    with pytest.raises(Problem) as told:
        assigning.reassign(drawn_id, code, who=cast.office, now=now)
    return told.value.id


# --- the list and the lot --------------------------------------------------------------------------


def test_the_list_holds_closed_entries_with_a_parcel_and_counts_the_others(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 8)
    rows.an_entry(number="open")
    rows.an_entry(number="of papers", state=EntryState.CLOSED, closed_on=date(2026, 4, 14))
    told = draws.preview(cast.office, SECOND, [Stratum.TOWNSHIP])
    assert told.strata == (("留山镇", 6), ("皇后乡", 2))
    assert (told.size, told.left_out) == (8, 1)
    made = draws.freeze(wish(), who=cast.office, now=noon)
    published = draws.published(made, cast.office)
    assert {m.key for m in published.members} == {f"411321-2-2026-{n:04d}" for n in range(1, 9)}
    assert (published.seed, published.drawn) == ("", frozenset())


def test_the_list_of_a_spot_check_holds_what_was_in_order_and_in_no_ledger(
    cast: Cast, noon: datetime
) -> None:
    a_visited(cast.heying, noon, category=None, number="good")
    a_visited(cast.heying, noon, category=2, number="with a finding")
    visit = a_visited(cast.heying, noon, category=None, number="good, but in a ledger")
    with db.reading() as session:
        rows.an_entry(parcel_id=session.get_one(Inspection, visit).parcel_id)
    again = a_visited(cast.heying, noon, category=None, number="good, later not")
    with db.reading() as session:
        parcel = session.get_one(Inspection, again).parcel_id
    later, _ = rows.a_submitted_inspection(cast.other, task_id=rows.a_task(parcel), category=2)
    with db.writing() as session:
        session.get_one(Inspection, later).state = InspectionState.CONFIRMED
    rows.a_submitted_inspection(cast.heying, category=None)  # nobody has confirmed it yet
    made = draws.freeze(wish(SPOT, 1), who=cast.office, now=noon)
    assert [m.parcel for m in draws.published(made, cast.office).members] == ["good"]


def test_the_list_keeps_to_period_township_kind_and_category(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 4)
    yesterday = date(2026, 4, 14)

    def size(**given: object) -> int:
        sought = Sought(Purpose.SECOND_LOOK, **given)  # type: ignore[arg-type]
        return draws.preview(cast.office, sought, []).size

    assert size(since=yesterday, until=yesterday) == 4
    assert size(since=yesterday + timedelta(days=1)) == 0
    assert size(until=yesterday - timedelta(days=1)) == 0
    assert size(township_code=rows.HUANGHOU) == 1
    assert size(township_code="未定") == 0
    assert size(category=2) == 4
    assert size(category=3) == 0
    assert size(project_kind="土地整治") == 0
    visit = a_visited(cast.heying, noon, category=None)
    assert visit
    spot = Sought(Purpose.SPOT_CHECK, since=yesterday, until=yesterday)
    assert draws.preview(cast.office, spot, []).size == 1
    late = Sought(Purpose.SPOT_CHECK, since=yesterday + timedelta(days=1))
    assert draws.preview(cast.office, late, []).size == 0


def test_the_list_stays_as_it_was_frozen_whatever_happens_to_the_entries(
    cast: Cast, noon: datetime
) -> None:
    entries = closed_entries(cast, noon, 5)
    made = draws.freeze(wish(), who=cast.office, now=noon)
    before = draws.published(made, cast.office)
    closing.reopen(entries[0], 1, date(2026, 5, 1), why="举报", who=cast.zhou, now=noon)
    closed_entries(cast, noon, 1, number="later")
    draws.make(made, "7", randomness=DICE, who=cast.office, now=noon)
    after = draws.published(made, cast.office)
    assert (after.members, after.digest) == (before.members, before.digest)
    assert disagreements(after) == []


def test_anybody_repeats_it_from_the_file_alone(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 9)
    made = drawn(cast, noon, wish(n=4))
    published = draws.published(made, cast.wu)
    assert len(published.drawn) == 4
    for write in (to_csv, to_xlsx):
        back = read(write(published))
        assert disagreements(back) == []
        assert back.drawn == {row.key for row in of_draw(made)}


def test_a_draw_is_made_once_and_a_second_one_hides_nothing(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 6)
    first = drawn(cast, noon, wish())
    with pytest.raises(Problem, match="已抽取"):
        draws.make(first, "another", randomness=DICE, who=cast.office, now=noon)
    second = drawn(cast, noon, wish(why="换一批"), "8")
    never = draws.freeze(wish(why="没有抽"), who=cast.office, now=noon)
    told, total = results.listing(cast.zhou)
    assert [row.id for row in told] == [never, second, first]
    assert total == 3
    assert [row.number for row in told] == [f"回头看2026-00{n}" for n in (3, 2, 1)]
    assert [row.why for row in told] == ["没有抽", "换一批", "一季度回头看"]
    assert [row.drawn_by for row in told] == ["", "钱主任", "钱主任"]
    assert told[2].seed == "0307112026"
    with db.reading() as session:
        query = select(Event).where(Event.about == "draw").order_by(col(Event.id))
        happened = [(e.about_id, e.action) for e in session.exec(query)]
    assert happened == [
        (first, "封存名单"),
        (first, "抽取"),
        (second, "封存名单"),
        (second, "抽取"),
        (never, "封存名单"),
    ]


def test_of_two_who_draw_at_once_one_is_told(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 4)
    made = draws.freeze(wish(n=2), who=cast.office, now=noon)

    def at_once(seed: str) -> str:
        try:
            draws.make(made, seed, randomness=DICE, who=cast.office, now=noon)
        except Problem as problem:
            return problem.id
        return seed

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(at_once, ("1", "2")))
    assert told[1] == "wrong-state"
    published = draws.published(made, cast.office)
    assert published.seed == told[0]
    assert disagreements(published) == []
    assert len(of_draw(made)) == 2


def test_without_a_public_number_the_seed_is_made_of_the_randomness_that_is_handed_in(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 3)
    made = drawn(cast, noon, wish(seed_source="", n=1), "what somebody typed is not taken")
    assert draws.published(made, cast.office).seed == DICE.hex()
    again = draws.freeze(wish(seed_source="", n=1), who=cast.office, now=noon)
    with pytest.raises(ValueError, match="randomness"):
        draws.make(again, randomness=b"short", who=cast.office, now=noon)


def test_a_list_that_was_tampered_with_is_not_drawn_from(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 3)
    made = draws.freeze(wish(n=1), who=cast.office, now=noon)
    with db.writing() as session:
        draw = session.get_one(Draw, made)
        draw.population = draw.population.replace("下店村", "上店村", 1)
    with pytest.raises(Problem, match="校验码不符"):
        draws.make(made, "1", randomness=DICE, who=cast.office, now=noon)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"why": "  "}, "请写明抽取的理由"),
        ({"n": 4}, "抽取数须在 1 到 3 之间"),
        ({"n": 0}, "抽取数须在 1 到 3 之间"),
        ({"sought": Sought(Purpose.FIRST)}, "只能抽取"),
        ({"sought": Sought(Purpose.SECOND_LOOK, township_code="411321999")}, "一个也没有"),
        ({"sought": Sought(Purpose.SECOND_LOOK, date(2026, 4, 2), date(2026, 4, 1))}, "不能早于"),
        ({"seed_source": "长" * 201}, "最多 200 个字"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    given: dict[str, object], said: str, cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 3)
    with pytest.raises(Problem, match=said):
        draws.freeze(wish(**({"n": 1} | given)), who=cast.office, now=noon)  # type: ignore[arg-type]


def test_a_public_number_must_be_given(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 3)
    made = draws.freeze(wish(n=1), who=cast.office, now=noon)
    with pytest.raises(Problem, match="请填写种子：福彩双色球"):
        draws.make(made, " \n", randomness=DICE, who=cast.office, now=noon)


def test_the_office_draws_supervisors_look_on_and_others_stay_out(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 2)
    made = drawn(cast, noon, wish(n=1))
    results.detail(made, cast.zhou)
    for outsider in (cast.heying, rows.a_person(Role.UNIT, unit="留山镇人民政府")):
        with pytest.raises(Problem, match="不能查看"):
            results.listing(outsider)
    for who in (cast.zhou, cast.heying, rows.a_person(Role.ADMIN)):
        with pytest.raises(Problem, match="不能抽取"):
            draws.freeze(wish(n=1), who=who, now=noon)


# --- who goes there --------------------------------------------------------------------------------


def test_another_team_is_suggested_and_the_first_hands_are_known(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 4)
    made = drawn(cast, noon, wish(n=4))
    shown = results.detail(made, cast.office)
    assert {each.assigned for each in shown.looked} == {"一组"}
    assert all(set(each.first_hands) == {"何映", "周督导"} for each in shown.looked)
    planned = assigning.plan(made, window(noon), who=cast.office, now=noon)
    assert (planned.made, planned.open_already, planned.nobody) == (4, (), 0)
    with db.reading() as session:
        (task, *_) = session.exec(select(Task).where(Task.purpose == Purpose.SECOND_LOOK)).all()
    assert tasks.may_work(cast.away, task)
    assert not tasks.may_work(cast.heying, task)
    assert assigning.plan(made, window(noon), who=cast.office, now=noon).made == 0


def test_with_one_team_somebody_goes_who_had_no_hand_in_it(database: str, noon: datetime) -> None:
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    rows.a_person(Role.INSPECTOR, "陆川", team="二组")
    office = rows.a_person(Role.OFFICE, "钱主任")
    a_visited(heying, noon, category=None)
    made = draws.freeze(wish(SPOT, 1), who=office, now=noon)
    draws.make(made, "1", randomness=DICE, who=office, now=noon)
    (each,) = results.detail(made, office).looked
    assert each.assigned == "二组 陆川"


def test_with_nobody_else_nobody_is_suggested_and_no_task_is_made(
    database: str, noon: datetime
) -> None:
    heying = rows.a_person(Role.INSPECTOR, "何映", team="二组")
    office = rows.a_person(Role.OFFICE, "钱主任")
    a_visited(heying, noon, category=None)
    made = draws.freeze(wish(SPOT, 1), who=office, now=noon)
    draws.make(made, "1", randomness=DICE, who=office, now=noon)
    assert assigning.plan(made, window(noon), who=office, now=noon).nobody == 1
    (each,) = results.detail(made, office).looked
    assert (each.assigned, each.outcome) == ("", Outcome.UNPLANNED)


def test_the_same_person_and_the_same_team_are_refused(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 1)
    made = drawn(cast, noon, wish(n=1))
    (row,) = of_draw(made)
    second = cast.heying.team_id
    assert row.id is not None
    assert refused(cast, row.id, f"{second}-{cast.heying.id}", noon) == "had-a-hand"
    assert refused(cast, row.id, f"{second}", noon) == "had-a-hand"  # 何映 is in it
    assert refused(cast, row.id, f"{second}-{cast.zhou.id}", noon) == "bad-input"
    assert refused(cast, row.id, "9" * 40, noon) == "bad-input"
    assert set(assigning.choices(cast.office).values()) >= {"二组 陆川", "一组"}
    assigning.reassign(row.id, f"{second}-{cast.other.id}", who=cast.office, now=noon)
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    (row,) = of_draw(made)
    assert row.task_id is not None
    with pytest.raises(Problem) as told:
        inspections.open_visit(row.task_id, cast.heying, now=noon)
    assert told.value.id == "had-a-hand"
    assigning.reassign(row.id or 0, str(cast.away.team_id), who=cast.office, now=noon)
    inspections.open_visit(row.task_id, cast.away, now=noon)
    assert refused(cast, row.id or 0, f"{second}-{cast.other.id}", noon) == "wrong-state"


def test_who_joins_the_team_later_may_not_go_either(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 1)
    made = drawn(cast, noon, wish(n=1))
    with db.writing() as session:
        session.get_one(rows.Person, cast.heying.id).team_id = cast.away.team_id
    with pytest.raises(Problem, match="何映参与过"):
        assigning.plan(made, window(noon), who=cast.office, now=noon)


def test_who_joins_after_the_task_was_made_neither_opens_it_nor_takes_it_along(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 1)
    made = drawn(cast, noon, wish(n=1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    (row,) = of_draw(made)
    joined = replace(cast.heying, team_id=cast.away.team_id)
    with pytest.raises(Problem, match="何映参与过"):
        inspections.open_visit(row.task_id or 0, joined, now=noon)
    with db.reading() as session:
        assert tasks.to_take_along(session, joined, 9) == []
        assert [t.id for t in tasks.to_take_along(session, cast.away, 9)] == [row.task_id]


def test_two_entries_on_one_parcel_share_a_task_and_an_open_one_is_told(
    cast: Cast, noon: datetime
) -> None:
    one, two = closed_entries(cast, noon, 2)
    with db.writing() as session:
        parcel = session.get_one(Entry, one).parcel_id
        session.get_one(Entry, two).parcel_id = parcel
        session.get_one(Entry, two).township_code = rows.LIUSHAN
    made = drawn(cast, noon, wish(n=2))
    assert assigning.plan(made, window(noon), who=cast.office, now=noon).made == 1
    (task_id,) = {row.task_id for row in of_draw(made)}
    with db.reading() as session:
        drawn_for = outcomes.of_task(session, task_id or 0)
    assert drawn_for is not None
    assert set(drawn_for.entry_number.split("、")) == {f"411321-2-2026-000{n}" for n in (1, 2)}
    again = drawn(cast, noon, wish(n=2, why="再抽"))
    told = assigning.plan(again, window(noon), who=cast.office, now=noon)
    assert (told.made, len(told.open_already)) == (0, 1)


def test_work_is_spread_and_whole_teams_come_first() -> None:
    staff = Staff({1: (11, 12), 2: (21,), 3: (31,)}, {}, {})
    assert suggest({11}, staff, {}) == Assignee(2)
    assert suggest({11}, staff, {Assignee(2): 1}) == Assignee(3)
    assert suggest({11, 21, 31}, staff, {}) == Assignee(1, 12)
    assert suggest({11, 12, 21, 31}, staff, {}) is None
    assert suggest((), Staff({}, {}, {}), {}) is None


# --- what came of it ------------------------------------------------------------------------------


def looked_at(cast: Cast, made: int, now: datetime, *, category: int | None) -> int:
    """The visit of the one drawn task that nobody has begun, handed in by 康平."""
    task_id = next(r.task_id for r in of_draw(made) if r.task_id and not begun(r.task_id))
    visit, _ = rows.a_submitted_inspection(cast.away, task_id=task_id, category=category)
    return visit


def begun(task_id: int) -> bool:
    with db.reading() as session:
        query = select(Inspection.id).where(Inspection.task_id == task_id)
        return session.exec(query).first() is not None


def shown_of(made: int, who: Who) -> dict[Outcome, int]:
    return {o: n for o, n in results.detail(made, who).counts.items() if n}


def test_each_result_counts_once_it_is_confirmed(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 8)
    made = drawn(cast, noon, wish(n=4))
    assert shown_of(made, cast.zhou) == {Outcome.UNPLANNED: 4}
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    visits = [looked_at(cast, made, noon, category=c) for c in (None, 2, 2)]
    assert shown_of(made, cast.zhou) == {Outcome.OPEN: 1, Outcome.SUBMITTED: 3}
    review.confirm(visits[0], 1, who=cast.wu, now=noon)
    review.confirm(visits[1], 1, as_new=False, who=cast.wu, now=noon)
    review.reject(visits[2], 1, why="看错了地块", who=cast.wu, now=noon)
    shown = results.detail(made, cast.zhou)
    assert {o: n for o, n in shown.counts.items() if n} == {
        Outcome.OPEN: 1,
        Outcome.AS_BEFORE: 2,
        Outcome.OTHERWISE: 1,
    }
    assert (shown.share.found, shown.share.looked) == (1, 3)
    assert shown.share.low == pytest.approx(0.0615, abs=1e-4)
    assert shown.share.high == pytest.approx(0.7923, abs=1e-4)
    assert [(s.name, s.size, s.drawn) for s in shown.strata] == [
        ("留山镇/未注明", 6, 3),
        ("皇后乡/未注明", 2, 1),
    ]
    assert sum(s.share.looked for s in shown.strata) == 3
    only = results.detail(made, cast.zhou, only=Outcome.OTHERWISE)
    assert [each.outcome for each in only.looked] == [Outcome.OTHERWISE]
    assert (only.total, only.row.decided, only.row.otherwise) == (1, 3, 1)


def test_a_person_opens_the_entry_again_and_no_second_entry_is_made(
    cast: Cast, noon: datetime
) -> None:
    closed_entries(cast, noon, 1)
    made = drawn(cast, noon, wish(n=1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    visit = looked_at(cast, made, noon, category=2)
    case = review.detail(visit, cast.wu)
    assert case.drawn_for is not None
    assert (case.drawn_for.draw_id, case.drawn_for.entry_number) == (made, "411321-2-2026-0001")
    assert review.confirm(visit, 1, as_new=False, who=cast.wu, now=noon) is None
    with db.reading() as session:
        assert len(session.exec(select(Entry)).all()) == 1  # nothing happened by itself
        assert session.exec(select(Entry.state)).one() == EntryState.CLOSED
    shown = results.detail(made, cast.wu, undecided=True)
    (each,) = shown.looked
    assert (shown.row.undecided, each.settled, each.closed_by_me) == (1, "", False)
    why = each.reason("回头看2026-001")
    assert (
        why == "回头看2026-001，康平 现场核查，2026-04-15 审核确认，与销号时不一致：" + each.facts
    )
    closing.reopen(
        each.entry_id or 0, each.entry_edition, date(2026, 6, 1), why=why, who=cast.wu, now=noon
    )
    (each,) = results.detail(made, cast.wu).looked
    assert each.settled.startswith("2026-04-15 未通过：回头看2026-001")
    assert each.entry_state == EntryState.RECTIFYING
    assert shown_of(made, cast.wu) == {Outcome.OTHERWISE: 1}  # the result stays what it was
    shown = results.detail(made, cast.wu, undecided=True)
    assert (shown.row.undecided, shown.looked) == (0, ())


def test_who_closed_it_is_told_to_leave_it_to_another(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 1)
    made = drawn(cast, noon, wish(n=1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    review.confirm(looked_at(cast, made, noon, category=None), 1, who=cast.zhou, now=noon)
    (each,) = results.detail(made, cast.zhou).looked
    assert each.closed_by_me
    with pytest.raises(Problem, match="不能再由您"):
        closing.looked_again(each.entry_id or 0, 1, why="一致", who=cast.zhou, now=noon)
    (each,) = results.detail(made, cast.wu).looked
    assert not each.closed_by_me
    why = each.reason("回头看2026-001")
    closing.looked_again(each.entry_id or 0, each.entry_edition, why=why, who=cast.wu, now=noon)
    (each,) = results.detail(made, cast.wu).looked
    assert each.settled.startswith("2026-04-15 通过：")


def test_an_earlier_second_look_settles_nothing_of_this_one(cast: Cast, noon: datetime) -> None:
    closed_entries(cast, noon, 1, second_look="2026-03-01 通过：没有反弹")
    made = drawn(cast, noon, wish(n=1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    review.confirm(looked_at(cast, made, noon, category=None), 1, who=cast.wu, now=noon)
    (each,) = results.detail(made, cast.wu).looked
    assert each.settled == ""


def test_a_parcel_that_passed_and_has_a_finding_now_gets_its_entry_as_usual(
    cast: Cast, noon: datetime
) -> None:
    a_visited(cast.heying, noon, category=None)
    made = drawn(cast, noon, wish(SPOT, 1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    visit = looked_at(cast, made, noon, category=2)
    with pytest.raises(Problem, match="不另立"):
        review.confirm(visit, 1, as_new=False, who=cast.wu, now=noon)
    assert review.confirm(visit, 1, who=cast.wu, now=noon) == "411321-2-2026-0001"
    (each,) = results.detail(made, cast.wu).looked
    assert (each.outcome, each.entry_id) == (Outcome.OTHERWISE, None)
    assert each.new_entry is not None
    assert each.new_entry[1] == "411321-2-2026-0001"
    assert results.detail(made, cast.wu).row.undecided == 0


def test_an_ordinary_visit_cannot_hide_its_finding(cast: Cast, noon: datetime) -> None:
    visit, _ = rows.a_submitted_inspection(cast.heying)
    assert review.detail(visit, cast.wu).drawn_for is None
    with pytest.raises(Problem, match="不另立"):
        review.confirm(visit, 1, as_new=False, who=cast.wu, now=noon)


def test_a_colleagues_draft_hides_no_confirmed_visit(cast: Cast, noon: datetime) -> None:
    a_visited(cast.heying, noon, category=None)
    made = drawn(cast, noon, wish(SPOT, 1))
    assigning.plan(made, window(noon), who=cast.office, now=noon)
    visit = looked_at(cast, made, noon, category=None)
    with db.reading() as session:
        task = session.get_one(Inspection, visit).task_id
    rows.an_inspection(
        rows.a_person(Role.INSPECTOR, team="一组"), task, state=InspectionState.DRAFT
    )
    review.confirm(visit, 1, who=cast.wu, now=noon)
    assert shown_of(made, cast.wu) == {Outcome.AS_BEFORE: 1}


def test_what_is_not_there_is_said(cast: Cast, noon: datetime) -> None:
    for ask in (
        lambda: results.detail(9, cast.office),
        lambda: draws.published(9, cast.office),
        lambda: draws.make(9, "1", randomness=DICE, who=cast.office, now=noon),
        lambda: assigning.plan(9, window(noon), who=cast.office, now=noon),
        lambda: assigning.reassign(9, "1", who=cast.office, now=noon),
    ):
        with pytest.raises(Problem) as told:
            ask()
        assert told.value.id == "not-found"
    with db.reading() as session:
        assert outcomes.of_task(session, 9) is None

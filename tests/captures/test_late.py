"""A record came and its photo did not: the page died with it, or the phone is lost."""

from datetime import datetime, timedelta

import pytest

from field_app.captures import late
from field_app.captures.states import Decision
from field_app.db import reading
from field_app.problems import Problem
from field_app.roles import Who
from models.tables import Capture, Event
from models.vocabulary import Role
from tests import rows
from tests.captures.conftest import Out


@pytest.fixture
def zhou(out: Out) -> Who:
    return rows.a_person(Role.SUPERVISOR, "周督导")


def actions() -> list[str]:
    with reading() as session:
        return [e.action for e in session.exec(late.select(Event)) if e.about == "capture"]


def test_a_supervisor_sees_after_a_day_which_photos_never_came(
    out: Out, zhou: Who, noon: datetime
) -> None:
    out.send(out.shot(out.photo(seed=1), kind="近景"))
    came = out.photo(seed=2)
    out.send(out.shot(came))
    out.send_bytes(came)
    soon, later = noon + timedelta(hours=23), noon + timedelta(hours=25)
    assert late.count(zhou, now=soon) == 0
    assert late.listing(zhou, now=soon) == []
    assert late.count(zhou, now=later) == 1
    (row,) = late.listing(zhou, now=later)
    assert (row.person, row.kind, row.received_at) == ("何映", "近景", noon)
    assert row.made_at == noon - timedelta(minutes=5)
    assert row.number


def test_the_inspector_sees_at_once_what_has_not_come_and_nobody_else_s(out: Out) -> None:
    shot = out.shot(out.photo(seed=1))
    out.send(shot)
    assert [row.uuid for row in late.mine(out.who)] == [shot["uuid"]]
    assert late.mine(rows.a_person(Role.INSPECTOR, "蓝溪", team="一组")) == []
    with pytest.raises(Problem):
        late.listing(out.who, now=out.now)


def test_a_photo_that_is_lost_is_called_so_with_a_reason_and_leaves_the_list(
    out: Out, zhou: Who, noon: datetime
) -> None:
    shot, later = out.shot(out.photo(seed=1)), noon + timedelta(hours=25)
    out.send(shot)
    (row,) = late.listing(zhou, now=later)
    with pytest.raises(Problem) as refused:
        late.confirm_lost(row.id, why="  ", who=zhou, now=later)
    assert refused.value.id == "reason-needed"
    late.confirm_lost(row.id, why="手机掉进了河里", who=zhou, now=later)
    assert late.count(zhou, now=later) == 0
    assert late.mine(out.who) == []
    receipt = out.receipt(shot)
    assert (receipt.state, receipt.photo_held) == ("waiting-photo", False)
    assert receipt.why == "督导已确认丢失：手机掉进了河里"
    assert actions() == ["确认丢失"]


def test_a_supervisor_does_not_call_his_own_photo_lost(out: Out, noon: datetime) -> None:
    out.send(out.shot(out.photo(seed=1)))
    own = Who(out.who.id, out.who.name, out.who.display, Role.SUPERVISOR)
    (row,) = late.listing(own, now=noon + timedelta(hours=25))
    with pytest.raises(Problem) as refused:
        late.confirm_lost(row.id, why="找不到了", who=own, now=noon)
    assert refused.value.id == "second-person-needed"


def test_a_photo_that_comes_after_it_was_called_lost_is_taken_in_as_ever(
    out: Out, zhou: Who, noon: datetime
) -> None:
    data, later = out.photo(seed=1), noon + timedelta(hours=25)
    shot = out.shot(data)
    out.send(shot)
    (row,) = late.listing(zhou, now=later)
    late.confirm_lost(row.id, why="手机坏了", who=zhou, now=later)
    out.send_bytes(data)
    receipt = out.receipt(shot)
    assert (receipt.state, receipt.photo_held, receipt.why) == ("complete", True, "")
    assert actions() == ["确认丢失", "照片后来送到"]
    with pytest.raises(Problem) as refused:  # and now there is nothing to call lost
        late.confirm_lost(row.id, why="手机坏了", who=zhou, now=later)
    assert refused.value.id == "changed-meanwhile"
    with reading() as session:
        assert session.get_one(Capture, row.id).decision == ""


def test_a_hand_in_waits_no_longer_for_what_is_lost(out: Out, zhou: Who, noon: datetime) -> None:
    shots, hand_in = out.whole_visit()
    extra = out.photo(seed=77)
    lost = out.shot(extra, kind="近景")
    hand_in["photos"] = [*hand_in["photos"], lost["sha256"]]
    for record, data in shots:
        out.send(record)
        out.send_bytes(data)
    out.send(lost)
    assert out.send(hand_in).state == "waiting-photos"
    later = noon + timedelta(hours=25)
    (row,) = late.listing(zhou, now=later)
    late.confirm_lost(row.id, why="没有存下来", who=zhou, now=later)
    assert out.receipt(hand_in).state == "submitted"


def test_a_hand_in_whose_only_photo_is_lost_is_not_submitted_without_it(
    out: Out, zhou: Who, noon: datetime
) -> None:
    lost = out.shot(out.photo(seed=77))
    hand_in = out.handed_in(photos=[lost["sha256"]])
    out.send(lost)
    assert out.send(hand_in).state == "waiting-photos"
    later = noon + timedelta(hours=25)
    (row,) = late.listing(zhou, now=later)
    late.confirm_lost(row.id, why="没有存下来", who=zhou, now=later)
    receipt = out.receipt(hand_in)
    assert (receipt.state, receipt.hold) == ("held", "incomplete")
    with reading() as session:
        assert session.get_one(Capture, row.id).decision == Decision.LOST

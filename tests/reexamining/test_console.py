"""`python -m field_app reexamine`, without a server."""

import pytest
from typer.testing import CliRunner

from field_app.__main__ import app
from field_app.problems import Problem
from field_app.reexamining import runs
from field_app.reexamining.states import RunState
from field_app.roles import CONSOLE
from tests.inspections.conftest import Visit
from tests.reexamining.conftest import examinations, verdicts

STRICT = ["--threshold", "on_parcel.tolerance_m=10", "--threshold", "on_parcel.fail_m=15"]


def said(*given: str) -> str:
    done = CliRunner().invoke(app, ["reexamine", *given], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_dry_run_tells_what_would_change_and_changes_nothing(visit: Visit) -> None:
    visit.shoot(1, away_m=40)
    told = said(*STRICT, "--dry-run")
    assert "核验通过 → 不符　1 张" in told
    assert "超出 10 m" in told
    assert verdicts() == ["核验通过"]
    assert runs.open_run(CONSOLE) is None


def test_without_a_word_the_result_waits_for_the_office(visit: Visit) -> None:
    visit.shoot(1, away_m=40)
    assert "请县办在“规则”页启用或放弃" in said(*STRICT)
    waiting = runs.open_run(CONSOLE)
    assert waiting is not None
    assert waiting.state == RunState.READY
    assert "核验通过 → 不符" in said()  # told again, nothing begun
    assert "已启用" in said("--in-force")
    assert verdicts() == ["不符"]
    assert len(examinations(1)) == 2


def test_what_cannot_be_meant_is_refused(visit: Visit) -> None:
    for given in (
        ["--threshold", "on_parcel.tolerance_m=far"],
        ["--threshold", "tolerance_m=5"],
        ["--dry-run", "--in-force"],
    ):
        with pytest.raises(Problem) as told:
            said(*given)
        assert told.value.id == "bad-input"

from pathlib import Path

import pytest

from field_app import serving
from field_app.problems import Problem
from field_app.settings import ROOT, settings
from tests.databases import environment


def refusal(host: str = "127.0.0.1") -> str:
    with pytest.raises(Problem) as told:
        serving.check_configuration(host)
    assert told.value.id == "unsafe-configuration"
    return told.value.message


@pytest.mark.parametrize("name", ["field_app", "pages", "models/x", "photos"])
def test_data_inside_the_source_is_refused(name: str) -> None:
    with environment(DATA_DIR=str(ROOT / name)), pytest.raises(Problem) as told:
        settings()
    assert told.value.id == "unsafe-configuration"
    assert "DATA_DIR" in told.value.message


def test_a_bucket_is_no_folder(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), PHOTO_STORE="s3://bucket/photos"):
        assert settings().store_folder is None
        assert settings().store_url == "s3://bucket/photos"


def test_a_plain_postgres_address_gets_its_driver(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), DATABASE_URL="postgres://u:p@h/db"):
        assert settings().database == "postgresql+psycopg://u:p@h/db"


def test_a_wrong_value_is_named(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), PHOTO_MAX_MB="-1"), pytest.raises(Problem) as told:
        settings()
    assert "PHOTO_MAX_MB" in told.value.message


@pytest.mark.parametrize(
    "wrong",
    [
        "nonsense",
        "postgres://u:geheim@h:port/db",
        "mysql://u:geheim@h/db",
        "postgresql+psycopg2://h",
    ],
)
def test_a_database_address_that_cannot_be_is_named_without_its_password(
    wrong: str, tmp_path: Path
) -> None:
    with environment(DATA_DIR=str(tmp_path), DATABASE_URL=wrong), pytest.raises(Problem) as told:
        settings()
    assert "DATABASE_URL" in told.value.message
    assert "geheim" not in told.value.message
    assert "Value error" not in told.value.message


@pytest.mark.parametrize("wrong", ["ftp://x", "http://bucket/x", "file:///srv/photos"])
def test_a_store_of_an_unknown_kind_is_refused(wrong: str, tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), PHOTO_STORE=wrong), pytest.raises(Problem) as told:
        settings()
    assert "PHOTO_STORE" in told.value.message


def test_a_store_that_cannot_be_written_is_found_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with environment(DATA_DIR=str(tmp_path), PHOTO_STORE=str(tmp_path / "good")):
        serving.check_store()
        serving.check_store()  # at each start
    with (
        environment(DATA_DIR=str(tmp_path), PHOTO_STORE=str(tmp_path / "file" / "photos")),
        pytest.raises(Problem) as told,
    ):
        serving.check_store()
    assert "照片库" in told.value.message


def test_a_threshold_is_set_by_its_check_and_name(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), THRESHOLDS__ON_PARCEL__BEYOND_M="150"):
        assert settings().thresholds == {"on_parcel": {"beyond_m": 150.0}}


def test_a_misspelt_threshold_does_not_start(database: str) -> None:
    with environment(THRESHOLDS__ON_PARCEL__BEYONT_M="150"):
        assert "THRESHOLDS" in refusal()


def test_the_open_line_wants_https(database: str) -> None:
    serving.check_configuration("127.0.0.1")
    assert "PUBLIC_URL" in refusal("0.0.0.0")
    with environment(PUBLIC_URL="https://hecha.example"):
        serving.check_configuration("0.0.0.0")


@pytest.mark.parametrize(
    "given",
    [
        {"PUBLIC_URL": "https://hecha.example"},
        {"PUBLIC_URL": "http://10.0.0.8:8501", "ALLOW_PLAIN_HTTP": "1"},
        {"PUBLIC_URL": "hecha.example"},
        {"TRUST_PROXY": "1", "ALLOW_PLAIN_HTTP": "1"},
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_known_passwords_are_not_served_behind_a_proxy(
    host: str, given: dict[str, str], database: str
) -> None:
    with environment(**given):
        serving.check_configuration(host)  # real data
        assert "演示数据" in invented(host)


def invented(host: str) -> str:
    with pytest.raises(Problem) as told:
        serving.check_configuration(host, invented=True)
    return told.value.message


def test_known_passwords_are_shown_on_this_machine_or_in_a_closed_network(database: str) -> None:
    from field_app import demonstration
    from field_app.db import writing

    with writing() as session:
        demonstration.mark(session)
    serving.check_configuration("127.0.0.1")
    with environment(PUBLIC_URL="http://localhost:8501"):
        serving.check_configuration("127.0.0.1")
    with environment(ALLOW_PLAIN_HTTP="1"):
        serving.check_configuration("0.0.0.0")
    with environment(PUBLIC_URL="https://hecha.example"):
        assert "演示数据" in refusal("127.0.0.1")


def test_an_empty_database_holds_no_invented_data(tmp_path: Path) -> None:
    with environment(DATA_DIR=str(tmp_path), DATABASE_URL="", TRUST_PROXY="1"):
        serving.check_configuration("127.0.0.1")


def test_the_first_start_gives_a_link_and_later_ones_none(database: str) -> None:
    from tests import rows

    link = serving.setup_address("127.0.0.1", 8501)
    assert link is not None
    assert link.startswith("http://127.0.0.1:8501/setup?token=")
    rows.a_person(rows.Role.ADMIN)
    assert serving.setup_address("127.0.0.1", 8501) is None


def test_the_units_of_the_plan_are_put_in_place_once(database: str) -> None:
    from sqlmodel import select

    from field_app.db import reading
    from field_app.units import ensure_units
    from models.tables import Team, Unit

    ensure_units()
    ensure_units()
    with reading() as session:
        units = {u.name: u for u in session.exec(select(Unit))}
        teams = session.exec(select(Team)).all()
    assert len(teams) == 2
    assert len(units) == 24
    assert units["皇后乡人民政府"].team_id is None  # 未分片: in neither team of the plan
    assert units["留山镇人民政府"].township_code == "411321101"


MAIL = {
    "MAIL_HOST": "smtp.county.example",
    "MAIL_FROM": "ledger@county.example",
    "MAIL_TO": '{"*": "a@county.example, b@county.example"}',
}


def test_reminders_by_mail_and_by_a_robot_are_set_whole(tmp_path: Path) -> None:
    robot = "https://qyapi.example/cgi-bin/webhook/send?key=1-2-3"
    with environment(DATA_DIR=str(tmp_path), ROBOT_URL=robot, **MAIL):
        assert settings().robot_url.get_secret_value() == robot
        assert (settings().mail_port, settings().mail_tls) == (465, "ssl")


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"MAIL_TO": ""}, "MAIL_TO"),
        ({"MAIL_TO": "{}"}, "MAIL_TO"),
        ({"MAIL_TO": '{"*": "a@x.example, geheim"}'}, "MAIL_TO"),
        ({"MAIL_FROM": ""}, "MAIL_FROM"),
        ({"MAIL_FROM": "a@x\r\nBcc: b@x"}, "MAIL_FROM"),
        ({"MAIL_HOST": ""}, "MAIL_HOST"),
        ({"MAIL_HOST": "smtp example"}, "MAIL_HOST"),
        ({"MAIL_TLS": "none"}, "MAIL_TLS"),
        ({"MAIL_TLS": "perhaps"}, "MAIL_TLS"),
        ({"ROBOT_URL": "http://qyapi.example/send?key=geheim"}, "ROBOT_URL"),
        ({"ROBOT_URL": "qyapi.example/geheim"}, "ROBOT_URL"),
        ({"REMIND_FROM": "18"}, "REMIND_FROM"),
    ],
)
def test_a_line_for_reminders_that_cannot_be_or_is_not_safe_is_named(
    wrong: dict[str, str], named: str, tmp_path: Path
) -> None:
    with environment(DATA_DIR=str(tmp_path), **(MAIL | wrong)), pytest.raises(Problem) as told:
        settings()
    assert named in told.value.message
    assert "geheim" not in told.value.message

"""Reminders on their way: a real mail server and a real robot, which misbehave on purpose."""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from field_app import outward
from field_app.sync import channels
from field_app.sync.overview import overview
from field_app.sync.states import Sending
from models.vocabulary import Role
from tests import rows
from tests.conftest import environment
from tests.sync.conftest import Ticking, deliveries, the, work

TODAY = date(2026, 4, 15)
LIUSHAN, FORESTRY = "留山镇人民政府", "林业局"


# --- a mail server -------------------------------------------------------------------------------


class Mailbox:
    """Keeps what it is given; says `answers` one after the other instead, while there are some."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        self.answers: list[str] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(self, _s: Any, _c: Any, envelope: Any, to: str, _o: Any) -> str:
        if to in self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _s: Any, _c: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((list(envelope.rcpt_tos), mail))
        return "250 OK"


def a_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@pytest.fixture
def mailbox(database: str) -> Iterator[Mailbox]:
    rows.units_of_the_plan()
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=a_free_port(), ready_timeout=20)
    server.start()
    port = server.port
    to = {LIUSHAN: "liushan@county.example, deputy@county.example", FORESTRY: "lin@county.example"}
    try:
        with environment(
            MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), MAIL_TLS="none",
            MAIL_FROM="ledger@county.example", MAIL_TO=json.dumps(to),
            PUBLIC_URL="https://hecha.example",
        ):  # fmt: skip
            yield box
    finally:
        server.stop()


def a_late_entry(unit: str = LIUSHAN) -> None:
    rows.an_entry([unit], number=f"411321-2-2026-00{len(unit)}", due_on=TODAY - timedelta(days=2))


def test_a_unit_gets_one_mail_a_day_with_counts_and_numbers(
    mailbox: Mailbox, tick: Ticking
) -> None:
    a_late_entry()
    work(tick, hours=1, every_s=900)
    ((to, mail),) = mailbox.mails
    assert to == ["liushan@county.example", "deputy@county.example"]
    assert mail["Subject"] == "【台账提醒】留山镇人民政府 2026-04-15"
    assert mail["Message-ID"] == f"<remind.{rows.a_unit(LIUSHAN)}.2026-04-15@county.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == [
        "【台账提醒】留山镇人民政府，2026-04-15：",
        "问题逾期 1 条：411321-2-2026-007",
        "请登录系统，在“待办”里办理。https://hecha.example",
    ]
    work(tick, seed=2)  # a worker that begins later
    assert len(mailbox.mails) == 1
    tick.on(24 * 3600)
    work(tick)
    assert len(mailbox.mails) == 2


def test_a_unit_without_an_address_is_passed_over_and_holds_up_nobody(
    mailbox: Mailbox, tick: Ticking
) -> None:
    a_late_entry("自然资源局")
    a_late_entry(FORESTRY)
    work(tick)
    assert [to for to, _ in mailbox.mails] == [["lin@county.example"]]
    assert sorted(state for _, _, state in deliveries()) == ["已跳过", "已送达"]


def test_a_server_that_is_busy_gets_it_later_and_an_unknown_mailbox_is_told_to_the_office(
    mailbox: Mailbox, tick: Ticking
) -> None:
    mailbox.answers = ["451 try later", "421 closing"]
    a_late_entry()
    work(tick)
    assert [state for _, _, state in deliveries()] == ["待发"]
    work(tick, hours=0.5, every_s=120)
    assert len(mailbox.mails) == 1
    mailbox.unknown = {"lin@county.example"}
    a_late_entry(FORESTRY)
    work(tick, seed=2)
    assert sorted(state for _, _, state in deliveries()) == ["已送达", "被拒收"]
    shown = overview(rows.a_person(Role.OFFICE))
    assert (shown.refused[0].what, shown.refused[0].said) == (
        "2026-04-15 提醒 林业局", "邮件服务器没有收（550）",
    )  # fmt: skip


def test_what_could_not_be_sent_on_its_day_is_dropped(mailbox: Mailbox, tick: Ticking) -> None:
    mailbox.answers = ["451 try later"] * 1000
    a_late_entry()
    work(tick, hours=13, every_s=3000)
    key = f"remind/{rows.a_unit(LIUSHAN)}/2026-04-15"
    assert (the(key, "mail").state, the(key, "mail").said) == (
        Sending.SKIPPED, "当天没有发成，已过期，没有再发",
    )  # fmt: skip
    assert mailbox.mails == []


def test_no_server_and_a_wrong_password_pass(
    mailbox: Mailbox, tick: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_late_entry()
    with environment(MAIL_PORT="9"):
        work(tick)
        assert the(f"remind/{rows.a_unit(LIUSHAN)}/2026-04-15", "mail").said == (
            "连不上邮件服务器，或它中途断开"
        )
    tick.on(60)
    with environment(MAIL_USER="ledger", MAIL_PASSWORD="wrong"):  # it offers no sign-in
        work(tick, seed=2)
    assert [state for _, _, state in deliveries()] == ["待发"]


def a_certificate(folder: Path) -> ssl.SSLContext:
    """For 127.0.0.1, signed by itself; the path of it is `folder/cert.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_an_encrypted_line_signs_in_and_an_unknown_certificate_is_not_trusted(
    database: str, tick: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.units_of_the_plan()
    a_late_entry()
    asked: list[bytes] = []

    def check(_server: Any, _session: Any, _envelope: Any, _how: str, auth: Any) -> AuthResult:
        asked.append(auth.password)
        return AuthResult(success=auth.password == b"right", handled=False)

    box = Mailbox()
    server = Controller(
        box, hostname="127.0.0.1", port=a_free_port(), ready_timeout=20, tls_context=a_certificate(tmp_path),
        require_starttls=True, authenticator=check, auth_required=True,
    )  # fmt: skip
    server.start()
    try:
        mail = {
            "MAIL_HOST": "localhost", "MAIL_TLS": "starttls", "MAIL_USER": "ledger",
            "MAIL_PORT": str(server.port),
            "MAIL_FROM": "ledger@county.example", "MAIL_TO": '{"*": "all@county.example"}',
        }  # fmt: skip
        with environment(**mail, MAIL_PASSWORD="right"):
            work(tick)
            assert (box.mails, asked) == ([], [])  # nothing was said to a stranger
        trusted = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        monkeypatch.setattr(outward, "trust", lambda: trusted)
        tick.on(60)
        with environment(**mail, MAIL_PASSWORD="wrong"):
            work(tick)
            key = f"remind/{rows.a_unit(LIUSHAN)}/2026-04-15"
            assert the(key, "mail").said == "邮件服务器不认 MAIL_USER 或 MAIL_PASSWORD"
        tick.on(60)
        with environment(**mail, MAIL_PASSWORD="right"):
            work(tick)
        assert [to for to, _ in box.mails] == [["all@county.example"]]
    finally:
        server.stop()


# --- the robot of a group --------------------------------------------------------------------------


class Robot(BaseHTTPRequestHandler):
    got: list[dict[str, Any]]
    answers: list[tuple[int, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, said = self.answers.pop(0) if self.answers else (200, b'{"errcode":0}')
        if status == 200 and b'"errcode":0' in said:
            self.got.append(json.loads(body) | {"path": self.path})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_words: Any) -> None:
        """Says nothing."""


@pytest.fixture
def robot(database: str) -> Iterator[type[Robot]]:
    rows.units_of_the_plan()
    handler = type("OneRobot", (Robot,), {"got": [], "answers": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with environment(ROBOT_URL=f"http://127.0.0.1:{server.server_port}/send?key=secret"):
            yield handler
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_robot_is_given_text_as_it_asks_for_it(robot: type[Robot], tick: Ticking) -> None:
    a_late_entry()
    work(tick)
    (told,) = robot.got
    assert told["path"] == "/send?key=secret"
    assert told["msgtype"] == "text"
    assert told["text"]["content"].startswith("【台账提醒】留山镇人民政府，2026-04-15：")
    assert deliveries() == [(f"remind/{rows.a_unit(LIUSHAN)}/2026-04-15", "robot", "已送达")]
    assert channels.title("robot") == "群机器人提醒"


def test_a_robot_that_is_asked_too_often_gets_the_rest_later(
    robot: type[Robot], tick: Ticking
) -> None:
    robot.answers = [
        (200, b'{"errcode":45009,"errmsg":"api freq out of limit"}'),
        (200, b"<html>"),
        (502, b""),
        (200, b'{"errcode":"0"}'),
    ]
    a_late_entry()
    a_late_entry(FORESTRY)
    work(tick)
    assert any("45009" in the(key, "robot").said for key, _, _ in deliveries())
    work(tick, hours=1, every_s=900)
    assert len(robot.got) == 2
    assert {state for _, _, state in deliveries()} == {"已送达"}


def test_reminders_do_not_go_to_the_countys_systems_nor_changes_to_the_robot(
    robot: type[Robot], tick: Ticking, tmp_path: Path
) -> None:
    with environment(SYNC_FOLDER=str(tmp_path / "exchange")):
        a_late_entry()
        work(tick)
        assert [channel for _, channel, _ in deliveries()] == ["robot"]

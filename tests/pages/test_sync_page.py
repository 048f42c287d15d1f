"""The office looks how the sync does, and decides what only a person may."""

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from field_app.db import reading, writing
from field_app.roles import Who
from field_app.sync.protocol import TheirWord
from models.tables import Entry, Outbox
from models.vocabulary import Role
from tests import rows
from tests.pages.conftest import Open, words_of
from tests.sync import receiver as moods
from tests.sync.conftest import Ticking, a_message, deliveries, line, office, them, tick, work
from tests.sync.receiver import Receiver

__all__ = ["line", "office", "them", "tick"]

A = "entry/411321-2-2026-0001"


def said(at: AppTest) -> str:
    return words_of(at).replace("\\", "")


def press(at: AppTest, key: str) -> AppTest:
    at = at.button(key=key).click().run()
    assert not at.exception
    return at


def test_without_a_line_the_page_says_how_to_set_one(office: Who, open_page: Open) -> None:
    at = open_page("sync", office)
    assert not at.exception
    assert "还没有设置与其他系统的同步" in said(at)


def test_what_was_refused_is_shown_with_their_words_and_sent_again(
    line: Receiver, office: Who, tick: Ticking, open_page: Open
) -> None:
    first, second = a_message(A, 1, tick.at), a_message(A, 2, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(422, {"detail": "**期限**缺失"})])
    work(tick)
    at = open_page("sync", office)
    assert "对方说：**期限**缺失（422）" in said(at)
    assert "同一条目后面还有 1 条在等" in said(at)
    assert "待发 1" in said(at)
    assert "被拒收 1" in said(at)
    at = press(at, "again_1")
    assert "被拒收 0" in said(at)
    assert "重试 411321-2-2026-0001" in said(at)
    work(tick)
    assert line.of(A) == [first, second]


def test_skipping_wants_a_reason(
    line: Receiver, office: Who, tick: Ticking, open_page: Open
) -> None:
    a_message(A, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(400)])
    work(tick)
    at = press(open_page("sync", office), "skip_1")
    assert "请写明跳过这条变更的理由" in said(at)
    at.text_input(key="skip_why_1").set_value("后面的已含全部内容")
    at = press(at, "skip_1")
    assert [state for _, _, state in deliveries()] == ["已跳过"]
    assert "已跳过 1" in said(at)


def test_a_disagreement_is_decided_with_a_reason_and_seen_at_the_entry(
    line: Receiver, office: Who, tick: Ticking, open_page: Open
) -> None:
    from field_app.sync import answers

    entry = rows.an_entry(["留山镇人民政府"], number="411321-2-2026-0001")
    with writing() as session:
        word = TheirWord(their_number="县-7", their_state="已办结", edition=1)
        answers.take(session, "http", "411321-2-2026-0001", word, now=tick.at)
    at = open_page("ledger", office, entry=str(entry))
    assert not at.exception
    assert "接口　对方编号 县-7　已办结" in said(at)
    assert "与本系统不一致" in said(at)
    at = open_page("sync", office)
    assert "本系统：**待整改**　对方：**已销号**（原话：已办结）" in said(at)
    at = press(at, "settle_OURS_1")
    assert "请写明“以本系统为准”的理由" in said(at)
    at.text_input(key="settle_why_1").set_value("现场未整改")
    at = press(at, "settle_OURS_1")
    assert "双方状态不一致" not in said(at)
    with reading() as session:
        assert session.exec(select(Outbox)).one().body["insist"] is True
        assert session.get_one(Entry, entry).state == "待整改"


def test_a_line_that_is_down_says_so_and_what_it_said(
    line: Receiver, office: Who, tick: Ticking, open_page: Open
) -> None:
    a_message(A, 1, tick.at)
    line.moods.extend([moods.behaves, moods.refuses(401)])
    work(tick)
    assert "对方的地址或凭据不对" in said(open_page("sync", office))


def test_others_have_no_such_page(line: Receiver, office: Who, open_page: Open) -> None:
    at = open_page("sync", rows.a_person(Role.SUPERVISOR, "周督导"))
    assert "同步" not in [t.value for t in at.title]

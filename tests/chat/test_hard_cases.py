"""The chat where two things meet: photos before a parcel, one message answered twice, words that
look like a command of the page, an offer and an answer in one breath."""

import pytest

from field_app import db, inspections, words
from field_app.chat import answering, places, turns
from field_app.chat.talk import PARCEL
from field_app.inspections import photos
from field_app.problems import BUSY
from models.tables import Task
from photos.hashing import Hashed
from tests import rows
from tests.chat.conftest import Talker
from tests.inspections.conftest import Visit

NUMBER = "N41132120230001000012"
OTHER = "N41132120230002000012"
MARKDOWN = "**地边** :red[红土] ![图](a.png) $x$ 有一道沟"


def test_photos_sent_before_the_parcel_is_known_are_filed_under_it(
    arriving: Talker, visit: Visit
) -> None:
    rows.a_task(rows.a_parcel_row(number=NUMBER))
    rows.a_task(rows.a_parcel_row(number=OTHER))
    arriving.who = visit.who
    said = arriving.says("尾号0012，旱地", [visit.photo(seed=1), visit.photo(seed=2)])
    assert "2 张照片" in said
    arriving.presses(arriving.labels[0])
    assert len(arriving.view.photos) == 2
    assert arriving.answers["land_class"] == "0103"


def test_photos_alone_wait_for_the_parcel(arriving: Talker, visit: Visit) -> None:
    rows.a_task(rows.a_parcel_row(number=NUMBER))
    arriving.who = visit.who
    arriving.says("", [visit.photo(seed=1)])
    arriving.says("种的杨树", [visit.photo(seed=2)])
    assert arriving.visit is None
    arriving.says("尾号0012")
    assert len(arriving.view.photos) == 2
    assert arriving.answers["land_class"] == "0301"


@pytest.mark.parametrize("label", ["…0012", "还是当前"])
def test_photos_sent_with_another_parcel_go_where_the_inspector_says(
    talker: Talker, visit: Visit, label: str
) -> None:
    rows.a_task(rows.a_parcel_row(number=NUMBER))
    talker.says(f"{NUMBER} 旱地", [visit.photo(seed=1)])
    assert talker.view.photos == []
    talker.presses(label)
    assert len(talker.view.photos) == 1
    assert (talker.visit == visit.id) is (label == "还是当前")


def test_a_parcel_that_is_nowhere_loses_neither_words_nor_photos(
    talker: Talker, visit: Visit
) -> None:
    talker.says("N41132120230009999999，旱地", [visit.photo(seed=1)])
    assert talker.answers == {}
    talker.presses("还是当前")
    assert talker.answers["land_class"] == "0103"
    assert len(talker.view.photos) == 1


def test_a_wrong_number_does_not_take_the_description_with_it(arriving: Talker) -> None:
    rows.a_task(rows.a_parcel_row(number=NUMBER))
    arriving.says("尾号9999，种的杨树")
    arriving.says("尾号0012")
    assert arriving.answers["land_class"] == "0301"


def test_a_long_talk_before_the_parcel_does_not_drown_its_number(arriving: Talker) -> None:
    rows.a_task(rows.a_parcel_row(number=NUMBER))
    for _ in range(3):
        arriving.says("种的杨树，" + "树长得很密很密，" * 200)
    arriving.says("尾号0012")
    assert arriving.visit is not None


def test_the_number_that_opens_a_draft_answers_none_of_its_questions(
    talker: Talker, visit: Visit
) -> None:
    visit.save(land_class="0301", as_registered="否", has_problem="是", category="2")
    visit.save(problem_type="2-1", facts="地块内全部为杨树，没有耕种痕迹。")
    number = talker.view.parcel.number
    assert talker.ask.asked == "area_mu"
    before = dict(talker.answers)
    outside = Talker(talker.who, talker.now)
    assert outside.ask.asked == PARCEL
    outside.says(number[-4:])
    assert outside.visit == visit.id
    assert outside.answers == before


def test_the_sentence_that_opens_a_draft_is_no_description(talker: Talker, visit: Visit) -> None:
    visit.save(land_class="0301", as_registered="否", has_problem="是", category="2")
    visit.save(problem_type="2-1")
    assert talker.ask.asked == "facts"
    outside = Talker(talker.who, talker.now)
    outside.says(f"我到了，尾号{talker.view.parcel.number[-4:]}，就是河边上的这一块地")
    assert outside.visit == visit.id
    assert "facts" not in outside.answers


def test_what_is_confirmed_is_what_was_there_to_be_seen(talker: Talker) -> None:
    """Who says “都对” has not yet seen what is made of the same sentence."""
    talker.says("旱地")
    talker.says("种的玉米，都对，全部确认")
    assert talker.answers["planting"] == "LS"
    assert talker.view.unconfirmed == ["planting"]


def test_the_button_confirms_what_stood_beside_it(talker: Talker, visit: Visit) -> None:
    talker.says("旱地，种的玉米，跟报备一致，没发现问题")
    visit.shoot_all()
    button = next(b for b in talker.ask.buttons if b.main)
    talker.says("不对，是水浇地")  # on another phone
    answering.press(talker.visit, button.label, button.do, talker.who, now=talker.now)
    assert talker.view.unconfirmed == ["land_class", "planting", "as_registered", "has_problem"]


def test_a_message_is_done_once_even_when_a_second_page_tries_it_later(
    talker: Talker, visit: Visit
) -> None:
    visit.shoot(seed=1)
    visit.shoot(seed=2)
    heard = turns.hear(talker.who.id, talker.visit, "删掉刚才那张", {}, now=talker.now)
    for _ in range(2):
        answering.answer(heard, talker.visit, talker.who, at=None, now=talker.now)
    assert len(talker.view.photos) == 1


def test_undo_leaves_a_photo_that_was_there_before(talker: Talker, visit: Visit) -> None:
    data = visit.photo(seed=1)
    visit.attach(data, "全景")
    said = talker.says("近景", [data, visit.photo(seed=2)])
    assert "已经有了" in said
    talker.says("撤销")
    assert [p.kind for p in talker.view.photos] == ["全景"]


def test_the_same_photo_twice_in_one_message_is_one_photo(talker: Talker, visit: Visit) -> None:
    data = visit.photo(seed=1)
    talker.says("全景", [data, data])
    assert len(talker.view.photos) == 1
    assert "照片" in talker.says("撤销")
    assert talker.view.photos == []


def test_undo_and_the_right_word_in_one_breath(talker: Talker) -> None:
    talker.says("旱地，种的玉米")
    talker.says("撤销，应该是林地")
    assert talker.answers.get("land_class") == "0301"
    assert "planting" not in talker.answers


def test_a_choice_does_not_take_another_offer_away(talker: Talker) -> None:
    talker.says("有个大棚，地里都撂荒了")
    assert talker.ask.asked == "land_class"
    talker.presses(talker.labels[0])
    assert any(label.startswith("3-6") for label in talker.labels)


@pytest.mark.parametrize("said", ["第十张是近景照片", "第12张是近景照片", "第十二张是近景照片"])
def test_a_photo_that_is_not_there_is_not_the_last_one(
    talker: Talker, visit: Visit, said: str
) -> None:
    visit.shoot(seed=1)
    visit.shoot(seed=2)
    assert "没有第" in talker.says(said)
    assert [p.kind for p in talker.view.photos] == ["全景", "全景"]


def test_the_nearest_parcel_within_a_visit_needs_the_position_too(talker: Talker) -> None:
    rows.a_task(rows.a_parcel_row())
    assert "位置" in talker.says("换到最近的地块")


def test_one_of_many_parcels_is_found_by_its_last_digits(
    arriving: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two figures stand in every number of a county."""
    monkeypatch.setattr(places, "_AT_ONCE", 5)
    for n in range(12):
        rows.a_task(rows.a_parcel_row(number=f"N4112120230001{n + 1000:06d}"))
    rows.a_task(rows.a_parcel_row(number="N4112120230002000021"))
    arriving.says("尾号21")
    assert arriving.visit is not None
    assert arriving.view.parcel.number == "N4112120230002000021"


def test_words_of_a_person_stay_words(talker: Talker, visit: Visit) -> None:
    visit.save(land_class="0301", as_registered="否", has_problem="是", category="2")
    visit.save(problem_type="2-1")
    said = talker.says(MARKDOWN)
    assert talker.answers["facts"] == MARKDOWN
    assert words.plain(MARKDOWN) in said
    visit.save(remark=MARKDOWN)
    for what in ("还差什么", "提交", "都对", "撤销"):
        assert MARKDOWN not in talker.says(what)


def test_a_photo_that_cannot_be_kept_does_not_take_the_words_with_it(
    talker: Talker, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = visit.photo(seed=1), visit.photo(seed=2)
    receive = photos.receive_blob

    def _receive(photo: Hashed, *rest: object, **more: object) -> object:
        if photo.data == bad:
            raise BUSY()
        return receive(photo, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(inspections, "receive_blob", _receive)
    said = talker.says("旱地，全景和近景", [good, bad])
    assert talker.answers["land_class"] == "0103"
    assert len(talker.view.photos) == 1
    assert "第 2 张没有收下" in said


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"pending": {"from": "an older version", "unsure": []}},
        {"pending": {"unsure": [{"name": "gone", "values": ["1"], "words": "x"}]}},
        {"pending": {"problems": ["9-9"], "ask": "gone", "skip": ["gone"]}},
        {"changes": {"gone": [None, "1", None]}, "photos": [999_999]},
    ],
)
def test_what_an_older_version_left_behind_breaks_no_turn(
    talker: Talker, stored: dict[str, object]
) -> None:
    heard = turns.hear(talker.who.id, talker.visit, "旱地", {}, now=talker.now)
    turns.answer(heard, talker.who.id, talker.visit, "好。", stored, now=talker.now)
    for said in ("还差什么", "撤销", "旱地", "不对", "第一个", "都对"):
        talker.says(said)


@pytest.mark.parametrize(
    "said", ["井深九十九亿亿亿亿米", "面积" + "9" * 400 + "亩", "第²张是近景照片"]
)
def test_numbers_that_cannot_be_are_answered(talker: Talker, visit: Visit, said: str) -> None:
    visit.save(has_problem="是")
    talker.says(said)
    assert "area_mu" not in talker.answers


def test_photos_with_an_answer_that_is_also_a_button_are_taken(
    talker: Talker, visit: Visit
) -> None:
    visit.save(land_class="0301")
    assert talker.ask.asked == "as_registered"
    talker.says("是", [visit.photo(seed=1)])
    assert talker.answers["as_registered"] == "是"
    assert len(talker.view.photos) == 1


def test_a_task_that_was_closed_meanwhile_keeps_the_photos_waiting(
    arriving: Talker, visit: Visit
) -> None:
    first = rows.a_task(rows.a_parcel_row(number=NUMBER))
    rows.a_task(rows.a_parcel_row(number=OTHER))
    arriving.who = visit.who
    arriving.says("尾号0012，旱地", [visit.photo(seed=1)])
    with db.writing() as session:
        session.get_one(Task, first).done_at = arriving.now
    assert "已经完成" in arriving.presses("…0012")
    button = arriving.ask.buttons[1]
    arriving.visit = answering.press(None, button.label, button.do, arriving.who, now=arriving.now)
    assert len(arriving.view.photos) == 1

"""The office's page of forms, without a browser: what is wrong with a file, what it changes, and
which form is used."""

from datetime import datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from field_app import accounts
from field_app.forms import office, shipped, versions
from field_app.roles import Who
from models.vocabulary import Role
from tests import rows
from tests.forms.county import a_county_book, a_county_form
from tests.forms.sheets import Book
from tests.pages.conftest import Open, words_of

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def clerk(database: str) -> Who:
    return rows.a_person(Role.OFFICE, "县办")


@pytest.fixture
def page(clerk: Who, open_page: Open) -> AppTest:
    at = open_page("forms", clerk)
    assert not at.exception
    return at


def bring(at: AppTest, data: bytes, name: str = "表单.xlsx") -> str:
    """Uploads a file; what stands on the page then."""
    at.file_uploader[0].set_value((name, data, MIME)).run()
    assert not at.exception
    return plain(at)


def plain(at: AppTest) -> str:
    """What is said, as a person sees it."""
    labels = [e.label for e in at.expander]
    return "\n".join([words_of(at), *labels]).replace("\\", "")


def can_use(at: AppTest) -> bool:
    return any(b.key == "use_form" for b in at.button)


def in_force(now: datetime) -> str:
    return versions.in_force(now=now).sha256


def test_a_new_county_sees_the_shipped_form_in_words_of_its_own(page: AppTest) -> None:
    said = plain(page)
    assert f"版本 {shipped().version}" in said
    assert "随产品提供" in said
    assert "用于 0 次核查" in said
    assert "- 现状地类　:gray[单选，必填：旱地（0103）、水浇地（0102）、水田（0101） 等" in said
    assert "- 涉及面积（亩）　:gray[小数，必填，有条件才问]" in said
    for kind in ("select_one", "decimal", "text", "true()", "parcel_area_mu"):
        assert kind not in said
    assert not can_use(page)
    assert not [b for b in page.button if b.label == "重新启用"]


def test_a_file_with_problems_names_the_cells_and_offers_no_use(
    page: AppTest, clerk: Who, noon: datetime
) -> None:
    book = a_county_book()
    cell = book.put("survey", "irrigation", "type", "select_one irigation")
    places = [book.add("survey", type="geopoint", name=f"p{n}", label="位置") for n in range(2)]
    said = bring(page, book.saved())
    assert "有 3 处要改正，还不能启用" in said
    assert f"**survey {cell}**　choices 表里没有列表“irigation”，是不是 irrigation？" in said
    assert f"**survey A{places[0]}、A{places[1]}**　题型 geopoint" in said
    assert not can_use(page)
    assert in_force(noon) == shipped().sha256


def test_what_is_true_of_very_many_cells_is_said_in_a_line(page: AppTest) -> None:
    book = a_county_book()
    for n in range(120):
        book.add("survey", type="geopoint", name=f"p{n}", label="位置")
    said = bring(page, book.saved())
    assert "有 120 处要改正" in said
    assert "等 120 处" in said
    assert said.count("题型 geopoint") == 1


@pytest.mark.parametrize("data", [b"x", b"PK\x03\x04 half a file"])
def test_what_is_no_workbook_gets_a_sentence(data: bytes, page: AppTest) -> None:
    said = bring(page, data)
    assert "**整个文件**　不是 Excel 文件（.xlsx），或文件已损坏" in said
    assert not can_use(page)


def test_what_is_not_taken_from_a_file_is_told_and_does_not_stop_it(page: AppTest) -> None:
    book = a_county_book()
    book.put("survey", "facts", "appearance", "multiline")
    said = bring(page, book.saved())
    assert "没有采用的内容（1）" in said
    assert "“appearance”列在这里用不上" in said
    assert can_use(page)


def test_what_a_right_file_changes_is_told_before_it_is_used(page: AppTest) -> None:
    book = a_county_book()
    book.put("survey", "remark", "label", "其他说明")
    book.drop("choices", "1104A")
    said = bring(page, book.saved())
    assert "版本 2026112301 与使用中的表单相比" in said
    assert "- :green-badge[新增] 灌溉方式　:gray[单选，必填，有条件才问：滴灌、喷灌、漫灌]" in said
    assert "- :green-badge[新增] 井深（米）　:gray[整数]" in said
    assert "- :orange-badge[改动] 其他说明　:gray[题目原来是“备注”]" in said
    assert "- :orange-badge[改动] 现状地类　:gray[选项去掉 1 个（养殖坑塘（1104A））]" in said
    assert "新增] 现状地类" not in said
    assert can_use(page)


def test_using_it_empties_the_field_and_new_visits_are_asked_by_it(
    page: AppTest, noon: datetime
) -> None:
    bring(page, a_county_book().saved())
    page.button(key="use_form").click().run()
    assert not page.exception
    assert in_force(noon) == a_county_form().sha256
    said = plain(page)
    assert "版本 2026112301" in said
    assert "县办上传" in said
    assert not can_use(page)
    assert page.file_uploader[0].value is None
    assert "已启用版本 2026112301" in next(t.value for t in page.toast)


def test_a_question_that_the_file_drops_is_told(page: AppTest) -> None:
    bring(page, a_county_book().saved())
    page.button(key="use_form").click().run()
    book = a_county_book("2026112302")
    book.drop("survey", "well_depth")
    said = bring(page, book.saved())
    assert "- :red-badge[去掉] 井深（米）" in said
    assert "新增" not in said


def test_the_same_form_under_a_new_version_is_told_to_ask_the_same(page: AppTest) -> None:
    book = Book.shipped()
    book.put("settings", 2, "version", "2026112309")
    assert "题目和使用中的一样" in bring(page, book.saved())
    assert can_use(page)


def test_the_form_in_use_itself_needs_no_use(page: AppTest, clerk: Who) -> None:
    said = bring(page, office.as_xlsform(shipped().sha256, clerk))
    assert "就是使用中的表单，没有改动" in said
    assert not can_use(page)


def test_a_version_s_name_that_is_taken_is_told_before_it_is_used(
    page: AppTest, clerk: Who, noon: datetime
) -> None:
    office.take_into_use(a_county_book().saved(), clerk, now=noon)
    book = a_county_book()
    book.put("survey", "soil", "label", "什么土")
    said = bring(page, book.saved())
    assert "版本号“2026112301”已经用在另一份内容不同的表单上" in said
    assert "改动] 什么土" in said  # and what it would change
    assert not can_use(page)


def test_an_earlier_version_is_used_again_by_one_tap(
    clerk: Who, open_page: Open, noon: datetime
) -> None:
    own = office.take_into_use(a_county_book().saved(), clerk, now=noon).sha256
    at = open_page("forms", clerk)
    at.button(key=f"again_{shipped().sha256}").click().run()
    assert not at.exception
    assert in_force(noon) == shipped().sha256
    assert [b.key for b in at.button if b.label == "重新启用"] == [f"again_{own}"]


def test_of_many_versions_the_earlier_ones_are_folded_away(
    clerk: Who, open_page: Open, noon: datetime
) -> None:
    for n in range(12):
        data = a_county_book(f"20261201{n:02d}").saved()
        office.take_into_use(data, clerk, now=noon + timedelta(hours=n))
    at = open_page("forms", clerk)
    assert not at.exception
    assert "更早的 3 个版本" in [e.label for e in at.expander]
    first = plain(at).index("版本 2026120111")
    assert first < plain(at).index("版本 2026120110") < plain(at).index("版本 2026120100")


def test_what_a_file_says_is_never_markup(page: AppTest) -> None:
    book = a_county_book()
    book.put("survey", "soil", "label", "**粗** :red[红] <b>")
    book.put("choices", "壤土", "label", "[x](http://a.b)")
    book.put("survey", "remark", "label", "# 备注")
    book.put("settings", 2, "form_title", "~~表~~")
    page.file_uploader[0].set_value(("a.xlsx", book.saved(), MIME)).run()
    said = words_of(page)
    assert r"\*\*粗\*\* \:red\[红\] \<b\>" in said
    assert r"\[x\]\(http\://a\.b\)" in said
    assert "[x](http" not in said
    page.button(key="use_form").click().run()
    assert r"\~\~表\~\~" in words_of(page)


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.OFFICE, Role.ADMIN)])
def test_nobody_else_has_the_page(role: Role, clerk: Who, open_page: Open) -> None:
    rows.units_of_the_plan()
    who = rows.a_person(
        role,
        team="二组" if role == Role.INSPECTOR else "",
        unit="留山镇人民政府" if role == Role.UNIT else "",
    )
    at = open_page("forms", who)
    assert "核查表单" not in [t.value for t in at.title]
    assert list(at.file_uploader) == []


def test_a_clerk_whose_session_ended_changes_nothing(page: AppTest, noon: datetime) -> None:
    bring(page, a_county_book().saved())
    accounts.sign_out(int(page.user["login"]), now=noon)
    page.button(key="use_form").click().run()
    assert in_force(noon) == shipped().sha256
    assert "登录已结束" in words_of(page)

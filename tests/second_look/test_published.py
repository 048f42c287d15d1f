"""The published file: written, read back, repeated, and what was altered in it is named."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from field_app.problems import Problem
from field_app.second_look.lots import Member, Stratum
from field_app.second_look.published import (
    Published,
    digest_of,
    disagreements,
    frozen_text,
    how_to,
    lots_of,
    thawed,
)
from field_app.second_look.sheets import read, to_csv, to_xlsx
from tests.soak import examples

MEMBERS = tuple(
    Member(
        f"411321-2-2026-{n:04d}",
        ("留山镇", "皇后乡")[n % 3 == 0],
        "下店村",
        "411321202005TG01",
        "",
        "00123",
        "2",
        n,
    )
    for n in range(1, 31)
)


def a_draw(members: tuple[Member, ...] = MEMBERS, n: int = 6, seed: str = "2026045") -> Published:
    before = Published(
        "抽查2026-001", "抽查", "核查通过的地块", n, tuple(Stratum), digest_of(frozen_text(members)),
        "2026-04-15 12:00", "福彩双色球第 2026045 期红球", seed, "2026-04-16 09:00", members,
    )  # fmt: skip
    drawn = {d.member.key for d in lots_of(before).drawn} if seed else set()
    return replace(before, drawn=frozenset(drawn))


@pytest.mark.parametrize("write", [to_csv, to_xlsx])
def test_a_file_comes_back_as_it_went_and_agrees(write) -> None:  # type: ignore[no-untyped-def]
    published = a_draw()
    back = read(write(published))
    assert set(back.members) == set(published.members)
    assert replace(back, members=published.members) == published
    assert disagreements(back) == []


risky = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8
).map(lambda s: s.strip() or "=1+1")


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.one_of(risky, st.sampled_from(["=1+1", "'=x", "-3", "@a", "_x0041_", "+1", 'a,"b'])),
        min_size=1,
        max_size=8,
        unique=True,
    )
)
def test_whatever_people_typed_comes_back_and_nothing_runs(keys: list[str]) -> None:
    members = tuple(Member(k, k, k, k, k, k, k, n) for n, k in enumerate(keys))
    published = a_draw(members, 1, "=种子")
    for write in (to_csv, to_xlsx):
        back = read(write(published))
        assert disagreements(back) == []
        assert set(back.members) == set(members)
        assert back.seed == "=种子"
    for row in csv.reader(io.StringIO(to_csv(published).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_before_the_draw_the_list_has_no_seed_and_no_lots() -> None:
    published = a_draw(seed="")
    back = read(to_xlsx(published))
    assert back.drawn == frozenset()
    assert disagreements(back) == []
    assert disagreements(replace(back, drawn=frozenset({"x"}))) == ["文件标了抽中，却没有种子"]
    assert len(disagreements(replace(back, digest="0" * 64))) == 1
    assert digest_of(frozen_text(back.members)) == a_draw().digest


def test_the_list_is_the_same_text_in_any_order() -> None:
    assert frozen_text(MEMBERS) == frozen_text(MEMBERS[::-1])
    assert thawed(frozen_text(MEMBERS)) == MEMBERS
    with pytest.raises(ValueError, match="missing"):
        thawed("a\tb\n")


def altered(find: str, put: str, count: int = 1) -> Published:
    text = to_csv(a_draw()).decode()
    assert find in text
    return read(text.replace(find, put, count).encode())


def test_a_member_that_was_changed_is_found_by_the_digest() -> None:
    (told, *_) = disagreements(altered("下店村", "上店村"))
    assert "名单与封存的不一致" in told


def test_another_seed_draws_others() -> None:
    told = disagreements(altered("种子,2026045", "种子,2026046"))
    assert any("重做应当抽中" in line for line in told)
    assert any("重做没有抽中" in line for line in told)


def test_one_that_was_put_in_by_hand_is_named() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(a_draw()).decode("utf-8-sig"), newline="")))
    victim = next(row for row in rows if len(row) == 12 and row[0][:3] == "411" and not row[-1])
    victim[-1] = "是"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert disagreements(read(out.getvalue().encode())) == [
        f"文件标了抽中、重做没有抽中：{victim[0]}"
    ]


def test_a_line_that_was_left_out_makes_it_no_whole_list() -> None:
    lines = to_csv(a_draw()).decode().splitlines(keepends=True)
    gone = next(
        n for n, line in enumerate(lines) if line.startswith("411321-2") and ",是" not in line
    )
    with pytest.raises(Problem, match="不是完整的抽取名单"):
        read("".join(lines[:gone] + lines[gone + 1 :]).encode())


def test_another_way_of_drawing_is_not_guessed_at() -> None:
    (told,) = disagreements(replace(a_draw(), method="摇号"))
    assert "摇号" in told
    assert disagreements(replace(a_draw(), n=31))[-1].startswith("不能重做")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", b"\xff\xfe\x00", b"a,b\n", b'"'])
def test_what_is_no_such_file_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Problem, match="抽取名单"):
        read(data)


def test_the_workbook_keeps_long_numbers_and_says_how_to_repeat_it() -> None:
    book = load_workbook(io.BytesIO(to_xlsx(a_draw())))
    cells = [cell for row in book["名单"].iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    assert "411321202005TG01" in {cell.value for cell in cells}
    assert "00123" in {cell.value for cell in cells}
    told = "".join(str(row[0].value) for row in book["怎样重做"].iter_rows())
    assert told == "".join(how_to(a_draw()))
    assert a_draw().digest in told

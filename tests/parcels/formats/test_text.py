"""Chinese text of unstated encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from field_app.parcels.formats.text import decode, decode_cut, sniff
from field_app.problems import Problem

CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2)


@given(CHINESE)
def test_chinese_in_utf8_is_known(words: str) -> None:
    assert sniff([words.encode()]) == "utf-8"


@given(st.lists(CHINESE, min_size=3))
def test_what_is_read_from_gbk_is_what_was_written(words: list[str]) -> None:
    pieces = [w.encode("gb18030") for w in words]
    assert [p.decode(sniff(pieces)) for p in pieces] == words


@pytest.mark.parametrize("word", ["南召县", "联通", "一些", "补充耕地", "云阳镇"])
def test_short_words_in_gbk_are_known(word: str) -> None:
    assert decode(word.encode("gbk"), "a") == word


def test_gbk_that_is_valid_utf8_by_chance_is_read_as_chinese() -> None:
    word = bytes([0xD6, 0xB8, 0xD1, 0xA7])  # 指学 in GBK; Hebrew and Cyrillic in UTF-8
    assert word.decode("utf-8")
    assert sniff([word]) == "gb18030"


def test_a_name_cut_in_two_loses_only_its_last_character() -> None:
    assert decode_cut("地块编号".encode()[:10]) == "地块编"
    assert decode_cut("坐落单位代码".encode("gbk")[:11]) == "坐落单位代"
    assert sniff(["地块编号".encode()[:10]]) == "utf-8"


@pytest.mark.parametrize("data", [b"\x81\xff\xfe", b"a\0b", b"\xff\xfe\x00"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(Problem, match="GB18030"):
        decode(data, "a")

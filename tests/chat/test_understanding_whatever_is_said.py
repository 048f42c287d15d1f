"""Whatever is said, nothing is filled that the form does not take."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from field_app import drafts
from field_app.chat import lexicon
from field_app.chat.mentions import things
from field_app.chat.understanding import Said, understand
from field_app.drafts import About
from tests.chat.test_understanding import COUNTY
from tests.soak import examples

NAMES = [q.name for q in COUNTY.questions]
PIECES = [
    *things(),
    *(r["said"] for r in lexicon.rows("problem_types")),
    *[
        "没有",
        "不是",
        "不对",
        "改成",
        "原来",
        "现在",
        "挨着",
        "报的",
        "打算",
        "其中耕地",
        "面积",
        "大概",
        "三亩二分",
        "半",
        "亩",
        "分",
        "公顷",
        "平",
        "两",
        "十",
        "千",
        "点",
        "0103",
        "3-5",
        "第二个",
        "最后一个",
        "尾号",
        "N41132120230001000012",
        "提交",
        "撤销",
        "删掉",
        "这张",
        "怎么填",
        "对",
        "嗯",
        "是",
        "井深",
        "灌溉方式",
        "3月31号",
        "2月30日",
        "昨天",
        "上周三",
        "（",
        "）",
        "{",
        "[",
        "\\",
        "$",
        "^",
        "*",
        ",",
        "，",
        "。",
        "\n",
    ],
]
FIELD_TALK = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TEXTS = st.one_of(st.text(max_size=80), FIELD_TALK)


@settings(max_examples=examples(300), deadline=None)
@given(
    text=TEXTS,
    asked=st.one_of(st.none(), st.sampled_from([*NAMES, "@confirm", "@photo", "@parcel"])),
    registered=st.sampled_from(["", "0103", "0201"]),
    answers=st.sampled_from(
        [{}, {"has_problem": "是", "category": "3"}, {"area_mu": 3.0, "land_class": "0301"}]
    ),
)
def test_fills_are_of_the_form_and_of_the_right_type(
    text: str, asked: str | None, registered: str, answers: dict[str, Any]
) -> None:
    said = Said(COUNTY, answers, About(1000.0, registered), asked, (), date(2026, 3, 5))
    heard = understand(text, said)
    assert heard == understand(text, said)
    assert len({f.name for f in heard.fills}) == len(heard.fills)
    for fill in heard.fills:
        q = COUNTY.question(fill.name)
        drafts.merged(COUNTY, {}, {fill.name: fill.value})
        if q.list_name:
            chosen = fill.value if isinstance(fill.value, list) else [fill.value]
            assert set(chosen) <= {c.value for c in COUNTY.lists[q.list_name]}
    for unsure in heard.unsure:
        for value in unsure.values:
            drafts.merged(COUNTY, {}, {unsure.name: value})
    assert len(heard.problems) <= 3
    assert set(heard.problems) <= {c.value for c in COUNTY.lists["problem_type"]}

"""What the model is asked, and what it is not told."""

import json
from types import MappingProxyType
from typing import Any

import pytest

from field_app import clock
from field_app.chat.model import Heard, Suggestion
from field_app.forms import Choice, Form, Kind, Question, shipped
from tests.chat import stub_model as stubs
from tests.chat.model.telling import TREES, system_words, told, values
from tests.chat.stub_model import Sent, Stub, answering, saying
from tests.conftest import NOON
from tests.databases import environment


def test_values_come_back_as_suggestions_with_the_words_they_rest_on(stub: Stub) -> None:
    stub.behave = TREES
    assert told() == Heard(
        (
            Suggestion("land_class", "0301", "种上了杨树"),
            Suggestion("area_mu", 3.2, "占了三亩二"),
        ),
        ("3-5",),
    )


def test_without_a_model_nothing_is_asked_and_nothing_is_said() -> None:
    with environment(MODEL_URL=""):
        assert told() == Heard()


@pytest.mark.parametrize("more", [{"unfilled": ()}, {"unfilled": ("category", "parcel_number")}])
def test_nothing_leaves_the_house_where_nothing_can_be_filled(
    stub: Stub, more: dict[str, Any]
) -> None:
    assert told(**more) == Heard()
    assert told("  \n") == Heard()
    assert stub.sent == []


def test_only_the_unfilled_questions_are_asked(stub: Stub) -> None:
    told(unfilled=("area_mu", "land_class", "problem_type", "task_purpose", "no_such_name"))
    (sent,) = stub.sent
    asked = sent.body["response_format"]["json_schema"]["schema"]["properties"]
    assert list(asked["answers"]["properties"]) == ["land_class", "area_mu"]
    assert "planting" not in system_words(sent)
    assert "刚才问核查员的是：现状地类" in system_words(sent)


def test_the_schema_has_the_options_and_the_problem_types_and_nothing_beside_them(
    stub: Stub,
) -> None:
    told()
    shape = stub.sent[0].body["response_format"]
    assert shape["type"] == "json_schema"
    assert shape["json_schema"]["strict"] is True
    schema = shape["json_schema"]["schema"]
    assert schema["additionalProperties"] is False
    answers = schema["properties"]["answers"]
    assert answers["additionalProperties"] is False
    assert answers["required"] == list(answers["properties"])
    assert not {"category", "problem_type", "parcel_number"} & set(answers["properties"])
    planting = answers["properties"]["planting"]["anyOf"][0]["properties"]["value"]
    assert planting["enum"] == [c.value for c in shipped().lists["planting"]]
    codes = schema["properties"]["problems"]["items"]["enum"]
    assert codes == [c.value for c in shipped().lists["problem_type"]]


def test_a_county_question_of_any_kind_is_asked_and_heard(stub: Stub) -> None:
    crops = (Choice("maize", "玉米"), Choice("wheat", "小麦"))
    form = Form(
        "f",
        "表",
        "1",
        (
            Question("crops", Kind.SELECT_MULTIPLE, "作物", list_name="crops"),
            Question("since", Kind.DATE, "哪天起"),
            Question("wells", Kind.INTEGER, "机井数", constraint=". < 10"),
            Question("owner", Kind.TEXT, "谁种的"),
            Question("read_me", Kind.NOTE, "请看"),
        ),
        MappingProxyType({"crops": crops}),
    )
    stub.behave = answering(
        crops=(["wheat", "rice", 3, "maize"], "小麦玉米"),
        since=("2026-03-02", "三月二号起"),
        wells=(2, "两眼机井"),
        owner=("张庄 村民组", "张庄村民组"),
        read_me=("是", "种"),
    )
    text = "张庄村民组种的小麦、玉米，三月二号起，有两眼机井"
    with clock.frozen(NOON):
        heard = told(text, form=form, unfilled=[q.name for q in form.questions], asked=None)
    assert values(heard) == {
        "crops": ["maize", "wheat"],
        "since": "2026-03-02",
        "wells": 2,
        "owner": "张庄村民组",
    }
    assert heard.problems == ()


def test_the_parcel_and_earlier_answers_stay_here(stub: Stub) -> None:
    told(answers={"remark": "前面写过的备注"})
    raw = stub.sent[0].raw.decode()
    assert "前面写过的备注" not in json.dumps(json.loads(raw), ensure_ascii=False)
    assert "000012" not in raw


def test_a_value_that_stands_there_already_is_no_suggestion(stub: Stub) -> None:
    stub.behave = TREES
    assert values(told(answers={"land_class": "0301"})) == {"area_mu": 3.2}


@pytest.mark.parametrize(
    "content",
    [
        '```json\n{"answers": {"land_class": {"value": "0301", "words": "杨树"}}}\n```',
        '<think>{"answers": 想一想}</think>好的：{"answers": {"land_class": {"value": "0301", '
        '"words": "杨树"}}, "problems": []} 请核对',
    ],
)
def test_json_among_other_words_is_found(stub: Stub, content: str) -> None:
    stub.behave = saying(content)
    assert values(told()) == {"land_class": "0301"}


@pytest.mark.parametrize("code", [400, 415, 422, 501])
def test_a_server_that_takes_no_response_format_is_asked_plainly_and_remembered(
    stub: Stub, code: int
) -> None:
    def plain_only(sent: Sent, send: stubs.Send) -> None:
        (stubs.status(code) if "response_format" in sent.body else TREES)(sent, send)

    stub.behave = plain_only
    assert values(told()) == values(told()) == {"land_class": "0301", "area_mu": 3.2}
    assert ["response_format" in s.body for s in stub.sent] == [True, False, False]
    assert set(stub.sent[-1].body) == {"model", "messages"}

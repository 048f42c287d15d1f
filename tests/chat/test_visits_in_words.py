"""Whole visits in the words of very different people, and sentences that must do nothing."""

import pytest

from tests.chat.conftest import Talker
from tests.chat.test_understanding import fills, hear
from tests.inspections.conftest import Visit


@pytest.mark.parametrize(
    "text",
    [
        "给支书打了个电话，他马上过来",
        "路修得不错，机耕路直通地头",
        "渠修好了，灌溉没问题",
        "旁边新建了个泵站",
        "边上有高压线塔，不在地块里",
        "沟渠配套齐全",
        "不在生态红线里",
        "没有被占",
        "玉米秆还在地里堆着",
        "田长牌子立在地头",
        "路两边有杨树",
        "村书记在现场，他承包过这块地",
        "麦子发黄，缺肥",
        "下雨地滑，车进不去",
        "照片重复传了",
        "再报一次编号",
        "量下来三亩二，跟报的一样",
        "咋种都行，这地肥",
        "产量高，一亩打一千斤",
        "以前荒着，去年整治好了",
        "原先撂荒，现在种上了",
        "围墙拆掉了，复耕了",
        "房子在地块外面",
        "厂房在路那边",
        "光伏板在隔壁",
        "院子后面那块地",
        "加油站旁边那块",
        "果树早挖了，种的玉米",
        "草皮铲了种上麦子",
        "种草莓的",
        "挖了排水沟，修了蓄水池",
        "有审批手续",
        "账目对得上",
        "石头不多，都捡出去了",
        "地里正浇水，抽水机响着",
        "井房盖得挺好，配电箱也有",
        "两边护坡也修好了",
    ],
)
def test_where_no_trouble_is_spoken_of_none_is_suggested(text: str) -> None:
    heard = hear(text)
    assert heard.problems == ()
    assert "land_class" not in {f.name for f in heard.fills}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("领导打电话打招呼让验收通过", "5-3"),
        ("修路把地占了", "3-4"),
        ("拖拉机进不去，没有生产路", "3-9"),
        ("地里堆着砂石料", "3-4"),
        ("树砍了盖的厂房", "3-4"),
        ("房子还没拆掉", "3-4"),
        ("以前种麦，现在撂荒了", "3-6"),
        ("原来就是果园", "2-1"),
        ("没人种，荒了好几年", "3-6"),
        ("量下来少两亩", "2-9"),
        ("划在生态红线里了", "3-3"),
        ("这图斑就是条机耕路", "3-4"),
    ],
)
def test_a_trouble_that_is_spoken_of_is_still_suggested(text: str, code: str) -> None:
    assert code in hear(text).problems


def test_what_serves_the_field_is_no_use_of_its_ground() -> None:
    assert fills("旱地，地头有条水泥路，中间一条排水沟") == {"land_class": "0103"}
    assert fills("这图斑就是条机耕路") == {"land_class": "1006"}
    assert fills("水渠") == {"land_class": "1107"}


@pytest.mark.parametrize(
    "text",
    [
        "提交的时候要注意啥",
        "别提交",
        "可以提交吗",
        "撤销耕地",
        "这个项目撤销了",
        "指标被取消了",
        "别撤销",
        "地里清空了，啥也没有",
        "重来一遍拍照",
        "都对但是面积不对",
        "地类不对，其他都对",
        "除了地类都对",
        "不都对",
        "没核对过",
        "都正确吗",
        "先不确认",
        "照片别删",
        "照片不算清楚",
        "有几张照片没拍，不要紧",
        "那张表不要了",
    ],
)
@pytest.mark.parametrize("asked", [None, "@confirm", "@submit"])
def test_what_only_speaks_of_a_command_is_none(text: str, asked: str | None) -> None:
    wanted = {"undo", "submit", "confirm", "restart", "remove_photo", "yes"}
    assert not wanted & set(hear(text, asked).intents)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("好了，交吧", "submit"),
        ("麻烦帮我提交一下谢谢", "submit"),
        ("确认并提交", "submit"),
        ("算了，撤回吧", "undo"),
        ("把刚才说的撤销", "undo"),
        ("刚才那个不要", "undo"),
        ("全部清空重填", "restart"),
        ("重来一遍", "restart"),
        ("都对，就这样", "confirm"),
        ("最后一张照片删掉", "remove_photo"),
    ],
)
def test_a_command_in_other_words_is_heard(text: str, intent: str) -> None:
    assert intent in hear(text).intents


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("对，没有", "has_problem", "否"),
        ("是的，没问题", "has_problem", "否"),
        ("不，有问题", "has_problem", "是"),
        ("有，撂荒", "has_problem", "是"),
        ("有，房子没有手续", "has_problem", "是"),
        ("应该有", "has_problem", "是"),
        ("木有", "has_problem", "否"),
        ("有问题吗", "has_problem", None),
        ("有没有问题不好说", "has_problem", None),
        ("问题不大", "has_problem", None),
        ("不算有问题吧", "has_problem", None),
        ("没有变化", "as_registered", "是"),
        ("差不多", "as_registered", "是"),
        ("差远了", "as_registered", "否"),
        ("哪有一致", "as_registered", None),
        ("不能说一样", "as_registered", None),
        ("三十棵", "area_mu", None),
        ("五年", "area_mu", None),
        ("2023年的", "area_mu", None),
        ("3，2", "area_mu", None),
        ("三。二亩", "area_mu", None),
        ("点八亩", "area_mu", None),
        ("三亩零五", "area_mu", 3.05),
        ("整块地都是", "area_mu", 30.0),
        ("没有", "cultivated_mu", 0.0),
        ("全是", "cultivated_mu", 2.5),
    ],
)
def test_what_is_asked_is_answered_by_its_meaning(text: str, asked: str, value: object) -> None:
    assert fills(text, asked, area_mu=2.5).get(asked) == value
    if asked == "as_registered":
        assert "land_class" not in fills(text, asked)


@pytest.mark.parametrize(
    "text",
    [
        "灌溉没问题",
        "路没问题",
        "指标没问题",
        "租金一亩五百",
        "我家有三亩地",
        "隔壁有五亩",
        "是不是旱地",
    ],
)
def test_what_is_of_something_else_fills_nothing(text: str) -> None:
    assert fills(text) == {}


@pytest.mark.parametrize("asked", ["@confirm", "@submit"])
def test_no_problem_said_to_the_summary_is_a_yes_to_it(asked: str) -> None:
    heard = hear("没问题", asked, has_problem="是")
    assert (heard.fills, heard.intents) == ((), ("yes",))


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("备注：路不好走", {"remark": "路不好走"}),
        ("备注改成机井坏了两眼", {"remark": "机井坏了两眼"}),
        ("整改措施：拆除复耕", {"measure": "拆除复耕"}),
        ("备注是啥", {}),
        ("备注：没有", {}),
    ],
)
def test_words_are_taken_with_their_question_in_one_breath(
    text: str, want: dict[str, object]
) -> None:
    assert fills(text) == want


@pytest.mark.parametrize("text", ["报的是旱地", "隔壁是旱地", "东边一半是旱地", "以前是果园"])
def test_a_class_of_something_else_is_none_even_when_it_is_asked(text: str) -> None:
    assert fills(text, "land_class") == {}


def test_a_no_to_what_was_said_before_answers_nothing_else(talker: Talker) -> None:
    talker.says("旱地 花生 没问题")
    assert talker.ask.asked == "as_registered"
    talker.says("不对，有问题，中间盖了间房")
    assert talker.answers["has_problem"] == "是"
    assert "as_registered" not in talker.answers


@pytest.mark.parametrize("text", ["都对，就是地类不对", "地类不对，其他都对", "除了地类都对"])
def test_what_is_called_wrong_is_asked_again_and_nothing_confirmed(
    talker: Talker, visit: Visit, text: str
) -> None:
    visit.shoot_all()
    talker.says("旱地 花生 一样 没问题")
    talker.says(text)
    assert talker.ask.asked == "land_class"
    assert len(talker.view.unconfirmed) == 4
    talker.says("水浇地")
    assert talker.answers["land_class"] == "0102"


def test_nothing_more_to_say_leaves_a_remark_open(talker: Talker, visit: Visit) -> None:
    visit.shoot_all()
    talker.says("旱地 花生 一样 没问题")
    talker.says("都对")
    talker.says("备注")
    talker.says("没有")
    assert talker.ask.asked == "@submit"


def test_farmland_is_put_right_without_touching_the_area() -> None:
    assert fills("其中耕地改成八分", area_mu=1.5) == {"cultivated_mu": 0.8}


def test_the_register_is_answered_while_a_problem_is_offered(talker: Talker) -> None:
    talker.says("鱼塘，养着虾")
    talker.says("不一样")
    assert talker.answers["as_registered"] == "否"
    talker.says("有")
    assert talker.answers["has_problem"] == "是"
    assert "problem_type" not in talker.answers


def test_something_is_wrong_but_not_said_what(talker: Talker) -> None:
    talker.says("旱地，小麦")
    before = talker.answers
    talker.says("跟报的一样，没问题")
    assert "哪一项不对" in talker.says("我说错了")
    assert talker.answers.items() >= before.items()


def test_ginger_stones_are_no_ginger() -> None:
    heard = hear("净是料姜石，木法种")
    assert heard.fills == ()
    assert heard.problems[0] == "3-1"
    assert fills("栽的红芋") == {"planting": "LS"}

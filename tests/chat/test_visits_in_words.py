"""Whole visits in the words of very different people, and sentences that must do nothing."""

import pytest

from tests.chat.test_understanding import fills, hear


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

"""报备坐标 TXT: all variants of header row, encoding, order and closing."""

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from field_app.parcels.formats import Reading, ReadParcel, read_parcels
from field_app.problems import Problem
from models import geo
from tests.parcels.formats.build_files import (
    NANZHAO,
    a_parcel_text,
    a_square,
    a_txt,
    header,
    in_degrees,
    points,
    properties,
    rings_of,
)


def read(text: str, encoding: str = "utf-8", **options: object) -> Reading:
    return read_parcels(text.encode(encoding), "a.txt", **options)  # type: ignore[arg-type]


def the_parcel(text: str, encoding: str = "utf-8", **options: object) -> ReadParcel:
    (parcel,) = read(text, encoding, **options).parcels
    return parcel


def refused_whole(text: str, **options: object) -> Problem:
    with pytest.raises(Problem) as caught:
        read(text, **options)
    return caught.value


def same_shape(parcel: ReadParcel, expected: Polygon | MultiPolygon, epsg: int = 4525) -> bool:
    """Alike to the millimetre that the file is written to."""
    assert parcel.boundary is not None
    back = geo.from_stored(parcel.boundary, epsg)
    return shapely.symmetric_difference(back, expected).area < 0.002 * expected.length


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("variant", ["A", "B", "C", "D"])
def test_every_header_row_in_every_encoding_gives_the_parcel(variant: str, encoding: str) -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), variant=variant)), encoding)
    assert (parcel.status, parcel.messages) == ("taken", [])
    assert (parcel.number, parcel.name) == ("N41132120230001000001", "示例地块1")
    assert parcel.crs == "EPSG:4525"
    assert parcel.declared_area_m2 == pytest.approx(2500.0)
    assert parcel.area_m2 == pytest.approx(2498.9, abs=0.1)
    assert same_shape(parcel, a_square())


def test_the_columns_of_each_variant_are_recognised() -> None:
    a, b, c, d = (
        the_parcel(a_txt(a_parcel_text(a_square(), variant=variant))) for variant in "ABCD"
    )
    assert (a.land_class, a.use, a.sheet) == ("0103", "补充耕地", "I49G000000")
    assert (b.land_class, b.quality_grade) == ("0103", "8")
    assert b.attributes["地类"] == "旱地"
    assert (c.year, c.slope_grade, c.quality_grade, c.use) == ("2022", "1", "3", "占补平衡")
    assert c.land_class == "水浇地"
    assert d.attributes["描述"] == "一块地"


def test_the_documented_row_of_the_template_is_read() -> None:
    names = (
        "【坐标点个数,图斑面积,图斑编号,地块名称,补充耕地实施年份,耕地坡度级别,图形属性,图幅号,"
        "地块用途,备注,地类,耕地质量等级,@】\n"
        "1、坐标点个数：含闭合点\n2、图形属性：面,线,点\n（3）年份，四位\n"
    )
    row = "5,0.2500,F13102220230001000009,图斑1,2022,1,面,J50G017037,占补平衡,,水浇地,3,@\n"
    text = properties() + "[地块坐标]\n" + names + row + "\n".join(points(rings_of(a_square())))
    parcel = the_parcel(text, "gb18030")
    assert parcel.status == "taken"
    assert (parcel.number, parcel.name, parcel.year) == ("F13102220230001000009", "图斑1", "2022")


def test_unknown_columns_take_their_names_from_the_row_of_names() -> None:
    names = "【界址点数,地块面积,地块编号,地块名称,项目编号,图形属性,坡度级别,@】\n"
    row = "5,0.25,N1,一,41132120230001,面,2,@\n"
    text = properties() + "[地块坐标]\n" + names + row + "\n".join(points(rings_of(a_square())))
    parcel = the_parcel(text)
    assert (parcel.project_code, parcel.slope_grade) == ("41132120230001", "2")


def test_extra_columns_are_kept_under_a_number() -> None:
    text = a_parcel_text(a_square(), variant="B").replace("备注一,@", "备注一,甲,乙,@")
    parcel = the_parcel(a_txt(text))
    assert parcel.status == "taken"
    assert parcel.attributes["附加列14"] == "甲"


@pytest.mark.parametrize(("zone", "epsg"), [(37, 4525), (38, 4526)])
def test_each_zone_lies_where_its_number_says(zone: int, epsg: int) -> None:
    inside = Polygon([(112.6, 33.4), (112.601, 33.4), (112.601, 33.401), (112.6, 33.401)])
    projected = geo.from_stored(inside, epsg)
    parcel = the_parcel(a_txt(a_parcel_text(projected), head=properties(zone)))
    assert parcel.crs == f"EPSG:{epsg}"
    assert parcel.boundary is not None
    assert parcel.boundary.hausdorff_distance(inside) < 2e-8


def test_an_easting_without_its_band_takes_the_zone_of_the_heading() -> None:
    plain = geo.from_stored(in_degrees(a_square()), 4546)
    parcel = the_parcel(a_txt(a_parcel_text(plain)))
    assert parcel.crs == "EPSG:4546"
    assert same_shape(parcel, plain, 4546)


def test_a_six_degree_zone_is_told_by_its_number() -> None:
    shape = geo.from_stored(in_degrees(a_square()), 4497)
    parcel = the_parcel(a_txt(a_parcel_text(shape), head=properties(19, 几度分带="6")))
    assert (parcel.status, parcel.crs) == ("taken", "EPSG:4497")


def test_the_band_of_the_easting_serves_where_the_heading_has_none() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square()), head=properties(None, 几度分带=None)))
    assert (parcel.status, parcel.crs) == ("taken", "EPSG:4525")


def test_no_zone_anywhere_is_asked_for_and_never_guessed() -> None:
    plain = geo.from_stored(in_degrees(a_square()), 4546)
    text = a_txt(a_parcel_text(plain), head=properties(None))
    problem = refused_whole(text)
    assert problem.id == "crs-needed"
    assert "--crs" in problem.message
    assert the_parcel(text, crs="EPSG:4546").crs == "EPSG:4546"
    assert the_parcel(text, crs="EPSG:4525").crs == "EPSG:4546"  # the zone counts, not the band


def test_no_datum_is_asked_for_even_where_the_band_is_known() -> None:
    text = a_txt(a_parcel_text(a_square()), head=properties(坐标系=None))
    assert refused_whole(text).id == "crs-needed"
    assert the_parcel(text, crs="EPSG:4525").status == "taken"
    other = the_parcel(text, crs="EPSG:4526")
    assert other.status == "refused"
    assert "带号是 37" in other.messages[0]


def test_the_file_is_believed_before_the_user() -> None:
    assert the_parcel(a_txt(a_parcel_text(a_square())), crs="EPSG:4526").crs == "EPSG:4525"


@pytest.mark.parametrize("datum", ["1980西安坐标系", "西安80", "1954年北京坐标系", "北京54"])
def test_old_datums_need_local_parameters(datum: str) -> None:
    problem = refused_whole(a_txt(a_parcel_text(a_square()), head=properties(坐标系=datum)))
    assert problem.id == "datum-needs-parameters"
    assert datum in problem.message


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"坐标系": "某县独立坐标系"}, "crs-not-understood"),
        ({"投影类型": "墨卡托"}, "crs-not-understood"),
        ({"计量单位": "千米"}, "unit-not-metres"),
        ({"计量单位": "度分秒"}, "unit-not-metres"),
        ({"带号": "99"}, "crs-contradictory"),
        ({"带号": "三十七"}, "crs-contradictory"),
        ({"几度分带": "6"}, "crs-contradictory"),
        ({"几度分带": "1.5"}, "crs-contradictory"),
    ],
)
def test_a_heading_that_cannot_be_right_is_refused(changed: dict[str, str], problem: str) -> None:
    text = a_txt(a_parcel_text(a_square()), head=properties(**changed))
    assert refused_whole(text).id == problem


def test_band_and_heading_that_disagree_refuse_the_parcel() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square()), head=properties(38)))
    assert parcel.status == "refused"
    assert "带号前缀是 37" in parcel.messages[0]
    assert parcel.boundary is None


def test_swapped_axes_are_put_right_and_told() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), swapped=True)))
    assert parcel.status == "repaired"
    assert any("写反" in message for message in parcel.messages)
    assert same_shape(parcel, a_square())


def test_swapped_axes_without_a_band_are_seen_too() -> None:
    plain = geo.from_stored(in_degrees(a_square()), 4546)
    parcel = the_parcel(a_txt(a_parcel_text(plain, swapped=True)))
    assert parcel.status == "repaired"
    assert same_shape(parcel, plain, 4546)


def test_one_swapped_point_refuses_the_parcel_by_its_line() -> None:
    lines = a_parcel_text(a_square()).splitlines()
    head, ring, north, east = lines[2].split(",")
    lines[2] = ",".join([head, ring, east, north])
    text = a_txt("\n".join(lines) + "\n")
    wrong = text.splitlines().index(lines[2]) + 1
    parcel = the_parcel(text)
    assert parcel.status == "refused"
    assert f"第 {wrong} 行" in parcel.messages[0]


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("less", [-1, 0, 1])
def test_one_point_more_or_less_than_announced_is_only_told(closed: bool, less: int) -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), closed=closed, count_less=less)))
    assert parcel.status == "taken"
    assert bool(parcel.messages) == bool(less)
    assert same_shape(parcel, a_square())


def test_a_file_that_breaks_off_in_a_parcel_is_not_taken_for_a_smaller_one() -> None:
    whole = a_txt(a_parcel_text(a_square()))
    parcel = the_parcel("\n".join(whole.splitlines()[:-2]))
    assert parcel.status == "refused"
    assert "不完整" in parcel.messages[0]


def a_ring_shape() -> Polygon:
    outer, inner = a_square(side_m=100), a_square(20, 20, 30)
    return Polygon(outer.exterior, [inner.exterior])


@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("one_ring", [True, False])
@pytest.mark.parametrize("reverse", [True, False])
def test_a_hole_is_told_by_containment_whatever_its_number(
    restart: bool, one_ring: bool, reverse: bool
) -> None:
    rings = rings_of(a_ring_shape())[:: -1 if reverse else 1]
    lines = points(rings, restart=restart, one_ring=one_ring)
    parcel = the_parcel(a_txt("\n".join([header("A", 10, "0.91", "N1", "一"), *lines])))
    assert parcel.status == "taken"
    assert same_shape(parcel, a_ring_shape())


def test_two_parts_and_an_island_in_a_hole_stay_what_they_are() -> None:
    island = a_square(30, 30, 10)
    shape = MultiPolygon([a_ring_shape(), island, a_square(200, 0, 40)])
    parcel = the_parcel(a_txt(a_parcel_text(shape)))
    assert parcel.status == "taken"
    assert isinstance(parcel.boundary, MultiPolygon)
    assert len(parcel.boundary.geoms) == 3
    assert same_shape(parcel, shape)


def test_open_rings_told_apart_by_their_number_alone() -> None:
    shape = MultiPolygon([a_square(), a_square(100)])
    parcel = the_parcel(a_txt(a_parcel_text(shape, closed=False)))
    assert same_shape(parcel, shape)


def test_a_closing_point_put_last_of_all_closes_the_first_ring() -> None:
    outer, inner = rings_of(a_ring_shape())
    lines = points([outer, inner], closed=False)
    lines.append(lines[0])
    parcel = the_parcel(a_txt("\n".join([header("A", 9, "0.91", "N1", "一"), *lines])))
    assert same_shape(parcel, a_ring_shape())


def test_a_ring_given_twice_counts_once() -> None:
    rings = rings_of(a_square()) * 2
    parcel = the_parcel(a_txt("\n".join([header("A", 10, "0.25", "N1", "一"), *points(rings)])))
    assert parcel.status == "repaired"
    assert same_shape(parcel, a_square())


def test_full_width_signs_of_every_kind_are_understood() -> None:
    text = a_txt(a_parcel_text(a_square()))
    wide = text.translate(str.maketrans("[]=,@", "【】＝，＠")).replace("J2", "　J2")
    parcel = the_parcel(wide, "gbk")
    assert parcel.status == "taken"
    assert same_shape(parcel, a_square())
    assert the_parcel(text.replace("[", "［").replace("]", "］")).status == "taken"


@pytest.mark.parametrize("variant", ["A", "C"])
@pytest.mark.parametrize("name", ["坡地，南侧", "坡地,南侧", "甲,乙,丙"])
def test_a_comma_in_a_name_shifts_nothing(variant: str, name: str) -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), name=name, variant=variant)))
    assert parcel.status == "taken"
    assert parcel.name == name
    assert parcel.land_class == ("0103" if variant == "A" else "水浇地")


def test_windows_line_ends_and_blank_lines_change_nothing() -> None:
    text = a_txt(a_parcel_text(a_square())).replace("\n", "\r\n\r\n")
    assert the_parcel(text, "gbk").status == "taken"


def test_a_header_row_without_its_sign_is_taken_and_told() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square()).replace(",@", "")))
    assert parcel.status == "taken"
    assert any("@" in message for message in parcel.messages)


@pytest.mark.parametrize(("factor", "told"), [(1e-4, "公顷"), (1.0, "平方米"), (3 / 2000, "亩")])
def test_the_unit_of_the_area_is_the_one_that_fits(factor: float, told: str) -> None:
    parcels = [
        a_parcel_text(a_square(100 * n), number=f"N{n}", area=f"{2500 * factor:.4f}")
        for n in range(4)
    ]
    wrong = a_parcel_text(a_square(900), number="N9", area=f"{2000 * factor:.4f}")
    reading = read(a_txt(*parcels, wrong))
    assert [p.messages for p in reading.parcels[:4]] == [[]] * 4
    (message,) = reading.parcels[4].messages
    assert told in message
    assert "超过 1%" in message
    assert reading.parcels[4].status == "taken"


def test_an_area_within_one_per_cent_is_not_worth_a_word() -> None:
    assert the_parcel(a_txt(a_parcel_text(a_square(), area="0.2520"))).messages == []
    assert the_parcel(a_txt(a_parcel_text(a_square(), area="0.2530"))).messages != []


def test_an_area_that_is_no_number_is_told_and_the_parcel_taken() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), area="DKMJ")))
    assert (parcel.status, parcel.declared_area_m2) == ("taken", None)
    assert "DKMJ" in parcel.messages[0]


@pytest.mark.parametrize("unit", ["米", "度", None])
@pytest.mark.parametrize("swapped", [True, False])
def test_degrees_in_a_txt_are_seen_by_their_size(unit: str | None, swapped: bool) -> None:
    square = shapely.box(112.43, 33.49, 112.431, 33.491)
    parcel = the_parcel(
        a_txt(
            a_parcel_text(square, area="1.03", swapped=swapped),
            head=properties(计量单位=unit),
        )
    )
    assert parcel.crs == "EPSG:4490"
    assert parcel.boundary is not None
    assert parcel.boundary.equals(square)
    assert parcel.status == ("repaired" if swapped else "taken")


@pytest.mark.parametrize("figure", ["线", "点"])
def test_lines_and_points_are_refused_one_by_one(figure: str) -> None:
    other = a_parcel_text(a_square(), number="N1").replace(",面,", f",{figure},")
    bad, good = read(a_txt(other, a_parcel_text(a_square(100), number="N2"))).parcels
    assert bad.status == "refused"
    assert figure in bad.messages[0]
    assert bad.where in bad.messages[0]
    assert good.status == "taken"


def test_a_bad_line_refuses_its_own_parcel_only_and_is_named() -> None:
    first = a_parcel_text(a_square(), number="N1").replace("J3,1,", "J3,壹,")
    text = a_txt(first, a_parcel_text(a_square(100), number="N2"))
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "壹" in one)
    bad, good = read(text).parcels
    assert (bad.status, good.status) == ("refused", "taken")
    assert f"第 {line} 行" in bad.messages[0]


def test_a_spoilt_header_row_does_not_hand_its_points_to_the_parcel_before() -> None:
    spoilt = a_parcel_text(a_square(100), number="N2").replace("5,0.2500", "五,0.2500")
    good, bad = read(a_txt(a_parcel_text(a_square(), number="N1"), spoilt)).parcels
    assert (good.status, bad.status) == ("taken", "refused")
    assert same_shape(good, a_square())


def test_points_without_a_header_row_are_reported_not_lost() -> None:
    lines = a_parcel_text(a_square()).splitlines()[1:]
    reading = read(a_txt("\n".join(lines) + "\n", a_parcel_text(a_square(100))))
    assert [p.status for p in reading.parcels] == ["refused", "taken"]
    assert "标题行" in reading.parcels[0].messages[0]


def test_a_header_row_without_points_is_refused() -> None:
    empty = header("A", 5, "0.25", "N1", "一") + "\n"
    parcel = read(a_txt(empty, a_parcel_text(a_square()))).parcels[0]
    assert parcel.status == "refused"
    assert "没有界址点" in parcel.messages[0]


@pytest.mark.parametrize("corners", [1, 2])
def test_less_than_three_points_are_no_ring(corners: int) -> None:
    ring = np.array([(0.0, 0.0), (50.0, 0.0)])[:corners] + NANZHAO
    lines = points([np.vstack([ring, ring[:1]])])
    parcel = the_parcel(
        a_txt("\n".join([header("A", len(lines), "0.25", "N1", "一"), *lines]) + "\n")
    )
    assert parcel.status == "refused"
    assert "不足 3 个" in parcel.messages[0]


def test_points_in_a_line_have_no_area() -> None:
    flat = np.array([(0.0, 0.0), (50.0, 50.0), (100.0, 100.0), (0.0, 0.0)]) + NANZHAO
    lines = points([flat])
    parcel = the_parcel(a_txt("\n".join([header("A", 4, "0.25", "N1", "一"), *lines])))
    assert parcel.status == "refused"


def test_a_second_boundary_under_the_same_number_is_refused() -> None:
    texts = [a_parcel_text(a_square(), number="N1"), a_parcel_text(a_square(100), number="N1")]
    first, second = read(a_txt(*texts)).parcels
    assert (first.status, second.status) == ("taken", "refused")
    assert first.where in second.messages[0]


def test_the_same_parcel_given_twice_is_taken_once() -> None:
    (parcel,) = read(a_txt(*[a_parcel_text(a_square())] * 2)).parcels
    assert parcel.status == "repaired"
    assert "重复" in parcel.messages[0]


def test_a_parcel_without_a_number_gets_a_provisional_one() -> None:
    parcel = the_parcel(a_txt(a_parcel_text(a_square(), number="")))
    assert parcel.number == "a-1"
    assert "暂编" in parcel.messages[0]


def test_the_project_comes_from_its_section_or_from_the_file_s_name() -> None:
    text = a_txt(a_parcel_text(a_square()))
    with_section = "[项目信息]\n项目编号=41132120230001\n" + text
    assert the_parcel(with_section).project_code == "41132120230001"
    assert the_parcel(text).project_code == ""
    named = read_parcels(text.encode(), "41132120230001.txt")
    assert named.parcels[0].project_code == "41132120230001"


def test_parameters_of_a_transformation_are_not_applied_in_silence() -> None:
    reading = read(a_txt(a_parcel_text(a_square()), head=properties(转换参数="1,2,3,0,0,0,1")))
    assert "转换参数" in reading.messages[0]
    assert read(a_txt(a_parcel_text(a_square()))).messages == []


@pytest.mark.parametrize(
    "text",
    ["[属性描述]\n带号=37\n", "[地块坐标]\n", "[属性描述]\n[地块坐标]\n【a,b,@】\n"],
)
def test_a_file_without_parcels_says_so(text: str) -> None:
    assert refused_whole(text).id == "no-parcels"


def test_progress_rises_to_the_whole() -> None:
    told: list[tuple[int, int]] = []
    parcels = [a_parcel_text(a_square(60 * n), number=f"N{n}") for n in range(20)]
    read(a_txt(*parcels), progress=lambda done, total: told.append((done, total)))
    done = [d for d, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]

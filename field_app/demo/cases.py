"""Photos whose verdict is known, honest and forged, lying as files beside the data.

Each verdict holds for the file alone, against its parcel, with or without the task's window and
whatever the kind of photo asked for: whoever tries them out needs to know nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from field_app.clock import local
from field_app.demo.parcels import Field, Project
from field_app.demo.shots import PHONES, Shot, exif_of, inside, outside, towards
from models.geo import Position, distance_between_m, inside_point, to_gcj02
from models.vocabulary import PhotoKind, Verdict

_PASSED, _INCOMPLETE = Verdict.PASSED, Verdict.INCOMPLETE
_DOUBTFUL, _CONTRADICTED = Verdict.DOUBTFUL, Verdict.CONTRADICTED
_EDITED = b"""<?xpacket begin=""?><x:xmpmeta x:xmptk="Adobe XMP Core 9.1"><rdf:RDF><rdf:Description
 xmp:CreatorTool="Adobe Photoshop 25.7 (Windows)"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
_GENERATED = b"""<?xpacket begin=""?><x:xmpmeta><rdf:RDF><rdf:Description
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A file, the parcel that it is claimed for, and what the examination must say."""

    file: str
    field: Field
    expected: Verdict
    what: str  # for people
    shot: Shot | None  # None: the file of an earlier case, claimed for another parcel


def known_photos(county: dict[str, Project], now: datetime) -> list[KnownPhoto]:
    """All cases, in order. Each stands on a parcel that no visit uses, hours apart from the next."""
    return list(_Cases(county, now).all())


class _Cases:
    def __init__(self, county: dict[str, Project], now: datetime) -> None:
        # The last parcels of the projects, the visits take the first ones.
        self._fields = _spread(county)
        self._today = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        self._count = 0

    def _next(self) -> tuple[Field, datetime, int]:
        """The next parcel, the moment of its photo (by day, within the last nine), and a seed."""
        day, turn = divmod(self._count, 3)
        self._count += 1
        at = self._today - timedelta(days=9 - day) + timedelta(hours=9 + 3 * turn, minutes=11)
        return next(self._fields), at, 9000 + self._count

    def _shot(
        self,
        field: Field,
        taken_at: datetime,
        seed: int,
        *,
        at: Position | None = None,
        phone: str = "huawei",
        kind: PhotoKind = PhotoKind.OVERVIEW,
    ) -> Shot:
        """An honest photo of the field from 30 m, or from `at`, looking at it."""
        place = at or outside(field.shape, 30.0, 200.0)
        heading = towards(place, field.shape)
        facts = exif_of(PHONES[phone], place, taken_at, heading)
        return Shot(kind, "crop", seed, place, taken_at, facts, heading)

    def all(self) -> Iterator[KnownPhoto]:
        yield from self._honest()
        yield from self._without_position()
        yield from self._elsewhere()
        yield from self._another_time()
        yield from self._changed()

    def _honest(self) -> Iterator[KnownPhoto]:
        field, at, seed = self._next()
        self._first, self._first_file = field, "01-honest-overview.jpg"
        shot = self._shot(field, at, seed)
        yield KnownPhoto(self._first_file, field, _PASSED, "诚实：地边全景", shot)

        field, at, seed = self._next()
        place = inside(field.shape, Random(seed))  # noqa: S311 — the same everywhere
        shot = self._shot(field, at, seed, at=place, phone="xiaomi", kind=PhotoKind.CLOSE)
        yield KnownPhoto("02-honest-close.jpg", field, _PASSED, "诚实：地里近景", shot)

        field, at, seed = self._next()
        shot = replace(self._shot(field, at, seed, phone="iphone"), finish="heic")
        yield KnownPhoto("03-honest-iphone.heic", field, _PASSED, "诚实：HEIC 原图", shot)

        field, at, seed = self._next()
        place = outside(field.shape, 62.0, 120.0, accuracy_m=42.0)
        shot = replace(self._shot(field, at, seed, at=place, phone="vivo"), scene="forest")
        what = "诚实：林下定位漂移，精度 42 m 内，不应误判"
        yield KnownPhoto("04-honest-under-trees.jpg", field, _PASSED, what, shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="oppo")
        facts = exif_of(PHONES["oppo"], shot.at, at, None, gps_time=at - timedelta(minutes=3))
        what = "诚实：没有罗盘，卫星时间慢 3 分钟（旧定位），不应误判"
        yield KnownPhoto("05-honest-old-fix.jpg", field, _PASSED, what, replace(shot, facts=facts))

    def _without_position(self) -> Iterator[KnownPhoto]:
        field, at, seed = self._next()
        shot = replace(self._shot(field, at, seed), facts=None)
        what = "微信传来，信息全被抹去：缺证据，不是造假"
        yield KnownPhoto("06-wechat-no-exif.jpg", field, _INCOMPLETE, what, shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="xiaomi")
        facts = exif_of(PHONES["xiaomi"], shot.at, at, None, gps="blanked")
        what = "安卓选图器抹去定位：缺证据，不是造假"
        shot = replace(shot, facts=facts)
        yield KnownPhoto("07-gps-blanked.jpg", field, _INCOMPLETE, what, shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="honor")
        facts = exif_of(PHONES["honor"], shot.at, at, None, gps="zero")
        what = "定位写着 0°,0°：占位值，不是真实位置"
        shot = replace(shot, facts=facts)
        yield KnownPhoto("08-gps-zero.jpg", field, _INCOMPLETE, what, shot)

        field, at, seed = self._next()
        place = outside(field.shape, 20.0, 40.0, accuracy_m=350.0)
        shot = self._shot(field, at, seed, at=place)
        what = "定位精度 350 m，证明不了在哪里"
        yield KnownPhoto("09-too-coarse.jpg", field, _INCOMPLETE, what, shot)

        field, at, seed = self._next()
        shot = replace(self._shot(field, at, seed), finish="torn")
        what = "传输中断，文件只有一半"
        yield KnownPhoto("10-torn-file.jpg", field, _INCOMPLETE, what, shot)

        field, at, seed = self._next()
        shot = replace(self._shot(field, at, seed), finish="text")
        yield KnownPhoto("11-not-a-photo.jpg", field, _INCOMPLETE, "根本不是照片", shot)

    def _elsewhere(self) -> Iterator[KnownPhoto]:
        field, at, seed = self._next()
        shot = self._shot(field, at, seed, at=outside(field.shape, 1_200.0, 280.0))
        yield KnownPhoto("12-far-away.jpg", field, _CONTRADICTED, "在 1.2 km 外拍摄", shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, at=outside(field.shape, 330.0, 20.0))
        what = "在 330 m 外的邻村拍摄"
        yield KnownPhoto("13-next-village.jpg", field, _CONTRADICTED, what, shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, at=outside(field.shape, 110.0, 160.0))
        yield KnownPhoto("14-too-far-off.jpg", field, _DOUBTFUL, "站得太远：地块外 110 m", shot)

        field, at, seed = self._next()
        true_place = outside(field.shape, 15.0, 200.0)
        shot = self._shot(field, at, seed, at=to_gcj02(true_place))
        what = "坐标写成火星坐标（GCJ-02），偏 600 m：疑似坐标系问题"
        yield KnownPhoto("15-gcj02.jpg", field, _DOUBTFUL, what, shot)

        field, at, seed = self._next()
        place = outside(field.shape, 40.0, 90.0)
        away = (towards(place, field.shape) + 180.0) % 360.0
        facts = exif_of(PHONES["iphone"], place, at, away)
        shot = replace(self._shot(field, at, seed, at=place), facts=facts, true_heading_deg=away)
        what = "人在地边，镜头朝外"
        yield KnownPhoto("16-looks-away.jpg", field, _DOUBTFUL, what, shot)

        field = next(f for f in self._fields if _apart_m(f, self._first) > 500.0)
        what = f"把 {self._first_file} 又用于另一块地"
        yield KnownPhoto(self._first_file, field, _CONTRADICTED, what, None)

    def _another_time(self) -> Iterator[KnownPhoto]:
        field, at, seed = self._next()
        shot = self._shot(field, at, seed)
        facts = exif_of(
            PHONES["huawei"], shot.at, at, shot.true_heading_deg, gps_time=at - timedelta(days=371)
        )
        what = "去年的照片改了拍摄日期：卫星时间仍是去年"
        shot = replace(shot, facts=facts)
        yield KnownPhoto("17-last-year-redated.jpg", field, _CONTRADICTED, what, shot)

        field, at, seed = self._next()
        future = at + timedelta(days=400)
        shot = self._shot(field, future, seed, phone="honor")
        yield KnownPhoto("18-in-the-future.jpg", field, _CONTRADICTED, "拍摄日期在一年以后", shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="vivo")
        facts = exif_of(
            PHONES["vivo"], shot.at, at, shot.true_heading_deg, gps_time=at - timedelta(hours=2)
        )
        what = "相机时间与卫星时间差 2 小时"
        yield KnownPhoto("19-clock-off.jpg", field, _DOUBTFUL, what, replace(shot, facts=facts))

    def _changed(self) -> Iterator[KnownPhoto]:
        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="oppo")
        facts = exif_of(
            PHONES["oppo"],
            shot.at,
            at,
            shot.true_heading_deg,
            software="Adobe Photoshop 25.7 (Windows)",
        )
        shot = replace(shot, facts=facts, xmp=_EDITED)
        yield KnownPhoto("20-photoshop.jpg", field, _DOUBTFUL, "用修图软件保存过", shot)

        field, at, seed = self._next()
        shot = self._shot(field, at, seed, phone="xiaomi")
        facts = exif_of(
            PHONES["xiaomi"], shot.at, at, shot.true_heading_deg, stated_size=(4096, 3072)
        )
        shot = replace(shot, facts=facts)
        yield KnownPhoto("21-cropped.jpg", field, _DOUBTFUL, "裁剪过：EXIF 仍写原来的尺寸", shot)

        field, at, seed = self._next()
        shot = replace(self._shot(field, at, seed), xmp=_GENERATED)
        what = "标明由人工智能生成"
        yield KnownPhoto("22-declared-ai.jpg", field, _CONTRADICTED, what, shot)


def _spread(county: dict[str, Project]) -> Iterator[Field]:
    """Simple parcels from the end of each project in turn, so that the cases lie far apart."""
    ends = [[f for f in p.fields if f.simple and f.slope_grade != "5"] for p in county.values()]
    overlapping = {n for p in county.values() for pair in p.overlapping for n in pair}
    while any(ends):
        for fields in ends:
            if fields and (field := fields.pop()).number not in overlapping:
                yield field


def _apart_m(a: Field, b: Field) -> float:
    return distance_between_m(inside_point(a.shape), inside_point(b.shape))

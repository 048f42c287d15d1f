"""Captures that somebody changed on the phone, from the phone's own memory to the grade: kept all of
them, none of grade A, each with its reason, and an honest one beside them that is A."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import col, select, update

from field_app import accounts, clock
from field_app.accounts import NewPerson
from field_app.db import reading, writing
from field_app.inspections.held import bytes_of
from models.tables import Capture, CaptureCode, Photo
from models.vocabulary import Role
from photos.reasons import Reason
from tests import rows
from tests.browser.asking import calling
from tests.browser.conftest import PASSWORD
from tests.browser.faulty_phone import Field, a_field
from tests.browser.mortal import Server, a_mortal_server

pytestmark = pytest.mark.browser
_STORE = "../js/store.js"
_ALL = calling(_STORE, "(s, name) => s.transaction([name], 'readonly', of => of[name].getAll())")
_ANOTHERS_KEY = calling(
    "../js/keys.js",
    """async (keys, other) => {
  await keys.deviceKey(other);
  return keys.ensureRegistered(other);
}""",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with a_mortal_server(tmp_path_factory.mktemp("mortal")) as found:
        yield found


def _moment(ago_s: float) -> str:
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _walked() -> dict[str, Any]:
    """Where a person stood during the last seconds, as the page writes it into a record."""
    track = [
        {
            "lon": rows.HERE.lon + n * 1.3e-6,
            "lat": rows.HERE.lat - n * 0.9e-6,
            "accuracy_m": 5.0 + n * 0.1,
            "altitude_m": 210.0,
            "altitude_accuracy_m": 8.0,
            "speed_m_s": 0.3,
            "heading_deg": None,
            "fixed_at": _moment(1.0 + n),
            "received_at": _moment(0.9 + n),
        }
        for n in range(8, -1, -1)
    ]
    position = {name: value for name, value in track[-1].items() if name != "received_at"}
    return {"track": track, "position": position}


def _shoot(field: Field, page: Page) -> str:
    """One shot that would be of grade A; its record is signed when this returns."""
    shot = field.shots(1, way="live")[0] | _walked()
    uuid: str = field.shoot(page, [shot])[0]["uuid"]
    for _ in range(200):
        row = next(r for r in field.stand(page)["rows"] if r["uuid"] == uuid)
        if row["state"] == "waiting":
            return uuid
        page.wait_for_timeout(50)
    raise AssertionError(row)


def _change(page: Page, name: str, key: str, change: str) -> None:
    put = f"(store, [name, key]) => store.change(name, key, {change}).then(() => null)"
    page.evaluate(calling(_STORE, put), [name, key])


def _expire_the_code_of(record: dict[str, Any]) -> None:
    """By the server's own books the code ended before the shot."""
    sha256 = hashlib.sha256(record["code"].encode()).hexdigest()
    with writing() as session:
        over = clock.now() - timedelta(hours=1)
        session.exec(
            update(CaptureCode)
            .where(col(CaptureCode.sha256) == sha256)
            .values(expires_at=over, issued_at=over - timedelta(hours=72))
        )


def _another_person(field: Field, page: Page) -> str:
    """Somebody else signs in on the same phone, and gets a key of his own there."""
    other = f"{field.owner}x"
    with field.server.county.inside():
        new = NewPerson(other, other, Role.INSPECTOR, PASSWORD, "二组", must_change_password=False)
        accounts.add_person(new, by=None, now=clock.now())
    assert field.context is not None
    field.context.request.post("/login", form={"name": other, "password": PASSWORD})
    assert page.evaluate(_ANOTHERS_KEY, other) == "registered"
    field.sign_in()
    return other


def test_what_was_changed_on_the_phone_is_kept_and_graded_down_with_its_reason(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    with a_field(browser, server, tmp_path / "phone", Random(7)) as field:
        page = field.set_out()
        other = _another_person(field, page)
        assert field.context is not None
        field.context.set_offline(True)
        shot = {"untouched": _shoot(field, page)}

        shot["bytes"] = _shoot(field, page)
        _change(page, "bytes", shot["bytes"], "b => { new Uint8Array(b)[700] ^= 1; return b; }")

        shot["record"] = _shoot(field, page)
        moved = "r => ({ ...r, text: r.text.replace(/33[.]48/g, '33.47') })"
        _change(page, "records", shot["record"], moved)

        codes = page.evaluate(_ALL, "codes")
        shot["code used first"] = _shoot(field, page)
        left = {code["code"] for code in page.evaluate(_ALL, "codes")}
        used = next(code for code in codes if code["code"] not in left)
        _put_code_back(page, used)
        shot["code used again"] = _shoot(field, page)

        shot["code expired"] = _shoot(field, page)
        _take_key_of(page, field.owner, other)
        shot["key"] = _shoot(field, page)

        records = {name: _record_of(page, uuid) for name, uuid in shot.items()}
        with server.county.inside():
            _expire_the_code_of(json.loads(records["code expired"]))
        _come_home_with_all(field, page)
        with server.county.inside():
            kept = {name: _kept(field, uuid) for name, uuid in shot.items()}
            for name, (capture, photo) in kept.items():
                assert capture.record.decode() == records[name]
                assert photo.removed_at is None
                bytes_of(photo.sha256)  # raises where they are not in the store
        grades = {name: photo.grade for name, (_, photo) in kept.items()}
        assert grades == {
            "untouched": "A",
            "bytes": "C",
            "record": "C",
            "code used first": "A",
            "code used again": "B",
            "code expired": "B",
            "key": "C",
        }
        reasons = {
            "untouched": [],
            "bytes": [Reason.BYTES_DIFFER],
            "record": [Reason.SIGNATURE_BAD],
            "code used first": [],
            "code used again": [Reason.CODE_USED],
            "code expired": [Reason.CODE_EXPIRED],
            "key": [Reason.KEY_OF_ANOTHER],
        }
        told = {row["uuid"]: row["receipt"] for row in field.stand(page)["rows"]}
        for name, wanted in reasons.items():
            assert set(wanted) <= set(told[shot[name]]["grade_reasons"]), (name, told[shot[name]])
            assert bool(wanted) == bool(told[shot[name]]["grade_reasons"])
        assert kept["bytes"][0].bytes_sha256 != kept["bytes"][0].sha256
        day = field.close_day(page)
        assert [(one["uuid"], "与采集记录不符" in one["why"]) for one in day["missing"]] == [
            (shot["bytes"], True)
        ]


def _put_code_back(page: Page, code: dict[str, Any]) -> None:
    """The first to be taken again, before all others."""
    put = "(s, code) => s.put('codes', { ...code, offline: false })"
    page.evaluate(calling(_STORE, put), code)


def _take_key_of(page: Page, owner: str, other: str) -> None:
    take = """async (s, { owner, other }) => s.put('keys', { ...(await s.get('keys', other)), owner })"""
    page.evaluate(calling(_STORE, take), {"owner": owner, "other": other})


def _record_of(page: Page, uuid: str) -> str:
    text: str = page.evaluate(
        calling(_STORE, "async (s, uuid) => (await s.get('records', uuid)).text"), uuid
    )
    return text


def _come_home_with_all(field: Field, page: Page) -> None:
    assert field.come_home() == page
    assert field.stand(page)["tallies"]["refused"] == 0


def _kept(field: Field, uuid: str) -> tuple[Capture, Photo]:
    with reading() as session:
        query = (
            select(Capture, Photo)
            .join(Photo, col(Photo.id) == Capture.photo_id)
            .where(Capture.person_id == field.person, Capture.uuid == uuid)
        )
        return session.exec(query).one()

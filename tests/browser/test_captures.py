"""What was taken is held, once, whatever befalls the phone, the line and the server."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route
from sqlmodel import delete

from field_app.db import reading, writing
from models.tables import CaptureCode, Inspection
from models.vocabulary import InspectionState
from tests import rows
from tests.browser.conftest import PASSWORD, County, Phone, Visit
from tests.browser.field import (
    bare,
    captures_of,
    deliver,
    photos_of,
    rows_on,
    shoot,
    wait_for,
    wait_until_held,
)

pytestmark = pytest.mark.browser

PACKAGE_TASK = """async (task) => {
    const { localVisit } = await core;
    return localVisit("heying", { id: task, parcel: { number: "N1", shape_no: 1 }, visit: null, begin: {} });
}"""


@pytest.fixture
def to(county: County, visit: Visit) -> dict[str, Any]:
    """Where the shots go: a visit that the phone opened without signal. The phones of other tests
    have left the person codes, for whom all of them are one."""
    with county.inside(), writing() as session:
        session.exec(delete(CaptureCode))
    return {
        "task": visit.task_id,
        "visit": f"11111111-1111-4111-8111-{visit.id:012d}",
        "parcel": "N1",
        "lon": rows.HERE.lon,
        "lat": rows.HERE.lat,
    }


FULL_DISK = """() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...given) {
        const request = put.apply(this, given);
        this.transaction.abort(); // as the browser does where the quota is used up
        return request;
    };
}"""


def crash(page: Page) -> Page:
    """The system kills the page, as phones do; another one of the same browser comes up."""
    context = page.context
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3000)
    page.close()
    return context.new_page()


def arriving(met: list[str]) -> Callable[[Route], None]:
    """The server gets it, and the phone hears no answer."""

    def arrives(route: Route) -> None:
        route.fetch()
        met.append(route.request.url)

    return arrives


def test_a_phone_that_dies_while_it_keeps_sends_or_waits_for_the_answer_loses_and_doubles_nothing(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    page = bare(phone)
    taken = [shoot(page, to, 1)["uuid"]]
    page = bare(phone, crash(page))  # the shot is kept, and perhaps not signed
    for pattern in ("**/api/v1/captures/*", "**/api/v1/photos/**"):
        taken.append(shoot(page, to, len(taken) + 1)["uuid"])
        met: list[str] = []

        phone.context.route(pattern, arriving(met), times=1)
        deliver(page)
        for _ in range(100):
            if met:
                break
            page.wait_for_timeout(100)
        assert met
        page = bare(phone, crash(page))
    first = {row["uuid"]: row["sha256"] for row in rows_on(page)}
    deliver(page)
    wait_until_held(page, 3)
    assert [row["uuid"] for row in rows_on(page)] == taken
    kept = captures_of(county, taken)
    assert sorted(c.uuid for c in kept) == sorted(taken)
    assert all(c.signature_state == "good" for c in kept), [c.signature_state for c in kept]
    assert sorted(p.sha256 for p in photos_of(county, visit)) == sorted(
        row["sha256"] for row in rows_on(page)
    )
    assert all(
        sha256 in (None, row["sha256"])
        for sha256, row in zip(first.values(), rows_on(page), strict=True)
    )
    closed = page.evaluate("async () => (await core).closeDay('heying')")
    assert closed == {"ok": True, "asked": True, "taken": 3, "held": 3, "missing": [], "astray": []}


def test_a_registered_phone_s_shot_is_signed_carries_a_code_and_is_grade_a(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    page = bare(phone)
    ready = page.evaluate("async () => (await core).readyToSign('heying')")
    assert ready == {"clock": True, "key": "registered", "codes": "filled"}
    shot = shoot(page, to, 1)
    assert shot["how"] == "stored"
    deliver(page)
    wait_until_held(page, 1)
    (row,) = rows_on(page)
    assert row["receipt"]["grade"] == "A", row["receipt"]
    assert row["thumb"].startswith("data:image/jpeg")  # thumbnail and receipt stay
    (capture,) = captures_of(county, [shot["uuid"]])
    record = json.loads(capture.record)
    assert list(record)[:14] == [
        "v", "uuid", "type", "owner", "key_id", "task", "visit", "inspection", "parcel", "shape_no",
        "form", "made_at", "zone_offset_min", "clock",
    ]  # fmt: skip
    assert record["sha256"] == row["sha256"] != record["raw_sha256"]
    assert len(record["track"]) == 10
    (photo,) = photos_of(county, visit)
    assert photo.sha256 == row["sha256"]


def test_lost_answers_portals_and_broken_uploads_end_in_one_photo_and_send_no_byte_twice(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    page = bare(phone)
    shot = shoot(page, to, 1)
    puts: list[str] = []

    def records(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        puts.append("record")
        match puts.count("record"):
            case 1:
                route.abort("connectionreset")
            case 2:
                route.fulfill(status=200, content_type="text/html", body="<h1>Wi-Fi</h1>")
            case 3:
                route.fetch()
                route.abort("connectionreset")
            case _:
                route.continue_()

    def photos(route: Route) -> None:
        puts.append("photo")
        route.fetch()
        route.abort("connectionreset")  # the answer is lost: it must be asked for

    phone.context.route("**/api/v1/captures/*", records)
    phone.context.route("**/api/v1/photos/**", photos)
    deliver(page)
    for _ in range(60):
        page.evaluate("async () => (await core).hurry()")
        page.wait_for_timeout(250)
        if rows_on(page)[0]["state"] == "delivered":
            break
    wait_until_held(page, 1)
    assert puts == ["record"] * 4 + ["photo"]
    assert len(captures_of(county, [shot["uuid"]])) == len(photos_of(county, visit)) == 1


def test_two_tabs_send_each_shot_once_and_both_know(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    one = bare(phone)
    other = bare(phone, phone.context.new_page())
    taken = [shoot(tab, to, n)["uuid"] for n, tab in enumerate((one, other, one, other))]
    puts: list[str] = []
    phone.context.on(
        "request", lambda r: puts.append(r.url) if r.method == "PUT" and "/api/" in r.url else None
    )
    deliver(one)
    deliver(other)
    wait_until_held(one, 4)
    wait_until_held(other, 4)
    assert len(puts) == len(set(puts)) == 8  # a record and a photo each
    assert len(captures_of(county, taken)) == len(photos_of(county, visit)) == 4


def test_what_one_tab_could_only_note_in_memory_does_not_undo_what_another_has_delivered(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    one = bare(phone)
    one.evaluate("async () => (await core).readyToSign('heying')")
    taken = [shoot(one, to, n)["uuid"] for n in range(2)]
    all_of = "async () => (await (await core).capturesOf('heying')).every"
    wait_for(one, f"{all_of}(row => row.state === 'waiting')")
    went: list[str] = []

    def breaks_after_the_first_record(route: Route) -> None:
        if route.request.method == "PUT" and went:
            route.abort()
        else:
            went.extend([route.request.url] if route.request.method == "PUT" else [])
            route.fallback()

    one.route("**/api/v1/captures/*", breaks_after_the_first_record)
    one.evaluate(FULL_DISK)
    deliver(one)  # what comes of it is noted in this page alone
    wait_for(one, f"{all_of}(row => row.in_memory)")
    other = bare(phone, phone.context.new_page())
    deliver(other)
    wait_until_held(other, 2)
    one.unroute("**/api/v1/captures/*")
    one.evaluate("async () => (await core).hurry()")
    wait_until_held(one, 2)
    assert [row["problem"] for row in rows_on(one)] == [""] * 2
    assert len(captures_of(county, taken)) == len(photos_of(county, visit)) == 2


def test_a_full_disk_keeps_the_shot_in_the_page_says_so_and_still_delivers_it(
    phone: Phone, county: County, to: dict[str, Any]
) -> None:
    page = bare(phone)
    page.evaluate("async () => (await core).readyToSign('heying')")
    page.evaluate(FULL_DISK)
    shot = shoot(page, to, 1)
    assert shot["how"] == "in-memory"
    assert [row["in_memory"] for row in rows_on(page)] == [True]
    deliver(page)
    wait_until_held(page, 1)
    (capture,) = captures_of(county, [shot["uuid"]])
    assert capture.signature_state == "good"


def test_a_phone_whose_clock_is_a_day_ahead_takes_and_delivers_and_the_offset_stands_in_the_record(
    phone: Phone, county: County, to: dict[str, Any]
) -> None:
    phone.page.add_init_script(
        """{ const Real = Date, ahead = 86_400_000;
             globalThis.Date = class extends Real {
                 constructor(...given) { super(...(given.length ? given : [Real.now() + ahead])); }
                 static now() { return Real.now() + ahead; }
             }; }"""
    )
    page = bare(phone)
    assert page.evaluate("async () => (await core).readyToSign('heying')")["clock"] is True
    stock = page.evaluate("async () => (await core).stock('heying')")
    assert stock["online"] > 0  # they end in ten minutes, and live by the server's clock
    shot = shoot(page, to, 1)
    deliver(page)
    wait_until_held(page, 1)
    (capture,) = captures_of(county, [shot["uuid"]])
    record = json.loads(capture.record)
    assert record["clock"]["offset_ms"] == pytest.approx(-86_400_000, abs=5000)
    assert record["code"] is not None
    assert capture.code_state == "good"


def test_somebody_else_s_sign_in_sends_none_of_mine_and_an_ended_one_keeps_everything(
    phone: Phone, county: County, to: dict[str, Any]
) -> None:
    page = bare(phone)
    shot = shoot(page, to, 1)
    phone.context.request.post("/logout")
    deliver(page)
    line = "async () => (await core).delivery().line"
    wait_for(page, "async () => (await core).delivery().line === 'sign-in'")
    phone.context.request.post("/login", form={"name": "duanwei", "password": PASSWORD})
    page.evaluate("async () => (await core).hurry()")
    wait_for(page, "async () => (await core).delivery().line === 'other-person'")
    assert page.evaluate(line) == "other-person"
    assert captures_of(county, [shot["uuid"]]) == []
    assert page.evaluate("async () => (await core).waitingOfOthers('duanwei')") == 1
    phone.context.request.post("/logout")
    phone.context.request.post("/login", form={"name": "heying", "password": PASSWORD})
    page.evaluate("async () => (await core).hurry()")
    wait_until_held(page, 1)
    assert len(captures_of(county, [shot["uuid"]])) == 1


def test_another_kind_before_it_is_sent_is_signed_anew_and_afterwards_it_stays(
    phone: Phone, county: County, to: dict[str, Any]
) -> None:
    page = bare(phone)
    shot = shoot(page, to, 1)
    wait_for(page, "async () => (await (await core).capturesOf('heying'))[0].state === 'waiting'")
    set_kind = "async ([uuid, kind]) => (await core).setKind(uuid, kind)"
    assert page.evaluate(set_kind, [shot["uuid"], "近景"]) == "set"
    deliver(page)
    wait_until_held(page, 1)
    assert page.evaluate(set_kind, [shot["uuid"], "全景"]) == "sent"
    assert page.evaluate("async (uuid) => (await core).discard(uuid)", shot["uuid"]) is False
    (capture,) = captures_of(county, [shot["uuid"]])
    assert json.loads(capture.record)["kind"] == "近景"
    assert capture.signature_state == "good"


def test_answers_handed_in_without_signal_wait_for_their_photos_and_say_what_is_missing(
    phone: Phone, county: County, visit: Visit, to: dict[str, Any]
) -> None:
    page = bare(phone)
    phone.context.set_offline(True)
    local = page.evaluate(PACKAGE_TASK, visit.task_id)
    assert (local["state"], local["answers"]) == ("draft", {})
    again = page.evaluate(PACKAGE_TASK, visit.task_id)
    assert again["visit"] == local["visit"]
    save = "async ([visit, changes]) => (await core).saveAnswers(visit, changes)"
    page.evaluate(save, [local["visit"], {"remark": "没有信号"}])
    shot = shoot(page, to | {"visit": local["visit"]}, 1)
    hand_in = "async (visit) => (await core).handIn(visit, { submit: true })"
    first = page.evaluate(hand_in, local["visit"])
    changed = page.evaluate(save, [local["visit"], {"remark": "改过了"}])
    assert changed["state"] == "draft"  # what had not left the phone is taken back
    second = page.evaluate(hand_in, local["visit"])
    deliver(page)
    phone.context.set_offline(False)
    page.evaluate("async () => (await core).hurry()")
    wait_for(page, "async () => (await (await core).visitsOf('heying'))[0].state === 'held'")
    (known,) = page.evaluate("async () => (await core).visitsOf('heying')")
    assert known["inspection"] == visit.id
    assert known["why"]
    assert captures_of(county, [first]) == []
    (kept,) = captures_of(county, [second])
    record = json.loads(kept.record)
    assert record["answers"] == {"remark": "改过了"}
    assert record["photos"] == [
        row["sha256"] for row in rows_on(page) if row["uuid"] == shot["uuid"]
    ]
    with county.inside(), reading() as session:
        kept_visit = session.get_one(Inspection, visit.id)
        assert kept_visit.answers["remark"] == "改过了"
        assert kept_visit.state == InspectionState.DRAFT


def test_what_is_thrown_away_leaves_a_line(phone: Phone, to: dict[str, Any]) -> None:
    page = bare(phone)
    shot = shoot(page, to, 1)
    assert page.evaluate("async (uuid) => (await core).discard(uuid)", shot["uuid"]) is True
    assert rows_on(page) == []
    (line,) = page.evaluate(
        """async () => {
            const { transaction } = await import("/assets/js/store.js");
            return transaction(["log"], "readonly", (s) => s.log.getAll());
        }"""
    )
    assert (line["uuid"], line["what"]) == (shot["uuid"], "discarded")


# Twice the same picture is asked for: before it has come, and after.
LATE = """async () => {
    const { keepThumb, thumbOf, whenThere } = await import(`/assets/${digest ? `~${digest}/` : ""}js/thumbs.js`);
    const shown = [];
    whenThere("photo/7901", (thumb) => shown.push(["before", thumb]));
    await thumbOf("photo/7901");
    await keepThumb("photo/7901", "data:,first");
    await keepThumb("photo/7902", "data:,other");
    await new Promise((done) => whenThere("photo/7901", (thumb) => done(shown.push(["after", thumb]))));
    return shown;
}"""


def test_an_earlier_photo_that_comes_late_is_shown_where_it_is_waited_for(phone: Phone) -> None:
    page = bare(phone)
    assert page.evaluate(LATE) == [["before", "data:,first"], ["after", "data:,first"]]

"""Two tabs and a retry at the same moment: everything twice, from many threads, is held once."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from field_app.captures import intake
from field_app.captures.keeping import Envelope
from tests.captures.conftest import Out, photos_of


def test_everything_twice_at_once_is_one_visit_with_each_photo_once(out: Out) -> None:
    shots, hand_in = out.whole_visit()
    records = [record for record, _ in shots] + [hand_in]
    sent = {r["uuid"]: Envelope(**out.phone.envelope(r, sent_at=out.now)) for r in records}

    def act(what: tuple[str, Any]) -> None:
        uuid, data = what
        if data is None:
            intake.receive(uuid, sent[uuid], out.who, now=out.now)
        else:
            out.send_bytes(data, uuid)

    acts: list[tuple[str, Any]] = [(r["uuid"], None) for r in records]
    acts += [(r["uuid"], data) for r, data in shots]
    acts *= 2
    random.Random(7).shuffle(acts)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(act, acts))
    intake.sweep(now=out.now)  # what met another's lock
    done = out.receipt(hand_in)
    assert done.state == "submitted", done.why
    photos = photos_of(done.inspection or 0)
    assert sorted(p.sha256 for p in photos) == sorted(r["sha256"] for r, _ in shots)
    assert {p.grade for p in photos} == {"A"}
    assert {out.receipt(r).inspection for r in records} == {done.inspection}

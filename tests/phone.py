"""A phone for tests: a browser's key, the records it signs, and how it sends them."""

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.geo import Position
from tests import rows


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Phone:
    """One browser of one person. `clock_off` is how far its clock is ahead of the server's."""

    owner: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    clock_off: timedelta = timedelta()
    signed: dict[str, str] = field(
        default_factory=dict, repr=False
    )  # once: a signature is kept with its record

    @property
    def spki(self) -> bytes:
        public = self.key.public_key()
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_key(self) -> str:
        return base64url(self.spki)

    @property
    def key_id(self) -> str:
        return hashlib.sha256(self.spki).hexdigest()

    def sign(self, text: str) -> str:
        if text not in self.signed:
            self.signed[text] = self._sign(text)
        return self.signed[text]

    def _sign(self, text: str) -> str:
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def record(self, kind_of: str, task: int, at: datetime, **facts: Any) -> dict[str, Any]:
        """A record made at `at` by the server's clock."""
        made = (at + self.clock_off).astimezone(UTC)
        return {
            "v": 1,
            "uuid": str(uuid.uuid4()),
            "type": kind_of,
            "owner": self.owner,
            "key_id": self.key_id,
            "task": task,
            "visit": str(uuid.uuid4()),
            "inspection": None,
            "parcel": "",
            "shape_no": 1,
            "form": None,
            "made_at": made.isoformat(timespec="milliseconds"),
            "zone_offset_min": 480,
            "clock": {
                "offset_ms": -round(self.clock_off.total_seconds() * 1000),
                "measured_at": made.isoformat(timespec="milliseconds"),
            },
            "code": None,
            "code_offline": None,
            "app": "abc",
        } | facts

    def shot(
        self, data: bytes, task: int, at: datetime, *, place: Position = rows.HERE, **facts: Any
    ) -> dict[str, Any]:
        """The record of a photo taken by the camera inside the page, with ten fixes before it."""
        moment = at + self.clock_off

        def text(seconds: float) -> str:
            return (moment - timedelta(seconds=seconds)).isoformat(timespec="milliseconds")

        def fix(n: int) -> dict[str, Any]:
            # A hand is never still: the last digits move.
            return {
                "lon": place.lon + n * 1.3e-6,
                "lat": place.lat - n * 0.9e-6,
                "accuracy_m": 5.0 + n * 0.1,
                "altitude_m": 210.0,
                "altitude_accuracy_m": 8.0,
                "speed_m_s": 0.3,
                "heading_deg": None,
                "fixed_at": text(1 + n),
            }

        given = {
            "kind": "全景",
            "way": "live",
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "raw_sha256": "0" * 64,
            "media_type": "image/jpeg",
            "opened_at": text(8),
            "shot_at": text(0),
            "chosen_at": text(0),
            "file_name": "IMG_1.jpg",
            "file_modified_at": None,
            "position": fix(0),
            "track": [fix(n) | {"received_at": text(0.9 + n)} for n in range(10, -1, -1)],
            "look": {"heading_deg": 90.0, "heading_ref": "M", "pitch_deg": 2.0, "at": text(1)},
            "camera": {"label": "back", "width": 4032, "height": 3024, "facing": "environment"},
            "note": "",
        }
        return self.record("photo", task, at, **given | facts)

    def handed_in(self, task: int, at: datetime, **facts: Any) -> dict[str, Any]:
        """The record of a visit's answers."""
        given = {
            "answers": {},
            "seen": {},
            "marks": {},
            "submit": True,
            "photos": [],
            "edition_seen": None,
        }
        return self.record("visit", task, at, **given | facts)

    def envelope(self, record: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The body of `PUT /api/v1/captures/{uuid}`."""
        text = json.dumps(record, ensure_ascii=False)
        return {
            "record": text,
            "signature": self.sign(text),
            "key_id": self.key_id,
            "sent_at": record["made_at"],
        } | changed

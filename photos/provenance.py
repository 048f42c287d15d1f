"""The manifest of provenance (C2PA) in a file: what it says, and whether it still holds.

Validated by the specification's own library, offline: nothing is fetched, so a signer is named but
not vouched for, and who it was is a person's question. It is asked only where our own walk has
found a manifest of bounded size. Source: C2PA 2.2, sections 15 (validation) and 19.

A hundred thousand mutated files neither crashed nor stalled the library (tests/photos/
test_reading_whatever_the_bytes.py does a share of them again); whatever it raises is "unreadable".
"""

import io
import json
from datetime import datetime
from functools import cache
from typing import Any

import c2pa

from photos.evidence import C2pa, Reading, Source

MAX_MANIFEST_BYTES = 8_388_608  # with a preview and a few ingredients real ones have 100 to 500 kB
MAX_MANIFESTS = 64  # in one file: each edit adds one
MAX_ACTIONS = 64
MAX_CHARACTERS = 256

# Nothing goes over the network, and nobody's list of trusted signers is asked for.
_OFFLINE = {
    "verify": {
        "verify_after_reading": True,
        "verify_trust": False,
        "verify_timestamp_trust": False,
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
    }
}
# What is said of a signer or a clock, not of the bytes.
_NOT_OF_THE_BYTES = ("signingCredential.", "timeStamp.", "claimSignature.outsideValidity")

# The library's own errors, and what its binding or our look into its answer raises on odd bytes.
_FAILURES = (c2pa.C2paError, LookupError, ValueError, TypeError, AttributeError, OSError,
             RuntimeError, MemoryError)  # fmt: skip

UNREADABLE = C2pa("unreadable")


@cache
def _context() -> c2pa.Context:
    return c2pa.Context.from_dict(_OFFLINE)


def read_manifest(data: bytes, media_type: str, manifest_bytes: int) -> C2pa | None:
    """What the manifest in `data` says; None where our walk found none (`manifest_bytes` is 0)."""
    if not manifest_bytes:
        return None
    if manifest_bytes > MAX_MANIFEST_BYTES:
        return UNREADABLE
    try:
        with c2pa.Reader(media_type, io.BytesIO(data), context=_context()) as reader:
            return _judged(json.loads(reader.json()))
    except _FAILURES:
        return UNREADABLE


def manifest_readings(manifest: C2pa) -> tuple[Reading, ...]:
    """What a manifest says, as readings beside those of the other sources."""
    found = [
        Reading(name, value, tag, Source.C2PA)
        for name, value, tag in (
            ("ClaimGenerator", manifest.generator, "claim_generator"),
            ("ClaimSigner", manifest.signer, "signature_info"),
            ("ClaimSignedAt", _text_of(manifest.signed_at), "signature_info"),
        )
        if value
    ]
    found += [
        Reading("DigitalSourceType", kind, "c2pa.actions", Source.C2PA)
        for kind in manifest.source_types
    ]
    return tuple(found)


def _judged(store: dict[str, Any]) -> C2pa:
    manifests = store["manifests"]
    active = manifests[store["active_manifest"]]
    failures = store.get("validation_results", {}).get("activeManifest", {}).get("failure", ())
    codes = tuple(dict.fromkeys(str(failure["code"]) for failure in failures))
    of_the_bytes = [code for code in codes if not code.startswith(_NOT_OF_THE_BYTES)]
    if any(code.endswith(".mismatch") for code in of_the_bytes):
        state = "broken"
    else:
        state = "unreadable" if of_the_bytes else "valid"
    # An ingredient made by a machine makes the whole machine-made, so all manifests are asked.
    actions = [
        action
        for manifest in list(manifests.values())[:MAX_MANIFESTS]
        for assertion in manifest.get("assertions", ())
        if str(assertion.get("label", "")).startswith("c2pa.actions")
        for action in assertion["data"].get("actions", ())[:MAX_ACTIONS]
    ]
    signature = active.get("signature_info", {})
    return C2pa(
        state=state,
        problems=codes,
        generator=_generator(active),
        signer=_joined(signature.get("issuer"), signature.get("common_name")),
        signed_at=_moment(signature.get("time")),
        source_types=_distinct(
            str(action.get("digitalSourceType") or "").rpartition("/")[2] for action in actions
        ),
        actions=_distinct(str(action.get("action") or "") for action in actions),
    )


def _generator(manifest: dict[str, Any]) -> str:
    told = manifest.get("claim_generator_info") or [{}]
    return _joined(told[0].get("name"), told[0].get("version")) or _joined(
        manifest.get("claim_generator")
    )


def _joined(*parts: object) -> str:
    return " ".join(dict.fromkeys(str(part) for part in parts if part))[:MAX_CHARACTERS]


def _distinct(texts: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:MAX_CHARACTERS] for text in texts if text))[:MAX_ACTIONS]


def _moment(said: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _text_of(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()

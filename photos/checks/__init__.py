"""The register of checks: an explicit tuple, in the order in which results are shown.

One file is one check. A test compares this register with the folder.
"""

from photos.checks.camera_format import camera_format
from photos.checks.camera_gps_clock import camera_gps_clock
from photos.checks.camera_page_clock import camera_page_clock
from photos.checks.capture_code import capture_code
from photos.checks.capture_signed import capture_signed
from photos.checks.changed_spot import changed_spot
from photos.checks.dates_within import dates_within
from photos.checks.datum_shift import datum_shift
from photos.checks.declare import Check, Declaration, Rule, check
from photos.checks.declared_ai import declared_ai
from photos.checks.delivered_in_time import delivered_in_time
from photos.checks.edited_together import edited_together
from photos.checks.editing_software import editing_software
from photos.checks.faces_its_side import faces_its_side
from photos.checks.file_number import file_number
from photos.checks.file_sequence import file_sequence
from photos.checks.frame_size import frame_size
from photos.checks.frozen_position import frozen_position
from photos.checks.gps_state import gps_state
from photos.checks.held_level import held_level
from photos.checks.in_county import in_county
from photos.checks.in_window import in_window
from photos.checks.known_device import known_device
from photos.checks.library_layout import library_layout
from photos.checks.looks_at_parcel import looks_at_parcel
from photos.checks.name_date import name_date
from photos.checks.not_in_future import not_in_future
from photos.checks.odd_fractions import odd_fractions
from photos.checks.off_profile import off_profile
from photos.checks.on_parcel import on_parcel
from photos.checks.one_place_many_parcels import one_place_many_parcels
from photos.checks.package_agrees import package_agrees
from photos.checks.page_server_clock import page_server_clock
from photos.checks.position_accuracy import position_accuracy
from photos.checks.position_fresh import position_fresh
from photos.checks.positions_agree import positions_agree
from photos.checks.provenance import provenance
from photos.checks.readable import readable
from photos.checks.reencoded import reencoded
from photos.checks.same_bytes import same_bytes
from photos.checks.same_picture import same_picture
from photos.checks.screenshot import screenshot
from photos.checks.source_grade import source_grade
from photos.checks.sun import sun
from photos.checks.thumbnail_agrees import thumbnail_agrees
from photos.checks.track_plausible import track_plausible
from photos.checks.travel import travel
from photos.checks.weak_signs_together import weak_signs_together
from photos.checks.zone import zone

CHECKS: tuple[Check, ...] = (
    readable,
    camera_format,
    source_grade,
    capture_signed,
    capture_code,
    gps_state,
    on_parcel,
    position_accuracy,
    datum_shift,
    positions_agree,
    package_agrees,
    position_fresh,
    track_plausible,
    frozen_position,
    travel,
    one_place_many_parcels,
    in_county,
    looks_at_parcel,
    faces_its_side,
    held_level,
    in_window,
    not_in_future,
    delivered_in_time,
    camera_gps_clock,
    camera_page_clock,
    page_server_clock,
    zone,
    sun,
    file_sequence,
    known_device,
    editing_software,
    frame_size,
    thumbnail_agrees,
    changed_spot,
    reencoded,
    library_layout,
    odd_fractions,
    off_profile,
    dates_within,
    name_date,
    file_number,
    screenshot,
    declared_ai,
    provenance,
    same_bytes,
    same_picture,
)

RULES: tuple[Rule, ...] = (edited_together, weak_signs_together)
"""Combinations of what the checks found, judged after them."""


def declared() -> tuple[Declaration, ...]:
    """The facts of every check and rule, in the order in which results are shown."""
    return (*(one.declared for one in CHECKS), *(one.declared for one in RULES))


def declared_thresholds() -> dict[str, dict[str, float]]:
    """Every threshold by check and keyword, with its default: what settings may change."""
    return {facts.id: dict(facts.thresholds) for facts in declared() if facts.thresholds}


__all__ = [
    "CHECKS",
    "RULES",
    "Check",
    "Declaration",
    "Rule",
    "check",
    "declared",
    "declared_thresholds",
]

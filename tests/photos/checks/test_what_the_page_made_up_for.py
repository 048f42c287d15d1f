"""Where our own page took position and time, nobody is told to shoot again for what the file lacks."""

import pytest

from models.vocabulary import Outcome, PhotoKind
from photos.case import Claim
from photos.checks.camera_gps_clock import camera_gps_clock
from photos.checks.gps_state import gps_state
from tests.build import HERE, RECEIVED_AT, a_case, a_photo

BY_PAGE = Claim(PhotoKind.OVERVIEW, position=HERE, captured_at=RECEIVED_AT)


@pytest.mark.parametrize("gps", ["absent", "blanked", "zero"])
def test_a_file_without_a_position_that_the_page_has(gps: str) -> None:
    result = gps_state(a_case(a_photo(gps=gps), claim=BY_PAGE))
    assert result is not None
    assert result.outcome is Outcome.UNKNOWN
    assert "不影响结论" in result.message
    assert "重拍" not in result.message
    alone = gps_state(a_case(a_photo(gps=gps)))
    assert alone is not None
    assert "重拍" in alone.message


def test_a_file_without_satellite_time_that_the_page_took() -> None:
    result = camera_gps_clock(a_case(a_photo(gps="blanked"), claim=BY_PAGE))
    assert result is not None
    assert "不影响结论" in result.message

"""Real coordinate files, where the sample set is at hand."""

from pathlib import Path

import pytest

from field_app.parcels.formats import read_parcels

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "parcels"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")


def test_the_real_file_in_gb18030_and_zone_38_is_taken() -> None:
    (parcel,) = read_parcels((SAMPLES / "44120000072.txt").read_bytes(), "44120000072.txt").parcels
    assert (parcel.status, parcel.crs, parcel.messages) == ("taken", "EPSG:4526", [])
    assert parcel.area_m2 == pytest.approx(12_247.0, rel=0.01)


def test_the_invented_file_in_utf8_with_mark_and_zone_37_is_taken() -> None:
    name = "nanzhao_example_utf8bom.txt"
    (parcel,) = read_parcels((SAMPLES / name).read_bytes(), name).parcels
    assert (parcel.status, parcel.crs) == ("taken", "EPSG:4525")
    assert parcel.number == "N41132120230001000001"
    assert parcel.area_m2 == pytest.approx(2500.0, rel=0.01)

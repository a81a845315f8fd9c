"""Datum conversions: round trips, published points, nothing outside China."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.datum import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02
from geodata.errors import UsageError
from geodata.vocabulary import DATUMS
from zones.distance.great_circle import haversine_km

china = st.tuples(st.floats(73.6, 134.8), st.floats(18.2, 53.5))


@given(st.lists(china, min_size=1, max_size=20))
def test_inverse_meets_the_forward_formula_within_a_millimetre(points) -> None:
    lon, lat = np.array(points).T
    back = wgs84_to_gcj02(*gcj02_to_wgs84(lon, lat))
    assert np.max(haversine_km(lon, lat, *back)) < 1e-6
    back = gcj02_to_bd09(*bd09_to_gcj02(lon, lat))
    assert np.max(haversine_km(lon, lat, *back)) < 1e-6


@given(st.lists(china, min_size=1, max_size=20))
def test_offset_is_below_a_kilometre_and_a_half(points) -> None:
    lon, lat = np.array(points).T
    offset_km = haversine_km(lon, lat, *wgs84_to_gcj02(lon, lat))
    assert np.all(offset_km < 1.5)


def test_offset_of_the_clusters_is_some_hundred_metres() -> None:
    lon, lat = np.array([116.40, 120.15, 113.26, 114.06]), np.array([39.90, 30.28, 23.13, 22.54])
    offset_km = haversine_km(lon, lat, *wgs84_to_gcj02(lon, lat))
    assert np.all((offset_km > 0.3) & (offset_km < 0.8))


def test_published_point() -> None:
    # Tian'anmen as given by the widely published conversion: 116.404, 39.915 (WGS-84)
    lon, lat = wgs84_to_gcj02(116.404, 39.915)
    assert np.allclose([lon, lat], [116.41024449916938, 39.91640428150164], atol=1e-9)
    lon, lat = gcj02_to_bd09(116.404, 39.915)
    assert np.allclose([lon, lat], [116.41036949371029, 39.92133699351022], atol=1e-9)


def test_nothing_moves_outside_the_rectangle() -> None:
    assert wgs84_to_gcj02(2.35, 48.86) == (2.35, 48.86)


def test_one_conversion_for_all_three_datums() -> None:
    """Rows of each datum, made from known positions, come back to them."""
    lon, lat = np.array([121.47, 104.06, 87.6]), np.array([31.23, 30.67, 43.8])
    shifted = wgs84_to_gcj02(lon, lat)
    given = {"WGS-84": (lon, lat), "GCJ-02": shifted, "BD-09": gcj02_to_bd09(*shifted)}
    for datum, places in given.items():
        assert np.max(haversine_km(lon, lat, *to_wgs84(*places, datum))) < 1e-6, datum
    rows = [given[datum] for datum in DATUMS]
    mixed = to_wgs84(
        [place[0][i] for i, place in enumerate(rows)],
        [place[1][i] for i, place in enumerate(rows)],
        DATUMS,
    )
    assert np.max(haversine_km(lon, lat, *mixed)) < 1e-6
    # Baidu's position taken for AMap's would stay about a kilometre off
    wrong_km = haversine_km(lon, lat, *to_wgs84(*given["BD-09"], "GCJ-02"))
    assert np.all((wrong_km > 0.5) & (wrong_km < 1.5))


@pytest.mark.parametrize("spelling", ["BD09", "gcj-02", ""])
def test_a_datum_of_another_spelling_is_refused(spelling: str) -> None:
    with pytest.raises(UsageError, match="accepted: WGS-84, GCJ-02, BD-09"):
        to_wgs84([120.0, 121.0], [30.0, 31.0], ["WGS-84", spelling])

"""Identities of great circles, and the second route: the ellipsoid."""

from __future__ import annotations

import doctest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import zones.distance.great_circle
from zones.distance.great_circle import chord_to_km, haversine_km, km_to_chord, unit_vectors
from zones.parameters import EARTH_RADIUS_KM, ELLIPSOID_FACTOR

lon = st.floats(-180, 180)
lat = st.floats(-90, 90)
HALF_KM = np.pi * EARTH_RADIUS_KM


@given(lon, lat, lon, lat)
def test_symmetric_zero_on_itself_and_at_most_half_way_round(a, b, c, d) -> None:
    there, back = haversine_km(a, b, c, d), haversine_km(c, d, a, b)
    assert there == back
    assert 0 <= there <= HALF_KM + 1e-9
    assert haversine_km(a, b, a, b) == 0


@given(lon, lat, lon, lat, lon, lat)
def test_triangle_inequality(a, b, c, d, e, f) -> None:
    direct = haversine_km(a, b, e, f)
    assert direct <= haversine_km(a, b, c, d) + haversine_km(c, d, e, f) + 1e-4


@given(lon, lat, lon, lat)
def test_chord_and_haversine_agree(a, b, c, d) -> None:
    p, q = unit_vectors([a, c], [b, d])
    arc_km = float(chord_to_km(np.linalg.norm(p - q)))
    # near the antipode an arc hangs on the last bits of its chord
    tolerance_km = 1e-6 if arc_km < 0.99 * HALF_KM else 0.5
    assert abs(arc_km - haversine_km(a, b, c, d)) < tolerance_km


@given(st.floats(0, HALF_KM))
def test_chord_round_trip(distance_km) -> None:
    tolerance_km = 1e-6 if distance_km < 0.99 * HALF_KM else 0.5
    assert abs(float(chord_to_km(km_to_chord(distance_km))) - distance_km) < tolerance_km


def test_known_lengths() -> None:
    assert np.isclose(haversine_km(0, 0, 90, 0), HALF_KM / 2)
    assert np.isclose(haversine_km(0, 0, 180, 0), HALF_KM)
    assert np.isclose(haversine_km(179.5, 0, -179.5, 0), HALF_KM / 180)
    assert np.isclose(haversine_km(10, 90, 170, 90), 0, atol=1e-9)


def test_bounds_against_the_ellipsoid() -> None:
    rng = np.random.default_rng(7)
    a, c = rng.uniform(-180, 180, (2, 20_000))
    b, d = np.degrees(np.arcsin(rng.uniform(-1, 1, (2, 20_000))))
    _, _, metres = Geod(ellps="WGS84").inv(a, b, c, d)
    ratio = np.asarray(metres) / 1000.0 / haversine_km(a, b, c, d)
    assert ratio.min() >= 0.994417
    assert ratio.max() <= 1.004488
    assert ratio.max() / ratio.min() <= ELLIPSOID_FACTOR
    assert np.isclose(ELLIPSOID_FACTOR, 1.010126, atol=1e-6)


def test_examples() -> None:
    assert doctest.testmod(zones.distance.great_circle).failed == 0

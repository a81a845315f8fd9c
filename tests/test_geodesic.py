"""The two stages on the ellipsoid against all geodesics, and counts that refine only what flips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers import brute_force_geodesic_km, frame
from zones.distance import geodesic
from zones.distance.geodesic import beyond_on_ellipsoid, nearest_on_ellipsoid
from zones.distance.great_circle import chord2, unit_vectors
from zones.parameters import ELLIPSOID_FACTOR, GEODESIC_LEAST, GEODESIC_MOST

TOLERANCE_KM = 1e-11


def columns(points: pd.DataFrame, hubs: pd.DataFrame) -> list[np.ndarray]:
    return [f[c].to_numpy() for f in (points, hubs) for c in ("lon", "lat")]


def rings(n: int) -> pd.DataFrame:
    """Return hubs on a ring about a point: on the sphere about as far, on the ellipsoid not."""
    turn = np.radians(np.arange(n) * 360.0 / n)
    north, east = 8.0 * np.cos(turn), 8.0 * np.sin(turn)
    return frame(105.0 + east / np.cos(np.radians(35.0)), 35.0 + north)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.floats(1e-6, 3.0), st.booleans(), st.integers(0, 2**32 - 1))
def test_equals_all_geodesics_on_clusters(hubs, spread, twice, seed) -> None:
    rng = np.random.default_rng(seed)
    points = frame(rng.uniform(100, 110, 60), rng.uniform(30, 40, 60))
    centres = frame(105 + rng.normal(0, spread, hubs), 35 + rng.normal(0, spread, hubs))
    if twice:
        centres = pd.concat([centres, centres])
    all_km = brute_force_geodesic_km(points, centres)
    found = nearest_on_ellipsoid(*columns(points, centres))
    assert np.abs(found.distance_km - all_km.min(axis=1)).max() <= TOLERANCE_KM
    chosen_km = all_km[np.arange(60), found.hub]
    assert np.max(chosen_km - all_km.min(axis=1)) <= TOLERANCE_KM
    assert found.hub.max() < hubs  # of equal hubs the first


def test_more_hubs_are_fetched_until_the_last_lies_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    points = frame([105.0, 105.2, 104.9], [35.0, 35.1, 34.9])
    hubs = rings(500)
    all_km = brute_force_geodesic_km(points, hubs)
    found = nearest_on_ellipsoid(*columns(points, hubs))
    assert (found.hub == all_km.argmin(axis=1)).all()
    # with the first two candidates alone another hub would be named
    monkeypatch.setattr(geodesic, "ELLIPSOID_FACTOR", 1.0)
    hasty = nearest_on_ellipsoid(*columns(points, hubs))
    assert (hasty.hub != found.hub).any()


@pytest.mark.parametrize("hubs", [1, 5, 33, 206])
def test_counts_equal_all_geodesics(hubs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(hubs)
    points = frame(rng.uniform(73, 135, 3000), rng.uniform(18, 53, 3000))
    centres = frame(rng.uniform(73, 135, hubs), rng.uniform(18, 53, hubs))
    limits_km = [0.0, 100.0, 300.0, 500.0, 1500.0]
    want = brute_force_geodesic_km(points, centres).min(axis=1) > np.array(limits_km)[:, None]
    refined: list[int] = []
    whole = geodesic.nearest_on_ellipsoid

    def counted(lon, *rest, **options):
        refined.append(len(lon))
        return whole(lon, *rest, **options)

    monkeypatch.setattr(geodesic, "nearest_on_ellipsoid", counted)
    found = beyond_on_ellipsoid(*columns(points, centres), limits_km)
    np.testing.assert_array_equal(found, want)
    # about 1 % of the distance on each side of each threshold is open
    assert sum(refined) < 300


def test_the_factor_is_the_quotient_of_the_bounds() -> None:
    assert np.isclose(GEODESIC_MOST / GEODESIC_LEAST, ELLIPSOID_FACTOR, rtol=1e-12)
    assert np.isclose(GEODESIC_LEAST, 0.994417, atol=1e-6)
    assert np.isclose(GEODESIC_MOST, 1.004487, atol=1e-6)


def test_hubs_at_the_antipode() -> None:
    # the chord of the two may be rounded to more than 2
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(-180, 180, 4000), rng.uniform(-90, 90, 4000)
    opposite, south = np.where(lon > 0, lon - 180.0, lon + 180.0), -lat
    chord = np.sqrt(chord2(unit_vectors(lon, lat), unit_vectors(opposite, south)))
    over = np.flatnonzero(chord > 2.0)
    assert over.size > 3
    for i in over[:20]:
        hub = frame([opposite[i]], [south[i]])
        found = nearest_on_ellipsoid(lon[[i]], lat[[i]], *(hub[c].to_numpy() for c in hub))
        assert found.hub.tolist() == [0]
        assert np.isclose(found.distance_km[0], 20_003.931, atol=0.01)  # half a meridian


def test_candidates_are_held_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # a town of hubs seen from afar: each is a candidate of every point
    rng = np.random.default_rng(1)
    points = frame(rng.uniform(75, 80, 700), rng.uniform(38, 42, 700))
    hubs = frame(116.4 + rng.normal(0, 0.02, 300), 39.9 + rng.normal(0, 0.02, 300))
    pairs: list[int] = []
    whole = geodesic.geodesic_km

    def counted(lon, *rest):
        pairs.append(len(lon))
        return whole(lon, *rest)

    monkeypatch.setattr(geodesic, "geodesic_km", counted)
    monkeypatch.setattr(geodesic, "PAIRS", 5000)
    found = nearest_on_ellipsoid(*columns(points, hubs))
    assert sum(pairs) == 700 * 300
    assert max(pairs) <= 5000
    all_km = brute_force_geodesic_km(points, hubs)
    assert (found.hub == all_km.argmin(axis=1)).all()
    assert np.abs(found.distance_km - all_km.min(axis=1)).max() <= TOLERANCE_KM

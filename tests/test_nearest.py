"""The nearest hub against brute force, on the sphere and on the ellipsoid."""

from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zones.distance.nearest_hub
from tests.helpers import brute_force_geodesic_km, brute_force_km, frame
from zones.distance.nearest_hub import cluster_distances, nearest
from zones.hubs import hub_layer
from zones.parameters import DISTANCE_METHODS
from zones.pipeline import StudyResult

BRUTE = {"great-circle": brute_force_km, "geodesic": brute_force_geodesic_km}
NANOMETRE_KM = 1e-12
coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def random_points(n: int, seed: int, *, china: bool = True) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    if china:
        return frame(rng.uniform(73, 135, n), rng.uniform(18, 53, n))
    return frame(rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n))))


@pytest.mark.parametrize("method", DISTANCE_METHODS)
@pytest.mark.parametrize("china", [True, False])
@pytest.mark.parametrize("hubs", [1, 2, 5, 33, 206])
def test_equals_brute_force(method: str, china: bool, hubs: int) -> None:
    points = random_points(1500, 1, china=china)
    centres = random_points(hubs, 2, china=china)
    found = nearest(points, centres, method=method)
    all_km = BRUTE[method](points, centres)
    assert found["nearest_hub"].tolist() == centres.index[all_km.argmin(axis=1)].tolist()
    assert np.abs(found["nearest_km"] - all_km.min(axis=1)).max() < 1e-8


@pytest.mark.parametrize("method", DISTANCE_METHODS)
def test_the_study_equals_brute_force(result: StudyResult, method: str) -> None:
    for layer in ("prefectures", "listed", "cores"):
        hubs = hub_layer(layer)
        all_km = BRUTE[method](result.zones, hubs)
        found = nearest(result.zones, hubs, method=method)
        assert (found["nearest_hub"] == hubs.index[all_km.argmin(axis=1)]).all()
        assert np.abs(found["nearest_km"] - all_km.min(axis=1)).max() < 1e-8


@settings(max_examples=150, deadline=None)
@given(
    st.lists(coordinates, min_size=1, max_size=30),
    st.lists(coordinates, min_size=1, max_size=12),
    st.sampled_from(DISTANCE_METHODS),
)
def test_any_points_anywhere(points, hubs, method) -> None:
    points, hubs = frame(*zip(*points, strict=True)), frame(*zip(*hubs, strict=True), prefix="h")
    all_km = BRUTE[method](points, hubs)
    found = nearest(points, hubs, method=method)
    # near the antipode an arc hangs on the last bits of its chord, hence metres there
    far = all_km.min(axis=1) > 19_000
    error_km = np.abs(found["nearest_km"].to_numpy() - all_km.min(axis=1))
    assert np.all(error_km < np.where(far, 0.5, 1e-6))


def test_ties_go_to_the_hub_listed_first() -> None:
    points = frame([110.0, 110.0], [30.0, 20.0])
    hubs = frame([120.0, 100.0, 120.0, 100.0], [30.0, 30.0, 30.0, 30.0], "h")
    for method in DISTANCE_METHODS:
        assert (
            nearest(points[:1], hubs[[True, False, True, False]], method=method).iloc[0, 0] == "h0"
        )
        assert nearest(points[:1], hubs[::-1].iloc[[0, 2]], method=method).iloc[0, 0] == "h3"


@pytest.mark.parametrize("method", DISTANCE_METHODS)
def test_duplicate_hubs_poles_and_the_date_line(method: str) -> None:
    points = frame([179.9, -179.9, 0.0, 45.0], [10.0, 10.0, 90.0, -90.0])
    hubs = frame([179.95, 179.95, 0.0, 0.0], [10.0, 10.0, 89.0, -89.0], "h")
    found = nearest(points, hubs, method=method)
    assert found["nearest_hub"].tolist() == ["h0", "h0", "h2", "h3"]
    assert found["nearest_km"].max() < 120


def test_index_kept_and_input_untouched() -> None:
    points, hubs = random_points(20, 3), random_points(4, 4)
    before = points.copy(deep=True)
    found = nearest(points, hubs)
    pd.testing.assert_frame_equal(points, before)
    assert found.index.equals(points.index)


@pytest.mark.parametrize(
    ("points", "hubs", "message"),
    [
        (frame([np.nan], [30]), frame([1], [1]), r"points: lon of 'p0' \(nan\); accepted: -180"),
        (frame([110], [np.inf]), frame([1], [1]), r"points: lat of 'p0' \(inf\); accepted: -90"),
        (frame([30.0], [110.0]), frame([1], [1]), r"points: lat of 'p0' \(110\)"),
        (frame([110], [30]), frame([200], [1]), r"hubs: lon of 'p0' \(200\)"),
        (frame([110], [30]), frame([], []), "at least one hub"),
        (frame([110], [30]).drop(columns="lat"), frame([1], [1]), "column 'lat' is missing"),
        (
            frame([110], [30]).assign(lat="31 N"),
            frame([1], [1]),
            r"lat: 'p0' \('31 N'\); accepted: n",
        ),
        (frame([110], [30])[["lon", "lat", "lon"]], frame([1], [1]), "column 'lon' stands twice"),
    ],
)
def test_bad_input_is_named(points: pd.DataFrame, hubs: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nearest(points, hubs)


def test_unknown_method_lists_the_accepted() -> None:
    with pytest.raises(ValueError, match="method: 'planar'; accepted: great-circle, geodesic"):
        nearest(frame([1], [1]), frame([1], [1]), method="planar")


def test_cluster_distances_join_to_the_nearest(result: StudyResult) -> None:
    zones = result.zones
    clusters = zones[["beijing_km", "zhejiang_km", "guangdong_km"]]
    assert np.allclose(clusters.min(axis=1), zones["nearest_km"], rtol=0, atol=NANOMETRE_KM)
    only = result.hubs[result.hubs["cluster"] == "Zhejiang"]
    alone = cluster_distances(zones[:5], only)
    assert alone["beijing_km"].isna().all()
    assert np.allclose(alone["zhejiang_km"], zones["zhejiang_km"][:5])


def test_examples() -> None:
    assert doctest.testmod(zones.distance.nearest_hub).failed == 0

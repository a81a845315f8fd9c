"""Every engine gives the same hub and the same bits, and they are right."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import UsageError
from tests.helpers import frame, true_km
from zones.distance import sphere
from zones.distance.great_circle import chord2, unit_vectors
from zones.distance.nearest_hub import nearest
from zones.distance.sphere import Nearest, chosen_engine, nearest_on_sphere
from zones.parameters import ENGINES

TOLERANCE_KM = 1e-11  # 1e-8 m
COMPILED = importlib.util.find_spec("numba") is not None
ONE_BY_ONE = [e for e in ENGINES if e != "auto" and (COMPILED or e != "grid")]

corner = st.sampled_from([-180.0, -90.0, -1e-9, 0.0, 1e-300, 90.0, 179.9999999, 180.0])
longitude = st.one_of(st.floats(-180, 180), corner, st.integers(-180, 180).map(float))
latitude = st.one_of(
    st.floats(-90, 90), st.sampled_from([-90.0, -89.9999999, 0.0, 45.0, 90.0]),
    st.integers(-90, 90).map(float),
)  # fmt: skip
places = st.tuples(longitude, latitude)


def on(engine: str, points: pd.DataFrame, hubs: pd.DataFrame, **options: int) -> Nearest:
    columns = (f[c].to_numpy() for f in (points, hubs) for c in ("lon", "lat"))
    return nearest_on_sphere(*columns, engine=engine, **options)


def check(points: pd.DataFrame, hubs: pd.DataFrame, tolerance_km: float = TOLERANCE_KM) -> Nearest:
    """Compare all engines with each other by bits, and with extended precision."""
    first, *others = (on(engine, points, hubs) for engine in ONE_BY_ONE)
    for other in others:
        np.testing.assert_array_equal(other.hub, first.hub)
        np.testing.assert_array_equal(other.distance_km, first.distance_km)
    for low in range(0, len(points), 2000):
        part = slice(low, low + 2000)
        every_km = true_km(points[part], hubs)
        chosen_km = every_km[np.arange(len(every_km)), first.hub[part]]
        assert np.abs(chosen_km - first.distance_km[part]).max() <= tolerance_km
        assert np.max(chosen_km - every_km.min(axis=1)) <= tolerance_km
    return first


@settings(max_examples=150, deadline=None)
@given(
    st.lists(places, min_size=1, max_size=30),
    st.lists(places, min_size=1, max_size=12),
    st.booleans(),
)
def test_engines_agree_anywhere(points, hubs, antipodes) -> None:
    if antipodes:  # hubs opposite the points, where a chord says least
        hubs = hubs + [(lon - 180.0 if lon > 0 else lon + 180.0, -lat) for lon, lat in points[:5]]
    check(frame(*zip(*points, strict=True)), frame(*zip(*hubs, strict=True)))


@settings(max_examples=60, deadline=None)
@given(places, st.floats(1e-9, 5.0), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_engines_agree_on_clusters(centre, spread, hubs, seed) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = (
        np.clip(c + rng.normal(0, spread, 400), -limit, limit)
        for c, limit in zip(centre, (180.0, 90.0), strict=True)
    )
    # half of the hubs among the points, some of them on a point, some twice
    hub_lon = np.concatenate([lon[:hubs], rng.uniform(-180, 180, hubs), lon[: hubs // 3]])
    hub_lat = np.concatenate([lat[:hubs], rng.uniform(-90, 90, hubs), lat[: hubs // 3]])
    check(frame(lon, lat), frame(hub_lon, hub_lat))


@pytest.mark.parametrize("hubs", [1, 2, 564, 20_000])
@pytest.mark.parametrize("where", ["china", "globe", "raster", "towns", "one place"])
def test_engines_agree_on_many(where: str, hubs: int) -> None:
    rng = np.random.default_rng(hubs)
    n = 6000

    def at(k: int) -> tuple[np.ndarray, np.ndarray]:
        if where == "globe":
            return rng.uniform(-180, 180, k), np.degrees(np.arcsin(rng.uniform(-1, 1, k)))
        if where == "raster":
            return rng.integers(730, 1350, k) / 10, rng.integers(180, 530, k) / 10
        if where == "towns":
            town = np.random.default_rng(5).uniform((73, 18), (135, 53), (20, 2))
            place = town[rng.integers(0, 20, k)] + rng.normal(0, 0.1, (k, 2))
            return place[:, 0], place[:, 1]
        if where == "one place":
            return np.full(k, 116.4), np.full(k, 39.9)
        return rng.uniform(73, 135, k), rng.uniform(18, 53, k)

    points, centres = frame(*at(n)), frame(*at(hubs))
    if hubs < 20_000:
        check(points, centres)
        return
    tree = on("kdtree", points, centres)
    for engine in ONE_BY_ONE:
        found = (
            on(engine, points[:500], centres) if engine == "numpy" else on(engine, points, centres)
        )
        np.testing.assert_array_equal(found.hub, tree.hub[: len(found.hub)])
        np.testing.assert_array_equal(found.distance_km, tree.distance_km[: len(found.hub)])


def test_a_hundred_thousand_hubs() -> None:
    rng = np.random.default_rng(9)
    points = frame(rng.uniform(73, 135, 3000), rng.uniform(18, 53, 3000))
    hubs = frame(rng.uniform(73, 135, 100_000), rng.uniform(18, 53, 100_000))
    tree = on("kdtree", points, hubs)
    for engine in ONE_BY_ONE:
        part = points[:30] if engine == "numpy" else points
        found = on(engine, part, hubs)
        np.testing.assert_array_equal(found.hub, tree.hub[: len(part)])
        np.testing.assert_array_equal(found.distance_km, tree.distance_km[: len(part)])


def test_hub_files_with_each_city_many_times() -> None:
    rng = np.random.default_rng(3)
    cities = rng.uniform((73, 18), (135, 53), (30, 2))
    companies = cities[rng.integers(0, 30, 5000)]
    found = check(frame(rng.uniform(73, 135, 500), rng.uniform(18, 53, 500)), frame(*companies.T))
    # of a city's companies the one listed first is named
    _, first = np.unique(companies, axis=0, return_index=True)
    assert set(found.hub) <= set(first)


def test_hubs_about_the_antipode() -> None:
    rng = np.random.default_rng(11)
    points = frame(110.0 + rng.normal(0, 1e-6, 60), 30.0 + rng.normal(0, 1e-6, 60))
    hubs = frame(-70.0 + rng.normal(0, 1e-6, 40), -30.0 + rng.normal(0, 1e-6, 40))
    found = check(points, hubs)
    assert len(set(found.hub)) > 2
    # the chord to the antipode is what tells them apart
    vectors = unit_vectors(points["lon"], points["lat"]), unit_vectors(hubs["lon"], hubs["lat"])
    assert (chord2(vectors[0][:, None], vectors[1][None]).argmin(axis=1) != found.hub).any()


@pytest.mark.parametrize("engine", ONE_BY_ONE)
def test_ties_poles_and_the_date_line(engine: str) -> None:
    # half way between two hubs; the pole from any longitude; 180 is -180
    points = frame([0.0, 0.0, 77.0, 180.0, -180.0, 5.0], [30.0, 20.0, 90.0, 5.0, 5.0, -90.0])
    hubs = frame([10, -10, -13, 180, -180, 33, 34], [30, 30, 89, 4, 4, -90, -90])
    found = on(engine, points, hubs)
    assert found.hub.tolist() == [0, 0, 2, 3, 3, 5]
    assert found.distance_km[3] == found.distance_km[4]
    assert found.distance_km[5] == 0.0
    assert on(engine, points[:2], hubs[1:]).hub.tolist() == [0, 0]


@pytest.mark.parametrize("engine", ENGINES if COMPILED else ONE_BY_ONE)
def test_threads_and_no_points_at_all(engine: str) -> None:
    rng = np.random.default_rng(4)
    points = frame(rng.uniform(73, 135, 70_000), rng.uniform(18, 53, 70_000))
    hubs = frame(rng.uniform(73, 135, 60), rng.uniform(18, 53, 60))
    one, three = (on(engine, points, hubs, threads=t) for t in (1, 3))
    np.testing.assert_array_equal(one.hub, three.hub)
    np.testing.assert_array_equal(one.distance_km, three.distance_km)
    assert len(on(engine, points[:0], hubs).hub) == 0


@pytest.mark.parametrize("engine", ENGINES if COMPILED else ONE_BY_ONE)
def test_bad_degrees_are_named(engine: str) -> None:
    points = frame(np.full(200_001, 110.0), np.full(200_001, 30.0))
    hub = frame([120.0], [30.0])
    for column, value in (("lon", np.nan), ("lat", 90.5), ("lat", -np.inf)):
        bad = points.copy()
        bad.iloc[150_000, bad.columns.get_loc(column)] = value
        with pytest.raises(UsageError, match=rf"{column} of 150000 \({value:g}\); accepted: -"):
            on(engine, bad, hub)
    with pytest.raises(UsageError, match=r"hub_lat of 0 \(nan\)"):
        on(engine, points, frame([120.0], [np.nan]))
    with pytest.raises(UsageError, match="at least one hub"):
        on(engine, points, hub[:0])


def test_auto_chooses_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "zones.points.grid", raising=False)
    assert chosen_engine("auto", 2543, 206) == "numpy"
    assert chosen_engine("auto", 50_000, 564) == "kdtree"
    if COMPILED:
        assert chosen_engine("auto", 100_000, 564) == "grid"
        # once it is loaded it is the quickest
        monkeypatch.setitem(sys.modules, "zones.points.grid", sys)
        assert chosen_engine("auto", 2543, 206) == "grid"
        assert chosen_engine("auto", 100, 33) == "numpy"
    monkeypatch.delitem(sys.modules, "zones.points.grid", raising=False)
    monkeypatch.setattr(sphere.importlib.util, "find_spec", lambda name: None)
    assert chosen_engine("auto", 10_000_000, 564) == "kdtree"
    with pytest.raises(UsageError, match=r'needs numba: python -m pip install "\.\[scale\]"'):
        chosen_engine("grid", 10, 10)
    with pytest.raises(UsageError, match="engine: 'gpu'; accepted: auto, numpy, kdtree, grid"):
        nearest(frame([1], [1]), frame([1], [1]), engine="gpu")


@pytest.mark.parametrize("engine", ENGINES if COMPILED else ONE_BY_ONE)
def test_columns_of_unequal_length_are_refused(engine: str) -> None:
    ten, five, hub = np.full(10, 110.0), np.full(5, 30.0), np.array([30.0])
    for lon, lat in ((ten, five), (five, ten), (ten.reshape(5, 2), ten.reshape(5, 2))):
        with pytest.raises(UsageError, match="^lon, lat: shapes .*; accepted: columns of one leng"):
            nearest_on_sphere(lon, lat, hub, hub, engine=engine)
    with pytest.raises(UsageError, match="^hub_lon, hub_lat: shapes"):
        nearest_on_sphere(ten, ten, five, hub, engine=engine)

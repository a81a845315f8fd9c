"""Every engine gives the same hub and the same bits, and they are right."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

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
    monkeypatch.delitem(sys.modules, "zones.distance.grid", raising=False)
    assert chosen_engine("auto", 2543, 206) == "numpy"
    assert chosen_engine("auto", 50_000, 564) == "kdtree"
    if COMPILED:
        assert chosen_engine("auto", 100_000, 564) == "grid"
        # once it is loaded it is the quickest
        monkeypatch.setitem(sys.modules, "zones.distance.grid", sys)
        assert chosen_engine("auto", 2543, 206) == "grid"
        assert chosen_engine("auto", 100, 33) == "numpy"
    monkeypatch.delitem(sys.modules, "zones.distance.grid", raising=False)
    monkeypatch.setattr(sphere.importlib.util, "find_spec", lambda name: None)
    assert chosen_engine("auto", 10_000_000, 564) == "kdtree"
    with pytest.raises(UsageError, match=r'needs numba: python -m pip install "\.\[scale\]"'):
        chosen_engine("grid", 10, 10)
    with pytest.raises(UsageError, match="engine: 'gpu'; accepted: auto, numpy, kdtree, grid"):
        nearest(frame([1], [1]), frame([1], [1]), engine="gpu")


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_the_grid_runs_where_no_cache_can_be_written() -> None:
    code = (
        "import numba\n"
        "from numba.core.caching import CacheImpl\n"
        "CacheImpl._locator_classes = []\n"  # as where no folder may be written
        "from zones.distance.compiled import compiled\n"
        "print(compiled(lambda x: x + 1)(1))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "2\n", done.stderr


UNCOMPILED = """
import sys
from pathlib import Path
import numpy as np
from zones.distance.sphere import nearest_on_sphere
given = np.load(sys.argv[1])
found = {}
for case in range(len(given) // 4):
    columns = (given[f"{name}{case}"] for name in ("lon", "lat", "hub_lon", "hub_lat"))
    nearest = nearest_on_sphere(*columns, engine="grid", threads=1)
    found |= {f"hub{case}": nearest.hub, f"km{case}": nearest.distance_km}
assert not hasattr(sys.modules["zones.distance.grid_query"].look_up, "signatures"), "was compiled"
np.savez(sys.argv[2], **found)
"""


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_compiled_and_written_formulas_give_the_same_bits(tmp_path: Path) -> None:
    """The grid as plain Python: what the compiler made of it changes no answer."""
    rng = np.random.default_rng(12)
    cases = [
        (rng.uniform(-180, 180, 400), rng.uniform(-90, 90, 400),
         rng.uniform(-180, 180, 150), rng.uniform(-90, 90, 150)),
        # towns: deep cells, long lists, hubs twice
        (116 + rng.normal(0, 0.01, 400), 40 + rng.normal(0, 0.01, 400),
         np.tile(116 + rng.normal(0, 0.01, 60), 2), np.tile(40 + rng.normal(0, 0.01, 60), 2)),
        # hubs about the antipode, where the far formula counts
        (110 + rng.normal(0, 1e-6, 60), 30 + rng.normal(0, 1e-6, 60),
         rng.normal(0, 1e-6, 40) - 70, rng.normal(0, 1e-6, 40) - 30),
    ]  # fmt: skip
    names = ("lon", "lat", "hub_lon", "hub_lat")
    given = {
        f"{name}{i}": column
        for i, case in enumerate(cases)
        for name, column in zip(names, case, strict=True)
    }
    np.savez(tmp_path / "given.npz", **given)
    done = subprocess.run(
        [sys.executable, "-c", UNCOMPILED, tmp_path / "given.npz", tmp_path / "found.npz"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = np.load(tmp_path / "found.npz")
    for i, case in enumerate(cases):
        compiled = nearest_on_sphere(*case, engine="grid")
        np.testing.assert_array_equal(found[f"hub{i}"], compiled.hub)
        np.testing.assert_array_equal(found[f"km{i}"], compiled.distance_km)
        assert len(set(compiled.hub)) > 2


@pytest.mark.parametrize("engine", ENGINES if COMPILED else ONE_BY_ONE)
def test_columns_of_unequal_length_are_refused(engine: str) -> None:
    ten, five, hub = np.full(10, 110.0), np.full(5, 30.0), np.array([30.0])
    for lon, lat in ((ten, five), (five, ten), (ten.reshape(5, 2), ten.reshape(5, 2))):
        with pytest.raises(UsageError, match="^lon, lat: shapes .*; accepted: columns of one leng"):
            nearest_on_sphere(lon, lat, hub, hub, engine=engine)
    with pytest.raises(UsageError, match="^hub_lon, hub_lat: shapes"):
        nearest_on_sphere(ten, ten, five, hub, engine=engine)


def test_a_numba_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    # as with a numpy newer than numba knows
    monkeypatch.delitem(sys.modules, "zones.distance.grid", raising=False)
    monkeypatch.setattr(sphere.importlib.util, "find_spec", lambda name: sys)
    monkeypatch.setitem(sys.modules, "zones.distance.grid", None)
    monkeypatch.setattr("zones.distance.grid", None, raising=False)
    points = np.linspace(1, 2, 150_000)
    assert chosen_engine("auto", len(points), 564) == "kdtree"
    assert nearest_on_sphere(points, points, points[:99], points[:99]).hub[0] == 0
    with pytest.raises(UsageError, match=r"needs numba: .*scale.* \(.+\)"):
        chosen_engine("grid", 10, 10)


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_a_point_on_the_edge_of_its_cell() -> None:
    # a cell of 3 m on which b is nearest only in the last 3e-7 of its half width. Where cells did
    # not reach a little over their edges, b would be struck off: on so small a cell the other
    # bounds leave no room
    half = np.degrees(2.5e-7)
    bisector = 2.0 * half - 0.3e-6 * half
    points = frame([0.0, half, 2.0 * half, 2.0 * half], [-half, 0.0, 0.0, half])
    found = check(points, frame([-30.0, 30.0 + 2.0 * bisector], [0.0, 0.0]))
    assert found.hub.tolist() == [0, 0, 1, 1]


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_a_cell_keeps_every_hub_that_is_nearest_somewhere_in_it() -> None:
    from zones.distance.grid_build import PAD, _strike

    rng = np.random.default_rng(8)
    across = np.linspace(-1.0, 1.0, 25)
    for turn in range(300):
        # up to a quarter of the globe, anywhere, also east of the date line
        half_lon, half_lat = np.exp(rng.uniform(np.log(1e-4), np.log(45.0), 2))
        lat = rng.uniform(-90.0 + half_lat, 90.0 - half_lat)
        lon = rng.uniform(-180.0, 270.0)
        m = 3 if turn % 2 else 150  # the close test, the quick one
        where = lon + half_lon * across[:, None], lat + half_lat * across[None, :]
        east, north = (np.ravel(a) for a in np.broadcast_arrays(*where))
        sample = unit_vectors((east + 180.0) % 360.0 - 180.0, north)
        hubs = rng.normal(size=(m, 3)) if turn % 3 else sample[0] + rng.normal(size=(m, 3))
        hubs /= np.linalg.norm(hubs, axis=1)[:, None]
        work = np.concatenate([np.arange(m), np.zeros(m)]).astype(np.int32)
        sides = np.radians(half_lon) * PAD, np.radians(half_lat) * PAD
        kept = _strike(hubs, work, 0, m, m, np.empty(m), lon, lat, *sides)
        nearest_ones = set(chord2(sample[:, None], hubs[None]).argmin(axis=1))
        assert nearest_ones <= set(work[m : m + kept])


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_a_cell_keeps_a_hub_that_is_nearest_in_one_corner_only() -> None:
    from zones.distance.grid_build import PAD, _strike

    rng = np.random.default_rng(9)
    for _ in range(4000):
        half_lon = np.exp(rng.uniform(np.log(0.01), np.log(20.0)))
        half_lat = half_lon * rng.uniform(0.2, 1.0)
        lon, lat = rng.uniform(-180.0, 180.0), rng.choice([-1, 1]) * (90.0 - 1.2 * half_lat)
        lat *= rng.uniform(0.0, 1.0) ** 0.5
        east, north = lon + half_lon * rng.choice([-1, 1]), lat + half_lat * rng.choice([-1, 1])
        corner = unit_vectors([(east + 180.0) % 360.0 - 180.0], [north])[0]
        # two hubs as far from the corner, but for a little that makes it the second's
        aside = np.cross(corner, rng.normal(size=3))
        aside *= 0.5 / np.linalg.norm(aside)
        hubs = np.array([corner + aside * (1.0 + 1e-7), corner - aside])
        hubs /= np.linalg.norm(hubs, axis=1)[:, None]
        assert chord2(corner, hubs).argmin() == 1
        work = np.array([0, 1, 0, 0], np.int32)
        sides = np.radians(half_lon) * PAD, np.radians(half_lat) * PAD
        kept = _strike(hubs, work, 0, 2, 2, np.empty(2), lon, lat, *sides)
        assert 1 in work[2 : 2 + kept]

"""The compiled grid: its bounds, its bits, its finest cells, and where it cannot run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import UsageError
from tests.helpers import frame
from tests.test_sphere import COMPILED, check, on
from zones.distance import sphere
from zones.distance.great_circle import chord2, unit_vectors
from zones.distance.sphere import chosen_engine, nearest_on_sphere


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_the_grid_runs_where_no_cache_can_be_written() -> None:
    code = (
        "import numba\n"
        "from numba.core.caching import CacheImpl\n"
        "CacheImpl._locator_classes = []\n"  # as where no folder may be written
        "from zones.points.grid import compiled\n"
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
assert not hasattr(sys.modules["zones.points.grid"].look_up, "signatures"), "was compiled"
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


def test_a_numba_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    # as with a numpy newer than numba knows
    monkeypatch.delitem(sys.modules, "zones.points.grid", raising=False)
    monkeypatch.setattr(sphere.importlib.util, "find_spec", lambda name: sys)
    monkeypatch.setitem(sys.modules, "zones.points.grid", None)
    monkeypatch.setattr("zones.points.grid", None, raising=False)
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
    from zones.points.grid import PAD, _write_candidates

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
        kept = _write_candidates(hubs, work, 0, m, m, np.empty(m), lon, lat, *sides)
        nearest_ones = set(chord2(sample[:, None], hubs[None]).argmin(axis=1))
        assert nearest_ones <= set(work[m : m + kept])


@pytest.mark.skipif(not COMPILED, reason="needs numba")
def test_a_cell_keeps_a_hub_that_is_nearest_in_one_corner_only() -> None:
    from zones.points.grid import PAD, _write_candidates

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
        kept = _write_candidates(hubs, work, 0, 2, 2, np.empty(2), lon, lat, *sides)
        assert 1 in work[2 : 2 + kept]


pytest.importorskip("numba")


# sizes at which the first table has 2 to 2**7 columns: the cells below it end in tables that are
# whole, or used by a half or a quarter
@pytest.mark.parametrize("n", [60, 300, 1000, 4000, 16_000, 65_000, 260_000])
def test_the_finest_cells_of_a_town_with_an_outlier(n: int) -> None:
    rng = np.random.default_rng(n)
    lon, lat = 110 + rng.uniform(0, 0.001, n), 30 + rng.uniform(0, 0.001, n)
    lon[-1], lat[-1] = -170.0, -80.0
    points = frame(lon, lat)
    hubs = frame(110 + rng.uniform(0, 0.001, 500), 30 + rng.uniform(0, 0.001, 500))
    grid, tree = on("grid", points, hubs), on("kdtree", points, hubs)
    np.testing.assert_array_equal(grid.hub, tree.hub)
    np.testing.assert_array_equal(grid.distance_km, tree.distance_km)

"""The Python interface: names, frames in, frames out on the same index, inputs untouched."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

import zonegap as zg
from tests.helpers import stated_beyond

INDEX = ["Z1", "Z2"]
ZONES = pd.DataFrame(
    {
        "lon": [120.2, 91.1], "lat": [30.3, 29.7], "province": ["浙江省", "西藏自治区"],
        "area_ha": [300.0, 100.0], "nearest_km": [5.0, 2300.0], "uncertainty_km": [5.0, 5.0],
    },
    index=INDEX,
)  # fmt: skip


@pytest.mark.parametrize("name", zg.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    found = getattr(zg, name)
    assert inspect.getdoc(found)
    assert name in dir(zg)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'zonegap' has no attribute 'nearst'"):
        _ = zg.nearst


def test_frames_come_back_on_the_same_index_and_inputs_stay() -> None:
    before = ZONES.copy()
    hubs = zg.hub_layer("cores")
    found = zg.nearest(ZONES, hubs)
    assert found.index.tolist() == INDEX
    assert found.loc["Z1", "nearest_hub"] == "杭州市"
    assert zg.beyond(ZONES).to_dict() == {"Z1": False, "Z2": True}
    assert zg.beyond(ZONES, 3000).to_dict() == {"Z1": False, "Z2": False}
    gdp = zg.zone_gdp(ZONES)
    assert gdp.index.tolist() == INDEX
    # Zhejiang 2018: 56,197.2 on 2,829 km2 of 2017; 3 km2 of it
    assert gdp["Z1"] == pytest.approx(3 * 56197.15 / 2823.94, rel=1e-4)
    table = zg.gap_table(ZONES.assign(gdp_estimate_yi_cny=gdp), "province")
    assert table.loc["total", "beyond"] == 1
    pd.testing.assert_frame_equal(ZONES, before)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: zg.beyond(ZONES.drop(columns="nearest_km")), "column 'nearest_km' is missing"),
        (lambda: zg.zone_gdp(ZONES.drop(columns="area_ha")), "column 'area_ha' is missing"),
        (lambda: zg.nearest(ZONES.drop(columns="lon"), ZONES), "column 'lon' is missing"),
    ],
)
def test_a_missing_column_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "module",
    [
        "groups",
        "thresholds",
        "gdp",
        "distance.nearest_hub",
        "distance.great_circle",
        "reading",
        "count_law",
    ],
)
def test_the_examples_run(module: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"zones.{module}"))
    assert tried.attempted > 0
    assert tried.failed == 0


def test_the_example_of_the_package_runs() -> None:
    assert zg.__doc__ is not None
    block = zg.__doc__.split("::\n", 1)[1].split("\n\nA study goes")[0]
    code = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    code = code.replace("zg.count_beyond(", "print(zg.count_beyond(") + ")"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert str(stated_beyond()) in done.stdout


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, zonegap; print([m for m in ('pandas', 'scipy', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arrays_are_measured_without_pandas() -> None:
    code = (
        "import sys, zonegap as zg; print(zg.nearest_on_sphere([121.47], [31.23], [116.4], [39.9]).hub);"
        "print([m for m in ('pandas', 'scipy', 'numba', 'pyproj') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[0]", "[]", ""]


def test_the_version_is_the_installed_one() -> None:
    assert zg.__version__ == importlib.metadata.version("zonegap")


@pytest.mark.parametrize("name", ["zones", "maps", "geodata"])
@pytest.mark.parametrize("kind", ["file", "package", "folder"])
def test_anothers_package_in_front_is_named(tmp_path: Path, name: str, kind: str) -> None:
    """A user's zones.py beside the notebook, another distribution's maps, a data folder."""
    if kind == "file":
        (tmp_path / f"{name}.py").write_text("")
    else:
        (tmp_path / name).mkdir()
        if kind == "package":
            (tmp_path / name / "__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-c", "import zonegap"], capture_output=True, encoding="utf-8",
        cwd=tmp_path, check=False, env=os.environ | {"PYTHONUTF8": "1"},
    )  # fmt: skip
    if kind == "folder" and done.returncode == 0:
        return  # a plain folder gives way to an installed package
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: zonegap needs its own package '{name}'")
    assert str(tmp_path / name) in last


SHAPES = gpd.GeoDataFrame(
    {"name": ["西安", "乌鲁木齐"]},
    geometry=[Point(108.94, 34.34), box(87.5, 43.7, 87.7, 43.9)],
    crs=4326, index=["a", "b"],
)  # fmt: skip
PLAIN = pd.DataFrame(
    {"name": ["西安", "乌鲁木齐"], "lon": [108.94, 87.6], "lat": [34.34, 43.8]}, ["a", "b"]
)


@pytest.mark.parametrize("crs", [4326, 4490, 3857])
def test_a_geometry_is_measured_as_its_position_is(crs: int) -> None:
    shapes, hubs = SHAPES.to_crs(crs), zg.hub_layer("cores")
    before = shapes.copy()
    # the middle of a square is another one in another projection, by some metres
    for measure in (zg.nearest, zg.cluster_distances):
        found, want = measure(shapes, hubs), measure(PLAIN, hubs)
        pd.testing.assert_frame_equal(found, want, atol=0.02, rtol=0)
        assert found.index.tolist() == ["a", "b"]
    as_hubs = zg.nearest(hubs, shapes)["nearest_hub"]
    assert as_hubs.equals(zg.nearest(hubs, PLAIN)["nearest_hub"])
    assert zg.beyond(zg.nearest(shapes, hubs), 1000).tolist() == [False, True]
    assert "西安" in zg.zone_map(shapes, {"cores": hubs, "own": shapes}).get_root().render()
    assert shapes.equals(before)
    assert zg.hub_layer("file", file=shapes).index.tolist() == ["西安", "乌鲁木齐"]


def test_lon_and_lat_go_before_a_geometry_and_gaps_are_named() -> None:
    hubs = zg.hub_layer("cores")
    moved = SHAPES.assign(lon=[116.4, 116.4], lat=[39.9, 39.9])
    assert set(zg.nearest(moved, hubs)["nearest_hub"]) == {"北京市"}
    with pytest.raises(zg.ZonegapError, match="column 'lat' is missing"):
        zg.nearest(SHAPES.assign(lon=1.0), hubs)
    gap = gpd.GeoDataFrame(geometry=[None, Point(1, 2)], crs=4326, index=["x", "y"])
    with pytest.raises(zg.ZonegapError, match=r"points: lon of 'x' \(nan\)"):
        zg.nearest(gap, hubs)
    with pytest.raises(zg.ZonegapError, match="states no coordinate system"):
        zg.nearest(SHAPES.set_crs(None, allow_override=True), hubs)
    with pytest.raises(zg.ZonegapError, match="column 'lon' is missing"):
        zg.nearest(gpd.GeoDataFrame({"a": [1]}), hubs)
    none = gpd.GeoDataFrame(geometry=[], crs=4326)
    assert zg.nearest(none, hubs).empty


@pytest.mark.parametrize("given", [SHAPES.geometry, {"lon": [1.0], "lat": [2.0]}, [1, 2], None])
def test_what_is_no_frame_is_named(given: object) -> None:
    hubs = zg.hub_layer("cores")
    what = f"{type(given).__name__}; accepted: a DataFrame with columns lon and lat"
    for call, name in (
        (lambda: zg.nearest(given, hubs), "points"),
        (lambda: zg.nearest(PLAIN, given), "hubs"),
        (lambda: zg.cluster_distances(given, hubs), "points"),
        (lambda: zg.cluster_distances(PLAIN, given), "hubs"),
        (lambda: zg.zone_map(given, hubs), "zones"),
        (lambda: zg.zone_map(PLAIN, {"own": given}), "hubs of layer 'own'"),
        (lambda: zg.where_next(given, 2), "zones"),
        (lambda: zg.count_law(given, hubs, 500), "zones"),
    ):
        with pytest.raises(zg.ZonegapError, match=re.escape(what)) as error:
            call()
        assert str(error.value).startswith(name)
    with pytest.raises(zg.ZonegapError, match=r"zones: \w+; accepted: a DataFrame$"):
        zg.zone_gdp(given)


def test_a_column_that_is_no_grouping_may_be_given_itself() -> None:
    table = ZONES.assign(gdp_estimate_yi_cny=1.0, colour="red")
    with pytest.raises(zg.ZonegapError, match=r"or a column itself: zones\['colour'\]"):
        zg.gap_table(table, "colour")
    assert zg.gap_table(table, table["colour"]).loc["red", "zones"] == 2


def test_tables_of_zones_and_hubs_are_read_from_python(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"园区名称": ["城南工业园区", "某某园区"], "城市": ["六安市", ""], "省份": ["安徽省", ""]}
    )
    table.to_excel(tmp_path / "z.xlsx", index=False)
    for source in (table, tmp_path / "z.xlsx", str(tmp_path / "z.xlsx")):
        zones, account = zg.read_zones(source)
        assert zones["name"].tolist() == ["城南工业园区", "某某园区"]
        assert zones["adcode"].tolist() == ["341500", ""]
        assert zones["lon"].notna().tolist() == [True, False]
        assert not zones.attrs
        assert (account.rows, [c.heading for c in account.columns][:2]) == (2, ["园区名称", "城市"])
        assert ("zones without a place", (3,)) in [(str(s.words), s.rows) for s in account.checks]
    # columns and datum that the table does not say
    given = pd.DataFrame({"园": ["甲"], "东": [120.0], "北": [30.0]})
    columns = {"name": "园", "lon": "东", "lat": "北"}
    zones, _ = zg.read_zones(given, columns=columns, datum="CGCS2000")
    assert zones[["lon", "lat", "geocode_level"]].iloc[0].tolist() == [120.0, 30.0, "place"]
    hubs, account = zg.read_hubs(given, columns=columns, datum="GCJ-02")
    assert hubs.loc["甲", "lon"] == pytest.approx(119.9953, abs=1e-3)
    assert hubs.columns.equals(zg.hub_layer("file", file=SHAPES).columns)
    assert (account.used, str(account.what)) == (1, "hubs")

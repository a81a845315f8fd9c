"""The Python interface: names, frames in, frames out on the same index, inputs untouched."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

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
    assert gdp["Z1"] == pytest.approx(3 * 56197.15 / 2829, rel=1e-4)
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
    "module", ["groups", "thresholds", "gdp", "distance.nearest_hub", "distance.great_circle"]
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

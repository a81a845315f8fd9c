"""The house rules: imports run geodata -> zones -> maps, files stay short, dependencies are used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("geodata", "zones", "maps")
# these know all three layers
WIRING = {"zonegap/command/app.py", "zonegap/command/figures.py", "zonegap/command/map.py"}
# the rooms of a layer, from those that use no other to those that use all before them; "" is the
# layer's own folder
ROOMS = {
    "geodata": ("", "own_tables", "web", "prepare"),
    "zones": ("words", "distance", "", "report", "command"),
}
GROUND = {"zones.inputs", "zones.parameters"}  # used in every room
FILES = [p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    layer = LAYERS.index(place.split("/")[0])
    above = set(LAYERS[layer + 1 :])
    if place not in WIRING:
        assert not {name.split(".")[0] for name in imported(path)} & above
    if place not in {"zonegap/__main__.py", *WIRING}:
        assert "zonegap.command.app" not in imported(path)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_rooms_of_a_layer_have_an_order(path: Path) -> None:
    layer, *room, _ = path.relative_to(ROOT).as_posix().split("/")
    if layer not in ROOMS or path.name in {"__init__.py", "__main__.py", "cli.py"}:
        return
    order = ROOMS[layer]
    above = order[order.index("".join(room)) + 1 :]
    used = {name for name in imported(path) if name.startswith(f"{layer}.")} - GROUND
    second = {name.split(".")[1] for name in used}
    rooms = {name if name in order else "" for name in second}
    assert not rooms & set(above)


OTHERS = ("benchmarks", "doctools", "tests")
ALL = [*FILES, *(p for folder in OTHERS for p in sorted((ROOT / folder).glob("*.py")))]


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_stay_under_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_module_names_are_unique() -> None:
    names = [p.name for p in FILES if not p.name.startswith("__")]
    assert len(names) == len(set(names))


def test_prepare_scripts_are_never_imported_at_run_time() -> None:
    for path in FILES:
        if "prepare" not in path.parts:
            assert not any(name.startswith("prepare") for name in imported(path))


def test_dependencies_are_the_imported_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = {re.split(r"[<>=]", d)[0] for d in project["dependencies"]}
    used = {name.split(".")[0] for p in FILES if "prepare" not in p.parts for name in imported(p)}
    third_party = {n for n in used if n not in LAYERS} - set(__import__("sys").stdlib_module_names)
    # what comes with a stated dependency under another name
    comes_with = {
        "branca": "folium",
        "jinja2": "folium",
        "docx": "python-docx",
        "python_calamine": "python-calamine",
    }
    # what an extra brings is imported inside functions only (see the test below)
    extras = project["optional-dependencies"]
    extra = {re.split(r"[<>=]", d)[0] for d in (*extras["web"], *extras["scale"])}
    needed = {comes_with.get(n, n) for n in third_party} - extra
    assert needed <= stated
    # pyarrow writes GeoParquet for geopandas without being imported by us
    assert stated - needed <= {"pyarrow"}


def test_what_an_extra_brings_is_not_loaded_with_the_modules() -> None:
    code = (
        "import sys, zonegap.command.app, zones.pipeline, geodata.web.geocode; "
        "print({'httpx', 'tenacity', 'platformdirs'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

"""The house: imports run geodata -> zones -> maps -> zonegap, rooms have an order, nothing spare."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("geodata", "zones", "maps", "zonegap")
# the rooms of a layer, from those that use no other to those that use all before them; "" is the
# layer's own folder
ROOMS = {
    "geodata": ("", "user_tables", "web"),
    "zones": ("distance", "points", "", "report"),
    "maps": ("", "figures"),
    "zonegap": ("", "command"),
}
# used in every room: constants and checks of `zones`; what a study's keys accept
GROUND = {
    "zones.inputs",
    "zones.parameters",
    "zones.study",
    "geodata.user_tables.files",
}
FILES = [p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_imports_point_one_way_without_exception() -> None:
    against = []
    for path in FILES:
        layer = LAYERS.index(name_of(path).split("/")[0])
        above = set(LAYERS[layer + 1 :])
        against += [(name_of(path), name) for name in imported(path) if name.split(".")[0] in above]
    assert against == []


def test_rooms_of_a_layer_have_an_order() -> None:
    against = []
    for path in FILES:
        layer, *room, _ = name_of(path).split("/")
        if path.name.startswith("__") or (room and room[0] not in ROOMS[layer]):
            continue
        order = ROOMS[layer]
        above = set(order[order.index("".join(room)) + 1 :]) - {""}
        used = {name for name in imported(path) if name.startswith(f"{layer}.")}
        used = {name for name in used if not any(name.startswith(ground) for ground in GROUND)}
        against += [(name_of(path), name) for name in used if name.split(".")[1] in above]
    assert against == []


def test_the_analysis_knows_no_command_line() -> None:
    """No progress bar, no terminal and no library for options below the command."""
    for path in FILES:
        if not name_of(path).startswith("zonegap/"):
            assert not {"typer", "click"} & {name.split(".")[0] for name in imported(path)}
            assert "sys.stderr" not in path.read_text(encoding="utf-8"), path


def test_module_names_do_not_repeat_their_folder() -> None:
    for path in FILES:
        *_, folder, _ = name_of(path).split("/")
        assert not path.stem.startswith((f"{folder}_", f"{folder[:-1]}_", "cli_")), path


def test_prepare_scripts_are_never_imported_at_run_time() -> None:
    for path in FILES:
        assert not any(name.split(".")[0] == "prepare" for name in imported(path)), path


def test_dependencies_are_the_imported_ones() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = {re.split(r"[<>=]", d)[0] for d in project["dependencies"]}
    used = {name.split(".")[0] for p in FILES for name in imported(p)}
    third_party = {n for n in used if n not in LAYERS} - set(sys.stdlib_module_names)
    # what comes with a stated dependency under another name
    comes_with = {
        "branca": "folium",
        "dask": "distributed",
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


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import zonegap.command.app, zones.pipeline, geodata.web.geocode",
         {"httpx", "tenacity", "platformdirs", "numba", "distributed"}),
        ("import zonegap.command.app", {"numpy", "pandas", "scipy", "matplotlib", "folium"}),
        ("import zonegap", {"numpy", "pandas", "scipy", "typer", "folium"}),
    ],
)  # fmt: skip
def test_what_is_not_needed_is_not_loaded(code: str, absent: set[str]) -> None:
    code += f"\nimport sys; print({absent} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

"""The built package: it holds all that a study needs, and runs it from another folder.

Nothing is fetched: the build uses the setuptools at hand, and the new environment borrows the
installed libraries.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement

from tests.helpers import stated_beyond

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("geodata", "zones", "maps", "zonegap")
IGNORED = shutil.ignore_patterns(
    ".*", "__pycache__", "build", "dist", "out", "site", "*.egg-info", "*.pyc"
)
pytestmark = pytest.mark.packaging


def run(*command: object, cwd: Path, **environment: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean | {"PYTHONIOENCODING": "utf-8", "PIP_NO_INPUT": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Source distribution, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("packaging")
    shutil.copytree(ROOT, folder / "tree", ignore=IGNORED)
    build = (sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist")
    run(*build, folder / "tree", cwd=folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel; the libraries are borrowed by a .pth file."""
    folder = tmp_path_factory.mktemp("environment")
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=folder)
    python = next(venv.glob("bin/python")) if os.name != "nt" else venv / "Scripts" / "python.exe"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    (Path(site.strip()) / "borrowed.pth").write_text(
        "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}) + "\n"
    )
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--no-index", "--no-deps", "--ignore-installed", wheel, cwd=folder)
    return python.parent


def sources() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert held == sources()
        for name in held:
            assert archive.read(name) == (ROOT / name).read_bytes()


def test_the_source_distribution_holds_what_tests_need(dist: Path) -> None:
    (found,) = dist.glob("*.tar.gz")
    with tarfile.open(found) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    tests = {p.relative_to(ROOT).as_posix() for p in (ROOT / "tests").rglob("*.py")}
    notebooks = {p.relative_to(ROOT).as_posix() for p in (ROOT / "notebooks").glob("*.ipynb")}
    others = {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "Makefile", "docs/map.png"}
    texts = {p.relative_to(ROOT).as_posix() for p in (ROOT / "LICENSES").glob("*.txt")}
    assert sources() | tests | notebooks | others | texts | {"REUSE.toml"} <= held
    assert not any("__pycache__" in name or name.startswith(".") for name in held)


def test_metadata_is_valid_and_says_what_the_project_says(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        raw = archive.read(name)
        licences = [n for n in archive.namelist() if ".dist-info/licenses/" in n]
        entry = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
    about = Metadata.from_email(raw, validate=True)
    assert (about.name, str(about.version)) == ("zonegap", PROJECT["version"])
    assert about.license_expression == PROJECT["license"]
    stated = {p.relative_to(ROOT) for glob in PROJECT["license-files"] for p in ROOT.glob(glob)}
    held = {Path(name.partition(".dist-info/licenses/")[2]) for name in licences}
    assert held == stated >= {Path("LICENSE"), Path("NOTICE"), Path("LICENSES/ODbL-1.0.txt")}
    assert about.description_content_type == "text/markdown"
    assert "zonegap = zonegap.__main__:main" in entry
    extras = PROJECT["optional-dependencies"]
    assert set(about.provides_extra or ()) == set(extras) >= {"web", "fonts", "outlines", "dev"}
    assert len(message_from_bytes(raw).get_all("Requires-Dist") or ()) == sum(
        map(len, [PROJECT["dependencies"], *extras.values()])
    )


def test_what_extras_bring_is_in_dev_so_that_it_is_tested() -> None:
    extras = PROJECT["optional-dependencies"]
    tested = {Requirement(text).name for text in extras["dev"]}
    for name in set(extras) - {"dev", "prepare", "docs", "bench", "fuzz"}:
        assert {Requirement(text).name for text in extras[name]} <= tested, name


def test_the_wheel_runs_the_study_from_another_folder(environment: Path, tmp_path: Path) -> None:
    zonegap = environment / ("zonegap.exe" if os.name == "nt" else "zonegap")
    where = run(environment / "python", "-c", "import zones; print(zones.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(environment.parent)
    said = run(zonegap, "run", "--out", "mine", cwd=tmp_path)
    assert f"{stated_beyond():,}" in said
    assert run(zonegap, "--version", cwd=tmp_path).startswith(f"zonegap {PROJECT['version']}\n")
    # the same bytes as the source tree writes
    ours = (sys.executable, "-m", "zonegap", "run", "--out", tmp_path / "tree")
    run(*ours, cwd=tmp_path, PYTHONPATH=str(ROOT))
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    outputs = manifest["outputs"]
    assert {"map.html", "zones.csv", "figures/map.png", "tables/tables.xlsx"} <= set(outputs)
    for name, digest in outputs.items():
        for folder in ("mine", "tree"):
            data = (tmp_path / folder / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest, (folder, name)

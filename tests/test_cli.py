"""The command as a user runs it: results, messages, exit codes, nothing lost."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from geodata.registry import table_path


def zonegap(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zones", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "out"
    done = zonegap("run", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    (folder.parent / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    (folder.parent / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_run_ends_with_the_reconciliation_and_the_paths(out: Path) -> None:
    stdout = (out.parent / "stdout.txt").read_text(encoding="utf-8")
    assert "17,973.886 km2" in stdout
    paths = [Path(line) for line in stdout.splitlines() if line.startswith(str(out))]
    assert len(paths) == 12
    assert all(p.is_file() for p in paths)
    assert "note: " in (out.parent / "stderr.txt").read_text(encoding="utf-8")


def test_run_twice_is_equal_byte_for_byte(out: Path, tmp_path: Path) -> None:
    assert zonegap("run", "--out", str(tmp_path / "out")).returncode == 0
    first = {Path(p).relative_to(out): b for p, b in snapshot(out).items()}
    again = {
        Path(p).relative_to(tmp_path / "out"): b for p, b in snapshot(tmp_path / "out").items()
    }
    assert first == again


def test_threshold_prints_a_line_each_and_the_same_as_json(out: Path) -> None:
    lines = zonegap("threshold", "--km", "300,500,800", "--hubs", "prefectures").stdout.splitlines()
    assert [line.split(",")[0] for line in lines] == ["300 km", "500 km", "800 km"]
    rows = json.loads(zonegap("threshold", "--km", "300,500,800", "--json").stdout)
    zones = pd.read_csv(out / "zones.csv")
    assert [r["beyond"] for r in rows] == [
        int((zones["nearest_km"] > t).sum()) for t in (300, 500, 800)
    ]
    assert f"{rows[1]['beyond']:,} of 2,543 zones beyond" in lines[1]


def test_distance_prints_csv_and_writes_the_same(out: Path, tmp_path: Path) -> None:
    printed = zonegap("distance", "--hubs", "cores", "--method", "geodesic").stdout
    frame = pd.read_csv(io.StringIO(printed))
    assert len(frame) == 2543
    assert (
        frame["nearest_km"] <= frame[["beijing_km", "zhejiang_km", "guangdong_km"]].min(axis=1)
    ).all()
    done = zonegap(
        "distance", "--hubs", "cores", "--method", "geodesic", "--out", str(tmp_path / "d.csv")
    )
    assert done.returncode == 0
    assert (tmp_path / "d.csv").read_text(encoding="utf-8-sig") == printed


def test_gdp_tables_reconcile_map_data(tmp_path: Path) -> None:
    gdp = json.loads(zonegap("gdp", "--json", "--gdp", "2018-census4").stdout)
    assert len(gdp) == 32
    done = zonegap("tables", "--out", str(tmp_path / "t"), "--formats", "csv", "--lang", "zh")
    assert len(done.stdout.splitlines()) == 6
    assert "报告值" in zonegap("reconcile", "--lang", "zh").stdout
    assert zonegap("map", "--out", str(tmp_path / "m.html"), "--km", "300").returncode == 0
    assert "beyond 300 km" in (tmp_path / "m.html").read_text(encoding="utf-8")
    listing = zonegap("data").stdout
    assert "zones: Development zones of the 2018 catalogue; 2,543 rows" in listing
    assert "sha256: " in zonegap("data", "zones").stdout
    rows = [json.loads(line) for line in zonegap("data", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} >= {"zones", "divisions"}


def bad_zone_table(folder: Path) -> Path:
    lines = table_path("zones").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[7] = lines[7].replace(",国家级,", ",市级,")
    path = folder / "my_zones.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def study(folder: Path, text: str) -> str:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


FAILURES = [
    ("[distance]\ntreshold_km = [500]", [], 2, "unknown key distance.treshold_km"),
    ("[zones]\ntable = 'none.csv'", [], 3, "none.csv: no such file"),
    ("[zones]\ntable = 'my_zones.csv'", [], 3, "my_zones.csv: row 8, column 'level': '市级'; accepted: 国家级, 省级"),
    ("[hubs]\nlayer = 'cores'\nprovinces = ['青海省']", [], 2, "no hub is left"),
    ("", ["--km", "far"], 2, "--km: 'far'; accepted: numbers in km"),
    ("", ["--km", "-5"], 2, "at least 0"),
    ("", ["--hubs", "towns"], 2, "towns"),
    ("", ["--method", "planar"], 2, "planar"),
    ("", ["--hubs-file", "none.csv"], 3, "none.csv: no such file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "code", "message"), FAILURES)
def test_failures_are_one_clear_error_and_leave_the_outputs(
    out: Path, tmp_path: Path, text: str, options: list[str], code: int, message: str
) -> None:
    bad_zone_table(tmp_path)
    before = snapshot(out)
    done = zonegap("run", study(tmp_path, text), "--out", str(out), *options)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(out) == before


def test_missing_study_and_unwritable_folder(tmp_path: Path) -> None:
    done = zonegap("run", str(tmp_path / "none.toml"))
    assert (done.returncode, "no such study file" in done.stderr) == (3, True)
    (tmp_path / "file").write_text("")
    done = zonegap("tables", "--out", str(tmp_path / "file" / "out"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_a_chinese_windows_console_does_not_crash() -> None:
    for command in (["data"], ["gdp"], ["reconcile", "--lang", "zh"], ["--help"]):
        done = zonegap(*command, PYTHONIOENCODING="gbk")
        assert done.returncode == 0, done.stderr


def test_hubs_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "hubs.csv"
    path.write_text(
        "hub,province,lon,lat,datum\n西安,陕西省,108.94,34.27,WGS-84\n", encoding="utf-8"
    )
    done = zonegap("threshold", "--hubs-file", str(path))
    assert done.returncode == 0
    assert done.stdout.startswith("500 km, file: ")


def test_version_and_help() -> None:
    assert zonegap("--version").stdout.startswith("zonegap ")
    text = zonegap("--help").stdout
    for command in ("run", "distance", "threshold", "gdp", "tables", "reconcile", "map", "data"):
        assert f"\n  {command} " in text

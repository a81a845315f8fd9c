"""The command as a user runs it: results, messages, exit codes, nothing lost."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from geodata.registry import table_path
from zones.report.tables import REPORT_TABLES


def zonegap(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zonegap", *arguments],
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
    assert set(paths) == {p for p in out.rglob("*") if p.is_file()}
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
    assert {Path(line).stem for line in done.stdout.splitlines()} == set(REPORT_TABLES)
    assert "报告值" in zonegap("reconcile", "--lang", "zh").stdout
    assert zonegap("map", "--out", str(tmp_path / "m.html"), "--km", "300").returncode == 0
    assert '"threshold_km":300.0' in (tmp_path / "m.html").read_text(encoding="utf-8")
    listing = zonegap("data").stdout
    assert "zones: Development zones of the 2018 catalogue; 2,543 rows" in listing
    about = zonegap("data", "divisions").stdout
    for said in (
        "sha256: ",
        "publisher: Maobin Xu",
        "https://creativecommons.org/licenses/by/4.0/",
    ):
        assert said in about
    rows = [json.loads(line) for line in zonegap("data", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} >= {"zones", "divisions"}


def bad_zone_table(folder: Path) -> Path:
    lines = table_path("zones").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[7] = lines[7].replace(",2012-12,", ",1991-13,")
    path = folder / "my_zones.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def study(folder: Path, text: str) -> str:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def bad_zones(folder: Path, name: str, old: str, new: str) -> None:
    text = table_path("zones").read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


FAILURES = [
    ("[distance]\ntreshold_km = [500]", [], 2, "unknown key distance.treshold_km"),
    ("[zones]\ntable = 'none.csv'", [], 3, "none.csv: no such file"),
    ("[zones]\ntable = 'my_zones.csv'", [], 3, "my_zones.csv: row 8, column 'approved': '1991-13'; accepted: a month as YYYY-MM"),
    ("[zones]\ntable = 'province.csv'", [], 3, "column 'province_adcode': '990000'; accepted: 440000"),
    ("[zones]\ntable = 'digits.csv'", [], 3, "row 2, column 'area_ha': '3_980'; accepted: a number"),
    ("[zones]\ntable = 'header.csv'", [], 3, "header.csv: row 1: no rows below the header; accepted: at least one"),
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
    bad_zones(tmp_path, "province.csv", ",440000,广东省,", ",990000,广东省,")
    bad_zones(tmp_path, "digits.csv", ",3980.0,", ",3_980,")
    (tmp_path / "header.csv").write_text(
        table_path("zones").read_text(encoding="utf-8").splitlines()[0], encoding="utf-8"
    )
    before = snapshot(out)
    done = zonegap("run", study(tmp_path, text), "--out", str(out), *options)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert snapshot(out) == before


@pytest.mark.parametrize("command", ["threshold", "distance", "gdp", "tables", "reconcile", "map"])
@pytest.mark.parametrize(("text", "code"), [(f[0], f[2]) for f in FAILURES if not f[1]][::2])
def test_every_command_fails_as_clearly(tmp_path: Path, command: str, text: str, code: int) -> None:
    for name in ("my_zones.csv", "header.csv"):
        (tmp_path / name).write_text("id,code\n", encoding="utf-8")
    bad_zones(tmp_path, "province.csv", ",440000,广东省,", ",990000,广东省,")
    bad_zones(tmp_path, "digits.csv", ",3980.0,", ",3_980,")
    done = zonegap(command, study(tmp_path, text), cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_outputs_go_where_the_study_says_and_the_manifest_knows(tmp_path: Path) -> None:
    path = study(tmp_path, "[output]\nfolder = 'mine'")
    assert zonegap("run", path, cwd=tmp_path).returncode == 0
    assert zonegap("tables", path, "--km", "800", cwd=tmp_path).returncode == 0
    assert zonegap("map", path, cwd=tmp_path).returncode == 0
    assert not (tmp_path / "out").exists()
    manifest = json.loads((tmp_path / "mine" / "manifest.json").read_text(encoding="utf-8"))
    assert not any(name.startswith("tables/") for name in manifest["outputs"])
    assert any("written again by `zonegap tables`" in w for w in manifest["warnings"])
    assert (tmp_path / "mine" / "map.html").is_file()


def test_files_of_the_user_are_in_the_manifest_by_their_role(tmp_path: Path) -> None:
    hubs = tmp_path / "hubs.csv"
    hubs.write_text(
        "hub,province,lon,lat,datum\n西安,陕西省,108.94,34.27,WGS-84\n", encoding="utf-8"
    )
    bad_zones(tmp_path, "zones.csv", ",3980.0,", ",3981.0,")
    path = study(
        tmp_path, "[zones]\ntable = 'zones.csv'\n[hubs]\nlayer = 'file'\nfile = 'hubs.csv'"
    )
    done = zonegap("run", path, "--out", str(tmp_path / "o"))
    assert done.returncode == 0, done.stderr
    inputs = json.loads((tmp_path / "o" / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    assert {"zones.table", "hubs.file"} <= set(inputs)
    assert "the given table's own count" in done.stdout


def test_threshold_for_a_count() -> None:
    done = zonegap("threshold", "--count", "1120")
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"1,120 zones, {layer}" for layer in ("prefectures", "listed", "cores")
    ]
    for line in lines:
        low, high = (float(x) for x in line.split(": ")[1].removesuffix(" km").split(" to "))
        assert 400 < low < high < 600
    assert zonegap("threshold", "--count", "9999").returncode == 2


def test_geocode_a_table_of_firms(tmp_path: Path) -> None:
    source = tmp_path / "firms.csv"
    rows = [
        "公司名称,地址,省,市",
        "甲公司,浙江省杭州市余杭区文一西路969号,浙江省,杭州市",
        "北京乙科技有限公司,,,",
        "丙公司,鼓楼区中山路1号,,",
    ]
    source.write_bytes("\n".join(rows).encode("gb18030"))
    options = [
        "--column",
        "地址",
        "--column",
        "公司名称",
        "--province-column",
        "省",
        "--city-column",
        "市",
    ]
    out = tmp_path / "located.csv"
    done = zonegap("geocode", str(source), *options, "--out", str(out))
    assert (done.returncode, "unresolved: 1 of 3 rows, 1 with candidates" in done.stdout) == (
        0,
        True,
    )
    located = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert located["公司名称"].tolist() == ["甲公司", "北京乙科技有限公司", "丙公司"]
    assert located["adcode"].tolist() == ["330110", "110000", ""]
    assert located["geocode_level"].tolist() == ["county", "city", ""]
    assert located.loc[2, "geocode_candidates"] == "320106;320302;350102;410204"
    assert located.loc[2, "lon"] == ""
    assert zonegap("geocode", str(source), *options, "--out", str(out), "--strict").returncode == 4
    wrong = zonegap("geocode", str(source), "--column", "住址", "--out", str(out))
    assert (wrong.returncode, "column '住址' is missing" in wrong.stderr) == (3, True)


def test_missing_study_and_unwritable_folder(tmp_path: Path) -> None:
    done = zonegap("run", str(tmp_path / "none.toml"))
    assert (done.returncode, "no such file" in done.stderr) == (3, True)
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
    for command in (
        "run",
        "distance",
        "threshold",
        "gdp",
        "tables",
        "reconcile",
        "map",
        "figures",
        "data",
    ):
        assert f"\n  {command} " in text


def test_help_starts_without_heavy_libraries() -> None:
    code = "import sys, zonegap.command.app; print(sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stdout))
    heavy = {"numpy", "pandas", "scipy", "geopandas", "folium", "pyproj", "pyarrow", "matplotlib"}
    assert "typer" in loaded
    assert not loaded & heavy

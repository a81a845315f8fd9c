"""The command as a user runs it: results, messages, exit codes, help, examples, completion."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import typer

from geodata.registry import TABLES, table_path
from tests.helpers import zonegap
from zonegap.command.app import app, main
from zonegap.command.help import EXAMPLES
from zones.hubs import HUB_LAYERS
from zones.report.tables import REPORT_TABLES


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
    counts = [line for line in lines if not line.startswith("  ")]
    assert [line.split(",")[0] for line in counts] == ["300 km", "500 km", "800 km"]
    rows = json.loads(zonegap("threshold", "--km", "300,500,800", "--json").stdout)
    zones = pd.read_csv(out / "zones.csv")
    assert [r["beyond"] for r in rows] == [
        int((zones["nearest_km"] > t).sum()) for t in (300, 500, 800)
    ]
    low, high = (f"{rows[1][name]:,}" for name in ("low_5_pct", "high_95_pct"))
    said = f"{rows[1]['beyond']:,} of 2,543 zones beyond, 90 % interval {low}–{high}"
    assert counts[1].endswith(said)
    # the narrowest and the widest, and the band
    detail = lines[lines.index(counts[1]) + 2]
    assert "(each on its own)" in detail
    assert f"{low}–{high} (province)" in detail
    assert detail.endswith(f"{rows[1]['surely']:,}–{rows[1]['possibly']:,}")


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
    of_all = {*REPORT_TABLES, "SOURCES"} - {"cities", "counties"}
    assert {Path(line).stem for line in done.stdout.splitlines()} == of_all
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
    ("[hubs]\nlayer = 'cores'\nprovinces = ['青海省']", [], 2, "no hub in 青海省"),
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
    # whose the tables are is recorded, so that the next run clears it
    assert [name for name in manifest["outputs"] if name.startswith("tables/")] == [
        "tables/SOURCES.md"
    ]
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
    assert list(located)[:4] == ["公司名称", "地址", "省", "市"]
    assert "columns not kept" not in done.stderr
    assert located["公司名称"].tolist() == ["甲公司", "北京乙科技有限公司", "丙公司"]
    assert located["adcode"].tolist() == ["330110", "110000", ""]
    assert located["geocode_level"].tolist() == ["county", "city", ""]
    assert located.loc[2, "geocode_candidates"] == "320106;320302;350102;410204"
    assert located.loc[2, "lon"] == ""
    assert zonegap("geocode", str(source), *options, "--out", str(out), "--strict").returncode == 4
    wrong = zonegap("geocode", str(source), "--column", "住址", "--out", str(out))
    assert (wrong.returncode, "no column '住址'" in wrong.stderr) == (3, True)


@pytest.mark.parametrize(
    ("options", "kept", "dropped"),
    [
        ((), ["地址"], "编号, 电话, 备注"),
        (("--keep", "编号,备注"), ["编号", "地址", "备注"], "电话"),
        (("--keep", "编号，备注"), ["编号", "地址", "备注"], "电话"),
        (("--keep", "all"), ["编号", "地址", "电话", "备注"], None),
    ],
)
def test_geocode_writes_no_column_that_was_not_asked_for(
    tmp_path: Path, options: tuple[str, ...], kept: list[str], dropped: str | None
) -> None:
    (tmp_path / "firms.csv").write_text(
        "编号,地址,电话,备注\n1,浙江省杭州市余杭区文一西路969号,13800000000,无\n", encoding="utf-8"
    )
    out = tmp_path / "located.csv"
    done = zonegap(
        "geocode", str(tmp_path / "firms.csv"), "--column", "地址", "--out", str(out), *options
    )
    assert done.returncode == 0, done.stderr
    header = out.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert header[: header.index("lon")] == kept
    assert ("13800000000" in out.read_text(encoding="utf-8")) == ("电话" in kept)
    assert done.stderr.endswith(f"whose it is: {tmp_path / 'located.SOURCES.md'}\n")
    if dropped is None:
        assert "columns not kept" not in done.stderr
    else:
        assert f"\ncolumns not kept: {dropped}; accepted: --keep" in done.stderr


def test_geocode_names_a_column_to_keep_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("地址\n杭州市\n", encoding="utf-8")
    options = ["--column", "地址", "--out", str(tmp_path / "o.csv"), "--keep", "编号"]
    done = zonegap("geocode", str(tmp_path / "firms.csv"), *options)
    assert (done.returncode, "column '编号' is missing" in done.stderr) == (3, True)


def test_missing_study_and_unwritable_folder(tmp_path: Path) -> None:
    done = zonegap("run", str(tmp_path / "none.toml"))
    assert (done.returncode, "no such file" in done.stderr) == (3, True)
    (tmp_path / "file").write_text("")
    done = zonegap("tables", "--out", str(tmp_path / "file" / "out"))
    assert (done.returncode, "file: is no folder; accepted: a folder" in done.stderr) == (2, True)


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


ROOT = Path(__file__).parent.parent
COMMAND = typer.main.get_command(app)
COMMANDS = sorted(COMMAND.commands)  # type: ignore[attr-defined]


def run_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """Run the command in this process: exit code, output, messages."""
    for name in ("LANG", "LC_ALL", "ZONEGAP_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "argv", ["zonegap", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), *capsys.readouterr()


def parse(line: str) -> None:
    """Parse a command line as the command would; nothing is run."""
    _, name, *arguments = shlex.split(line)
    COMMAND.commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


def test_every_command_has_examples_that_parse() -> None:
    assert sorted(EXAMPLES) == ["", *COMMANDS]
    for name, lines in EXAMPLES.items():
        assert lines
        for line in lines:
            assert line.startswith(f"zonegap {name}")
            parse(line)


def test_commands_of_the_readme_parse() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?:`|^    )(zonegap [^`\n]*)", text, re.MULTILINE)
    assert len(lines) >= 10
    bare = [f"zonegap {name}" for name in ("geocode",)]  # named in a sentence
    for line in lines:
        if line.startswith("zonegap --"):  # of the command itself
            assert line.split()[1] in {o for p in COMMAND.params for o in p.opts}
        elif "..." not in line and line not in bare:
            parse(line.split(" > ")[0])


@pytest.mark.parametrize("name", COMMANDS)
def test_help_groups_the_options_and_shows_examples(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, out, err = run_here(monkeypatch, capsys, name, "--help")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith(f"Usage: zonegap {name} ")
    assert max(map(len, lines)) <= 80 or name == "geocode"  # an example there is long
    shown = out.split("Examples:\n")[1].splitlines()
    assert [line.strip() for line in shown] == list(EXAMPLES[name])
    other = out.split("Other options:\n")[1].split("\n\n")[0]
    assert re.findall(r"--[a-z-]+", other) == ["--help"]  # all others stand in a named group


def test_an_option_before_its_command_is_told_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ("--lang", "--km"):
        code, _, err = run_here(monkeypatch, capsys, option, "en", "threshold")
        assert code == 2
        assert err.startswith(
            f"zonegap: {option} goes after the command, as in zonegap run {option}\n"
        )
    assert "no such option --nonsense" in run_here(monkeypatch, capsys, "--nonsense")[2]


def test_no_command_shows_the_help() -> None:
    done = zonegap()
    assert (done.returncode, done.stdout) == (0, zonegap("--help").stdout)
    for name in COMMANDS:
        first = next(line for line in done.stdout.splitlines() if line.startswith(f"  {name} "))
        assert "..." not in first


def test_version_names_the_data() -> None:
    lines = zonegap("--version").stdout.splitlines()
    text = (TABLES / "registry.json").read_bytes()
    assert lines[0] == f"zonegap {__import__('importlib.metadata').metadata.version('zonegap')}"
    count = len(json.loads(text))
    assert lines[1] == f"tables: {count}, registry {hashlib.sha256(text).hexdigest()[:8]}"
    assert lines[2] == "catalogue of development zones: 2018-02-26, 2,543 zones"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["thresold"], "no such command 'thresold'; accepted: "),
        (["thresold"], ". Did you mean 'threshold'?"),
        (["threshold", "--thresholds", "3"], "no such option --thresholds"),
        (["threshold", "--kms", "3"], "no such option --kms. Did you mean '--km'?"),
        (["run", "--hubs", "core"], "--hubs: 'core'; accepted: prefectures, "),
        (["run", "--hubs", "core"], ". Did you mean 'cores'?"),
        (["map", "--layer", "prefecture"], ". Did you mean 'prefectures'?"),
        (["threshold", "--by", "provnce"], "--by: 'provnce'; accepted: province, level"),
        (["tables", "--formats", "csv,xls"], "--formats: 'xls'; accepted: csv, xlsx"),
        (["figures", "--formats", "pnk"], ". Did you mean 'png'?"),
        (["data", "zonse"], ". Did you mean 'zones'?"),
        (["where-next", "--k", "0"], "--k: '0'; accepted: a whole number of at least 1"),
        (["where-next", "--k", "1_0"], "--k: '1_0'; accepted: a whole number"),
        (["threshold", "--count", "1e3"], "--count: '1e3'; accepted: a whole number of at least 0"),
        (["map", "--threshold-km", "nan"], "--threshold-km: 'nan'; accepted: a number"),
        (["map", "--weight", "people"], "--weight: 'people'; accepted: zones, area, gdp"),
        (["geocode", "a.csv", "--column", "x"], "--out is missing"),
        (["geocode"], "is missing"),
        (["geocode", "a.csv", "--column", "x", "--out", "b", "--year", "1900"],
         "--year: '1900'; accepted: a whole number from 1980 to 2024"),
        (["geocode", "a.csv", "--column", "x", "--out", "b", "--kind", "firm"],
         "--kind: 'firm'; accepted: auto, address, company"),
        (["run", "a.toml", "b.toml"], "too many arguments: b.toml"),
        (["run", "--km"], "--km needs a value\ntry: zonegap run --help"),
        (["gdp", "--json=3"], "--json takes no value"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line_that_names_the_option(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    code, out, err = run_here(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.startswith("zonegap: ")
    assert len(err.splitlines()) <= 2


def completed(line: str, shell: str = "bash") -> list[str]:
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "zonegap"],
        env=__import__("os").environ
        | {
            "_ZONEGAP_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
            "_TYPER_COMPLETE_ARGS": line,
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.split()


def test_completion_of_commands_options_and_values() -> None:
    assert completed("zonegap thr") == ["threshold"]
    assert "--registrations" in completed("zonegap run --r")
    assert completed("zonegap threshold --hubs ") == list(HUB_LAYERS)
    assert completed("zonegap map --layer c") == ["cores"]
    assert completed("zonegap tables --lang z") == ["zh"]
    assert "zone_seats" in completed("zonegap data zone_s")
    assert any("prefectures" in word for word in completed("zonegap run --hubs p", "zsh"))


@pytest.mark.skipif(sys.platform == "win32", reason="asks a POSIX shell")
def test_the_shell_is_told_how_to_complete() -> None:
    line = f"{shlex.quote(sys.executable)} -m zonegap --show-completion; exit $?"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "complete -o default -F _zonegap_completion zonegap" in done.stdout
    assert "_ZONEGAP_COMPLETE=complete_bash" in done.stdout

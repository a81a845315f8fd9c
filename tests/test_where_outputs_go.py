"""Where outputs may go: never over an input or a file of somebody else, whatever the path is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import UsageError, ZonegapError
from tests.helpers import zonegap
from tests.test_outputs import tree
from tests.test_point_tables import make_parts, points
from zonegap.command.app import main
from zones.hubs import hub_layer
from zones.points.parts import measure_once, open_parts, parts_of
from zones.points.tables import Task
from zones.study import Study
from zones.writing import Guard, claimed, is_result, is_stream, remove_unfinished, staged

ZONES = "开发区名称,省份,面积(公顷),自有备注\n西安高新技术产业开发区,陕西省,2235,手工\n"
ADDRESSES = "地址,联系电话,备注\n杭州市滨江区示例路1号,+86-571-0000,-\n"
HUBS = "hub,province,lon,lat,datum\n杭州,浙江省,120.1,30.2,WGS-84\n"
LINES = '{"type":"LineString","coordinates":[[100,30],[110,35]]}'
posix = pytest.mark.skipif(os.name != "posix", reason="no such files here")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder of inputs; gives its exit code and what it said of it."""
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("zones.csv", ZONES), ("addresses.csv", ADDRESSES), ("hubs.csv", HUBS),
        ("lines.geojson", LINES), ("study.toml", "[distance]\nthresholds_km = [500]\n"),
    ):  # fmt: skip
        Path(name).write_text(text, encoding="utf-8")

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["zonegap", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return command


GEOCODE = ("geocode", "addresses.csv", "--column", "地址", "--out")
MAP = ("map", "--zones", "zones.csv", "--boundaries", "lines.geojson", "--boundary-credit", "x")


@pytest.mark.parametrize(
    "arguments",
    [
        ("distance", "--zones", "zones.csv", "--out", "zones.csv"),
        ("distance", "--hubs-file", "hubs.csv", "--out", "./hubs.csv"),
        ("distance", "study.toml", "--out", "../{here}/study.toml"),
        ("distance", "points.csv", "--hubs-file", "hubs.csv", "--out", "hubs.csv"),
        ("distance", "points.csv", "--out", "points.csv"),
        ("where-next", "--add-hubs", "hubs.csv", "--out", "hubs.csv"),
        (*GEOCODE, "addresses.csv"),
        (*MAP, "--out", "zones.csv"),
        (*MAP, "--out", "lines.geojson"),
        ("run", "--zones", "zones.csv", "--out", "."),
        ("tables", "--zones", "cities.csv", "--province", "湖北", "--out", "."),
    ],
)
def test_an_input_is_never_an_output(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    Path("cities.csv").write_text(ZONES, encoding="utf-8")
    Path("points.csv").write_text("lon_wgs84,lat_wgs84\n110,30\n", encoding="utf-8")
    before = tree(tmp_path)
    for force in (), ("--force",):
        code, said = run(*(each.format(here=tmp_path.name) for each in arguments), *force)
        assert code == 2
        assert "is the input itself; accepted: another file" in said
    assert tree(tmp_path) == before


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_nor_by_another_name(run: Run, link: Callable[[str, str], None]) -> None:
    link("zones.csv", "other.csv")
    code, said = run("distance", "--zones", "zones.csv", "--out", "other.csv")
    assert (code, "is the input itself" in said) == (2, True)
    code, said = run("distance", "--zones", "other.csv", "--out", "zones.csv")
    assert (code, "is the input itself" in said) == (2, True)
    assert Path("zones.csv").read_text(encoding="utf-8") == ZONES


def test_nor_where_small_and_capital_letters_are_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Path.samefile
    monkeypatch.setattr(
        Path, "samefile", lambda self, other: str(self).lower() == str(other).lower()
        or one(self, other),
    )  # fmt: skip
    Path("ZONES.csv").write_text(ZONES, encoding="utf-8")
    code, said = run("distance", "--zones", "zones.csv", "--out", "ZONES.csv")
    assert (code, "is the input itself" in said) == (2, True)


def test_a_file_of_somebody_else_is_replaced_with_force_only(run: Run) -> None:
    Path("o.csv").write_text("mine", encoding="utf-8")
    code, said = run(*GEOCODE, "o.csv")
    assert code == 2
    assert said == (
        "zonegap: o.csv: is there and is no earlier result of zonegap; accepted: another name, or "
        "--force to replace it\n"
    )
    assert Path("o.csv").read_text(encoding="utf-8") == "mine"
    assert run(*GEOCODE, "o.csv", "--force")[0] == 0
    assert run(*GEOCODE, "o.csv")[0] == 0  # now it is a result
    Path("o.SOURCES.md").unlink()
    assert run(*GEOCODE, "o.csv")[0] == 2  # nothing says so any more
    Path("o.csv").write_text("", encoding="utf-8")
    assert run(*GEOCODE, "o.csv")[0] == 0  # nothing is lost


def test_a_file_beside_a_result_is_none(run: Run) -> None:
    assert run(*GEOCODE, "data.csv")[0] == 0
    Path("a.csv").write_text("mine", encoding="utf-8")  # the end of a name that is a result's
    Path("SOURCES.md").write_text(Path("data.SOURCES.md").read_text(encoding="utf-8"), "utf-8")
    assert [is_result(Path(name)) for name in ("data.csv", "a.csv", "data.SOURCES.md")] == [
        True, None, True,
    ]  # fmt: skip
    Path("x.SOURCES.md").write_text("# my own notes on sources\n\n## x.csv\n", encoding="utf-8")
    Path("x.csv").write_text("mine", encoding="utf-8")
    assert run(*GEOCODE, "x.csv")[0] == 2


def test_what_a_run_recorded_is_replaced_unless_somebody_changed_it(tmp_path: Path) -> None:
    import hashlib
    import json

    def record() -> None:
        digest = hashlib.sha256(b"old").hexdigest()
        about = {"outputs": {"zones.csv": digest, "tables/a.csv": digest}}
        (tmp_path / "manifest.json").write_text(json.dumps(about), encoding="utf-8")

    (tmp_path / "tables").mkdir()
    names = ("zones.csv", "tables/a.csv")
    for name in names:
        (tmp_path / name).write_text("old", encoding="utf-8")
    record()
    for name in (*names, "manifest.json", "new.csv"):
        Guard().check(tmp_path / name)
    for name in names:
        (tmp_path / name).write_text("old and my notes", encoding="utf-8")
        with pytest.raises(UsageError, match="was changed after zonegap wrote it; accepted: an"):
            Guard().check(tmp_path / name)
        Guard(force=True).check(tmp_path / name)
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="manifest.json: is there and is no earlier result"):
        Guard().check(tmp_path / "manifest.json")


def test_what_came_while_the_run_was_at_work_stays(tmp_path: Path) -> None:
    def write() -> None:
        with staged(tmp_path, guard=Guard()) as stage:
            stage.mkdir()
            (stage / "a.csv").write_text("new")
            (tmp_path / "a.csv").write_text("mine")

    with pytest.raises(UsageError, match="is no earlier result"):
        write()
    assert tree(tmp_path) == {"a.csv": b"mine"}


@posix
def test_a_link_is_written_through(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    Path("link.csv").symlink_to("data/real.csv")
    assert run(*GEOCODE, "link.csv")[0] == 0
    assert Path("link.csv").is_symlink()
    first = Path("data/real.csv").read_bytes()
    assert run(*GEOCODE, "link.csv")[0] == 0
    assert Path("link.csv").is_symlink()
    assert Path("data/real.csv").read_bytes() == first
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["real.csv"]


@posix
def test_a_link_is_written_through_to_another_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    real = tmp_path / "there" / "a.csv"
    real.write_text("old")
    (tmp_path / "here" / "a.csv").symlink_to(real)
    replace, hardlink_to = Path.replace, Path.hardlink_to

    def one_disk(move: Callable[..., object]) -> Callable[..., object]:
        def moved(self: Path, other: Path) -> object:
            if ("there" in self.parts) != ("there" in Path(other).parts):
                raise OSError(18, "Invalid cross-device link")
            return move(self, other)

        return moved

    monkeypatch.setattr(Path, "replace", one_disk(replace))
    monkeypatch.setattr(Path, "hardlink_to", one_disk(hardlink_to))
    with staged(tmp_path / "here") as stage:
        stage.mkdir()
        (stage / "a.csv").write_text("new")
    assert tree(tmp_path / "there") == {"a.csv": b"new"}
    assert (tmp_path / "here" / "a.csv").is_symlink()


@posix
def test_links_that_lead_nowhere_are_said_before_the_work(run: Run) -> None:
    Path("loop").symlink_to("loop")
    code, said = run(*GEOCODE, "loop")
    assert (code, said.endswith("loop: a link that leads to itself\n")) == (1, True)
    assert run("run", "--out", "loop")[0] == 1
    Path("far").symlink_to("gone/far.csv")
    code, said = run(*GEOCODE, "far")
    assert (code, "whose folder is not there" in said) == (1, True)


def test_a_file_where_a_folder_is_meant_is_said_before_the_work(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.pipeline.run_study", None)  # no work is done
    for command in ("tables", "figures"):
        code, said = run(command, "--out", "zones.csv")
        assert (code, said) == (2, "zonegap: zones.csv: is no folder; accepted: a folder\n")
    assert run("run", "--out", "zones.csv/deep")[0] == 2
    Path("d.html").mkdir()
    assert run("map", "--out", "d.html")[0] == 2


@posix
@pytest.mark.parametrize("arguments", [GEOCODE, ("distance", "--zones", "zones.csv", "--out"),
                                       ("where-next", "--k", "1", "--out")])  # fmt: skip
def test_a_pipe_is_written_through(run: Run, arguments: tuple[str, ...]) -> None:
    os.mkfifo("p")
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(Path("p").read_text(encoding="utf-8")))
    reader.start()
    assert run(*arguments, "p")[0] == 0
    reader.join(10)
    assert got[0].count("\n") > 1
    assert not got[0].startswith("\ufeff")
    assert stat.S_ISFIFO(Path("p").stat().st_mode)
    assert not Path("p.SOURCES.md").exists()


@posix
def test_a_pipe_is_refused_where_no_table_can_go_through(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zones.pipeline.run_study", None)
    os.mkfifo("p")
    code, said = run("map", "--out", "p")
    assert (code, said) == (2, "zonegap: p: is no regular file; accepted: a file\n")
    assert run("tables", "--out", "p")[0] == 2
    assert stat.S_ISFIFO(Path("p").stat().st_mode)


@posix
def test_devices_are_streams_and_standard_output_by_any_name(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_stream(Path("/dev/null"))
    assert not is_stream(Path("zones.csv"))
    assert run(*GEOCODE, "/dev/null")[0] == 0
    for name in ("-", "/dev/stdout", "/dev/fd/1"):
        assert is_stream(Path(name))
    done = zonegap(*GEOCODE, "/dev/stdout")
    assert done.stdout.startswith("地址,lon,lat,")
    done = zonegap("where-next", "--k", "1", "--out", "-")
    assert done.stdout.splitlines()[0].startswith("k,")
    assert zonegap("where-next", "--json", "--out", "-").returncode == 2


@posix
def test_the_mode_of_a_replaced_file_stays(run: Run) -> None:
    Path("o.csv").write_text("old", encoding="utf-8")
    Path("o.csv").chmod(0o600)
    assert run(*GEOCODE, "o.csv", "--force")[0] == 0
    assert stat.S_IMODE(Path("o.csv").stat().st_mode) == 0o600
    Path("o.csv").chmod(0o444)
    code, said = run(*GEOCODE, "o.csv")
    assert (code, "o.csv: is write-protected" in said) == (2, True)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from zonegap.command.app import main
main()
"""


@posix
def test_a_full_disk_is_said_with_the_name_of_the_file(run: Run, tmp_path: Path) -> None:
    points(20_000).to_parquet("points.parquet")
    make_parts(tmp_path / "in", 1, 20_000)
    before = tree(tmp_path)
    for arguments, name in (
        (("distance", "points.parquet", "--datum", "WGS-84", "--out", "o.parquet"), "o.parquet"),
        (("distance", "points.parquet", "--datum", "WGS-84", "--out", "o.csv"), "o.csv"),
        (("distance", "in", "--datum", "WGS-84", "--out", "out"), "out/part-000.parquet"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", LIMITED, "40000", *arguments],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stderr
        assert f"zonegap: {name}: cannot be written (" in done.stderr
        assert "Traceback" not in done.stderr
    out = tmp_path / "out"
    assert tree(out) == {}
    out.rmdir()
    assert tree(tmp_path) == before


# ---- parts


def task() -> Task:
    return Task(hub_layer("cores"), datum="WGS-84")


def test_a_part_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    make_parts(tmp_path / "in", 2, 5)
    out = tmp_path / "out"
    out.mkdir()
    pd.DataFrame({"mine": [1]}).to_parquet(out / "part-001.parquet")
    parts = parts_of(tmp_path / "in")
    with pytest.raises(UsageError, match="part-001.parquet: is there and is no earlier result"):
        open_parts(parts, out, task())
    assert open_parts(parts, out, task(), Guard(force=True)) == parts
    measure_once(parts[1], out, task())
    # a result of an earlier question is made again
    assert open_parts(parts, out, Task(hub_layer("cores"), datum="GCJ-02")) == parts


@posix
def test_a_part_that_is_an_input_by_another_name_is_refused(tmp_path: Path) -> None:
    make_parts(tmp_path / "in", 1, 5)
    out = tmp_path / "out"
    out.mkdir()
    (out / "part-000.parquet").symlink_to(tmp_path / "in" / "part-000.parquet")
    with pytest.raises(UsageError, match="is the input itself"):
        open_parts(parts_of(tmp_path / "in"), out, task(), Guard(force=True))


def test_a_living_process_keeps_its_unfinished_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others clear what the dead have left while it is at work, and read no half file."""
    import zones.points.parts as module

    make_parts(tmp_path / "in", 1, 50)
    out = tmp_path / "out"
    out.mkdir()
    (out / ".zonegap-part-dead").mkdir()
    (out / ".zonegap-part-dead" / "part-009.parquet").write_bytes(b"half")
    measure = module.measure_table
    seen: list[list[str]] = []

    def slow(part: Path, file: Path, *more: object) -> object:
        counts = measure(part, file, *more)  # type: ignore[arg-type]
        code = "import sys; from pathlib import Path; from zones.writing import *\n"
        subprocess.run(
            [sys.executable, "-c", code + "remove_unfinished(Path(sys.argv[1]))", str(out)],
            check=True,
        )
        seen.append(sorted(p.name for p in out.glob("*.parquet")))
        assert file.is_file()
        return counts

    monkeypatch.setattr(module, "measure_table", slow)
    measure_once(parts_of(tmp_path / "in")[0], out, task())
    assert seen == [[]]
    remove_unfinished(out)
    assert sorted(p.name for p in out.iterdir()) == ["part-000.parquet"]


# ---- locks


def test_files_of_other_names_in_one_folder_exclude_nobody(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from zones.writing import claimed\n"
        "with claimed(Path(sys.argv[1]), 'a.csv'): print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        with claimed(tmp_path, "b.csv"), claimed(tmp_path):
            pass
        with (
            pytest.raises(ZonegapError, match=r"a.csv: another run is writing here"),
            claimed(tmp_path, "a.csv"),
        ):
            raise AssertionError


@posix
def test_locks_lie_in_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(own))
    with claimed(tmp_path / "out"):
        locks = list((own / "zonegap" / "locks").iterdir())
    assert len(locks) == 1
    assert stat.S_IMODE((own / "zonegap" / "locks").stat().st_mode) == 0o700
    # no home: a folder under the temporary one, and none that a link of others leads to
    monkeypatch.setattr("os.path.realpath", os.path.abspath)
    own.chmod(0o700)
    shared = tmp_path / "tmp"
    shared.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (shared / f"zonegap-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(shared))
    with claimed(tmp_path / "out"):
        assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_study_names_its_files(tmp_path: Path) -> None:
    study = Study(zones_table=Path("z.csv"), hubs_add="武汉", boundaries=Path("l.geojson"),
                  boundary_credit="x", registrations=Path("synthetic"))  # fmt: skip
    assert {str(path) for path in study.files()} == {"z.csv", "武汉", "l.geojson"}
    assert Study().files() == ()


# ---- runs that are ended


@posix
@pytest.mark.parametrize("command", ["distance, a folder", "geocode"])
def test_a_run_that_is_ended_leaves_old_or_new_outputs(tmp_path: Path, command: str) -> None:
    """A few of what `benchmarks/killed_runs.py` does by the hundred."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("the work a process has done is read from /proc")
    import random

    from benchmarks.killed_runs import COMMANDS, SIGNALS, Folders, end_at_random, is_fault

    folders = Folders.made(tmp_path / "work", COMMANDS[command])
    for name in SIGNALS:
        words = end_at_random(folders, name, random.Random(f"{command} {name}"))
        assert not any(map(is_fault, words)), words

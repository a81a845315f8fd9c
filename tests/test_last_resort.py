"""No traceback: what was never meant ends in one sentence; and the cases that once had one."""

from __future__ import annotations

import io
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geodata.errors import DataFileError, UsageError
from geodata.words import use_language
from maps.boundaries import file_outlines
from maps.tiles import tile_source
from tests.helpers import zonegap
from zonegap.command.app import main
from zonegap.stops import SIGNALS
from zones.report.latex import to_tex
from zones.report.markdown import to_markdown
from zones.report.tables import ReportTable, report_table
from zones.report.word import write_docx
from zones.study import MOST_THRESHOLDS, Study, read_study

posix = pytest.mark.skipif(os.name != "posix", reason="signals and descriptors of another kind")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; gives its exit code and what it said beside its results."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["zonegap", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        use_language("en")
        return int(ended.value.code or 0), capsys.readouterr().err

    return command


class Panic(BaseException):
    """As the readers in Rust have it."""


@pytest.mark.parametrize("fault", [ZeroDivisionError("a\nb"), RecursionError(), Panic("x" * 999)])
def test_what_was_never_meant_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("zones.pipeline.run_study", fail)
    code, said = run("threshold")
    assert code == 1
    assert said.startswith(f"zonegap: an error of zonegap 0.1.0 itself ({type(fault).__name__}")
    assert "please report it" in said
    assert said.count("\n") == 1
    assert len(said) < 600
    code, said = run("threshold", "--lang", "zh")
    assert (code, said.startswith("zonegap: zonegap 0.1.0自身出错")) == (1, True)
    for line in (("threshold", "--debug"), ("--debug", "threshold")):
        code, said = run(*line)
        assert (code, "Traceback" in said, "in fail" in said) == (1, True, True)


def test_too_little_memory_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("zones.pipeline.run_study", fail)
    assert run("threshold") == (1, "zonegap: not enough memory\n")


@posix
@pytest.mark.parametrize("module", ["zonegap.command.app", "typer", "zones.pipeline"])
@pytest.mark.parametrize(
    ("name", "said"), [("SIGINT", "stopped"), ("SIGTERM", "stopped by the signal SIGTERM"),
                       ("SIGHUP", "stopped by the signal SIGHUP")],
)  # fmt: skip
def test_stopped_while_libraries_are_read(module: str, name: str, said: str) -> None:
    # a shell starts what runs behind it with interrupts ignored
    code = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.{name}) is signal.SIG_IGN:
    signal.signal(signal.{name}, signal.SIG_DFL)
class Stop:
    def find_spec(self, name, *_):
        if name == {module!r}:
            os.kill(os.getpid(), signal.{name})
            import time; time.sleep(5)
sys.meta_path.insert(0, Stop())
sys.argv = ["zonegap", "threshold"]
from zonegap.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    # before the words are read nothing but that is said
    want = {said, "stopped"} if module == "typer" else {said if "pipeline" in module else "stopped"}
    assert done.returncode == 128 + getattr(signal, name)
    assert done.stderr.strip() in want


@posix
def test_stopped_within_exec(tmp_path: Path) -> None:
    """Python would end as by Ctrl+C, whatever exit code is asked for."""
    (tmp_path / "sitecustomize.py").write_text("""
import logging, sys  # a later exec would undo it
class Stop:
    def find_spec(self, name, *_):
        if name == "zonegap.command.app":
            exec("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
sys.meta_path.insert(0, Stop())
""")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)])
    done = zonegap("gdp", PYTHONPATH=path)
    assert (done.returncode, done.stderr) == (143, "stopped\n")


@posix
def test_a_stop_that_python_ignores_while_libraries_are_read(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("""
import os, signal, sys
class Stop:
    def find_spec(self, name, *_):
        if name == "zonegap.command.app":
            try:
                os.kill(os.getpid(), signal.SIGHUP)
            except KeyboardInterrupt:
                pass
sys.meta_path.insert(0, Stop())
""")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)])
    done = zonegap("gdp", PYTHONPATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (129, "", "stopped\n")


@posix
def test_what_nohup_ignores_stays_ignored(tmp_path: Path) -> None:
    code = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
import zones.study
read = zones.study.read_study
def hung_up(file):
    os.kill(os.getpid(), signal.SIGHUP)
    return read(file)
zones.study.read_study = hung_up
sys.argv = ["zonegap", "gdp"]
from zonegap.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@posix
@pytest.mark.parametrize("fault", [ImportError("cut"), SystemError("cut"), SystemExit(7)])
def test_a_library_that_hides_the_stop_does_not_hide_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def hide(*_: object, **__: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            raise fault from None

    monkeypatch.setattr("zones.pipeline.run_study", hide)
    before = [signal.getsignal(number) for number in SIGNALS]
    try:
        assert run("threshold") == (143, "stopped by the signal SIGTERM\n")
    finally:
        logging.disable(logging.NOTSET)
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


@posix
def test_nobody_reads_the_output(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    for arguments in (["gdp"], ["data"], ["distance"], ["--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "zonegap", *arguments],
            stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        assert done.returncode in ((1, 141) if arguments == ["--help"] else (141,)), arguments
    os.close(writer)


@posix
def test_nobody_hears_the_messages(tmp_path: Path) -> None:
    """A terminal that is gone or a log on a full disk takes nothing from the result."""
    if not Path("/dev/full").exists():
        pytest.skip("no such device")
    (tmp_path / "a.csv").write_text("地址,x\n杭州市滨江区,1\n", encoding="utf-8")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zonegap", "geocode", "a.csv", "--out", "-"],
            stdout=subprocess.PIPE, stderr=full, cwd=tmp_path, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 2)


@posix
def test_the_first_line_of_the_tables_is_enough(tmp_path: Path) -> None:
    line = f"{sys.executable} -m zonegap data --json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


@posix
def test_a_closed_or_full_output_is_said(tmp_path: Path) -> None:
    command = f"{sys.executable} -m zonegap gdp"
    done = subprocess.run(
        ["bash", "-c", f"{command} >&-"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "zonegap: standard output is closed\n")
    if Path("/dev/full").exists():
        done = subprocess.run(
            ["bash", "-c", f"{command} > /dev/full"], capture_output=True, text=True, check=False
        )
        said = "zonegap: standard output: No space left on device\n"
        assert (done.returncode, done.stderr) == (1, said)
    done = subprocess.run(
        ["bash", "-c", f"{command} 2>&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0


# ---- study files


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"[distance]\nthresholds_km = [1{'0' * 5000}]", "s.toml: "),
        (f"[distance]\nthresholds_km = [1{'0' * 400}]", "accepted: list of numbers"),
        (f"[geocode]\nyear = 1{'0' * 400}", "accepted: "),
        (f"[distance]\nthresholds_km = {'[' * 5000}{']' * 5000}", "too deep to be read"),
        ('[output]\nfolder = "a\\u0000b"', "accepted: path"),
        ('[hubs]\nfile = "a\\u0000b"', "accepted: path"),
        ("[distance]\nthresholds_km = [nan]", "accepted: numbers of at least 0"),
        (
            f"[distance]\nthresholds_km = {list(range(3000))}",
            f"3000; accepted: at most {MOST_THRESHOLDS} thresholds",
        ),
    ],
)
def test_odd_study_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        read_study(path)
    assert message in str(raised.value)
    assert len(str(raised.value)) < 1000


def test_many_thresholds_are_columns_at_once(recwarn: pytest.WarningsRecorder) -> None:
    from zones.pipeline import run_study

    zones = run_study(Study(thresholds_km=tuple(map(float, range(MOST_THRESHOLDS))))).zones
    assert sum(column.startswith("beyond_") for column in zones) == MOST_THRESHOLDS
    assert [w for w in recwarn if issubclass(w.category, pd.errors.PerformanceWarning)] == []


# ---- boundaries, tiles


RING = '{"type":"Polygon","coordinates":[[[100,30],[110,30],[110,35]]]}'


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.geojson", RING, "cannot be read"),
        ("a.geojson", '{"type":"LineString","coordinates":[[NaN,30],[110,30]]}', ""),
        ("a.geojson", '{"type":"LineString","coordinates":[[1e308,1e308],[110,30]]}', "Earth"),
        ("a.geojson", '{"type":"LineString","coordinates":[[30,100],[31,110]]}', "Earth"),
        ("a.geojson", "<OGRVRTDataSource></OGRVRTDataSource>", "no file of such a kind"),
        ("a.vrt", "<OGRVRTDataSource></OGRVRTDataSource>", "no file of such a kind"),
        ("a.kml", "<kml></kml>", "accepted: a file of lines or areas: GeoJSON, GeoPackage, S"),
        ("a.gpkg", RING, "no file of such a kind"),
        ("a.parquet", RING, "cannot be read"),
    ],
)
def test_damaged_boundaries_are_named(
    tmp_path: Path, name: str, text: str, message: str, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as raised:
        file_outlines(tmp_path / name, "x")
    assert str(raised.value).startswith(f"{tmp_path / name}: ")
    assert message in str(raised.value)
    assert list(recwarn) == []


def test_no_path_of_gdals_own_is_opened() -> None:
    for path in ("/vsicurl/http://127.0.0.1:9/a.geojson", "/vsimem/a.geojson"):
        with pytest.raises(DataFileError, match="no such file"):
            file_outlines(Path(path), "x")


def test_boundaries_of_a_system_of_their_own(tmp_path: Path) -> None:
    import geopandas as gpd
    from shapely import LineString

    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    frame = gpd.GeoDataFrame(geometry=[LineString([(1, 1), (2, 2)])], crs=local)
    frame.to_file(tmp_path / "a.gpkg", engine="pyogrio")
    with pytest.raises(DataFileError, match="(has no way to WGS-84|coordinate system)"):
        file_outlines(tmp_path / "a.gpkg", "x")


def test_lines_far_from_china_are_said(tmp_path: Path) -> None:
    line = '{"type":"LineString","coordinates":[[30,40],[31,80]]}'
    (tmp_path / "a.geojson").write_text(line, encoding="utf-8")
    caution = file_outlines(tmp_path / "a.geojson", "x").caution
    assert caution is not None
    assert "longitude and latitude exchanged" in str(caution)
    near = '{"type":"LineString","coordinates":[[100,30],[110,35]]}'
    (tmp_path / "a.geojson").write_text(near, encoding="utf-8")
    assert file_outlines(tmp_path / "a.geojson", "x").caution is None


def test_geoparquet_lines_are_read(tmp_path: Path) -> None:
    import geopandas as gpd
    from shapely import LineString

    frame = gpd.GeoDataFrame(geometry=[LineString([(100, 30), (110, 35)])], crs="EPSG:4326")
    frame.to_parquet(tmp_path / "a.parquet")
    assert file_outlines(tmp_path / "a.parquet", "x").lines.length > 1
    pq.write_table(pa.table({"a": [1]}), tmp_path / "b.parquet")
    with pytest.raises(DataFileError):
        file_outlines(tmp_path / "b.parquet", "x")


@pytest.mark.parametrize("url", ["https://[::1/{x}{y}{z}", "https://[v]/{x}{y}{z}", "http:///{x}"])
def test_broken_tile_addresses_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="accepted: tianditu, amap, or a URL"):
        tile_source(url)


# ---- text stays text


TYPES = "名称,省份,面积(公顷),类型\n西安高新技术产业开发区,陕西省,2235,{}\n昆山,江苏省,1000,{}\n"


def test_long_types_are_cut_and_a_dollar_is_one(tmp_path: Path) -> None:
    from maps.figures.bars import type_figure
    from maps.figures.files import own_style, save_figure
    from maps.figures.sheet import CUT, PLAIN
    from zones.pipeline import run_study
    from zones.report.gap_tables import type_table

    (tmp_path / "z.csv").write_text(TYPES.format("x" * 90, r"$\frac$"), encoding="utf-8")
    result = run_study(Study(zones_table=tmp_path / "z.csv"))
    figure = type_figure(type_table(result), result.study, own_style(result, PLAIN))
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert sorted(label.endswith(CUT) for label in labels) == [False, True]
    assert r"$\frac$" in labels
    for kind in ("svg", "pdf", "png"):
        save_figure(figure, tmp_path / f"f.{kind}")


def test_a_font_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from geodata.errors import FontError
    from maps.figures import fonts

    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(fonts, "_path", lambda family: str(broken))
    fonts.characters.cache_clear()
    with pytest.raises(FontError, match="font 'Broken': cannot be read"):
        fonts.characters("Broken")
    with pytest.raises(FontError, match="no font with Chinese characters"):
        fonts.figure_font("zh")
    fonts.characters.cache_clear()


def odd_table(result: object) -> ReportTable:
    from dataclasses import replace

    table = report_table("provinces", result)  # type: ignore[arg-type]
    frame = table.frame.head(3).copy()
    frame["province"] = ["[1em]试验", "*星号", "杭州\x0b\ufffe示例\uffff"]
    notes = ("<img src=x onerror=alert(1)>, [链接](javascript:alert(1)), `a` *b*\x0b",)
    return replace(table, frame=frame, notes=notes)


def test_no_row_of_a_tex_table_is_an_argument_of_the_one_before(result: object) -> None:
    text = to_tex(odd_table(result))
    assert "\\\\\n[" not in text
    assert "{}[1em]试验 &" in text
    assert "{}*星号 &" in text
    assert "\x0b" not in text


def test_notes_of_markdown_hold_no_markup(result: object) -> None:
    text = to_markdown(odd_table(result))
    note = text.rstrip().splitlines()[-1]
    assert note.startswith("- &lt;img src=x onerror=alert(1)&gt;, \\[链接\\](javascript:alert(1))")
    assert "\\`a\\` \\*b\\*" in note


def test_word_takes_what_xml_cannot_hold(tmp_path: Path, result: object) -> None:
    import docx

    write_docx([odd_table(result)], tmp_path / "t.docx")
    document = docx.Document(io.BytesIO((tmp_path / "t.docx").read_bytes()))
    assert document.tables[0].cell(3, 0).text == "杭州示例"


def test_control_characters_of_a_hub_go_through_the_command(run: Run) -> None:
    head = "hub,province,lon,lat,datum\n"
    Path("h.csv").write_text(
        f"{head}杭州\x0b示例,浙江省,120.1,30.2,WGS-84\n宁波\uffff,浙江省,121.5,29.8,WGS-84\n",
        encoding="utf-8",
    )
    assert run("tables", "--hubs-file", "h.csv", "--formats", "docx", "--out", "t")[0] == 0


def test_the_command_line_says_no_traceback_anywhere(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text("x", encoding="utf-8")
    done = zonegap("map", "--zones", "z.csv", "--tiles", "https://[::1/{x}{y}{z}", cwd=tmp_path,
                   PYTHONPATH=str(Path.cwd()))  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)

"""What stands where an output goes -> what happens to it; the page of the outputs says the same."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers import zonegap
from tests.test_outputs import tree
from tests.test_point_tables import make_parts
from zonegap.command.app import main

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kinds of files that others lack")

ADDRESSES = "地址,联系电话,备注\n杭州市滨江区示例路1号,+86-571-0000,-\n"
MINE = "mine\n"
REPLACED, REFUSED, FORCED, THROUGH = "replaced", "refused", "with --force", "written through"


@dataclass(frozen=True)
class Kind:
    """A kind of target, and what happens.

    Attributes
    ----------
    make
        Puts it at a path, in the folder of the inputs.
    outcome
        `REPLACED`, `REFUSED` (with ``--force``, too), `FORCED` (refused without it), `THROUGH`.
    code, said
        Exit code of a refusal and a part of its sentence.
    """

    make: Callable[[Path], object]
    outcome: str
    code: int = 0
    said: str = ""


def _earlier_result(path: Path) -> None:
    assert zonegap(*LINE, str(path), cwd=path.parent).returncode == 0


def _changed_result(path: Path) -> None:
    import hashlib
    import json

    path.write_text(MINE, encoding="utf-8")
    digest = hashlib.sha256(b"as it was").hexdigest()
    about = {"outputs": {path.name: digest}}
    path.with_name("manifest.json").write_text(json.dumps(about), encoding="utf-8")


def _mode(mode: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_text(MINE, encoding="utf-8")
        path.chmod(mode)

    return make


def _foreign(path: Path) -> None:
    path.write_text(MINE, encoding="utf-8")


def _link_to(name: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(name)


def _link_to_foreign(path: Path) -> None:
    path.with_name("real.csv").write_text(MINE, encoding="utf-8")
    path.symlink_to("real.csv")


def _socket(path: Path) -> None:
    import socket

    here = Path.cwd()
    os.chdir(path.parent)  # a socket's whole path may have 107 signs only
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


LINE = ("geocode", "addresses.csv", "--column", "地址", "--out")
ITSELF = "is the input itself; accepted: another file"
KINDS = {
    "nothing": Kind(lambda path: None, REPLACED),
    "an empty file": Kind(lambda path: path.touch(), REPLACED),
    "an earlier result": Kind(_earlier_result, REPLACED),
    "a file of somebody else": Kind(_foreign, FORCED, 2, "is no earlier result of zonegap"),
    "a result that was changed": Kind(_changed_result, FORCED, 2, "was changed after zonegap wrote"),
    "a write-protected file": Kind(_mode(0o444), FORCED, 2, "is write-protected"),
    "the input": Kind(lambda path: path.hardlink_to(path.with_name("addresses.csv")), REFUSED, 2,
                      ITSELF),
    "a link to the input": Kind(_link_to("addresses.csv"), REFUSED, 2, ITSELF),
    "a link to a file of somebody else": Kind(_link_to_foreign, FORCED, 2, "is no earlier result"),
    "a link to a file not there yet": Kind(_link_to("real.csv"), REPLACED),
    "a link into a folder that is not there": Kind(_link_to("gone/o.csv"), REFUSED, 1,
                                                   "whose folder is not there"),
    "a link to itself": Kind(_link_to("o.csv"), REFUSED, 1, "a link that leads to itself"),
    "a folder": Kind(lambda path: path.mkdir(), REFUSED, 2, "a folder has this name"),
    "a socket": Kind(_socket, REFUSED, 2, "is no regular file"),
    "a named pipe": Kind(os.mkfifo, THROUGH),
    "a link to a device": Kind(_link_to("/dev/null"), THROUGH),
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Give a function that runs the command in a folder with its input."""
    monkeypatch.chdir(tmp_path)
    Path("addresses.csv").write_text(ADDRESSES, encoding="utf-8")

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["zonegap", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().err

    return command


def _states(folder: Path) -> dict[str, object]:
    """Return what each path is: its kind with the link's end, its mode, its text."""
    found: dict[str, object] = {}
    for path in sorted(folder.iterdir()):
        about = path.lstat()
        text = path.read_bytes() if stat.S_ISREG(about.st_mode) else b""
        end = str(path.readlink()) if path.is_symlink() else ""
        found[path.name] = (about.st_mode, about.st_ino, end, text)
    return found


@pytest.mark.parametrize("name", KINDS)
def test_a_target_is_replaced_refused_or_written_through(run, tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    place = tmp_path / "o.csv"
    kind.make(place)
    before = _states(tmp_path)
    if kind.outcome == THROUGH:
        _is_written_through(run, place)
        assert _states(tmp_path) == before
        return
    code, said = run(*LINE, "o.csv")
    if kind.outcome != REPLACED:
        assert (code, kind.said in said, said.count("\n")) == (kind.code, True, 1), said
        assert _states(tmp_path) == before
        code, said = run(*LINE, "o.csv", "--force")
    if kind.outcome == REFUSED:
        assert (code, kind.said in said) == (kind.code, True), said
        assert _states(tmp_path) == before
        return
    assert code == 0, said
    text = place.read_text(encoding="utf-8-sig")
    assert text.startswith("地址,lon,lat")
    after = _states(tmp_path)
    assert after["addresses.csv"] == before["addresses.csv"]
    if "o.csv" in before:  # what it is and its mode stay
        assert after["o.csv"][0] == before["o.csv"][0]  # type: ignore[index]
    assert not [each for each in after if each.startswith(".zonegap-")]


def _is_written_through(run, place: Path) -> None:
    if place.is_symlink():
        assert run(*LINE, "o.csv")[0] == 0
        return
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(place.read_text(encoding="utf-8")))
    reader.start()
    assert run(*LINE, "o.csv")[0] == 0
    reader.join(20)
    assert got[0].startswith("地址,lon,lat")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (("run",), 2, "here: is no folder; accepted: a folder"),
        (("tables",), 2, "here: is no folder"),
        (("figures",), 2, "here: is no folder"),
        (("distance", "parts", "--datum", "WGS-84"), 2, "here: is no folder"),
    ],
)
def test_a_file_where_a_folder_goes_is_refused_before_the_work(
    run, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], code: int, said: str
) -> None:
    make_parts(Path("parts"), 1, 5)
    Path("here").write_text(MINE, encoding="utf-8")
    monkeypatch.setattr("zones.pipeline.run_study", None)
    monkeypatch.setattr("zones.points.parts.measure_once", None)
    for force in (), ("--force",):
        assert run(*line, "--out", "here", *force)[0] == code
    assert said in run(*line, "--out", "here")[1]
    assert Path("here").read_text(encoding="utf-8") == MINE


# ---- what once lost files or hung


def test_none_and_telephone_numbers_stay_as_they_are(run) -> None:
    assert run(*LINE, "o.csv", "--keep", "all")[0] == 0
    found = pd.read_csv("o.csv", dtype=str, keep_default_na=False)
    assert found.loc[0, ["联系电话", "备注"]].tolist() == ["+86-571-0000", "-"]


def test_two_runs_into_one_folder_of_parts_leave_each_other_alone(tmp_path: Path) -> None:
    import subprocess
    import sys

    for name in ("a", "b"):
        make_parts(tmp_path / name, 3, 60_000)
        for part in (tmp_path / name).iterdir():
            part.rename(part.with_name(f"{name}-{part.name}"))
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "zonegap", "distance", name, "--datum", "WGS-84", "--out", "o"],
            cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        )
        for name in ("a", "b")
    ]  # fmt: skip
    said = [one.communicate()[1] for one in runs]
    assert [one.returncode for one in runs] == [0, 0], said
    names = {name for name in tree(tmp_path / "o") if name.endswith(".parquet")}
    assert names == {f"{run}-part-00{n}.parquet" for run in "ab" for n in range(3)}
    assert not list((tmp_path / "o").glob(".zonegap-*"))


def test_cases_that_had_no_end_have_one(run) -> None:
    head = "开发区名称,省份,面积(公顷)\n"
    Path("digits.csv").write_text(f"{head}西安,陕西省,{'1' * 131_000}x\n", encoding="utf-8")
    code, said = run("distance", "--zones", "digits.csv")
    assert (code, len(said) < 2000) == (3, True)
    Path("faulty.csv").write_text(head + "西安,火星,x\n" * 30_000, encoding="utf-8")
    code, said = run("distance", "--zones", "faulty.csv")
    assert (code, said.count("\n") < 30) == (3, True)


def test_long_types_open_rings_and_markup_go_through_the_commands(run) -> None:
    Path("types.csv").write_text(
        "名称,省份,面积(公顷),类型\n"
        f"西安高新技术产业开发区,陕西省,2235,{'示' * 60}\n昆山经济技术开发区,江苏省,1000,$\\frac$\n",
        encoding="utf-8",
    )
    assert run("figures", "--zones", "types.csv", "--out", "f")[0] == 0
    ring = '{"type":"Polygon","coordinates":[[[100,20],[120,40],[120,20]]]}'
    Path("ring.geojson").write_text(ring, encoding="utf-8")
    line = ("map", "--zones", "types.csv", "--boundary-credit", "x", "--out", "m.html")
    code, said = run(*line, "--boundaries", "ring.geojson")
    assert (code, said.startswith("zonegap: ring.geojson: ")) == (3, True)
    far = '{"type":"LineString","coordinates":[[30,40],[31,80]]}'
    Path("far.geojson").write_text(far, encoding="utf-8")
    code, said = run(*line, "--boundaries", "far.geojson")
    assert (code, "longitude and latitude exchanged" in said) == (0, True)
    Path("markup.csv").write_text(
        "name,province\n西安高新技术产业开发区,陕西省\n"
        "<img src=x onerror=alert(1)>,\n[链接](javascript:alert(1)),\n",
        encoding="utf-8",
    )
    assert run("tables", "--zones", "markup.csv", "--formats", "md", "--out", "t")[0] == 0
    text = Path("t/tables.md").read_text(encoding="utf-8")
    assert "<img" not in text
    assert "[链接](" not in text

"""Outputs are all new or all old, whatever ends the run; one run a folder; CSV is never a formula."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import DataFileError, ZonegapError
from geodata.registry import sha256
from tests.test_outputs import tree
from zones.report.provenance import (
    recorded_outputs,
    staged_with_manifest,
    unchanged_leftovers,
)
from zones.writing import claimed, csv_text, staged, write_atomic, write_csv


def test_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("old")

    def fail() -> None:
        with staged(tmp_path) as stage:
            stage.mkdir()
            (stage / "keep.txt").write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert tree(tmp_path) == {"keep.txt": b"old"}


@pytest.mark.parametrize("stuck", range(4))
def test_a_file_that_cannot_be_moved_leaves_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stuck: int
) -> None:
    """The n-th move fails, as when a file is open in another program."""
    for name in ("a.csv", "b.csv", "manifest.json"):
        (tmp_path / name).write_text("old")
    before, replace, calls = tree(tmp_path), Path.replace, iter(range(100))

    def move(self: Path, target: Path) -> Path:
        if next(calls) == stuck:
            raise PermissionError(13, "in use")
        return replace(self, target)

    def write() -> None:
        with staged(tmp_path) as stage:
            (stage / "tables").mkdir(parents=True)
            for name in ("a.csv", "b.csv", "tables/c.csv", "manifest.json"):
                (stage / name).write_text("new")

    monkeypatch.setattr(Path, "replace", move)
    with pytest.raises(DataFileError, match=r"cannot be replaced \(in use\)"):
        write()
    assert tree(tmp_path) == before


def test_the_manifest_moves_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved, replace = [], Path.replace

    def move(self: Path, target: Path) -> Path:
        moved.append(target.name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", move)
    with staged(tmp_path) as stage:
        stage.mkdir()
        for name in ("manifest.json", "map.html", "zones.csv"):
            (stage / name).write_text("new")
    assert moved == ["map.html", "zones.csv", "manifest.json"]


def test_a_folder_without_leave_to_write_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    for folder in (tmp_path, tmp_path / "new" / "deep"):
        with (
            pytest.raises(ZonegapError, match=f"^{re.escape(str(tmp_path))}: nothing can be writ"),
            staged(folder),
        ):
            raise AssertionError
    assert list(tmp_path.iterdir()) == []


def test_failure_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), staged(tmp_path / "out"):
        raise RuntimeError
    assert not (tmp_path / "out").exists()


def test_files_of_other_names_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with staged(tmp_path) as stage:
        (stage / "tables").mkdir(parents=True)
        (stage / "tables" / "a.csv").write_text("a")
    assert tree(tmp_path) == {"mine.txt": b"mine", "tables/a.csv": b"a"}
    write_atomic(tmp_path / "tables" / "a.csv", "b\n")
    assert tree(tmp_path)["tables/a.csv"] == b"b\n"


def test_interrupted_while_moving_leaves_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("old")
    before, replace, calls = tree(tmp_path), Path.replace, iter(range(100))

    def move(self: Path, target: Path) -> Path:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", move)

    def write() -> None:
        with staged(tmp_path) as stage:
            stage.mkdir()
            for name in ("a.csv", "b.csv"):
                (stage / name).write_text("new")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert tree(tmp_path) == before


KILLED = """
import os, sys
from pathlib import Path
from zones.writing import staged
folder, at = Path(sys.argv[1]), int(sys.argv[2])
replace, calls = Path.replace, iter(range(100))
def move(self, target):
    if next(calls) == at:
        os.kill(os.getpid(), 9)
    return replace(self, target)
Path.replace = move
with staged(folder) as stage:
    stage.mkdir()
    if at < 0:
        os.kill(os.getpid(), 9)
    for name in ("a.csv", "b.csv", "manifest.json"):
        (stage / name).write_text("new")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
@pytest.mark.parametrize("at", [-1, 0, 1, 2])
def test_a_killed_run_is_finished_or_forgotten_by_the_next(tmp_path: Path, at: int) -> None:
    names = ("a.csv", "b.csv", "manifest.json")
    for name in names:
        (tmp_path / name).write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(at)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert all((tmp_path / name).exists() for name in names)
    write_atomic(tmp_path / "other.csv", "x")
    expected = b"old" if at < 0 else b"new"
    assert tree(tmp_path) == dict.fromkeys(names, expected) | {"other.csv": b"x"}


def test_a_second_run_into_the_folder_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from zones.writing import claimed\n"
        "with claimed(Path(sys.argv[1])): print('mine', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(ZonegapError, match="another run is writing here"), staged(tmp_path):
            raise AssertionError
        write_atomic(tmp_path / "a.csv", "x")  # a file of another name is another result
        (tmp_path / "a.csv").unlink()
        other.kill()
    # the claim ends with the process
    deadline = time.monotonic() + 5
    while True:
        try:
            with claimed(tmp_path), claimed(tmp_path):  # again inside is no other run
                break
        except ZonegapError:
            assert time.monotonic() < deadline
    assert list(tmp_path.iterdir()) == []


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\x00")), min_size=1
    )
)
def test_text_cells_come_back_and_never_start_a_formula(cells: list[str]) -> None:
    frame = pd.DataFrame({"name": cells})
    back = pd.read_csv(io.StringIO(csv_text(frame)), dtype=str, keep_default_na=False,
                       skip_blank_lines=False)  # fmt: skip
    for before, after in zip(cells, back["name"], strict=True):
        assert after in (before, f"'{before}")
        if after[:1] in tuple("=+-@\t") and not re.fullmatch(r"[-+]+|\+\d[\d ()-]*", after, re.A):
            float(after)


@pytest.mark.parametrize("cell", ["=1+1", "+86+10", "@SUM(A1)", "\tx", "-cmd|' /C calc'!A0", "=-2"])
def test_formulas_get_an_apostrophe(cell: str) -> None:
    table = pd.read_csv(io.StringIO(csv_text(pd.DataFrame({cell: [cell]}))), dtype=str)
    assert table.columns.tolist() == [f"'{cell}"]
    assert table.iloc[0, 0] == f"'{cell}"


@pytest.mark.parametrize("cell", ["-", "--", "+", "+86-571-0000", "+86 (571) 0000", "-0.5"])
def test_a_dash_and_a_telephone_number_are_no_formulas(cell: str) -> None:
    assert csv_text(pd.DataFrame({"a": [cell]}), newline="\n") == f"a\n{cell}\n"


def test_a_table_written_in_blocks_is_the_same_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame({"a": ["=1", "b", None, "-x", "-1"], "b": [1.5, -2.0, 3.0, None, 5.0]})
    monkeypatch.setattr("zones.writing.ROWS_AT_ONCE", 2)
    write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode("utf-8-sig") == csv_text(frame)
    write_csv(frame.iloc[:0], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "a,b\n"


def test_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"x": [-1.5, 2.0], "text": ["-5.2", "+1e3"]})
    assert csv_text(frame, newline="\n") == "x,text\n-1.5,-5.2\n2.0,+1e3\n"


def test_a_folder_of_the_name_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "table.csv"
    folder.mkdir()
    (folder / "precious.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(DataFileError, match=r"table.csv: cannot be replaced \(a folder has this"):
        write_atomic(folder, "text")
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
    assert (folder / "precious.txt").read_text(encoding="utf-8") == "kept"


RECORDED = {"map.html": "0a", "tables/a.csv": "1b", "tables/b.csv": "2c"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "tables").mkdir(parents=True)
    for name in RECORDED:
        (folder / name).write_text("old")
    about = {"outputs": RECORDED, "warnings": ["first"]}
    (folder / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def write(folder: Path, home: Path, names: tuple[str, ...] = ("a.csv", "c.csv")) -> None:
    with staged_with_manifest(folder, home, "tables") as stage:
        stage.mkdir(parents=True, exist_ok=True)
        for name in names:
            (stage / name).write_text("new")


def test_the_manifest_forgets_what_was_written_again(out: Path) -> None:
    write(out / "tables", out)
    assert recorded_outputs(out) == {"map.html": "0a", "tables/b.csv": "2c"}
    about = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert about["warnings"] == ["first", "written again by `zonegap tables`: tables/a.csv"]
    files = {name: (out / name).read_text() for name in (*RECORDED, "tables/c.csv")}
    assert files == {
        "map.html": "old", "tables/a.csv": "new", "tables/b.csv": "old", "tables/c.csv": "new"
    }  # fmt: skip
    write(out, out, ("map.html",))
    assert recorded_outputs(out) == {"tables/b.csv": "2c"}
    write(out / "tables", out, ("b.csv", "SOURCES.md"))
    said = out / "tables" / "SOURCES.md"
    assert recorded_outputs(out) == {"tables/SOURCES.md": sha256(said)}
    assert unchanged_leftovers(out, recorded_outputs(out), set()) == [said]


@pytest.mark.parametrize("stuck", range(3))
def test_a_move_that_fails_leaves_files_and_manifest(
    out: Path, monkeypatch: pytest.MonkeyPatch, stuck: int
) -> None:
    before, replace, calls = tree(out), Path.replace, iter(range(100))

    def move(self: Path, target: Path) -> Path:
        if next(calls) == stuck:
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", move)
    with pytest.raises(DataFileError, match="All outputs are as they were"):
        write(out / "tables", out)
    assert tree(out) == before


def test_nothing_is_written_while_a_run_has_the_folder(out: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from zones.writing import claimed\n"
        "with claimed(Path(sys.argv[1])): print('mine', flush=True); sys.stdin.read()"
    )
    before = tree(out)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(out)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        assert run.stdout.readline() == "mine\n"
        with pytest.raises(ZonegapError, match="another run is writing here"):
            write(out / "tables", out)
    assert tree(out) == before


@pytest.mark.parametrize("text", ['{"name": "a web page\'s own manifest"}', "[]", "no JSON", None])
def test_a_manifest_of_something_else_stays(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    before = tree(tmp_path)
    write(tmp_path / "tables", tmp_path)
    assert tree(tmp_path) == before | {"tables/a.csv": b"new", "tables/c.csv": b"new"}


@pytest.mark.parametrize(("cwd", "folder"), [("tables/x", ".."), ("tables", "."), (".", "tables")])
def test_a_folder_may_be_named_in_any_way(
    out: Path, monkeypatch: pytest.MonkeyPatch, cwd: str, folder: str
) -> None:
    (out / cwd).mkdir(exist_ok=True)
    monkeypatch.chdir(out / cwd)
    write(Path(folder), Path(folder).resolve().parent)
    assert (out / "tables" / "a.csv").read_text() == "new"
    assert "tables/a.csv" not in recorded_outputs(out)

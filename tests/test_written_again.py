"""A command that writes over files of a run: files and manifest change together or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.errors import DataFileError, ZonegapError
from tests.test_outputs import tree
from zones.report.provenance import recorded_outputs, staged_with_manifest

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

"""What differs on Windows: files open in another program, names of one folder in two spellings."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.errors import DataFileError
from tests.test_house import FILES, imported
from tests.test_outputs import tree
from zones.pipeline import StudyResult
from zones.report.files import write_run
from zones.writing import _lock_file, staged


def write(folder: Path, text: str, *names: str) -> None:
    with staged(folder) as stage:
        stage.mkdir()
        for name in names:
            (stage / name).write_text(text)


@pytest.fixture
def open_in_excel(monkeypatch: pytest.MonkeyPatch) -> str:
    """b.csv can neither be replaced nor removed, at the first try nor at any later one."""
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "b.csv" and "new" not in Path(target).parts:
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    return "b.csv"


def test_a_file_that_stays_open_leaves_all_as_it_was(tmp_path: Path, open_in_excel: str) -> None:
    names = ("a.csv", open_in_excel, "c.csv", "manifest.json")
    for name in names:
        (tmp_path / name).write_text("old")
    before = tree(tmp_path)
    with pytest.raises(DataFileError, match=r"b\.csv: cannot be replaced \(in use\)"):
        write(tmp_path, "new", *names)
    assert tree(tmp_path) == before


def test_a_stage_that_cannot_be_removed_is_not_finished_later(
    tmp_path: Path, open_in_excel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", open_in_excel):
        (tmp_path / name).write_text("old")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # a link in it is open, too
        with pytest.raises(DataFileError):
            write(tmp_path, "failed", "a.csv", open_in_excel)
    assert any(path.name.startswith(".zonegap-") for path in tmp_path.iterdir())
    monkeypatch.undo()
    write(tmp_path, "next", "c.csv")
    assert tree(tmp_path) == {"a.csv": b"old", "b.csv": b"old", "c.csv": b"next"}


def test_a_leftover_that_is_open_does_not_fail_the_run(
    result: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = replace(result.study, folder=tmp_path, formats=("md", "csv"), figures=())
    write_run(replace(result, study=study), "<html>")
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.name == "tables.md":
            raise PermissionError(13, "in use")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    less = replace(study, formats=("csv",))
    written = write_run(replace(result, study=less), "<html>")
    assert written.stuck == [tmp_path / "tables" / "tables.md"]
    assert tmp_path / "tables" / "tables.md" not in written.paths


def test_one_folder_in_two_spellings_has_one_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _lock_file(tmp_path / "Out", "") != _lock_file(tmp_path / "out", "")
    monkeypatch.setattr(os.path, "normcase", lambda path: str(path).lower())
    assert _lock_file(tmp_path / "Out", "") == _lock_file(tmp_path / "out", "")
    monkeypatch.delattr(os, "getuid")  # as on Windows
    assert _lock_file(tmp_path, "a.csv") is not None


def test_no_module_of_posix_alone_is_imported() -> None:
    posix = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        # a function that has returned on Windows before
        if 'sys.platform == "win32"' in text:
            text = text.partition('sys.platform == "win32"')[0]
            assert "fcntl" not in text, path
            continue
        assert not imported(path) & posix, path


def test_text_is_read_and_written_in_a_stated_encoding() -> None:
    """The default is the code page of the machine on Windows."""
    call = re.compile(r"\.(?:read_text|write_text)\(|(?<!os)(?<!archive)\.open\(|(?<![\w.])open\(")
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for found in call.finditer(text):
            if text[: found.end()].endswith("formatter.write_text("):
                continue  # of a help, into memory
            arguments = text[found.end() : text.index(")", found.end())]
            assert "encoding" in arguments or '"rb"' in arguments or '"wb"' in arguments, (
                path,
                arguments,
            )

"""Write outputs beside their place; they move there only when all of them are complete.

Tables go as CSV text that spreadsheets open as data, never as formulas; zip archives are equal
when their contents are: one date, one system, one order.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

import pandas as pd

from geodata.errors import DataFileError, ZonegapError, system_fault
from geodata.words import Message

ROWS_AT_ONCE = 100_000
BOM = "\ufeff"  # tells Excel that the file is UTF-8
# what makes Excel, WPS and LibreOffice read a cell as a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def csv_text(frame: pd.DataFrame, *, index: bool = False, newline: str = "\r\n") -> str:
    """Return a frame as CSV; text that would be a formula gets an apostrophe in front.

    Plain numbers stay numbers, negative ones too.

    Parameters
    ----------
    frame
        Text and numbers.
    index
        Write the index as the first column.
    newline
        Between the rows.
    """
    table = _without_formulas(frame.reset_index() if index else frame)
    return table.to_csv(index=False, lineterminator=newline)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as such CSV with the BOM, a block of rows at a time to spare memory."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        add_csv(frame, file)


def add_csv(
    frame: pd.DataFrame, file: TextIO, *, header: bool = True, newline: str = "\r\n"
) -> None:
    """Write a frame as such CSV behind what an open file holds, a block of rows at a time."""
    for start in range(0, max(len(frame), 1), ROWS_AT_ONCE):
        block = _without_formulas(frame.iloc[start : start + ROWS_AT_ONCE])
        block.to_csv(file, index=False, header=header and start == 0, lineterminator=newline)


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts and headings no spreadsheet takes for formulas."""
    safe = {}
    for position in range(frame.shape[1]):
        cells = frame.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(cells):
            risky = cells.astype(str).str.startswith(_FORMULA_STARTS)
            if risky.any():
                cells = cells.mask(risky, cells[risky].map(_as_text))
        safe[position] = cells
    out = pd.DataFrame(safe, index=frame.index)
    out.columns = pd.Index([_as_text(str(name)) for name in frame.columns])
    return out


def _as_text(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def write_fixed_zip(raw: io.BytesIO, path: Path) -> None:
    """Write an archive held in memory to a file, without its dates and its maker's system.

    Parameters
    ----------
    raw
        The archive, such as an Office document.
    path
        The file to write.
    """
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = zipfile.ZipInfo(name)
            part.create_system = 0
            new.writestr(part, old.read(name), zipfile.ZIP_DEFLATED)


# of the catalogue: what wants a date gets this one, so that equal contents are equal bytes
FIXED_DATE = datetime(2018, 2, 26)  # naive, as Word's core properties are
PREFIX = ".zonegap-"
COMPLETE = "complete"  # marks a stage whose files are all written: those still in it may be moved


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keep other runs of this machine out of a folder until the block ends.

    The claim ends with the process, however it ends. The same process may claim again inside.

    Raises
    ------
    ZonegapError
        When another run has the folder, or nothing can be written there.
    """
    from filelock import FileLock, Timeout

    there = next(p for p in (folder, *folder.absolute().parents) if p.exists())
    if not os.access(there, os.W_OK):  # said before the work, and by the folder's own name
        raise ZonegapError(
            Message("{folder}: nothing can be written here; choose another --out", folder=there)
        )
    lock = FileLock(_lock_file(folder), is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ZonegapError(
            Message(
                "{folder}: another run is writing here; wait for it, or choose another --out",
                folder=folder,
            )
        ) from None
    try:
        yield
    finally:
        lock.release()


def _lock_file(folder: Path) -> Path:
    """Return the lock of a folder; on Windows Out and out are one folder."""
    whole = os.path.normcase(folder.resolve())
    name = hashlib.sha256(whole.encode()).hexdigest()[:16]
    user = os.getuid() if hasattr(os, "getuid") else "user"
    # beside the folder it would be litter; a folder shared between machines is not guarded
    return Path(tempfile.gettempdir()) / f"zonegap-{user}-{name}.lock"


@contextmanager
def staged(folder: Path, last: str = "manifest.json") -> Iterator[Path]:
    """Give a temporary folder whose files move into `folder` when the block ends well.

    All or nothing: when the block fails, or a file cannot be moved (one is open in another
    program), `folder` is as it was. Files of other names stay. The file `last` moves last. A run
    killed while it moves leaves a stage marked complete; the next one finishes the move.

    Raises
    ------
    DataFileError
        When a file cannot be moved; names it.
    ZonegapError
        When another run is writing into the folder, or nothing can be written there.
    """
    made = not folder.exists()
    with claimed(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _recover(folder)
        stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        try:
            yield stage / "new"
            (stage / COMPLETE).touch()
            _move(stage / "new", folder, stage / "old", last)
        except BaseException:
            # what failed must not be finished later, should the stage be stuck (Windows)
            (stage / COMPLETE).unlink(missing_ok=True)
            raise
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            if made and not any(folder.iterdir()):
                folder.rmdir()


def _recover(folder: Path) -> None:
    """Clear the leftovers of a killed run: finish a move that had begun, remove everything else."""
    for stage in folder.glob(f"{PREFIX}*"):
        if hasattr(os, "getuid") and stage.stat().st_uid != os.getuid():
            continue  # another user's, perhaps at work
        if (stage / COMPLETE).exists():
            _move(stage / "new", folder, stage / "old", "manifest.json")
        shutil.rmtree(stage, ignore_errors=True)


def _move(new: Path, folder: Path, old: Path, last: str) -> None:
    """Move the new files into place, keeping the old ones; put them back when one cannot move."""
    names = [p.relative_to(new) for p in new.rglob("*") if p.is_file()]
    names.sort(key=lambda n: (n.as_posix() == last, n.as_posix()))
    moved: list[Path] = []
    name = Path()
    try:
        for name in names:
            for parent in (folder / name).parent, (old / name).parent:
                parent.mkdir(parents=True, exist_ok=True)
            moved.append(name)
            _keep(folder / name, old / name)
            (new / name).replace(folder / name)
    except BaseException as error:
        for done in reversed(moved):
            if not (new / done).exists():  # back to its stage, from where a later run could go on
                (folder / done).replace(new / done)
            # where it is still the same file nothing has moved, and an open one would not let us
            if (old / done).exists() and not _is_one_file(old / done, folder / done):
                (old / done).replace(folder / done)
        if not isinstance(error, OSError):
            raise
        raise DataFileError(
            Message(
                "{path}: cannot be replaced ({why}); is it open elsewhere? All outputs "
                "are as they were.",
                path=folder / name,
                why=system_fault(error),
            )
        ) from None


_FOLDER = Message("a folder has this name")


def _is_one_file(path: Path, other: Path) -> bool:
    return other.exists() and path.samefile(other)


def _keep(path: Path, aside: Path) -> None:
    """Keep the old file as a second link, so that it is never missing from its place."""
    if not path.exists():
        return
    if path.is_dir():  # whatever is in it must not go with it
        raise IsADirectoryError(errno.EISDIR, _FOLDER, str(path))
    try:
        aside.hardlink_to(path)
    except (OSError, NotImplementedError):  # a file system without links
        path.replace(aside)


def write_atomic(path: Path, text: str) -> None:
    """Write one text file in UTF-8 beside its place and move it there."""
    with staged(path.parent) as stage:
        stage.mkdir()
        (stage / path.name).write_text(text, encoding="utf-8", newline="")

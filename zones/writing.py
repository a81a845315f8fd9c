"""Where outputs may go, and how they get there: through here goes everything that is written.

`Guard` says what may not be replaced: an input, and whatever is no earlier result. `reserved` asks
it before the work and keeps other runs away. Files are written beside their place and move there
when all of them are complete (`staged`); pipes and devices are written through (`stream`).

Tables go as CSV text that spreadsheets open as data, never as formulas; zip archives are equal
when their contents are: one date, one system, one order.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO

from geodata.errors import DataFileError, UsageError, ZonegapError, system_fault
from geodata.registry import sha256
from geodata.words import Message

if TYPE_CHECKING:  # the command asks where to write before it needs a table
    import pandas as pd

ROWS_AT_ONCE = 100_000
BOM = "\ufeff"  # tells Excel that the file is UTF-8
# what makes Excel, WPS and LibreOffice read a cell as a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
# what begins so and is no formula: signs that say "none", and telephone numbers
_NO_FORMULA = re.compile(rf"{_NUMBER.pattern}|[-+]+|\+\d[\d ()-]*", re.ASCII)


def csv_text(frame: pd.DataFrame, *, index: bool = False, newline: str = "\r\n") -> str:
    """Return a frame as CSV; text that would be a formula gets an apostrophe in front.

    Plain numbers stay numbers, negative ones too; so do a dash and telephone numbers.

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
    write_csv_blocks([frame], path)


def write_csv_blocks(frames: Iterable[pd.DataFrame], path: Path) -> None:
    """Write frames of the same columns below each other as such CSV; one is held at a time."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        add_csv_blocks(frames, file)


def add_csv_blocks(frames: Iterable[pd.DataFrame], file: TextIO, *, newline: str = "\r\n") -> None:
    """Write frames as `write_csv_blocks` behind what an open file holds."""
    for number, frame in enumerate(frames):
        add_csv(frame, file, header=number == 0, newline=newline)


def add_csv(
    frame: pd.DataFrame, file: TextIO, *, header: bool = True, newline: str = "\r\n"
) -> None:
    """Write a frame as such CSV behind what an open file holds, a block of rows at a time."""
    for start in range(0, max(len(frame), 1), ROWS_AT_ONCE):
        block = _without_formulas(frame.iloc[start : start + ROWS_AT_ONCE])
        block.to_csv(file, index=False, header=header and start == 0, lineterminator=newline)


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts and headings no spreadsheet takes for formulas."""
    import pandas as pd

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
    risky = isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
    return f"'{cell}" if risky and not _NO_FORMULA.fullmatch(str(cell)) else cell


LONGEST_STATA_TEXT = 2045  # bytes of a plain text column; longer ones are Stata's strL


def write_dta(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as Stata's dta (version 118, UTF-8).

    Parameters
    ----------
    frame
        Numbers and texts; a name that Stata does not take gets _ for what it does not take.
    path
        The file to write.
    """
    import pandas as pd

    columns = {}
    for name in frame.columns:
        cells = frame[name]
        if not pd.api.types.is_numeric_dtype(cells):
            cells = cells.astype(str).astype(object)
        elif pd.api.types.is_extension_array_dtype(cells):  # numbers of which some are missing
            cells = cells.astype(float)
        columns[re.sub(r"[^0-9A-Za-z_]", "_", str(name))] = cells
    table = pd.DataFrame(columns)
    texts = [c for c in table if table[c].dtype == object]
    longest = {c: max((len(cell.encode()) for cell in table[c]), default=0) for c in texts}
    long = [c for c in texts if longest[c] > LONGEST_STATA_TEXT]
    table.to_stata(
        path, write_index=False, version=118, convert_strl=long, time_stamp=FIXED_DATE,
        data_label="zonegap",
    )  # fmt: skip


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


# what XML cannot hold, and with it Word: control characters, halves of pairs, no characters
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text without the characters that Word, XML and LaTeX cannot hold."""
    return _UNPRINTABLE.sub("", text)


# of the catalogue: what wants a date gets this one, so that equal contents are equal bytes
FIXED_DATE = datetime(2018, 2, 26)  # naive, as Word's core properties are
PREFIX = ".zonegap-"
UNFINISHED = f"{PREFIX}part-"  # of one file, beside others that are written
LOCK = "lock"  # in it: whether its owner lives
COMPLETE = "complete"  # marks a stage whose files are all written: those still in it may be moved
MANIFEST = "manifest.json"
SOURCES = "SOURCES.md"  # whose the files of a folder are
WHOLE_FOLDER = ""  # the name of what is written, where that is a folder's files


# ---- where an output may go

STDOUT = Path("-")  # of --out: standard output
_NAMES_OF_STDOUT = (STDOUT, Path("/dev/stdout"), Path("/dev/fd/1"), Path("/proc/self/fd/1"))
_FOLDER = Message("a folder has this name")
_OTHER_NAME = Message("accepted: another name, or --force to replace it")


def is_stream(out: Path) -> bool:
    """Whether an output is written through and not replaced.

    That are ``-`` and the system's other names of standard output, named pipes and character
    devices.
    """
    if out in _NAMES_OF_STDOUT:
        return True
    mode = _mode(out)
    return mode is not None and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode))


@contextmanager
def stream(out: Path) -> Iterator[TextIO]:
    """Give the open text of an output that `is_stream`."""
    if out in _NAMES_OF_STDOUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        yield file


def _mode(path: Path) -> int | None:
    """Return type and mode of what is at a path, links followed; None where nothing is."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def followed(path: Path) -> Path:
    """Return the place that a path leads to through all links.

    Raises
    ------
    ZonegapError
        For a link that leads to itself, or into a folder that is not there.
    """
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise ZonegapError(Message("{path}: a link that leads to itself", path=path))
    if path.is_symlink() and not real.parent.is_dir():
        raise ZonegapError(
            Message("{path}: a link to {real}, whose folder is not there", path=path, real=real)
        )
    return real


@dataclass(frozen=True)
class Guard:
    """What outputs of a command may not replace.

    Attributes
    ----------
    inputs
        Files that the command reads; those that are not there count for nothing.
    force
        Replace files that are no earlier result, too; inputs never.
    """

    inputs: tuple[Path, ...] = ()
    force: bool = False

    def check(self, path: Path) -> None:
        """Refuse a file to write that is an input, no regular file, or no earlier result.

        Links are followed, so that a second name of an input counts as the input. A file without
        content can be replaced, since nothing is lost.

        Raises
        ------
        UsageError
            When it is refused.
        ZonegapError
            As `followed`.
        """
        real = followed(path)
        mode = _mode(real)
        if mode is None:
            return
        self.check_input(path)
        if stat.S_ISDIR(mode):
            raise UsageError(Message("{path}: {fault}", path=path, fault=_FOLDER))
        if not stat.S_ISREG(mode):
            raise UsageError(Message("{path}: is no regular file; accepted: a file", path=path))
        if self.force or real.stat().st_size == 0:
            return
        if not mode & 0o222:
            raise UsageError(
                Message("{path}: is write-protected; {accepted}", path=path, accepted=_OTHER_NAME)
            )
        known = is_result(path)
        if known is None:
            raise UsageError(
                Message(
                    "{path}: is there and is no earlier result of zonegap; {accepted}",
                    path=path, accepted=_OTHER_NAME,
                )
            )  # fmt: skip
        if not known:
            raise UsageError(
                Message(
                    "{path}: was changed after zonegap wrote it; {accepted}",
                    path=path, accepted=_OTHER_NAME,
                )
            )  # fmt: skip

    def check_input(self, path: Path) -> None:
        """Refuse an output that is an input, by whatever name."""
        if any(_is_one_file(path, given) for given in self.inputs):
            raise UsageError(
                Message("--out: {out} is the input itself; accepted: another file", out=path)
            )


def recorded_outputs(folder: Path) -> dict[str, str]:
    """Return the outputs of the folder's manifest with their SHA-256; none without a manifest."""
    try:
        about = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in about["outputs"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return {}


def sources_beside(path: Path) -> Path:
    """Return where it stands whose a file is that has no folder of its own.

    Beside it there may be others, and files of the user's: so it goes by the file's own name.
    """
    return path.with_name(f"{path.stem}.{SOURCES}")


def is_result(path: Path) -> bool | None:
    """Whether a file is an earlier result as it was written, False where it was changed since.

    A result is what the manifest of its folder records, or of the folder above; what the
    SOURCES.md beside it names; and these two themselves. None for every other file.
    """
    real = followed(path)
    if real.name == MANIFEST:
        return True if recorded_outputs(real.parent) else None
    for folder in (real.parent, real.parent.parent):
        recorded = recorded_outputs(folder).get(real.relative_to(folder).as_posix())
        if recorded is not None:
            return sha256(real) == recorded
    if real.name.endswith(SOURCES):
        return True if _sources(real) else None
    # a link may have another name than what it leads to
    said = [_named(place) for each in (path, real)
            for place in (sources_beside(each), each.with_name(SOURCES))]  # fmt: skip
    return True if {path.name, real.name} & set().union(*said) else None


def _sources(path: Path) -> str:
    """Return the text of a SOURCES.md of ours, "" for any other file."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(1 << 20)
    except (OSError, ValueError):
        return ""
    return text if text.startswith("# ") and "zonegap" in text else ""


_ESCAPED = re.compile(r"\\([\[\]*`\\|])")


def _named(path: Path) -> set[str]:
    """Return the names of files in the headings of a SOURCES.md."""
    plain = _ESCAPED.sub(r"\1", _sources(path)).replace("&lt;", "<").replace("&gt;", ">")
    headings = [line.removeprefix("## ") for line in plain.splitlines() if line.startswith("## ")]
    return {name for text in headings for name in (text, *re.split(r", |、", text))}


# ---- one run a result


@contextmanager
def reserved(
    folder: Path, name: str = WHOLE_FOLDER, guard: Guard | None = None,
    outputs: Iterable[str] = (),
) -> Iterator[None]:  # fmt: skip
    """Reserve a result before the work: `claimed`, leftovers cleared, its files checked.

    Parameters
    ----------
    folder
        Where it goes.
    name
        Of the file that is written; all files of the folder without one.
    guard
        Refuses files that may not be replaced.
    outputs
        Names in the folder that will be written; those that are there are checked.

    Raises
    ------
    UsageError
        When one may not be replaced, or the folder is a file.
    ZonegapError
        As `claimed`.
    """
    with claimed(folder, name):
        if folder.is_dir():
            _recover(folder, name)
        for each in outputs if guard is not None else ():
            assert guard is not None
            guard.check(folder / each)
        yield


@contextmanager
def claimed(folder: Path, name: str = WHOLE_FOLDER) -> Iterator[None]:
    """Keep other runs from a result until the block ends: all files of a folder, or one of them.

    The claim ends with the process, however it ends. The same process may claim again inside.

    Raises
    ------
    UsageError
        When the folder is a file.
    ZonegapError
        When another run has the result, or nothing can be written there.
    """
    from filelock import FileLock, Timeout

    check_folder(folder)
    place = _lock_file(followed(folder), name)
    if place is None:
        yield
        return
    lock = FileLock(place, is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ZonegapError(
            Message(
                "{folder}: another run is writing here; wait for it, or choose another --out",
                folder=folder / name if name else folder,
            )
        ) from None
    except (OSError, NotImplementedError):  # a file system that knows no locks
        yield
        return
    try:
        yield
    finally:
        lock.release()


def check_folder(folder: Path) -> None:
    """Refuse a folder to write into that is none, or where nothing can be written.

    Raises
    ------
    UsageError
        When it, or one above it, is a file.
    ZonegapError
        When nothing can be written there.
    """
    real = followed(folder)
    there = next(p for p in (real, *real.parents) if p.exists())
    shown = folder if there == real else there
    if not there.is_dir():
        raise UsageError(Message("{path}: is no folder; accepted: a folder", path=shown))
    if not os.access(there, os.W_OK):
        raise ZonegapError(
            Message("{folder}: nothing can be written here; choose another --out", folder=shown)
        )


def _lock_file(folder: Path, name: str) -> Path | None:
    """Return the lock of a result; on Windows Out and out are one. None where none can be made.

    It lies in a folder of the user's own: beside the result it would be litter, and in a folder
    of all users another one could put a link in its place.
    """
    whole = os.path.normcase(followed(folder / name) if name else folder)
    # of a long digest so much that two results never share it
    digest = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    for own in _own_folders():
        try:
            own.mkdir(mode=0o700, parents=True, exist_ok=True)
            about = own.lstat()
        except OSError:
            continue
        mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
        if stat.S_ISDIR(about.st_mode) and mine and os.access(own, os.W_OK):
            return own / f"{digest}.lock"
    return None


def _own_folders() -> Iterator[Path]:
    """Give folders of the user's own for locks, best first: beside the cache, else temporary."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    with suppress(RuntimeError):  # no home is known
        home = Path.home()
        by_system = {"win32": home / "AppData" / "Local", "darwin": home / "Library" / "Caches"}
        said = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
        base = Path(said) if Path(said).is_absolute() else None
        yield (base or by_system.get(sys.platform, home / ".cache")) / "zonegap" / "locks"
    yield Path(tempfile.gettempdir()) / f"zonegap-{user}"


# ---- all or nothing


@contextmanager
def staged(
    folder: Path, last: str = MANIFEST, *, name: str = WHOLE_FOLDER, guard: Guard | None = None
) -> Iterator[Path]:
    """Give a temporary folder whose files move into `folder` when the block ends well.

    All or nothing: when the block fails, or a file cannot be moved (one is open in another
    program), `folder` is as it was. Files of other names stay. Links are followed, modes of
    replaced files kept. The file `last` moves last. A run killed while it moves leaves a stage
    marked complete; the next one finishes the move.

    Parameters
    ----------
    folder, last
        Where the files go, and the name of the last one.
    name
        As of `claimed`.
    guard
        Refuses files that may not be replaced, before the first one moves.

    Raises
    ------
    DataFileError
        When a file cannot be moved; names it.
    UsageError
        When one may not be replaced.
    ZonegapError
        When another run is writing into the folder, or nothing can be written there.
    """
    made = not folder.exists()
    with claimed(folder, name):
        folder.mkdir(parents=True, exist_ok=True)
        _recover(folder, name)
        stage = folder / _stage_prefix(name)  # until it is made
        try:
            stage = Path(tempfile.mkdtemp(prefix=_stage_prefix(name), dir=folder))
            yield stage / "new"
            for each in _files(stage / "new", last) if guard is not None else ():
                assert guard is not None
                guard.check(folder / each)
            (stage / COMPLETE).touch()
            _move(stage / "new", folder, stage / "old", last)
        except BaseException as error:
            # what failed must not be finished later, should the stage be stuck (Windows)
            (stage / COMPLETE).unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise _not_written(error, stage / "new", folder, name) from None
            raise
        finally:
            _remove(stage)
            if made and not any(folder.iterdir()):
                folder.rmdir()


def _remove(stage: Path) -> None:
    """Remove a stage, also when that is what a signal interrupts."""
    try:
        shutil.rmtree(stage, ignore_errors=True)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _not_written(error: OSError, new: Path, folder: Path, name: str) -> Exception:
    """Return a fault of the system while files are written, by the name the user knows."""
    if isinstance(error, BrokenPipeError):
        return error
    path = folder / name
    if error.filename is not None:
        given = Path(os.fsdecode(error.filename))
        if not given.is_relative_to(new):  # of an input, or of what a library looks for
            return error
        path = folder / given.relative_to(new)
    return ZonegapError(
        Message("{path}: cannot be written ({why})", path=path, why=system_fault(error))
    )


def _stage_prefix(name: str) -> str:
    """Return how the names of a result's stages begin: runs beside each other have their own."""
    if name == WHOLE_FOLDER:
        return f"{PREFIX}folder-"
    kept = os.path.normcase(name).encode("utf-8", "surrogateescape")
    return f"{PREFIX}{hashlib.sha256(kept).hexdigest()[:12]}-"


def _recover(folder: Path, name: str) -> None:
    """Clear what a killed run left of a result: finish a move that had begun, remove the rest."""
    if name != WHOLE_FOLDER and any(folder.glob(f"{_stage_prefix(WHOLE_FOLDER)}*")):
        # a run of all the files was killed, or is at work: then it has the folder
        with suppress(ZonegapError), claimed(folder):
            _recover(folder, WHOLE_FOLDER)
    for stage in folder.glob(f"{_stage_prefix(name)}*"):
        if hasattr(os, "getuid") and stage.stat().st_uid != os.getuid():
            continue  # another user's, perhaps at work
        if (stage / COMPLETE).exists():
            _move(stage / "new", folder, stage / "old", MANIFEST)
        shutil.rmtree(stage, ignore_errors=True)


def _files(new: Path, last: str) -> list[Path]:
    """Return the names of the files of a stage, `last` at the end."""
    names = [p.relative_to(new) for p in new.rglob("*") if p.is_file()]
    return sorted(names, key=lambda n: (n.as_posix() == last, n.as_posix()))


def _move(new: Path, folder: Path, old: Path, last: str) -> None:
    """Move the new files into place, keeping the old ones; put them back when one cannot move."""
    moved: list[tuple[Path, Path]] = []
    name = Path()
    try:
        for name in _files(new, last):
            place = followed(folder / name)
            for parent in place.parent, (old / name).parent:
                parent.mkdir(parents=True, exist_ok=True)
            moved.append((name, place))
            _keep(place, old / name)
            if place.exists():
                (new / name).chmod(stat.S_IMODE(place.stat().st_mode))
            move_over(new / name, place)
    except BaseException as error:
        for done, place in reversed(moved):
            if not (new / done).exists():  # back to its stage, from where a later run could go on
                move_over(place, new / done)
            # where it is still the same file nothing has moved, and an open one would not let us
            if (old / done).exists() and not _is_one_file(old / done, place):
                move_over(old / done, place)
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


def move_over(path: Path, place: Path) -> None:
    """Move a file over what is at its place, in one step: also through a link to another disk."""
    try:
        path.replace(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with unfinished(place.parent, place.name) as beside:
            shutil.copy2(path, beside)
            beside.replace(place)
        remove_unfinished(place.parent)
        path.unlink()


def _is_one_file(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):  # one of them is not there
        return False


def _keep(path: Path, aside: Path) -> None:
    """Keep the old file as a second link, so that it is never missing from its place."""
    if not path.exists():
        return
    if path.is_dir():  # whatever is in it must not go with it
        raise IsADirectoryError(errno.EISDIR, _FOLDER, str(path))
    try:
        aside.hardlink_to(path)
    except (OSError, NotImplementedError) as error:  # a file system without links
        if getattr(error, "errno", None) == errno.EXDEV:  # the place is on another one
            shutil.copy2(path, aside)
            return
        path.replace(aside)


def write_atomic(path: Path, text: str) -> None:
    """Write one text file in UTF-8 beside its place and move it there."""
    with staged(path.parent, name=path.name) as stage:
        stage.mkdir()
        (stage / path.name).write_text(text, encoding="utf-8", newline="")


def write_over(path: Path, text: str) -> None:
    """Write one text file as `write_atomic`, where several runs may do so at once: the last stays.

    A reader sees one or the other whole.
    """
    place = followed(path)
    with unfinished(place.parent, place.name) as beside:
        beside.write_text(text, encoding="utf-8", newline="")
        if place.exists():
            beside.chmod(stat.S_IMODE(place.stat().st_mode))
        beside.replace(place)
    remove_unfinished(place.parent)


# ---- one file, where others write beside it


@contextmanager
def unfinished(folder: Path, name: str) -> Iterator[Path]:
    """Give a place for a file that no other process or thread uses, and no reader looks into.

    Whoever has it moves it to its own place when it is complete. A lock tells others that somebody
    is at it, as long as that process lives.

    Raises
    ------
    ZonegapError
        When the file cannot be written; names it as it will be.
    """
    stage, held = _locked_stage(folder)
    try:
        yield stage / name
    except OSError as error:
        mine = error.filename is None or Path(os.fsdecode(error.filename)).is_relative_to(stage)
        if isinstance(error, BrokenPipeError) or not mine:
            raise
        raise ZonegapError(
            Message(
                "{path}: cannot be written ({why})", path=folder / name, why=system_fault(error)
            )
        ) from None
    finally:
        held.close()
        _remove(stage)


def _locked_stage(folder: Path) -> tuple[Path, IO[bytes]]:
    """Make a folder and lock it, before anybody can think that it was left behind."""
    while True:
        stage = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
        try:
            held = (stage / LOCK).open("wb")
        except FileNotFoundError:  # removed while it was empty
            continue
        if _lock(held) and (stage / LOCK).exists():  # not removed before it was locked
            return stage, held
        held.close()


def _lock(file: IO[bytes]) -> bool:
    """Lock an open file for this process; False where another one has it.

    The system unlocks it when the process ends, however that comes. Where there are no locks
    everybody gets it.
    """
    if sys.platform == "win32":  # an open file cannot be removed there
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def remove_unfinished(folder: Path) -> None:
    """Remove what killed processes left unfinished, and nothing that a living one is at.

    Where the process was another machine's that still counts as its owner, it stays.
    """
    for stage in folder.glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            left = list(stage.iterdir())
            if not left:
                stage.rmdir()
            elif stage / LOCK not in left:
                shutil.rmtree(stage)
            else:
                with (stage / LOCK).open("rb") as file:
                    free = _lock(file)
                    if free and sys.platform != "win32":
                        shutil.rmtree(stage)
                if free and sys.platform == "win32":
                    (stage / LOCK).unlink()  # fails where it is open
                    shutil.rmtree(stage)

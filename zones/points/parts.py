"""A folder of Parquet parts: each measured on its own, whole or not at all, and never twice."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import DataFileError, UsageError
from geodata.registry import names_odbl
from geodata.user_tables.points import PointTable
from geodata.words import Message
from zones.points.tables import SUFFIXES, Counts, Task, licence_of_points, measure_table
from zones.writing import (
    SOURCES,
    Guard,
    check_folder,
    followed,
    move_over,
    remove_unfinished,
    unfinished,
)

DONE_KEY = "zonegap_task"  # in a part's metadata: what it is the answer to


def parts_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder in the order of their names.

    Raises
    ------
    DataFileError
        When there is none.
    """
    parts = sorted(p for p in folder.glob("*.parquet") if not p.name.startswith("."))
    if not parts:
        raise DataFileError(Message("{folder}: no *.parquet file in this folder", folder=folder))
    return parts


def stated_licence_of(source: Path, points: PointTable | None = None) -> str:
    """Return what a file of points, or the parts of a folder, state as their licences.

    Parameters
    ----------
    source
        The file or folder.
    points
        The points of a table that was read whole: a column of it may say whose they are.
    """
    files = parts_of(source) if source.is_dir() else [source]
    said = [licence_of_points(file) for file in files if file.suffix in SUFFIXES]
    if points is not None:
        said += [text for text in points.sources if names_odbl(text)][:1]
    return "; ".join(dict.fromkeys(filter(None, said)))


def open_parts(parts: list[Path], out: Path, task: Task, guard: Guard | None = None) -> list[Path]:
    """Return the parts that are not done yet, and make the folder `out`.

    A part is done when `out` holds a complete Parquet file of its name that says it is the answer
    to this task for this part: hubs, method, datum, columns, and the part's size and footer; and
    the part has not been written since, as a changed number may leave size and footer as they were.

    Raises
    ------
    UsageError
        When `out` is the folder of the parts, a part of the result is an input under another name,
        or a file of a part's name is there that is no result; see `zones.writing.Guard`.
    """
    if out.is_dir() and out.samefile(parts[0].parent):
        raise UsageError(
            Message("--out: {out} is the input itself; accepted: another folder", out=out)
        )
    guard = guard or Guard()
    own = Guard((*guard.inputs, *parts), guard.force)
    check_folder(out)
    own.check(out / SOURCES)
    out.mkdir(parents=True, exist_ok=True)
    digest = task.digest()
    todo = []
    for part in parts:
        result = out / part.name
        own.check_input(result)
        if _is_done(result, part, part_key(part, digest)):
            continue
        if DONE_KEY not in _metadata(result):  # an older result of ours is made again
            own.check(result)
        todo.append(part)
    return todo


def measure_once(part: Path, out: Path, task: Task) -> Counts:
    """Measure one part and move its result into the folder `out` when it is complete.

    A result that is there is only counted: a cluster may send a part twice.
    """
    key = part_key(part, task.digest())
    if _is_done(out / part.name, part, key):
        return count_in_result(out / part.name, task.thresholds_km)
    with unfinished(out, part.name) as file:
        counts = measure_table(part, file, task, {DONE_KEY: key})
        place = followed(out / part.name)
        if place.exists():
            file.chmod(stat.S_IMODE(place.stat().st_mode))
        move_over(file, place)
    return counts


def measure_here(
    parts: list[Path], out: Path, task: Task, progress: Callable[[Path, Counts], Any]
) -> None:
    """Measure parts one after another in this process."""
    for part in parts:
        progress(part, measure_once(part, out, task))
    remove_unfinished(out)


def count_in_result(result: Path, thresholds_km: tuple[float, ...]) -> Counts:
    """Return the counts of a part that was measured by an earlier run."""
    counts = Counts.zero(thresholds_km)
    with pq.ParquetFile(result) as file:
        for batch in file.iter_batches(columns=["nearest_km"]):
            distance_km = batch.column(0).to_numpy()
            beyond = [int((distance_km > t).sum()) for t in thresholds_km]
            counts.add(Counts(len(distance_km), np.array(beyond, np.int64)))
    return counts


def part_key(part: Path, digest: str) -> str:
    """Return a SHA-256 of the task, and of a part's size and footer.

    A Parquet footer holds the place, size and extremes of every column of every row group.
    """
    with part.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 8))
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(0, size - 8 - length))
        footer = file.read()
    return hashlib.sha256(f"{digest} {size} ".encode() + footer).hexdigest()


def _is_done(result: Path, part: Path, key: str) -> bool:
    try:
        if result.stat().st_mtime_ns < part.stat().st_mtime_ns:
            return False
    except OSError:
        return False
    return _metadata(result).get(DONE_KEY) == key


def _metadata(result: Path) -> dict[str, str]:
    """Return what a Parquet file says of itself; nothing where it is none."""
    try:
        metadata = pq.read_schema(result).metadata or {}
    except (OSError, pa.ArrowException):
        return {}
    return {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in metadata.items()}

"""The nearest hub of the points of a table of any length: read, measured, written in batches.

Tables are Parquet or Arrow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geodata.datum import to_wgs84
from geodata.errors import BadInputError, UsageError
from geodata.schema import cell_fault
from geodata.user_tables.files import damaged_file, licence_in
from geodata.vocabulary import DATUMS
from geodata.words import Listed, Message, Words
from zones.distance.geodesic import beyond_on_ellipsoid, nearest_on_ellipsoid
from zones.distance.great_circle import FloatArray
from zones.distance.sphere import Nearest, nearest_on_sphere

PARQUET = (".parquet",)
ARROW = (".arrow", ".feather")
SUFFIXES = PARQUET + ARROW
BATCH_ROWS = 1 << 19  # about 25 MB with the result; more rows are no faster


def row_count(path: Path) -> int:
    """Return the number of rows of a Parquet or Arrow file, from its own account."""
    with ExitStack() as stack:
        file = _file(path, stack)
        if isinstance(file, pq.ParquetFile):
            return int(file.metadata.num_rows)
        return sum(file.get_batch(i).num_rows for i in range(file.num_record_batches))


def _file(path: Path, stack: ExitStack) -> Any:
    if path.suffix not in SUFFIXES:
        raise UsageError(
            Message("{path}: accepted: {accepted}", path=path, accepted=Listed(SUFFIXES))
        )
    try:
        if path.suffix in PARQUET:
            # without these the whole file would be in memory
            file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
            return stack.enter_context(file)
        return pa.ipc.open_file(stack.enter_context(pa.memory_map(str(path))))
    except (pa.ArrowException, OSError) as error:
        raise damaged_file(path, path.suffix[1:], error) from None


def open_batches(path: Path, stack: ExitStack) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema of a file and its rows in batches; `stack` closes it.

    Raises
    ------
    DataFileError
        When the file is missing or not readable, at once or at a later batch.
    UsageError
        For another suffix than Parquet's and Arrow's.
    """
    file = _file(path, stack)

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            if isinstance(file, pq.ParquetFile):
                yield from file.iter_batches(BATCH_ROWS)
                return
            for i in range(file.num_record_batches):
                whole = file.get_batch(i)
                for low in range(0, whole.num_rows, BATCH_ROWS):
                    yield whole.slice(low, BATCH_ROWS)
        except (pa.ArrowException, OSError) as error:
            raise damaged_file(path, path.suffix[1:], error) from None

    return (file.schema_arrow if isinstance(file, pq.ParquetFile) else file.schema), batches()


def batch_writer(
    out: Path, schema: pa.Schema, metadata: dict[str, str], stack: ExitStack, one_dictionary: str
) -> Callable[[pa.RecordBatch], None]:
    """Return a function that writes batches of a schema to a file; `stack` closes it.

    Parameters
    ----------
    out
        Parquet or Arrow by its suffix.
    schema
        Of the batches.
    metadata
        Added to that of the schema.
    stack
        Closes the file.
    one_dictionary
        Column whose dictionary is the same in every batch.
    """
    both = {**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in metadata.items()}}
    schema = schema.with_metadata(both)
    if out.suffix in PARQUET:
        # random degrees and distances repeat too rarely for a dictionary; extremes of names take
        # longer to find than the names to write
        wordy = [f.name for f in schema if not pa.types.is_floating(f.type)]
        numbers = [f.name for f in schema if not pa.types.is_dictionary(f.type)]
        parquet = stack.enter_context(
            pq.ParquetWriter(out, schema, use_dictionary=wordy, write_statistics=numbers)
        )
        return lambda batch: parquet.write_batch(batch.cast(schema), row_group_size=BATCH_ROWS)
    # an Arrow file has one dictionary a column; those of a Parquet file change with the batch
    plain = [
        f.with_type(f.type.value_type)
        if pa.types.is_dictionary(f.type) and f.name != one_dictionary
        else f
        for f in schema
    ]
    schema = pa.schema(plain, both)
    arrow = stack.enter_context(pa.ipc.new_file(str(out), schema))
    return lambda batch: arrow.write_batch(batch.cast(schema))


RESULT = ("nearest_hub", "nearest_km")
_LIMITS = {"lon": 180.0, "lat": 90.0}
_MISSING = Message("column {column!r} is missing; columns: {have}")


@dataclass(frozen=True)
class Task:
    """What is asked of every point.

    Attributes
    ----------
    hubs
        With ``lon``, ``lat`` in WGS-84 degrees; its index names the hubs.
    method
        ``great-circle`` or ``geodesic``.
    datum
        Of all points; None where a column ``datum`` says it of each.
    columns
        Columns of the points that are written before the result; all when None.
    thresholds_km
        Points beyond each are counted.
    engine, threads
        As for `zones.distance.sphere.nearest_on_sphere`.
    about
        Whose the result is, for the schema of what is written: pairs of a key and its text. No
        part of the answer, so not of the digest.
    """

    hubs: pd.DataFrame
    method: str = "great-circle"
    datum: str | None = None
    columns: tuple[str, ...] | None = None
    thresholds_km: tuple[float, ...] = ()
    engine: str = "auto"
    threads: int | None = None
    about: tuple[tuple[str, str], ...] = ()

    def digest(self) -> str:
        """Return a SHA-256 of all that the result hangs on, besides the points."""
        text = json.dumps(
            [list(map(str, self.hubs.index)), self.method, self.datum, self.columns, 1]
        )
        positions = self.hubs[["lon", "lat"]].to_numpy(np.float64).tobytes()
        return hashlib.sha256(text.encode() + positions).hexdigest()


@dataclass
class Counts:
    """How many points were measured, and how many lie beyond each threshold."""

    points: int
    beyond: NDArray[np.int64]

    @classmethod
    def zero(cls, thresholds_km: tuple[float, ...]) -> Counts:
        """Return the counts of no points."""
        return cls(0, np.zeros(len(thresholds_km), np.int64))

    def add(self, other: Counts) -> None:
        """Add those of a batch or of a part."""
        self.points += other.points
        self.beyond = self.beyond + other.beyond


def measure_table(
    path: Path,
    out: Path | None,
    task: Task,
    metadata: dict[str, str] | None = None,
    progress: Callable[[int], Any] = lambda rows: None,
) -> Counts:
    """Measure the points of a file, batch by batch.

    Parameters
    ----------
    path
        Parquet (``.parquet``) or Arrow (``.arrow``, ``.feather``): ``lon``, ``lat`` in degrees,
        and ``datum`` where the task names none.
    out
        File to write, of one of these suffixes: the points' columns, ``nearest_hub`` and
        ``nearest_km``, in the order of the input. Nothing is written when None.
    task
        What is asked.
    metadata
        Put into the schema of `out`.
    progress
        Called with the number of rows of each batch done.

    Raises
    ------
    DataFileError
        When the file cannot be read.
    BadInputError
        When a column is missing or a cell is not accepted; names row, column and value.
    UsageError
        When no datum is given, or one is given twice.
    """
    counts = Counts.zero(task.thresholds_km)
    with ExitStack() as stack:
        schema, batches = open_batches(path, stack)
        kept = _checked_columns(schema, path, task)
        said = {**_with_own(schema, task), **(metadata or {})}
        write = None
        row = 1
        for batch in batches:
            lon, lat = _degrees(batch, row, path, task)
            found, beyond = _measured(lon, lat, task, distances=out is not None)
            if out is not None and found is not None:
                result = _result(batch, kept, found, task.hubs)
                if write is None:
                    write = batch_writer(out, result.schema, said, stack, RESULT[0])
                write(result)
            counts.add(Counts(len(lon), beyond))
            row += len(lon)
            progress(len(lon))
        if out is not None and write is None:
            empty = pa.RecordBatch.from_pylist([], schema=schema)
            nothing = Nearest(np.empty(0, np.int32), np.empty(0))
            result = _result(empty, kept, nothing, task.hubs)
            batch_writer(out, result.schema, said, stack, RESULT[0])(result)
    return counts


def _with_own(schema: pa.Schema, task: Task) -> dict[str, str]:
    """Return whose the result is; what the points' file says of itself goes before it."""
    own = schema.metadata or {}
    said = {}
    for key, text in task.about:
        before = own.get(key.encode(), b"").decode("utf-8", "replace")
        said[key] = f"{before}; {text}" if before else text
    return said


def licence_of_points(path: Path) -> str:
    """Return the licence that a Parquet or Arrow file states in its schema, "" for none."""
    with ExitStack() as stack:
        file = _file(path, stack)
        schema = file.schema_arrow if isinstance(file, pq.ParquetFile) else file.schema
        return licence_in(schema.metadata)


def _checked_columns(schema: pa.Schema, path: Path, task: Task) -> list[str]:
    """Return the columns to write, after a look at the schema."""
    have = Listed(schema.names)
    faults: list[Words] = []
    for column in _LIMITS:
        if column not in schema.names:
            faults.append(_MISSING.fill(column=column, have=have))
        elif schema.names.count(column) > 1:
            faults.append(Message("column {column!r} stands twice", column=column))
        elif not (pa.types.is_floating(t := schema.field(column).type) or pa.types.is_integer(t)):
            faults.append(
                Message("column {column!r}: type {t}; accepted: numbers", column=column, t=t)
            )
    kept = list(schema.names) if task.columns is None else list(task.columns)
    faults += [_MISSING.fill(column=c, have=have) for c in kept if c not in schema.names]
    if task.datum is None and "datum" not in schema.names:
        faults.append(
            Message(
                "column 'datum' is missing: add it or say --datum; accepted: {datums}",
                datums=Listed(DATUMS),
            )
        )
    if faults:
        raise BadInputError(str(path), faults)
    if task.datum is not None and "datum" in schema.names:
        raise UsageError(
            Message(
                "--datum: {path} has a column 'datum' of its own; leave one of them out", path=path
            )
        )
    taken = [name for name in RESULT if name in kept]
    if taken:
        raise UsageError(
            Message(
                "{path}: column {column!r} is there already; choose others with --columns",
                path=path,
                column=taken[0],
            )
        )
    return kept


def _degrees(
    batch: pa.RecordBatch, first_row: int, path: Path, task: Task
) -> tuple[FloatArray, FloatArray]:
    """Return checked WGS-84 degrees."""
    faults: list[Words] = []
    arrays = []
    for column, limit in _LIMITS.items():
        given = batch.column(column)
        # unsafe casts: a whole number too large for a double is then out of range, with its row
        values = given.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        if not len(values) or (values.min() >= -limit and values.max() <= limit):
            arrays.append(values)
            continue
        bounds = Message("accepted: {low:g} to {high:g}", low=-limit, high=limit)
        faults += [
            _cell_fault(first_row + int(i), column, given[int(i)], bounds)
            for i in np.flatnonzero(~(np.abs(values) <= limit))
        ]
    datum: Any = task.datum
    if datum is None:
        given = batch.column("datum")
        known = pc.fill_null(pc.is_in(given.cast(pa.string()), pa.array(DATUMS)), False)
        accepted = Message("accepted: {values}", values=Listed(DATUMS))
        faults += [
            _cell_fault(first_row + int(i), "datum", given[int(i)], accepted)
            for i in np.flatnonzero(~known.to_numpy(zero_copy_only=False))
        ]
        if not faults:
            kinds = pc.unique(given.cast(pa.string())).to_pylist()
            datum = kinds[0] if len(kinds) == 1 else given.to_numpy(zero_copy_only=False)
    if faults:
        raise BadInputError(str(path), faults)
    return to_wgs84(arrays[0], arrays[1], datum)


def _cell_fault(row: int, column: str, cell: pa.Scalar, accepted: Words) -> Words:
    value = cell.as_py()
    return cell_fault(row, column, "" if value is None else str(value), accepted)


def _measured(
    lon: FloatArray, lat: FloatArray, task: Task, *, distances: bool
) -> tuple[Nearest | None, NDArray[np.int64]]:
    """Return the nearest hubs, where wanted, and how many points lie beyond each threshold."""
    hub_lon, hub_lat = (task.hubs[c].to_numpy(np.float64) for c in ("lon", "lat"))
    places = lon, lat, hub_lon, hub_lat
    limits_km = np.asarray(task.thresholds_km, np.float64)
    if task.method == "geodesic" and not distances:
        beyond = beyond_on_ellipsoid(
            *places, limits_km, engine=task.engine, threads=task.threads
        ).sum(axis=1)
        return None, beyond
    if task.method == "geodesic":
        found = nearest_on_ellipsoid(*places, threads=task.threads)
    else:
        found = nearest_on_sphere(*places, engine=task.engine, threads=task.threads)
    return found, np.array([int((found.distance_km > t).sum()) for t in limits_km], np.int64)


def _result(
    batch: pa.RecordBatch, kept: list[str], found: Nearest, hubs: pd.DataFrame
) -> pa.RecordBatch:
    """Return the points' columns with the two of the result; hubs as a dictionary of names."""
    codes, names = pd.factorize(hubs.index.astype(str))
    name = pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)[found.hub]), pa.array(names.to_numpy(), pa.string())
    )
    columns = [batch.column(column) for column in kept]
    fields = [batch.schema.field(column) for column in kept]
    fields += [pa.field(RESULT[0], name.type), pa.field(RESULT[1], pa.float64())]
    # what pandas noted of its index is true only of all columns
    noted = batch.schema.metadata if set(kept) >= set(batch.schema.names) else None
    return pa.RecordBatch.from_arrays(
        [*columns, name, pa.array(found.distance_km)], schema=pa.schema(fields, noted)
    )

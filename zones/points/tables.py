"""The nearest hub of the points of a table of any length: read, measured, written in batches.

Tables are Parquet or Arrow, with columns ``lon`` and ``lat``; others are read whole, see
`zones.points.whole_tables`. What is written is Parquet, Arrow or CSV.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

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
from zones.writing import BOM, add_csv

PARQUET = (".parquet",)
ARROW = (".arrow", ".feather")
SUFFIXES = PARQUET + ARROW
CSV = (".csv",)
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
    out: Path | TextIO,
    schema: pa.Schema,
    metadata: dict[str, str],
    stack: ExitStack,
    one_dictionary: str,
) -> Callable[[pa.RecordBatch], None]:
    """Return a function that writes batches of a schema to a file; `stack` closes it.

    Parameters
    ----------
    out
        CSV, Parquet or Arrow by its suffix; CSV where it is an open file of text.
    schema
        Of the batches.
    metadata
        Added to that of the schema; CSV has none.
    stack
        Closes the file.
    one_dictionary
        Column whose dictionary is the same in every batch.
    """
    if not isinstance(out, Path):
        return _csv_writer(out, "\n")
    if out.suffix in CSV:
        file = stack.enter_context(out.open("w", encoding="utf-8", newline=""))
        file.write(BOM)
        return _csv_writer(file, "\r\n")
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


_WHOLE_NUMBERS = {
    arrow(): pandas
    for arrow, pandas in (
        (pa.int8, pd.Int8Dtype()), (pa.int16, pd.Int16Dtype()), (pa.int32, pd.Int32Dtype()),
        (pa.int64, pd.Int64Dtype()), (pa.uint8, pd.UInt8Dtype()), (pa.uint16, pd.UInt16Dtype()),
        (pa.uint32, pd.UInt32Dtype()), (pa.uint64, pd.UInt64Dtype()), (pa.bool_, pd.BooleanDtype()),
    )
}  # fmt: skip


def _csv_writer(file: TextIO, newline: str) -> Callable[[pa.RecordBatch], None]:
    """Return a function that writes batches as CSV; distances to the metre."""
    first = True

    def write(batch: pa.RecordBatch) -> None:
        nonlocal first
        plain = [
            column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
            for column in batch.columns
        ]
        # a whole number that is missing somewhere stays one
        columns = [column.to_pandas(types_mapper=_WHOLE_NUMBERS.get) for column in plain]
        columns[-1] = columns[-1].round(3)
        frame = pd.concat(columns, axis=1).set_axis(batch.schema.names, axis=1)
        add_csv(frame, file, header=first, newline=newline)
        first = False

    return write


def check_text_columns(schema: pa.Schema, kept: list[str], path: Path) -> None:
    """Refuse columns that have no form in CSV, such as a geometry's bytes."""
    types = pa.types
    odd = [
        name
        for name in kept
        for kind in [schema.field(name).type]
        if types.is_nested(kind) or types.is_binary(kind) or types.is_large_binary(kind)
    ]
    if odd:
        raise UsageError(
            Message(
                "{path}: column {column!r} cannot be written as CSV; choose others with "
                "--columns, or write Parquet",
                path=path, column=odd[0],
            )
        )  # fmt: skip


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
    out: Path | TextIO | None,
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
        File to write, of one of these suffixes or ``.csv``, or an open file of text for CSV: the
        points' columns, ``nearest_hub`` and ``nearest_km``, in the order of the input. Nothing is
        written when None.
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
        if out is not None and (not isinstance(out, Path) or out.suffix in CSV):
            check_text_columns(schema, kept, path)
        said = {**with_own(schema.metadata, task), **(metadata or {})}
        write = None
        row = 1
        for batch in batches:
            lon, lat = _degrees(batch, row, path, task)
            found, beyond = measured(lon, lat, task, distances=out is not None)
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


def with_own(own: dict[bytes, bytes] | None, task: Task) -> dict[str, str]:
    """Return whose the result is; what the points' file says of itself goes before it."""
    own = own or {}
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
    kept = _kept(schema.names, task, faults)
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
    _refuse_taken(kept, path)
    return kept


def kept_columns(names: Sequence[str], path: Path, task: Task) -> list[str]:
    """Return the columns of the points that a task keeps.

    Parameters
    ----------
    names
        Of the points' columns.
    path
        Their file.
    task
        What is asked.

    Raises
    ------
    BadInputError
        When one is missing or stands twice in the table.
    UsageError
        When one has the name of a column of the result.
    """
    faults: list[Words] = []
    kept = _kept(names, task, faults)
    if faults:
        raise BadInputError(str(path), faults)
    _refuse_taken(kept, path)
    return kept


def _kept(names: Sequence[str], task: Task, faults: list[Words]) -> list[str]:
    """Return the columns that a task keeps; what is missing or stands twice goes to the faults."""
    kept = list(names) if task.columns is None else list(task.columns)
    faults += [_MISSING.fill(column=c, have=Listed(names)) for c in kept if c not in names]
    faults += [
        Message("column {column!r} stands twice", column=c)
        for c in dict.fromkeys(kept)
        # of lon and lat that is said already
        if list(names).count(c) > 1 and c not in _LIMITS
    ]
    return kept


def _refuse_taken(kept: list[str], path: Path) -> None:
    """Refuse a column that has the name of one of the result."""
    taken = [name for name in RESULT if name in kept]
    if taken:
        raise UsageError(
            Message(
                "{path}: column {column!r} is there already; choose others with --columns",
                path=path,
                column=taken[0],
            )
        )


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


def measured(
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
    """Return the points' columns with the two of the result."""
    columns = [batch.column(column) for column in kept]
    fields = [batch.schema.field(column) for column in kept]
    # what pandas noted of its index is true only of all columns
    noted = batch.schema.metadata if set(kept) >= set(batch.schema.names) else None
    return with_result(columns, fields, noted, found, hubs)


def with_result(
    columns: list[Any],
    fields: list[pa.Field],
    noted: dict[bytes, bytes] | None,
    found: Nearest,
    hubs: pd.DataFrame,
) -> pa.RecordBatch:
    """Return columns with the two of the result behind them; hubs as a dictionary of names.

    Parameters
    ----------
    columns, fields
        Of the points.
    noted
        Metadata of their schema.
    found
        The hub's place among `hubs`, below 0 for a point without a position, whose result is empty.
    hubs
        As of `Task`.
    """
    codes, names = pd.factorize(hubs.index.astype(str))
    nowhere = found.hub < 0
    # without any, no mask: it would be an array more for each batch
    mask = nowhere if nowhere.any() else None
    name = pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)[found.hub], mask=mask),
        pa.array(names.to_numpy(), pa.string()),
    )
    fields = [*fields, pa.field(RESULT[0], name.type), pa.field(RESULT[1], pa.float64())]
    distance_km = pa.array(found.distance_km, mask=mask)
    return pa.RecordBatch.from_arrays(
        [*columns, name, distance_km], schema=pa.schema(fields, noted)
    )

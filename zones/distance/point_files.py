"""Read and write tables of points, Parquet and Arrow, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from geodata.errors import DataFileError, UsageError
from geodata.messages import say

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
        text = f"{path}: accepted: {', '.join(SUFFIXES)}"
        raise UsageError(text)
    try:
        if path.suffix in PARQUET:
            # without these the whole file would be held at once
            file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
            return stack.enter_context(file)
        return pa.ipc.open_file(stack.enter_context(pa.memory_map(str(path))))
    except FileNotFoundError:
        text = say("{path}: no such file", path=path)
    except (pa.ArrowException, OSError) as error:
        text = f"{path}: not readable as {path.suffix[1:]} ({error})"
    raise DataFileError(text)


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
            text = f"{path}: not readable as {path.suffix[1:]} ({error})"
            raise DataFileError(text) from None

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

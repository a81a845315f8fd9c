"""The nearest hub of the points of a table that is read whole: any kind of file, any headings.

Tables that have ``lon`` and ``lat`` in Parquet or Arrow are measured in batches instead, see
`zones.points.tables`.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa

from geodata.user_tables.points import PointTable
from zones.distance.sphere import Nearest
from zones.points.tables import (
    RESULT,
    SUFFIXES,
    Counts,
    Task,
    batch_writer,
    kept_columns,
    measured,
    open_batches,
    with_own,
    with_result,
)


def is_streamed(path: Path, datum: str | None) -> bool:
    """Whether a file of points is measured in batches: Parquet or Arrow with lon, lat as numbers.

    Parameters
    ----------
    path
        The file.
    datum
        Of all points, None where the file says it. Without any, a geometry is read instead.
    """
    if path.suffix not in SUFFIXES:
        return False
    with ExitStack() as stack:
        schema, _ = open_batches(path, stack)
    degrees = [schema.field(name).type for name in ("lon", "lat") if schema.names.count(name) == 1]
    if len(degrees) < 2:
        return False
    numbers = all(pa.types.is_floating(t) or pa.types.is_integer(t) for t in degrees)
    geometry = b"geo" in (schema.metadata or {})
    return numbers and (datum is not None or "datum" in schema.names or not geometry)


def measure_points(points: PointTable, path: Path, out: Path | TextIO | None, task: Task) -> Counts:
    """Measure points that are read.

    Parameters
    ----------
    points
        As `geodata.user_tables.points.load_point_table` gives them; those without a position have
        an empty result and are in no count.
    path
        Their file: of Parquet and Arrow the columns keep their types.
    out, task
        As for `zones.points.tables.measure_table`; the task's datum has been used.

    Raises
    ------
    BadInputError
        When a column to keep is missing.
    UsageError
        When one has the name of a column of the result.
    """
    there = ~np.isnan(points.lon)
    places = points.lon[there], points.lat[there]
    if out is None:
        return Counts(int(there.sum()), measured(*places, task, distances=False)[1])
    as_text = not isinstance(out, Path) or out.suffix not in SUFFIXES
    columns, fields, own = _columns(points, path, task, as_text=as_text)
    found, beyond = measured(*places, task, distances=True)
    assert found is not None
    hub, distance_km = np.full(len(there), -1, np.int32), np.full(len(there), np.nan)
    hub[there], distance_km[there] = found.hub, found.distance_km
    result = with_result(columns, fields, own, Nearest(hub, distance_km), task.hubs)
    with ExitStack() as stack:
        batch_writer(out, result.schema, with_own(own, task), stack, RESULT[0])(result)
    return Counts(int(there.sum()), beyond)


def _columns(
    points: PointTable, path: Path, task: Task, *, as_text: bool
) -> tuple[list[Any], list[pa.Field], dict[bytes, bytes] | None]:
    """Return the points' columns to write, their fields, and what the file says of itself."""
    given = list(points.given.columns)
    typed = None if as_text else _typed(points, path)
    types: list[str] = [] if typed is None else typed.schema.names
    # the text of a table may have one heading twice, or none
    if as_text and task.columns is None and not set(RESULT) & set(given):
        kept = list(enumerate(given))
    else:
        # a geometry is in no text, its positions are in no file
        names = [*types, *(name for name in given if name not in types)]
        kept = [(given.index(name) if name in given else -1, name)
                for name in kept_columns(names, path, task)]  # fmt: skip
    columns: list[Any] = []
    fields = []
    for place, name in kept:
        if typed is not None and name in types:
            column = typed.column(name).combine_chunks()
            field = typed.schema.field(name)
        else:
            column = pa.array(points.given.iloc[:, place].to_numpy(object), pa.string())
            if not as_text and name in points.degrees:
                column = _numbers(column)
            field = pa.field(name, column.type)
        columns.append(column)
        fields.append(field)
    # what pandas and GeoParquet noted is true only of all columns
    whole = typed is not None and {name for _, name in kept} >= set(types)
    return columns, fields, typed.schema.metadata if typed is not None and whole else None


def _numbers(column: Any) -> Any:
    """Return a column of text as numbers where every cell is one or blank."""
    texts = [text.strip() or None for text in column.to_pylist()]
    try:
        return pa.array([None if text is None else float(text) for text in texts], pa.float64())
    except ValueError:
        return column


def _typed(points: PointTable, path: Path) -> pa.Table | None:
    """Return the rows of a Parquet or Arrow file as they are; None for any other table.

    Its row 2 is the first below the names of the columns.
    """
    if path.suffix not in SUFFIXES or points.header_row != 1:
        return None
    with ExitStack() as stack:
        schema, batches = open_batches(path, stack)
        whole = pa.Table.from_batches(list(batches), schema)
    return whole.take(pa.array(points.given.index.to_numpy(np.int64) - 2))

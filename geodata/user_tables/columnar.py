"""Read tables that are kept by column: Parquet, Arrow, Stata's dta, and frames."""

from __future__ import annotations

import contextlib
import itertools
import json
import struct
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import DataFileError
from geodata.user_tables.files import (
    Rows,
    Sheet,
    cell_text,
    check_cell,
    check_unpacked,
    damaged_file,
)
from geodata.user_tables.headings import GEOMETRY_LAT, GEOMETRY_LON
from geodata.words import Message

if TYPE_CHECKING:
    import pandas as pd

_ROWS_AT_ONCE = 1 << 14
_MB = 1_000_000
_PLAIN_MB = 500  # of texts that are read without a dictionary, however they are spread
# the columns of a geometry and what they are made of, for `geometry_rows`
Positions = tuple[Sequence[str], Sequence[str]]


# --- Parquet


def parquet_sheets(path: Path) -> list[Sheet]:
    """Return a Parquet file as a sheet; of GeoParquet the primary geometry gives positions.

    Raises
    ------
    DataFileError
        When it is damaged, larger than the limits once decoded, has bytes that are no text, or a
        geometry without a coordinate system.
    """
    import pyarrow.parquet as pq

    with _arrow_errors(path, "parquet"), pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
        check_unpacked(path, sum(group.total_byte_size for group in groups))
        schema = file.schema_arrow
    geo = _geo_of(path, schema)
    # geometries are no text; only the primary one is read
    shapes = set(geo.get("columns", {}))
    names = [name for name in schema.names if name not in shapes]
    # texts as a dictionary: each that is repeated takes memory once
    texts = [field.name for field in schema if _is_text(field.type)]
    everything = partial(_parquet_batches, path, texts, list(schema.names))
    total = _check_decoded(path, "parquet", everything)
    # written where they are used they are quicker to read
    batches = partial(_parquet_batches, path, texts if total > _PLAIN_MB * _MB else [], names)
    rows = partial(_arrow_rows, path, "parquet", names, batches)
    if not geo:
        return [Sheet("", rows, "parquet")]
    from geodata.user_tables import spatial_files

    primary = geo["primary_column"]
    crs = geo["columns"][primary].get("crs", "OGC:CRS84")
    with _arrow_errors(path, "parquet"):
        wkb = pq.read_table(path, columns=[primary]).column(0)
    positions, geometry = spatial_files.positions(str(path), wkb.to_numpy(), crs)
    return [Sheet("", partial(with_positions, rows, positions), "GeoParquet", geometry=geometry)]


def _geo_of(path: Path, schema: Any) -> dict[str, Any]:
    """Return what GeoParquet says of its geometries; nothing of another file."""
    raw = (schema.metadata or {}).get(b"geo")
    if raw is None:
        return {}
    try:
        geo = json.loads(raw)
        column = geo["columns"][geo["primary_column"]]
        if column["encoding"] != "WKB" or geo["primary_column"] not in schema.names:
            message = f"encoding {column['encoding']}"
            raise ValueError(message)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged_file(path, "GeoParquet", error) from None
    return dict(geo)


def _parquet_batches(path: Path, texts: list[str], columns: list[str]) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, read_dictionary=texts) as file:
        yield from file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns)


# --- Arrow


def arrow_sheets(path: Path) -> list[Sheet]:
    """Return an Arrow file, a Feather file of version 2, or an Arrow stream as a sheet.

    Raises
    ------
    DataFileError
        When it is damaged, larger than the limits once unpacked, or has bytes that are no text.
    """
    import pyarrow as pa

    with path.open("rb") as file:
        is_file = file.read(6) == b"ARROW1"

    def batches() -> Iterator[Any]:
        with pa.memory_map(str(path)) as source:
            if is_file:
                reader = pa.ipc.open_file(source)
                yield from (reader.get_batch(n) for n in range(reader.num_record_batches))
            else:
                yield from pa.ipc.open_stream(source)

    with _arrow_errors(path, "arrow"):
        check_unpacked(path, _unpacked_bytes(path, 8 if is_file else 0))
        with pa.memory_map(str(path)) as source:
            opened = pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)
            names = opened.schema.names
    _check_decoded(path, "arrow", batches)
    return [Sheet("", partial(_arrow_rows, path, "arrow", names, batches), "arrow")]


def _unpacked_bytes(path: Path, skip: int) -> int:
    """Return the bytes that all batches take once unpacked, as each buffer states it in front."""
    import pyarrow as pa

    total = 0
    with pa.memory_map(str(path)) as source:
        source.seek(skip)
        messages = pa.ipc.MessageReader.open_stream(source)
        while True:
            try:
                message = messages.read_next_message()
            except StopIteration:
                return total
            if message.type in ("record batch", "dictionary") and message.body is not None:
                total += _buffer_bytes(
                    message.metadata.to_pybytes(), message.body, message.type == "dictionary"
                )


def _buffer_bytes(head: bytes, body: Any, is_dictionary: bool) -> int:
    """Return what the buffers of one message take once unpacked.

    The head is a flatbuffer, format/Message.fbs of Apache Arrow: a table points to its fields by
    a list of offsets, the n-th of the field n.
    """

    def field(table: int, number: int) -> int:
        """Return where a table's field is, 0 where it has none."""
        fields = table - struct.unpack_from("<i", head, table)[0]
        place = 4 + 2 * number
        if place >= struct.unpack_from("<H", head, fields)[0]:
            return 0
        offset = struct.unpack_from("<H", head, fields + place)[0]
        return table + offset if offset else 0

    def behind(place: int) -> int:
        """Return where what stands at a place points to."""
        return place + int(struct.unpack_from("<I", head, place)[0])

    message = behind(0)
    batch = behind(field(message, 2))
    if is_dictionary:
        batch = behind(field(batch, 1))
    if not field(batch, 3):  # not compressed
        return int(body.size)
    buffers = behind(field(batch, 2))
    total = 0
    for number in range(struct.unpack_from("<I", head, buffers)[0]):
        offset, length = struct.unpack_from("<qq", head, buffers + 4 + 16 * number)
        if length >= 8:
            stated = struct.unpack("<q", body.slice(offset, 8).to_pybytes())[0]
            # -1: left as it is
            total += length if stated < 0 else stated
    return total


# --- both


@contextlib.contextmanager
def _arrow_errors(path: Path, kind: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (
        pa.ArrowException, OSError, ValueError, OverflowError, struct.error, TypeError, LookupError
    ) as error:  # fmt: skip
        raise damaged_file(path, kind, error) from None


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    types = pa.types
    return any(
        test(kind)
        for test in (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    )


def _check_decoded(path: Path, kind: str, batches: Callable[[], Iterator[Any]]) -> int:
    """Return the bytes of a table's texts, each written where it is used; refuse too many.

    The sizes that a Parquet file states are those before its dictionaries are put in.
    """
    import pyarrow as pa

    total = 0
    with _arrow_errors(path, kind):
        for batch in batches():
            # what is in the file is believed from here on
            batch.validate(full=True)
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
                    lengths = _lengths(column.dictionary)
                    check_cell(path, int(lengths.max(initial=0)), name)
                    total += int(lengths[column.indices.drop_null().to_numpy()].sum())
                elif _is_text(column.type):
                    lengths = _lengths(column)
                    check_cell(path, int(lengths.max(initial=0)), name)
                    total += int(lengths.sum())
                elif pa.types.is_fixed_size_binary(column.type):
                    check_cell(path, column.type.byte_width, name)
                    total += column.type.byte_width * len(column)
            check_unpacked(path, total)
    return total


def _lengths(texts: Any) -> Any:
    """Return the bytes of each text of an array; of one that is none, what stands in its place."""
    import numpy as np
    import pyarrow as pa

    wide = pa.types.is_large_string(texts.type) or pa.types.is_large_binary(texts.type)
    if not len(texts):
        return np.zeros(0, dtype=np.int64)
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int64 if wide else np.int32)
    return np.diff(ends[texts.offset : texts.offset + len(texts) + 1])


def _arrow_rows(
    path: Path, kind: str, names: list[str], batches: Callable[[], Iterator[Any]]
) -> Rows:
    """Yield the column names as row 1, then the rows."""
    yield [str(name) for name in names]
    with _arrow_errors(path, kind):
        for whole in batches():
            # columns of nothing may be of any length
            for start in range(0, whole.num_rows, _ROWS_AT_ONCE):
                batch = whole.slice(start, _ROWS_AT_ONCE)
                if not batch.num_columns:
                    return
                columns = [
                    _arrow_texts(path, str(name), column)
                    for name, column in zip(names, batch.columns, strict=True)
                ]
                yield from map(list, zip(*columns, strict=True))


def _arrow_texts(path: Path, name: str, column: Any) -> list[str]:
    """Return the cells of a column as text."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        if len(column.dictionary) > len(column):
            return _arrow_texts(path, name, column.dictionary_decode())
        # each text is made once
        texts = [*_arrow_texts(path, name, column.dictionary), ""]
        return [texts[-1 if n is None else n] for n in column.indices.to_pylist()]
    if pa.types.is_float32(column.type):
        return _short_floats(column.to_numpy(zero_copy_only=False))
    values = column.to_pylist()
    if any(isinstance(value, bytes) for value in values):
        try:
            values = [value if value is None else value.decode() for value in values]
        except UnicodeDecodeError:
            text = Message(
                "{path}: column {column!r} holds bytes that are no text in UTF-8; remove it, or "
                "write it as text",
                path=path, column=name,
            )  # fmt: skip
            raise DataFileError(text) from None
    return [cell_text(value) for value in values]


def _short_floats(values: Any) -> list[str]:
    """Return floats of 4 bytes as text with the digits they have: 12.3, not 12.300000190734863."""
    return [cell_text(float(str(value))) for value in values]


def with_positions(rows: Callable[[], Rows], positions: Positions) -> Rows:
    """Yield rows with the two columns of a geometry behind their last.

    Parameters
    ----------
    rows
        Of the sheet, its header first.
    positions
        Longitude and latitude of each row below the header, as text.
    """
    lon, lat = positions
    ends = itertools.chain([(GEOMETRY_LON, GEOMETRY_LAT)], zip(lon, lat, strict=True))
    for cells, end in zip(rows(), ends, strict=True):
        yield [*cells, *end]


# --- frames


def frame_sheet(frame: pd.DataFrame, name: str) -> Sheet:
    """Return a frame as a sheet; see `geodata.user_tables.files.sheet_of_frame`."""
    import pandas as pd

    geometry = getattr(frame, "_geometry_column_name", None)
    if geometry is None or geometry not in frame.columns:
        return Sheet(name, partial(frame_rows, frame, name), "frame")
    from geodata.user_tables import spatial_files

    shapes = frame[geometry]
    positions, about = spatial_files.positions(name, shapes.to_numpy(), shapes.crs)
    # other geometries are no text
    plain = pd.DataFrame(frame.drop(columns=list(frame.columns[frame.dtypes == "geometry"])))
    rows = partial(with_positions, partial(frame_rows, plain, name), positions)
    return Sheet(name, rows, "frame", geometry=about)


def frame_rows(
    frame: pd.DataFrame, name: object, decode: Callable[[str], str] | None = None
) -> Rows:
    """Yield the columns' names as row 1, then the rows.

    Parameters
    ----------
    frame
        With any index.
    name
        What messages call it.
    decode
        Makes the text that is meant of a text that was read in another encoding.
    """
    as_text = decode or str
    yield [as_text(_column_name(column)) for column in frame.columns]
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        block = frame.iloc[start : start + _ROWS_AT_ONCE]
        columns = [
            _frame_texts(block.iloc[:, n], name, frame.columns[n], decode)
            for n in range(block.shape[1])
        ]
        if not columns:
            yield from ([] for _ in range(len(block)))
        yield from map(list, zip(*columns, strict=True))


def _column_name(column: object) -> str:
    """Return a column's name as one text, also where it has several levels."""
    if isinstance(column, tuple):
        return " ".join(cell_text(part) for part in column if cell_text(part))
    return cell_text(column)


def _frame_texts(
    cells: pd.Series[Any], name: object, column: object, decode: Callable[[str], str] | None
) -> list[str]:
    """Return the cells of a column as text."""
    if cells.dtype == "float32":
        return _short_floats(cells.to_numpy())
    # missing values of every kind of column are one
    values = [None if gone else v for v, gone in zip(cells.tolist(), cells.isna(), strict=True)]
    if any(isinstance(value, bytes) for value in values):
        try:
            values = [v.decode() if isinstance(v, bytes) else v for v in values]
        except UnicodeDecodeError:
            text = Message(
                "{path}: column {column!r} holds bytes that are no text in UTF-8; remove it, or "
                "write it as text",
                path=name, column=column,
            )  # fmt: skip
            raise DataFileError(text) from None
    if decode is not None:
        values = [decode(value) if isinstance(value, str) else value for value in values]
    return [cell_text(value) for value in values]


# --- Stata

_UNICODE_FORMAT = 118  # the first whose texts are UTF-8; earlier ones do not say


def stata_sheets(
    path: Path, encoding: str | None, knows: Callable[[str], bool] | None
) -> list[Sheet]:
    """Return a dta file as a sheet, coded values by their labels, as Stata shows them.

    Parameters
    ----------
    path, encoding, knows
        As of `geodata.user_tables.files.open_tables`; the encoding matters up to format 117.

    Raises
    ------
    DataFileError
        When it is damaged, or its texts are in no encoding that is read.
    """
    from geodata.user_tables.text_files import encoding_of_texts, text_in

    with _stata_errors(path), _stata(path) as reader:
        old = _stata_format(path) < _UNICODE_FORMAT
        values = reader.value_labels()
        # which labels are whose is known to no public name
        labels = dict(zip(reader.variable_labels(), reader._lbllist, strict=True))
    by_column = {name: values[key] for name, key in labels.items() if values.get(key)}
    if not old:
        rows = partial(_stata_rows, path, by_column, None)
        return [Sheet("", rows, "dta", "UTF-8")]

    def texts() -> Iterator[str]:
        """Give every text of the file, as pandas read it: a character a byte."""
        for table in by_column.values():
            yield from map(str, table.values())
        for cells in _stata_rows(path, {}, None):
            yield from cells

    found = encoding_of_texts(path, texts, encoding, knows)
    rows = partial(_stata_rows, path, by_column, partial(text_in, found))
    return [Sheet("", rows, "dta", found)]


@contextlib.contextmanager
def _stata_errors(path: Path) -> Iterator[None]:
    """Say in our words what pandas finds; damage makes it raise nearly anything."""
    try:
        with warnings.catch_warnings():
            # a text that is not in the file's encoding would be read in another, with a warning
            warnings.simplefilter("error", UnicodeWarning)
            yield
    except DataFileError:
        raise
    except Exception as error:
        raise damaged_file(path, "dta", error) from None


def _stata(path: Path) -> Any:
    import pandas as pd

    return pd.read_stata(path, chunksize=_ROWS_AT_ONCE, convert_categoricals=False)


def _stata_format(path: Path) -> int:
    """Return the version of the format: 114 to 119."""
    with path.open("rb") as file:
        start = file.read(64)
    if not start.startswith(b"<"):
        return start[0]
    return int(start.partition(b"<release>")[2][:3])


def _stata_rows(
    path: Path, labels: dict[str, dict[Any, str]], decode: Callable[[str], str] | None
) -> Rows:
    """Yield the names of the variables as row 1, then the observations."""
    import pandas as pd

    with _stata_errors(path):
        reader = _stata(path)
    with reader:
        with _stata_errors(path):
            names = list(reader.variable_labels())
        yield [decode(name) if decode else name for name in names]
        while True:
            with _stata_errors(path):
                block = next(reader, None)
            if block is None:
                return
            for name, table in labels.items():
                shown = [table.get(value, value) for value in block[name]]
                block[name] = pd.Series(shown, index=block.index, dtype=object)
            # the names stand above already
            yield from itertools.islice(frame_rows(block, path, decode), 1, None)

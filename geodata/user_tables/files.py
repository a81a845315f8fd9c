"""Open the files of users: xlsx, xls, csv, tsv, parquet, told apart by their first bytes.

Nothing is believed of a file's name: exports called .xls are often text or xlsx. Limits of size
hold before anything is read into memory. (Spreadsheets are read with python-calamine: one wheel of
1 MB for xlsx and xls, ten times as fast as openpyxl, which reads no xls.)
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DataFileError, system_fault
from geodata.words import Message, Name, library_words

MAX_FILE_MB = 400
MAX_UNPACKED_MB = 2000
_MB = 1_000_000
# what zipfile raises on damaged files, as fuzzing found: negative offsets, names in no encoding
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LookupError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip


def check_size(path: Path, limit_mb: float | None = None) -> None:
    """Refuse a path that is no readable file, and a file over a limit (`MAX_FILE_MB` when None).

    Raises
    ------
    DataFileError
        Naming the file and the limit.
    """
    try:
        about = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if stat.S_ISDIR(about.st_mode):
        text = Message(
            "{path}: is a folder; accepted: an xlsx, xls, csv, tsv or parquet file", path=path
        )
        raise DataFileError(text)
    if not stat.S_ISREG(about.st_mode):
        # a pipe or device has no size, and may never end
        text = Message("{path}: is no regular file; save it as one first", path=path)
        raise DataFileError(text)
    limit_mb = MAX_FILE_MB if limit_mb is None else limit_mb
    if about.st_size > limit_mb * _MB:
        text = Message(
            "{path}: {size:,.0f} MB; accepted: up to {limit:g} MB",
            path=path, size=about.st_size / _MB, limit=limit_mb,
        )  # fmt: skip
        raise DataFileError(text)


def unreadable(path: Path, error: Exception) -> DataFileError:
    """Return the error of a file that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return DataFileError(Message("{path}: no such file", path=path))
    why = system_fault(error)
    return DataFileError(Message("{path}: cannot be read ({why})", path=path, why=why))


def damaged_file(path: Path, kind: str, error: Exception) -> DataFileError:
    """Return the error of a file whose reader finds it damaged, or of another kind.

    Parameters
    ----------
    path
        The file.
    kind
        What it should be: xlsx, parquet, arrow.
    error
        The reader's.
    """
    if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError)):
        return unreadable(path, error)
    why = library_words(error)
    return DataFileError(
        Message("{path}: a damaged {kind} file{why}", path=path, kind=kind, why=why)
    )


def check_archive(path: Path) -> None:
    """Refuse a packed file that is damaged or unpacks beyond the limit, unpacking into nothing."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            check_unpacked(path, unpacked)
            # reads no more of an entry than its stated size, and its checksum fails if that lies
            damaged = archive.testzip()
    except _ZIP_ERRORS as error:
        raise damaged_file(path, "xlsx", error) from None
    if damaged is not None:
        text = Message(
            "{path}: a damaged xlsx file (part {part} does not match its checksum)",
            path=path, part=damaged,
        )  # fmt: skip
        raise DataFileError(text)


def check_unpacked(path: Path, size: int) -> None:
    """Refuse what holds more bytes than the limit once unpacked."""
    if size > MAX_UNPACKED_MB * _MB:
        text = Message(
            "{path}: unpacks to {size:,.0f} MB; accepted: up to {limit:g} MB",
            path=path, size=size / _MB, limit=MAX_UNPACKED_MB,
        )  # fmt: skip
        raise DataFileError(text)


DELIMITERS = {
    ",": Name("comma", "逗号"), "\t": Name("tab", "制表符"),
    ";": Name("semicolon", "分号"), "|": Name("bar", "竖线"),
}  # fmt: skip
_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXACT_FLOAT = 1e15  # Excel keeps 15 digits: a longer number has lost some

Rows = Iterator[list[str]]


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    name
        Of the sheet, or how the text is cut into cells.
    rows
        Gives all rows from the first, each a list of text; the n-th is row n as a spreadsheet
        program numbers it. Blank rows are given, too, so that the numbers stay right.
    """

    name: str
    rows: Callable[[], Rows]
    kind: str = ""
    encoding: str = ""
    delimiter: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas_without_value: Callable[[], tuple[tuple[int, int], ...]] = tuple


def sheet_of_frame(frame, name):
    rows = [list(map(str, frame.columns)), *[list(map(cell_text, r)) for r in frame.itertuples(index=False)]]
    return Sheet(name, lambda: iter(rows), "frame")


def open_tables(path: Path, encoding: str | None = None, knows=None) -> list[Sheet]:
    """Return the tables of a file: visible sheets in order, or one text by each delimiter.

    Parameters
    ----------
    path
        The file.
    encoding
        Of a text; found out when None.

    Raises
    ------
    DataFileError
        When the file is missing, too large, protected, damaged, or none of the accepted kinds.
        Damage may show only while rows are read.
    """
    check_size(path)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise unreadable(path, error) from None
    if start.startswith(b"PK\x03\x04"):
        check_archive(path)
        return _sheets(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return _sheets(path)
    if start.startswith(b"PAR1"):
        return [Sheet("", lambda: _parquet_rows(path))]
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        text = Message(
            "{path}: a web page or XML file; open it in Excel or WPS and save it as xlsx", path=path
        )
        raise DataFileError(text)
    if not start.strip():
        text = Message("{path}: the file is empty", path=path)
        raise DataFileError(text)
    encoding = text_encoding(path, encoding)
    return [
        Sheet(f"{name.en}-separated", lambda d=mark: _text_rows(path, encoding, d), "csv", encoding, mark)  # type: ignore[misc]
        for mark, name in DELIMITERS.items()
    ]


def text_encoding(path: Path, stated: str | None = None) -> str:
    """Return a text file's encoding: as stated, by its byte-order mark, else UTF-8, else GB18030.

    GB18030 takes nearly any bytes, so it can never be tried before UTF-8.

    Raises
    ------
    DataFileError
        When the bytes are neither.
    """
    if stated is not None:
        _decode_all(path, stated)
        return stated
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            _decode_all(path, encoding)
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            _decode_all(path, encoding)
        except DataFileError:
            continue
        return encoding
    text = Message(
        "{path}: no text in UTF-8, UTF-16 with a byte-order mark, or GB18030; accepted: these, or "
        "an xlsx, xls or parquet file",
        path=path,
    )
    raise DataFileError(text)


def _decode_all(path: Path, encoding: str) -> None:
    """Decode the whole file in pieces, keeping none."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                if "\0" in decoder.decode(piece):
                    text = Message(
                        "{path}: holds zero bytes, so it is no text in {encoding}",
                        path=path, encoding=encoding,
                    )  # fmt: skip
                    raise DataFileError(text)
            decoder.decode(b"", final=True)
    except (UnicodeError, LookupError, TypeError, AttributeError) as error:
        # a name of the study file may be no encoding, or none of text (rot13, hex)
        if isinstance(error, UnicodeError):
            instead = Message("it holds bytes that are none of this encoding")
        else:
            instead = Message("there is no such encoding of text")
        text = Message(
            "{path}: not readable as {encoding}{why}",
            path=path, encoding=encoding, why=library_words(error.args[-1], instead),
        )  # fmt: skip
        raise DataFileError(text) from None


def _text_rows(path: Path, encoding: str, delimiter: str) -> Rows:
    """Give the rows of a text file, one after the other."""
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            for cells in csv.reader(file, delimiter=delimiter):
                number += 1
                yield cells
    except csv.Error as error:
        instead = Message("a quote is not closed, or a cell is too long")
        text = Message(
            "{path}: row {row}: not a {kind}-separated table{why}",
            path=path, row=number + 1, kind=DELIMITERS[delimiter],
            why=library_words(error, instead),
        )  # fmt: skip
        raise DataFileError(text) from None


def _sheets(path: Path) -> list[Sheet]:
    """Return the visible sheets of a spreadsheet; rows are read when they are asked for."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with _spreadsheet_errors(path):
        book = CalamineWorkbook.from_path(str(path))
        seen = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]

    def rows(name: str) -> Rows:
        with _spreadsheet_errors(path):
            sheet = book.get_sheet_by_name(name)
            # the pad keeps cells in their columns where the sheet's first ones are empty
            pad = [""] * (sheet.start or (0, 0))[1]
            for cells in sheet.iter_rows():
                yield [*pad, *map(cell_text, cells)]

    return [Sheet(name, lambda n=name: rows(n)) for name in seen]  # type: ignore[misc]


@contextmanager
def _spreadsheet_errors(path: Path) -> Iterator[None]:
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        text = Message("{path}: protected by a password; save it without one", path=path)
        raise DataFileError(text) from None
    except (CalamineError, OSError, ValueError) as error:
        text = Message(
            "{path}: cannot be read as xlsx or xls{why}", path=path, why=library_words(error)
        )
        raise DataFileError(text) from None
    except BaseException as error:
        # the reader is written in Rust; a damaged file can end it so, and no more is lost by that
        if type(error).__name__ != "PanicException":
            raise
        text = Message("{path}: a damaged xlsx or xls file", path=path)
        raise DataFileError(text) from None


def _parquet_rows(path: Path) -> Rows:
    """Yield the column names as row 1, then the rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            groups = (file.metadata.row_group(n) for n in range(file.metadata.num_row_groups))
            check_unpacked(path, sum(group.total_byte_size for group in groups))
            yield [str(name) for name in file.schema_arrow.names]
            for batch in file.iter_batches(batch_size=1 << 16):
                columns = [[cell_text(v) for v in column.to_pylist()] for column in batch.columns]
                yield from map(list, zip(*columns, strict=True))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise damaged_file(path, "parquet", error) from None


def stated_licence(path: Path) -> str:
    """Return what a Parquet file says of its own licence, "" where it or another file says none."""
    if path.suffix.lower() != ".parquet":
        return ""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_schema(path).metadata
    except (pa.ArrowException, OSError, ValueError) as error:
        raise damaged_file(path, "parquet", error) from None
    return licence_in(about)


def licence_in(metadata: Mapping[bytes, bytes] | None) -> str:
    """Return the licence that the metadata of a schema state, "" for none."""
    return (metadata or {}).get(b"licence", b"").decode("utf-8", "replace")


def cell_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, days as YYYY-MM-DD, none as ""."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # noqa: PLR0124 - nan differs from itself
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_FLOAT:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)

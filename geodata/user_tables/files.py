"""Open the files of users: spreadsheets, text, Parquet, Arrow, Stata, layers of maps.

A file is read whole, or refused with what to change. It is told by its content: nothing is believed
of a name, since exports called .xls are often text or xlsx. What can be told without reading rows
is told when a file is opened; damage may show only while rows are read.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from geodata.errors import DataFileError, system_fault
from geodata.words import Message, Name, Words, library_words

if TYPE_CHECKING:
    import pandas as pd

# a million companies are 200 MB as csv, 60 MB as xlsx
MAX_FILE_MB = 400
# what a packed file may hold: a sheet of a million companies is 600 MB of XML
MAX_UNPACKED_MB = 2000
# a spreadsheet's cell holds 32,767 characters, an outline's text some 100 kB; more is no table
MAX_CELL_MB = 1
_MB = 1_000_000
_EXACT_FLOAT = 1e15  # Excel keeps 15 digits: a longer number has lost some
_START = 1 << 16

ACCEPTED = Message(
    "a table as xlsx, xls, xlsb, ods, csv, tsv, Parquet, Arrow or dta, or a GeoPackage, GeoJSON or "
    "Shapefile"
)

Rows = Iterator[list[str]]
_What = TypeVar("_What")


@dataclass(frozen=True)
class Geometry:
    """What a sheet's positions are made of.

    Attributes
    ----------
    crs
        The coordinate system as the file states it, for a sentence: EPSG:4490.
    points_inside
        Whether there are areas or lines: a point inside stands for each.
    """

    crs: str
    points_inside: bool


def _no_formulas() -> tuple[tuple[int, int], ...]:
    return ()


@dataclass(frozen=True)
class Sheet:
    """One table of a file.

    Attributes
    ----------
    name
        Of the sheet or layer; "" where the file holds one table.
    rows
        Gives all rows from the first, each a list of text; the n-th is row n as a spreadsheet
        program numbers it. Blank rows are given, too, so that the numbers stay right.
    kind
        xlsx, xlsb, xls, ods, csv, parquet, arrow, dta, GeoPackage, GeoJSON, Shapefile, GeoParquet,
        or frame.
    encoding
        Of text, and of a dta file or Shapefile where it was found out; a name that Python knows.
    delimiter
        Of text. A text gives one sheet for each delimiter, and only one of them is meant: rows of
        another may end with an error.
    merged
        Of a spreadsheet: first row, first column, last row, last column, from 0, inclusive.
    geometry
        Where the sheet has one; its positions, WGS-84 degrees, are the last two columns,
        `GEOMETRY_LON` and `GEOMETRY_LAT`, "" where a row has none.
    formulas_without_value
        Gives row and column, from 0, of cells that hold a formula and no stored value.
    notes
        What a reader of the table should know of it.
    """

    name: str
    rows: Callable[[], Rows]
    kind: str
    encoding: str = ""
    delimiter: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    geometry: Geometry | None = None
    formulas_without_value: Callable[[], tuple[tuple[int, int], ...]] = _no_formulas
    notes: tuple[Words, ...] = ()


def open_tables(
    path: Path, encoding: str | None = None, knows: Callable[[str], bool] | None = None
) -> list[Sheet]:
    """Return the tables of a file: visible sheets in order, layers, or one text by each delimiter.

    Parameters
    ----------
    path
        The file.
    encoding
        Of a text, or of the texts in a Shapefile or an old dta file; found out when None.
    knows
        Says whether a heading is a known one; tells encodings apart, nothing else.

    Raises
    ------
    DataFileError
        When the file is missing, too large, protected, damaged, or none of the accepted kinds.
        Damage may show only while rows are read.
    """
    from geodata.user_tables import columnar, spatial_files, spreadsheets, text_files

    kind = _kind(path)
    if kind in ("xlsx", "xlsb", "ods", "xls"):
        return spreadsheets.sheets(path, kind)
    if kind == "parquet":
        return columnar.parquet_sheets(path)
    if kind == "arrow":
        return columnar.arrow_sheets(path)
    if kind == "dta":
        return columnar.stata_sheets(path, encoding, knows)
    if kind in ("GeoPackage", "GeoJSON", "Shapefile", "zipped Shapefile"):
        return spatial_files.sheets(path, kind, encoding, knows)
    return text_files.sheets(path, encoding, knows)


def hidden_sheets(path: Path) -> tuple[str, ...]:
    """Return the names of a spreadsheet's hidden sheets, which are not read.

    Raises
    ------
    DataFileError
        As `open_tables`.
    """
    from geodata.user_tables import spreadsheets

    kind = _kind(path)
    return spreadsheets.hidden(path, kind) if kind in ("xlsx", "xlsb", "ods", "xls") else ()


def sheet_of_frame(frame: pd.DataFrame, name: str) -> Sheet:
    """Return a frame as a sheet: row 1 are its columns' names, its index is not read.

    Parameters
    ----------
    frame
        With any index. Of a `geopandas.GeoDataFrame` the active geometry gives positions.
    name
        What messages call it.

    Raises
    ------
    DataFileError
        When a geometry states no coordinate system, or one without a way to WGS-84.
    """
    from geodata.user_tables import columnar

    return columnar.frame_sheet(frame, name)


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
        text = Message("{path}: is a folder; accepted: {accepted}", path=path, accepted=ACCEPTED)
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


def check_unpacked(path: Path, size: int) -> None:
    """Refuse what holds more bytes than the limit once unpacked."""
    if size > MAX_UNPACKED_MB * _MB:
        text = Message(
            "{path}: unpacks to {size:,.0f} MB; accepted: up to {limit:g} MB",
            path=path, size=size / _MB, limit=MAX_UNPACKED_MB,
        )  # fmt: skip
        raise DataFileError(text)


def check_cell(path: Path, size: int, column: str) -> None:
    """Refuse a cell of more bytes than the limit.

    Parameters
    ----------
    path
        The file.
    size
        Bytes of the longest cell.
    column
        Its column, for the message.
    """
    if size > MAX_CELL_MB * _MB:
        text = Message(
            "{path}: column {column!r} has a cell of {size:,.1f} MB; accepted: up to {limit} MB; "
            "shorten it or remove the column",
            path=path, column=column, size=size / _MB, limit=MAX_CELL_MB,
        )  # fmt: skip
        raise DataFileError(text)


def unreadable(path: Path, error: Exception) -> DataFileError:
    """Return the error of a file that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return DataFileError(Message("{path}: no such file", path=path))
    why = system_fault(error)
    return DataFileError(Message("{path}: cannot be read ({why})", path=path, why=why))


def damaged_file(path: Path, kind: str, error: BaseException) -> DataFileError:
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


def protected_file(path: Path) -> DataFileError:
    """Return the error of a file that a password protects."""
    return DataFileError(Message("{path}: protected by a password; save it without one", path=path))


# what zipfile raises on damaged files, as fuzzing found: negative offsets, names in no encoding
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, OSError, OverflowError, RuntimeError,
    ValueError, ArithmeticError, NotImplementedError,
)  # fmt: skip


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


# first bytes of files that are read, whatever they are called
_READ = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow"),  # a stream
    (b"<stata_dta>", "dta"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    # workbooks of Excel 2 to 5 without the folder that later ones are packed in
    (b"\x09\x00\x04\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x08\x08\x00", "xls"),
    (b"\x09\x08\x10\x00", "xls"),
)
_OLD_STATA = re.compile(rb"[\x6c-\x73][\x01\x02]\x01\x00", re.DOTALL)
# first bytes of files that are none, with their name
_PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_WORD = Name("a Word document", "Word文档")
_NO_TABLES = (
    (b"%PDF", Name("a PDF file", "PDF文件")),
    (b"{\\rtf", _WORD),
    (b"\x89PNG", Name("a picture", "图片")),
    (b"\xff\xd8\xff", Name("a picture", "图片")),
    (b"GIF8", Name("a picture", "图片")),
    (b"$FL2", Name("an SPSS file", "SPSS文件")),
    (b"$FL3", Name("an SPSS file", "SPSS文件")),
    (b"fgb\x03", Name("a FlatGeobuf file", "FlatGeobuf文件")),
    (b"\x89HDF", Name("an HDF5 file", "HDF5文件")),
    (b"FEA1", Name("a Feather file of version 1", "第1版Feather文件")),
    (b"PARE", Name("an encrypted Parquet file", "加密的Parquet文件")),
)
_GEOJSON = re.compile(
    rb'"type"\s*:\s*"(?:FeatureCollection|Feature|GeometryCollection|(?:Multi)?(?:Point|Polygon|'
    rb'LineString))"'
)
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\"\[{\]])")
_MHTML = re.compile(
    rb"(?:from|mime-version|subject|date|content-type|snapshot-content-location):[^\n]*\n", re.I
)


def _kind(path: Path) -> str:
    """Return how a file is read, by its content.

    Raises
    ------
    DataFileError
        For a file that is not given, too large, empty, or of a kind that is not read, which it
        names.
    """
    check_size(path)
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise unreadable(path, error) from None
    found = _by_mark(start, _READ) or ("dta" if _OLD_STATA.match(start) else None)
    if found is not None:
        return found
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed_kind(path)
    if start.startswith(b"SQLite format 3\0"):
        return _database_kind(path)
    packer, what = _by_mark(start, _PACKED), _by_mark(start, _NO_TABLES)
    if packer is not None:
        raise _packed_file(path, packer)
    if what is not None:
        raise _no_table(path, what)
    return _text_kind(path, start)


def _by_mark(start: bytes, marks: Sequence[tuple[bytes, _What]]) -> _What | None:
    """Return what a file is by its first bytes, None for none of them."""
    return next((what for mark, what in marks if start.startswith(mark)), None)


def _packed_kind(path: Path) -> str:
    """Return what a zip archive is, by the names of its parts."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.replace("\\", "/").casefold() for name in archive.namelist()]
            mime = b""
            if "mimetype" in names:
                entry = archive.infolist()[names.index("mimetype")]
                with archive.open(entry, "r") as part:
                    mime = part.read(200)
    except ZIP_ERRORS as error:
        raise damaged_file(path, "xlsx", error) from None
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if "xl/workbook.bin" in names:
        return "xlsb"
    # a workbook may be called otherwise, but its parts are in this folder
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.endswith(".shp") for name in names):
        return "zipped Shapefile"
    raise _other_archive(path, names)


def _other_archive(path: Path, names: list[str]) -> DataFileError:
    """Return the error of a zip archive that is none of the files that are read."""
    if any(name.startswith("word/") for name in names):
        return _no_table(path, _WORD)
    if any(name.endswith(".iwa") or name == "index.zip" for name in names):
        text = Message("{path}: a Numbers file; export it as xlsx from Numbers", path=path)
        return DataFileError(text)
    if any(name.endswith(".kml") for name in names):
        return _map_of_another_kind(path, "KMZ")
    return _packed_file(path, "zip")


def _database_kind(path: Path) -> str:
    """Return what an SQLite file is: a GeoPackage, or nothing that is read."""
    import sqlite3
    from contextlib import closing

    try:
        # read only, so that a journal beside it is never played back into a user's file
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            sql = "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'"
            (found,) = base.execute(sql).fetchone()
    # its messages quote the file, also where that is no text any more
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise damaged_file(path, "GeoPackage", error) from None
    if not found:
        raise _no_table(path, Name("an SQLite database", "SQLite数据库"))
    return "GeoPackage"


def _text_kind(path: Path, start: bytes) -> str:
    """Return what a text is: GeoJSON, or the text of a table."""
    # as UTF-8 without marks, whatever it is in, to be compared
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if start.startswith(mark):
            start = start.decode(encoding, "replace").encode()
    plain = start
    while plain.startswith(codecs.BOM_UTF8):
        plain = plain.removeprefix(codecs.BOM_UTF8)
    plain = plain.strip()
    if not plain:
        text = Message("{path}: the file is empty", path=path)
        raise DataFileError(text)
    if plain.startswith(b"<"):
        if b"<kml" in plain[:2000]:
            raise _map_of_another_kind(path, "KML")
        text = Message(
            "{path}: a web page or XML file; open it in Excel or WPS and save it as xlsx", path=path
        )
        raise DataFileError(text)
    if _MHTML.match(plain) and re.search(rb"content-type:\s*(?:multipart/|text/html)", plain, re.I):
        text = Message(
            "{path}: a web archive (MHTML); open it in Excel or WPS and save it as xlsx", path=path
        )
        raise DataFileError(text)
    if _JSON.match(plain):
        if _GEOJSON.search(plain):
            return "GeoJSON"
        text = Message("{path}: JSON that is no GeoJSON; save it as csv or xlsx", path=path)
        raise DataFileError(text)
    return "text"


def _packed_file(path: Path, packer: str) -> DataFileError:
    text = Message("{path}: a packed file ({packer}); unpack it first", path=path, packer=packer)
    return DataFileError(text)


def _no_table(path: Path, what: Words) -> DataFileError:
    text = Message("{path}: {what}; accepted: {accepted}", path=path, what=what, accepted=ACCEPTED)
    return DataFileError(text)


def _map_of_another_kind(path: Path, kind: str) -> DataFileError:
    text = Message(
        "{path}: a {kind} file; open it in QGIS and save it as GeoPackage", path=path, kind=kind
    )
    return DataFileError(text)

"""Read spreadsheets: xlsx, xlsb and ods with python-calamine, xls with xlrd.

python-calamine is ten times as fast as openpyxl, but makes room for every cell up to the farthest
one that has a value, and ends the process where there is none. So the parts of a packed workbook
are looked through first, which also gives what it does not tell: merged ranges, and formulas that
nobody has computed. What a sheet states of its size is not believed, since it lies both ways. An
xls is read with xlrd, which keeps short rows short and is plain Python: a damaged one made
python-calamine end the process.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from xml.parsers import expat

from geodata.errors import DataFileError
from geodata.user_tables.files import (
    MAX_CELL_MB,
    MAX_UNPACKED_MB,
    ZIP_ERRORS,
    Rows,
    Sheet,
    cell_text,
    check_unpacked,
    damaged_file,
    protected_file,
    unreadable,
)
from geodata.words import Listed, Message, library_words

# python-calamine takes 32 bytes a cell, so 640 MB; a million rows of 20 columns
MAX_CELLS = 20_000_000
# cells of an ods that a number repeats: whole, they take 120 bytes each; tables repeat hardly any
MAX_REPEATED = 2_000_000
_CHUNK = 1 << 20
_MB = 1_000_000

Range = tuple[int, int, int, int]


def sheets(path: Path, kind: str) -> list[Sheet]:
    """Return the visible sheets of a spreadsheet; rows are read when they are asked for.

    Parameters
    ----------
    path
        The file.
    kind
        xlsx, xlsb, ods, xls.

    Raises
    ------
    DataFileError
        When it is damaged, protected, or makes more cells than the limit.
    """
    if kind == "xls":
        return _xls_sheets(path)
    parts = _look_through(path, kind)
    with _reading(path, kind):
        book = _book(path)
        names = _names(book, visible=True)
    return [
        Sheet(
            name,
            partial(_rows, path, kind, book, name),
            kind,
            merged=tuple(parts[name].merged) if name in parts else (),
            formulas_without_value=partial(_formulas, path, kind, parts.get(name)),
        )
        for name in names
    ]


def hidden(path: Path, kind: str) -> tuple[str, ...]:
    """Return the names of the hidden sheets of a spreadsheet."""
    if kind == "xls":
        with _reading_xls(path):
            book = _xls_book(path)
            return tuple(
                sheet.name
                for sheet, shown in zip(book, _xls_visible(book), strict=True)
                if not shown
            )
    if kind == "ods":
        _look_through(path, kind)
    with _reading(path, kind):
        return tuple(_names(_book(path), visible=False))


def _book(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    # given a path, it would believe the ending of its name
    with path.open("rb") as file:
        return CalamineWorkbook.from_filelike(file)


def _names(book: Any, *, visible: bool) -> list[str]:
    from python_calamine import SheetVisibleEnum

    return [
        sheet.name
        for sheet in book.sheets_metadata
        if (sheet.visible == SheetVisibleEnum.Visible) == visible
    ]


def _rows(path: Path, kind: str, book: Any, name: str) -> Rows:
    with _reading(path, kind):
        sheet = book.get_sheet_by_name(name)
        # the pad keeps cells in their columns where the sheet's first ones are empty
        pad = [""] * (sheet.start or (0, 0))[1]
        for cells in sheet.iter_rows():
            yield [*pad, *map(cell_text, cells)]


@contextmanager
def _reading(path: Path, kind: str) -> Iterator[None]:
    """Say what the reader finds in our words."""
    from python_calamine import CalamineError, PasswordError

    try:
        yield
    except PasswordError:
        raise protected_file(path) from None
    except (CalamineError, OSError, ValueError) as error:
        text = Message(
            "{path}: cannot be read as {kind}{why}",
            path=path, kind=kind, why=library_words(error),
        )  # fmt: skip
        raise DataFileError(text) from None
    except BaseException as error:
        # the reader is written in Rust; a damaged file can end it so, and no more is lost by that
        if type(error).__name__ != "PanicException":
            raise
        raise damaged_file(path, kind, error) from None


@dataclass
class _Part:
    """One sheet of a packed workbook as its part says it, without reading its values.

    Attributes
    ----------
    name
        Of the sheet.
    part
        Of the archive.
    merged
        First row, first column, last row, last column, from 0.
    rows, columns
        Up to the last cell that has a value; after a glance only, no fewer than there are.
    cells
        How many there are.
    exact
        Whether the part must be taken apart to know where its values end.
    formulas
        Whether it may hold formulas without a value.
    without_value
        Row and column, from 0, of those, where they are known.
    """

    name: str
    part: str
    merged: list[Range] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    cells: int = 0
    exact: bool = False
    formulas: bool = False
    without_value: list[tuple[int, int]] = field(default_factory=list)


def _look_through(path: Path, kind: str) -> dict[str, _Part]:
    """Return the sheets of a packed workbook by name, refusing damage and what takes no end."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_unpacked(path, sum(entry.file_size for entry in archive.infolist()))
            names = [name.casefold() for name in archive.namelist()]
            if len(set(names)) < len(names):
                # two readers may each take another of them
                message = "two parts of one name"
                raise zipfile.BadZipFile(message)
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise protected_file(path)
            if kind == "ods":
                found = _ods_parts(path, archive)
                read = {"content.xml"}
            else:
                found = _xlsx_parts(path, archive, kind)
                read = {part.part for part in found}
            # the other parts only for their checksums; none is kept
            for entry in archive.infolist():
                if entry.filename not in read:
                    with archive.open(entry) as file:
                        while file.read(_CHUNK):
                            pass
    except expat.ExpatError as error:
        raise damaged_file(path, kind, error) from None
    except ZIP_ERRORS as error:
        raise damaged_file(path, kind, error) from None
    return {part.name: part for part in found}


def _too_large(path: Path, part: _Part, far: list[str]) -> DataFileError:
    text = Message(
        "{path}: sheet {sheet!r}: the value in {cells} makes a table of {count:,} cells; accepted: "
        "up to {limit:,}; delete that value, or save a table that is so large as csv",
        path=path, sheet=part.name, cells=Listed(dict.fromkeys(far)),
        count=part.rows * part.columns, limit=MAX_CELLS,
    )  # fmt: skip
    return DataFileError(text)


def _repeated(path: Path, sheet: str, cell: str) -> DataFileError:
    text = Message(
        "{path}: sheet {sheet!r}: the value in {cell} is repeated in more than {limit:,} cells; "
        "accepted: up to that; delete them",
        path=path, sheet=sheet, cell=cell, limit=MAX_REPEATED,
    )  # fmt: skip
    return DataFileError(text)


def _heavy(path: Path, sheet: str) -> DataFileError:
    text = Message(
        "{path}: sheet {sheet!r}: its texts take more than {limit:,} MB; accepted: up to that; "
        "shorten or split it",
        path=path, sheet=sheet, limit=MAX_UNPACKED_MB,
    )  # fmt: skip
    return DataFileError(text)


# --- xlsx and xlsb: which part is which sheet


def _xlsx_parts(path: Path, archive: zipfile.ZipFile, kind: str) -> list[_Part]:
    """Look through the sheets of an xlsx or xlsb file."""
    parts = {name.casefold().lstrip("/"): name for name in archive.namelist()}
    # every sheet there is, named by its part where the workbook does not name it
    found = [
        _Part(names.get(low, low), name)
        for names in [_sheet_names(archive, parts, kind)]
        for low, name in parts.items()
        if re.fullmatch(r"xl/(?:work|macro|dialog)?sheets/[^/]+\.(?:xml|bin)", low) or low in names
    ]
    texts = parts.get("xl/sharedstrings.xml")
    longest = max(_text_lengths(path, archive, texts), default=0)
    for part in found:
        if kind == "xlsb":
            _look_through_xlsb(path, archive, part)
            continue
        _glance_xlsx(path, archive, part)
        if part.exact or part.rows * part.columns > MAX_CELLS:
            scan = _XmlCells(part)
            _parse(archive, part.part, scan)
            if part.rows * part.columns > MAX_CELLS:
                raise _too_large(path, part, scan.far)
        if part.cells * longest > MAX_UNPACKED_MB * _MB:
            _check_texts(path, archive, part, list(_text_lengths(path, archive, texts)))
    return found


def _sheet_names(archive: zipfile.ZipFile, parts: dict[str, str], kind: str) -> dict[str, str]:
    """Return the name of each sheet by its part."""
    related = parts.get(f"xl/_rels/workbook.{'bin' if kind == 'xlsb' else 'xml'}.rels")
    book = parts.get("xl/workbook.bin" if kind == "xlsb" else "xl/workbook.xml")
    if related is None or book is None:
        return {}
    targets = {}
    for tag, at in _elements(archive.read(related)):
        if tag == "Relationship":
            target = at.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[at.get("Id", "")] = full.casefold()
    if kind == "xlsb":
        pairs = _xlsb_names(archive.read(book))
    else:
        pairs = [
            (
                next((v for k, v in at.items() if k.rpartition(":")[2] == "id"), ""),
                at.get("name", ""),
            )
            for tag, at in _elements(archive.read(book))
            if tag == "sheet"
        ]
    return {targets[key]: name for key, name in pairs if key in targets}


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part, without the prefix of its name, and its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, at: found.append((tag.rpartition(":")[2], at))
    parser.Parse(xml, True)
    return found


def _parser() -> Any:
    """Return a parser that refuses definitions, which no workbook has and attacks need."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        message = "a document type"
        raise ValueError(message)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(archive: zipfile.ZipFile, name: str, handler: Any) -> None:
    """Take a part apart, a piece at a time."""
    parser = _parser()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    with archive.open(name) as file:
        while piece := file.read(_CHUNK):
            parser.Parse(piece, False)
    parser.Parse(b"", True)


# --- xlsx: a glance at all cells, quick; and the sheet taken apart where that does not settle it

# a cell that says where it is, without the last four digits of its row: few in any sheet
_CELL = re.compile(rb'<c r="([A-Z]{1,3}\d{0,4}?)\d{1,4}"')
_ROWS_TOLD = 10_000
_ANY_CELL = re.compile(rb"<c[\s/>]")
_MERGE = re.compile(rb'mergeCell\s[^>]*?ref="([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)"')
# what may be the number of a shared text; and what stands in a cell that holds something else
_NUMBER = re.compile(rb"v[^<>]*>\s*(\d{1,9})\s*<")
_PLAIN_NUMBER = re.compile(rb'<c r="[A-Z]+\d+"(?: s="\d+")?(?: t="(?:n|b|e|str)")?><v>(\d{1,9})<')


def _column(letters: str) -> int:
    """Return a column's number from 1: A is 1, XFD 16,384."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _pieces(path: Path, archive: zipfile.ZipFile, name: str, sheet: str) -> Iterator[bytes]:
    """Give a part in pieces that end before a tag, so that none is cut."""
    rest = b""
    with archive.open(name) as file:
        while piece := file.read(_CHUNK):
            data = rest + piece
            cut = data.rfind(b"<")
            if len(data) - cut > 2 * _CHUNK:
                text = Message(
                    "{path}: sheet {sheet!r} has a cell of more than {limit} MB; shorten it",
                    path=path, sheet=sheet, limit=MAX_CELL_MB,
                )  # fmt: skip
                raise DataFileError(text)
            yield data[:cut]
            rest = data[cut:]
    yield rest


def _glance_xlsx(path: Path, archive: zipfile.ZipFile, part: _Part) -> None:
    """See how far the cells of a sheet reach at most, with or without a value; what is merged."""
    places: set[bytes] = set()
    for piece in _pieces(path, archive, part.part, part.name):
        cells = _CELL.findall(piece)
        places.update(cells)
        part.cells += len(cells)
        # cells that do not say where they are; names with a prefix; another encoding of XML
        part.exact = (
            part.exact
            or (piece.count(b"<c") != len(cells) and len(_ANY_CELL.findall(piece)) != len(cells))
            or (b":" in piece and b":c" in piece)
            or b"\0" in piece
        )
        part.formulas = part.formulas or b"<f" in piece or b":f" in piece
        for left, top, right, bottom in _MERGE.findall(piece) if b"mergeCell" in piece else ():
            part.merged.append(
                (int(top) - 1, _column(left.decode()) - 1, int(bottom) - 1,
                 _column(right.decode()) - 1)
            )  # fmt: skip
    for place in places:
        letters = place.rstrip(b"0123456789")
        part.columns = max(part.columns, _column(letters.decode()))
        part.rows = max(part.rows, _ROWS_TOLD * (int(place[len(letters) :] or 0) + 1))


class _XmlCells:
    """Takes a sheet apart: where its values end, and formulas without one."""

    def __init__(self, part: _Part) -> None:
        self.part = part
        part.rows = part.columns = 0
        self.row, self.column = 0, 0
        self.far = ["", ""]
        self.has_value = self.has_formula = self.is_text = self.in_value = False

    def start(self, tag: str, at: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self.row = int(at.get("r") or self.row + 1)
            self.column = 0
        elif tag == "c":
            place = re.fullmatch(r"([A-Za-z]{1,7})(\d{1,9})", at.get("r", ""))
            self.column = _column(place[1]) if place else self.column + 1
            self.row = int(place[2]) if place else self.row
            self.is_text = at.get("t") in ("str", "inlineStr")
            self.has_value = self.has_formula = False
        elif tag in ("v", "is"):
            self.in_value = True
            # the text that a formula gives may be an empty one
            self.has_value |= self.is_text
            self.reach()
        elif tag == "f":
            self.has_formula = True
            self.reach()

    def reach(self) -> None:
        """Keep the farthest cells."""
        if self.row > self.part.rows:
            self.part.rows, self.far[0] = self.row, _place(self.row, self.column)
        if self.column > self.part.columns:
            self.part.columns, self.far[1] = self.column, _place(self.row, self.column)

    def text(self, text: str) -> None:
        self.has_value |= self.in_value and bool(text.strip())

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "is"):
            self.in_value = False
        elif tag == "c" and self.has_formula and not self.has_value:
            self.part.without_value.append((self.row - 1, self.column - 1))


def _place(row: int, column: int) -> str:
    """Return a cell's name: B7."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def _formulas(path: Path, kind: str, part: _Part | None) -> tuple[tuple[int, int], ...]:
    """Return the formulas without a stored value of a sheet."""
    if part is None or not part.formulas:
        return ()
    if kind == "ods":
        return tuple(part.without_value)
    again = _Part(part.name, part.part)
    try:
        with zipfile.ZipFile(path) as archive:
            _parse(archive, part.part, _XmlCells(again))
    except (expat.ExpatError, *ZIP_ERRORS) as error:
        raise damaged_file(path, kind, error) from None
    return tuple(again.without_value)


# --- xlsx: texts that stand once and are used in many cells


def _text_lengths(path: Path, archive: zipfile.ZipFile, part: str | None) -> Iterator[int]:
    """Give the bytes that each shared text takes, its markup with it."""
    if part is None:
        return
    rest = b""
    for piece in _pieces(path, archive, part, part):
        *texts, rest = (rest + piece).split(b"</si>")
        yield from map(len, texts)


def _check_texts(path: Path, archive: zipfile.ZipFile, part: _Part, lengths: list[int]) -> None:
    """Refuse a sheet whose cells repeat long texts until they fill the memory."""
    limit = MAX_UNPACKED_MB * _MB
    total = 0
    for piece in _pieces(path, archive, part.part, part.name):
        for pattern, sign in ((_NUMBER, 1), (_PLAIN_NUMBER, -1)):
            numbers = map(int, pattern.findall(piece))
            total += sign * sum(lengths[n] for n in numbers if n < len(lengths))
        if total > limit:
            raise _heavy(path, part.name)


# --- xlsb: records of a number, a length and so many bytes

_XLSB_ROW, _XLSB_MERGE, _XLSB_SHEET = 0, 176, 156
# cells by their number: 1 is a blank one, 2 to 11 have a value; 62 is a text with its format
_XLSB_VALUES = frozenset([*range(2, 12), 62])


def _xlsb_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Give number, start and length of each record."""
    at = 0
    while at < len(data):
        number = data[at]
        at += 1
        if number & 0x80:
            number = (number & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield number, at, length
        at += length


def _xlsb_names(data: bytes) -> list[tuple[str, str]]:
    """Return key and name of each sheet of an xlsb workbook."""
    found = []
    for number, at, _ in _xlsb_records(data):
        if number == _XLSB_SHEET:
            # state and number, then two texts with their length in front
            place, texts = at + 8, []
            for _ in range(2):
                (length,) = struct.unpack_from("<I", data, place)
                end = place + 4 + 2 * length
                texts.append(data[place + 4 : end].decode("utf-16-le"))
                place = end
            found.append((texts[0], texts[1]))
    return found


def _look_through_xlsb(path: Path, archive: zipfile.ZipFile, part: _Part) -> None:
    """See how far the values of a sheet reach, and what is merged."""
    data = archive.read(part.part)
    row = 0
    far = ["", ""]
    try:
        for number, at, length in _xlsb_records(data):
            if number == _XLSB_ROW and length >= 4:
                row = struct.unpack_from("<I", data, at)[0] + 1
            elif number in _XLSB_VALUES and length >= 4:
                column = struct.unpack_from("<I", data, at)[0] + 1
                if row > part.rows:
                    part.rows, far[0] = row, _place(row, column)
                if column > part.columns:
                    part.columns, far[1] = column, _place(row, column)
            elif number == _XLSB_MERGE:
                first, last, left, right = struct.unpack_from("<IIII", data, at)
                part.merged.append((first, left, last, right))
    except struct.error as error:
        raise damaged_file(path, "xlsb", error) from None
    if part.rows * part.columns > MAX_CELLS:
        raise _too_large(path, part, far)


# --- ods: one part holds all sheets; rows and cells are repeated by a number


def _ods_parts(path: Path, archive: zipfile.ZipFile) -> list[_Part]:
    """Look through the sheets of an ods file."""
    scan = _OdsCells(path)
    _parse(archive, "content.xml", scan)
    return scan.parts


class _OdsCells:
    """Takes the sheets of an ods file apart: where values end, what is merged, and formulas."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.parts: list[_Part] = []
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.depth = 0  # tables may stand in cells, and are no sheets
        self.valued = False
        self.size = self.total = self.repeated = 0

    def start(self, tag: str, at: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.parts.append(_Part(at.get("table:name", ""), "content.xml"))
                self.row = self.total = self.repeated = 0
                self.rows = 0
        elif self.depth != 1:
            return
        elif tag == "table-row":
            self.row += self.rows
            self.rows = int(at.get("table:number-rows-repeated", 1))
            self.column, self.columns = 0, 0
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell(at)
        elif tag == "p":
            self.valued = True

    def cell(self, at: dict[str, str]) -> None:
        """Start a cell."""
        part = self.parts[-1]
        self.column += self.columns
        self.columns = int(at.get("table:number-columns-repeated", 1))
        self.size = 0
        self.valued = "office:value-type" in at or "table:formula" in at
        if "table:formula" in at and "office:value-type" not in at:
            part.formulas = True
            part.without_value.append((self.row, self.column))
        down = int(at.get("table:number-rows-spanned", 1))
        right = int(at.get("table:number-columns-spanned", 1))
        if down > 1 or right > 1:
            merged = (self.row, self.column, self.row + down - 1, self.column + right - 1)
            part.merged.append(merged)

    def text(self, text: str) -> None:
        self.size += len(text)

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "table":
            self.depth -= 1
        elif self.depth == 1 and tag == "table-cell" and self.valued:
            self.valued = False
            part = self.parts[-1]
            part.rows = max(part.rows, self.row + self.rows)
            part.columns = max(part.columns, self.column + self.columns)
            if part.rows * part.columns > MAX_CELLS:
                far = _place(part.rows, self.column + self.columns)
                raise _too_large(self.path, part, [far])
            count = self.rows * self.columns
            self.repeated += count if count > 1 else 0
            if self.repeated > MAX_REPEATED:
                raise _repeated(self.path, part.name, _place(self.row + 1, self.column + 1))
            self.total += self.size * count
            if self.total > MAX_UNPACKED_MB * _MB:
                raise _heavy(self.path, part.name)


# --- xls

# records of BIFF: a sheet of the workbook, merged cells, where a stream begins and ends
_SHEET, _MERGED, _BEGINS, _ENDS = 0x85, 0xE5, (0x809, 0x409, 0x209, 0x009), 0x0A


def _xls_sheets(path: Path) -> list[Sheet]:
    """Return the visible sheets of an xls file."""
    with _reading_xls(path):
        book = _xls_book(path)
        merged = _xls_merged(book)
        shown = _xls_visible(book)
        return [
            Sheet(name, partial(_xls_rows, path, book, number), "xls", merged=merged[number])
            for number, name in enumerate(book.sheet_names())
            if shown[number]
        ]


def _xls_book(path: Path) -> Any:
    import xlrd

    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise protected_file(path)
    # what it prints of odd files is nobody's concern
    return xlrd.open_workbook(
        file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True
    )


def _xls_visible(book: Any) -> list[bool]:
    return [visibility == 0 for visibility in book._sheet_visibility]


def _xls_merged(book: Any) -> list[tuple[Range, ...]]:
    """Return the merged ranges of each sheet.

    xlrd gives them only while reading every format, which ends with an error for many files that
    are otherwise good.
    """
    found = []
    for start in book._sh_abs_posn:
        ranges: list[Range] = []
        at, depth = start, 0
        while 0 <= at <= len(book.mem) - 4:
            code, length = struct.unpack_from("<HH", book.mem, at)
            if code in _BEGINS:
                depth += 1
            elif code == _ENDS:
                depth -= 1
                if depth <= 0:
                    break
            elif code == _MERGED and depth == 1:
                (count,) = struct.unpack_from("<H", book.mem, at + 4)
                for number in range(count):
                    top, bottom, left, right = struct.unpack_from(
                        "<HHHH", book.mem, at + 6 + 8 * number
                    )
                    ranges.append((top, left, bottom, right))
            at += 4 + length
        found.append(tuple(ranges))
    return found


def _xls_rows(path: Path, book: Any, number: int) -> Rows:
    with _reading_xls(path):
        sheet = book.sheet_by_index(number)
        as_text = _xls_cell(book.datemode)
        total = 0
        for row in range(sheet.nrows):
            cells = list(map(as_text, sheet.row_types(row), sheet.row_values(row)))
            # one text may be used in many cells
            total += sum(map(len, cells))
            if total > MAX_UNPACKED_MB * _MB:
                raise _heavy(path, sheet.name)
            yield cells


def _xls_cell(datemode: int) -> Callable[[int, Any], str]:
    """Return what makes text of a cell, given its type and value."""
    import xlrd

    def as_text(kind: int, value: Any) -> str:
        if kind == xlrd.XL_CELL_DATE:
            try:
                moment = xlrd.xldate_as_datetime(value, datemode)
            except (ValueError, OverflowError):
                return cell_text(value)
            # a time without a day stands before the calendar's first
            return str(moment.time()) if value < 1 else cell_text(moment)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return str(bool(value))
        # as python-calamine: an error is no value
        return "" if kind == xlrd.XL_CELL_ERROR else cell_text(value)

    return as_text


@contextmanager
def _reading_xls(path: Path) -> Iterator[None]:
    """Say what xlrd finds in our words; a damaged file makes it raise nearly anything."""
    import xlrd

    try:
        yield
    except DataFileError:
        raise
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).casefold():
            raise protected_file(path) from None
        text = Message("{path}: cannot be read as xls{why}", path=path, why=library_words(error))
        raise DataFileError(text) from None
    except OSError as error:
        raise unreadable(path, error) from None
    except Exception as error:
        raise damaged_file(path, "xls", error) from None

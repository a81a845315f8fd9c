"""Read text: in which encoding it is, and its rows by each delimiter."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DataFileError
from geodata.user_tables.files import Rows, Sheet, unreadable
from geodata.words import Message, Name, library_words

DELIMITERS = {
    ",": Name("comma", "逗号"), "\t": Name("tab", "制表符"),
    ";": Name("semicolon", "分号"), "|": Name("bar", "竖线"),
}  # fmt: skip
_CHUNK = 1 << 20
# the longer mark first: UTF-32 begins as UTF-16 does
_MARKS = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_MARK = "\ufeff"
# of the Chinese characters in a text, those of its standard's daily part: GB 2312 as a whole,
# level 1 of Big5. Catalogues read rightly have 1.00, Big5 read as GB18030 0.31 to 0.44, GBK read
# as Big5 0.70 to 0.74, Traditional text that is in GBK 0.72
# (the second decides between two, the first where only one decodes at all)
_SHARE_OF_ONE, _SHARE_OF_TWO = 0.5, 0.9
_HEADER_WITHIN_LINES = 30
_SHORTEST_CUT = 8  # bytes of a field that may have been cut
_HAN = range(0x3400, 0xA000)
# what tables in UTF-16 are made of; with the two bytes the other way round it is something else
_USUAL_16 = re.compile(r"[\t\r\n -~\u3000-\u303f\u4e00-\u9fff\uff00-\uff65]")


class UndecidedError(ValueError):
    """The bytes are text in none of the encodings, or in each as well."""


class BrokenUtf8Error(ValueError):
    """The bytes are UTF-8 but for a few.

    Attributes
    ----------
    offset
        Of the first wrong byte.
    """

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


# gives all bytes of a text, to be tried in an encoding
Pieces = Callable[[str], Iterator[bytes]]


def sheets(path: Path, encoding: str | None, knows: Callable[[str], bool] | None) -> list[Sheet]:
    """Return a text by each delimiter.

    Parameters
    ----------
    path, encoding, knows
        As of `geodata.user_tables.files.open_tables`.

    Raises
    ------
    DataFileError
        When it is in no encoding that is read.
    """
    try:
        encoding = _encoding(path, encoding, knows)
    except OSError as error:
        raise unreadable(path, error) from None
    return [
        Sheet("", lambda d=mark: _rows(path, encoding, d), "csv", encoding, mark)  # type: ignore[misc]
        for mark in DELIMITERS
    ]


def _encoding(path: Path, stated: str | None, knows: Callable[[str], bool] | None) -> str:
    """Return a text's encoding: as stated, by its byte-order mark, else by all its bytes."""
    if stated is not None:
        _decode_all(path, stated)
        return stated
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    found = next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "")
    found = found or _utf16_without_mark(start)
    if found and found != "UTF-8":
        _decode_all(path, found)
        return found
    if b"\0" in start:
        raise _zero_bytes(path, "UTF-8")
    try:
        found = encoding_of(lambda _: _pieces(path), knows)
    except BrokenUtf8Error as error:
        line, column = _place(path, error.offset)
        text = Message(
            "{path}: line {line}, character {column}: a byte that is no UTF-8, as the rest of the "
            "file is; correct that place and save the file as UTF-8",
            path=path, line=line, column=column,
        )  # fmt: skip
        raise DataFileError(text) from None
    except UndecidedError:
        raise _no_text(path) from None
    _decode_all(path, found)
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _no_text(path: Path) -> DataFileError:
    text = Message(
        "{path}: no text in UTF-8, UTF-16, GB18030 or Big5 that can be told by its characters; "
        "save it as UTF-8 or as xlsx, or state its encoding",
        path=path,
    )
    return DataFileError(text)


def _utf16_without_mark(start: bytes) -> str:
    """Return UTF-16 by its characters where there are zero bytes, "" where there are none."""
    if b"\0" not in start:
        return ""
    for encoding in ("UTF-16-LE", "UTF-16-BE"):
        text = start.decode(encoding, "replace")
        if len(_USUAL_16.findall(text)) > _SHARE_OF_TWO * len(text):
            return encoding
    return ""


def _place(path: Path, offset: int) -> tuple[int, int]:
    """Return line and character, from 1, of a byte."""
    with path.open("rb") as file:
        before = file.read(offset)
    line_start = before.rfind(b"\n") + 1
    column = len(before[line_start:].decode("utf-8", "ignore").lstrip(_MARK)) + 1
    return before.count(b"\n") + 1, column


def encoding_of(pieces: Pieces, knows: Callable[[str], bool] | None = None) -> str:
    """Return the encoding of text without a mark: UTF-8, else GB18030 or Big5 by its characters.

    Parameters
    ----------
    pieces
        Gives all the bytes, a piece after the other, each time it is called with an encoding.
    knows
        Says whether a heading is a known one: it decides between two encodings that both decode.

    Returns
    -------
    str
        UTF-8, GB18030, Big5, or Big5-HKSCS.

    Raises
    ------
    BrokenUtf8Error
        For UTF-8 with a few wrong bytes. It is never taken for another encoding.
    UndecidedError
        When none decodes, or the characters speak for none.
    """
    fault = _utf8_fault(pieces("UTF-8"))
    if fault is None:
        return "UTF-8"
    if _is_broken_utf8(pieces("UTF-8")):
        raise BrokenUtf8Error(fault)
    # GB18030 takes nearly any bytes, so it can never be tried before UTF-8
    found = [_decoded(pieces, "GB18030")]
    found.append(_decoded(pieces, "Big5") or _decoded(pieces, "Big5-HKSCS"))
    decoded = [each for each in found if each is not None]
    if knows is not None and len(decoded) > 1:
        known = [_known_headings(each.start, knows) for each in decoded]
        if len(set(known)) > 1:
            return decoded[known.index(max(known))].encoding
    best = max(decoded, key=lambda each: each.share, default=None)
    if best is None or best.share < (_SHARE_OF_ONE if len(decoded) == 1 else _SHARE_OF_TWO):
        raise UndecidedError
    return best.encoding


def _utf8_fault(pieces: Iterable[bytes]) -> int | None:
    """Return the offset of the first byte that is no UTF-8, None without one."""
    rest, done = b"", 0
    for piece in pieces:
        data = rest + piece
        try:
            _, used = codecs.utf_8_decode(data, "strict", False)
        except UnicodeDecodeError as error:
            return done + error.start
        rest, done = data[used:], done + used
    return done if rest else None


def _is_broken_utf8(pieces: Iterable[bytes]) -> bool:
    """Whether far more characters of three bytes are UTF-8 than bytes are none.

    In GBK and Big5 such threes hardly ever come about.
    """
    right = wrong = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in itertools.chain(pieces, [b""]):
        text = decoder.decode(piece, final=not piece)
        right += len(re.findall(r"[\u2e80-\uffef]", text))
        wrong += text.count("\ufffd")
    return right > 2 * wrong


@dataclass(frozen=True)
class _Decoded:
    """A text as one encoding makes it: its start, and how usual its characters are."""

    encoding: str
    share: float
    start: str


def _decoded(pieces: Pieces, encoding: str) -> _Decoded | None:
    """Decode a whole text, keeping its start and the count of its characters; None if it fails."""
    import numpy as np

    decoder = codecs.getincrementaldecoder(encoding)()
    counts = np.zeros(1 << 16, dtype=np.int64)
    start = ""
    try:
        for piece in itertools.chain(pieces(encoding), [b""]):
            text = decoder.decode(piece, final=not piece)
            units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
            counts += np.bincount(units, minlength=1 << 16)
            start = start or text
    except UnicodeDecodeError:
        return None
    daily = "gb2312" if encoding == "GB18030" else "big5"
    usual, everything = 0, 0
    # characters beyond the first plane and of private use speak against an encoding, too
    for code in np.flatnonzero(counts):
        if code in _HAN or 0xD800 <= code < 0xDC00 or 0xE000 <= code < 0xF900:
            everything += int(counts[code])
            usual += int(counts[code]) * _is_daily(int(code), daily)
    return _Decoded(encoding, usual / everything if everything else 1.0, start)


def _is_daily(code: int, standard: str) -> bool:
    """Whether a character is in GB 2312, or in level 1 of Big5."""
    if code not in _HAN:
        return False
    raw = chr(code).encode(standard, "ignore")
    return bool(raw) and (standard == "gb2312" or b"\xa4\x40" <= raw <= b"\xc6\x7e")


def _known_headings(start: str, knows: Callable[[str], bool]) -> int:
    """Return how many cells of the first lines are known headings."""
    lines = start.splitlines()[:_HEADER_WITHIN_LINES]
    cells = (cell for line in lines for cell in re.split(r"[,\t;|\n]", line))
    return sum(knows(cell.strip(' "')) for cell in cells if cell.strip(' "'))


def _decode_all(path: Path, encoding: str) -> None:
    """Decode the whole file in pieces, keeping none."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        for piece in itertools.chain(_pieces(path), [b""]):
            if "\0" in decoder.decode(piece, final=not piece):
                raise _zero_bytes(path, encoding)
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


def _zero_bytes(path: Path, encoding: str) -> DataFileError:
    text = Message(
        "{path}: holds zero bytes, so it is no text in {encoding}", path=path, encoding=encoding
    )
    return DataFileError(text)


def _rows(path: Path, encoding: str, delimiter: str) -> Rows:
    """Give the rows of a text file, one after the other."""
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            # byte-order marks, also two, would keep the first cell's quote from being one
            lines = itertools.chain([file.readline().lstrip(_MARK)], file)
            for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                number += 1
                yield cells
    except csv.Error as error:
        raise _not_a_table(path, number + 1, delimiter, str(error)) from None
    except (OSError, UnicodeError) as error:
        # the file has changed since it was opened
        raise unreadable(path, error) from None


def _not_a_table(path: Path, row: int, delimiter: str, fault: str) -> DataFileError:
    """Return the error of a record, which began in a row, by what csv says of it."""
    if "end of data" in fault:
        text = Message(
            "{path}: row {row}: quote not closed: the cell it opens runs to the end of the file; "
            "close it, or write it twice where it is meant",
            path=path, row=row,
        )  # fmt: skip
    elif "expected after" in fault:
        text = Message(
            "{path}: row {row}: text stands behind a closing quote (read as {kind}-separated); "
            "write a quote inside a cell twice",
            path=path, row=row, kind=DELIMITERS[delimiter],
        )  # fmt: skip
    elif "field limit" in fault:
        text = Message(
            "{path}: row {row}: a cell of more than {limit:,} characters; most likely a quote is "
            "not closed",
            path=path, row=row, limit=csv.field_size_limit(),
        )  # fmt: skip
    else:
        text = Message(
            "{path}: row {row}: not a {kind}-separated table{why}",
            path=path, row=row, kind=DELIMITERS[delimiter], why=library_words(fault),
        )  # fmt: skip
    return DataFileError(text)


# --- texts of dta files and Shapefiles, read a character a byte


def encoding_of_texts(
    path: Path,
    texts: Callable[[], Iterator[str]],
    stated: str | None,
    knows: Callable[[str], bool] | None,
) -> str:
    """Return the encoding of texts that were read as ISO-8859-1, a character a byte.

    Parameters
    ----------
    path
        The file.
    texts
        Gives them all, the headings within the first.
    stated, knows
        As of `geodata.user_tables.files.open_tables`.

    Raises
    ------
    DataFileError
        When they are in no encoding that is read.
    """
    if stated is not None:
        try:
            for text in texts():
                text_in(stated, text)
        except (UnicodeError, LookupError, TypeError) as error:
            said = Message(
                "{path}: not readable as {encoding}{why}",
                path=path, encoding=stated, why=library_words(error),
            )  # fmt: skip
            raise DataFileError(said) from None
        return stated

    def pieces(encoding: str) -> Iterator[bytes]:
        """Give the texts as bytes, without what is left of a character that was cut."""
        for text in texts():
            try:
                yield text_in(encoding, text).encode(encoding) + b"\n"
            except UnicodeDecodeError:
                yield text.encode("latin-1") + b"\n"

    try:
        return encoding_of(pieces, knows)
    except (BrokenUtf8Error, UndecidedError):
        raise _no_text(path) from None


def text_in(encoding: str, text: str) -> str:
    """Return a text that was read as ISO-8859-1 in its own encoding.

    A field is so many bytes long: what is cut inside its last character loses that one.
    """
    raw = text.encode("latin-1")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(raw) - 3 or len(raw) < _SHORTEST_CUT:
            raise
        return raw[: error.start].decode(encoding)

"""Read tables of text as users have them: UTF-8 or GB18030, comma-separated."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError, DataFileError
from geodata.file_limits import check_size
from geodata.messages import say


def read_csv(path: Path, encoding: str | None = "utf-8-sig") -> pd.DataFrame:
    """Read a CSV as text, every cell a string, blank cells ``""``; blank lines are left out.

    Parameters
    ----------
    path
        The file.
    encoding
        Of the file; None takes UTF-8, and GB18030 where the bytes are no UTF-8. (GB18030 accepts
        nearly any bytes, so it can never be tried first.)

    Returns
    -------
    pandas.DataFrame
        Indexed by ``row``, the line of the file on which each row ends; the header is line 1.

    Raises
    ------
    DataFileError
        When the file is missing, too large, not in `encoding`, or not a table.
    BadInputError
        When rows have more or fewer cells than the header.
    """
    check_size(path)
    try:
        lines = csv.reader(io.StringIO(_decode(path.read_bytes(), encoding), newline=""))
        rows = [(lines.line_num, cells) for cells in lines]
    except (UnicodeError, LookupError) as error:
        message = say(
            "{path}: not readable as {encoding} ({why})",
            path=path, encoding=encoding or say("UTF-8 or GB18030"), why=error,
        )  # fmt: skip
    except csv.Error as error:
        message = say("{path}: not a CSV table ({why})", path=path, why=error)
    except OSError as error:
        message = say("{path}: cannot be read ({why})", path=path, why=error.strerror)
    else:
        return _frame(rows, path)
    raise DataFileError(message)


def _decode(data: bytes, encoding: str | None) -> str:
    if encoding is not None:
        return data.decode(encoding)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _frame(lines: list[tuple[int, list[str]]], path: Path) -> pd.DataFrame:
    rows = [(row, cells) for row, cells in lines if any(cell.strip() for cell in cells)]
    if not rows:
        text = say("{path}: not a CSV table ({why})", path=path, why=say("it is empty"))
        raise DataFileError(text)
    header = [name.strip() for name in rows[0][1]]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise BadInputError(
            str(path), [say("column {column!r} stands twice", column=name) for name in doubled]
        )
    width = len(header)
    faults = [
        say(
            "row {row}: {cells} cells; accepted: {width}, as in the header",
            row=row,
            cells=len(cells),
            width=width,
        )
        for row, cells in rows[1:]
        if len(cells) != width
    ]
    if faults:
        raise BadInputError(str(path), faults)
    index = pd.Index([row for row, _ in rows[1:]], name="row", dtype="int64")
    return pd.DataFrame([cells for _, cells in rows[1:]], index=index, columns=header, dtype=str)

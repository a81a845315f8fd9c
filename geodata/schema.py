"""Check tables: every fault with file, row, column, value and what is accepted."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError, DataFileError


@dataclass(frozen=True)
class Column:
    """What a column accepts.

    Attributes
    ----------
    kind
        ``text``, ``number`` or ``integer``.
    required
        Whether an empty cell is a fault.
    low, high
        Inclusive bounds of a number.
    accepts
        The only accepted values, if not empty.
    pattern
        Regular expression that the whole text must match, with its meaning in words.
    unique
        Whether a value may stand only once.
    """

    kind: str = "text"
    required: bool = True
    low: float = float("-inf")
    high: float = float("inf")
    accepts: tuple[str, ...] = ()
    pattern: tuple[str, str] | None = None
    unique: bool = False

    def fault(self, value: str) -> str | None:
        """Return what is accepted instead of `value`, None when `value` is accepted."""
        if value == "":
            return "a value is required" if self.required else None
        if self.accepts and value not in self.accepts:
            return "accepted: " + ", ".join(self.accepts)
        if self.pattern and not re.fullmatch(self.pattern[0], value):
            return "accepted: " + self.pattern[1]
        if self.kind == "text":
            return None
        return self._number_fault(value)

    def _number_fault(self, value: str) -> str | None:
        try:
            number = float(value)
        except ValueError:
            return f"accepted: {'a whole number' if self.kind == 'integer' else 'a number'}"
        if self.kind == "integer" and not number.is_integer():
            return "accepted: a whole number"
        # the comparison is this way round so that nan fails
        if not self.low <= number <= self.high:
            return f"accepted: {self.low:g} to {self.high:g}"
        return None


def read_csv(path: Path, encoding: str | None = "utf-8-sig") -> pd.DataFrame:
    """Read a CSV as text, every cell a string, blank cells ``""``.

    Parameters
    ----------
    path
        The file.
    encoding
        Of the file; None takes UTF-8, and GB18030 where the bytes are no UTF-8. (GB18030 accepts
        nearly any bytes, so it can never be tried first.)

    Raises
    ------
    DataFileError
        When the file is missing, not in `encoding`, or not a table.
    """
    try:
        text = _decode(path.read_bytes(), encoding)
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except FileNotFoundError:
        message = f"{path}: no such file"
    except IsADirectoryError:
        message = f"{path}: is a folder, a CSV file is wanted"
    except (UnicodeError, LookupError) as error:
        message = f"{path}: not readable as {encoding or 'UTF-8 or GB18030'} ({error})"
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"{path}: not a CSV table ({str(error).strip()})"
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
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


def check_table(
    frame: pd.DataFrame, schema: Mapping[str, Column], file: str | Path
) -> pd.DataFrame:
    """Return a frame with the schema's columns in its order and types.

    Parameters
    ----------
    frame
        All cells text, as `read_csv` gives them.
    schema
        Column name to what it accepts. Other columns are left out.
    file
        Named in the message.

    Raises
    ------
    BadInputError
        With every fault. Rows are counted as lines of the file: the header is row 1.
    """
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        have = ", ".join(map(str, frame.columns))
        raise BadInputError(
            str(file), [f"column {m!r} is missing; columns: {have}" for m in missing]
        )
    faults: list[tuple[int, str]] = []
    out: dict[str, pd.Series[str] | pd.Series[float] | pd.Series[int]] = {}
    for name, column in schema.items():
        cells = frame[name].str.strip()
        faults += _cell_faults(name, column, cells.tolist())
        out[name] = cells
    if faults:
        raise BadInputError(str(file), [text for _, text in sorted(faults)])
    for name, column in schema.items():
        if column.kind != "text":
            numbers = pd.to_numeric(out[name])
            out[name] = numbers.astype("int64" if column.kind == "integer" else "float64")
    return pd.DataFrame(out, index=frame.index)


def _cell_faults(name: str, column: Column, cells: Sequence[str]) -> list[tuple[int, str]]:
    faults = []
    first_row: dict[str, int] = {}
    for row, value in enumerate(cells, start=2):
        accepted = column.fault(value)
        if accepted is None and column.unique:
            if value in first_row:
                accepted = f"must be unique, stands in row {first_row[value]} too"
            first_row.setdefault(value, row)
        if accepted is not None:
            faults.append((row, f"row {row}, column {name!r}: {value!r}; {accepted}"))
    return faults

"""Check tables: every fault with file, row, column, value and what is accepted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
        # float() would take 1_000 and １２０, too
        if not _NUMBER.fullmatch(value):
            return f"accepted: {'a whole number' if self.kind == 'integer' else 'a number'}"
        number = float(value)
        if self.kind == "integer" and not number.is_integer():
            return "accepted: a whole number"
        if not self.low <= number <= self.high:
            return f"accepted: {self.low:g} to {self.high:g}"
        return None


def check_table(
    frame: pd.DataFrame, schema: Mapping[str, Column], file: str | Path
) -> pd.DataFrame:
    """Return a frame with the schema's columns in its order and types.

    Parameters
    ----------
    frame
        All cells text, indexed by the line of the file, as `read_csv` gives them.
    schema
        Column name to what it accepts. Other columns are left out.
    file
        Named in the message.

    Raises
    ------
    BadInputError
        With every fault, each naming the line of the file.
    """
    if frame.empty:
        raise BadInputError(str(file), ["no rows; accepted: at least one below the header"])
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
        faults += _cell_faults(name, column, cells)
        out[name] = cells
    if faults:
        raise BadInputError(str(file), [text for _, text in sorted(faults)])
    for name, column in schema.items():
        if column.kind != "text":
            numbers = pd.to_numeric(out[name])
            out[name] = numbers.astype("int64" if column.kind == "integer" else "float64")
    return pd.DataFrame(out, index=frame.index)


def _cell_faults(name: str, column: Column, cells: pd.Series[str]) -> list[tuple[int, str]]:
    faults = []
    first_row: dict[str, int] = {}
    for row, value in zip(cells.index.astype(int), cells, strict=True):
        accepted = column.fault(value)
        if accepted is None and column.unique:
            if value in first_row:
                accepted = f"must be unique, stands in row {first_row[value]} too"
            first_row.setdefault(value, row)
        if accepted is not None:
            faults.append((row, f"row {row}, column {name!r}: {value!r}; {accepted}"))
    return faults

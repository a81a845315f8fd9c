"""Check tables: every fault with file, row, column, value and what is accepted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geodata.errors import BadInputError, missing_columns
from geodata.words import Listed, Message, Words

_LONGEST_SHOWN = 80
# digits match in one way only: of 100,000 of them and a letter no second way is tried
# digits in groups of three, and what may be a decimal comma: 104,07 or 1.234,5
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
    pattern: tuple[str, Words] | None = None
    unique: bool = False

    def fault(self, value: str) -> Words | None:
        """Return what is accepted instead of `value`, None when `value` is accepted."""
        if value == "":
            return Message("a value is required") if self.required else None
        if self.accepts and value not in self.accepts:
            return Message("accepted: {values}", values=Listed(self.accepts))
        if self.pattern and not re.fullmatch(self.pattern[0], value):
            return Message("accepted: {values}", values=self.pattern[1])
        if self.kind == "text":
            return None
        return self._number_fault(value)

    def _number_fault(self, value: str) -> Words | None:
        whole = self.kind == "integer"
        accepted: Words = Message("accepted: a number")
        if whole:
            accepted = Message("accepted: a whole number")
        # float() would take 1_000 and １２０, too
        if not _NUMBER.fullmatch(value):
            return accepted + self._why_no_number(value)
        number = float(value)
        if whole and not number.is_integer():
            return accepted
        if not self.low <= number <= self.high:
            bounds: Words = Message("accepted: {low:g} to {high:g}", low=self.low, high=self.high)
            if (self.low, self.high) == (0.0, 1.0) and 1.0 < number <= 100.0:
                bounds = bounds + Message(
                    "; it looks like a percentage: as a share it is {share:g}", share=number / 100.0
                )
            return bounds
        return None

    def _why_no_number(self, value: str) -> Words | str:
        """Return what the text may be instead, "" where that is not known."""
        # a long text is no slip in writing a number, and its normal form may take long
        if len(value) > _LONGEST_SHOWN:
            return ""
        plain = unicodedata.normalize("NFKC", value).strip()
        if plain.endswith("%") and _NUMBER.fullmatch(plain[:-1].strip()):
            if (self.low, self.high) == (0.0, 1.0):
                share = float(plain[:-1]) / 100.0
                return Message("; it is a percentage: as a share it is {share:g}", share=share)
            return Message("; it is a percentage")
        bare = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain
        if bare != value and _NUMBER.fullmatch(bare):
            return Message("; write it as {plain}", plain=bare)
        if _DECIMAL_COMMA.fullmatch(plain):
            return Message("; a comma is no decimal point here: write 104.07 for 104,07")
        return ""


def cell_fault(row: object, column: object, value: str, accepted: Words) -> Words:
    """Return the line of one fault; `accepted` says what would be right."""
    return Message(
        "row {row}, column {column!r}: {value!r}; {accepted}",
        row=row, column=column, value=shortened(value), accepted=accepted,
    )  # fmt: skip


def shortened(value: str) -> str:
    """Return a cell short enough for a message."""
    return value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"


def check_table(
    frame: pd.DataFrame, schema: Mapping[str, Column], file: str | Path
) -> pd.DataFrame:
    """Return a frame with the schema's columns in its order and types.

    Parameters
    ----------
    frame
        All cells text, indexed by the line of the file.
    schema
        Column name -> what it accepts. Other columns are dropped.
    file
        Named in the message.

    Raises
    ------
    BadInputError
        With every fault, each naming the line of the file.
    """
    if frame.empty:
        raise BadInputError(
            str(file), [Message("no rows; accepted: at least one below the header")]
        )
    missing = [name for name in schema if name not in frame.columns]
    if missing:
        raise BadInputError(str(file), missing_columns(missing, frame.columns))
    faults: list[tuple[int, Words]] = []
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


def _cell_faults(name: str, column: Column, cells: pd.Series[str]) -> list[tuple[int, Words]]:
    faults: list[tuple[int, Words]] = []
    first_row: dict[str, int] = {}
    for row, value in zip(cells.index.astype(int), cells, strict=True):
        accepted = column.fault(value)
        if accepted is None and column.unique:
            if value in first_row:
                accepted = Message("must be unique, stands in row {row} too", row=first_row[value])
            first_row.setdefault(value, row)
        if accepted is not None:
            faults.append((row, cell_fault(row, name, value, accepted)))
    return faults

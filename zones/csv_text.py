"""Tables as CSV text that spreadsheets open as data, never as formulas."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

ROWS_AT_ONCE = 100_000
BOM = "\ufeff"  # tells Excel that the file is UTF-8
# what makes Excel, WPS and LibreOffice read a cell as a formula
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def csv_text(frame: pd.DataFrame, *, index: bool = False, newline: str = "\r\n") -> str:
    """Return a frame as CSV; text that would be a formula gets an apostrophe in front.

    Plain numbers stay numbers, negative ones too.

    Parameters
    ----------
    frame
        Text and numbers.
    index
        Write the index as the first column.
    newline
        Between the rows.
    """
    table = _without_formulas(frame.reset_index() if index else frame)
    return table.to_csv(index=False, lineterminator=newline)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as such CSV with the BOM, a block of rows at a time to spare memory."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        for start in range(0, max(len(frame), 1), ROWS_AT_ONCE):
            block = _without_formulas(frame.iloc[start : start + ROWS_AT_ONCE])
            block.to_csv(file, index=False, header=start == 0, lineterminator="\r\n")


def _without_formulas(frame: pd.DataFrame) -> pd.DataFrame:
    safe = {}
    for position in range(frame.shape[1]):
        cells = frame.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(cells):
            risky = cells.astype(str).str.startswith(_FORMULA_STARTS)
            if risky.any():
                cells = cells.mask(risky, cells[risky].map(_as_text))
        safe[position] = cells
    out = pd.DataFrame(safe, index=frame.index)
    out.columns = pd.Index([_as_text(str(name)) for name in frame.columns])
    return out


def _as_text(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell

"""Tables as CSV text that spreadsheets open as data, never as formulas."""

from __future__ import annotations

import re

import pandas as pd

BOM = "\ufeff"  # tells Excel that the file is UTF-8
# what makes Excel, WPS and LibreOffice read a cell as a formula
_FORMULA = re.compile(r"[=+\-@\t\r]")
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
    table = frame.reset_index() if index else frame
    safe = {}
    for position in range(table.shape[1]):
        cells = table.iloc[:, position]
        text = not pd.api.types.is_numeric_dtype(cells)
        safe[position] = cells.map(_as_text, na_action="ignore") if text else cells
    out = pd.DataFrame(safe, index=table.index)
    out.columns = pd.Index([_as_text(str(name)) for name in table.columns])
    return out.to_csv(index=False, lineterminator=newline)


def _as_text(cell: object) -> object:
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell

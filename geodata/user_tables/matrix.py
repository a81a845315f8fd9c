"""A user's own matrix: what the way from a zone to a hub takes, in kilometres, minutes or hours."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.errors import UsageError, not_accepted
from geodata.schema import cell_fault
from geodata.user_tables.account import Account, Row, row_label
from geodata.user_tables.headings import travel_unit
from geodata.user_tables.numerals import DIGITS, number_of
from geodata.user_tables.tables import Source, TableKind, UserTable, Wish, read_table
from geodata.user_tables.text import is_blank
from geodata.words import Listed, Message, Words

MATRIX = TableKind(
    Message("ways from a zone to a hub"),
    {
        "zone": ("zone_name", "code", "id", "origin", "any_name"),
        "hub": ("hub_name", "destination", "city"),
        "value": ("travel",),
        "unit": ("unit_words",),
    },
    ("zone", "hub", "value"),
    needs=("zone", "hub", "value"),
    positions=False,
)
UNITS = ("km", "min", "h")  # what results are in
# unit that a table may have -> unit of the result, and its part of it
_KEPT = {"km": ("km", 1.0), "m": ("km", 1000.0), "min": ("min", 1.0), "s": ("min", 60.0),
         "h": ("h", 1.0)}  # fmt: skip
_MINUTES = {"min": 1.0, "h": 60.0}
# what routing programs write where there is no way
_NO_WAY = frozenset("inf infinity +inf ∞ 不可达 无法到达 不通 unreachable".split())
_NUMBER = re.compile(rf"[+-]?(?:{DIGITS}|\.\d+)(?:e[+-]?\d+)?", re.ASCII)


def kept_unit(key: str, text: str) -> str:
    """Return the unit that a user names in any usual way: km, m, h, min or s."""
    found = travel_unit(text)
    if not found:
        raise UsageError(not_accepted(key, text, Listed((*UNITS, "m", "s"))))
    return found


def load_matrix(
    source: Source, wish: Wish | None = None, unit: str = ""
) -> tuple[pd.DataFrame, str, Account]:
    """Read a matrix, one pair of zone and hub a row.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame.
    wish
        Encoding and columns, where the table does not say them.
    unit
        Of values whose heading and row state none: km, m, min, s or h; "" for none.

    Returns
    -------
    tuple
        One row a pair, by row as a spreadsheet shows it: ``zone`` and ``hub`` as the table has
        them, and ``value``, nan where there is no way; the unit of the values, one of `UNITS`
        (metres become km, seconds minutes; minutes and hours side by side minutes); the account.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is not accepted, for lengths and times in one table, and where no
        unit is stated.
    """
    table = read_table(source, MATRIX, wish)
    cells, account = table.cells, table.account
    faults: list[tuple[Row, Words]] = [
        (row_label(row), cell_fault(row, table.heading(name), "", Message("a value is required")))
        for name in ("zone", "hub")
        for row in cells.index[cells[name] == ""]
    ]
    stated, bad_units = _units(table, unit)
    values, bad_values = _values(table)
    table.refuse([*faults, *bad_units, *bad_values])
    kept, number = _in_one_unit(table, stated, values)
    pairs = cells[["zone", "hub"]].assign(value=number)
    lost = pairs.index[number.isna()]
    if len(lost):
        account.check(Message("pairs without a number: no way there"), map(row_label, lost))
    return pairs, kept, account


def _units(table: UserTable, unit: str) -> tuple[pd.Series[str], list[tuple[Row, Words]]]:
    """Return the unit of each row, and the faults of cells that name none."""
    cells = table.cells
    found = table.header.headings["value"]
    # a heading that is a unit itself: minutes
    of_heading = travel_unit(found.unit) or travel_unit(found.stem)
    read = {text: travel_unit(text) for text in cells["unit"].unique()}
    faults = [
        (row_label(row), cell_fault(row, table.heading("unit"), text, Message(
            "accepted: {units}", units=Listed((*UNITS, "m", "s")),
        )))
        for row, text in cells["unit"].items()
        if not is_blank(text) and not read[text]
    ]  # fmt: skip
    default = of_heading or unit
    stated = cells["unit"].map(read).replace("", default)
    if (stated == "").any() and not faults:
        fault = Message(
            "row {row}: column {heading!r} without a unit; accepted: one of {units} in brackets, "
            "as in 时间(分钟), a column of units, or --matrix-unit",
            row=table.header.row, heading=found.text, units=Listed((*UNITS, "m", "s")),
        )  # fmt: skip
        faults.append((table.header.row, fault))
    # the account says the unit of the column, whoever states it
    ground = "column" if (cells["unit"] != "").any() else "heading" if of_heading else "option"
    named = ", ".join(dict.fromkeys(stated))
    table.account.columns = [
        replace(each, unit=named, ground=ground) if each.column == "value" else each
        for each in table.account.columns
    ]
    return stated, faults


def _values(table: UserTable) -> tuple[pd.Series[float], list[tuple[Row, Words]]]:
    """Return the values, nan where there is no way, and the faults."""
    read: dict[str, float | None] = {}
    for text in table.cells["value"].unique():
        plain = unicodedata.normalize("NFKC", text).strip().casefold()
        if is_blank(text) or plain in _NO_WAY:
            read[text] = np.nan
        else:
            number = number_of(plain) if _NUMBER.fullmatch(plain) else -1.0
            read[text] = number if 0.0 <= number < np.inf else None
    faults = [
        (row_label(row), cell_fault(row, table.heading("value"), text, Message(
            "accepted: a number of at least 0, or nothing where there is no way",
        )))
        for row, text in table.cells["value"].items()
        if read[text] is None
    ]  # fmt: skip
    return table.cells["value"].map(read).astype(float), faults


def _in_one_unit(
    table: UserTable, stated: pd.Series[str], values: pd.Series[float]
) -> tuple[str, pd.Series[float]]:
    """Return the unit of the result and the values in it."""
    kept = {unit: _KEPT[unit] for unit in dict.fromkeys(stated)}
    units = list(dict.fromkeys(unit for unit, _ in kept.values()))
    if len(units) > 1 and "km" in units:
        first = {unit: stated.index[stated == unit][0] for unit in kept}
        fault = Message(
            "lengths and times in one table ({units}); accepted: one kind",
            units=Listed(f"{unit}: {row}" for unit, row in first.items()),
        )
        table.refuse([(row_label(min(map(str, first.values()))), fault)])
    parts = {unit: part for unit, (_, part) in kept.items()}
    number = values / stated.map(parts)
    if len(units) == 1:
        return units[0], number
    # minutes and hours side by side
    times = {unit: _MINUTES[own] for unit, (own, _) in kept.items()}
    return "min", number * stated.map(times)

"""A user's own weights of zones: population, companies, whatever is to count."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.schema import Column, cell_fault
from geodata.user_tables.account import Account, Row, row_label
from geodata.user_tables.tables import Source, TableKind, Wish, read_table
from geodata.words import Message, Words

WEIGHTS = TableKind(
    Message("weights"),
    {
        "id": ("id",),
        "code": ("code",),
        "name": ("zone_name", "any_name", "hub_name", "company_name"),
        "weight": ("weight",),
    },
    ("id", "name", "weight"),
    needs=("weight",),
    positions=False,
)
LARGEST = 1e15


def load_weights(
    source: Source, zones: pd.DataFrame, wish: Wish | None = None
) -> tuple[pd.Series[float], Account]:
    """Read the weights of some zones.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame: a column of weights,
        and one of the zones' ids, codes or names.
    zones
        Indexed by id, with ``code`` and ``name``.
    wish
        Encoding and columns, where the table does not say them.

    Returns
    -------
    tuple
        Weights on the index of `zones`, 0 for a zone that the table does not name; and the account,
        which says which rows name no zone, and how many zones have no weight.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        With every cell that is no number of at least 0, every zone named twice, and when no row
        names a zone.
    """
    table = read_table(source, WEIGHTS, wish)
    cells, account = table.cells, table.account
    bounds = Column("number", True, 0.0, LARGEST)
    faults: list[tuple[Row, Words]] = []
    for row, cell in cells["weight"].items():
        accepted = bounds.fault(cell)
        if accepted is not None:
            faults.append(
                (row_label(row), cell_fault(row, table.heading("weight"), cell, accepted))
            )
    # by id, else by code, else by name, each only where it names one zone
    found = pd.Series("", index=cells.index)
    for column, keys in (("id", zones.index), ("code", zones["code"]), ("name", zones["name"])):
        labels = pd.Series(zones.index.astype(str), index=[str(key) for key in keys])
        labels = labels[~labels.index.duplicated(keep=False) & (labels.index != "")]
        found = found.where(found != "", cells[column].map(labels).fillna(""))
    unknown = found.index[found == ""]
    twice = found[(found != "") & found.duplicated(keep=False)]
    faults += [
        (row_label(row), Message("row {row}: zone {zone!r} has two weights", row=row, zone=zone))
        for row, zone in twice.items()
    ]
    if len(unknown) == len(cells):
        what = Message("no row names a zone of the study; accepted: id, code or name of the zones")
        faults.append((table.header.row, what))
    table.refuse(faults)
    if len(unknown):
        account.leave_out(Message("no zone of the study has this id, code or name"),
                          [row_label(row) for row in unknown])  # fmt: skip
    numbers = pd.to_numeric(cells["weight"]).astype(float)
    weights = pd.Series(numbers[found != ""].to_numpy(), index=found[found != ""].to_numpy())
    given = weights.reindex(zones.index.astype(str)).set_axis(zones.index)
    lacking = int(given.isna().sum())
    if lacking:
        account.guess(Message("zones without a weight count as 0: {count:,}", count=lacking))
    return given.replace(np.nan, 0.0), account

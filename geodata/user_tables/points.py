"""A user's table of points: anything with positions, in China or abroad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.datum import Degrees
from geodata.user_tables.account import Account, row_label
from geodata.user_tables.headings import GEOMETRY_LAT, GEOMETRY_LON
from geodata.user_tables.positions import ANYWHERE, read_positions
from geodata.user_tables.tables import POSITION, Source, TableKind, UserTable, Wish, read_table
from geodata.words import Message

POINTS = TableKind(
    Message("points"),
    {
        "datum": ("datum",),
        # whose the position is: it says which licence holds
        "position_source": ("position_source",),
        # of a table that zonegap wrote: its positions need no datum
        "geocode_level": ("geocode_level",),
        "geocode_method": ("geocode_method",),
        "geocode_source": ("geocode_source",),
    },
    shown=("lon", "lat"),
    needs=(POSITION,),
    keeps=True,
)


@dataclass(frozen=True, eq=False)
class PointTable:
    """Points as their table has them, and where they are.

    Attributes
    ----------
    given
        All cells as they stand, in the table's order, by row as a spreadsheet shows it. Positions
        of a geometry are ``lon`` and ``lat``, where the table has none of these.
    degrees
        Headings whose cells were read as degrees.
    lon, lat
        WGS-84 degrees, nan where a row has no position.
    account
        What was read.
    header_row
        Number of the header's row.
    sources
        What the table says of whose its positions are, each text once.
    """

    given: pd.DataFrame
    degrees: frozenset[str]
    lon: Degrees
    lat: Degrees
    account: Account
    header_row: int
    sources: tuple[str, ...]


def load_point_table(source: Source, wish: Wish | None = None) -> PointTable:
    """Read a table of points.

    Parameters
    ----------
    source
        A file that `geodata.user_tables.files.open_tables` reads, or a frame. A position with its
        datum is enough; a row without one stays.
    wish
        Encoding, columns and datum, where the table does not say them.

    Raises
    ------
    DataFileError
        When the file cannot be read or is too large.
    BadInputError
        When there is no column of positions, or with every cell that is not accepted.
    """
    table = read_table(source, POINTS, wish)
    lon, lat, faults = read_positions(table, ANYWHERE)
    table.refuse(faults)
    nowhere = np.isnan(lon)
    if nowhere.any():
        table.account.check(
            Message("points without a position: their distance is empty"),
            [row_label(row) for row in table.cells.index[nowhere]],
        )
    said = pd.concat([table.cells["position_source"], table.cells["geocode_source"]])
    sources = tuple(text for text in said.unique() if text)
    given, degrees = _given(table)
    return PointTable(given, degrees, lon, lat, table.account, table.header.row, sources)


def _given(table: UserTable) -> tuple[pd.DataFrame, frozenset[str]]:
    """Return the cells as they stand, and the headings of degrees."""
    given = table.given
    assert given is not None
    pairs = [pair for pair in table.header.pairs if pair.lon != pair.lat]
    degrees = {heading.text for pair in pairs for heading in pair.headings}
    made = {GEOMETRY_LON: "lon", GEOMETRY_LAT: "lat"}
    if given.columns.isin(list(made.values())).any():
        # no columns of the user's, and their names are taken
        return given.loc[:, ~given.columns.isin(list(made))], frozenset(degrees)
    names = [made.get(name, name) for name in given.columns]
    return given.set_axis(names, axis=1), frozenset(made.get(name, name) for name in degrees)

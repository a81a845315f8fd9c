"""Flat tables that lead from a point to its cell of the grid (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np

from zones.distance.compiled import compiled
from zones.distance.grid_build import grown
from zones.distance.grid_query import TABLE_BITS


@compiled
def _fill(table: Any, base: Any, bits: int, column: Any, row: Any, side: int, entry: Any) -> None:
    for r in range(row, row + side):
        for c in range(column, column + side):
            table[base + ((r << bits) | c)] = entry


@compiled
def lay_out(
    leaves: Any, list_start: int, single: int, bits: int, first: Any, further: Any, used: int
) -> tuple[Any, int]:
    """Enter leaves into the tables.

    Parameters
    ----------
    leaves
        As `zones.distance.grid_build.divide` returns them.
    list_start
        Where the lists of these leaves begin among all lists.
    single
        Number of hubs; entries from it on are lists.
    bits
        The first table has 2**bits columns and rows.
    first
        The first table, flat: an entry of a leaf, or -1 - the number of a further table.
    further
        Further tables of 64 entries each; `used` entries are in use.

    Returns
    -------
    further, used
        Grown where needed.
    """
    size = 1 << (2 * TABLE_BITS)
    for i in range(0, len(leaves), 4):
        column, row = np.int64(leaves[i + 1]), np.int64(leaves[i + 2])
        entry = leaves[i + 3]
        if entry >= single:
            entry += list_start
        down = leaves[i] - bits  # levels below the first table
        if down <= 0:
            _fill(first, 0, bits, column << -down, row << -down, 1 << -down, entry)
            continue
        table, place = first, ((row >> down) << bits) | (column >> down)
        while True:
            if table[place] >= 0:
                further = grown(further, used, size)
                for k in range(used, used + size):
                    further[k] = 0
                # `further` may be a new array now
                table = first if down == leaves[i] - bits else further
                table[place] = -1 - used // size
                used += size
            base = (-1 - np.int64(table[place])) * size
            table = further
            inner = (1 << TABLE_BITS) - 1
            if down <= TABLE_BITS:
                up = TABLE_BITS - down
                mask = (1 << down) - 1
                _fill(
                    table,
                    base,
                    TABLE_BITS,
                    (column & mask) << up,
                    (row & mask) << up,
                    1 << up,
                    entry,
                )
                break
            down -= TABLE_BITS
            place = base + ((((row >> down) & inner) << TABLE_BITS) | ((column >> down) & inner))
    return further, used

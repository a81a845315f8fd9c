"""The compiled engine: a lookup grid of candidate lists, in chunks on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zones.distance.great_circle import FloatArray, unit_vectors
from zones.distance.grid_build import codes_of, divide, first_of_equals
from zones.distance.grid_query import FINEST, look_up
from zones.distance.grid_tables import lay_out
from zones.inputs import check_degrees

CHUNK = 1 << 14
CHECK_CHUNK = 1 << 17
SAMPLE_STEP = 17  # one point in 17 is counted; no power of 2, as rows of a raster often are
SAMPLE_MOST = 1 << 17
POINTS_A_CELL = 32  # a cell of the first table holds about as many
MOST_BITS = 10  # the first table has at most 2**10 columns and rows, 4 MB
SHARE_BITS = 2  # the grid is built in 4 x 4 shares where there is more than one core

Map = Callable[..., Iterable[Any]]  # map, or the same on several threads


class Grid(NamedTuple):
    """A grid as `zones.distance.grid_query.look_up` reads it."""

    frame: FloatArray
    bits: int
    first: NDArray[np.int32]
    further: NDArray[np.int32]
    lists: NDArray[np.int32]
    hubs: FloatArray


def nearest_by_grid(
    lon: FloatArray,
    lat: FloatArray,
    hub_lon: FloatArray,
    hub_lat: FloatArray,
    hub: NDArray[np.int32],
    distance_km: FloatArray,
    threads: int,
) -> None:
    """Write the nearest hub and its distance of each point to `hub` and `distance_km`.

    Parameters
    ----------
    lon, lat
        Points, degrees, n contiguous values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each, m at least 1, checked.
    hub, distance_km
        To write, n values each.
    threads
        Cores to use.

    Raises
    ------
    UsageError
        For a point whose coordinate is missing or out of range.
    """
    if not len(lon):
        return
    threads = min(threads, -(-len(lon) // CHUNK))
    with ExitStack() as stack:
        each: Map = map
        if threads > 1:
            each = stack.enter_context(ThreadPoolExecutor(threads)).map

        def bounds(low: int) -> tuple[float, float, float, float]:
            part = slice(low, low + CHECK_CHUNK)
            try:
                return *check_degrees(lon[part], 180.0, "lon"), *check_degrees(
                    lat[part], 90.0, "lat"
                )
            except ValueError:
                # said again with the row's number in the whole
                check_degrees(lon, 180.0, "lon")
                check_degrees(lat, 90.0, "lat")
                raise

        every = np.array(list(each(bounds, range(0, len(lon), CHECK_CHUNK))))
        low, high = every.min(axis=0), every.max(axis=0)
        edges = (low[0], high[1], low[2], high[3])
        grid = _built(lon, lat, unit_vectors(hub_lon, hub_lat), edges, threads, each)

        def chunk(low: int) -> None:
            part = slice(low, low + CHUNK)
            look_up(lon[part], lat[part], *grid, hub[part], distance_km[part])

        for _ in each(chunk, range(0, len(lon), CHUNK)):
            pass


def _frame(west: float, east: float, south: float, north: float) -> FloatArray:
    """Return the west and south edge, and the finest columns and rows a degree.

    Cells are nearly square in the middle: where the grid is short, its lists are, too.
    """
    shrink = np.cos(np.radians(min(abs(south + north) / 2.0, 80.0)))
    side = max(north - south, (east - west) * shrink, 1e-9) * (1.0 + 1e-9)
    finest = float(1 << FINEST)
    return np.array([west, south, finest * shrink / side, finest / side])


def _built(
    lon: FloatArray,
    lat: FloatArray,
    hubs: FloatArray,
    edges: tuple[float, float, float, float],
    threads: int,
    each: Map,
) -> Grid:
    frame, edge = _frame(*edges), np.array([edges[1], edges[3]])
    step = max(SAMPLE_STEP, len(lon) // SAMPLE_MOST | 1)
    codes = np.sort(codes_of(lon[::step], lat[::step], frame))
    candidates = first_of_equals(hubs)
    bits = int(np.clip(np.log2(max(len(lon) / POINTS_A_CELL, 1.0)) / 2.0 + 0.5, 1, MOST_BITS))
    share = min(SHARE_BITS, bits) if threads > 1 else 0
    cells = [(column, row) for row in range(1 << share) for column in range(1 << share)]
    parts = each(
        lambda cell: divide(hubs, candidates, codes, float(step), frame, edge, share, *cell), cells
    )
    first, further, used = np.zeros(1 << (2 * bits), np.int32), np.zeros(64, np.int32), 0
    lists: list[NDArray[np.int32]] = []
    place = 0
    for leaves, part in parts:
        further, used = lay_out(leaves, place, len(hubs), bits, first, further, used)
        lists.append(part)
        place += len(part)
    return Grid(frame, bits, first, further, np.concatenate(lists), hubs)

"""The compiled engine: a grid of candidate lists, looked up in chunks on all cores.

Built in three steps, each compiled with numba and kept on disk, so that the next process starts at
once: for each cell the hubs that can be nearest in it; flat tables that lead from a point to its
cell; the lookup itself.

A cell is a rectangle of longitude and latitude. Hub b is struck off a cell when hub a is nearer
in all of it. Nearer to a than to b means p . (a - b) > 0 for the unit vector p; on the cell this
is at least its value at the centre, less the slopes along both axes times the half widths, less
the bound |a - b| (half width + half height)^2 / 2 of the second-order rest (|p''| <= 1). So no
hub that is nearest anywhere in the cell is ever struck off.

A quadtree divides a cell while the time that its points would save is more than the time to
divide it; points are counted on a sample. Flat tables then lead from a point to its cell.

The file is long because it is one algorithm: each step writes the arrays that the next one reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from zones.distance import portable_trig
from zones.distance.great_circle import TWO_CHORD2, FloatArray, unit_vectors
from zones.inputs import check_degrees
from zones.parameters import EARTH_RADIUS_KM

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function: without fast-math, so that its bits are those of the written formula.

    It runs without Python's lock, so plain threads share the cores. Where no folder can be
    written for the cache, it is compiled anew in each process.
    """
    try:
        made = numba.njit(function, cache=True, nogil=True, error_model="numpy")
    except RuntimeError:  # no place for the cache
        made = numba.njit(function, nogil=True, error_model="numpy")
    return cast(F, made)


# far above the rounding of p . (a - b), 1e-15, and below a nanometre for hubs 1 km apart
MARGIN = 1e-14
PAD = 1.0 + 1e-8  # half widths grow by this: points at an edge may round into the next cell
# measured, in ns: another candidate for one point; a division: fixed, and for each candidate
POINT_COST = 4.0
DIVIDE_COST = 25.0
DIVIDE_START = 250.0
MANY = 64  # candidates from which the quick test is made instead of the close one


@compiled
def first_of_equals(hubs: Any) -> Any:
    """Return the rows of `hubs`, shape (m, 3), without those equal to an earlier one."""
    # a hash table with open addresses, at most half full
    m = len(hubs)
    size = 4
    while size < 2 * m:
        size *= 2
    slots = np.zeros(size, np.int32)  # a row + 1
    kept = np.empty(m, np.int32)
    n = 0
    bits = hubs.view(np.int64)
    for i in range(m):
        # mix the bits of the three numbers
        mix = np.uint64(0)
        for axis in range(3):
            # 0.0 and -0.0 are equal
            part = bits[i, axis] if hubs[i, axis] != 0.0 else np.int64(0)
            mix = (mix ^ np.uint64(part)) * np.uint64(0x9E3779B97F4A7C15)
            mix ^= mix >> np.uint64(29)
        # look from there on: an empty slot means the row is new, an equal row that it is not
        slot = np.int64(mix & np.uint64(size - 1))
        while True:
            other = slots[slot] - 1
            if other < 0:
                slots[slot] = i + 1
                kept[n] = i
                n += 1
                break
            if (
                hubs[other, 0] == hubs[i, 0]
                and hubs[other, 1] == hubs[i, 1]
                and hubs[other, 2] == hubs[i, 2]
            ):
                break
            slot = (slot + 1) & (size - 1)
    return kept[:n]


@compiled
def _code(column: Any, row: Any) -> Any:
    """Return the bits of row and column in turn (Morton): cells of a square stay together."""
    code = np.int64(0)
    for bit in range(FINEST):
        code |= ((column >> bit) & 1) << (2 * bit)
        code |= ((row >> bit) & 1) << (2 * bit + 1)
    return code


@compiled
def codes_of(lon: Any, lat: Any, frame: Any) -> Any:
    """Return the code of the finest cell of each point."""
    codes = np.empty(len(lon), np.int64)
    last = np.int64((1 << FINEST) - 1)
    for i in range(len(lon)):
        column = min(max(np.int64((lon[i] - frame[0]) * frame[2]), np.int64(0)), last)
        row = min(max(np.int64((lat[i] - frame[1]) * frame[3]), np.int64(0)), last)
        codes[i] = _code(column, row)
    return codes


@compiled
def grown(values: Any, used: int, more: int) -> Any:
    """Return the array itself, or a longer copy when `more` values would not fit."""
    if used + more <= len(values):
        return values
    longer = np.empty(2 * (used + more), values.dtype)
    for i in range(used):  # a loop compiles in a tenth of a slice's time
        longer[i] = values[i]
    return longer


@compiled
def _count_below(codes: Any, code: int) -> int:
    """Return how many of the ascending codes are less than `code`."""
    low, high = 0, len(codes)
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < code:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _write_candidates(
    hubs: Any, work: Any, start: int, count: int, to: int, chord2: Any, lon: float, lat: float,
    half_lon: float, half_lat: float,
) -> int:  # fmt: skip
    """Write the candidates of a cell, from those of its parent, to `work[to:]`; return how many.

    `lon`, `lat` are the centre in degrees, `half_lon`, `half_lat` half the sides in radians.
    """
    # the centre c as a unit vector, and its slopes e (to the east) and n (to the north).
    # A frame at the date line reaches east of it, up to where the sine is not made for
    sin_lon, cos_lon = sine_cosine(lon - 360.0 if lon > 180.0 else lon)
    sin_lat, cos_lat = sine_cosine(lat)
    cx, cy, cz = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    ex, ey = -cos_lat * sin_lon, cos_lat * cos_lon
    nx, ny, nz = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
    # the hub that is nearest to the centre strikes the others off; 5 is more than any squared chord
    near, least2 = work[start], 5.0
    for k in range(count):
        h = work[start + k]
        dx, dy, dz = cx - hubs[h, 0], cy - hubs[h, 1], cz - hubs[h, 2]
        chord2[k] = dx * dx + dy * dy + dz * dz
        if chord2[k] < least2:
            least2, near = chord2[k], h
    n = to
    if count > MANY:
        # coarse and quick: farther from the centre than the nearest hub and the cell's width
        radius = np.hypot(half_lon * min(cos_lat + half_lat, 1.0), half_lat)
        reach2 = (np.sqrt(least2) + 2.0 * radius) ** 2 + MARGIN
        for k in range(count):
            work[n] = work[start + k]
            n += chord2[k] <= reach2
        return n - to
    # close: the least value of p . (a - b) on the cell, see the head of this module
    ax, ay, az = hubs[near, 0], hubs[near, 1], hubs[near, 2]
    rest = 0.5 * (half_lon + half_lat) ** 2
    for k in range(start, start + count):
        h = work[k]
        dx, dy, dz = ax - hubs[h, 0], ay - hubs[h, 1], az - hubs[h, 2]
        least = (
            (cx * dx + cy * dy + cz * dz)
            - half_lon * abs(ex * dx + ey * dy)
            - half_lat * abs(nx * dx + ny * dy + nz * dz)
            - rest * np.sqrt(dx * dx + dy * dy + dz * dz)
        )
        # written always, counted only when kept: no branch to guess
        work[n] = h
        n += not least > MARGIN
    return n - to


@compiled
def divide(
    hubs: Any, candidates: Any, codes: Any, points_a_code: float, frame: Any, edge: Any,
    level: int, column: int, row: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Divide one cell of the quadtree as far as it pays.

    Parameters
    ----------
    hubs
        Unit vectors, shape (m, 3).
    candidates
        Rows of `hubs` to choose from, ascending.
    codes
        Finest cells of a sample of the points (`codes_of`), ascending.
    points_a_code
        Points that each of the sample stands for.
    frame
        West edge, south edge, finest columns a degree, finest rows a degree.
    edge
        East and north edge of the points; cells beyond are not divided.
    level, column, row
        The cell: its side is 1 / 2**level of the frame's.

    Returns
    -------
    leaves
        Four values each: level, column, row, entry. An entry below m is the only candidate; else it
        is m + the place in `lists`.
    lists
        The number of candidates, then the candidates, ascending; one list after another.
    """
    # The cells from the first one down to the one under work, by level: place, candidates in
    # `work`, next quarter, expected points. A stack, as numba knows little recursion.
    depth = FINEST + 1
    columns, rows = np.zeros(depth, np.int64), np.zeros(depth, np.int64)
    starts, counts = np.zeros(depth, np.int64), np.zeros(depth, np.int64)
    quarter, points = np.zeros(depth, np.int64), np.zeros(depth)
    work = candidates.copy()
    chord2 = np.empty(len(candidates))
    leaves, n_leaves = np.empty(1024, np.int32), 0
    lists, n_lists = np.empty(1024, np.int32), 0
    columns[level], rows[level] = column, row
    now, entering = level, True
    start, count = 0, len(candidates)
    expected = float(len(codes))
    while now >= level:
        if entering:
            # a cell seen for the first time: which of its parent's candidates stay
            half = np.float64(1 << (FINEST - now)) / 2.0
            half_lon, half_lat = half / frame[2], half / frame[3]
            lon = frame[0] + (2 * columns[now] + 1) * half_lon
            lat = frame[1] + (2 * rows[now] + 1) * half_lat
            to = start + count
            work = grown(work, to, count)
            k = _write_candidates(
                hubs, work, start, count, to, chord2, lon, lat, np.radians(half_lon) * PAD,
                np.radians(half_lat) * PAD,
            )  # fmt: skip
            # the count of the sample, smoothed by a quarter of the count of the cell around
            shift = 2 * (FINEST - now)
            code = _code(columns[now], rows[now])
            low = _count_below(codes, code << shift)
            high = _count_below(codes, (code + 1) << shift)
            points[now] = expected * (high - low + 1) / (expected + 1.0)
            # Is it divided? Not when it is as small as cells may be, when it lies beyond the
            # points, or when dividing costs more than its points would save.
            saved = points[now] * points_a_code * (k - 1) * POINT_COST
            outside = lon - half_lon > edge[0] or lat - half_lat > edge[1]
            if now == FINEST or outside or saved <= DIVIDE_COST * k + DIVIDE_START:
                # a leaf: its only candidate, or the place of its list
                entry = work[to]
                if k > 1:
                    entry = np.int32(len(hubs) + n_lists)
                    lists = grown(lists, n_lists, k + 1)
                    lists[n_lists] = k
                    for i in range(k):
                        lists[n_lists + 1 + i] = work[to + i]
                    n_lists += k + 1
                leaves = grown(leaves, n_leaves, 4)
                leaves[n_leaves], leaves[n_leaves + 1] = now, columns[now]
                leaves[n_leaves + 2], leaves[n_leaves + 3] = rows[now], entry
                n_leaves += 4
                now -= 1
                entering = False
                continue
            # to be divided: its candidates stay in `work` for its quarters
            starts[now], counts[now], quarter[now] = to, k, 0
        # all four quarters are done: back to the cell around
        if quarter[now] == 4:
            now -= 1
            entering = False
            continue
        # down into the next quarter, which a quarter of the points are expected in
        start, count, expected = starts[now], counts[now], 0.25 * points[now]
        columns[now + 1] = 2 * columns[now] + (quarter[now] & 1)
        rows[now + 1] = 2 * rows[now] + (quarter[now] >> 1)
        quarter[now] += 1
        now += 1
        entering = True
    return leaves[:n_leaves], lists[:n_lists]


@compiled
def _fill(table: Any, base: Any, bits: int, column: Any, row: Any, side: int, entry: Any) -> None:
    """Write an entry to a square of cells of a table that begins at `base`."""
    for r in range(row, row + side):
        for c in range(column, column + side):
            table[base + ((r << bits) | c)] = entry


@compiled
def enter_leaves(
    leaves: Any, list_start: int, single: int, bits: int, first: Any, further: Any, used: int
) -> tuple[Any, int]:
    """Enter leaves into the tables.

    Parameters
    ----------
    leaves
        As `zones.points.grid.divide` returns them.
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
        # a leaf as large as a cell of the first table, or larger, fills cells of it
        down = leaves[i] - bits  # levels below the first table
        if down <= 0:
            _fill(first, 0, bits, column << -down, row << -down, 1 << -down, entry)
            continue
        # a smaller one lies below: follow the tables, TABLE_BITS levels each, to its own
        table, place = first, ((row >> down) << bits) | (column >> down)
        while True:
            # no table there yet: a new one at the end of `further`
            if table[place] >= 0:
                further = grown(further, used, size)
                for k in range(used, used + size):
                    further[k] = 0
                # `further` may be a new array now
                table = first if down == leaves[i] - bits else further
                table[place] = -1 - used // size
                used += size
            # into it; the leaf ends here, or lies farther down
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


BLOCK = 512  # points whose intermediate values stay in the first-level cache
FINEST = 20  # the finest cell is 1 / 2**20 of the grid's width: 25 m where it spans the globe
TABLE_BITS = 3  # a cell of the first table is divided into 8 x 8 by each further table
NEAR_CHORD2 = 4.0 * portable_trig.NEAR_HAV

_quadrant = compiled(portable_trig.quadrant)
_sine_within = compiled(portable_trig.sine_within)
_cosine_within = compiled(portable_trig.cosine_within)
_turned_sine = compiled(portable_trig.turned_sine)
_turned_cosine = compiled(portable_trig.turned_cosine)
_near_arc = compiled(portable_trig.near_arc)
_far_arc = compiled(portable_trig.far_arc)


@compiled
def sine_cosine(degrees: float) -> tuple[float, float]:
    """Return sine and cosine of an angle in degrees."""
    turns = _quadrant(degrees)
    rest = degrees - 90.0 * turns
    sine, cosine = _sine_within(rest), _cosine_within(rest)
    return _turned_sine(turns, sine, cosine), _turned_cosine(turns, sine, cosine)


@compiled
def _vectors_of(lon: Any, lat: Any, x: Any, y: Any, z: Any) -> None:
    """Write the unit vectors of points."""
    for i in range(len(lat)):
        z[i], x[i] = sine_cosine(lat[i])
    for i in range(len(lon)):
        sine, cosine = sine_cosine(lon[i])
        y[i] = x[i] * sine
        x[i] = x[i] * cosine


@compiled
def _cells_of(values: Any, low: float, scale: float, cell: Any) -> None:
    """Write the finest column (or row) of each point."""
    last = (1 << FINEST) - 1
    for i in range(len(values)):
        cell[i] = min(max(np.int32((values[i] - low) * scale), np.int32(0)), np.int32(last))


@compiled
def _entries_of(column: Any, row: Any, table: Any, first: Any, further: Any, entry: Any) -> None:
    """Write the entry of each point's leaf: from the first table, and where it says so, further."""
    bits = table
    shift = FINEST - bits
    for i in range(len(column)):
        entry[i] = first[((row[i] >> shift) << bits) | (column[i] >> shift)]
    for i in range(len(column)):
        e = entry[i]
        if e < 0:
            deep = shift
            while e < 0:
                deep -= TABLE_BITS
                # the last table may be finer than the finest cells
                down, up = max(deep, 0), max(-deep, 0)
                r, c = (row[i] >> down) << up, (column[i] >> down) << up
                inner = ((r & 7) << TABLE_BITS) | (c & 7)
                e = further[(-1 - np.int64(e)) * 64 + inner]
            entry[i] = e


@compiled
def _chord2(x: float, y: float, z: float, hubs: Any, hub: int) -> Any:
    """Return the squared chord to a hub."""
    dx, dy, dz = x - hubs[hub, 0], y - hubs[hub, 1], z - hubs[hub, 2]
    return dx * dx + dy * dy + dz * dz


@compiled
def _antichord2(x: float, y: float, z: float, hubs: Any, hub: int) -> Any:
    """Return the squared chord to a hub's antipode."""
    dx, dy, dz = x + hubs[hub, 0], y + hubs[hub, 1], z + hubs[hub, 2]
    return dx * dx + dy * dy + dz * dz


@compiled
def _best_of(x: Any, y: Any, z: Any, entry: Any, lists: Any, hubs: Any, hub: Any, d2: Any) -> None:
    """Choose among each point's candidates, which stand in the order of the hubs."""
    single = len(hubs)
    for i in range(len(entry)):
        e = entry[i]
        if e < single:
            hub[i] = e
            d2[i] = _chord2(x[i], y[i], z[i], hubs, e)
        else:
            start = e - single
            best_hub = lists[start + 1]
            best = _chord2(x[i], y[i], z[i], hubs, best_hub)
            for k in range(start + 2, start + 1 + lists[start]):
                d = _chord2(x[i], y[i], z[i], hubs, lists[k])
                if d < best:
                    best, best_hub = d, lists[k]
            # more than a quarter of the circumference away: the hub with the farthest antipode
            if best > TWO_CHORD2:
                most = -1.0
                for k in range(start + 1, start + 1 + lists[start]):
                    s = _antichord2(x[i], y[i], z[i], hubs, lists[k])
                    if s > most:
                        most, best_hub = s, lists[k]
                best = max(_chord2(x[i], y[i], z[i], hubs, best_hub), best)
            hub[i], d2[i] = best_hub, best


@compiled
def _distances_of(x: Any, y: Any, z: Any, hubs: Any, hub: Any, d2: Any, distance_km: Any) -> None:
    """Write the distances of squared chords: all by the formula for near ones, then the far."""
    far = False
    for i in range(len(d2)):
        distance_km[i] = EARTH_RADIUS_KM * _near_arc(0.25 * d2[i])
        far |= d2[i] > NEAR_CHORD2
    if far:
        for i in range(len(d2)):
            if d2[i] > TWO_CHORD2:
                s2 = _antichord2(x[i], y[i], z[i], hubs, hub[i])
                distance_km[i] = EARTH_RADIUS_KM * (np.pi - _far_arc(0.25 * s2))
            elif d2[i] > NEAR_CHORD2:
                distance_km[i] = EARTH_RADIUS_KM * _far_arc(0.25 * d2[i])


@compiled
def look_up(
    lon: Any, lat: Any, frame: Any, bits: int, first: Any, further: Any, lists: Any, hubs: Any,
    hub: Any, distance_km: Any,
) -> None:  # fmt: skip
    """Write the nearest hub and its distance of each point.

    Parameters
    ----------
    lon, lat
        Degrees, n values each, checked, within the grid.
    frame
        West edge, south edge, finest columns a degree, finest rows a degree.
    bits, first, further, lists
        The grid as `zones.points.grid` makes it.
    hubs
        Unit vectors, shape (m, 3).
    hub, distance_km
        To write, n values each.
    """
    x, y, z = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    d2 = np.empty(BLOCK)
    column, row = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    entry = np.empty(BLOCK, np.int32)
    for low in range(0, len(lon), BLOCK):
        high = min(low + BLOCK, len(lon))
        n = high - low
        # which cell, which candidates, which of them is nearest, how far it is
        _cells_of(lon[low:high], frame[0], frame[2], column[:n])
        _cells_of(lat[low:high], frame[1], frame[3], row[:n])
        _entries_of(column[:n], row[:n], bits, first, further, entry[:n])
        _vectors_of(lon[low:high], lat[low:high], x[:n], y[:n], z[:n])
        _best_of(x[:n], y[:n], z[:n], entry[:n], lists, hubs, hub[low:high], d2[:n])
        _distances_of(x[:n], y[:n], z[:n], hubs, hub[low:high], d2[:n], distance_km[low:high])


CHUNK = 1 << 14
CHECK_CHUNK = 1 << 17
SAMPLE_STEP = 17  # one point in 17 is counted; no power of 2, as rows of a raster often are
SAMPLE_MOST = 1 << 17
POINTS_A_CELL = 32  # a cell of the first table gets about as many
MOST_BITS = 10  # the first table has at most 2**10 columns and rows, 4 MB
SHARE_BITS = 2  # the grid is built in 4 x 4 shares where there is more than one core

Map = Callable[..., Iterable[Any]]  # map, or the same on several threads


class Grid(NamedTuple):
    """A grid as `zones.points.grid.look_up` reads it."""

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
            """Check a part of the points; return its edges."""
            part = slice(low, low + CHECK_CHUNK)
            try:
                return *check_degrees(lon[part], 180.0, "lon"), *check_degrees(
                    lat[part], 90.0, "lat"
                )
            except ValueError:
                # check the whole, so that the message has the row's number in it
                check_degrees(lon, 180.0, "lon")
                check_degrees(lat, 90.0, "lat")
                raise

        # the edges of all points: west, east, south, north
        every = np.array(list(each(bounds, range(0, len(lon), CHECK_CHUNK))))
        low, high = every.min(axis=0), every.max(axis=0)
        edges = (low[0], high[1], low[2], high[3])
        grid = _build_grid(lon, lat, unit_vectors(hub_lon, hub_lat), edges, threads, each)

        def chunk(low: int) -> None:
            """Look a part of the points up."""
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


def _build_grid(
    lon: FloatArray,
    lat: FloatArray,
    hubs: FloatArray,
    edges: tuple[float, float, float, float],
    threads: int,
    each: Map,
) -> Grid:
    """Build the grid of some hubs for points within the edges west, east, south, north."""
    # where points lie, by a sample
    frame, edge = _frame(*edges), np.array([edges[1], edges[3]])
    step = max(SAMPLE_STEP, len(lon) // SAMPLE_MOST | 1)
    codes = np.sort(codes_of(lon[::step], lat[::step], frame))
    candidates = first_of_equals(hubs)
    # the size of the first table: cells with POINTS_A_CELL points, if they were spread evenly
    bits = int(np.clip(np.log2(max(len(lon) / POINTS_A_CELL, 1.0)) / 2.0 + 0.5, 1, MOST_BITS))
    # the quadtrees of the shares, divided side by side on all cores
    share = min(SHARE_BITS, bits) if threads > 1 else 0
    cells = [(column, row) for row in range(1 << share) for column in range(1 << share)]
    parts = each(
        lambda cell: divide(hubs, candidates, codes, float(step), frame, edge, share, *cell), cells
    )
    # one after the other into the same tables, in the order of the shares: the same grid each time
    first, further, used = np.zeros(1 << (2 * bits), np.int32), np.zeros(64, np.int32), 0
    lists: list[NDArray[np.int32]] = []
    place = 0
    for leaves, part in parts:
        further, used = enter_leaves(leaves, place, len(hubs), bits, first, further, used)
        lists.append(part)
        place += len(part)
    return Grid(frame, bits, first, further, np.concatenate(lists), hubs)

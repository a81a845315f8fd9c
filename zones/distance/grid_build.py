"""Build a grid of candidate lists: for each cell the hubs that can be nearest in it (compiled).

A cell is a rectangle of longitude and latitude. Hub b is struck off a cell when hub a is nearer
in all of it. Nearer to a than to b means p . (a - b) > 0 for the unit vector p; on the cell this
is at least its value at the centre, less the slopes along both axes times the half widths, less
the bound |a - b| (half width + half height)^2 / 2 of the second-order rest (|p''| <= 1). So no
hub that is nearest anywhere in the cell is ever struck off.

A quadtree divides a cell while the time that its points would save is more than the time to
divide it; points are counted on a sample. Flat tables then lead from a point to its cell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zones.distance.compiled import compiled
from zones.distance.grid_query import FINEST, sine_cosine

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
    m = len(hubs)
    size = 4
    while size < 2 * m:
        size *= 2
    slots = np.zeros(size, np.int32)  # a row + 1
    kept = np.empty(m, np.int32)
    n = 0
    bits = hubs.view(np.int64)
    for i in range(m):
        mix = np.uint64(0)
        for axis in range(3):
            # 0.0 and -0.0 are equal
            part = bits[i, axis] if hubs[i, axis] != 0.0 else np.int64(0)
            mix = (mix ^ np.uint64(part)) * np.uint64(0x9E3779B97F4A7C15)
            mix ^= mix >> np.uint64(29)
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
def _place(codes: Any, code: int) -> int:
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
def _strike(
    hubs: Any, work: Any, start: int, count: int, to: int, chord2: Any, lon: float, lat: float,
    half_lon: float, half_lat: float,
) -> int:  # fmt: skip
    """Write the candidates of a cell from its parent's to `work[to:]`; return their number."""
    # a frame at the date line reaches east of it, up to where the sine is not made for
    sin_lon, cos_lon = sine_cosine(lon - 360.0 if lon > 180.0 else lon)
    sin_lat, cos_lat = sine_cosine(lat)
    cx, cy, cz = cos_lat * cos_lon, cos_lat * sin_lon, sin_lat
    ex, ey = -cos_lat * sin_lon, cos_lat * cos_lon
    nx, ny, nz = -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat
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
    depth = FINEST + 1  # of each level: the cell under work, its candidates, the next quarter
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
            half = np.float64(1 << (FINEST - now)) / 2.0
            half_lon, half_lat = half / frame[2], half / frame[3]
            lon = frame[0] + (2 * columns[now] + 1) * half_lon
            lat = frame[1] + (2 * rows[now] + 1) * half_lat
            to = start + count
            work = grown(work, to, count)
            k = _strike(
                hubs, work, start, count, to, chord2, lon, lat, np.radians(half_lon) * PAD,
                np.radians(half_lat) * PAD,
            )  # fmt: skip
            # the count of the sample, smoothed by what the cell around lets expect
            shift = 2 * (FINEST - now)
            code = _code(columns[now], rows[now])
            low = _place(codes, code << shift)
            high = _place(codes, (code + 1) << shift)
            points[now] = expected * (high - low + 1) / (expected + 1.0)
            saved = points[now] * points_a_code * (k - 1) * POINT_COST
            outside = lon - half_lon > edge[0] or lat - half_lat > edge[1]
            if now == FINEST or outside or saved <= DIVIDE_COST * k + DIVIDE_START:
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
            starts[now], counts[now], quarter[now] = to, k, 0
        if quarter[now] == 4:
            now -= 1
            entering = False
            continue
        start, count, expected = starts[now], counts[now], 0.25 * points[now]
        columns[now + 1] = 2 * columns[now] + (quarter[now] & 1)
        rows[now + 1] = 2 * rows[now] + (quarter[now] >> 1)
        quarter[now] += 1
        now += 1
        entering = True
    return leaves[:n_leaves], lists[:n_lists]

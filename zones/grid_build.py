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

from zones.compiled import compiled
from zones.grid_query import FINEST, TABLE_BITS, sine_cosine

# far above the rounding of p . (a - b), 1e-15, and below a nanometre for hubs 1 km apart
MARGIN = 1e-14
PAD = 1.0 + 1e-9  # half widths grow by this: points at an edge may round into the next cell
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
    slots = np.full(size, -1, np.int32)
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
            other = slots[slot]
            if other < 0:
                slots[slot] = i
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
def codes_of(lon: Any, lat: Any, frame: Any) -> Any:
    """Return the finest cell of each point as the bits of row and column in turn (Morton)."""
    codes = np.empty(len(lon), np.int64)
    last = np.int64((1 << FINEST) - 1)
    for i in range(len(lon)):
        column = min(max(np.int64((lon[i] - frame[0]) * frame[2]), np.int64(0)), last)
        row = min(max(np.int64((lat[i] - frame[1]) * frame[3]), np.int64(0)), last)
        code = np.int64(0)
        for bit in range(FINEST):
            code |= ((column >> bit) & 1) << (2 * bit)
            code |= ((row >> bit) & 1) << (2 * bit + 1)
        codes[i] = code
    return codes


@compiled
def _strike(
    hubs: Any, work: Any, start: int, count: int, to: int, chord2: Any, lon: float, lat: float,
    half_lon: float, half_lat: float,
) -> int:  # fmt: skip
    """Write the candidates of a cell from its parent's to `work[to:]`; return their number."""
    sin_lon, cos_lon = sine_cosine(lon)
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
        Shape (k, 4): level, column, row, entry. An entry below m is the only candidate; else it
        is m + the place in `lists`.
    lists
        The number of candidates, then the candidates, ascending; one list after another.
    """
    m = len(hubs)
    depth = FINEST + 1
    start, count, child = np.zeros(depth, np.int64), np.zeros(depth, np.int64), np.zeros(depth, np.int64)
    columns, rows = np.zeros(depth, np.int64), np.zeros(depth, np.int64)
    points = np.zeros(depth)
    work = np.empty(4 * len(candidates) + 64, np.int32)
    chord2 = np.empty(len(candidates))
    work[: len(candidates)] = candidates
    leaves = np.empty((256, 4), np.int32)
    lists = np.empty(1024, np.int32)
    n_leaves = n_lists = 0
    top = level
    columns[top], rows[top] = column, row
    degrees_lon, degrees_lat = 1.0 / frame[2], 1.0 / frame[3]
    now = top
    entering = True
    given_start, given_count = 0, len(candidates)
    while now >= top:
        if entering:
            side = 1 << (FINEST - now)
            low_lon = frame[0] + columns[now] * side * degrees_lon
            low_lat = frame[1] + rows[now] * side * degrees_lat
            to = given_start + given_count
            if to + given_count > len(work):
                longer = np.empty(2 * (to + given_count), np.int32)
                longer[:to] = work[:to]
                work = longer
            half_lon, half_lat = 0.5 * side * degrees_lon, 0.5 * side * degrees_lat
            k = _strike(
                hubs, work, given_start, given_count, to, chord2, low_lon + half_lon,
                low_lat + half_lat, np.radians(half_lon) * PAD, np.radians(half_lat) * PAD,
            )  # fmt: skip
            start[now], count[now], child[now] = to, k, 0
            entering = False
            code = np.int64(0)
            for bit in range(now):
                code |= ((columns[now] >> bit) & 1) << (2 * bit)
                code |= ((rows[now] >> bit) & 1) << (2 * bit + 1)
            shift = 2 * (FINEST - now)
            low = np.searchsorted(codes, code << shift)
            high = np.searchsorted(codes, (code + 1) << shift)
            # the count of the sample, smoothed by what the cell around lets expect
            expected = 0.25 * points[now - 1] if now > top else float(len(codes))
            points[now] = expected * (high - low + 1) / (expected + 1.0)
            saved = points[now] * points_a_code * (k - 1) * POINT_COST
            pays = saved > DIVIDE_COST * k + DIVIDE_START
            outside = low_lon > edge[0] or low_lat > edge[1]
            if k == 1 or not pays or outside or now == FINEST:
                if n_leaves == len(leaves):
                    more = np.empty((2 * n_leaves, 4), np.int32)
                    more[:n_leaves] = leaves
                    leaves = more
                if k == 1:
                    entry = work[to]
                else:
                    if n_lists + k + 1 > len(lists):
                        longer = np.empty(2 * (n_lists + k + 1), np.int32)
                        longer[:n_lists] = lists[:n_lists]
                        lists = longer
                    lists[n_lists] = k
                    lists[n_lists + 1 : n_lists + 1 + k] = work[to : to + k]
                    entry = np.int32(m + n_lists)
                    n_lists += k + 1
                leaves[n_leaves, 0], leaves[n_leaves, 1] = now, columns[now]
                leaves[n_leaves, 2], leaves[n_leaves, 3] = rows[now], entry
                n_leaves += 1
                now -= 1
                continue
        if child[now] == 4:
            now -= 1
            continue
        given_start, given_count = start[now], count[now]
        columns[now + 1] = 2 * columns[now] + (child[now] & 1)
        rows[now + 1] = 2 * rows[now] + (child[now] >> 1)
        child[now] += 1
        now += 1
        entering = True
    return leaves[:n_leaves], lists[:n_lists]


@compiled
def lay_out(leaves: Any, list_start: int, single: int, bits: int, first: Any, further: Any,
            used: int) -> tuple[Any, int]:  # fmt: skip
    """Enter leaves into the tables.

    Parameters
    ----------
    leaves
        As `divide` returns them.
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
    width = 1 << TABLE_BITS
    for i in range(len(leaves)):
        level, column, row = leaves[i, 0], np.int64(leaves[i, 1]), np.int64(leaves[i, 2])
        entry = leaves[i, 3]
        if entry >= single:
            entry += list_start
        if level <= bits:
            up = bits - level
            for r in range(row << up, (row + 1) << up):
                for c in range(column << up, (column + 1) << up):
                    first[(r << bits) | c] = entry
            continue
        down = level - bits
        place = ((row >> down) << bits) | (column >> down)
        in_first = True
        while down > 0:
            e = first[place] if in_first else further[place]
            if e >= 0:
                if used + 64 > len(further):
                    more = np.empty(2 * len(further) + 64, np.int32)
                    more[:used] = further[:used]
                    further = more
                further[used : used + 64] = 0
                e = np.int32(-1 - used // 64)
                used += 64
                if in_first:
                    first[place] = e
                else:
                    further[place] = e
            base = np.int64(-1 - e) * 64
            in_first = False
            if down <= TABLE_BITS:
                up = TABLE_BITS - down
                low_row = (row & ((1 << down) - 1)) << up
                low_column = (column & ((1 << down) - 1)) << up
                for r in range(low_row, low_row + (1 << up)):
                    for c in range(low_column, low_column + (1 << up)):
                        further[base + (r << TABLE_BITS | c)] = entry
                break
            down -= TABLE_BITS
            inner = (((row >> down) & (width - 1)) << TABLE_BITS) | ((column >> down) & (width - 1))
            place = base + inner
    return further, used

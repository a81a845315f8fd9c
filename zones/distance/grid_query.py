"""Look points up in a grid of candidate lists (compiled)."""

from __future__ import annotations

from typing import Any

import numpy as np

from zones.distance import portable_trig
from zones.distance.compiled import compiled
from zones.distance.great_circle import TWO_CHORD2
from zones.parameters import EARTH_RADIUS_KM

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
    for i in range(len(lat)):
        z[i], x[i] = sine_cosine(lat[i])
    for i in range(len(lon)):
        sine, cosine = sine_cosine(lon[i])
        y[i] = x[i] * sine
        x[i] = x[i] * cosine


@compiled
def _cells_of(values: Any, low: float, scale: float, cell: Any) -> None:
    last = (1 << FINEST) - 1
    for i in range(len(values)):
        cell[i] = min(max(np.int32((values[i] - low) * scale), np.int32(0)), np.int32(last))


@compiled
def _entries_of(column: Any, row: Any, table: Any, first: Any, further: Any, entry: Any) -> None:
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
    dx, dy, dz = x - hubs[hub, 0], y - hubs[hub, 1], z - hubs[hub, 2]
    return dx * dx + dy * dy + dz * dz


@compiled
def _antichord2(x: float, y: float, z: float, hubs: Any, hub: int) -> Any:
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
        The grid as `zones.distance.grid_build` makes it.
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
        _cells_of(lon[low:high], frame[0], frame[2], column[:n])
        _cells_of(lat[low:high], frame[1], frame[3], row[:n])
        _entries_of(column[:n], row[:n], bits, first, further, entry[:n])
        _vectors_of(lon[low:high], lat[low:high], x[:n], y[:n], z[:n])
        _best_of(x[:n], y[:n], z[:n], entry[:n], lists, hubs, hub[low:high], d2[:n])
        _distances_of(x[:n], y[:n], z[:n], hubs, hub[low:high], d2[:n], distance_km[low:high])

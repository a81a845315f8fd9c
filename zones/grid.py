"""The compiled engine: a lookup grid of candidate lists, in chunks on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from zones.great_circle import FloatArray, unit_vectors
from zones.grid_build import codes_of, divide, first_of_equals, lay_out
from zones.grid_query import FINEST, look_up

CHUNK = 1 << 15
SAMPLE_STEP = 17  # one point in 17 is counted; odd, so that the rows of a raster do not repeat
SAMPLE_MOST = 1 << 17
POINTS_A_CELL = 32  # cells of the first table hold about as many


def cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def frame_around(west: float, east: float, south: float, north: float) -> FloatArray:
    """Return a frame of nearly square cells: edges, and finest columns and rows a degree."""
    shrink = max(np.cos(np.radians(np.clip((south + north) / 2.0, -80.0, 80.0))), 0.1)
    side = max(north - south, (east - west) * shrink, 1e-9) * (1.0 + 1e-9)
    finest = float(1 << FINEST)
    return np.array([west, south, finest / (side / shrink), finest / side])


def nearest_by_grid(lon, lat, bounds, hub_lon, hub_lat, hub, distance_km, threads=None):
    west, east, south, north = bounds
    n = len(lon)
    threads = threads or cores()
    hubs = unit_vectors(hub_lon, hub_lat)
    candidates = first_of_equals(hubs)
    frame = frame_around(west, east, south, north)
    step = max(SAMPLE_STEP, n // SAMPLE_MOST | 1)
    codes = np.sort(codes_of(lon[::step], lat[::step], frame))
    bits = int(np.clip(np.log2(max(n / POINTS_A_CELL, 1)) / 2 + 0.5, 1, 10))
    edge = np.array([east, north])
    first = np.zeros(1 << (2 * bits), np.int32)
    further = np.zeros(64, np.int32)
    with ThreadPoolExecutor(threads) as pool:
        level = 0 if threads == 1 else min(2, bits)
        cells = [(c, r) for c in range(1 << level) for r in range(1 << level)]
        parts = pool.map(
            lambda cell: divide(hubs, candidates, codes, float(step), frame, edge, level, *cell), cells
        )
        lists, used, place = [], 0, 0
        for leaves, part in parts:
            further, used = lay_out(leaves, place, len(hubs), bits, first, further, used)
            lists.append(part)
            place += len(part)
        all_lists = np.concatenate([*lists, np.zeros(1, np.int32)])
        def task(low):
            s = slice(low, low + CHUNK)
            look_up(lon[s], lat[s], frame, bits, first, further, all_lists, hubs, hub[s], distance_km[s])
        list(pool.map(task, range(0, n, CHUNK)))
    return dict(bits=bits, leaves=None, lists=place, tables=used // 64)

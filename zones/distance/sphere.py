"""The nearest hub on the sphere: three engines, one answer.

The nearest hub is the one with the least squared chord between unit vectors, as 64-bit numbers
give it; of equal ones the hub listed first. Where that chord spans more than a quarter of the
circumference, it is the hub whose antipode is farthest, which is the same and keeps its digits.
Unit vectors and chords are made of + - * / alone (`zones.distance.great_circle`), so every
engine, on every machine, finds the same hub and the same distance, to the last bit.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geodata.errors import UsageError, how_to_install
from geodata.words import Joined, Message, Words, library_words
from zones.distance.great_circle import (
    TWO_CHORD2,
    FloatArray,
    arc_km,
    chord2,
    km_to_chord,
    unit_vectors,
)
from zones.inputs import check_choice, check_degrees, check_pair
from zones.parameters import ENGINES

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.spatial import KDTree

FEW_PAIRS = 20_000  # pairs of point and hub up to which brute force is the quickest of all
NUMPY_PAIRS = 8_000_000  # up to here it is quicker than loading the libraries of the others
GRID_POINTS = 100_000  # points from which the grid soon saves the time it takes to load
BLOCK_PAIRS = 80_000  # fits the cache, and is too small for BLAS to wake other threads for
TREE_CHUNK = 1 << 16
# The compiled engine is a module of its own that imports this one, so it is imported only when it
# is used.
GRID = "zones.points.grid"
# chords closer than this may be one chord: ten times what rounding does to them
TIE_CHORD = 4e-15
TIE_DOT = 1e-14  # the same of dot products
# added to a radius that a tree is asked for, so that rounding loses no pair; the arc decides then
MARGIN_KM = 1e-6
PAIRS_AT_ONCE = 1 << 20  # of point and hub, held while they are measured


class Nearest(NamedTuple):
    """Row number of the nearest hub and the distance to it, one a point."""

    hub: NDArray[np.int32]
    distance_km: FloatArray


class Pairs(NamedTuple):
    """Row numbers of point and hub, and the distance between them, one a pair."""

    point: NDArray[np.intp]
    hub: NDArray[np.intp]
    distance_km: FloatArray

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        """Return all parts as one; their order stays."""
        empty = cls(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))
        return cls(*(np.concatenate(arrays) for arrays in zip(empty, *parts, strict=True)))


def nearest_on_sphere(  # noqa: PLR0913
    lon: FloatArray,
    lat: FloatArray,
    hub_lon: FloatArray,
    hub_lat: FloatArray,
    *,
    engine: str = "auto",
    threads: int | None = None,
) -> Nearest:
    """Find the nearest hub by great circle.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each, m at least 1.
    engine
        ``numpy`` (brute force), ``kdtree`` (scipy), ``grid`` (compiled; needs numba), or ``auto``:
        the quickest for the sizes given. The answer does not depend on it.
    threads
        Cores to use; all when None.

    Returns
    -------
    Nearest
        Arrays of length n. On a tie (equal squared chords) the hub that is listed first.

    Raises
    ------
    UsageError
        For no hub, for a coordinate that is missing or out of range, for columns of unequal
        lengths, for an unknown engine, or for ``grid`` where numba cannot be loaded.
    """
    check_choice("engine", engine, ENGINES)
    arrays = [np.ascontiguousarray(a, float) for a in (lon, lat, hub_lon, hub_lat)]
    lon, lat, hub_lon, hub_lat = arrays
    # the compiled engine would read past the end of the shorter
    check_pair(lon, lat, "lon, lat")
    check_pair(hub_lon, hub_lat, "hub_lon, hub_lat")
    if not len(hub_lon):
        raise UsageError(Message("hubs: at least one hub is needed"))
    check_degrees(hub_lon, 180.0, "hub_lon")
    check_degrees(hub_lat, 90.0, "hub_lat")
    # points are checked below, by the grid part by part on all cores
    engine = chosen_engine(engine, len(lon), len(hub_lon))
    found = Nearest(np.empty(len(lon), np.int32), np.empty(len(lon)))
    if engine == "grid":
        nearest_by_grid = importlib.import_module(GRID).nearest_by_grid
        nearest_by_grid(
            lon, lat, hub_lon, hub_lat, found.hub, found.distance_km, threads or cores()
        )
        return found
    check_degrees(lon, 180.0, "lon")
    check_degrees(lat, 90.0, "lat")
    hubs = unit_vectors(hub_lon, hub_lat)
    if engine == "numpy":
        _by_brute_force(lon, lat, hubs, found)
    else:
        _by_tree(lon, lat, hubs, found, threads)
    return found


def chosen_engine(engine: str, points: int, hubs: int) -> str:
    """Return the engine itself, or for ``auto`` the quickest for that many points and hubs.

    Loading scipy or numba takes longer than brute force on a few million pairs; the grid, once
    it is loaded, is ahead of both others at all but the smallest sizes.
    """
    # few pairs: nothing to load is the quickest
    loaded = GRID in sys.modules and points * hubs > FEW_PAIRS
    if engine == "auto" and points * hubs <= NUMPY_PAIRS and not loaded:
        return "numpy"
    if engine in ("numpy", "kdtree"):
        return engine
    # many points: the grid where it can be loaded, else the tree
    if engine == "grid" or loaded or points >= GRID_POINTS:
        fault = _grid_fault()
        if fault is None:
            return "grid"
        if engine == "grid":
            raise UsageError(
                Message(
                    "engine 'grid' needs numba: {command}{fault}",
                    command=how_to_install("scale"),
                    fault=fault,
                )
            )
    return "kdtree"


def _grid_fault() -> Words | None:
    """Say why the compiled engine cannot be loaded; None where it can."""
    if importlib.util.find_spec("numba") is None:
        return Joined(())
    try:
        importlib.import_module(GRID)
    except ImportError as error:  # numba refuses a numpy newer than itself
        return library_words(error)
    return None


def cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def first_of_equals(hubs: FloatArray) -> NDArray[np.intp]:
    """Return the rows of unit vectors, shape (m, 3), that equal no earlier one."""
    order = np.lexsort(hubs.T)  # equal ones stand side by side, the first of them first
    again = (hubs[order[1:]] == hubs[order[:-1]]).all(axis=1)
    return np.sort(np.delete(order, np.flatnonzero(again) + 1))


def _by_brute_force(lon: FloatArray, lat: FloatArray, hubs: FloatArray, found: Nearest) -> None:
    """Write the nearest hubs to `found` by comparing every point with every hub."""
    first = first_of_equals(hubs)  # equal hubs would all tie with each other
    hubs = hubs[first]
    step = max(1, BLOCK_PAIRS // len(hubs))
    for low in range(0, len(lon), step):
        part = slice(low, low + step)
        points = unit_vectors(lon[part], lat[part])
        # the greatest dot product is the least chord, but for its rounding
        dots = points @ hubs.T
        rows = np.arange(len(points))
        hub = dots.argmax(axis=1)
        most = dots[rows, hub]
        # points whose second hub is so near to the first that rounding may have exchanged them
        dots[rows, hub] = -2.0
        close = np.flatnonzero(dots.max(axis=1) >= most - TIE_DOT)
        # for these the squared chord decides, which every engine computes alike
        squared = chord2(points[close, None, :], hubs[None, :, :])
        hub[close] = squared.argmin(axis=1)
        # more than a quarter of the circumference away: the hub with the farthest antipode
        far = close[squared.min(axis=1) > TWO_CHORD2]
        hub[far] = chord2(points[far, None, :], -hubs[None, :, :]).argmax(axis=1)
        found.hub[part] = first[hub]
        found.distance_km[part] = arc_km(points, hubs[hub])


def _by_tree(
    lon: FloatArray, lat: FloatArray, hubs: FloatArray, found: Nearest, threads: int | None
) -> None:
    """Write the nearest hubs to `found` by a tree of the hubs' unit vectors."""
    from scipy.spatial import KDTree

    # equal hubs would all tie with each other
    first = first_of_equals(hubs)
    tree = KDTree(hubs[first])
    for low in range(0, len(lon), TREE_CHUNK):
        part = slice(low, low + TREE_CHUNK)
        points = unit_vectors(lon[part], lat[part])
        # the two nearest, to see where they are too near to each other to trust the tree
        two = [1, 2] if len(first) > 1 else [1]
        chord, near = (np.asarray(a) for a in tree.query(points, k=two, workers=threads or -1))
        hub = near[:, 0]
        if len(first) > 1:
            close = np.flatnonzero(chord[:, 1] - chord[:, 0] <= TIE_CHORD)
            for i in close:
                hub[i] = _first_nearest(points[i], hubs[first], tree, chord[i, 0])
        found.hub[part] = first[hub]
        found.distance_km[part] = arc_km(points, hubs[first[hub]])


def _first_nearest(point: FloatArray, hubs: FloatArray, tree: KDTree, chord: float) -> int:
    """Choose among hubs whose chords a tree cannot tell apart."""
    near = np.sort(tree.query_ball_point(point, chord + TIE_CHORD))
    squared = chord2(point, hubs[near])
    if squared.min() > TWO_CHORD2:
        return int(near[chord2(point, -hubs[near]).argmax()])
    return int(near[squared.argmin()])


# ---- several hubs a point


def k_nearest_on_sphere(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray, k: int
) -> Nearest:
    """Find the k nearest hubs by great circle, in the order of `nearest_on_sphere`.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each.
    k
        1 to m.

    Returns
    -------
    Nearest
        Arrays of shape (n, k), the nearest first; of hubs with equal squared chords the one that
        is listed first.
    """
    from scipy.spatial import KDTree

    hubs = unit_vectors(hub_lon, hub_lat)
    tree = KDTree(hubs)
    found = Nearest(np.empty((len(lon), k), np.int32), np.empty((len(lon), k)))
    for low in range(0, len(lon), TREE_CHUNK):
        points = unit_vectors(lon[low : low + TREE_CHUNK], lat[low : low + TREE_CHUNK])
        # whatever the tree cannot tell from the k-th may be among the k
        farthest = np.asarray(tree.query(points, k=[k], workers=-1)[0])[:, 0]
        for near, rank in pairs_in_reach(tree, points, farthest + TIE_CHORD):
            order = np.lexsort((rank, *_least_first(points[near], hubs[rank]), near))
            best = order[first_of_each(near[order], k)]
            point, hub = near[best], rank[best]
            rows = low + point.reshape(-1, k)[:, 0]
            found.hub[rows] = hub.reshape(-1, k)
            found.distance_km[rows] = arc_km(points[point], hubs[hub]).reshape(-1, k)
    return found


def pairs_on_sphere(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray, within_km: float
) -> Pairs:
    """Find all pairs of point and hub at most a distance apart by great circle.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each.
    within_km
        At most so far, the distance itself included.

    Returns
    -------
    Pairs
        By point, then from the nearest hub on, in the order of `k_nearest_on_sphere`.
    """
    from scipy.spatial import KDTree

    hubs = unit_vectors(hub_lon, hub_lat)
    tree, parts = KDTree(hubs), []
    reach = float(km_to_chord(within_km + MARGIN_KM)) + TIE_CHORD
    for low in range(0, len(lon), TREE_CHUNK):
        points = unit_vectors(lon[low : low + TREE_CHUNK], lat[low : low + TREE_CHUNK])
        for near, rank in pairs_in_reach(tree, points, np.full(len(points), reach)):
            # the tree proposes, the distance that all counts use decides
            distance_km = arc_km(points[near], hubs[rank])
            inside = distance_km <= within_km
            point, hub = near[inside], rank[inside]
            order = np.lexsort((hub, *_least_first(points[point], hubs[hub]), point))
            parts.append(Pairs(low + point[order], hub[order], distance_km[inside][order]))
    return Pairs.joined(parts)


def pairs_in_reach(
    tree: KDTree, points: FloatArray, reach: FloatArray
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give all pairs of point and hub whose chord is at most the point's reach, some at a time.

    All pairs of a point come together, points in their order.
    """
    if not len(points):
        return
    counts = np.asarray(
        tree.query_ball_point(points, reach, workers=-1, return_length=True), dtype=np.int64
    )
    # so many points at a time as fill the room for pairs
    piece = np.cumsum(counts) // PAIRS_AT_ONCE
    for part in np.split(np.arange(len(points)), np.flatnonzero(np.diff(piece)) + 1):
        hubs = tree.query_ball_point(points[part], reach[part], workers=-1)
        flat = np.fromiter(chain.from_iterable(hubs), np.intp, int(counts[part].sum()))
        yield np.repeat(part, counts[part]), flat


def first_of_each(sorted_: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Return the places of the first k of each run of equal numbers."""
    starts = np.flatnonzero(np.diff(sorted_, prepend=-1))
    lengths = np.diff(starts, append=len(sorted_))
    rank = np.arange(len(sorted_)) - np.repeat(starts, lengths)
    return np.flatnonzero(rank < k)


def _least_first(points: FloatArray, hubs: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return what sorts pairs from the nearest on, the second key first.

    The squared chord; beyond a quarter of the circumference that to the antipode, which is the
    greater the nearer.
    """
    squared = chord2(points, hubs)
    far = squared > TWO_CHORD2
    return np.where(far, -chord2(points, -hubs), squared), far

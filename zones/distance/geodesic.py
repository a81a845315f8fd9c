"""The nearest hub on the WGS-84 ellipsoid, never a wrong one.

The sphere proposes, the ellipsoid decides: a geodesic is between `GEODESIC_LEAST` and
`GEODESIC_MOST` times its great circle, so the ellipsoid's nearest hub lies within
`ELLIPSOID_FACTOR` times the nearest great-circle distance. Every hub within it is measured with
`pyproj.Geod`. More hubs are fetched until the last of them lies outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zones.distance.great_circle import FloatArray, chord_to_km, km_to_chord, unit_vectors
from zones.distance.sphere import (
    MARGIN_KM,
    TIE_CHORD,
    TREE_CHUNK,
    Nearest,
    Pairs,
    cores,
    first_of_each,
    first_of_equals,
    nearest_on_sphere,
    pairs_in_reach,
)
from zones.parameters import ELLIPSOID_FACTOR, GEODESIC_LEAST, GEODESIC_MOST

if TYPE_CHECKING:
    from scipy.spatial import KDTree

CHUNK = 1 << 15
PAIRS = 1 << 18  # most candidates held at once: seen from far away, hubs of one place all are


def geodesic_km(
    lon_1: FloatArray, lat_1: FloatArray, lon_2: FloatArray, lat_2: FloatArray
) -> FloatArray:
    """Return distances on the WGS-84 ellipsoid (Karney 2013), km; arrays of one length."""
    from pyproj import Geod

    _, _, distance_m = Geod(ellps="WGS84").inv(lon_1, lat_1, lon_2, lat_2)
    return np.asarray(distance_m, float) / 1000.0


def nearest_on_ellipsoid(
    lon: FloatArray,
    lat: FloatArray,
    hub_lon: FloatArray,
    hub_lat: FloatArray,
    *,
    threads: int | None = None,
) -> Nearest:
    """Find the nearest hub by geodesic.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each, m at least 1.
    threads
        Cores to use; all when None.

    Returns
    -------
    Nearest
        Arrays of length n; on a tie the hub that is listed first.
    """
    from scipy.spatial import KDTree

    hubs = unit_vectors(hub_lon, hub_lat)
    first = first_of_equals(hubs)  # equal hubs would all be candidates
    tree = KDTree(hubs[first])
    found = Nearest(np.empty(len(lon), np.int32), np.empty(len(lon)))

    def chunk(low: int) -> None:
        part = slice(low, low + CHUNK)
        for inside, rank in _candidates(tree, unit_vectors(lon[part], lat[part])):
            point, hub = low + inside, first[rank]
            distance_km = geodesic_km(lon[point], lat[point], hub_lon[hub], hub_lat[hub])
            # sorted by point, distance, hub: the first of each point is the answer
            order = np.lexsort((hub, distance_km, point))
            best = order[np.diff(point[order], prepend=-1) > 0]
            found.hub[point[best]], found.distance_km[point[best]] = hub[best], distance_km[best]

    with ThreadPoolExecutor(threads or cores()) as pool:
        for _ in pool.map(chunk, range(0, len(lon), CHUNK)):
            pass
    return found


def _candidates(
    tree: KDTree, points: FloatArray
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give all pairs of point and hub that the ellipsoid may make the nearest, some at a time.

    All pairs of a point come together.
    """
    # points whose candidates are not all known yet; for these k hubs are asked for, then more
    open_ = np.arange(len(points))
    k = min(2, tree.n)
    while open_.size:
        again = []
        for low in range(0, open_.size, max(1, PAIRS // k)):
            part = open_[low : low + max(1, PAIRS // k)]
            chord, rank = (np.asarray(a) for a in tree.query(points[part], k=range(1, k + 1)))
            # chords are rounded, and near the antipode one may be more than 2
            reach = km_to_chord(chord_to_km(chord[:, 0]) * ELLIPSOID_FACTOR + MARGIN_KM) + TIE_CHORD
            inside = chord <= reach[:, None]
            # complete when the last of the k lies outside the reach, or there are no more hubs
            whole = ~inside[:, -1] | (k == tree.n)
            row, column = np.nonzero(inside & whole[:, None])
            if row.size:
                yield part[row], rank[row, column]
            again.append(part[~whole])
        open_ = np.concatenate(again)
        k = min(4 * k, tree.n)


def k_nearest_on_ellipsoid(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray, k: int
) -> Nearest:
    """Find the k nearest hubs by geodesic; parameters and result as `k_nearest_on_sphere`.

    Of hubs at equal distances the one that is listed first.
    """
    from scipy.spatial import KDTree

    tree = KDTree(unit_vectors(hub_lon, hub_lat))
    found = Nearest(np.empty((len(lon), k), np.int32), np.empty((len(lon), k)))
    for low in range(0, len(lon), TREE_CHUNK):
        points = unit_vectors(lon[low : low + TREE_CHUNK], lat[low : low + TREE_CHUNK])
        # k hubs lie within the k-th great circle, hence the ellipsoid's k within the quotient of
        # the two bounds times that
        farthest = np.asarray(tree.query(points, k=[k], workers=-1)[0])[:, 0]
        reach = km_to_chord(chord_to_km(farthest) * ELLIPSOID_FACTOR + MARGIN_KM) + TIE_CHORD
        for inside, hub in pairs_in_reach(tree, points, reach):
            point = low + inside
            distance_km = geodesic_km(lon[point], lat[point], hub_lon[hub], hub_lat[hub])
            order = np.lexsort((hub, distance_km, point))
            best = order[first_of_each(point[order], k)]
            rows = point[best].reshape(-1, k)[:, 0]
            found.hub[rows] = hub[best].reshape(-1, k)
            found.distance_km[rows] = distance_km[best].reshape(-1, k)
    return found


def pairs_on_ellipsoid(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray, within_km: float
) -> Pairs:
    """Find all pairs at most a geodesic apart; parameters and result as `pairs_on_sphere`."""
    from scipy.spatial import KDTree

    tree, parts = KDTree(unit_vectors(hub_lon, hub_lat)), []
    # a great circle is at most the geodesic over the least ratio of the two
    reach = float(km_to_chord(within_km / GEODESIC_LEAST + MARGIN_KM)) + TIE_CHORD
    for low in range(0, len(lon), TREE_CHUNK):
        points = unit_vectors(lon[low : low + TREE_CHUNK], lat[low : low + TREE_CHUNK])
        for near, hub in pairs_in_reach(tree, points, np.full(len(points), reach)):
            point = low + near
            distance_km = geodesic_km(lon[point], lat[point], hub_lon[hub], hub_lat[hub])
            inside = distance_km <= within_km
            point, rank, distance_km = point[inside], hub[inside], distance_km[inside]
            order = np.lexsort((rank, distance_km, point))
            parts.append(Pairs(point[order], rank[order], distance_km[order]))
    return Pairs.joined(parts)


def beyond_on_ellipsoid(  # noqa: PLR0913
    lon: FloatArray,
    lat: FloatArray,
    hub_lon: FloatArray,
    hub_lat: FloatArray,
    thresholds_km: Iterable[float],
    *,
    engine: str = "auto",
    threads: int | None = None,
) -> NDArray[np.bool_]:
    """Say which points lie farther than each threshold from every hub, by geodesic.

    The great circle decides for nearly all points. Only those near a threshold are measured on the
    ellipsoid: whose great-circle distance, times the two bounds of the ratio, lies on both sides.

    Parameters
    ----------
    lon, lat, hub_lon, hub_lat, engine, threads
        As for `zones.distance.sphere.nearest_on_sphere`.
    thresholds_km
        t values.

    Returns
    -------
    numpy.ndarray
        Shape (t, n).
    """
    sphere_km = nearest_on_sphere(
        lon, lat, hub_lon, hub_lat, engine=engine, threads=threads
    ).distance_km
    limits = np.asarray(list(thresholds_km), float)[:, None]
    # certain whatever the ratio of geodesic and great circle is, within its bounds
    beyond = sphere_km * GEODESIC_LEAST - MARGIN_KM > limits
    within = sphere_km * GEODESIC_MOST + MARGIN_KM <= limits
    # open for at least one threshold: measured on the ellipsoid
    flips = np.flatnonzero(~(beyond | within).all(axis=0))
    refined = nearest_on_ellipsoid(lon[flips], lat[flips], hub_lon, hub_lat, threads=threads)
    beyond[:, flips] = refined.distance_km > limits
    return np.asarray(beyond)

"""The nearest hub on the WGS-84 ellipsoid, never a wrong one.

The sphere proposes, the ellipsoid decides: a geodesic is between 0.994417 and 1.004487 times
its great circle, so the nearest hub on the ellipsoid lies within `ELLIPSOID_FACTOR` times the
nearest great-circle distance. Every hub within it is measured with `pyproj.Geod`.
"""

from __future__ import annotations

import numpy as np

from zones.great_circle import FloatArray, chord_to_km, km_to_chord, unit_vectors
from zones.parameters import ELLIPSOID_FACTOR
from zones.sphere import Nearest

# room for rounding around the proven bound
MARGIN_KM = 1e-6


def geodesic_km(
    lon_1: FloatArray, lat_1: FloatArray, lon_2: FloatArray, lat_2: FloatArray
) -> FloatArray:
    """Return distances on the WGS-84 ellipsoid (Karney 2013), km; arrays of one length."""
    from pyproj import Geod

    _, _, distance_m = Geod(ellps="WGS84").inv(lon_1, lat_1, lon_2, lat_2)
    return np.asarray(distance_m, float) / 1000.0


def nearest_on_ellipsoid(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray
) -> Nearest:
    """Find the nearest hub by geodesic.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each, m at least 1.

    Returns
    -------
    Nearest
        Arrays of length n; on a tie the hub that is listed first.
    """
    from scipy.spatial import KDTree

    points = unit_vectors(lon, lat)
    tree = KDTree(unit_vectors(hub_lon, hub_lat))
    chord, _ = tree.query(points)
    reach = km_to_chord(chord_to_km(chord) * ELLIPSOID_FACTOR + MARGIN_KM)
    candidates = tree.query_ball_point(points, reach, return_sorted=True)
    counts = np.fromiter(map(len, candidates), dtype=np.intp, count=len(points))
    hub = np.concatenate([np.asarray(c, dtype=np.intp) for c in candidates])
    point = np.repeat(np.arange(len(points)), counts)
    distance_km = geodesic_km(lon[point], lat[point], hub_lon[hub], hub_lat[hub])
    # sorted by point, distance, hub: the first of each point is the answer
    order = np.lexsort((hub, distance_km, point))
    first = order[np.concatenate(([0], np.cumsum(counts)[:-1]))]
    return Nearest(hub[first], distance_km[first])

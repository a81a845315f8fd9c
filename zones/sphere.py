"""The nearest hub on the sphere: a KD-tree on unit vectors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zones.great_circle import FloatArray, chord_to_km, unit_vectors

# chords closer than this are one distance: about 6e-9 m on the ground
TIE_CHORD = 1e-15


class Nearest(NamedTuple):
    """Row number of the nearest hub and the distance to it, one a point."""

    hub: NDArray[np.intp]
    distance_km: FloatArray


def nearest_on_sphere(
    lon: FloatArray, lat: FloatArray, hub_lon: FloatArray, hub_lat: FloatArray
) -> Nearest:
    """Find the nearest hub by great circle with a KD-tree on unit vectors.

    The straight chord through the sphere grows with the arc, so the nearest by chord is the
    nearest by arc. On a tie the hub that is listed first wins.

    Parameters
    ----------
    lon, lat
        Points, degrees, n values each.
    hub_lon, hub_lat
        Hubs, degrees, m values each, m at least 1.

    Returns
    -------
    Nearest
        Arrays of length n.
    """
    from scipy.spatial import KDTree

    tree = KDTree(unit_vectors(hub_lon, hub_lat))
    points = unit_vectors(lon, lat)
    two = min(2, len(hub_lon))
    found = tree.query(points, k=list(range(1, two + 1)))
    chord, hub = np.asarray(found[0]), np.asarray(found[1], dtype=np.intp)
    first = hub[:, 0].copy()
    if two == 2:
        for i in np.flatnonzero(chord[:, 1] - chord[:, 0] <= TIE_CHORD):
            first[i] = min(tree.query_ball_point(points[i], chord[i, 0] + TIE_CHORD))
    return Nearest(first, chord_to_km(chord[:, 0]))

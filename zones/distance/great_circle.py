"""Great circles on the sphere: haversine, unit vectors, chord and arc."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from zones.distance import portable_trig as trig
from zones.parameters import EARTH_RADIUS_KM

if TYPE_CHECKING:  # importing it takes longer than all else here
    from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = "NDArray[np.float64]"

TWO_CHORD2 = 2.0  # square of the chord under a quarter of the circumference


def unit_vectors(lon: ArrayLike, lat: ArrayLike) -> FloatArray:
    """Return points of the unit sphere for longitude and latitude.

    Parameters
    ----------
    lon, lat
        Degrees, one-dimensional, n values each.

    Returns
    -------
    numpy.ndarray
        Shape (n, 3), each row of length 1.
    """
    sin_lon, cos_lon = _sine_cosine(np.asarray(lon, float))
    sin_lat, cos_lat = _sine_cosine(np.asarray(lat, float))
    return np.column_stack((cos_lat * cos_lon, cos_lat * sin_lon, sin_lat))


def _sine_cosine(degrees: FloatArray) -> tuple[FloatArray, FloatArray]:
    turns = trig.quadrant(degrees)
    rest = degrees - 90.0 * turns
    sine, cosine = trig.sine_within(rest), trig.cosine_within(rest)
    return trig.turned_sine(turns, sine, cosine), trig.turned_cosine(turns, sine, cosine)


def chord2(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return squared chords between points of the unit sphere.

    Parameters
    ----------
    points, others
        Unit vectors, shapes (..., 3) that broadcast. With ``-others`` it is the squared chord to
        the antipode.

    Returns
    -------
    numpy.ndarray
        0 to 4, of the broadcast shape without the last axis; always summed in the order x, y, z.
    """
    dx, dy, dz = (points[..., axis] - others[..., axis] for axis in range(3))
    return np.asarray(dx * dx + dy * dy + dz * dz)


def arc_km(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return great-circle distances between points of the unit sphere.

    Parameters
    ----------
    points, others
        Unit vectors, shape (n, 3) each.

    Returns
    -------
    numpy.ndarray
        Kilometres, n values; right to 1e-8 m at any distance. Beyond a quarter of the
        circumference the arc is measured from the antipode, where the chord would say little.
    """
    squared = chord2(points, others)
    arc = trig.near_arc(0.25 * squared)
    far = np.flatnonzero(squared > 4.0 * trig.NEAR_HAV)
    arc[far] = trig.far_arc(np.minimum(0.25 * squared[far], 0.5))
    over = np.flatnonzero(squared > TWO_CHORD2)
    arc[over] = np.pi - trig.far_arc(0.25 * chord2(points[over], -others[over]))
    return np.asarray(EARTH_RADIUS_KM * arc)


def chord_to_km(chord: ArrayLike) -> FloatArray:
    """Return the arc in km on the mean sphere under a chord of the unit sphere (0 to 2)."""
    half = np.clip(np.asarray(chord, float) / 2.0, 0.0, 1.0)
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(half))


def km_to_chord(distance_km: ArrayLike) -> FloatArray:
    """Return the chord of the unit sphere under an arc in km, at most half the circumference."""
    angle = np.asarray(distance_km, float) / (2.0 * EARTH_RADIUS_KM)
    return np.asarray(2.0 * np.sin(np.minimum(angle, np.pi / 2.0)))


def haversine_km(
    lon_1: ArrayLike, lat_1: ArrayLike, lon_2: ArrayLike, lat_2: ArrayLike
) -> FloatArray:
    """Return great-circle distances on the mean sphere of WGS-84.

    Parameters
    ----------
    lon_1, lat_1, lon_2, lat_2
        Degrees; shapes that broadcast.

    Returns
    -------
    numpy.ndarray
        Kilometres, of the broadcast shape.

    Notes
    -----
    hav(d) = hav(dlat) + cos(lat1) cos(lat2) hav(dlon); Sinnott, Virtues of the Haversine,
    Sky and Telescope 68 (1984).

    Examples
    --------
    >>> round(float(haversine_km(116.40, 39.90, 120.15, 30.28)), 1)  # Beijing to Hangzhou
    1122.5
    """
    lam_1, phi_1, lam_2, phi_2 = (
        np.radians(np.asarray(x, float)) for x in (lon_1, lat_1, lon_2, lat_2)
    )
    hav = (
        np.sin((phi_2 - phi_1) / 2.0) ** 2
        + np.cos(phi_1) * np.cos(phi_2) * np.sin((lam_2 - lam_1) / 2.0) ** 2
    )
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(hav, 0.0, 1.0))))


def destination(
    lon: ArrayLike, lat: ArrayLike, bearing_deg: ArrayLike, distance_km: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Return where a great circle leads from a point, on the mean sphere.

    Parameters
    ----------
    lon, lat
        Start, degrees.
    bearing_deg
        Clockwise from north, degrees.
    distance_km
        Way along the great circle.

    Returns
    -------
    tuple of numpy.ndarray
        Longitude (-180 to 180) and latitude in degrees, of the broadcast shape.

    Notes
    -----
    Snyder, Map Projections: A Working Manual (1987), equations 5-5 and 5-6.

    Examples
    --------
    >>> lon, lat = destination(0.0, 0.0, 90.0, 6371.0088 * np.pi / 2)  # a quarter of the equator
    >>> round(float(lon), 9), round(float(lat), 9)
    (90.0, 0.0)
    """
    lam, phi, bearing = (np.radians(np.asarray(x, float)) for x in (lon, lat, bearing_deg))
    angle = np.asarray(distance_km, float) / EARTH_RADIUS_KM
    sin_phi = np.sin(phi) * np.cos(angle) + np.cos(phi) * np.sin(angle) * np.cos(bearing)
    new_phi = np.arcsin(np.clip(sin_phi, -1.0, 1.0))
    east = np.sin(angle) * np.sin(bearing)
    north = np.cos(phi) * np.cos(angle) - np.sin(phi) * np.sin(angle) * np.cos(bearing)
    new_lam = lam + np.arctan2(east, north)
    new_lon = (np.degrees(new_lam) + 180.0) % 360.0 - 180.0
    return np.asarray(new_lon), np.asarray(np.degrees(new_phi))

"""Convert between WGS-84, GCJ-02 and BD-09, the three datums of Chinese web maps.

WGS-84 is the only datum inside the project; the other two exist at the edge. The
formulas are the published approximations of the state's offset: GCJ-02 shifts a point
by some hundred metres inside mainland China, BD-09 adds a further twist on top of GCJ-02.
Outside the rectangle 72.004-137.8347 E, 0.8293-55.8271 N the offset is zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.errors import UsageError, not_accepted
from geodata.vocabulary import DATUMS
from geodata.words import Listed

Degrees = NDArray[np.float64]

KRASOVSKY_A_M = 6378245.0  # semi-major axis of the Krasovsky 1940 ellipsoid
KRASOVSKY_E2 = 0.00669342162296594323  # its first eccentricity squared
BD09_TURN_RAD = np.pi * 3000.0 / 180.0
INVERSE_STEPS = 6  # the offset contracts by about 1e-2 a step, so 6 steps end below 1e-9 m


def _offset(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return by how many degrees GCJ-02 shifts a point east and north; 0 outside its rectangle."""
    # the shift in metres, by the published polynomial and sines around 105 E 35 N
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north_m = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
        + (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    east_m = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
        + (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    # metres to degrees, by the radii of curvature of Krasovsky's ellipsoid
    phi = np.radians(lat)
    w2 = 1.0 - KRASOVSKY_E2 * np.sin(phi) ** 2
    w = np.sqrt(w2)
    d_lat = np.degrees(north_m / (KRASOVSKY_A_M * (1.0 - KRASOVSKY_E2) / (w2 * w)))
    d_lon = np.degrees(east_m / (KRASOVSKY_A_M / w * np.cos(phi)))
    inside = (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift WGS-84 degrees to GCJ-02.

    Parameters
    ----------
    lon, lat
        Degrees, scalars or arrays of one shape.

    Returns
    -------
    tuple
        Longitude and latitude in GCJ-02 degrees, same shape.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    d_lon, d_lat = _offset(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 degrees back to WGS-84 by fixed-point iteration.

    The result put through `wgs84_to_gcj02` returns the input to less than 1 mm, except
    within the offset's own width (about 1 km) of the rectangle's edge, where the
    forward formula jumps.

    Parameters
    ----------
    lon, lat
        Degrees, scalars or arrays of one shape.

    Returns
    -------
    tuple
        Longitude and latitude in WGS-84 degrees, same shape.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    lon_guess, lat_guess = lon, lat
    for _ in range(INVERSE_STEPS):
        d_lon, d_lat = _offset(lon_guess, lat_guess)
        lon_guess, lat_guess = lon - d_lon, lat - d_lat
    return lon_guess, lat_guess


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 degrees to BD-09, same shapes as `wgs84_to_gcj02`."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * BD09_TURN_RAD)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BD09_TURN_RAD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    """Shift BD-09 degrees back to GCJ-02 by fixed-point iteration, below 1 mm."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    lon_guess, lat_guess = lon, lat
    for _ in range(INVERSE_STEPS):
        lon_there, lat_there = gcj02_to_bd09(lon_guess, lat_guess)
        lon_guess, lat_guess = lon_guess + lon - lon_there, lat_guess + lat - lat_there
    return lon_guess, lat_guess


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: ArrayLike) -> tuple[Degrees, Degrees]:
    """Bring degrees of any of the three datums to WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees, n values each.
    datum
        WGS-84, GCJ-02 or BD-09: one for all points, or n of them.

    Returns
    -------
    tuple
        New arrays of n values, or the given ones where nothing is to be shifted.

    Raises
    ------
    UsageError
        For another datum, or another spelling of one.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    datums = np.asarray(datum, dtype=str)
    if (datums == "WGS-84").all():
        return lon, lat
    datums = np.broadcast_to(datums, lon.shape)
    baidu, amap = datums == "BD-09", datums == "GCJ-02"
    shifted = baidu | amap
    # a datum of another spelling is no datum to guess
    unknown = datums[~shifted & (datums != "WGS-84")]
    if unknown.size:
        raise UsageError(not_accepted("datum", str(unknown.flat[0]), Listed(DATUMS)))
    lon, lat = lon.copy(), lat.copy()
    lon[baidu], lat[baidu] = bd09_to_gcj02(lon[baidu], lat[baidu])
    lon[shifted], lat[shifted] = gcj02_to_wgs84(lon[shifted], lat[shifted])
    return lon, lat

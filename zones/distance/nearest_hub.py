"""The nearest hub of each point, and the distance to each cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.errors import UsageError
from geodata.words import Message
from zones.distance.great_circle import FloatArray, arc_km, unit_vectors
from zones.distance.sphere import nearest_on_sphere
from zones.inputs import check_choice, coordinates, located, need_columns
from zones.parameters import CLUSTERS, DISTANCE_METHODS, ENGINES


def nearest(
    points: pd.DataFrame,
    hubs: pd.DataFrame,
    *,
    method: str = "great-circle",
    engine: str = "auto",
) -> pd.DataFrame:
    """Find the nearest hub of each point.

    Parameters
    ----------
    points
        With ``lon`` and ``lat`` in WGS-84 degrees; or a GeoDataFrame in any coordinate system,
        measured from its points, from a point inside of its areas.
    hubs
        The same; its index names the hubs.
    method
        ``great-circle`` on the mean sphere, or ``geodesic``, exact on the WGS-84 ellipsoid.
    engine
        Of the great circle: ``numpy``, ``kdtree``, ``grid`` or ``auto``, see
        `zones.distance.sphere.nearest_on_sphere`. It changes the time, never the answer.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: ``nearest_hub`` (a label of `hubs`) and ``nearest_km``.
        On a tie the hub that is listed first wins.

    Raises
    ------
    UsageError
        For an unknown method or engine, no frame, no hub, or coordinates missing or out of range.
    DataFileError
        For a geometry without a coordinate system.

    Examples
    --------
    >>> points = pd.DataFrame({"lon": [121.47], "lat": [31.23]}, index=["Shanghai"])
    >>> hubs = pd.DataFrame({"lon": [116.4, 120.15], "lat": [39.9, 30.28]}, ["Beijing", "Hangzhou"])
    >>> found = nearest(points, hubs).loc["Shanghai"]
    >>> found["nearest_hub"], round(float(found["nearest_km"]), 1)
    ('Hangzhou', 164.5)
    """
    check_choice("method", method, DISTANCE_METHODS)
    check_choice("engine", engine, ENGINES)
    lon, lat = coordinates(points, "points")
    hub_lon, hub_lat = coordinates(hubs, "hubs")
    if hubs.empty:
        raise UsageError(Message("hubs: at least one hub is needed"))
    if method == "geodesic":
        from zones.distance.geodesic import nearest_on_ellipsoid

        found = nearest_on_ellipsoid(lon, lat, hub_lon, hub_lat)
    else:
        found = nearest_on_sphere(lon, lat, hub_lon, hub_lat, engine=engine)
    return pd.DataFrame(
        {"nearest_hub": hubs.index.to_numpy()[found.hub], "nearest_km": found.distance_km},
        index=points.index,
    )


def pairwise_km(
    points: pd.DataFrame, hubs: pd.DataFrame, *, method: str = "great-circle"
) -> FloatArray:
    """Return the distance of every point to every hub, by the formula of `nearest`.

    Parameters
    ----------
    points, hubs, method
        See `nearest`; both in memory, with the result.

    Returns
    -------
    numpy.ndarray
        Kilometres, shape (points, hubs).
    """
    check_choice("method", method, DISTANCE_METHODS)
    lon, lat = coordinates(points, "points")
    hub_lon, hub_lat = coordinates(hubs, "hubs")
    point, hub = np.divmod(np.arange(len(lon) * len(hub_lon)), max(len(hub_lon), 1))
    if method == "geodesic":
        from zones.distance.geodesic import geodesic_km

        distance_km = geodesic_km(lon[point], lat[point], hub_lon[hub], hub_lat[hub])
    else:
        places = unit_vectors(hub_lon, hub_lat)
        distance_km = arc_km(unit_vectors(lon, lat)[point], places[hub])
    return distance_km.reshape(len(lon), len(hub_lon))


def cluster_distances(
    points: pd.DataFrame, hubs: pd.DataFrame, *, method: str = "great-circle"
) -> pd.DataFrame:
    """Return the distance to the nearest hub of each cluster.

    Parameters
    ----------
    points, hubs, method
        As for `nearest`; `hubs` has a column ``cluster`` too.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: ``beijing_km``, ``zhejiang_km``, ``guangdong_km``; nan where a
        cluster has no hub.
    """
    points, hubs = located(points, "points"), located(hubs, "hubs")
    need_columns(hubs, "hubs", ["cluster"])
    columns = {}
    for cluster in CLUSTERS:
        members = hubs[hubs["cluster"] == cluster]
        column = f"{cluster.lower()}_km"
        if members.empty:
            columns[column] = np.full(len(points), np.nan)
        else:
            columns[column] = nearest(points, members, method=method)["nearest_km"].to_numpy()
    return pd.DataFrame(columns, index=points.index)

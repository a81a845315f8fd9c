"""The nearest hubs of each point, pairs within a distance, the distance to each cluster."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
import pandas as pd

from geodata.errors import UsageError, not_accepted
from geodata.words import Message
from zones.distance.great_circle import FloatArray, arc_km, unit_vectors
from zones.distance.sphere import (
    Nearest,
    Pairs,
    k_nearest_on_sphere,
    nearest_on_sphere,
    pairs_on_sphere,
)
from zones.inputs import check_choice, check_pair, coordinates, located, need_columns
from zones.parameters import CLUSTERS, DISTANCE_METHODS, ENGINES


def nearest(
    points: pd.DataFrame,
    hubs: pd.DataFrame,
    *,
    method: str = "great-circle",
    engine: str = "auto",
    k: int | None = None,
) -> pd.DataFrame:
    """Find the nearest hub of each point, or the nearest k.

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
        `zones.distance.sphere.nearest_on_sphere`. It changes the time, never the answer. With
        `k` there is the tree only: ``auto`` or ``kdtree``.
    k
        How many hubs a point, 1 to their number; None for the nearest one under its own names.

    Returns
    -------
    pandas.DataFrame
        On the index of `points`: ``nearest_hub`` (a label of `hubs`) and ``nearest_km``; with
        `k` instead ``nearest_1_hub``, ``nearest_1_km`` to ``nearest_k_hub``, ``nearest_k_km``,
        the nearest first. On a tie the hub that is listed first wins.

    Raises
    ------
    UsageError
        For an unknown method or engine, no frame, no hub, coordinates missing or out of range, or
        a `k` that is no whole number from 1 to the number of hubs.
    DataFileError
        For a geometry without a coordinate system.

    Examples
    --------
    >>> points = pd.DataFrame({"lon": [121.47], "lat": [31.23]}, index=["Shanghai"])
    >>> hubs = pd.DataFrame({"lon": [116.4, 120.15], "lat": [39.9, 30.28]}, ["Beijing", "Hangzhou"])
    >>> found = nearest(points, hubs).loc["Shanghai"]
    >>> found["nearest_hub"], round(float(found["nearest_km"]), 1)
    ('Hangzhou', 164.5)
    >>> nearest(points, hubs, k=2).round(1).loc[["Shanghai"]].values.tolist()
    [['Hangzhou', 164.5, 'Beijing', 1067.1]]
    """
    check_choice("method", method, DISTANCE_METHODS)
    check_choice("engine", engine, ENGINES)
    lon, lat = coordinates(points, "points")
    hub_lon, hub_lat = coordinates(hubs, "hubs")
    if hubs.empty:
        raise UsageError(Message("hubs: at least one hub is needed"))
    if k is not None:
        check_choice("engine", engine, ("auto", "kdtree"))
        if not isinstance(k, Integral) or not 1 <= k <= len(hubs):
            most = len(hubs)
            accepted = Message("a whole number from 1 to {hubs:,}, the hubs there are", hubs=most)
            raise UsageError(not_accepted("k", k, accepted))
        several = k_nearest_on_sphere
        if method == "geodesic":
            from zones.distance.geodesic import k_nearest_on_ellipsoid as several
        return _ranked(several(lon, lat, hub_lon, hub_lat, int(k)), points.index, hubs.index)
    if method == "geodesic":
        from zones.distance.geodesic import nearest_on_ellipsoid

        found = nearest_on_ellipsoid(lon, lat, hub_lon, hub_lat)
    else:
        found = nearest_on_sphere(lon, lat, hub_lon, hub_lat, engine=engine)
    return pd.DataFrame(
        {"nearest_hub": hubs.index.to_numpy()[found.hub], "nearest_km": found.distance_km},
        index=points.index,
    )


def _ranked(found: Nearest, points: pd.Index, hubs: pd.Index) -> pd.DataFrame:
    """Return the nearest k hubs of each point as a frame, see `nearest`."""
    columns: dict[str, object] = {}
    for rank in range(found.hub.shape[1]):
        columns[f"nearest_{rank + 1}_hub"] = hubs.to_numpy()[found.hub[:, rank]]
        columns[f"nearest_{rank + 1}_km"] = found.distance_km[:, rank]
    return pd.DataFrame(columns, index=points)


def pairs_within(
    points: pd.DataFrame,
    hubs: pd.DataFrame,
    within_km: float,
    *,
    method: str = "great-circle",
) -> pd.DataFrame:
    """Find all pairs of point and hub that are at most some distance apart.

    The distance is the one that the counts use, to the last bit: a tree of unit vectors proposes
    pairs with a margin, the distance decides. So a point has a pair here exactly where `beyond`
    says that it is not beyond `within_km`.

    Parameters
    ----------
    points, hubs, method
        As for `nearest`; there may be no hub.
    within_km
        At least 0. Within means at most: a pair exactly so far apart is one.

    Returns
    -------
    pandas.DataFrame
        One row a pair: ``point`` and ``hub`` (labels of the two frames) and ``distance_km``; by
        point in the order of `points`, then from the nearest hub on, of equal ones the hub that
        is listed first.

    Raises
    ------
    UsageError
        For an unknown method, no frame, coordinates missing or out of range, or a distance that is
        no number of at least 0.
    DataFileError
        For a geometry without a coordinate system.

    Examples
    --------
    >>> points = pd.DataFrame({"lon": [121.47], "lat": [31.23]}, index=["Shanghai"])
    >>> hubs = pd.DataFrame({"lon": [116.4, 120.15], "lat": [39.9, 30.28]}, ["Beijing", "Hangzhou"])
    >>> pairs_within(points, hubs, 200).round(1).values.tolist()
    [['Shanghai', 'Hangzhou', 164.5]]
    """
    check_choice("method", method, DISTANCE_METHODS)
    lon, lat = coordinates(points, "points")
    hub_lon, hub_lat = coordinates(hubs, "hubs")
    if isinstance(within_km, bool) or not isinstance(within_km, Real) or not within_km >= 0.0:
        raise UsageError(not_accepted("within_km", within_km, Message("a number of at least 0")))
    if not len(hubs):
        found = Pairs.joined([])
    elif method == "geodesic":
        from zones.distance.geodesic import pairs_on_ellipsoid

        found = pairs_on_ellipsoid(lon, lat, hub_lon, hub_lat, float(within_km))
    else:
        found = pairs_on_sphere(lon, lat, hub_lon, hub_lat, float(within_km))
    return pd.DataFrame(
        {
            "point": points.index.to_numpy()[found.point],
            "hub": hubs.index.to_numpy()[found.hub],
            "distance_km": found.distance_km,
        }
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


def row_by_row_km(
    points: pd.DataFrame, others: pd.DataFrame, *, method: str = "great-circle"
) -> FloatArray:
    """Return the distance of each point to the one in the same row, by the formula of `nearest`.

    Parameters
    ----------
    points, others
        As for `nearest`, of one length; the rows go by their order, not by their labels.
    method
        See `nearest`.

    Returns
    -------
    numpy.ndarray
        Kilometres, one a row.

    Raises
    ------
    UsageError
        As `nearest`, and for frames of unequal lengths.
    """
    check_choice("method", method, DISTANCE_METHODS)
    places = (*coordinates(points, "points"), *coordinates(others, "others"))
    check_pair(places[0], places[2], "points, others")
    if method == "geodesic":
        from zones.distance.geodesic import geodesic_km

        return geodesic_km(*places)
    return arc_km(unit_vectors(*places[:2]), unit_vectors(*places[2:]))


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

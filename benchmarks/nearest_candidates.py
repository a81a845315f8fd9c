"""The candidates of `nearest_peers.py`: each as its users would write it, degrees in, km out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zones.distance.sphere import cores, nearest_on_sphere
from zones.parameters import EARTH_RADIUS_KM

SPAN = (73.0, 135.0, 18.0, 53.0)  # west, east, south, north: China
TOWNS, TOWN_DEGREES = 40, 0.3

Answer = tuple[Any, Any]
Call = Callable[["Places"], Answer]


class Places(NamedTuple):
    """Points and hubs, degrees."""

    lon: np.ndarray
    lat: np.ndarray
    hub_lon: np.ndarray
    hub_lat: np.ndarray

    def first(self, points: int) -> Places:
        """Return the first points with all hubs."""
        return Places(self.lon[:points], self.lat[:points], self.hub_lon, self.hub_lat)


class Workload(NamedTuple):
    """How many points and hubs, and how they lie: uniform, towns or globe."""

    name: str
    points: int
    hubs: int
    points_lie: str = "uniform"
    hubs_lie: str = "uniform"
    rounds: int = 5

    def places(self) -> Places:
        """Make the data; the same each time."""
        return Places(
            *scattered(self.points, self.points_lie, 1), *scattered(self.hubs, self.hubs_lie, 2)
        )


def scattered(n: int, how: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n random places: longitude and latitude."""
    rng = np.random.default_rng(seed)
    west, east, south, north = SPAN
    if how == "globe":
        return rng.uniform(-180, 180, n), np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    if how == "towns":
        towns = np.random.default_rng(0).uniform((75, 20), (133, 51), (TOWNS, 2))
        place = towns[rng.integers(0, TOWNS, n)] + rng.normal(0, TOWN_DEGREES, (n, 2))
        return place[:, 0].copy(), place[:, 1].copy()
    return rng.uniform(west, east, n), rng.uniform(south, north, n)


def vectors(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return unit vectors as everybody writes them."""
    lam, phi = np.radians(lon), np.radians(lat)
    cos = np.cos(phi)
    return np.column_stack((cos * np.cos(lam), cos * np.sin(lam), np.sin(phi)))


def arc_km(chord: np.ndarray) -> np.ndarray:
    """Return the arc under a chord."""
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2, 1))


def ours() -> Call:
    """Return ours, the engine chosen by size."""
    return lambda p: nearest_on_sphere(*p)


def ours_grid() -> Call:
    """Return ours on the compiled grid, whatever the size."""
    return lambda p: nearest_on_sphere(*p, engine="grid")


def ours_tree() -> Call:
    """Return ours on scipy's tree: ties and far points settled, memory bounded."""
    return lambda p: nearest_on_sphere(*p, engine="kdtree")


def by_scipy() -> Call:
    """Return scipy's KD-tree on unit vectors, all cores."""
    from scipy.spatial import KDTree

    def call(p: Places) -> Answer:
        tree = KDTree(vectors(p.hub_lon, p.hub_lat))
        chord, hub = tree.query(vectors(p.lon, p.lat), workers=-1)
        return hub, arc_km(chord)

    return call


def by_pykdtree() -> Call:
    """Return pykdtree in double precision (OpenMP)."""
    from pykdtree.kdtree import KDTree

    def call(p: Places) -> Answer:
        tree = KDTree(vectors(p.hub_lon, p.hub_lat))
        chord, hub = tree.query(vectors(p.lon, p.lat), k=1)
        return hub, arc_km(chord)

    return call


def by_pynanoflann() -> Call:
    """Return pynanoflann, all cores."""
    import pynanoflann

    def call(p: Places) -> Answer:
        tree = pynanoflann.KDTree(n_neighbors=1, metric="L2", leaf_size=10)
        tree.fit(vectors(p.hub_lon, p.hub_lat))
        chord, hub = tree.kneighbors(vectors(p.lon, p.lat), n_jobs=cores())
        return hub[:, 0], arc_km(chord[:, 0])

    return call


def by_napf() -> Call:
    """Return napf (nanoflann), all cores."""
    import napf

    def call(p: Places) -> Answer:
        tree = napf.KDT(vectors(p.hub_lon, p.hub_lat), metric=2, nthread=cores())
        chord2, hub = tree.knn_search(vectors(p.lon, p.lat), kneighbors=1, nthread=cores())
        return np.ravel(hub), arc_km(np.sqrt(np.ravel(chord2)))

    return call


def by_balltree() -> Call:
    """Return scikit-learn's BallTree with the haversine metric."""
    from sklearn.neighbors import BallTree

    def call(p: Places) -> Answer:
        tree = BallTree(np.radians(np.column_stack((p.hub_lat, p.hub_lon))), metric="haversine")
        arc, hub = tree.query(np.radians(np.column_stack((p.lat, p.lon))))
        return hub[:, 0], arc[:, 0] * EARTH_RADIUS_KM

    return call


def by_neighbors() -> Call:
    """Return scikit-learn's NearestNeighbors, haversine, all cores."""
    from sklearn.neighbors import NearestNeighbors

    def call(p: Places) -> Answer:
        tree = NearestNeighbors(
            n_neighbors=1, algorithm="ball_tree", metric="haversine", n_jobs=-1
        ).fit(np.radians(np.column_stack((p.hub_lat, p.hub_lon))))
        arc, hub = tree.kneighbors(np.radians(np.column_stack((p.lat, p.lon))))
        return hub[:, 0], arc[:, 0] * EARTH_RADIUS_KM

    return call


def by_geopandas() -> Call:
    """Return geopandas' sjoin_nearest in an azimuthal equidistant projection (planar)."""
    import geopandas as gpd

    def frame(lon: np.ndarray, lat: np.ndarray) -> Any:
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
        return points.to_crs("+proj=aeqd +lat_0=35 +lon_0=104 +datum=WGS84")

    def call(p: Places) -> Answer:
        found = gpd.sjoin_nearest(
            frame(p.lon, p.lat), frame(p.hub_lon, p.hub_lat), distance_col="m"
        )
        found = found[~found.index.duplicated()].sort_index()
        return found["index_right"].to_numpy(), found["m"].to_numpy() / 1000

    return call


def by_duckdb() -> Call:
    """Return duckdb: a cross join and the least haversine."""
    import duckdb

    connection = duckdb.connect()
    query = f"""
        SELECT arg_min(j, hav) AS hub, 2 * {EARTH_RADIUS_KM} * asin(sqrt(min(hav))) AS km
        FROM (SELECT i, j, sin((p - q) / 2) ** 2 + cos(p) * cos(q) * sin((l - m) / 2) ** 2 AS hav
              FROM points, hubs) GROUP BY i ORDER BY i"""

    def call(p: Places) -> Answer:
        lam, phi, hub_lam, hub_phi = (np.radians(a) for a in p)
        connection.register("points", {"i": np.arange(len(lam)), "l": lam, "p": phi})
        connection.register("hubs", {"j": np.arange(len(hub_lam)), "m": hub_lam, "q": hub_phi})
        found = connection.execute(query).fetchnumpy()
        return found["hub"], found["km"]

    return call


CANDIDATES: dict[str, Callable[[], Call]] = {
    "zonegap": ours,
    "zonegap grid": ours_grid,
    "zonegap kdtree": ours_tree,
    "scipy": by_scipy,
    "pykdtree": by_pykdtree,
    "pynanoflann": by_pynanoflann,
    "napf": by_napf,
    "sklearn BallTree": by_balltree,
    "sklearn neighbors": by_neighbors,
    "geopandas": by_geopandas,
    "duckdb": by_duckdb,
}
OURS = "zonegap"
EXACT_PEERS = ["scipy", "pykdtree", "pynanoflann", "napf"]

OUR_SCRIPT = """
import numpy as np
import zonegap as zg
def columns(name):
    with open(name) as file:
        next(file)
        return np.array([line.split(",") for line in file], float).T
found = zg.nearest_on_sphere(*columns("points.csv"), *columns("hubs.csv"))
with open("ours.csv", "w") as file:
    file.write("hub,km\\n")
    file.writelines(f"{hub},{km:.6f}\\n" for hub, km in zip(*map(np.ndarray.tolist, found)))
"""
GEOPANDAS_SCRIPT = """
import geopandas as gpd
import pandas as pd
def frame(name):
    table = pd.read_csv(name)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table.lon, table.lat), crs=4326)
    return points.to_crs("+proj=aeqd +lat_0=35 +lon_0=104 +datum=WGS84")
found = gpd.sjoin_nearest(frame("points.csv"), frame("hubs.csv"), distance_col="m")
found = found[~found.index.duplicated()]
found["km"] = found["m"] / 1000
found.rename(columns={"index_right": "hub"})[["hub", "km"]].to_csv(
    "geopandas.csv", index=False, float_format="%.6f")
"""

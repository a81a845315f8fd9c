"""The law of a count under the errors of the positions: exact, or drawn where hubs err, too.

A zone's true place lies off its position by its ``uncertainty_km`` times a ratio whose law was
measured (`geodata.loaders.load_position_errors`), in a direction of which nothing is known. So for
a ratio the directions that leave the zone beyond the threshold are arcs of a circle, and their
length is a probability. Zones may err each on its own, or those of one county, prefecture or
province all alike: by the same ratio, in the same direction.

A hub that errs moves the distances of all its zones together, for which there is no such sum: then
zones and hubs are drawn anew, many times, with a fixed seed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.loaders import load_position_errors
from zones.distance.geodesic import geodesic_km
from zones.distance.great_circle import FloatArray, arc_km, unit_vectors
from zones.distance.nearest_hub import pairwise_km
from zones.inputs import check_choice, located, need_columns
from zones.parameters import DISTANCE_METHODS, EARTH_RADIUS_KM, ELLIPSOID_FACTOR

# Which zones err alike -> the digits of their code that they have in common; None: none do.
SHARED_BY = {"zone": None, "county": 6, "prefecture": 4, "province": 2}
QUANTILES = {"low_5_pct": 0.05, "median": 0.5, "high_95_pct": 0.95}
STEPS = 400  # of the law of the ratio, each of the same probability
PAIRS_AT_ONCE = 2_000_000  # zones times hubs or steps in memory
DRAWS, SEED = 1000, 2018  # where hubs err, too; the seed makes every run give the same numbers
FEWEST_DRAWS = 100  # of very many hubs, whose draws take long
PAIRS_DRAWN = 400_000_000  # zones times hubs times draws; fewer draws where it would be more
TURN = 2.0 * np.pi

IntArray = NDArray[np.intp]


def count_law(
    zones: pd.DataFrame,
    hubs: pd.DataFrame,
    threshold_km: float,
    *,
    method: str = "great-circle",
    shared_by: str = "zone",
) -> pd.Series[float]:
    """Return the probability of each number of zones beyond the threshold.

    Parameters
    ----------
    zones
        With ``lon``, ``lat`` (WGS-84 degrees), ``nearest_km`` under `hubs` and `method`, and
        ``uncertainty_km``; with ``adcode`` unless `shared_by` is ``zone``.
    hubs
        With ``lon``, ``lat``; taken as exact.
    threshold_km
        Beyond means strictly farther than this.
    method
        ``great-circle`` or ``geodesic``.
    shared_by
        Which zones err alike, by the same ratio and in the same direction: ``zone`` (each on its
        own), ``county``, ``prefecture`` or ``province``. A zone without that much of a code errs
        on its own.

    Returns
    -------
    pandas.Series
        ``probability`` over ``beyond``, the counts from the least to the greatest possible.

    Raises
    ------
    UsageError
        When a column is missing or a word is none of those accepted.

    Notes
    -----
    A zone moved by m in direction b lies within t of a hub at distance d in direction h where
    cos(b - h) >= (cos t - cos d cos m) / (sin d sin m), the spherical law of cosines. The union of
    these arcs over the hubs is exact; the ratio takes `STEPS` values. Groups are independent, so
    their laws are convolved. On the ellipsoid the threshold is first carried to the sphere for
    each zone and hub, by the quotient of their two distances.

    Examples
    --------
    >>> zones = pd.DataFrame({"lon": [0.0], "lat": [0.0], "nearest_km": [111.195],
    ...                       "uncertainty_km": [0.001]})
    >>> count_law(zones, pd.DataFrame({"lon": [1.0], "lat": [0.0]}), 100.0).to_dict()
    {1: 1.0}
    """
    check_choice("shared_by", shared_by, SHARED_BY)
    crossings = _Crossings.of(zones, hubs, threshold_km, method)
    return crossings.law(_groups(zones, shared_by))


def count_intervals(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, *, method: str = "great-circle"
) -> pd.DataFrame:
    """Return the 90 % interval of the count, with errors of each zone's own and with shared ones.

    Parameters
    ----------
    zones, threshold_km, method
        See `count_law`; zones without ``adcode`` err each on its own only.
    hubs
        With ``lon``, ``lat``; with ``uncertainty_km`` above 0, as of companies known by their
        addresses, hubs err, too, each on its own.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``shared_by`` (``zone``, ``county``, ``prefecture``, ``province``):
        ``low_5_pct``, ``median``, ``high_95_pct``, whole numbers of zones.

    Notes
    -----
    With exact hubs from the exact law (`count_law`); else from `DRAWS` draws (fewer, at least
    `FEWEST_DRAWS`, of very many hubs) of all positions.
    """
    if "uncertainty_km" in hubs and (hubs["uncertainty_km"] > 0.0).any():
        return _drawn_intervals(zones, hubs, threshold_km, method)
    crossings = _Crossings.of(zones, hubs, threshold_km, method)
    kinds = SHARED_BY if "adcode" in zones else ["zone"]
    rows = {}
    for kind in kinds:
        law = crossings.law(_groups(zones, kind))
        rows[kind] = {name: quantile(law, share) for name, share in QUANTILES.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("shared_by")


def _drawn_intervals(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, method: str
) -> pd.DataFrame:
    """Return the intervals with zones and hubs drawn anew."""
    check_choice("method", method, DISTANCE_METHODS)
    zones = located(zones, "zones")
    need_columns(zones, "zones", ["lon", "lat", "nearest_km", "uncertainty_km"])
    errors = load_position_errors()
    farthest = float(errors["error_ratio"].max())
    # zones that no pair of errors carries across the threshold stand as they are
    reach_km = farthest * (zones["uncertainty_km"].fillna(0.0) + hubs["uncertainty_km"].max())
    near = (zones["nearest_km"] - threshold_km).abs() <= ELLIPSOID_FACTOR * reach_km
    settled = int((zones["nearest_km"] > threshold_km)[~near].sum())
    zones = zones[near]
    # what the threshold is on the sphere for each pair, as a cosine
    limit = np.full((len(zones), len(hubs)), threshold_km / EARTH_RADIUS_KM)
    if method == "geodesic":
        sphere_km, ellipsoid_km = (pairwise_km(zones, hubs, method=m) for m in DISTANCE_METHODS)
        limit *= np.divide(sphere_km, ellipsoid_km, out=np.ones_like(limit), where=ellipsoid_km > 0)
    cosine = np.cos(np.minimum(limit, np.pi))
    pairs = max(cosine.size, 1)
    draws = int(np.clip(PAIRS_DRAWN // pairs, FEWEST_DRAWS, DRAWS))
    at_once = max(1, 5 * PAIRS_AT_ONCE // pairs)
    rows = {}
    for kind in SHARED_BY if "adcode" in zones else ["zone"]:
        random = np.random.default_rng(SEED)
        group = pd.factorize(_groups(zones, kind))[0]
        counts: list[IntArray] = []
        for low in range(0, draws, at_once):
            shape = min(at_once, draws - low)
            moved = _moved(zones, group, shape, random, errors)
            at = _moved(hubs, np.arange(len(hubs)), shape, random, errors)
            within = (moved @ at.transpose(0, 2, 1) >= cosine).any(axis=2)
            counts.append(np.asarray(settled + (~within).sum(axis=1), np.intp))
        drawn = np.sort(np.concatenate(counts))
        # the least count that is not exceeded with the share
        last = len(drawn) - 1
        rows[kind] = {
            name: int(drawn[min(int(np.ceil(share * len(drawn))) - 1, last)])
            for name, share in QUANTILES.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("shared_by")


def _moved(
    places: pd.DataFrame, group: IntArray, draws: int, random: np.random.Generator,
    errors: pd.DataFrame,
) -> FloatArray:  # fmt: skip
    """Return places drawn anew as unit vectors, shape (draws, places, 3); a group moves alike."""
    shape = (draws, int(group.max(initial=-1)) + 1)
    ratio = np.interp(random.random(shape), errors["share"], errors["error_ratio"])[:, group]
    bearing = (TURN * random.random(shape))[:, group]
    uncertainty_km = places["uncertainty_km"].fillna(0.0).to_numpy(float)
    angle = np.minimum(ratio * uncertainty_km / EARTH_RADIUS_KM, np.pi)[..., None]
    lon, lat = np.radians(places["lon"].to_numpy(float)), np.radians(places["lat"].to_numpy(float))
    point = unit_vectors(places["lon"], places["lat"])
    # the directions to the east and to the north at each place
    east = np.column_stack((-np.sin(lon), np.cos(lon), np.zeros_like(lon)))
    north = np.column_stack((-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)))
    way = np.sin(bearing)[..., None] * east + np.cos(bearing)[..., None] * north
    return np.asarray(np.cos(angle) * point + np.sin(angle) * way)


def quantile(law: pd.Series[float], share: float) -> int:
    """Return the least count that is not exceeded with the probability `share`."""
    # rounding may leave the sum a little short of the whole
    reached = np.searchsorted(np.cumsum(law.to_numpy()), share - 1e-9)
    return int(law.index[min(int(reached), len(law) - 1)])


def _groups(zones: pd.DataFrame, shared_by: str) -> IntArray:
    """Return for each zone the number of the group that errs alike."""
    digits = SHARED_BY[shared_by]
    own = np.arange(len(zones))
    if digits is None:
        return own
    need_columns(zones, "zones", ["adcode"])
    codes = zones["adcode"].fillna("").astype(str)
    # a code of a province or city ends in zeros: which county it is remains unknown
    known = codes.str.len().eq(6) & (codes.str[digits - 2 : digits] != "00")
    number = codes.str[:digits].where(known, "own " + pd.Series(own, zones.index).astype(str))
    return np.asarray(pd.factorize(number)[0], np.intp)


@dataclass(frozen=True)
class _Crossings:
    """Zones against the threshold: who is beyond, who may cross, and on which arcs.

    Attributes
    ----------
    beyond, open
        One a zone: beyond where it stands, and whether some error carries it across.
    zone, step, start, end
        The arcs of directions, in radians from -pi to pi, that leave an open zone beyond at a
        step of the ratio; one or more a zone and step, none where it then is within.
    """

    beyond: NDArray[np.bool_]
    open: NDArray[np.bool_]
    zone: IntArray
    step: IntArray
    start: FloatArray
    end: FloatArray

    @classmethod
    def of(
        cls, zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, method: str
    ) -> _Crossings:
        """Measure zones against hubs."""
        check_choice("method", method, DISTANCE_METHODS)
        zones = located(zones, "zones")
        need_columns(zones, "zones", ["lon", "lat", "nearest_km", "uncertainty_km"])
        errors = load_position_errors()
        ratio = np.interp((np.arange(STEPS) + 0.5) / STEPS, errors["share"], errors["error_ratio"])
        uncertainty_km = zones["uncertainty_km"].fillna(0.0).to_numpy(float)
        # no place is farther from another than half the way round
        moved = np.minimum(ratio * uncertainty_km[:, None] / EARTH_RADIUS_KM, np.pi)
        beyond = (zones["nearest_km"] > threshold_km).to_numpy()
        opened = np.zeros(len(zones), bool)
        arcs: list[tuple[IntArray, IntArray, FloatArray, FloatArray]] = []
        for rows, pairs in _near_pairs(zones, hubs, threshold_km, moved[:, -1], method):
            opened[rows] = True
            arcs.append(_beyond_arcs(rows, pairs, moved, beyond))
        parts = [np.concatenate(each) for each in zip(*arcs, strict=True)] if arcs else _NOTHING
        return cls(beyond, opened, *parts)

    def law(self, group: IntArray) -> pd.Series[float]:
        """Return the probability of each count, where the zones of a group err alike."""
        total = _sum_of(self._of_groups(group))
        # a zone that no error carries across the threshold counts as it stands
        settled = int((self.beyond & ~self.open).sum())
        counts = pd.RangeIndex(settled, settled + len(total), name="beyond")
        return pd.Series(total / total.sum(), counts, name="probability")

    def _of_groups(self, group: IntArray) -> list[FloatArray]:
        """Return for each group of open zones the probabilities of 0, 1, ... of them beyond."""
        number = np.full(len(group), -1)
        number[self.open], first = pd.factorize(group[self.open])
        sizes = np.bincount(number[self.open], minlength=len(first))
        # each group and step is a circle on which arcs begin (+1) and end (-1)
        circle = number[self.zone] * STEPS + self.step
        circles = np.arange(len(first) * STEPS)
        where = np.concatenate((circles, circle, circle))
        at = np.concatenate((np.full(len(circles), -np.pi), self.start, self.end))
        change = np.repeat([0, 1, -1], [len(circles), len(circle), len(circle)])
        order = np.lexsort((at, where))
        where, at = where[order], at[order]
        # what begins on a circle ends on it, so a running sum is right on each of them
        count = np.cumsum(change[order])
        following = np.append(at[1:], np.pi)
        following[np.append(where[1:] != where[:-1], True)] = np.pi
        probability = (following - at) / TURN / STEPS
        # add up by group and count
        begins = np.concatenate(([0], np.cumsum(sizes + 1)))
        cell = begins[where // STEPS] + count
        summed = np.bincount(cell, weights=probability, minlength=begins[-1])
        return np.split(summed, begins[1:-1]) if len(first) else []


_NOTHING = [np.array([], np.intp), np.array([], np.intp), np.array([]), np.array([])]


def _near_pairs(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, reach: FloatArray, method: str
) -> Iterator[tuple[IntArray, pd.DataFrame]]:
    """Yield the zones that may cross, some at a time, with the hubs that may hold them within.

    Yields
    ------
    tuple
        Numbers of the zones, and a frame with a row for each of them and each hub in reach:
        ``zone``, ``distance`` and ``limit`` (the threshold on the sphere) in radians,
        ``bearing``.
    """
    lon, lat = zones["lon"].to_numpy(float), zones["lat"].to_numpy(float)
    hub_lon, hub_lat = hubs["lon"].to_numpy(float), hubs["lat"].to_numpy(float)
    points, places = unit_vectors(lon, lat), unit_vectors(hub_lon, hub_lat)
    at_once = max(1, PAIRS_AT_ONCE // max(len(hubs), 1))
    for low in range(0, len(zones), at_once):
        rows = np.arange(low, min(low + at_once, len(zones)))
        # all pairs of this part
        zone, hub = np.repeat(rows, len(hubs)), np.tile(np.arange(len(hubs)), len(rows))
        distance_km = arc_km(points[zone], places[hub])
        limit = np.full(len(zone), threshold_km / EARTH_RADIUS_KM)
        if method == "geodesic":
            ellipsoid_km = geodesic_km(lon[zone], lat[zone], hub_lon[hub], hub_lat[hub])
            # a zone on its hub has no quotient; any serves there
            apart = ellipsoid_km > 0.0
            limit[apart] *= distance_km[apart] / ellipsoid_km[apart]
        distance = distance_km / EARTH_RADIUS_KM
        margin = (distance - limit).reshape(len(rows), len(hubs))
        # a zone may cross where its nearest limit is no farther than its longest move
        may = np.abs(margin.min(axis=1, initial=np.inf)) <= reach[rows]
        near = may[zone - low] & (distance - limit <= reach[zone])
        zone, hub = zone[near], hub[near]
        d_lam = np.radians(hub_lon[hub] - lon[zone])
        phi, hub_phi = np.radians(lat[zone]), np.radians(hub_lat[hub])
        bearing = np.arctan2(
            np.sin(d_lam) * np.cos(hub_phi),
            np.cos(phi) * np.sin(hub_phi) - np.sin(phi) * np.cos(hub_phi) * np.cos(d_lam),
        )
        pairs = {"zone": zone, "distance": distance[near], "limit": limit[near], "bearing": bearing}
        yield rows[may], pd.DataFrame(pairs)


def _beyond_arcs(
    rows: IntArray, pairs: pd.DataFrame, moved: FloatArray, beyond: NDArray[np.bool_]
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return zone, step, start and end of the arcs on which these zones are beyond."""
    # every zone and step is a cell; its arcs within a hub's reach, in the order of their starts
    cell_of = np.full(len(moved), -1)
    cell_of[rows] = np.arange(len(rows))
    cell, start, end = [], [], []
    at_once = max(1, PAIRS_AT_ONCE // STEPS)
    for low in range(0, len(pairs), at_once):
        part = pairs.iloc[low : low + at_once]
        zone = part["zone"].to_numpy()
        distance, limit, bearing = (
            part[name].to_numpy()[:, None] for name in ("distance", "limit", "bearing")
        )
        m = moved[zone]
        with np.errstate(divide="ignore", invalid="ignore"):
            cosine = (np.cos(limit) - np.cos(distance) * np.cos(m)) / (np.sin(distance) * np.sin(m))
        # by the triangle inequality, which also holds where nothing can be divided
        cosine = np.where(distance + m <= limit, -1.0, cosine)
        cosine = np.where(np.abs(distance - m) > limit, 1.0, cosine)
        pair, step = np.nonzero(cosine < 1.0)
        half = np.arccos(np.maximum(cosine[pair, step], -1.0))
        middle = bearing[pair, 0]
        number = cell_of[zone[pair]] * STEPS + step
        for turned in (-TURN, 0.0, TURN):
            # what reaches over pi goes on behind -pi
            a = np.maximum(middle - half + turned, -np.pi)
            b = np.minimum(middle + half + turned, np.pi)
            there = a < b
            cell.append(number[there])
            start.append(a[there])
            end.append(b[there])
    cells = np.arange(len(rows) * STEPS)
    # an empty arc at both ends of every cell, so that each has a first and a last
    none = np.full(len(cells), np.pi)
    number = np.concatenate((cells, *cell, cells))
    begins, ends = np.concatenate((-none, *start, none)), np.concatenate((-none, *end, none))
    order = np.lexsort((begins, number))
    number, begins, ends = number[order], begins[order], ends[order]
    # the farthest end so far, on each cell for itself: cells are set apart on one line
    apart = number * (2.0 * TURN)
    farthest = np.maximum.accumulate(ends + apart) - apart
    gap = (number[1:] == number[:-1]) & (begins[1:] > farthest[:-1])
    of_cell = number[1:][gap]
    return rows[of_cell // STEPS], of_cell % STEPS, farthest[:-1][gap], begins[1:][gap]


def _sum_of(laws: list[FloatArray]) -> FloatArray:
    """Return the law of a sum of independent counts, each given by its own."""
    laws = laws or [np.ones(1)]
    # two at a time, so that long ones meet long ones
    while len(laws) > 1:
        pairs = [laws[i : i + 2] for i in range(0, len(laws), 2)]
        laws = [functools.reduce(np.convolve, pair) for pair in pairs]
    return laws[0]

"""Which cities, given a technology hub, would bring the most zones within the threshold.

The maximal covering location problem (Church and ReVelle 1974): choose k of the prefecture-level
cities so that the zones newly within the threshold weigh most. Solved exactly with HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import UsageError, ZonegapError
from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.resolver import level_of
from geodata.words import Message
from zones.distance.great_circle import FloatArray, haversine_km
from zones.inputs import check_choice, located, need_columns
from zones.parameters import HA_PER_KM2, WEIGHTS


@dataclass(frozen=True)
class Choice:
    """The best k cities.

    Attributes
    ----------
    cities
        Labels of the candidates, in candidate order.
    covered
        Weight of the zones newly within the threshold.
    gap
        The solver's relative gap between this choice and its proven bound; 0 is optimal.
    """

    cities: tuple[str, ...]
    covered: float
    gap: float


def candidate_cities(year: int = CATALOGUE_YEAR) -> pd.DataFrame:
    """Return the seats of all prefecture-level cities and municipalities.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``city`` (Chinese name): ``city_en`` (with its province where the name alone
        stands for two), ``adcode``, ``province_adcode``, ``lon``,
        ``lat`` (WGS-84 degrees).
    """
    rows = [
        (d.name, d.name_en, d.adcode, d.province_adcode, d.lon, d.lat)
        for d in sorted(gazetteer(year).current, key=lambda d: d.adcode)
        if level_of(d) == "city" and d.has_seat
    ]
    columns = ["city", "city_en", "adcode", "province_adcode", "lon", "lat"]
    cities = pd.DataFrame(rows, columns=columns).set_index("city")
    by_adcode = gazetteer(year).by_adcode
    province_en = cities["province_adcode"].map(lambda code: by_adcode[code].name_en)
    # two cities have one English name (Suzhou): their provinces tell them apart
    double = cities["city_en"].duplicated(keep=False)
    cities["city_en"] = cities["city_en"].mask(double, cities["city_en"] + " (" + province_en + ")")
    return cities


def coverage(
    zones: pd.DataFrame, candidates: pd.DataFrame, threshold_km: float
) -> NDArray[np.bool_]:
    """Return which candidate would bring which zone within the threshold.

    Returns
    -------
    numpy.ndarray
        Shape (zones, candidates); all False in the rows of zones that are within it already.
    """
    far = (zones["nearest_km"] > threshold_km).to_numpy()
    distance_km = haversine_km(
        zones["lon"].to_numpy()[:, None],
        zones["lat"].to_numpy()[:, None],
        candidates["lon"].to_numpy()[None, :],
        candidates["lat"].to_numpy()[None, :],
    )
    return np.asarray((distance_km <= threshold_km) & far[:, None])


def weights_of(zones: pd.DataFrame, weight: str) -> FloatArray:
    """Return what each zone counts for: 1, its area in ha, or its GDP in 100 million CNY."""
    check_choice("weight", weight, WEIGHTS)
    column = WEIGHTS[weight]
    if column is None:
        return np.ones(len(zones))
    weights = zones[column].to_numpy(float)
    unknown = int(np.isnan(weights).sum())
    if unknown:
        raise UsageError(
            Message(
                "weight {weight}: {unknown} zones have no {column}; accepted here: zones",
                weight=weight,
                unknown=unknown,
                column=column,
            )
        )
    return weights


def best_cities(
    covers: NDArray[np.bool_], weights: FloatArray, labels: list[str], k: int
) -> Choice:
    """Choose k candidates so that the covered weight is greatest.

    Parameters
    ----------
    covers
        Shape (zones, candidates).
    weights
        One a zone.
    labels
        One a candidate.
    k
        How many to choose.

    Returns
    -------
    Choice
        With the solver's gap; where several choices are equally good, one of them.

    Raises
    ------
    UsageError
        When k is not between 1 and the number of candidates.

    Notes
    -----
    max sum w_i y_i subject to y_i <= sum of x_j over the candidates that cover i, sum x_j = k,
    x binary, 0 <= y <= 1. Zones that the same candidates cover are one row.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    _check_k(k, len(labels))
    # zones that no candidate reaches cannot be covered; those with the same candidates are one
    # row with the sum of their weights, which makes the problem small
    reachable = covers.any(axis=1)
    groups, group_of = np.unique(covers[reachable], axis=0, return_inverse=True)
    if not len(groups):
        return Choice(tuple(labels[:k]), 0.0, 0.0)
    weight = np.bincount(group_of.ravel(), weights=weights[reachable])
    # the unknowns: x of the n candidates, then y of the m rows
    m, n = groups.shape
    total = weight.sum()
    # y_i <= sum of x_j over the candidates that cover i, and sum x_j = k
    by_sites = hstack([csr_array(groups.astype(float)), -eye_array(m)], format="csr")
    count = csr_array(np.concatenate([np.ones(n), np.zeros(m)])[None, :])
    # milp minimises, so weights are negative; as shares, since HiGHS has absolute tolerances
    solved = milp(
        np.concatenate([np.zeros(n), -weight / total]),
        constraints=[LinearConstraint(by_sites, 0.0, np.inf), LinearConstraint(count, k, k)],
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None or solved.mip_gap is None:
        raise ZonegapError(
            Message(
                "the choice of {k} cities could not be solved: {message}",
                k=k,
                message=solved.message,
            )
        )
    # the covered weight is added up again from the choice, without the solver's tolerances
    chosen = np.flatnonzero(solved.x[:n] > 0.5)
    covered = float(weights[covers[:, chosen].any(axis=1)].sum())
    return Choice(tuple(labels[j] for j in chosen), covered, float(solved.mip_gap))


def _check_k(k: int, candidates: int) -> None:
    if not 1 <= k <= candidates:
        raise UsageError(
            Message(
                "k: {k}; accepted: 1 to {candidates}, the number of candidates",
                k=k,
                candidates=candidates,
            )
        )


def greedy_cities(
    covers: NDArray[np.bool_], weights: FloatArray, labels: list[str], k: int
) -> list[tuple[str, float]]:
    """Choose one city after the other, each time the one that adds most.

    Returns
    -------
    list
        (city, weight covered by it and those before it), k of them; on a tie the first listed;
        "" for the city when none adds anything.
    """
    # `left` is the weight of each zone that no city chosen so far covers
    left, covered, order = weights.copy(), 0.0, []
    for _ in range(k):
        gains = left @ covers
        best = int(gains.argmax())
        covered += float(gains[best])
        left = np.where(covers[:, best], 0.0, left)
        order.append((labels[best] if gains[best] > 0 else "", covered))
    return order


def _sum(column: pd.Series[float], rows: NDArray[np.bool_]) -> float:
    """Add up some rows: 0 for none, nan where none of them states a number."""
    return float(column[rows].sum(min_count=1)) if rows.any() else 0.0


def where_next(
    zones: pd.DataFrame, threshold_km: float, *, k: int = 5, weight: str = "zones"
) -> pd.DataFrame:
    """Return the best choice of 1 to k cities, with the greedy order beside it.

    Parameters
    ----------
    zones
        With ``lon``, ``lat``, ``nearest_km``, ``area_ha``, ``gdp_estimate_yi_cny``.
    threshold_km
        A zone at most this far from a new city counts as reached.
    k
        Largest number of new cities.
    weight
        ``zones``, ``area`` or ``gdp``: what is counted.

    Returns
    -------
    pandas.DataFrame
        By number of cities ``k``: ``cities`` (names, comma-separated; fewer than ``k``
        where fewer already reach all that can be reached), ``zones_reached``,
        ``area_reached_km2``, ``gdp_reached_yi_cny``, ``zones_left_beyond``, ``optimality_gap``,
        ``greedy_city`` (the k-th of the greedy order) and ``greedy_pct`` (the greedy choice's
        weight as a share of the optimum).

    Raises
    ------
    UsageError
        For an unknown weight, or when k is not between 1 and the number of candidates.
    """
    zones = located(zones, "zones")
    need_columns(zones, "zones", ["lon", "lat", "nearest_km", "area_ha", "gdp_estimate_yi_cny"])
    candidates = candidate_cities()
    labels = [str(name) for name in candidates.index]
    _check_k(k, len(labels))
    covers = coverage(zones, candidates, threshold_km)
    weights = weights_of(zones, weight)
    greedy = greedy_cities(covers, weights, labels, k)
    beyond = int((zones["nearest_km"] > threshold_km).sum())
    reachable = float(weights[covers.any(axis=1)].sum())
    rows, choice = [], Choice((), 0.0, 0.0)
    for n in range(1, k + 1):
        # once all is reached that can be, one more city adds nothing and the choice stays
        if choice.covered < reachable * (1.0 - 1e-12):
            choice = best_cities(covers, weights, labels, n)
        chosen = [labels.index(city) for city in choice.cities]
        reached = np.asarray(covers[:, chosen].any(axis=1))
        rows.append(
            {
                "k": n,
                "cities": ", ".join(choice.cities),
                "zones_reached": int(reached.sum()),
                "area_reached_km2": _sum(zones["area_ha"], reached) / HA_PER_KM2,
                "gdp_reached_yi_cny": _sum(zones["gdp_estimate_yi_cny"], reached),
                "zones_left_beyond": beyond - int(reached.sum()),
                "optimality_gap": choice.gap,
                "greedy_city": greedy[n - 1][0],
                "greedy_pct": 100.0 * greedy[n - 1][1] / choice.covered if choice.covered else 100,
            }
        )
    return pd.DataFrame(rows)

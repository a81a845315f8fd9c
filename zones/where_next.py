"""Which places, given a technology hub, would bring the zones nearest to one.

By coverage (most within the threshold), by the mean distance, or by the farthest zone; among the
prefecture-level cities or the user's own candidates, with sites that must or may not be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.errors import UsageError
from geodata.gazetteer import CATALOGUE_YEAR, gazetteer
from geodata.resolver import level_of
from geodata.words import Listed, Message
from zones.distance.great_circle import FloatArray
from zones.distance.nearest_hub import pairwise_km
from zones.inputs import check_choice, located, need_columns
from zones.parameters import HA_PER_KM2, OBJECTIVES, WEIGHTS
from zones.siting import Choice, Sites, greedy, least_farthest, most_covered, most_saved


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


def weights_of(zones: pd.DataFrame, weight: str | pd.Series[float]) -> FloatArray:
    """Return what each zone counts for.

    Parameters
    ----------
    zones
        With ``area_ha`` and ``gdp_estimate_yi_cny``.
    weight
        ``zones`` (1 each), ``area`` (ha), ``gdp`` (100 million CNY), or numbers of at least 0 on
        the index of `zones`.
    """
    if isinstance(weight, pd.Series):
        own = np.asarray(weight.reindex(zones.index), np.float64)
        if not (np.isfinite(own) & (own >= 0.0)).all():
            raise UsageError(Message("weights: accepted: a number of at least 0 for each zone"))
        return own
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


@dataclass(frozen=True)
class _Problem:
    """Zones, candidates and what is best, with the solver that finds it.

    Attributes
    ----------
    distance_km
        Of each zone to each candidate, shape (zones, candidates).
    nearest_km
        Of each zone to its nearest hub now.
    weights
        One a zone.
    labels
        One a candidate.
    sites
        Which may be chosen.
    objective
        One of `OBJECTIVES`.
    threshold_km
        Within means at most so far, as the count has it.
    """

    distance_km: FloatArray
    nearest_km: FloatArray
    weights: FloatArray
    labels: list[str]
    sites: Sites
    objective: str
    threshold_km: float

    @cached_property
    def covers(self) -> NDArray[np.bool_]:
        """Which candidate would bring which zone within; False for zones that are within now."""
        far = self.nearest_km > self.threshold_km
        return np.asarray((self.distance_km <= self.threshold_km) & far[:, None])

    @cached_property
    def saved_km(self) -> FloatArray:
        """By how much each candidate is nearer than the nearest hub now, at least 0."""
        return np.asarray(np.maximum(self.nearest_km[:, None] - self.distance_km, 0.0))

    def best(self, k: int, sites: Sites | None = None) -> Choice:
        """Return the best choice of k sites."""
        sites = sites or self.sites
        if self.objective == "coverage":
            return most_covered(self.covers, self.weights, k, sites)
        if self.objective == "p-median":
            return most_saved(self.saved_km, self.weights, k, sites)
        return least_farthest(self.distance_km, self.nearest_km, k, sites)

    def gain(self) -> Callable[[list[int]], FloatArray] | None:
        """Return what a site adds to chosen ones; None where only the whole choice counts."""
        if self.objective == "coverage":
            return partial(_covered_by, self.covers, self.weights)
        if self.objective == "p-median":
            return partial(_saved_by, self.saved_km, self.weights)
        return None

    def value(self, chosen: Sequence[int]) -> float:
        """Return what a choice covers or saves, or the distance of its farthest zone."""
        if self.objective == "coverage":
            return float(self.weights[self.covers[:, list(chosen)].any(axis=1)].sum())
        now_km = self.distances_with(chosen)
        if self.objective == "p-median":
            return float(((self.nearest_km - now_km) * self.weights).sum())
        return float(now_km.max())

    def distances_with(self, chosen: Sequence[int]) -> FloatArray:
        """Return the distance of each zone to its nearest hub, old or chosen."""
        if not len(chosen):
            return self.nearest_km
        return np.asarray(
            np.minimum(self.distance_km[:, list(chosen)].min(axis=1), self.nearest_km)
        )

    def measures(self, zones: pd.DataFrame, chosen: Sequence[int]) -> dict[str, float]:
        """Return what a choice does: zones, area and GDP reached, distances with it."""
        now_km = self.distances_with(chosen)
        reached = (self.nearest_km > self.threshold_km) & (now_km <= self.threshold_km)
        total = self.weights.sum()
        return {
            "zones_reached": int(reached.sum()),
            "area_reached_km2": _sum(zones["area_ha"], reached) / HA_PER_KM2,
            "gdp_reached_yi_cny": _sum(zones["gdp_estimate_yi_cny"], reached),
            "zones_left_beyond": int((now_km > self.threshold_km).sum()),
            "mean_km": float((now_km * self.weights).sum() / total) if total else float("nan"),
            "farthest_km": float(now_km.max()),
        }

    def names(self, chosen: Sequence[int]) -> str:
        return ", ".join(self.labels[j] for j in chosen)


def _problem(  # noqa: PLR0913, PLR0917, all that the two below are asked
    zones: pd.DataFrame, threshold_km: float, weight: str | pd.Series[float], objective: str,
    candidates: pd.DataFrame | None, fixed: Collection[str], forbidden: Collection[str],
    method: str,
) -> tuple[pd.DataFrame, _Problem]:  # fmt: skip
    zones = located(zones, "zones")
    need_columns(zones, "zones", ["lon", "lat", "nearest_km", "area_ha", "gdp_estimate_yi_cny"])
    check_choice("objective", objective, OBJECTIVES)
    candidates = candidate_cities() if candidates is None else located(candidates, "candidates")
    labels = [str(name) for name in candidates.index]
    numbers = [_numbers(key, names, candidates) for key, names in
               (("fixed", fixed), ("forbidden", forbidden))]  # fmt: skip
    both = numbers[0] & numbers[1]
    if both:
        named = Listed(labels[j] for j in sorted(both))
        raise UsageError(Message("{names}: both fixed and forbidden", names=named))
    return zones, _Problem(
        pairwise_km(zones, candidates, method=method), zones["nearest_km"].to_numpy(float),
        weights_of(zones, weight), labels, Sites(len(labels), *numbers), objective, threshold_km,
    )  # fmt: skip


def _numbers(key: str, names: Collection[str], candidates: pd.DataFrame) -> frozenset[int]:
    """Return the numbers of candidates that are named, by full or English name, or without 市."""
    english = candidates["city_en"] if "city_en" in candidates else pd.Series(dtype=str)
    known: dict[str, set[int]] = {}
    for number, label in enumerate(map(str, candidates.index)):
        short = label[:-1] if label.endswith(("市", "盟")) else label
        for name in {label, short, str(english.get(label, label))}:
            known.setdefault(name.casefold(), set()).add(number)
    found: set[int] = set()
    for name in names:
        numbers = known.get(name.strip().casefold(), set())
        if len(numbers) != 1:
            raise UsageError(
                Message(
                    "{key}: {name!r} is none of the {count} candidates; accepted: their names, "
                    "such as {examples}",
                    key=key,
                    name=name,
                    count=len(candidates),
                    examples=Listed(map(str, candidates.index[:3])),
                )
            )
        found |= numbers
    return frozenset(found)


def _covered_by(covers: NDArray[np.bool_], weights: FloatArray, chosen: list[int]) -> FloatArray:
    open_zones = ~covers[:, chosen].any(axis=1)
    return np.asarray((weights * open_zones) @ covers)


def _saved_by(saved_km: FloatArray, weights: FloatArray, chosen: list[int]) -> FloatArray:
    now = saved_km[:, chosen].max(axis=1, initial=0.0)
    return np.asarray(weights @ np.maximum(saved_km - now[:, None], 0.0))


def _sum(column: pd.Series[float], rows: NDArray[np.bool_]) -> float:
    """Add up some rows: 0 for none, nan where none of them states a number."""
    return float(column[rows].sum(min_count=1)) if rows.any() else 0.0


def where_next(  # noqa: PLR0913, what the user may say of a choice
    zones: pd.DataFrame,
    threshold_km: float,
    *,
    k: int = 5,
    weight: str | pd.Series[float] = "zones",
    objective: str = "coverage",
    candidates: pd.DataFrame | None = None,
    fixed: Collection[str] = (),
    forbidden: Collection[str] = (),
    method: str = "great-circle",
) -> pd.DataFrame:
    """Return the best choice of 1 to k sites, with the greedy order beside it.

    Parameters
    ----------
    zones
        With ``lon``, ``lat``, ``nearest_km``, ``area_ha``, ``gdp_estimate_yi_cny``.
    threshold_km
        A zone at most this far from a new site counts as reached, as in the count.
    k
        Largest number of new sites.
    weight
        ``zones``, ``area`` or ``gdp``: what is counted; or numbers on the index of `zones`.
    objective
        ``coverage`` (most weight newly within the threshold), ``p-median`` (least weighted mean
        distance of all zones to their nearest hub), ``p-center`` (nearest farthest zone).
    candidates
        Places to choose from, ``lon`` and ``lat`` in WGS-84 degrees, indexed by name; the
        prefecture-level cities when None.
    fixed, forbidden
        Names of candidates that must, and that may not, be among the chosen.
    method
        ``great-circle`` or ``geodesic``: that of ``nearest_km``.

    Returns
    -------
    pandas.DataFrame
        By number of sites ``k``: ``cities`` (names, comma-separated; fewer than ``k``
        where fewer already reach all that can be reached), ``zones_reached``,
        ``area_reached_km2``, ``gdp_reached_yi_cny``, ``zones_left_beyond``, ``mean_km``
        (weighted) and ``farthest_km`` of all zones with the new sites, ``optimality_gap``,
        ``greedy_city`` (the k-th of the greedy order) and ``greedy_pct`` (what the greedy choice
        reaches or saves as a share of the optimum; nan for ``p-center``).

    Raises
    ------
    UsageError
        For an unknown weight, objective or name, or when k is not between 1 (or the number of
        fixed sites) and the number of candidates that may be chosen.
    """
    zones, problem = _problem(
        zones, threshold_km, weight, objective, candidates, fixed, forbidden, method
    )
    sites = problem.sites
    sites.check(k)
    gain = problem.gain()
    by_greed = [] if gain is None else greedy(gain, k, sites)
    reachable = float(problem.weights[problem.covers.any(axis=1)].sum())
    rows, choice = [], Choice((), 0.0, 0.0)
    for n in range(max(1, len(sites.fixed)), k + 1):
        # once all is reached that can be, one more city adds nothing and the choice stays
        done = objective == "coverage" and choice.value >= reachable * (1.0 - 1e-12)
        if not done or (len(choice.sites) == 0 and sites.fixed):
            choice = problem.best(n)
        greedily = 100.0 if gain is not None else float("nan")
        if gain is not None and choice.value:
            greedily = 100.0 * problem.value(by_greed[:n]) / choice.value
        rows.append(
            {
                "k": n,
                "cities": problem.names(choice.sites),
                **problem.measures(zones, choice.sites),
                "optimality_gap": choice.gap,
                "greedy_city": problem.names(by_greed[n - 1 : n]),
                "greedy_pct": greedily,
            }
        )
    return pd.DataFrame(rows)


def next_best(  # noqa: PLR0913, as where_next
    zones: pd.DataFrame,
    threshold_km: float,
    *,
    k: int = 5,
    weight: str | pd.Series[float] = "zones",
    objective: str = "coverage",
    candidates: pd.DataFrame | None = None,
    fixed: Collection[str] = (),
    forbidden: Collection[str] = (),
    method: str = "great-circle",
) -> pd.DataFrame:
    """Return how good a choice of k sites is that does without one of the best: near-optima.

    The second best choice of all lacks at least one site of the best, so it is the best of these.

    Parameters
    ----------
    zones, threshold_km, k, weight, objective, candidates, fixed, forbidden, method
        As for `where_next`; of k sites alone.

    Returns
    -------
    pandas.DataFrame
        The best choice first, then one row for each of its sites that is not fixed, the least
        loss first: ``left_out`` ("" of the best), ``cities``, ``zones_reached``,
        ``zones_left_beyond``, ``mean_km``, ``farthest_km``, ``loss_pct`` (of what is reached or
        saved, or of the farthest distance added).
    """
    zones, problem = _problem(
        zones, threshold_km, weight, objective, candidates, fixed, forbidden, method
    )
    sites = problem.sites
    sites.check(k)
    best = problem.best(k)
    choices = [("", best)]
    for site in best.sites:
        other = sites.without(site)
        if site not in sites.fixed and k <= sites.candidates - len(other.forbidden):
            choices.append((problem.labels[site], problem.best(k, other)))
    sign = -1.0 if objective == "p-center" else 1.0
    rows = []
    for left_out, choice in choices:
        measures = problem.measures(zones, choice.sites)
        loss = sign * 100.0 * (1.0 - choice.value / best.value) if best.value else 0.0
        kept = ("zones_reached", "zones_left_beyond", "mean_km", "farthest_km")
        row = {"left_out": left_out, "cities": problem.names(choice.sites)}
        rows.append(row | {name: measures[name] for name in kept} | {"loss_pct": loss})
    table = pd.DataFrame(rows)
    return pd.concat([table.iloc[:1], table.iloc[1:].sort_values("loss_pct", kind="stable")],
                     ignore_index=True)  # fmt: skip

"""Where new hubs go: exact choices of k sites by coverage, mean distance or farthest zone.

Each problem takes what the candidates would do for the zones, sites that must and that may not be
among the chosen, and gives the choice with a proven gap: 0 is optimal.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import UsageError, ZonegapError
from geodata.words import Message
from zones.distance.great_circle import FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
ROUNDS = 400  # of the subgradient method; the bound hardly moves after half of them
PATIENCE = 12  # rounds without a lower bound, after which the steps are halved
ENUMERATED = 300_000  # choices that are looked at one by one after the others are ruled out


@dataclass(frozen=True)
class Sites:
    """Which candidates may be chosen: numbers of those that must be, and of those that may not."""

    candidates: int
    fixed: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()

    def check(self, k: int) -> None:
        """Refuse a number of sites that cannot be chosen.

        Raises
        ------
        UsageError
            When k is less than 1 or than the fixed sites, or more than may be chosen.
        """
        low, high = max(1, len(self.fixed)), self.candidates - len(self.forbidden)
        if not low <= k <= high:
            raise UsageError(
                Message(
                    "k: {k}; accepted: {low} to {high}, from the fixed sites (at least 1) to all "
                    "candidates that may be chosen",
                    k=k,
                    low=low,
                    high=high,
                )
            )

    def without(self, site: int) -> Sites:
        """Return the same with one more site that may not be chosen."""
        return Sites(self.candidates, self.fixed - {site}, self.forbidden | {site})

    def free(self) -> IntArray:
        """Return the candidates that may be chosen and need not be."""
        taken = self.fixed | self.forbidden
        return np.array([j for j in range(self.candidates) if j not in taken], np.intp)

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Return the least and greatest value of each candidate: 1 is chosen."""
        low, high = np.zeros(self.candidates), np.ones(self.candidates)
        low[list(self.fixed)] = 1.0
        high[list(self.forbidden)] = 0.0
        return low, high


@dataclass(frozen=True)
class Choice:
    """A choice of sites.

    Attributes
    ----------
    sites
        Numbers of the chosen candidates, rising.
    value
        What is made great or small: weight covered, weighted sum of km saved, km of the farthest.
    gap
        Relative gap to the proven bound; 0 is optimal.
    """

    sites: tuple[int, ...]
    value: float
    gap: float


def most_covered(covers: BoolArray, weights: FloatArray, k: int, sites: Sites) -> Choice:
    """Choose k sites so that the covered weight is greatest (maximal covering).

    Parameters
    ----------
    covers
        Which candidate reaches which zone, shape (zones, candidates).
    weights
        One a zone.
    k, sites
        How many, and of which.

    Notes
    -----
    max sum w_i y_i subject to y_i <= sum of x_j over the candidates that cover i, sum x_j = k,
    x binary, 0 <= y <= 1: Church and ReVelle, The maximal covering location problem, Papers of
    the Regional Science Association 32 (1974). Solved with HiGHS. Zones that the same candidates
    cover are one row.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack

    sites.check(k)
    # zones that no candidate reaches cannot be covered; those with the same candidates are one
    # row with the sum of their weights, which makes the problem small
    reachable = covers.any(axis=1)
    groups, group_of = np.unique(covers[reachable], axis=0, return_inverse=True)
    if not len(groups):
        return Choice(_any(k, sites), 0.0, 0.0)
    weight = np.bincount(group_of.ravel(), weights=weights[reachable])
    # the unknowns: x of the n candidates, then y of the m rows
    m, n = groups.shape
    total = weight.sum() or 1.0
    # y_i <= sum of x_j over the candidates that cover i, and sum x_j = k
    by_sites = hstack([csr_array(groups.astype(float)), -eye_array(m)], format="csr")
    count = csr_array(np.concatenate([np.ones(n), np.zeros(m)])[None, :])
    low, high = sites.bounds()
    # milp minimises, so weights are negative; as shares, since HiGHS has absolute tolerances
    solved = milp(
        np.concatenate([np.zeros(n), -weight / total]),
        constraints=[LinearConstraint(by_sites, 0.0, np.inf), LinearConstraint(count, k, k)],
        integrality=np.concatenate([np.ones(n, int), np.zeros(m, int)]),
        bounds=Bounds(np.concatenate([low, np.zeros(m)]), np.concatenate([high, np.ones(m)])),
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None or solved.mip_gap is None:
        raise _unsolved(k, solved.message)
    # the covered weight is added up again from the choice, without the solver's tolerances
    chosen = np.flatnonzero(solved.x[:n] > 0.5)
    covered = float(weights[covers[:, chosen].any(axis=1)].sum())
    return Choice(tuple(chosen.tolist()), covered, float(solved.mip_gap))


def most_saved(saved_km: FloatArray, weights: FloatArray, k: int, sites: Sites) -> Choice:
    """Choose k sites so that the weighted sum of distances becomes least (p-median).

    Parameters
    ----------
    saved_km
        By how much each candidate is nearer to each zone than its nearest hub is now, at least 0,
        shape (zones, candidates).
    weights
        One a zone.
    k, sites
        How many, and of which.

    Returns
    -------
    Choice
        ``value`` is the weighted sum of km saved. The gap is 0 unless more choices are left after
        the bound than can be looked at.

    Notes
    -----
    Hakimi 1964. The bound is Lagrangian, from Cornuejols, Fisher and Nemhauser, Location of bank
    accounts to optimize float, Management Science 23 (1977): with a price for each zone, a
    candidate is worth what it saves above the prices, and the k worthiest with all prices are a
    bound. Prices follow the subgradient. A candidate that would lower the bound below the best
    choice known is ruled out; of those that are left, all choices are looked at.
    """
    sites.check(k)
    gains = np.ascontiguousarray((saved_km * weights[:, None]).T)  # candidates by zones
    best = _exchanged(gains, k, sites)
    known = _saved(gains, best)
    fixed, free = np.array(sorted(sites.fixed), np.intp), sites.free()
    more = k - len(fixed)
    price = gains[list(best)].max(axis=0)
    bound, ruled_out = math.inf, np.zeros(len(free), bool)
    step, since = 2.0, 0
    for number in range(ROUNDS):
        above = gains - price
        positive = above > 0.0
        worth = np.where(positive, above, 0.0).sum(axis=1)
        order = np.argsort(-worth[free], kind="stable")
        taken = np.concatenate((fixed, free[order[:more]]))
        value = float(price.sum() + worth[taken].sum())
        # shorter steps where the bound no longer falls
        since = 0 if value < bound * (1.0 - 1e-5) else since + 1
        bound = min(bound, value)
        if since == PATIENCE:
            step, since = step / 2.0, 0
        # with a candidate that is not among the worthiest, the least of those must go
        if 0 < more < len(free):
            least = worth[free[order[more - 1]]]
            ruled_out |= (value - least + worth[free] < known - 1e-9 * known) & (
                worth[free] < least
            )
        if bound <= known * (1.0 + 1e-12):
            break
        slope = 1.0 - positive[taken].sum(axis=0)
        length = float((slope**2).sum())
        if length == 0.0:
            break
        price = np.maximum(price - step * (value - known) / length * slope, 0.0)
        if number % 25 == 24:
            other = _exchanged(gains, k, sites, start=tuple(sorted(taken.tolist())))
            if _saved(gains, other) > known:
                best, known = other, _saved(gains, other)
    left = free[~ruled_out]
    if bound > known * (1.0 + 1e-12) and math.comb(len(left), more) <= ENUMERATED:
        best = _best_of_all(gains, fixed, left, more, best)
        known = bound = _saved(gains, best)
    gap = max(0.0, bound / known - 1.0) if known > 0.0 else 0.0
    return Choice(tuple(sorted(best)), known, gap if gap > 1e-9 else 0.0)


def least_farthest(distance_km: FloatArray, nearest_km: FloatArray, k: int, sites: Sites) -> Choice:
    """Choose k sites so that the farthest zone becomes as near as can be (p-center).

    Parameters
    ----------
    distance_km
        Of each zone to each candidate, shape (zones, candidates).
    nearest_km
        Of each zone to its nearest hub now.
    k, sites
        How many, and of which.

    Returns
    -------
    Choice
        ``value`` is the distance of the farthest zone, km; optimal, so ``gap`` is 0.

    Notes
    -----
    The answer is one of the distances: bisected, each time asking whether k sites hold all zones
    within it (a set cover, solved with HiGHS).
    """
    sites.check(k)
    steps = np.unique(np.minimum(distance_km, nearest_km[:, None]))
    low, high = -1, len(steps) - 1  # whether all can be held within steps[high] is sure
    best = _any(k, sites)
    while high - low > 1:
        middle = (low + high) // 2
        found = _holding_all(distance_km, nearest_km, float(steps[middle]), k, sites)
        if found is None:
            low = middle
        else:
            high, best = middle, found
    farthest = np.minimum(distance_km[:, list(best)].min(axis=1), nearest_km).max()
    return Choice(best, float(farthest), 0.0)


def greedy(gain: Callable[[list[int]], FloatArray], k: int, sites: Sites) -> list[int]:
    """Choose one site after the other, the fixed first, each time the one that adds most.

    Parameters
    ----------
    gain
        What each candidate adds to the sites chosen so far, one a candidate.
    k, sites
        How many, and of which.

    Returns
    -------
    list
        Numbers of the sites; on a tie the first listed; shorter than k once none adds anything.
    """
    chosen = sorted(sites.fixed)
    free = sites.free()
    while len(chosen) < k:
        gains = gain(chosen)[free]
        if not len(gains) or gains.max() <= 0.0:
            break
        chosen.append(int(free[gains.argmax()]))
        free = free[free != chosen[-1]]
    return chosen


def _any(k: int, sites: Sites) -> tuple[int, ...]:
    """Return some choice that is allowed: the fixed sites and the first of the others."""
    more = sites.free()[: k - len(sites.fixed)].tolist()
    return tuple(sorted([*sites.fixed, *more]))


def _unsolved(k: int, message: str) -> ZonegapError:
    return ZonegapError(
        Message("the choice of {k} cities could not be solved: {message}", k=k, message=message)
    )


def _saved(gains: FloatArray, chosen: Collection[int]) -> float:
    return float(gains[list(chosen)].max(axis=0).sum())


def _exchanged(
    gains: FloatArray, k: int, sites: Sites, start: tuple[int, ...] | None = None
) -> tuple[int, ...]:
    """Return a good choice: greedy, then single exchanges as long as one helps.

    Teitz and Bart, Heuristic methods for estimating the generalized vertex median (1968).
    """
    if start is None:

        def added(chosen: list[int]) -> FloatArray:
            now = gains[chosen].max(axis=0) if chosen else np.zeros(gains.shape[1])
            return np.asarray(np.maximum(gains - now, 0.0).sum(axis=1))

        found = greedy(added, k, sites)
        rest = [j for j in sites.free().tolist() if j not in found]
        start = tuple(found + rest[: k - len(found)])
    chosen, free = list(start), sites.free()
    value, better = _saved(gains, chosen), True
    while better:
        better = False
        for place, site in enumerate(chosen):
            if site in sites.fixed:
                continue
            others = chosen[:place] + chosen[place + 1 :]
            now = gains[others].max(axis=0) if others else np.zeros(gains.shape[1])
            values = np.maximum(gains[free], now).sum(axis=1)
            values[np.isin(free, others)] = -1.0
            at = int(values.argmax())
            if values[at] > value * (1.0 + 1e-12):
                chosen[place], value, better = int(free[at]), float(values[at]), True
    return tuple(sorted(chosen))


def _best_of_all(
    gains: FloatArray, fixed: IntArray, left: IntArray, more: int, best: tuple[int, ...]
) -> tuple[int, ...]:
    """Look at every choice of the sites that are left beside the fixed ones."""
    start = gains[fixed].max(axis=0) if len(fixed) else np.zeros(gains.shape[1])
    value = _saved(gains, best)
    # the last site of each choice is looked at for all candidates at once
    for first in itertools.combinations(range(len(left)), more - 1):
        after = left[(first[-1] + 1 if first else 0) :]
        if not len(after):
            continue
        head = left[list(first)]
        now = np.maximum(start, gains[head].max(axis=0)) if len(head) else start
        values = np.maximum(gains[after], now).sum(axis=1)
        at = int(values.argmax())
        if values[at] > value:
            value = float(values[at])
            best = tuple(sorted([*fixed.tolist(), *head.tolist(), int(after[at])]))
    return best


def _holding_all(
    distance_km: FloatArray, nearest_km: FloatArray, within_km: float, k: int, sites: Sites
) -> tuple[int, ...] | None:
    """Return k sites with which every zone lies within a distance, None where there are none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    open_zones = nearest_km > within_km
    rows = np.unique(distance_km[open_zones] <= within_km, axis=0)
    low, high = sites.bounds()
    if not len(rows):
        return _any(k, sites)
    if not rows.any(axis=1).all():
        return None
    solved = milp(
        np.ones(sites.candidates),
        constraints=[LinearConstraint(rows.astype(float), 1.0, np.inf)],
        integrality=np.ones(sites.candidates, int),
        bounds=Bounds(low, high),
    )
    if solved.x is None:
        return None
    chosen = np.flatnonzero(solved.x > 0.5).tolist()
    if len(chosen) > k:
        return None
    rest = [j for j in sites.free().tolist() if j not in chosen]
    return tuple(sorted(chosen + rest[: k - len(chosen)]))

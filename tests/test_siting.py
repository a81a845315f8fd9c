"""Choices of sites: each equal to brute force, with fixed and forbidden sites."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zones import siting
from zones.siting import Sites, greedy, least_farthest, most_covered, most_saved


def a_problem(seed: int) -> tuple[np.random.Generator, np.ndarray, np.ndarray, Sites, int]:
    """Make distances, weights, sites that must and may not be chosen, and a number of them."""
    rng = np.random.default_rng(seed)
    zones, candidates = int(rng.integers(1, 25)), int(rng.integers(4, 9))
    distance_km = rng.uniform(0, 1000, (zones, candidates))
    order = rng.permutation(candidates).tolist()
    sites = Sites(candidates, frozenset(order[: rng.integers(0, 2)]),
                  frozenset(order[-int(rng.integers(1, 3)) :]))  # fmt: skip
    k = int(rng.integers(max(1, len(sites.fixed)), candidates - len(sites.forbidden) + 1))
    return rng, distance_km, rng.uniform(0.1, 10.0, zones), sites, k


def allowed(sites: Sites, k: int) -> list[tuple[int, ...]]:
    return [
        c for c in itertools.combinations(range(sites.candidates), k)
        if sites.fixed <= set(c) and not sites.forbidden & set(c)
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_most_covered_equals_brute_force(seed: int) -> None:
    rng, _, weights, sites, k = a_problem(seed)
    covers = rng.random((len(weights), sites.candidates)) < rng.uniform(0.05, 0.6)

    def covered(chosen: tuple[int, ...]) -> float:
        return float(weights[covers[:, list(chosen)].any(axis=1)].sum())

    choice = most_covered(covers, weights, k, sites)
    assert choice.sites in allowed(sites, k)
    assert np.isclose(choice.value, covered(choice.sites))
    assert np.isclose(choice.value, max(map(covered, allowed(sites, k))))

    def added(chosen: list[int]) -> np.ndarray:
        return (weights * ~covers[:, chosen].any(axis=1)) @ covers

    # Nemhauser, Wolsey and Fisher 1978: greedy reaches at least 1 - 1/e of the optimum
    if not sites.fixed:
        by_greed = covered(tuple(greedy(added, k, sites)))
        assert (1 - 1 / np.e) * choice.value - 1e-9 <= by_greed <= choice.value + 1e-9


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_most_saved_equals_brute_force(seed: int, without_rounds: bool) -> None:
    """Once by the bound alone, once by looking at what the bound leaves."""
    rng, distance_km, weights, sites, k = a_problem(seed)
    saved_km = np.maximum(rng.uniform(200, 1500, (len(weights), 1)) - distance_km, 0.0)

    def saved(chosen: tuple[int, ...]) -> float:
        return float((saved_km[:, list(chosen)].max(axis=1) * weights).sum())

    with pytest.MonkeyPatch.context() as patch:
        if without_rounds:
            patch.setattr(siting, "ROUNDS", 1)
        choice = most_saved(saved_km, weights, k, sites)
    assert choice.sites in allowed(sites, k)
    assert np.isclose(choice.value, saved(choice.sites))
    assert np.isclose(choice.value, max(map(saved, allowed(sites, k))))
    assert choice.gap == 0.0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_least_farthest_equals_brute_force(seed: int) -> None:
    rng, distance_km, weights, sites, k = a_problem(seed)
    nearest_km = rng.uniform(100, 1500, len(weights))

    def farthest(chosen: tuple[int, ...]) -> float:
        return float(np.minimum(distance_km[:, list(chosen)].min(axis=1), nearest_km).max())

    choice = least_farthest(distance_km, nearest_km, k, sites)
    assert choice.sites in allowed(sites, k)
    assert np.isclose(choice.value, farthest(choice.sites))
    assert np.isclose(choice.value, min(map(farthest, allowed(sites, k))))


def test_a_gap_is_stated_where_too_many_choices_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound holds, so the gap is never less than the true one."""
    monkeypatch.setattr(siting, "ROUNDS", 3)
    _, distance_km, weights, _, _ = a_problem(7)
    saved_km, sites = 1000.0 - distance_km, Sites(distance_km.shape[1])
    exact = most_saved(saved_km, weights, 2, sites)
    monkeypatch.setattr(siting, "ENUMERATED", 0)
    choice = most_saved(saved_km, weights, 2, sites)
    assert choice.value * (1.0 + choice.gap) >= exact.value - 1e-9


@pytest.mark.parametrize("k", [0, 1, 4])
def test_impossible_numbers_are_refused(k: int) -> None:
    sites = Sites(4, frozenset({0, 1}), frozenset({3}))
    with pytest.raises(ValueError, match=f"k: {k}; accepted: 2 to 3"):
        most_covered(np.ones((2, 4), bool), np.ones(2), k, sites)


def test_nothing_left_to_reach() -> None:
    assert most_covered(np.zeros((3, 2), bool), np.ones(3), 1, Sites(2)).value == 0

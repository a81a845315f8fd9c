"""The best new cities: equal to brute force, never worse than greedy, proved by the gap."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zones.maximal_covering import (
    WEIGHTS,
    best_cities,
    candidate_cities,
    coverage,
    greedy_cities,
    weights_of,
    where_next,
)

from zonegap.command.app import main
from zones.distance.great_circle import haversine_km
from zones.pipeline import StudyResult


def brute_force(covers: np.ndarray, weights: np.ndarray, k: int) -> float:
    """Return the greatest weight that any k candidates cover."""
    choices = itertools.combinations(range(covers.shape[1]), k)
    return max(float(weights[covers[:, list(c)].any(axis=1)].sum()) for c in choices)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_one_city_equals_brute_force_on_the_study(result: StudyResult, weight: str) -> None:
    candidates = candidate_cities()
    covers = coverage(result.zones, candidates, 500.0)
    weights = weights_of(result.zones, weight)
    choice = best_cities(covers, weights, list(candidates.index), 1)
    assert np.isclose(choice.covered, (weights @ covers).max())
    assert choice.gap == 0


@pytest.mark.parametrize("weight", WEIGHTS)
def test_two_cities_equal_brute_force_on_the_study(result: StudyResult, weight: str) -> None:
    candidates = candidate_cities()
    covers = coverage(result.zones, candidates, 500.0)
    weights = weights_of(result.zones, weight)
    single = weights @ covers
    both = covers.T.astype(float) @ (weights[:, None] * covers)
    best = (single[:, None] + single[None, :] - both).max()
    choice = best_cities(covers, weights, list(candidates.index), 2)
    assert np.isclose(choice.covered, best)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_any_small_problem_equals_brute_force(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    covers = rng.random((rng.integers(1, 25), rng.integers(4, 9))) < rng.uniform(0.05, 0.6)
    weights = rng.uniform(0.1, 10.0, len(covers))
    labels = [f"c{i}" for i in range(covers.shape[1])]
    choice = best_cities(covers, weights, labels, k)
    assert len(choice.cities) == k
    assert np.isclose(choice.covered, brute_force(covers, weights, k))
    greedy = greedy_cities(covers, weights, labels, k)
    assert greedy[-1][1] <= choice.covered + 1e-9
    # Nemhauser, Wolsey and Fisher 1978: greedy reaches at least 1 - 1/e of the optimum
    assert greedy[-1][1] >= (1 - 1 / np.e) * choice.covered - 1e-9


def test_coverage_counts_only_zones_beyond(result: StudyResult) -> None:
    zones = result.zones
    covers = coverage(zones, candidate_cities(), 500.0)
    near = (zones["nearest_km"] <= 500.0).to_numpy()
    assert not covers[near].any()


def test_table_of_the_study(result: StudyResult) -> None:
    table = where_next(result.zones, 500.0, k=3)
    far = int((result.zones["nearest_km"] > 500.0).sum())
    assert (table["zones_reached"] + table["zones_left_beyond"] == far).all()
    assert table["zones_reached"].is_monotonic_increasing
    assert (table["optimality_gap"] == 0).all()
    assert (table["greedy_pct"] <= 100 + 1e-9).all()
    assert [len(c.split(", ")) for c in table["cities"]] == [1, 2, 3]


def test_once_all_is_reached_more_cities_change_nothing(result: StudyResult) -> None:
    """From Tibet and Xinjiang alone, few cities reach everything."""
    zones = result.zones[result.zones["province_adcode"].isin(["540000", "650000"])]
    table = where_next(zones, 500.0, k=8)
    done = table[table["zones_left_beyond"] == 0]
    assert 2 <= len(done) < 8
    assert len(set(done["cities"])) == 1
    assert len(done["cities"].iloc[0].split(", ")) == done["k"].iloc[0]
    assert table["greedy_city"].iloc[-1] == ""
    assert (table["greedy_pct"] <= 100 + 1e-9).all()


def test_no_zone_to_reach(result: StudyResult) -> None:
    table = where_next(result.zones[~result.zones["beyond_500km"]], 500.0, k=2)
    assert table["cities"].tolist() == ["", ""]
    assert table["zones_reached"].tolist() == [0, 0]


def test_candidates_are_the_prefecture_level_cities() -> None:
    cities = candidate_cities()
    assert cities.index.is_unique
    assert 330 < len(cities) < 345
    assert {"北京市", "拉萨市", "大理白族自治州", "三沙市"} <= set(cities.index)


@pytest.mark.parametrize("k", [0, 5])
def test_impossible_k_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k: {k}; accepted: 1 to 4"):
        best_cities(np.ones((2, 4), bool), np.ones(2), list("abcd"), k)


def test_more_cities_than_there_are(result: StudyResult) -> None:
    with pytest.raises(ValueError, match="k: 999; accepted: 1 to 3"):
        where_next(result.zones, 500.0, k=999)


def test_nothing_left_to_reach() -> None:
    choice = best_cities(np.zeros((3, 2), bool), np.ones(3), ["a", "b"], 1)
    assert choice.covered == 0


def test_command_prints_cities_in_the_language() -> None:
    def run(*options: str) -> str:
        command = [sys.executable, "-m", "zonegap", "where-next", "--k", "1", *options]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    rows = json.loads(run("--json", "--weight", "gdp"))
    assert rows[0]["cities"].endswith("市")
    assert rows[0]["cities"] in run("--weight", "gdp", "--lang", "zh")
    assert rows[0]["cities"] not in run("--weight", "gdp")


def test_command_writes_the_table_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "next.csv"
    arguments = ["zonegap", "where-next", "--k", "2", "--json", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    printed = pd.DataFrame(json.loads(capsys.readouterr().out))
    written = pd.read_csv(out, encoding="utf-8-sig")
    pd.testing.assert_frame_equal(written, printed, check_dtype=False, atol=1e-6)


def test_a_zone_at_the_threshold_itself_is_reached() -> None:
    """Beyond is strictly farther, so a city reaches what lies at the threshold exactly."""
    zones = pd.DataFrame({"lon": [100.0] * 2, "lat": [30.0, 34.0], "nearest_km": [900.0] * 2})
    city = pd.DataFrame({"lon": [100.0], "lat": [31.0]}, index=["here"])
    at_km = float(haversine_km(100.0, 30.0, 100.0, 31.0))
    assert coverage(zones, city, at_km).tolist() == [[True], [False]]
    assert coverage(zones, city, float(np.nextafter(at_km, 0.0))).tolist() == [[False], [False]]

"""Counts beyond a threshold: definition, band, curve, inverse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import UsageError
from zones.thresholds import beyond, count_beyond, threshold_for_count

distances = st.lists(st.floats(0, 3000), min_size=1, max_size=60).map(pd.Series)


def test_beyond_is_strict() -> None:
    far = beyond(pd.Series([499.9, 500.0, 500.1], ["a", "b", "c"]), 500.0)
    assert far.to_dict() == {"a": False, "b": False, "c": True}


@pytest.mark.parametrize("threshold_km", [-1.0, float("nan"), float("inf")])
def test_bad_threshold(threshold_km: float) -> None:
    with pytest.raises(ValueError, match="threshold_km: .*; accepted: a number of at least 0"):
        beyond(pd.Series([1.0]), threshold_km)


def test_hand_computed_counts_and_shares() -> None:
    nearest_km = pd.Series([480.0, 495.0, 505.0, 900.0])
    uncertainty_km = pd.Series([10.0, 10.0, 10.0, 10.0])
    weights = pd.DataFrame({"area_ha": [1.0, 2.0, 3.0, 4.0]})
    row = count_beyond(nearest_km, uncertainty_km, [500.0], weights).loc[500.0]
    assert row.to_dict() == {
        "beyond": 2, "surely": 1, "possibly": 3, "beyond_zones_pct": 50.0, "beyond_area_pct": 70.0,
    }  # fmt: skip


def test_band_is_strict_on_both_sides() -> None:
    """A zone whose circle touches the threshold is neither surely nor possibly beyond by it."""
    counts = count_beyond(pd.Series([510.0, 490.0]), pd.Series([10.0, 10.0]), [500.0]).iloc[0]
    assert (counts["beyond"], counts["surely"], counts["possibly"]) == (1, 0, 1)


@given(distances, st.floats(0, 100), st.lists(st.floats(0, 3000), min_size=2, max_size=10))
def test_band_holds_the_count_and_the_curve_falls(nearest_km, radius_km, thresholds_km) -> None:
    uncertainty_km = pd.Series(radius_km, nearest_km.index)
    counts = count_beyond(nearest_km, uncertainty_km, sorted(thresholds_km))
    assert (counts["surely"] <= counts["beyond"]).all()
    assert (counts["beyond"] <= counts["possibly"]).all()
    for column in ("beyond", "surely", "possibly"):
        assert counts[column].is_monotonic_decreasing


@given(distances, st.data())
def test_inverse_gives_the_count_back(nearest_km, data) -> None:
    count = data.draw(st.integers(0, len(nearest_km)))
    low, high = threshold_for_count(nearest_km, count)
    if low < high:
        assert int(beyond(nearest_km, low).sum()) == count
        middle = low + (min(high, low + 1.0) - low) / 2
        if low < middle < high:
            assert int(beyond(nearest_km, middle).sum()) == count
    else:
        assert count not in {int(beyond(nearest_km, t).sum()) for t in np.unique(nearest_km)} or (
            count == len(nearest_km)
        )


def test_inverse_refuses_impossible_counts() -> None:
    with pytest.raises(ValueError, match="count: 3; accepted: 0 to 2"):
        threshold_for_count(pd.Series([1.0, 2.0]), 3)


def test_a_missing_distance_is_not_counted_as_near() -> None:
    distance_km = pd.Series([1.0, np.nan, 900.0], ["a", "b", "c"])
    with pytest.raises(UsageError, match=r"no distance in 1 rows \('b'\); accepted: km"):
        beyond(distance_km, 500)
    with pytest.raises(UsageError, match="thresholds_km: none; accepted: at least one"):
        count_beyond(distance_km.dropna(), pd.Series(1.0, ["a", "c"]), [])

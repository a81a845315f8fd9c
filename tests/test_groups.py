"""Counts by group: every grouping adds up, hand-computed cases, the command."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import UsageError
from zones.groups import TOTAL, approval_period, gap_table, group_counts
from zones.parameters import GROUPINGS
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

SUMS = ["zones", "area_km2", "gdp_estimate_yi_cny", "beyond", "surely", "possibly",
        "area_beyond_km2", "gdp_beyond_yi_cny"]  # fmt: skip


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("threshold_km", [0.0, 300.0, 500.0, 3000.0])
def test_every_grouping_adds_up_to_the_count_of_all_zones(
    result: StudyResult, by: str, threshold_km: float
) -> None:
    zones = result.zones
    table = gap_table(zones, by, threshold_km=threshold_km)
    assert table.index[-1] == TOTAL
    for column in SUMS:
        assert np.isclose(table[column].iloc[:-1].sum(), table.loc[TOTAL, column])
    whole = count_beyond(
        zones["nearest_km"], zones["uncertainty_km"], [threshold_km],
        zones[["area_ha", "gdp_estimate_yi_cny"]],
    ).iloc[0]  # fmt: skip
    for column in whole.index:
        assert np.isclose(table.loc[TOTAL, column], whole[column])


def test_a_group_is_the_sum_of_its_zones(result: StudyResult) -> None:
    zones = result.zones
    table = gap_table(zones, "period", threshold_km=500)
    years = zones["approved"].str[:4].astype(int)
    inside = zones[years.between(1992, 1999)]
    row = table.loc["1992-1999"]
    far = inside[inside["nearest_km"] > 500]
    assert row["zones"] == len(inside)
    assert row["beyond"] == len(far)
    assert np.isclose(row["gdp_beyond_yi_cny"], far["gdp_estimate_yi_cny"].sum())
    assert np.isclose(row["beyond_gdp_pct"], 100 * far["gdp_estimate_yi_cny"].sum() / inside["gdp_estimate_yi_cny"].sum())  # fmt: skip


def test_group_counts_hold_every_grouping_and_threshold(result: StudyResult) -> None:
    table = group_counts(result.zones, [300.0, 500.0])
    sums = table.groupby(["grouping", "threshold_km"])[["zones", "beyond", "possibly"]].sum()
    for by in GROUPINGS:
        assert (sums.loc[by] == sums.loc[""]).all(axis=None)


def test_periods_of_dates_that_fit_no_wave() -> None:
    found = approval_period(pd.Series(["1984-12", "1991-12", "1992-01", "", "2031-05", "1970-01"]))
    assert found.tolist() == ["1984-1991", "1984-1991", "1992-1999", *["unknown"] * 3]


def test_input_stays_untouched_and_own_series_group(result: StudyResult) -> None:
    zones = result.zones.copy()
    own = (zones["area_ha"] > 1000).map({True: "large", False: "small"})
    table = gap_table(zones, own)
    assert set(table.index) == {"large", "small", TOTAL}
    pd.testing.assert_frame_equal(zones, result.zones)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3000), st.floats(0, 99)),
                min_size=1, max_size=30))  # fmt: skip
def test_groups_of_any_zones_add_up(rows) -> None:
    zones = pd.DataFrame(rows, columns=["level", "nearest_km", "uncertainty_km"])
    zones = zones.assign(area_ha=1.0, gdp_estimate_yi_cny=2.0)
    table = gap_table(zones, "level")
    assert set(table.index) == {*zones["level"], TOTAL}
    for column in SUMS:
        assert np.isclose(table[column].iloc[:-1].sum(), table.loc[TOTAL, column])
    assert ((table["surely"] <= table["beyond"]) & (table["beyond"] <= table["possibly"])).all()


def test_unknown_grouping_and_missing_column() -> None:
    zones = pd.DataFrame({"area_ha": [1.0]})
    with pytest.raises(
        ValueError, match="(?s)'gdp_estimate_yi_cny' is.*'nearest_km' is.*'uncertainty_km' is"
    ):
        gap_table(zones)
    zones = zones.assign(gdp_estimate_yi_cny=1.0, nearest_km=1.0, uncertainty_km=1.0)
    with pytest.raises(ValueError, match="grouping: 'city'; accepted: province, level"):
        gap_table(zones, "city")
    with pytest.raises(ValueError, match="column 'approved' is missing"):
        gap_table(zones, "period")


def test_the_command_counts_by_group(result: StudyResult) -> None:
    command = [sys.executable, "-m", "zonegap", "threshold", "--by", "level", "--json"]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert [row["group"] for row in rows] == ["国家级", "省级", TOTAL]
    assert rows[0]["beyond"] == result.zones.query("level == '国家级'")["beyond_500km"].sum()
    bad = subprocess.run([*command[:-2], "city"], capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "--by: 'city'; accepted: province, level, type, period, cluster" in bad.stderr


def test_what_cannot_be_grouped_is_named(result: StudyResult) -> None:
    zones = result.zones.head(4)
    with pytest.raises(UsageError, match="zones: no rows; accepted: at least one"):
        gap_table(zones.head(0), "level")
    with pytest.raises(UsageError, match="by: series 'size' has another index than zones"):
        gap_table(zones, pd.Series(["a"] * 4, name="size"))
    unknown = pd.Series(["a", None, "b", None], zones.index, name="size")
    rows = ", ".join(repr(label) for label in zones.index[[1, 3]])
    with pytest.raises(UsageError, match=rf"zones: no 'size' in 2 rows \({rows}\)"):
        gap_table(zones, unknown)

"""What moves the count: each hub left out, positions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.loaders import load_position_errors
from zones.distance.great_circle import destination, haversine_km
from zones.distance.nearest_hub import nearest
from zones.pipeline import StudyResult
from zones.sensitivity import leave_one_hub_out, position_table


def test_leave_one_out_equals_measuring_everything_again(result: StudyResult) -> None:
    table = leave_one_hub_out(result.zones, result.hubs, 500.0).set_index("hub")
    assert set(table.index) == set(result.hubs.index)
    for hub in result.hubs.index:
        again_km = nearest(result.zones, result.hubs.drop(hub))["nearest_km"]
        assert table.loc[hub, "beyond"] == (again_km > 500).sum()
        served = result.zones["nearest_hub"] == hub
        added_km = (again_km - result.zones["nearest_km"])[served]
        assert table.loc[hub, "zones_served"] == served.sum()
        assert np.isclose(table.loc[hub, "median_added_km"], added_km.median())
    assert table["more_beyond"].is_monotonic_decreasing
    assert (table["beyond"] - table["more_beyond"]).unique() == [result.zones["beyond_500km"].sum()]


def test_the_only_hub_left_out_leaves_every_zone_beyond(result: StudyResult) -> None:
    one = leave_one_hub_out(result.zones, result.hubs.iloc[:1], 500.0).iloc[0]
    assert one["beyond"] == len(result.zones)
    assert np.isnan(one["median_added_km"])


def test_a_hub_listed_twice_can_be_spared(result: StudyResult) -> None:
    twice = pd.concat([result.hubs, result.hubs])
    assert (leave_one_hub_out(result.zones, twice, 500.0)["more_beyond"] == 0).all()


@given(st.floats(-179, 179), st.floats(-89, 89), st.floats(0, 360), st.floats(0.001, 15_000))
def test_destination_lies_at_the_distance(lon, lat, bearing_deg, distance_km) -> None:
    end = destination(lon, lat, bearing_deg, distance_km)
    assert np.isclose(haversine_km(lon, lat, *end), distance_km, rtol=1e-7, atol=1e-6)
    assert -180 <= end[0] <= 180
    assert -90 <= end[1] <= 90


@pytest.mark.parametrize(("bearing_deg", "east", "north"), [(0, 0, 1), (90, 1, 0), (180, 0, -1)])
def test_destination_goes_where_the_bearing_points(bearing_deg, east, north) -> None:
    lon, lat = destination(10.0, 0.0, bearing_deg, 100.0)
    assert np.isclose([np.sign(round(float(lon) - 10, 9)), np.sign(round(float(lat), 9))],
                      [east, north]).all()  # fmt: skip


def test_measured_errors_hold_about_ninety_per_cent_in_the_radius() -> None:
    errors = load_position_errors()
    assert errors["share"].is_monotonic_increasing
    assert errors["error_ratio"].is_monotonic_increasing
    assert errors["share"].iloc[[0, -1]].tolist() == [0.0, 1.0]
    inside = np.interp(1.0, errors["error_ratio"], errors["share"])
    assert 0.88 <= inside <= 0.93


def test_position_table_spreads_within_the_band(result: StudyResult) -> None:
    table = position_table(result)
    assert table["hub_layer"].unique().tolist() == ["prefectures", "listed", "cores"]
    assert table["shared_by"].tolist() == 3 * ["zone", "county", "prefecture", "province"]
    assert (table["surely"] <= table["low_5_pct"]).all()
    assert (table["low_5_pct"] <= table["median"]).all()
    assert (table["median"] <= table["high_95_pct"]).all()
    assert (table["high_95_pct"] <= table["possibly"]).all()

"""Leave-one-out, simulated positions, and the sentence on the published count."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.loaders import load_position_errors
from zones.distance.great_circle import destination, haversine_km
from zones.distance.nearest_hub import nearest
from zones.hubs import hub_layer
from zones.parameters import DRAWS
from zones.pipeline import StudyResult
from zones.report.reconciliation import published_count
from zones.sensitivity import implication, leave_one_hub_out, position_table, simulate_beyond
from zones.thresholds import count_beyond


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


def small_world() -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(1)
    zones = pd.DataFrame({"lon": random.uniform(100, 110, 40), "lat": random.uniform(25, 35, 40)})
    hubs = pd.DataFrame({"lon": [102.0, 108.0], "lat": [27.0, 33.0]}, index=["a", "b"])
    zones["nearest_km"] = nearest(zones, hubs)["nearest_km"]
    zones["uncertainty_km"] = random.uniform(2, 30, 40)
    return zones, hubs


def test_simulation_equals_measuring_every_draw() -> None:
    """The second route moves all zones in all draws, with no bound."""
    zones, hubs = small_world()
    counts = simulate_beyond(zones, hubs, 250.0, seed=5)
    random, errors = np.random.default_rng(5), load_position_errors()
    shape = (len(zones), DRAWS)
    ratio = np.interp(random.random(shape), errors["share"], errors["error_ratio"])
    bearing_deg = 360.0 * random.random(shape)
    moved_km = ratio * zones["uncertainty_km"].to_numpy()[:, None]
    lon, lat = destination(
        zones[["lon"]].to_numpy(), zones[["lat"]].to_numpy(), bearing_deg, moved_km
    )
    far_km = np.min([haversine_km(lon, lat, h.lon, h.lat) for h in hubs.itertuples()], axis=0)
    assert (counts == (far_km > 250.0).sum(axis=0)).all()
    assert counts.std() > 0


def test_same_seed_same_counts_and_no_uncertainty_no_spread() -> None:
    zones, hubs = small_world()
    first, again = (simulate_beyond(zones, hubs, 250.0) for _ in range(2))
    assert (first == again).all()
    assert (first != simulate_beyond(zones, hubs, 250.0, seed=1)).any()
    sure = simulate_beyond(zones.assign(uncertainty_km=0.0), hubs, 250.0)
    assert (sure == (zones["nearest_km"] > 250.0).sum()).all()


def test_measured_errors_hold_about_ninety_per_cent_in_the_radius() -> None:
    errors = load_position_errors()
    assert errors["share"].is_monotonic_increasing
    assert errors["error_ratio"].is_monotonic_increasing
    assert errors["share"].iloc[[0, -1]].tolist() == [0.0, 1.0]
    inside = np.interp(1.0, errors["error_ratio"], errors["share"])
    assert 0.88 <= inside <= 0.93


def test_position_table_spreads_within_the_band(result: StudyResult) -> None:
    table = position_table(result)
    assert table["hub_layer"].tolist() == ["prefectures", "listed", "cores"]
    assert (table["surely"] <= table["low_5_pct"]).all()
    assert (table["low_5_pct"] <= table["median"]).all()
    assert (table["median"] <= table["high_95_pct"]).all()
    assert (table["high_95_pct"] <= table["possibly"]).all()


def test_geodesic_draws_are_measured_on_the_ellipsoid() -> None:
    zones, hubs = small_world()
    zones["nearest_km"] = nearest(zones, hubs, method="geodesic")["nearest_km"]
    edge_km = float(zones["nearest_km"].sort_values().iloc[20])
    still = zones.assign(uncertainty_km=0.0)
    counts = simulate_beyond(still, hubs, edge_km, method="geodesic")
    assert (counts == (zones["nearest_km"] > edge_km).sum()).all()


def test_the_sentence_names_what_fits_and_what_does_not(result: StudyResult) -> None:
    sentence = str(implication(result))
    own = result.zones["beyond_500km"].sum()
    assert sentence.startswith("1,120 zones beyond 500 km fits hubs in every prefecture-level city")
    assert f"({own:,} [" in sentence
    fits, fits_not = sentence.split("it does not fit")
    assert "head-office cities" in fits_not
    assert "head-office cities" not in fits
    zh = dataclasses.replace(result, study=dataclasses.replace(result.study, language="zh"))
    assert "1,120个" in implication(zh).in_language("zh")
    assert "fits" not in implication(zh).in_language("zh")


def test_the_sentence_names_every_hub_whose_loss_moves_the_count(result: StudyResult) -> None:
    named = str(implication(result)).split("moves the count (")[1].split(")")[0]
    hubs = hub_layer("prefectures")
    before = (nearest(result.zones, hubs)["nearest_km"] > 500).sum()
    moving = {}
    for hub, name in hubs["hub_en"].items():
        more = (nearest(result.zones, hubs.drop(hub))["nearest_km"] > 500).sum() - before
        if more:
            moving[name] = more
    assert moving == {part.split(" +")[0]: int(part.split(" +")[1]) for part in named.split(", ")}


def test_edge_cities_alone_give_the_count_too(result: StudyResult) -> None:
    """Why the sentence claims no more: five hubs cannot be told from all 33 by the count."""
    five = ["北京市", "湖州市", "衢州市", "韶关市", "湛江市"]
    few = nearest(result.zones, hub_layer("prefectures").loc[five])["nearest_km"]
    row = count_beyond(few, result.zones["uncertainty_km"], [500.0]).iloc[0]
    assert row["surely"] <= published_count() <= row["possibly"]


@pytest.mark.parametrize(
    "options", [{"hub_provinces": ("北京市",)}, {"zones_table": Path("z.csv")}]
)
def test_no_sentence_where_it_means_nothing(result: StudyResult, options) -> None:
    study = dataclasses.replace(result.study, **options)
    assert implication(dataclasses.replace(result, study=study)) is None

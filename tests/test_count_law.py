"""The law of the count under uncertain positions, against draws of the same model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.loaders import load_position_errors
from zones.count_law import QUANTILES, SHARED_BY, count_intervals, count_law, quantile
from zones.distance.great_circle import destination
from zones.distance.nearest_hub import nearest
from zones.pipeline import StudyResult

DRAWS = 4000


def small_world(seed: int = 1, zones: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    places = pd.DataFrame(
        {"lon": random.uniform(100, 110, zones), "lat": random.uniform(25, 35, zones)}
    )
    hubs = pd.DataFrame({"lon": [102.0, 108.0], "lat": [27.0, 33.0]}, index=["a", "b"])
    places["nearest_km"] = nearest(places, hubs)["nearest_km"]
    places["uncertainty_km"] = random.uniform(2, 30, zones)
    county = random.integers(1, 4, zones)
    places["adcode"] = [f"51{c:02d}{c:02d}" for c in county]
    return places, hubs


def drawn(
    zones: pd.DataFrame, hubs: pd.DataFrame, threshold_km: float, digits: int | None, method: str
) -> np.ndarray:
    """Count beyond with every position drawn anew: the second route, which knows no arcs."""
    random, errors = np.random.default_rng(2018), load_position_errors()
    groups = pd.factorize(zones["adcode"].str[:digits])[0] if digits else np.arange(len(zones))
    shape = (groups.max() + 1, DRAWS)
    ratio = np.interp(random.random(shape), errors["share"], errors["error_ratio"])[groups]
    bearing_deg = (360.0 * random.random(shape))[groups]
    moved_km = ratio * zones["uncertainty_km"].to_numpy()[:, None]
    lon, lat = destination(
        zones[["lon"]].to_numpy(), zones[["lat"]].to_numpy(), bearing_deg, moved_km
    )
    places = pd.DataFrame({"lon": lon.ravel(), "lat": lat.ravel()})
    near_km = nearest(places, hubs, method=method)["nearest_km"].to_numpy().reshape(lon.shape)
    return (near_km > threshold_km).sum(axis=0)


@pytest.mark.parametrize("shared_by", SHARED_BY)
@pytest.mark.parametrize("method", ["great-circle", "geodesic"])
def test_law_equals_draws_of_the_same_model(shared_by: str, method: str) -> None:
    zones, hubs = small_world()
    zones["nearest_km"] = nearest(zones, hubs, method=method)["nearest_km"]
    law = count_law(zones, hubs, 250.0, method=method, shared_by=shared_by)
    counts = drawn(zones, hubs, 250.0, SHARED_BY[shared_by], method)
    mean = float((law * law.index).sum())
    spread = float((law * (law.index - mean) ** 2).sum() ** 0.5)
    assert abs(mean - counts.mean()) < 5 * spread / DRAWS**0.5
    assert 0.93 < spread / counts.std() < 1.07
    for share in QUANTILES.values():
        assert abs(quantile(law, share) - np.quantile(counts, share)) <= 1


def test_intervals_of_the_study_equal_draws(result: StudyResult) -> None:
    found = count_intervals(result.zones, result.hubs, 500.0)
    for shared_by, digits in SHARED_BY.items():
        zones = result.zones
        # a code that does not say so much stands for the zone alone
        unknown = zones["adcode"].str[(digits or 6) - 2 : digits or 6] == "00"
        own = "x" + pd.Series(np.arange(len(zones)), zones.index).astype(str)
        counts = drawn(zones.assign(adcode=zones["adcode"].where(~unknown, own)),
                       result.hubs, 500.0, digits, "great-circle")  # fmt: skip
        for name, share in QUANTILES.items():
            assert abs(found.loc[shared_by, name] - np.quantile(counts, share)) <= 1, shared_by


def test_the_wider_errors_are_shared_the_wider_the_interval(result: StudyResult) -> None:
    found = count_intervals(result.zones, result.hubs, 500.0)
    width = found["high_95_pct"] - found["low_5_pct"]
    assert width.is_monotonic_increasing
    assert width["province"] > width["zone"]
    band = result.zones["nearest_km"] - 500.0
    assert (found["low_5_pct"] >= (band > result.zones["uncertainty_km"]).sum()).all()
    assert (found["high_95_pct"] <= (band > -result.zones["uncertainty_km"]).sum()).all()


def test_without_uncertainty_the_count_is_certain() -> None:
    zones, hubs = small_world()
    law = count_law(zones.assign(uncertainty_km=0.0), hubs, 250.0)
    assert law.to_dict() == {int((zones["nearest_km"] > 250.0).sum()): 1.0}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 12),
    st.floats(0.0, 20_000.0),
    st.sampled_from([*SHARED_BY]),
)
def test_law_is_a_law_at_any_place_and_threshold(
    seed: int, zones: int, threshold_km: float, shared_by: str
) -> None:
    random = np.random.default_rng(seed)
    places = pd.DataFrame(
        {
            "lon": random.uniform(-180, 180, zones),
            "lat": random.uniform(-90, 90, zones),
            "uncertainty_km": random.uniform(0, 3000, zones),
            "adcode": random.choice(["330106", "330105", "440305"], zones),
        }
    )
    hubs = pd.DataFrame(
        {"lon": random.uniform(-180, 180, 3), "lat": random.uniform(-90, 90, 3)}, index=[*"abc"]
    )
    places["nearest_km"] = nearest(places, hubs)["nearest_km"]
    law = count_law(places, hubs, threshold_km, shared_by=shared_by)
    assert np.isclose(law.sum(), 1.0)
    assert (law >= 0.0).all()
    assert law.index[0] >= 0
    assert law.index[-1] <= zones


@pytest.mark.parametrize("method", ["great-circle", "geodesic"])
def test_hubs_that_err_move_their_zones_together(method: str) -> None:
    """The second route measures each draw with the nearest-hub search."""
    zones, hubs = small_world(zones=200)
    hubs["uncertainty_km"] = [80.0, 0.0]
    zones["nearest_km"] = nearest(zones, hubs, method=method)["nearest_km"]
    random, errors = np.random.default_rng(7), load_position_errors()

    def moved(places: pd.DataFrame) -> pd.DataFrame:
        ratio = np.interp(random.random(len(places)), errors["share"], errors["error_ratio"])
        bearing_deg = 360.0 * random.random(len(places))
        lon, lat = destination(
            places["lon"], places["lat"], bearing_deg, ratio * places["uncertainty_km"]
        )
        return pd.DataFrame({"lon": lon, "lat": lat})

    counts = [
        (nearest(moved(zones), moved(hubs), method=method)["nearest_km"] > 250.0).sum()
        for _ in range(800)
    ]
    found = count_intervals(zones, hubs, 250.0, method=method)
    for name, share in QUANTILES.items():
        assert abs(found.loc["zone", name] - np.quantile(counts, share)) <= 2
    exact = count_intervals(zones, hubs.drop(columns="uncertainty_km"), 250.0, method=method)
    width = found["high_95_pct"] - found["low_5_pct"]
    assert width["zone"] > (exact["high_95_pct"] - exact["low_5_pct"])["zone"]


def test_hubs_that_hardly_err_give_the_exact_law() -> None:
    zones, hubs = small_world()
    drawn_anew = count_intervals(zones, hubs.assign(uncertainty_km=1e-6), 250.0)
    exact = count_intervals(zones, hubs, 250.0)
    assert (drawn_anew - exact).abs().to_numpy().max() <= 1


def test_a_zone_on_its_hub_and_one_at_the_antipode() -> None:
    hubs = pd.DataFrame({"lon": [10.0], "lat": [0.0]})
    zones = pd.DataFrame({"lon": [10.0, -170.0], "lat": [0.0, 0.0], "uncertainty_km": [50.0, 50.0]})
    zones["nearest_km"] = nearest(zones, hubs)["nearest_km"]
    errors = load_position_errors()
    # on the hub, only the length of the move matters: beyond 100 km with a ratio above 2
    share = 1.0 - float(np.interp(2.0, errors["error_ratio"], errors["share"]))
    law = count_law(zones, hubs, 100.0)
    assert law.index.tolist() == [1, 2]
    assert law[2] == pytest.approx(share, abs=1.0 / 400)

"""The finished study: totals agree across groupings, published figures, counts by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.gazetteer import gazetteer
from geodata.loaders import load_construction_land_missing, load_published_figures
from tests.helpers import brute_force_km, stated_beyond
from zones.groups import REST, THREE, TOTAL
from zones.parameters import (
    CITIES_2018,
    CLUSTERS,
    CONSTRUCTION_LAND_2018_NATIONAL_KM2,
    LAND_YEARS,
    PUBLISHED_BEYOND_ID,
)
from zones.pipeline import StudyResult, run_study
from zones.published_count import published_count
from zones.report.gap_tables import cluster_table, curve_table, province_table, type_table
from zones.report.reconciliation import reconciliation_table
from zones.sensitivity import sensitivity_table
from zones.study import Study
from zones.thresholds import count_beyond

COMPARED_LAYERS = ("prefectures", "listed", "cores")
SUMS = [
    "zones",
    "area_km2",
    "gdp_estimate_yi_cny",
    "beyond",
    "area_beyond_km2",
    "gdp_beyond_yi_cny",
]


def test_totals_agree_by_type_province_cluster_and_nation(result: StudyResult) -> None:
    types, provinces, clusters = type_table(result), province_table(result), cluster_table(result)
    nation = types[types["level"] == TOTAL].iloc[0]
    by_group = clusters.set_index("group")
    for column in SUMS:
        total = float(nation[column])
        assert np.isclose(types.loc[types["level"] != TOTAL, column].sum(), total)
        assert np.isclose(provinces.loc[provinces["province"] != TOTAL, column].sum(), total)
        assert np.isclose(by_group.loc[[THREE, REST], column].sum(), total)
        assert np.isclose(by_group.loc[[*CLUSTERS], column].sum(), by_group.loc[THREE, column])
        for table, key in ((provinces, "province"), (clusters, "group")):
            assert np.isclose(table.loc[table[key] == TOTAL, column].iloc[0], total)
    assert np.isclose(
        by_group.loc[TOTAL, "gdp_estimate_yi_cny"], result.zones["gdp_estimate_yi_cny"].sum()
    )


def test_listed_companies_agree_by_province_and_cluster(result: StudyResult) -> None:
    provinces, clusters = province_table(result), cluster_table(result).set_index("group")
    assert provinces["listed_companies"].iloc[-1] == 747 == clusters.loc[TOTAL, "listed_companies"]
    three = provinces[provinces["province"].isin(["北京市", "浙江省", "广东省"])]
    assert three["listed_companies"].sum() == clusters.loc[THREE, "listed_companies"]


def test_province_table_has_all_31_and_shares_by_hand(result: StudyResult) -> None:
    table = province_table(result).set_index("province")
    assert len(table) == 32
    row = table.loc["浙江省"]
    zones = result.zones[result.zones["province"] == "浙江省"]
    assert row["zones"] == len(zones) == 120
    assert np.isclose(row["share_land_pct"], zones["area_ha"].sum() / 2823.94)
    assert np.isclose(row["median_km"], zones["nearest_km"].median())


def test_curve_agrees_with_the_counts(result: StudyResult) -> None:
    curve = curve_table(result).set_index("threshold_km")
    assert curve.loc[500.0, "beyond"] == result.zones["beyond_500km"].sum()
    assert curve.index[0] == 0
    assert curve.index[-1] == 3000
    assert curve.loc[3000.0, "beyond"] == (result.zones["nearest_km"] > 3000).sum()
    for layer in ("listed", "cores"):
        distance_km = result.distance_under(layer, "great-circle")
        assert curve.loc[300.0, f"beyond_{layer}"] == (distance_km > 300).sum()


def test_sensitivity_holds_every_combination_and_the_study_itself(result: StudyResult) -> None:
    table = sensitivity_table(result)
    keys = ["hub_layer", "distance_method", "gdp", "land"]
    assert len(table) == len(table.drop_duplicates(keys)) == 3 * 2 * 3 * len(LAND_YEARS)
    own = table[
        (table["hub_layer"] == "prefectures") & (table["distance_method"] == "great-circle")
        & (table["gdp"] == "2018-first") & (table["land"] == "construction-land-2018")
    ].iloc[0]  # fmt: skip
    assert own["beyond"] == result.zones["beyond_500km"].sum()
    assert np.isclose(own["zone_gdp_trillion_cny"] * 1e4, result.zones["gdp_estimate_yi_cny"].sum())
    # more hubs never mean more zones beyond
    counts = table.groupby("hub_layer")["beyond"].first()
    assert counts["prefectures"] <= counts["listed"] <= counts["cores"]


def test_exact_figures_of_the_catalogue(result: StudyResult) -> None:
    """Counts and sums that depend on no position; shared/data/README.md states them too."""
    zones = result.zones
    assert zones["code"].nunique() == 2542
    assert zones.index.is_unique
    assert zones["level"].value_counts().to_dict() == {"省级": 1991, "国家级": 552}
    in_clusters = zones["province_adcode"].isin(CLUSTERS.values())
    assert in_clusters.sum() == 271
    assert (~in_clusters).sum() == 2272
    assert np.isclose(zones["area_ha"].sum() / 100, 17_973.886, atol=5e-4)
    assert np.isclose(result.provinces["built_up_2017_km2"].sum(), 56_226)
    land = result.provinces["construction_land_2018_km2"].sum()
    assert np.isclose(land, 55_807.35)
    assert 0.995 <= land / CONSTRUCTION_LAND_2018_NATIONAL_KM2 < 0.996


def test_codes_agree_with_province_level_and_type(result: StudyResult) -> None:
    """The digits of a code say what the other columns say."""
    zones, digit = result.zones, result.zones["code"].str[3]
    assert (zones["code"].str[1:3] + "0000" == zones["province_adcode"]).all()
    assert (zones["code"].str[0].map({"G": "国家级", "S": "省级"}) == zones["level"]).all()
    assert zones.groupby(zones["code"].str[0] + digit)["type"].nunique().max() == 1
    assert (result.provinces["province_adcode"][zones["province"]].to_numpy()
            == zones["province_adcode"].to_numpy()).all()  # fmt: skip


@pytest.mark.parametrize(
    "figure_id",
    ["zones_area_share", "zones_gdp", "zones_gdp_other28", "zones_gdp_other28_share"],
)
def test_reconciled_figures_by_hand(result: StudyResult, figure_id: str) -> None:
    """Area x density added up by province: no position is in them, so they are exact."""
    zones, provinces = result.zones, result.provinces
    area_km2 = zones.groupby("province")["area_ha"].sum() / 100
    gdp_yi = area_km2 * provinces["gdp_2018_first_yi_cny"] / provinces["construction_land_2018_km2"]
    total, three = gdp_yi.sum(), gdp_yi[["北京市", "浙江省", "广东省"]].sum()
    by_hand = {
        "zones_area_share": 100 * area_km2.sum() / provinces["construction_land_2018_km2"].sum(),
        "zones_gdp": total / 1e4,
        "zones_gdp_other28": (total - three) / 1e4,
        "zones_gdp_other28_share": 100 * (total - three) / total,
    }
    ours = reconciliation_table(result).set_index("figure_id")["ours"]
    assert np.isclose(ours[figure_id], by_hand[figure_id], rtol=1e-12)


@pytest.mark.parametrize("layer", COMPARED_LAYERS)
def test_counts_beyond_500_km_by_brute_force(result: StudyResult, layer: str) -> None:
    """The published answer itself is README's, which `tests/test_docs.py` holds against these."""
    table = reconciliation_table(result)
    row = table[(table["figure_id"] == PUBLISHED_BEYOND_ID) & (table["case"] == layer)].iloc[0]
    every_km = brute_force_km(result.zones, result.hubs_of(layer))
    assert row["ours"] == (every_km.min(axis=1) > 500).sum()
    assert row["low"] <= row["ours"] <= row["high"]
    if layer == "prefectures":
        assert row["ours"] == stated_beyond()


def test_land_comes_from_the_cities_of_the_gazetteer() -> None:
    """Second route: how many cities of 2018 the gazetteer has, and how many lack in the sum."""
    missing = load_construction_land_missing()
    of_2018 = missing[missing["year"] == 2018]
    cities = {
        d.adcode for d in gazetteer(2018).current
        if d.name.endswith("市") and d.province_adcode not in ("710000", "810000", "820000")
    }  # fmt: skip
    assert len(cities) == CITIES_2018
    assert set(of_2018["city_adcode"]) <= cities
    assert "珠海市" in set(of_2018["city"])
    assert len(cities) - len(of_2018) == 659


def test_published_count_lies_in_the_band_and_in_no_interval(result: StudyResult) -> None:
    table = reconciliation_table(result)
    counts = table[table["figure_id"] == PUBLISHED_BEYOND_ID].set_index("case")
    inside = (counts["low"] <= published_count()) & (published_count() <= counts["high"])
    assert not inside.any()
    band = count_beyond(result.zones["nearest_km"], result.zones["uncertainty_km"], [500.0]).iloc[0]
    assert band["surely"] <= published_count() <= band["possibly"]


def test_reconciliation_names_every_published_figure(result: StudyResult) -> None:
    table, published = reconciliation_table(result), load_published_figures()
    assert set(table["figure_id"]) == set(published.index)
    assert (table["reason"] != "").all()
    missing = table[table["ours"].isna()]
    assert missing["figure_id"].str.startswith("registrations_").all()
    ours = table.dropna(subset="ours")
    again = 100 * (ours["ours"] / ours["published"] - 1)
    assert np.allclose(ours["difference_pct"], again)


@pytest.fixture(scope="module")
def other() -> StudyResult:
    """Run a study that differs from the built-in one in every parameter."""
    study = Study(
        hub_layer="cores", distance_method="geodesic", thresholds_km=(300.0, 800.0),
        gdp="2018-census4", land="built-up-2014",
    )  # fmt: skip
    return run_study(study)


def test_published_count_is_compared_at_its_own_threshold(other: StudyResult) -> None:
    table = reconciliation_table(other)
    row = table[(table["figure_id"] == PUBLISHED_BEYOND_ID) & (table["case"] == "cores")].iloc[0]
    assert row["ours"] == (other.zones["nearest_km"] > 500).sum()


def test_sensitivity_counts_gdp_beyond_by_its_own_layer(other: StudyResult) -> None:
    table = sensitivity_table(other).set_index(["hub_layer", "distance_method", "gdp", "land"])
    far = other.distance_under("prefectures", "great-circle") > 300
    trillion = other.zones["gdp_estimate_yi_cny"][far].sum() / 1e4
    row = table.loc[("prefectures", "great-circle", "2018-census4", "built-up-2014")]
    assert np.isclose(row["gdp_beyond_trillion_cny"], trillion)
    assert row["beyond"] == far.sum()


def test_tables_follow_the_study(other: StudyResult) -> None:
    row = province_table(other).set_index("province").loc["浙江省"]
    assert row["urban_land_km2"] == 2489
    assert row["province_gdp_yi_cny"] == 58002.8
    area_km2 = other.zones.loc[other.zones["province"] == "浙江省", "area_ha"].sum() / 100
    assert np.isclose(row["share_land_pct"], 100 * area_km2 / 2489)
    in_province = other.zones["province"] == "浙江省"
    assert row["beyond"] == (other.zones["nearest_km"][in_province] > 300).sum()
    curve = curve_table(other).set_index("threshold_km")
    assert curve.loc[300.0, "beyond"] == other.zones["beyond_300km"].sum()


def test_threshold_of_the_published_count(result: StudyResult) -> None:
    table = reconciliation_table(result)
    rows = table[table["figure_id"] == "threshold_km"].set_index("case")
    for layer in COMPARED_LAYERS:
        distance_km = result.distance_under(layer, "great-circle")
        low, high = rows.loc[layer, ["low", "high"]]
        assert low < rows.loc[layer, "ours"] < high
        assert (distance_km > rows.loc[layer, "ours"]).sum() == published_count()


def test_narrowed_hubs_are_said_and_compared_alike() -> None:
    narrowed = run_study(Study(hub_provinces=("浙江省",)))
    table = reconciliation_table(narrowed)
    rows = table[table["figure_id"] == PUBLISHED_BEYOND_ID].set_index("case")
    assert (rows["reason"] == "hubs of Zhejiang only").all()
    assert (
        rows.loc["cores", "ours"] == (narrowed.distance_under("cores", "great-circle") > 500).sum()
    )
    assert rows.loc["cores", "ours"] >= rows.loc["prefectures", "ours"]
    assert narrowed.zones["guangdong_km"].isna().all()

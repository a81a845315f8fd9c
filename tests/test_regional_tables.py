"""Regions, figures per head, inequality and concentration: by hand, and by other routes."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.registry import TABLES
from zones.inequality import gini, herfindahl, theil, theil_parts
from zones.pipeline import StudyResult, run_study
from zones.report.files import write_tables
from zones.report.regional_tables import (
    city_table,
    concentration_table,
    county_table,
    inequality_table,
    per_head_table,
    region_table,
)
from zones.report.tables import REPORT_TABLES, report_table, report_tables
from zones.study import Study

# two regions of two provinces: figures per head 1, 3 and 2, 6; 10, 10, 20, 10 people
VALUES = pd.Series([1.0, 3.0, 2.0, 6.0])
PEOPLE = pd.Series([10.0, 10.0, 20.0, 10.0])
GROUPS = pd.Series(["a", "a", "b", "b"])


def mean_difference(values: list[float], weights: list[float]) -> float:
    """Gini by its definition: every pair."""
    total, mean = (
        sum(weights),
        sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights),
    )
    pairs = sum(
        wi * wj * abs(vi - vj)
        for vi, wi in zip(values, weights, strict=True)
        for vj, wj in zip(values, weights, strict=True)
    )
    return pairs / (2 * total**2 * mean)


def test_a_small_case_by_hand() -> None:
    # sum 10 + 30 + 40 + 60 = 140 over 50 people: mean 2.8
    assert gini(VALUES, PEOPLE) == pytest.approx(mean_difference([*VALUES], [*PEOPLE]))
    # pairs: 1-3: 200, 1-2: 200, 1-6: 500, 3-2: 200, 3-6: 300, 2-6: 800; both ways 4400
    assert gini(VALUES, PEOPLE) == pytest.approx(4400 / (2 * 50**2 * 2.8))
    shares = [10 / 140, 30 / 140, 40 / 140, 60 / 140]
    whole = sum(s * math.log(v / 2.8) for s, v in zip(shares, VALUES, strict=True))
    assert theil(VALUES, PEOPLE) == pytest.approx(whole)
    # regions: 40 over 20 people (2), 100 over 30 (10/3)
    between = 40 / 140 * math.log(2 / 2.8) + 100 / 140 * math.log(10 / 3 / 2.8)
    a = 10 / 40 * math.log(1 / 2) + 30 / 40 * math.log(3 / 2)
    b = 40 / 100 * math.log(2 / (10 / 3)) + 60 / 100 * math.log(6 / (10 / 3))
    within = 40 / 140 * a + 100 / 140 * b
    assert theil_parts(VALUES, GROUPS, PEOPLE) == pytest.approx((between, within))
    assert between + within == pytest.approx(whole)
    assert herfindahl(pd.Series([1.0, 1.0, 2.0])) == pytest.approx(0.375)


def test_no_inequality_and_no_value() -> None:
    same = pd.Series([2.0, 2.0, 2.0])
    assert gini(same) == pytest.approx(0.0)
    assert theil(same) == pytest.approx(0.0)
    nothing = pd.Series([0.0, 0.0])
    assert math.isnan(gini(nothing))
    assert math.isnan(theil(nothing))
    # one has all: n - 1 of n, and ln n
    alone = pd.Series([0.0, 0.0, 0.0, 5.0])
    assert gini(alone) == pytest.approx(0.75)
    assert theil(alone) == pytest.approx(math.log(4))


numbers = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=12)


@given(numbers, st.data())
def test_a_weight_is_so_many_units(values: list[float], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))
    one_by_one = pd.Series(np.repeat(values, weights))
    y, w = pd.Series(values), pd.Series(weights, dtype=float)
    assert gini(y, w) == pytest.approx(gini(one_by_one), abs=1e-9)
    assert gini(y, w) == pytest.approx(mean_difference(values, weights), abs=1e-9)
    assert theil(y, w) == pytest.approx(theil(one_by_one), abs=1e-9)


@given(numbers)
def test_equal_weights_are_pysals(values: list[float]) -> None:
    """A second route, of the extra [dev]; PySAL has no weights."""
    gini_of = pytest.importorskip("inequality.gini")
    theil_of = pytest.importorskip("inequality.theil")
    y, groups = np.array(values), np.arange(len(values)) % 3
    assert gini(pd.Series(y)) == pytest.approx(gini_of.Gini(y).g, abs=1e-9)
    assert theil(pd.Series(y)) == pytest.approx(theil_of.Theil(y).T, abs=1e-9)
    parts = theil_of.TheilD(y, groups)
    between, within = theil_parts(pd.Series(y), pd.Series(groups.astype(str)))
    assert between == pytest.approx(float(np.squeeze(parts.bg)), abs=1e-9)
    assert within == pytest.approx(float(np.squeeze(parts.wg)), abs=1e-9)


def regions() -> dict[str, dict[str, str]]:
    with (TABLES / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {r["province"]: r for r in csv.DictReader(file)}


def test_regions_add_up_and_are_the_zones_of_their_provinces(result: StudyResult) -> None:
    table = region_table(result).set_index("region")
    of = {province: r["region"] for province, r in regions().items()}
    zones = result.zones
    for region in set(of.values()):
        inside = zones[[of[p] == region for p in zones["province"]]]
        assert table.loc[region, "zones"] == len(inside)
        assert table.loc[region, "beyond"] == (inside["nearest_km"] > 500).sum()
        assert table.loc[region, "area_km2"] == pytest.approx(inside["area_ha"].sum() / 100)
    sums = ["zones", "area_km2", "gdp_estimate_yi_cny", "beyond", "gdp_beyond_yi_cny"]
    assert table.drop("total")[sums].sum().to_numpy() == pytest.approx(
        table.loc["total", sums].astype(float)
    )


def test_figures_per_head_by_hand(result: StudyResult) -> None:
    table = per_head_table(result)
    people = {p: float(r["population_2018_first_10k"]) for p, r in regions().items()}
    total = table.iloc[-1]
    assert total["population_10k"] == sum(people.values())
    zones = result.zones
    by = zones.groupby("province")
    share = {p: 100 * (g["nearest_km"] > 500).mean() for p, g in by}
    weighted = sum(share[p] * n for p, n in people.items()) / sum(people.values())
    assert total["beyond_by_population_pct"] == pytest.approx(weighted)
    most = sum(n for p, n in people.items() if share[p] > 50)
    assert total["population_mostly_beyond_10k"] == pytest.approx(most)
    assert total["zone_gdp_per_head_cny"] == pytest.approx(
        zones["gdp_estimate_yi_cny"].sum() / total["population_10k"] * 1e4
    )
    hubei = table[table["province"] == "湖北省"].iloc[0]
    inside = by.get_group("湖北省")
    assert hubei["region"] == "中部地区"
    assert hubei["zones_per_million"] == pytest.approx(len(inside) / people["湖北省"] * 100)
    assert hubei["area_per_10k_ha"] == pytest.approx(inside["area_ha"].sum() / people["湖北省"])
    of_regions = table[table["province"] == "total"]
    assert of_regions["population_10k"].sum() == total["population_10k"]
    assert of_regions["population_mostly_beyond_10k"].sum() == pytest.approx(most)


def test_population_goes_with_the_vintage_of_the_gdp() -> None:
    revised = per_head_table(run_study(Study(gdp="2018-nbs2025"))).iloc[-1]
    people = sum(float(r["population_2018_census7_10k"]) for r in regions().values())
    assert revised["population_10k"] == people


def test_inequality_and_concentration_of_the_study_by_another_route(result: StudyResult) -> None:
    table = inequality_table(result).set_index("quantity")
    people = {p: float(r["population_2018_first_10k"]) for p, r in regions().items()}
    gdp = result.zones.groupby("province")["gdp_estimate_yi_cny"].sum()
    per_head = [gdp[p] / people[p] for p in people]
    row = table.loc["zone_gdp_per_head_cny"]
    assert row["gini"] == pytest.approx(mean_difference(per_head, [*people.values()]))
    assert row["theil_between"] + row["theil_within"] == pytest.approx(row["theil"])
    near = result.zones["nearest_km"].to_numpy()
    by_pairs = np.abs(near[:, None] - near[None, :]).mean() / 2 / near.mean()
    assert table.loc["nearest_km", "gini"] == pytest.approx(by_pairs)
    found = concentration_table(result).set_index(["quantity", "unit_kind"])
    counts = result.zones["province"].value_counts()
    zones = found.loc[("zones", "province")]
    assert zones["hhi"] == pytest.approx(((counts / 2543) ** 2).sum())
    assert zones["top3_pct"] == pytest.approx(counts.iloc[:3].sum() / 25.43)
    assert zones["largest"] == counts.index[0]


@pytest.mark.parametrize("make", [city_table, county_table])
def test_units_add_up_to_the_catalogue(result: StudyResult, make) -> None:  # type: ignore[no-untyped-def]
    table = make(result)
    parts, total = table.iloc[:-1], table.iloc[-1]
    for column in ("zones", "area_km2", "gdp_estimate_yi_cny", "beyond", "surely", "possibly"):
        assert parts[column].sum() == pytest.approx(total[column])
    assert total["zones"] == 2543
    assert parts["adcode_2018"].is_unique


def test_capital_is_concentrated_where_it_is() -> None:
    from zones.parameters import SYNTHETIC

    result = run_study(Study(registrations=SYNTHETIC))
    found = concentration_table(result).set_index(["quantity", "unit_kind"])
    companies = result.registrations
    assert companies is not None
    capital = companies.located.groupby("province_adcode")["capital_yi_cny"].sum()
    row = found.loc[("registered_capital_yi_cny", "province")]
    assert row["top1_pct"] == pytest.approx(100 * capital.max() / capital.sum())


def test_one_province_has_its_counties_and_no_regions() -> None:
    keys = {t.key for t in report_tables(run_study(Study(zones_provinces=("湖北省",))))}
    assert "by_county" in keys
    assert not keys & {"regions", "per_head", "inequality", "concentration", "by_city"}


def test_the_long_table_is_no_page_of_the_documents(result: StudyResult, tmp_path: Path) -> None:
    some = [report_table(key, result) for key in ("by_county", "regions")]
    write_tables(some, ("csv", "md", "tex"), tmp_path)
    assert not REPORT_TABLES["by_county"].printed
    assert (tmp_path / "by_county.csv").exists()
    for name in ("tables.md", "tables.tex"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "four regions" in text
        assert "Code of 2018" not in text

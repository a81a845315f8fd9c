"""Official figures of zone GDP beside the estimate: the same zones, by hand."""

from __future__ import annotations

import csv

import pytest

from geodata.errors import UsageError
from geodata.registry import TABLES
from zones.parameters import LAND_YEARS
from zones.pipeline import StudyResult, run_study
from zones.report.official_totals import NEAR_YEARS, official_table
from zones.report.tables import report_table
from zones.study import Study


def rows_of(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def estimate_by_hand(official: dict[str, str], land: str) -> tuple[int, float]:
    """Add up area x GDP / land of the zones a figure is of, from the files themselves."""
    land_km2 = {
        row["province"]: float(row[land])
        for row in (*rows_of("provinces"), *rows_of("construction_land"))
        if land in row
    }
    density = {
        p["province"]: float(p["gdp_2018_first_yi_cny"]) / land_km2[p["province"]]
        for p in rows_of("provinces")
    }
    meant = [
        z
        for z in rows_of("zones")
        if (z["code"].startswith("G") and z["type"] in official["types"].split(";"))
        or z["id"] in official["zone_ids"].split(";")
    ]
    return len(meant), sum(float(z["area_ha"]) / 100 * density[z["province"]] for z in meant)


def test_each_estimate_is_that_of_the_zones_meant(result: StudyResult) -> None:
    table = official_table(result)
    near = [r for r in rows_of("official_zone_gdp") if abs(int(r["year"]) - 2018) <= NEAR_YEARS]
    assert len(table) == len(near)
    for official, (_, row) in zip(near, table.iterrows(), strict=True):
        zones, estimate = estimate_by_hand(official, LAND_YEARS[result.study.land])
        assert (row["zones"], row["official_scope"]) == (zones, official["name"])
        assert row["gdp_estimate_yi_cny"] == pytest.approx(estimate, rel=1e-12)
        share = 100 * estimate / float(official["official_gdp_yi_cny"])
        assert row["estimate_over_official_pct"] == pytest.approx(share, rel=1e-12)


def test_the_kinds_of_national_zones_are_whole() -> None:
    """219 and 156, and Suzhou Industrial Park, which the high-tech statistics count with them."""
    land = LAND_YEARS[Study().land]
    found = {r["figure_id"]: estimate_by_hand(r, land)[0] for r in rows_of("official_zone_gdp")}
    assert (found["economic-2017"], found["high-tech-2017"], found["both-2017"]) == (219, 157, 375)
    ids = {z["id"] for z in rows_of("zones")}
    for row in rows_of("official_zone_gdp"):
        assert set(filter(None, row["zone_ids"].split(";"))) <= ids, row


def test_the_bound_points_the_other_way_for_national_zones(result: StudyResult) -> None:
    table = official_table(result).set_index("official_scope")
    totals = table.loc[["国家级经开区", "国家高新区", "国家级经开区和国家高新区"]]
    assert (totals["estimate_over_official_pct"] < 60).all()
    above = table["gdp_estimate_yi_cny"] > table["official_gdp_yi_cny"]
    assert table.loc[above, "reason"].str.contains("density|GDP by urban land").all()
    assert table.loc[~above, "reason"].str.contains("approved").all()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_reads_in_one_language(language: str) -> None:
    printed = report_table("official_totals", run_study(Study(language=language))).printed()
    texts = printed.select_dtypes("object").to_numpy().ravel()
    words = [t for t in texts if isinstance(t, str) and t.strip("0123456789,.–")]
    chinese = [any("\u4e00" <= c <= "\u9fff" for c in text) for text in words]
    assert all(chinese) if language == "zh" else not any(chinese)


def test_it_is_of_the_built_in_catalogue_only() -> None:
    some = run_study(Study(zones_provinces=("江苏省",)))
    with pytest.raises(UsageError, match="official_totals"):
        report_table("official_totals", some)

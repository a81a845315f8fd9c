"""What the documents state of the built-in study is what the study gives."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from geodata.web import amap, baidu, tianditu
from geodata.web.ask import PROVIDERS, SILENT_QUERIES, service_of
from geodata.web.client import TRIES
from geodata.web.geocode import PROVINCE_MARGIN_KM, TIMES_UNCERTAINTY
from maps.basemap import asset
from tests.test_addresses import ADDRESSES, COMPANIES, SCOPED
from zones.count_law import DRAWS, SEED, STEPS
from zones.hubs import HUB_LAYERS
from zones.parameters import (
    CLUSTERS,
    EARTH_RADIUS_KM,
    ELLIPSOID_FACTOR,
    HA_PER_KM2,
    YI_PER_TRILLION,
)
from zones.pipeline import StudyResult, run_study
from zones.published_count import published_count
from zones.report.gap_tables import province_table
from zones.thresholds import count_beyond

ROOT = Path(__file__).parent.parent


def flat(name: str) -> str:
    """Return a document's text without line ends and marks of emphasis."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").replace("**", "").split())


@pytest.fixture(scope="module")
def counts(result: StudyResult) -> dict[str, pd.Series[float]]:
    """The count beyond 500 km and its band by hub layer."""
    uncertainty_km = result.zones["uncertainty_km"]
    found = {}
    for layer in ("prefectures", "listed", "cores"):
        near_km = result.distance_under(layer, "great-circle")
        row = count_beyond(near_km, uncertainty_km, [500.0]).iloc[0]
        low, high = result.interval(layer, 500.0)
        found[layer] = pd.concat([row, pd.Series({"low": low, "high": high})])
    return found


def recalled(result: StudyResult) -> int:
    return int(result.zones["geocode_method"].str.match("seat|county-town|recalled").sum())


def gdp_trillion(result: StudyResult) -> tuple[float, float]:
    """Zone GDP outside the three clusters' provinces, and of all."""
    gdp = result.zones["gdp_estimate_yi_cny"] / YI_PER_TRILLION
    outside = ~result.zones["province_adcode"].isin(CLUSTERS.values())
    return float(gdp[outside].sum()), float(gdp.sum())


def test_readme_and_start_page_state_the_count_and_its_band(
    result: StudyResult, counts: dict[str, pd.Series[float]]
) -> None:
    row, median_km = counts["prefectures"], result.zones["uncertainty_km"].median()
    for name in ("README.md", "docs/index.md"):
        text = flat(name)
        assert f"{row['beyond']:,.0f} of the 2,543 zones ({row['beyond_zones_pct']:.1f} %)" in text
        assert f"between {row['low']:,.0f} and {row['high']:,.0f} (90 % interval)" in text
        assert f"between {row['surely']:,.0f} and {row['possibly']:,.0f}" in text
        assert f"to about {median_km:.0f} km" in text
    for name in ("README.zh-CN.md", "docs/zh/index.md"):
        text = flat(name)
        assert f"有 {row['beyond']:,.0f} 个（{row['beyond_zones_pct']:.1f}%）" in text
        assert f"在 {row['low']:,.0f} 至 {row['high']:,.0f} 之间（90% 区间）" in text
        assert f"在 {row['surely']:,.0f} 至 {row['possibly']:,.0f} 之间" in text
        assert f"约准到 {median_km:.0f} 公里" in text


def test_both_readmes_state_gdp_layers_and_what_is_recalled(
    result: StudyResult, counts: dict[str, pd.Series[float]]
) -> None:
    english, chinese = flat("README.md"), flat("README.zh-CN.md")
    outside, total = gdp_trillion(result)
    share = f"{100 * outside / total:.0f}"
    assert f"{outside:.1f} of {total:.1f} trillion CNY of GDP ({share} %)" in english
    assert f"{total:.1f} 万亿元 GDP 中的 {outside:.1f} 万亿元（{share}%）" in chinese
    for row in counts.values():
        assert f"({row['beyond']:,.0f})" in english
        assert f"（{row['beyond']:,.0f}）" in chinese
    assert f"{recalled(result):,} of the 2,543 positions" in english
    assert f"2,543 个中有 {recalled(result):,} 个" in chinese


def test_pages_of_explanation_state_what_the_study_gives(
    result: StudyResult, counts: dict[str, pd.Series[float]]
) -> None:
    decisions, legal = flat("docs/decisions.md"), flat("docs/legal.md")
    for row in counts.values():
        assert f"({row['beyond']:,.0f}; {row['low']:,.0f} to {row['high']:,.0f})" in decisions
    short = published_count() - counts["prefectures"]["beyond"]
    assert f"{short:.0f} short ({100 * short / published_count():.1f} %)" in decisions
    assert f"{recalled(result):,} of the 2,543 positions" in legal
    land_km2 = result.provinces["construction_land_2018_km2"].sum()
    share = 100 * result.zones["area_ha"].sum() / HA_PER_KM2 / land_km2
    assert f"urban land is {share:.1f} % (report: 31.7 %)" in decisions
    outside, total = gdp_trillion(result)
    assert f"the zones {total:.2f} trillion CNY (report: 29.2)" in decisions
    assert f"other 28 provinces {outside:.2f} (report: 25)" in decisions
    by_built_up = dataclasses.replace(result.study, land="built-up-2017")
    outside, total = gdp_trillion(run_study(by_built_up))
    assert f"2017 gives {total:.2f} and {outside:.2f}." in decisions


def test_definitions_state_the_constants_of_the_code(result: StudyResult) -> None:
    text = flat("docs/definitions.md")
    assert f"R = {EARTH_RADIUS_KM:,.4f} km" in text
    assert f"{ELLIPSOID_FACTOR:.6f} times" in text
    assert f"{STEPS:,} ratios of equal probability" in text
    assert f"{DRAWS:,} times with a fixed seed ({SEED})" in text
    assert f"and Beijing: {len(result.hubs)} |" in text
    levels = result.zones["level"].value_counts()
    assert f"{levels['国家级']:,} of them national, {levels['省级']:,} provincial" in text
    for layer in HUB_LAYERS:
        assert f"| `{layer}` |" in text
    crowded = province_table(result).set_index("province")["share_land_pct"]
    assert f"Qinghai {crowded['青海省']:.0f} %" in text


def test_geocoding_page_states_counts_of_today(result: StudyResult) -> None:
    text = (ROOT / "docs" / "geocoding.md").read_text(encoding="utf-8")
    zones = result.zones
    for layer in ("prefectures", "listed", "cores"):
        distance_km = result.distance_under(layer, "great-circle")
        row = count_beyond(distance_km, zones["uncertainty_km"], [500.0]).iloc[0]
        now = f"{row['beyond']:,.0f} ({row['surely']:,.0f} to {row['possibly']:,.0f})"
        assert f"| {now} |" in text
    assert f": {len(ADDRESSES) + len(COMPANIES) + len(SCOPED)} texts of the classes" in text
    placed = int(zones["geocode_method"].str.startswith("recalled").sum())
    assert f"trusted to 6 km | {placed:,} |" in text


def test_web_page_states_what_the_code_does() -> None:
    page = (ROOT / "docs" / "web-geocoders.md").read_text(encoding="utf-8")
    text = " ".join(page.split())
    for module in (amap, tianditu, baidu):
        levels = ", ".join(f"{k} {v:g}" for k, v in module.LEVELS_KM.items() if k)
        assert f"| {levels}; " in text
    for name in PROVIDERS:
        service = service_of(name)
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[2] == f"`{service.key_variable}`"
        assert cells[-1] == f"{service.rate_per_s:g}"
    assert f"at most {service_of('baidu').max_bytes} bytes" in text
    assert f"tried {TRIES} times" in text
    assert f"{SILENT_QUERIES} queries in a row" in text
    assert f"more than {PROVINCE_MARGIN_KM:g} km" in text
    assert f"than {TIMES_UNCERTAINTY:g} x `uncertainty_km`" in text


@pytest.mark.parametrize(
    ("module", "write", "page", "figures"),
    [
        ("scale_report", "page", "scale.md", "scale.json"),
        ("nearest_report", "markdown", "benchmarks.md", "benchmarks.json"),
    ],
)
def test_pages_of_measured_figures_are_written_from_them(
    module: str, write: str, page: str, figures: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    report = json.loads((ROOT / "docs" / figures).read_text(encoding="utf-8"))
    text = getattr(importlib.import_module(module), write)(report)
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == text


def test_map_page_states_when_points_are_drawn_once() -> None:
    text = " ".join((ROOT / "docs" / "map.md").read_text(encoding="utf-8").split())
    script = asset("zonegap-points.js")
    many, crowd_px = (re.search(rf"const {n} = (\d+);", script) for n in ("MANY", "CROWD_PX"))
    assert many is not None
    assert crowd_px is not None
    assert f"From {int(many[1]):,} points on" in text
    assert f"each {crowd_px[1]} × {crowd_px[1]} pixels" in text

"""What the documents state of the built-in study is what the study gives."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from geodata import web_amap, web_baidu, web_tianditu
from geodata.web_ask import PROVIDERS, SILENT_QUERIES, service_of
from geodata.web_check import PROVINCE_MARGIN_KM, TIMES_UNCERTAINTY
from geodata.web_client import TRIES
from maps.basemap import asset
from tests.test_addresses import ADDRESSES, COMPANIES, SCOPED
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

ROOT = Path(__file__).parent.parent


def test_readme_states_the_count_and_its_band(result: StudyResult) -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    zones = result.zones
    row = count_beyond(zones["nearest_km"], zones["uncertainty_km"], [500.0]).iloc[0]
    assert f"{row['beyond']:,.0f} of the 2,543 zones ({row['beyond_zones_pct']:.1f} %)" in text
    assert f"between {row['surely']:,.0f} and {row['possibly']:,.0f}" in text
    assert f"to about {zones['uncertainty_km'].median():.0f} km (90 % radius)" in text
    by_hand = zones["geocode_method"].str.match("seat|county-town|hand").sum()
    assert f"{by_hand:,} of the 2,543 positions" in text


def test_geocoding_page_states_counts_of_today(result: StudyResult) -> None:
    text = (ROOT / "docs" / "geocoding.md").read_text(encoding="utf-8")
    zones = result.zones
    for layer in ("prefectures", "listed", "cores"):
        distance_km = result.distance_under(layer, "great-circle")
        row = count_beyond(distance_km, zones["uncertainty_km"], [500.0]).iloc[0]
        now = f"{row['beyond']:,.0f} ({row['surely']:,.0f} to {row['possibly']:,.0f})"
        assert f"| {now} |" in text
    assert f": {len(ADDRESSES) + len(COMPANIES) + len(SCOPED)} texts of the classes" in text
    hand = int(zones["geocode_method"].str.startswith("hand").sum())
    assert f"trusted to 6 km | {hand:,} |" in text


def test_web_page_states_what_the_code_does() -> None:
    page = (ROOT / "docs" / "web-geocoders.md").read_text(encoding="utf-8")
    text = " ".join(page.split())
    for module in (web_amap, web_tianditu, web_baidu):
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

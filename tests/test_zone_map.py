"""The map: one file, no request, safe text, the right classes; looked at by a real browser."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from maps.safe_text import stable_html
from maps.zone_map import CLASSES, distance_class, zone_map
from zones.pipeline import StudyResult
from zones.thresholds import count_beyond

ATTACKS = [
    "<script>document.title='pwned'</script>",
    "</script><img src=x onerror=\"document.title='pwned'\">",
    "'\"`${document.title='pwned'}",
]


def save(result: StudyResult, path: Path, hubs: pd.DataFrame, **columns: object) -> Path:
    zones = result.zones.assign(**columns)
    path.write_text(stable_html(zone_map(zones, hubs, 500.0)), encoding="utf-8")
    return path


def test_classes_add_up_to_the_band(result: StudyResult) -> None:
    zones = result.zones
    classes = distance_class(zones["nearest_km"], zones["uncertainty_km"], 500.0).value_counts()
    counts = count_beyond(zones["nearest_km"], zones["uncertainty_km"], [500.0]).iloc[0]
    assert classes["beyond"] == counts["surely"]
    assert classes["beyond"] + classes["unsure"] == counts["possibly"]
    assert classes.sum() == len(zones)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_is_whole(result: StudyResult, language: str) -> None:
    html = zone_map(result.zones, result.hubs, 500.0, language).get_root().render()
    assert 'src="http' not in html
    assert "Natural Earth" in html
    assert "GeoNames (CC BY 4.0)" in html
    assert ("Not a standard map" if language == "en" else "非标准地图") in html
    assert len(html.encode()) < 3_000_000
    for name in ("北京经济技术开发区", "新疆兵团准东产业园区"):
        assert name in html or json.dumps(name)[1:-1] in html


def test_a_page_speaks_one_language(result: StudyResult) -> None:
    chinese = zone_map(result.zones, result.hubs, 500.0, "zh").get_root().render()
    for word in ('"county"', '"place', "(Zhejiang)", "Nearest hub"):
        assert word not in chinese
    english = zone_map(result.zones, result.hubs, 500.0, "en").get_root().render()
    for word in ("浙江省", "杭州市", "经济开发区"):
        # as properties of their own; the second name of a zone is Chinese on purpose
        assert f'": {json.dumps(word)}' not in english
        assert f'": {json.dumps(word)[:-1]},' not in english


@pytest.mark.parametrize("threshold_km", [300.0, 500.0])
def test_headline_counts_what_the_threshold_command_counts(
    result: StudyResult, threshold_km: float
) -> None:
    html = zone_map(result.zones, result.hubs, threshold_km).get_root().render()
    count = int((result.zones["nearest_km"] > threshold_km).sum())
    assert f"{count:,} of 2,543 zones beyond {threshold_km:g} km" in html


def test_classes_have_colours_of_their_own() -> None:
    assert len({colour for colour, *_ in CLASSES.values()}) == len(CLASSES)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        if os.environ.get("CI"):
            pytest.fail("chromium and chromium-driver are missing")
        pytest.skip("no chromium and chromium-driver here; .ci/run installs them")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
        "--disable-background-networking --disable-component-update --window-size=1200,800 "
        "--host-resolver-rules=MAP*~NOTFOUND"
    ).split():
        options.add_argument(flag.replace("MAP*", "MAP * "))
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.mark.browser
def test_opens_with_the_network_cut(result: StudyResult, tmp_path: Path, browser) -> None:
    path = save(result, tmp_path / "map.html", result.hubs)
    browser.get(path.as_uri())
    assert browser.execute_script("return typeof L.map") == "function"
    layers = browser.execute_script(
        "const m = Object.values(window).find(v => v instanceof L.Map); let n = 0;"
        "m.eachLayer(l => { if (l instanceof L.CircleMarker) n++; }); return n;"
    )
    assert layers == len(result.zones)
    requests = [
        json.loads(entry["message"])["message"]["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if '"Network.requestWillBeSent"' in entry["message"]
    ]
    assert requests == [path.as_uri()]
    assert browser.get_log("browser") == []


@pytest.mark.browser
@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_tables_is_never_markup(
    result: StudyResult, tmp_path: Path, browser, attack: str
) -> None:
    names = pd.Series([attack] * len(result.zones), index=result.zones.index)
    hubs = result.hubs.assign(hub_en=attack)
    path = save(result, tmp_path / "map.html", hubs, name=names, name_en=names, nearest_hub=names)
    browser.get(path.as_uri())
    shown = browser.execute_script(
        "const m = Object.values(window).find(v => v instanceof L.Map); const texts = [];"
        "for (const kind of [L.CircleMarker, L.Marker]) { let one;"
        "  m.eachLayer(l => { if (l.constructor === kind && !one) one = l; });"
        "  one.fire('mouseover', {latlng: one.getLatLng()}, true);"
        "  texts.push(document.querySelector('.leaflet-tooltip').innerText);"
        "  one.fire('mouseout', {latlng: one.getLatLng()}, true); }"
        "return texts;"
    )
    assert len(shown) == 2
    assert all(attack in text for text in shown)
    assert browser.title == "Development zones and technology hubs"

"""The atlas in a real browser whose network is cut: what it shows and what it answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from maps.page import study_map
from maps.safe_text import stable_html
from maps.style import BEYOND_COLOUR, WITHIN_COLOUR
from tests.map_pages import (
    click,
    number_of,
    open_page,
    put,
    requests_of,
    run,
    save_page,
    settle,
    text_of,
    texts_of,
)
from zones.distance.nearest_hub import cluster_distances
from zones.pipeline import StudyResult
from zones.report.headings import value
from zones.thresholds import count_beyond

pytestmark = pytest.mark.browser
LAYERS = ("prefectures", "listed", "cores")
# colour of the canvas where a zone lies on Leaflet's own map, some pixels to the right of it
PIXEL = """
const {atlas, map, points} = zonegap.app, row = arguments[0], box = points.canvas.getBoundingClientRect();
const frame = map.getContainer().getBoundingClientRect();
const p = map.latLngToContainerPoint([atlas.lat[row], atlas.lon[row]]);
p.x += arguments[1];
const ratio = points.canvas.width / box.width;
const x = (frame.left + p.x - box.left) * ratio, y = (frame.top + p.y - box.top) * ratio;
return [...points.canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data];
"""
RADIUS = "const {atlas, points} = zonegap.app; return atlas.radius[arguments[0]] * points.grow"


@pytest.fixture(scope="module")
def page(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    new_hubs = pd.DataFrame(
        {"name": ["长春市", "西安市"], "name_en": ["Changchun", "Xi'an"]}
        | {"lon": [125.3, 108.9], "lat": [43.9, 34.3]}
    )
    return save_page(result, tmp_path_factory.mktemp("page") / "map.html", new_hubs=new_hubs)


def test_links_are_there_to_follow_and_ask_nothing_by_themselves(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    path = tmp_path / "study.html"
    path.write_text(stable_html(study_map(result)), encoding="utf-8")
    open_page(browser, path)
    settle(browser)
    anchors = "return [...document.querySelectorAll(arguments[0])].map(a => [a.textContent, a.href, a.rel])"
    assert run(browser, anchors, "#zg-notes a") == [
        ["OpenStreetMap", "https://www.openstreetmap.org/copyright", "noopener"],
        ["ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/", "noopener"],
        ["GeoNames", "https://www.geonames.org/", "noopener"],
        ["CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "noopener"],
        ["Natural Earth", "https://www.naturalearthdata.com/", "noopener"],
    ]
    corner = run(browser, anchors, ".leaflet-control-attribution a")
    shared = ["© OpenStreetMap contributors", "https://www.openstreetmap.org/copyright", "noopener"]
    assert shared in corner
    for language, lines, scope in (
        ("en", "no national boundary is shown", "Taiwan are not in the catalogue"),
        ("zh", "未画国界", "台湾省资料暂缺"),
    ):
        click(browser, f"[data-language={language}]")
        for place in ("#zg-notes", ".zg-map-note"):
            assert lines in text_of(browser, place)
            assert scope in text_of(browser, place)
    assert requests_of(browser) == [path.as_uri()]
    assert browser.get_log("browser") == []


def test_no_request_and_no_error(browser: Any, page: Path) -> None:
    open_page(browser, page)
    settle(browser)
    click(browser, "[data-language=zh]")
    run(browser, "zonegap.app.select(5, {pan: true}); zonegap.app.map.setZoom(7)")
    settle(browser)
    assert requests_of(browser) == [page.as_uri()]
    assert run(browser, "return performance.getEntriesByType('resource').length") == 0
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("layer", LAYERS)
def test_counts_are_those_of_the_threshold_command(
    browser: Any, page: Path, result: StudyResult, layer: str
) -> None:
    open_page(browser, page)
    click(browser, f"#zg-layers input[value={layer}]")
    zones = result.zones
    distance_km = result.distance_under(layer, "great-circle")
    on_a_zone = [
        float(distance_km.iloc[700]),
        float((distance_km - zones["uncertainty_km"]).iloc[9]),
    ]
    by_number = [0.5, 137.25, abs(on_a_zone[0]), abs(on_a_zone[1]), 2999.5]
    weights = zones[["area_ha", "gdp_yi_cny"]]
    for control, thresholds_km in (
        ("#zg-slider", [0.0, 300.0, 500.0, 1120.0, 2000.0]),
        ("#zg-number", by_number),
    ):
        counts = count_beyond(distance_km, zones["uncertainty_km"], thresholds_km, weights)
        for threshold_km, row in counts.iterrows():
            put(browser, control, repr(threshold_km))
            assert number_of(browser, "#zg-count") == row["beyond"], (layer, threshold_km)
            shown = [int(n.replace(",", "")) for n in texts_of(browser, "#zg-legend b")]
            surely, unsure, _ = shown
            assert surely == row["surely"]
            assert surely + unsure == row["possibly"]
            assert sum(shown) == len(zones)
            band = text_of(browser, "#zg-band")
            assert band.startswith(f"Band {row['surely']:,.0f} to {row['possibly']:,.0f}:")
            shares = [float(s.split()[0]) for s in texts_of(browser, "#zg-shares b")]
            columns = ["beyond_zones_pct", "beyond_area_pct", "beyond_gdp_pct"]
            assert shares == pytest.approx(row[columns].tolist(), abs=0.0501)
            assert "of 2,543 zones" in text_of(browser, "#zg-count-of")


def test_slider_and_number_go_together_and_keys_move_it(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    open_page(browser, page)
    slider = browser.find_element(By.ID, "zg-slider")
    slider.send_keys(Keys.ARROW_RIGHT)
    assert browser.find_element(By.ID, "zg-number").get_property("value") == "505"
    assert slider.get_attribute("aria-valuetext") == "505 km"
    number = browser.find_element(By.ID, "zg-number")
    number.send_keys(Keys.CONTROL + "a", Keys.BACKSPACE)
    assert number.get_attribute("aria-invalid") == "true"
    number.send_keys("300.5")
    assert "more than 300.5 km" in text_of(browser, "#zg-count-beyond")
    assert number.get_attribute("aria-invalid") == "false"
    number.send_keys(Keys.CONTROL + "a")
    number.send_keys("-4")
    assert number.get_attribute("aria-invalid") == "true"
    assert "-4" not in text_of(browser, "#zg-count-beyond")


def test_filters_narrow_counts_and_say_so(browser: Any, page: Path, result: StudyResult) -> None:
    open_page(browser, page)
    zones = result.zones
    for name, chosen in (("province", ["河南省", "四川省"]), ("level", ["省级"])):
        for word in chosen:
            click(browser, f"[data-filter={name}] input[value={word}]")
        zones = zones[zones[name].isin(chosen)]
        check_filtered(browser, zones)
    put(browser, "[data-year=from]", 2000, "change")
    put(browser, "[data-year=to]", 2010, "change")
    zones = zones[zones["approved"].str[:4].between("2000", "2010")]
    check_filtered(browser, zones)
    click(browser, "[data-filter=type] input[value=工业园区]")
    zones = zones[zones["type"] == "工业园区"]
    check_filtered(browser, zones)
    states = texts_of(browser, ".zg-filter summary b")
    assert states == ["Henan, Sichuan", "Provincial", "Industrial park", "2000–2010"]
    click(browser, "#zg-clear")
    assert "of 2,543 zones" in text_of(browser, "#zg-count-of")


def check_filtered(browser: Any, zones: pd.DataFrame) -> None:
    assert len(zones) > 3
    assert number_of(browser, "#zg-count") == (zones["nearest_km"] > 500).sum()
    expected = f"of the {len(zones):,} filtered zones (2,543 in all)"
    assert text_of(browser, "#zg-count-of") == expected
    assert text_of(browser, "#zg-found") == f"{len(zones):,} zones, farthest first"


def test_a_zone_shows_all_its_fields(browser: Any, page: Path, result: StudyResult) -> None:
    open_page(browser, page)
    put(browser, "#zg-search", "G121002")
    click(browser, "#zg-results button")
    zone = result.zones.loc["G121002"]
    text = text_of(browser, "#zg-details")
    for part in (
        zone["name"], zone["name_en"], zone["industries"], zone["approved"], "Tianjin", "National",
        f"{zone['nearest_km']:,.1f} km", f"{zone['zhejiang_km']:,.1f} km", "± 10.6 km",
        f"{zone['area_ha']:,.0f} ha", f"{zone['gdp_yi_cny'] / 10:.3f} bn CNY", "Binhai",
        "named points of OpenStreetMap", zone["geocode_reason"], "surely within 500 km",
    ):  # fmt: skip
        assert str(part) in text, part
    click(browser, "#zg-layers input[value=listed]")
    text = text_of(browser, "#zg-details")
    clusters = cluster_distances(result.zones.loc[["G121002"]], result.hubs_of("listed"))
    for distance_km in clusters.iloc[0]:
        assert f"{distance_km:,.1f} km" in text
    assert f"{zone['zhejiang_km']:,.1f} km" not in text
    click(browser, "#zg-layers input[value=prefectures]")
    for layer in LAYERS:
        assert f"{result.distance_under(layer, 'great-circle')['G121002']:,.1f} km" in text
    radius_m = run(
        browser,
        "let r; zonegap.app.map.eachLayer(l => { if (l instanceof L.Circle) r = l.getRadius(); });"
        "return r",
    )
    assert radius_m == pytest.approx(1000 * zone["uncertainty_km"])
    ends = run(
        browser,
        "let p; zonegap.app.map.eachLayer(l => { if (l.constructor === L.Polyline && l.options.weight === 1.4)"
        " p = l.getLatLngs(); }); return [p[0], p.at(-1)].map(e => [e.lng, e.lat])",
    )
    hub = result.hubs.loc[zone["nearest_hub"]]
    assert ends[0] == pytest.approx([zone["lon"], zone["lat"]], abs=1e-5)
    assert ends[1] == pytest.approx([hub["lon"], hub["lat"]], abs=1e-5)


def test_pointing_at_a_zone_names_it_and_its_province(
    browser: Any, page: Path, result: StudyResult
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By

    open_page(browser, page)
    at = result.zones["lon"].argmin()
    zone = result.zones.iloc[at]
    x, y = run(
        browser,
        "const {atlas, map} = zonegap.app, row = arguments[0];"
        "const p = map.latLngToContainerPoint([atlas.lat[row], atlas.lon[row]]);"
        "const s = map.getSize(); return [p.x - s.x / 2, p.y - s.y / 2]",
        int(at),
    )
    container = browser.find_element(By.CSS_SELECTOR, ".folium-map")
    chain = ActionChains(browser).move_to_element_with_offset(container, round(x), round(y))
    chain.perform()
    assert zone["name_en"] in text_of(browser, ".zg-tip")
    members = result.zones[result.zones["province"] == zone["province"]]
    facts = texts_of(browser, "#zg-province dd")
    assert text_of(browser, "#zg-province h2") == "Xinjiang"
    assert facts == [
        f"{len(members)}",
        f"{(members['nearest_km'] > 500).sum()}",
        f"{members['nearest_km'].median():,.0f} km",
        f"{members['area_ha'].sum() / 100:,.0f} km²",
        f"{members['gdp_yi_cny'].sum() / 10:,.1f} bn CNY",
    ]
    chain.click().perform()
    assert text_of(browser, "#zg-details h2") == zone["name_en"]
    for threshold_km, colour in ((500, BEYOND_COLOUR), (3600, WITHIN_COLOUR)):
        put(browser, "#zg-number", threshold_km)
        settle(browser, 100)
        radius_px = run(browser, RADIUS, int(at))
        right_px = 0 if threshold_km == 500 else radius_px - 1  # a zone within is a ring
        if right_px:
            assert min(run(browser, PIXEL, int(at), 0)[:3]) > 200
        seen = np.array(run(browser, PIXEL, int(at), right_px))
        expected = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        assert radius_px > 2
        assert seen[3] > 150
        assert np.abs(seen[:3] - expected).max() < 12


def test_candidates_are_listed_and_marked(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    zones = result.zones.head(3).assign(geocode_candidates="320106;320302", adcode="")
    open_page(browser, save_page(result, tmp_path / "map.html", zones=zones))
    run(browser, "zonegap.app.select(1, {pan: true})")
    assert "Gulou District (320106), Gulou District (320302)" in text_of(browser, "#zg-details")
    marks = texts_of(browser, ".leaflet-tooltip")
    assert sorted(marks) == ["Gulou District (320106)", "Gulou District (320302)"]


def test_hubs_are_told_apart_and_new_ones_can_be_hidden(
    browser: Any, page: Path, result: StudyResult
) -> None:
    open_page(browser, page)
    counts = result.hubs["cluster"].value_counts()
    legend = set(texts_of(browser, "#zg-clusters li"))
    assert legend == {f"{cluster}{n}" for cluster, n in counts.items()}
    find = (
        "const a = zonegap.app, h = a.atlas.payload.new_hubs;"
        "return a.points.find(a.map.latLngToContainerPoint([h.lat[0], h.lon[0]]))"
    )
    assert run(browser, find) == {"kind": "new", "at": 0}
    assert text_of(browser, "#zg-new-hubs") == "Proposed new hubs 2"
    click(browser, "#zg-show-new-hubs")
    settle(browser, 50)
    assert run(browser, find) != {"kind": "new", "at": 0}


def test_language_switch_changes_every_word(browser: Any, page: Path) -> None:
    open_page(browser, page)
    run(browser, "zonegap.app.select(5)")
    english = text_of(browser, "body > main"), text_of(browser, "#zg-details")
    click(browser, "[data-language=zh]")
    assert browser.title == "开发区与科技企业枢纽"
    assert run(browser, "return document.documentElement.lang") == "zh-CN"
    assert text_of(browser, "#zg-count-of") == "个开发区（共2,543个）"
    for text in (
        "必在500公里以外",
        "地级及以上城市",
        "河南省",
        value("经济开发区", "zh"),
        "由远及近",
    ):
        assert text in text_of(browser, "main")
    # a zone's other name stays in the list and in the notes on purpose
    parts = "body > main > :is(header, .zg-answer, .zg-threshold, .zg-province, #zg-filters)"
    chinese = " ".join(texts_of(browser, f"{parts}, main > section:not(#zg-find)"))
    for word in ("zones", "Threshold", "Province", "Filters", "Henan", "Industrial"):
        assert word in english[0]
        assert word not in chinese
    assert "Approved" in english[1]
    assert "Approved" not in text_of(browser, "#zg-details")
    assert "±" in text_of(browser, "#zg-details")
    click(browser, "[data-language=en]")
    again = text_of(browser, "body > main"), text_of(browser, "#zg-details")
    # what is said aloud follows later
    assert again[1] == english[1]
    assert len(again[0]) == pytest.approx(len(english[0]), abs=80)

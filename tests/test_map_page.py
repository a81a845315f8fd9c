"""The map page in a real browser whose network is cut: what it shows, answers and never confuses."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.datum import wgs84_to_gcj02
from geodata.words import Name
from maps.boundaries import AS_GIVEN, Outlines
from maps.page import study_map, zone_map
from maps.safe_text import stable_html
from maps.style import BEYOND_COLOUR, WITHIN_COLOUR
from maps.tiles import tile_source
from tests.helpers import stated_beyond
from tests.map_pages import (
    click,
    layers_of,
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
        ["GeoNames", "https://www.geonames.org/", "noopener"],
        ["Vonng/adcode", "https://github.com/Vonng/adcode", "noopener"],
        ["CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "noopener"],
        ["Natural Earth", "https://www.naturalearthdata.com/", "noopener"],
    ]
    assert "GeoNames" in text_of(browser, ".leaflet-control-attribution")
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
    weights = zones[["area_ha", "gdp_estimate_yi_cny"]]
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
        f"{zone['nearest_km']:,.1f} km", f"{zone['zhejiang_km']:,.1f} km", f"± {zone['uncertainty_km']} km",
        f"{zone['area_ha']:,.0f} ha", f"{zone['gdp_estimate_yi_cny'] / 10:.3f} bn CNY", "Binhai",
        "position compiled from recall", zone["geocode_reason"], "within 500 km, with its whole 90 % radius",
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
        f"{members['gdp_estimate_yi_cny'].sum() / 10:,.1f} bn CNY",
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
        "500公里以外（含90%半径）",
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


def test_the_address_holds_the_view_and_gives_it_back(browser: Any, page: Path) -> None:
    open_page(browser, page)
    put(browser, "#zg-number", "312.5")
    click(browser, "#zg-layers input[value=cores]")
    click(browser, "[data-filter=province] input[value=四川省]")
    put(browser, "[data-year=to]", 2015, "change")
    click(browser, "[data-language=zh]")
    click(browser, "#zg-show-hubs")
    run(browser, "zonegap.app.map.setView([30.5, 104], 7, {animate: false})")
    put(browser, "#zg-search", "chengdu")
    click(browser, "#zg-results button")
    settle(browser, 600)
    state = (
        "const s = zonegap.app; return [s.state, s.map.getZoom(), s.map.getCenter().lat.toFixed(3)]"
    )
    before, fragment = run(browser, state), run(browser, "return location.hash")
    counts = text_of(browser, ".zg-answer > p")
    assert "km=312.5" in fragment
    open_page(browser, page, fragment)
    settle(browser)
    assert run(browser, state) == before
    assert text_of(browser, ".zg-answer > p") == counts
    assert before[0]["zone"] is not None
    assert not run(browser, "return document.querySelector('#zg-details').hidden")
    assert run(browser, "return document.querySelector('#zg-number').value") == "312.5"
    # and a link pasted into the open page
    run(browser, "location.hash = '#km=700&hubs=listed'")
    settle(browser, 50)
    assert "700" in text_of(browser, "#zg-count-beyond")


def test_keyboard_alone_reaches_a_zone_and_comes_back(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    open_page(browser, page)
    keys = ActionChains(browser)
    keys.send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
    assert run(browser, "return document.activeElement.id") == "zg-search"
    ActionChains(browser).send_keys("dongli").send_keys(Keys.TAB).send_keys(Keys.ENTER).perform()
    focused = "return document.activeElement.textContent"
    assert run(browser, focused).startswith("Dongli")
    assert run(browser, "return document.activeElement.tagName") == "H2"
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    assert run(browser, "return document.querySelector('#zg-details').hidden")
    assert run(browser, "return document.activeElement.dataset.zone") == "G121050"
    unnamed = run(
        browser,
        "return [...document.querySelectorAll('input, select, button')].filter(c => !c.hidden &&"
        " !(c.labels && c.labels.length && c.labels[0].textContent.trim()) &&"
        " !c.getAttribute('aria-label') && !c.textContent.trim()).map(c => c.outerHTML)",
    )
    assert unnamed == []
    settle(browser, 900)
    assert f"{stated_beyond():,} of 2,543 zones beyond 500 km" in text_of(browser, "#zg-live")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390), (780, 900)])
def test_narrow_or_low_screens(browser: Any, page: Path, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        open_page(browser, page)
        settle(browser)
        run(browser, "zonegap.app.select(7)")
        box = "const b = document.querySelector(arguments[0]).getBoundingClientRect();"
        map_box = run(browser, f"{box} return [b.left, b.right, b.top, b.bottom]", ".folium-map")
        panel = run(browser, f"{box} return [b.left, b.right, b.top, b.bottom]", "#zg-panel")
        details = run(browser, f"{box} return [b.left, b.right, b.top, b.bottom]", "#zg-details")
        assert run(browser, "return document.documentElement.scrollWidth") == width
        assert map_box[:2] == [0, width]
        assert map_box[3] <= details[2] < details[3] <= panel[2]
        order = "return [...document.body.children].map(e => e.id || e.className).filter(n => n)"
        names = [n for n in run(browser, order) if n.startswith(("zg-panel", "zg-details", "map_"))]
        assert [n.split("_")[0] for n in names] == ["map", "zg-details", "zg-panel"]
        # the note on the map is folded, and unfolds at a touch
        folded = run(browser, f"{box} return b.height", ".zg-map-note")
        assert folded < 50
        assert "Not a standard map" in run(
            browser, "return document.querySelector('.zg-map-note').innerText"
        )
        click(browser, ".zg-map-note summary")
        settle(browser)
        assert run(browser, f"{box} return b.height", ".zg-map-note") > folded
        # the map stays in sight above the fields, however far one has read
        run(browser, "window.scrollTo(0, 300)")
        seen = "return document.elementFromPoint(195, 150).closest('.folium-map, #zg-details').id"
        assert run(browser, seen) == run(browser, "return zonegap.app.map.getContainer().id")
        assert 0.4 < (map_box[3] - map_box[2]) / height < 0.61
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_print_is_one_sheet_and_leaves_the_page_as_it_was(browser: Any, page: Path) -> None:
    open_page(browser, page, "#type=工业园区")
    settle(browser)
    size = run(browser, "return [zonegap.app.map.getSize().x, zonegap.app.map.getZoom()]")
    printed = browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True}
    )
    pdf = base64.b64decode(printed["data"])
    assert pdf.count(b"/Type /Page\n") == 1
    settle(browser)
    assert run(browser, "return [zonegap.app.map.getSize().x, zonegap.app.map.getZoom()]") == size
    assert run(browser, "return document.body.className") == ""


def test_the_card_never_hides_its_zone_in_print(
    browser: Any, page: Path, result: StudyResult
) -> None:
    east = result.zones["lon"].idxmax()
    open_page(browser, page, f"#zone={east}")
    covered = (
        "const {atlas, map} = zonegap.app, row = zonegap.app.chosen();"
        "const p = map.latLngToContainerPoint([atlas.lat[row], atlas.lon[row]]);"
        "const f = map.getContainer().getBoundingClientRect();"
        "const c = document.querySelector('#zg-details').getBoundingClientRect(), s = map.getSize();"
        "const x = p.x + f.left, y = p.y + f.top;"
        "return [x > c.left && x < c.right && y > c.top && y < c.bottom,"
        " p.x > 0 && p.y > 0 && p.x < s.x && p.y < s.y]"
    )
    for lat in (50, 38):  # the zone in the middle of the screen, then under the card
        run(browser, "zonegap.app.map.setView([arguments[0], 112], 4.5, {animate: false})", lat)
        run(browser, "window.dispatchEvent(new Event('beforeprint'))")
        assert run(browser, covered) == [False, True]
        run(browser, "window.dispatchEvent(new Event('afterprint'))")


def test_notebook_frame_works(browser: Any, result: StudyResult, tmp_path: Path) -> None:
    shown = zone_map(result.zones, layers_of(result))._repr_html_()
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{shown}</body>", encoding="utf-8")
    open_page(browser, path)
    from selenium.webdriver.common.by import By

    browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
    put(browser, "#zg-slider", 300)
    settle(browser, 400)
    assert number_of(browser, "#zg-count") == (result.zones["nearest_km"] > 300).sum()
    browser.switch_to.default_content()
    assert browser.get_log("browser") == []


def test_plain_frames_make_a_page_without_errors(browser: Any, tmp_path: Path) -> None:
    zones = pd.DataFrame({"name": ["甲", "乙"], "lon": [114.3, 91.1], "lat": [30.6, 29.7]})
    hubs = pd.DataFrame({"lon": [116.4], "lat": [39.9]}, index=["北京"])
    path = tmp_path / "plain.html"
    zone_map(zones, hubs, 1100.0).save(path)
    open_page(browser, path)
    run(browser, "zonegap.app.select(1, {pan: true})")
    assert text_of(browser, ".zg-count") == "1 of 2 zones"
    assert run(browser, "return document.querySelector('#zg-filters').hidden")
    assert len(texts_of(browser, "#zg-shares li")) == 1
    assert browser.get_log("browser") == []


def test_gcj02_tiles_and_own_lines_are_said_and_shifted(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    line = shapely.LineString([(100, 30), (110, 30)])
    lines = Outlines(line, AS_GIVEN.fill(credit="Survey office"), "GS(2024)0001")
    path = save_page(result, tmp_path / "tiles.html", tiles=tile_source("amap"), outlines=lines)
    open_page(browser, path)
    settle(browser)
    hosts = {urlsplit(url).hostname for url in requests_of(browser) if url.startswith("http")}
    assert hosts <= {f"webrd0{i}.is.autonavi.com" for i in range(1, 5)}
    assert hosts
    note = text_of(browser, ".zg-map-note")
    for part in ("Survey office", "GS(2024)0001", "GCJ-02", "Not a standard map"):
        assert part in note
    assert "AMap" in text_of(browser, ".leaflet-control-attribution")
    assert "undocumented address" in text_of(browser, "#zg-notes")
    zone = result.zones.iloc[50]
    drawn = run(browser, "const a = zonegap.app.atlas; return [a.lon[50], a.lat[50]]")
    expected = [float(x) for x in wgs84_to_gcj02(zone["lon"], zone["lat"])]
    assert drawn == pytest.approx(expected, abs=1e-6)
    assert drawn != pytest.approx([zone["lon"], zone["lat"]], abs=1e-4)
    run(browser, "zonegap.app.select(50)")
    assert str(round(zone["lon"], 6)) in text_of(browser, "#zg-details")


MANY = 25_000  # more than the page draws one by one


@pytest.fixture(scope="module")
def noted_page(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    new_hubs = pd.DataFrame({"name": ["长春市"], "lon": [125.3], "lat": [43.9]})
    return save_page(
        result, tmp_path_factory.mktemp("page") / "map.html", new_hubs=new_hubs,
        new_hubs_note=Name("chosen for this", "为此选出"),
    )  # fmt: skip


def heard(browser: Any, selector: str, event: str) -> None:
    script = "document.querySelector(arguments[0]).dispatchEvent(new Event(arguments[1]))"
    run(browser, script, selector, event)


def test_the_province_is_never_stale(browser: Any, noted_page: Path, result: StudyResult) -> None:
    def shown() -> str:
        return text_of(browser, "#zg-province h2")

    hebei = result.zones[result.zones["province"] == "河北省"].index[0]
    open_page(browser, noted_page, f"#zone={hebei}")
    assert shown() == "Hebei"
    for enter, leave in (("mouseenter", "mouseleave"), ("focus", "blur")):
        heard(browser, "#zg-results button", enter)
        assert shown() == "Xinjiang"
        heard(browser, "#zg-results button", leave)
        assert shown() == "Hebei"
    click(browser, ".zg-close")
    assert shown().startswith("All provinces")
    run(browser, "zonegap.app.select(zonegap.app.atlas.rowOf.get(arguments[0]))", hebei)
    assert shown() == "Hebei"
    click(browser, "[data-filter=province] input[value=四川省]")
    assert shown().startswith("Sichuan")
    # the zone was filtered away: its fields, ring and line are gone too
    assert run(browser, "return document.querySelector('#zg-details').hidden")
    assert run(browser, "return zonegap.app.state.zone") is None
    rings = "let n = 0; zonegap.app.map.eachLayer(l => n += l instanceof L.CircleMarker); return n"
    assert run(browser, rings) == 0


def test_a_threshold_that_is_no_distance_is_refused_aloud(browser: Any, noted_page: Path) -> None:
    open_page(browser, noted_page)
    for text in ("99999", "20040.5", "1e3", "-4", "0.0000001", ""):
        put(browser, "#zg-number", text)
        assert "0 to 20,040" in text_of(browser, "#zg-threshold-note"), text
        assert "500 km" in text_of(browser, "#zg-count-beyond")
    put(browser, "#zg-slider", 300)
    assert text_of(browser, "#zg-threshold-note") == ""
    put(browser, "#zg-number", "20040")
    assert text_of(browser, "#zg-threshold-note") == ""
    assert number_of(browser, "#zg-count") == 0


def test_few_zones_are_shown_with_their_hubs(
    browser: Any, noted_page: Path, result: StudyResult
) -> None:
    open_page(browser, noted_page)
    row = int(result.zones["nearest_km"].argmax())
    run(browser, "zonegap.app.fitRows([arguments[0]])", row)
    hub = result.hubs.loc[result.zones["nearest_hub"].iloc[row]]
    inside = "return zonegap.app.map.getBounds().contains([arguments[0], arguments[1]])"
    assert run(browser, inside, float(hub["lat"]), float(hub["lon"]))
    near = int(result.zones["nearest_km"].argmin())
    run(browser, "zonegap.app.fitRows([arguments[0]])", near)
    assert run(browser, "return zonegap.app.map.getZoom()") == 7


def test_years_stay_in_order_and_leave_out_zones_without_one(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    zones = result.zones.head(60).copy()
    zones.iloc[:5, zones.columns.get_loc("approved")] = ""
    path = save_page(result, tmp_path / "map.html", zones=zones)
    open_page(browser, path)
    years = "const f = zonegap.app.state.filters; return [f.from, f.to]"
    last = int(zones["approved"].str[:4].max())
    put(browser, "[data-year=to]", last, "change")
    assert text_of(browser, "#zg-found").startswith("55 zones")
    put(browser, "[data-year=to]", "", "change")
    put(browser, "[data-year=from]", last, "change")
    first = int(zones["approved"].str[:4][zones["approved"] != ""].min())
    put(browser, "[data-year=to]", first, "change")
    assert run(browser, years) == [first, first]
    open_page(browser, path, f"#from={last}&to={first}")
    assert run(browser, years) == [first, last]


def test_one_zone_is_one_zone(browser: Any, result: StudyResult, tmp_path: Path) -> None:
    open_page(browser, save_page(result, tmp_path / "map.html", zones=result.zones.head(1)))
    assert text_of(browser, "#zg-count-of") == "of 1 zone"
    assert text_of(browser, "#zg-found") == "1 zone, farthest first"
    put(browser, "#zg-search", "tian")
    assert text_of(browser, "#zg-found") in ("1 zone found", "No zone found among those shown")


def test_a_new_zone_begins_at_its_top_and_escape_clears_the_search_only(
    browser: Any, noted_page: Path
) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    open_page(browser, noted_page)
    run(browser, "zonegap.app.select(3); document.querySelector('#zg-details').scrollTop = 150")
    assert run(browser, "return document.querySelector('#zg-details').scrollTop") > 50
    run(browser, "zonegap.app.select(7)")
    assert run(browser, "return document.querySelector('#zg-details').scrollTop") == 0
    box = browser.find_element(By.ID, "zg-search")
    box.send_keys("dongli", Keys.ESCAPE)
    assert not run(browser, "return document.querySelector('#zg-details').hidden")
    assert box.get_property("value") == ""


def test_what_is_chosen_on_the_map_is_told(
    browser: Any, noted_page: Path, result: StudyResult
) -> None:
    open_page(browser, noted_page)
    run(browser, "zonegap.app.select(7)")
    settle(browser, 30)
    zone = result.zones.iloc[7]
    told = text_of(browser, "#zg-live")
    assert told.startswith(f"{zone['name_en']}: {zone['nearest_km']:,.0f} km to ")
    assert told.endswith("within 500 km, with its whole 90 % radius")
    hidden = texts_of(browser, "#zg-results .zg-hidden")
    assert len(hidden) == 12
    assert set(hidden) == {"beyond 500 km, with its whole 90 % radius"}
    assert run(browser, "return document.querySelectorAll('main aside').length") == 0


def test_paper_shows_proposed_hubs_only_where_they_are_ticked(
    browser: Any, noted_page: Path
) -> None:
    shown = "return getComputedStyle(document.querySelector('#zg-new-hubs')).display !== 'none'"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for fragment, expected in (("", True), ("#hide=new", False)):
            open_page(browser, noted_page, fragment)
            assert run(browser, shown) is expected
            assert text_of(browser, "#zg-new-hubs-note") == "chosen for this"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_many_points_are_counted_drawn_and_found(
    browser: Any, result: StudyResult, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(80, 120, MANY), rng.uniform(25, 45, MANY)
    zones = pd.DataFrame({"name": np.arange(MANY).astype(str), "lon": lon, "lat": lat})
    zones.loc[MANY] = ["alone", 60.0, 10.0]
    km = np.where(lon < 100, 900.0, 100.0)
    zones = zones.assign(nearest_km=[*km, 900.0], nearest_hub=result.hubs.index[0])
    hubs = result.hubs.head(1)
    open_page(browser, save_page(result, tmp_path / "map.html", zones=zones, hubs=hubs))
    assert number_of(browser, "#zg-count") == (zones["nearest_km"] > 500).sum()
    put(browser, "#zg-slider", 1000)
    put(browser, "#zg-slider", 600)
    settle(browser, 50)
    assert number_of(browser, "#zg-count") == (zones["nearest_km"] > 600).sum()
    find = (
        "const {atlas, map, points} = zonegap.app, row = atlas.size - 1;"
        "return points.find(map.latLngToContainerPoint([atlas.lat[row], atlas.lon[row]]))"
    )
    assert run(browser, find) == {"kind": "zone", "at": MANY}
    # red of the canvas in its western and its eastern part: vermilion circles, blue rings
    halves = (
        "const {points} = zonegap.app, c = points.canvas, x = c.getContext('2d');"
        "const mean = (lon) => { const p = zonegap.app.map.latLngToContainerPoint([35, lon]);"
        "const r = c.width / c.getBoundingClientRect().width;"
        "const f = zonegap.app.map.getContainer().getBoundingClientRect(), b = c.getBoundingClientRect();"
        "const d = x.getImageData((f.left + p.x - b.left) * r - 10, (f.top + p.y - b.top) * r - 10, 20, 20).data;"
        "let red = 0, blue = 0; for (let i = 0; i < d.length; i += 4) { red += d[i]; blue += d[i + 2]; }"
        "return red - blue; }; return [mean(90), mean(110)]"
    )
    west, east = run(browser, halves)
    assert west > 0 > east

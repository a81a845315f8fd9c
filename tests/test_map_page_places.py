"""The atlas in a real browser whose network is cut: links, keys, phone, paper, notebook, tiles."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
import shapely

from geodata.datum import wgs84_to_gcj02
from maps.boundaries import AS_GIVEN, Outlines
from maps.page import zone_map
from maps.tiles import tile_source
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
from zones.pipeline import StudyResult

pytestmark = pytest.mark.browser
LAYERS = ("prefectures", "listed", "cores")


@pytest.fixture(scope="module")
def page(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    new_hubs = pd.DataFrame(
        {"name": ["长春市", "西安市"], "name_en": ["Changchun", "Xi'an"]}
        | {"lon": [125.3, 108.9], "lat": [43.9, 34.3]}
    )
    return save_page(result, tmp_path_factory.mktemp("page") / "map.html", new_hubs=new_hubs)


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
    assert "1,105 of 2,543 zones beyond 500 km" in text_of(browser, "#zg-live")


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

"""What the atlas shows after one change follows another, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.words import Name
from tests.map_pages import (
    click,
    number_of,
    open_page,
    put,
    run,
    save_page,
    settle,
    text_of,
    texts_of,
)
from zones.pipeline import StudyResult

pytestmark = pytest.mark.browser
MANY = 25_000  # more than the page draws one by one


@pytest.fixture(scope="module")
def page(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    new_hubs = pd.DataFrame({"name": ["长春市"], "lon": [125.3], "lat": [43.9]})
    return save_page(
        result, tmp_path_factory.mktemp("page") / "map.html", new_hubs=new_hubs,
        new_hubs_note=Name("chosen for this", "为此选出"),
    )  # fmt: skip


def heard(browser: Any, selector: str, event: str) -> None:
    script = "document.querySelector(arguments[0]).dispatchEvent(new Event(arguments[1]))"
    run(browser, script, selector, event)


def test_the_province_is_never_stale(browser: Any, page: Path, result: StudyResult) -> None:
    def shown() -> str:
        return text_of(browser, "#zg-province h2")

    hebei = result.zones[result.zones["province"] == "河北省"].index[0]
    open_page(browser, page, f"#zone={hebei}")
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


def test_a_threshold_that_is_no_distance_is_refused_aloud(browser: Any, page: Path) -> None:
    open_page(browser, page)
    for text in ("99999", "20040.5", "1e3", "-4", "0.0000001", ""):
        put(browser, "#zg-number", text)
        assert "0 to 20,040" in text_of(browser, "#zg-threshold-note"), text
        assert "500 km" in text_of(browser, "#zg-count-beyond")
    put(browser, "#zg-slider", 300)
    assert text_of(browser, "#zg-threshold-note") == ""
    put(browser, "#zg-number", "20040")
    assert text_of(browser, "#zg-threshold-note") == ""
    assert number_of(browser, "#zg-count") == 0


def test_few_zones_are_shown_with_their_hubs(browser: Any, page: Path, result: StudyResult) -> None:
    open_page(browser, page)
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
    browser: Any, page: Path
) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    open_page(browser, page)
    run(browser, "zonegap.app.select(3); document.querySelector('#zg-details').scrollTop = 150")
    assert run(browser, "return document.querySelector('#zg-details').scrollTop") > 50
    run(browser, "zonegap.app.select(7)")
    assert run(browser, "return document.querySelector('#zg-details').scrollTop") == 0
    box = browser.find_element(By.ID, "zg-search")
    box.send_keys("dongli", Keys.ESCAPE)
    assert not run(browser, "return document.querySelector('#zg-details').hidden")
    assert box.get_property("value") == ""


def test_what_is_chosen_on_the_map_is_told(browser: Any, page: Path, result: StudyResult) -> None:
    open_page(browser, page)
    run(browser, "zonegap.app.select(7)")
    settle(browser, 30)
    zone = result.zones.iloc[7]
    told = text_of(browser, "#zg-live")
    assert told.startswith(f"{zone['name_en']}: {zone['nearest_km']:,.0f} km to ")
    assert told.endswith("surely within 500 km")
    hidden = texts_of(browser, "#zg-results .zg-hidden")
    assert len(hidden) == 12
    assert set(hidden) == {"surely beyond 500 km"}
    assert run(browser, "return document.querySelectorAll('main aside').length") == 0


def test_paper_shows_proposed_hubs_only_where_they_are_ticked(browser: Any, page: Path) -> None:
    shown = "return getComputedStyle(document.querySelector('#zg-new-hubs')).display !== 'none'"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for fragment, expected in (("", True), ("#hide=new", False)):
            open_page(browser, page, fragment)
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

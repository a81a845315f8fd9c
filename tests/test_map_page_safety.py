"""What tables hold stays text on the map page; the exported CSV is right and harmless."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.registry import LICENCES
from geodata.words import Name
from maps.boundaries import CHANGED, Outlines, package_outlines
from tests.map_pages import click, open_page, put, run, save_page, settle, text_of, texts_of
from zones.distance.nearest_hub import cluster_distances
from zones.pipeline import StudyResult
from zones.report.files import ZONE_COLUMNS, zone_frame
from zones.report.licences import licence_of

pytestmark = pytest.mark.browser
ATTACKS = [
    "<script>document.title='pwned'</script>",
    "</script><img src=x onerror=\"document.title='pwned'\">",
    "'\"`${document.title='pwned'}{{ 7 * 7 }}",
    "<b onmouseover=\"document.title='pwned'\">__proto__</b>\u2028;",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_tables_is_never_markup(
    result: StudyResult, tmp_path: Path, browser: Any, attack: str
) -> None:
    texts = (
        "name name_en province level type industries remark geocode_method geocode_source "
        "geocode_reason geocode_candidates nearest_hub"
    ).split()
    zones = result.zones.head(40).assign(**dict.fromkeys(texts, attack))
    hubs = result.hubs.head(1).assign(hub_en=attack, cluster=attack)
    hubs.index = [attack]
    new_hubs = pd.DataFrame({"name": [attack], "name_en": [attack], "lon": [100.0], "lat": [40.0]})
    outlines = Outlines(package_outlines().lines, CHANGED.fill(credit=attack), attack)
    path = save_page(
        result, tmp_path / "map.html", zones=zones, hubs={attack: hubs}, new_hubs=new_hubs,
        outlines=outlines,
    )  # fmt: skip
    open_page(browser, path)
    run(browser, "zonegap.app.select(3, {pan: true})")
    for kind in ("zone", "hub", "new"):
        run(browser, "zonegap.app.details.tooltip({kind: arguments[0], at: 0})", kind)
        assert attack.strip() in text_of(browser, ".zg-tip"), kind
    put(browser, "#zg-search", "pwned" if "pwned" in attack else attack)
    assert len(texts_of(browser, "#zg-results button")) == 12
    places = (
        "#zg-details", "#zg-results", "#zg-layers", "#zg-clusters", "#zg-filter-groups",
        "#zg-province", "#zg-notes", ".zg-map-note",
    )  # fmt: skip
    for place in places:
        assert attack.strip() in text_of(browser, place), place
    click(browser, "[data-filter=province] input")
    settle(browser)
    assert attack.replace('"', '""') in run(browser, "return zonegap.csv(zonegap.app)")
    fragment = run(browser, "return location.hash")
    open_page(browser, path, fragment)
    settle(browser)
    assert run(browser, "return zonegap.app.filtered") is True
    assert browser.title == "Development zones and technology hubs"
    assert run(browser, "return document.images.length") == 0
    assert browser.get_log("browser") == []


@pytest.mark.parametrize(
    "fragment",
    [
        "#km=abc&hubs=none&lang=xx",
        "#km=-1&zone=__proto__&at=1,2",
        "#%E0%A4%A&<script>",
        "#at=999,0,3",
        "#km=1e308",
        "#km=1e-9",
        "#km=%20",
        "#km=20041",
        "#km=0.0000000001",
        "#at=30,200,5",
        "#at=30,,5",
        "#at=,,",
        "#at=0x10,1e2,5",
        "#at=30,100,Infinity",
    ],
)
def test_a_hostile_address_changes_nothing(
    result: StudyResult, tmp_path: Path, browser: Any, fragment: str
) -> None:
    path = save_page(result, tmp_path / "map.html", zones=result.zones.head(40))
    view = "const {map} = zonegap.app; return [map.getCenter().lat, map.getCenter().lng, map.getZoom()]"
    open_page(browser, path)
    home = run(browser, view)
    open_page(browser, path, fragment)
    settle(browser, 50)
    assert run(browser, view) == home
    state = run(browser, "return zonegap.app.state")
    assert (state["km"], state["layer"], state["language"]) == (500, "prefectures", "en")
    assert state["zone"] is None
    assert browser.get_log("browser") == []


def test_zoom_stays_within_its_limits(result: StudyResult, tmp_path: Path, browser: Any) -> None:
    path = save_page(result, tmp_path / "map.html", zones=result.zones.head(40))
    for asked, given in (("-7", 2), ("0", 2), ("30", 18), ("5.5", 5.5)):
        open_page(browser, path, f"#at=30,100,{asked}")
        assert run(browser, "return zonegap.app.map.getZoom()") == given
    run(browser, "zonegap.app.map.setView([30, 100], 40, {animate: false})")
    assert run(browser, "return zonegap.app.map.getZoom()") == 18


def test_csv_holds_the_filtered_zones(result: StudyResult, tmp_path: Path, browser: Any) -> None:
    open_page(browser, save_page(result, tmp_path / "map.html"))
    browser.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    click(browser, "[data-filter=province] input[value=贵州省]")
    click(browser, "#zg-layers input[value=listed]")
    put(browser, "#zg-slider", 650)
    click(browser, "#zg-export")
    path = tmp_path / "zones-filtered.csv"
    for _ in range(100):
        if path.is_file():
            break
        time.sleep(0.05)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype={"adcode": str}, keep_default_na=False).set_index("id")
    zones = result.zones[result.zones["province"] == "贵州省"]
    expected = zone_frame(zones).set_index("id")
    assert table.index.tolist() == expected.index.tolist()
    clusters = cluster_distances(zones, result.hubs_of("listed"))
    assert np.allclose(table[list(clusters)], clusters.round(3), atol=1e-9)
    assert not np.allclose(clusters, zones[list(clusters)])  # the first layer's are others
    by_layer = {"id", "nearest_hub", "nearest_km", *clusters}
    shared = [name for name in ZONE_COLUMNS if name in table and name not in by_layer]
    assert len(shared) == len(ZONE_COLUMNS) - len(by_layer)
    for name in [*shared, "gdp_estimate_yi_cny", "gdp_density_yi_per_km2"]:
        if expected[name].dtype.kind == "f":
            assert np.allclose(table[name], expected[name], atol=1e-9), name
        else:
            assert table[name].astype(str).tolist() == expected[name].astype(str).tolist(), name
    distance_km = result.distance_under("listed", "great-circle")[zones.index]
    assert np.allclose(table["nearest_km"], distance_km.round(3), atol=1e-9)
    assert table["beyond_650km"].tolist() == (distance_km > 650).tolist()
    assert set(table["hub_layer"]) == {"listed"}
    unsure = (distance_km - 650).abs() <= zones["uncertainty_km"]
    assert ((table["distance_class"] == "unsure") == unsure).all()
    # whose the rows are: the last column, the same in every row, and the notes say so
    licence = licence_of(result.zones)
    assert licence is not None
    assert table.columns[-1] == "licence"
    assert set(table["licence"]) == {licence.in_language("en")}
    assert LICENCES["CC-BY-4.0"] in table["licence"].iloc[0]
    assert any(licence.in_language("en") in note for note in texts_of(browser, "#zg-notes p"))
    click(browser, "[data-language=zh]")
    assert any(licence.in_language("zh") in note for note in texts_of(browser, "#zg-notes p"))


def test_made_up_hubs_are_marked_wherever_they_count(
    result: StudyResult, tmp_path: Path, browser: Any
) -> None:
    remark = Name("All made up.", "均为虚构。")
    path = save_page(
        result, tmp_path / "map.html", zones=result.zones.head(9), hubs={"registrations": result.hubs},
        made_up=["registrations"], remark=remark,
    )  # fmt: skip
    open_page(browser, path)
    run(browser, "zonegap.app.select(1); zonegap.app.details.tooltip({kind: 'hub', at: 0})")
    for place in ("#zg-layers", "#zg-details", ".zg-tip"):
        assert "Places of registered companies (made up)" in text_of(browser, place)
    assert ",registrations (made up)," in run(browser, "return zonegap.csv(zonegap.app)")
    assert remark.en in texts_of(browser, ".zg-map-note p")
    click(browser, "[data-language=zh]")
    assert "注册企业所在地（虚构）" in text_of(browser, "#zg-layers")


def test_csv_cells_are_no_formulas(result: StudyResult, tmp_path: Path, browser: Any) -> None:
    names = ["=1+1", "+86", "-5", "@A1", "\tx", "plain", 'a"b,c', "line\nbreak", "0123"]
    zones = result.zones.head(len(names)).assign(name=names, lon=-1.5)
    open_page(browser, save_page(result, tmp_path / "map.html", zones=zones))
    text = run(browser, "return zonegap.csv(zonegap.app)").removeprefix("\ufeff")
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    shown = ["'=1+1", "'+86", "'-5", "'@A1", "'\tx", "plain", 'a"b,c', "line\nbreak", "0123"]
    assert table["name"].tolist() == shown
    assert set(table["lon"]) == {"-1.5"}

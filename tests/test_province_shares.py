"""The figure of provinces by share: numbers by hand, areas only of lines that enclose provinces."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.text import Annotation

from maps.boundaries import Outlines, province_outlines, province_seats
from maps.figures.shares import colour_of, province_areas, province_shares, share_figure
from maps.figures.words import places_of
from zones.pipeline import StudyResult, run_study
from zones.study import Study


def made_up_areas(provinces: list[str]) -> dict[str, shapely.Geometry]:
    """Return one area a province: what is nearer to its seats than to those of the others."""
    owner = {
        (float(lon), float(lat)): name
        for name in provinces
        for lon, lat in zip(*province_seats([name]), strict=True)
    }
    seats = [*owner]
    frame = shapely.box(100, 20, 125, 40)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seats), extend_to=frame))
    points, inside = shapely.STRtree(cells).query(shapely.points(seats), predicate="within")
    names = [owner[seats[i]] for i in points]
    made = gpd.GeoDataFrame({"province": names}, geometry=cells[inside])
    return dict(made.dissolve("province").geometry)


def test_shares_by_hand(result: StudyResult) -> None:
    table = province_shares(result.zones, result.zones["province"], 500.0)
    for name, inside in result.zones.groupby("province"):
        far = (inside["nearest_km"] > 500).sum()
        assert table.loc[name, "zones"] == len(inside)
        assert table.loc[name, "beyond_pct"] == pytest.approx(100 * far / len(inside))
    assert table["zones"].is_monotonic_decreasing


def test_circles_without_lines_of_the_users(result: StudyResult) -> None:
    figure = share_figure(result.zones, places_of(result), result.study)
    (axes,) = figure.axes
    circles = [c for c in axes.collections if isinstance(c, PathCollection)]
    assert [len(c.get_offsets()) for c in circles] == [31]
    texts = [t.get_text() for t in axes.texts if isinstance(t, Annotation)]
    assert "Sichuan 100" in texts
    assert "Zhejiang 0" in texts
    sizes = np.asarray(circles[0].get_sizes())
    counts = province_shares(result.zones, result.zones["province"], 500.0)["zones"]
    assert np.allclose(sizes / sizes[0], counts / counts.iloc[0])


def test_areas_are_found_by_the_seats_in_them() -> None:
    provinces = ["湖北省", "安徽省", "河南省"]
    made = made_up_areas(provinces)
    lines = shapely.line_merge(shapely.union_all([shapely.boundary(a) for a in made.values()]))
    found = province_areas(lines, provinces)
    assert set(found) == set(provinces)
    for name, parts in found.items():
        united = shapely.union_all(parts)
        assert shapely.area(united.symmetric_difference(made[name])) < 1e-6
    # a province without an area, or an area of several: no areas of provinces
    assert province_areas(lines, [*provinces, "西藏自治区"]) == {}
    whole = shapely.boundary(shapely.union_all(list(made.values())))
    assert province_areas(shapely.MultiLineString([whole]), provinces) == {}
    assert province_areas(shapely.MultiLineString(), provinces) == {}
    # the built-in lines enclose inland provinces, and no coastal one
    assert province_areas(province_outlines().lines, [*provinces, "浙江省"]) == {}


def test_areas_of_a_file_of_the_users(tmp_path) -> None:  # type: ignore[no-untyped-def]
    provinces = ["湖北省", "安徽省", "河南省"]
    file = tmp_path / "made_up.geojson"
    areas = made_up_areas(provinces)
    gpd.GeoSeries(areas, crs="EPSG:4326").to_file(file, driver="GeoJSON")
    study = Study(
        zones_provinces=tuple(provinces), boundaries=file, boundary_credit="made up for a test"
    )
    result = run_study(study)
    figure = share_figure(result.zones, places_of(result), study)
    (axes,) = figure.axes
    assert not [c for c in axes.collections if isinstance(c, PathCollection)]
    shares = province_shares(result.zones, result.zones["province"], 500.0)["beyond_pct"]
    drawn = {
        tuple(np.round(c.get_facecolor()[0][:3], 6))
        for c in axes.collections
        if isinstance(c, PolyCollection)
    }
    assert {tuple(np.round(colour_of(pct), 6)) for pct in shares} <= drawn
    said = " ".join(t.get_text() for t in figure.texts)
    assert "told apart by the seats" in " ".join(said.split())


def test_colours_go_up_with_the_share() -> None:
    classes = [colour_of(pct) for pct in (0.0, 0.1, 25.0, 25.1, 50.1, 75.1, 100.0)]
    greens = [green for _, green, _ in classes]
    assert greens == sorted(greens, reverse=True)
    assert classes[1] == classes[2]
    assert len(set(classes)) == 5
    assert classes[0] == (1.0, 1.0, 1.0)


def test_no_area_is_made_of_nothing() -> None:
    zones = pd.DataFrame({"lon": [114.0], "lat": [30.0], "nearest_km": [600.0]})
    table = province_shares(zones, pd.Series(["湖北省"]), 500.0)
    assert table["beyond_pct"].tolist() == [100.0]
    assert isinstance(province_outlines(), Outlines)

"""Figures: the numbers drawn are those of the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from pyproj import Transformer

from geodata.loaders import load_published_figures
from maps.figures.map import ALBERS
from maps.style import BEYOND_COLOUR
from tests.drawn_figures import LANGUAGES, NAMES, words
from tests.helpers import brute_force_km
from tests.test_outputs import into
from zones.parameters import THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.report.gap_tables import curve_table, layer_curves, province_table, type_table
from zones.report.headings import value
from zones.thresholds import count_beyond


def bars(figure: Figure, label: str) -> list[float]:
    (container,) = (c for c in figure.axes[0].containers if c.get_label() == label)
    return [patch.get_width() for patch in container]


def test_all_figures_are_there(figures: dict[tuple[str, str], Figure]) -> None:
    assert set(figures) == {(language, name) for language in LANGUAGES for name in NAMES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_types_show_the_table(
    figures: dict[tuple[str, str], Figure], result: StudyResult, language: str
) -> None:
    table = type_table(result).query("level != 'total'")
    figure = figures[language, "types"]
    assert bars(figure, "beyond") == table["beyond"].tolist()
    assert (
        np.add(bars(figure, "within"), bars(figure, "beyond")).tolist() == table["zones"].tolist()
    )
    assert sum(bars(figure, "within") + bars(figure, "beyond")) == 2543
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert len(labels) == len(table) == 8
    if language == "zh":
        assert labels == table["type"].tolist()
    shown = words(figure)
    for column, style in (("zones", ","), ("beyond", ","), ("share_zones_pct", ".1f")):
        for number in table[column]:
            assert format(number, style) in shown


def test_map_shows_every_zone_in_its_class_at_its_place(
    figures: dict[tuple[str, str], Figure], result: StudyResult
) -> None:
    axes = figures["en", "map"].axes[0]
    zones = result.zones
    row = count_beyond(zones["nearest_km"], zones["uncertainty_km"], [THRESHOLD_KM]).iloc[0]
    lines = {line.get_label(): line for line in axes.lines}
    shown = {name: len(lines[name].get_xdata()) for name in ("beyond", "unsure", "within", "hub")}
    assert shown == {
        "beyond": row["surely"],
        "unsure": row["possibly"] - row["surely"],
        "within": len(zones) - row["possibly"],
        "hub": len(result.hubs),
    }
    assert same_color(lines["beyond"].get_markerfacecolor(), BEYOND_COLOUR)
    # back to degrees by another route than the forward projection
    inverse = Transformer.from_crs(ALBERS, "EPSG:4326", always_xy=True)
    x = np.concatenate([lines[n].get_xdata() for n in ("within", "beyond", "unsure")])
    y = np.concatenate([lines[n].get_ydata() for n in ("within", "beyond", "unsure")])
    lon, lat = inverse.transform(x, y)
    assert np.allclose(np.sort(lon), np.sort(zones["lon"]), atol=1e-6)
    assert np.allclose(np.sort(lat), np.sort(zones["lat"]), atol=1e-6)
    legend = " ".join(t.get_text() for t in axes.get_legend().get_texts())
    for number in (row["surely"], row["possibly"] - row["surely"], len(zones) - row["possibly"]):
        assert f"{number:,.0f}" in legend
    assert f"{row['beyond']:,.0f} of 2,543" in axes.get_legend().get_title().get_text()


def test_line_of_equal_distance_is_that_far_from_the_hubs(
    figures: dict[tuple[str, str], Figure], result: StudyResult
) -> None:
    axes = figures["en", "map"].axes[0]
    (line,) = (c for c in axes.collections if type(c).__name__ == "QuadContourSet")
    (path,) = line.get_paths()
    lon, lat = Transformer.from_crs(ALBERS, "EPSG:4326", always_xy=True).transform(*path.vertices.T)
    distance_km = brute_force_km(pd.DataFrame({"lon": lon, "lat": lat}), result.hubs).min(axis=1)
    assert len(distance_km) > 200
    off_km = np.abs(distance_km - THRESHOLD_KM)
    assert np.median(off_km) < 0.05
    assert off_km.max() < 4.0  # where two hubs are as near, the grid cuts the corner


def test_nothing_hides_a_zone(figures: dict[tuple[str, str], Figure]) -> None:
    for language in LANGUAGES:
        figure = figures[language, "map"]
        figure.canvas.draw()
        axes = figure.axes[0]
        box = axes.get_legend().get_window_extent()
        for line in axes.lines:
            if line.get_label() in ("within", "beyond", "unsure", "hub"):
                pixels = axes.transData.transform(line.get_xydata())
                assert not any(box.contains(*point) for point in pixels)
                assert all(axes.bbox.contains(*point) for point in pixels)


def test_curves_go_through_the_table(
    figures: dict[tuple[str, str], Figure], result: StudyResult
) -> None:
    axes = figures["en", "threshold_curve"].axes[0]
    table = curve_table(result).set_index("threshold_km")
    lines = {line.get_label(): line for line in axes.lines}
    columns = {"prefectures": "beyond", "listed": "beyond_listed", "cores": "beyond_cores"}
    for layer, column in columns.items():
        curve = pd.Series(lines[layer].get_ydata(), lines[layer].get_xdata())
        assert curve.loc[table.index].tolist() == table[column].tolist()
    # fill_between goes along the lower edge and back along the upper one
    band = axes.collections[-1] if len(axes.collections) == 1 else axes.collections[2]
    corners = set(map(tuple, band.get_paths()[0].vertices))
    for t, row in table.iterrows():
        assert {(t, row["surely"]), (t, row["possibly"])} <= corners
    assert tuple(axes.get_xlim()) == (0.0, 3000.0)


@pytest.mark.parametrize("method", ["great-circle", "geodesic"])
def test_curves_of_all_layers_count_as_the_thresholds_do(result: StudyResult, method: str) -> None:
    study = into(result, result.study.folder, distance_method=method)
    curves = layer_curves(study).set_index(["layer", "threshold_km"])
    for layer in ("prefectures", "listed", "cores"):
        counts = count_beyond(
            study.distance_under(layer, method), result.zones["uncertainty_km"], [0, 155, 500, 2995]
        )
        found = curves.loc[layer].loc[counts.index]
        assert found.equals(counts[["beyond", "surely", "possibly"]])


def test_the_published_count_is_marked_where_each_layer_has_it(
    figures: dict[tuple[str, str], Figure], result: StudyResult
) -> None:
    published = int(load_published_figures().loc["zones_beyond_500km", "value"])
    figure = figures["en", "threshold_curve"]
    inset = figure.axes[0].child_axes[0]
    for axes in (figure.axes[0], inset):
        (dots,) = (c for c in axes.collections if type(c).__name__ == "PathCollection")
        x, y = dots.get_offsets().T
        assert set(y) == {published}
        for layer, at in zip(("prefectures", "listed", "cores"), x, strict=True):
            assert int((result.distance_under(layer, "great-circle") > at).sum()) == published
            assert any(f"{at:.0f} km" in text for text in words(figure))
    assert "2020 report: 1,120" in words(figure)
    legend = inset.get_legend().get_window_extent()
    for line in inset.lines[:-1]:  # the last is the horizontal one
        assert not any(legend.contains(*p) for p in inset.transData.transform(line.get_xydata()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_provinces_show_median_spread_and_counts(
    figures: dict[tuple[str, str], Figure], result: StudyResult, language: str
) -> None:
    figure = figures[language, "provinces"]
    table = province_table(result).set_index("province").drop("total")
    table = table.sort_values("median_km", ascending=False)
    axes = figure.axes[0]
    column = "province_short" if language == "zh" else "province_en"
    labels = [t.get_text() for t in axes.get_yticklabels()]
    assert labels == result.provinces.loc[table.index, column].tolist()
    (dots,) = (c for c in axes.collections if type(c).__name__ == "PathCollection")
    assert np.allclose(dots.get_offsets()[:, 0], table["median_km"])
    (spread,) = (c for c in axes.collections if type(c).__name__ == "LineCollection")
    by_province = result.zones.groupby("province")["nearest_km"]
    for segment, province in zip(spread.get_segments(), table.index, strict=True):
        ends = np.percentile(by_province.get_group(province), [10, 90])
        assert np.allclose(segment[:, 0], ends)
    shown = words(figure)
    for row in table.itertuples():
        for text in (f"{row.zones:,}", f"{row.beyond:,}", f"{row.median_km:,.0f}"):
            assert text in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_gdp_bars_add_up_to_the_table(
    figures: dict[tuple[str, str], Figure], result: StudyResult, language: str
) -> None:
    figure = figures[language, "province_gdp"]
    table = province_table(result).set_index("province")
    total = table.loc["total"]
    within, beyond = np.array(bars(figure, "within")), np.array(bars(figure, "beyond"))
    assert np.isclose(1e4 * (within + beyond).sum(), total["gdp_estimate_yi_cny"])
    assert np.isclose(1e4 * beyond.sum(), total["gdp_beyond_yi_cny"])
    assert (np.diff(within + beyond) <= 0).all()
    rows = table.drop("total").sort_values("gdp_estimate_yi_cny", ascending=False)
    assert np.allclose(1e4 * beyond, rows["gdp_beyond_yi_cny"])
    shown = words(figure)
    assert all(f"{x / 1e4:.2f}" in shown for x in rows["gdp_estimate_yi_cny"])
    notes = " ".join(shown)
    assert f"{total['gdp_estimate_yi_cny'] / 1e4:.2f}" in notes
    assert value("2018-first", language) in notes

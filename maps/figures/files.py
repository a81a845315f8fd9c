"""All figures of a study, and figures as files with equal bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.text import Text

from maps.boundaries import Outlines
from maps.figures.bars import gdp_figure, type_figure
from maps.figures.curves import curve_figure
from maps.figures.fonts import is_truetype
from maps.figures.map import map_figure
from maps.figures.provinces import province_figure
from maps.figures.shares import share_figure
from maps.figures.sheet import PLAIN, Style, settings
from maps.figures.words import places_of
from zones.pipeline import StudyResult
from zones.published_count import published_count
from zones.report.gap_tables import division_table, layer_curves, province_table, type_table
from zones.report.headings import value
from zones.report.notes import kept_sentences, one_after_the_other
from zones.report.reconciliation import published_thresholds
from zones.report.sources import credited, own_sources

# no time, no version of the program that wrote it
_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def study_figures(
    result: StudyResult, style: Style = PLAIN, outlines: Outlines | None = None
) -> Iterator[tuple[str, Figure]]:
    """Give each figure of a study with its name: types, map, threshold_curve, provinces, ...

    There is none of GDP where no zone states an area. Of one province, cities stand in the place
    of provinces (counties, of a municipality), where there are two or more. The map has the
    study's lines, unless others are given.

    Raises
    ------
    FontError
        When no installed font has the characters.
    """
    zones, places = result.zones, places_of(result)
    study = credited(result.study, zones)
    style = own_style(result, style)
    curves = layer_curves(result), published_thresholds(result), published_count()
    table = province_table(result) if places.kind == "province" else division_table(result)
    makers: dict[str, Callable[[], Figure]] = {
        "types": lambda: type_figure(type_table(result), study, style),
        "map": lambda: map_figure(zones, result.hubs, study, style, outlines),
        "threshold_curve": lambda: curve_figure(*curves, study, style),
    }
    several = "cities" if places.kind == "city" else "counties"
    name = "provinces" if places.kind == "province" else several
    if places.kind == "province" or places.of_zones.nunique() > 1:
        makers[name] = lambda: province_figure(zones, places, study, style)
        if places.kind == "province" and places.of_zones.nunique() > 1:
            makers["province_shares"] = lambda: share_figure(zones, places, study, style, outlines)
        # the total; nan where no zone states an area
        if table["gdp_estimate_yi_cny"].iloc[-1] > 0:
            makers[f"{places.kind}_gdp"] = lambda: gdp_figure(table, places, study, style)
    for name, make in makers.items():
        yield name, make()


def own_style(result: StudyResult, style: Style) -> Style:
    """Return the style for a study: its own Chinese characters, and which zones it keeps."""
    study, zones = result.study, result.zones
    words = [*zones["level"].unique(), *zones["type"].unique()]
    files = [words.in_language(study.language) for words in own_sources(study).values()]
    lines = [text for text in (study.boundary_credit, study.map_approval) if text]
    texts = "".join([*(value(word, study.language) for word in words), *files, *lines])
    kept = one_after_the_other(kept_sentences(result))
    said = "" if kept is None else kept.in_language(study.language)
    own_chinese = any("\u2e80" <= c <= "\uffef" for c in texts + said)
    return replace(style, said=said, own_chinese=own_chinese)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as its file's ending says: png (300 dpi), svg or pdf; equal bytes each time.

    Raises
    ------
    KeyError
        For another ending.
    """
    kind = path.suffix.removeprefix(".")
    families = {f for text in figure.findobj(Text) for f in text.get_fontfamily()}
    with settings():
        # many publishers refuse Type 3; but only TrueType outlines can be Type 42
        mpl.rcParams["pdf.fonttype"] = 42 if all(map(is_truetype, families)) else 3
        figure.savefig(path, format=kind, metadata=_METADATA[kind])


def figure_files(formats: Iterable[str]) -> list[str]:
    """Return the names that `write_figures` may write."""
    kinds = ("province", "city", "county")
    several = ("provinces", "cities", "counties")
    whole = ("types", "map", "threshold_curve", "province_shares")
    names = [*whole, *several, *(f"{kind}_gdp" for kind in kinds)]
    return [f"{name}.{kind}" for name in names for kind in formats]


def write_figures(
    result: StudyResult,
    folder: Path,
    formats: Iterable[str],
    style: Style = PLAIN,
    outlines: Outlines | None = None,
) -> list[str]:
    """Write every figure of a study in every format, as `study_figures`; return the files' names.

    Raises
    ------
    FontError
        When no installed font has the characters; nothing is left half written by `staged`.
    """
    formats = tuple(formats)
    names = []
    for name, figure in study_figures(result, style, outlines):
        for kind in formats:
            folder.mkdir(parents=True, exist_ok=True)
            save_figure(figure, folder / f"{name}.{kind}")
            names.append(f"{name}.{kind}")
    return names

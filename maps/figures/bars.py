"""Stacked bars of what lies within the threshold and beyond it: zones by type, GDP by province."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from maps.figures.sheet import (
    LABEL_CM,
    MARGIN_CM,
    PALE,
    PLAIN,
    WIDTH_CM,
    FigureSheet,
    Style,
    figure_sheet,
    rows_axes,
    text_columns,
    whole_numbers,
)
from maps.figures.words import Places, beyond_note, note, source_notes, word
from maps.style import BEYOND_COLOUR, WITHIN_COLOUR
from zones.groups import TOTAL
from zones.parameters import YI_PER_TRILLION
from zones.report.headings import value
from zones.study import Study

ROW_CM = 0.42
BAR = 0.68  # of a row


def tint(colour: str, strength: float) -> str:
    """Mix a colour with white, so that two colours differ in a grey print, too."""
    red, green, blue = (1.0 - strength * (1.0 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


PALE_WITHIN = tint(WITHIN_COLOUR, 0.4)


def type_figure(types: pd.DataFrame, study: Study, style: Style = PLAIN) -> Figure:
    """Draw the number of zones by level and type, figure 1 of the 2020 report.

    Parameters
    ----------
    types
        As `zones.report.gap_tables.type_table` returns it: ``level``, ``type``, ``zones``,
        ``share_zones_pct``, ``beyond``; a row of the total is not drawn.
    study
        The table's study: language, and the threshold and hubs behind ``beyond``.
    style
        Title and font.

    Returns
    -------
    matplotlib.figure.Figure
        Bars of zones within and beyond the threshold; number, share and number beyond as text.

    Raises
    ------
    FontError
        When no installed font has the characters.

    Examples
    --------
    >>> from zones.report.gap_tables import type_table
    >>> from zones.pipeline import run_study
    >>> from zones.study import Study
    >>> figure = type_figure(type_table(run_study(Study())), Study())
    >>> figure.axes[0].get_xlabel()
    'Zones (number)'
    """
    language, threshold_km = study.language, study.thresholds_km[0]
    table = types[types["level"] != TOTAL]
    labels: list[str] = []
    positions: list[float] = []
    headings: list[tuple[str, float]] = []
    y = 0.0
    for level in table["level"].unique():
        headings.append((value(level, language), y))
        for name in table.loc[table["level"] == level, "type"]:
            y += 1.0
            labels.append(value(name, language))
            positions.append(y)
        y += 1.3
    with figure_sheet(language, style) as page:
        labels = [page.cut(text, LABEL_CM) for text in labels]
        headings = [(page.cut(text, LABEL_CM), place) for text, place in headings]
        left = MARGIN_CM + page.width_cm([*labels, *(h for h, _ in headings)]) + 0.3
        heads = [word(key, language) for key in ("zones", "share", "beyond")]
        right, edges_cm = text_columns_room_cm(page, heads)
        axes = page.axes(
            word("type_title", language),
            [
                beyond_note(study),
                *source_notes(study),
            ],
            plot_cm=ROW_CM * (y + 1.0),
            margins_cm=(left, right, 0.55, 1.1),
        )
        _stack(axes, positions, table["zones"] - table["beyond"], table["beyond"])
        rows_axes(axes, labels, positions)
        axes.set_ylim(positions[-1] + 0.6, -0.6)
        for text, place in headings:
            axes.annotate(
                text, (0, place), xytext=(-3.5, 0), textcoords="offset points",
                xycoords=axes.get_yaxis_transform(), ha="right", va="center_baseline",
                color=PALE, annotation_clip=False,
            )  # fmt: skip
        columns = [
            [f"{n:,}" for n in table["zones"]],
            [f"{pct:.1f}" for pct in table["share_zones_pct"]],
            [f"{n:,}" for n in table["beyond"]],
        ]
        text_columns(axes, heads, columns, positions, edges_cm)
        axes.set_xlabel(word("zones_axis", language))
        whole_numbers(axes.xaxis)
        _legend(axes, threshold_km, language)
    return page.figure


def gdp_figure(table: pd.DataFrame, places: Places, study: Study, style: Style = PLAIN) -> Figure:
    """Draw the estimated zone GDP of each province or city, within the threshold and beyond it.

    Parameters
    ----------
    table
        As `zones.report.gap_tables.province_table` or ``division_table`` returns it: the place,
        ``gdp_estimate_yi_cny``, ``gdp_beyond_yi_cny``, with its row of the total.
    places
        The zones' provinces, or the cities of one province.
    study
        The table's study: language, threshold and hubs, GDP vintage and land.
    style
        Title and font.

    Returns
    -------
    matplotlib.figure.Figure
        One bar a place with zones of known area, the largest on top.

    Raises
    ------
    FontError
        When no installed font has the characters.

    Examples
    --------
    >>> from maps.figures.words import places_of
    >>> from zones.report.gap_tables import province_table
    >>> from zones.pipeline import run_study
    >>> from zones.study import Study
    >>> result = run_study(Study())
    >>> figure = gdp_figure(province_table(result), places_of(result), result.study)
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'Hebei'
    """
    language, threshold_km = study.language, study.thresholds_km[0]
    is_total = table[places.kind] == TOTAL
    total = table[is_total].iloc[0]
    rows = table[~is_total & (table["gdp_estimate_yi_cny"] > 0)]
    rows = rows.sort_values("gdp_estimate_yi_cny", ascending=False, kind="stable")
    labels = [places.names[name] for name in rows[places.kind]]
    positions = [float(i) for i in range(len(rows))]
    gdp = rows["gdp_estimate_yi_cny"] / YI_PER_TRILLION
    far = rows["gdp_beyond_yi_cny"] / YI_PER_TRILLION
    digits = 2 if gdp.max() >= 1.0 else 3  # of trillions; a city's are small
    with figure_sheet(language, style) as page:
        heads = [word(key, language) for key in ("gdp", "gdp_beyond", "beyond_pct")]
        right, edges_cm = text_columns_room_cm(page, heads)
        axes = page.axes(
            word(f"{places.kind}_gdp_title", language),
            [
                beyond_note(study),
                note(
                    "gdp",
                    language,
                    vintage=value(study.gdp, language),
                    land=value(study.land, language),
                    gdp=total["gdp_estimate_yi_cny"] / YI_PER_TRILLION,
                    beyond_gdp=total["gdp_beyond_yi_cny"] / YI_PER_TRILLION,
                    pct=100.0 * total["gdp_beyond_yi_cny"] / total["gdp_estimate_yi_cny"],
                ),
                *source_notes(study),
            ],
            plot_cm=ROW_CM * (len(rows) + 0.2),
            margins_cm=(MARGIN_CM + page.width_cm(labels) + 0.3, right, 0.55, 1.1),
        )
        _stack(axes, positions, gdp - far, far)
        rows_axes(axes, labels, positions)
        columns = [
            [f"{x:.{digits}f}" for x in gdp],
            [f"{x:.{digits}f}" for x in far],
            [f"{100.0 * part / whole:.0f}" for part, whole in zip(far, gdp, strict=True)],
        ]
        text_columns(axes, heads, columns, positions, edges_cm)
        axes.set_xlabel(word("gdp_axis", language))
        _legend(axes, threshold_km, language)
    return page.figure


def text_columns_room_cm(page: FigureSheet, heads: Sequence[str]) -> tuple[float, list[float]]:
    """Return the room that columns of text need right of the axes, and where each ends, in cm."""
    places, end = [], 0.1
    for head in heads:
        end += max(page.width_cm([head]), 0.9) + 0.25
        places.append(end)
    return end + MARGIN_CM, places


def _stack(
    axes: Axes, positions: Sequence[float], within: pd.Series[float], beyond: pd.Series[float]
) -> None:
    """Draw the bars, the part beyond to the right."""
    axes.barh(positions, within, height=BAR, color=PALE_WITHIN, label="within")
    axes.barh(positions, beyond, height=BAR, left=within, color=BEYOND_COLOUR, label="beyond")
    axes.set_xlim(0.0, 1.02 * (within + beyond).max())


def _legend(axes: Axes, threshold_km: float, language: str) -> None:
    handles, keys = axes.get_legend_handles_labels()
    words = [word(f"{key}_km", language, t=threshold_km) for key in keys]
    figure = axes.get_figure()
    assert figure is not None
    left, top = MARGIN_CM / WIDTH_CM, axes.get_position().y1
    axes.legend(
        handles, words, ncols=2, loc="lower left", bbox_to_anchor=(left, top),
        bbox_transform=figure.transSubfigure, borderpad=0.0, borderaxespad=0.25,
        handlelength=1.0, handleheight=0.9, columnspacing=1.2,
    )  # fmt: skip

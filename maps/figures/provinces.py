"""The gap by province or city: how far the zones of each are from the nearest hub."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from maps.figures.bars import ROW_CM, text_columns_room_cm
from maps.figures.sheet import (
    INK,
    MARGIN_CM,
    PLAIN,
    Style,
    figure_sheet,
    rows_axes,
    text_columns,
    whole_numbers,
)
from maps.figures.words import Places, beyond_note, note, source_notes, word
from maps.style import BEYOND_COLOUR, WITHIN_COLOUR
from zones.study import Study
from zones.thresholds import beyond

LOW, HIGH = 0.1, 0.9  # quantiles at the ends of a place's line


def province_figure(
    zones: pd.DataFrame, places: Places, study: Study, style: Style = PLAIN
) -> Figure:
    """Draw median and spread of the zones' distance by province or city, farthest on top.

    Parameters
    ----------
    zones
        With ``nearest_km``.
    places
        Their provinces, or the cities of one province.
    study
        The zones' study: language, hubs, and the threshold, which is drawn as a line; the zones
        beyond it stand as text beside each province.
    style
        Title and font.

    Returns
    -------
    matplotlib.figure.Figure
        A dot at the median, a line from the 10th to the 90th percentile.

    Raises
    ------
    FontError
        When no installed font has the characters.

    Examples
    --------
    >>> from maps.figures.words import places_of
    >>> from zones.pipeline import run_study
    >>> from zones.study import Study
    >>> result = run_study(Study())
    >>> figure = province_figure(result.zones, places_of(result), result.study)
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'Xinjiang'
    """
    language, threshold_km = study.language, study.thresholds_km[0]
    title, quantiles = f"{places.kind}_title", f"{places.kind}_quantiles"
    rows = _spread(zones["nearest_km"], places.of_zones, threshold_km)
    labels = [places.names[str(name)] for name in rows.index]
    positions = [float(i) for i in range(len(rows))]
    with figure_sheet(language, style) as page:
        heads = [word(key, language) for key in ("median", "zones", "beyond", "beyond_pct")]
        right, edges_cm = text_columns_room_cm(page, heads)
        axes = page.axes(
            word(title, language),
            [
                note(quantiles, language),
                beyond_note(study),
                *source_notes(study),
            ],
            plot_cm=ROW_CM * (len(rows) + 0.2),
            margins_cm=(MARGIN_CM + page.width_cm(labels) + 0.3, right, 0.55, 1.1),
        )
        far = rows["median_km"] > threshold_km
        colours = [BEYOND_COLOUR if is_far else WITHIN_COLOUR for is_far in far]
        axes.hlines(positions, rows["low_km"], rows["high_km"], colors=colours, lw=1.4, alpha=0.55)
        axes.scatter(rows["median_km"], positions, s=17, c=colours, lw=0, zorder=3, clip_on=False)
        rows_axes(axes, labels, positions)
        axes.set_xlim(left=0.0)
        axes.axvline(threshold_km, color=INK, lw=0.7, ls=(0, (4, 2)), zorder=1)
        if threshold_km <= axes.get_xlim()[1]:
            axes.annotate(
                word("km", language, t=threshold_km), (threshold_km, 1.0), xytext=(0, 3),
                textcoords="offset points", xycoords=axes.get_xaxis_transform(), ha="center",
                va="bottom", annotation_clip=False,
            )  # fmt: skip
        columns = [
            [f"{x:,.0f}" for x in rows["median_km"]],
            [f"{n:,}" for n in rows["zones"]],
            [f"{n:,}" for n in rows["beyond"]],
            [f"{pct:.0f}" for pct in rows["beyond_pct"]],
        ]
        text_columns(axes, heads, columns, positions, edges_cm)
        axes.set_xlabel(word("distance_axis", language))
        whole_numbers(axes.xaxis)
    return page.figure


def _spread(
    nearest_km: pd.Series[float], place: pd.Series[str], threshold_km: float
) -> pd.DataFrame:
    """Return the places' zones, those beyond, and quantiles of their distance."""
    place = place[place != ""]  # a position of a file may come without a province
    nearest_km = nearest_km[place.index]
    by_place = nearest_km.groupby(place, sort=False)
    far = beyond(nearest_km, threshold_km).groupby(place, sort=False)
    rows = pd.DataFrame(
        {
            "median_km": by_place.median(),
            "low_km": by_place.quantile(LOW),
            "high_km": by_place.quantile(HIGH),
            "zones": by_place.size(),
            "beyond": far.sum().astype(int),
        }
    )
    rows["beyond_pct"] = 100.0 * rows["beyond"] / rows["zones"]
    return rows.sort_values("median_km", ascending=False, kind="stable")

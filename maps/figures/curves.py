"""The threshold curve of every hub layer, with the report's count marked."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from maps.figures.sheet import INK, PALE, PLAIN, Style, figure_sheet, whole_numbers
from maps.figures.words import hubs_note, layer_name, note, source_notes, word
from zones.hubs import HUB_LAYERS
from zones.study import Study

BAND_ALPHA = 0.22
INSET = (0.37, 0.27, 0.62, 0.72)  # left, bottom, width, height in the axes
INSET_LEFT_KM, INSET_RIGHT_KM = 60.0, 200.0
END_STEP_KM = 100.0
MORE_KM = 20.0  # of curve outside the inset's edges, which cut it
INSET_SHARE = 0.28  # of the published count, up and down


def curve_figure(
    curves: pd.DataFrame,
    marks: pd.DataFrame,
    published: int,
    study: Study,
    style: Style = PLAIN,
) -> Figure:
    """Draw how many zones lie beyond each distance under each hub layer.

    Parameters
    ----------
    curves
        As `zones.report.gap_tables.layer_curves` returns it: ``layer``, ``threshold_km``,
        ``beyond``, ``surely``, ``possibly``.
    marks
        As `zones.report.reconciliation.published_thresholds` returns it: indexed by layer,
        ``threshold_km`` at which the layer gives the published count; nan where it cannot.
    published
        That count.
    study
        The curves' study: language, distance method.
    style
        Title and font.

    Returns
    -------
    matplotlib.figure.Figure
        A curve with its band a layer, and an inset where the curves meet the published count;
        no inset when none of them does.

    Raises
    ------
    FontError
        When no installed font has the characters.

    Examples
    --------
    >>> from zones.report.gap_tables import layer_curves
    >>> from zones.pipeline import run_study
    >>> from zones.report.reconciliation import published_count, published_thresholds
    >>> from zones.study import Study
    >>> result = run_study(Study())
    >>> marks = published_thresholds(result)
    >>> figure = curve_figure(layer_curves(result), marks, published_count(), result.study)
    >>> [round(x) for x in figure.axes[0].get_xlim()]
    [0, 3000]
    """
    language = study.language
    reached = marks["threshold_km"].dropna()
    with figure_sheet(language, style) as page:
        axes = page.axes(
            word("curve_title", language),
            [
                note("band", language) + (note("dots", language) if len(reached) else ""),
                hubs_note(study),
                *source_notes(study),
            ],
            plot_cm=8.2,
            margins_cm=(1.65, 0.5, 0.2 if len(reached) else 0.55, 1.05),
        )
        lines = _draw(axes, curves)
        axes.set_xlim(0.0, _end_km(curves) if study.filtered else curves["threshold_km"].max())
        axes.set_ylim(0.0, curves["possibly"].max() * 1.02)
        axes.set_xlabel(word("distance_axis", language))
        axes.set_ylabel(word("zones_axis", language))
        whole_numbers(axes.xaxis, axes.yaxis)
        names = {layer: layer_name(study, layer) for layer in lines}
        if reached.empty:
            axes.legend(
                list(lines.values()), list(names.values()), ncols=len(lines), loc="lower left",
                bbox_to_anchor=(0.0, 1.0), borderpad=0.0, borderaxespad=0.25, handlelength=2.6,
            )  # fmt: skip
        else:
            _mark(axes, reached, published)
            inset = _inset(axes, curves, reached, published, language)
            texts = [
                word("reached", language, layer=name, t=reached[layer])
                if layer in reached.index
                else name
                for layer, name in names.items()
            ]
            legend = inset.legend(
                list(lines.values()), texts, loc="upper right", handlelength=2.6, borderpad=0.3,
                frameon=True, framealpha=1.0, edgecolor="none",
            )  # fmt: skip
            legend.set_zorder(30)  # over the curves of a layer that lies high
    return page.figure


def _end_km(curves: pd.DataFrame) -> float:
    """Return the distance, in round numbers, beyond which no zone lies: some are all near."""
    last_km = float(curves.loc[curves["possibly"] > 0, "threshold_km"].max())
    return min(float(curves["threshold_km"].max()), END_STEP_KM * (last_km // END_STEP_KM + 1.0))


def _draw(axes: Axes, curves: pd.DataFrame) -> dict[str, Line2D]:
    """Draw the layers' bands and lines, the first layer on top."""
    lines = {}
    layers = list(dict.fromkeys(curves["layer"]))
    for order, layer in enumerate(reversed(layers)):
        rows = curves[curves["layer"] == layer]
        colour, dash = HUB_LAYERS[layer].colour, HUB_LAYERS[layer].dash
        x = rows["threshold_km"].to_numpy()
        axes.fill_between(
            x, rows["surely"].to_numpy(), rows["possibly"].to_numpy(), color=colour,
            alpha=BAND_ALPHA, lw=0, zorder=2 + order,
        )  # fmt: skip
        (lines[layer],) = axes.plot(
            x, rows["beyond"].to_numpy(), color=colour, lw=1.2, ls=dash, zorder=6 + order,
            label=layer,
        )  # fmt: skip
    return {layer: lines[layer] for layer in layers}


def _dots(axes: Axes, reached: pd.Series[float], published: int) -> None:
    colours = [HUB_LAYERS[str(layer)].colour for layer in reached.index]
    y = [published] * len(reached)
    axes.scatter(reached, y, s=16, c=colours, edgecolors="white", linewidths=0.6, zorder=12)


def _mark(axes: Axes, reached: pd.Series[float], published: int) -> None:
    """Draw the published count in the large plot, up to where the first curve has it."""
    axes.hlines(published, 0.0, reached.max(), colors=INK, lw=0.6, ls=(0, (1, 1.5)))
    _dots(axes, reached, published)
    axes.annotate(
        f"{published:,}", (0.0, published), xytext=(4, -3), textcoords="offset points", va="top"
    )


def _inset(
    axes: Axes, curves: pd.DataFrame, reached: pd.Series[float], published: int, language: str
) -> Axes:
    """Enlarge the part where the curves have the published count."""
    inset = axes.inset_axes(INSET, zorder=20)
    west, east = max(0.0, reached.min() - INSET_LEFT_KM), reached.max() + INSET_RIGHT_KM
    _draw(inset, curves[curves["threshold_km"].between(west - MORE_KM, east + MORE_KM)])
    inset.set_xlim(west, east)
    margin = INSET_SHARE * published
    inset.set_ylim(published - margin, published + margin)
    inset.axhline(published, color=INK, lw=0.6, ls=(0, (1, 1.5)))
    inset.vlines(
        reached, published - margin, published, zorder=11, lw=0.6,
        colors=[HUB_LAYERS[str(layer)].colour for layer in reached.index],
    )  # fmt: skip
    _dots(inset, reached, published)
    inset.annotate(
        word("published", language, n=published), (1.0, published), xytext=(-4, 3),
        textcoords="offset points", xycoords=inset.get_yaxis_transform(), ha="right", va="bottom",
    )  # fmt: skip
    for spine in inset.spines.values():
        spine.set(visible=True, color=PALE, linewidth=0.5)
    inset.tick_params(color=PALE)
    whole_numbers(inset.xaxis, inset.yaxis)
    return inset

"""The provinces by their share of zones beyond: areas of the user's lines, else circles."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from pyproj import Proj

from maps.boundaries import Outlines, outlines_of, province_seats
from maps.figures.map import (
    ALBERS,
    LEAST_KM,
    LONGEST_DEG,
    boundaries,
    coast,
    extent_of,
    free_corner,
)
from maps.figures.sheet import INK, MARGIN_CM, NOTE_PT, PALE, PLAIN, WIDTH_CM, Style, figure_sheet
from maps.figures.words import Places, beyond_note, boundary_note, note, source_notes, word
from maps.style import BEYOND_COLOUR, SEA_COLOUR
from zones.report.sources import COAST
from zones.study import NO_LINES, PROVINCE_LINES, Study
from zones.thresholds import beyond

# upper ends of the classes, % of a province's zones, and how much of the full colour each has
CLASSES_PCT = (0.0, 25.0, 50.0, 75.0, 100.0)
DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
AREA_PT2_A_ZONE = 1.3  # of a circle
OF_ONE_PROVINCE = 0.9  # of the seats in an area: it is that province's


def share_figure(
    zones: pd.DataFrame,
    places: Places,
    study: Study,
    style: Style = PLAIN,
    outlines: Outlines | None = None,
) -> Figure:
    """Draw each province by its share of zones beyond the threshold.

    Parameters
    ----------
    zones
        With ``lon``, ``lat``, ``nearest_km``.
    places
        Their provinces.
    study
        The zones' study: language, hubs and threshold.
    style
        Title and font.
    outlines
        Lines to draw; those that the study asks for without.

    Returns
    -------
    matplotlib.figure.Figure
        Where the user gives lines that enclose the provinces, these areas in five classes of
        colour; else a circle at the middle of each province's zones, its area by their number.

    Raises
    ------
    FontError
        When no installed font has the characters.
    UsageError, DataFileError
        As `maps.boundaries.outlines_of`.
    """
    language, threshold_km = study.language, study.thresholds_km[0]
    outlines = outlines or outlines_of(study)
    albers = Proj(ALBERS)
    table = province_shares(zones, places.of_zones, threshold_km)
    x, y = albers(zones["lon"].to_numpy(), zones["lat"].to_numpy())
    extent = extent_of(x, y, LEAST_KM)
    given = study.boundaries not in (PROVINCE_LINES, NO_LINES)
    areas = province_areas(outlines.lines, list(table.index)) if given else {}
    left, right = MARGIN_CM, MARGIN_CM
    with figure_sheet(language, style) as page:
        axes = page.axes(
            word("shares_title", language, t=threshold_km),
            [
                note("shares_areas" if areas else "shares_circles", language),
                boundary_note(outlines, language),
                beyond_note(study),
                note("projection", language),
                *source_notes(study, COAST),
            ],
            plot_cm=(WIDTH_CM - left - right) * extent.height / extent.width,
            margins_cm=(left, right, 0.1, 0.1),
        )
        axes.set(xlim=(extent.west, extent.east), ylim=(extent.south, extent.north))
        axes.set(xticks=[], yticks=[], facecolor=SEA_COLOUR)
        for spine in axes.spines.values():
            spine.set(visible=True, color=PALE)
        coast(axes, albers)
        shares = table["beyond_pct"].to_dict()
        for name, polygons in areas.items():
            rings = [
                np.column_stack(albers(*shapely.get_coordinates(ring).T))
                for ring in shapely.get_exterior_ring(shapely.segmentize(polygons, LONGEST_DEG))
            ]
            colour = colour_of(shares[name])
            axes.add_collection(
                PolyCollection(rings, facecolor=colour, edgecolor="none", zorder=2), autolim=False
            )
        boundaries(axes, albers, outlines.lines)
        at = albers(table["lon"].to_numpy(), table["lat"].to_numpy())
        if not areas:
            axes.scatter(
                *at, s=AREA_PT2_A_ZONE * table["zones"], zorder=5, linewidths=0.5, edgecolors=INK,
                c=[colour_of(pct) for pct in table["beyond_pct"]],
            )  # fmt: skip
        halo = [withStroke(linewidth=1.5, foreground="white")]
        radius_pt = (AREA_PT2_A_ZONE * table["zones"]) ** 0.5 / 2.0
        for name, across, up, pct, radius in zip(
            table.index, *at, table["beyond_pct"], radius_pt, strict=True
        ):
            text = f"{places.names[str(name)]}{chr(10) if areas else ' '}{pct:.0f}"
            axes.annotate(
                text, (across, up), xytext=(0.0 if areas else radius + 1.5, 0.0),
                textcoords="offset points", ha="center" if areas else "left", va="center_baseline",
                size=NOTE_PT - 1.0, zorder=6, linespacing=0.95,
                path_effects=None if areas else halo,
                color="white" if areas and pct > CLASSES_PCT[-2] else INK,
            )  # fmt: skip
        axes.legend(
            handles=_keys(language), title=word("beyond_pct", language), alignment="left",
            frameon=True, fancybox=False, framealpha=0.92, edgecolor="none", borderpad=0.7,
            loc=free_corner(x, y, extent),
        )  # fmt: skip
    return page.figure


def province_shares(
    zones: pd.DataFrame, province: pd.Series[str], threshold_km: float
) -> pd.DataFrame:
    """Return zones, those beyond in %, and the middle of the zones, by province, most zones first.

    Small circles are then drawn over large ones.
    """
    known = province != ""
    far = 100.0 * beyond(zones["nearest_km"], threshold_km)
    frame = zones[["lon", "lat"]].assign(beyond_pct=far)[known]
    table = frame.groupby(province[known]).agg(
        lon=("lon", "median"), lat=("lat", "median"), beyond_pct=("beyond_pct", "mean"),
        zones=("lon", "size"),
    )  # fmt: skip
    return table.sort_values("zones", ascending=False, kind="stable")


def province_areas(lines: shapely.Geometry, provinces: list[str]) -> dict[str, np.ndarray]:
    """Return the areas that lines enclose, by province; none where they are not provinces.

    An area is of the province whose seats of counties lie in it; one without a seat is left out,
    and where an area mixes provinces, or a province has none, the lines are no provinces.
    """
    areas = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    seats = {name: shapely.points(*province_seats([name])) for name in provinces}
    tree = shapely.STRtree(areas)
    inside: dict[int, Counter[str]] = {}
    for name, points in seats.items():
        for area in tree.query(points, predicate="within")[1]:
            inside.setdefault(int(area), Counter())[name] += 1
    found: dict[str, list[shapely.Geometry]] = {}
    for area, counts in inside.items():
        (name, most), *_ = counts.most_common(1)
        if most < OF_ONE_PROVINCE * counts.total():
            return {}
        found.setdefault(name, []).append(areas[area])
    if set(found) != set(provinces):
        return {}
    return {name: np.array(parts) for name, parts in found.items()}


def colour_of(pct: float) -> tuple[float, float, float]:
    """Return the colour of a share: white where none is beyond, the full one for most."""
    depth = DEPTHS[next(i for i, end in enumerate(CLASSES_PCT) if pct <= end)]
    red, green, blue = (1.0 - depth * (1.0 - part) for part in to_rgb(BEYOND_COLOUR))
    return red, green, blue


def _keys(language: str) -> list[Patch]:
    ends = itertools.pairwise(CLASSES_PCT)
    labels = ["0", *(word("class", language, low=low, high=high) for low, high in ends)]
    return [
        Patch(facecolor=colour_of(end), edgecolor=INK, lw=0.4, label=label)
        for end, label in zip(CLASSES_PCT, labels, strict=True)
    ]

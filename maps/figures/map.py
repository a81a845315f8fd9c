"""The static map: zones within and beyond the threshold, hubs, coast, graticule, thin lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pyproj import Proj

from geodata.registry import table_path
from maps.boundaries import Outlines, outlines_of, province_seats
from maps.figures.sheet import INK, MARGIN_CM, NOTE_PT, PALE, PLAIN, WIDTH_CM, Style, figure_sheet
from maps.figures.words import beyond_note, boundary_note, note, source_notes, word
from maps.style import (
    BEYOND_COLOUR,
    COAST_COLOUR,
    GRATICULE_COLOUR,
    HUB_COLOUR,
    LAND_COLOUR,
    OUTLINE_COLOUR,
    SEA_COLOUR,
    UNSURE_COLOUR,
    WITHIN_COLOUR,
)
from zones.distance.great_circle import FloatArray
from zones.distance.nearest_hub import nearest
from zones.report.headings import value
from zones.report.sources import COAST
from zones.study import Study

# The equal-area projection usual for maps of the whole of China.
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +ellps=WGS84 +units=km"
FRAME_SHARE, FRAME_KM = 0.05, 60.0  # room around the points: of the extent, and at least
LABEL_KM = 450.0  # room east of the hubs for a cluster's name
LEGEND_SHARE = (0.4, 0.25)  # of the map's width and height, about
LEAST_KM, LEAST_PROVINCE_KM = 800.0, 240.0  # extent of a map of few points; of one province
ASPECT = (0.6, 1.0)  # height over width
# degrees between the lines of the graticule: the first that puts enough of them on the map
GRATICULE_STEPS_DEG, LEAST_LINES = (10, 5, 2, 1), 3
KM_PER_DEG = 111.0
LONGEST_DEG = 0.5  # of a straight piece of a line, which is curved in the projection
GRID = 260  # columns of the grid on which the line of equal distance is found
# marks that differ in a grey print, too: hollow, full, triangle
CLASSES: dict[str, dict[str, Any]] = {
    "within": {"marker": "o", "ms": 2.0, "mfc": "white", "mec": WITHIN_COLOUR, "mew": 0.55},
    "beyond": {"marker": "o", "ms": 2.7, "mfc": BEYOND_COLOUR, "mec": "white", "mew": 0.15},
    "unsure": {"marker": "^", "ms": 3.7, "mfc": UNSURE_COLOUR, "mec": INK, "mew": 0.25},
}
# where a cluster's name stands: eastward from its hubs' middle or easternmost, in points from
# there, and its alignment
CLUSTER_LABELS: dict[str, tuple[Callable[[FloatArray], float], tuple[float, float], str]] = {
    "Beijing": (np.mean, (0.0, 10.0), "center"),
    "Zhejiang": (np.max, (7.0, 4.0), "left"),
    "Guangdong": (np.mean, (6.0, -25.0), "center"),
}


Corner = Literal["lower left", "lower right", "upper left", "upper right"]


@dataclass(frozen=True)
class Extent:
    """The frame of the map in the projection, km."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        """Width in km."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Height in km."""
        return self.north - self.south

    def holds(self, x: FloatArray, y: FloatArray) -> NDArray[np.bool_]:
        """Return which points lie in it."""
        across, up = (self.west <= x) & (x <= self.east), (self.south <= y) & (y <= self.north)
        return np.asarray(across & up)


def map_figure(
    zones: pd.DataFrame,
    hubs: pd.DataFrame,
    study: Study,
    style: Style = PLAIN,
    outlines: Outlines | None = None,
) -> Figure:
    """Draw the zones by the side of the threshold they lie on, figure 15 of the 2020 report.

    Parameters
    ----------
    zones
        With ``lon``, ``lat``, ``nearest_km``, ``uncertainty_km``.
    hubs
        With ``lon``, ``lat``, ``cluster``.
    study
        The zones' study: language, distance method and threshold; zones whose uncertainty spans
        it are a class of their own.
    style
        Title and font.
    outlines
        Lines to draw; those that the study asks for without.

    Returns
    -------
    matplotlib.figure.Figure
        In Albers' equal-area projection, around the zones and hubs, or around the study's
        provinces where it keeps some only; coast from Natural Earth.

    Raises
    ------
    FontError
        When no installed font has the characters.
    UsageError, DataFileError
        As `maps.boundaries.outlines_of`.

    Examples
    --------
    >>> from zones.pipeline import run_study
    >>> from zones.study import Study
    >>> result = run_study(Study())
    >>> figure = map_figure(result.zones, result.hubs, result.study)
    >>> figure.axes[0].get_legend().get_title().get_text()
    '1,107 of 2,543 zones beyond 500 km'
    """
    language, threshold_km = study.language, study.thresholds_km[0]
    outlines = outlines or outlines_of(study)
    albers = Proj(ALBERS)
    points = albers(zones["lon"].to_numpy(), zones["lat"].to_numpy())
    hub_points = albers(hubs["lon"].to_numpy(), hubs["lat"].to_numpy())
    if study.zones_provinces is None:
        extent = extent_of(
            np.concatenate([points[0], hub_points[0], hub_points[0] + LABEL_KM]),
            np.concatenate([points[1], hub_points[1]]), LEAST_KM,
        )  # fmt: skip
    else:
        seats = albers(*province_seats(study.zones_provinces))
        extent = extent_of(
            np.concatenate([points[0], seats[0]]), np.concatenate([points[1], seats[1]]),
            LEAST_PROVINCE_KM,
        )  # fmt: skip
    shown = extent.holds(*hub_points)
    left, right = 0.95, MARGIN_CM
    with figure_sheet(language, style) as page:
        axes = page.axes(
            word("map_title", language, t=threshold_km),
            [
                boundary_note(outlines, language),
                beyond_note(study),
                note("projection", language),
                *source_notes(study, COAST),
            ],
            plot_cm=(WIDTH_CM - left - right) * extent.height / extent.width,
            margins_cm=(left, right, 0.1, 0.6),
        )
        axes.set(xlim=(extent.west, extent.east), ylim=(extent.south, extent.north))
        axes.set_facecolor(SEA_COLOUR)
        for spine in axes.spines.values():
            spine.set(visible=True, color=PALE)
        coast(axes, albers)
        graticule(axes, albers, extent, language)
        boundaries(axes, albers, outlines.lines)
        line = _equal_distance(axes, albers, extent, hubs, study)
        counts = _zones(axes, points, zones, threshold_km)
        near = hub_points[0][shown], hub_points[1][shown]
        axes.plot(*near, "D", ms=2.9, mfc=HUB_COLOUR, mec="white", mew=0.4, zorder=8, label="hub")
        _cluster_names(axes, hubs[shown], near, language)
        far = int((zones["nearest_km"] > threshold_km).sum())
        hubs_here = int(shown.sum()), len(hubs)
        handles = _legend_handles(counts, hubs_here, threshold_km, line, language)
        title = word("legend_title", language, n=far, total=len(zones), t=threshold_km)
        axes.legend(
            handles=handles, title=title, alignment="left", frameon=True,
            loc=free_corner(
                np.concatenate([points[0], near[0]]), np.concatenate([points[1], near[1]]),
                extent,
            ),
            fancybox=False, framealpha=0.92, edgecolor="none", borderpad=0.7,
        )  # fmt: skip
    return page.figure


def extent_of(x: FloatArray, y: FloatArray, least_km: float) -> Extent:
    """Return a frame around the points, neither tiny nor of an odd shape."""
    middle = (x.min() + x.max()) / 2.0, (y.min() + y.max()) / 2.0
    width, height = (
        max(np.ptp(a) + 2.0 * max(FRAME_SHARE * np.ptp(a), FRAME_KM), least_km) for a in (x, y)
    )
    width, height = max(width, height / ASPECT[1]), max(height, width * ASPECT[0])
    return Extent(
        float(middle[0] - width / 2.0),
        float(middle[1] - height / 2.0),
        float(middle[0] + width / 2.0),
        float(middle[1] + height / 2.0),
    )


def coast(axes: Axes, albers: Proj) -> None:
    """Draw the land of the built-in coast."""
    rings = json.loads(table_path("coastline").read_text(encoding="utf-8"))["rings"]
    shapes = [np.column_stack(albers(*np.asarray(ring, dtype=float).T)) for ring in rings]
    land = PolyCollection(shapes, facecolor=LAND_COLOUR, edgecolor=COAST_COLOUR, lw=0.4, zorder=1)
    axes.add_collection(land, autolim=False)


def boundaries(axes: Axes, albers: Proj, lines: shapely.Geometry) -> None:
    """Draw lines, thin, below all that is counted; in a file of SVG they are one named group."""
    parts = shapely.get_parts(shapely.segmentize(lines, LONGEST_DEG))
    points = [shapely.get_coordinates(part) for part in parts]
    drawn = LineCollection(
        [np.column_stack(albers(each[:, 0], each[:, 1])) for each in points],
        colors=OUTLINE_COLOUR, linewidths=0.35, zorder=3,
    )  # fmt: skip
    drawn.set_gid("boundaries")
    axes.add_collection(drawn, autolim=False)


def graticule(axes: Axes, albers: Proj, extent: Extent, language: str) -> None:
    """Draw meridians and parallels, labelled where they leave the frame below and at the left."""
    lines: dict[str, float | str] = {"color": GRATICULE_COLOUR, "lw": 0.4}
    along = np.linspace(-5.0, 85.0, 361)
    bottom: list[tuple[float, str]] = []
    side: list[tuple[float, str]] = []
    least_deg = min(extent.width, extent.height) / KM_PER_DEG / LEAST_LINES
    step = next((s for s in GRATICULE_STEPS_DEG if s <= least_deg), GRATICULE_STEPS_DEG[-1])
    for lon in range(30, 181, step):
        x, y = albers(np.full_like(along, lon), along)
        axes.plot(x, y, zorder=2, scalex=False, scaley=False, **lines)  # type: ignore[arg-type]
        at = float(np.interp(extent.south, y, x))
        if extent.west < at < extent.east:
            bottom.append((at, word("east", language, n=lon)))
    across = np.linspace(20.0, 190.0, 681)
    for lat in range(0, 81, step):
        x, y = albers(across, np.full_like(across, lat))
        axes.plot(x, y, zorder=2, scalex=False, scaley=False, **lines)  # type: ignore[arg-type]
        at = float(np.interp(extent.west, x, y))
        if extent.south < at < extent.north:
            side.append((at, word("north", language, n=lat)))
    axes.set_xticks([at for at, _ in bottom], [text for _, text in bottom])
    axes.set_yticks([at for at, _ in side], [text for _, text in side])
    axes.tick_params(labelsize=NOTE_PT, labelcolor=PALE, color=PALE)


def _equal_distance(
    axes: Axes, albers: Proj, extent: Extent, hubs: pd.DataFrame, study: Study
) -> bool:
    """Draw the line that far from the nearest hub; say whether it crosses the map."""
    x = np.linspace(extent.west, extent.east, GRID)
    y = np.linspace(extent.south, extent.north, int(GRID * extent.height / extent.width))
    across, up = np.meshgrid(x, y)
    lon, lat = albers(across.ravel(), up.ravel(), inverse=True)
    grid = pd.DataFrame({"lon": lon, "lat": lat})
    distance_km = nearest(grid, hubs, method=study.distance_method)["nearest_km"].to_numpy()
    threshold_km = study.thresholds_km[0]
    if not distance_km.min() < threshold_km < distance_km.max():
        return False
    axes.contour(
        x, y, distance_km.reshape(len(y), len(x)), levels=[threshold_km], colors=[INK],
        linewidths=0.7, linestyles=[(0, (4, 2))], zorder=4,
    )  # fmt: skip
    return True


def _zones(
    axes: Axes, points: tuple[FloatArray, FloatArray], zones: pd.DataFrame, threshold_km: float
) -> dict[str, int]:
    """Draw the zones of each class; return their numbers."""
    near, radius = zones["nearest_km"], zones["uncertainty_km"]
    surely = (near - radius > threshold_km).to_numpy()
    possibly = (near + radius > threshold_km).to_numpy()
    masks = {"within": ~possibly, "beyond": surely, "unsure": possibly & ~surely}
    for order, (name, mark) in enumerate(CLASSES.items()):
        x, y = (a[masks[name]] for a in points)
        axes.plot(x, y, ls="", zorder=5 + order / 10, label=name, **mark)
    return {name: int(mask.sum()) for name, mask in masks.items()}


def _cluster_names(
    axes: Axes, hubs: pd.DataFrame, points: tuple[FloatArray, FloatArray], language: str
) -> None:
    halo = [withStroke(linewidth=2.0, foreground="white")]
    for cluster, (across, offset, align) in CLUSTER_LABELS.items():
        members = np.flatnonzero((hubs["cluster"] == cluster).to_numpy())
        if members.size:
            middle = float(across(points[0][members])), float(points[1][members].mean())
            axes.annotate(
                value(cluster, language), middle, xytext=offset, ha=align, va="center",
                textcoords="offset points", path_effects=halo, zorder=9,
            )  # fmt: skip


def free_corner(x: FloatArray, y: FloatArray, extent: Extent) -> Corner:
    """Return the corner where a legend covers fewest points; the lower left one of equals."""
    east, north = (x - extent.west) / extent.width, (y - extent.south) / extent.height
    corners: dict[Corner, tuple[FloatArray, FloatArray]] = {
        "lower left": (east, north),
        "lower right": (1.0 - east, north),
        "upper left": (east, 1.0 - north),
        "upper right": (1.0 - east, 1.0 - north),
    }
    covered = {
        name: int(((a < LEGEND_SHARE[0]) & (b < LEGEND_SHARE[1])).sum())
        for name, (a, b) in corners.items()
    }
    return min(covered, key=lambda name: covered[name])


def _legend_handles(
    counts: dict[str, int], hubs: tuple[int, int], threshold_km: float, line: bool, language: str
) -> Iterable[Line2D]:
    """Return the legend's marks, larger than on the map, with their numbers.

    `hubs` are those on the map, and all.
    """
    words = {"beyond": "surely", "unsure": "unsure", "within": "within"}
    handles = []
    for name, key in words.items():
        text = word(key, language, n=counts[name])
        handles.append(Line2D([], [], ls="", label=text, **CLASSES[name] | {"ms": 4.2}))
    here, all_hubs = hubs
    if here:
        key = "hub" if here == all_hubs else "hubs_here"
        text = word(key, language, n=here, total=all_hubs)
        handles.append(Line2D([], [], marker="D", ls="", ms=3.6, color=HUB_COLOUR, label=text))
    if line:
        text = word("line", language, t=threshold_km)
        handles.append(Line2D([], [], color=INK, lw=0.7, ls=(0, (4, 2)), label=text))
    return handles

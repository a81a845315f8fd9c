"""An empty folium map that opens without network: Leaflet, coast and graticule inside the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import folium
import numpy as np
import shapely
from branca.element import Figure, MacroElement
from jinja2 import Template

from geodata.datum import wgs84_to_gcj02
from geodata.registry import table_path
from maps.safe_text import Verbatim, as_text
from maps.style import (
    CENTRE,
    COAST_COLOUR,
    GRATICULE_COLOUR,
    LAND_COLOUR,
    OUTLINE_COLOUR,
    SEA_COLOUR,
    ZOOM,
)
from maps.tiles import TileSource

ASSETS = Path(__file__).parent / "assets"
GRATICULE_STEP_DEG = 10
GRATICULE_WINDOW_DEG = (20, -10, 180, 80)  # west, south, east, north
DIGITS = 4  # of a degree: 11 m
MIN_ZOOM, MAX_ZOOM = 2, 18
MAX_LAT_DEG = 85  # of Web Mercator


class Prefix(MacroElement):
    """Leaves Leaflet's name in the credits without a flag, and adds those of the page."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this._parent.get_name() }}.attributionControl.setPrefix('Leaflet')"
        ".addAttribution({{ this.credits|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, credits_markup: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.credits = credits_markup


def base_map(
    credits_markup: str, outlines: shapely.Geometry, tiles: TileSource | None = None
) -> folium.Map:
    """Return a map of East Asia with the coast, a graticule and the lines it is given.

    Every script and style is inside the page; without `tiles` it makes no request.

    Parameters
    ----------
    credits_markup
        What stands in the corner of the map, beside Leaflet's name.
    outlines
        Lines in WGS-84 degrees, drawn as they are; empty for none.
    tiles
        Background tiles. With GCJ-02 tiles all lines are shifted to that datum.
    """
    page = folium.Map(
        location=CENTRE, zoom_start=ZOOM, tiles=None, attribution_control=True,
        zoom_control=False, max_bounds=True, min_lat=-MAX_LAT_DEG, max_lat=MAX_LAT_DEG,
        zoom_snap=0.5 if tiles is None else 1, wheel_px_per_zoom_level=120,  # tiles blur between
    )  # fmt: skip
    # folium gives zoom limits only to tiles, and this map has none
    # Leaflet's own names: old versions of folium do not translate what is added here
    page.options |= {"minZoom": MIN_ZOOM, "maxZoom": MAX_ZOOM}
    # folium's own links to content networks; Leaflet itself is put into the page instead
    page.default_js, page.default_css = [], []
    head = figure_of(page).header
    head.add_child(Verbatim(_notice()), name="notice")
    head.add_child(Verbatim(f"<style>{asset('leaflet.css')}</style>"), name="leaflet_css")
    head.add_child(Verbatim(f"<script>{asset('leaflet.js')}</script>"), name="leaflet_js")
    style = f".leaflet-container {{ background: {SEA_COLOUR}; }}"
    head.add_child(Verbatim(f"<style>{style}</style>"), name="sea")
    page.add_child(Prefix(credits_markup))
    gcj02 = tiles is not None and tiles.datum == "GCJ-02"
    land = {"color": COAST_COLOUR, "weight": 0.8, "fillColor": LAND_COLOUR, "fillOpacity": 1}
    if tiles is not None:
        land["fillOpacity"] = 0  # the tiles show the land
        credit = ", ".join(part for part in (tiles.credit, tiles.approval) if part)
        for url in tiles.urls:
            folium.TileLayer(
                url, attr=as_text(credit), subdomains=tiles.subdomains, control=False,
                max_zoom=MAX_ZOOM,
            ).add_to(page)  # fmt: skip
    _layer(_coast(), land, gcj02).add_to(page)
    _layer(_graticule(), {"color": GRATICULE_COLOUR, "weight": 0.6}, gcj02).add_to(page)
    if not shapely.is_empty(outlines):
        _layer(outlines, {"color": OUTLINE_COLOUR, "weight": 0.9}, gcj02).add_to(page)
    return page


def figure_of(page: folium.Map) -> Figure:
    """Return the page around a map, where scripts, styles and plain HTML go."""
    return cast("Figure", page.get_root())


def asset(name: str) -> str:
    """Return the text of a file that goes into the page."""
    text = (ASSETS / name).read_text(encoding="utf-8")
    return text.split("//# sourceMappingURL")[0]


def _notice() -> str:
    """Return the licences of the scripts in the page as a comment: they go where the page goes."""
    names = {"zonegap": "LICENSE.txt", "Leaflet 1.9.4": "LICENSE-leaflet.txt"}
    texts = [f"{title}\n\n{asset(name).strip()}" for title, name in names.items()]
    return "<!--\nThis page holds scripts and styles of:\n\n" + "\n\n\n".join(texts) + "\n-->"


def _layer(geometry: shapely.Geometry, style: dict[str, Any], gcj02: bool) -> folium.GeoJson:
    if gcj02:
        geometry = shapely.transform(
            geometry, lambda points: np.column_stack(wgs84_to_gcj02(points[:, 0], points[:, 1]))
        )
    rounded = shapely.transform(geometry, lambda points: points.round(DIGITS))
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": json.loads(shapely.to_geojson(rounded)),
    }
    return folium.GeoJson(
        feature, style_function=lambda _: style, control=False,
        interactive=False,
    )  # fmt: skip


def _coast() -> shapely.Geometry:
    rings = json.loads(table_path("coastline").read_text(encoding="utf-8"))["rings"]
    return shapely.MultiPolygon([(ring, []) for ring in rings])


def _graticule() -> shapely.Geometry:
    west, south, east, north = GRATICULE_WINDOW_DEG
    step = GRATICULE_STEP_DEG
    # a point a degree, so that the lines can follow a shift of datum
    meridians = [[(x, y) for y in range(south, north + 1)] for x in range(west, east + 1, step)]
    parallels = [[(x, y) for x in range(west, east + 1)] for y in range(south, north + 1, step)]
    return shapely.MultiLineString(meridians + parallels)

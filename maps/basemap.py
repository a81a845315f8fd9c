"""An empty folium map that opens without network: Leaflet, coast and graticule inside the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import folium
from branca.element import Element, Figure, MacroElement
from jinja2 import Template

from geodata.registry import table_path
from maps.style import (
    CENTRE,
    COAST_COLOUR,
    CREDITS,
    GRATICULE_COLOUR,
    LAND_COLOUR,
    SEA_COLOUR,
    ZOOM,
)

ASSETS = Path(__file__).parent / "assets"
GRATICULE_STEP_DEG = 10
COAST = {"color": COAST_COLOUR, "weight": 0.7, "fillColor": LAND_COLOUR, "fillOpacity": 1}


class PlainPrefix(MacroElement):
    """Leaves Leaflet's name in the credits without a flag."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this._parent.get_name() }}.attributionControl.setPrefix('Leaflet');"
        "{% endmacro %}"
    )


def base_map() -> folium.Map:
    """Return a map of East Asia with the coast and a graticule, and no national border.

    Every script and style is inside the page; it makes no request.
    """
    page = folium.Map(
        location=CENTRE, zoom_start=ZOOM, tiles=None, prefer_canvas=True, attribution_control=True
    )
    # folium's own links to content networks; Leaflet itself is put into the page instead
    page.default_js, page.default_css = [], []
    head = figure_of(page).header
    head.add_child(Element(f"<style>{_asset('leaflet.css')}</style>"), name="leaflet_css")
    head.add_child(Element(f"<script>{_asset('leaflet.js')}</script>"), name="leaflet_js")
    style = f".leaflet-container {{ background: {SEA_COLOUR}; }}"
    head.add_child(Element(f"<style>{style}</style>"), name="sea")
    page.add_child(PlainPrefix())
    _layer(_coast(), COAST).add_to(page)
    _layer(_graticule(), {"color": GRATICULE_COLOUR, "weight": 0.6}).add_to(page)
    return page


def figure_of(page: folium.Map) -> Figure:
    """Return the page around a map, where scripts, styles and plain HTML go."""
    return cast("Figure", page.get_root())


def _asset(name: str) -> str:
    text = (ASSETS / name).read_text(encoding="utf-8")
    return text.split("//# sourceMappingURL")[0]


def _layer(geojson: dict[str, object], style: dict[str, object]) -> folium.GeoJson:
    return folium.GeoJson(
        geojson, style_function=lambda _: style, control=False, attribution=CREDITS
    )


def _coast() -> dict[str, object]:
    rings = json.loads(table_path("coastline").read_text(encoding="utf-8"))["rings"]
    polygons = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"type": "Feature", "properties": {}, "geometry": polygons}


def _graticule() -> dict[str, object]:
    west, south, east, north = 20, -10, 180, 80
    meridians = [[[x, south], [x, north]] for x in range(west, east + 1, GRATICULE_STEP_DEG)]
    parallels = [[[west, y], [east, y]] for y in range(south, north + 1, GRATICULE_STEP_DEG)]
    lines = {"type": "MultiLineString", "coordinates": meridians + parallels}
    return {"type": "Feature", "properties": {}, "geometry": lines}

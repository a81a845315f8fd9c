"""The atlas: zones and hubs on an interactive map, one page that opens without network."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import folium
import pandas as pd
from branca.element import MacroElement
from jinja2 import Template

from geodata.errors import UsageError
from maps.atlas_data import atlas_data, words
from maps.basemap import asset, base_map, figure_of
from maps.credits import frame_credits, on_map, with_coast
from maps.outlines import Outlines
from maps.safe_text import Verbatim, script_json
from maps.style import (
    BEYOND_COLOUR,
    FARTHEST_KM,
    HUB_COLOUR,
    UNSURE_COLOUR,
    WITHIN_COLOUR,
)
from maps.tile_sources import TileSource
from zones.inputs import check_choice
from zones.parameters import DISTANCE_METHODS, THRESHOLD_KM
from zones.study import LANGUAGES

SCRIPTS = ("data", "points", "panel", "filters", "search", "details", "share", "main")


class Start(MacroElement):
    """Starts the page's own script on the map that folium has made."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "zonegap.start({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


def zone_map(  # noqa: PLR0913, what a map can show are its options
    zones: pd.DataFrame,
    hubs: pd.DataFrame | Mapping[str, pd.DataFrame],
    threshold_km: float = THRESHOLD_KM,
    language: str = "en",
    *,
    layer: str | None = None,
    method: str = "great-circle",
    made_up: Collection[str] = (),
    new_hubs: pd.DataFrame | None = None,
    new_hubs_note: tuple[str, str] | None = None,
    outlines: Outlines | None = None,
    tiles: TileSource | None = None,
    remark: tuple[str, str] | None = None,
    credits: tuple[str, str] | None = None,  # noqa: A002, the word for it
    gdp_note: tuple[str, str] | None = None,
) -> folium.Map:
    """Return an interactive map of the zones; without tiles it makes no request.

    Parameters
    ----------
    zones
        One row a zone with ``name``, ``lon`` and ``lat`` (WGS-84 degrees). Shown where present:
        the columns of ``zones.csv``; ``uncertainty_km`` makes the band, ``area_ha`` the sizes,
        ``province``, ``level``, ``type`` and ``approved`` (YYYY-MM) the filters.
        ``nearest_hub`` and ``nearest_km`` hold for the first layer and are measured where absent.
    hubs
        One frame, or several by layer name. Each is indexed by the hub's name, with ``lon``,
        ``lat``, and where present ``hub_en``, ``cluster``, ``companies``.
    threshold_km, language, layer
        What the page shows first: a distance, ``en`` or ``zh``, one of the layers.
    method
        ``great-circle`` or ``geodesic``, for the layers that are measured here.
    made_up
        Names of the layers whose hubs are made up: the page and its CSV say so.
    new_hubs
        Proposed hubs in their order, with ``lon``, ``lat``, ``name``, and where present
        ``name_en``: drawn as a layer of their own.
    new_hubs_note
        What they were chosen for, in English and Chinese.
    outlines
        Province outlines; see `maps.outlines`.
    tiles
        Background tiles; see `maps.tile_sources`.
    remark
        A sentence that stands on the map and among its notes, in English and Chinese.
    credits
        Sources of zones and hubs, in English and Chinese; without, those of the positions where
        zonegap found them. The coast's is added.
    gdp_note
        How ``gdp_yi_cny`` was estimated, in English and Chinese.

    Returns
    -------
    folium.Map
        Shows in a notebook; ``save`` writes one self-contained file.

    Raises
    ------
    UsageError
        When a column is missing, a label stands twice, a cell is not accepted, or an option is
        unknown.

    Examples
    --------
    >>> zones = pd.DataFrame({"name": ["Here"], "lon": [114.3], "lat": [30.6]})
    >>> hubs = pd.DataFrame({"lon": [116.4], "lat": [39.9]}, index=["Beijing"])
    >>> page = zone_map(zones, hubs, threshold_km=300)
    >>> "http-equiv" in page.get_root().render()
    True
    """
    check_choice("language", language, LANGUAGES)
    check_choice("method", method, DISTANCE_METHODS)
    layers = dict(hubs) if isinstance(hubs, Mapping) else {"hubs": hubs}
    data = atlas_data(
        zones, layers, method, new_hubs, made_up=made_up,
        gcj02=tiles is not None and tiles.datum == "GCJ-02",
    )  # fmt: skip
    first = layer if layer is not None else next(iter(layers))
    check_choice("layer", first, layers)
    if not 0 <= threshold_km <= FARTHEST_KM:
        text = f"threshold_km: {threshold_km!r}; accepted: 0 to {FARTHEST_KM:,} km"
        raise UsageError(text)
    data["first"] = {"threshold_km": float(threshold_km), "language": language, "layer": first}
    data["farthest_km"] = FARTHEST_KM
    sources = with_coast(credits or frame_credits(zones))
    data["credits"] = list(sources)
    for name, pair in (
        ("remark", remark),
        ("gdp_note", gdp_note),
        ("new_hubs_note", new_hubs_note),
    ):
        data[name] = list(pair) if pair else None
    data["colours"] = [WITHIN_COLOUR, UNSURE_COLOUR, BEYOND_COLOUR, HUB_COLOUR]
    data["outlines"] = (
        {"credit": outlines.credit, "approval": outlines.approval} if outlines else None
    )
    data["tiles"] = {"credit": tiles.credit, "datum": tiles.datum} if tiles else None
    page = base_map(on_map(sources), outlines.lines if outlines else None, tiles)
    figure = figure_of(page)
    figure.title = words()["title"][language == "zh"]
    colours = (
        f":root {{ --beyond: {BEYOND_COLOUR}; --unsure: {UNSURE_COLOUR}; "
        f"--within: {WITHIN_COLOUR}; --hub: {HUB_COLOUR}; }}\n"
    )
    style = Verbatim(f"<style>{colours}{asset('zonegap-map.css')}</style>")
    figure.header.add_child(style, name="zonegap_css")
    for name in SCRIPTS:
        script = Verbatim(f"<script>{asset(f'zonegap-{name}.js')}</script>")
        figure.header.add_child(script, name=f"zonegap_{name}")
    figure.html.add_child(Verbatim(asset("zonegap-panel.html")), name="zonegap_panel")
    payload = f'<script type="application/json" id="zg-data">{script_json(data)}</script>'
    figure.html.add_child(Verbatim(payload), name="zonegap_data")
    page.add_child(Start())  # type: ignore[no-untyped-call]
    return page

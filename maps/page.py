"""The map page: zones and hubs on an interactive map, one page that opens without network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import folium
import numpy as np
import pandas as pd
from branca.element import MacroElement
from jinja2 import Template

from geodata.errors import UsageError
from geodata.words import ENGLISH, LANGUAGES, Listed, Message, Words, in_all_languages
from maps.basemap import asset, base_map, figure_of
from maps.boundaries import (
    APPROVED,
    Outlines,
    outlines_of,
    province_outlines,
    province_seats,
)
from maps.page_data import layer_name, page_data
from maps.page_words import PAGE_WORDS
from maps.safe_text import Verbatim, script_json
from maps.style import (
    BEYOND_COLOUR,
    HUB_COLOUR,
    UNSURE_COLOUR,
    WITHIN_COLOUR,
)
from maps.tiles import TileSource
from zones.inputs import check_choice
from zones.parameters import DISTANCE_METHODS, FARTHEST_KM, SYNTHETIC, THRESHOLD_KM
from zones.pipeline import StudyResult
from zones.report.headings import value_words
from zones.report.licences import licence_of
from zones.report.matrix_tables import NOT_BY_MATRIX, as_distances
from zones.report.notes import map_remark
from zones.report.sources import (
    BETWEEN,
    COAST,
    LINKS,
    OPENSTREETMAP,
    PLACES,
    credited,
    links,
    names_openstreetmap,
    scope,
    sources,
)
from zones.report.tables import NOTES
from zones.where_next import candidate_cities, where_next

# what the licences want on the map itself, where the credits name it
ON_MAP = ("© OpenStreetMap contributors", "GeoNames", "Vonng/adcode", "Natural Earth")
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
    new_hubs_note: Words | None = None,
    changed: pd.Series[str] | None = None,
    changed_note: Words | None = None,
    unit: str | None = None,
    outlines: Outlines | None = None,
    tiles: TileSource | None = None,
    remark: Words | None = None,
    credits: Words | None = None,  # noqa: A002, the word for it
    gdp_note: Words | None = None,
    scope: Words | None = None,
    provinces: Collection[str] | None = None,
) -> folium.Map:
    """Return an interactive map of the zones; without tiles it makes no request.

    Parameters
    ----------
    zones
        One row a zone with ``name``, ``lon`` and ``lat`` (WGS-84 degrees), or a GeoDataFrame with
        ``name``, here and below. Shown where present:
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
        What they were chosen for.
    changed, changed_note
        Zones that lie on the other side of the threshold in another study, by label: ``gained``
        (beyond there only) or ``lost`` (beyond here only); and which study that is.
    unit
        km, min or h, where ``nearest_km`` and the threshold are of a matrix: there is one layer,
        no band, and no distance is measured. None for distances.
    outlines
        Lines, see `maps.boundaries`; those between provinces without.
    tiles
        Background tiles; see `maps.tiles`.
    remark
        A sentence that stands on the map and among its notes.
    credits
        Sources of zones and hubs; without, those of the positions where zonegap found them. The
        coast's is added.
    gdp_note
        How ``gdp_estimate_yi_cny`` was estimated.
    scope
        What the catalogue of the zones covers and what not; it stands on the map.
    provinces
        Full Chinese names: the page shows all of these first; without them, the zones.

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
    data = page_data(
        zones, layers, method, new_hubs, changed, unit=unit, made_up=made_up,
        gcj02=tiles is not None and tiles.datum == "GCJ-02",
    )  # fmt: skip
    first = layer if layer is not None else next(iter(layers))
    check_choice("layer", first, layers)
    if not 0 <= threshold_km <= FARTHEST_KM:
        raise UsageError(
            Message(
                "threshold_km: {threshold_km!r}; accepted: 0 to {farthest_km:,} km",
                threshold_km=threshold_km,
                farthest_km=FARTHEST_KM,
            )
        )
    data["first"] = {"threshold_km": float(threshold_km), "language": language, "layer": first}
    data["farthest_km"] = FARTHEST_KM
    data["home"]["bounds"] = None if provinces is None else _bounds(zones, provinces)
    sources = with_coast(credits or frame_credits(zones))
    data["credits"] = in_all_languages(sources)
    if changed is not None:
        data["changed"]["note"] = in_all_languages(changed_note or "")
    for name, words in (
        ("remark", remark),
        ("gdp_note", gdp_note),
        ("new_hubs_note", new_hubs_note),
        ("scope", scope),
    ):
        data[name] = None if words is None else in_all_languages(words)
    data["colours"] = [WITHIN_COLOUR, UNSURE_COLOUR, BEYOND_COLOUR, HUB_COLOUR]
    outlines = outlines or province_outlines()
    note = outlines.over_tiles if tiles and outlines.over_tiles else outlines.note
    data["outlines"] = {"note": in_all_languages(note), "approval": outlines.approval}
    data["tiles"] = None if tiles is None else _about_tiles(tiles)
    licence = licence_of(zones)
    data["licence"] = None if licence is None else in_all_languages(licence)
    data["links"] = list(links(sources).items())
    page = base_map(on_map(sources), outlines.lines, tiles)
    figure = figure_of(page)
    figure.title = PAGE_WORDS["title"].in_language(language)
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


def _bounds(zones: pd.DataFrame, provinces: Collection[str]) -> list[list[float]]:
    """Return the south-western and north-eastern corner of zones and their provinces' seats."""
    lon, lat = province_seats(provinces)
    lon, lat = np.concatenate([lon, zones["lon"]]), np.concatenate([lat, zones["lat"]])
    return [[float(lat.min()), float(lon.min())], [float(lat.max()), float(lon.max())]]


def study_map(  # noqa: PLR0913, as zone_map
    result: StudyResult,
    *,
    layer: str | None = None,
    threshold_km: float | None = None,
    new_hubs: int = 0,
    weight: str = "zones",
    changed: pd.Series[str] | None = None,
    changed_note: Words | None = None,
    outlines: Outlines | None = None,
    tiles: TileSource | None = None,
) -> folium.Map:
    """Return the map of a study.

    Parameters
    ----------
    result
        The study's result.
    layer, threshold_km
        What the page shows first; the study's own without.
    new_hubs, weight
        Show that many cities of ``zonegap where-next``, chosen by zones, area or gdp.
    changed, changed_note
        As for `zone_map`; see `zones.report.comparison.Comparison.changed`.
    outlines
        Lines to draw; those that the study asks for without.
    tiles
        As for `zone_map`.

    Raises
    ------
    UsageError
        For a layer that the study has not got, and as `zone_map` and `maps.boundaries.outlines_of`.
    """
    study, layers = result.study, result.layers()
    if layer is not None and layer not in layers:
        raise UsageError(
            Message(
                "--layer: {layer!r}; accepted here: {accepted}",
                layer=layer, accepted=Listed(layers),
            )
        )  # fmt: skip
    first_km = result.thresholds[0] if threshold_km is None else threshold_km
    if study.matrix is not None and new_hubs:
        raise UsageError(Message("new_hubs: {why}", why=NOT_BY_MATRIX))
    shown = layer or study.hub_layer
    hubs = {name: result.hubs_of(name) for name in layers}
    made_up = ["registrations"] if study.registrations == SYNTHETIC else []
    chosen_for = PAGE_WORDS["new_hubs_for"].fill(
        layer=layer_name(shown, hubs[shown], made_up=shown in made_up),
        km=f"{first_km:,g}",
        weight=value_words(weight),
    )
    by_matrix = study.matrix is not None
    return zone_map(
        _by_matrix(result) if by_matrix else result.zones,
        hubs,
        first_km,
        study.language,
        layer=layer,
        method=study.distance_method,
        made_up=made_up,
        new_hubs=_new_hubs(result, shown, new_hubs, weight, first_km) if new_hubs else None,
        new_hubs_note=chosen_for if new_hubs else None,
        changed=changed,
        changed_note=changed_note,
        unit=result.unit if by_matrix else None,
        outlines=outlines or outlines_of(study, tiles=tiles is not None),
        tiles=tiles,
        remark=map_remark(result),
        credits=sources(credited(study, result.zones)),
        scope=scope(study),
        provinces=study.zones_provinces,
        gdp_note=NOTES["gdp"].fill(gdp=value_words(study.gdp), land=value_words(study.land)),
    )


def _by_matrix(result: StudyResult) -> pd.DataFrame:
    """Return the zones of a study by a matrix as the page takes them, with their own radii."""
    return as_distances(result).zones.assign(uncertainty_km=result.zones["uncertainty_km"])


def _new_hubs(
    result: StudyResult, layer: str, k: int, weight: str, threshold_km: float
) -> pd.DataFrame:
    """Return the best k cities beside a layer's hubs, in the order of `where_next`'s table."""
    nearest_km = result.distance_under(layer, result.study.distance_method)
    zones = result.zones.assign(nearest_km=nearest_km)
    method = result.study.distance_method
    choice = where_next(zones, threshold_km, k=k, weight=weight, method=method)["cities"].iloc[-1]
    chosen = candidate_cities().reindex(choice.split(", ") if choice else [])
    return chosen.reset_index().rename(columns={"city": "name", "city_en": "name_en"})


def frame_credits(zones: pd.DataFrame) -> Words | None:
    """Return the sources of positions that this package found; None where none of them is its own.

    A frame of one's own says nothing of its sources; one that zonegap located has the column
    ``geocode_source``.
    """
    if "geocode_source" not in zones:
        return None
    return PLACES + OPENSTREETMAP if names_openstreetmap(zones) else PLACES


def drawn(outlines: Outlines, tiles: TileSource | None = None) -> list[Words]:
    """Return what a map says of its lines and tiles, for those who pass it on."""
    over = outlines.over_tiles if tiles else None
    said: list[Words | None] = [over or outlines.note]
    if outlines.approval:
        said.append(APPROVED.fill(number=outlines.approval))
    if tiles:
        said += [PAGE_WORDS["note_tiles"].fill(credit=tiles.credit), tiles.caution]
        if tiles.approval:
            said.append(APPROVED.fill(number=tiles.approval))
    return [words for words in said if words is not None]


def _about_tiles(tiles: TileSource) -> dict[str, Any]:
    """Return what the page's notes say of the tiles."""
    caution = None if tiles.caution is None else in_all_languages(tiles.caution)
    said = {"credit": tiles.credit, "datum": tiles.datum, "approval": tiles.approval}
    return {**said, "caution": caution}


def with_coast(sources: Words | None) -> Words:
    """Return the credits of a page: the sources and the coast it draws."""
    return COAST if sources is None else Listed([sources, COAST], BETWEEN)


def on_map(sources: Words) -> str:
    """Return the line in the corner of the map, as markup: the licence of one asks for a link."""
    text = sources.in_language(ENGLISH)
    names = {name: name for name in ON_MAP if name in text}
    (_, uri), *_ = LINKS["OpenStreetMap"]
    shared = ON_MAP[0]
    if shared in names:
        names[shared] = f'<a href="{uri}" target="_blank" rel="noopener">{shared}</a>'
    return ", ".join(names.values())

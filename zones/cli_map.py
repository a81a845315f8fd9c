"""The command ``zonegap map``, and the page of the map that ``zonegap run`` writes too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import UsageError
from zones.cli_options import (
    DistanceMethod,
    Hubs,
    HubsFile,
    Km,
    Lang,
    Layer,
    RegistrationsFile,
    StudyFile,
    study_of,
)
from zones.study import Study
from zones.wording import pick, value

if TYPE_CHECKING:
    import pandas as pd

    from maps.outlines import Outlines
    from maps.tile_sources import TileSource
    from zones.pipeline import StudyResult


def map_html(
    result: StudyResult,
    *,
    layer: str | None = None,
    threshold_km: float | None = None,
    new_hubs: int = 0,
    weight: str = "zones",
    outlines: Outlines | None = None,
    tiles: TileSource | None = None,
) -> str:
    """Return the page of the map; province outlines of the extra ``[outlines]`` when installed.

    Parameters
    ----------
    result
        The study's result.
    layer, threshold_km
        What the page shows first; the study's own without.
    new_hubs, weight
        Show that many cities of ``zonegap where-next``, chosen by zones, area or gdp.
    outlines, tiles
        As for `maps.zone_map`.
    """
    from maps import zone_map
    from maps.atlas_data import layer_name, words
    from maps.outlines import package_outlines
    from maps.safe_text import stable_html
    from zones.parameters import SYNTHETIC
    from zones.registered_companies import map_remark
    from zones.source_line import sources

    study = result.study
    layers = result.layers()
    if layer is not None and layer not in layers:
        text = f"--layer: {layer!r}; accepted here: {', '.join(layers)}"
        raise UsageError(text)
    first_km = study.thresholds_km[0] if threshold_km is None else threshold_km
    shown = layer or study.hub_layer
    hubs = {name: result.hubs_of(name) for name in layers}
    files = {"registrations": study.registrations, "file": study.hub_file}
    made_up = [name for name in layers if files.get(name) == SYNTHETIC]

    def in_both(sentence: Callable[[Study], str]) -> tuple[str, str]:
        return sentence(replace(study, language="en")), sentence(replace(study, language="zh"))

    def chosen_for(study: Study) -> str:
        def said(pair: list[str]) -> str:
            return pick((pair[0], pair[1]), study.language)

        name = said(layer_name(shown, hubs[shown], made_up=shown in made_up))
        facts = {"layer": name, "km": f"{first_km:,g}", "weight": value(weight, study.language)}
        return said(words()["new_hubs_for"]).format(**facts)

    page = zone_map(
        result.zones,
        hubs,
        first_km,
        study.language,
        layer=layer,
        method=study.distance_method,
        made_up=made_up,
        new_hubs=_new_hubs(result, shown, new_hubs, weight, first_km) if new_hubs else None,
        new_hubs_note=in_both(chosen_for) if new_hubs else None,
        outlines=outlines or package_outlines(),
        tiles=tiles,
        remark=map_remark(result.registrations),
        credits=in_both(sources),
        gdp_note=in_both(_gdp_note),
    )
    return stable_html(page)


def _gdp_note(study: Study) -> str:
    from zones.wording_notes import NOTES

    gdp, land = (value(text, study.language) for text in (study.gdp, study.land))
    return pick(NOTES["gdp"], study.language).format(gdp=gdp, land=land)


def _new_hubs(
    result: StudyResult, layer: str, k: int, weight: str, threshold_km: float
) -> pd.DataFrame:
    """Return the best k cities beside a layer's hubs, in the order of `where_next`'s table."""
    from zones.maximal_covering import candidate_cities, where_next

    nearest_km = result.distance_under(layer, result.study.distance_method)
    zones = result.zones.assign(nearest_km=nearest_km)
    choice = where_next(zones, threshold_km, k=k, weight=weight)["cities"].iloc[-1]
    chosen = candidate_cities().reindex(choice.split(", ") if choice else [])
    return chosen.reset_index().rename(columns={"city": "name", "city_en": "name_en"})


def map_(
    study_file: StudyFile = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="HTML file; map.html in the study's folder.")
    ] = None,
    km: Km = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    lang: Lang = None,
    layer: Annotated[
        Layer | None, typer.Option("--layer", help="Hub layer that is shown first.")
    ] = None,
    threshold_km: Annotated[
        float | None, typer.Option("--threshold-km", help="Threshold that is shown first.")
    ] = None,
    new_hubs: Annotated[
        int, typer.Option("--new-hubs", help="Show the best K cities of where-next.", min=0)
    ] = 0,
    weight: Annotated[
        str, typer.Option("--weight", help="What those bring within reach: zones, area or gdp.")
    ] = "zones",
    boundaries: Annotated[
        Path | None,
        typer.Option("--boundaries", help="Boundaries to draw: GeoJSON, GeoPackage, Shapefile."),
    ] = None,
    boundary_credit: Annotated[
        str | None, typer.Option("--boundary-credit", help="Who made them; needed with them.")
    ] = None,
    map_approval: Annotated[
        str | None, typer.Option("--map-approval", help="Their map review number (审图号).")
    ] = None,
    tiles: Annotated[
        str | None,
        typer.Option("--tiles", help="tianditu, amap or a URL with {x} {y} {z}; none without."),
    ] = None,
    tiles_key: Annotated[
        str | None, typer.Option("--tiles-key", help="Its key; else from ZONEGAP_TILES_KEY.")
    ] = None,
    tiles_credit: Annotated[
        str | None, typer.Option("--tiles-credit", help="Credit of a URL's tiles; else its host.")
    ] = None,
    tiles_datum: Annotated[
        str | None, typer.Option("--tiles-datum", help="Of a URL's tiles: WGS-84 or GCJ-02.")
    ] = None,
) -> None:
    """Write the interactive map, one file that opens without network unless tiles are asked for."""
    from maps.outlines import file_outlines
    from maps.tile_sources import tile_source
    from zones.pipeline import run_study
    from zones.provenance import forget_outputs
    from zones.staging import write_atomic

    study = study_of(
        study_file,
        km,
        hub_layer=hubs,
        hub_file=hubs_file,
        distance_method=method,
        language=lang,
        registrations=registrations,
    )
    if boundaries is None and (boundary_credit or map_approval):
        text = "--boundary-credit and --map-approval go with --boundaries FILE"
        raise UsageError(text)
    if tiles is None and (tiles_key or tiles_credit or tiles_datum):
        text = "--tiles-key, --tiles-credit and --tiles-datum go with --tiles"
        raise UsageError(text)
    background = tile_source(tiles, tiles_key, tiles_credit, tiles_datum) if tiles else None
    outlines = file_outlines(boundaries, boundary_credit, map_approval) if boundaries else None
    html = map_html(
        run_study(study),
        layer=None if layer is None else str(layer),
        threshold_km=threshold_km,
        new_hubs=new_hubs,
        weight=weight,
        outlines=outlines,
        tiles=background,
    )
    path = out or study.folder / "map.html"
    write_atomic(path, html)
    forget_outputs(path.parent, [path.name], "map")
    typer.echo(str(path))

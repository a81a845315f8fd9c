"""The command ``zonegap map``, and the page of the map that ``zonegap run`` writes too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from geodata.errors import UsageError
from zones.command.cli_help import OUTPUT, PAGE, TILES
from zones.command.cli_options import (
    DistanceMethod,
    Hubs,
    HubsFile,
    Km,
    Lang,
    RegistrationsFile,
    StudyFile,
    Weight,
    ZonesFile,
    option,
    study_of,
    word,
)
from zones.command.console import say
from zones.command.usage import number
from zones.parameters import HUB_LAYERS
from zones.study import Study
from zones.words.wording import pick, value

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
    from zones.report.source_line import sources

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
        remark=_remark(result),
        credits=in_both(sources),
        gdp_note=in_both(_gdp_note),
    )
    return stable_html(page)


def _remark(result: StudyResult) -> tuple[str, str] | None:
    """Return what the map must say of made-up companies and of zones that are not on it."""
    from zones.own_zones import own_zones_remark
    from zones.registered_companies import map_remark

    remarks = [r for r in (map_remark(result.registrations), own_zones_remark(result)) if r]
    if not remarks:
        return None
    return " ".join(en for en, _ in remarks), "".join(zh for _, zh in remarks)


def _gdp_note(study: Study) -> str:
    from zones.words.wording_notes import NOTES

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
        Path | None, option("--out", "FILE", "HTML file; map.html in the study's folder.", OUTPUT)
    ] = None,
    km: Km = None,
    zones: ZonesFile = None,
    hubs: Hubs = None,
    hubs_file: HubsFile = None,
    registrations: RegistrationsFile = None,
    method: DistanceMethod = None,
    lang: Lang = None,
    layer: Annotated[
        str | None, word("--layer", HUB_LAYERS, "LAYER", "Hub layer that is shown first", PAGE)
    ] = None,
    threshold_km: Annotated[
        float | None,
        option("--threshold-km", "KM", "Threshold that is shown first.", PAGE, parser=number(0)),
    ] = None,
    new_hubs: Annotated[
        int,
        option(
            "--new-hubs",
            "K",
            "Show the best K cities of where-next.",
            PAGE,
            parser=number(0, whole=True),
        ),
    ] = 0,
    weight: Weight = "zones",
    boundaries: Annotated[
        Path | None,
        option("--boundaries", "FILE", "Lines to draw: GeoJSON, GeoPackage, Shapefile.", TILES),
    ] = None,
    boundary_credit: Annotated[
        str | None, option("--boundary-credit", "TEXT", "Who made them; needed with them.", TILES)
    ] = None,
    map_approval: Annotated[
        str | None, option("--map-approval", "TEXT", "Their map review number (审图号).", TILES)
    ] = None,
    tiles: Annotated[
        str | None,
        option("--tiles", "NAME", "tianditu, amap or a URL with {x} {y} {z}; none without.", TILES),
    ] = None,
    tiles_key: Annotated[
        str | None, option("--tiles-key", "KEY", "Its key; else from ZONEGAP_TILES_KEY.", TILES)
    ] = None,
    tiles_credit: Annotated[
        str | None,
        option("--tiles-credit", "TEXT", "Credit of a URL's tiles; else its host.", TILES),
    ] = None,
    tiles_datum: Annotated[
        str | None, option("--tiles-datum", "DATUM", "Of a URL's tiles: WGS-84 or GCJ-02.", TILES)
    ] = None,
) -> None:
    """Write the interactive map, one file that opens without network unless tiles are asked for."""
    from maps.outlines import file_outlines
    from maps.tile_sources import tile_source
    from zones.pipeline import run_study
    from zones.report.provenance import staged_again

    study = study_of(
        study_file,
        km,
        zones_table=zones,
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
        layer=layer,
        threshold_km=threshold_km,
        new_hubs=new_hubs,
        weight=weight,
        outlines=outlines,
        tiles=background,
    )
    path = out or study.folder / "map.html"
    with staged_again(path.parent, path.parent, "map") as stage:
        stage.mkdir()
        (stage / path.name).write_text(html, encoding="utf-8", newline="")
    say(str(path))
